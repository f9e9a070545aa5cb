//! SMSC.kz asked about numbers (HLR): fields after its published API, answers in their form.

use domain::message::Reason;
use domain::number_lookup::{LookupAnswer, SubscriberStatus};
use sendbox_operators::smsc::{Credentials, Smsc};
use sendbox_operators::{
    Exchange, Hindrance, LookupOperator, NumberQuestion, Operator, QuestionState, Verdict,
};

use crate::recorded::{ROW, Recordings, ambiguous, pairs, posted};

const RECORDED: Recordings = Recordings(include_str!("../exchanges/smsc_number_lookups.http"));
const QUESTION: NumberQuestion<'static> = NumberQuestion { row: ROW, phone: "+77010000001" };
/// Its own number of the question.
const OURS: &str = "1056969319";

fn smsc() -> Smsc {
    Smsc {
        base_url: "https://smsc.kz".to_owned(),
        credentials: Credentials::ApiKey("key of the tests".to_owned()),
        report_secret: String::new(),
    }
}

fn answer(name: &str) -> QuestionState {
    smsc().read_answer(&QUESTION, &RECORDED.answer(name))
}

/// What an answer says of the phone; `None` where it is none.
fn status(name: &str) -> Option<(SubscriberStatus, Option<i64>)> {
    match answer(name) {
        QuestionState::Answered(answer) => Some((answer.status, answer.error)),
        _ => None,
    }
}

/// R103: each question costs, so what it may have taken is never given again on a guess.
#[test]
fn what_smsc_may_have_taken_is_not_given_again_on_a_guess() {
    for exchange in ambiguous() {
        assert_eq!(smsc().read_given(&exchange), Verdict::Unknown, "{exchange:?}");
    }
    for name in ["refused to say", "maintenance page", "gateway timeout"] {
        assert_eq!(smsc().read_given(&RECORDED.answer(name)), Verdict::Unknown, "{name}");
        assert_eq!(answer(name), QuestionState::Unclear, "{name}");
    }
    assert_eq!(answer("of another question"), QuestionState::Unclear);
    for exchange in [Exchange::Lost, Exchange::NotSent] {
        assert_eq!(smsc().read_answer(&QUESTION, &exchange), QuestionState::Unclear);
    }
    assert_eq!(smsc().read_given(&Exchange::NotSent), Verdict::NotTaken(Hindrance::Unreached));
    assert_eq!(answer("not found"), QuestionState::NotFound);
}

/// R103: what no network said is no answer, and is not paid for.
#[test]
fn what_no_network_said_is_no_answer() {
    for name in [
        "undeliverable without a word",
        "no answer of the network",
        "no route",
        "expired",
        "wrong number",
        "no funds",
    ] {
        assert_eq!(answer(name), QuestionState::Failed, "{name}");
    }
    for name in ["waiting", "at the network", "unheard of"] {
        assert_eq!(answer(name), QuestionState::Underway, "{name}");
    }
}

#[test]
fn a_question_goes_with_a_number_of_its_own_and_no_text() {
    let smsc = smsc();
    let request = smsc.number_lookups().expect("it can").give(&QUESTION).expect("a request");
    assert_eq!(request.uri(), "https://smsc.kz/sys/send.php");
    let begin = [("apikey", "key of the tests"), ("fmt", "3"), ("charset", "utf-8")];
    let given = [("hlr", "1"), ("phones", "+77010000001"), ("id", OURS)];
    assert_eq!(posted(&request), [pairs(&begin), pairs(&given)].concat());
    let request = smsc.ask(&QUESTION).expect("a request");
    assert_eq!(request.uri(), "https://smsc.kz/sys/status.php");
    let asked = [("phone", "77010000001"), ("id", OURS), ("all", "1")];
    assert_eq!(posted(&request), [pairs(&begin), pairs(&asked)].concat());
    let taken = smsc.read_given(&RECORDED.answer("taken"));
    assert_eq!(taken, Verdict::Taken(Some(OURS.to_owned())));
    let beyond = NumberQuestion { row: 1 << 24, ..QUESTION };
    for refused in [smsc.give(&beyond), smsc.ask(&beyond)] {
        let verdict = refused.expect_err("no number").verdict();
        assert_eq!(verdict, Verdict::Refused(Reason::OperatorIdsExhausted));
    }
}

/// R70, R95: whether the phone is in service and where; the number of the SIM is read by nobody.
#[test]
fn an_answer_says_whether_and_where_the_phone_is_in_service() {
    let reachable = LookupAnswer {
        status: SubscriberStatus::Reachable,
        error: None,
        mcc: Some(401),
        mnc: Some(2),
        country: Some("Kazakhstan".to_owned()),
        network: Some("Kcell".to_owned()),
        roaming_country: None,
        roaming_network: None,
        at: Some(1_795_762_809_000),
    };
    assert_eq!(answer("reachable"), QuestionState::Answered(reachable.clone()));
    let roaming = LookupAnswer {
        mnc: Some(1),
        network: Some("Beeline".to_owned()),
        roaming_country: Some("Turkey".to_owned()),
        roaming_network: Some("Turkcell".to_owned()),
        ..reachable
    };
    assert_eq!(answer("roaming"), QuestionState::Answered(roaming), "numbers may be texts");
    for (name, reached) in [
        ("absent", (SubscriberStatus::Absent, Some(6))),
        ("no subscriber", (SubscriberStatus::NoSubscriber, Some(1))),
        ("barred", (SubscriberStatus::Barred, Some(13))),
        ("no service of texts", (SubscriberStatus::NoTexts, Some(11))),
        ("another error of the network", (SubscriberStatus::Unreachable, Some(12))),
    ] {
        assert_eq!(status(name), Some(reached), "{name}");
    }
    let QuestionState::Answered(nobody) = answer("no subscriber") else { panic!("an answer") };
    assert_eq!((nobody.mcc, nobody.network), (None, None), "an empty text says nothing");
}
