//! What the owner of a file sets by hand, in place of what is recognised (R70).

use domain::columns::FIELDS_MAX;
use serde::{Deserialize, Deserializer, Serialize};

use super::delimiter::DELIMITERS;
use super::fault::{CsvError, CsvFault};
use crate::encoding::Encoding;

/// What is not recognised but chosen. Columns have numbers, from one. Where `None` may be chosen itself, for a file
/// without a header or a list without names, the outer one leaves the choice to the reader: in JSON a member that is not
/// there, where `null` chooses none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FormatChoice {
    /// How letters are written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// The sign between cells: a comma, a semicolon, a tab or `|`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// The line of the column names; what stands above it is passed over.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub header_line: Option<Option<i64>>,
    /// The numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<i64>,
    /// The names of people.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub name: Option<Option<i64>>,
    /// Where consents come from.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub consent_source: Option<Option<i64>>,
    /// When they were given.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub consent_date: Option<Option<i64>>,
    /// Whether people consent to automated decisions.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub decision_consent: Option<Option<i64>>,
    /// What else is kept, at most [`FIELDS_MAX`]; by default nothing is.
    pub fields: Vec<i64>,
}

fn given<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(source).map(Some)
}

/// A column's number as its place, from zero.
fn place(number: i64) -> usize {
    usize::try_from(number).ok().and_then(|number| number.checked_sub(1)).unwrap_or(usize::MAX)
}

impl FormatChoice {
    /// The chosen delimiter, if it is one of those that part cells.
    pub(super) fn delimiter(&self) -> Result<Option<u8>, CsvError> {
        let known = |sign: char| DELIMITERS.into_iter().find(|delimiter| char::from(*delimiter) == sign);
        self.delimiter.map(|sign| known(sign).ok_or(CsvError::DelimiterUnknown)).transpose()
    }

    /// The place of the row of names: that of the chosen line, or the one that was recognised.
    pub(super) fn header_among(
        &self,
        place_of: impl Fn(i64) -> Option<usize>,
        recognised: Option<usize>,
    ) -> Result<Option<usize>, CsvFault> {
        match self.header_line {
            None => Ok(recognised),
            Some(None) => Ok(None),
            Some(Some(line)) => place_of(line).map(Some).ok_or_else(|| CsvError::HeaderLineMissing.on(line)),
        }
    }

    /// The places of all chosen columns. Each must be there, and serves for one thing.
    pub(super) fn columns_among(&self, count: usize) -> Result<Vec<usize>, CsvError> {
        if self.fields.len() > FIELDS_MAX {
            return Err(CsvError::TooManyFields);
        }
        let kept = [self.name, self.consent_source, self.consent_date, self.decision_consent];
        let kept = kept.map(Option::flatten);
        let numbers =
            self.phone.into_iter().chain(kept.into_iter().flatten()).chain(self.fields.iter().copied());
        let mut places = Vec::new();
        for place in numbers.map(place) {
            if place >= count {
                return Err(CsvError::ColumnMissing);
            }
            if places.contains(&place) {
                return Err(CsvError::ColumnChosenTwice);
            }
            places.push(place);
        }
        Ok(places)
    }

    pub(super) fn phone_place(&self) -> Option<usize> {
        self.phone.map(place)
    }

    pub(super) fn name_place(&self) -> Option<Option<usize>> {
        self.name.map(|number| number.map(place))
    }

    pub(super) fn consent_source_place(&self) -> Option<Option<usize>> {
        self.consent_source.map(|number| number.map(place))
    }

    pub(super) fn consent_date_place(&self) -> Option<Option<usize>> {
        self.consent_date.map(|number| number.map(place))
    }

    pub(super) fn decision_consent_place(&self) -> Option<Option<usize>> {
        self.decision_consent.map(|number| number.map(place))
    }

    pub(super) fn field_places(&self) -> impl Iterator<Item = usize> {
        self.fields.iter().map(|number| place(*number))
    }
}
