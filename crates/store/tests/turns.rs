//! Whose turn it is: no account and no campaign keeps another from being prepared or sent.

use domain::account::AccountKind;
use domain::message::Reason;
use domain::money::Tiyn;
use pollster::FutureExt as _;
use sendbox_store::cell::{
    CampaignAtWork, CampaignsAtWork, HandOver, LeaseOutcome, LeasedMessage, PUT_OFF_MS,
};

use crate::support::{Bench, DAY, MINUTE, MORNING, PRICE, all, number, numbers, routes};

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

/// R87: twenty campaigns of one account wait behind each other, not before everybody else's.
#[test]
fn turns_go_by_account_and_then_by_campaign() {
    let (bench, only) = crowd(12);
    let running = at_work(&bench, 10).running;
    assert_eq!(running.len(), 10);
    assert!(running[..2].iter().any(|work| work.campaign == only), "one of each account comes first");
    bench.pass(MINUTE);
    let neighbour = running.iter().find(|work| work.campaign != only).expect("another's").clone();
    bench.tenant().had_turn(&only, bench.now()).block_on().expect("noted");
    assert_eq!(at_work(&bench, 1).running[0].account, neighbour.account, "it has waited longer");
    bench.pass(MINUTE);
    bench.tenant_of(&neighbour.account).had_turn(&neighbour.campaign, bench.now()).block_on().expect("noted");
    assert_eq!(ids(&at_work(&bench, 1).running), [&only], "eleven others of that account are due");
}

/// What a tick does with a campaign.
fn take_turn(bench: &mut Bench, work: &CampaignAtWork) {
    bench.account.clone_from(&work.account);
    match bench.lease(&work.campaign, 100) {
        LeaseOutcome::NoMoney => assert!(asleep(bench, &work.campaign)),
        LeaseOutcome::Taken { lease, messages, .. } => {
            bench.settle(&work.campaign, &lease, all(&messages, &HandOver::Taken(None)));
            bench.tenant().had_turn(&work.campaign, bench.now()).block_on().expect("noted");
        }
        LeaseOutcome::Nothing => {
            bench.tenant().had_turn(&work.campaign, bench.now()).block_on().expect("noted");
        }
    }
}

fn asleep(bench: &Bench, campaign: &str) -> bool {
    bench.tenant().fall_asleep(campaign, Tiyn(PRICE), bench.now()).block_on().expect("answers")
}

/// R52: thirty accounts of twenty campaigns, each with one tenge, and one account that can pay.
#[test]
fn those_who_have_too_little_for_a_message_hold_nobody_up() {
    let mut bench = Bench::new();
    for n in 0..30 {
        if n > 0 {
            bench.account = bench.open_account(AccountKind::LegalEntity);
        }
        bench.upload(&[number(0)]);
        bench.top_up(&format!("pay_{n}"), 100).expect("credited");
        for _ in 0..20 {
            bench.running_campaign();
        }
    }
    bench.pass(1);
    bench.account = bench.open_account(AccountKind::LegalEntity);
    bench.upload(&[number(0)]);
    bench.top_up("pay_last", PRICE).expect("credited");
    let paid = bench.running_campaign();
    let mut looked_at = 0;
    for tick in 0..40 {
        bench.pass(1_000);
        let work = at_work(&bench, 50);
        looked_at += work.running.len();
        for work in &work.running {
            take_turn(&mut bench, work);
        }
        let is_over =
            bench.figure(&format!("SELECT state = 'completed' FROM campaign WHERE campaign = '{paid}'"));
        assert_eq!(is_over, 1, "in the first tick, not in tick {tick}");
    }
    assert_eq!(looked_at, 601, "each once, and then none until there is money");
}

/// R52: a top-up wakes what it is enough for, at once, and nothing that it is not.
#[test]
fn a_campaign_without_money_sleeps_until_there_is_enough_for_its_next_message() {
    let bench = Bench::new();
    bench.upload(&numbers(2));
    bench.top_up("pay_1", PRICE - 2).expect("credited");
    let campaign = bench.running_campaign();
    assert_eq!(bench.lease(&campaign, 1), LeaseOutcome::NoMoney);
    assert!(asleep(&bench, &campaign));
    assert_eq!(at_work(&bench, 10), CampaignsAtWork::default());
    bench.top_up("pay_2", 1).expect("credited");
    assert_eq!(at_work(&bench, 10), CampaignsAtWork::default());
    bench.top_up("pay_3", 1).expect("credited");
    assert_eq!(ids(&at_work(&bench, 10).running), [&campaign]);
    assert_eq!(bench.hand_over(&campaign, 2).len(), 1);
}

/// R52: what an operator did not take brings its money back, and that is money too.
#[test]
fn money_that_comes_back_wakes_too() {
    for outcome in [HandOver::Refused(Reason::NumberInvalid), HandOver::Later(MORNING)] {
        let bench = Bench::new();
        bench.upload(&numbers(2));
        bench.top_up("pay_1", PRICE).expect("credited");
        let campaign = bench.running_campaign();
        let (lease, messages) = bench.take(&campaign, 2);
        assert!(asleep(&bench, &campaign));
        assert_eq!(at_work(&bench, 10), CampaignsAtWork::default());
        bench.settle(&campaign, &lease, all(&messages, &outcome));
        assert_eq!(ids(&at_work(&bench, 10).running), [&campaign], "{outcome:?}");
    }
}

/// R52: between the look at the balance and the falling asleep a payment may come, and would wake nobody
/// afterwards.
#[test]
fn nobody_falls_asleep_who_has_got_money_meanwhile() {
    let bench = Bench::new();
    bench.upload(&numbers(1));
    let campaign = bench.running_campaign();
    assert_eq!(bench.lease(&campaign, 1), LeaseOutcome::NoMoney);
    bench.top_up("pay_1", PRICE).expect("credited");
    assert!(!asleep(&bench, &campaign));
    assert_eq!(ids(&at_work(&bench, 10).running), [&campaign]);
}

/// R52: who is paused while it sleeps is not asleep when it goes on.
#[test]
fn a_campaign_that_was_paused_while_it_slept_has_its_turn_after_the_top_up() {
    let bench = Bench::new();
    bench.upload(&numbers(1));
    let campaign = bench.running_campaign();
    assert!(asleep(&bench, &campaign));
    bench.tenant().pause_campaign(&bench.act(), &campaign).block_on().expect("paused");
    bench.top_up("pay_1", PRICE).expect("credited");
    assert_eq!(at_work(&bench, 10), CampaignsAtWork::default());
    bench.tenant().resume_campaign(&bench.act(), &campaign).block_on().expect("resumed");
    assert_eq!(ids(&at_work(&bench, 10).running), [&campaign]);
}

/// R52: and yet it comes to its end: what is cancelled or erased costs nothing. A few places are for such.
#[test]
fn a_campaign_that_sleeps_is_looked_at_now_and_then() {
    let (bench, paid) = crowd(12);
    let poor: Vec<CampaignAtWork> =
        at_work(&bench, 20).running.into_iter().filter(|work| work.campaign != paid).collect();
    let tenant = bench.tenant_of(&poor[0].account);
    for work in &poor {
        assert!(tenant.fall_asleep(&work.campaign, Tiyn(PRICE), bench.now()).block_on().expect("answers"));
    }
    bench.pass(10 * MINUTE - 1);
    assert_eq!(ids(&at_work(&bench, 10).running), [&paid]);
    bench.pass(1);
    let work = at_work(&bench, 10);
    assert_eq!(work.running.iter().filter(|work| work.campaign != paid).count(), 2);
    assert!(!work.left_out, "nobody ticks again for those");
    tenant.delete_contacts(&bench.act(), None).block_on().expect("deleted");
    assert_eq!(tenant.had_turn(&poor[0].campaign, bench.now()).block_on(), Ok(true), "it ends");
}

/// R52: an account of twenty campaigns of which only one can be paid for at its price: that one goes on.
#[test]
fn a_campaign_that_costs_less_does_not_sleep_with_one_that_costs_more() {
    let bench = Bench::new();
    bench.upload(&numbers(1));
    bench.top_up("pay_1", PRICE).expect("credited");
    let [dear, cheap] = [bench.running_campaign(), bench.running_campaign()];
    let asleep = bench.tenant().fall_asleep(&dear, Tiyn(2 * PRICE), bench.now()).block_on();
    assert_eq!(asleep, Ok(true));
    assert_eq!(ids(&at_work(&bench, 10).running), [&cheap]);
    assert_eq!(bench.take(&cheap, 1).1.len(), 1);
    // Its price fell, and it was served when it was looked at.
    bench.pass(10 * MINUTE);
    bench.tenant().had_turn(&dear, bench.now()).block_on().expect("noted");
    assert!(ids(&at_work(&bench, 10).running).contains(&dear.as_str()), "it is awake");
}

/// R53: the want of money is an event, once, however often it is looked at and whatever comes back; after
/// a top-up that is enough it is one again.
#[test]
fn the_first_message_that_cannot_be_paid_for_is_an_event() {
    let bench = Bench::new();
    bench.upload(&numbers(3));
    bench.top_up("pay_1", PRICE + 300).expect("credited");
    let [one, two] = [bench.running_campaign(), bench.running_campaign()];
    let (lease, messages) = bench.take(&one, 2);
    assert!(asleep(&bench, &one) && asleep(&bench, &two));
    let events = bench.events("balance_short");
    assert_eq!(events.len(), 1);
    assert_eq!(
        (&events[0]["campaign"], &events[0]["needed"], &events[0]["available"]),
        (&one.as_str().into(), &"15.00".into(), &"3.00".into())
    );
    let short_since = || bench.tenant().balance().block_on().expect("reads").short_since;
    assert_eq!(short_since(), Some(bench.now()));
    bench.settle(&one, &lease, all(&messages, &HandOver::Later(bench.now())));
    bench.take(&one, 2);
    assert!(asleep(&bench, &one));
    assert_eq!(bench.events("balance_short").len(), 1, "it is the same want");
    bench.top_up("pay_2", 1).expect("credited");
    assert!(short_since().is_some(), "not enough for anything");
    bench.top_up("pay_3", PRICE).expect("credited");
    assert_eq!(short_since(), None);
    bench.take(&two, 1);
    assert!(asleep(&bench, &two));
    assert_eq!(bench.events("balance_short").len(), 2);
}

/// What is broken, or brought nothing, waits behind all others; alone it is looked at again.
#[test]
fn an_account_that_is_put_off_keeps_nobody_waiting() {
    let (bench, other) = crowd(12);
    let broken = at_work(&bench, 10).running.into_iter().find(|work| work.campaign != other).expect("one");
    bench.cell().put_behind(&[&broken.account], bench.now()).block_on().expect("put behind");
    assert_eq!(ids(&at_work(&bench, 1).running), [&other]);
    assert_eq!(at_work(&bench, 20).running.len(), 13, "there is room for all");
    bench.cell().put_off(&[&broken.account], bench.now() + PUT_OFF_MS).block_on().expect("put off");
    assert_eq!(ids(&at_work(&bench, 20).running), [&other]);
    bench.pass(PUT_OFF_MS);
    assert_eq!(at_work(&bench, 20).running.len(), 13);
}

#[test]
fn a_campaign_that_is_put_off_leaves_its_accounts_others_their_turns() {
    let (bench, other) = crowd(2);
    let first = at_work(&bench, 10).running.into_iter().find(|work| work.campaign != other).expect("one");
    bench.cell().put_campaign_off(&first, bench.now() + PUT_OFF_MS).block_on().expect("put off");
    let running = at_work(&bench, 10).running;
    assert_eq!(running.len(), 2);
    assert!(!running.contains(&first));
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
