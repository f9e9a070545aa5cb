//! Cookies: nothing optional without a choice, a choice that lapses, and a signal that overrides it.

use chrono::Duration;
use sendbox_tests::{Answer, Caller, Fields, Platform, Request, instant, raw};
use serde_json::{Value, json};

fn all(surface: &str) -> Value {
    json!({"functional": true, "analytics": true, "marketing": true, "language": "kk", "surface": surface})
}

fn choose(visitor: &Caller<'_>, body: &Value) -> Answer {
    visitor.post("/v1/cookie-choices", body)
}

/// R168: who has not been asked has not agreed.
#[test]
fn without_a_choice_there_is_none() {
    let visitor = Platform::shared().visitor();
    visitor.get("/v1/cookie-choices/current").refused(404, "no_cookie_choice");
    assert_eq!(visitor.cookie_header(), "", "a cookie before the choice");
}

/// R163, R181: the choice is recorded by category, with the policy, the time and the surface.
#[test]
fn a_choice_is_kept_as_it_was_made() {
    let platform = Platform::shared();
    let visitor = platform.visitor();
    let mut body = all("preferences");
    body["marketing"] = json!(false);
    let made = choose(&visitor, &body).created();
    let current = visitor.get("/v1/cookie-choices/current").ok();
    for choice in [&made, &current] {
        assert!(choice.boolean("/functional") && choice.boolean("/analytics"), "{choice}");
        assert!(!choice.boolean("/marketing") && !choice.boolean("/gpc"), "{choice}");
        assert_eq!(choice.text("/policy_version"), platform.document("cookie_policy").text("/version"));
    }
    assert!(made.integer("/log_index") >= 0);
}

/// R168, R181: a browser that says "do not sell or share" is not talked out of it by a click.
#[test]
fn the_global_privacy_control_forces_every_category_off() {
    let visitor = Platform::shared().visitor();
    let request = Request::new("POST", "/v1/cookie-choices").header("sec-gpc", "1").json(&all("banner"));
    let choice = visitor.send(request).created();
    for category in ["/functional", "/analytics", "/marketing"] {
        assert!(!choice.boolean(category), "{choice}");
    }
    assert!(choice.boolean("/gpc"));
}

/// R171, R173: consent to cookies holds for twelve months, then the visitor is asked again.
#[test]
fn a_choice_lapses_after_twelve_months() {
    let platform = Platform::fresh();
    let visitor = platform.visitor();
    let made = choose(&visitor, &all("banner")).created();
    let expires_at = instant(&made.text("/expires_at"));
    let holds_for = expires_at - instant(&made.text("/at"));
    assert!((Duration::days(364)..=Duration::days(366)).contains(&holds_for), "{made}");
    platform.set_clock(expires_at - Duration::minutes(5));
    visitor.get("/v1/cookie-choices/current").ok();
    platform.set_clock(expires_at + Duration::seconds(1));
    visitor.get("/v1/cookie-choices/current").refused(404, "no_cookie_choice");
}

/// R174: withdrawn at any time, as easily as given.
#[test]
fn a_choice_is_withdrawn() {
    let visitor = Platform::shared().visitor();
    choose(&visitor, &all("banner")).created();
    let answer = visitor.delete("/v1/cookie-choices/current");
    assert!([200, 204].contains(&answer.status), "{}", answer.text_body());
    visitor.get("/v1/cookie-choices/current").refused(404, "no_cookie_choice");
}

/// R174: a copy of the cookie does not bring a withdrawn choice back.
#[test]
fn a_withdrawn_choice_does_not_come_back_with_its_old_cookie() {
    let platform = Platform::shared();
    let visitor = platform.visitor();
    choose(&visitor, &all("banner")).created();
    let old = visitor.cookie_header();
    visitor.delete("/v1/cookie-choices/current");
    let request = Request::new("GET", "/v1/cookie-choices/current").header("cookie", &old);
    platform.visitor().send(request).refused(404, "no_cookie_choice");
}

/// R175: the cookie that holds the choice is signed: a changed one is no choice.
#[test]
fn a_choice_cannot_be_forged_in_its_cookie() {
    let platform = Platform::shared();
    let visitor = platform.visitor();
    choose(&visitor, &all("banner")).created();
    let honest = visitor.cookie_header();
    for position in [honest.find("cns_").expect("an id") + 5, honest.len() - 2] {
        let mut forged = honest.clone().into_bytes();
        forged[position] = if forged[position] == b'a' { b'b' } else { b'a' };
        let forged = String::from_utf8(forged).expect("still text");
        let request = Request::new("GET", "/v1/cookie-choices/current").header("cookie", &forged);
        platform.visitor().send(request).refused(404, "no_cookie_choice");
    }
}

/// R175: scripts cannot read it, and it travels encrypted; on the loopback there is no TLS.
#[test]
fn the_cookie_of_a_choice_is_guarded() {
    let platform = Platform::shared();
    let body = all("banner").to_string();
    for host in ["127.0.0.1", "send-box.com"] {
        let headers: [(&str, &[u8]); 2] = [("host", host.as_bytes()), ("content-type", b"application/json")];
        let answer = raw::send(platform, "POST", "/v1/cookie-choices", &headers, body.as_bytes()).is(201);
        let cookie = answer.header("set-cookie").expect("a cookie").to_lowercase();
        assert!(cookie.contains("httponly") && cookie.contains("samesite="), "{cookie}");
        assert_eq!(cookie.contains("secure"), host == "send-box.com", "{cookie}");
    }
}

/// R172: the cookie itself does not outlive the consent.
#[test]
fn the_cookie_of_a_choice_lives_no_longer_than_the_consent() {
    let visitor = Platform::shared().visitor();
    let answer = choose(&visitor, &all("banner")).is(201);
    let cookie = answer.header("set-cookie").expect("a cookie").to_lowercase();
    let max_age = cookie.split(';').find_map(|part| part.trim().strip_prefix("max-age="));
    let seconds: i64 = max_age.and_then(|text| text.parse().ok()).expect("Max-Age");
    assert!(seconds > 0 && seconds <= 366 * 86_400, "{cookie}");
}

#[test]
fn a_choice_that_leaves_a_category_open_is_refused() {
    let visitor = Platform::shared().visitor();
    for field in ["functional", "analytics", "marketing", "language", "surface"] {
        let mut body = all("banner");
        body.as_object_mut().expect("an object").remove(field);
        choose(&visitor, &body).refused_field(422, "missing_field", field);
    }
    let mut body = all("nowhere");
    choose(&visitor, &body).refused_field(422, "invalid_field", "surface");
    body = all("banner");
    body["language"] = json!("xx");
    choose(&visitor, &body).refused_field(422, "invalid_field", "language");
    visitor.get("/v1/cookie-choices/current").refused(404, "no_cookie_choice");
}
