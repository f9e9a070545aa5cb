//! SMSC.kz: text messages and calls through `/sys/send.php`, states through `/sys/status.php`.
//!
//! It takes our id with a message and can be asked by it, so an unseen hand-over is resolved: ask, and
//! send again only on its "not found" (-3). Its ids are numbers of 31 bits, made of the message's row. It goes
//! by number and id together, so each must be ours alone: rows of several cells never make the same. Beyond the
//! range nothing is sent rather than an id used twice.
//!
//! A call plays a recording and carries no text. `mes` with `call=1` would be read aloud, and
//! `mes=code` would dictate a number of the operator's own making: there is no way to ask for either.

mod number_lookups;

use domain::campaign::DeliveryResult;
use domain::cell_name::{CELLS_MAX, CellName};
use domain::message::Reason;
use domain::voice::CallResult;
use md5::{Digest, Md5};
use serde_json::{Map, Value};
use sha1::Sha1;

use crate::senders::sender_number;
use crate::wire::{
    Fields, Form, MINUTES, by_status, digits, integer, is_digest, is_phone, only, text, validity_minutes,
    windows_1251, windows_1251_text,
};
use crate::{
    Asked, Capability, Exchange, Expiry, Hindrance, Incoming, LookupOperator, MessageKey, Operator,
    OperatorRequest, OutgoingCall, OutgoingMessage, Progress, Question, ReportError, RequestError, State,
    StatusReport, Unread, Verdict, VoiceOperator,
};

/// Its name in tariffs, history and routes.
pub const NAME: &str = "smsc";

/// The longest validity that it takes.
const VALIDITY_MINUTES_MAX: u64 = 24 * 60;

/// The largest id that it takes; the smallest is 1.
const NUMBER_MAX: u64 = 2_147_483_647;
/// The bit of ids of all cells but the first, which has half of the range: the cell and 25 bits of its row follow.
const OTHER_CELLS: u64 = 1 << 30;
const OTHERS_ROW_BITS: u32 = 25;
const _: () = assert!(OTHER_CELLS >> OTHERS_ROW_BITS == CELLS_MAX as u64, "32 cells");
/// Of the numbers of each cell the last belong to questions about numbers (HLR), which have rows of their own: it goes by
/// number and phone together, and a person may be both written to and looked up.
const FIRST_LOOKUPS: u64 = 1 << 24;
const OTHERS_LOOKUPS: u64 = 1 << 20;

/// How we show who we are.
pub enum Credentials {
    /// A key made in its cabinet.
    ApiKey(String),
    /// The cabinet's own.
    Password {
        /// The login.
        login: String,
        /// The password.
        password: String,
    },
}

/// SMSC.kz under one login.
pub struct Smsc {
    /// `https://smsc.kz`
    pub base_url: String,
    /// How we show who we are.
    pub credentials: Credentials,
    /// The word that its cabinet signs reports with; empty, and every report is refused.
    pub report_secret: String,
}

/// The number under which it knows a message: 31 bits, in which a row of the first cell is itself, and one of another
/// cell says its cell. `None` where the row is beyond that.
fn number_of(row: u64) -> Option<u64> {
    let row = i64::try_from(row).ok().filter(|row| *row > 0)?;
    let cell = CellName::of_row(row)?;
    let in_cell = (row - cell.rows_begin()).unsigned_abs();
    if cell == CellName::FIRST {
        return Some(in_cell).filter(|number| *number < OTHER_CELLS - FIRST_LOOKUPS);
    }
    (1..(1 << OTHERS_ROW_BITS) - OTHERS_LOOKUPS).contains(&in_cell).then(|| number_in(cell, in_cell))
}

/// The number of a row of another cell than the first.
fn number_in(cell: CellName, in_cell: u64) -> u64 {
    OTHER_CELLS | u64::from(cell.number() - 1) << OTHERS_ROW_BITS | in_cell
}

/// The row of a number; one that it never had from here stays what it is, and names no message.
fn row_of(number: u64) -> u64 {
    if number & OTHER_CELLS == 0 || number > NUMBER_MAX {
        return number;
    }
    let cell = CellName::numbered((number >> OTHERS_ROW_BITS) as u16 % CELLS_MAX + 1);
    let in_cell = number & ((1 << OTHERS_ROW_BITS) - 1);
    cell.map_or(number, |cell| cell.rows_begin().unsigned_abs() + in_cell)
}

impl Smsc {
    fn form(&self) -> Form {
        let form = match &self.credentials {
            Credentials::ApiKey(key) => Form::default().field("apikey", key),
            Credentials::Password { login, password } => {
                Form::default().field("login", login).field("psw", password)
            }
        };
        // Without these it answers in its own words and reads texts as windows-1251.
        form.field("fmt", "3").field("charset", "utf-8")
    }

    fn send(&self, number: Option<u64>, to: &str, rest: Form) -> Result<OperatorRequest, RequestError> {
        let number = number.ok_or(RequestError::Unfit(Reason::OperatorIdsExhausted))?;
        // The plus keeps it from correcting the number to one that we do not know.
        let form = rest.field("phones", to).field("id", number.to_string());
        // A POST: neither the key nor the text belongs in an address.
        form.post(&format!("{}/sys/send.php", self.base_url), None)
    }

    /// Checks the signature over the fields that it covers; one that is missing counts as empty. It is made of
    /// the bytes between colons, so the fields around a free text must hold none: see the callers.
    fn check(&self, fields: &Fields, names: &[&str]) -> Result<(), ReportError> {
        if self.report_secret.is_empty() {
            return Err(ReportError::NotConfigured);
        }
        let parts: Vec<&[u8]> = names.iter().map(|name| fields.bytes(name).unwrap_or_default()).collect();
        let mut as_sent = parts.join(&b':');
        as_sent.push(b':');
        // In JSON the letters may stand as escapes: then nobody sees which bytes were signed.
        let in_its_own = std::str::from_utf8(&as_sent).ok().and_then(windows_1251);
        let is_signed = |signed: &[u8]| {
            let signed = [signed, self.report_secret.as_bytes()].concat();
            let claims = [
                fields.get("md5").map(|claimed| is_digest(claimed, &Md5::digest(&signed))),
                fields.get("sha1").map(|claimed| is_digest(claimed, &Sha1::digest(&signed))),
            ];
            // Which of the two comes is set in its cabinet. What comes must be right; nothing is wrong.
            claims.iter().flatten().count() > 0 && claims.iter().flatten().all(|sound| *sound)
        };
        let sound = is_signed(&as_sent) || in_its_own.is_some_and(|signed| is_signed(&signed));
        if sound { Ok(()) } else { Err(ReportError::SignatureInvalid) }
    }

    /// Reads a report from the body (or the query string) of its request. Any 200 is answer enough.
    ///
    /// The signature covers the id, the number and the status, not the error nor the time: so the error
    /// only says how a call failed, never whether one succeeded, and the time is not taken.
    pub fn read_report(&self, body: &[u8]) -> Result<StatusReport, ReportError> {
        let fields = Fields::of_form_or_json(body)?;
        self.check(&fields, &["id", "phone", "status"])?;
        let (id, phone, status) = (fields.need("id")?, fields.need("phone")?, fields.need("status")?);
        let unread = ReportError::Unread(Unread::Body);
        let row = row_of(id.parse().map_err(|_| unread)?);
        let status: i64 = status.parse().map_err(|_| unread)?;
        if !is_phone(phone) {
            return Err(unread);
        }
        let error = fields.get("err").and_then(|error| error.parse().ok());
        // "Not found" is an answer, not an event.
        let progress = progress(status, error).ok_or(unread)?;
        Ok(StatusReport { about: MessageKey::Row(row), reference: Some(id.to_owned()), progress, at: None })
    }

    /// Reads an incoming message from the body (or the query string) of its request.
    pub fn read_incoming(&self, body: &[u8]) -> Result<Incoming, ReportError> {
        let fields = Fields::of_form_or_json(body)?;
        self.check(&fields, &["phone", "mes", "to"])?;
        let (phone, to) = (fields.need("phone")?, fields.get("to").unwrap_or_default());
        // The text may hold colons; with none on either side of it they cannot move.
        let number = phone.strip_prefix("tel:").unwrap_or(phone);
        if number.contains(':') || to.contains(':') {
            return Err(ReportError::SignatureInvalid);
        }
        let from = sender_number(number)?;
        let said = fields.bytes("mes").ok_or(ReportError::Unread(Unread::Body))?;
        // It writes in its own charset unless its address says otherwise. Its Cyrillic is never sound UTF-8.
        let text = match std::str::from_utf8(said) {
            Ok(text) => text.to_owned(),
            Err(_) => windows_1251_text(said).ok_or(ReportError::Unread(Unread::Charset))?,
        };
        Ok(Incoming { from, text })
    }
}

/// What a status says of a message that it knows; `None` for "not found" and for what is no status.
fn progress(status: i64, error: Option<i64>) -> Option<Progress> {
    let undelivered = |reason: Option<Reason>| {
        let result = match error {
            Some(240 | 255) => CallResult::Busy,
            Some(248) => CallResult::Failed,
            _ => return Progress::Ended { result: DeliveryResult::Undelivered, reason },
        };
        Progress::Called { result, seconds: None }
    };
    Some(match status {
        // Stopped, waiting, at the mobile operator: all may still go out.
        -2..=0 => Progress::Underway,
        // The machine took the call: that it was taken the status says, by whom only the error can.
        _ if error == Some(242) && status > 0 => {
            Progress::Called { result: CallResult::Machine, seconds: None }
        }
        1 | 2 | 4 => Progress::Ended { result: DeliveryResult::Delivered, reason: None },
        3 => Progress::Ended { result: DeliveryResult::Expired, reason: None },
        20 => undelivered(None),
        22 => undelivered(Some(Reason::NumberInvalid)),
        23 => undelivered(Some(Reason::TextRefused)),
        24 => undelivered(Some(Reason::OperatorFunds)),
        25 => undelivered(Some(Reason::NumberUnreachable)),
        // It knows the message, in words that we do not.
        5.. => Progress::Underway,
        _ => return None,
    })
}

fn object(body: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    }
}

fn read_send(exchange: &Exchange) -> Verdict {
    let (status, body) = match exchange {
        Exchange::NotSent => return Verdict::NotTaken(Hindrance::Unreached),
        Exchange::Lost => return Verdict::Unknown,
        Exchange::Answered { status, body } => (*status, body),
    };
    let Some(answer) = object(body) else { return by_status(status) };
    if let Some(code) = answer.get("error_code") {
        return integer(code).map_or(Verdict::Unknown, refusal);
    }
    match answer.get("id").and_then(text) {
        Some(id) if status == 200 && answer.contains_key("cnt") => Verdict::Taken(Some(id)),
        _ => by_status(status),
    }
}

fn refusal(code: i64) -> Verdict {
    match code {
        1 | 5 => Verdict::Refused(Reason::OperatorRefused),
        // Credentials or our address, funds, our address blocked.
        2..=4 => Verdict::NotTaken(Hindrance::Account),
        6 => Verdict::Refused(Reason::TextRefused),
        7 => Verdict::Refused(Reason::NumberInvalid),
        8 => Verdict::Refused(Reason::NumberUnreachable),
        // "The same within a minute", or too many at once: the two cannot be told apart, and the first
        // means that it has the message. It can be asked.
        _ => Verdict::Unknown,
    }
}

impl Operator for Smsc {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capability(&self) -> Capability {
        Capability {
            text: true,
            // Many numbers share one request's id: then a state could be asked for, but not a message
            // sent again alone.
            batch_max: 1,
            // From fifteen at once on it refuses.
            parallel_max: 10,
            asked: Asked { by_our_id: 1, by_reference: 1 },
            incoming: true,
            expiry: MINUTES,
        }
    }

    fn hand_over(&self, messages: &[OutgoingMessage<'_>]) -> Result<OperatorRequest, RequestError> {
        let message = only(messages)?;
        if message.text.is_empty() {
            return Err(RequestError::Unfit(Reason::TextInvalid));
        }
        // Hours and minutes, 24:00 at most.
        let minutes = validity_minutes(message)?.min(VALIDITY_MINUTES_MAX);
        let validity = format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let form = self.form().field("sender", message.from).field("mes", message.text);
        self.send(number_of(message.row), message.to, form.field("valid", validity))
    }

    fn read_hand_over(&self, messages: &[OutgoingMessage<'_>], exchange: &Exchange) -> Vec<Verdict> {
        vec![read_send(exchange); messages.len()]
    }

    fn ask_states(&self, questions: &[Question<'_>]) -> Option<Result<OperatorRequest, RequestError>> {
        let [question] = questions else { return None };
        let number = number_of(question.row)?;
        // As it keeps the number itself: a number written otherwise is one that it never heard of.
        let form = self.form().field("phone", digits(question.phone?));
        let form = form.field("id", number.to_string()).field("all", "1");
        Some(form.post(&format!("{}/sys/status.php", self.base_url), None))
    }

    fn read_states(&self, questions: &[Question<'_>], exchange: &Exchange) -> Vec<State> {
        let state = match (questions, exchange) {
            ([question], Exchange::Answered { status: 200, body }) => read_status(question, body),
            _ => State::Unclear,
        };
        vec![state; questions.len()]
    }

    fn voice(&self) -> Option<&dyn VoiceOperator> {
        Some(self)
    }

    fn number_lookups(&self) -> Option<&dyn LookupOperator> {
        Some(self)
    }
}

fn read_status(question: &Question<'_>, body: &[u8]) -> State {
    let Some(answer) = object(body).filter(|answer| !answer.contains_key("error_code")) else {
        return State::Unclear;
    };
    let number = |name: &str| answer.get(name).and_then(integer);
    // An answer about another message says nothing of this one.
    let own = number_of(question.row);
    if number("id").is_some_and(|id| u64::try_from(id).ok() != own) {
        return State::Unclear;
    }
    let Some(status) = number("status") else { return State::Unclear };
    if status == -3 {
        return State::NotFound;
    }
    let Some(progress) = progress(status, number("err")) else { return State::Unclear };
    let sent_at = number("send_timestamp").filter(|seconds| *seconds > 0);
    State::Taken {
        reference: own.map(|own| own.to_string()),
        at: sent_at.and_then(|seconds| seconds.checked_mul(1_000)),
        progress,
    }
}

impl VoiceOperator for Smsc {
    fn needs_caller(&self) -> bool {
        false
    }

    /// Its `valid` is about text messages.
    fn expiry(&self) -> Expiry {
        Expiry::Never
    }

    fn call(&self, call: &OutgoingCall<'_>) -> Result<OperatorRequest, RequestError> {
        let plan = call.plan;
        let param = format!("{},{},{}", plan.ring_seconds(), plan.retry_gap_seconds(), plan.attempts());
        let caller = Some(call.from).filter(|caller| !caller.is_empty());
        let form = self.form().field("call", "1").optional("sender", caller).field("param", param);
        self.send(number_of(call.row), call.to, form.field("fileurl", call.audio_url))
    }

    fn read_call(&self, _: &OutgoingCall<'_>, exchange: &Exchange) -> Verdict {
        read_send(exchange)
    }
}

#[cfg(test)]
mod tests {
    use super::number_lookups::number_of_question;
    use super::*;

    /// R87: two messages of whatever cells are never taken for one another.
    #[test]
    fn each_row_of_each_cell_has_a_number_of_its_own_that_leads_back() {
        let mut seen = std::collections::BTreeSet::new();
        for cell in (1..=CELLS_MAX).filter_map(CellName::numbered) {
            for row in [1, 2, 77, (1 << OTHERS_ROW_BITS) - (1 << 20) - 1] {
                let row = (cell.rows_begin() + row).unsigned_abs();
                let number = number_of(row).expect("a number");
                assert!((1..=NUMBER_MAX).contains(&number) && seen.insert(number), "{row}: {number}");
                assert_eq!(row_of(number), row);
            }
            for row in [1, 2, 77, (1 << 20) - 1] {
                let row = (cell.rows_begin() + row).unsigned_abs();
                let number = number_of_question(row).expect("a number");
                assert!(
                    (1..=NUMBER_MAX).contains(&number) && seen.insert(number),
                    "question {row}: {number}"
                );
                assert_eq!(number_of(row_of(number)), None, "no message has it");
            }
        }
        assert_eq!(number_of(77), Some(77), "a row of the first cell is itself");
    }

    #[test]
    fn a_row_beyond_the_range_has_no_number() {
        let second = CellName::numbered(2).expect("a cell").rows_begin().unsigned_abs();
        for row in [0, OTHER_CELLS - (1 << 24), second, second + (1 << OTHERS_ROW_BITS) - (1 << 20), u64::MAX]
        {
            assert_eq!(number_of(row), None, "{row}");
        }
        // Nor is a question's id another's, or a message's.
        for row in [0, 1 << 24, second, second + (1 << 20), u64::MAX] {
            assert_eq!(number_of_question(row), None, "{row}");
        }
    }
}
