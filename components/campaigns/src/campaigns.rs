//! Campaigns: written with the attestation of their content, listed, shown, deleted as drafts (R72, R73, R74, R76, R77).

use domain::campaign::{CampaignState, LABEL_CHARACTERS_MAX, MessageClass};
use domain::documents::DocumentKind;
use domain::ids::IdKind;
use domain::tariffs::Channel;
use edge::{
    Answer, Attestation, Call, Caller, ListOf, PageQuery, Problem, Result, format_time, json, no_content,
};
use serde::{Deserialize, Deserializer, Serialize};
use store::cell::{Campaign, NewCampaign};
use store::{Refusal, StoreError};

use crate::content::{ContentForm, ContentView, PlanForm};
use crate::links;
use crate::pricing;
use crate::window::WindowView;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    name: String,
    #[serde(default, deserialize_with = "given")]
    channel: Option<Channel>,
    #[serde(default, deserialize_with = "given")]
    text: Option<String>,
    #[serde(default, deserialize_with = "given")]
    audio: Option<String>,
    #[serde(default, deserialize_with = "given")]
    plan: Option<PlanForm>,
    class: MessageClass,
    /// Whether each message carries a link for refusing further ones; always with advertising.
    opt_out_link: Option<bool>,
    attestation: Option<Attestation>,
}

/// A field that may be left out, but is not null where it is there.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A campaign as its owner sees it.
#[derive(Serialize)]
pub struct CampaignView {
    id: String,
    name: String,
    #[serde(flatten)]
    content: ContentView,
    class: &'static str,
    state: &'static str,
    created_at: String,
    started_at: Option<String>,
    finished_at: Option<String>,
    /// Of advertising: what staff say to it (R79).
    approval: Option<&'static str>,
    /// The hours that hold for it; `null` once it has ended.
    window: Option<WindowView>,
    stalled_by: Option<&'static str>,
}

impl CampaignView {
    /// With what keeps it from going on, if something does.
    pub async fn of(call: &Call, caller: &Caller, campaign: Campaign) -> Result<Self> {
        let window = match campaign.state {
            CampaignState::Cancelled | CampaignState::Completed => None,
            _ => WindowView::of(call, caller, campaign.content.volume().channel(), campaign.class).await?,
        };
        let stalled_by = stalled_by(call, caller, &campaign, window.as_ref()).await?;
        let approval = approval(&campaign);
        Ok(Self {
            id: campaign.campaign,
            name: campaign.name,
            content: ContentView::of(campaign.content, campaign.content_sha256, campaign.text_salt),
            class: campaign.class.as_str(),
            state: campaign.state.as_str(),
            created_at: format_time(campaign.created_at),
            started_at: campaign.started_at.map(format_time),
            finished_at: campaign.finished_at.map(format_time),
            approval,
            window,
            stalled_by,
        })
    }
}

fn approval(campaign: &Campaign) -> Option<&'static str> {
    if campaign.class != MessageClass::Advertising {
        return None;
    }
    Some(match campaign.advertising_approved {
        None => "awaiting",
        Some(true) => "approved",
        Some(false) => "refused",
    })
}

/// Why nothing of a running campaign is handed over at this moment (R52, R86).
async fn stalled_by(
    call: &Call,
    caller: &Caller,
    campaign: &Campaign,
    window: Option<&WindowView>,
) -> Result<Option<&'static str>> {
    if !matches!(campaign.state, CampaignState::Preparing | CampaignState::Running) {
        return Ok(None);
    }
    let tenant = caller.tenant().await?;
    if !tenant.state().may_send() {
        return Ok(Some("account_blocked"));
    }
    if campaign.class == MessageClass::Advertising && campaign.advertising_approved != Some(true) {
        return Ok(Some("advertising_not_approved"));
    }
    let volume = campaign.content.volume();
    let Some(price) = pricing::price_of_one(call.settings, volume, caller.act.now).await? else {
        return Ok(Some("no_operator"));
    };
    if let Some(why) = window.and_then(WindowView::stalls) {
        return Ok(Some(why));
    }
    let short = tenant.balance().await?.available < price.total;
    Ok(short.then_some("balance_empty"))
}

/// `POST /v1/campaigns`
pub async fn create(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let (form, body): (Form, _) = call.json_with_bytes().await?;
    let repeat = call.repeatable("POST /v1/campaigns", &body)?;
    let tenant = caller.working_tenant().await?;
    let name = form.name.trim();
    if name.is_empty() || name.chars().count() > LABEL_CHARACTERS_MAX {
        return Err(Problem::field("invalid_field", "name"));
    }
    let content = ContentForm { channel: form.channel, text: form.text, audio: form.audio, plan: form.plan };
    let link = links::of(&call, content.channel(), form.class, form.opt_out_link).await?;
    let new = NewCampaign {
        name: name.to_owned(),
        content: content.read(form.class, link)?,
        class: form.class,
        attestation: Attestation::given(form.attestation, DocumentKind::ContentAttestation, caller.act.now)?,
    };
    let campaign = tenant.create_campaign(&caller.act, &new, repeat.as_ref()).await.map_err(at_fault)?;
    json(201, &CampaignView::of(&call, &caller, campaign).await?)
}

/// All that a new campaign names of the account is its recording.
fn at_fault(error: StoreError) -> Problem {
    match error {
        StoreError::Refused(Refusal::NotFound) => Problem::field("not_found", "audio"),
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
        items.push(CampaignView::of(&call, &caller, campaign).await?);
    }
    json(200, &ListOf { items, next_cursor: campaigns.next_cursor })
}

/// `GET /v1/campaigns/:id`
pub async fn get(call: Call, campaign: &str) -> Result<Answer> {
    let caller = call.caller().await?;
    let campaign = caller.tenant().await?.campaign(campaign).await?.ok_or_else(Problem::not_found)?;
    json(200, &CampaignView::of(&call, &caller, campaign).await?)
}

/// `DELETE /v1/campaigns/:id`
pub async fn delete(call: Call, campaign: &str) -> Result<Answer> {
    let caller = call.caller().await?;
    caller.tenant().await?.delete_campaign(campaign).await?;
    Ok(no_content())
}
