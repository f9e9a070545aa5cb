//! Twilio: text messages through `Messages.json`, calls through `Calls.json`.
//!
//! Neither request may be repeated: it takes no id of ours and would send twice. The address to which it
//! reports carries our id and is covered by its signature, so its first report tells of a hand-over that
//! nobody saw end. Only by its own reference can it be asked.
//!
//! It makes one attempt a call.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::campaign::DeliveryResult;
use domain::message::Reason;
use domain::tariffs::Channel;
use domain::voice::CallResult;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha1::Sha1;

use crate::senders::sender_number;
use crate::wire::{Fields, Form, by_status, integer, only, text};
use crate::{
    Asked, Capability, Exchange, Expiry, Hindrance, INCOMING, Incoming, MessageKey, Operator,
    OperatorRequest, OutgoingCall, OutgoingMessage, Progress, Question, ReportError, RequestError, State,
    StatusReport, Unread, Verdict, VoiceOperator,
};

/// Its name in tariffs, history and routes.
pub const NAME: &str = "twilio";

/// The header that carries the signature of a report.
pub const SIGNATURE_HEADER: &str = "x-twilio-signature";

/// What it expects in return for an incoming message, as `text/xml`: no reply.
pub const NO_REPLY: &str = "<Response/>";

/// The longest validity that it takes: ten hours.
const VALIDITY_SECONDS_MAX: u64 = 36_000;
/// The longest text, in UTF-16 units.
const TEXT_UNITS_MAX: usize = 1_600;
/// The longest instruction for a call, in characters.
const TWIML_CHARACTERS_MAX: usize = 4_000;

/// Twilio under one account.
pub struct Twilio {
    /// `https://api.twilio.com`
    pub base_url: String,
    /// `AC…`
    pub account_sid: String,
    /// Opens the account and signs the reports; empty, and every report is refused.
    pub auth_token: String,
    /// `MG…`, if texts leave by a pool of senders instead of the message's own.
    pub messaging_service: Option<String>,
    /// Our address for its reports, without a slash at the end and as the outside world sees it: the
    /// message's id follows, or `incoming`. The signature covers it to the letter.
    pub reports_url: String,
}

impl Twilio {
    fn authorization(&self) -> String {
        format!("Basic {}", STANDARD.encode(format!("{}:{}", self.account_sid, self.auth_token)))
    }

    fn url(&self, resource: &str) -> String {
        format!("{}/2010-04-01/Accounts/{}/{resource}.json", self.base_url, self.account_sid)
    }

    fn report_address(&self, id: &str) -> String {
        format!("{}/{id}", self.reports_url)
    }

    /// Checks the signature over our own address and the sorted fields. It signs the address with its port or
    /// without, as it comes.
    fn check(&self, id: &str, fields: &Fields, signature: Option<&str>) -> Result<(), ReportError> {
        let invalid = ReportError::SignatureInvalid;
        if self.auth_token.is_empty() {
            return Err(ReportError::NotConfigured);
        }
        let signature = STANDARD.decode(signature.ok_or(invalid)?).map_err(|_| invalid)?;
        for address in with_and_without_port(&self.report_address(id)) {
            let mut mac = Hmac::<Sha1>::new_from_slice(self.auth_token.as_bytes())
                .map_err(|_| ReportError::NotConfigured)?;
            mac.update(address.as_bytes());
            for (name, value) in fields.sorted() {
                mac.update(name.as_bytes());
                mac.update(value);
            }
            if mac.verify_slice(&signature).is_ok() {
                return Ok(());
            }
        }
        Err(invalid)
    }

    /// Reads a report on a message or a call from the form of its request. Any 2xx is answer enough.
    pub fn read_report(
        &self,
        id: &str,
        signature: Option<&str>,
        form: &[u8],
    ) -> Result<StatusReport, ReportError> {
        let fields = Fields::of_form(form);
        self.check(id, &fields, signature)?;
        let (reference, progress) = if let Some(call) = fields.get("CallSid") {
            let seconds = fields.get("CallDuration").and_then(|seconds| seconds.parse().ok());
            (call, call_progress(fields.need("CallStatus")?, fields.get("AnsweredBy"), seconds))
        } else {
            let error = fields.get("ErrorCode").and_then(|code| code.parse().ok());
            (fields.need("MessageSid")?, message_progress(fields.need("MessageStatus")?, error))
        };
        Ok(StatusReport {
            about: MessageKey::Id(id.to_owned()),
            reference: Some(reference.to_owned()),
            progress: progress.ok_or(ReportError::Unread(Unread::Body))?,
            at: fields.get("Timestamp").and_then(instant),
        })
    }

    /// Reads an incoming message from the form of its request; it wants [`NO_REPLY`] back.
    pub fn read_incoming(&self, signature: Option<&str>, form: &[u8]) -> Result<Incoming, ReportError> {
        let fields = Fields::of_form(form);
        self.check(INCOMING, &fields, signature)?;
        let from = sender_number(fields.need("From")?)?;
        let text = match fields.get("OptOutType") {
            // It has taken the word for what it is itself, in whichever language.
            Some(word @ ("STOP" | "START")) => word.to_owned(),
            _ => fields.need_text("Body")?,
        };
        Ok(Incoming { from, text })
    }
}

/// An address as it is, without its port, and with the one that its scheme stands for.
fn with_and_without_port(address: &str) -> Vec<String> {
    let mut addresses = vec![address.to_owned()];
    let Some((scheme, rest)) = address.split_once("://") else { return addresses };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let has_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    match authority.rsplit_once(':').filter(|(_, port)| has_port(port)) {
        Some((host, _)) => addresses.push(format!("{scheme}://{host}{path}")),
        None => {
            let port = if scheme.eq_ignore_ascii_case("http") { 80 } else { 443 };
            addresses.push(format!("{scheme}://{authority}:{port}{path}"));
        }
    }
    addresses
}

/// Unix milliseconds.
fn instant(mail_date: &str) -> Option<i64> {
    Some(chrono::DateTime::parse_from_rfc2822(mail_date).ok()?.timestamp_millis())
}

fn message_progress(status: &str, error: Option<i64>) -> Option<Progress> {
    Some(match status {
        "accepted" | "scheduled" | "queued" | "sending" | "sent" => Progress::Underway,
        "delivered" | "read" => Progress::Ended { result: DeliveryResult::Delivered, reason: None },
        "undelivered" | "failed" | "canceled" => Progress::Ended {
            result: DeliveryResult::Undelivered,
            reason: error.and_then(|code| match refusal(code) {
                Some(Verdict::Refused(reason)) => Some(reason),
                _ => failure(code),
            }),
        },
        _ => return None,
    })
}

/// Why a message that it had taken did not arrive.
fn failure(code: i64) -> Option<Reason> {
    match code {
        30_003 => Some(Reason::NumberUnreachable),
        30_004 => Some(Reason::NumberRefused),
        30_005 | 30_006 => Some(Reason::NumberInvalid),
        30_007 => Some(Reason::TextRefused),
        _ => None,
    }
}

fn call_progress(status: &str, answered_by: Option<&str>, seconds: Option<u32>) -> Option<Progress> {
    let machine = answered_by.is_some_and(|who| who.starts_with("machine") || who == "fax");
    let result = match status {
        "queued" | "initiated" | "ringing" | "answered" | "in-progress" => return Some(Progress::Underway),
        "completed" if machine => CallResult::Machine,
        "completed" => CallResult::Answered,
        "busy" => CallResult::Busy,
        "no-answer" => CallResult::NoAnswer,
        "failed" | "canceled" => CallResult::Failed,
        _ => return None,
    };
    Some(Progress::Called { result, seconds: seconds.filter(|_| result.was_connected()) })
}

fn read_post(exchange: &Exchange) -> Verdict {
    let (status, body) = match exchange {
        Exchange::NotSent => return Verdict::NotTaken(Hindrance::Unreached),
        Exchange::Lost => return Verdict::Unknown,
        Exchange::Answered { status, body } => (*status, body),
    };
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    match status {
        200 | 201 => match answer.get("sid").and_then(Value::as_str) {
            Some(reference) => Verdict::Taken(Some(reference.to_owned())),
            None => Verdict::Unknown,
        },
        400..=499 => match answer.get("code").and_then(integer) {
            Some(code) => refusal(code).unwrap_or(match by_status(status) {
                // It read the request, and says no in words that we do not know.
                Verdict::Unknown if status == 400 => Verdict::Refused(Reason::OperatorRefused),
                verdict => verdict,
            }),
            None => by_status(status),
        },
        status => by_status(status),
    }
}

/// What an error of its own numbering means; `None` for those that we do not know.
fn refusal(code: i64) -> Option<Verdict> {
    Some(match code {
        // The queue of the sender or of the account is full, or requests come too fast.
        10_004 | 14_107 | 20_429 | 21_611 | 30_001 => Verdict::NotTaken(Hindrance::Throttled),
        // The credentials, the account, the sender, our own addresses.
        20_003
        | 20_005
        | 21_203
        | 21_210
        | 21_212
        | 21_603
        | 21_606
        | 21_609
        | 21_659
        | 21_660
        | 21_701..=21_705 => Verdict::NotTaken(Hindrance::Account),
        13_224 | 21_201 | 21_211 | 21_214 | 21_217 | 21_604 | 21_614 => {
            Verdict::Refused(Reason::NumberInvalid)
        }
        21_216 => Verdict::Refused(Reason::NumberRefused),
        21_215 | 21_408 | 21_612 => Verdict::Refused(Reason::NoRoute),
        21_602 | 21_605 | 21_617 => Verdict::Refused(Reason::TextInvalid),
        21_610 => Verdict::Refused(Reason::OptedOut),
        _ => return None,
    })
}

impl Operator for Twilio {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capability(&self) -> Capability {
        Capability {
            text: true,
            batch_max: 1,
            parallel_max: 32,
            asked: Asked { by_our_id: 0, by_reference: 1 },
            incoming: true,
            expiry: Expiry::After(Duration::from_secs(1)),
        }
    }

    fn hand_over(&self, messages: &[OutgoingMessage<'_>]) -> Result<OperatorRequest, RequestError> {
        let message = only(messages)?;
        let units = message.text.encode_utf16().count();
        if units == 0 || units > TEXT_UNITS_MAX {
            return Err(RequestError::Unfit(Reason::TextInvalid));
        }
        let form = Form::default().field("To", message.to);
        let form = match &self.messaging_service {
            Some(service) => form.field("MessagingServiceSid", service),
            None => form.field("From", message.from),
        };
        let seconds = match message.validity.left.as_secs() {
            0 => return Err(RequestError::TooLate),
            seconds => seconds.min(VALIDITY_SECONDS_MAX),
        };
        form.field("Body", message.text)
            .field("ValidityPeriod", seconds.to_string())
            .field("StatusCallback", self.report_address(message.id))
            .post(&self.url("Messages"), Some(&self.authorization()))
    }

    fn read_hand_over(&self, messages: &[OutgoingMessage<'_>], exchange: &Exchange) -> Vec<Verdict> {
        vec![read_post(exchange); messages.len()]
    }

    fn ask_states(&self, questions: &[Question<'_>]) -> Option<Result<OperatorRequest, RequestError>> {
        let [question] = questions else { return None };
        let reference = question.reference?;
        let url = match question.channel {
            Channel::Text => self.url(&format!("Messages/{reference}")),
            Channel::Voice => self.url(&format!("Calls/{reference}")),
        };
        let request = http::Request::get(url).header(http::header::AUTHORIZATION, self.authorization());
        Some(request.body(Vec::new()).map_err(RequestError::from))
    }

    fn read_states(&self, questions: &[Question<'_>], exchange: &Exchange) -> Vec<State> {
        let state = match (questions, exchange) {
            ([question], Exchange::Answered { status: 200, body }) => read_resource(question, body),
            // Not even a 404: it had it once, and it may have been deleted there.
            _ => State::Unclear,
        };
        vec![state; questions.len()]
    }

    fn voice(&self) -> Option<&dyn VoiceOperator> {
        Some(self)
    }
}

fn read_resource(question: &Question<'_>, body: &[u8]) -> State {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let field = |name: &str| answer.get(name).and_then(Value::as_str);
    let number = |name: &str| answer.get(name).and_then(integer);
    let (Some(status), true) = (field("status"), field("sid") == question.reference) else {
        return State::Unclear;
    };
    let progress = match question.channel {
        Channel::Text => message_progress(status, number("error_code")),
        Channel::Voice => {
            let seconds = number("duration").and_then(|seconds| u32::try_from(seconds).ok());
            call_progress(status, field("answered_by"), seconds)
        }
    };
    let Some(progress) = progress else { return State::Unclear };
    let reference = answer.get("sid").and_then(text);
    State::Taken { reference, at: field("date_created").and_then(instant), progress }
}

/// An instruction to play a recording. The address stands in XML, so its ampersands do not stand bare.
fn play(audio_url: &str) -> String {
    let mut twiml = String::from("<Response><Play>");
    for character in audio_url.chars() {
        match character {
            '&' => twiml.push_str("&amp;"),
            '<' => twiml.push_str("&lt;"),
            '>' => twiml.push_str("&gt;"),
            character => twiml.push(character),
        }
    }
    twiml.push_str("</Play></Response>");
    twiml
}

impl VoiceOperator for Twilio {
    fn needs_caller(&self) -> bool {
        true
    }

    /// A call waits in its queue for as long as it takes.
    fn expiry(&self) -> Expiry {
        Expiry::Never
    }

    fn call(&self, call: &OutgoingCall<'_>) -> Result<OperatorRequest, RequestError> {
        let twiml = play(call.audio_url);
        if twiml.chars().count() > TWIML_CHARACTERS_MAX {
            return Err(RequestError::SetUp("the link to the recording is too long"));
        }
        Form::default()
            .field("To", call.to)
            .field("From", call.from)
            .field("Twiml", twiml)
            .field("Timeout", call.plan.ring_seconds().to_string())
            // A person and a machine are different results.
            .field("MachineDetection", "Enable")
            .field("StatusCallback", self.report_address(call.id))
            // The first tells of a hand-over that nobody saw end, the second is the last word.
            .field("StatusCallbackEvent", "initiated")
            .field("StatusCallbackEvent", "completed")
            .post(&self.url("Calls"), Some(&self.authorization()))
    }

    fn read_call(&self, _: &OutgoingCall<'_>, exchange: &Exchange) -> Verdict {
        read_post(exchange)
    }
}
