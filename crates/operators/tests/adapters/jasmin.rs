//! Jasmin: its words after its source.

use domain::campaign::DeliveryResult;
use domain::message::Reason;
use domain::tariffs::Channel;
use sendbox_operators::jasmin::{ACKNOWLEDGEMENT, Jasmin};
use sendbox_operators::{
    Exchange, Hindrance, Incoming, MessageKey, Operator, Progress, ReportError, RequestError, State,
    StatusReport, Unread, Verdict,
};

use crate::recorded::{
    GSM_TEXT, ID, KAZAKH_TEXT, REPORT_KEY, Recordings, ambiguous, message, pairs, posted, question,
    validity_field,
};

const RECORDED: Recordings = Recordings(include_str!("../exchanges/jasmin.http"));
const REFERENCE: &str = "07033084-5cfd-4812-90a4-e4d24ffb6e3d";

fn jasmin() -> Jasmin {
    Jasmin {
        base_url: "http://127.0.0.1:1401".to_owned(),
        username: "sendbox".to_owned(),
        password: "made up".to_owned(),
        reports_url: "https://sendbox.example/webhooks/operators/jasmin/reports".to_owned(),
        report_key: REPORT_KEY.to_vec(),
    }
}

fn verdict(exchange: &Exchange) -> Verdict {
    let verdicts = jasmin().read_hand_over(&[message(GSM_TEXT)], exchange);
    verdicts.into_iter().next().expect("one verdict")
}

fn report(name: &str) -> Result<StatusReport, ReportError> {
    let recorded = RECORDED.get(name);
    let segments = recorded.segments();
    jasmin().read_report(segments[4], segments[5], &recorded.body)
}

/// R87: a 500 is also what Jasmin says when its broker failed after it had begun.
#[test]
fn what_jasmin_may_have_taken_is_never_sent_again() {
    for exchange in ambiguous() {
        assert_eq!(verdict(&exchange), Verdict::Unknown, "{exchange:?}");
    }
    for name in ["broker failed", "proxy cannot say", "success without an id", "ok of somebody else"] {
        assert_eq!(verdict(&RECORDED.answer(name)), Verdict::Unknown, "{name}");
    }
    let questions = [question(Some(REFERENCE), Channel::Text)];
    assert!(jasmin().ask_states(&questions).is_none());
    assert_eq!(jasmin().read_states(&questions, &RECORDED.answer("success")), vec![State::Unclear]);
}

#[test]
fn what_jasmin_will_never_take_is_refused_with_its_reason() {
    for (name, reason) in [
        ("no route", Reason::NoRoute),
        ("number filter", Reason::NoRoute),
        ("bad number", Reason::NumberInvalid),
        ("content filter", Reason::TextRefused),
        ("bad argument", Reason::OperatorRefused),
    ] {
        assert_eq!(verdict(&RECORDED.answer(name)), Verdict::Refused(reason), "{name}");
    }
}

#[test]
fn what_jasmin_has_certainly_not_got_may_be_tried_again() {
    assert_eq!(verdict(&Exchange::NotSent), Verdict::NotTaken(Hindrance::Unreached));
    for (name, hindrance) in [
        ("throughput", Hindrance::Throttled),
        ("no connector", Hindrance::Unreached),
        ("no funds", Hindrance::Account),
        ("wrong password", Hindrance::Account),
        ("sender filter", Hindrance::Account),
        ("not authorized", Hindrance::Account),
    ] {
        assert_eq!(verdict(&RECORDED.answer(name)), Verdict::NotTaken(hindrance), "{name}");
    }
}

#[test]
fn what_jasmin_takes_is_known_by_its_id() {
    assert_eq!(verdict(&RECORDED.answer("success")), Verdict::Taken(Some(REFERENCE.to_owned())));
}

#[test]
fn a_latin_text_goes_as_content() {
    let request = jasmin().hand_over(&[message(GSM_TEXT)]).expect("a request");
    assert_eq!(request.uri(), "http://127.0.0.1:1401/send");
    let token = RECORDED.get("report DELIVRD").segments()[5].to_owned();
    let reports = format!("https://sendbox.example/webhooks/operators/jasmin/reports/{ID}/{token}");
    assert_eq!(
        posted(&request),
        pairs(&[
            ("username", "sendbox"),
            ("password", "made up"),
            ("to", "+77010000001"),
            ("from", "SENDBOX"),
            ("coding", "0"),
            ("content", GSM_TEXT),
            ("validity-period", "9"),
            ("dlr", "yes"),
            ("dlr-level", "3"),
            ("dlr-method", "POST"),
            ("dlr-url", &reports),
        ])
    );
}

#[test]
fn a_kazakh_text_goes_as_hexadecimal_utf_16() {
    let request = jasmin().hand_over(&[message(KAZAKH_TEXT)]).expect("a request");
    let fields = posted(&request);
    assert!(fields.contains(&("coding".to_owned(), "8".to_owned())), "{fields:?}");
    assert!(fields.contains(&("hex-content".to_owned(), "042104d9043b0435043c".to_owned())), "{fields:?}");
    assert!(fields.iter().all(|(name, _)| name != "content"), "it refuses both in one request");
}

#[test]
fn without_a_key_for_reports_nothing_is_sent() {
    let jasmin = Jasmin { report_key: Vec::new(), ..jasmin() };
    assert!(matches!(jasmin.hand_over(&[message(GSM_TEXT)]), Err(RequestError::SetUp(_))));
}

/// Any other answer, and it sends the report three times more.
#[test]
fn the_acknowledgement_is_the_one_that_jasmin_expects() {
    assert_eq!(ACKNOWLEDGEMENT, "ACK/Jasmin");
}

#[test]
fn a_report_without_its_token_is_refused() {
    let body = RECORDED.get("report DELIVRD").body;
    let read = jasmin().read_report(ID, "00000000000000000000000000000000", &body);
    assert_eq!(read, Err(ReportError::SignatureInvalid));
}

#[test]
fn a_report_is_read_field_by_field() {
    let read = report("report DELIVRD").expect("a report");
    assert_eq!(read.about, MessageKey::Id(ID.to_owned()));
    assert_eq!(read.reference.as_deref(), Some(REFERENCE));
    assert_eq!(read.progress, Progress::Ended { result: DeliveryResult::Delivered, reason: None });
    assert_eq!(read.at, None, "its dates name no zone");
}

#[test]
fn every_last_word_of_the_handset_has_its_result() {
    for (name, result, reason) in [
        ("report EXPIRED", DeliveryResult::Expired, None),
        ("report UNDELIV", DeliveryResult::Undelivered, None),
        ("report DELETED", DeliveryResult::Undelivered, None),
        ("report REJECTD", DeliveryResult::Undelivered, Some(Reason::OperatorRefused)),
        ("report centre refused", DeliveryResult::Undelivered, Some(Reason::OperatorRefused)),
        ("report centre knows no such number", DeliveryResult::Undelivered, Some(Reason::NumberInvalid)),
    ] {
        assert_eq!(report(name).expect(name).progress, Progress::Ended { result, reason }, "{name}");
    }
}

/// Jasmin tries a busy centre again by itself: that report is no last word.
#[test]
fn a_message_on_its_way_has_no_result_yet() {
    for name in [
        "report centre took it",
        "report centre is busy",
        "report ACCEPTD",
        "report ENROUTE",
        "report UNKNOWN",
    ] {
        assert_eq!(report(name).expect(name).progress, Progress::Underway, "{name}");
    }
}

#[test]
fn a_reply_is_read_in_either_alphabet() {
    for (name, text) in [("incoming latin", "STOP"), ("incoming cyrillic", "Стоп")] {
        let recorded = RECORDED.get(name);
        let read = jasmin().read_incoming(recorded.segments()[4], &recorded.body);
        let incoming = Incoming { from: "+77010000001".to_owned(), text: text.to_owned() };
        assert_eq!(read, Ok(incoming), "{name}");
    }
}

/// R81: it queues nothing into the night. Minutes are rounded down, and with less than one nothing leaves.
#[test]
fn a_text_says_for_how_many_whole_minutes_it_is_valid() {
    for (seconds, minutes) in
        [(0, None), (59, None), (60, Some("1")), (299, Some("4")), (39_600, Some("660"))]
    {
        assert_eq!(validity_field(&jasmin(), "validity-period", seconds).as_deref(), minutes, "{seconds} s");
    }
}

/// R66: what cannot be read under a sound token says what could not; new fields are passed over.
#[test]
fn a_reply_that_cannot_be_read_says_what_could_not() {
    let token = RECORDED.get("incoming latin").segments()[4].to_owned();
    let read = |form: &str| jasmin().read_incoming(&token, form.as_bytes());
    for (form, what) in [
        ("from=Kcell&content=STOP&coding=0", Unread::Number),
        ("content=STOP&coding=0", Unread::Body),
        ("from=77010000001&coding=0", Unread::Body),
        ("from=77010000001&coding=8&binary=042", Unread::Charset),
        ("from=77010000001&coding=8&binary=042104", Unread::Charset),
        ("from=77010000001&coding=8&content=x", Unread::Charset),
        ("from=77010000001&coding=0&content=%ff%fe%d1", Unread::Charset),
    ] {
        assert_eq!(read(form), Err(ReportError::Unread(what)), "{form}");
    }
    for form in [
        "from=tel%3A87010000001&content=STOP&coding=0&new=1",
        // ISO 8859-5, the Cyrillic charset of SMPP.
        "from=0077010000001&content=x&coding=6&binary=c1e2dedf",
        "from=77010000001&coding=0&content=%d1%f2%ee%ef",
    ] {
        let incoming = read(form).expect(form);
        assert_eq!(incoming.from, "+77010000001", "{form}");
        assert!(["STOP", "Стоп"].contains(&incoming.text.as_str()), "{form}: {incoming:?}");
    }
    assert_eq!(read("from=77010000001").err(), Some(ReportError::Unread(Unread::Body)));
}
