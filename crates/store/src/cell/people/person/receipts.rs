//! Receipts of what was done at a person's request.

use serde::{Deserialize, Serialize};

use crate::cell::Tenant;
use crate::database::{Database, DbError};
use crate::row::Row;
use crate::{Act, StoredPage, json, params, sql};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonRequestKind {
    /// They were given what the account has of them.
    Shown,
    /// What was wrong was put right.
    Corrected,
    /// They are not written to.
    Blocked,
    /// They withdrew their consent.
    Withdrawn,
    /// What the account may delete of them is gone.
    Deleted,
}

impl PersonRequestKind {
    const ALL: [Self; 5] = [Self::Shown, Self::Corrected, Self::Blocked, Self::Withdrawn, Self::Deleted];

    /// As it is stored and answered.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Corrected => "corrected",
            Self::Blocked => "blocked",
            Self::Withdrawn => "withdrawn",
            Self::Deleted => "deleted",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The event's kind.
    const fn event(self) -> &'static str {
        match self {
            Self::Shown => "person_shown",
            Self::Corrected => "person_corrected",
            Self::Blocked => "person_blocked",
            Self::Withdrawn => "person_withdrew",
            Self::Deleted => "person_deleted",
        }
    }
}

/// What stays of a person although they are deleted, since the law or their own will needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// The blacklist: without it they would be written to again once a file brings them back.
    Blacklist,
    /// What was sent, under the key of evidence (R92).
    History,
    /// Proofs of their consent (R63).
    Consents,
    /// Their objection to automated decisions, or that they withdrew from them.
    Stance,
    /// Their appeals, with what was decided.
    Appeals,
}

/// What an act came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonDone {
    /// What was put right: `name`, `fields`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrected: Vec<String>,
    /// Whether the number is on the blacklist from now on, and was not before.
    #[serde(default)]
    pub blacklisted: bool,
    /// Messages that were queued and are not sent.
    #[serde(default)]
    pub cancelled_messages: i64,
    /// Whether there was a contact, and it is gone.
    #[serde(default)]
    pub contact_deleted: bool,
    /// Scores that are void or gone.
    #[serde(default)]
    pub scores_voided: i64,
    /// Whether a consent to automated decisions ended by it.
    #[serde(default)]
    pub stance_ended: bool,
    /// What stays, and why it has to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<Kept>,
}

/// The receipt of an act (R69, R183).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonReceipt {
    /// `prq_…`
    pub request: String,
    /// What was done.
    pub kind: PersonRequestKind,
    /// What the person said, as it was taken down.
    pub said: Option<String>,
    /// What it came to.
    pub done: PersonDone,
    /// The session or key that did it.
    pub actor: String,
    /// Through what.
    pub channel: String,
    /// Unix milliseconds.
    pub at: i64,
    /// The leaf that proves it.
    pub log_index: i64,
}

/// A receipt, and whose it is as far as that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptOfSomebody {
    /// E.164; `None` for who is not in the base: only the keyed hash of their number is kept.
    pub phone: Option<String>,
    /// The receipt.
    pub receipt: PersonReceipt,
}

/// An act that was done and is to be written down.
pub(super) struct Written<'w> {
    pub request: &'w str,
    pub kind: PersonRequestKind,
    pub phone: &'w str,
    pub said: Option<&'w str>,
    pub done: &'w PersonDone,
}

impl<D: Database> Tenant<'_, D> {
    /// Writes an act down, as an event and as a receipt. Belongs inside the transaction of the act. The event names the
    /// number by a keyed hash of the evidence key, which outlives the account: whoever still has the number can be told
    /// what was done, and a log that is shown names nobody.
    pub(super) async fn write_receipt(
        &self,
        db: &D,
        act: &Act,
        written: &Written<'_>,
    ) -> Result<(), DbError> {
        let Written { request, kind, phone, said, done } = *written;
        let number = self.number_in_events(phone);
        let fields = serde_json::json!({"request": request, "number_hash": number, "done": done});
        let log_index = self.write_act(db, act, kind.event(), None, fields).await?;
        let key = self.keys.personal()?;
        let said =
            said.map(|said| key.seal(&self.place("person said", request), said.as_bytes())).transpose()?;
        let parameters = params![
            &self.account,
            request,
            kind.as_str(),
            &key.index(phone),
            said,
            json(done)?,
            &act.actor,
            act.through,
            act.now,
            log_index
        ];
        db.query(sql!("receipts.sql", "write"), parameters).await?;
        Ok(())
    }

    /// One receipt.
    pub(super) async fn receipt(&self, request: &str) -> Result<Option<PersonReceipt>, DbError> {
        let rows = self.db.query(sql!("receipts.sql", "one"), params![&self.account, request]).await?;
        rows.first().map(|row| self.read_receipt(row)).transpose()
    }

    /// What was done at a person's request before, newest first.
    pub(super) async fn requests_of(
        &self,
        hash: &[u8; 32],
        most: i64,
    ) -> Result<Vec<PersonReceipt>, DbError> {
        let parameters = params![&self.account, hash, most];
        let rows = self.db.query(sql!("receipts.sql", "of_person"), parameters).await?;
        rows.iter().map(|row| self.read_receipt(row)).collect()
    }

    /// All receipts, newest first, for the owner's own copy (R68).
    pub async fn every_receipt(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<StoredPage<ReceiptOfSomebody>, DbError> {
        let parameters = params![&self.account, cursor, limit as i64 + 1];
        let rows = self.db.query(sql!("receipts.sql", "page"), parameters).await?;
        let read = |row: &Row| {
            Ok(ReceiptOfSomebody { phone: self.number_beside(row)?, receipt: self.read_receipt(row)? })
        };
        let receipts = rows.iter().map(read).collect::<Result<Vec<_>, DbError>>()?;
        Ok(StoredPage::cut(receipts, limit, |one| one.receipt.request.clone()))
    }

    fn read_receipt(&self, row: &Row) -> Result<PersonReceipt, DbError> {
        let request = row.text("request")?;
        let place = self.place("person said", &request);
        let said = row.opt_blob("said")?;
        let said = said.map(|sealed| self.keys.personal()?.open_text(&place, &sealed)).transpose()?;
        Ok(PersonReceipt {
            request,
            kind: row.read("kind", PersonRequestKind::parse)?,
            said,
            done: row.json("done")?,
            actor: row.text("actor")?,
            channel: row.text("channel")?,
            at: row.int("at")?,
            log_index: row.int("log_index")?,
        })
    }
}
