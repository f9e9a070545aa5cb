//! Twilio: codes and statuses after its published API.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::campaign::DeliveryResult;
use domain::message::Reason;
use domain::tariffs::Channel;
use domain::voice::CallResult;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sendbox_operators::twilio::{SIGNATURE_HEADER, Twilio};
use sendbox_operators::{
    Exchange, Expiry, Hindrance, INCOMING, Incoming, MessageKey, Operator, Progress, ReportError, State,
    StatusReport, Unread, Verdict, VoiceOperator,
};
use sha1::Sha1;

use crate::recorded::{
    GSM_TEXT, ID, KAZAKH_TEXT, Recordings, ambiguous, call, fields, message, pairs, posted, question,
    validity_field,
};

const RECORDED: Recordings = Recordings(include_str!("../exchanges/twilio.http"));
const MESSAGE_SID: &str = "SM00000000000000000000000000000001";
const CALL_SID: &str = "CA00000000000000000000000000000001";
const REPORTS: &str =
    "https://sendbox.example/webhooks/operators/twilio/reports/msg_018bcfe568007fffbfff0000000000a1";

fn twilio() -> Twilio {
    Twilio {
        base_url: "https://api.twilio.com".to_owned(),
        account_sid: "AC00000000000000000000000000000000".to_owned(),
        auth_token: "auth token of the tests".to_owned(),
        messaging_service: None,
        reports_url: "https://sendbox.example/webhooks/operators/twilio/reports".to_owned(),
    }
}

/// Texts and calls are answered alike.
fn verdict(exchange: &Exchange) -> Verdict {
    let verdicts = twilio().read_hand_over(&[message(GSM_TEXT)], exchange);
    let verdict = verdicts.into_iter().next().expect("one verdict");
    assert_eq!(twilio().read_call(&call(), exchange), verdict);
    verdict
}

fn report(name: &str) -> Result<StatusReport, ReportError> {
    let recorded = RECORDED.get(name);
    twilio().read_report(recorded.segments()[4], recorded.header(SIGNATURE_HEADER), &recorded.body)
}

const fn ended(result: DeliveryResult, reason: Option<Reason>) -> Progress {
    Progress::Ended { result, reason }
}

/// R87: neither of its POSTs may be repeated.
#[test]
fn what_twilio_may_have_taken_is_never_sent_again() {
    for exchange in ambiguous() {
        assert_eq!(verdict(&exchange), Verdict::Unknown, "{exchange:?}");
    }
    for name in ["error 20500", "gateway timeout", "created without an id"] {
        assert_eq!(verdict(&RECORDED.answer(name)), Verdict::Unknown, "{name}");
    }
}

/// It knows no id of ours: without its reference there is nothing to ask by.
#[test]
fn a_lost_hand_over_cannot_be_asked_about() {
    assert!(twilio().ask_states(&[question(None, Channel::Text)]).is_none());
    let questions = [question(Some(MESSAGE_SID), Channel::Text)];
    for name in ["state not found", "state of another message", "gateway timeout"] {
        assert_eq!(twilio().read_states(&questions, &RECORDED.answer(name)), vec![State::Unclear], "{name}");
    }
}

#[test]
fn what_twilio_will_never_take_is_refused_with_its_reason() {
    for (code, reason) in [
        (21_610, Reason::OptedOut),
        (21_211, Reason::NumberInvalid),
        (21_614, Reason::NumberInvalid),
        (21_612, Reason::NoRoute),
        (21_408, Reason::NoRoute),
        (21_617, Reason::TextInvalid),
        (21_602, Reason::TextInvalid),
        (99_999, Reason::OperatorRefused),
    ] {
        assert_eq!(verdict(&RECORDED.answer(&format!("error {code}"))), Verdict::Refused(reason), "{code}");
    }
}

#[test]
fn what_twilio_has_certainly_not_got_may_be_tried_again() {
    assert_eq!(verdict(&Exchange::NotSent), Verdict::NotTaken(Hindrance::Unreached));
    for name in ["error 20429", "error 21611", "error 30001", "throttled without a body"] {
        assert_eq!(verdict(&RECORDED.answer(name)), Verdict::NotTaken(Hindrance::Throttled), "{name}");
    }
    for name in ["error 20003", "error 21606", "error 20404"] {
        assert_eq!(verdict(&RECORDED.answer(name)), Verdict::NotTaken(Hindrance::Account), "{name}");
    }
}

#[test]
fn what_twilio_takes_is_known_by_its_sid() {
    assert_eq!(verdict(&RECORDED.answer("message queued")), Verdict::Taken(Some(MESSAGE_SID.to_owned())));
}

#[test]
fn a_text_goes_with_the_address_for_its_reports() {
    let request = twilio().hand_over(&[message(KAZAKH_TEXT)]).expect("a request");
    assert_eq!(
        request.uri(),
        "https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json"
    );
    assert_eq!(
        request.headers()["authorization"],
        "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDphdXRoIHRva2VuIG9mIHRoZSB0ZXN0cw=="
    );
    assert_eq!(
        posted(&request),
        pairs(&[
            ("To", "+77010000001"),
            ("From", "SENDBOX"),
            ("Body", KAZAKH_TEXT),
            ("ValidityPeriod", "599"),
            ("StatusCallback", REPORTS),
        ])
    );
}

#[test]
fn a_pool_of_senders_takes_the_senders_place() {
    let twilio = Twilio { messaging_service: Some("MG01".to_owned()), ..twilio() };
    let fields = posted(&twilio.hand_over(&[message(GSM_TEXT)]).expect("a request"));
    assert!(fields.contains(&("MessagingServiceSid".to_owned(), "MG01".to_owned())), "{fields:?}");
    assert!(fields.iter().all(|(name, _)| name != "From"), "{fields:?}");
}

#[test]
fn a_text_that_it_cannot_carry_is_refused_before_it_leaves() {
    for (text, fits) in [("", false), (&*"a".repeat(1_600), true), (&*"a".repeat(1_601), false)] {
        match twilio().hand_over(&[message(text)]) {
            Ok(_) => assert!(fits, "{}", text.len()),
            Err(error) => {
                assert!(!fits, "{}", text.len());
                assert_eq!(error.verdict(), Verdict::Refused(Reason::TextInvalid));
            }
        }
    }
}

/// R78: it rings as long as the plan says, and tells a person from a machine.
#[test]
fn a_call_plays_a_recording() {
    let request = twilio().call(&call()).expect("a request");
    assert_eq!(
        request.uri(),
        "https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000000/Calls.json"
    );
    let twiml = "<Response><Play>https://sendbox.example/audio/a1?expires=1792300000&amp;signature=c0ffee</Play></Response>";
    assert_eq!(
        posted(&request),
        pairs(&[
            ("To", "+77010000001"),
            ("From", "+77010009999"),
            ("Twiml", twiml),
            ("Timeout", "20"),
            ("MachineDetection", "Enable"),
            ("StatusCallback", REPORTS),
            ("StatusCallbackEvent", "initiated"),
            ("StatusCallbackEvent", "completed"),
        ])
    );
}

#[test]
fn a_state_is_asked_for_by_its_sid() {
    for (reference, channel, resource) in
        [(MESSAGE_SID, Channel::Text, "Messages"), (CALL_SID, Channel::Voice, "Calls")]
    {
        let questions = [question(Some(reference), channel)];
        let request = twilio().ask_states(&questions).expect("can be asked").expect("a request");
        assert_eq!(request.method(), "GET");
        let path =
            format!("/2010-04-01/Accounts/AC00000000000000000000000000000000/{resource}/{reference}.json");
        assert_eq!(request.uri().path(), path);
        assert!(request.headers().contains_key("authorization"));
    }
}

#[test]
fn every_status_has_its_progress() {
    let questions = [question(Some(MESSAGE_SID), Channel::Text)];
    for (status, progress) in [
        ("accepted", Progress::Underway),
        ("scheduled", Progress::Underway),
        ("queued", Progress::Underway),
        ("sending", Progress::Underway),
        ("sent", Progress::Underway),
        ("delivered", ended(DeliveryResult::Delivered, None)),
        ("read", ended(DeliveryResult::Delivered, None)),
        ("undelivered", ended(DeliveryResult::Undelivered, Some(Reason::NumberUnreachable))),
        ("failed", ended(DeliveryResult::Undelivered, Some(Reason::TextRefused))),
        ("canceled", ended(DeliveryResult::Undelivered, None)),
    ] {
        let states = twilio().read_states(&questions, &RECORDED.answer(&format!("state {status}")));
        let reference = Some(MESSAGE_SID.to_owned());
        assert_eq!(
            states,
            vec![State::Taken { reference, at: Some(1_792_235_200_000), progress }],
            "{status}"
        );
    }
}

#[test]
fn a_calls_state_tells_who_answered_and_how_long() {
    let questions = [question(Some(CALL_SID), Channel::Voice)];
    let states = twilio().read_states(&questions, &RECORDED.answer("call state completed"));
    let progress = Progress::Called { result: CallResult::Answered, seconds: Some(17) };
    let reference = Some(CALL_SID.to_owned());
    assert_eq!(states, vec![State::Taken { reference, at: Some(1_792_235_200_000), progress }]);
}

#[test]
fn a_forged_report_is_refused() {
    for name in ["report signed for another message", "report signed with another token"] {
        assert_eq!(report(name), Err(ReportError::SignatureInvalid), "{name}");
    }
    let recorded = RECORDED.get("report delivered");
    assert_eq!(twilio().read_report(ID, None, &recorded.body), Err(ReportError::SignatureInvalid));
    let signature = recorded.header(SIGNATURE_HEADER);
    let changed = [&recorded.body[..], b"&ErrorCode=30003"].concat();
    assert_eq!(twilio().read_report(ID, signature, &changed), Err(ReportError::SignatureInvalid));
    let open = Twilio { auth_token: String::new(), ..twilio() };
    assert_eq!(open.read_report(ID, signature, &recorded.body), Err(ReportError::NotConfigured));
}

/// A signature as Twilio makes it over an address and a form.
fn signature(address: &str, form: &[u8]) -> String {
    let mut fields = fields(form);
    fields.sort();
    let mut mac = Hmac::<Sha1>::new_from_slice(b"auth token of the tests").expect("any key");
    mac.update(address.as_bytes());
    for (name, value) in fields {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

/// R89: it signs the address with its port or without, as it comes; and may send fields that nobody knows.
#[test]
fn a_report_signed_with_or_without_the_port_is_taken() {
    let form = b"MessageSid=SM1&MessageStatus=delivered&NewField=1";
    let path = format!("/webhooks/operators/twilio/reports/{ID}");
    for (ours, signed, is_ours) in [
        ("https://sendbox.example", "https://sendbox.example", true),
        ("https://sendbox.example", "https://sendbox.example:443", true),
        ("https://sendbox.example:8443", "https://sendbox.example", true),
        ("https://sendbox.example:8443", "https://sendbox.example:8443", true),
        ("http://sendbox.example", "http://sendbox.example:80", true),
        ("https://sendbox.example", "https://sendbox.example:8443", false),
        ("https://sendbox.example:8443", "https://sendbox.example:443", false),
        ("https://sendbox.example", "https://elsewhere.example", false),
        ("https://sendbox.example", "http://sendbox.example", false),
    ] {
        let twilio = Twilio { reports_url: format!("{ours}/webhooks/operators/twilio/reports"), ..twilio() };
        let read = twilio.read_report(ID, Some(&signature(&format!("{signed}{path}"), form)), form);
        assert_eq!(read.is_ok(), is_ours, "{ours} signed as {signed}: {read:?}");
    }
}

/// R66: a word that Twilio has acted on itself is acted on here, in whichever language it was.
#[test]
fn a_reply_that_twilio_took_for_a_refusal_is_one() {
    let address = "https://sendbox.example/webhooks/operators/twilio/reports/incoming";
    let read =
        |form: &str| twilio().read_incoming(Some(&signature(address, form.as_bytes())), form.as_bytes());
    let text = |form: &str| read(form).map(|incoming| incoming.text);
    assert_eq!(text("From=%2B77010000001&Body=ARRET&OptOutType=STOP").as_deref(), Ok("STOP"));
    assert_eq!(text("From=%2B77010000001&Body=x&OptOutType=START").as_deref(), Ok("START"));
    assert_eq!(text("From=%2B77010000001&Body=x&OptOutType=HELP").as_deref(), Ok("x"));
    assert_eq!(read("From=Kcell&Body=STOP"), Err(ReportError::Unread(Unread::Number)));
    assert_eq!(read("From=%2B77010000001"), Err(ReportError::Unread(Unread::Body)));
}

#[test]
fn a_report_is_read_field_by_field() {
    let read = report("report delivered").expect("a report");
    assert_eq!(read.about, MessageKey::Id(ID.to_owned()));
    assert_eq!(read.reference.as_deref(), Some(MESSAGE_SID));
    assert_eq!(read.progress, ended(DeliveryResult::Delivered, None));
    assert_eq!(read.at, None);
}

/// The first report is proof of a hand-over whose answer was lost, and no last word.
#[test]
fn a_message_on_its_way_has_no_result_yet() {
    for name in ["report queued", "report sent", "call initiated"] {
        assert_eq!(report(name).expect(name).progress, Progress::Underway, "{name}");
    }
}

#[test]
fn a_report_tells_why_it_did_not_arrive() {
    for (name, reason) in [
        ("report undelivered 30005", Some(Reason::NumberInvalid)),
        ("report failed 21610", Some(Reason::OptedOut)),
        ("report failed 30001", None),
    ] {
        let read = report(name).expect(name);
        assert_eq!(read.progress, ended(DeliveryResult::Undelivered, reason), "{name}");
    }
}

#[test]
fn a_call_ends_answered_busy_unanswered_or_at_a_machine() {
    for (name, result, seconds) in [
        ("call answered by a person", CallResult::Answered, Some(17)),
        ("call answered by a machine", CallResult::Machine, Some(4)),
        ("call busy", CallResult::Busy, None),
        ("call no-answer", CallResult::NoAnswer, None),
        ("call failed", CallResult::Failed, None),
    ] {
        let read = report(name).expect(name);
        assert_eq!(read.progress, Progress::Called { result, seconds }, "{name}");
        assert_eq!(read.reference.as_deref(), Some(CALL_SID), "{name}");
        assert_eq!(read.at, Some(1_792_235_218_000), "{name}");
    }
}

#[test]
fn a_reply_is_read_under_its_signature() {
    let recorded = RECORDED.get("incoming");
    assert_eq!(recorded.segments()[4], INCOMING);
    let incoming = Incoming { from: "+77010000001".to_owned(), text: "Стоп".to_owned() };
    let signature = recorded.header(SIGNATURE_HEADER);
    assert_eq!(twilio().read_incoming(signature, &recorded.body), Ok(incoming));
    assert_eq!(twilio().read_incoming(None, &recorded.body), Err(ReportError::SignatureInvalid));
}

/// R81: seconds, of which it takes ten hours at most; with less than one nothing leaves.
#[test]
fn a_text_says_for_how_many_seconds_it_is_valid() {
    for (seconds, valid) in [(0, None), (1, Some("1")), (299, Some("299")), (39_600, Some("36000"))] {
        assert_eq!(validity_field(&twilio(), "ValidityPeriod", seconds).as_deref(), valid, "{seconds} s");
    }
    assert_eq!(twilio().expiry(), Expiry::Never, "calls wait in its queue");
}
