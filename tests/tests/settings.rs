//! How the platform behaves by its settings: shut without a region, and without its sandbox.

use sendbox_tests::{Platform, Settings};
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
