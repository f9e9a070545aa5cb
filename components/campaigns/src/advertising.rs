//! The service's consent to advertising, by decision of staff (R79, X5).

use api::decisions::{AdvertisingDecision, DecideAdvertising};
use api::ids::{CampaignId, DecisionId};
use domain::ids::IdKind;
use edge::{Answer, Call, Code, Items, Problem, Result, Time, json, said_by_staff};
use store::cell::NewAdvertisingDecision;

fn view(campaign: &str, decision: store::cell::AdvertisingDecision) -> AdvertisingDecision {
    AdvertisingDecision {
        id: DecisionId::stored(decision.decision),
        campaign: CampaignId::stored(campaign),
        content_sha256: decision.content_sha256,
        approved: decision.approved,
        by: decision.by,
        basis: decision.basis,
        decided_at: Time::of(decision.decided_at),
    }
}

/// `POST /internal/decisions/advertising-approvals`
pub async fn decide(mut call: Call) -> Result<Answer> {
    let act = call.staff().await?;
    let form: DecideAdvertising = call.json().await?;
    let (by, basis) = said_by_staff(&form.by, &form.basis)?;
    let DecideAdvertising { campaign, content_sha256, approved, .. } = form;
    let new = NewAdvertisingDecision { campaign: campaign.into(), content_sha256, approved, by, basis };
    let deployment = call.deployment().await?;
    let found = deployment
        .find(IdKind::cell_of(&new.campaign), async |cell| cell.account_of_campaign(&new.campaign).await)
        .await?;
    let (cell, account) = found.ok_or_else(Problem::not_found)?;
    let tenant = cell.tenant(&account).await?.ok_or_else(Problem::not_found)?;
    json(201, &view(&new.campaign, tenant.decide_advertising(&act, &new).await?))
}

/// `GET /internal/decisions/advertising-approvals`
pub async fn list(call: Call) -> Result<Answer> {
    call.staff().await?;
    let campaign = call.query("campaign").and_then(|campaign| campaign.parse::<CampaignId>().ok());
    let campaign = campaign.ok_or_else(|| Problem::field(Code::InvalidField, "campaign"))?;
    let deployment = call.deployment().await?;
    let found = deployment
        .find(IdKind::cell_of(&campaign), async |cell| cell.account_of_campaign(&campaign).await)
        .await?;
    let (cell, account) = found.ok_or_else(Problem::not_found)?;
    let tenant = cell.tenant(&account).await?.ok_or_else(Problem::not_found)?;
    let decisions = tenant.advertising_decisions(&campaign).await?;
    let items = decisions.into_iter().map(|decision| view(&campaign, decision)).collect();
    json(200, &Items { items })
}
