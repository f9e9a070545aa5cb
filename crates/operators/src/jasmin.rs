//! Jasmin, the SMS gateway that a deployment runs itself: `POST /send` on its HTTP interface.
//!
//! It gives an id of its own but cannot be asked for a message. As with Kannel, the address for reports
//! carries our id and a token, and reports are wanted from the SMS centre and from the handset.
//!
//! Its user needs the authorizations `http_send`, `http_long_content`, `set_hex_content`, `set_dlr_level`,
//! `http_set_dlr_method`, `set_validity_period` and `set_source_address`, which a new user has.

use domain::campaign::DeliveryResult;
use domain::hexadecimal::{hex, unhex};
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
pub const NAME: &str = "jasmin";

/// The body that it expects with a 200 for a report or an incoming message. Anything else, and it sends
/// the same three times more, 30 seconds apart.
pub const ACKNOWLEDGEMENT: &str = "ACK/Jasmin";

/// A Jasmin at its address.
pub struct Jasmin {
    /// `http://127.0.0.1:1401`
    pub base_url: String,
    /// 16 characters at most.
    pub username: String,
    /// 16 characters at most.
    pub password: String,
    /// Our address for its reports, without a slash at the end: the message's id and token follow.
    pub reports_url: String,
    /// The key of the tokens in those addresses.
    pub report_key: Vec<u8>,
}

impl Jasmin {
    /// Reads a report from the form of its request.
    pub fn read_report(&self, id: &str, token: &str, form: &[u8]) -> Result<StatusReport, ReportError> {
        check_report_token(&self.report_key, NAME, id, token)?;
        let fields = Fields::of_form(form);
        let status = fields.need("message_status")?;
        let progress = match fields.need("level")? {
            "1" => centre_answer(status),
            "2" | "3" => handset_word(status),
            _ => return Err(ReportError::Unread(Unread::Body)),
        };
        Ok(StatusReport {
            about: MessageKey::Id(id.to_owned()),
            reference: fields.get("id").map(str::to_owned),
            progress,
            // Its dates name no zone.
            at: None,
        })
    }

    /// The token in the address for incoming messages.
    pub fn incoming_token(&self) -> Option<String> {
        report_token(&self.report_key, NAME, INCOMING)
    }

    /// Reads an incoming message from the form of its request.
    pub fn read_incoming(&self, token: &str, form: &[u8]) -> Result<Incoming, ReportError> {
        check_report_token(&self.report_key, NAME, INCOMING, token)?;
        let fields = Fields::of_form(form);
        let from = sender_number(fields.need("from")?)?;
        // The bytes as the SMS centre sent them: `content` holds them too, but not always whole.
        let binary = || {
            let bytes = fields.get("binary").and_then(unhex);
            bytes.ok_or(ReportError::Unread(Unread::Charset))
        };
        let text = match fields.get("coding") {
            Some("8") => utf16_be_text(&binary()?)?,
            Some("6") => encoding_rs::ISO_8859_5.decode_without_bom_handling(&binary()?).0.into_owned(),
            _ => fields.need_text("content")?,
        };
        Ok(Incoming { from, text })
    }
}

/// Level 1: what the SMS centre answered. Some refusals Jasmin tries again by itself: they are no last
/// word.
fn centre_answer(status: &str) -> Progress {
    match status {
        "ESME_ROK" | "ESME_RTHROTTLED" | "ESME_RMSGQFUL" | "ESME_RSYSERR" | "ESME_RINVSCHED" => {
            Progress::Underway
        }
        "ESME_RINVDSTADR" => undelivered(Some(Reason::NumberInvalid)),
        status if status.starts_with("ESME_") => undelivered(Some(Reason::OperatorRefused)),
        _ => Progress::Underway,
    }
}

/// Level 2: what became of it at the handset, in the words of SMPP.
fn handset_word(status: &str) -> Progress {
    match status {
        "DELIVRD" => Progress::Ended { result: DeliveryResult::Delivered, reason: None },
        "EXPIRED" => Progress::Ended { result: DeliveryResult::Expired, reason: None },
        "UNDELIV" | "DELETED" => undelivered(None),
        "REJECTD" => undelivered(Some(Reason::OperatorRefused)),
        // ACCEPTD, ENROUTE, UNKNOWN and whatever an SMS centre makes up.
        _ => Progress::Underway,
    }
}

const fn undelivered(reason: Option<Reason>) -> Progress {
    Progress::Ended { result: DeliveryResult::Undelivered, reason }
}

impl Operator for Jasmin {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capability(&self) -> Capability {
        Capability {
            text: true,
            batch_max: 1,
            // As with Kannel: what is on its way when a host dies stays in doubt.
            parallel_max: 64,
            asked: Asked { by_our_id: 0, by_reference: 0 },
            incoming: true,
            expiry: MINUTES,
        }
    }

    fn hand_over(&self, messages: &[OutgoingMessage<'_>]) -> Result<OperatorRequest, RequestError> {
        let message = only(messages)?;
        let token =
            report_token(&self.report_key, NAME, message.id).ok_or(RequestError::SetUp("no report key"))?;
        let form = Form::default()
            .field("username", &self.username)
            .field("password", &self.password)
            .field("to", message.to)
            .field("from", message.from);
        let form = match segment(message.text).encoding {
            Encoding::Gsm7 => form.field("coding", "0").field("content", message.text),
            Encoding::Ucs2 => form.field("coding", "8").field("hex-content", hex(&utf16_be(message.text))),
        };
        form.field("validity-period", validity_minutes(message)?.to_string())
            .field("dlr", "yes")
            .field("dlr-level", "3")
            .field("dlr-method", "POST")
            .field("dlr-url", format!("{}/{}/{token}", self.reports_url, message.id))
            .post(&format!("{}/send", self.base_url), None)
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

/// The text between the quotes of `Success "…"` or `Error "…"`.
fn quoted<'t>(said: &'t str, word: &str) -> Option<&'t str> {
    said.trim().strip_prefix(word)?.strip_prefix(" \"")?.strip_suffix('"')
}

fn read_answer(status: u16, said: &str) -> Verdict {
    if status == 200 {
        return match quoted(said, "Success") {
            Some(reference) if !reference.is_empty() => Verdict::Taken(Some(reference.to_owned())),
            _ => Verdict::Unknown,
        };
    }
    let Some(error) = quoted(said, "Error") else { return by_status(status) };
    match status {
        400 if error.contains("destination_address filter") => Verdict::Refused(Reason::NoRoute),
        400 if error.contains("[to]") => Verdict::Refused(Reason::NumberInvalid),
        400 if error.contains("content filter") => Verdict::Refused(Reason::TextRefused),
        400 if error.starts_with("Argument") || error.starts_with("Mandatory argument") => {
            Verdict::Refused(Reason::OperatorRefused)
        }
        // Not authorized for something, or a sender that the user may not use.
        400 if error.starts_with("Authorization failed") || error.starts_with("Value filter failed") => {
            Verdict::NotTaken(Hindrance::Account)
        }
        // Whatever an interceptor's script meant by it, it spoke before the message was queued.
        400 => Verdict::Refused(Reason::OperatorRefused),
        403 if error.contains("throughput exceeded") => Verdict::NotTaken(Hindrance::Throttled),
        403 => Verdict::NotTaken(Hindrance::Account),
        412 => Verdict::Refused(Reason::NoRoute),
        // No connector is bound, or its interceptor is away: found out before anything is queued.
        503 => Verdict::NotTaken(Hindrance::Unreached),
        // A 500 is also what it says when its broker failed half-way.
        status => by_status(status),
    }
}
