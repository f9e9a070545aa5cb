//! Messages of which nobody knows whether their operator took them: whom to ask, and when (R48, R85, R87).

use crate::cell::messages::hand_over::HandOver;
use crate::cell::messages::lease::LeasedMessage;
use crate::cell::messages::terms::Terms;
use crate::cell::messages::transitions;
use crate::cell::{Cell, Tenant};
use crate::clock::DatabaseClock;
use crate::database::{Database, DbError};
use crate::row::Row;
use crate::{params, sql};

/// An operator that has not said by so long after the lease what became of a message never will.
const OUTCOME_WAIT_MS: i64 = 72 * 60 * 60 * 1000;
/// And has been asked so often: three days in which nobody asked are no silence of the operator.
const UNCLEAR_MIN: i64 = 10;

/// A message of which nobody knows whether the operator took it.
#[derive(Clone, Debug)]
pub struct UnknownMessage {
    /// Whose.
    pub account: String,
    /// The row and the id.
    pub message: LeasedMessage,
    /// Under which lease it was taken.
    pub lease: String,
    /// Of which campaign, through whom, and the price held for it.
    pub terms: Terms,
    /// When the lease began, Unix milliseconds.
    pub leased_at: i64,
    /// When the lease ended, Unix milliseconds.
    pub lease_until: i64,
    /// When its operator first said that it does not have it, by the database's clock. Unix milliseconds.
    pub not_found_at: Option<i64>,
    /// How often nobody could say what became of it.
    pub unclear: i64,
}

impl UnknownMessage {
    /// From a row of `unknown.sql`'s `due` or of `status_reports.sql`. A lease is named after the transfer that held
    /// its money, which has its instant.
    pub(crate) fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            account: row.text("account")?,
            message: LeasedMessage { id: row.int("id")?, message: row.text("message")?, phone: None },
            lease: row.text("lease")?,
            terms: Terms::from_row(row)?,
            leased_at: row.int("leased_at")?,
            lease_until: row.int("lease_until")?,
            not_found_at: row.opt_int("not_found_at")?,
            unclear: row.int("unclear")?,
        })
    }

    /// The instant of the hand-over, where an operator names one: its clock may be wrong or its word
    /// false, but before the lease it was not asked, and the future has not been (R48, R89).
    pub fn taken_at(&self, said: i64, now: i64) -> i64 {
        said.min(now).max(self.leased_at)
    }

    /// Whether its operator said so long before an instant that it does not have it. A request that is slower
    /// than the first such answer is not slower than this (R87).
    pub fn was_not_found(&self, asked_at: i64, apart_ms: i64) -> bool {
        self.not_found_at.is_some_and(|first| first + apart_ms <= asked_at)
    }

    /// What an answer that leaves the matter open comes to: asked again at `again`, or, after 72 hours of
    /// asking, left to its owner: it may have arrived, and it may not (R48, R85).
    pub const fn left_open(&self, now: i64, again: i64) -> HandOver {
        if now >= self.lease_until + OUTCOME_WAIT_MS && self.unclear >= UNCLEAR_MIN {
            HandOver::Undecided
        } else {
            HandOver::Unknown(again)
        }
    }
}

impl<D: Database> Cell<'_, D> {
    /// Puts the question about messages off, so that those which cannot be settled do not keep others from
    /// being asked about.
    pub async fn ask_later(&self, messages: &[UnknownMessage], at: i64) -> Result<(), DbError> {
        let ids: Vec<i64> = messages.iter().map(|message| message.message.id).collect();
        transitions::ask_later(self.db, &ids, at).await
    }

    /// Notes that an operator has just said that it does not have messages; it is asked again so long from now.
    /// The instant is taken here: an answer may come long after its tick began to ask.
    pub async fn not_found(
        &self,
        ids: &[i64],
        clock: DatabaseClock,
        again_after_ms: i64,
    ) -> Result<(), DbError> {
        transitions::not_found(self.db, ids, clock, again_after_ms).await
    }

    /// Messages to ask an operator about, without their numbers.
    pub async fn unknown_due(&self, limit: usize, now: i64) -> Result<Vec<UnknownMessage>, DbError> {
        let rows = self.db.query(sql!("unknown.sql", "due"), params![now, limit as i64]).await?;
        rows.iter().map(UnknownMessage::from_row).collect()
    }
}

impl<D: Database> Tenant<'_, D> {
    /// The number of a message that is with an operator. It outlives its contact.
    pub async fn with_number(&self, message: LeasedMessage) -> Result<LeasedMessage, DbError> {
        let rows =
            self.db.query(sql!("unknown.sql", "with_number"), params![&self.account, message.id]).await?;
        let Some(row) = rows.first() else { return Ok(message) };
        match row.opt_blob("number")? {
            Some(sealed) => {
                let place = self.place("message number", &message.message);
                Ok(LeasedMessage { phone: Some(self.keys.evidence.open_text(&place, &sealed)?), ..message })
            }
            None => self.read_leased(row),
        }
    }
}
