//! What the messages of one wave say, and how each operator is asked to say it: a text to many at once, or a call
//! that plays a recording to one.

use std::borrow::Cow;

use domain::links::Template;
use domain::opt_out_links::with_link;
use domain::tariffs::Channel;
use domain::voice::CallPlan;
use operators::{
    Exchange, Expiry, Operator, OperatorRequest, OutgoingCall, OutgoingMessage, RequestError, Validity,
    Verdict, VoiceOperator,
};
use store::cell::LeasedMessage;
use store::{OptOutLinks, VisitLinks};

/// What is said.
pub enum Saying<'s> {
    /// A text.
    Text {
        /// The sender that recipients see (R77).
        from: &'s str,
        /// As it is.
        text: &'s str,
        /// The links in it, if there are any.
        visits: Option<Visits<'s>>,
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

/// What makes the short links in each message.
pub struct Visits<'s> {
    /// The text with their places.
    pub template: Template<'s>,
    /// How many there are.
    pub count: usize,
    /// What stands before the token of each.
    pub base: &'s str,
    /// Makes tokens.
    pub links: &'s VisitLinks,
}

impl Visits<'_> {
    fn write(&self, message: &LeasedMessage) -> Result<String, RequestError> {
        let tokens = self.links.tokens(message.id, &message.message, self.count);
        Ok(self.template.write(self.base, &tokens.map_err(|_| NO_TOKEN)?))
    }
}

const NO_TOKEN: RequestError = RequestError::SetUp("a message has no token");

impl Saying<'_> {
    /// Messages in one request at most.
    pub fn batch_max(&self, operator: &dyn Operator) -> usize {
        match self {
            Self::Text { .. } => operator.capability().batch_max.max(1),
            Self::Call { .. } => 1,
        }
    }

    /// What each message of a batch says; nothing where a recording says it.
    pub fn texts(&self, batch: &[LeasedMessage]) -> Result<Vec<Cow<'_, str>>, RequestError> {
        match self {
            Self::Text { text, visits: None, link: None, .. } => Ok(vec![Cow::Borrowed(text); batch.len()]),
            Self::Text { text, visits, link, .. } => {
                let with_its_links = |message: &LeasedMessage| {
                    let text = match visits {
                        Some(visits) => Cow::Owned(visits.write(message)?),
                        None => Cow::Borrowed(*text),
                    };
                    let Some(Link { base, links }) = link else { return Ok(text) };
                    let token = links.token(message.id, &message.message).map_err(|_| NO_TOKEN)?;
                    Ok(Cow::Owned(with_link(&text, base, &token)))
                };
                batch.iter().map(with_its_links).collect()
            }
            Self::Call { .. } => Ok(Vec::new()),
        }
    }

    /// What one request carries: these messages with their texts, and until when they may be passed on.
    pub fn outgoing<'o>(
        &'o self,
        batch: &'o [LeasedMessage],
        texts: &'o [Cow<'o, str>],
        validity: Validity,
    ) -> Outgoing<'o> {
        match self {
            Self::Text { from, .. } => {
                let outgoing = |(message, text): (&'o LeasedMessage, &'o Cow<'o, str>)| OutgoingMessage {
                    id: &message.message,
                    row: message.id.unsigned_abs(),
                    to: message.phone.as_deref().unwrap_or_default(),
                    from,
                    text,
                    validity,
                };
                Outgoing::Texts(batch.iter().zip(texts).map(outgoing).collect())
            }
            Self::Call { from, audio_url, plan } => {
                let outgoing = |message: &'o LeasedMessage| OutgoingCall {
                    id: &message.message,
                    row: message.id.unsigned_abs(),
                    to: message.phone.as_deref().unwrap_or_default(),
                    from,
                    audio_url,
                    plan: *plan,
                    validity,
                };
                Outgoing::Calls(batch.iter().map(outgoing).collect())
            }
        }
    }
}

/// What one request carries.
pub enum Outgoing<'o> {
    /// Texts, as many as the operator takes at once.
    Texts(Vec<OutgoingMessage<'o>>),
    /// Calls, one a request.
    Calls(Vec<OutgoingCall<'o>>),
}

impl Outgoing<'_> {
    /// The request that hands it over.
    pub fn request(&self, operator: &dyn Operator) -> Result<OperatorRequest, RequestError> {
        match self {
            Self::Texts(messages) => operator.hand_over(messages),
            Self::Calls(calls) => match calls.as_slice() {
                [call] => voice(operator)?.call(call),
                _ => Err(RequestError::SetUp("one call a request")),
            },
        }
    }

    /// What came of it, one verdict a message in their order.
    pub fn read(&self, operator: &dyn Operator, exchange: &Exchange) -> Vec<Verdict> {
        match self {
            Self::Texts(messages) => operator.read_hand_over(messages, exchange),
            Self::Calls(calls) => calls
                .iter()
                .map(|call| voice(operator).map_or(Verdict::Unknown, |voice| voice.read_call(call, exchange)))
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
