//! Whose turn it is: no campaign keeps another from being prepared or sent (R52, R87).

use domain::account::AccountKind;
use pollster::FutureExt as _;
use sendbox_store::cell::{CampaignAtWork, CampaignsAtWork, HandOver, LeasedMessage};

use crate::support::{Bench, DAY, MINUTE, PRICE, all, number, routes};

fn at_work(bench: &Bench, limit: usize) -> CampaignsAtWork {
    bench.cell().campaigns_at_work(limit, bench.now()).block_on().expect("reads")
}

fn ids(campaigns: &[CampaignAtWork]) -> Vec<&str> {
    campaigns.iter().map(|work| work.campaign.as_str()).collect()
}

#[test]
fn the_campaign_that_waited_longest_is_served_first() {
    let bench = Bench::new();
    let [first, second] = [bench.queue(1), bench.running_campaign()];
    bench.pass(1);
    bench.tenant().served(&first, bench.now()).block_on().expect("served");
    assert_eq!(ids(&at_work(&bench, 10).running), [&second, &first]);
    bench.pass(1);
    bench.tenant().served(&second, bench.now()).block_on().expect("served");
    assert_eq!(ids(&at_work(&bench, 10).running), [&first, &second]);
}

/// A tick that has nothing to send costs the same beside ten million messages that wait: their campaigns are
/// not even looked at.
#[test]
fn a_campaign_has_its_next_turn_when_the_first_of_its_messages_is_due() {
    let (bench, campaign) = Bench::with_queue(2);
    let due_at = bench.now() + 5 * MINUTE;
    let (lease, messages) = bench.take(&campaign, 2);
    let [first, second] = [&messages[0], &messages[1]].map(Clone::clone);
    let outcomes = vec![(first, HandOver::Later(due_at)), (second, HandOver::Later(due_at + MINUTE))];
    bench.settle(&campaign, &lease, outcomes);
    bench.tenant().served(&campaign, bench.now()).block_on().expect("served");
    bench.pass(5 * MINUTE - 1);
    assert_eq!(at_work(&bench, 10), CampaignsAtWork::default());
    bench.pass(1);
    assert_eq!(ids(&at_work(&bench, 10).running), [&campaign]);
}

/// R87: what comes back into the queue is not left there until the others are due.
#[test]
fn a_message_that_comes_back_brings_the_turn_forward() {
    let (bench, campaign) = Bench::with_queue(2);
    let later = |messages: &[LeasedMessage], at: i64| all(messages, &HandOver::Later(at));
    let (waiting, first) = bench.take(&campaign, 1);
    let (open, second) = bench.take(&campaign, 1);
    bench.settle(&campaign, &waiting, later(&first, bench.now() + DAY));
    bench.tenant().served(&campaign, bench.now()).block_on().expect("served");
    assert_eq!(at_work(&bench, 10), CampaignsAtWork::default());
    bench.settle(&campaign, &open, later(&second, bench.now()));
    assert_eq!(ids(&at_work(&bench, 10).running), [&campaign]);
}

/// Campaigns of an account without money, and after them one of an account that has some.
fn crowd(unpaid: usize) -> (Bench, String) {
    let mut bench = Bench::new();
    bench.upload(&[number(0)]);
    for _ in 0..unpaid {
        bench.running_campaign();
    }
    bench.pass(1);
    bench.account = bench.open_account(AccountKind::LegalEntity);
    bench.upload(&[number(0)]);
    bench.top_up("pay_1", PRICE).expect("credited");
    let paid = bench.running_campaign();
    (bench, paid)
}

/// R52: whoever has no money waits; whoever has some does not wait behind them.
#[test]
fn campaigns_that_cannot_be_paid_for_do_not_keep_out_one_that_can() {
    let (bench, paid) = crowd(12);
    let work = at_work(&bench, 10);
    assert_eq!((work.running.len(), work.running[0].campaign.as_str()), (10, paid.as_str()));
    assert!(work.left_out, "three wait behind");
}

/// R52: and yet theirs come to their ends: what is cancelled or erased costs nothing.
#[test]
fn a_few_places_stay_for_campaigns_that_cannot_be_paid_for() {
    let (bench, _) = crowd(3);
    for _ in 0..15 {
        bench.running_campaign();
    }
    let work = at_work(&bench, 10);
    let unpaid = work.running.iter().filter(|work| work.account != bench.account).count();
    assert_eq!((work.running.len(), unpaid), (10, 2));
}

/// R87: at night nothing is served, and what is started then is prepared all the same.
#[test]
fn running_campaigns_do_not_keep_out_those_that_are_being_prepared() {
    let (bench, _) = crowd(12);
    let started = bench.started_campaign();
    assert_eq!(ids(&at_work(&bench, 3).preparing), [&started]);
}

/// A base of millions is prepared in turns with the small one that came later.
#[test]
fn campaigns_are_prepared_in_turns() {
    let bench = Bench::new();
    bench.upload(&[number(0), number(1), number(2)]);
    let [large, small] = [bench.started_campaign(), bench.started_campaign()];
    bench.pass(1);
    bench.tenant().prepare(&large, &routes(), 1, bench.now()).block_on().expect("prepared");
    assert_eq!(ids(&at_work(&bench, 1).preparing), [&small]);
    assert!(at_work(&bench, 1).left_out);
}

#[test]
fn where_all_have_a_turn_nobody_is_left_out() {
    let (bench, _) = crowd(2);
    bench.started_campaign();
    assert!(!at_work(&bench, 3).left_out);
    assert!(at_work(&bench, 2).left_out);
}
