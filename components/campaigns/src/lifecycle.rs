//! A campaign's life: started on an agreed estimate, held, resumed, ended (R50, R79).

use api::campaigns::Start;
use api::ids::CampaignId;
use domain::campaign::CampaignState;
use edge::{Answer, Call, Code, Problem, Result, json};
use store::cell::Agreement;
use store::{Refusal, StoreError};

use crate::campaigns::view;
use crate::pricing;

/// `POST /v1/campaigns/{campaign}/start`
pub async fn start(mut call: Call, campaign: CampaignId) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: Start = call.json().await?;
    let tenant = caller.working_tenant().await?;
    let found = tenant.campaign(&campaign).await?.ok_or_else(Problem::not_found)?;
    if found.state != CampaignState::Draft {
        return Err(Problem::new(Code::CampaignNotDraft));
    }
    let price = pricing::most_for_recipient(call.settings, &found.content, caller.act.now).await?.total;
    // Whom the service listed is counted off before anything is agreed to.
    let cell = caller.deployment.cell(tenant.cell()).await?;
    cell.follow_service_blacklist(&tenant, caller.act.now).await?;
    let agreement = Agreement { price, total: form.agreed_total.0 };
    let started = tenant.start_campaign(&caller.act, &campaign, agreement).await.map_err(at_fault)?;
    json(202, &view(&call, &caller, started).await?)
}

/// Names the field, where it is the agreed total that is at fault.
fn at_fault(error: StoreError) -> Problem {
    match error {
        StoreError::Refused(Refusal::EstimateChanged) => {
            Problem::field(Code::EstimateChanged, "agreed_total")
        }
        error => error.into(),
    }
}

/// `POST /v1/campaigns/{campaign}/pause`
pub async fn pause(call: Call, campaign: CampaignId) -> Result<Answer> {
    let caller = call.caller().await?;
    let paused = caller.tenant().await?.pause_campaign(&caller.act, &campaign).await?;
    json(200, &view(&call, &caller, paused).await?)
}

/// `POST /v1/campaigns/{campaign}/resume`
pub async fn resume(call: Call, campaign: CampaignId) -> Result<Answer> {
    let caller = call.caller().await?;
    let resumed = caller.working_tenant().await?.resume_campaign(&caller.act, &campaign).await?;
    json(200, &view(&call, &caller, resumed).await?)
}

/// `POST /v1/campaigns/{campaign}/cancel`
pub async fn cancel(call: Call, campaign: CampaignId) -> Result<Answer> {
    let caller = call.caller().await?;
    let cancelled = caller.tenant().await?.cancel_campaign(&caller.act, &campaign).await?;
    json(200, &view(&call, &caller, cancelled).await?)
}
