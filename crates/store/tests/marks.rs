//! By what contacts are found: numbers, lists, names and fields, and what becomes of those who are found (R61, R67, R69).

use domain::audience::{Audience, Rule, Selection};
use domain::documents::DocumentKind;
use domain::message::{MessageState, Reason};
use domain::names;
use pollster::FutureExt as _;
use sendbox_store::cell::{
    Correction, Joined, NewContact, Next, PersonAct, PutContacts, SavedAudience, Search, Who,
};
use sendbox_store::{Refusal, StoreError, transaction};

use crate::support::audiences::{in_lists, only, phones, ruled, with_numbers};
use crate::support::{Bench, PRICE, acceptance, files, holds, number, numbers};

fn known(line: i64, n: usize, name: &str, city: Option<&str>) -> NewContact {
    NewContact {
        line,
        phone: number(n),
        name: (!name.is_empty()).then(|| name.to_owned()),
        fields: city.map(|city| serde_json::json!({"city": city}).to_string()),
        ..NewContact::default()
    }
}

fn put(bench: &Bench, contacts: Vec<NewContact>) {
    let put = PutContacts {
        name: "by hand".to_owned(),
        attestation: acceptance(DocumentKind::RecipientsAttestation),
        contacts,
        rejected: Vec::new(),
        joined: Joined::default(),
    };
    bench.tenant().put_contacts(&bench.act(), put, None).block_on().expect("put");
}

/// Does the job that marks contacts.
fn mark(bench: &Bench) {
    let tenant = bench.tenant();
    while transaction(&bench.db, async |db| tenant.mark_contacts(db).await).block_on().expect("a step")
        != Next::Done
    {}
}

fn field(name: &str, values: &[&str], is_so: bool) -> Audience {
    let (name, values) = (name.to_owned(), values.iter().map(|value| (*value).to_owned()).collect());
    only(ruled(if is_so { Rule::FieldIs { name, values } } else { Rule::FieldIsNot { name, values } }))
}

fn set(name: &str, is_so: bool) -> Audience {
    let name = name.to_owned();
    only(ruled(if is_so { Rule::FieldIsSet { name } } else { Rule::FieldIsNotSet { name } }))
}

fn found(bench: &Bench, search: &Search) -> Vec<String> {
    let page = bench.tenant().search(search, None, 100).block_on().expect("searches");
    page.items.into_iter().map(|contact| contact.phone).collect()
}

fn named(question: &str) -> Search {
    Search { name: names::words(question), ..Search::default() }
}

#[test]
fn contacts_are_chosen_by_their_fields() {
    let bench = Bench::new();
    put(&bench, vec![known(1, 0, "", Some("Семей")), known(2, 1, "", Some("Алматы")), known(3, 2, "", None)]);
    let count = |audience: &Audience| bench.estimated(audience).0;
    assert_eq!(count(&field("city", &["Семей"], true)), 1);
    assert_eq!(count(&field("city", &["Семей", "Алматы", "Орал"], true)), 2);
    assert_eq!(count(&field("city", &["Семей"], false)), 2, "also whoever has no city");
    assert_eq!((count(&set("city", true)), count(&set("city", false))), (2, 1));
    assert_eq!(bench.tenant().fields_in_use().block_on(), Ok(vec!["city".to_owned()]));
    put(&bench, vec![known(1, 0, "", Some("Орал"))]);
    assert_eq!(count(&field("city", &["Семей"], true)), 0, "what was is not");
    assert_eq!(count(&field("city", &["Орал"], true)), 1);
    let unknown = bench.tenant().count_audience(&set("town", true)).block_on();
    assert_eq!(unknown, Err(Refusal::FieldUnknown.into()));
}

/// R50: an exclusion by a field must not miss those of whom the field is not known yet.
#[test]
fn while_contacts_are_not_marked_nobody_is_chosen_by_a_field() {
    let bench = Bench::new();
    put(&bench, vec![known(1, 5_000, "", Some("Семей"))]);
    let draft = bench.draft_to(field("city", &["Семей"], false));
    bench.top_up("pay_1", 1_000 * PRICE).expect("credited");
    let upload = bench.begin_upload();
    let rows = (0..600).map(|n| known(n + 2, n as usize, "Client", Some("Семей"))).collect();
    bench.add_rows(&upload, rows, &[]).expect("stored");
    bench.complete(&upload).expect("completed");
    let refused = Err(StoreError::from(Refusal::ContactsBeingMarked));
    assert_eq!(bench.tenant().count_audience(&field("city", &["Семей"], false)).block_on(), refused.clone());
    assert_eq!(bench.start_agreed(&draft, 600).map(|_| (0, 0)), refused);
    assert_eq!(bench.count("SELECT count(*) FROM job WHERE account = ?1 AND kind = 'marks'"), 1);
    mark(&bench);
    assert_eq!(bench.estimated(&field("city", &["Семей"], false)).0, 0);
    assert_eq!(bench.estimated(&field("city", &["Семей"], true)).0, 601);
}

/// R69: a person is found as people write their name.
#[test]
fn contacts_are_found_by_the_beginnings_of_their_names() {
    let bench = Bench::new();
    put(
        &bench,
        vec![
            known(1, 0, "Айгүл Серікова", None),
            known(2, 1, "Айгерим Серик", None),
            known(3, 2, "Пётр Семёнов", None),
            known(4, 3, "", None),
        ],
    );
    assert_eq!(found(&bench, &named("АЙГ")), [number(0), number(1)]);
    assert_eq!(found(&bench, &named("сер айгүл")), [number(0)]);
    assert_eq!(found(&bench, &named("петр семенов")), [number(2)]);
    assert_eq!(found(&bench, &named("айгүлім")), Vec::<String>::new());
    put(&bench, vec![known(1, 0, "Гүлнар", None)]);
    assert_eq!(found(&bench, &named("айг")), [number(1)], "who has another name by now");
    assert_eq!(found(&bench, &named("гүлн")), [number(0)]);
}

#[test]
fn contacts_are_found_by_number_list_and_tag_together() {
    let bench = Bench::new();
    put(&bench, vec![known(1, 0, "Aru", None), known(2, 1, "Aru", None), known(3, 2, "Dana", None)]);
    let list = bench.list("Regulars");
    bench.join(&list, &[1, 2]);
    let in_list = Search { list: Some(list), ..Search::default() };
    assert_eq!(found(&bench, &in_list), [number(1), number(2)]);
    assert_eq!(found(&bench, &Search { name: named("ar").name, ..in_list.clone() }), [number(1)]);
    assert_eq!(found(&bench, &Search { phone: Some(number(0)), ..Search::default() }), [number(0)]);
    assert_eq!(found(&bench, &Search { phone: Some(number(0)), ..in_list }), Vec::<String>::new());
    let tag = Search { tag: Some("vip".to_owned()), ..Search::default() };
    assert_eq!(bench.tenant().search(&tag, None, 10).block_on().map(|_| ()), Err(Refusal::TagUnknown.into()));
}

#[test]
fn a_search_goes_on_page_by_page_and_misses_nobody() {
    let bench = Bench::new();
    let name = |n: usize| if n.is_multiple_of(3) { "Serik" } else { "Serdar" };
    put(&bench, (0..60).map(|n| known(n as i64 + 1, n, name(n), None)).collect());
    let (mut cursor, mut all) = (None, Vec::new());
    loop {
        let page = bench.tenant().search(&named("seri"), cursor.as_deref(), 7).block_on().expect("searches");
        assert!(page.items.len() <= 7);
        all.extend(page.items.into_iter().map(|contact| contact.phone));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(all, (0..60).step_by(3).map(number).collect::<Vec<_>>());
}

/// R67, R158: what a contact was found by goes with it, and the file says none of it.
#[test]
fn marks_go_with_the_contact_and_say_nothing_by_themselves() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("cell.db");
    let bench = Bench::in_file(&path);
    put(&bench, vec![known(1, 0, "Bibigul", Some("Karagandy")), known(2, 1, "Bibinur", None)]);
    for (file, bytes) in files(&path) {
        for secret in ["ibigul", "bibig", "Karagandy", "\"city\""] {
            assert!(!holds(&bytes, secret.as_bytes()), "{secret} in {}", file.display());
        }
    }
    let gone = bench.tenant().contacts(None, 1).block_on().expect("reads").items.remove(0).contact;
    bench.tenant().delete_contacts(&bench.act(), Some(&gone)).block_on().expect("deleted");
    let marks = "SELECT count(*) FROM contact_mark WHERE account = ?1";
    assert_eq!(bench.count(marks), 3, "those of the other one");
    assert_eq!(bench.tenant().fields_in_use().block_on(), Ok(Vec::new()));
    bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    assert_eq!(bench.count(marks), 0);
}

/// R67: those whom an audience takes go, with what is queued for them, and nobody else.
#[test]
fn whom_an_audience_takes_can_be_deleted_with_a_receipt() {
    let bench = Bench::new();
    let campaign = bench.queue(5);
    let list = bench.list("Old");
    bench.join(&list, &[1, 3]);
    let audience = Audience { include: in_lists(&[&list]), exclude: vec![with_numbers(&[3])] };
    let delete = || bench.tenant().delete_chosen(&bench.act(), &Who::Audience(audience.clone())).block_on();
    assert_eq!(delete().expect("deleted").deleted, 1);
    assert_eq!(bench.events("contacts_deleted")[0]["count"], 1);
    assert_eq!(bench.tenant().audience().block_on(), Ok((4, 0)));
    assert_eq!(bench.take(&campaign, 10).1.len(), 4);
    let erased = bench.tenant().history(Some(&campaign), 0, 10).block_on().expect("reads").items;
    let erased: Vec<_> = erased.into_iter().filter(|item| item.state == MessageState::Blocked).collect();
    assert_eq!(erased.iter().map(|item| item.reason).collect::<Vec<_>>(), [Some(Reason::ContactErased)]);
    assert_eq!(delete().expect("nobody is left").deleted, 0);
}

#[test]
fn many_whom_an_audience_takes_are_deleted_in_steps() {
    let bench = Bench::new();
    bench.top_up("pay_1", 1).expect("credited");
    bench.upload(&numbers(1_300));
    let out = bench.list("Stay");
    bench.join(&out, &[7]);
    let audience = Audience { include: Selection::default(), exclude: vec![in_lists(&[&out])] };
    let receipt =
        bench.tenant().delete_chosen(&bench.act(), &Who::Audience(audience)).block_on().expect("deleted");
    assert_eq!((receipt.deleted, bench.members(&out)), (1_299, vec![number(7)]));
}

/// R182: an audience that is kept is its account's own.
#[test]
fn audiences_are_kept_changed_and_forgotten() {
    let bench = Bench::new();
    bench.upload(&numbers(2));
    let tenant = bench.tenant();
    let kept = tenant.save_audience(&bench.act(), "One", &only(with_numbers(&[0]))).block_on().expect("kept");
    let changed = only(with_numbers(&[0, 1]));
    let changed = tenant.change_audience(&kept.id, "Two", &changed).block_on().expect("changed");
    assert_eq!(
        changed,
        SavedAudience { name: "Two".to_owned(), audience: only(with_numbers(&[0, 1])), ..kept.clone() }
    );
    assert_eq!(tenant.saved_audiences(None, 10).block_on().expect("reads").items, [changed]);
    let other = bench.open_account(domain::account::AccountKind::NaturalPerson);
    let other = bench.tenant_of(&other);
    assert_eq!(other.saved_audience(&kept.id).block_on(), Ok(None));
    assert_eq!(other.delete_audience(&kept.id).block_on(), Err(Refusal::NotFound.into()));
    tenant.delete_audience(&kept.id).block_on().expect("forgotten");
    assert_eq!(tenant.saved_audience(&kept.id).block_on(), Ok(None));
}

/// R67: the name of a field goes with the last contact that has it, however it goes.
#[test]
fn a_field_that_nobody_has_any_more_is_kept_nowhere() {
    let bench = Bench::new();
    put(&bench, vec![known(1, 0, "", Some("Семей")), known(2, 1, "", Some("Алматы"))]);
    let kept = || bench.count("SELECT count(*) FROM contact_field WHERE account = ?1");
    let correct = |n: usize, fields: &[(&str, &str)]| {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let what = PersonAct::Correct(Correction { name: None, fields: Some(fields) });
        bench.tenant().act_on_person(&bench.act(), &number(n), &what, None, None).block_on().expect("done");
    };
    correct(0, &[("street", "Абай")]);
    assert_eq!(kept(), 2);
    bench.tenant().delete_chosen(&bench.act(), &phones(&[1])).block_on().expect("deleted");
    assert_eq!(bench.tenant().fields_in_use().block_on(), Ok(vec!["street".to_owned()]));
    assert_eq!(kept(), 1, "the city went with the last who had one");
    correct(0, &[("street", "Сәтпаев")]);
    assert_eq!(kept(), 1, "another value is the same field");
    let gone = bench.tenant().count_audience(&set("city", true)).block_on();
    assert_eq!(gone, Err(Refusal::FieldUnknown.into()), "nobody is chosen by what nobody has");
    bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    assert_eq!(kept(), 0);
    assert_eq!(bench.count("SELECT count(*) FROM contact_mark WHERE account = ?1"), 0);
}
