//! Kannel: its words after the source of its smsbox, 1.4.5.

use domain::campaign::DeliveryResult;
use domain::message::Reason;
use domain::tariffs::Channel;
use sendbox_operators::kannel::Kannel;
use sendbox_operators::{
    Exchange, Hindrance, Incoming, MessageKey, Operator, Progress, ReportError, RequestError, State, Unread,
    Verdict,
};

use crate::recorded::{
    GSM_TEXT, ID, KAZAKH_TEXT, REPORT_KEY, Recorded, Recordings, ambiguous, fields, message, pairs, question,
    validity_field,
};

const RECORDED: Recordings = Recordings(include_str!("../exchanges/kannel.http"));

fn kannel() -> Kannel {
    Kannel {
        base_url: "http://127.0.0.1:13013".to_owned(),
        username: "sendbox".to_owned(),
        password: "made up".to_owned(),
        smsc: Some("fake".to_owned()),
        reports_url: "https://sendbox.example/webhooks/operators/kannel/reports".to_owned(),
        report_key: REPORT_KEY.to_vec(),
    }
}

fn verdict(exchange: &Exchange) -> Verdict {
    let verdicts = kannel().read_hand_over(&[message(GSM_TEXT)], exchange);
    assert_eq!(verdicts.len(), 1);
    verdicts.into_iter().next().expect("one verdict")
}

fn report(recorded: &Recorded) -> Result<sendbox_operators::StatusReport, ReportError> {
    let segments = recorded.segments();
    kannel().read_report(segments[4], segments[5], recorded.query())
}

/// R87: Kannel cannot be asked, so what it may have taken waits for a report.
#[test]
fn what_kannel_may_have_taken_is_never_sent_again() {
    for exchange in ambiguous() {
        assert_eq!(verdict(&exchange), Verdict::Unknown, "{exchange:?}");
    }
    for name in ["proxy cannot say", "sending failed", "captive portal"] {
        assert_eq!(verdict(&RECORDED.answer(name)), Verdict::Unknown, "{name}");
    }
    let questions = [question(None, Channel::Text)];
    assert!(kannel().ask_states(&questions).is_none());
    assert_eq!(kannel().read_states(&questions, &RECORDED.answer("accepted")), vec![State::Unclear]);
}

#[test]
fn what_kannel_will_never_take_is_refused_with_its_reason() {
    for (name, reason) in [
        ("not routable", Reason::NoRoute),
        ("no receiver", Reason::NumberInvalid),
        ("black list", Reason::NumberRefused),
        ("charset", Reason::TextInvalid),
        ("other field", Reason::OperatorRefused),
    ] {
        assert_eq!(verdict(&RECORDED.answer(name)), Verdict::Refused(reason), "{name}");
    }
}

#[test]
fn what_kannel_has_certainly_not_got_may_be_tried_again() {
    assert_eq!(verdict(&Exchange::NotSent), Verdict::NotTaken(Hindrance::Unreached));
    for (name, hindrance) in [
        ("temporal failure", Hindrance::Throttled),
        ("wrong password", Hindrance::Account),
        ("dlr url", Hindrance::Account),
    ] {
        assert_eq!(verdict(&RECORDED.answer(name)), Verdict::NotTaken(hindrance), "{name}");
    }
}

#[test]
fn what_kannel_accepts_or_queues_is_taken() {
    for name in ["accepted", "queued", "sent in parts"] {
        assert_eq!(verdict(&RECORDED.answer(name)), Verdict::Taken(None), "{name}");
    }
}

#[test]
fn a_latin_text_goes_as_utf_8_in_septets() {
    let request = kannel().hand_over(&[message(GSM_TEXT)]).expect("a request");
    assert_eq!(request.method(), "GET");
    assert!(request.body().is_empty());
    let (address, query) =
        request.uri().path_and_query().map(|uri| (uri.path(), uri.query())).expect("a path");
    assert_eq!((request.uri().host(), address), (Some("127.0.0.1"), "/cgi-bin/sendsms"));
    let token = RECORDED.get("report delivered").segments()[5].to_owned();
    let reports = format!(
        "https://sendbox.example/webhooks/operators/kannel/reports/{ID}/{token}?status=%d&at=%T&reference=%F&answer=%A"
    );
    assert_eq!(
        fields(query.unwrap_or_default().as_bytes()),
        pairs(&[
            ("username", "sendbox"),
            ("password", "made up"),
            ("from", "SENDBOX"),
            ("to", "+77010000001"),
            ("coding", "0"),
            ("text", GSM_TEXT),
            ("smsc", "fake"),
            ("validity", "9"),
            ("dlr-mask", "27"),
            ("dlr-url", &reports),
        ])
    );
}

/// Builds without iconv refuse a charset, so the bytes are UTF-16 already.
#[test]
fn a_kazakh_text_goes_as_utf_16_without_a_charset() {
    let request = kannel().hand_over(&[message(KAZAKH_TEXT)]).expect("a request");
    let query = request.uri().query().unwrap_or_default();
    assert!(query.contains("coding=2&text=%04%21%04%D9%04%3B%045%04%3C&"), "{query}");
    assert!(!query.contains("charset"), "{query}");
}

#[test]
fn a_number_is_not_confused_with_two_by_its_plus() {
    let request = kannel().hand_over(&[message(GSM_TEXT)]).expect("a request");
    assert!(request.uri().query().unwrap_or_default().contains("to=%2B77010000001&"));
}

/// Kannel fills in whatever follows a percent sign in the address, and would garble ours.
#[test]
fn an_address_for_reports_with_a_percent_sign_makes_no_request() {
    let kannel = Kannel { reports_url: "https://sendbox.example/a%20b".to_owned(), ..kannel() };
    let error = kannel.hand_over(&[message(GSM_TEXT)]).expect_err("no request");
    assert_eq!(error.verdict(), Verdict::NotTaken(Hindrance::Account));
}

#[test]
fn without_a_key_for_reports_nothing_is_sent_and_no_report_is_taken() {
    let kannel = Kannel { report_key: Vec::new(), ..kannel() };
    assert!(matches!(kannel.hand_over(&[message(GSM_TEXT)]), Err(RequestError::SetUp(_))));
    assert_eq!(kannel.read_report(ID, "", "status=1"), Err(ReportError::NotConfigured));
}

#[test]
fn two_messages_do_not_share_a_request() {
    let two = [message(GSM_TEXT), message(KAZAKH_TEXT)];
    assert!(matches!(kannel().hand_over(&two), Err(RequestError::SetUp(_))));
}

#[test]
fn a_report_without_its_token_or_for_another_message_is_refused() {
    let recorded = RECORDED.get("report delivered");
    let token = recorded.segments()[5].to_owned();
    let other = "msg_018bcfe568007fffbfff0000000000a2";
    for (id, token) in [(ID, ""), (ID, "00000000000000000000000000000000"), (other, token.as_str())] {
        let read = kannel().read_report(id, token, recorded.query());
        assert_eq!(read, Err(ReportError::SignatureInvalid), "{id} {token}");
    }
}

#[test]
fn a_report_is_read_field_by_field() {
    let read = report(&RECORDED.get("report delivered")).expect("a report");
    assert_eq!(read.about, MessageKey::Id(ID.to_owned()));
    assert_eq!(read.reference.as_deref(), Some("8c41d2"));
    assert_eq!(read.progress, Progress::Ended { result: DeliveryResult::Delivered, reason: None });
    assert_eq!(read.at, Some(1_792_300_000_000));
}

#[test]
fn failed_expired_and_rejected_are_told_apart() {
    for (name, result, reason) in [
        ("report failed", DeliveryResult::Undelivered, None),
        ("report expired", DeliveryResult::Expired, None),
        ("report rejected", DeliveryResult::Undelivered, Some(Reason::OperatorRefused)),
    ] {
        let read = report(&RECORDED.get(name)).expect(name);
        assert_eq!(read.progress, Progress::Ended { result, reason }, "{name}");
    }
}

/// The SMS centre's "accepted" is proof of a hand-over whose answer was lost, and no last word.
#[test]
fn a_message_on_its_way_has_no_result_yet() {
    for name in ["report accepted", "report buffered", "report intermediate"] {
        assert_eq!(report(&RECORDED.get(name)).expect(name).progress, Progress::Underway, "{name}");
    }
}

#[test]
fn a_report_of_no_known_status_changes_nothing() {
    let unread = Err(ReportError::Unread(Unread::Body));
    assert_eq!(report(&RECORDED.get("report of no known status")), unread);
    // Both that it arrived and that it did not.
    for status in ["0", "3", "17", "128", "-1", "", "x"] {
        assert_eq!(report_of(status), unread, "{status}");
    }
}

/// R89: statuses are bits. Newer builds put some to a last word that tell how it came to it.
#[test]
fn the_bits_of_a_status_are_read_one_by_one() {
    let ended = |result, reason| Ok(Progress::Ended { result, reason });
    let undelivered = ended(DeliveryResult::Undelivered, None);
    for (status, progress) in [
        ("1", ended(DeliveryResult::Delivered, None)),
        ("9", ended(DeliveryResult::Delivered, None)),
        ("33", ended(DeliveryResult::Delivered, None)),
        ("2", undelivered),
        ("34", undelivered),
        ("66", undelivered),
        ("130", undelivered),
        ("10", undelivered),
        ("16", ended(DeliveryResult::Undelivered, Some(Reason::OperatorRefused))),
        ("258", undelivered),
        ("12", Ok(Progress::Underway)),
        ("72", Ok(Progress::Underway)),
    ] {
        assert_eq!(report_of(status).map(|read| read.progress), progress, "{status}");
    }
}

fn report_of(status: &str) -> Result<sendbox_operators::StatusReport, ReportError> {
    let recorded = RECORDED.get("report delivered");
    kannel().read_report(ID, recorded.segments()[5], &format!("status={status}&at=1792300000"))
}

/// R66: what cannot be read under a sound token is told apart from what is forged.
#[test]
fn a_reply_that_cannot_be_read_says_what_could_not() {
    let token = RECORDED.get("incoming latin").segments()[4].to_owned();
    for (query, what) in [
        ("from=Kcell&text=STOP&coding=0", Unread::Number),
        ("from=1414&text=STOP&coding=0", Unread::Number),
        ("text=STOP&coding=0", Unread::Body),
        ("from=77010000001&coding=0", Unread::Body),
        ("from=77010000001&text=%04%21%04&coding=2", Unread::Charset),
        ("from=77010000001&text=%ff%fe%d1&coding=0", Unread::Charset),
        ("from=77010000001&from=77010000002&text=STOP", Unread::Body),
    ] {
        let read = kannel().read_incoming(&token, query);
        assert_eq!(read, Err(ReportError::Unread(what)), "{query}");
    }
}

/// R66: the number of whoever answers comes in any form.
#[test]
fn a_reply_is_read_whatever_way_its_number_is_written() {
    let token = RECORDED.get("incoming latin").segments()[4].to_owned();
    for from in ["87010000001", "0077010000001", "tel%3A%2B77010000001", "%2B7+701+000+00+01"] {
        let read = kannel().read_incoming(&token, &format!("from={from}&text=STOP&coding=0&new=1"));
        assert_eq!(read.map(|incoming| incoming.from).as_deref(), Ok("+77010000001"), "{from}");
    }
}

#[test]
fn a_reply_is_read_in_either_alphabet() {
    for (name, text) in [("incoming latin", "STOP"), ("incoming cyrillic", "Стоп")] {
        let recorded = RECORDED.get(name);
        let read = kannel().read_incoming(recorded.segments()[4], recorded.query());
        let incoming = Incoming { from: "+77010000001".to_owned(), text: text.to_owned() };
        assert_eq!(read, Ok(incoming), "{name}");
    }
}

#[test]
fn a_reply_at_an_address_that_nobody_was_given_is_refused() {
    let (reply, report) = (RECORDED.get("incoming latin"), RECORDED.get("report delivered"));
    let read = kannel().read_incoming(report.segments()[5], reply.query());
    assert_eq!(read, Err(ReportError::SignatureInvalid));
}

/// R81: it queues nothing into the night. Minutes are rounded down, and with less than one nothing leaves.
#[test]
fn a_text_says_for_how_many_whole_minutes_it_is_valid() {
    for (seconds, minutes) in
        [(0, None), (59, None), (60, Some("1")), (299, Some("4")), (39_600, Some("660"))]
    {
        assert_eq!(validity_field(&kannel(), "validity", seconds).as_deref(), minutes, "{seconds} s");
    }
}
