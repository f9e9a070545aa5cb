//! Requests that are held open by their body while the session or key that they came with ends.

use sendbox_tests::raw::Parked;
use sendbox_tests::{Account, Caller, Fields, PASSWORD, Platform, events, mobiles, wav};
use serde_json::{Value, json};

const JSON: &str = "application/json";
const NEW_PASSWORD: &str = "a second made-up pass phrase";

/// One request of the table: what it would write if it were let through.
struct Writing {
    method: &'static str,
    path: String,
    content_type: &'static str,
    body: Vec<u8>,
}

fn writing(method: &'static str, path: &str, body: &Value) -> Writing {
    Writing { method, path: path.to_owned(), content_type: JSON, body: body.to_string().into_bytes() }
}

/// An account with something of every kind, so that every request of the table has its object.
struct Objects<'a> {
    shop: Account<'a>,
    consent: String,
    contact: String,
    entry: String,
    recording: String,
    import: String,
    draft: String,
    running: String,
}

impl<'a> Objects<'a> {
    fn of(platform: &'a Platform) -> Self {
        let shop = Account::sign_up(platform);
        shop.top_up("1000.00");
        shop.upload("phone\n+77010000001\n+77010000002\n");
        shop.blacklist(&mobiles(500, 1));
        let contact = shop.contacts()[0].text("/id");
        let entry = shop.browser.list("/v1/blacklist")[0].text("/id");
        let mut marketing = platform.shown("marketing_consent", "ru");
        marketing["document"] = json!("marketing_consent");
        marketing["language"] = json!("ru");
        marketing["given"] = json!(true);
        let consent = shop.browser.post("/v1/consents", &marketing).created().text("/id");
        let recording = shop.recording(wav(5_000));
        let import = shop.announce_upload();
        let draft = shop.draft("A draft.").id.clone();
        let running = shop.draft("Running.").start().id.clone();
        Self { shop, consent, contact, entry, recording, import, draft, running }
    }

    /// What a program may do too.
    fn daily(&self) -> Vec<Writing> {
        let Self { shop, contact, entry, recording, import, draft, running, .. } = self;
        let none = json!({});
        let mut announced = json!({"name": "b.csv"});
        announced["attestation"] = shop.attestation("recipients_attestation");
        vec![
            writing("POST", "/v1/contacts/imports", &announced),
            Writing {
                method: "PUT",
                path: format!("/v1/contacts/imports/{import}/file"),
                content_type: "text/csv",
                body: b"phone\n+77010000009\n".to_vec(),
            },
            writing("DELETE", &format!("/v1/contacts/{contact}"), &none),
            writing("DELETE", "/v1/contacts", &none),
            writing("POST", "/v1/blacklist", &json!({"phones": ["+77010000008"]})),
            writing("DELETE", &format!("/v1/blacklist/{entry}"), &none),
            Writing {
                method: "POST",
                path: "/v1/audio?name=late".to_owned(),
                content_type: "audio/wav",
                body: wav(6_000),
            },
            writing("DELETE", &format!("/v1/audio/{recording}"), &none),
            writing("POST", "/v1/campaigns", &shop.draft_body("A late draft.")),
            writing(
                "POST",
                &format!("/v1/campaigns/{draft}/start"),
                &json!({"agreed_total": {"amount": "30.00", "currency": "KZT"}}),
            ),
            writing("DELETE", &format!("/v1/campaigns/{draft}"), &none),
            writing("POST", &format!("/v1/campaigns/{running}/pause"), &none),
            writing("POST", &format!("/v1/campaigns/{running}/cancel"), &none),
        ]
    }

    /// What only a person may do.
    fn personal(&self, key: &str) -> Vec<Writing> {
        let passwords = json!({"current": PASSWORD, "new": "a third made-up pass phrase"});
        let forfeits = self.shop.balance().available;
        let deletion = json!({"forfeits": forfeits, "recipients_duty_acknowledged": true});
        let none = json!({});
        vec![
            writing("PATCH", "/v1/account", &json!({"name": "Айгүл Өзгермес"})),
            writing("POST", "/v1/account/password", &passwords),
            writing("POST", "/v1/account/compromise", &passwords),
            writing("POST", "/v1/api-keys", &json!({"name": "late"})),
            writing("DELETE", &format!("/v1/api-keys/{key}"), &none),
            writing("DELETE", &format!("/v1/consents/{}", self.consent), &none),
            writing("POST", "/v1/account/deletion", &deletion),
            writing("DELETE", "/v1/sessions/current", &none),
        ]
    }
}

/// Everything of the account that the requests of the table could change. The upload whose file was cut off
/// is there as refused; that it brought no contact is seen in the contacts.
fn all_there_is(of: &Caller<'_>) -> Vec<Value> {
    let lists = [
        "/v1/api-keys",
        "/v1/consents",
        "/v1/contacts",
        "/v1/blacklist",
        "/v1/audio",
        "/v1/campaigns",
        "/v1/ledger",
    ];
    let mut all: Vec<Value> = lists.iter().flat_map(|list| of.list(list)).collect();
    // What the hours say of now says so to the second.
    all.iter_mut().filter_map(Value::as_object_mut).for_each(|one| drop(one.remove("window")));
    all.push(json!(of.list("/v1/contacts/imports").len()));
    all.push(of.get("/v1/account").ok());
    all.push(json!(of.get("/v1/account/deletion").status));
    for kind in ["profile_changed", "contacts_deleted", "campaign_paused", "signed_out", "import_completed"] {
        all.push(json!(events(of, kind)));
    }
    all
}

fn park(platform: &Platform, credentials: (&str, &str), table: &[Writing]) -> Vec<Parked> {
    let begin = |one: &Writing| {
        let headers = [credentials, ("content-type", one.content_type), ("sec-fetch-site", "same-origin")];
        Parked::begin(platform, one.method, &one.path, &headers, one.body.len())
    };
    table.iter().map(begin).collect()
}

fn all_are_refused(parked: Vec<Parked>, table: &[Writing]) {
    for (parked, one) in parked.into_iter().zip(table) {
        parked.finish(&one.body).refused(401, "unauthenticated");
    }
}

/// R12: whoever holds requests open when the password is changed has lost them.
#[test]
fn a_request_that_waits_for_its_body_does_nothing_once_the_password_is_changed() {
    let platform = Platform::fresh();
    let objects = Objects::of(&platform);
    let shop = &objects.shop;
    let (thief, owner) = (shop.another_browser(), shop.another_browser());
    let key = shop.new_api_key().text("/id");
    let mut table = objects.daily();
    table.extend(objects.personal(&key));
    let before = all_there_is(&owner);
    let parked = park(&platform, ("cookie", &thief.cookie_header()), &table);
    let passwords = json!({"current": PASSWORD, "new": NEW_PASSWORD});
    owner.post("/v1/account/password", &passwords).no_content();
    all_are_refused(parked, &table);
    assert_eq!(all_there_is(&owner), before);
}

/// R13: the same of signing out.
#[test]
fn a_request_that_waits_for_its_body_does_nothing_once_its_session_is_signed_out() {
    let platform = Platform::fresh();
    let objects = Objects::of(&platform);
    let shop = &objects.shop;
    let (leaving, owner) = (shop.another_browser(), shop.another_browser());
    let key = shop.new_api_key().text("/id");
    let mut table = objects.daily();
    table.extend(objects.personal(&key));
    let cookie = leaving.cookie_header();
    let parked = park(&platform, ("cookie", &cookie), &table);
    leaving.delete("/v1/sessions/current").no_content();
    let before = all_there_is(&owner);
    all_are_refused(parked, &table);
    assert_eq!(all_there_is(&owner), before);
}

/// R18: the same of a key that is revoked.
#[test]
fn a_request_that_waits_for_its_body_does_nothing_once_its_key_is_revoked() {
    let platform = Platform::fresh();
    let objects = Objects::of(&platform);
    let owner = &objects.shop.browser;
    let key = objects.shop.new_api_key();
    let table = objects.daily();
    let bearer = format!("Bearer {}", key.text("/key"));
    let parked = park(&platform, ("authorization", &bearer), &table);
    owner.delete(&format!("/v1/api-keys/{}", key.text("/id"))).no_content();
    let before = all_there_is(owner);
    all_are_refused(parked, &table);
    assert_eq!(all_there_is(owner), before);
}
