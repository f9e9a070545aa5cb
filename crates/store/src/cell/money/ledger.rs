//! The ledger: append-only, double-entry, in tiyn (R43, R44, R45, R48, R54). The balance beside it is kept
//! by triggers and cannot go below zero.

use domain::money::Tiyn;

use crate::cell::Tenant;
use crate::database::{Database, DbError};
use crate::{Page, json, params};

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
    pub messages: Option<i64>,
    pub entries: &'p [(Book, Tiyn)],
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
        "INSERT INTO transfer (account, transfer, kind, at, payment, campaign, messages) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![account, posting.transfer, posting.kind, now, posting.payment, posting.campaign, posting.messages],
    )
    .await?;
    let entries: Vec<_> = posting.entries.iter().map(|(book, amount)| (book.as_str(), amount.0)).collect();
    db.query(
        "INSERT INTO entry (account, transfer, book, amount)
         SELECT ?1, ?2, value ->> 0, value ->> 1 FROM json_each(?3)",
        params![account, posting.transfer, json(&entries)?],
    )
    .await?;
    Ok(())
}

/// A transfer as its owner sees it.
#[derive(Clone, Debug)]
pub struct LedgerTransfer {
    /// `trn_…`
    pub transfer: String,
    /// `top_up`, `hold`, `capture`, `release`, `refund`, `forfeit`, `reversal`.
    pub kind: String,
    /// Unix milliseconds.
    pub at: i64,
    /// The provider's id, for top-ups.
    pub payment: Option<String>,
    /// When its notice came, Unix milliseconds: `at` is when it was credited (R51).
    pub received_at: Option<i64>,
    /// The campaign, for what messages cost.
    pub campaign: Option<String>,
    /// How many messages.
    pub messages: Option<i64>,
    /// `(book, amount)`; they add up to zero.
    pub entries: Vec<(String, Tiyn)>,
}

impl<D: Database> Tenant<'_, D> {
    /// The balance, with what the entries really add up to.
    pub async fn balance(&self) -> Result<Balance, DbError> {
        let rows = self
            .db
            .query(
                "SELECT available, held, (SELECT coalesce(sum(amount), 0) FROM entry WHERE account = ?1),
                   short_since,
                   (SELECT coalesce(sum(amount), 0) FROM payment WHERE account = ?1 AND credited_at IS NULL)
                 FROM balance WHERE account = ?1",
                params![&self.account],
            )
            .await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        Ok(Balance {
            available: Tiyn(row.int(0)?),
            held: Tiyn(row.int(1)?),
            ledger_sum: Tiyn(row.int(2)?),
            short_since: row.opt_int(3)?,
            unapplied: Tiyn(row.int(4)?),
        })
    }

    /// The transfers, newest first.
    pub async fn ledger(&self, cursor: Option<&str>, limit: usize) -> Result<Page<LedgerTransfer>, DbError> {
        let rows = self
            .db
            .query(
                "SELECT t.transfer, t.kind, t.at, t.payment, t.campaign, t.messages,
                   (SELECT json_group_array(json_array(book, amount)) FROM entry e
                    WHERE e.account = t.account AND e.transfer = t.transfer),
                   (SELECT p.received_at FROM payment p WHERE p.transfer = t.transfer)
                 FROM transfer t WHERE t.account = ?1 AND (?2 IS NULL OR t.transfer < ?2)
                 ORDER BY t.transfer DESC LIMIT ?3",
                params![&self.account, cursor, limit as i64 + 1],
            )
            .await?;
        let transfers = rows
            .iter()
            .map(|row| {
                let entries: Vec<(String, i64)> =
                    serde_json::from_str(&row.text(6)?).map_err(|_| DbError::Column(6))?;
                Ok(LedgerTransfer {
                    transfer: row.text(0)?,
                    kind: row.text(1)?,
                    at: row.int(2)?,
                    payment: row.opt_text(3)?,
                    received_at: row.opt_int(7)?,
                    campaign: row.opt_text(4)?,
                    messages: row.opt_int(5)?,
                    entries: entries.into_iter().map(|(book, amount)| (book, Tiyn(amount))).collect(),
                })
            })
            .collect::<Result<Vec<_>, DbError>>()?;
        Ok(Page::cut(transfers, limit, |transfer| transfer.transfer.clone()))
    }
}
