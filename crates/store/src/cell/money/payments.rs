//! Payments: each is credited once, or kept in suspense until it can be, and never forgotten (R17, R43, R44, R45,
//! R51, R209).

use domain::account::{AccountKind, WhyUnapplied};
use domain::ids::IdKind;
use domain::money::Tiyn;

use crate::cell::messages::turns::of_one_account;
use crate::cell::money::ledger::{self, Book, Posting};
use crate::cell::proof::events::{NewEvent, time_text};
use crate::cell::{Cell, Tenant};
use crate::database::{Database, DbError, transaction};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::seal::MasterKey;
use crate::{Act, params, sql};

/// Under whose name the ledger keeps money that no account could take.
pub(super) const SUSPENSE: &str = "suspense";
/// Payments that are listed at once.
const LISTED_MAX: i64 = 500;

/// A payment that a provider reports.
#[derive(Clone, Debug)]
pub struct PaymentReceived {
    /// `standard`, …
    pub provider: String,
    /// The provider's own id.
    pub payment: String,
    /// What the payer wrote.
    pub account_number: String,
    /// The account that has this number, if one has.
    pub account: Option<String>,
    /// Above zero.
    pub amount: Tiyn,
    /// When its notice came, Unix milliseconds.
    pub received_at: i64,
}

/// A payment that waits for somebody to say whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnappliedPayment {
    /// `standard`, …
    pub provider: String,
    /// The provider's own id.
    pub payment: String,
    /// What the payer wrote.
    pub account_number: String,
    /// `acc_…`, where an account has that number.
    pub account: Option<String>,
    /// Above zero.
    pub amount: Tiyn,
    /// Unix milliseconds.
    pub received_at: i64,
    /// See [`WhyUnapplied::as_str`].
    pub reason: String,
}

/// Staff's decision whose a payment is.
#[derive(Clone, Debug)]
pub struct PaymentDecision {
    /// `standard`, …
    pub provider: String,
    /// The provider's own id.
    pub payment: String,
    /// `acc_…`
    pub account: String,
    /// Who decided.
    pub by: String,
    /// On what.
    pub basis: String,
}

/// A payment that is being kept.
struct Keeping<'k> {
    payment: &'k PaymentReceived,
    reason: WhyUnapplied,
    transfer: &'k str,
    answer: &'k str,
}

/// A payment that is being credited.
pub(super) struct Crediting<'p> {
    pub provider: &'p str,
    pub payment: &'p str,
    pub amount: Tiyn,
    pub received_at: i64,
}

pub(super) fn number_place(provider: &str, payment: &str) -> String {
    format!("payment number {provider} {payment}")
}

pub(super) fn said(master: &MasterKey, account_number: &str) -> [u8; 32] {
    master.attempt_key(&["payment for", account_number])
}

impl<D: Database> Cell<'_, D> {
    /// Credits a payment once, or keeps it in suspense where no account can take it. The same id again gets the
    /// same answer; with another amount or account it is refused. One that is new, for an account that moved, is nobody's
    /// here: [`DbError::AccountMoving`]. `answer` makes what the provider is told from
    /// the transfer's id, and why it was not credited.
    pub async fn credit(
        &self,
        act: &Act,
        payment: &PaymentReceived,
        answer: impl Fn(&str, Option<WhyUnapplied>) -> String,
    ) -> Result<String, StoreError> {
        let tenant = match &payment.account {
            None => Err(WhyUnapplied::AccountUnknown),
            Some(account) => match self.tenant(account).await {
                Ok(tenant) => tenant.ok_or(WhyUnapplied::AccountUnknown),
                Err(error) => of_one_account(error).map(|_| Err(WhyUnapplied::AccountUnreadable))?,
            },
        };
        let has_moved = match (&tenant, &payment.account) {
            (Err(WhyUnapplied::AccountUnknown), Some(account)) => self.has_moved(account).await?,
            _ => false,
        };
        transaction(self.db, async |db| {
            let known = db
                .query(
                    sql!("payments.sql", "known"),
                    params![&payment.provider, &payment.payment, &said(self.keys, &payment.account_number)],
                )
                .await?;
            if let Some(row) = known.first() {
                let same = row.flag("is_for_the_same")? && row.int("amount")? == payment.amount.0;
                return if same { Ok(row.text("answer")?) } else { Err(Refusal::PaymentConflict.into()) };
            }
            if has_moved {
                return Err(DbError::AccountMoving.into());
            }
            let transfer = self.new_id(IdKind::Transfer, act.now)?;
            let reason = match &tenant {
                Ok(tenant) => tenant.takes_no_money(db).await?,
                Err(reason) => Some(*reason),
            };
            let answer = answer(&transfer, reason);
            if let Some(reason) = reason {
                let keeping = Keeping { payment, reason, transfer: &transfer, answer: &answer };
                self.keep_payment(db, act, &keeping).await?;
                if let Ok(tenant) = &tenant {
                    tenant.record_unapplied(db, act, payment, reason).await?;
                }
            } else if let Ok(tenant) = &tenant {
                self.credit_new(db, act, tenant, payment, (&transfer, &answer)).await?;
            }
            Ok(answer)
        })
        .await
    }

    /// Writes a payment down that was not known here, and credits it, with its transfer and the answer that is given
    /// to whoever repeats it. Belongs inside the transaction that looked for it.
    pub(super) async fn credit_new(
        &self,
        db: &D,
        act: &Act,
        tenant: &Tenant<'_, D>,
        payment: &PaymentReceived,
        (transfer, answer): (&str, &str),
    ) -> Result<(), StoreError> {
        db.query(
            sql!("payments.sql", "record_credited"),
            params![
                &payment.provider,
                &payment.payment,
                &said(self.keys, &payment.account_number),
                tenant.account(),
                payment.amount.0,
                transfer,
                act.now,
                answer,
                payment.received_at
            ],
        )
        .await?;
        let crediting = Crediting {
            provider: &payment.provider,
            payment: &payment.payment,
            amount: payment.amount,
            received_at: payment.received_at,
        };
        tenant.credit(db, act, &crediting, transfer).await
    }

    async fn keep_payment(&self, db: &D, act: &Act, keeping: &Keeping<'_>) -> Result<(), StoreError> {
        let Keeping { payment, reason, transfer, answer } = keeping;
        let rows = db
            .query(
                "SELECT coalesce(sum(amount), 0) AS waiting FROM payment WHERE credited_at IS NULL",
                params![],
            )
            .await?;
        let waiting = Tiyn(rows.first().map_or(Ok(0), |row| row.int("waiting"))?);
        waiting.checked_add(payment.amount).ok_or(Refusal::AmountTooLarge)?;
        let place = number_place(&payment.provider, &payment.payment);
        let sealed = self.keys.directory_key()?.seal(&place, payment.account_number.as_bytes())?;
        db.query(
            sql!("payments.sql", "record_unapplied"),
            params![
                &payment.provider,
                &payment.payment,
                &said(self.keys, &payment.account_number),
                sealed,
                // What the directory knows and this cell does not is no account here.
                payment.account.as_deref().filter(|_| *reason != WhyUnapplied::AccountUnknown),
                payment.amount.0,
                *transfer,
                payment.received_at,
                reason.as_str(),
                *answer
            ],
        )
        .await?;
        let entries = [(Book::Bank, payment.amount.negated()), (Book::Suspense, payment.amount)];
        let posting = Posting {
            transfer,
            kind: "unapplied",
            payment: Some(&payment.payment),
            campaign: None,
            scoring: None,
            lookup: None,
            messages: None,
            entries: &entries,
        };
        Ok(ledger::post(db, SUSPENSE, act.now, &posting).await?)
    }

    /// The payments that wait, the longest waiting first.
    pub async fn unapplied_payments(&self) -> Result<Vec<UnappliedPayment>, DbError> {
        let rows = self.db.query(sql!("payments.sql", "unapplied"), params![LISTED_MAX]).await?;
        let key = self.keys.directory_key()?;
        rows.iter()
            .map(|row| {
                let (provider, payment) = (row.text("provider")?, row.text("payment")?);
                Ok(UnappliedPayment {
                    account_number: key
                        .open_text(&number_place(&provider, &payment), &row.blob("sealed_number")?)?,
                    provider,
                    payment,
                    account: row.opt_text("account")?,
                    amount: Tiyn(row.int("amount")?),
                    received_at: row.int("received_at")?,
                    reason: row.text("unapplied")?,
                })
            })
            .collect()
    }

    /// Credits a payment that waits to the account that staff name; once.
    pub async fn credit_unapplied(&self, act: &Act, decision: &PaymentDecision) -> Result<(), StoreError> {
        let tenant = self.tenant(&decision.account).await?;
        let tenant = tenant.ok_or(Refusal::PaymentAccountUnknown)?;
        transaction(self.db, async |db| {
            let rows = db
                .query(sql!("payments.sql", "to_apply"), params![&decision.provider, &decision.payment])
                .await?;
            let row = rows.first().ok_or(Refusal::NotFound)?;
            let claimed_for = row.opt_text("passed_to")?;
            let is_another_ones = claimed_for.as_ref().is_some_and(|account| *account != decision.account);
            if row.opt_int("credited_at")?.is_some() || is_another_ones {
                return Err(Refusal::PaymentAlreadyCredited.into());
            }
            // It was claimed for the account while that lived in another cell, and may have been credited there.
            if claimed_for.is_some() && self.finish_claim(db, act, decision, row).await? {
                return Ok(());
            }
            if tenant.takes_no_money(db).await?.is_some() {
                return Err(Refusal::PaymentAccountClosing.into());
            }
            tenant.apply(db, act, row).await?;
            tenant.write_applied(db, act, decision).await
        })
        .await
    }
}

/// What waited is the bank's again, for the moment in which it is credited. Belongs inside a transaction.
pub(super) async fn take_out_of_suspense<D: Database>(
    db: &D,
    transfer: &str,
    payment: &str,
    amount: Tiyn,
    now: i64,
) -> Result<(), DbError> {
    let posting = Posting {
        transfer,
        kind: "applied",
        payment: Some(payment),
        campaign: None,
        scoring: None,
        lookup: None,
        messages: None,
        entries: &[(Book::Suspense, amount.negated()), (Book::Bank, amount)],
    };
    ledger::post(db, SUSPENSE, now, &posting).await
}

impl<D: Database> Tenant<'_, D> {
    /// Why the account can take no money. A blocked account that asked for its deletion stays blocked, so the
    /// request itself is looked at too.
    pub(super) async fn takes_no_money(&self, db: &D) -> Result<Option<WhyUnapplied>, DbError> {
        let rows = db.query(sql!("payments.sql", "takes_no_money"), params![&self.account]).await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        Ok(match (row.flag("is_closed")?, row.flag("is_closing")?) {
            (true, _) => Some(WhyUnapplied::AccountClosed),
            (false, true) => Some(WhyUnapplied::AccountClosing),
            (false, false) => None,
        })
    }

    /// Writes down whose decision it was.
    pub(super) async fn write_applied(
        &self,
        db: &D,
        act: &Act,
        decision: &PaymentDecision,
    ) -> Result<(), StoreError> {
        let fields = serde_json::json!({
            "provider": decision.provider, "payment": decision.payment, "by": decision.by,
            "basis": decision.basis,
        });
        self.write_act(db, act, "payment_applied", None, fields).await?;
        Ok(())
    }

    /// Moves a payment that waits out of suspense. Belongs inside the transaction that read its row.
    async fn apply(&self, db: &D, act: &Act, row: &Row) -> Result<(), StoreError> {
        let (provider, payment) = (row.text("provider")?, row.text("payment")?);
        let amount = Tiyn(row.int("amount")?);
        let transfer = self.new_id(IdKind::Transfer, act.now)?;
        let applied = db
            .query(
                sql!("payments.sql", "apply"),
                params![&provider, &payment, &self.account, &transfer, act.now],
            )
            .await?;
        if applied.is_empty() {
            return Err(Refusal::PaymentAlreadyCredited.into());
        }
        take_out_of_suspense(db, &self.new_id(IdKind::Transfer, act.now)?, &payment, amount, act.now).await?;
        let crediting = Crediting {
            provider: &provider,
            payment: &payment,
            amount,
            received_at: row.int("received_at")?,
        };
        self.credit(db, act, &crediting, &transfer).await
    }

    /// Credits what came while the account's end was asked for, once that is taken back. Belongs inside the
    /// transaction that takes it back.
    pub(crate) async fn apply_waiting(&self, db: &D, act: &Act) -> Result<(), StoreError> {
        let rows = db.query(sql!("payments.sql", "waiting_for"), params![&self.account]).await?;
        for row in &rows {
            self.apply(db, act, row).await?;
        }
        Ok(())
    }

    pub(super) async fn credit(
        &self,
        db: &D,
        act: &Act,
        payment: &Crediting<'_>,
        transfer: &str,
    ) -> Result<(), StoreError> {
        let rows = db
            .query("SELECT available, held FROM balance WHERE account = ?1", params![&self.account])
            .await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        // All that is held may come back.
        let (available, held) = (Tiyn(row.int("available")?), Tiyn(row.int("held")?));
        let all = available.checked_add(payment.amount).and_then(|sum| sum.checked_add(held));
        all.ok_or(Refusal::AmountTooLarge)?;
        let entries = [(Book::Bank, payment.amount.negated()), (Book::Available, payment.amount)];
        let posting = Posting {
            transfer,
            kind: "top_up",
            payment: Some(payment.payment),
            campaign: None,
            scoring: None,
            lookup: None,
            messages: None,
            entries: &entries,
        };
        ledger::post(db, &self.account, act.now, &posting).await?;
        self.note_enough(db).await?;
        Ok(self.record_top_up(db, act, payment, transfer).await?)
    }

    /// With this payment there may be enough again: then the next want of money is an event of its own (R53).
    /// What only comes back of what was held is no such beginning.
    async fn note_enough(&self, db: &D) -> Result<(), DbError> {
        db.query(sql!("payments.sql", "note_enough"), params![&self.account]).await?;
        Ok(())
    }

    async fn record_unapplied(
        &self,
        db: &D,
        act: &Act,
        payment: &PaymentReceived,
        reason: WhyUnapplied,
    ) -> Result<(), DbError> {
        let fields = serde_json::json!({
            "provider": payment.provider, "payment": payment.payment, "amount": payment.amount.to_string(),
            "currency": "KZT", "reason": reason.as_str(),
        });
        let event = NewEvent { kind: "payment_unapplied", campaign: None, fields };
        self.recorder().record(db, act.now, vec![event]).await?;
        Ok(())
    }

    /// The log's leaf of a top-up, and with the first one of a firm the confirmation that whoever
    /// accepted the agreement had the authority (R17), and that it needed no prior approval (R209).
    async fn record_top_up(
        &self,
        db: &D,
        act: &Act,
        payment: &Crediting<'_>,
        transfer: &str,
    ) -> Result<(), DbError> {
        let fields = serde_json::json!({
            "provider": payment.provider, "payment": payment.payment, "amount": payment.amount.to_string(),
            "currency": "KZT", "transfer": transfer, "received_at": time_text(payment.received_at),
        });
        let mut events = vec![NewEvent { kind: "top_up", campaign: None, fields }];
        if self.kind != AccountKind::NaturalPerson {
            let first =
                db.query(sql!("payments.sql", "confirm_authority"), params![&self.account, act.now]).await?;
            let offer = db.query(sql!("payments.sql", "offer_in_force"), params![&self.account]).await?;
            if !first.is_empty() {
                let version = offer.first().map(|row| row.text("version")).transpose()?;
                let fields = serde_json::json!({
                    "payment": payment.payment, "offer_version": version,
                    "accepted_by_authorised_person": true, "no_prior_approval_needed": true,
                });
                events.push(NewEvent { kind: "authority_confirmed", campaign: None, fields });
            }
        }
        self.recorder().record(db, act.now, events).await?;
        Ok(())
    }
}
