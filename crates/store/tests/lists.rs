//! Lists and tags: their names, their members, and how many there are (R61, R67, R70).

use domain::audience::Selection;
use domain::documents::DocumentKind;
use pollster::FutureExt as _;
use sendbox_store::cell::{
    Joined, ListKind, MemberChange, MembersChanged, NewContact, PutContacts, RejectedRow, RowProblem,
    TAGS_MAX, Who,
};
use sendbox_store::{Refusal, StoreError};

use crate::support::audiences::{in_lists, only, phones};
use crate::support::{Bench, acceptance, number, numbers};

fn put_into(bench: &Bench, joined: Joined, people: &[usize]) {
    let row = |(n, line): (&usize, i64)| NewContact { line, phone: number(*n), ..NewContact::default() };
    let put = PutContacts {
        name: "by hand".to_owned(),
        attestation: acceptance(DocumentKind::RecipientsAttestation),
        contacts: people.iter().zip(1..).map(row).collect(),
        rejected: Vec::new(),
        joined,
    };
    bench.tenant().put_contacts(&bench.act(), put, None).block_on().expect("put");
}

fn tags(words: &[&str]) -> Joined {
    Joined { lists: Vec::new(), tags: words.iter().map(|word| (*word).to_owned()).collect() }
}

/// The tags of the account with how many have each.
fn all_tags(bench: &Bench) -> Vec<(String, i64)> {
    let tags = bench.tenant().lists(ListKind::Tag, None, 1000).block_on().expect("reads");
    tags.items.into_iter().map(|tag| (tag.name, tag.members)).collect()
}

/// R67: whoever is deleted is in no list any more, and is not counted.
#[test]
fn a_list_counts_who_is_in_it_and_no_others() {
    let bench = Bench::new();
    bench.upload(&numbers(5));
    let list = bench.list("Regulars");
    assert_eq!(bench.join(&list, &[0, 1, 2, 99]), MembersChanged { changed: 3, full: 0, contacts: 3 });
    assert_eq!(bench.join(&list, &[2, 3]), MembersChanged { changed: 1, full: 0, contacts: 2 });
    assert_eq!(bench.leave(&list, &[0, 4]), MembersChanged { changed: 1, full: 0, contacts: 2 });
    assert_eq!(bench.member_count(&list), 3);
    let gone = bench.tenant().contacts(None, 10).block_on().expect("reads").items.remove(1).contact;
    bench.tenant().delete_contacts(&bench.act(), Some(&gone)).block_on().expect("deleted");
    assert_eq!((bench.members(&list), bench.member_count(&list)), (vec![number(2), number(3)], 2));
    bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    assert_eq!((bench.members(&list), bench.member_count(&list)), (Vec::new(), 0));
}

#[test]
fn two_lists_do_not_have_one_name_but_a_list_and_a_tag_may() {
    let bench = Bench::new();
    let list = bench.list("Алматы");
    let make = |kind, name| bench.tenant().create_list(&bench.act(), kind, name).block_on();
    let taken = Err(StoreError::from(Refusal::ListNameTaken));
    assert_eq!(make(ListKind::List, "АЛМАТЫ"), taken);
    assert_eq!(make(ListKind::Tag, "Алматы").expect("made").name, "Алматы");
    let other = bench.list("Шымкент");
    assert_eq!(bench.tenant().rename_list(ListKind::List, &other, "алматы").block_on(), taken);
    let renamed = bench.tenant().rename_list(ListKind::List, &list, "алматы").block_on().expect("its own");
    assert_eq!(renamed.name, "алматы");
}

/// R61: a list is how its owner keeps contacts, and its end is not theirs.
#[test]
fn the_contacts_of_a_deleted_list_stay() {
    let bench = Bench::new();
    bench.upload(&numbers(3));
    let list = bench.list("Regulars");
    bench.join(&list, &[0, 1, 2]);
    bench.tenant().delete_list(&bench.act(), &list).block_on().expect("deleted");
    assert_eq!(bench.tenant().audience().block_on(), Ok((3, 0)));
    assert_eq!(bench.tenant().list(&list).block_on(), Ok(None));
    let again = bench.list("Regulars");
    assert_eq!(bench.member_count(&again), 0, "another one of its name begins empty");
    assert_eq!(bench.tenant().delete_list(&bench.act(), &list).block_on(), Err(Refusal::NotFound.into()));
}

/// R61, R66: an upload's people join whether the base had them or not; who is not taken in does not.
#[test]
fn all_people_of_an_upload_join_its_lists_and_tags() {
    let bench = Bench::new();
    bench.upload(&[number(0), number(1)]);
    bench.blacklist(&number(4));
    let list = bench.list("Autumn");
    let joined = Joined { lists: vec![list.clone()], tags: vec!["VIP".to_owned(), "vip".to_owned()] };
    let attestation = acceptance(DocumentKind::RecipientsAttestation);
    let (tenant, act) = (bench.tenant(), bench.act());
    let import = tenant.create_import(&act, "clients.csv", attestation, &joined, false, None);
    let import = import.block_on().expect("made").import;
    bench.send_file(&import);
    assert!(bench.begin_reading(&import));
    let row = |line, n, name: Option<&str>| NewContact {
        line,
        phone: number(n),
        name: name.map(str::to_owned),
        ..NewContact::default()
    };
    let rows = vec![
        row(2, 0, Some("Client of line 2")),
        row(3, 1, Some("Another name")),
        row(4, 2, None),
        row(5, 2, None),
        row(6, 3, None),
        row(7, 4, None),
    ];
    let rejected = RowProblem { line: 8, code: "phone_unparseable".to_owned() };
    bench.add_rows(&import, rows, &[rejected]).expect("stored");
    assert_eq!(bench.members(&list), Vec::<String>::new(), "nothing of it counts before all was read");
    bench.complete(&import).expect("completed");
    let mut members = bench.members(&list);
    members.sort();
    assert_eq!(members, numbers(4), "unchanged, updated, new with its duplicate");
    assert_eq!(bench.member_count(&list), 4);
    assert_eq!(all_tags(&bench), [("VIP".to_owned(), 4)], "one word in whatever case");
}

/// R61: what is put in by itself joins too, and an unknown list refuses all of it.
#[test]
fn contacts_that_are_put_in_join_and_an_unknown_list_takes_nobody_in() {
    let bench = Bench::new();
    let list = bench.list("Site");
    put_into(&bench, Joined { lists: vec![list.clone()], tags: Vec::new() }, &[0, 1]);
    put_into(&bench, Joined { lists: vec![list.clone()], tags: Vec::new() }, &[1, 2]);
    assert_eq!(bench.member_count(&list), 3);
    bench.tenant().delete_list(&bench.act(), &list).block_on().expect("deleted");
    let put = PutContacts {
        name: "by hand".to_owned(),
        attestation: acceptance(DocumentKind::RecipientsAttestation),
        contacts: vec![NewContact { line: 1, phone: number(9), ..NewContact::default() }],
        rejected: Vec::<RejectedRow>::new(),
        joined: Joined { lists: vec![list], tags: Vec::new() },
    };
    let refused = bench.tenant().put_contacts(&bench.act(), put, None).block_on();
    assert_eq!(refused.map(|import| import.import), Err(Refusal::ListUnknown.into()));
    assert_eq!(bench.tenant().audience().block_on(), Ok((3, 0)));
}

#[test]
fn a_contact_has_at_most_twenty_tags_and_an_account_two_hundred() {
    let bench = Bench::new();
    let words: Vec<String> = (0..TAGS_MAX).map(|n| format!("tag {n}")).collect();
    for some in words.chunks(10) {
        put_into(&bench, Joined { lists: Vec::new(), tags: some.to_vec() }, &[0]);
    }
    put_into(&bench, tags(&["one more"]), &[0, 1]);
    assert!(all_tags(&bench).contains(&("one more".to_owned(), 1)), "the other one got it");
    let tags = bench.tenant().lists(ListKind::Tag, None, 1000).block_on().expect("reads").items;
    let last = tags.into_iter().find(|tag| tag.name == "one more").expect("a tag");
    let both = bench.change_members(&last.list, MemberChange::Add, &phones(&[0, 1])).expect("changed");
    assert_eq!(both, MembersChanged { changed: 0, full: 1, contacts: 2 });
    let make =
        |n: i64| bench.tenant().create_list(&bench.act(), ListKind::Tag, &format!("more {n}")).block_on();
    for n in 0..200 - TAGS_MAX - 1 {
        make(n).expect("room");
    }
    assert_eq!(make(1_000).map(|tag| tag.name), Err(Refusal::TooManyTags.into()));
    assert_eq!(all_tags(&bench).len(), 200);
}

#[test]
fn who_is_moved_is_in_the_other_list_and_nowhere_else() {
    let bench = Bench::new();
    let import = bench.upload(&numbers(6));
    let (from, to) = (bench.list("New"), bench.list("Old"));
    bench.join(&from, &[0, 1, 2, 3]);
    bench.join(&to, &[3, 4]);
    let moved =
        bench.change_members(&from, MemberChange::MoveTo(to.clone()), &Who::Import(import)).expect("moved");
    assert_eq!(moved, MembersChanged { changed: 4, full: 0, contacts: 6 });
    assert_eq!((bench.member_count(&from), bench.member_count(&to)), (0, 5));
    let gone = MemberChange::MoveTo("lst_ffffffffffffffffffffffffffffffff".to_owned());
    bench.join(&from, &[5]);
    assert_eq!(bench.change_members(&from, gone, &phones(&[5])), Err(Refusal::ListUnknown.into()));
    assert_eq!(bench.members(&from), [number(5)], "nobody is lost on the way");
}

#[test]
fn what_an_audience_takes_joins_in_steps() {
    let bench = Bench::new();
    bench.top_up("pay_1", 1).expect("credited");
    let many: Vec<String> =
        (0..9_999).map(number).chain((0..2_001).map(|n| format!("+7702000{n:04}"))).collect();
    let import = bench.upload(&many);
    let (all, some) = (bench.list("All"), bench.list("Some"));
    let added = bench.change_members(&all, MemberChange::Add, &Who::Import(import)).expect("added");
    assert_eq!(added, MembersChanged { changed: 12_000, full: 0, contacts: 12_000 });
    let audience = only(in_lists(&[&all]));
    let copied =
        bench.change_members(&some, MemberChange::Add, &Who::Audience(audience.clone())).expect("added");
    assert_eq!((copied.changed, bench.member_count(&some)), (12_000, 12_000));
    // The list that drives the way is the one that empties on it.
    let left = bench.change_members(&all, MemberChange::Remove, &Who::Audience(audience)).expect("removed");
    assert_eq!((left.changed, bench.member_count(&all)), (12_000, 0));
    let everybody = only(Selection::default());
    assert_eq!(
        bench.change_members(&all, MemberChange::Add, &Who::Audience(everybody)).expect("added").changed,
        12_000
    );
}

/// R182: a list of another account is nobody's, nor are its contacts.
#[test]
fn another_accounts_lists_and_contacts_are_not_there() {
    let bench = Bench::new();
    bench.upload(&numbers(2));
    let list = bench.list("Mine");
    bench.join(&list, &[0, 1]);
    let other = bench.open_account(domain::account::AccountKind::NaturalPerson);
    let other = bench.tenant_of(&other);
    assert_eq!(other.list(&list).block_on(), Ok(None));
    let refused = other.change_members(&bench.act(), &list, &MemberChange::Add, &phones(&[0])).block_on();
    assert_eq!(refused, Err(Refusal::NotFound.into()));
    let theirs = other.create_list(&bench.act(), ListKind::List, "Theirs").block_on().expect("made").list;
    let mine = bench.tenant().contacts(None, 1).block_on().expect("reads").items.remove(0).contact;
    let joined = other
        .change_members(&bench.act(), &theirs, &MemberChange::Add, &Who::Contacts(vec![mine]))
        .block_on();
    assert_eq!(joined, Ok(MembersChanged::default()));
    assert_eq!(other.delete_list(&bench.act(), &list).block_on(), Err(Refusal::NotFound.into()));
}
