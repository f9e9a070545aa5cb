//! Which columns of a file of contacts are kept: what the owner of the file is told, and what stays with the import.

use serde::{Deserialize, Serialize};

/// The most that is kept of a contact beside the number, the name and the consent's proof (R70).
pub const FIELDS_MAX: usize = 20;

/// Which columns of a file were kept, and how it was parted (R63, R70).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ChosenColumns {
    /// The line of the column names; null where the file has none.
    pub header_line: Option<i64>,
    /// The sign between cells.
    pub delimiter: String,
    /// The numbers.
    pub phone: ChosenColumn,
    /// The names of people.
    pub name: Option<ChosenColumn>,
    /// Where consents come from.
    pub consent_source: Option<ChosenColumn>,
    /// When they were given.
    pub consent_date: Option<ChosenColumn>,
    /// Whether the person consents to automated decisions.
    pub decision_consent: Option<ChosenColumn>,
}

/// One column of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ChosenColumn {
    /// Its place, counted from one.
    pub number: i64,
    /// Its name, where it has one.
    pub name: Option<String>,
}
