//! What the messages of one wave say, and how each operator is asked to say it: a text to many at once, or a call
//! that plays a recording to one.

use std::borrow::Cow;

use domain::opt_out_links::with_link;
use domain::tariffs::Channel;
use domain::voice::CallPlan;
use operators::{
    Exchange, Expiry, Operator, OperatorRequest, OutgoingCall, OutgoingMessage, RequestError, Validity,
    Verdict, VoiceOperator,
};
use store::OptOutLinks;
use store::cell::LeasedMessage;

/// What is said.
pub enum Saying<'s> {
    /// A text.
    Text {
        /// The sender that recipients see (R77).
        from: &'s str,
        /// As it is.
        text: &'s str,
        /// The link behind it, for refusing further messages.
        link: Option<Link<'s>>,
    },
    /// A recording.
    Call {
        /// The number that recipients see; empty where the operator shows one of its own (R77).
        from: &'s str,
        /// Where the operator fetches it.
        audio_url: String,
        /// How one attempt rings.
        plan: CallPlan,
    },
}

/// What makes the link of each message.
#[derive(Clone, Copy)]
pub struct Link<'s> {
    /// What stands before the token.
    pub base: &'s str,
    /// Makes tokens.
    pub links: &'s OptOutLinks,
}

impl Saying<'_> {
    /// Messages in one request at most.
    pub fn batch_max(&self, operator: &dyn Operator) -> usize {
        match self {
            Self::Text { .. } => operator.capability().batch_max.max(1),
            Self::Call { .. } => 1,
        }
    }

    /// The request that hands messages over, and until when they may be passed on.
    pub fn request(
        &self,
        operator: &dyn Operator,
        batch: &[LeasedMessage],
        validity: Validity,
    ) -> Result<OperatorRequest, RequestError> {
        match (self, batch) {
            (Self::Text { from, text, link }, batch) => {
                operator.hand_over(&outgoing_texts(batch, from, &said(batch, text, *link)?, validity))
            }
            (Self::Call { from, audio_url, plan }, [message]) => {
                voice(operator)?.call(&outgoing_call(message, from, audio_url, *plan, validity))
            }
            (Self::Call { .. }, _) => Err(RequestError::SetUp("one call a request")),
        }
    }

    /// What came of it, one verdict a message in their order.
    pub fn read(
        &self,
        operator: &dyn Operator,
        batch: &[LeasedMessage],
        validity: Validity,
        exchange: &Exchange,
    ) -> Vec<Verdict> {
        match self {
            Self::Text { from, text, link } => match said(batch, text, *link) {
                Ok(said) => operator.read_hand_over(&outgoing_texts(batch, from, &said, validity), exchange),
                Err(_) => vec![Verdict::Unknown; batch.len()],
            },
            Self::Call { from, audio_url, plan } => batch
                .iter()
                .map(|message| match voice(operator) {
                    Ok(voice) => {
                        voice.read_call(&outgoing_call(message, from, audio_url, *plan, validity), exchange)
                    }
                    Err(_) => Verdict::Unknown,
                })
                .collect(),
        }
    }
}

/// How an operator is told until when it may pass something of a channel on.
pub fn expiry(operator: &dyn Operator, channel: Channel) -> Expiry {
    match channel {
        Channel::Text => operator.capability().expiry,
        Channel::Voice => operator.voice().map_or(Expiry::Never, VoiceOperator::expiry),
    }
}

fn voice(operator: &dyn Operator) -> Result<&dyn VoiceOperator, RequestError> {
    operator.voice().ok_or(RequestError::SetUp("it has no voice"))
}

/// What each message says.
fn said<'t>(
    batch: &[LeasedMessage],
    text: &'t str,
    link: Option<Link<'_>>,
) -> Result<Vec<Cow<'t, str>>, RequestError> {
    let Some(Link { base, links }) = link else { return Ok(vec![Cow::Borrowed(text); batch.len()]) };
    let with_its_link = |message: &LeasedMessage| {
        let token = links.token(message.id, &message.message);
        let token = token.map_err(|_| RequestError::SetUp("a message has no token"))?;
        Ok(Cow::Owned(with_link(text, base, &token)))
    };
    batch.iter().map(with_its_link).collect()
}

fn outgoing_texts<'m>(
    batch: &'m [LeasedMessage],
    from: &'m str,
    said: &'m [Cow<'_, str>],
    validity: Validity,
) -> Vec<OutgoingMessage<'m>> {
    let outgoing = |(message, text): (&'m LeasedMessage, &'m Cow<'_, str>)| OutgoingMessage {
        id: &message.message,
        number: message.id.unsigned_abs(),
        to: message.phone.as_deref().unwrap_or_default(),
        from,
        text,
        validity,
    };
    batch.iter().zip(said).map(outgoing).collect()
}

fn outgoing_call<'m>(
    message: &'m LeasedMessage,
    from: &'m str,
    audio_url: &'m str,
    plan: CallPlan,
    validity: Validity,
) -> OutgoingCall<'m> {
    OutgoingCall {
        id: &message.message,
        number: message.id.unsigned_abs(),
        to: message.phone.as_deref().unwrap_or_default(),
        from,
        audio_url,
        plan,
        validity,
    }
}
