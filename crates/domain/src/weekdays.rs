//! A set of weekdays, as data and requests write it: `["mon", "tue"]`.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// As they are written, Monday first.
const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Some days of the week, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weekdays([bool; 7]);

impl Weekdays {
    /// Every day.
    pub const ALL: Self = Self([true; 7]);

    /// From names; `None` if a name is no day, or there is none.
    pub fn parse<'n>(names: impl IntoIterator<Item = &'n str>) -> Option<Self> {
        let mut days = [false; 7];
        for name in names {
            *days.get_mut(NAMES.iter().position(|day| *day == name)?)? = true;
        }
        days.contains(&true).then_some(Self(days))
    }

    /// The names, Monday first.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES.into_iter().zip(self.0).filter_map(|(name, is_in)| is_in.then_some(name))
    }

    /// Whether a date falls on one of them.
    pub fn contain(self, date: NaiveDate) -> bool {
        let place = date.weekday().num_days_from_monday() as usize;
        self.0.get(place).copied().unwrap_or(false)
    }
}

/// Whether a date is a Saturday or a Sunday.
pub fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

#[cfg(feature = "description")]
impl utoipa::PartialSchema for Weekdays {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
        let day = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(NAMES));
        ArrayBuilder::new().items(day).min_items(Some(1)).into()
    }
}

#[cfg(feature = "description")]
impl utoipa::ToSchema for Weekdays {}

impl Serialize for Weekdays {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

impl<'de> Deserialize<'de> for Weekdays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        Self::parse(names.iter().map(String::as_str))
            .ok_or_else(|| de::Error::custom("weekdays are some of mon, tue, wed, thu, fri, sat, sun"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_written_as_it_is_read() {
        let days: Weekdays = serde_json::from_str(r#"["sat","mon","sat"]"#).expect("days");
        assert_eq!(serde_json::to_string(&days).ok().as_deref(), Some(r#"["mon","sat"]"#));
        let date = |text: &str| text.parse::<NaiveDate>().expect("a date");
        assert!(days.contain(date("2026-11-21")) && days.contain(date("2026-11-23")));
        assert!(!days.contain(date("2026-11-22")));
    }

    #[test]
    fn what_is_no_day_makes_no_set() {
        for text in [r#"[]"#, r#"["Mon"]"#, r#"["monday"]"#, r#"[1]"#, r#""mon""#] {
            assert!(serde_json::from_str::<Weekdays>(text).is_err(), "{text}");
        }
    }
}
