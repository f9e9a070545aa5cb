//! Campaigns, with what they send.

use api::Time;
use api::campaigns::{self, Approval, Campaign};
use api::ids::{AudioId, CampaignId};
use domain::campaign::MessageClass;
use edge::{Result, stored};
use store::cell::{self, Content, TextLink, TextLinks};

/// A campaign, but for what its hours and its account say of it at a moment: `window` and `stalled_by` are `None`.
pub fn campaign(campaign: cell::Campaign) -> Result<Campaign> {
    let approval = approval(&campaign);
    Ok(Campaign {
        id: CampaignId::stored(campaign.campaign),
        name: campaign.name,
        content: content(campaign.content, campaign.content_sha256, campaign.text_salt)?,
        class: campaign.class,
        audience: campaign.audience,
        state: campaign.state,
        created_at: Time::of(campaign.created_at),
        started_at: campaign.started_at.map(Time::of),
        finished_at: campaign.finished_at.map(Time::of),
        approval,
        window: None,
        stalled_by: None,
    })
}

/// Of advertising: what staff say to it (R79).
fn approval(campaign: &cell::Campaign) -> Option<Approval> {
    if campaign.class != MessageClass::Advertising {
        return None;
    }
    Some(match campaign.advertising_approved {
        None => Approval::Awaiting,
        Some(true) => Approval::Approved,
        Some(false) => Approval::Refused,
    })
}

/// What a campaign sends, as its owner sees it, with the hash of the content, and the salt of a text's.
fn content(content: Content, sha256: String, text_salt: Option<String>) -> Result<campaigns::Content> {
    let channel = content.volume().channel();
    Ok(match content {
        Content::Text { text, encoding, segments, opt_out_link, links } => campaigns::Content {
            channel,
            text: Some(text),
            segments: Some(segments),
            encoding: Some(stored(&encoding)?),
            text_sha256: Some(sha256),
            text_salt,
            opt_out_link: Some(opt_out_link.is_some()),
            links: Some(text_links(links)),
            audio: None,
            duration_ms: None,
            audio_sha256: None,
            plan: None,
        },
        Content::Call { audio, duration_ms, plan } => campaigns::Content {
            channel,
            text: None,
            segments: None,
            encoding: None,
            text_sha256: None,
            text_salt: None,
            opt_out_link: None,
            links: None,
            audio: Some(AudioId::stored(audio)),
            duration_ms: Some(duration_ms),
            audio_sha256: Some(sha256),
            plan: Some(campaigns::CallPlan {
                attempts: plan.attempts(),
                ring_seconds: plan.ring_seconds(),
                retry_gap_seconds: plan.retry_gap_seconds(),
            }),
        },
    })
}

/// The links as their owner sees them.
fn text_links(links: Option<TextLinks>) -> Vec<api::campaigns::TextLink> {
    let links = links.map(|links| links.links).unwrap_or_default();
    let view = |TextLink { name, address, expires_at }| api::campaigns::TextLink {
        name,
        url: address,
        expires_at: Time::of(expires_at),
    };
    links.into_iter().map(view).collect()
}
