//! One-time codes: before everything else, for ten minutes, and then not at all (section L).

use domain::campaign::CampaignState;
use domain::campaign::MessageClass::{Informational, OneTimeCode};
use domain::message::{MessageState, Reason};
use domain::money::Tiyn;
use pollster::FutureExt as _;
use sendbox_store::cell::{Agreement, CodesExpired, HandOver, LeaseOutcome};

use crate::support::{Bench, MINUTE, MORNING, PRICE, Recorder, all, number, numbers};

/// Two contacts, money enough, and a campaign of codes whose messages are queued.
fn with_codes() -> (Bench, String) {
    let bench = Bench::new();
    bench.upload(&numbers(2));
    bench.top_up("pay_1", 100 * PRICE).expect("credited");
    let campaign = start(&bench, bench.draft_of(OneTimeCode));
    bench.prepare_all(&campaign);
    (bench, campaign)
}

fn start<D: sendbox_store::Database>(bench: &Bench<D>, campaign: String) -> String {
    let free = Agreement { price: Tiyn::ZERO, total: Tiyn::ZERO };
    bench.tenant().start_campaign(&bench.act(), &campaign, free).block_on().expect("started");
    campaign
}

fn expire(bench: &Bench) -> CodesExpired {
    bench.cell().expire_codes(bench.now()).block_on().expect("expires")
}

#[test]
fn a_code_is_taken_for_ten_minutes_and_not_a_moment_longer() {
    let (bench, campaign) = with_codes();
    bench.pass(10 * MINUTE - 1);
    assert_eq!(expire(&bench), CodesExpired::default());
    assert_eq!(bench.take(&campaign, 1).1.len(), 1);
    bench.pass(1);
    assert_eq!(bench.lease(&campaign, 1), LeaseOutcome::Nothing, "the gate stands in the lease itself");
}

/// R86: not sent, not charged, the reason and the instant kept; the campaign comes to its end.
#[test]
fn a_code_that_nobody_waits_for_any_more_is_blocked_without_charge() {
    let (bench, campaign) = with_codes();
    bench.pass(10 * MINUTE);
    let expired = expire(&bench);
    assert_eq!(expired.messages, 2);
    assert_eq!(
        expired.campaigns.into_iter().collect::<Vec<_>>(),
        [(bench.account.clone(), campaign.clone())]
    );
    assert_eq!(bench.fate(&number(0)), (MessageState::Blocked, Some(Reason::CodeExpired)));
    let item = bench.tenant().history(None, 0, 10).block_on().expect("reads").items.remove(0);
    assert_eq!((item.blocked_at, item.offset_minutes), (Some(MORNING + 10 * MINUTE), Some(300)));
    assert_eq!(bench.balance(), (100 * PRICE, 0));
    assert!(bench.tenant().served(&campaign, bench.now()).block_on().expect("answers"));
    assert_eq!(expire(&bench), CodesExpired::default(), "once");
}

/// What was with an operator when the time ran out does not come back to be sent.
#[test]
fn a_code_that_an_operator_put_off_for_too_long_is_not_sent_again() {
    let (bench, campaign) = with_codes();
    let (lease, messages) = bench.take(&campaign, 1);
    bench.pass(10 * MINUTE);
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Later(bench.now())));
    assert_eq!(expire(&bench).messages, 2);
    assert_eq!(bench.balance(), (100 * PRICE, 0));
}

/// Other classes wait for as long as it takes.
#[test]
fn a_notice_does_not_expire() {
    let bench = Bench::new();
    bench.upload(&numbers(1));
    bench.top_up("pay_1", PRICE).expect("credited");
    let campaign = start(&bench, bench.draft_of(Informational));
    bench.prepare_all(&campaign);
    bench.pass(600 * MINUTE);
    assert_eq!(expire(&bench), CodesExpired::default());
    assert_eq!(bench.take(&campaign, 1).1.len(), 1);
}

/// R66: whoever refused is not written to, whatever the class.
#[test]
fn a_code_is_not_sent_to_a_blacklisted_number() {
    let (bench, campaign) = with_codes();
    bench.blacklist(&number(0));
    assert_eq!(bench.take(&campaign, 10).1.len(), 1);
}

/// Somebody waits for a code; of the places of a tick, half are left to the others.
#[test]
fn codes_are_served_before_everything_else_in_half_of_the_places() {
    let bench = Bench::new();
    bench.upload(&numbers(1));
    bench.top_up("pay_1", 100 * PRICE).expect("credited");
    for _ in 0..4 {
        let notice = start(&bench, bench.draft_of(Informational));
        bench.prepare_all(&notice);
    }
    bench.pass(MINUTE);
    let mut codes = Vec::new();
    for _ in 0..4 {
        let code = start(&bench, bench.draft_of(OneTimeCode));
        bench.prepare_all(&code);
        codes.push(code);
    }
    let running = |limit: usize| -> Vec<String> {
        let at_work = bench.cell().campaigns_at_work(limit, bench.now()).block_on().expect("reads");
        assert!(at_work.left_out);
        at_work.running.into_iter().map(|work| work.campaign).collect()
    };
    let four = running(4);
    assert_eq!(four.len(), 4);
    assert!(four[..2].iter().all(|first| codes.contains(first)), "{four:?}");
    assert!(four[2..].iter().all(|behind| !codes.contains(behind)), "{four:?}");
}

#[test]
fn codes_and_their_ends_are_found_by_indexes_of_their_own() {
    let bench = Bench::on(Recorder::new());
    bench.upload(&numbers(1));
    let campaign = start(&bench, bench.draft_of(OneTimeCode));
    bench.prepare_all(&campaign);
    bench.db.forget();
    bench.cell().expire_codes(bench.now()).block_on().expect("expires");
    let plan = bench.db.plan_of("INDEXED BY campaign_codes");
    assert!(plan.iter().any(|step| step.contains("INDEX campaign_codes ")), "{plan:?}");
    assert!(plan.iter().all(|step| !step.starts_with("SCAN m")), "{plan:?}");
}

#[test]
fn a_paused_campaign_of_codes_expires_when_it_goes_on() {
    let (bench, campaign) = with_codes();
    bench.tenant().pause_campaign(&bench.act(), &campaign).block_on().expect("paused");
    bench.pass(11 * MINUTE);
    assert_eq!(expire(&bench), CodesExpired::default());
    let resumed = bench.tenant().resume_campaign(&bench.act(), &campaign).block_on().expect("resumed");
    assert_eq!(resumed.state, CampaignState::Running);
    assert_eq!(expire(&bench).messages, 2);
}
