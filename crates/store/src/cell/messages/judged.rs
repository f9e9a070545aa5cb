//! What is kept with a message of the instant at which it was handed over or refused: when it was, and what judged
//! it (R86, R90).

use chrono::{DateTime, FixedOffset, SecondsFormat};
use domain::hours::{WindowVerdict, almaty_offset, hours_rule};

use crate::database::{DbError, Value};

/// An instant with what judged it.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    /// Unix milliseconds.
    pub at: i64,
    /// The versions of the rules.
    pub rule: String,
    /// Minutes east of UTC of the local time.
    pub offset_minutes: i64,
    /// Of the local day, as people write them; `None` where it was shut as a whole, or the hours were not asked.
    pub hours: Option<String>,
}

impl Judged {
    /// By the calling hours.
    pub fn by(verdict: &WindowVerdict, at: i64) -> Self {
        Self {
            at,
            rule: verdict.rule.clone(),
            offset_minutes: i64::from(verdict.local.offset().local_minus_utc() / 60),
            hours: verdict.hours.map(|hours| hours.to_string()),
        }
    }

    /// By a gate that is no matter of the hour: the blacklist, an erased contact.
    pub fn at_any_hour(at: i64) -> Result<Self, DbError> {
        let instant =
            DateTime::from_timestamp_millis(at).ok_or_else(|| DbError::Other(format!("no instant: {at}")))?;
        let offset_minutes = i64::from(almaty_offset(instant).0.local_minus_utc() / 60);
        Ok(Self { at, rule: hours_rule(instant), offset_minutes, hours: None })
    }

    /// The instant in its local time, with the offset, to the second; empty for one that no calendar has.
    pub fn local_text(&self) -> String {
        let offset = i32::try_from(self.offset_minutes * 60).ok().and_then(FixedOffset::east_opt);
        DateTime::from_timestamp_millis(self.at)
            .zip(offset)
            .map(|(time, offset)| time.with_timezone(&offset).to_rfc3339_opts(SecondsFormat::Secs, false))
            .unwrap_or_default()
    }

    /// The instant, the rules and the offset, as a statement takes them.
    pub fn parameters(&self) -> [Value; 3] {
        [self.at.into(), Value::from(&self.rule), self.offset_minutes.into()]
    }
}
