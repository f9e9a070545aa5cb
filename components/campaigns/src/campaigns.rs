//! Campaigns: written with the attestation of their content, listed, shown, deleted as drafts (R72-R77).

use domain::campaign::{CampaignState, LABEL_CHARACTERS_MAX, MessageClass, TEXT_SEGMENTS_MAX};
use domain::documents::{DocumentKind, sha256_hex};
use domain::ids::IdKind;
use domain::segments::{Encoding, segment};
use edge::{
    Answer, Attestation, Call, Caller, ListOf, PageQuery, Problem, Result, format_time, json, no_content,
};
use serde::{Deserialize, Serialize};
use store::cell::{Campaign, NewCampaign};

use crate::links;
use crate::pricing;
use crate::window::WindowView;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    name: String,
    text: String,
    class: MessageClass,
    /// Whether each message carries a link for refusing further ones; always with advertising.
    opt_out_link: Option<bool>,
    attestation: Option<Attestation>,
}

/// A campaign as its owner sees it.
#[derive(Serialize)]
pub struct CampaignView {
    id: String,
    name: String,
    text: String,
    class: &'static str,
    opt_out_link: bool,
    state: &'static str,
    segments: i64,
    encoding: String,
    text_sha256: String,
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
            _ => WindowView::of(call, caller, campaign.class).await?,
        };
        let stalled_by = stalled_by(call, caller, &campaign, window.as_ref()).await?;
        let approval = approval(&campaign);
        Ok(Self {
            id: campaign.campaign,
            name: campaign.name,
            text: campaign.text,
            class: campaign.class.as_str(),
            opt_out_link: campaign.opt_out_link.is_some(),
            state: campaign.state.as_str(),
            segments: campaign.segments,
            encoding: campaign.encoding,
            text_sha256: campaign.text_sha256,
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
    let segments = campaign.segments.unsigned_abs();
    let Some(price) = pricing::message_price(call.settings, segments, caller.act.now).await? else {
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
    if form.class == MessageClass::OneTimeCode {
        return Err(Problem::field("invalid_field", "class"));
    }
    let name = form.name.trim();
    if name.is_empty() || name.chars().count() > LABEL_CHARACTERS_MAX {
        return Err(Problem::field("invalid_field", "name"));
    }
    let link = links::of(&call, form.class, form.opt_out_link).await?;
    let segments = segment(&links::longest(&form.text, link.as_deref()));
    if form.text.trim().is_empty() || segments.segments > TEXT_SEGMENTS_MAX {
        return Err(Problem::field("text_length_invalid", "text"));
    }
    let new = NewCampaign {
        name: name.to_owned(),
        text_sha256: sha256_hex(form.text.as_bytes()),
        class: form.class,
        encoding: match segments.encoding {
            Encoding::Gsm7 => "GSM-7",
            Encoding::Ucs2 => "UCS-2",
        },
        segments: segments.segments,
        opt_out_link: link,
        attestation: Attestation::given(form.attestation, DocumentKind::ContentAttestation, caller.act.now)?,
        text: form.text,
    };
    let campaign = tenant.create_campaign(&caller.act, &new, repeat.as_ref()).await?;
    json(201, &CampaignView::of(&call, &caller, campaign).await?)
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
