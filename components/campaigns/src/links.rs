//! Whether a campaign's messages carry an opt-out link, and what they are measured with (R50, R65, R69).

use std::borrow::Cow;

use domain::campaign::MessageClass;
use domain::opt_out_links::{link_base, with_any_link};
use domain::tariffs::Channel;
use edge::{Call, Code, Problem, Result};

/// What stands before every token, if the messages carry a link: advertising by text always does.
pub async fn of(
    call: &Call,
    channel: Channel,
    class: MessageClass,
    asked: Option<bool>,
) -> Result<Option<String>> {
    if channel == Channel::Voice {
        // Nobody can open a link in a call.
        return if asked == Some(true) {
            Err(Problem::field(Code::InvalidField, "opt_out_link"))
        } else {
            Ok(None)
        };
    }
    match (class, asked) {
        (MessageClass::Advertising, Some(false)) => {
            Err(Problem::field(Code::OptOutLinkNeeded, "opt_out_link"))
        }
        (MessageClass::Advertising, _) | (MessageClass::Informational, Some(true)) => {
            base(call).await.map(Some)
        }
        (MessageClass::OneTimeCode, Some(true)) => {
            Err(Problem::field(Code::OptOutLinkNotForCodes, "opt_out_link"))
        }
        (MessageClass::Informational | MessageClass::OneTimeCode, _) => Ok(None),
    }
}

/// What stands before every token of this deployment.
pub async fn base(call: &Call) -> Result<String> {
    let address = call.settings.get("public_url").await?;
    link_base(&address).ok_or_else(|| Problem::new(Code::PublicUrlNotConfigured))
}

/// A text as long as it is sent.
pub fn longest<'t>(text: &'t str, link: Option<&str>) -> Cow<'t, str> {
    link.map_or(Cow::Borrowed(text), |base| Cow::Owned(with_any_link(text, base)))
}
