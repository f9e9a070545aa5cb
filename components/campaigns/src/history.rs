//! The history of messages: number, date, time, result (R89, R90).

use domain::message::MessageState;
use edge::{Answer, Call, Code, PageQuery, Problem, Result, json, try_page_of};

/// `GET /v1/messages`
pub async fn get(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let tenant = caller.tenant().await?;
    let campaign = call.query("campaign");
    if let Some(campaign) = &campaign {
        tenant.campaign(campaign).await?.ok_or_else(Problem::not_found)?;
    }
    let state = call.query("state");
    let state =
        state.map(|state| MessageState::parse(&state).ok_or(Problem::field(Code::InvalidField, "state")));
    let history =
        tenant.history_in(campaign.as_deref(), state.transpose()?, page.number(0)?, page.limit).await?;
    json(200, &try_page_of(history, shown::message)?)
}
