//! How the platform behaves by its settings: shut without a region, and without its sandbox.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sendbox_tests::{Account, PASSWORD, Platform, Settings, sign_in};
use serde_json::json;

/// R189: personal data are not taken in before somebody has said where they will lie.
#[test]
fn without_a_declared_region_nothing_of_persons_is_served() {
    for region in ["", "DE"] {
        let settings = Settings { sandbox: false, data_region: region.to_owned(), ..Settings::default() };
        let platform = Platform::with(settings);
        let visitor = platform.visitor();
        let sign_in = json!({"login": "anybody", "password": "a long made-up pass phrase"});
        visitor.post("/v1/sessions", &sign_in).refused(503, "data_region_not_declared");
        visitor.get("/v1/contacts").refused(503, "data_region_not_declared");
    }
}

/// The stand-in operator and bank do not exist in production, not even for who has the token.
#[test]
fn without_the_sandbox_its_routes_are_not_there() {
    let platform = Platform::with(Settings { sandbox: false, ..Settings::default() });
    let scheduler = platform.scheduler();
    for path in ["/sandbox/bank/top-ups", "/sandbox/operator/messages", "/sandbox/operator/report-due"] {
        scheduler.post(path, &json!({})).refused(404, "not_found");
    }
    scheduler.get("/sandbox/clock").refused(404, "not_found");
    scheduler.put("/sandbox/clock", &json!({"shift_seconds": 60})).refused(404, "not_found");
}

/// What another master key would seal could be opened by neither: it is refused before it does anything, as where
/// a restored backup lies under a deployment of other secrets.
#[test]
fn data_of_another_master_key_are_refused_in_words() {
    let first = Platform::fresh();
    let login = Account::sign_up(&first).login;
    let other_key = ("master_key", BASE64_STANDARD.encode([9; 32]));
    let other = Settings { sandbox: false, variables: vec![other_key], ..Settings::default() };
    let platform = first.laid_under(other);
    platform.visitor().get("/v1/log/checkpoint").refused(503, "master_key_wrong");
    platform.tick("dispatch").refused(503, "master_key_wrong");
    sign_in(&platform.visitor(), &login, PASSWORD).refused(503, "master_key_wrong");
}
