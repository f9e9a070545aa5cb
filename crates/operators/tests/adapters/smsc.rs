//! SMSC.kz: codes and statuses after its published API.

use domain::campaign::DeliveryResult;
use domain::hexadecimal::hex;
use domain::message::Reason;
use domain::tariffs::Channel;
use domain::voice::{CallPlan, CallResult};
use md5::Digest as _;
use sendbox_operators::smsc::{Credentials, Smsc};
use sendbox_operators::{
    Exchange, Expiry, Hindrance, Incoming, MessageKey, Operator, OutgoingMessage, Progress, Question,
    ReportError, State, StatusReport, Unread, Verdict, VoiceOperator,
};

use crate::recorded::{
    GSM_TEXT, KAZAKH_TEXT, Recordings, ambiguous, call, message, pairs, posted, question, validity_field,
};

const RECORDED: Recordings = Recordings(include_str!("../exchanges/smsc.http"));

fn smsc() -> Smsc {
    Smsc {
        base_url: "https://smsc.kz".to_owned(),
        credentials: Credentials::ApiKey("key of the tests".to_owned()),
        report_secret: "callback secret of the tests".to_owned(),
    }
}

/// Texts and calls are answered alike.
fn verdict(exchange: &Exchange) -> Verdict {
    let verdicts = smsc().read_hand_over(&[message(GSM_TEXT)], exchange);
    let verdict = verdicts.into_iter().next().expect("one verdict");
    assert_eq!(smsc().read_call(&call(), exchange), verdict);
    verdict
}

fn state(name: &str) -> State {
    let questions = [question(None, Channel::Text)];
    smsc().read_states(&questions, &RECORDED.answer(name)).into_iter().next().expect("one state")
}

fn report(name: &str) -> Result<StatusReport, ReportError> {
    smsc().read_report(&RECORDED.get(name).body)
}

const fn ended(result: DeliveryResult, reason: Option<Reason>) -> Progress {
    Progress::Ended { result, reason }
}

/// R87. Error 9 is also "the same within a minute": it has the message from a try whose answer was lost.
#[test]
fn what_smsc_may_have_taken_is_never_sent_again_on_a_guess() {
    for exchange in ambiguous() {
        assert_eq!(verdict(&exchange), Verdict::Unknown, "{exchange:?}");
    }
    for name in ["error 9", "error 77", "taken without a count", "maintenance page", "gateway timeout"] {
        assert_eq!(verdict(&RECORDED.answer(name)), Verdict::Unknown, "{name}");
    }
}

#[test]
fn only_its_not_found_allows_another_try() {
    assert_eq!(state("status not found"), State::NotFound);
    let unclear = ["status unheard of", "status question refused", "status of another message"];
    for name in unclear.into_iter().chain(["maintenance page", "gateway timeout", "taken"]) {
        assert_eq!(state(name), State::Unclear, "{name}");
    }
    let questions = [question(None, Channel::Text)];
    for exchange in [Exchange::Lost, Exchange::NotSent] {
        assert_eq!(smsc().read_states(&questions, &exchange), vec![State::Unclear]);
    }
}

#[test]
fn what_smsc_will_never_take_is_refused_with_its_reason() {
    for (name, reason) in [
        ("error 1", Reason::OperatorRefused),
        ("error 5", Reason::OperatorRefused),
        ("error 6", Reason::TextRefused),
        ("error 7", Reason::NumberInvalid),
        ("error as a text", Reason::NumberInvalid),
        ("error 8", Reason::NumberUnreachable),
    ] {
        assert_eq!(verdict(&RECORDED.answer(name)), Verdict::Refused(reason), "{name}");
    }
}

#[test]
fn what_smsc_has_certainly_not_got_may_be_tried_again() {
    assert_eq!(verdict(&Exchange::NotSent), Verdict::NotTaken(Hindrance::Unreached));
    for name in ["error 2", "error 3", "error 4"] {
        assert_eq!(verdict(&RECORDED.answer(name)), Verdict::NotTaken(Hindrance::Account), "{name}");
    }
}

#[test]
fn what_smsc_takes_is_known_by_our_number() {
    for name in ["taken", "taken as a text"] {
        assert_eq!(verdict(&RECORDED.answer(name)), Verdict::Taken(Some("4711".to_owned())), "{name}");
    }
}

#[test]
fn a_text_goes_with_our_number_and_in_utf_8() {
    let request = smsc().hand_over(&[message(KAZAKH_TEXT)]).expect("a request");
    assert_eq!(request.uri(), "https://smsc.kz/sys/send.php");
    assert_eq!(
        posted(&request),
        pairs(&[
            ("apikey", "key of the tests"),
            ("fmt", "3"),
            ("charset", "utf-8"),
            ("sender", "SENDBOX"),
            ("mes", KAZAKH_TEXT),
            ("valid", "00:09"),
            ("phones", "+77010000001"),
            ("id", "4711"),
        ])
    );
}

#[test]
fn a_login_serves_where_there_is_no_key() {
    let credentials = Credentials::Password { login: "sendbox".to_owned(), password: "made up".to_owned() };
    let request = Smsc { credentials, ..smsc() }.hand_over(&[message(GSM_TEXT)]).expect("a request");
    let fields = posted(&request);
    assert_eq!(fields[..2], pairs(&[("login", "sendbox"), ("psw", "made up")]));
}

/// An id that was cut to fit could be another message's, and its answers would be read as ours.
#[test]
fn a_number_beyond_its_ids_is_not_sent() {
    for (row, fits) in
        [(0, false), (1, true), (1_056_964_607, true), (1_056_964_608, false), ((1 << 32) + 1, true)]
    {
        let request = smsc().hand_over(&[OutgoingMessage { row, ..message(GSM_TEXT) }]);
        match request {
            Ok(_) => assert!(fits, "{row}"),
            Err(error) => {
                assert!(!fits, "{row}");
                assert_eq!(error.verdict(), Verdict::Refused(Reason::OperatorIdsExhausted));
            }
        }
    }
}

#[test]
fn a_state_is_asked_for_by_our_number() {
    let request =
        smsc().ask_states(&[question(None, Channel::Text)]).expect("can be asked").expect("a request");
    assert_eq!(request.uri(), "https://smsc.kz/sys/status.php");
    assert_eq!(
        posted(&request),
        pairs(&[
            ("apikey", "key of the tests"),
            ("fmt", "3"),
            ("charset", "utf-8"),
            ("phone", "77010000001"),
            ("id", "4711"),
            ("all", "1"),
        ])
    );
}

/// Without the number it would say "not found" of a message that it has.
#[test]
fn a_state_is_not_asked_for_without_the_recipient() {
    let questions = [Question { phone: None, ..question(None, Channel::Text) }];
    assert!(smsc().ask_states(&questions).is_none());
}

#[test]
fn every_status_has_its_progress() {
    for (name, progress) in [
        ("status stopped", Progress::Underway),
        ("status waiting", Progress::Underway),
        ("status at the operator", Progress::Underway),
        ("status delivered", ended(DeliveryResult::Delivered, None)),
        ("status read", ended(DeliveryResult::Delivered, None)),
        ("status link opened", ended(DeliveryResult::Delivered, None)),
        ("status expired", ended(DeliveryResult::Expired, None)),
        ("status 20", ended(DeliveryResult::Undelivered, None)),
        ("status 22", ended(DeliveryResult::Undelivered, Some(Reason::NumberInvalid))),
        ("status 23", ended(DeliveryResult::Undelivered, Some(Reason::TextRefused))),
        ("status 24", ended(DeliveryResult::Undelivered, Some(Reason::OperatorFunds))),
        ("status 25", ended(DeliveryResult::Undelivered, Some(Reason::NumberUnreachable))),
    ] {
        let taken =
            State::Taken { reference: Some("4711".to_owned()), at: Some(1_792_235_200_000), progress };
        assert_eq!(state(name), taken, "{name}");
    }
}

#[test]
fn a_message_that_it_has_is_taken_even_if_it_does_not_say_since_when() {
    assert!(matches!(state("status without times"), State::Taken { at: None, .. }));
}

#[test]
fn a_call_ends_answered_busy_unanswered_or_at_a_machine() {
    for (name, result) in [
        ("status delivered", CallResult::Answered),
        ("status machine", CallResult::Machine),
        ("status busy", CallResult::Busy),
        ("status rejected", CallResult::Busy),
        ("status rang out", CallResult::NoAnswer),
        ("status no route", CallResult::Failed),
    ] {
        let State::Taken { progress, .. } = state(name) else { panic!("{name} is not taken") };
        assert_eq!(progress.call(), Some(result), "{name}");
    }
}

#[test]
fn a_call_plays_a_recording_within_the_bounds() {
    let request = smsc().call(&call()).expect("a request");
    assert_eq!(request.uri(), "https://smsc.kz/sys/send.php");
    assert_eq!(
        posted(&request),
        pairs(&[
            ("apikey", "key of the tests"),
            ("fmt", "3"),
            ("charset", "utf-8"),
            ("call", "1"),
            ("sender", "+77010009999"),
            ("param", "20,600,1"),
            ("fileurl", "https://sendbox.example/audio/a1?expires=1792300000&signature=c0ffee"),
            ("phones", "+77010000001"),
            ("id", "4711"),
        ])
    );
}

/// `mes=code` with `call=1` dictates a number of the operator's own making to the person.
#[test]
fn a_call_carries_no_text_and_a_text_makes_no_call() {
    let spoken = posted(&smsc().call(&call()).expect("a request"));
    assert!(spoken.iter().all(|(name, _)| name != "mes"), "{spoken:?}");
    let written = posted(&smsc().hand_over(&[message("code")]).expect("a request"));
    assert!(written.iter().all(|(name, _)| name != "call"), "{written:?}");
}

/// R78: the shortest ring that a plan allows is what the operator is told.
#[test]
fn the_shortest_ring_is_fifteen_seconds() {
    let plan = CallPlan::new(1, 15, 300).expect("within bounds");
    let request = smsc().call(&sendbox_operators::OutgoingCall { plan, ..call() }).expect("a request");
    assert!(posted(&request).contains(&("param".to_owned(), "15,300,1".to_owned())));
}

/// Where no number is set, the operator calls from one of its own.
#[test]
fn a_call_from_no_number_of_ours_names_none() {
    let request = smsc().call(&sendbox_operators::OutgoingCall { from: "", ..call() }).expect("a request");
    assert!(posted(&request).iter().all(|(name, _)| name != "sender"));
}

#[test]
fn a_forged_changed_or_unsigned_report_is_refused() {
    for name in ["report forged", "report with a status changed", "report unsigned"] {
        assert_eq!(report(name), Err(ReportError::SignatureInvalid), "{name}");
    }
    let open = Smsc { report_secret: String::new(), ..smsc() };
    assert_eq!(open.read_report(&RECORDED.get("report md5").body), Err(ReportError::NotConfigured));
}

#[test]
fn a_report_is_read_under_either_signature_and_in_either_form() {
    for name in ["report md5", "report sha1"] {
        let read = report(name).expect(name);
        assert_eq!(read.about, MessageKey::Row(4711), "{name}");
        assert_eq!(read.progress, ended(DeliveryResult::Delivered, None), "{name}");
        assert_eq!(read.at, None, "nothing vouches for its time");
    }
    let read = report("report json").expect("a report");
    assert_eq!(read.progress.call(), Some(CallResult::Busy));
}

#[test]
fn a_report_on_the_way_is_no_last_word() {
    assert_eq!(report("report waiting").map(|read| read.progress), Ok(Progress::Underway));
    let unreachable = ended(DeliveryResult::Undelivered, Some(Reason::NumberUnreachable));
    assert_eq!(report("report unreachable").map(|read| read.progress), Ok(unreachable));
}

/// "Not found" answers a question; told unasked, it must not send a message again.
#[test]
fn a_report_of_not_found_changes_nothing() {
    assert_eq!(report("report not found"), Err(ReportError::Unread(Unread::Body)));
}

#[test]
fn a_reply_is_read_with_the_colons_in_it() {
    let incoming =
        Incoming { from: "+77010000001".to_owned(), text: "Стоп: не пишите".to_owned() };
    assert_eq!(smsc().read_incoming(&RECORDED.get("incoming").body), Ok(incoming));
}

/// The signed bytes are the same; only the place of the colons between the fields was moved.
#[test]
fn a_signed_reply_cannot_be_cut_into_another() {
    let read = smsc().read_incoming(&RECORDED.get("incoming cut elsewhere").body);
    assert_eq!(read, Err(ReportError::SignatureInvalid));
}

/// A reply as SMSC.kz sends it: signed over the bytes, in whichever charset, by either digest.
fn signed_reply(phone: &str, said: &[u8], to: &str, by: &str) -> Vec<u8> {
    let signed =
        [phone.as_bytes(), b":", said, b":", to.as_bytes(), b":callback secret of the tests"].concat();
    let digest: Vec<u8> = match by {
        "md5" => md5::Md5::digest(&signed).to_vec(),
        _ => sha1::Sha1::digest(&signed).to_vec(),
    };
    let encoded = |value: &[u8]| -> String { form_urlencoded::byte_serialize(value).collect() };
    let digest = hex(&digest);
    let (phone, said, to) = (encoded(phone.as_bytes()), encoded(said), encoded(to.as_bytes()));
    format!("id=9&phone={phone}&mes={said}&to={to}&{by}={digest}&new_field=1").into_bytes()
}

const STOP_IN_1251: &[u8] = b"\xd1\xf2\xee\xef"; // "Стоп"

/// R66: SMSC.kz writes in windows-1251 unless its address says otherwise; both are taken, under both digests.
#[test]
fn a_reply_is_read_in_windows_1251_and_in_utf_8() {
    let refuse_in_1251: &[u8] = b"\xcd\xe5 \xef\xe8\xf8\xe8\xf2\xe5 \xec\xed\xe5!"; // "Не пишите мне!"
    for (said, text) in [
        (STOP_IN_1251, "Стоп"),
        ("Стоп".as_bytes(), "Стоп"),
        (b"STOP", "STOP"),
        (refuse_in_1251, "Не пишите мне!"),
    ] {
        for by in ["md5", "sha1"] {
            let read = smsc().read_incoming(&signed_reply("77010000001", said, "77010009999", by));
            let incoming = Incoming { from: "+77010000001".to_owned(), text: text.to_owned() };
            assert_eq!(read, Ok(incoming), "{text} {by}");
        }
    }
}

/// The signature is over the bytes as they were sent.
#[test]
fn a_reply_with_one_letter_changed_is_refused() {
    let form = signed_reply("77010000001", STOP_IN_1251, "77010009999", "md5");
    let form = String::from_utf8(form).expect("ASCII").replace("%EF", "%F0");
    assert_eq!(smsc().read_incoming(form.as_bytes()), Err(ReportError::SignatureInvalid));
}

#[test]
fn a_reply_in_json_is_read_in_either_charset() {
    let digest = |said: &[u8]| -> String {
        let signed = [b"77010000001:", said, b":77010009999:callback secret of the tests"].concat();
        hex(&md5::Md5::digest(&signed))
    };
    let json = |said: &[u8], digest: &str| {
        let tail = format!("\", \"to\": 77010009999, \"md5\": \"{digest}\"}}");
        [b"{\"phone\": \"77010000001\", \"mes\": \"", said, tail.as_bytes()].concat()
    };
    let escaped = br"\u0421\u0442\u043e\u043f";
    for body in [
        json("Стоп".as_bytes(), &digest("Стоп".as_bytes())),
        json(STOP_IN_1251, &digest(STOP_IN_1251)),
        json(escaped, &digest(STOP_IN_1251)),
        json(escaped, &digest("Стоп".as_bytes())),
    ] {
        let read = smsc().read_incoming(&body).map(|incoming| incoming.text);
        assert_eq!(read.as_deref(), Ok("Стоп"), "{}", String::from_utf8_lossy(&body));
    }
}

/// R66: what is its own and cannot be read says what could not; what is not its own is refused.
#[test]
fn a_reply_that_cannot_be_read_says_what_could_not() {
    let read =
        |phone: &str, said: &[u8]| smsc().read_incoming(&signed_reply(phone, said, "77010009999", "sha1"));
    assert_eq!(read("Kcell", b"STOP"), Err(ReportError::Unread(Unread::Number)));
    assert_eq!(read("", b"STOP"), Err(ReportError::Unread(Unread::Number)));
    // The one byte that is no letter of windows-1251.
    assert_eq!(read("77010000001", b"\xef\x98"), Err(ReportError::Unread(Unread::Charset)));
    assert_eq!(smsc().read_incoming(b"phone=77010000001&mes=STOP"), Err(ReportError::SignatureInvalid));
}

/// R66: the number of whoever answers comes in any form.
#[test]
fn a_reply_is_read_whatever_way_its_number_is_written() {
    for phone in ["87010000001", "+77010000001", "0077010000001", "tel:+77010000001", "8 701 000-00-01"] {
        let read = smsc().read_incoming(&signed_reply(phone, STOP_IN_1251, "1234", "md5"));
        assert_eq!(read.map(|incoming| incoming.from).as_deref(), Ok("+77010000001"), "{phone}");
    }
}

/// R81: hours and minutes, rounded down; with less than a minute nothing leaves, and it takes a day at most.
#[test]
fn a_text_says_for_how_many_hours_and_minutes_it_is_valid() {
    for (seconds, valid) in [
        (0, None),
        (59, None),
        (60, Some("00:01")),
        (299, Some("00:04")),
        (39_600, Some("11:00")),
        (200_000, Some("24:00")),
    ] {
        assert_eq!(validity_field(&smsc(), "valid", seconds).as_deref(), valid, "{seconds} s");
    }
}

/// R81: a call cannot be told until when; so it is left to the figure in the routing.
#[test]
fn a_call_carries_no_validity_and_says_so() {
    assert_eq!(smsc().expiry(), Expiry::Never);
    assert!(posted(&smsc().call(&call()).expect("a request")).iter().all(|(name, _)| name != "valid"));
}
