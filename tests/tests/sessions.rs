//! Sessions and keys: who may come in, and that the door shuts on the server.

use chrono::Duration;
use sendbox_tests::{
    Account, Caller, Fields, PASSWORD, Platform, Request, Settings, events, instant, raw, sign_in,
};
use serde_json::json;

/// R9: the cabinet and everything in it is shut to a visitor.
#[test]
fn nothing_of_the_cabinet_opens_without_a_session() {
    let platform = Platform::shared();
    let visitor = platform.visitor();
    for path in [
        "/v1/account",
        "/v1/api-keys",
        "/v1/balance",
        "/v1/ledger",
        "/v1/contacts",
        "/v1/contacts/imports",
        "/v1/blacklist",
        "/v1/campaigns",
        "/v1/messages",
        "/v1/consents",
        "/v1/evidence?kind=consents",
        "/v1/account/deletion",
    ] {
        visitor.get(path).refused(401, "unauthenticated");
    }
    Caller::with_bearer(platform, "sbk_made_up").get("/v1/balance").refused(401, "unauthenticated");
}

/// R194: the answer does not tell whether it was the login or the password.
#[test]
fn a_wrong_password_and_an_unknown_login_answer_alike() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let visitor = platform.visitor();
    let known = sign_in(&visitor, &shop.login, "another made-up pass phrase");
    let unknown = sign_in(&visitor, "nobody-at-all", PASSWORD);
    assert_eq!(known.clone().refused(401, "credentials_wrong"), unknown.refused(401, "credentials_wrong"));
    assert!(known.header("set-cookie").is_none(), "a session for a wrong password");
}

/// R194: guessing is throttled, the throttle tells when to come back, and then the right password
/// opens again.
#[test]
fn guessing_is_throttled_and_ends_by_itself() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    let guesser = platform.visitor();
    let throttled = (0..60)
        .map(|_| sign_in(&guesser, &shop.login, "a guess that is wrong"))
        .find(|answer| answer.status != 401)
        .expect("sixty guesses went through");
    let wait: i64 = throttled
        .header("retry-after")
        .and_then(|seconds| seconds.parse().ok())
        .expect("Retry-After in seconds");
    throttled.refused(429, "too_many_attempts");
    let even_right = sign_in(&platform.visitor(), &shop.login, PASSWORD);
    even_right.refused(429, "too_many_attempts");
    shop.browser.get("/v1/account").ok();
    platform.pass(Duration::seconds(wait + 1));
    sign_in(&platform.visitor(), &shop.login, PASSWORD).created();
}

/// R194: whatever strangers try, a browser that signed in before is let in; and it has no more guesses than they.
#[test]
fn strangers_guesses_do_not_lock_the_owners_browser_out() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    shop.browser.delete("/v1/sessions/current").no_content();
    let stranger = platform.visitor();
    let guess = |by: &Caller<'_>| sign_in(by, &shop.login, "a guess that is wrong");
    assert!((0..60).any(|_| guess(&stranger).status == 429), "sixty guesses went through");
    sign_in(&stranger, &shop.login, PASSWORD).refused(429, "too_many_attempts");
    sign_in(&shop.browser, &shop.login, PASSWORD).created();
    // The mark opens nothing for anybody else's login, and guesses with it are counted too.
    let other = Account::sign_up(&platform);
    assert!((0..60).any(|_| sign_in(&shop.browser, &other.login, "a wrong guess").status == 429));
    assert!((0..60).any(|_| guess(&shop.browser).status == 429), "sixty guesses with the mark");
    // What was asked so far may have taken longer than strangers are kept out.
    assert!((0..60).any(|_| guess(&stranger).status == 429));
    sign_in(&platform.visitor(), &shop.login, PASSWORD).refused(429, "too_many_attempts");
}

/// R12, R194: the mark that a thief's browser got with the stolen password dies with the password; the owner's
/// browser that changes it keeps one.
#[test]
fn a_new_password_leaves_other_browsers_unknown() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    let thief = shop.another_browser();
    let change = json!({"current": PASSWORD, "new": "a second made-up pass phrase"});
    shop.browser.post("/v1/account/password", &change).no_content();
    let stranger = platform.visitor();
    assert!((0..60).any(|_| sign_in(&stranger, &shop.login, "a wrong guess").status == 429));
    sign_in(&thief, &shop.login, "one more guess").refused(429, "too_many_attempts");
    sign_in(&shop.browser, &shop.login, "a second made-up pass phrase").created();
}

/// R164: the mark is a necessary cookie, guarded like the session's, and ends with the browser.
#[test]
fn the_browsers_mark_is_guarded_and_does_not_outlive_the_browser() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let body = json!({"login": shop.login, "password": PASSWORD}).to_string();
    let headers: [(&str, &[u8]); 2] = [("host", b"send-box.com"), ("content-type", b"application/json")];
    let answer = raw::send(platform, "POST", "/v1/sessions", &headers, body.as_bytes()).is(201);
    let cookies: Vec<&str> = answer.headers("set-cookie").collect();
    let mark = cookies.iter().find(|cookie| cookie.starts_with("__Host-sendbox-browser="));
    let mark = mark.unwrap_or_else(|| panic!("no mark in {cookies:?}"));
    let attributes: Vec<&str> = mark.split(';').map(str::trim).skip(1).collect();
    assert_eq!(attributes, ["Path=/", "HttpOnly", "SameSite=Strict", "Secure"]);
}

/// R13: signing out ends the session on the server, so a copy of the cookie is worth nothing.
#[test]
fn after_signing_out_a_stolen_cookie_opens_nothing() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let stolen = shop.browser.cookie_header();
    let thief = |path: &str| platform.visitor().send(Request::new("GET", path).header("cookie", &stolen));
    thief("/v1/account").ok();
    shop.browser.delete("/v1/sessions/current").no_content();
    thief("/v1/account").refused(401, "unauthenticated");
    shop.browser.get("/v1/account").refused(401, "unauthenticated");
}

/// R13: one session ends, the others go on.
#[test]
fn signing_out_ends_only_the_session_in_hand() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let other = shop.another_browser();
    shop.browser.delete("/v1/sessions/current").no_content();
    other.get("/v1/account").ok();
}

/// R175: scripts cannot read the cookie, and other sites and plain connections do not carry it. On
/// the loopback there is no TLS to insist on.
#[test]
fn the_session_cookie_is_guarded() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let body = json!({"login": shop.login, "password": PASSWORD}).to_string();
    for host in ["127.0.0.1", "send-box.com"] {
        let headers: [(&str, &[u8]); 2] = [("host", host.as_bytes()), ("content-type", b"application/json")];
        let answer = raw::send(platform, "POST", "/v1/sessions", &headers, body.as_bytes()).is(201);
        let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
        let attributes: Vec<&str> = cookie.split(';').map(str::trim).collect();
        for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(attributes.contains(&attribute), "{host}: no {attribute} in {cookie}");
        }
        // R164: a necessary cookie does not outlive the browser.
        let lasting = |attribute: &&str| attribute.starts_with("Max-Age") || attribute.starts_with("Expires");
        assert!(!attributes.iter().any(lasting), "{host}: {cookie}");
        let guarded = attributes.contains(&"Secure") && cookie.starts_with("__Host-");
        assert_eq!(guarded, host == "send-box.com", "{host}: {cookie}");
        let token = attributes[0].split_once('=').expect("a pair").1;
        assert!(token.len() >= 32, "a token that can be guessed: {token}");
        assert!(!answer.text_body().contains(token), "the body shows the secret");
    }
}

/// R194: a session ends by itself at the promised instant.
#[test]
fn a_session_expires() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    let browser = platform.visitor();
    let session = sign_in(&browser, &shop.login, PASSWORD).created();
    let expires_at = instant(&session.text("/session/expires_at"));
    assert!(expires_at > platform.now());
    browser.get("/v1/account").ok();
    platform.set_clock(expires_at + Duration::seconds(1));
    browser.get("/v1/account").refused(401, "unauthenticated");
}

/// R175: another site cannot make the browser act.
#[test]
fn a_request_from_another_site_is_refused_and_does_nothing() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    for site in ["cross-site", "same-site"] {
        let forged = Request::new("POST", "/v1/api-keys")
            .header("sec-fetch-site", site)
            .json(&json!({"name": "forged"}));
        shop.browser.send(forged).refused(403, "cross_site_request");
    }
    let forged = Request::new("DELETE", "/v1/contacts").header("sec-fetch-site", "cross-site");
    shop.browser.send(forged).refused(403, "cross_site_request");
    assert!(shop.browser.list("/v1/api-keys").is_empty(), "a forged key was made");
}

/// R4, R194: with a new password every other session is over and the old one opens nothing.
#[test]
fn a_new_password_ends_all_other_sessions() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let other = shop.another_browser();
    let change = |current: &str, new: &str| {
        shop.browser.post("/v1/account/password", &json!({"current": current, "new": new}))
    };
    change("not the password", "a second made-up pass phrase").refused(401, "credentials_wrong");
    change(PASSWORD, "short").refused(422, "password_too_short");
    other.get("/v1/account").ok();
    change(PASSWORD, "a second made-up pass phrase").no_content();
    other.get("/v1/account").refused(401, "unauthenticated");
    shop.browser.get("/v1/account").ok();
    sign_in(&platform.visitor(), &shop.login, PASSWORD).refused(401, "credentials_wrong");
    sign_in(&platform.visitor(), &shop.login, "a second made-up pass phrase").created();
}

/// R11, R12: reporting a compromise ends every session and every key at once.
#[test]
fn reporting_a_compromise_shuts_every_door() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let other = shop.another_browser();
    let program = shop.program();
    program.get("/v1/balance").ok();
    let report = json!({"current": PASSWORD, "new": "a second made-up pass phrase"});
    shop.browser.post("/v1/account/compromise", &report).no_content();
    for caller in [&shop.browser, &other, &program] {
        caller.get("/v1/balance").refused(401, "unauthenticated");
    }
}

/// R12: after the report the old password opens nothing: whoever stole it does not choose the next one.
#[test]
fn after_a_reported_compromise_the_old_password_is_worth_nothing() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let report = |current: &str, new: &str| {
        shop.browser.post("/v1/account/compromise", &json!({"current": current, "new": new}))
    };
    // A stolen session alone reports nothing: its thief would choose the password.
    report("not the password", "a second made-up pass phrase").refused(401, "credentials_wrong");
    report(PASSWORD, PASSWORD).refused(422, "password_unchanged");
    report(PASSWORD, "short").refused(422, "password_too_short");
    shop.browser.post("/v1/account/compromise", &json!({})).refused(422, "missing_field");
    shop.browser.get("/v1/account").ok();
    report(PASSWORD, "a second made-up pass phrase").no_content();
    sign_in(&platform.visitor(), &shop.login, PASSWORD).refused(401, "credentials_wrong");
    let browser = platform.visitor();
    sign_in(&browser, &shop.login, "a second made-up pass phrase").created();
    browser.get("/v1/account").ok();
    assert_eq!(events(&browser, "compromise_reported").len(), 1);
}

/// R10: signing out is an act like signing in.
#[test]
fn signing_out_is_in_the_log() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let other = shop.another_browser();
    let session = sign_in(&shop.browser, &shop.login, PASSWORD).created().text("/session/id");
    shop.browser.delete("/v1/sessions/current").no_content();
    let signed_out = events(&other, "signed_out");
    assert_eq!(signed_out.len(), 1, "{signed_out:?}");
    assert_eq!(signed_out[0]["actor"], json!(session));
}

/// R194: what a guesser hears of a login that nobody has is what he hears of any other.
#[test]
fn an_unknown_login_is_throttled_like_a_known_one() {
    let platform = Platform::fresh();
    let guesser = platform.visitor();
    let guess = || sign_in(&guesser, "nobody-at-all", "a guess that is wrong");
    assert!((0..60).any(|_| guess().status == 429), "sixty guesses at a login that nobody has");
}

/// R194: a stolen cookie does not become the password by guessing.
#[test]
fn guessing_the_current_password_is_throttled_too() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    let wrong = json!({"current": "a guess that is wrong", "new": "a second made-up pass phrase"});
    let guess = || shop.browser.post("/v1/account/password", &wrong);
    assert!((0..60).any(|_| guess().status == 429), "sixty guesses went through");
}

/// R118, R196: what anybody may ask for, nobody may ask for without end.
#[test]
fn choices_that_anybody_may_make_are_limited_by_the_minute() {
    let platform = Platform::fresh();
    let choice = json!({"functional": false, "analytics": false, "marketing": false, "language": "kk", "surface": "banner"});
    let refused =
        (0..200).map(|_| platform.visitor().post("/v1/cookie-choices", &choice)).find(|a| a.status != 201);
    let refused = refused.expect("two hundred choices in a minute");
    assert!(refused.header("retry-after").is_some());
    refused.refused(429, "too_many_requests");
    platform.pass(Duration::seconds(61));
    platform.visitor().post("/v1/cookie-choices", &choice).created();
}

/// R118: behind a proxy everybody asks from one address, and is told apart by the last one that it wrote down; what
/// stands before it is whatever the visitor wrote.
#[test]
fn behind_a_proxy_one_visitor_uses_up_nobody_elses_share() {
    let variables = vec![("client_address_header", "x-forwarded-for".to_owned())];
    let platform = Platform::with(Settings { variables, ..Settings::default() });
    let body = json!({"functional": false, "analytics": false, "marketing": false, "language": "kk", "surface": "banner"});
    let choose = |address: &str| {
        let asked = Request::new("POST", "/v1/cookie-choices").header("x-forwarded-for", address);
        platform.visitor().send(asked.json(&body)).status
    };
    let invented = |n: i32| format!("198.51.100.{n}, 203.0.113.7");
    assert!((0..200).any(|n| choose(&invented(n)) == 429), "two hundred choices in a minute");
    assert_eq!(choose("203.0.113.8"), 201);
}

/// R175: away from this machine only the guarded name of the cookie counts, which no other host can plant.
#[test]
fn a_cookie_planted_under_the_local_name_opens_nothing_elsewhere() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let cookie = shop.browser.cookie_header();
    let headers: [(&str, &[u8]); 2] = [("host", b"send-box.com"), ("cookie", cookie.as_bytes())];
    raw::send(platform, "GET", "/v1/account", &headers, b"").refused(401, "unauthenticated");
    let lying: [(&str, &[u8]); 3] =
        [("host", b"send-box.com"), ("cookie", cookie.as_bytes()), ("spin-full-url", b"http://127.0.0.1/")];
    raw::send(platform, "GET", "/v1/account", &lying, b"").refused(401, "unauthenticated");
}

/// R13: what stands beside the session's cookie, in its field or in others, does not shut its owner out.
#[test]
fn the_session_is_found_among_the_cookies_of_others() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let own = shop.browser.cookie_header().into_bytes();
    // Spin answers 500 by itself to a field that is not UTF-8: no component hears of it.
    let strange: &[&[u8]] =
        if platform.host().is_spin() { &[b"\xd0\x90"] } else { &[b"\xd0\x90", b"\xd0\x90\xff", b"\xff"] };
    for bytes in strange {
        let other = [b"city=", *bytes].concat();
        let in_one_field = [&other, b"; ".as_slice(), &own].concat();
        let one: [(&str, &[u8]); 1] = [("cookie", &in_one_field)];
        raw::send(platform, "GET", "/v1/account", &one, b"").is(200);
        let parted: [(&str, &[u8]); 3] = [("cookie", b"a=1"), ("cookie", &own), ("cookie", &other)];
        raw::send(platform, "GET", "/v1/account", &parted, b"").is(200);
    }
}

/// R18: keys that nobody looks after do not pile up unseen.
#[test]
fn an_account_has_at_most_twenty_keys() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    for _ in 0..20 {
        shop.new_api_key();
    }
    shop.browser.post("/v1/api-keys", &json!({"name": "one more"})).refused(409, "too_many_api_keys");
    assert_eq!(shop.browser.list("/v1/api-keys").len(), 20);
}

/// R18: a key is shown once and works until it is revoked.
#[test]
fn an_api_key_is_shown_once_and_dies_when_revoked() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let key = shop.new_api_key();
    let secret = key.text("/key");
    assert!(secret.starts_with("sbk_"), "{key}");
    let listed = shop.browser.get("/v1/api-keys").is(200);
    assert!(!listed.text_body().contains(&secret), "the list shows the secret");
    assert!(secret.ends_with(&listed.json().text("/items/0/last_four")));

    let program = Caller::with_bearer(platform, &secret);
    program.get("/v1/balance").ok();
    shop.browser.delete(&format!("/v1/api-keys/{}", key.text("/id"))).no_content();
    program.get("/v1/balance").refused(401, "unauthenticated");
}

/// R18: what only a person may do, a key may not.
#[test]
fn a_key_cannot_do_what_only_a_person_may() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let program = shop.program();
    let password = json!({"current": PASSWORD, "new": "a second made-up pass phrase"});
    let deletion = json!({
        "forfeits": {"amount": "0.00", "currency": "KZT"},
        "recipients_duty_acknowledged": true,
    });
    for (path, body) in [
        ("/v1/api-keys", json!({"name": "a child"})),
        ("/v1/account/password", password),
        ("/v1/account/deletion", deletion),
    ] {
        program.post(path, &body).refused(403, "session_required");
    }
    assert_eq!(shop.browser.list("/v1/api-keys").len(), 1);
    shop.browser.get("/v1/account/deletion").refused(404, "not_found");
}
