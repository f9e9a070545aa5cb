//! Campaigns: written with the attestation of their content, listed, shown, deleted as drafts (R72, R73, R74, R76, R77).

use api::campaigns::{Campaign, Stall, Window};
use api::ids::CampaignId;
use domain::audience::Audience;
use domain::campaign::{CampaignState, LABEL_CHARACTERS_MAX, MessageClass};
use domain::documents::DocumentKind;
use domain::ids::IdKind;
use edge::{
    Answer, Call, Caller, Code, Page, PageQuery, Problem, Result, attested, bounded, check_audience, json,
    no_content,
};
use store::cell::NewCampaign;
use store::{Refusal, StoreError};

use crate::content::ContentForm;
use crate::links;
use crate::pricing;
use crate::text_links;
use crate::window;

/// A campaign as its owner sees it, with what keeps it from going on, if something does.
pub async fn view(call: &Call, caller: &Caller, campaign: store::cell::Campaign) -> Result<Campaign> {
    let window = match campaign.state {
        CampaignState::Cancelled | CampaignState::Completed => None,
        _ => window::of(call, caller, campaign.content.volume().channel(), campaign.class).await?,
    };
    let stalled_by = stalled_by(call, caller, &campaign, window.as_ref()).await?;
    Ok(Campaign { window, stalled_by, ..shown::campaign(campaign)? })
}

/// Why nothing of a running campaign is handed over at this moment (R52, R86).
async fn stalled_by(
    call: &Call,
    caller: &Caller,
    campaign: &store::cell::Campaign,
    window: Option<&Window>,
) -> Result<Option<Stall>> {
    if !matches!(campaign.state, CampaignState::Preparing | CampaignState::Running) {
        return Ok(None);
    }
    let tenant = caller.tenant().await?;
    if !tenant.state().may_send() {
        return Ok(Some(Stall::AccountBlocked));
    }
    if campaign.class == MessageClass::Advertising && campaign.advertising_approved != Some(true) {
        return Ok(Some(Stall::AdvertisingNotApproved));
    }
    let volume = campaign.content.volume();
    let Some(price) = pricing::price_of_one(call.settings, volume, caller.act.now).await? else {
        return Ok(Some(Stall::NoOperator));
    };
    if let Some(why) = window.and_then(window::stalls) {
        return Ok(Some(why));
    }
    let short = tenant.balance().await?.available < price.total;
    Ok(short.then_some(Stall::BalanceEmpty))
}

/// `POST /v1/campaigns`
pub async fn create(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let (form, body): (api::campaigns::NewCampaign, _) = call.json_with_bytes().await?;
    let repeat = call.repeatable("POST /v1/campaigns", &body)?;
    let tenant = caller.working_tenant().await?;
    let name = bounded(&form.name, "name", LABEL_CHARACTERS_MAX)?;
    let text_links = text_links::read(&call, form.links, caller.act.now).await?;
    let content = ContentForm {
        channel: form.channel,
        text: form.text,
        links: text_links,
        audio: form.audio,
        plan: form.plan,
    };
    let link = links::of(&call, content.channel(), form.class, form.opt_out_link).await?;
    let new = NewCampaign {
        name: name.to_owned(),
        content: content.read(form.class, link)?,
        class: form.class,
        audience: form.audience.map(audience_of).transpose()?,
        attestation: attested(form.attestation, DocumentKind::ContentAttestation, caller.act.now)?,
    };
    let campaign = tenant.create_campaign(&caller.act, &new, repeat.as_ref()).await.map_err(at_fault)?;
    json(201, &view(&call, &caller, campaign).await?)
}

/// An audience that can be meant, with its numbers in E.164.
fn audience_of(mut audience: Audience) -> Result<Audience> {
    check_audience(&audience, "audience")?;
    let read = audience.read_phones();
    read.map_err(|error| Problem::field(Code::from(error), "audience.phones"))?;
    Ok(audience)
}

/// All that a new campaign names of the account is its recording.
fn at_fault(error: StoreError) -> Problem {
    match error {
        StoreError::Refused(Refusal::NotFound) => Problem::field(Code::NotFound, "audio"),
        error => error.into(),
    }
}

/// `GET /v1/campaigns`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let campaigns = caller.tenant().await?.campaigns(page.id(IdKind::Campaign)?, page.limit).await?;
    let mut items = Vec::with_capacity(campaigns.items.len());
    for campaign in campaigns.items {
        items.push(view(&call, &caller, campaign).await?);
    }
    json(200, &Page { items, next_cursor: campaigns.next_cursor })
}

/// `GET /v1/campaigns/{campaign}`
pub async fn get(call: Call, campaign: CampaignId) -> Result<Answer> {
    let caller = call.caller().await?;
    let campaign = caller.tenant().await?.campaign(&campaign).await?.ok_or_else(Problem::not_found)?;
    json(200, &view(&call, &caller, campaign).await?)
}

/// `DELETE /v1/campaigns/{campaign}`
pub async fn delete(call: Call, campaign: CampaignId) -> Result<Answer> {
    let caller = call.caller().await?;
    caller.tenant().await?.delete_campaign(&campaign).await?;
    Ok(no_content())
}
