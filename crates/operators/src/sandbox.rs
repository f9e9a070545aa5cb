//! The stand-in operator of the `sandbox` component: takes messages in bulk under our own ids, can be
//! asked for them, and signs its reports.

use api::sandbox::{HandOver, HandedCall, HandedMessage, States, Taken};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::campaign::DeliveryResult;
use domain::voice::CallResult;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{
    Asked, Capability, Exchange, Expiry, Hindrance, Operator, OperatorRequest, OutgoingCall, OutgoingMessage,
    Progress, Question, Report, ReportError, RequestError, State, Verdict, VoiceOperator,
};

/// Its name in tariffs, history and routes.
pub const NAME: &str = "sandbox";

/// Where it fetches recordings: it is a neighbour, and not out there where `public_url` leads.
pub const AUDIO_BASE_URL: &str = "http://audio.spin.internal";

/// The header that carries a report's signature.
pub const SIGNATURE_HEADER: &str = "sandbox-signature";

/// The stand-in at its address.
pub struct Sandbox {
    /// `http://sandbox.spin.internal`
    pub base_url: String,
    /// The bearer token that its routes ask for.
    pub token: String,
}

/// The body of delivery reports. It comes from outside, so it may grow new fields.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReportsBody {
    /// In any number.
    pub reports: Vec<ReportedMessage>,
}

/// How a message or a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Ended {
    /// In the words of messages.
    Message(DeliveryResult),
    /// In the words of calls.
    Call(CallResult),
}

/// One report.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReportedMessage {
    /// Our id.
    pub id: String,
    /// The result.
    pub status: Ended,
    /// By its own clock.
    pub at: DateTime<Utc>,
}

impl Sandbox {
    fn post<T: Serialize>(&self, path: &str, body: &T) -> Result<OperatorRequest, RequestError> {
        // Plain structs of texts always make JSON.
        let body = serde_json::to_vec(body).unwrap_or_default();
        let request = http::Request::post(format!("{}{path}", self.base_url))
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-length", body.len())
            .body(body)?;
        Ok(request)
    }
}

/// What an answer to a hand-over means for the message of an id.
fn read_taken(exchange: &Exchange) -> impl Fn(&str) -> Verdict {
    let answer = match exchange {
        Exchange::NotSent => Err(Verdict::NotTaken(Hindrance::Unreached)),
        Exchange::Answered { status: 200, body } => {
            serde_json::from_slice::<Taken>(body).map_err(|_| Verdict::Unknown)
        }
        // It says so before it takes anything.
        Exchange::Answered { status: 429, .. } => Err(Verdict::NotTaken(Hindrance::Throttled)),
        Exchange::Answered { status: 400..=499, .. } => Err(Verdict::NotTaken(Hindrance::Account)),
        Exchange::Answered { .. } | Exchange::Lost => Err(Verdict::Unknown),
    };
    move |id| match &answer {
        Ok(answer) => {
            let taken = answer.taken.iter().find(|taken| taken.id == id);
            taken.map_or(Verdict::Unknown, |taken| Verdict::Taken(Some(taken.reference.clone())))
        }
        Err(verdict) => verdict.clone(),
    }
}

impl Operator for Sandbox {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capability(&self) -> Capability {
        Capability {
            text: true,
            batch_max: 100,
            parallel_max: 64,
            asked: Asked { by_our_id: 1_000, by_reference: 1_000 },
            incoming: false,
            expiry: Expiry::At,
        }
    }

    fn hand_over(&self, messages: &[OutgoingMessage<'_>]) -> Result<OperatorRequest, RequestError> {
        let messages = messages
            .iter()
            .map(|message| HandedMessage {
                id: message.id.to_owned(),
                to: message.to.to_owned(),
                from: message.from.to_owned(),
                text: message.text.to_owned(),
                expires_at: message.validity.ends_at,
            })
            .collect();
        self.post("/sandbox/operator/messages", &HandOver { messages })
    }

    fn read_hand_over(&self, messages: &[OutgoingMessage<'_>], exchange: &Exchange) -> Vec<Verdict> {
        let verdict = read_taken(exchange);
        messages.iter().map(|message| verdict(message.id)).collect()
    }

    fn ask_states(&self, questions: &[Question<'_>]) -> Option<Result<OperatorRequest, RequestError>> {
        let ids = questions.iter().map(|question| question.id.to_owned()).collect();
        Some(self.post("/sandbox/operator/states", &States { ids }))
    }

    fn read_states(&self, questions: &[Question<'_>], exchange: &Exchange) -> Vec<State> {
        let Exchange::Answered { status: 200, body } = exchange else {
            return vec![State::Unclear; questions.len()];
        };
        let Ok(answer) = serde_json::from_slice::<Taken>(body) else {
            return vec![State::Unclear; questions.len()];
        };
        questions
            .iter()
            .map(|question| match answer.taken.iter().find(|taken| taken.id == question.id) {
                Some(taken) => State::Taken {
                    reference: Some(taken.reference.clone()),
                    at: Some(taken.at),
                    progress: Progress::Underway,
                },
                None => State::NotFound,
            })
            .collect()
    }

    fn voice(&self) -> Option<&dyn VoiceOperator> {
        Some(self)
    }
}

impl VoiceOperator for Sandbox {
    fn needs_caller(&self) -> bool {
        false
    }

    fn expiry(&self) -> Expiry {
        Expiry::At
    }

    fn call(&self, call: &OutgoingCall<'_>) -> Result<OperatorRequest, RequestError> {
        let body = HandedCall {
            id: call.id.to_owned(),
            to: call.to.to_owned(),
            from: call.from.to_owned(),
            audio_url: call.audio_url.to_owned(),
            ring_seconds: call.plan.ring_seconds(),
            expires_at: call.validity.ends_at,
        };
        self.post("/sandbox/operator/calls", &body)
    }

    fn read_call(&self, call: &OutgoingCall<'_>, exchange: &Exchange) -> Verdict {
        read_taken(exchange)(call.id)
    }
}

fn mac(key: &str, body: &[u8]) -> Result<Hmac<Sha256>, ReportError> {
    if key.is_empty() {
        return Err(ReportError::NotConfigured);
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).map_err(|_| ReportError::NotConfigured)?;
    mac.update(body);
    Ok(mac)
}

/// Signs reports.
pub fn sign_reports(key: &str, body: &[u8]) -> Result<String, ReportError> {
    Ok(format!("v1,{}", STANDARD.encode(mac(key, body)?.finalize().into_bytes())))
}

/// What a body of reports says.
#[derive(Debug, PartialEq, Eq)]
pub struct ReportsRead {
    /// Those that could be read.
    pub reports: Vec<Report>,
    /// How many could not: one that says what nobody knows does not keep the others out.
    pub unread: usize,
}

/// Checks the signature over the raw bytes, then reads the reports.
pub fn read_reports(key: &str, signature: Option<&str>, body: &[u8]) -> Result<ReportsRead, ReportError> {
    #[derive(Deserialize)]
    struct Body {
        reports: Vec<serde_json::Value>,
    }
    let invalid = ReportError::SignatureInvalid;
    let mac = mac(key, body)?;
    let signature = signature.and_then(|text| text.strip_prefix("v1,")).ok_or(invalid)?;
    let signature = STANDARD.decode(signature).map_err(|_| invalid)?;
    mac.verify_slice(&signature).map_err(|_| invalid)?;
    let body: Body = serde_json::from_slice(body).map_err(|_| ReportError::MalformedJson)?;
    let mut read = ReportsRead { reports: Vec::with_capacity(body.reports.len()), unread: 0 };
    for report in body.reports {
        let Ok(report) = serde_json::from_value::<ReportedMessage>(report) else {
            read.unread += 1;
            continue;
        };
        let progress = match report.status {
            Ended::Message(result) => Progress::Ended { result, reason: None },
            Ended::Call(result) => Progress::Called { result, seconds: None },
        };
        read.reports.push(Report { id: report.id, progress, at: report.at.timestamp_millis() });
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::tariffs::Channel;

    use super::*;
    use crate::Validity;

    fn sandbox() -> Sandbox {
        Sandbox { base_url: "http://sandbox.spin.internal".to_owned(), token: "t".to_owned() }
    }

    const MESSAGES: [OutgoingMessage<'_>; 2] =
        [message("msg_1", 1, "+77010000001"), message("msg_2", 2, "+77010000002")];

    const fn message<'m>(id: &'m str, row: u64, to: &'m str) -> OutgoingMessage<'m> {
        let validity = Validity { ends_at: 1_795_791_600_000, left: Duration::from_secs(60) };
        OutgoingMessage { id, row, to, from: "SENDBOX", text: "a", validity }
    }

    /// R81: the stand-in is told the instant itself.
    #[test]
    fn a_hand_over_says_until_when_it_is_valid() {
        let request = sandbox().hand_over(&MESSAGES).expect("a request");
        let body: HandOver = serde_json::from_slice(request.body()).expect("its own body");
        let ends: Vec<i64> = body.messages.iter().map(|message| message.expires_at).collect();
        assert_eq!(ends, [1_795_791_600_000; 2]);
    }

    fn answered(status: u16, body: &str) -> Exchange {
        Exchange::Answered { status, body: body.as_bytes().to_vec() }
    }

    /// R87: what nobody can know is never called "not taken".
    #[test]
    fn a_lost_answer_leaves_the_messages_unknown() {
        for exchange in [Exchange::Lost, answered(500, ""), answered(200, "cut o")] {
            assert_eq!(
                sandbox().read_hand_over(&MESSAGES, &exchange),
                vec![Verdict::Unknown; 2],
                "{exchange:?}"
            );
        }
    }

    #[test]
    fn a_request_that_never_left_may_be_tried_again() {
        let verdicts = sandbox().read_hand_over(&MESSAGES, &Exchange::NotSent);
        assert_eq!(verdicts, vec![Verdict::NotTaken(Hindrance::Unreached); 2]);
    }

    #[test]
    fn a_message_that_the_answer_does_not_name_is_unknown() {
        let exchange = answered(200, r#"{"taken":[{"id":"msg_2","reference":"r2","at":5}]}"#);
        let verdicts = sandbox().read_hand_over(&MESSAGES, &exchange);
        assert_eq!(verdicts, vec![Verdict::Unknown, Verdict::Taken(Some("r2".to_owned()))]);
    }

    #[test]
    fn a_state_is_unclear_unless_the_operator_answered() {
        let question = Question { id: "msg_1", row: 1, reference: None, phone: None, channel: Channel::Text };
        let states = |exchange: &Exchange| sandbox().read_states(std::slice::from_ref(&question), exchange);
        assert_eq!(states(&Exchange::Lost), vec![State::Unclear]);
        assert_eq!(states(&answered(200, r#"{"taken":[]}"#)), vec![State::NotFound]);
    }

    /// A forged report is refused, and so is every report while no key is set.
    #[test]
    fn a_report_without_a_sound_signature_is_refused() {
        let body = br#"{"reports":[{"id":"msg_1","status":"delivered","at":"2026-11-20T05:00:00Z"}]}"#;
        let signature = sign_reports("key", body).expect("signed");
        assert_eq!(read_reports("key", Some(&signature), body).map(|read| read.reports.len()), Ok(1));
        assert_eq!(read_reports("other", Some(&signature), body), Err(ReportError::SignatureInvalid));
        assert_eq!(read_reports("key", Some(&signature), b"{}"), Err(ReportError::SignatureInvalid));
        assert_eq!(read_reports("key", None, body), Err(ReportError::SignatureInvalid));
        assert_eq!(read_reports("", Some(&signature), body), Err(ReportError::NotConfigured));
    }

    #[test]
    fn a_call_is_reported_in_its_own_words() {
        let report = |status: &str| {
            let body = format!(
                r#"{{"reports":[{{"id":"msg_1","status":"{status}","at":"2026-11-20T05:00:00Z"}}]}}"#
            );
            let signature = sign_reports("key", body.as_bytes()).expect("signed");
            read_reports("key", Some(&signature), body.as_bytes())
                .map(|mut read| (read.reports.pop().map(|report| report.progress), read.unread))
        };
        for result in CallResult::ALL {
            assert_eq!(report(result.as_str()), Ok((Some(Progress::Called { result, seconds: None }), 0)));
        }
        assert_eq!(report("sung"), Ok((None, 1)));
    }

    /// R89: what grows a field, or says a word that nobody knows yet, does not keep the other reports out.
    #[test]
    fn a_report_that_cannot_be_read_does_not_keep_the_others_out() {
        let body = br#"{"page": 1, "reports": [{"id": 5},
            {"id": "msg_1", "status": "delivered", "at": "2026-11-20T05:00:00Z", "network": "x"}]}"#;
        let signature = sign_reports("key", body).expect("signed");
        let read = read_reports("key", Some(&signature), body).expect("reads");
        assert_eq!((read.reports.len(), read.unread), (1, 1));
    }
}
