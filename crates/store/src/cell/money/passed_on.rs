//! A payment that waits in one cell and belongs to an account of another: claimed for that account where it waits,
//! credited where the account lives, and then settled where it waited. Each step can be done again, and no other
//! account comes between: so whoever is interrupted repeats the decision, and it is credited once (R45, R51).
//!
//! A claim is taken back in one case only: its account is closed, which is for good, and was not credited.

use domain::ids::IdKind;
use domain::money::Tiyn;

use crate::cell::Cell;
use crate::cell::money::payments::{PaymentDecision, PaymentReceived, number_place, take_out_of_suspense};
use crate::database::{Database, DbError, transaction};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::{Act, params, sql};

impl<D: Database> Cell<'_, D> {
    /// Refuses an account that takes no money. Asked before a payment is claimed for it.
    pub async fn check_takes_money(&self, account: &str) -> Result<(), StoreError> {
        let tenant = self.tenant(account).await?.ok_or(Refusal::PaymentAccountUnknown)?;
        let leaving = "SELECT 1 FROM account WHERE account = ?1 AND presence = 'leaving'";
        if !self.db.query(leaving, params![account]).await?.is_empty() {
            return Err(DbError::AccountMoving.into());
        }
        match tenant.takes_no_money(self.db).await? {
            Some(_) => Err(Refusal::PaymentAccountClosing.into()),
            None => Ok(()),
        }
    }

    /// Of a payment that waits in the account's own cell and was claimed for it from another, in which it lived then:
    /// settles it if it was credited there, and else takes the claim back. Answers whether it was. Belongs inside a
    /// transaction.
    pub(super) async fn finish_claim(
        &self,
        db: &D,
        act: &Act,
        decision: &PaymentDecision,
        row: &Row,
    ) -> Result<bool, DbError> {
        let key = params![&decision.provider, &decision.payment, &decision.account];
        if db.query(sql!("passed_on.sql", "was_credited"), key.clone()).await?.is_empty() {
            db.query(sql!("passed_on.sql", "drop_claim"), key).await?;
            return Ok(false);
        }
        self.settle(db, act, (&decision.provider, &decision.payment), Tiyn(row.int("amount")?)).await?;
        Ok(true)
    }

    /// For which account of another cell a payment is claimed that waits here.
    pub async fn claimed_for(&self, decision: &PaymentDecision) -> Result<Option<String>, DbError> {
        let rows = self
            .db
            .query(sql!("payments.sql", "to_apply"), params![&decision.provider, &decision.payment])
            .await?;
        match rows.first() {
            Some(row) if row.opt_int("credited_at")?.is_none() => row.opt_text("passed_to"),
            _ => Ok(None),
        }
    }

    /// Whether a claim for an account of this cell can come to nothing only.
    pub async fn is_claim_dead(&self, decision: &PaymentDecision, account: &str) -> Result<bool, DbError> {
        let rows = self
            .db
            .query(
                sql!("passed_on.sql", "claim_is_dead"),
                params![&decision.provider, &decision.payment, account],
            )
            .await?;
        rows.first().ok_or(DbError::NoRow)?.flag("is_dead")
    }

    /// Takes a dead claim back.
    pub async fn drop_claim(&self, decision: &PaymentDecision, account: &str) -> Result<(), DbError> {
        self.db
            .query(
                sql!("passed_on.sql", "drop_claim"),
                params![&decision.provider, &decision.payment, account],
            )
            .await?;
        Ok(())
    }

    /// Claims a payment that waits here for an account of another cell.
    pub async fn claim_unapplied(&self, decision: &PaymentDecision) -> Result<PaymentReceived, StoreError> {
        transaction(self.db, async |db| {
            let rows = db
                .query(sql!("payments.sql", "to_apply"), params![&decision.provider, &decision.payment])
                .await?;
            let row = rows.first().ok_or(Refusal::NotFound)?;
            let claimed = row.opt_text("passed_to")?;
            if row.opt_int("credited_at")?.is_some()
                || claimed.is_some_and(|account| account != decision.account)
            {
                return Err(Refusal::PaymentAlreadyCredited.into());
            }
            db.query(
                "UPDATE payment SET passed_to = ?3 WHERE provider = ?1 AND payment = ?2",
                params![&decision.provider, &decision.payment, &decision.account],
            )
            .await?;
            let place = number_place(&decision.provider, &decision.payment);
            Ok(PaymentReceived {
                provider: decision.provider.clone(),
                payment: decision.payment.clone(),
                account_number: self.keys.directory_key()?.open_text(&place, &row.blob("sealed_number")?)?,
                account: Some(decision.account.clone()),
                amount: Tiyn(row.int("amount")?),
                received_at: row.int("received_at")?,
            })
        })
        .await
    }

    /// Credits a payment that was claimed elsewhere to an account of this cell, once.
    pub async fn credit_claimed(
        &self,
        act: &Act,
        decision: &PaymentDecision,
        payment: &PaymentReceived,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant(&decision.account).await?.ok_or(Refusal::PaymentAccountUnknown)?;
        transaction(self.db, async |db| {
            let known = db
                .query(
                    "SELECT 1 FROM payment WHERE provider = ?1 AND payment = ?2",
                    params![&payment.provider, &payment.payment],
                )
                .await?;
            if !known.is_empty() {
                return Ok(());
            }
            if tenant.takes_no_money(db).await?.is_some() {
                return Err(Refusal::PaymentAccountClosing.into());
            }
            let transfer = self.new_id(IdKind::Transfer, act.now)?;
            // Its notice was answered where it waits.
            self.credit_new(db, act, &tenant, payment, (&transfer, "")).await?;
            tenant.write_applied(db, act, decision).await
        })
        .await
    }

    /// Settles a payment that waited here and was credited in its account's cell.
    pub async fn settle_claimed(&self, act: &Act, payment: &PaymentReceived) -> Result<(), DbError> {
        let (provider, id) = (payment.provider.as_str(), payment.payment.as_str());
        transaction(self.db, async |db| self.settle(db, act, (provider, id), payment.amount).await).await
    }

    async fn settle(
        &self,
        db: &D,
        act: &Act,
        (provider, payment): (&str, &str),
        amount: Tiyn,
    ) -> Result<(), DbError> {
        let transfer = self.new_id(IdKind::Transfer, act.now)?;
        let settled = db
            .query(
                "UPDATE payment SET transfer = ?3, credited_at = ?4
                 WHERE provider = ?1 AND payment = ?2 AND credited_at IS NULL RETURNING 1",
                params![provider, payment, &transfer, act.now],
            )
            .await?;
        if settled.is_empty() {
            return Ok(());
        }
        take_out_of_suspense(db, &transfer, payment, amount, act.now).await
    }
}
