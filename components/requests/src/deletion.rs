//! The request itself: with the balance that is given up, and 30 days to think again (R55, R120, R121, R128).

use domain::money::Money;
use edge::{Answer, Call, Problem, Result, format_time, json, no_content};
use serde::{Deserialize, Serialize};
use store::cell::Deletion;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    forfeits: Money,
    #[serde(default)]
    recipients_duty_acknowledged: bool,
}

#[derive(Serialize)]
struct DeletionView {
    id: String,
    state: String,
    requested_at: String,
    due_at: String,
    forfeits: Money,
}

impl From<Deletion> for DeletionView {
    fn from(deletion: Deletion) -> Self {
        Self {
            id: deletion.deletion,
            state: deletion.state,
            requested_at: format_time(deletion.requested_at),
            due_at: format_time(deletion.due_at),
            forfeits: Money(deletion.forfeits),
        }
    }
}

/// `POST /v1/account/deletion`
pub async fn request(mut call: Call) -> Result<Answer> {
    let caller = call.person().await?;
    let form: Ask = call.json().await?;
    if !form.recipients_duty_acknowledged {
        return Err(Problem::field("invalid_field", "recipients_duty_acknowledged"));
    }
    let deletion = caller.tenant().await?.request_deletion(&caller.act, form.forfeits.0).await?;
    json(201, &DeletionView::from(deletion))
}

/// `GET /v1/account/deletion`
pub async fn get(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let deletion = caller.tenant().await?.deletion().await?.ok_or_else(Problem::not_found)?;
    json(200, &DeletionView::from(deletion))
}

/// `DELETE /v1/account/deletion`
pub async fn cancel(call: Call) -> Result<Answer> {
    let caller = call.person().await?;
    caller.tenant().await?.cancel_deletion(&caller.act).await?;
    Ok(no_content())
}
