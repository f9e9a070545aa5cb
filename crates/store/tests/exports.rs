//! An account's own copy of what it has: contacts with what stands beside them, page by page, and that it was taken (R68).

use domain::account::AccountKind;
use pollster::FutureExt as _;
use scoring::Kind;
use sendbox_store::cell::{
    ListKind, MemberChange, NewContact, PutContacts, Stance, StanceOfSomebody, Who, WholeContact, Word,
};

use crate::support::moving::Moving;
use crate::support::scoring::{Past, with_past};
use crate::support::{Bench, acceptance, master, number, numbers};

fn all(bench: &Bench, limit: usize) -> Vec<WholeContact> {
    let (tenant, mut found, mut cursor) = (bench.tenant(), Vec::new(), None);
    loop {
        let page = tenant.whole_contacts(cursor.as_deref(), limit).block_on().expect("reads");
        assert!(page.items.len() <= limit);
        found.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            return found;
        }
    }
}

/// R68, R182: each contact once, whatever the pages are, with its lists and its proof; nobody else's.
#[test]
fn contacts_come_whole_page_by_page() {
    let mut bench = Bench::new();
    bench.upload(&numbers(5));
    let proof = r#"{"source":"a form","date":null}"#;
    let contact = NewContact {
        line: 1,
        phone: number(7),
        consent_proof: Some(proof.to_owned()),
        ..NewContact::default()
    };
    let put = PutContacts {
        name: "p".to_owned(),
        attestation: acceptance(domain::documents::DocumentKind::RecipientsAttestation),
        contacts: vec![contact],
        rejected: Vec::new(),
        joined: sendbox_store::cell::Joined::default(),
    };
    bench.tenant().put_contacts(&bench.act(), put, None).block_on().expect("put");
    bench.blacklist(&number(1));
    let list = bench.tenant().create_list(&bench.act(), ListKind::List, "VIP").block_on().expect("made").list;
    let of =
        |n: usize| all(&bench, 10).into_iter().find(|whole| whole.contact.phone == number(n)).expect("there");
    let chosen = Who::Contacts(vec![of(2).contact.contact]);
    let change = bench.tenant().change_members(&bench.act(), &list, &MemberChange::Add, &chosen).block_on();
    change.expect("changed");

    let whole = all(&bench, 10);
    let listed = bench.tenant().contacts(None, 10).block_on().expect("reads").items;
    assert_eq!(whole.iter().map(|whole| whole.contact.clone()).collect::<Vec<_>>(), listed);
    assert!(of(1).contact.blacklisted && !of(2).contact.blacklisted);
    assert_eq!((of(2).lists, of(3).lists), (vec![list], vec![]));
    assert_eq!((of(7).consent, of(4).consent), (Some(proof.to_owned()), None));
    bench.say(&[number(3)], Word::Consents);
    bench.say(&[number(4)], Word::Objects);
    assert_eq!(
        (of(3).stance, of(4).stance, of(2).stance),
        (Some(Stance::Consented), Some(Stance::Objected), None)
    );
    let whole = all(&bench, 10);
    for limit in 1..=6 {
        assert_eq!(all(&bench, limit), whole, "in pages of {limit}");
    }
    bench.account = bench.open_account(AccountKind::LegalEntity);
    assert!(all(&bench, 10).is_empty());
}

/// R10, R68: what was taken out while the account was on its way is recorded where it arrives, with its time.
#[test]
fn that_a_file_was_taken_while_an_account_moved_is_recorded_where_it_arrives() {
    let moving = Moving::of(Bench::new()).begin();
    moving.freeze();
    let (bench, at) = (&moving.from, moving.from.now());
    let fields = serde_json::json!({"what": "contacts", "format": "csv"});
    let read = bench.tenant().record_read(master(), &bench.act(), "exported", fields).block_on();
    assert_eq!(read, Ok(()));
    moving.arrive();
    let recorded = moving.to.events("exported");
    assert_eq!(recorded.len(), 1);
    assert_eq!((&recorded[0]["what"], &recorded[0]["actor"]), (&"contacts".into(), &"ses_test".into()));
    let stored = moving.to.count("SELECT at FROM event WHERE account = ?1 AND kind = 'exported'");
    assert_eq!(stored, at);
}

/// Each row of a run with its run, in the order in which they come.
fn all_scores(bench: &Bench, limit: usize) -> Vec<(String, String)> {
    let (tenant, mut found, mut cursor) = (bench.tenant(), Vec::new(), None::<String>);
    while let Some(page) = tenant.every_score(cursor.as_deref(), limit).block_on().expect("reads") {
        assert!(page.items.len() <= limit);
        found.extend(page.items.into_iter().map(|one| (page.run.scoring.clone(), one.phone)));
        cursor = Some(page.next_cursor);
    }
    found
}

/// R68, R97: the scores of every run that can be read, each once, whatever the pages are; a run without any is no end.
#[test]
fn scores_come_run_by_run_page_by_page() {
    let mut bench = with_past(Past::Telling);
    assert!(all_scores(&bench, 10).is_empty());
    let reach = bench.score().scoring;
    bench.remember_visits();
    let response = bench.try_scoring(Kind::Response).expect("begun").scoring;
    while bench.scoring_step() {}
    let working = bench.begin_scoring();
    let of = |run: &str| -> Vec<(String, String)> {
        let scores = bench.tenant().scores(run, None, 5_000).block_on().expect("reads").items;
        scores.into_iter().map(|one| (run.to_owned(), one.phone)).collect()
    };
    // Runs of one millisecond stand in the order of their ids.
    let mut runs = [&working, &response, &reach];
    runs.sort_by(|one, other| other.cmp(one));
    let wanted: Vec<_> = runs.into_iter().flat_map(|run| of(run)).collect();
    assert!(of(&working).is_empty() && of(&response).len() > 500 && of(&reach).len() > 500);
    for limit in [7, of(&reach).len(), 5_000] {
        assert_eq!(all_scores(&bench, limit), wanted, "in pages of {limit}");
    }
    bench.account = bench.open_account(AccountKind::LegalEntity);
    assert!(all_scores(&bench, 10).is_empty());
}

fn all_stances(bench: &Bench, limit: usize) -> Vec<StanceOfSomebody> {
    let (tenant, mut found, mut cursor) = (bench.tenant(), Vec::new(), None::<String>);
    loop {
        let page = tenant.every_stance(cursor.as_deref(), limit).block_on().expect("reads");
        found.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            return found;
        }
    }
}

/// R68, R99: what was said is there with its words; a number only of who is in the base, since no other is kept.
#[test]
fn stances_come_with_the_numbers_that_are_known() {
    let mut bench = Bench::new();
    bench.upload(&numbers(3));
    bench.say(&numbers(2), Word::Consents);
    bench.say(&[number(8)], Word::Objects);
    let stances = all_stances(&bench, 10);
    let mut said: Vec<_> = stances
        .iter()
        .map(|one| (one.phone.clone(), one.noted.stance.as_str(), one.noted.said.is_some()))
        .collect();
    said.sort();
    let wanted = [
        (None, "objected", true),
        (Some(number(0)), "consented", true),
        (Some(number(1)), "consented", true),
    ];
    assert_eq!(said, wanted);
    for limit in 1..=3 {
        assert_eq!(all_stances(&bench, limit), stances, "in pages of {limit}");
    }
    bench.account = bench.open_account(AccountKind::LegalEntity);
    assert!(all_stances(&bench, 10).is_empty());
}
