//! What is charged for work on the account's own data, by its volume (R49).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{NOTICE, Tariffs, TariffsError, amount};
use crate::documents::is_version;
use crate::money::Tiyn;

/// What is done with data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Processing {
    /// A contact gets a score.
    Score,
    /// The network of a number is asked about it.
    Lookup,
}

impl Processing {
    /// As it stands in answers and records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::Lookup => "lookup",
        }
    }
}

/// The price of one contact's processing, from an instant on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessingTariff {
    /// The version's name, by custom its first day.
    pub version: String,
    /// What is done.
    pub processing: Processing,
    /// Of one contact, in tiyn: all of it is the service's.
    #[serde(deserialize_with = "amount")]
    pub price: Tiyn,
    /// When the site told of it.
    pub announced_at: DateTime<Utc>,
    /// From this instant on, inclusive, it applies.
    pub effective_at: DateTime<Utc>,
}

/// Sorts and checks, by the rules of all tariffs.
pub(super) fn checked(mut tariffs: Vec<ProcessingTariff>) -> Result<Vec<ProcessingTariff>, TariffsError> {
    tariffs.sort_by_key(|tariff| tariff.effective_at);
    for (place, tariff) in tariffs.iter().enumerate() {
        let (version, operator) = (tariff.version.clone(), tariff.processing.as_str().to_owned());
        if !is_version(&version) {
            return Err(TariffsError::FieldMalformed { version, operator });
        }
        if tariff.effective_at - tariff.announced_at < NOTICE {
            return Err(TariffsError::NoticeTooShort { version, operator });
        }
        let ambiguous = tariffs.iter().take(place).any(|earlier| {
            earlier.processing == tariff.processing
                && (earlier.version == version || earlier.effective_at == tariff.effective_at)
        });
        if ambiguous {
            return Err(TariffsError::Ambiguous { version, operator });
        }
    }
    Ok(tariffs)
}

impl Tariffs {
    /// The tariff of some processing at an instant: of those that took effect by `at` the latest. `None` where there
    /// is none: then it is not sold.
    pub fn processing_in_force(
        &self,
        processing: Processing,
        at: DateTime<Utc>,
    ) -> Option<&ProcessingTariff> {
        let of = |tariff: &&ProcessingTariff| tariff.processing == processing && tariff.effective_at <= at;
        self.processing.iter().rev().find(of)
    }

    /// Every tariff of processing in force at an instant, and what customers were told of by then and takes effect
    /// later (R26, R29).
    pub fn processing_shown(&self, at: DateTime<Utc>) -> impl Iterator<Item = &ProcessingTariff> {
        self.processing.iter().filter(move |tariff| {
            let is_in_force = self
                .processing_in_force(tariff.processing, at)
                .is_some_and(|in_force| in_force.version == tariff.version);
            is_in_force || (tariff.announced_at <= at && at < tariff.effective_at)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn tariff(version: &str, announced: &str, effective: &str) -> Value {
        json!({
            "version": version, "processing": "score", "price": "0.50", "announced_at": announced,
            "effective_at": effective,
        })
    }

    fn parse(processing: &[Value]) -> Result<Tariffs, TariffsError> {
        Tariffs::parse(&json!({"currency": "KZT", "tariffs": [], "processing": processing}).to_string())
    }

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    /// R29: five calendar days, and not a second less.
    #[test]
    fn a_price_announced_less_than_five_days_ahead_is_refused() {
        let late = tariff("1", "2026-03-01T00:00:01Z", "2026-03-06T00:00:00Z");
        assert!(matches!(parse(&[late]), Err(TariffsError::NoticeTooShort { .. })));
    }

    #[test]
    fn two_prices_of_one_name_or_one_instant_are_refused() {
        let one = tariff("1", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z");
        let same_name = tariff("1", "2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z");
        let same_instant = tariff("2", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z");
        assert!(matches!(parse(&[one.clone(), same_name]), Err(TariffsError::Ambiguous { .. })));
        assert!(matches!(parse(&[one, same_instant]), Err(TariffsError::Ambiguous { .. })));
    }

    /// R49: what is not published costs nothing, because it is not sold.
    #[test]
    fn a_price_holds_from_its_very_instant_and_before_it_there_is_none() {
        let tariffs = parse(&[tariff("1", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z")]).expect("sound");
        let in_force = |at| tariffs.processing_in_force(Processing::Score, instant(at)).map(|one| one.price);
        assert_eq!(in_force("2026-03-31T23:59:59Z"), None);
        assert_eq!(in_force("2026-04-01T00:00:00Z"), Some(Tiyn(50)));
        let shown = |at| tariffs.processing_shown(instant(at)).count();
        assert_eq!([shown("2026-02-28T23:59:59Z"), shown("2026-03-01T00:00:00Z")], [0, 1]);
        assert_eq!(shown("2026-05-01T00:00:00Z"), 1);
        assert_eq!(
            tariffs.next_change(instant("2026-03-01T00:00:00Z")),
            Some(instant("2026-04-01T00:00:00Z"))
        );
    }
}
