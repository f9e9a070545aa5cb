//! Payments that no account could take: staff see them, and say whose they are (R51).

use api::decisions::{BASIS_CHARACTERS_MAX, BY_CHARACTERS_MAX};
use api::ids::AccountId;
use api::money::{CreditUnapplied, UnappliedPayment};
use domain::money::Money;
use edge::{Answer, Call, Code, Deployment, Items, Problem, Result, Time, bounded, json, no_content, stored};
use store::SpinDatabase;
use store::cell::{Cell, PaymentDecision};

/// Access is owed within 24 hours of the money's arrival (R51).
const OWED_WITHIN_MS: i64 = 24 * 60 * 60 * 1000;

fn view(payment: store::cell::UnappliedPayment, now: i64) -> Result<UnappliedPayment> {
    Ok(UnappliedPayment {
        provider: payment.provider,
        payment: payment.payment,
        account_number: payment.account_number,
        account: payment.account.map(AccountId::stored),
        amount: Money(payment.amount),
        reason: stored(&payment.reason)?,
        received_at: Time::of(payment.received_at),
        late: now - payment.received_at > OWED_WITHIN_MS,
    })
}

/// `GET /internal/decisions/unapplied-payments`
pub async fn list(call: Call) -> Result<Answer> {
    let act = call.staff().await?;
    let deployment = call.deployment().await?;
    let mut payments = Vec::new();
    for name in deployment.cells() {
        payments.extend(deployment.cell(name).await?.unapplied_payments().await?);
    }
    payments.sort_by_key(|payment| payment.received_at);
    let items = payments.into_iter().map(|payment| view(payment, act.now)).collect::<Result<_>>()?;
    json(200, &Items { items })
}

/// `POST /internal/decisions/unapplied-payments`: credits one to an account.
pub async fn credit(mut call: Call) -> Result<Answer> {
    let act = call.staff().await?;
    let form: CreditUnapplied = call.json().await?;
    let decision = PaymentDecision {
        by: bounded(&form.by, "by", BY_CHARACTERS_MAX)?.to_owned(),
        basis: bounded(&form.basis, "basis", BASIS_CHARACTERS_MAX)?.to_owned(),
        provider: form.provider,
        payment: form.payment,
        account: form.account.into(),
    };
    let deployment = call.deployment().await?;
    let place = deployment.directory().payment_place(&decision.provider, &decision.payment).await?;
    let waits_in = deployment.cell(place.ok_or_else(Problem::not_found)?).await?;
    let lives_in = deployment.cell_of_account(&decision.account).await?;
    let lives_in = lives_in.ok_or_else(|| Problem::new(Code::PaymentAccountUnknown))?;
    let claimed_for = waits_in.claimed_for(&decision).await?;
    // One that was claimed for this account may have been credited already: then it takes nothing anew.
    let is_repeat = claimed_for.as_ref() == Some(&decision.account);
    if let Some(other) = claimed_for.filter(|_| !is_repeat) {
        free_dead_claim(&deployment, &waits_in, &decision, &other).await?;
    }
    if lives_in.name() == waits_in.name() {
        waits_in.credit_unapplied(&act, &decision).await?;
    } else {
        if !is_repeat {
            lives_in.check_takes_money(&decision.account).await?;
        }
        let payment = waits_in.claim_unapplied(&decision).await?;
        lives_in.credit_claimed(&act, &decision, &payment).await?;
        waits_in.settle_claimed(&act, &payment).await?;
    }
    Ok(no_content())
}

/// A claim for another account that was closed before it could be credited keeps nobody else from the money.
async fn free_dead_claim(
    deployment: &Deployment,
    waits_in: &Cell<'_, SpinDatabase>,
    decision: &PaymentDecision,
    other: &str,
) -> Result<()> {
    let Some(lives_in) = deployment.cell_of_account(other).await? else { return Ok(()) };
    if lives_in.is_claim_dead(decision, other).await? {
        waits_in.drop_claim(decision, other).await?;
    }
    Ok(())
}
