//! What the sandbox keeps: the shift of the clock, and the fates of the messages that its stand-in
//! operator took.

use crate::database::{Database, DbError};
use crate::directory::Directory;
use crate::row::Row;
use crate::{json, params, sql};

/// What the stand-in operator says of a message when asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxState {
    /// The message's id.
    pub message: String,
    /// When it was taken, Unix milliseconds.
    pub taken_at: i64,
    /// Until when it may be passed on, Unix milliseconds.
    pub expires_at: i64,
}

/// A message that the stand-in operator takes.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct SandboxMessage {
    /// The message's id.
    pub message: String,
    /// What its report will bring.
    pub fate: &'static str,
    /// Until when it may be passed on, Unix milliseconds.
    pub expires_at: i64,
}

/// A delivery report that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxReport {
    /// The message's id.
    pub message: String,
    /// `delivered`, `undelivered` or `expired`.
    pub fate: String,
}

impl<D: Database> Directory<'_, D> {
    /// Seconds by which the product's clock is shifted.
    pub async fn clock_shift_seconds(&self) -> Result<i64, DbError> {
        let rows = self.db.query("SELECT shift_seconds FROM sandbox_clock", vec![]).await?;
        rows.first().map_or(Ok(0), |row| row.int("shift_seconds"))
    }

    /// Shifts the product's clock.
    pub async fn set_clock_shift_seconds(&self, seconds: i64) -> Result<(), DbError> {
        self.db.query(sql!("sandbox.sql", "set_clock_shift"), params![seconds]).await?;
        Ok(())
    }

    /// Takes messages, each with the fate that its report will bring; one taken before stays as it was.
    pub async fn sandbox_take(&self, messages: &[SandboxMessage], now: i64) -> Result<(), DbError> {
        self.db.query(sql!("sandbox.sql", "take"), params![json(&messages)?, now]).await?;
        Ok(())
    }

    /// Which of these messages were taken.
    pub async fn sandbox_states(&self, messages: &[String]) -> Result<Vec<SandboxState>, DbError> {
        let rows = self.db.query(sql!("sandbox.sql", "states"), params![json(&messages)?]).await?;
        let state = |row: &Row| {
            Ok(SandboxState {
                message: row.text("message")?,
                taken_at: row.int("taken_at")?,
                expires_at: row.int("expires_at")?,
            })
        };
        rows.iter().map(state).collect()
    }

    /// Reports that are due: of messages taken at or before an instant.
    pub async fn sandbox_due(&self, taken_before: i64, limit: i64) -> Result<Vec<SandboxReport>, DbError> {
        let rows = self.db.query(sql!("sandbox.sql", "due"), params![taken_before, limit]).await?;
        let report = |row: &Row| Ok(SandboxReport { message: row.text("message")?, fate: row.text("fate")? });
        rows.iter().map(report).collect()
    }

    /// Marks reports as sent and says how many are still to be sent.
    pub async fn sandbox_reported(&self, messages: &[String]) -> Result<i64, DbError> {
        self.db.query(sql!("sandbox.sql", "mark_reported"), params![json(&messages)?]).await?;
        let rows =
            self.db.query("SELECT count(*) AS open FROM sandbox_message WHERE reported = 0", vec![]).await?;
        rows.first().map_or(Ok(0), |row| row.int("open"))
    }
}
