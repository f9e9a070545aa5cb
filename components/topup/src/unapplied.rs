//! Payments that no account could take: staff see them, and say whose they are (R51).

use domain::cell_name::CellName;
use domain::ids::IdKind;
use domain::money::Money;
use edge::{Answer, Call, Problem, Result, format_time, json, no_content};
use serde::{Deserialize, Serialize};
use store::cell::{PaymentDecision, UnappliedPayment};

/// Access is owed within 24 hours of the money's arrival (R51).
const OWED_WITHIN_MS: i64 = 24 * 60 * 60 * 1000;
/// The longest name, basis and payment id, in characters.
const BY_CHARACTERS_MAX: usize = 120;
const BASIS_CHARACTERS_MAX: usize = 500;

#[derive(Serialize)]
struct View {
    items: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    provider: String,
    payment: String,
    /// What the payer wrote.
    account_number: String,
    account: Option<String>,
    amount: Money,
    reason: String,
    received_at: String,
    /// Longer here than the offer allows.
    late: bool,
}

impl Item {
    fn of(payment: UnappliedPayment, now: i64) -> Self {
        Self {
            provider: payment.provider,
            payment: payment.payment,
            account_number: payment.account_number,
            account: payment.account,
            amount: Money(payment.amount),
            reason: payment.reason,
            received_at: format_time(payment.received_at),
            late: now - payment.received_at > OWED_WITHIN_MS,
        }
    }
}

/// `GET /internal/decisions/unapplied-payments`
pub async fn list(call: Call) -> Result<Answer> {
    let act = call.staff().await?;
    let deployment = call.deployment().await?;
    let cell = deployment.cell(CellName::FIRST).await?;
    let payments = cell.unapplied_payments().await?;
    let items = payments.into_iter().map(|payment| Item::of(payment, act.now)).collect();
    json(200, &View { items })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    provider: String,
    payment: String,
    account: String,
    by: String,
    basis: String,
}

/// `POST /internal/decisions/unapplied-payments`: credits one to an account.
pub async fn credit(mut call: Call) -> Result<Answer> {
    let act = call.staff().await?;
    let form: Form = call.json().await?;
    let checked = |text: &str, field: &str, characters_max: usize| {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > characters_max {
            return Err(Problem::field("invalid_field", field));
        }
        Ok(text.to_owned())
    };
    if !IdKind::Account.is_id(&form.account) {
        return Err(Problem::field("invalid_field", "account"));
    }
    let decision = PaymentDecision {
        by: checked(&form.by, "by", BY_CHARACTERS_MAX)?,
        basis: checked(&form.basis, "basis", BASIS_CHARACTERS_MAX)?,
        provider: form.provider,
        payment: form.payment,
        account: form.account,
    };
    let deployment = call.deployment().await?;
    let cell = deployment.cell(CellName::FIRST).await?;
    cell.credit_unapplied(&act, &decision).await?;
    Ok(no_content())
}
