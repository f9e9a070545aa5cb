//! What a campaign would cost if it started now (R50).

use api::campaigns::Estimate;
use api::ids::CampaignId;
use domain::money::{Money, Tiyn};
use edge::{Answer, Call, Caller, Code, Problem, Result, json};
use store::cell::{Campaign, Content};

use crate::pricing;
use crate::window;

/// Works the estimate out from the stored contacts, the tariff and the balance of this moment.
async fn estimate(call: &Call, caller: &Caller, campaign: &Campaign) -> Result<Estimate> {
    let tenant = caller.tenant().await?;
    let (contacts, blacklisted) = tenant.count_recipients(campaign.audience.as_ref()).await?;
    let messages = contacts - blacklisted;
    let price = pricing::most_for_recipient(call.settings, &campaign.content, caller.act.now).await?;
    let (segments, attempts) = match &campaign.content {
        Content::Text { segments, .. } => (Some(*segments), None),
        Content::Call { plan, .. } => (None, Some(plan.attempts())),
    };
    let total: Tiyn = price.total.checked_mul(messages).ok_or_else(|| Problem::new(Code::AmountTooLarge))?;
    let available = tenant.balance().await?.available;
    let window = window::of(call, caller, campaign.content.volume().channel(), campaign.class).await?;
    Ok(Estimate {
        contacts,
        blacklisted,
        messages,
        channel: campaign.content.volume().channel(),
        segments,
        attempts,
        operator_price: Money(price.operator),
        service_price: Money(price.service),
        price_per_message: Money(price.total),
        total: Money(total),
        available: Money(available),
        sufficient: available >= total,
        window: window.ok_or_else(|| Problem::new(Code::NoOperator))?,
    })
}

/// `POST /v1/campaigns/{campaign}/estimate`
pub async fn post(call: Call, campaign: CampaignId) -> Result<Answer> {
    let caller = call.caller().await?;
    let tenant = caller.tenant().await?;
    let campaign = tenant.campaign(&campaign).await?.ok_or_else(Problem::not_found)?;
    // Whom the service listed is counted off.
    let cell = caller.deployment.cell(tenant.cell()).await?;
    cell.follow_service_blacklist(&tenant, caller.act.now).await?;
    json(200, &estimate(&call, &caller, &campaign).await?)
}
