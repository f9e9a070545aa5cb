//! What is answered when something is wrong, as RFC 9457 says it.

use std::borrow::Cow;

use domain::language::Language;
use serde::{Deserialize, Serialize};

use crate::Code;

/// An answer that is an error, `application/problem+json`. After one nothing is half-done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Problem {
    /// An address that names the code; nothing needs to be fetched from it.
    pub r#type: Cow<'static, str>,
    /// The code.
    pub title: Code,
    /// The status of the answer.
    pub status: u16,
    /// The stable code.
    pub code: Code,
    /// The field at fault, where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The line of a file at fault, where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<i64>,
    /// What it means, in the caller's language.
    pub detail: Cow<'static, str>,
    /// What it means, in all languages.
    pub messages: Messages,
}

/// A text in the three languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Messages {
    /// Kazakh.
    pub kk: Cow<'static, str>,
    /// Russian.
    pub ru: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Problem {
    /// A code's problem, with its text in one language and in all.
    pub fn of(code: Code, language: Language) -> Self {
        let text = |language: Language| Cow::Borrowed(code.text(language));
        Self {
            r#type: format!("https://send-box.com/problems/{code}").into(),
            title: code,
            status: code.status(),
            code,
            field: None,
            line: None,
            detail: text(language),
            messages: Messages { kk: text(Language::Kk), ru: text(Language::Ru), en: text(Language::En) },
        }
    }
}
