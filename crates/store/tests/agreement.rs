//! What an owner agrees to by starting is what is sent and charged at most (R45, R50).

use domain::money::Tiyn;
use pollster::FutureExt as _;
use sendbox_store::Refusal;
use sendbox_store::cell::Agreement;

use crate::support::{Bench, MINUTE, PRICE, number, numbers, routes};

/// A base, the money for it, and a draft.
fn drafted(contacts: usize) -> (Bench, String) {
    let bench = Bench::new();
    bench.upload(&numbers(contacts));
    bench.top_up("pay_1", 1000 * PRICE).expect("credited");
    let campaign = bench.draft();
    (bench, campaign)
}

fn state(bench: &Bench, campaign: &str) -> &'static str {
    bench.tenant().campaign(campaign).block_on().expect("reads").expect("exists").state.as_str()
}

fn blocked_beyond(bench: &Bench) -> i64 {
    bench.count("SELECT count(*) FROM message WHERE account = ?1 AND state = 'blocked' AND reason = 'beyond_agreement'")
}

fn queued(bench: &Bench) -> i64 {
    bench.count("SELECT count(*) FROM message WHERE account = ?1 AND state = 'queued'")
}

/// R50: whoever uploads between the estimate and the start did not agree to the larger sum.
#[test]
fn a_start_for_another_number_of_recipients_than_agreed_to_is_refused() {
    let (bench, campaign) = drafted(2);
    bench.upload(&[number(7)]);
    assert_eq!(bench.start_agreed(&campaign, 2), Err(Refusal::EstimateChanged.into()));
    assert_eq!(state(&bench, &campaign), "draft");
    bench.blacklist(&number(0));
    bench.blacklist(&number(1));
    assert_eq!(bench.start_agreed(&campaign, 2), Err(Refusal::EstimateChanged.into()));
    assert!(bench.start_agreed(&campaign, 1).is_ok());
}

/// R47, R50: nor to another price of the same messages, however large.
#[test]
fn a_start_at_another_price_than_agreed_to_is_refused() {
    let (bench, campaign) = drafted(2);
    for price in [PRICE + 1, PRICE - 1, i64::MAX] {
        let agreement = Agreement { price: Tiyn(price), total: Tiyn(2 * PRICE) };
        let refused = bench.tenant().start_campaign(&bench.act(), &campaign, agreement).block_on();
        assert_eq!(refused, Err(Refusal::EstimateChanged.into()), "{price}");
    }
}

#[test]
fn a_start_that_reaches_nobody_is_refused() {
    let (bench, campaign) = drafted(1);
    bench.blacklist(&number(0));
    for agreed in [0, 1] {
        assert_eq!(bench.start_agreed(&campaign, agreed), Err(Refusal::NoContacts.into()), "{agreed}");
    }
}

/// R45: the balance is looked at in the same moment, whatever was left of it at the estimate.
#[test]
fn a_start_without_the_money_for_all_is_refused() {
    let bench = Bench::new();
    bench.upload(&numbers(2));
    bench.top_up("pay_1", 2 * PRICE - 1).expect("credited");
    let campaign = bench.draft();
    assert_eq!(bench.start_agreed(&campaign, 2), Err(Refusal::BalanceInsufficient.into()));
    bench.top_up("pay_2", 1).expect("credited");
    assert!(bench.start_agreed(&campaign, 2).is_ok());
}

/// R50: a number that leaves the blacklist after the start was not among those agreed to.
#[test]
fn a_recipient_who_comes_in_after_the_start_is_blocked_and_not_charged() {
    let (bench, campaign) = drafted(3);
    bench.blacklist(&number(0));
    bench.start_agreed(&campaign, 2).expect("started");
    let entry = bench.tenant().blacklist(None, 1).block_on().expect("reads").items.remove(0).entry;
    bench.tenant().remove_from_blacklist(&bench.act(), &entry).block_on().expect("removed");
    while !bench.tenant().prepare(&campaign, &routes(), 1, bench.now()).block_on().expect("prepared").done {}
    assert_eq!((queued(&bench), blocked_beyond(&bench)), (2, 1));
    assert_eq!(bench.hand_over(&campaign, 10).len(), 2);
    assert_eq!(bench.balance(), (998 * PRICE, 0));
    assert_eq!(bench.tenant().served(&campaign, bench.now()).block_on(), Ok(true), "it comes to its end");
}

/// R50: whoever was in the base at the start is written to, and nobody who came in behind it, be it by hosts whose clocks
/// differ by minutes.
#[test]
fn no_clock_says_whom_a_start_counted() {
    let (bench, campaign) = drafted(2);
    bench.pass(10 * MINUTE);
    bench.upload(&[number(2)]);
    bench.pass(-10 * MINUTE);
    bench.start_agreed(&campaign, 3).expect("started");
    bench.pass(-10 * MINUTE);
    bench.upload(&[number(7), number(8), number(9)]);
    bench.pass(10 * MINUTE);
    for _ in 0..10 {
        bench.tenant().prepare(&campaign, &routes(), 2, bench.now()).block_on().expect("prepared");
    }
    assert_eq!(state(&bench, &campaign), "running");
    assert_eq!((queued(&bench), blocked_beyond(&bench)), (3, 0));
}

/// R87: preparing again from the top, as after a crash, counts nobody twice.
#[test]
fn what_was_agreed_to_is_queued_in_full_however_often_it_is_prepared() {
    let (bench, campaign) = drafted(5);
    bench.start_agreed(&campaign, 5).expect("started");
    bench.tenant().prepare(&campaign, &routes(), 3, bench.now()).block_on().expect("prepared");
    bench.sql("UPDATE campaign SET prepared_to = ''");
    while !bench.tenant().prepare(&campaign, &routes(), 2, bench.now()).block_on().expect("prepared").done {}
    assert_eq!((queued(&bench), blocked_beyond(&bench)), (5, 0));
}

/// Every campaign has turns in the ticks that all accounts share: one account must not fill them.
#[test]
fn an_account_has_at_most_twenty_campaigns_under_way() {
    let bench = Bench::new();
    bench.upload(&numbers(1));
    bench.top_up("pay_1", 1000 * PRICE).expect("credited");
    for _ in 0..20 {
        bench.start_agreed(&bench.draft(), 1).expect("started");
    }
    assert_eq!(bench.start_agreed(&bench.draft(), 1), Err(Refusal::TooManyCampaigns.into()));
}

/// R79: one text for everybody is no one-time code, and must not pass as one.
#[test]
fn a_one_time_code_for_more_than_a_hundred_people_is_refused() {
    let (bench, _) = drafted(101);
    let campaign = bench.draft_of(domain::campaign::MessageClass::OneTimeCode);
    assert_eq!(bench.start_agreed(&campaign, 101), Err(Refusal::CodeRecipientsTooMany.into()));
    assert_eq!(state(&bench, &campaign), "draft");
}
