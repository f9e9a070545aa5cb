//! What a campaign sends, on the wire: a text, or a recording with how its calls ring (R71, R72, R73, R78).

use api::campaigns;
use api::ids::AudioId;
use domain::campaign::{MessageClass, TEXT_SEGMENTS_MAX};
use domain::one_time_codes;
use domain::segments::{Encoding, segment};
use domain::tariffs::Channel;
use domain::voice::{CallPlan, CallPlanError};
use edge::{Code, Problem, Result};
use store::cell::{NewContent, TextLinks};

use crate::{links, text_links};

/// What a campaign sends, in its request.
pub struct ContentForm {
    /// Told by what is there, where it is not said.
    pub channel: Option<Channel>,
    /// For a text.
    pub text: Option<String>,
    /// For a text.
    pub links: Option<TextLinks>,
    /// For a call.
    pub audio: Option<AudioId>,
    /// For a call.
    pub plan: Option<campaigns::CallPlan>,
}

impl ContentForm {
    /// How people are reached by it.
    pub fn channel(&self) -> Channel {
        let by_content =
            if self.audio.is_some() || self.plan.is_some() { Channel::Voice } else { Channel::Text };
        self.channel.unwrap_or(by_content)
    }

    /// The content, if it is whole and within the bounds, and nothing of the other channel stands beside it.
    /// A text is measured with its links.
    pub fn read(self, class: MessageClass, link: Option<String>) -> Result<NewContent> {
        let channel = self.channel();
        let Self { text, links, audio, plan, .. } = self;
        let missing = |field: &str| Problem::field(Code::MissingField, field);
        match channel {
            Channel::Text => {
                let foreign = [("audio", audio.is_some()), ("plan", plan.is_some())];
                refuse_foreign(&foreign)?;
                read_text(text.ok_or_else(|| missing("text"))?, links, class, link)
            }
            // A recording is the same for everybody, and nobody looks into it (R74): it cannot be a code.
            Channel::Voice if class == MessageClass::OneTimeCode => {
                Err(Problem::field(Code::InvalidField, "class"))
            }
            Channel::Voice => {
                refuse_foreign(&[("text", text.is_some()), ("links", links.is_some())])?;
                let audio = audio.ok_or_else(|| missing("audio"))?;
                let plan = plan.ok_or_else(|| missing("plan"))?;
                let plan = CallPlan::new(plan.attempts, plan.ring_seconds, plan.retry_gap_seconds);
                let plan = plan.map_err(|error| Problem::field(error, plan_field(error)))?;
                Ok(NewContent::Call { audio: audio.into(), plan })
            }
        }
    }
}

fn refuse_foreign(fields: &[(&str, bool)]) -> Result<()> {
    match fields.iter().find(|(_, there)| *there) {
        Some((field, _)) => Err(Problem::field(Code::InvalidField, *field)),
        None => Ok(()),
    }
}

const fn plan_field(error: CallPlanError) -> &'static str {
    match error {
        CallPlanError::Ring => "plan.ring_seconds",
        CallPlanError::Attempts => "plan.attempts",
        CallPlanError::RetryGap => "plan.retry_gap_seconds",
    }
}

fn read_text(
    text: String,
    text_links: Option<TextLinks>,
    class: MessageClass,
    link: Option<String>,
) -> Result<NewContent> {
    // A code is typed, not opened, and who fakes one puts a link beside it.
    if class == MessageClass::OneTimeCode && text_links.is_some() {
        return Err(Problem::field(Code::InvalidField, "links"));
    }
    let sent = text_links::longest(&text, text_links.as_ref())?;
    let segments = segment(&links::longest(&sent, link.as_deref()));
    if text.trim().is_empty() || segments.segments > TEXT_SEGMENTS_MAX {
        return Err(Problem::field(Code::TextLengthInvalid, "text"));
    }
    if class == MessageClass::OneTimeCode {
        let checked = one_time_codes::check(&text, segments.segments);
        checked.map_err(|error| Problem::field(error, "text"))?;
    }
    Ok(NewContent::Text {
        encoding: match segments.encoding {
            Encoding::Gsm7 => "GSM-7",
            Encoding::Ucs2 => "UCS-2",
        },
        segments: segments.segments,
        opt_out_link: link,
        links: text_links,
        text,
    })
}
