//! Kannel, the SMS gateway that a deployment runs itself: `GET /cgi-bin/sendsms` on its smsbox.
//!
//! It gives no id and cannot be asked for a message. So the address to which it reports carries our id
//! and a token that only we can make, and reports are wanted for the acceptance by the SMS centre too:
//! they tell of messages whose hand-over nobody saw end.
//!
//! A request is a GET because Kannel's interface is one, and because a GET leaves in one packet. The
//! smsbox must be reached over loopback or a private network: the password stands in the address.
//!
//! Its keeper sets in the `sendsms-user` group `concatenation = true` and `max-messages = 10`: without
//! them Kannel cuts a longer text after its first segment, and says nothing of it. For replies, in a
//! `sms-service` group, `get-url` is the address of incoming messages with `?from=%p&text=%b&coding=%c`,
//! and `max-messages = 0`, so that our answer is not sent to the person as a text.
//!
//! Of a long text one report comes for all segments, and the handset's can come before the centre's.

use domain::campaign::DeliveryResult;
use domain::message::Reason;
use domain::segments::{Encoding, segment};

use crate::reports::check_report_token;
use crate::senders::sender_number;
use crate::wire::{Fields, Form, MINUTES, by_status, only, utf16_be, utf16_be_text, validity_minutes};
use crate::{
    Asked, Capability, Exchange, Hindrance, INCOMING, Incoming, MessageKey, Operator, OperatorRequest,
    OutgoingMessage, Progress, Question, ReportError, RequestError, State, StatusReport, Unread, Verdict,
    report_token,
};

/// Its name in tariffs, history and routes.
pub const NAME: &str = "kannel";

const DELIVERED: u32 = 1;
const FAILED: u32 = 2;
const BUFFERED: u32 = 4;
const ACCEPTED: u32 = 8;
const REJECTED: u32 = 16;
const INTERMEDIATE: u32 = 32;

/// Both last words, and the SMS centre's answer, which settles a hand-over that nobody saw end.
const REPORT_MASK: u32 = DELIVERED | FAILED | ACCEPTED | REJECTED;

/// An smsbox at its address.
pub struct Kannel {
    /// `http://127.0.0.1:13013`
    pub base_url: String,
    /// Of its `sendsms-user` group.
    pub username: String,
    /// Of its `sendsms-user` group.
    pub password: String,
    /// The SMS centre that it is to use, if it has several.
    pub smsc: Option<String>,
    /// Our address for its reports, without a slash at the end: the message's id and token follow.
    pub reports_url: String,
    /// The key of the tokens in those addresses.
    pub report_key: Vec<u8>,
}

impl Kannel {
    /// The address for reports on one message. Kannel fills in what follows a percent sign, so our
    /// part may hold none.
    fn report_address(&self, id: &str) -> Result<String, RequestError> {
        let token = report_token(&self.report_key, NAME, id).ok_or(RequestError::SetUp("no report key"))?;
        let ours = format!("{}/{id}/{token}", self.reports_url);
        if ours.contains('%') {
            return Err(RequestError::SetUp("a percent sign in the address for reports"));
        }
        Ok(format!("{ours}?status=%d&at=%T&reference=%F&answer=%A"))
    }

    /// Reads a report from the query string of its request. Any 2xx is answer enough.
    pub fn read_report(&self, id: &str, token: &str, query: &str) -> Result<StatusReport, ReportError> {
        check_report_token(&self.report_key, NAME, id, token)?;
        let fields = Fields::of_form(query.as_bytes());
        let unread = ReportError::Unread(Unread::Body);
        let status: u32 = fields.need("status")?.trim().parse().map_err(|_| unread)?;
        let progress = progress(status, fields.get("answer").unwrap_or_default()).ok_or(unread)?;
        let at = fields.get("at").and_then(|seconds| seconds.parse::<i64>().ok());
        let reference = fields.get("reference").filter(|reference| !reference.is_empty());
        Ok(StatusReport {
            about: MessageKey::Id(id.to_owned()),
            reference: reference.map(str::to_owned),
            progress,
            at: at.and_then(|seconds| seconds.checked_mul(1_000)),
        })
    }

    /// The token in the address for incoming messages.
    pub fn incoming_token(&self) -> Option<String> {
        report_token(&self.report_key, NAME, INCOMING)
    }

    /// Reads an incoming message from the query string of its request. The text comes as the person's
    /// handset wrote it: UTF-16 where the coding says so, else UTF-8.
    pub fn read_incoming(&self, token: &str, query: &str) -> Result<Incoming, ReportError> {
        check_report_token(&self.report_key, NAME, INCOMING, token)?;
        let fields = Fields::of_form(query.as_bytes());
        let from = sender_number(fields.need("from")?)?;
        let text = if fields.get("coding") == Some("2") {
            utf16_be_text(fields.bytes("text").ok_or(ReportError::Unread(Unread::Body))?)?
        } else {
            fields.need_text("text")?
        };
        Ok(Incoming { from, text })
    }
}

/// What the bits of a status say together; `None` where they say nothing, or both that it arrived and that it
/// did not. Newer builds put bits to a last word that tell how it came to it: 34 and 66 are failures.
fn progress(status: u32, answer: &str) -> Option<Progress> {
    let has = |bit: u32| status & bit != 0;
    let ended = |result: DeliveryResult, reason| Some(Progress::Ended { result, reason });
    if has(DELIVERED) {
        return ended(DeliveryResult::Delivered, None).filter(|_| !has(FAILED) && !has(REJECTED));
    }
    if has(FAILED) {
        // The SMS centre's own words, in the form that SMPP gives them.
        let is_expired = answer.contains("stat:EXPIRED");
        return ended(if is_expired { DeliveryResult::Expired } else { DeliveryResult::Undelivered }, None);
    }
    if has(REJECTED) {
        return ended(DeliveryResult::Undelivered, Some(Reason::OperatorRefused));
    }
    (has(BUFFERED) || has(ACCEPTED) || has(INTERMEDIATE)).then_some(Progress::Underway)
}

impl Operator for Kannel {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capability(&self) -> Capability {
        Capability {
            text: true,
            // It takes many numbers at once, but answers for all of them with one word.
            batch_max: 1,
            // It cannot be asked about: what is on its way when a host dies, and as much again, stays in doubt.
            parallel_max: 64,
            asked: Asked { by_our_id: 0, by_reference: 0 },
            incoming: true,
            expiry: MINUTES,
        }
    }

    fn hand_over(&self, messages: &[OutgoingMessage<'_>]) -> Result<OperatorRequest, RequestError> {
        let message = only(messages)?;
        // No charset: a build without iconv refuses any. Without one Kannel reads UTF-8 where the
        // coding is 0 and UTF-16BE where it is 2.
        let (coding, text) = match segment(message.text).encoding {
            Encoding::Gsm7 => ("0", message.text.as_bytes().to_vec()),
            Encoding::Ucs2 => ("2", utf16_be(message.text)),
        };
        let query = Form::default()
            .field("username", &self.username)
            .field("password", &self.password)
            .field("from", message.from)
            .field("to", message.to)
            .field("coding", coding)
            .field("text", text)
            .optional("smsc", self.smsc.as_deref())
            .field("validity", validity_minutes(message)?.to_string())
            .field("dlr-mask", REPORT_MASK.to_string())
            .field("dlr-url", self.report_address(message.id)?)
            .into_query();
        Ok(http::Request::get(format!("{}/cgi-bin/sendsms?{query}", self.base_url)).body(Vec::new())?)
    }

    fn read_hand_over(&self, messages: &[OutgoingMessage<'_>], exchange: &Exchange) -> Vec<Verdict> {
        let verdict = match exchange {
            Exchange::NotSent => Verdict::NotTaken(Hindrance::Unreached),
            Exchange::Lost => Verdict::Unknown,
            Exchange::Answered { status, body } => read_answer(*status, &String::from_utf8_lossy(body)),
        };
        vec![verdict; messages.len()]
    }

    fn ask_states(&self, _: &[Question<'_>]) -> Option<Result<OperatorRequest, RequestError>> {
        None
    }

    fn read_states(&self, questions: &[Question<'_>], _: &Exchange) -> Vec<State> {
        vec![State::Unclear; questions.len()]
    }
}

/// Kannel's words decide, not the status alone: a proxy before it knows the same statuses.
fn read_answer(status: u16, said: &str) -> Verdict {
    let begins = |words: &str| said.starts_with(words);
    match status {
        202 if begins("0: Accepted for delivery")
            || begins("3: Queued for later delivery")
            || begins("Sent.") =>
        {
            Verdict::Taken(None)
        }
        400 if said.contains("receiver number") => Verdict::Refused(Reason::NumberInvalid),
        400 if said.contains("denied by white- and/or black-lists") => {
            Verdict::Refused(Reason::NumberRefused)
        }
        400 if begins("Charset or body misformed") => Verdict::Refused(Reason::TextInvalid),
        400 if begins("DLR-URL") || begins("Sender missing") => Verdict::NotTaken(Hindrance::Account),
        400 if said.trim_end().ends_with("rejected") => Verdict::Refused(Reason::OperatorRefused),
        403 if begins("Not routable") => Verdict::Refused(Reason::NoRoute),
        // The bearerbox refused to store it: its queue is full.
        503 if begins("Temporal failure") => Verdict::NotTaken(Hindrance::Throttled),
        status => by_status(status),
    }
}
