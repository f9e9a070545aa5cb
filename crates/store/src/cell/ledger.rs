//! The ledger: append-only, double-entry, in tiyn (R43, R44, R45, R48, R54). The balance beside it is kept
//! by triggers and cannot go below zero.

use domain::account::AccountKind;
use domain::ids::IdKind;
use domain::money::Tiyn;

use crate::cell::events::{self, NewEvent};
use crate::cell::{Cell, Tenant};
use crate::database::{Database, DbError, transaction};
use crate::refusal::{Refusal, StoreError};
use crate::seal::MasterKey;
use crate::{Act, Page, json, new_id, params};

/// What an account can spend and what is held for messages on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// Spendable.
    pub available: Tiyn,
    /// Held.
    pub held: Tiyn,
    /// What all entries of the account add up to: zero.
    pub ledger_sum: Tiyn,
}

/// The books of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Book {
    Bank,
    Available,
    Held,
    Operator,
    Service,
    Forfeited,
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
        }
    }
}

/// A transfer to be written.
pub(super) struct Posting<'p> {
    pub transfer: &'p str,
    pub kind: &'static str,
    pub payment: Option<&'p str>,
    pub campaign: Option<&'p str>,
    pub messages: Option<i64>,
    pub entries: &'p [(Book, Tiyn)],
}

/// Writes a transfer whose entries add up to zero; the triggers move the balance. Belongs inside the
/// transaction of what it pays for.
pub(super) async fn post<D: Database>(
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

/// A payment that a provider reports.
#[derive(Clone, Debug)]
pub struct PaymentReceived {
    /// `standard`, …
    pub provider: &'static str,
    /// The provider's own id.
    pub payment: String,
    /// The account that it is for.
    pub account: String,
    /// Above zero.
    pub amount: Tiyn,
}

/// A transfer as its owner sees it.
#[derive(Clone, Debug)]
pub struct LedgerTransfer {
    /// `trn_…`
    pub transfer: String,
    /// `top_up`, `hold`, `capture`, `release`, `forfeit`, `reversal`.
    pub kind: String,
    /// Unix milliseconds.
    pub at: i64,
    /// The provider's id, for top-ups.
    pub payment: Option<String>,
    /// The campaign, for what messages cost.
    pub campaign: Option<String>,
    /// How many messages.
    pub messages: Option<i64>,
    /// `(book, amount)`; they add up to zero.
    pub entries: Vec<(String, Tiyn)>,
}

impl<D: Database> Cell<'_, D> {
    /// Credits a payment once. The same id again gets the same answer; with another amount or
    /// account it is refused. So is money for an account whose end was asked for: its owner agreed to
    /// give up one sum and no more (R55). `answer` makes what the provider is told from the transfer's id.
    pub async fn credit(
        &self,
        master: &MasterKey,
        act: &Act,
        payment: &PaymentReceived,
        answer: impl Fn(&str) -> String,
    ) -> Result<String, StoreError> {
        let tenant = self.tenant(master, &payment.account).await?.ok_or(Refusal::PaymentAccountUnknown)?;
        transaction(self.db, async |db| {
            let known = db
                .query(
                    "SELECT account, amount, answer FROM payment WHERE provider = ?1 AND payment = ?2",
                    params![payment.provider, &payment.payment],
                )
                .await?;
            if let Some(row) = known.first() {
                let same = row.text(0)? == payment.account && row.int(1)? == payment.amount.0;
                return if same { Ok(row.text(2)?) } else { Err(Refusal::PaymentConflict.into()) };
            }
            tenant.refuse_money_if_closing(db).await?;
            let transfer = new_id(IdKind::Transfer, act.now)?;
            let answer = answer(&transfer);
            let entries = [(Book::Bank, payment.amount.negated()), (Book::Available, payment.amount)];
            let posting = Posting {
                transfer: &transfer,
                kind: "top_up",
                payment: Some(&payment.payment),
                campaign: None,
                messages: None,
                entries: &entries,
            };
            post(db, &payment.account, act.now, &posting).await?;
            db.query(
                "INSERT INTO payment (provider, payment, account, amount, transfer, received_at, answer)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    payment.provider,
                    &payment.payment,
                    &payment.account,
                    payment.amount.0,
                    &transfer,
                    act.now,
                    &answer
                ],
            )
            .await?;
            tenant.record_top_up(db, act, payment, &transfer).await?;
            Ok(answer)
        })
        .await
    }
}

impl<D: Database> Tenant<'_, D> {
    /// A blocked account that asked for its deletion stays blocked, so the request itself is looked at too.
    async fn refuse_money_if_closing(&self, db: &D) -> Result<(), StoreError> {
        let closing = db
            .query(
                "SELECT 1 FROM account a WHERE a.account = ?1 AND (a.state IN ('closing', 'closed')
                   OR EXISTS (SELECT 1 FROM deletion d
                     WHERE d.account = a.account AND d.state IN ('scheduled', 'executing')))",
                params![&self.account],
            )
            .await?;
        if closing.is_empty() { Ok(()) } else { Err(Refusal::PaymentAccountClosing.into()) }
    }

    /// The log's leaf of a top-up, and with the first one of a firm the confirmation that whoever
    /// accepted the agreement had the authority (R17).
    async fn record_top_up(
        &self,
        db: &D,
        act: &Act,
        payment: &PaymentReceived,
        transfer: &str,
    ) -> Result<(), DbError> {
        let fields = serde_json::json!({
            "provider": payment.provider, "payment": payment.payment, "amount": payment.amount.to_string(),
            "currency": "KZT", "transfer": transfer,
        });
        let mut events = vec![NewEvent { kind: "top_up", campaign: None, fields }];
        if self.kind != AccountKind::NaturalPerson {
            let first = db
                .query(
                    "UPDATE account SET authority_confirmed_at = ?2
                     WHERE account = ?1 AND authority_confirmed_at IS NULL RETURNING 1",
                    params![&self.account, act.now],
                )
                .await?;
            let offer = db
                .query(
                    "SELECT version FROM consent WHERE account = ?1 AND document = 'offer' AND withdrawn_at IS NULL
                     ORDER BY consent DESC LIMIT 1",
                    params![&self.account],
                )
                .await?;
            if !first.is_empty() {
                let version = offer.first().map(|row| row.text(0)).transpose()?;
                let fields = serde_json::json!({"payment": payment.payment, "offer_version": version});
                events.push(NewEvent { kind: "authority_confirmed", campaign: None, fields });
            }
        }
        events::record(db, &self.account, &self.keys.evidence, act.now, events).await?;
        Ok(())
    }

    /// The balance, with what the entries really add up to.
    pub async fn balance(&self) -> Result<Balance, DbError> {
        let rows = self
            .db
            .query(
                "SELECT available, held, (SELECT coalesce(sum(amount), 0) FROM entry WHERE account = ?1)
                 FROM balance WHERE account = ?1",
                params![&self.account],
            )
            .await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        Ok(Balance { available: Tiyn(row.int(0)?), held: Tiyn(row.int(1)?), ledger_sum: Tiyn(row.int(2)?) })
    }

    /// The transfers, newest first.
    pub async fn ledger(&self, cursor: Option<&str>, limit: usize) -> Result<Page<LedgerTransfer>, DbError> {
        let rows = self
            .db
            .query(
                "SELECT t.transfer, t.kind, t.at, t.payment, t.campaign, t.messages,
                   (SELECT json_group_array(json_array(book, amount)) FROM entry e
                    WHERE e.account = t.account AND e.transfer = t.transfer)
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
                    campaign: row.opt_text(4)?,
                    messages: row.opt_int(5)?,
                    entries: entries.into_iter().map(|(book, amount)| (book, Tiyn(amount))).collect(),
                })
            })
            .collect::<Result<Vec<_>, DbError>>()?;
        Ok(Page::cut(transfers, limit, |transfer| transfer.transfer.clone()))
    }
}
