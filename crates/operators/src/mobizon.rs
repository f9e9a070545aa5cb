//! Mobizon: single text messages through `message/sendsmsmessage`, states through
//! `message/getSMSStatus`.
//!
//! It takes no id of ours. So the campaign that it makes of each message is named by our id, and where
//! the answer to a hand-over was lost, its campaigns to that number are looked through for the name. One
//! that is found was taken; one that is not found proves nothing, for the list may lag behind, and the
//! message stays unknown. Where that is not enough the trait would have to grow a step before the
//! hand-over: `campaign/create` and `campaign/addRecipients`, whose ids are kept, then `campaign/send`,
//! which `campaign/getInfo` can answer for.
//!
//! The signature of its notices covers neither the status nor the number: a notice only tells that there
//! is something to ask for.

use domain::campaign::DeliveryResult;
use domain::message::Reason;
use serde_json::Value;
use sha1::{Digest, Sha1};

use crate::wire::{Form, MINUTES, by_status, digits, integer, is_digest, only, text, validity_minutes};
use crate::{
    Asked, Capability, Exchange, Hindrance, Operator, OperatorRequest, OutgoingMessage, Progress, Question,
    ReportError, RequestError, State, Unread, Verdict,
};

/// Its name in tariffs, history and routes.
pub const NAME: &str = "mobizon";

/// The longest validity that its documents name.
const VALIDITY_MINUTES_MAX: u64 = 1_440;

/// Mobizon under one key.
pub struct Mobizon {
    /// `https://api.mobizon.kz`
    pub base_url: String,
    /// From its cabinet.
    pub api_key: String,
    /// The word that its notices are signed with; empty, and every notice is refused.
    pub notice_secret: String,
}

/// A notice that a message has come to its end. What end, [`Operator::ask_states`] finds out by the
/// reference. It wants a 2xx within five seconds, else it repeats itself: so note it and ask afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The event's own id: repetitions carry the same one.
    pub event: String,
    /// The operator's reference of the message.
    pub reference: String,
}

impl Mobizon {
    fn url(&self, method: &str) -> String {
        // The key is the operator's own choice of place; what matters stays in the body.
        let query = Form::default()
            .field("output", "json")
            .field("api", "v1")
            .field("apiKey", &self.api_key)
            .into_query();
        format!("{}/service/{method}?{query}", self.base_url)
    }

    /// Reads a notice; `None` if it is about something else, such as a form.
    pub fn read_notice(&self, body: &[u8]) -> Result<Option<Notice>, ReportError> {
        if self.notice_secret.is_empty() {
            return Err(ReportError::NotConfigured);
        }
        let notice: Value = serde_json::from_slice(body).map_err(|_| ReportError::MalformedJson)?;
        let number = |name: &str| notice.get(name).and_then(integer).ok_or(ReportError::InvalidField);
        let field = |name: &str| notice.get(name).and_then(Value::as_str).ok_or(ReportError::InvalidField);
        let (event, attempt) = (number("eventId")?, number("attempt")?);
        let signed = format!("{event}|{attempt}|{}|{}", field("eventCreateTs")?, self.notice_secret);
        if !is_digest(field("sign")?, &Sha1::digest(&signed)) {
            return Err(ReportError::SignatureInvalid);
        }
        match notice.get("eventType").and_then(Value::as_str) {
            Some("sms-delivery-report") => {}
            Some(_) => return Ok(None),
            None => return Err(ReportError::Unread(Unread::Body)),
        }
        let reference = notice.pointer("/data/messageId").and_then(text);
        let reference = reference.ok_or(ReportError::Unread(Unread::Body))?;
        Ok(Some(Notice { event: event.to_string(), reference }))
    }
}

/// An answer's code and data.
fn answer(body: &[u8]) -> Option<(i64, Value)> {
    let mut answer: Value = serde_json::from_slice(body).ok()?;
    let code = answer.get("code").and_then(integer)?;
    Some((code, answer.get_mut("data").map(Value::take).unwrap_or_default()))
}

fn read_send(exchange: &Exchange) -> Verdict {
    let (status, body) = match exchange {
        Exchange::NotSent => return Verdict::NotTaken(Hindrance::Unreached),
        Exchange::Lost => return Verdict::Unknown,
        Exchange::Answered { status, body } => (*status, body),
    };
    match answer(body) {
        // With a status of 500 and over nothing is certain, whatever the body says.
        Some((code, data)) if status < 500 => read_code(code, &data),
        _ => by_status(status),
    }
}

fn read_code(code: i64, data: &Value) -> Verdict {
    match code {
        // Moderation or sent: it has it.
        0 => match data.get("messageId").and_then(text) {
            Some(reference) => Verdict::Taken(Some(reference)),
            None => Verdict::Unknown,
        },
        // The data names the fields that are wrong.
        1 if data.get("recipient").is_some() => Verdict::Refused(Reason::NumberInvalid),
        1 if data.get("text").is_some() => Verdict::Refused(Reason::TextInvalid),
        1 if data.get("from").is_some() => Verdict::NotTaken(Hindrance::Account),
        1 | 11 | 12 => Verdict::Refused(Reason::OperatorRefused),
        // The address, the key, the method, the server, the account: nothing of ours was read.
        4..=6 | 8 | 9 | 13 | 14 => Verdict::NotTaken(Hindrance::Account),
        30 => Verdict::NotTaken(Hindrance::Throttled),
        // Of one message, "none" is this one.
        99 => Verdict::Refused(Reason::OperatorRefused),
        // Failed in the middle (3, 10, 15, 999), in part (98), in the background (100).
        _ => Verdict::Unknown,
    }
}

impl Operator for Mobizon {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capability(&self) -> Capability {
        Capability {
            text: true,
            batch_max: 1,
            parallel_max: 8,
            asked: Asked { by_our_id: 1, by_reference: 100 },
            incoming: false,
            expiry: MINUTES,
        }
    }

    fn hand_over(&self, messages: &[OutgoingMessage<'_>]) -> Result<OperatorRequest, RequestError> {
        let message = only(messages)?;
        Form::default()
            .field("recipient", digits(message.to))
            .field("text", message.text)
            .field("from", message.from)
            .field("params[name]", message.id)
            .field("params[validity]", validity_minutes(message)?.min(VALIDITY_MINUTES_MAX).to_string())
            .post(&self.url("message/sendsmsmessage"), None)
    }

    fn read_hand_over(&self, messages: &[OutgoingMessage<'_>], exchange: &Exchange) -> Vec<Verdict> {
        vec![read_send(exchange); messages.len()]
    }

    fn ask_states(&self, questions: &[Question<'_>]) -> Option<Result<OperatorRequest, RequestError>> {
        let references: Vec<&str> = questions.iter().filter_map(|question| question.reference).collect();
        if !references.is_empty() {
            let url = self.url("message/getSMSStatus");
            return Some(Form::default().field("ids", references.join(",")).post(&url, None));
        }
        let [question] = questions else { return None };
        let form = Form::default()
            .field("criteria[type]", "1")
            .field("criteria[recipient]", digits(question.phone?))
            .field("pagination[pageSize]", "100")
            .field("pagination[currentPage]", "0")
            .field("sort[createTs]", "DESC");
        Some(form.post(&self.url("campaign/list"), None))
    }

    fn read_states(&self, questions: &[Question<'_>], exchange: &Exchange) -> Vec<State> {
        let found = match exchange {
            Exchange::Answered { status: 200, body } => answer(body),
            _ => None,
        };
        let Some((0, data)) = found else { return vec![State::Unclear; questions.len()] };
        // The two methods answer with lists that differ.
        let nothing = Vec::new();
        let messages = data.as_array().unwrap_or(&nothing);
        let campaigns = data.get("items").and_then(Value::as_array).unwrap_or(&nothing);
        questions
            .iter()
            .map(|question| match question.reference {
                Some(reference) => message_state(messages, reference),
                None => campaign_state(campaigns, question.id),
            })
            .collect()
    }
}

/// It leaves out what it does not know: of a message that it took, that says nothing.
fn message_state(messages: &[Value], reference: &str) -> State {
    let is_it = |item: &&Value| item.get("id").and_then(text).as_deref() == Some(reference);
    let status = messages.iter().find(is_it).and_then(|item| item.get("status")).and_then(Value::as_str);
    let undelivered =
        |reason: Option<Reason>| Progress::Ended { result: DeliveryResult::Undelivered, reason };
    let progress = match status {
        Some("NEW" | "ENQUEUD" | "ACCEPTD" | "PDLIVRD") => Progress::Underway,
        Some("DELIVRD") => Progress::Ended { result: DeliveryResult::Delivered, reason: None },
        Some("EXPIRED") => Progress::Ended { result: DeliveryResult::Expired, reason: None },
        Some("UNDELIV" | "DELETED") => undelivered(None),
        Some("REJECTD") => undelivered(Some(Reason::OperatorRefused)),
        _ => return State::Unclear,
    };
    // Its times name no zone.
    State::Taken { reference: Some(reference.to_owned()), at: None, progress }
}

fn campaign_state(campaigns: &[Value], id: &str) -> State {
    let named = |item: &&Value| item.get("name").and_then(Value::as_str) == Some(id);
    let status = campaigns.iter().find(named).and_then(|item| item.get("commonStatus"));
    let progress = match status.and_then(Value::as_str) {
        Some("MODERATION" | "READY_FOR_SEND" | "AUTO_READY_FOR_SEND" | "RUNNING" | "SENT" | "DONE") => {
            Progress::Underway
        }
        Some("DECLINED") => {
            Progress::Ended { result: DeliveryResult::Undelivered, reason: Some(Reason::TextRefused) }
        }
        // Made and not sent, or not to be seen: it may still be on its way.
        _ => return State::Unclear,
    };
    State::Taken { reference: None, at: None, progress }
}
