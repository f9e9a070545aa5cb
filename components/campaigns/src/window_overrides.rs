//! Other calling hours for an account, by decision of staff (R82, R83).

use chrono::NaiveDate;
use domain::hours::DayHours;
use domain::ids::IdKind;
use domain::weekdays::Weekdays;
use edge::{Answer, Call, Problem, Result, format_time, json};
use serde::{Deserialize, Serialize};
use store::cell::{NewWindowOverride, WindowDecision};

use crate::staff::{self, DecisionForm};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    account: String,
    from: NaiveDate,
    to: NaiveDate,
    days: Weekdays,
    opens: String,
    closes: String,
    by: String,
    basis: String,
}

#[derive(Serialize)]
struct DecisionView {
    id: String,
    from: NaiveDate,
    to: NaiveDate,
    days: Weekdays,
    opens: String,
    closes: String,
    by: String,
    basis: String,
    decided_at: String,
    revoked_at: Option<String>,
}

impl From<WindowDecision> for DecisionView {
    fn from(decision: WindowDecision) -> Self {
        let WindowDecision { hours, by, basis, decided_at, revoked_at } = decision;
        Self {
            id: hours.decision().to_owned(),
            from: hours.from(),
            to: hours.to(),
            days: hours.days(),
            opens: hours.hours().opens(),
            closes: hours.hours().closes(),
            by,
            basis,
            decided_at: format_time(decided_at),
            revoked_at: revoked_at.map(format_time),
        }
    }
}

#[derive(Serialize)]
struct Decisions {
    items: Vec<DecisionView>,
}

/// `POST /internal/decisions/window-overrides`
pub async fn decide(mut call: Call) -> Result<Answer> {
    let act = call.staff().await?;
    let form: Form = call.json().await?;
    let (by, basis) = staff::checked(&form.by, &form.basis)?;
    let hours = DayHours::parse(&form.opens, &form.closes);
    let hours = hours.ok_or_else(|| Problem::field("invalid_field", "opens"))?;
    let new = NewWindowOverride { from: form.from, to: form.to, days: form.days, hours, by, basis };
    let deployment = call.deployment().await?;
    let cell = deployment.cell_of_account(&form.account).await?.ok_or_else(Problem::not_found)?;
    let tenant = cell.tenant(&form.account).await?.ok_or_else(Problem::not_found)?;
    json(201, &DecisionView::from(tenant.decide_window(&act, &new).await?))
}

/// `GET /internal/decisions/window-overrides?account=acc_…`
pub async fn list(call: Call) -> Result<Answer> {
    call.staff().await?;
    let account = call.query("account").filter(|account| IdKind::Account.is_id(account));
    let account = account.ok_or_else(|| Problem::field("invalid_field", "account"))?;
    let deployment = call.deployment().await?;
    let cell = deployment.cell_of_account(&account).await?.ok_or_else(Problem::not_found)?;
    let tenant = cell.tenant(&account).await?.ok_or_else(Problem::not_found)?;
    let items = tenant.window_decisions().await?.into_iter().map(DecisionView::from).collect();
    json(200, &Decisions { items })
}

/// `DELETE /internal/decisions/window-overrides/:id`: it is revoked from now on, and stays.
pub async fn revoke(mut call: Call, decision: &str) -> Result<Answer> {
    let act = call.staff().await?;
    let form: DecisionForm = call.json().await?;
    let (by, basis) = form.checked()?;
    let deployment = call.deployment().await?;
    let found = deployment.find(async |cell| cell.account_of_window(decision).await).await?;
    let (cell, account) = found.ok_or_else(Problem::not_found)?;
    let tenant = cell.tenant(&account).await?.ok_or_else(Problem::not_found)?;
    json(200, &DecisionView::from(tenant.revoke_window(&act, decision, &by, &basis).await?))
}
