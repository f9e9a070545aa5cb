//! Which statements are so quick that handing them to a thread that may wait takes longer than they do. Every
//! statement begins on such a thread; one that is quick again and again is then run where it is asked for, until it
//! is slow once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A statement that takes longer holds up others.
const QUICK: Duration = Duration::from_micros(300);
/// So often a new statement must be quick first.
const TRIALS: u32 = 3;
/// So often one that was slow. Where there is more to do than processors, most were only interrupted; and one that is
/// slow every other time is quick so often in a row once in a thousand times.
const TRIALS_AFTER_A_SLOW_ONE: u32 = 10;
/// More texts are not watched: they may be made up.
const WATCHED_MAX: usize = 2_000;

/// How often each statement must still be quick, by its text.
#[derive(Debug, Default)]
pub(crate) struct QuickStatements(Mutex<HashMap<String, u32>>);

impl QuickStatements {
    /// Whether a statement was quick often enough.
    pub(crate) fn has(&self, sql: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(sql) == Some(&0)
    }

    /// Notes how long a statement took.
    pub(crate) fn note(&self, sql: &str, took: Duration) {
        let mut watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = watched.len() >= WATCHED_MAX;
        let known = watched.get_mut(sql);
        let trials = match &known {
            _ if took > QUICK => TRIALS_AFTER_A_SLOW_ONE,
            Some(trials) => trials.saturating_sub(1),
            None => TRIALS - 1,
        };
        match known {
            Some(known) => *known = trials,
            None if is_full => {}
            None => {
                watched.insert(sql.to_owned(), trials);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_quick_after_some_trials_and_until_it_is_slow() {
        let statements = QuickStatements::default();
        for _ in 0..TRIALS {
            assert!(!statements.has("SELECT 1"));
            statements.note("SELECT 1", Duration::from_micros(5));
        }
        assert!(statements.has("SELECT 1") && !statements.has("SELECT 2"));
        statements.note("SELECT 1", Duration::from_millis(5));
        assert!(!statements.has("SELECT 1"));
        for _ in 0..TRIALS_AFTER_A_SLOW_ONE {
            statements.note("SELECT 1", Duration::from_micros(5));
        }
        assert!(statements.has("SELECT 1"));
    }
}
