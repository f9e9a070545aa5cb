//! Calls: each attempt a hand-over of its own, under every gate and with its own result; paid by the attempt or
//! by the answered minute.

use domain::account::AccountKind;
use domain::campaign::{CampaignState, MessageClass};
use domain::documents::DocumentKind;
use domain::message::{MessageState, Reason};
use domain::money::Tiyn;
use domain::voice::{CallPlan, CallResult, RESULT_WAIT_MS};
use pollster::FutureExt as _;
use sendbox_store::Refusal;
use sendbox_store::cell::{
    CampaignReport, HandOver, HistoryItem, LeaseOutcome, NewCampaign, NewContent, ReportedMessage,
    StatusReport, StatusTaken,
};

use crate::support::{
    Bench, ByWhat, DAY, MINUTE, OPERATOR, OPERATOR_PRICE, PRICE, SERVICE_PRICE, acceptance, calendars,
    number, verified,
};

const GAP: i64 = 10 * MINUTE;

fn report(bench: &Bench, campaign: &str) -> CampaignReport {
    bench.tenant().campaign_report(campaign).block_on().expect("reads")
}

fn history(bench: &Bench) -> Vec<HistoryItem> {
    bench.tenant().history(None, 0, 1_000).block_on().expect("reads").items
}

fn state(bench: &Bench, campaign: &str) -> CampaignState {
    bench.tenant().campaign(campaign).block_on().expect("reads").expect("there").state
}

fn queued(bench: &Bench, campaign: &str) -> i64 {
    report(bench, campaign).count(&[MessageState::Queued])
}

fn close_unreported(bench: &Bench) -> i64 {
    bench.cell().close_unreported_calls(10, bench.now()).block_on().expect("closed").count
}

/// What the rows say was written off is what the ledger says (R43).
fn charged(bench: &Bench, campaign: &str) -> i64 {
    let report = report(bench, campaign);
    let of_rows = (report.charged_operator + report.charged_service).0;
    let of_ledger =
        "SELECT coalesce(sum(amount), 0) FROM entry WHERE account = ?1 AND book IN ('operator', 'service')";
    assert_eq!(bench.count(of_ledger), of_rows, "rows and ledger disagree");
    of_rows
}

#[test]
fn a_campaign_cannot_play_anothers_recording_or_one_that_is_gone() {
    let bench = Bench::new();
    let audio = bench.recording();
    let stranger = bench.open_account(AccountKind::LegalEntity);
    let new = NewCampaign {
        name: "Calls".to_owned(),
        content: NewContent::Call {
            audio: audio.clone(),
            plan: CallPlan::new(1, 20, 600).expect("within bounds"),
        },
        class: MessageClass::Informational,
        audience: None,
        attestation: acceptance(DocumentKind::ContentAttestation),
    };
    let refused = Err(Refusal::NotFound.into());
    assert_eq!(bench.tenant_of(&stranger).create_campaign(&bench.act(), &new, None).block_on(), refused);
    bench.tenant().delete_audio(&bench.act(), &audio).block_on().expect("deleted");
    assert_eq!(bench.tenant().create_campaign(&bench.act(), &new, None).block_on(), refused);
    assert_eq!(bench.count("SELECT count(*) FROM campaign WHERE account = ?1 OR true"), 0);
}

/// R78: a call whose recording is gone would ring and say nothing.
#[test]
fn a_recording_that_may_still_be_played_cannot_be_deleted() {
    let bench = Bench::new();
    let delete = |audio: &str| bench.tenant().delete_audio(&bench.act(), audio).block_on();
    let in_use = Err(Refusal::AudioInUse.into());

    let audio = bench.recording();
    let draft = bench.call_draft(&audio, 1);
    assert_eq!(delete(&audio), in_use, "a draft");
    bench.tenant().delete_campaign(&draft).block_on().expect("deleted");
    assert_eq!(delete(&audio), Ok(()));

    let campaign = bench.queue_calls(2, 1);
    let audio = bench.tenant().audios(None, 1).block_on().expect("reads").items.remove(0).audio;
    assert_eq!(delete(&audio), in_use, "running");
    let calls = bench.call(&campaign, ByWhat::Attempt);
    bench.tenant().cancel_campaign(&bench.act(), &campaign).block_on().expect("cancelled");
    assert_eq!(delete(&audio), in_use, "cancelled, but with the operator");
    for call in &calls {
        bench.end_call(&call.message, CallResult::Answered);
    }
    assert_eq!(delete(&audio), Ok(()));
}

/// R76: who heard the message, or cannot be reached, is left in peace.
#[test]
fn who_answered_or_cannot_be_reached_is_not_called_again() {
    let bench = Bench::new();
    let campaign = bench.queue_calls(3, 3);
    let calls = bench.call(&campaign, ByWhat::Attempt);
    for (call, result) in calls.iter().zip([CallResult::Answered, CallResult::Machine, CallResult::Failed]) {
        assert!(!bench.serve(&campaign), "how this call ends is not known yet");
        bench.end_call(&call.message, result);
    }
    assert_eq!(queued(&bench, &campaign), 0);
    assert_eq!(state(&bench, &campaign), CampaignState::Completed);
}

/// R76, R87: as often as planned, never sooner than the gap, each attempt once.
#[test]
fn who_was_busy_or_away_is_called_again_after_the_gap_and_only_as_often_as_planned() {
    let bench = Bench::new();
    let campaign = bench.queue_calls(2, 3);
    for attempt in 1..=3 {
        let calls = bench.call(&campaign, ByWhat::Attempt);
        assert_eq!(calls.len(), 2, "attempt {attempt}");
        for (call, result) in calls.iter().zip([CallResult::Busy, CallResult::NoAnswer]) {
            assert_eq!(bench.end_call(&call.message, result).accepted, 1);
            assert_eq!(bench.end_call(&call.message, result).accepted, 0, "a repeated report");
        }
        bench.pass(GAP - 1);
        assert_eq!(
            bench.lease_calls(&campaign, ByWhat::Attempt),
            LeaseOutcome::Nothing,
            "before the gap is over"
        );
        bench.pass(1);
    }
    assert_eq!(queued(&bench, &campaign), 0);
    assert_eq!(state(&bench, &campaign), CampaignState::Completed);
    let attempts: Vec<_> = history(&bench).into_iter().map(|item| item.call_attempt).collect();
    assert_eq!(attempts, [1, 1, 2, 2, 3, 3].map(Some));
    let report = report(&bench, &campaign);
    assert_eq!((report.recipients, report.calls["busy"], report.calls["no_answer"]), (2, 3, 3));
}

/// R87: a campaign whose people are all waited for has its next turn when the first of them is due again.
#[test]
fn a_campaign_has_its_next_turn_when_its_next_attempt_is_due() {
    let bench = Bench::new();
    let campaign = bench.queue_calls(1, 2);
    let call = bench.call(&campaign, ByWhat::Attempt).remove(0);
    bench.serve(&campaign);
    bench.end_call(&call.message, CallResult::Busy);
    let at_work = |at: i64| bench.cell().campaigns_at_work(10, at).block_on().expect("reads").running.len();
    assert_eq!((at_work(bench.now() + GAP - 1), at_work(bench.now() + GAP)), (0, 1));
}

/// R66, R67, R76: what happened between two attempts counts: a next one passes every gate again.
#[test]
fn no_next_attempt_goes_to_who_was_blacklisted_erased_or_whose_campaign_was_stopped() {
    let bench = Bench::new();
    let campaign = bench.queue_calls(2, 3);
    let calls = bench.call(&campaign, ByWhat::Attempt);
    bench.blacklist(calls[0].phone.as_ref().expect("a number"));
    bench.end_call(&calls[0].message, CallResult::Busy);
    bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    bench.end_call(&calls[1].message, CallResult::Busy);
    assert_eq!(queued(&bench, &campaign), 0);
    assert_eq!(state(&bench, &campaign), CampaignState::Completed);

    let bench = Bench::new();
    let campaign = bench.queue_calls(1, 3);
    let call = bench.call(&campaign, ByWhat::Attempt).remove(0);
    bench.tenant().cancel_campaign(&bench.act(), &campaign).block_on().expect("cancelled");
    bench.end_call(&call.message, CallResult::Busy);
    assert_eq!(queued(&bench, &campaign), 0);
}

#[test]
fn a_paused_campaign_calls_nobody_again_until_it_goes_on() {
    let bench = Bench::new();
    let campaign = bench.queue_calls(1, 2);
    let call = bench.call(&campaign, ByWhat::Attempt).remove(0);
    bench.tenant().pause_campaign(&bench.act(), &campaign).block_on().expect("paused");
    bench.end_call(&call.message, CallResult::NoAnswer);
    bench.pass(GAP);
    assert_eq!(bench.lease_calls(&campaign, ByWhat::Attempt), LeaseOutcome::Nothing);
    bench.tenant().resume_campaign(&bench.act(), &campaign).block_on().expect("resumed");
    assert_eq!(bench.call(&campaign, ByWhat::Attempt).len(), 1);
}

/// R48: an attempt is rendered when it is handed over, whatever comes of it.
#[test]
fn by_the_attempt_each_is_paid_at_its_hand_over_and_no_other() {
    let bench = Bench::new();
    let campaign = bench.queue_calls(2, 3);
    let calls = bench.call(&campaign, ByWhat::Attempt);
    assert_eq!(bench.balance(), (4 * PRICE, 0));
    bench.end_call(&calls[0].message, CallResult::Answered);
    bench.end_call(&calls[1].message, CallResult::NoAnswer);
    bench.pass(GAP);
    let again = bench.call(&campaign, ByWhat::Attempt);
    bench.end_call(&again[0].message, CallResult::Answered);
    // Three attempts of the six that were paid for in advance.
    assert_eq!(bench.balance(), (3 * PRICE, 0));
    assert_eq!(charged(&bench, &campaign), 3 * PRICE);
}

/// R48: a minute is written off when the call is handed over, and given back by a transfer of its own where nobody
/// answered; R46: in its two parts.
#[test]
fn a_call_by_the_minute_is_charged_at_its_hand_over_and_given_back_unless_the_line_was_open() {
    for (result, minutes) in CallResult::ALL.into_iter().zip([1, 1, 0, 0, 0]) {
        let bench = Bench::new();
        let campaign = bench.queue_calls(1, 1);
        let call = bench.call(&campaign, ByWhat::Minute).remove(0);
        assert_eq!(bench.balance(), (0, 0), "written off while it rings");
        assert_eq!((charged(&bench, &campaign), report(&bench, &campaign).held), (PRICE, Tiyn::ZERO));
        assert_eq!(history(&bench)[0].charged, Some(Tiyn(PRICE)));
        for _ in 0..2 {
            bench.end_call(&call.message, result);
            assert_eq!(bench.balance(), ((1 - minutes) * PRICE, 0), "{result:?}");
        }
        let refunds = bench.tenant().ledger(None, 10).block_on().expect("reads").items;
        let refunds: Vec<_> = refunds.into_iter().filter(|transfer| transfer.kind == "refund").collect();
        assert_eq!(refunds.len() as i64, 1 - minutes, "{result:?}");
        for refund in refunds {
            let amount =
                |wanted: &str| refund.entries.iter().find(|(book, _)| book == wanted).map(|(_, of)| *of);
            assert_eq!(amount("operator"), Some(OPERATOR_PRICE.negated()));
            assert_eq!(amount("service"), Some(SERVICE_PRICE.negated()));
            assert_eq!((refund.campaign.as_deref(), refund.messages), (Some(campaign.as_str()), Some(1)));
        }
        assert_eq!(charged(&bench, &campaign), minutes * PRICE, "{result:?}");
        assert_eq!(history(&bench)[0].charged, Some(Tiyn(minutes * PRICE)));
        assert_eq!(state(&bench, &campaign), CampaignState::Completed);
    }
}

/// R45, R48: what comes back from calls that nobody took pays for the next ones.
#[test]
fn many_calls_by_the_minute_leave_nothing_held_and_the_ledger_even() {
    let bench = Bench::new();
    let campaign = bench.queue_calls(15, 1);
    let calls = bench.call(&campaign, ByWhat::Minute);
    for (call, result) in calls.iter().zip(CallResult::ALL.into_iter().cycle()) {
        bench.end_call(&call.message, result);
    }
    assert_eq!(bench.balance(), (9 * PRICE, 0));
    assert_eq!(charged(&bench, &campaign), 6 * PRICE);
    let transfers =
        "SELECT count(*) FROM transfer WHERE account = ?1 AND kind = 'capture' AND campaign IS NULL";
    assert_eq!(bench.count(transfers), 0);
}

/// R48: what an operator never took costs nothing, whatever the tariff counts.
#[test]
fn a_call_that_no_operator_took_is_not_paid() {
    for by in [ByWhat::Attempt, ByWhat::Minute] {
        let bench = Bench::new();
        let campaign = bench.queue_calls(1, 1);
        let LeaseOutcome::Taken { lease, messages, .. } = bench.lease_calls(&campaign, by) else {
            panic!("nothing taken")
        };
        bench.settle_calls(&campaign, &lease, by, &messages, &HandOver::Refused(Reason::NumberInvalid));
        assert_eq!(bench.balance(), (PRICE, 0), "{by:?}");
        assert!(bench.serve(&campaign));
    }
}

/// R85: an operator that never says how a call ended keeps neither money nor a campaign; what it says too late is
/// written down and costs nothing.
#[test]
fn a_call_that_nobody_speaks_of_is_closed_with_its_money_given_back() {
    let bench = Bench::new();
    let campaign = bench.queue_calls(1, 3);
    let call = bench.call(&campaign, ByWhat::Minute).remove(0);
    bench.pass(RESULT_WAIT_MS - 1);
    assert_eq!(close_unreported(&bench), 0);
    assert!(!bench.serve(&campaign));
    bench.pass(1);
    assert_eq!(bench.balance(), (2 * PRICE, 0));
    assert_eq!(close_unreported(&bench), 1);
    assert_eq!(close_unreported(&bench), 0);
    let returned = bench.events("charge_returned").remove(0);
    assert_eq!(
        (&returned["messages"][0], &returned["reason"]),
        (&call.message.as_str().into(), &"no_result".into())
    );
    assert_eq!(bench.balance(), (3 * PRICE, 0));
    assert_eq!(state(&bench, &campaign), CampaignState::Completed);

    assert_eq!(bench.end_call(&call.message, CallResult::Busy).accepted, 1);
    assert_eq!(queued(&bench, &campaign), 0);
    assert_eq!((bench.balance(), charged(&bench, &campaign)), ((3 * PRICE, 0), 0));
    assert_eq!(history(&bench)[0].call_result.as_deref(), Some("busy"));
    let page = bench.tenant().campaign_evidence(&campaign, 0, 10).block_on().expect("reads");
    assert_eq!(verified(&bench.db, &page).expect("verifies").events.len(), 2);
}

/// R87: the report of a call whose hand-over nobody saw end settles it, in the words of calls.
#[test]
fn a_report_settles_a_call_of_which_nobody_knew_and_one_that_comes_early_waits() {
    let bench = Bench::new();
    let campaign = bench.queue_calls(2, 1);
    let LeaseOutcome::Taken { lease, messages, .. } = bench.lease_calls(&campaign, ByWhat::Minute) else {
        panic!("nothing taken")
    };
    let word = |message: &str, call: CallResult| StatusReport {
        about: ReportedMessage::Id(message.to_owned()),
        result: Some(call.as_delivery()),
        call: Some(call),
        reference: None,
        at: None,
    };
    let take = |report: &StatusReport| {
        bench.cell().take_status(&calendars(), OPERATOR, report, bench.now()).block_on().expect("taken")
    };
    assert_eq!(take(&word(&messages[0].message, CallResult::Machine)), StatusTaken::Kept);
    let taken = HandOver::Taken(None);
    bench.settle_calls(&campaign, &lease, ByWhat::Minute, &messages[..1], &taken);
    let unknown = HandOver::Unknown(bench.now());
    bench.settle_calls(&campaign, &lease, ByWhat::Minute, &messages[1..], &unknown);
    let taken = bench.cell().take_waiting_reports(&calendars(), 10, bench.now()).block_on();
    assert_eq!(taken.expect("taken").count, 1);
    assert_eq!(take(&word(&messages[1].message, CallResult::Busy)), StatusTaken::Taken);
    let results: Vec<_> = history(&bench).into_iter().map(|item| item.call_result).collect();
    assert_eq!(results, [Some("machine".to_owned()), Some("busy".to_owned())]);
    assert_eq!((bench.balance(), charged(&bench, &campaign)), ((PRICE, 0), PRICE));
}

/// R89, R90, R91, R93: the proof says what was played to whom, how it ended and what it cost.
#[test]
fn a_call_is_proven_with_its_recording_its_result_and_its_charge() {
    let bench = Bench::new();
    let campaign = bench.queue_calls(2, 1);
    let calls = bench.call(&campaign, ByWhat::Minute);
    bench.end_call(&calls[0].message, CallResult::Answered);
    bench.end_call(&calls[1].message, CallResult::NoAnswer);
    let page = bench.tenant().campaign_evidence(&campaign, 0, 10).block_on().expect("reads");
    let events = verified(&bench.db, &page).expect("verifies").events;
    let events: Vec<_> = events.into_iter().map(|event| event.event).collect();
    let handed_over: Vec<_> = events.iter().filter(|event| event["kind"] == "handed_over").collect();
    assert_eq!(handed_over.len(), 2);
    for event in handed_over {
        assert_eq!(event["audio_sha256"], domain::documents::sha256_hex(b"sound").as_str());
        assert_eq!((&event["duration_ms"], &event["paid"]), (&9_000.into(), &"if_answered".into()));
        assert_eq!(event["operator_price"], OPERATOR_PRICE.to_string().as_str());
    }
    let results: Vec<_> = events
        .iter()
        .filter(|event| event["kind"] == "result")
        .map(|event| {
            (event["result"].as_str(), event["operator_price"].as_str(), event["service_price"].as_str())
        })
        .collect();
    let (operator, service) = (OPERATOR_PRICE.to_string(), SERVICE_PRICE.to_string());
    let expected = [
        (Some("answered"), Some(operator.as_str()), Some(service.as_str())),
        (Some("no_answer"), Some("0.00"), Some("0.00")),
    ];
    assert_eq!(results, expected);
}

/// R48, R127: an account is not destroyed while a call's charge is open.
#[test]
fn an_erasure_waits_for_calls_whose_result_is_open() {
    let bench = Bench::new();
    let campaign = bench.queue_calls(1, 1);
    let deletion = bench.tenant().request_deletion(&bench.act(), Tiyn(PRICE)).block_on().expect("requested");
    bench.pass(30 * DAY - MINUTE);
    let call = bench.call(&campaign, ByWhat::Minute).remove(0);
    bench.pass(MINUTE);
    let begun = bench.begin_erasure(&deletion.deletion);
    assert!(!bench.erase_from(&deletion.deletion, begun.clone()), "it waits");
    bench.end_call(&call.message, CallResult::Answered);
    assert!(bench.erase_from(&deletion.deletion, begun));
    assert_eq!(bench.balance(), (0, 0));
    assert_eq!(bench.fate(&number(0)).0, MessageState::Delivered);
}

/// R50: a first call to each, and no more than were agreed to.
#[test]
fn a_started_campaign_calls_each_person_once_at_first() {
    let bench = Bench::new();
    let campaign = bench.queue_calls(3, 3);
    assert_eq!(queued(&bench, &campaign), 3);
    assert_eq!(state(&bench, &campaign), CampaignState::Running);
    assert_eq!(bench.call(&campaign, ByWhat::Attempt).len(), 3);
    assert_eq!(bench.lease_calls(&campaign, ByWhat::Attempt), LeaseOutcome::Nothing);
}
