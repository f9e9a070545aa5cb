//! Mobizon: codes and statuses after its published API.

use domain::campaign::DeliveryResult;
use domain::message::Reason;
use domain::tariffs::Channel;
use sendbox_operators::mobizon::{Mobizon, Notice};
use sendbox_operators::{Exchange, Hindrance, Operator, Progress, ReportError, State, Verdict};

use crate::recorded::{
    GSM_TEXT, ID, KAZAKH_TEXT, Recordings, ambiguous, message, pairs, posted, question, validity_field,
};

const RECORDED: Recordings = Recordings(include_str!("../exchanges/mobizon.http"));

fn mobizon() -> Mobizon {
    Mobizon {
        base_url: "https://api.mobizon.kz".to_owned(),
        api_key: "key of the tests".to_owned(),
        notice_secret: "webhook secret of the tests".to_owned(),
    }
}

fn verdict(exchange: &Exchange) -> Verdict {
    let verdicts = mobizon().read_hand_over(&[message(GSM_TEXT)], exchange);
    verdicts.into_iter().next().expect("one verdict")
}

fn state_by_name(name: &str) -> State {
    let questions = [question(None, Channel::Text)];
    mobizon().read_states(&questions, &RECORDED.answer(name)).into_iter().next().expect("one state")
}

/// R87: what failed in the middle, in part or in the background may have been sent.
#[test]
fn what_mobizon_may_have_taken_is_never_sent_again() {
    for exchange in ambiguous() {
        assert_eq!(verdict(&exchange), Verdict::Unknown, "{exchange:?}");
    }
    for code in [2, 3, 10, 15, 98, 100, 999] {
        assert_eq!(verdict(&RECORDED.answer(&format!("code {code}"))), Verdict::Unknown, "{code}");
    }
    for name in ["ok without an id", "server error with a code"] {
        assert_eq!(verdict(&RECORDED.answer(name)), Verdict::Unknown, "{name}");
    }
}

/// Its lists may lag behind: a campaign that is not in them proves nothing.
#[test]
fn a_message_that_is_not_found_stays_unknown() {
    for name in ["no campaign", "campaign new", "code 8"] {
        assert_eq!(state_by_name(name), State::Unclear, "{name}");
    }
    let questions = [question(Some("7"), Channel::Text)];
    assert_eq!(mobizon().read_states(&questions, &RECORDED.answer("states")), vec![State::Unclear]);
}

#[test]
fn what_mobizon_will_never_take_is_refused_with_its_reason() {
    for (name, reason) in [
        ("bad number", Reason::NumberInvalid),
        ("bad text", Reason::TextInvalid),
        ("bad something", Reason::OperatorRefused),
        ("code 11", Reason::OperatorRefused),
        ("code 12", Reason::OperatorRefused),
        ("code 99", Reason::OperatorRefused),
    ] {
        assert_eq!(verdict(&RECORDED.answer(name)), Verdict::Refused(reason), "{name}");
    }
}

#[test]
fn what_mobizon_has_certainly_not_got_may_be_tried_again() {
    assert_eq!(verdict(&Exchange::NotSent), Verdict::NotTaken(Hindrance::Unreached));
    assert_eq!(verdict(&RECORDED.answer("code 30")), Verdict::NotTaken(Hindrance::Throttled));
    for name in ["code 4", "code 5", "code 6", "code 8", "code 9", "code 13", "code 14", "bad sender"] {
        assert_eq!(verdict(&RECORDED.answer(name)), Verdict::NotTaken(Hindrance::Account), "{name}");
    }
}

#[test]
fn what_is_sent_or_in_moderation_is_taken() {
    for name in ["sent", "in moderation"] {
        assert_eq!(verdict(&RECORDED.answer(name)), Verdict::Taken(Some("169275418".to_owned())), "{name}");
    }
}

#[test]
fn a_text_goes_in_a_campaign_named_by_our_id() {
    let request = mobizon().hand_over(&[message(KAZAKH_TEXT)]).expect("a request");
    assert_eq!(
        request.uri(),
        "https://api.mobizon.kz/service/message/sendsmsmessage?output=json&api=v1&apiKey=key+of+the+tests"
    );
    assert_eq!(
        posted(&request),
        pairs(&[
            ("recipient", "77010000001"),
            ("text", KAZAKH_TEXT),
            ("from", "SENDBOX"),
            ("params[name]", ID),
            ("params[validity]", "9"),
        ])
    );
}

#[test]
fn a_lost_hand_over_is_looked_for_by_the_name_of_its_campaign() {
    let request =
        mobizon().ask_states(&[question(None, Channel::Text)]).expect("can be asked").expect("a request");
    assert_eq!(request.uri().path(), "/service/campaign/list");
    assert_eq!(
        posted(&request),
        pairs(&[
            ("criteria[type]", "1"),
            ("criteria[recipient]", "77010000001"),
            ("pagination[pageSize]", "100"),
            ("pagination[currentPage]", "0"),
            ("sort[createTs]", "DESC"),
        ])
    );
    let taken = |progress| State::Taken { reference: None, at: None, progress };
    assert_eq!(state_by_name("campaign running"), taken(Progress::Underway));
    let declined = Progress::Ended { result: DeliveryResult::Undelivered, reason: Some(Reason::TextRefused) };
    assert_eq!(state_by_name("campaign declined"), taken(declined));
}

#[test]
fn states_are_asked_for_by_its_references() {
    let references: Vec<String> = (1_000..1_010).map(|reference| reference.to_string()).collect();
    let questions: Vec<_> =
        references.iter().map(|reference| question(Some(reference), Channel::Text)).collect();
    let request = mobizon().ask_states(&questions).expect("can be asked").expect("a request");
    assert_eq!(request.uri().path(), "/service/message/getSMSStatus");
    assert_eq!(posted(&request), pairs(&[("ids", &references.join(","))]));
    let ended = |result, reason| Some(Progress::Ended { result, reason });
    let expected = [
        Some(Progress::Underway),
        Some(Progress::Underway),
        Some(Progress::Underway),
        Some(Progress::Underway),
        ended(DeliveryResult::Delivered, None),
        ended(DeliveryResult::Expired, None),
        ended(DeliveryResult::Undelivered, None),
        ended(DeliveryResult::Undelivered, None),
        ended(DeliveryResult::Undelivered, Some(Reason::OperatorRefused)),
        // A word that it has not published.
        None,
    ];
    let expected: Vec<State> = references
        .iter()
        .zip(expected)
        .map(|(reference, progress)| match progress {
            Some(progress) => State::Taken { reference: Some(reference.clone()), at: None, progress },
            None => State::Unclear,
        })
        .collect();
    assert_eq!(mobizon().read_states(&questions, &RECORDED.answer("states")), expected);
}

#[test]
fn a_forged_notice_is_refused() {
    let forged = mobizon().read_notice(&RECORDED.get("notice forged").body);
    assert_eq!(forged, Err(ReportError::SignatureInvalid));
    let open = Mobizon { notice_secret: String::new(), ..mobizon() };
    assert_eq!(open.read_notice(&RECORDED.get("notice").body), Err(ReportError::NotConfigured));
}

/// The signature does not cover the status: it can be changed on the way, so nothing is read from it.
#[test]
fn a_notice_says_what_to_ask_for_and_no_result() {
    let notice = Notice { event: "26".to_owned(), reference: "169275418".to_owned() };
    for name in ["notice", "notice with a status changed"] {
        assert_eq!(mobizon().read_notice(&RECORDED.get(name).body), Ok(Some(notice.clone())), "{name}");
    }
}

#[test]
fn a_notice_about_a_form_is_none_of_ours() {
    assert_eq!(mobizon().read_notice(&RECORDED.get("notice about a form").body), Ok(None));
}

/// R81: it queues nothing into the night. Minutes are rounded down, and with less than one nothing leaves.
#[test]
fn a_text_says_for_how_many_whole_minutes_it_is_valid() {
    for (seconds, minutes) in
        [(0, None), (59, None), (60, Some("1")), (299, Some("4")), (39_600, Some("660"))]
    {
        assert_eq!(
            validity_field(&mobizon(), "params[validity]", seconds).as_deref(),
            minutes,
            "{seconds} s"
        );
    }
}
