//! An answer, and the assertions that every test makes on one.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// What came back for a request.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Method and path, for messages.
    pub request: String,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }

    /// All headers of that name.
    pub fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        let wanted = move |header: &&(String, String)| header.0.eq_ignore_ascii_case(name);
        self.headers.iter().filter(wanted).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text_body(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The status is as expected; the failure shows the body.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.request, self.text_body());
        self
    }

    /// The status is one of these.
    #[track_caller]
    pub fn any_of(self, statuses: &[u16]) -> Self {
        assert!(statuses.contains(&self.status), "{}: {}: {}", self.request, self.status, self.text_body());
        self
    }

    /// 200 with JSON.
    #[track_caller]
    pub fn ok(self) -> Value {
        self.is(200).json()
    }

    /// 201 with JSON.
    #[track_caller]
    pub fn created(self) -> Value {
        self.is(201).json()
    }

    /// 204 without a body.
    #[track_caller]
    pub fn no_content(self) {
        let answer = self.is(204);
        assert!(answer.body.is_empty(), "{}: {}", answer.request, answer.text_body());
    }

    /// The body, read as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: not JSON ({error}): {}", self.request, self.text_body()))
    }

    /// The body, read in its type.
    #[track_caller]
    pub fn read<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.request, self.text_body()))
    }

    /// Refused as the interface promises: this status, this stable code, a problem document with
    /// a text in each of the three languages, and nothing of the inside in it (R192).
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        let answer = self.is(status);
        let kind = answer.header("content-type").unwrap_or("no content-type").to_owned();
        assert!(kind.starts_with("application/problem+json"), "{}: {kind}", answer.request);
        let problem = answer.json();
        assert_eq!(problem.text("/code"), code, "{}: {problem}", answer.request);
        assert_eq!(problem.integer("/status"), i64::from(status));
        assert_eq!(problem.text("/type"), format!("https://send-box.com/problems/{code}"));
        for language in ["kk", "ru", "en"] {
            let text = problem.text(&format!("/messages/{language}"));
            assert!(!text.trim().is_empty(), "no text in {language}: {problem}");
        }
        let text = answer.text_body().to_lowercase();
        for inside in ["sqlite", "panicked", ".rs:", "select ", "insert into", "unique constraint"] {
            assert!(!text.contains(inside), "{}: shows the inside: {text}", answer.request);
        }
        problem
    }

    /// Refused, and the answer names the field at fault.
    #[track_caller]
    pub fn refused_field(self, status: u16, code: &str, field: &str) -> Value {
        let problem = self.refused(status, code);
        assert_eq!(problem.text("/field"), field, "{problem}");
        problem
    }
}

/// Reads a JSON answer by pointers (`/account/id`); what is missing or of another type fails the
/// test with the whole value shown.
pub trait Fields {
    fn at(&self, pointer: &str) -> &Value;
    fn text(&self, pointer: &str) -> String;
    fn integer(&self, pointer: &str) -> i64;
    fn boolean(&self, pointer: &str) -> bool;
    fn list(&self, pointer: &str) -> &Vec<Value>;
    fn is_null_at(&self, pointer: &str) -> bool;
    /// `{"amount", "currency"}` in tiyn; the currency must be tenge (R44).
    fn money(&self, pointer: &str) -> i64;
}

impl Fields for Value {
    #[track_caller]
    fn at(&self, pointer: &str) -> &Value {
        self.pointer(pointer).unwrap_or_else(|| panic!("no {pointer} in {self}"))
    }

    #[track_caller]
    fn text(&self, pointer: &str) -> String {
        let value = self.at(pointer);
        value.as_str().unwrap_or_else(|| panic!("{pointer} is no text in {self}")).to_owned()
    }

    #[track_caller]
    fn integer(&self, pointer: &str) -> i64 {
        let value = self.at(pointer);
        value.as_i64().unwrap_or_else(|| panic!("{pointer} is no whole number in {self}"))
    }

    #[track_caller]
    fn boolean(&self, pointer: &str) -> bool {
        let value = self.at(pointer);
        value.as_bool().unwrap_or_else(|| panic!("{pointer} is no boolean in {self}"))
    }

    #[track_caller]
    fn list(&self, pointer: &str) -> &Vec<Value> {
        let value = self.at(pointer);
        value.as_array().unwrap_or_else(|| panic!("{pointer} is no list in {self}"))
    }

    #[track_caller]
    fn is_null_at(&self, pointer: &str) -> bool {
        self.at(pointer).is_null()
    }

    #[track_caller]
    fn money(&self, pointer: &str) -> i64 {
        let money = self.at(pointer);
        assert_eq!(money.text("/currency"), "KZT", "{pointer} in {self}");
        crate::numbers::tiyn(&money.text("/amount"))
    }
}
