//! The ledger: append-only, double-entry, in tiyn (R43, R44, R45, R48, R54). The balance beside it is kept
//! by triggers and cannot go below zero.

use domain::money::Tiyn;
use serde::{Deserialize, Serialize};

use crate::cell::Tenant;
use crate::database::{Database, DbError};
use crate::row::Row;
use crate::{StoredPage, json, params, sql};

/// What an account can spend and what is held for messages on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// Spendable.
    pub available: Tiyn,
    /// Held.
    pub held: Tiyn,
    /// What all entries of the account add up to: zero.
    pub ledger_sum: Tiyn,
    /// Since when there is too little for a message that is due, Unix milliseconds (R53).
    pub short_since: Option<i64>,
    /// Payments that came for the account and could not be credited (R51).
    pub unapplied: Tiyn,
}

/// The books of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Book {
    Bank,
    Available,
    Held,
    Operator,
    Service,
    Forfeited,
    Suspense,
}

impl Book {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Bank => "bank",
            Self::Available => "available",
            Self::Held => "held",
            Self::Operator => "operator",
            Self::Service => "service",
            Self::Forfeited => "forfeited",
            Self::Suspense => "suspense",
        }
    }
}

/// A transfer to be written.
pub(crate) struct Posting<'p> {
    pub transfer: &'p str,
    pub kind: &'static str,
    pub payment: Option<&'p str>,
    pub campaign: Option<&'p str>,
    pub scoring: Option<&'p str>,
    pub lookup: Option<&'p str>,
    pub messages: Option<i64>,
    pub entries: &'p [(Book, Tiyn)],
}

/// An entry as it crosses into a statement and out of one.
#[derive(Serialize, Deserialize)]
struct Entry<B> {
    book: B,
    /// In tiyn.
    amount: i64,
}

/// Writes a transfer whose entries add up to zero; the triggers move the balance. Belongs inside the
/// transaction of what it pays for.
pub(crate) async fn post<D: Database>(
    db: &D,
    account: &str,
    now: i64,
    posting: &Posting<'_>,
) -> Result<(), DbError> {
    if posting.entries.iter().map(|(_, amount)| *amount).sum::<Tiyn>() != Tiyn::ZERO {
        return Err(DbError::Constraint("a transfer's entries must add up to zero".to_owned()));
    }
    db.query(
        sql!("ledger.sql", "transfer"),
        params![
            account,
            posting.transfer,
            posting.kind,
            now,
            posting.payment,
            posting.campaign,
            posting.messages,
            posting.scoring,
            posting.lookup
        ],
    )
    .await?;
    let entry = |(book, amount): &(Book, Tiyn)| Entry { book: book.as_str(), amount: amount.0 };
    let entries: Vec<_> = posting.entries.iter().map(entry).collect();
    db.query(sql!("ledger.sql", "entries"), params![account, posting.transfer, json(&entries)?]).await?;
    Ok(())
}

/// A transfer as its owner sees it.
#[derive(Clone, Debug)]
pub struct LedgerTransfer {
    /// `trn_…`
    pub transfer: String,
    /// `top_up`, `hold`, `capture`, `release`, `refund`, `forfeit`, `unapplied`, `applied`.
    pub kind: String,
    /// Unix milliseconds.
    pub at: i64,
    /// The provider's id, for top-ups.
    pub payment: Option<String>,
    /// When its notice came, Unix milliseconds: `at` is when it was credited (R51).
    pub received_at: Option<i64>,
    /// The campaign, for what messages cost.
    pub campaign: Option<String>,
    /// The scoring, for what scores cost.
    pub scoring: Option<String>,
    /// The look-up, for what answers cost.
    pub lookup: Option<String>,
    /// How many messages.
    pub messages: Option<i64>,
    /// `(book, amount)`; they add up to zero.
    pub entries: Vec<(String, Tiyn)>,
}

impl LedgerTransfer {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        let entries: Vec<Entry<String>> = row.json("entries")?;
        Ok(Self {
            transfer: row.text("transfer")?,
            kind: row.text("kind")?,
            at: row.int("at")?,
            payment: row.opt_text("payment")?,
            received_at: row.opt_int("received_at")?,
            campaign: row.opt_text("campaign")?,
            scoring: row.opt_text("scoring")?,
            lookup: row.opt_text("lookup")?,
            messages: row.opt_int("messages")?,
            entries: entries.into_iter().map(|entry| (entry.book, Tiyn(entry.amount))).collect(),
        })
    }
}

impl<D: Database> Tenant<'_, D> {
    /// The balance, with what the entries really add up to.
    pub async fn balance(&self) -> Result<Balance, DbError> {
        let rows = self.db.query(sql!("ledger.sql", "balance"), params![&self.account]).await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        Ok(Balance {
            available: Tiyn(row.int("available")?),
            held: Tiyn(row.int("held")?),
            ledger_sum: Tiyn(row.int("ledger_sum")?),
            short_since: row.opt_int("short_since")?,
            unapplied: Tiyn(row.int("unapplied")?),
        })
    }

    /// The transfers, newest first.
    pub async fn ledger(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<StoredPage<LedgerTransfer>, DbError> {
        let rows = self
            .db
            .query(sql!("ledger.sql", "page"), params![&self.account, cursor, limit as i64 + 1])
            .await?;
        let transfers = rows.iter().map(LedgerTransfer::from_row).collect::<Result<Vec<_>, DbError>>()?;
        Ok(StoredPage::cut(transfers, limit, |transfer| transfer.transfer.clone()))
    }
}
