//! How the operators are, for all cells together: who rests after failing, and how fast each may be asked (R84).

use crate::database::{Database, DbError};
use crate::directory::Directory;
use crate::row::Row;
use crate::{params, sql};

/// An operator of which something is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorState {
    /// Its name in this product.
    pub operator: String,
    /// Failures in a row; zero since its last success.
    pub failures: i64,
    /// The stable code of the last failure.
    pub reason: Option<String>,
    /// When it failed last, Unix milliseconds.
    pub failed_at: Option<i64>,
    /// Until when it is asked nothing, Unix milliseconds.
    pub resting_until: i64,
    /// When the next message may leave, where it has a rate. Unix milliseconds.
    pub next_slot_at: i64,
}

/// Instants at which messages may leave, one behind the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slots {
    /// The first, Unix milliseconds.
    pub first_at: i64,
    /// Between two, in microseconds.
    pub apart_us: i64,
}

/// What of an operator's requests could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadCount {
    /// The operator's name in this product.
    pub operator: String,
    /// `number`, `charset` or `body`.
    pub what: String,
    /// How often.
    pub times: i64,
    /// When it happened last, Unix milliseconds.
    pub last_at: i64,
}

impl<D: Database> Directory<'_, D> {
    /// Notes that something of an operator's could not be read: `number`, `charset` or `body`.
    pub async fn note_unread(&self, operator: &str, what: &str, now: i64) -> Result<(), DbError> {
        self.db
            .query(
                "INSERT INTO operator_unread (operator, what, times, last_at) VALUES (?1, ?2, 1, ?3)
                 ON CONFLICT (operator, what) DO UPDATE SET times = times + 1,
                   last_at = max(last_at, excluded.last_at)",
                params![operator, what, now],
            )
            .await?;
        Ok(())
    }

    /// What could not be read so far, by operator.
    pub async fn unread(&self) -> Result<Vec<UnreadCount>, DbError> {
        let rows = self
            .db
            .query(
                "SELECT operator, what, times, last_at FROM operator_unread ORDER BY operator, what",
                params![],
            )
            .await?;
        let count = |row: &Row| {
            Ok(UnreadCount {
                operator: row.text("operator")?,
                what: row.text("what")?,
                times: row.int("times")?,
                last_at: row.int("last_at")?,
            })
        };
        rows.iter().map(count).collect()
    }

    /// What is remembered of the operators, by name.
    pub async fn operator_states(&self) -> Result<Vec<OperatorState>, DbError> {
        let rows = self
            .db
            .query(
                "SELECT operator, failures, reason, failed_at, resting_until, next_slot_at FROM operator
                 ORDER BY operator",
                params![],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(OperatorState {
                    operator: row.text("operator")?,
                    failures: row.int("failures")?,
                    reason: row.opt_text("reason")?,
                    failed_at: row.opt_int("failed_at")?,
                    resting_until: row.int("resting_until")?,
                    next_slot_at: row.int("next_slot_at")?,
                })
            })
            .collect()
    }

    /// Notes a failure and until when the operator rests for it.
    pub async fn operator_failed(
        &self,
        operator: &str,
        reason: &str,
        resting_until: i64,
        now: i64,
    ) -> Result<(), DbError> {
        self.db.query(sql!("operators.sql", "failed"), params![operator, reason, now, resting_until]).await?;
        Ok(())
    }

    /// Notes that an operator is well again.
    pub async fn operator_works(&self, operator: &str) -> Result<(), DbError> {
        self.db
            .query(
                "UPDATE operator SET failures = 0, resting_until = 0 WHERE operator = ?1 AND failures > 0",
                params![operator],
            )
            .await?;
        Ok(())
    }

    /// Reserves so many departures at an operator's rate, for this tick alone.
    pub async fn reserve_slots(
        &self,
        operator: &str,
        messages: usize,
        per_second: u32,
        now: i64,
    ) -> Result<Slots, DbError> {
        let apart_us = 1_000_000 / i64::from(per_second.max(1));
        let takes = (messages as i64 * apart_us + 999) / 1_000;
        let rows =
            self.db.query(sql!("operators.sql", "reserve_slots"), params![operator, now, takes]).await?;
        let next = rows.first().ok_or(DbError::NoRow)?.int("next_slot_at")?;
        Ok(Slots { first_at: next - takes, apart_us })
    }
}
