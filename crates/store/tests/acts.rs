//! Acts leave evidence: each of an account's own acts is an event with its actor and channel, in the
//! transaction of the act (R6, R10, R91).

use pollster::FutureExt as _;
use sendbox_store::Act;
use sendbox_store::cell::{NewBlacklistEntry, Profile, ProfileChange};
use serde_json::json;

use crate::support::{Bench, DAY, master, number, numbers};

/// The one event of a kind, after checking who did it and through what.
#[track_caller]
fn only(bench: &Bench, kind: &str) -> serde_json::Value {
    let mut events = bench.events(kind);
    assert_eq!(events.len(), 1, "{kind}: {events:?}");
    let event = events.remove(0);
    assert_eq!((&event["actor"], &event["channel"]), (&json!("ses_test"), &json!("cabinet")), "{event}");
    event
}

/// R10, R50: who started it, and what they agreed to.
#[test]
fn a_start_is_recorded_with_the_messages_and_the_total_agreed_to() {
    let bench = Bench::new();
    bench.upload(&numbers(2));
    bench.top_up("pay_1", 10_000).expect("credited");
    let campaign = bench.draft();
    bench.start_agreed(&campaign, 2).expect("started");
    let event = only(&bench, "campaign_started");
    assert_eq!(event["campaign"], json!(campaign));
    assert_eq!((&event["agreed_messages"], &event["agreed_total"]), (&json!(2), &json!("30.00")));
}

#[test]
fn pause_resumption_and_cancellation_are_recorded_with_their_campaign() {
    let (bench, campaign) = Bench::with_queue(1);
    let (act, tenant) = (bench.act(), bench.tenant());
    tenant.pause_campaign(&act, &campaign).block_on().expect("paused");
    tenant.resume_campaign(&act, &campaign).block_on().expect("resumed");
    tenant.cancel_campaign(&act, &campaign).block_on().expect("cancelled");
    for kind in ["campaign_paused", "campaign_resumed", "campaign_cancelled"] {
        assert_eq!(only(&bench, kind)["campaign"], json!(campaign), "{kind}");
    }
}

/// What was refused did not happen, and nothing says that it did.
#[test]
fn a_refused_act_leaves_no_event() {
    let (bench, campaign) = Bench::with_queue(1);
    let (act, tenant) = (bench.act(), bench.tenant());
    let started = bench.events("campaign_started").len();
    tenant.cancel_campaign(&act, &campaign).block_on().expect("cancelled");
    tenant.pause_campaign(&act, &campaign).block_on().expect_err("ended");
    tenant.resume_campaign(&act, &campaign).block_on().expect_err("ended");
    tenant.cancel_campaign(&act, &campaign).block_on().expect_err("ended");
    bench.start_agreed(&campaign, 1).expect_err("ended");
    bench.start_agreed(&bench.draft(), 5).expect_err("another estimate");
    tenant
        .remove_from_blacklist(&act, "bls_ffffffffffffffffffffffffffffffff")
        .block_on()
        .expect_err("nobody");
    bench.complete(&bench.create_import()).expect_err("nothing was read");
    assert_eq!(bench.events("campaign_started").len(), started);
    assert_eq!(bench.events("campaign_cancelled").len(), 1);
    for kind in ["campaign_paused", "campaign_resumed", "blacklist_removed"] {
        assert!(bench.events(kind).is_empty(), "{kind}");
    }
    assert_eq!(bench.events("import_completed").len(), 1, "the one of the queue");
}

/// R65, R66: which entries, and no number.
#[test]
fn listing_and_taking_off_are_recorded_by_the_entry_and_without_the_number() {
    let bench = Bench::new();
    let entries = [1, 1, 2].map(|n| NewBlacklistEntry { phone: number(n) });
    let list = || bench.tenant().add_to_blacklist(&bench.act(), &entries, Some("asked")).block_on();
    list().expect("listed");
    list().expect("all known");
    let listed = bench.tenant().blacklist(None, 10).block_on().expect("reads").items;
    let mut expected: Vec<_> = listed.iter().map(|entry| entry.entry.clone()).collect();
    expected.sort();
    let event = only(&bench, "blacklisted");
    let mut recorded: Vec<String> = serde_json::from_value(event["entries"].clone()).expect("ids");
    recorded.sort();
    assert_eq!((recorded, &event["count"]), (expected, &json!(2)));
    assert!(!event.to_string().contains("701000"), "{event}");
    bench.tenant().remove_from_blacklist(&bench.act(), &listed[0].entry).block_on().expect("removed");
    assert_eq!(only(&bench, "blacklist_removed")["entry"], json!(listed[0].entry));
}

/// R62, R70: what came in under the attestation.
#[test]
fn a_completed_upload_is_recorded_with_its_counts() {
    let bench = Bench::new();
    bench.blacklist(&number(1));
    let import = bench.upload(&[number(0), number(1), number(1), number(2)]);
    let event = only(&bench, "import_completed");
    let counts = ["rows", "imported", "duplicates", "rejected", "blacklisted"].map(|name| &event[name]);
    assert_eq!(counts, [&json!(4), &json!(2), &json!(1), &json!(0), &json!(1)]);
    assert_eq!(event["import"], json!(import));
}

/// R6: which of the data changed, and not what they are: the event outlives them.
#[test]
fn a_changed_profile_is_recorded_by_the_names_of_what_changed() {
    let bench = Bench::new();
    let mut profile = bench.tenant().profile().block_on().expect("reads");
    profile.phone = number(8);
    bench.tenant().update_profile(&bench.act(), &profile, "ru").block_on().expect("updated");
    let event = only(&bench, "profile_changed");
    assert_eq!(event["changed"], json!(["phone", "language"]));
    assert!(!event.to_string().contains(&number(8)), "{event}");
}

/// R6: what stood there before a change can be read again.
#[test]
fn the_former_profile_is_kept_with_who_changed_it() {
    let bench = Bench::new();
    let first = bench.tenant().profile().block_on().expect("reads");
    let changed = |phone: usize| Profile { phone: number(phone), ..first.clone() };
    bench.tenant().update_profile(&bench.act(), &changed(8), "ru").block_on().expect("updated");
    bench.pass(DAY);
    bench.tenant().update_profile(&bench.act(), &changed(9), "ru").block_on().expect("updated");
    let page = |before: i64| bench.tenant().profile_changes(before, 1).block_on().expect("reads");
    let last = page(i64::MAX);
    let shown = |change: &ProfileChange| (change.at, change.former.clone(), change.language.clone());
    assert_eq!(shown(&last.items[0]), (bench.now(), changed(8), "ru".to_owned()));
    let earlier = page(last.next_cursor.expect("one more").parse().expect("a number"));
    assert_eq!(shown(&earlier.items[0]), (bench.now() - DAY, first.clone(), "kk".to_owned()));
    assert_eq!(earlier.items[0].actor, "ses_test");
    assert!(earlier.next_cursor.is_none());
}

/// R5: that the data are true was declared, and when: in the account and in the log.
#[test]
fn the_declaration_of_truth_is_kept() {
    let bench = Bench::new();
    assert_eq!(bench.tenant().truth_declared_at(), bench.now());
    let event = bench.events("signed_up").remove(0);
    assert_eq!((&event["truth_declared"], &event["account_kind"]), (&json!(true), &json!("natural_person")));
}

/// R10: what is kept elsewhere, such as a sign-in, leaves its evidence here, with its own actor.
#[test]
fn an_act_that_is_kept_elsewhere_is_recorded_with_its_actor_and_channel() {
    let bench = Bench::new();
    let act = Act { now: bench.now() + DAY, actor: "key_1".to_owned(), through: "api" };
    bench
        .tenant()
        .record_act(master(), &act, "signed_in", json!({"way": "key"}))
        .block_on()
        .expect("recorded");
    let event = bench.events("signed_in").remove(0);
    assert_eq!(
        (&event["actor"], &event["channel"], &event["way"]),
        (&json!("key_1"), &json!("api"), &json!("key"))
    );
}
