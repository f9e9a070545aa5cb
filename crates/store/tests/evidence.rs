//! Evidence: every recorded act verifies offline against a signed checkpoint, and a changed one does not (R10, R91, R92, R93).

use std::collections::BTreeMap;

use domain::campaign::DeliveryResult::{Delivered, Undelivered};
use domain::documents::DocumentKind;
use evidence::{EvidenceError, Incomplete, Verified};
use pollster::FutureExt as _;
use sendbox_store::DbError;
use sendbox_store::cell::{EvidencePage, HandOver};

use crate::support::{Bench, MORNING, PRICE, acceptance, all, master, number, verified, verified_whole};

fn hand_overs(bench: &Bench, campaign: &str) -> EvidencePage {
    bench.tenant().campaign_evidence(campaign, 0, 1000).block_on().expect("reads")
}

fn events(bench: &Bench) -> EvidencePage {
    bench.tenant().event_evidence("", -1, 1000).block_on().expect("reads")
}

/// Verifies a page as the whole of a series, with the count that a first page carries.
fn whole(bench: &Bench, page: &EvidencePage, series: &str) -> Result<Verified, EvidenceError> {
    verified_whole(&bench.db, page, bench.series(series))
}

/// Five messages of which two have a result, and another campaign's.
fn reported() -> (Bench, String) {
    let (bench, campaign) = Bench::with_queue(5);
    let taken = bench.hand_over(&campaign, 3);
    bench.report(&taken[0].message, Delivered);
    bench.hand_over(&campaign, 2);
    bench.report(&taken[1].message, Undelivered);
    bench.top_up("pay_other", 5 * PRICE).expect("credited");
    let other = bench.running_campaign();
    bench.hand_over(&other, 1);
    (bench, campaign)
}

/// R93: whoever removes a row from the database leaves a gap in the numbers.
#[test]
fn a_message_or_an_act_whose_row_is_gone_is_missed() {
    let (bench, campaign) = reported();
    whole(&bench, &hand_overs(&bench, &campaign), &campaign).expect("all of it");
    bench.sql("DELETE FROM message WHERE state = 'delivered'");
    let missing = |expected, found| Incomplete::Missing { expected, found, first: 1 };
    let refused = whole(&bench, &hand_overs(&bench, &campaign), &campaign);
    assert!(matches!(refused, Err(EvidenceError::Incomplete(reason)) if reason == missing(7, 5)));
    let acts = events(&bench).events.len() as u64;
    bench.sql("DELETE FROM event WHERE log_index = (SELECT min(log_index) FROM event)");
    let refused = whole(&bench, &events(&bench), "acts");
    assert!(matches!(refused, Err(EvidenceError::Incomplete(reason)) if reason == missing(acts, acts - 1)));
}

/// R93: nor can the count be taken back to hide it.
#[test]
fn the_count_of_a_series_only_grows() {
    let (bench, _) = reported();
    bench.db_refuses("UPDATE series SET events = events - 1");
    bench.db_refuses("UPDATE series SET series = 'x'");
    bench.db_refuses("DELETE FROM series");
}

/// R93: each kind of acts is whole by itself too.
#[test]
fn evidence_of_one_kind_of_acts_is_whole() {
    let (bench, _) = reported();
    for (run, begin, count) in
        [("consents", "consent", 5), ("payments", "top_up", 2), ("deletions", "deletion", 0)]
    {
        let page = bench.tenant().event_evidence(begin, -1, 1000).block_on().expect("reads");
        assert_eq!(whole(&bench, &page, run).expect("all of it").events.len(), count, "{run}");
    }
}

/// R158: two sealed events of one account cannot be exchanged: each opens at its own leaf only.
#[test]
fn sealed_events_that_were_exchanged_in_the_database_are_noticed() {
    let (bench, _) = reported();
    bench.sql(
        "UPDATE event SET sealed = (SELECT e.sealed FROM event e WHERE e.log_index <> event.log_index
           AND e.kind = event.kind LIMIT 1) WHERE kind = 'top_up'",
    );
    let read = bench.tenant().event_evidence("top_up", -1, 1000).block_on();
    assert_eq!(read.map(|page| page.events.len()), Err(DbError::Seal));
}

/// R74: nobody who has the file finds out what a short text says; whoever has the text can check it.
#[test]
fn the_hash_of_a_text_tells_nothing_without_the_salt_that_the_evidence_carries() {
    let (bench, campaign) = reported();
    let event = hand_overs(&bench, &campaign).events.remove(0).event;
    let text = b"Your order is ready.";
    assert_ne!(event["text_sha256"], domain::documents::sha256_hex(text), "the bare hash");
    let mut salted = Vec::new();
    let salt = event["text_salt"].as_str().expect("a salt");
    salted.extend(domain::hexadecimal::unhex(salt).expect("hexadecimal"));
    salted.extend(text);
    assert_eq!(event["text_sha256"], domain::documents::sha256_hex(&salted));
    let stored = bench.sql("SELECT DISTINCT content_sha256 FROM campaign");
    assert_eq!(stored.len(), 2, "one text in two campaigns does not show as one");
}

/// R91: whoever kept a file finds in the next one that the log was only continued since.
#[test]
fn the_sizes_at_which_an_account_was_shown_the_log_are_remembered() {
    let bench = Bench::new();
    let shown = |size| bench.tenant().note_shown_log(size).block_on().expect("noted");
    assert_eq!(shown(5), Vec::<u64>::new());
    assert_eq!(shown(5), Vec::<u64>::new(), "the same log needs no proof");
    assert_eq!(shown(9), [5]);
    (10..40).for_each(|size| drop(shown(size)));
    assert_eq!(shown(40), (24..40).rev().collect::<Vec<_>>());
    assert_eq!(bench.count("SELECT count(*) FROM shown_log WHERE account = ?1"), 16);
}

/// R91: nobody can afterwards say that another number, hour, price or result was recorded.
#[test]
fn evidence_of_which_anything_was_changed_does_not_verify() {
    let (bench, campaign) = Bench::with_queue(1);
    let message = bench.hand_over(&campaign, 1).remove(0);
    bench.report(&message.message, Delivered);
    for field in ["phone", "handed_over_at", "local_time", "operator_price", "text_sha256", "message"] {
        let mut page = hand_overs(&bench, &campaign);
        page.events[0].event[field] = "other".into();
        assert!(matches!(verified(&bench.db, &page), Err(EvidenceError::Event { .. })), "{field}");
    }
    let mut page = hand_overs(&bench, &campaign);
    page.events[1].event["result"] = "undelivered".into();
    assert!(verified(&bench.db, &page).is_err());
}

/// R91: a row changed behind the log's back no longer proves anything.
#[test]
fn a_history_row_changed_in_the_database_does_not_verify() {
    for change in [
        "operator_price = operator_price + 1",
        "handed_over_at = handed_over_at - 1",
        "offset_minutes = 360",
        "operator_reference = 'op-2'",
        "result_at = result_at + 1",
        "state = 'undelivered'",
    ] {
        let (bench, campaign) = Bench::with_queue(1);
        let message = bench.hand_over(&campaign, 1).remove(0);
        bench.report(&message.message, Delivered);
        bench.sql(&format!("UPDATE message SET {change}"));
        assert!(verified(&bench.db, &hand_overs(&bench, &campaign)).is_err(), "{change}");
    }
}

/// R91: a leaf says nothing to who has not the salt: the log holds no number.
#[test]
fn a_leaf_is_not_the_hash_of_the_bare_event() {
    let (bench, campaign) = Bench::with_queue(1);
    bench.hand_over(&campaign, 1);
    let mut page = hand_overs(&bench, &campaign);
    page.events[0].salt = [0; 32];
    assert!(verified(&bench.db, &page).is_err());
}

/// R89, R90, R91: every hand-over with number, time and window, every result with its time.
#[test]
fn every_hand_over_and_every_result_verifies() {
    let (bench, campaign) = Bench::with_queue(5);
    let taken = bench.hand_over(&campaign, 3);
    bench.report(&taken[0].message, Delivered);
    bench.report(&taken[1].message, Undelivered);
    let (lease, unknown) = bench.take(&campaign, 2);
    bench.settle(&campaign, &lease, all(&unknown, &HandOver::Unknown(bench.now())));
    bench.settle(&campaign, &lease, all(&unknown[..1], &HandOver::Taken(None)));
    let proven = whole(&bench, &hand_overs(&bench, &campaign), &campaign).expect("all of it");
    let expected = BTreeMap::from([("handed_over".to_owned(), 4), ("result".to_owned(), 2)]);
    assert_eq!(proven.by_kind, expected);
    let first = &proven.events[0].event;
    assert_eq!(Some(first["phone"].as_str().expect("a number")), taken[0].phone.as_deref());
    assert_eq!(first["handed_over_at"], "2026-11-20T05:00:00.000Z");
    assert_eq!(first["local_time"], "2026-11-20T10:00:00+05:00");
    assert_eq!((first["window"].as_str(), MORNING), (Some("09:00-20:00"), bench.now()));
    assert_eq!(
        (first["operator_price"].as_str(), first["service_price"].as_str()),
        (Some("11.50"), Some("3.50"))
    );
}

/// R10, R93: acceptances, attestations, money, withdrawals, deletions: each act of the account.
#[test]
fn every_act_of_an_account_verifies() {
    let (bench, _) = Bench::with_queue(1);
    let (act, tenant) = (bench.act(), bench.tenant());
    let marketing = acceptance(DocumentKind::MarketingConsent);
    let consent = tenant.give_consent(&act, &marketing).block_on().expect("given").consent;
    tenant.withdraw_consent(&act, &consent).block_on().expect("withdrawn");
    tenant
        .record_act(master(), &act, "compromise_reported", serde_json::json!({}))
        .block_on()
        .expect("recorded");
    tenant.delete_contacts(&act, None).block_on().expect("deleted");
    let shown = tenant.balance().block_on().expect("reads").available;
    tenant.request_deletion(&act, shown).block_on().expect("requested");
    tenant.cancel_deletion(&act).block_on().expect("cancelled");
    let proven = whole(&bench, &events(&bench), "acts").expect("all of it");
    let expected = [
        // Offer, personal data, recipients' attestation, content's attestation, marketing.
        ("consent_given", 5),
        ("consent_withdrawn", 1),
        ("compromise_reported", 1),
        ("contacts_deleted", 1),
        ("deletion_requested", 1),
        ("deletion_cancelled", 1),
        ("import_completed", 1),
        ("campaign_started", 1),
        ("signed_up", 1),
        ("top_up", 1),
    ];
    assert_eq!(proven.by_kind, BTreeMap::from(expected.map(|(kind, count)| (kind.to_owned(), count))));
}

/// R91: nothing is in the log that cannot be shown, and nothing is shown twice.
#[test]
fn the_leaves_of_the_log_are_exactly_the_events_that_can_be_shown() {
    let (bench, campaign) = Bench::with_queue(3);
    let taken = bench.hand_over(&campaign, 3);
    bench.report(&taken[0].message, Delivered);
    let pages = [hand_overs(&bench, &campaign), events(&bench)];
    let mut shown: Vec<i64> = pages.iter().flat_map(|page| &page.events).map(|event| event.index).collect();
    shown.sort_unstable();
    let size = bench.cell().log().size().block_on().expect("reads");
    assert_eq!(shown, (0..size as i64).collect::<Vec<_>>());
}

/// R92, X7: who was written to can be proven after the account is gone.
#[test]
fn evidence_verifies_after_the_account_is_erased_with_the_number_in_it() {
    let (bench, campaign) = Bench::with_queue(2);
    let message = bench.hand_over(&campaign, 1).remove(0);
    bench.report(&message.message, Delivered);
    let before = hand_overs(&bench, &campaign);
    let phone = message.phone.expect("a number");
    bench.erase();
    let after = hand_overs(&bench, &campaign);
    let proven = verified(&bench.db, &after).expect("verifies");
    assert_eq!(proven.events[0].event["phone"], phone);
    let bodies =
        |page: &EvidencePage| page.events.iter().map(|event| event.event.clone()).collect::<Vec<_>>();
    assert_eq!(bodies(&after), bodies(&before));
    whole(&bench, &after, &campaign).expect("all of it");
    let proven = whole(&bench, &events(&bench), "acts").expect("all of it");
    assert_eq!(proven.by_kind.get("account_erased"), Some(&1));
}

/// R92: deleting a contact does not delete that it was written to.
#[test]
fn evidence_verifies_after_the_contact_is_erased() {
    let (bench, campaign) = Bench::with_queue(1);
    bench.hand_over(&campaign, 1);
    bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    let proven = verified(&bench.db, &hand_overs(&bench, &campaign)).expect("verifies");
    assert_eq!(proven.events[0].event["phone"], number(0));
}

/// R91: what was proven once stays proven as the log grows.
#[test]
fn a_later_log_continues_the_earlier_one() {
    let (bench, campaign) = Bench::with_queue(3);
    bench.hand_over(&campaign, 1);
    let reader = bench.cell().log();
    let from = reader.size().block_on().expect("reads");
    let earlier = reader.root(from).block_on().expect("reads");
    bench.hand_over(&campaign, 2);
    let reader = bench.cell().log();
    let to = reader.size().block_on().expect("reads");
    let later = reader.root(to).block_on().expect("reads");
    let proof = reader.consistency(from, to).block_on().expect("reads");
    assert!(evidence::merkle::verify_consistency(from, to, &earlier, &later, &proof));
}

/// R93: a large campaign comes in pages; no event is missing at a seam.
#[test]
fn pages_of_evidence_hold_every_event_once() {
    let (bench, campaign) = Bench::with_queue(7);
    bench.hand_over(&campaign, 7);
    let (mut after, mut indices) = (0, Vec::new());
    loop {
        let page = bench.tenant().campaign_evidence(&campaign, after, 3).block_on().expect("reads");
        verified(&bench.db, &page).expect("verifies");
        indices.extend(page.events.iter().map(|event| event.index));
        let Some(cursor) = page.next_cursor else { break };
        after = cursor.parse().expect("a number");
    }
    assert_eq!(indices.len(), 7);
    assert!(indices.is_sorted_by(|a, b| a < b));
}
