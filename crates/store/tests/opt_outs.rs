//! Replies and links: a refusal stops whoever wrote to the number, once and for good; anything else does
//! nothing (R65, R66, R69, R74).

use domain::account::AccountKind;
use domain::campaign::DeliveryResult;
use domain::message::{MessageState, Reason, UnknownDecision};
use pollster::FutureExt as _;
use sendbox_store::cell::{BlacklistEntry, HandOver, IncomingTaken, LeaseOutcome, LeasedMessage};
use sendbox_store::{OptOutLinks, Refusal};

use crate::support::{Bench, DAY, LINK, OPERATOR, PRICE, all, master, number, numbers};

fn reply(bench: &Bench, operator: &str, from: &str, text: &str) -> IncomingTaken {
    bench.cell().take_incoming(operator, from, text, bench.now()).block_on().expect("taken")
}

fn stop(bench: &Bench) -> IncomingTaken {
    reply(bench, OPERATOR, &number(0), "STOP")
}

fn listed(bench: &Bench, account: &str) -> Vec<BlacklistEntry> {
    bench.tenant_of(account).blacklist(None, 10).block_on().expect("reads").items
}

/// The bench's own account wrote to the first of two numbers and has the other in its queue.
fn written_to_one_of_two() -> (Bench, String) {
    let (bench, campaign) = Bench::with_queue(2);
    bench.hand_over(&campaign, 1);
    (bench, campaign)
}

/// R74: a reply that is no refusal is neither acted on nor kept.
#[test]
fn a_reply_that_is_no_refusal_changes_nothing() {
    let (bench, _) = written_to_one_of_two();
    let before = bench.sql("SELECT total_changes()");
    for text in ["Thank you", "", "Stop by at five", "1"] {
        assert_eq!(reply(&bench, OPERATOR, &number(0), text), IncomingTaken::default(), "{text}");
    }
    assert_eq!(bench.sql("SELECT total_changes()"), before, "nothing was written");
}

/// Nobody can stop messages to somebody else's number through an operator that never carried any.
#[test]
fn a_refusal_to_nobody_who_wrote_lists_nothing() {
    let (bench, _) = written_to_one_of_two();
    for (operator, from) in [("kannel", number(0)), (OPERATOR, number(1)), (OPERATOR, number(77))] {
        let taken = reply(&bench, operator, &from, "STOP");
        assert_eq!(taken, IncomingTaken { opt_out: true, ..IncomingTaken::default() }, "{operator} {from}");
    }
    assert!(listed(&bench, &bench.account).is_empty());
}

/// R65, R66: the number is listed by its owner's will, what is queued for it is not sent, and the account
/// cannot take it off.
#[test]
fn a_refusal_lists_the_number_for_good_and_stops_what_is_queued() {
    let (bench, _) = written_to_one_of_two();
    bench.top_up("pay_more", 10 * PRICE).expect("credited");
    bench.running_campaign();
    let taken = stop(&bench);
    let expected =
        IncomingTaken { opt_out: true, accounts: 1, cancelled_messages: 1, ..IncomingTaken::default() };
    assert_eq!(taken, expected);
    let entry = listed(&bench, &bench.account).remove(0);
    assert_eq!((entry.phone.as_str(), entry.source.as_str()), (number(0).as_str(), "opt_out"));
    let removed = bench.tenant().remove_from_blacklist(&bench.act(), &entry.entry).block_on();
    assert_eq!(removed, Err(Refusal::NotFound.into()));
    let event = bench.events("opted_out").remove(0);
    assert_eq!((event["actor"].as_str(), event["channel"].as_str()), (Some("recipient"), Some("webhook")));
    assert!(!event.to_string().contains(&number(0)), "the event names the entry, not the number");
}

/// R65, R66: of whom nobody knew whether the message came, the answer says that it did, whatever the owner
/// decided about it meanwhile.
#[test]
fn a_refusal_counts_when_the_owner_gave_the_message_up_as_unknown() {
    for decision in [UnknownDecision::Leave, UnknownDecision::SendAgain] {
        let (bench, campaign) = Bench::with_queue(1);
        bench.lose(&campaign, 1);
        bench.pass(DAY);
        bench.recover();
        let unknown = bench.cell().unknown_due(1, bench.now()).block_on().expect("reads").remove(0);
        bench.settle(&campaign, &unknown.lease, vec![(unknown.message, HandOver::Undecided)]);
        let decided = bench.tenant().decide_unknown(&bench.act(), &campaign, decision).block_on();
        assert_eq!(decided, Ok(1));
        let queued = i64::from(decision == UnknownDecision::SendAgain);
        let taken = stop(&bench);
        assert_eq!((taken.accounts, taken.cancelled_messages), (1, queued), "{decision:?}");
    }
}

/// An operator repeats a reply until it is answered.
#[test]
fn a_repeated_refusal_changes_nothing_more() {
    let (bench, _) = written_to_one_of_two();
    stop(&bench);
    assert_eq!(stop(&bench), IncomingTaken { opt_out: true, accounts: 1, ..IncomingTaken::default() });
    assert_eq!(listed(&bench, &bench.account).len(), 1);
    assert_eq!(bench.events("opted_out").len(), 1);
}

/// R66: the account sees of each entry who made it, and takes only its own back: the person's refusal stands.
#[test]
fn the_account_takes_its_own_entry_off_and_the_persons_refusal_stays() {
    let (bench, campaign) = written_to_one_of_two();
    bench.blacklist(&number(0));
    // Newest first: entries of one millisecond lie in no order.
    bench.pass(1);
    stop(&bench);
    let mut entries = listed(&bench, &bench.account);
    entries.sort_by(|a, b| a.source.cmp(&b.source));
    let who: Vec<_> = entries.iter().map(|entry| (entry.source.as_str(), entry.actor.as_str())).collect();
    assert_eq!(who, [("account", "ses_test"), ("opt_out", "recipient")]);
    bench.tenant().remove_from_blacklist(&bench.act(), &entries[0].entry).block_on().expect("its own");
    bench.blacklist(&number(1));
    assert_eq!(bench.tenant().audience().block_on(), Ok((2, 2)), "the refusal still counts");
    assert_eq!(bench.lease(&campaign, 10), LeaseOutcome::Nothing);
}

fn start(bench: &Bench) -> IncomingTaken {
    reply(bench, OPERATOR, &number(0), "СТАРТ")
}

/// R66: what the account or the service listed is not the person's to take back; nor is another's refusal.
#[test]
fn a_return_undoes_nothing_but_the_persons_own_refusal() {
    let (bench, _) = written_to_one_of_two();
    bench.blacklist(&number(0));
    assert_eq!(start(&bench), IncomingTaken::default());
    assert_eq!(listed(&bench, &bench.account).remove(0).source, "account");
    bench.sql("UPDATE blacklist SET source = 'service' RETURNING 1");
    assert_eq!(start(&bench), IncomingTaken::default());
    stop(&bench);
    assert_eq!(start(&bench).given_back, 1);
    let left: Vec<_> = listed(&bench, &bench.account).into_iter().map(|entry| entry.source).collect();
    assert_eq!(left, ["service"]);

    let (bench, _) = written_to_one_of_two();
    stop(&bench);
    assert_eq!(reply(&bench, OPERATOR, &number(1), "START"), IncomingTaken::default());
    assert_eq!(listed(&bench, &bench.account).len(), 1);
}

/// R66: the account listed the number itself, before the person refused or after: that stays.
#[test]
fn a_return_leaves_the_accounts_own_entry() {
    for account_first in [true, false] {
        let (bench, _) = written_to_one_of_two();
        if account_first {
            bench.blacklist(&number(0));
            stop(&bench);
        } else {
            stop(&bench);
            bench.blacklist(&number(0));
        }
        assert_eq!(start(&bench).given_back, 1);
        let entry = listed(&bench, &bench.account).remove(0);
        assert_eq!(entry.source, "account", "the account first: {account_first}");
        bench.tenant().remove_from_blacklist(&bench.act(), &entry.entry).block_on().expect("its own");
    }
}

/// R65, R69: a refusal that was none, or that the person thinks better of, is given back by their own word, and
/// recorded as the refusal was.
#[test]
fn a_return_gives_the_contact_back_and_is_recorded() {
    let (bench, _) = written_to_one_of_two();
    stop(&bench);
    let entry = listed(&bench, &bench.account).remove(0).entry;
    bench.pass(100 * DAY);
    assert_eq!(start(&bench), IncomingTaken { given_back: 1, ..IncomingTaken::default() });
    assert!(listed(&bench, &bench.account).is_empty());
    let event = bench.events("opted_in").remove(0);
    assert_eq!((event["actor"].as_str(), event["channel"].as_str()), (Some("recipient"), Some("webhook")));
    assert_eq!(event["entries"][0].as_str(), Some(entry.as_str()));
    assert!(!event.to_string().contains(&number(0)), "the event names the entry, not the number");
    assert_eq!(start(&bench), IncomingTaken::default(), "said again, it changes nothing more");
    assert_eq!(bench.events("opted_in").len(), 1);
}

/// R69: the button behind the link is the person's own refusal too.
#[test]
fn a_return_undoes_a_refusal_by_link() {
    let (bench, message) = advertised();
    assert!(open(&bench, &token_of(&message)));
    let phone = message.phone.expect("a number");
    assert_eq!(reply(&bench, OPERATOR, &phone, "ҚОСУ").given_back, 1);
    assert!(listed(&bench, &bench.account).is_empty());
}

/// Accounts send under one sender: the person refuses all of those that wrote, and no other.
#[test]
fn a_refusal_reaches_every_account_that_wrote_to_the_number() {
    let (mut bench, _) = written_to_one_of_two();
    let first = bench.account.clone();
    bench.account = bench.open_account(AccountKind::LegalEntity);
    let second = bench.account.clone();
    bench.upload(&numbers(1));
    bench.top_up("pay_second", PRICE).expect("credited");
    let campaign = bench.running_campaign();
    bench.hand_over(&campaign, 1);
    bench.account = bench.open_account(AccountKind::LegalEntity);
    let silent = bench.account.clone();
    bench.upload(&numbers(1));
    assert_eq!(stop(&bench).accounts, 2);
    assert_eq!((listed(&bench, &first).len(), listed(&bench, &second).len()), (1, 1));
    assert!(listed(&bench, &silent).is_empty(), "it has the number and never wrote to it");
}

/// After three months it is no answer any more.
#[test]
fn a_refusal_is_an_answer_for_ninety_days() {
    let (bench, _) = written_to_one_of_two();
    bench.pass(90 * DAY);
    assert_eq!(stop(&bench).accounts, 1);
    let (bench, campaign) = written_to_one_of_two();
    bench.tenant().cancel_campaign(&bench.act(), &campaign).block_on().expect("cancelled");
    bench.pass(90 * DAY + 1);
    assert_eq!(stop(&bench).accounts, 0);
}

/// The person may answer before the operator's word on the hand-over has come.
#[test]
fn a_refusal_counts_while_the_message_is_still_with_the_operator() {
    let (bench, campaign) = Bench::with_queue(1);
    let (lease, messages) = bench.take(&campaign, 1);
    assert_eq!(stop(&bench).accounts, 1);
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Later(bench.now())));
    assert_eq!(bench.fate(&number(0)), (MessageState::Blocked, Some(Reason::Blacklisted)));
}

/// R67, R92: the contact is gone, the history knows that it was written to.
#[test]
fn a_refusal_counts_after_the_contact_is_deleted() {
    let (bench, campaign) = Bench::with_queue(1);
    let message = bench.hand_over(&campaign, 1).remove(0);
    bench.report(&message.message, DeliveryResult::Delivered);
    bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    assert_eq!(stop(&bench).accounts, 1);
    assert_eq!(listed(&bench, &bench.account).len(), 1);
}

/// R127: an account that is gone writes to nobody, and its blacklist does not come back.
#[test]
fn an_erased_account_is_passed_over() {
    let (bench, _) = written_to_one_of_two();
    bench.erase();
    assert_eq!(stop(&bench), IncomingTaken { opt_out: true, ..IncomingTaken::default() });
    assert_eq!(bench.count("SELECT count(*) FROM blacklist WHERE account = ?1"), 0);
}

/// Advertising to two numbers, of which the first has its message. With a link in each.
fn advertised() -> (Bench, LeasedMessage) {
    let bench = Bench::new();
    bench.upload(&numbers(2));
    bench.top_up("pay_1", 10 * PRICE).expect("credited");
    let campaign = bench.running_advertising();
    let message = bench.hand_over(&campaign, 1).remove(0);
    (bench, message)
}

fn token_of(message: &LeasedMessage) -> String {
    let links = OptOutLinks::new(master()).expect("derived");
    links.token(message.id, &message.message).expect("a token")
}

fn open(bench: &Bench, token: &str) -> bool {
    bench.cell().take_opt_out_link(token, bench.now()).block_on().expect("taken")
}

/// R65: a made-up token, a changed one, and the token of a message that carried no link do nothing.
#[test]
fn a_token_that_no_sent_link_has_refuses_nothing() {
    let (bench, message) = advertised();
    let mut changed = token_of(&message);
    let other = if changed.ends_with('0') { "1" } else { "0" };
    changed.replace_range(11.., other);
    for token in ["", "000000000000", "zzzzzzzzzzzz", "not-a-token!", changed.as_str()] {
        assert!(!open(&bench, token), "{token}");
    }
    let without_link = bench.running_campaign();
    let plain = bench.hand_over(&without_link, 1).remove(0);
    assert!(!open(&bench, &token_of(&plain)));
    assert!(listed(&bench, &bench.account).is_empty());
}

/// R65, R66, R69: one's own link stops one's own messages, of this sender, for good; repeated, it changes
/// nothing more.
#[test]
fn a_link_lists_its_own_recipient_for_good() {
    let (bench, message) = advertised();
    bench.running_campaign();
    let phone = message.phone.clone().expect("a number");
    assert!(open(&bench, &token_of(&message)));
    assert!(open(&bench, &token_of(&message).to_uppercase()), "copied by hand");
    let entries = listed(&bench, &bench.account);
    assert_eq!(
        (entries.len(), entries[0].phone.as_str(), entries[0].source.as_str()),
        (1, phone.as_str(), "opt_out")
    );
    let removed = bench.tenant().remove_from_blacklist(&bench.act(), &entries[0].entry).block_on();
    assert_eq!(removed, Err(Refusal::NotFound.into()));
    let blocked =
        "SELECT count(*) FROM message WHERE account = ?1 AND state = 'blocked' AND reason = 'blacklisted'";
    assert_eq!(bench.count(blocked), 1, "the other campaign's message to the number");
    let event = bench.events("opted_out").remove(0);
    assert_eq!(
        (event["actor"].as_str(), event["channel"].as_str()),
        (Some("recipient"), Some("opt_out_page"))
    );
}

/// Another sender's messages are another matter: the link names one.
#[test]
fn a_link_stops_its_sender_and_no_other_account() {
    let (mut bench, message) = advertised();
    let sender = bench.account.clone();
    bench.account = bench.open_account(AccountKind::LegalEntity);
    bench.upload(&numbers(2));
    bench.top_up("pay_second", 2 * PRICE).expect("credited");
    let campaign = bench.running_campaign();
    bench.hand_over(&campaign, 2);
    assert!(open(&bench, &token_of(&message)));
    assert_eq!((listed(&bench, &sender).len(), listed(&bench, &bench.account).len()), (1, 0));
}

/// The link in the message outlives the sender's data: deleted contacts stay refused, an erased account
/// writes to nobody.
#[test]
fn a_link_works_after_the_contact_and_after_the_account_are_gone() {
    let (bench, message) = advertised();
    bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    assert!(open(&bench, &token_of(&message)));
    assert_eq!(listed(&bench, &bench.account).len(), 1);
    bench.erase();
    assert!(open(&bench, &token_of(&message)));
    assert_eq!(bench.count("SELECT count(*) FROM blacklist WHERE account = ?1"), 0);
}

/// R50, R91: that messages carried a link, and whose, is part of what was started.
#[test]
fn the_start_records_the_link_that_messages_carry() {
    let (bench, _) = advertised();
    bench.running_campaign();
    let starts = bench.events("campaign_started");
    assert_eq!(
        (&starts[0]["opt_out_link"], &starts[1]["opt_out_link"]),
        (&LINK.into(), &serde_json::Value::Null)
    );
}
