//! What the messages of one wave say, and how each operator is asked to say it: a text to many at once, or a call
//! that plays a recording to one.

use domain::voice::CallPlan;
use operators::{
    Exchange, Operator, OperatorRequest, OutgoingCall, OutgoingMessage, RequestError, Verdict, VoiceOperator,
};
use store::cell::LeasedMessage;

/// What is said.
pub enum Saying<'s> {
    /// A text.
    Text {
        /// The sender that recipients see (R77).
        from: &'s str,
        /// As it is.
        text: &'s str,
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

impl Saying<'_> {
    /// Messages in one request at most.
    pub fn batch_max(&self, operator: &dyn Operator) -> usize {
        match self {
            Self::Text { .. } => operator.capability().batch_max.max(1),
            Self::Call { .. } => 1,
        }
    }

    /// The request that hands messages over.
    pub fn request(
        &self,
        operator: &dyn Operator,
        batch: &[LeasedMessage],
    ) -> Result<OperatorRequest, RequestError> {
        match (self, batch) {
            (Self::Text { from, text }, batch) => operator.hand_over(&texts(batch, from, text)),
            (Self::Call { from, audio_url, plan }, [message]) => {
                voice(operator)?.call(&outgoing_call(message, from, audio_url, *plan))
            }
            (Self::Call { .. }, _) => Err(RequestError::SetUp("one call a request")),
        }
    }

    /// What came of it, one verdict a message in their order.
    pub fn read(
        &self,
        operator: &dyn Operator,
        batch: &[LeasedMessage],
        exchange: &Exchange,
    ) -> Vec<Verdict> {
        match self {
            Self::Text { from, text } => operator.read_hand_over(&texts(batch, from, text), exchange),
            Self::Call { from, audio_url, plan } => batch
                .iter()
                .map(|message| match voice(operator) {
                    Ok(voice) => voice.read_call(&outgoing_call(message, from, audio_url, *plan), exchange),
                    Err(_) => Verdict::Unknown,
                })
                .collect(),
        }
    }
}

fn voice(operator: &dyn Operator) -> Result<&dyn VoiceOperator, RequestError> {
    operator.voice().ok_or(RequestError::SetUp("it has no voice"))
}

fn texts<'m>(batch: &'m [LeasedMessage], from: &'m str, text: &'m str) -> Vec<OutgoingMessage<'m>> {
    let outgoing = |message: &'m LeasedMessage| OutgoingMessage {
        id: &message.message,
        number: message.id.unsigned_abs(),
        to: message.phone.as_deref().unwrap_or_default(),
        from,
        text,
    };
    batch.iter().map(outgoing).collect()
}

fn outgoing_call<'m>(
    message: &'m LeasedMessage,
    from: &'m str,
    audio_url: &'m str,
    plan: CallPlan,
) -> OutgoingCall<'m> {
    OutgoingCall {
        id: &message.message,
        number: message.id.unsigned_abs(),
        to: message.phone.as_deref().unwrap_or_default(),
        from,
        audio_url,
        plan,
    }
}
