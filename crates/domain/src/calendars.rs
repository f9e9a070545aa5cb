//! Calendars: on which days and hours an operator takes texts or calls of a class, and Kazakhstan's public
//! holidays, from dated data. They lie inside the offer's window: the narrowest open window decides
//! (R80, R81, R82, R83, R86; section L). The rule of weekdays is one of texts: calls have the offer's seven days,
//! unless the operator's contract says otherwise (X31).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::Deserialize;

use crate::campaign::MessageClass;
use crate::documents::{ByLanguage, is_version};
use crate::hours::{self, DayHours, WhyShut, WindowVerdict, almaty};
use crate::tariffs::Channel;
use crate::weekdays::{Weekdays, is_weekend};
use crate::window_overrides::WindowOverride;

/// A calendar for every operator that no other one names.
const ANY_OPERATOR: &str = "*";

/// A day of rest by the law on holidays, or by what it moves.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// The local day.
    pub date: NaiveDate,
    /// What it is kept for.
    pub name: ByLanguage<String>,
    /// The holiday fell on a day of rest, and this working day is free in its place.
    pub moved_from: Option<NaiveDate>,
    /// Worked out by rule; not published by the authority yet.
    #[serde(default)]
    pub expected: bool,
}

/// When operators take messages of some channels and classes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "CalendarRow")]
struct Calendar {
    operators: Vec<String>,
    channels: Vec<Channel>,
    classes: Vec<MessageClass>,
    days: Weekdays,
    hours: DayHours,
    on_holidays: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarRow {
    operators: Vec<String>,
    channels: Vec<Channel>,
    classes: Vec<MessageClass>,
    days: Weekdays,
    opens: String,
    closes: String,
    on_holidays: bool,
}

impl TryFrom<CalendarRow> for Calendar {
    type Error = &'static str;

    fn try_from(row: CalendarRow) -> Result<Self, Self::Error> {
        let CalendarRow { operators, channels, classes, days, opens, closes, on_holidays } = row;
        let hours = DayHours::parse(&opens, &closes).ok_or("the hours of a calendar are malformed")?;
        Ok(Self { operators, channels, classes, days, hours, on_holidays })
    }
}

impl Calendar {
    fn is_of(&self, operator: &str, channel: Channel, class: MessageClass) -> bool {
        let is_named = self.operators.iter().any(|named| named == operator);
        is_named && self.channels.contains(&channel) && self.classes.contains(&class)
    }
}

/// Everything that holds from a local day on. A version that has been in force is never edited: a verdict
/// names it, and must mean the same for ever (R90).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Version {
    version: String,
    from: NaiveDate,
    /// For the reader: where the days and hours were found.
    #[serde(rename = "sources")]
    _sources: Vec<String>,
    holidays: Holidays,
    calendars: Vec<Calendar>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(from = "HolidaysRows")]
struct Holidays {
    /// Of any other year nobody knows the holidays.
    years: BTreeSet<i32>,
    days: BTreeMap<NaiveDate, Holiday>,
    /// A day that stands there twice.
    repeated: Option<NaiveDate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidaysRows {
    years: BTreeSet<i32>,
    days: Vec<Holiday>,
}

impl From<HolidaysRows> for Holidays {
    fn from(rows: HolidaysRows) -> Self {
        let mut days = BTreeMap::new();
        let mut repeated = None;
        for day in rows.days {
            if let Some(former) = days.insert(day.date, day) {
                repeated = Some(former.date);
            }
        }
        Self { years: rows.years, days, repeated }
    }
}

impl Version {
    /// The calendar that names the operator, or else the one for any.
    fn calendar(&self, operator: &str, channel: Channel, class: MessageClass) -> Option<&Calendar> {
        let is_of = |calendar: &&Calendar, operator: &str| calendar.is_of(operator, channel, class);
        let of = |operator: &str| self.calendars.iter().find(|calendar| is_of(calendar, operator));
        of(operator).or_else(|| of(ANY_OPERATOR))
    }

    fn check(&self) -> Result<(), CalendarsError> {
        if !is_version(&self.version) {
            return Err(CalendarsError::VersionMalformed(self.version.clone()));
        }
        if let Some(day) = self.holidays.repeated {
            return Err(CalendarsError::HolidayTwice(day));
        }
        let uncovered = |day: &&Holiday| !self.holidays.years.contains(&day.date.year());
        if let Some(day) = self.holidays.days.values().find(uncovered) {
            return Err(CalendarsError::HolidayOutsideYears(day.date));
        }
        let channels = Channel::ALL.into_iter();
        for (channel, class) in channels.flat_map(|channel| MessageClass::ALL.map(|class| (channel, class))) {
            if self.calendar(ANY_OPERATOR, channel, class).is_none() {
                return Err(CalendarsError::NoCalendar(channel.as_str(), class.as_str()));
            }
            for operator in self.calendars.iter().flat_map(|calendar| &calendar.operators) {
                let of = self.calendars.iter().filter(|calendar| calendar.is_of(operator, channel, class));
                if of.count() > 1 {
                    let (operator, channel) = (operator.clone(), channel.as_str());
                    return Err(CalendarsError::TwoCalendars(operator, channel, class.as_str()));
                }
            }
        }
        Ok(())
    }
}

/// Why calendars are refused as a whole: nothing is sent by data that contradict themselves.
#[derive(Debug, thiserror::Error)]
pub enum CalendarsError {
    /// Not JSON of the expected shape.
    #[error("the calendars are malformed: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A version's name will not do.
    #[error("the version {0:?} of the calendars is malformed")]
    VersionMalformed(String),
    /// Versions follow each other by their days and have names of their own.
    #[error("the version {0} of the calendars does not follow the one before it")]
    VersionsOutOfOrder(String),
    /// A holiday stands there twice.
    #[error("the holiday {0} stands there twice")]
    HolidayTwice(NaiveDate),
    /// A holiday of a year that the list does not claim to know.
    #[error("the holiday {0} is outside the years of the list")]
    HolidayOutsideYears(NaiveDate),
    /// Every channel and class needs a calendar for any operator.
    #[error("no calendar for any operator takes the channel {0} and the class {1}")]
    NoCalendar(&'static str, &'static str),
    /// Which calendar holds must not be a matter of order.
    #[error("two calendars of {0} take the channel {1} and the class {2}")]
    TwoCalendars(String, &'static str, &'static str),
}

/// All versions of the calendars, checked.
#[derive(Clone, Debug)]
pub struct Calendars {
    /// By their first day, earliest first.
    versions: Vec<Version>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarsFile {
    versions: Vec<Version>,
}

impl Calendars {
    /// Reads and checks the calendars' file.
    pub fn parse(json: &str) -> Result<Self, CalendarsError> {
        let CalendarsFile { versions } = serde_json::from_str(json)?;
        for (place, version) in versions.iter().enumerate() {
            version.check()?;
            let earlier = versions.iter().take(place);
            if earlier.into_iter().any(|one| one.version == version.version || one.from >= version.from) {
                return Err(CalendarsError::VersionsOutOfOrder(version.version.clone()));
            }
        }
        Ok(Self { versions })
    }

    /// What holds on a local day.
    fn version(&self, date: NaiveDate) -> Option<&Version> {
        self.versions.iter().rev().find(|version| version.from <= date)
    }

    /// The public holiday of an instant's local day.
    pub fn holiday(&self, at: DateTime<Utc>) -> Option<&Holiday> {
        let date = almaty(at).date_naive();
        self.version(date)?.holidays.days.get(&date)
    }

    /// Judges one instant for a channel's messages of a class and the operator that would take them. `overrides` are
    /// the account's, in the order in which they were decided, without those that do not hold at the
    /// instant; of several that speak of a day the last decides.
    pub fn judge(
        &self,
        at: DateTime<Utc>,
        operator: &str,
        channel: Channel,
        class: MessageClass,
        overrides: &[WindowOverride],
    ) -> WindowVerdict {
        let today = almaty(at).date_naive();
        let agreed = |date: NaiveDate| overrides.iter().rev().find(|agreed| agreed.covers(date));
        // What is agreed with the account takes the place of the offer's hours (R82).
        let outer = |date: NaiveDate| agreed(date).map_or(DayHours::OFFER, WindowOverride::hours);
        let mut rule = hours::hours_rule(at);
        rule.push_str("; calendar ");
        rule.push_str(self.version(today).map_or("none", |version| &version.version));
        if let Some(agreed) = agreed(today) {
            rule.push_str("; override ");
            rule.push_str(agreed.decision());
        }
        let mut verdict = hours::judge(at, rule, |date| {
            let calendar = self.hours_of(date, operator, channel, class)?;
            let inside = outer(date).and(calendar).and_then(|hours| hours.and(DayHours::OUTSIDE_THE_NIGHT));
            inside.ok_or(WhyShut::OutsideCalendar)
        });
        // The day is open, and so are the outer hours: it is the operator's calendar that is not.
        if verdict.why == Some(WhyShut::OutsideHours) && outer(today).contain(verdict.local.time()) {
            verdict.why = Some(WhyShut::OutsideCalendar);
        }
        verdict
    }

    /// The hours of an operator's calendar on a local day. Where the holidays of the year are not known,
    /// a calendar that is shut on holidays is shut.
    fn hours_of(
        &self,
        date: NaiveDate,
        operator: &str,
        channel: Channel,
        class: MessageClass,
    ) -> Result<DayHours, WhyShut> {
        let version = self.version(date).ok_or(WhyShut::OutsideCalendar)?;
        let calendar = version.calendar(operator, channel, class).ok_or(WhyShut::OutsideCalendar)?;
        if !calendar.on_holidays {
            if !version.holidays.years.contains(&date.year()) {
                return Err(WhyShut::OutsideCalendar);
            }
            if version.holidays.days.contains_key(&date) {
                return Err(WhyShut::PublicHoliday);
            }
        }
        match (calendar.days.contain(date), is_weekend(date)) {
            (true, _) => Ok(calendar.hours),
            (false, true) => Err(WhyShut::Weekend),
            (false, false) => Err(WhyShut::OutsideCalendar),
        }
    }
}

#[cfg(test)]
#[path = "calendars_tests.rs"]
mod tests;
