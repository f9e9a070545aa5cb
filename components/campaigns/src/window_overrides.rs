//! Other calling hours for an account, by decision of staff (R82, R83).

use api::decisions::{DecideWindow, Revoke, WindowDecision};
use api::ids::{AccountId, DecisionId};
use domain::hours::DayHours;
use domain::ids::IdKind;
use edge::{Answer, Call, Code, Items, Problem, Result, Time, json, said_by_staff};
use store::cell::NewWindowOverride;

fn view(decision: store::cell::WindowDecision) -> WindowDecision {
    let store::cell::WindowDecision { hours, by, basis, decided_at, revoked_at } = decision;
    WindowDecision {
        id: DecisionId::stored(hours.decision()),
        from: hours.from(),
        to: hours.to(),
        days: hours.days(),
        opens: hours.hours().opens(),
        closes: hours.hours().closes(),
        by,
        basis,
        decided_at: Time::of(decided_at),
        revoked_at: revoked_at.map(Time::of),
    }
}

/// `POST /internal/decisions/window-overrides`
pub async fn decide(mut call: Call) -> Result<Answer> {
    let act = call.staff().await?;
    let form: DecideWindow = call.json().await?;
    let (by, basis) = said_by_staff(&form.by, &form.basis)?;
    let hours = DayHours::parse(&form.opens, &form.closes);
    let hours = hours.ok_or_else(|| Problem::field(Code::InvalidField, "opens"))?;
    let new = NewWindowOverride { from: form.from, to: form.to, days: form.days, hours, by, basis };
    let deployment = call.deployment().await?;
    let cell = deployment.cell_of_account(&form.account).await?.ok_or_else(Problem::not_found)?;
    let tenant = cell.tenant(&form.account).await?.ok_or_else(Problem::not_found)?;
    json(201, &view(tenant.decide_window(&act, &new).await?))
}

/// `GET /internal/decisions/window-overrides`
pub async fn list(call: Call) -> Result<Answer> {
    call.staff().await?;
    let account = call.query("account").and_then(|account| account.parse::<AccountId>().ok());
    let account = account.ok_or_else(|| Problem::field(Code::InvalidField, "account"))?;
    let deployment = call.deployment().await?;
    let cell = deployment.cell_of_account(&account).await?.ok_or_else(Problem::not_found)?;
    let tenant = cell.tenant(&account).await?.ok_or_else(Problem::not_found)?;
    let items = tenant.window_decisions().await?.into_iter().map(view).collect();
    json(200, &Items { items })
}

/// `DELETE /internal/decisions/window-overrides/{decision}`: it is revoked from now on, and stays.
pub async fn revoke(mut call: Call, decision: DecisionId) -> Result<Answer> {
    let act = call.staff().await?;
    let form: Revoke = call.json().await?;
    let (by, basis) = said_by_staff(&form.by, &form.basis)?;
    let deployment = call.deployment().await?;
    let found = deployment
        .find(IdKind::cell_of(&decision), async |cell| cell.account_of_window(&decision).await)
        .await?;
    let (cell, account) = found.ok_or_else(Problem::not_found)?;
    let tenant = cell.tenant(&account).await?.ok_or_else(Problem::not_found)?;
    json(200, &view(tenant.revoke_window(&act, &decision, &by, &basis).await?))
}
