//! What is kept of a gate's refusal with a message: when it was, and by which rule that instant has its
//! local time (R86, R90).

use chrono::DateTime;
use domain::hours::{almaty_offset, hours_rule};

use crate::database::Value;

/// A refusal at an instant.
pub(crate) struct Blocked {
    at: i64,
    rule: String,
    offset_minutes: i64,
}

impl Blocked {
    /// By a gate that is no matter of the hour: the blacklist, an erased contact.
    pub fn at(unix_ms: i64) -> Self {
        // Every instant that the clock gives is one; the epoch stands in only to have no panic.
        let at = DateTime::from_timestamp_millis(unix_ms).unwrap_or_default();
        let offset_minutes = i64::from(almaty_offset(at).0.local_minus_utc() / 60);
        Self { at: unix_ms, rule: hours_rule(at), offset_minutes }
    }

    /// The assignments of an UPDATE, from a parameter's number on.
    pub fn columns(first: usize) -> String {
        let (rule, offset) = (first + 1, first + 2);
        format!("blocked_at = ?{first}, window_rule = ?{rule}, offset_minutes = ?{offset}")
    }

    /// The statement's own parameters with those of [`Blocked::columns`] behind them.
    pub fn behind(&self, mut parameters: Vec<Value>) -> Vec<Value> {
        parameters.extend([self.at.into(), Value::from(&self.rule), self.offset_minutes.into()]);
        parameters
    }
}
