//! What an account has, as files in open formats: its owner's own copy (R68).

use std::fmt;
use std::str::FromStr;

use crate::ids::NotAnId;
use crate::operation::{Answer, Component, Operation, Parameter, Who};
use crate::schema::Schema;

/// Files that one network is given in a minute: each is an act that is recorded for good.
pub const EXPORTS_PER_MINUTE: u32 = 60;

/// What there is to take out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exported {
    /// The base, with lists, tags, fields, proofs of consent, and what was said of automated decisions.
    Contacts,
    /// The history of messages.
    Messages,
    /// Campaigns with their texts.
    Campaigns,
    /// Numbers to which nothing is sent.
    Blacklist,
    /// What the account itself agreed to.
    Consents,
    /// The account's acts, as its log has them.
    Acts,
    /// Payments and charges.
    Ledger,
    /// The scores that can be read.
    Scores,
    /// Uploads.
    Imports,
    /// What people said of automated decisions.
    Stances,
    /// What networks said of numbers.
    Lookups,
    /// What people said against scores, and what was decided.
    Appeals,
    /// Audiences that are kept.
    Audiences,
    /// Receipts of what was done at people's requests.
    Requests,
}

impl Exported {
    /// Each of them.
    pub const ALL: [Self; 14] = [
        Self::Contacts,
        Self::Messages,
        Self::Campaigns,
        Self::Blacklist,
        Self::Consents,
        Self::Acts,
        Self::Ledger,
        Self::Scores,
        Self::Imports,
        Self::Stances,
        Self::Lookups,
        Self::Appeals,
        Self::Audiences,
        Self::Requests,
    ];

    /// As it stands in the file's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Messages => "messages",
            Self::Campaigns => "campaigns",
            Self::Blacklist => "blacklist",
            Self::Consents => "consents",
            Self::Acts => "acts",
            Self::Ledger => "ledger",
            Self::Scores => "scores",
            Self::Imports => "imports",
            Self::Stances => "stances",
            Self::Lookups => "lookups",
            Self::Appeals => "appeals",
            Self::Audiences => "audiences",
            Self::Requests => "requests",
        }
    }
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// A table (RFC 4180) in UTF-8, safe in a spreadsheet.
    Csv,
    /// An object a line; the last one is `{"end": true, "rows": N}`.
    JsonLines,
}

impl ExportFormat {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Csv, Self::JsonLines];

    /// The end of the file's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// As the answer says it.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/x-ndjson",
        }
    }
}

/// A file: `contacts.csv`, `messages.jsonl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportFile {
    /// What is in it.
    pub what: Exported,
    /// How it is written.
    pub format: ExportFormat,
}

impl ExportFile {
    /// Each that there is.
    pub fn all() -> impl Iterator<Item = Self> {
        let of = |what| ExportFormat::ALL.into_iter().map(move |format| Self { what, format });
        Exported::ALL.into_iter().flat_map(of)
    }
}

impl fmt::Display for ExportFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.what.as_str(), self.format.as_str())
    }
}

impl FromStr for ExportFile {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        Self::all().find(|file| file.to_string() == text).ok_or(NotAnId)
    }
}

#[cfg(feature = "description")]
impl utoipa::PartialSchema for ExportFile {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::String)
            .enum_values(Some(Self::all().map(|file| file.to_string())))
            .description(Some("A file of an account's own data."))
            .examples(["contacts.csv"])
            .into()
    }
}

#[cfg(feature = "description")]
impl utoipa::ToSchema for ExportFile {}

const FILE: Parameter = Parameter::path("file", Schema::of::<ExportFile>(), "What, and in which format.");

/// `GET /v1/exports/{file}`
pub const EXPORT: Operation = Operation {
    id: "export",
    path: "/v1/exports/{file}",
    component: Component::Exports,
    who: Who::SessionOrKey,
    summary: "Everything of a kind that the account has, as one file. It comes as it is read, however much there is: a \
              file that broke off ends without its last chunk, and one of lines without its last line. Each is an event \
              of the account's log.",
    rules: &[68],
    parameters: &[FILE],
    answers: &[
        Answer::of(
            200,
            "text/csv",
            Schema::TEXT,
            "CSV: a table in UTF-8, its first line the names of its columns.",
        ),
        Answer::of(
            200,
            "application/x-ndjson",
            Schema::TEXT,
            "JSON Lines: an object a line, then how many there were.",
        ),
    ],
    per_minute: Some(EXPORTS_PER_MINUTE),
    ..Operation::GET
};

crate::listed![EXPORT];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_name_and_no_other() {
        for file in ExportFile::all() {
            assert_eq!(file.to_string().parse(), Ok(file));
        }
        for name in ["contacts", "contacts.", ".csv", "contacts.CSV", "contacts.csv.csv", "people.csv", ""] {
            assert_eq!(name.parse::<ExportFile>(), Err(NotAnId), "{name}");
        }
    }
}
