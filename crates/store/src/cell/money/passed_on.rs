//! A payment that waits in one cell and belongs to an account of another: claimed for that account where it waits,
//! credited where the account lives, and then settled where it waited. Each step can be done again, and no other
//! account comes between: so whoever is interrupted repeats the decision, and it is credited once (R45, R51).

use domain::ids::IdKind;
use domain::money::Tiyn;

use crate::cell::money::ledger::{self, Book, Posting};
use crate::cell::money::payments::{
    Crediting, PaymentDecision, PaymentReceived, SUSPENSE, number_place, said,
};
use crate::cell::{Cell, Tenant};
use crate::database::{Database, DbError, transaction};
use crate::refusal::{Refusal, StoreError};
use crate::{Act, params};

impl<D: Database> Cell<'_, D> {
    /// Claims a payment that waits here for an account of another cell.
    pub async fn claim_unapplied(&self, decision: &PaymentDecision) -> Result<PaymentReceived, StoreError> {
        transaction(self.db, async |db| {
            let rows = db
                .query(
                    "SELECT amount, received_at, sealed_number, credited_at, passed_to FROM payment
                     WHERE provider = ?1 AND payment = ?2",
                    params![&decision.provider, &decision.payment],
                )
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
            self.write_claimed(db, act, &tenant, payment).await?;
            tenant.write_applied(db, act, decision).await
        })
        .await
    }

    async fn write_claimed(
        &self,
        db: &D,
        act: &Act,
        tenant: &Tenant<'_, D>,
        payment: &PaymentReceived,
    ) -> Result<(), StoreError> {
        let transfer = self.new_id(IdKind::Transfer, act.now)?;
        db.query(
            "INSERT INTO payment (provider, payment, said, account, amount, transfer, received_at, credited_at,
               answer) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, '')",
            params![
                &payment.provider,
                &payment.payment,
                &said(self.keys, &payment.account_number),
                tenant.account(),
                payment.amount.0,
                &transfer,
                payment.received_at,
                act.now
            ],
        )
        .await?;
        let crediting = Crediting {
            provider: &payment.provider,
            payment: &payment.payment,
            amount: payment.amount,
            received_at: payment.received_at,
        };
        tenant.credit(db, act, &crediting, &transfer).await
    }

    /// Settles a payment that waited here and was credited in its account's cell.
    pub async fn settle_claimed(&self, act: &Act, payment: &PaymentReceived) -> Result<(), DbError> {
        transaction(self.db, async |db| {
            let transfer = self.new_id(IdKind::Transfer, act.now)?;
            let settled = db
                .query(
                    "UPDATE payment SET transfer = ?3, credited_at = ?4
                     WHERE provider = ?1 AND payment = ?2 AND credited_at IS NULL RETURNING 1",
                    params![&payment.provider, &payment.payment, &transfer, act.now],
                )
                .await?;
            if settled.is_empty() {
                return Ok(());
            }
            let posting = Posting {
                transfer: &transfer,
                kind: "applied",
                payment: Some(&payment.payment),
                campaign: None,
                messages: None,
                entries: &[(Book::Suspense, payment.amount.negated()), (Book::Bank, payment.amount)],
            };
            ledger::post(db, SUSPENSE, act.now, &posting).await
        })
        .await
    }
}
