//! Leases: due messages are taken for sending under every gate at once, with their price held (R45, R52, R66, R86,
//! R87).

use domain::ids::IdKind;
use domain::money::Tiyn;
use serde::Deserialize;

use crate::cell::Tenant;
use crate::cell::messages::terms::Terms;
use crate::cell::messages::transitions::{self, Leased};
use crate::cell::money::ledger::{self, Book, Posting};
use crate::clock::DatabaseClock;
use crate::database::{Database, DbError, transaction};
use crate::row::Row;
use crate::{params, sql, unhex};

/// What to take, on what terms.
#[derive(Clone, Debug)]
pub struct Lease<'l> {
    /// From which campaign, by which operator, and at what price.
    pub terms: &'l Terms,
    /// Of which route's messages.
    pub route: &'l str,
    /// At most so many.
    pub limit: usize,
    /// How long it lasts: of one that nobody settled by then, what may have left counts as ambiguous.
    /// Milliseconds.
    pub lasts_ms: i64,
    /// What that is counted by.
    pub clock: DatabaseClock,
}

/// A message that is taken and may be handed over by nobody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeasedMessage {
    /// The row.
    pub id: i64,
    /// `msg_…`, under which the operator knows it.
    pub message: String,
    /// E.164; `None` if the contact was erased between queueing and now.
    pub phone: Option<String>,
}

/// What a lease brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeaseOutcome {
    /// These, under one lease.
    Taken {
        /// The lease's own id: only its holder can settle.
        lease: String,
        /// Until when, by the database's clock. Unix milliseconds.
        until: i64,
        /// Never empty; in the order of their rows, in which they must leave.
        messages: Vec<LeasedMessage>,
    },
    /// Something is queued, but there is no money for one message (R52, R53).
    NoMoney,
    /// Nothing of the campaign is due, or a gate is shut.
    Nothing,
}

/// A leased message as SQLite hands it out.
#[derive(Deserialize)]
struct LeasedRow {
    id: i64,
    message: String,
    contact: Option<String>,
    /// Sealed, in hexadecimal; empty where the contact is gone.
    number: String,
}

impl<D: Database> Tenant<'_, D> {
    /// Takes due messages of a campaign for sending and holds their price, in one transaction.
    pub async fn lease(&self, lease: &Lease<'_>, now: i64) -> Result<LeaseOutcome, DbError> {
        let (campaign, price) = (lease.terms.campaign.as_str(), lease.terms.price());
        let id = self.new_id(IdKind::Transfer, now)?;
        transaction(self.db, async |db| {
            let rows = db.query(sql!("lease.sql", "can_spend"), params![&self.account]).await?;
            let row = rows.first().ok_or(DbError::NoRow)?;
            let until = row.int("now")? + lease.clock.shift_ms + lease.lasts_ms;
            let available = row.int("available")?;
            let affordable = if price.0 > 0 { available / price.0 } else { i64::MAX };
            let limit = affordable.min(lease.limit as i64);
            if limit == 0 {
                let queued = db
                    .query(sql!("lease.sql", "is_queued"), params![&self.account, campaign, lease.route])
                    .await?;
                return Ok(if queued.is_empty() { LeaseOutcome::Nothing } else { LeaseOutcome::NoMoney });
            }
            let leased = Leased { lease: &id, until, route: lease.route, terms: lease.terms, limit };
            transitions::lease(db, &self.account, &leased, now).await?;
            let messages = self.leased(db, &id, until).await?;
            if messages.is_empty() {
                return Ok(LeaseOutcome::Nothing);
            }
            let held = Tiyn(price.0 * messages.len() as i64);
            let posting = Posting {
                transfer: &id,
                kind: "hold",
                payment: None,
                campaign: Some(campaign),
                scoring: None,
                lookup: None,
                messages: Some(messages.len() as i64),
                entries: &[(Book::Available, held.negated()), (Book::Held, held)],
            };
            ledger::post(db, &self.account, now, &posting).await?;
            Ok(LeaseOutcome::Taken { lease: id.clone(), until, messages })
        })
        .await
    }

    /// The messages of a lease with their numbers. They come as one row: each row that comes out of
    /// SQLite wakes two threads, which costs more than everything else about it.
    pub(crate) async fn leased(
        &self,
        db: &D,
        lease: &str,
        until: i64,
    ) -> Result<Vec<LeasedMessage>, DbError> {
        let rows = db.query(sql!("lease.sql", "leased"), params![&self.account, lease, until]).await?;
        let rows: Vec<LeasedRow> = rows.first().ok_or(DbError::NoRow)?.json("messages")?;
        let mut messages = rows
            .into_iter()
            .map(|row| {
                let sealed = unhex(&row.number).filter(|sealed| !sealed.is_empty());
                let phone = self.contact_number(row.contact.as_deref(), sealed.as_deref())?;
                Ok(LeasedMessage { id: row.id, message: row.message, phone })
            })
            .collect::<Result<Vec<_>, DbError>>()?;
        messages.sort_unstable_by_key(|message| message.id);
        Ok(messages)
    }

    /// From a row of the message's id, `msg_…`, its contact and the contact's sealed number.
    pub(crate) fn read_leased(&self, row: &Row) -> Result<LeasedMessage, DbError> {
        let (contact, sealed) = (row.opt_text("contact")?, row.opt_blob("contact_number")?);
        let phone = self.contact_number(contact.as_deref(), sealed.as_deref())?;
        Ok(LeasedMessage { id: row.int("id")?, message: row.text("message")?, phone })
    }

    fn contact_number(
        &self,
        contact: Option<&str>,
        sealed: Option<&[u8]>,
    ) -> Result<Option<String>, DbError> {
        let (Some(contact), Some(sealed)) = (contact, sealed) else { return Ok(None) };
        Ok(Some(self.keys.personal()?.open_text(&self.place("contact number", contact), sealed)?))
    }
}
