//! What is asked: one request of each kind that matters, written as bytes.

use anyhow::Context;
use sendbox_tests::signatures::{Notice, PAYMENTS_PATH, payment};
use sendbox_tests::{Account, Fields, PASSWORD, Platform};
use serde_json::{Value, json};

use crate::campaign::number;

/// The header that tells who asks, as behind a proxy: what anybody may ask for is limited by network.
pub const NETWORK_HEADER: &str = "x-real-ip";

/// Of one network so many requests are made, fewer than the product lets it make in a minute.
const REQUESTS_PER_NETWORK: u64 = 20;

/// So many sign in, so that hardly one is asked to wait for its other attempts.
const SIGN_IN_LOGINS: usize = 32;

/// Writes the request of a number, whole, at the end of the bytes.
type WriteRequest = Box<dyn Fn(u64, &mut Vec<u8>)>;

/// One kind of request.
pub struct Kind {
    /// Its name in keys of the report.
    pub key: &'static str,
    /// What it is, for people.
    pub what: &'static str,
    pub does: Does,
    /// Writes the request of a number, which no other request of this run has.
    pub write: WriteRequest,
}

/// What stands beside a kind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// Nothing.
    Nothing,
    /// Reads and changes nothing.
    Read,
    /// Changes a row and has it on the disk before it answers.
    Write,
    /// Works on purpose, so that passwords cannot be guessed.
    HashPassword,
}

/// All kinds but the delivery report, which needs messages that were handed over.
pub fn kinds(platform: &Platform, account: &Account<'_>) -> Vec<Kind> {
    let cookie = format!("cookie: {}\r\n", account.browser.cookie_header());
    let key = format!("authorization: Bearer {}\r\n", account.new_api_key().text("/key"));
    vec![
        plain("empty", "an empty component", "/empty", "", Does::Nothing),
        plain("page", "a page", "/en/", "", Does::Read),
        plain("script", "a script", "/scripts/api.js", "", Does::Read),
        plain("documents", "the documents", "/v1/documents", "", Does::Read),
        plain("by_key", "the balance, by key", "/v1/balance", &key, Does::Read),
        plain("by_cookie", "the balance, by cookie", "/v1/balance", &cookie, Does::Read),
        blacklist(key),
        payments(platform, account),
        cookie_choices(),
        sign_in(platform),
    ]
}

/// The number of another row of the blacklist each time.
fn blacklist(key: String) -> Kind {
    let write = move |n: u64, bytes: &mut Vec<u8>| {
        let body = json!({"phones": [number(n % 10_000_000)]});
        post(bytes, "/v1/blacklist", &key, &body);
    };
    let what = "a number to the blacklist";
    Kind { key: "blacklist", what, does: Does::Write, write: Box::new(write) }
}

fn payments(platform: &Platform, account: &Account<'_>) -> Kind {
    let (at, number) = (platform.now(), account.number.clone());
    let write = move |n: u64, bytes: &mut Vec<u8>| {
        let id = format!("pay-bench-{n}");
        let notice = Notice::signed(&id, at, &payment(&id, &number, "1.00"));
        let signature = String::from_utf8_lossy(&notice.signature).into_owned();
        let timestamp = notice.timestamp;
        let headers = format!(
            "webhook-id: {id}\r\nwebhook-timestamp: {timestamp}\r\nwebhook-signature: {signature}\r\n"
        );
        request(bytes, "POST", PAYMENTS_PATH, &headers, &notice.body);
    };
    let what = "a payment's notice";
    Kind { key: "payment", what, does: Does::Write, write: Box::new(write) }
}

fn cookie_choices() -> Kind {
    let body = json!({
        "functional": true, "analytics": false, "marketing": false, "language": "ru", "surface": "banner",
    });
    let write = move |n: u64, bytes: &mut Vec<u8>| post(bytes, "/v1/cookie-choices", &network(n), &body);
    let what = "a choice of cookies";
    Kind { key: "consent", what, does: Does::Write, write: Box::new(write) }
}

/// Each login in its turn: one that is tried at many places at once is made to wait.
fn sign_in(platform: &Platform) -> Kind {
    let logins = (0..SIGN_IN_LOGINS).map(|_| Account::sign_up(platform).login);
    let bodies: Vec<Value> = logins.map(|login| json!({"login": login, "password": PASSWORD})).collect();
    let write = move |n: u64, bytes: &mut Vec<u8>| {
        let body = bodies.get(n as usize % bodies.len()).unwrap_or(&Value::Null);
        post(bytes, "/v1/sessions", &network(n), body);
    };
    Kind { key: "sign_in", what: "a sign-in", does: Does::HashPassword, write: Box::new(write) }
}

/// The request by which Kannel reports that a message was delivered, from the address that it was given.
pub fn delivery_report(address: &str) -> anyhow::Result<Vec<u8>> {
    let path = address.find("/webhooks/").and_then(|at| address.get(at..)).context("an address of ours")?;
    let path = path.replace("%d", "1").replace("%T", "").replace("%F", "").replace("%A", "");
    let mut bytes = Vec::new();
    request(&mut bytes, "GET", &path, "", &[]);
    Ok(bytes)
}

fn plain(key: &'static str, what: &'static str, path: &str, headers: &str, does: Does) -> Kind {
    let mut asked = Vec::new();
    request(&mut asked, "GET", path, headers, &[]);
    let write = move |_: u64, bytes: &mut Vec<u8>| bytes.extend_from_slice(&asked);
    Kind { key, what, does, write: Box::new(write) }
}

/// Who asks: another network every few requests.
fn network(n: u64) -> String {
    let [.., a, b, c] = (n / REQUESTS_PER_NETWORK).to_be_bytes();
    format!("{NETWORK_HEADER}: 10.{a}.{b}.{c}\r\n")
}

fn post(bytes: &mut Vec<u8>, path: &str, headers: &str, body: &Value) {
    request(bytes, "POST", path, headers, body.to_string().as_bytes());
}

/// Writes a request; the head's own lines end in CRLF.
fn request(bytes: &mut Vec<u8>, method: &str, path: &str, headers: &str, body: &[u8]) {
    bytes.extend_from_slice(format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}").as_bytes());
    if method == "POST" {
        let length = body.len();
        let about = format!("content-type: application/json\r\ncontent-length: {length}\r\n");
        bytes.extend_from_slice(about.as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
}
