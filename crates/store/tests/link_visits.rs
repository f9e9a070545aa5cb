//! Short links: each leads its own recipient where the account said, who opened it is counted once and kept no longer
//! than the contact, and nobody else's link does either (R96).

use std::path::Path;

use domain::account::AccountKind;
use domain::documents::sha256_hex;
use domain::link_visits::Visitor::{Person, Preview, Unknown};
use pollster::FutureExt as _;
use sendbox_store::cell::{Content, LeasedMessage, LinkCounts};
use sendbox_store::{Database, VisitLinks};

use crate::support::moving::Moving;
use crate::support::{
    Bench, DAY, MAP, MINUTE, PRICE, SHOP, files, holds, link_tokens as tokens, master, numbers,
};

const VISITS: &str = "SELECT count(*) FROM link_visit WHERE account = ?1";

/// A campaign with two links that went to so many people.
fn sent(bench: &Bench, people: usize) -> (String, Vec<LeasedMessage>) {
    bench.upload(&numbers(people));
    bench.top_up("pay_links", PRICE * people as i64).expect("credited");
    let campaign = bench.linked_campaign();
    let messages = bench.hand_over(&campaign, people);
    (campaign, messages)
}

/// Where a token leads at this moment.
fn leads(bench: &Bench, token: &str) -> Option<String> {
    let link = bench.cell().short_link(token).block_on().expect("reads")?;
    link.leads_to(bench.now()).map(str::to_owned)
}

/// What the first link of a campaign has: visits, visitors, previews, of unknown.
fn counts(bench: &Bench, campaign: &str) -> [i64; 4] {
    let counts = bench.tenant().link_counts(campaign).block_on().expect("reads");
    let first = counts.into_iter().find(|counts| counts.place == 0).unwrap_or_default();
    let LinkCounts { visits, visitors, previews, unknown, .. } = first;
    [visits, visitors, previews, unknown]
}

/// R96: no open redirect: what was not sent by us leads nowhere.
#[test]
fn a_token_that_no_message_has_leads_nowhere() {
    let bench = Bench::new();
    let (_, messages) = sent(&bench, 1);
    let mut changed = tokens(&messages[0]).remove(0);
    changed.replace_range(13.., if changed.ends_with('0') { "1" } else { "0" });
    for token in ["", "00000000000000", "https://evil.kz", changed.as_str()] {
        assert_eq!(leads(&bench, token), None, "{token}");
    }
    bench.top_up("pay_more", PRICE).expect("credited");
    let plain = bench.running_campaign();
    let without_links = bench.hand_over(&plain, 1).remove(0);
    assert_eq!(leads(&bench, &tokens(&without_links)[0]), None);
    let third = VisitLinks::new(master()).expect("derived").tokens(messages[0].id, &messages[0].message, 3);
    assert_eq!(leads(&bench, &third.expect("tokens")[2]), None, "the text has two links");
}

/// R96: each leads where the account said, and only until then.
#[test]
fn a_link_leads_where_the_account_said_until_it_expires() {
    let bench = Bench::new();
    let (_, messages) = sent(&bench, 2);
    for message in &messages {
        let [shop, map] = &tokens(message)[..] else { panic!("two links") };
        assert_eq!((leads(&bench, shop).as_deref(), leads(&bench, map).as_deref()), (Some(SHOP), Some(MAP)));
        assert_eq!(leads(&bench, &shop.to_uppercase()).as_deref(), Some(SHOP), "copied by hand");
    }
    bench.pass(10 * DAY - 1);
    let [shop, map] = &tokens(&messages[0])[..] else { panic!("two links") };
    assert_eq!(leads(&bench, map).as_deref(), Some(MAP));
    bench.pass(1);
    assert_eq!((leads(&bench, shop).as_deref(), leads(&bench, map)), (Some(SHOP), None));
    let expired = bench.cell().short_link(map).block_on().expect("reads").expect("still known");
    assert_eq!(expired.language(), "kk");
}

/// R96: programs and what nobody can tell feed no score: they are no visitors, however often they come.
#[test]
fn only_people_are_visits() {
    let bench = Bench::new();
    let (campaign, messages) = sent(&bench, 1);
    let token = &tokens(&messages[0])[0];
    for visitor in [Preview, Unknown, Preview] {
        bench.visit(token, visitor);
        bench.pass(MINUTE);
    }
    assert_eq!(counts(&bench, &campaign), [0, 0, 2, 1]);
    let visited = "SELECT count(*) FROM link_visit WHERE account = ?1 AND visitor = 'person'";
    assert_eq!(bench.count(visited), 0);
    let since = bench.now();
    bench.visit(token, Person);
    bench.pass(MINUTE);
    bench.visit(token, Preview);
    assert_eq!(counts(&bench, &campaign), [1, 1, 3, 1]);
    assert_eq!((bench.count(visited), bench.count(VISITS)), (1, 1));
    assert_eq!(
        bench.count("SELECT visited_at FROM link_visit WHERE account = ?1"),
        since,
        "the first of a person"
    );
}

/// R96: a page that is loaded twice is one visit, and whoever returns is no second person.
#[test]
fn a_person_is_counted_once_and_their_visits_a_minute_apart() {
    let bench = Bench::new();
    let (campaign, messages) = sent(&bench, 2);
    let (one, other) = (&tokens(&messages[0])[0], &tokens(&messages[1])[0]);
    bench.visit(one, Person);
    let before = bench.sql("SELECT total_changes()");
    for visitor in [Person, Person, Preview, Unknown] {
        bench.visit(one, visitor);
    }
    bench.pass(MINUTE - 1);
    bench.visit(one, Person);
    assert_eq!(
        bench.sql("SELECT total_changes()"),
        before,
        "who opens a link without a pause writes nothing"
    );
    assert_eq!(counts(&bench, &campaign), [1, 1, 0, 0]);
    bench.pass(1);
    bench.visit(one, Person);
    bench.visit(other, Person);
    assert_eq!(counts(&bench, &campaign), [3, 2, 0, 0]);
}

#[test]
fn each_link_of_a_text_and_each_campaign_has_its_own_counts() {
    let bench = Bench::new();
    let (campaign, messages) = sent(&bench, 1);
    bench.visit(&tokens(&messages[0])[1], Person);
    let map = LinkCounts { place: 1, visits: 1, visitors: 1, ..LinkCounts::default() };
    assert_eq!(bench.tenant().link_counts(&campaign).block_on(), Ok(vec![map]));
    let other = bench.draft();
    assert_eq!(bench.tenant().link_counts(&other).block_on(), Ok(vec![]));
    let stranger = bench.open_account(AccountKind::LegalEntity);
    assert_eq!(bench.tenant_of(&stranger).link_counts(&campaign).block_on(), Ok(vec![]));
}

/// R127: what is known of a person's visits goes with the person; the link goes on leading, and what was counted
/// names nobody.
#[test]
fn visits_die_with_the_contact() {
    let bench = Bench::new();
    let (campaign, messages) = sent(&bench, 2);
    let (one, other) = (&tokens(&messages[0])[0], &tokens(&messages[1])[0]);
    bench.visit(one, Person);
    bench.visit(other, Preview);
    let erased = bench.tenant().contacts(None, 10).block_on().expect("reads").items;
    let of_one = erased.iter().find(|contact| Some(&contact.phone) == messages[0].phone.as_ref());
    let gone = of_one.expect("in the base").contact.clone();
    bench.tenant().delete_contacts(&bench.act(), Some(&gone)).block_on().expect("deleted");
    assert_eq!(bench.count(VISITS), 1, "the other's stays");
    bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    assert_eq!(bench.count(VISITS), 0);
    bench.pass(MINUTE);
    bench.visit(one, Person);
    assert_eq!(bench.count(VISITS), 0, "nothing is kept of somebody who is gone");
    assert_eq!(leads(&bench, one).as_deref(), Some(SHOP));
    assert_eq!(counts(&bench, &campaign), [1, 1, 1, 0]);
}

/// R127: with the account its links end.
#[test]
fn links_and_visits_die_with_the_account() {
    let bench = Bench::new();
    let (_, messages) = sent(&bench, 1);
    let token = &tokens(&messages[0])[0];
    bench.visit(token, Person);
    bench.erase();
    assert_eq!(leads(&bench, token), None);
    for left in [
        VISITS,
        "SELECT count(*) FROM link_count WHERE account = ?1",
        "SELECT count(links) FROM campaign WHERE account = ?1",
    ] {
        assert_eq!(bench.count(left), 0, "{left}");
    }
}

/// R71: where a text leads is as much the account's own as the text.
#[test]
fn the_addresses_stand_in_the_file_in_no_readable_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let path: &Path = &folder.path().join("cell.db");
    let bench = Bench::in_file(path);
    let (campaign, _) = sent(&bench, 1);
    let kept = bench.tenant().campaign(&campaign).block_on().expect("reads").expect("exists").content;
    assert!(matches!(kept, Content::Text { links: Some(kept), .. } if kept == bench.links()), "its owner's");
    for (file, bytes) in files(path) {
        assert!(!holds(&bytes, b"shop.kz") && !holds(&bytes, b"maps.kz"), "{}", file.display());
    }
}

/// R91: where a campaign led is part of what was started.
#[test]
fn the_start_records_where_the_links_lead() {
    let bench = Bench::new();
    sent(&bench, 1);
    bench.started_campaign();
    let starts = bench.events("campaign_started");
    let shop = serde_json::json!({
        "name": "shop", "address_sha256": sha256_hex(SHOP.as_bytes()), "expires_at": bench.now() + 30 * DAY,
    });
    assert_eq!((&starts[0]["links"][0], &starts[1]["links"]), (&shop, &serde_json::Value::Null));
}

/// R69: links go on working while the account moves and after, and what is counted is not lost.
#[test]
fn links_and_their_counts_move_with_the_account() {
    let bench = Bench::new();
    let (campaign, messages) = sent(&bench, 1);
    let token = tokens(&messages[0]).remove(0);
    bench.visit(&token, Person);
    let moving = Moving::of(bench).begin();
    moving.from.pass(MINUTE);
    moving.freeze();
    assert_eq!(leads(&moving.from, &token).as_deref(), Some(SHOP));
    moving.from.visit(&token, Person);
    moving.arrive();
    assert_eq!((leads(&moving.from, &token), leads(&moving.to, &token).as_deref()), (None, Some(SHOP)));
    assert_eq!(counts(&moving.to, &campaign), [1, 1, 0, 0], "while it moves nothing is counted");
    moving.forget();
    moving.to.pass(2 * MINUTE);
    moving.to.visit(&token, Person);
    assert_eq!(counts(&moving.to, &campaign), [2, 1, 0, 0]);
    for table in ["link_visit", "link_count"] {
        assert_eq!(moving.from.figure(&format!("SELECT count(*) FROM {table}")), 0, "{table}");
    }
}

/// R96: a busy database is told of, and nothing of the visit stays half written.
#[test]
fn a_visit_that_cannot_be_written_is_counted_later_as_the_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cell.db");
    let bench = Bench::in_file(&path);
    let (campaign, messages) = sent(&bench, 1);
    let token = tokens(&messages[0]).remove(0);
    bench.sql("CREATE TRIGGER full BEFORE INSERT ON link_count BEGIN SELECT RAISE(ABORT, 'full'); END");
    let link = bench.cell().short_link(&token).block_on().expect("reads").expect("a link");
    link.note_visit(Person, bench.now()).block_on().expect_err("full");
    assert_eq!(bench.count(VISITS), 0);
    bench.db.query("DROP TRIGGER full", vec![]).block_on().expect("dropped");
    bench.visit(&token, Person);
    assert_eq!(counts(&bench, &campaign), [1, 1, 0, 0]);
}
