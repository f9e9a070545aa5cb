//! Problems: what the caller did wrong or what is wrong here, as RFC 9457 says it.
//!
//! *Which to use when:* [`Problem::new`] with a code of the catalogue for anything the caller can
//! mend; [`Problem::field`] when one field is at fault; [`Problem::internal`] for what they cannot:
//! it is written to the log and answered without a word of why (R192).

use domain::language::Language;
use http::{HeaderName, HeaderValue, header};
use serde::Serialize;
use store::{DbError, StoreError};

use crate::answer::{Answer, status_code, with_body};
use crate::problem_catalogue;

/// What routes return.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// An answer that is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    code: String,
    field: Option<String>,
    line: Option<i64>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Serialize)]
struct ProblemJson<'p> {
    r#type: String,
    title: &'p str,
    status: u16,
    code: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<i64>,
    detail: &'p str,
    messages: Messages<'p>,
}

#[derive(Serialize)]
struct Messages<'p> {
    kk: &'p str,
    ru: &'p str,
    en: &'p str,
}

impl Problem {
    /// A problem of the catalogue.
    pub fn new(code: impl Into<String>) -> Self {
        Self { code: code.into(), field: None, line: None, headers: Vec::new() }
    }

    /// The same, with the field at fault.
    pub fn field(code: impl Into<String>, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..Self::new(code) }
    }

    /// Nothing is there, or it is somebody else's: nobody may learn which.
    pub fn not_found() -> Self {
        Self::new("not_found")
    }

    /// The route is there, but not for this method.
    pub fn method_not_allowed(allow: &'static str) -> Self {
        let mut problem = Self::new("method_not_allowed");
        problem.headers.push((header::ALLOW, HeaderValue::from_static(allow)));
        problem
    }

    /// Something broke here. `what` and `why` go to the log; neither may hold personal data.
    pub fn internal(what: &str, why: &dyn std::fmt::Display) -> Self {
        eprintln!("internal error: {what}: {why}");
        Self::new("internal_error")
    }

    /// Asks the caller to come again after so many seconds.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.headers.push((header::RETRY_AFTER, HeaderValue::from(seconds)));
        self
    }

    /// Says on which line of a file it was seen.
    pub const fn on_line(mut self, line: i64) -> Self {
        self.line = Some(line);
        self
    }

    /// The line of a file on which it was seen.
    pub const fn line(&self) -> Option<i64> {
        self.line
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The answer, with its text in the caller's language.
    pub fn answer(&self, language: Language) -> Answer {
        // A code without an entry is a mistake of ours, and is answered as one.
        let entry = problem_catalogue::find(&self.code).or_else(|| problem_catalogue::find("internal_error"));
        let (status, kk, ru, en) =
            entry.map_or((500, "", "", ""), |entry| (entry.status, entry.kk, entry.ru, entry.en));
        let detail = match language {
            Language::Kk => kk,
            Language::Ru => ru,
            Language::En => en,
        };
        let body = ProblemJson {
            r#type: format!("https://send-box.com/problems/{}", self.code),
            title: &self.code,
            status,
            code: &self.code,
            field: self.field.as_deref(),
            line: self.line,
            detail,
            messages: Messages { kk, ru, en },
        };
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let mut answer = with_body(status_code(status), "application/problem+json", body);
        for (name, value) in &self.headers {
            answer.headers_mut().insert(name, value.clone());
        }
        answer
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy => Self::new("busy_try_again").retry_after(1),
            DbError::SchemaNewer => Self::new("database_schema_newer"),
            DbError::SchemaOther => Self::new("database_schema_other"),
            DbError::MasterKey => Self::new("master_key_wrong"),
            error => Self::internal("store", &error),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => Self::new(refusal.to_string()),
            StoreError::Db(error) => error.into(),
        }
    }
}
