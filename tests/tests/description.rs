//! The description of the interface, as programs and developers get it.

use sendbox_tests::{Browser, Platform, Request, workspace};
use serde_json::Value;

/// What a program reads is what the contract says: the file is made from it, and another test sees that it is fresh.
#[test]
fn the_description_is_served_as_it_was_made() {
    let visitor = Platform::shared().visitor();
    let answer = visitor.get("/openapi.json").is(200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let made = std::fs::read_to_string(workspace().join("static/openapi.json")).expect("the description");
    assert!(answer.text_body() == made, "another description is served");
    let description: Value = answer.json();
    assert_eq!(description["openapi"], "3.1.0");
}

/// It is large and seldom changes: who has it already is told so.
#[test]
fn whoever_has_the_description_is_not_sent_it_again() {
    let visitor = Platform::shared().visitor();
    let tag = visitor.get("/openapi.json").is(200).header("etag").expect("an entity tag").to_owned();
    let again = visitor.send(Request::new("GET", "/openapi.json").header("if-none-match", &tag));
    assert_eq!((again.status, again.text_body().len()), (304, 0));
}

/// Somebody whose program was told `estimate_changed` looks it up: by the code they find its routes, a campaign's
/// start, a scoring and a look-up of numbers, and at each what the code means, in their language.
#[test]
fn a_developer_finds_the_routes_behind_a_code() {
    let platform = Platform::shared();
    let browser = Browser::start(platform, "ru");
    browser.open("/ru/developers");
    browser.click("cookies.only_necessary");
    browser.see("/v1/campaigns/{campaign}/start");
    browser.fill("find", "estimate_changed");
    browser.wait("[...document.querySelectorAll('.route')].filter((route) => !route.hidden).length === 3");
    browser.open("/ru/developers#start_campaign");
    let meaning = browser.wait(
        "[...document.querySelectorAll('#start_campaign[open] tr')].map((row) => row.innerText)\
         .find((row) => row.includes('estimate_changed'))",
    );
    assert!(meaning.as_str().is_some_and(|row| row.contains("409")), "{meaning}");
    browser.see("curl -X POST");
    browser.widen_to(390);
    assert_eq!(browser.overflow_px(), 0, "the page runs off the side of a telephone");
}
