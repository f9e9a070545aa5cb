//! The request itself: with the balance that is given up, on a day that the account names, and with at least 30
//! days to think again (R55, R120, R121, R128, R217).

use api::deletion::{Deletion, RequestDeletion};
use api::ids::DeletionId;
use domain::hours::almaty;
use domain::money::Money;
use edge::{Answer, Call, Code, Problem, Result, Time, instant, json, no_content, stored};

fn view(deletion: store::cell::Deletion) -> Result<Deletion> {
    Ok(Deletion {
        id: DeletionId::stored(deletion.deletion),
        state: stored(&deletion.state)?,
        requested_at: Time::of(deletion.requested_at),
        due_at: Time::of(deletion.due_at),
        delete_on: almaty(instant(deletion.due_at)?).date_naive(),
        forfeits: Money(deletion.forfeits),
    })
}

/// `POST /v1/account/deletion`
pub async fn request(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: RequestDeletion = call.json().await?;
    if !form.recipients_duty_acknowledged {
        return Err(Problem::field(Code::InvalidField, "recipients_duty_acknowledged"));
    }
    let tenant = caller.tenant().await?;
    let deletion = match form.delete_on {
        None => tenant.request_deletion(&caller.act, form.forfeits.0).await?,
        day => tenant.request_deletion_on(&caller.act, form.forfeits.0, day).await?,
    };
    json(201, &view(deletion)?)
}

/// `GET /v1/account/deletion`
pub async fn get(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let deletion = caller.tenant().await?.deletion().await?.ok_or_else(Problem::not_found)?;
    json(200, &view(deletion)?)
}

/// `DELETE /v1/account/deletion`
pub async fn cancel(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    caller.tenant().await?.cancel_deletion(&caller.act).await?;
    Ok(no_content())
}
