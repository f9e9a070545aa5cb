//! Requests that are wrong in form: each has its own stable answer on every kind of route.

use sendbox_tests::{Account, Caller, Fields, Platform, Request, raw};
use serde_json::json;

/// One route that takes JSON in each component that takes any.
const JSON_ROUTES: [(&str, &str); 9] = [
    ("POST", "/v1/sessions"),
    ("POST", "/v1/accounts"),
    ("PATCH", "/v1/account"),
    ("POST", "/v1/contacts/imports"),
    ("POST", "/v1/blacklist"),
    ("POST", "/v1/campaigns"),
    ("POST", "/v1/texts/measure"),
    ("POST", "/v1/consents"),
    ("POST", "/v1/account/deletion"),
];

#[test]
fn a_body_that_is_not_json_is_malformed() {
    let shop = Account::sign_up(Platform::shared());
    for (method, path) in JSON_ROUTES {
        for body in [&b"{"[..], b"", b"{,}", b"\xff\xfe", b"nonsense"] {
            let request = Request::new(method, path).header("content-type", "application/json").bytes(body);
            shop.browser.send(request).refused(400, "malformed_json");
        }
    }
}

#[test]
fn a_body_nested_beyond_reason_is_malformed() {
    let shop = Account::sign_up(Platform::shared());
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    let body = format!("{{\"name\": {deep}}}");
    let request =
        Request::new("POST", "/v1/campaigns").header("content-type", "application/json").bytes(body);
    let answer = shop.browser.send(request);
    assert!((400..500).contains(&answer.status), "{}", answer.text_body());
    shop.browser.get("/v1/account").ok();
}

#[test]
fn another_content_type_than_json_is_not_supported() {
    let shop = Account::sign_up(Platform::shared());
    for (method, path) in JSON_ROUTES {
        for kind in ["text/plain", "application/x-www-form-urlencoded"] {
            let request = Request::new(method, path).header("content-type", kind).bytes("{}");
            shop.browser.send(request).refused(415, "unsupported_media_type");
        }
    }
}

#[test]
fn a_field_that_nobody_knows_is_named() {
    let shop = Account::sign_up(Platform::shared());
    let mut campaign = shop.draft_body("Hello");
    campaign["nmae"] = json!("a typing error");
    shop.browser.post("/v1/campaigns", &campaign).refused_field(422, "unknown_field", "nmae");
    assert!(shop.browser.list("/v1/campaigns").is_empty());
}

#[test]
fn a_field_that_is_missing_is_named() {
    let shop = Account::sign_up(Platform::shared());
    for field in ["name", "text", "class"] {
        let mut campaign = shop.draft_body("Hello");
        campaign.as_object_mut().expect("an object").remove(field);
        shop.browser.post("/v1/campaigns", &campaign).refused_field(422, "missing_field", field);
    }
    assert!(shop.browser.list("/v1/campaigns").is_empty());
}

#[test]
fn a_field_of_another_type_is_invalid() {
    let shop = Account::sign_up(Platform::shared());
    for (field, value) in [("name", json!(7)), ("text", json!(null)), ("attestation", json!("yes"))] {
        let mut campaign = shop.draft_body("Hello");
        campaign[field] = value;
        shop.browser.post("/v1/campaigns", &campaign).refused(422, "invalid_field");
    }
}

#[test]
fn a_body_beyond_the_limit_is_too_large() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let cookie = shop.browser.cookie_header();
    for (method, path) in JSON_ROUTES {
        let headers: [(&str, &[u8]); 3] = [
            ("content-type", b"application/json"),
            ("cookie", cookie.as_bytes()),
            ("sec-fetch-site", b"same-origin"),
        ];
        let announced = 64 << 20;
        let answer = raw::send_announcing(platform, method, path, &headers, b"{\"a\":\"", announced);
        answer.refused(413, "body_too_large");
    }
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    for (method, path, allowed) in [
        ("DELETE", "/v1/accounts", "POST"),
        ("GET", "/v1/sessions", "POST"),
        ("PUT", "/v1/account", "PATCH"),
        ("POST", "/v1/balance", "GET"),
        ("POST", "/v1/ledger", "GET"),
        ("PUT", "/v1/blacklist", "POST"),
        ("PUT", "/v1/campaigns", "POST"),
        ("GET", "/v1/texts/measure", "POST"),
        ("POST", "/v1/messages", "GET"),
        ("POST", "/v1/documents", "GET"),
        ("POST", "/v1/log/checkpoint", "GET"),
        ("GET", "/webhooks/payments/standard", "POST"),
    ] {
        let answer = shop.browser.send(Request::new(method, path).json(&json!({})));
        let allow = answer.header("allow").unwrap_or("").to_owned();
        answer.refused(405, "method_not_allowed");
        assert!(allow.split(',').any(|method| method.trim() == allowed), "{path}: {allow}");
    }
    platform.scheduler().get("/internal/ticks/dispatch").refused(405, "method_not_allowed");
}

#[test]
fn a_route_that_does_not_exist_is_a_problem_too() {
    let shop = Account::sign_up(Platform::shared());
    for path in [
        "/v1/nothing",
        "/v1/campaigns/cmp_00000000000000000000000000000000",
        "/v1/campaigns/not-an-id",
        "/v1/contacts/imports/imp_00000000000000000000000000000000",
        "/v1/documents/recipes",
    ] {
        shop.browser.get(path).refused(404, "not_found");
    }
}

/// R196: the scheduler's door has a key of its own.
#[test]
fn ticks_and_the_sandbox_open_only_to_the_scheduler() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let wrong = Caller::with_bearer(platform, "another token");
    let visitor = platform.visitor();
    let program = shop.program();
    for path in [
        "/internal/ticks/dispatch",
        "/internal/ticks/reconcile",
        "/internal/ticks/jobs",
        "/sandbox/operator/report-due",
        "/sandbox/bank/top-ups",
    ] {
        for caller in [&visitor, &wrong, &program, &shop.browser] {
            caller.post(path, &json!({})).refused(401, "unauthenticated");
        }
    }
    let shift = json!({"shift_seconds": 1});
    for caller in [&visitor, &wrong, &program, &shop.browser] {
        caller.put("/sandbox/clock", &shift).refused(401, "unauthenticated");
    }
}

#[test]
fn the_error_speaks_the_callers_language() {
    let platform = Platform::shared();
    for (accepts, language) in [("kk", "kk"), ("ru-KZ, en;q=0.5", "ru"), ("en", "en")] {
        let request = Request::new("GET", "/v1/balance").header("accept-language", accepts);
        let problem = platform.visitor().send(request).refused(401, "unauthenticated");
        assert_eq!(problem.text("/detail"), problem.text(&format!("/messages/{language}")));
    }
}

#[test]
fn a_page_of_a_list_has_limits() {
    let shop = Account::sign_up(Platform::shared());
    for limit in ["0", "501", "-1", "many"] {
        let answer = shop.browser.get(&format!("/v1/contacts?limit={limit}"));
        answer.refused_field(422, "invalid_field", "limit");
    }
    shop.browser.get("/v1/contacts?cursor=made-up").refused_field(422, "invalid_field", "cursor");
}

/// Without the length, head and body leave in two packets, and every answer waits for an
/// acknowledgement.
#[test]
fn every_answer_names_its_length() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    for path in ["/v1/account", "/v1/balance", "/v1/nothing", "/v1/tariffs", "/v1/log/checkpoint"] {
        let answer = shop.browser.get(path);
        let length: usize =
            answer.header("content-length").and_then(|text| text.parse().ok()).expect("a length");
        assert_eq!(length, answer.body.len(), "{path}");
    }
}

/// A second request with the same key answers what the first did, and does nothing more.
#[test]
fn a_repeated_request_answers_as_the_first_and_acts_once() {
    let shop = Account::sign_up(Platform::shared());
    let send = |key: &str, text: &str| {
        let request =
            Request::new("POST", "/v1/campaigns").header("idempotency-key", key).json(&shop.draft_body(text));
        shop.browser.send(request)
    };
    // Since when its window is open is told anew by each answer.
    let made = |answer: serde_json::Value| {
        let mut made = answer;
        made["window"].take();
        made
    };
    let first = made(send("key-1", "Hello").created());
    assert_eq!(made(send("key-1", "Hello").created()), first);
    assert_eq!(shop.browser.list("/v1/campaigns").len(), 1);
    send("key-1", "Another text").refused(409, "idempotency_key_reused");
    assert_eq!(shop.browser.list("/v1/campaigns").len(), 1);
    for key in ["", "two words", &"k".repeat(65)] {
        let answer = send(key, "Hello");
        assert_eq!(answer.status, 422, "{key:?}: {}", answer.text_body());
    }
    send("key-2", "Hello").created();
    assert_eq!(shop.browser.list("/v1/campaigns").len(), 2);
}
