//! The service's consent to advertising, by decision of staff (R79, X5).

use domain::ids::IdKind;
use edge::{Answer, Call, Problem, Result, format_time, json};
use serde::{Deserialize, Serialize};
use store::cell::{AdvertisingDecision, NewAdvertisingDecision};

use crate::staff;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    campaign: String,
    /// Of the text or recording that was looked at: another one is not approved with it.
    content_sha256: String,
    approved: bool,
    by: String,
    basis: String,
}

#[derive(Serialize)]
struct DecisionView {
    id: String,
    campaign: String,
    content_sha256: String,
    approved: bool,
    by: String,
    basis: String,
    decided_at: String,
}

#[derive(Serialize)]
struct Decisions {
    items: Vec<DecisionView>,
}

fn view(campaign: &str, decision: AdvertisingDecision) -> DecisionView {
    let AdvertisingDecision { decision: id, content_sha256, approved, by, basis, decided_at } = decision;
    let (campaign, decided_at) = (campaign.to_owned(), format_time(decided_at));
    DecisionView { id, campaign, content_sha256, approved, by, basis, decided_at }
}

/// `POST /internal/decisions/advertising-approvals`
pub async fn decide(mut call: Call) -> Result<Answer> {
    let act = call.staff().await?;
    let form: Form = call.json().await?;
    let (by, basis) = staff::checked(&form.by, &form.basis)?;
    let Form { campaign, content_sha256, approved, .. } = form;
    let new = NewAdvertisingDecision { campaign, content_sha256, approved, by, basis };
    let deployment = call.deployment().await?;
    let found = deployment.find(async |cell| cell.account_of_campaign(&new.campaign).await).await?;
    let (cell, account) = found.ok_or_else(Problem::not_found)?;
    let tenant = cell.tenant(&account).await?.ok_or_else(Problem::not_found)?;
    json(201, &view(&new.campaign, tenant.decide_advertising(&act, &new).await?))
}

/// `GET /internal/decisions/advertising-approvals?campaign=cmp_…`
pub async fn list(call: Call) -> Result<Answer> {
    call.staff().await?;
    let campaign = call.query("campaign").filter(|campaign| IdKind::Campaign.is_id(campaign));
    let campaign = campaign.ok_or_else(|| Problem::field("invalid_field", "campaign"))?;
    let deployment = call.deployment().await?;
    let found = deployment.find(async |cell| cell.account_of_campaign(&campaign).await).await?;
    let (cell, account) = found.ok_or_else(Problem::not_found)?;
    let tenant = cell.tenant(&account).await?.ok_or_else(Problem::not_found)?;
    let decisions = tenant.advertising_decisions(&campaign).await?;
    let items = decisions.into_iter().map(|decision| view(&campaign, decision)).collect();
    json(200, &Decisions { items })
}
