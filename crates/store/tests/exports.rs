//! An account's own copy of what it has: contacts with what stands beside them, page by page, and that it was taken (R68).

use domain::account::AccountKind;
use pollster::FutureExt as _;
use sendbox_store::cell::{ListKind, MemberChange, NewContact, PutContacts, Who, WholeContact};

use crate::support::moving::Moving;
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
