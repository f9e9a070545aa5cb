//! Telecom operators: one file each, behind one small trait.
//!
//! An adapter makes requests and reads answers; it sends nothing itself. So each can be tested on
//! recorded exchanges, field by field, and the caller decides how many go at once.

pub mod sandbox;

use domain::campaign::DeliveryResult;

/// A request to an operator, ready to be sent.
pub type OperatorRequest = http::Request<Vec<u8>>;

/// A message on its way to an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingMessage<'m> {
    /// Our own id: what a safe retry and every question about the message go by.
    pub id: &'m str,
    /// E.164.
    pub to: &'m str,
    /// The sender that the recipient sees (R77).
    pub from: &'m str,
    /// What is said.
    pub text: &'m str,
}

/// What came back from the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exchange {
    /// An answer, with its whole body.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: Vec<u8>,
    },
    /// The request certainly did not leave: no connection, no permission.
    NotSent,
    /// It may have arrived; the answer did not.
    Lost,
}

/// What an operator's answer means for one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The operator has it, under this reference of its own.
    Taken(Option<String>),
    /// It will never take it; the text is the reason's stable code.
    Refused(&'static str),
    /// It has not got it; another try is safe.
    NotTaken,
    /// It may have it. Never send it again on a guess.
    Unknown,
}

/// What an operator says of a message when asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It has it, since that instant (Unix milliseconds).
    Taken {
        /// Its own reference.
        reference: Option<String>,
        /// Unix milliseconds.
        at: i64,
    },
    /// It never heard of it.
    NotFound,
    /// It does not say.
    Unclear,
}

/// A final word on one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Our own id.
    pub id: String,
    /// The result.
    pub result: DeliveryResult,
    /// By the operator's clock, Unix milliseconds.
    pub at: i64,
}

/// Why reports are refused. The texts are the stable codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is the code that it prints")]
pub enum ReportError {
    #[error("webhook_not_configured")]
    NotConfigured,
    #[error("webhook_signature_invalid")]
    SignatureInvalid,
    #[error("malformed_json")]
    MalformedJson,
}

/// The operator that text messages go through; `None` if the deployment has none.
pub const fn text_operator(sandbox_on: bool) -> Option<&'static str> {
    if sandbox_on { Some(sandbox::NAME) } else { None }
}

/// A telecom operator.
pub trait Operator {
    /// The name in tariffs, history and routes.
    fn name(&self) -> &'static str;

    /// How many messages one request carries at most.
    fn batch_max(&self) -> usize;

    /// The request that hands messages over.
    fn hand_over(&self, messages: &[OutgoingMessage<'_>]) -> Result<OperatorRequest, http::Error>;

    /// What came of it, one verdict a message in their order.
    fn read_hand_over(&self, messages: &[OutgoingMessage<'_>], exchange: &Exchange) -> Vec<Verdict>;

    /// The request that asks for the state of messages by our ids; `None` if the operator cannot be asked.
    fn ask_states(&self, ids: &[&str]) -> Option<Result<OperatorRequest, http::Error>>;

    /// What it says, one state an id in their order.
    fn read_states(&self, ids: &[&str], exchange: &Exchange) -> Vec<State>;
}
