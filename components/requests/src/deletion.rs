//! The request itself: with the balance that is given up, on a day that the account names, and with at least 30
//! days to think again (R55, R120, R121, R128, R217).

use chrono::NaiveDate;
use domain::hours::almaty;
use domain::money::Money;
use edge::{Answer, Call, Problem, Result, format_time, instant, json, no_content};
use serde::{Deserialize, Serialize};
use store::cell::Deletion;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    forfeits: Money,
    #[serde(default)]
    recipients_duty_acknowledged: bool,
    /// A local day, 30 days ahead at least; without one it is in 30 days (R217).
    #[serde(default)]
    delete_on: Option<NaiveDate>,
}

#[derive(Serialize)]
struct DeletionView {
    id: String,
    state: String,
    requested_at: String,
    due_at: String,
    /// The day of `due_at` in Almaty.
    delete_on: NaiveDate,
    forfeits: Money,
}

impl DeletionView {
    fn of(deletion: Deletion) -> Result<Self> {
        Ok(Self {
            id: deletion.deletion,
            state: deletion.state,
            requested_at: format_time(deletion.requested_at),
            due_at: format_time(deletion.due_at),
            delete_on: almaty(instant(deletion.due_at)?).date_naive(),
            forfeits: Money(deletion.forfeits),
        })
    }
}

/// `POST /v1/account/deletion`
pub async fn request(mut call: Call) -> Result<Answer> {
    let caller = call.person().await?;
    let form: Ask = call.json().await?;
    if !form.recipients_duty_acknowledged {
        return Err(Problem::field("invalid_field", "recipients_duty_acknowledged"));
    }
    let tenant = caller.tenant().await?;
    let deletion = match form.delete_on {
        None => tenant.request_deletion(&caller.act, form.forfeits.0).await?,
        day => tenant.request_deletion_on(&caller.act, form.forfeits.0, day).await?,
    };
    json(201, &DeletionView::of(deletion)?)
}

/// `GET /v1/account/deletion`
pub async fn get(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let deletion = caller.tenant().await?.deletion().await?.ok_or_else(Problem::not_found)?;
    json(200, &DeletionView::of(deletion)?)
}

/// `DELETE /v1/account/deletion`
pub async fn cancel(call: Call) -> Result<Answer> {
    let caller = call.person().await?;
    caller.tenant().await?.cancel_deletion(&caller.act).await?;
    Ok(no_content())
}
