//! Problems: what the caller did wrong or what is wrong here, as RFC 9457 says it.
//!
//! *Which to use when:* [`Problem::new`] with a code for anything the caller can
//! mend; [`Problem::field`] when one field is at fault; [`Problem::internal`] for what they cannot:
//! it is written to the log and answered without a word of why (R192).

use api::Code;
use domain::language::Language;
use http::{HeaderName, HeaderValue, header};
use store::{DbError, StoreError};

use crate::answer::{Answer, status_code, with_body};
use crate::refusals::code_of;

/// What routes return.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// An answer that is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    code: Code,
    field: Option<String>,
    line: Option<i64>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// The problem of a code.
    pub fn new(code: impl Into<Code>) -> Self {
        Self { code: code.into(), field: None, line: None, headers: Vec::new() }
    }

    /// The problem of a code, with the field at fault.
    pub fn field(code: impl Into<Code>, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..Self::new(code) }
    }

    /// Nothing is there, or it is somebody else's: nobody may learn which.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound)
    }

    /// The route is there, but not for this method.
    pub fn method_not_allowed(allow: &str) -> Self {
        let mut problem = Self::new(Code::MethodNotAllowed);
        problem.headers.extend(HeaderValue::from_str(allow).ok().map(|allow| (header::ALLOW, allow)));
        problem
    }

    /// Something broke here. `what` and `why` go to the log; neither may hold personal data.
    pub fn internal(what: &str, why: &dyn std::fmt::Display) -> Self {
        eprintln!("internal error: {what}: {why}");
        Self::new(Code::InternalError)
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
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The answer, with its text in the caller's language.
    pub fn answer(&self, language: Language) -> Answer {
        let (field, line) = (self.field.clone(), self.line);
        let body = api::Problem { field, line, ..api::Problem::of(self.code, language) };
        let status = body.status;
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
            DbError::Busy => Self::new(Code::BusyTryAgain).retry_after(1),
            DbError::AccountMoving => Self::new(Code::AccountMoving).retry_after(5),
            DbError::SchemaNewer => Self::new(Code::DatabaseSchemaNewer),
            DbError::SchemaOther => Self::new(Code::DatabaseSchemaOther),
            DbError::MasterKey => Self::new(Code::MasterKeyWrong),
            DbError::OtherCell => Self::new(Code::DatabaseOfAnotherCell),
            error => Self::internal("store", &error),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => Self::new(code_of(refusal)),
            StoreError::Db(error) => error.into(),
        }
    }
}
