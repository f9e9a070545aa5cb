//! A campaign's life: started on an agreed estimate, held, resumed, ended (R50, R79).

use domain::campaign::CampaignState;
use domain::money::Money;
use edge::{Answer, Call, Problem, Result, json};
use serde::Deserialize;
use store::cell::Agreement;
use store::{Refusal, StoreError};

use crate::campaigns::CampaignView;
use crate::pricing;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    agreed_total: Money,
}

/// `POST /v1/campaigns/:id/start`
pub async fn start(mut call: Call, campaign: &str) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: Start = call.json().await?;
    let tenant = caller.working_tenant().await?;
    let found = tenant.campaign(campaign).await?.ok_or_else(Problem::not_found)?;
    if found.state != CampaignState::Draft {
        return Err(Problem::new("campaign_not_draft"));
    }
    let price = pricing::most_for_recipient(call.settings, &found.content, caller.act.now).await?.total;
    let agreement = Agreement { price, total: form.agreed_total.0 };
    let started = tenant.start_campaign(&caller.act, campaign, agreement).await.map_err(at_fault)?;
    json(202, &CampaignView::of(&call, &caller, started).await?)
}

/// Names the field, where it is the agreed total that is at fault.
fn at_fault(error: StoreError) -> Problem {
    match error {
        StoreError::Refused(Refusal::EstimateChanged) => Problem::field("estimate_changed", "agreed_total"),
        error => error.into(),
    }
}

/// `POST /v1/campaigns/:id/pause`
pub async fn pause(call: Call, campaign: &str) -> Result<Answer> {
    let caller = call.caller().await?;
    let paused = caller.tenant().await?.pause_campaign(&caller.act, campaign).await?;
    json(200, &CampaignView::of(&call, &caller, paused).await?)
}

/// `POST /v1/campaigns/:id/resume`
pub async fn resume(call: Call, campaign: &str) -> Result<Answer> {
    let caller = call.caller().await?;
    let resumed = caller.working_tenant().await?.resume_campaign(&caller.act, campaign).await?;
    json(200, &CampaignView::of(&call, &caller, resumed).await?)
}

/// `POST /v1/campaigns/:id/cancel`
pub async fn cancel(call: Call, campaign: &str) -> Result<Answer> {
    let caller = call.caller().await?;
    let cancelled = caller.tenant().await?.cancel_campaign(&caller.act, campaign).await?;
    json(200, &CampaignView::of(&call, &caller, cancelled).await?)
}
