//! What a business does with its account, in its own words.

use api::money::Balance;
use serde_json::{Value, json};

use crate::answer::{Answer, Fields};
use crate::caller::{Caller, Request};
use crate::campaign::Campaign;
use crate::numbers::{csv_of, mobiles, tenge};
use crate::platform::Platform;
use crate::signatures::{Notice, PAYMENTS_PATH, payment};

/// The password of every account that signs up in a test.
pub const PASSWORD: &str = "a long made-up pass phrase";

/// The body of a sign-up, well filled in; a test changes what it wants to be wrong.
pub struct SignUp(pub Value);

impl SignUp {
    pub fn new(platform: &Platform) -> Self {
        let login = platform.new_name("shop");
        let mut offer = platform.shown("offer", "ru");
        offer["accepted"] = json!(true);
        let mut consent = platform.shown("pd_consent", "ru");
        consent["given"] = json!(true);
        Self(json!({
            "kind": "legal_entity",
            "login": login,
            "password": PASSWORD,
            "name": "Асель Мысалова",
            "phone": "+77015559999",
            "email": format!("{login}@example.com"),
            "language": "ru",
            "truth_declared": true,
            "offer": offer,
            "pd_consent": consent,
        }))
    }

    /// One field other than it should be; the pointer must exist.
    pub fn with(mut self, pointer: &str, value: Value) -> Self {
        *self.0.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
        self
    }

    pub fn without(mut self, field: &str) -> Self {
        self.0.as_object_mut().expect("a sign-up is an object").remove(field);
        self
    }

    pub fn login(&self) -> String {
        self.0.text("/login")
    }

    pub fn send(&self, by: &Caller<'_>) -> Answer {
        by.post("/v1/accounts", &self.0)
    }
}

/// An account whose owner is signed in, in a browser.
pub struct Account<'a> {
    pub browser: Caller<'a>,
    pub id: String,
    /// What a payer writes.
    pub number: String,
    pub login: String,
}

impl<'a> Account<'a> {
    /// Signs up and in.
    pub fn sign_up(platform: &'a Platform) -> Self {
        let sign_up = SignUp::new(platform);
        let browser = platform.visitor();
        let answer = sign_up.send(&browser).created();
        let account = Self {
            browser,
            id: answer.text("/account/id"),
            number: answer.text("/account/number"),
            login: sign_up.login(),
        };
        account.sign_in_again();
        account
    }

    /// Signs in to an account that is already there.
    pub fn sign_in(platform: &'a Platform, login: &str) -> Self {
        let browser = platform.visitor();
        let answer = sign_in(&browser, login, PASSWORD).created();
        let (id, number) = (answer.text("/account/id"), answer.text("/account/number"));
        Self { browser, id, number, login: login.to_owned() }
    }

    pub fn platform(&self) -> &'a Platform {
        self.browser.platform()
    }

    /// A business with so many contacts, and money for what it sends, in tiyn.
    pub fn with_contacts(platform: &'a Platform, contacts: u32, tiyn: i64) -> Self {
        let account = Self::sign_up(platform);
        account.upload(csv_of(&mobiles(0, contacts)));
        account.top_up(&tenge(tiyn));
        account
    }

    /// Signs in with the same browser.
    pub fn sign_in_again(&self) {
        sign_in(&self.browser, &self.login, PASSWORD).created();
    }

    /// Signs in with a second browser.
    pub fn another_browser(&self) -> Caller<'a> {
        let browser = self.platform().visitor();
        sign_in(&browser, &self.login, PASSWORD).created();
        browser
    }

    /// A program with a key of its own (R18).
    pub fn program(&self) -> Caller<'a> {
        Caller::with_bearer(self.platform(), &self.new_api_key().text("/key"))
    }

    pub fn new_api_key(&self) -> Value {
        self.browser.post("/v1/api-keys", &json!({"name": "a program"})).created()
    }

    /// Money from the bank, by its signed notice.
    pub fn top_up(&self, amount: &str) {
        let platform = self.platform();
        let payment_id = platform.new_name(&format!("pay-{}", self.login));
        let body = payment(&payment_id, &self.number, amount);
        let notice = Notice::signed(&payment_id, platform.now(), &body);
        let answer = send_notice(platform, &notice).ok();
        assert!(answer.boolean("/credited"), "{answer}");
    }

    pub fn balance(&self) -> Balance {
        self.browser.get("/v1/balance").is(200).read()
    }

    /// What can be spent, in tiyn.
    pub fn available(&self) -> i64 {
        self.balance().available.0.0
    }

    /// Every transfer, newest first.
    pub fn ledger(&self) -> Vec<Value> {
        self.browser.list("/v1/ledger")
    }

    /// The transfers of one kind.
    pub fn transfers(&self, kind: &str) -> Vec<Value> {
        self.ledger().into_iter().filter(|transfer| transfer.text("/kind") == kind).collect()
    }

    /// Announces an upload, with the attestation (R62).
    pub fn announce_upload(&self) -> String {
        let body = json!({"name": "clients.csv", "attestation": self.attestation("recipients_attestation")});
        let import = self.browser.post("/v1/contacts/imports", &body).created();
        assert_eq!(import.text("/state"), "awaiting_file");
        import.text("/id")
    }

    /// Sends the file of an announced upload.
    pub fn send_file(&self, import: &str, file: impl Into<Vec<u8>>) -> Answer {
        let path = format!("/v1/contacts/imports/{import}/file");
        self.browser.send(Request::new("PUT", &path).header("content-type", "text/csv").bytes(file))
    }

    /// Announces an upload whose format its owner confirms.
    pub fn announce_confirmed_upload(&self) -> String {
        let attestation = self.attestation("recipients_attestation");
        let body = json!({"name": "clients", "attestation": attestation, "confirm": true});
        self.browser.post("/v1/contacts/imports", &body).created().text("/id")
    }

    /// Sends the workbook of an announced upload; `query` may name a sheet.
    pub fn send_workbook(&self, import: &str, query: &str, file: impl Into<Vec<u8>>) -> Answer {
        let path = format!("/v1/contacts/workbooks/{import}{query}");
        let media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        self.browser.send(Request::new("PUT", &path).header("content-type", media_type).bytes(file))
    }

    /// Announces and sends a workbook that is in order; answers the import once it is complete.
    pub fn upload_workbook(&self, file: impl Into<Vec<u8>>) -> Value {
        let import = self.announce_upload();
        self.send_workbook(&import, "", file).any_of(&[200, 202]);
        self.completed(&import)
    }

    /// Announces and sends a file that is in order; answers the import once it is complete.
    pub fn upload(&self, file: impl Into<Vec<u8>>) -> Value {
        let import = self.announce_upload();
        self.send_file(&import, file).any_of(&[200, 202]);
        self.completed(&import)
    }

    /// The import, once the jobs are done with it.
    pub fn completed(&self, import: &str) -> Value {
        let answer = self.settled(import);
        assert_eq!(answer.text("/state"), "completed", "{answer}");
        let endings = ["imported", "updated", "unchanged", "duplicates", "rejected", "blacklisted"];
        let accounted: i64 = endings.iter().map(|ending| answer.integer(&format!("/{ending}"))).sum();
        assert_eq!(answer.integer("/rows"), accounted, "a row is lost or counted twice: {answer}");
        answer
    }

    /// The import, once nothing more happens to it.
    pub fn settled(&self, import: &str) -> Value {
        for _ in 0..1_000 {
            let answer = self.browser.get(&format!("/v1/contacts/imports/{import}")).ok();
            if !matches!(answer.text("/state").as_str(), "queued" | "reading") {
                return answer;
            }
            self.platform().tick("jobs");
        }
        panic!("the import does not end");
    }

    /// Sends a recording's file.
    pub fn send_recording(&self, content_type: &str, file: impl Into<Vec<u8>>) -> Answer {
        let request = Request::new("POST", "/v1/audio?name=%D0%A2%D0%B0%D0%BF%D1%81%D1%8B%D1%80%D1%8B%D1%81");
        self.browser.send(request.header("content-type", content_type).bytes(file))
    }

    /// Uploads a recording that is in order; answers its id.
    pub fn recording(&self, file: impl Into<Vec<u8>>) -> String {
        self.send_recording("audio/wav", file).created().text("/id")
    }

    pub fn contacts(&self) -> Vec<Value> {
        self.browser.list("/v1/contacts")
    }

    pub fn blacklist(&self, phones: &[String]) -> Value {
        let body = json!({"phones": phones, "reason": "asked not to be written to"});
        self.browser.post("/v1/blacklist", &body).ok()
    }

    /// A draft of an informational campaign.
    pub fn draft(&self, text: &str) -> Campaign<'_, 'a> {
        let answer = self.browser.post("/v1/campaigns", &self.draft_body(text)).created();
        assert_eq!(answer.text("/state"), "draft");
        Campaign::new(self, answer.text("/id"))
    }

    /// A draft that calls everybody and plays a recording, ringing for 20 seconds up to so many times.
    pub fn call_draft(&self, recording: &str, attempts: u32) -> Campaign<'_, 'a> {
        let answer = self.browser.post("/v1/campaigns", &self.call_body(recording, attempts)).created();
        assert_eq!((answer.text("/state").as_str(), answer.text("/channel").as_str()), ("draft", "voice"));
        Campaign::new(self, answer.text("/id"))
    }

    pub fn call_body(&self, recording: &str, attempts: u32) -> Value {
        json!({
            "name": "A campaign of calls",
            "channel": "voice",
            "audio": recording,
            "plan": {"attempts": attempts, "ring_seconds": 20, "retry_gap_seconds": 600},
            "class": "informational",
            "attestation": self.attestation("content_attestation"),
        })
    }

    /// A campaign that is already there.
    pub fn campaign(&self, id: &str) -> Campaign<'_, 'a> {
        Campaign::new(self, id.to_owned())
    }

    pub fn draft_body(&self, text: &str) -> Value {
        json!({
            "name": "A campaign",
            "text": text,
            "class": "informational",
            "attestation": self.attestation("content_attestation"),
        })
    }

    /// All evidence files to a query (`campaign=…` or `kind=consents`), one a page, as they came.
    pub fn evidence(&self, query: &str) -> Vec<String> {
        let mut files = Vec::new();
        let mut cursor = String::new();
        for _ in 0..1_000 {
            let answer = self.browser.get(&format!("/v1/evidence?{query}{cursor}")).is(200);
            let next = answer.json().at("/next_cursor").as_str().map(|next| format!("&cursor={next}"));
            files.push(answer.text_body());
            match next {
                Some(next) => cursor = next,
                None => return files,
            }
        }
        panic!("a thousand pages of evidence, and there is still a next one")
    }

    /// A document accepted in the account's language.
    pub fn attestation(&self, kind: &str) -> Value {
        let mut shown = self.platform().shown(kind, "ru");
        shown["accepted"] = json!(true);
        shown
    }
}

/// What the log holds of one kind, as whoever asks sees their own account.
pub fn events(of: &Caller<'_>, kind: &str) -> Vec<Value> {
    let file = of.get("/v1/evidence").ok();
    assert!(file["next_cursor"].is_null(), "more events than one page");
    let events = file.list("/events").iter().map(|event| event["event"].clone());
    events.filter(|event| event["kind"] == kind).collect()
}

pub fn sign_in(browser: &Caller<'_>, login: &str, password: &str) -> Answer {
    browser.post("/v1/sessions", &json!({"login": login, "password": password}))
}

/// Delivers a bank's notice, byte for byte.
pub fn send_notice(platform: &Platform, notice: &Notice) -> Answer {
    let timestamp = notice.timestamp.to_string();
    let headers: [(&str, &[u8]); 4] = [
        ("content-type", b"application/json"),
        ("webhook-id", notice.id.as_bytes()),
        ("webhook-timestamp", timestamp.as_bytes()),
        ("webhook-signature", &notice.signature),
    ];
    crate::raw::send(platform, "POST", PAYMENTS_PATH, &headers, &notice.body)
}
