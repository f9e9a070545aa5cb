//! Telecom operators: one file each, behind one small trait.
//!
//! An adapter makes requests and reads answers; it sends nothing itself. So each can be tested on
//! recorded exchanges, field by field, and the caller decides how many go at once.
//!
//! One rule stands over every answer: what an operator may have taken is never called "not taken".
//! A message that is sent twice cannot be called back; one that waits can still be sent (R87).

pub mod audio_link;
pub mod jasmin;
pub mod kannel;
pub mod mobizon;
mod reports;
pub mod sandbox;
mod senders;
mod set_up;
pub mod smsc;
pub mod twilio;
mod wire;

use std::time::Duration;

use domain::message::Reason;
use domain::number_lookup::LookupAnswer;
use domain::tariffs::Channel;
use domain::voice::CallPlan;

pub use set_up::{
    SEND_ABROAD, SetUpError, Variables, can_call, can_look_up, capability, in_use, is_abroad, may_be_used,
    set_up, variable_names, variables,
};

pub use reports::{
    INCOMING, Incoming, MessageKey, Progress, Report, ReportError, StatusReport, Unread, is_report_token,
    report_token,
};

/// How long an answer is waited for: an operator that has not answered by then may still have taken what it was sent.
pub const ANSWER_MAX: Duration = Duration::from_secs(20);

/// A request to an operator, ready to be sent.
pub type OperatorRequest = http::Request<Vec<u8>>;

/// Until when an operator may pass on what it is given: to the end of the hours, or until a code is stale. What
/// it queues must not reach anybody in the night (R80, R81).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The instant, Unix milliseconds by the product's clock.
    pub ends_at: i64,
    /// How long that is from when the operator has the request at the latest.
    pub left: Duration,
}

impl Validity {
    /// Rounded down: a minute that has begun is not whole.
    pub const fn whole_minutes(self) -> u64 {
        self.left.as_secs() / 60
    }
}

/// How an operator is told until when it may pass something on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// By the instant.
    At,
    /// By whole units from when it has the request. Where less than one is left, nothing leaves.
    After(Duration),
    /// It cannot be told. It gets nothing in the last minutes: the figure stands in the routing's file.
    Never,
}

/// A message on its way to an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingMessage<'m> {
    /// Our own id: what a safe retry and every question about the message go by.
    pub id: &'m str,
    /// The row of the message in its cell: the same for every try of one message and never another
    /// message's. Some operators take only a number for an id; a hash of `id` cut down to their 31 bits
    /// would meet another's after some ten thousand messages, and its answers would be read as ours.
    pub row: u64,
    /// E.164.
    pub to: &'m str,
    /// The sender that the recipient sees (R77).
    pub from: &'m str,
    /// What is said.
    pub text: &'m str,
    /// Until when it may be passed on.
    pub validity: Validity,
}

/// A call on its way to an operator. It reads nothing aloud: a recording is played (R71).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingCall<'m> {
    /// Our own id.
    pub id: &'m str,
    /// The row of the message: see [`OutgoingMessage::row`].
    pub row: u64,
    /// E.164.
    pub to: &'m str,
    /// E.164, the number that the recipient sees (R77); empty where the operator shows one of its own.
    pub from: &'m str,
    /// Where the operator fetches the recording: an expiring, signed link.
    pub audio_url: &'m str,
    /// How it rings, within safe bounds (R78): once, since each attempt is handed over by itself.
    pub plan: CallPlan,
    /// Until when it may begin to ring.
    pub validity: Validity,
}

/// A question about the state of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question<'m> {
    /// Our own id.
    pub id: &'m str,
    /// The row of the message: see [`OutgoingMessage::row`].
    pub row: u64,
    /// The operator's own reference, where its answer to the hand-over arrived.
    pub reference: Option<&'m str>,
    /// E.164; `None` once the contact is erased.
    pub phone: Option<&'m str>,
    /// How it went out.
    pub channel: Channel,
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

/// Why an operator has not got a message that it may well take another time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// It could not be reached.
    Unreached,
    /// It asks for patience.
    Throttled,
    /// It takes nothing from us until somebody acts: credentials, its own prepayment, a sender that is
    /// not registered. The operator is to be rested, and its keeper told.
    Account,
}

/// What an operator's answer means for one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The operator has it, under this reference of its own.
    Taken(Option<String>),
    /// It has not got it and will never take it.
    Refused(Reason),
    /// It has not got it; another try is safe.
    NotTaken(Hindrance),
    /// It may have it. Never send it again on a guess.
    Unknown,
}

/// What an operator says of a message when asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It has it.
    Taken {
        /// Its own reference.
        reference: Option<String>,
        /// Since when, Unix milliseconds; `None` where it does not say.
        at: Option<i64>,
        /// How far it has come.
        progress: Progress,
    },
    /// It never heard of it: another try is safe.
    NotFound,
    /// It does not say.
    Unclear,
}

/// Why there is no request. None of these left the house.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// This message can never go by this operator.
    #[error("{0}")]
    Unfit(Reason),
    /// Less is left of the hours than the operator can be told.
    #[error("the hours are over before the operator's smallest unit is")]
    TooLate,
    /// The operator is set up wrongly, or was given more than it takes at once.
    #[error("the operator is set up wrongly: {0}")]
    SetUp(&'static str),
    /// An address or a credential does not make an HTTP request.
    #[error("the operator is set up wrongly: {0}")]
    Http(#[from] http::Error),
}

impl RequestError {
    /// What it means for the messages that were to go.
    pub const fn verdict(&self) -> Verdict {
        match self {
            Self::Unfit(reason) => Verdict::Refused(*reason),
            Self::TooLate => Verdict::NotTaken(Hindrance::Throttled),
            Self::SetUp(_) | Self::Http(_) => Verdict::NotTaken(Hindrance::Account),
        }
    }
}

/// How many messages one question may be about; zero where the operator cannot be asked so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// When nothing but our own id is known: the answer to the hand-over was lost.
    pub by_our_id: usize,
    /// When the operator's reference is known.
    pub by_reference: usize,
}

/// What an operator can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capability {
    /// Whether it carries text messages.
    pub text: bool,
    /// Messages in one request at most; one where each needs a request of its own.
    pub batch_max: usize,
    /// Requests under way at once at most: what it is known to bear.
    pub parallel_max: usize,
    /// How it can be asked about messages.
    pub asked: Asked,
    /// Whether replies can come back through it (a "STOP").
    pub incoming: bool,
    /// How it is told until when it may pass a text on.
    pub expiry: Expiry,
}

/// A telecom operator.
pub trait Operator {
    /// The name in tariffs, history and routes.
    fn name(&self) -> &'static str;

    /// What it can do.
    fn capability(&self) -> Capability;

    /// The request that hands messages over, at most [`Capability::batch_max`] of them.
    fn hand_over(&self, messages: &[OutgoingMessage<'_>]) -> Result<OperatorRequest, RequestError>;

    /// What came of it, one verdict a message in their order.
    fn read_hand_over(&self, messages: &[OutgoingMessage<'_>], exchange: &Exchange) -> Vec<Verdict>;

    /// The request that asks for the state of messages, at most [`Capability::asked`] of them; `None`
    /// if these cannot be asked about.
    fn ask_states(&self, questions: &[Question<'_>]) -> Option<Result<OperatorRequest, RequestError>>;

    /// What it says, one state a question in their order.
    fn read_states(&self, questions: &[Question<'_>], exchange: &Exchange) -> Vec<State>;

    /// Its voice, if it has one.
    fn voice(&self) -> Option<&dyn VoiceOperator> {
        None
    }

    /// How it asks the networks of numbers about them, if it can.
    fn number_lookups(&self) -> Option<&dyn LookupOperator> {
        None
    }
}

/// A number about which its network is asked (HLR). Nothing reaches the phone, so no hours are kept: nobody is disturbed
/// by it, by day or by night.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberQuestion<'m> {
    /// The row of the question: the same for every try of one question and never another's, as for a message.
    pub row: u64,
    /// E.164.
    pub phone: &'m str,
}

/// What an operator says of a question that it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuestionState {
    /// The network answered.
    Answered(LookupAnswer),
    /// It did not yet.
    Underway,
    /// It will not: the operator gave up, or never asked.
    Failed,
    /// The operator never heard of the question: another try is safe.
    NotFound,
    /// It does not say.
    Unclear,
}

/// A telecom operator that asks the networks of numbers about them. Each question costs, so it is given like a message: never
/// again on a guess.
pub trait LookupOperator {
    /// Questions that are given or read at once at most.
    fn parallel_max(&self) -> usize;

    /// The request that gives a question.
    fn give(&self, question: &NumberQuestion<'_>) -> Result<OperatorRequest, RequestError>;

    /// What came of it.
    fn read_given(&self, exchange: &Exchange) -> Verdict;

    /// The request that asks for the answer.
    fn ask(&self, question: &NumberQuestion<'_>) -> Result<OperatorRequest, RequestError>;

    /// What it says.
    fn read_answer(&self, question: &NumberQuestion<'_>, exchange: &Exchange) -> QuestionState;
}

/// A telecom operator that calls.
pub trait VoiceOperator {
    /// Whether it must be told a number to call from; else it has one of its own.
    fn needs_caller(&self) -> bool;

    /// How it is told until when a call may begin.
    fn expiry(&self) -> Expiry;

    /// The request that hands a call over: one call, one request.
    fn call(&self, call: &OutgoingCall<'_>) -> Result<OperatorRequest, RequestError>;

    /// What came of it.
    fn read_call(&self, call: &OutgoingCall<'_>, exchange: &Exchange) -> Verdict;
}
