//! Imports: a file is kept as it comes and read as a whole or not at all, and every row is counted once (R61, R62, R63,
//! R66, R70).

use domain::documents::DocumentKind;
use domain::ids::IdKind;
use pollster::FutureExt as _;
use sendbox_store::Refusal;
use sendbox_store::StoreError;
use sendbox_store::cell::{Import, Joined, NewContact, PutContacts, RejectedRow, Repeatable, RowProblem};

use crate::support::{Bench, acceptance, number, numbers};

fn contacts(bench: &Bench) -> Vec<String> {
    let page = bench.tenant().contacts(None, 1000).block_on().expect("reads");
    let mut numbers: Vec<_> = page.items.into_iter().map(|contact| contact.phone).collect();
    numbers.sort();
    numbers
}

fn import(bench: &Bench, import: &str) -> Import {
    bench.tenant().import(import).block_on().expect("reads").expect("exists")
}

fn problems(bench: &Bench, import: &str) -> Vec<(i64, String)> {
    let page = bench.tenant().import_problems(import, 0, 1000).block_on().expect("reads");
    page.items.into_iter().map(|problem| (problem.line, problem.code)).collect()
}

fn row(line: i64, n: usize) -> NewContact {
    NewContact { line, phone: number(n), ..NewContact::default() }
}

fn named(line: i64, n: usize, name: &str) -> NewContact {
    NewContact { name: Some(name.to_owned()), ..row(line, n) }
}

fn put(bench: &Bench, contacts: Vec<NewContact>) -> Import {
    try_put(bench, contacts, None).expect("put")
}

fn try_put(
    bench: &Bench,
    contacts: Vec<NewContact>,
    repeat: Option<&Repeatable>,
) -> Result<Import, StoreError> {
    let attestation = acceptance(DocumentKind::RecipientsAttestation);
    let joined = Joined::default();
    let put = PutContacts { name: "by hand".to_owned(), attestation, contacts, rejected: Vec::new(), joined };
    bench.tenant().put_contacts(&bench.act(), put, repeat).block_on()
}

/// Imported, updated, unchanged, duplicates, rejected and refused by the blacklist.
fn endings(import: &Import) -> [i64; 6] {
    let endings = [
        import.imported,
        import.updated,
        import.unchanged,
        import.duplicates,
        import.rejected,
        import.blacklisted,
    ];
    assert_eq!(import.rows, endings.iter().sum::<i64>(), "a row is lost or counted twice");
    endings
}

fn names(bench: &Bench) -> Vec<Option<String>> {
    let page = bench.tenant().contacts(None, 1000).block_on().expect("reads");
    page.items.into_iter().map(|contact| contact.name).collect()
}

/// R70: two at once could each count the other's rows as new.
#[test]
fn a_second_file_waits_while_one_is_read() {
    let bench = Bench::new();
    let first = bench.begin_upload();
    let second = bench.create_import();
    bench.send_file(&second);
    assert!(!bench.begin_reading(&second));
    bench.add_batch(&first, &numbers(2)).expect("stored");
    bench.complete(&first).expect("completed");
    assert!(bench.begin_reading(&second));
    bench.add_batch(&second, &numbers(3)).expect("stored");
    assert_eq!(endings(&bench.complete(&second).expect("completed")), [1, 0, 2, 0, 0, 0]);
}

#[test]
fn rows_for_an_upload_that_is_not_being_read_are_refused_and_not_kept() {
    let bench = Bench::new();
    let failed = bench.begin_upload();
    bench.refuse_import(&failed, "csv_malformed", None);
    assert_eq!(bench.add_batch(&failed, &numbers(1)), Err(Refusal::ImportInProgress.into()));
    assert_eq!(bench.count("SELECT count(*) FROM contact WHERE account = ?1"), 0);
}

#[test]
fn a_key_that_is_used_again_for_another_request_is_refused() {
    let bench = Bench::new();
    let create = |request: u8| {
        let repeat = Repeatable { route: "POST /v1/imports", key: "once".to_owned(), request: [request; 32] };
        let attestation = acceptance(DocumentKind::RecipientsAttestation);
        bench
            .tenant()
            .create_import(&bench.act(), "clients.csv", attestation, &Joined::default(), false, Some(&repeat))
            .block_on()
    };
    create(1).expect("made");
    assert_eq!(create(2), Err(Refusal::IdempotencyKeyReused.into()));
}

/// R62: the repeat is the same upload, with one attestation.
#[test]
fn a_repeated_request_finds_the_first_upload_and_attests_once() {
    let bench = Bench::new();
    let repeat = Repeatable { route: "POST /v1/imports", key: "once".to_owned(), request: [1; 32] };
    let create = || {
        let attestation = acceptance(DocumentKind::RecipientsAttestation);
        bench
            .tenant()
            .create_import(&bench.act(), "clients.csv", attestation, &Joined::default(), false, Some(&repeat))
            .block_on()
    };
    let first = create().expect("made");
    assert_eq!(create(), Ok(first));
    let consents = bench.tenant().consents(None, 100).block_on().expect("reads").items;
    assert_eq!(consents.iter().filter(|consent| consent.document == "recipients_attestation").count(), 1);
}

/// R70: a refused file leaves no person's data behind.
#[test]
fn a_refused_file_leaves_no_contact_and_no_count() {
    let bench = Bench::new();
    bench.upload(&[number(9)]);
    let refused = bench.begin_upload();
    let rejected = [RowProblem { line: 9, code: "phone_malformed".to_owned() }];
    bench.add_rows(&refused, vec![row(2, 1), row(3, 1), named(4, 9, "Another")], &rejected).expect("stored");
    bench.refuse_import(&refused, "too_many_rows", Some(7));
    let failed = import(&bench, &refused);
    assert_eq!((failed.state.as_str(), failed.problem_code.as_deref()), ("failed", Some("too_many_rows")));
    assert_eq!(failed.problem_line, Some(7));
    assert_eq!(endings(&failed), [0; 6]);
    assert_eq!(problems(&bench, &refused), []);
    for (table, rows) in [
        ("contact", 1),
        ("contact_number", 1),
        ("contact_change", 0),
        ("import_run", 0),
        ("rejected_rows", 0),
    ] {
        assert_eq!(bench.count(&format!("SELECT count(*) FROM {table} WHERE account = ?1")), rows, "{table}");
    }
    assert_eq!(names(&bench), [Some("Client of line 2".to_owned())]);
}

/// R70: the refusal of one file touches no other, whoever mistakes it for dead.
#[test]
fn a_completed_upload_cannot_be_refused_any_more() {
    let bench = Bench::new();
    let done = bench.upload(&numbers(2));
    bench.refuse_import(&done, "upload_interrupted", None);
    assert_eq!(import(&bench, &done).state, "completed");
    assert_eq!(contacts(&bench).len(), 2);
}

/// R70: rows of an upload count only once it is complete.
#[test]
fn contacts_of_an_unfinished_upload_are_not_in_the_base() {
    let bench = Bench::new();
    let under_way = bench.begin_upload();
    bench.add_batch(&under_way, &numbers(2)).expect("stored");
    assert_eq!(contacts(&bench), Vec::<String>::new());
    assert_eq!(bench.tenant().audience().block_on(), Ok((0, 0)));
    bench.complete(&under_way).expect("completed");
    assert_eq!(contacts(&bench), numbers(2));
    assert_eq!(bench.tenant().audience().block_on(), Ok((2, 0)));
}

/// R70: while its rows are being cleared away, however long it takes, a refused file cannot come back and complete
/// with a part of them.
#[test]
fn an_upload_whose_clearing_has_begun_cannot_complete() {
    let bench = Bench::new();
    let refused = bench.begin_upload();
    bench.add_batch(&refused, &numbers(2)).expect("stored");
    // The step stopped dead after its mark.
    bench.sql("UPDATE import SET problem_code = 'csv_malformed'");
    assert_eq!(bench.complete(&refused), Err(Refusal::ImportInProgress.into()));
    assert_eq!(bench.add_batch(&refused, &[number(5)]), Err(Refusal::ImportInProgress.into()));
    bench.refuse_import(&refused, "csv_malformed", None);
    assert_eq!(bench.count("SELECT count(*) FROM contact WHERE account = ?1"), 0);
}

/// R66, R70: every row ends as one thing, and each fault has its line.
#[test]
fn every_row_is_counted_once_and_every_fault_is_listed_with_its_line() {
    let bench = Bench::new();
    put(&bench, vec![named(1, 0, "As it was"), named(2, 9, "As it was")]);
    bench.blacklist(&number(2));
    let upload = bench.begin_upload();
    let rows = vec![
        named(2, 0, "As it was"),
        named(3, 1, "New"),
        named(4, 2, "Refused"),
        named(5, 1, "Again"),
        named(6, 2, "Refused again"),
        named(7, 9, "Renamed"),
    ];
    let rejected = [RowProblem { line: 8, code: "phone_malformed".to_owned() }];
    bench.add_rows(&upload, rows, &rejected).expect("stored");
    let done = bench.complete(&upload).expect("completed");
    // The second row of the refused number repeats the first.
    assert_eq!(endings(&done), [1, 1, 1, 2, 1, 1]);
    let expected =
        [(4, "blacklisted"), (5, "duplicate_in_file"), (6, "duplicate_in_file"), (8, "phone_malformed")];
    assert_eq!(problems(&bench, &upload), expected.map(|(line, code)| (line, code.to_owned())));
    assert_eq!(bench.tenant().audience().block_on(), Ok((3, 0)));
    let mut names: Vec<_> = names(&bench).into_iter().flatten().collect();
    names.sort();
    assert_eq!(names, ["As it was", "New", "Renamed"]);
}

/// R70: a number repeated in a later batch of the same file is a repetition in the file, whatever it is to the base.
#[test]
fn a_number_repeated_across_batches_is_repeated_in_the_file() {
    let bench = Bench::new();
    put(&bench, vec![named(1, 5, "Known"), named(2, 6, "Known")]);
    let upload = bench.begin_upload();
    let rows = |line, new: &str, known: &str, renamed: &str| {
        vec![named(line, 1, new), named(line + 1, 5, known), named(line + 2, 6, renamed)]
    };
    bench.add_rows(&upload, rows(2, "New", "Known", "Renamed"), &[]).expect("stored");
    bench.add_rows(&upload, rows(5, "Too late", "Too late", "Too late"), &[]).expect("stored");
    assert_eq!(endings(&bench.complete(&upload).expect("completed")), [1, 1, 1, 3, 0, 0]);
    let expected = [5, 6, 7].map(|line| (line, "duplicate_in_file".to_owned()));
    assert_eq!(problems(&bench, &upload), expected);
    let mut names: Vec<_> = names(&bench).into_iter().flatten().collect();
    names.sort();
    assert_eq!(names, ["Known", "New", "Renamed"], "the first row of each number counts");
    assert_eq!(bench.count("SELECT count(*) FROM contact WHERE account = ?1"), 3, "the surplus row is gone");
}

/// R70: the same file again changes nothing.
#[test]
fn the_same_file_again_changes_nothing() {
    let bench = Bench::new();
    bench.upload(&numbers(700));
    let before = bench.tenant().contacts(None, 1000).block_on().expect("reads").items;
    let again = bench.upload(&numbers(700));
    assert_eq!(endings(&import(&bench, &again)), [0, 0, 700, 0, 0, 0]);
    assert_eq!(bench.tenant().contacts(None, 1000).block_on().expect("reads").items, before);
}

/// R70: a file without a column says nothing of it, and takes nothing away.
#[test]
fn what_a_row_does_not_say_stays_as_it_is() {
    let bench = Bench::new();
    let fields = |text: &str| Some(text.to_owned());
    put(&bench, vec![NewContact { fields: fields(r#"{"city":"Semey"}"#), ..named(1, 1, "Aru") }]);
    assert_eq!(endings(&put(&bench, vec![row(1, 1)])), [0, 0, 1, 0, 0, 0]);
    let more = NewContact { fields: fields(r#"{"bonus":"7"}"#), ..row(1, 1) };
    assert_eq!(endings(&put(&bench, vec![more.clone()])), [0, 1, 0, 0, 0, 0]);
    assert_eq!(endings(&put(&bench, vec![more])), [0, 0, 1, 0, 0, 0]);
    let contact = bench.tenant().contacts(None, 1).block_on().expect("reads").items.remove(0);
    assert_eq!(contact.name.as_deref(), Some("Aru"));
    assert_eq!(contact.fields.get("city").map(String::as_str), Some("Semey"));
    assert_eq!(contact.fields.get("bonus").map(String::as_str), Some("7"));
}

/// R61: who was put in while a file was read is not taken in a second time.
#[test]
fn a_contact_that_was_put_in_meanwhile_stays_the_only_one_of_its_number() {
    let bench = Bench::new();
    let upload = bench.begin_upload();
    bench.add_batch(&upload, &numbers(3)).expect("stored");
    put(&bench, vec![named(1, 1, "Put in meanwhile")]);
    let done = bench.complete(&upload).expect("completed");
    assert_eq!(endings(&done), [2, 0, 0, 1, 0, 0]);
    assert_eq!(problems(&bench, &upload), [(3, "duplicate_of_contact".to_owned())]);
    assert_eq!(contacts(&bench), numbers(3));
    assert_eq!(bench.tenant().audience().block_on(), Ok((3, 0)));
}

/// R70: what somebody says of a contact while a file is read is younger than the file.
#[test]
fn a_contact_that_was_changed_meanwhile_stays_as_it_was_changed() {
    let bench = Bench::new();
    put(&bench, vec![named(1, 1, "Before"), named(2, 2, "Before"), named(3, 3, "Before")]);
    let upload = bench.begin_upload();
    bench.add_batch(&upload, &[number(1), number(2)]).expect("stored");
    put(&bench, vec![named(1, 1, "Corrected")]);
    let done = bench.complete(&upload).expect("completed");
    assert_eq!(endings(&done), [0, 1, 0, 1, 0, 0]);
    let expected = ["Corrected", "Client of line 3", "Before"].map(|name| Some(name.to_owned()));
    assert_eq!(names(&bench), expected);
    assert_eq!(bench.count("SELECT count(*) FROM contact_change WHERE account = ?1"), 0);
}

/// R67: a deletion while a file is read takes the base, and leaves the rows that are no contacts yet: with them half gone
/// the base would hold numbers of nobody.
#[test]
fn a_deletion_leaves_a_file_that_is_being_read_alone() {
    let bench = Bench::new();
    bench.upload(&numbers(2));
    let upload = bench.begin_upload();
    bench.add_batch(&upload, &[number(5)]).expect("stored");
    let read = bench.sql(
        "SELECT contact FROM contact WHERE import = (SELECT import FROM import WHERE state = 'reading')",
    )[0]
    .text("contact")
    .expect("an id");
    let one = bench.tenant().delete_contacts(&bench.act(), Some(&read)).block_on();
    assert_eq!(one, Err(Refusal::NotFound.into()));
    assert_eq!(bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted").deleted, 2);
    bench.complete(&upload).expect("completed");
    assert_eq!(contacts(&bench), [number(5)]);
    assert_eq!(bench.count("SELECT count(*) FROM contact_number WHERE account = ?1"), 1);
    assert_eq!(bench.tenant().audience().block_on(), Ok((1, 0)));
}

/// R63: a proof that another follows is kept: messages were sent under it.
#[test]
fn a_proof_that_another_follows_is_kept() {
    let bench = Bench::new();
    let proven =
        |source: &str| NewContact { consent_proof: Some(format!(r#"{{"source":"{source}"}}"#)), ..row(1, 1) };
    put(&bench, vec![proven("site")]);
    assert_eq!(endings(&put(&bench, vec![proven("paper")])), [0, 1, 0, 0, 0, 0]);
    assert_eq!(bench.count("SELECT count(*) FROM former_consent_proof WHERE account = ?1"), 1);
}

/// R70: fields add up over imports; beyond twenty the row is rejected, and the contact stays as it is.
#[test]
fn a_contact_has_at_most_twenty_fields() {
    let bench = Bench::new();
    let with = |fields: std::ops::Range<i32>| {
        let fields: Vec<String> = fields.map(|field| format!(r#""f{field}":"x""#)).collect();
        NewContact { fields: Some(format!("{{{}}}", fields.join(","))), ..row(1, 1) }
    };
    put(&bench, vec![with(0..20)]);
    let more = put(&bench, vec![with(20..21)]);
    assert_eq!(endings(&more), [0, 0, 0, 0, 1, 0]);
    assert_eq!(problems(&bench, &more.import), [(1, "csv_too_many_fields".to_owned())]);
    assert_eq!(endings(&put(&bench, vec![with(0..20)])), [0, 0, 1, 0, 0, 0]);
}

/// A deleted contact that comes again is a new one.
#[test]
fn a_deleted_number_can_be_imported_again() {
    let bench = Bench::new();
    bench.upload(&numbers(2));
    bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    let again = bench.upload(&numbers(2));
    assert_eq!(endings(&import(&bench, &again)), [2, 0, 0, 0, 0, 0]);
}

/// R61, R62: a repeat under one key finds what the first came to, and attests once.
#[test]
fn contacts_put_again_under_one_key_are_put_once() {
    let bench = Bench::new();
    let repeat = Repeatable { route: "POST /v1/contacts", key: "once".to_owned(), request: [1; 32] };
    let first = try_put(&bench, vec![row(1, 1)], Some(&repeat)).expect("put");
    assert_eq!(try_put(&bench, vec![row(1, 1)], Some(&repeat)), Ok(first));
    assert_eq!(bench.count("SELECT count(*) FROM import WHERE account = ?1"), 1);
}

/// R63: the proof of a consent is shown as long as evidence is, also once the contact is gone.
#[test]
fn the_proof_of_a_consent_outlives_its_contact() {
    let bench = Bench::new();
    let proof = r#"{"source":"site","date":"2026-07-12"}"#;
    put(&bench, vec![NewContact { consent_proof: Some(proof.to_owned()), ..named(1, 1, "Aru") }]);
    let contact = bench.tenant().contacts(None, 1).block_on().expect("reads").items.remove(0).contact;
    let shown = |what: &str| {
        let shown = bench.tenant().consent_proof(&contact).block_on().expect("reads");
        assert_eq!(shown.as_deref(), Some(proof), "{what}");
    };
    shown("while it is there");
    bench.tenant().delete_contacts(&bench.act(), Some(&contact)).block_on().expect("deleted");
    shown("once it is deleted");
    bench.erase();
    shown("once the account is erased");
}

/// R61: the rejected rows come back as they stood in the file, batch by batch.
#[test]
fn rejected_rows_are_kept_as_they_stand_in_the_file() {
    let bench = Bench::new();
    let upload = bench.begin_upload();
    let rejected = |line: i64| {
        let problem = RowProblem { line, code: "phone_malformed".to_owned() };
        RejectedRow { problem, original: Some(format!("[\"12{line}\"]")), ended_consent: None }
    };
    let tenant = bench.tenant();
    for lines in [[2, 3], [8, 9]] {
        let rows = lines.map(rejected).to_vec();
        let batch = tenant.prepare_batch(&upload, 1, Vec::new(), rows).block_on().expect("prepared");
        tenant.write_batch(&bench.db, &upload, &batch, bench.now()).block_on().expect("stored");
    }
    let page = |after: i64| tenant.rejected_rows(&upload, after).block_on().expect("reads");
    let first = page(0);
    assert_eq!(first.items, [2, 3].map(rejected));
    let second = page(first.next_cursor.expect("more").parse().expect("a line"));
    assert_eq!(second.items, [8, 9].map(rejected));
    let third = page(second.next_cursor.expect("perhaps more").parse().expect("a line"));
    assert!(third.items.is_empty() && third.next_cursor.is_none());
}

/// A file of two million faults must not fill the disk with them: the counts tell the rest.
#[test]
fn of_a_files_problems_the_first_ten_thousand_are_listed_and_all_are_counted() {
    let bench = Bench::new();
    let upload = bench.begin_upload();
    let faults = |lines: std::ops::Range<i64>| -> Vec<RowProblem> {
        lines.rev().map(|line| RowProblem { line, code: "phone_malformed".to_owned() }).collect()
    };
    for lines in [2..6_002, 6_002..12_002, 12_002..12_003] {
        bench.add_rows(&upload, Vec::new(), &faults(lines)).expect("stored");
    }
    let done = bench.complete(&upload).expect("completed");
    assert_eq!((done.rows, done.rejected), (12_001, 12_001));
    assert_eq!(bench.count("SELECT count(*) FROM import_problem WHERE account = ?1"), 10_000);
    assert_eq!(bench.count("SELECT max(line) FROM import_problem WHERE account = ?1"), 10_001);
}

/// The base reads as the file does, though its rows came in within one millisecond.
#[test]
fn contacts_of_one_file_are_listed_in_its_order() {
    let bench = Bench::new();
    let file: Vec<String> = (0..700).map(|n| number(n * 3 % 700)).collect();
    let upload = bench.begin_upload();
    bench.add_batch(&upload, &file).expect("stored");
    bench.complete(&upload).expect("completed");
    let page = bench.tenant().contacts(None, 1000).block_on().expect("reads");
    let listed: Vec<String> = page.items.iter().map(|contact| contact.phone.clone()).collect();
    assert_eq!(listed, file);
    assert!(page.items.iter().all(|contact| IdKind::Contact.is_id(&contact.contact)));
}

/// R66: numbers listed twice are listed once, and the receipt says so.
#[test]
fn a_number_that_is_blacklisted_again_is_counted_as_listed_before() {
    let bench = Bench::new();
    let entries = [1, 1, 2].map(|n| sendbox_store::cell::NewBlacklistEntry { phone: number(n) });
    let list =
        || bench.tenant().add_to_blacklist(&bench.act(), &entries, Some("asked")).block_on().expect("listed");
    let first = list();
    assert_eq!((first.added, first.already_listed), (2, 1));
    let second = list();
    assert_eq!((second.added, second.already_listed), (0, 3));
}

/// R65: what the recipient listed is not the sender's to take off, nor what the service listed.
#[test]
fn only_an_entry_of_the_account_itself_can_be_taken_off_the_blacklist() {
    let bench = Bench::new();
    bench.upload(&numbers(2));
    for (source, removed) in [
        ("service", Err(Refusal::BlacklistedByService.into())),
        ("opt_out", Err(Refusal::NotFound.into())),
        ("account", Ok(())),
    ] {
        bench.blacklist(&number(1));
        bench.sql(&format!("UPDATE blacklist SET source = '{source}' WHERE source = 'account'"));
        let entries = bench.tenant().blacklist(None, 10).block_on().expect("reads").items;
        let entry = entries.into_iter().find(|entry| entry.source == source).expect("listed").entry;
        let taken_off = bench.tenant().remove_from_blacklist(&bench.act(), &entry).block_on();
        assert_eq!(taken_off, removed, "{source}");
    }
}

/// R67: the receipt counts what was there, and names the leaf that proves it.
#[test]
fn deleting_contacts_gives_a_receipt_and_leaves_none() {
    let bench = Bench::new();
    bench.upload(&numbers(3));
    let one = bench.tenant().contacts(None, 1).block_on().expect("reads").items.remove(0).contact;
    let delete = |contact| bench.tenant().delete_contacts(&bench.act(), contact).block_on();
    assert_eq!(delete(Some(&one)).expect("deleted").deleted, 1);
    assert_eq!(delete(Some(&one)), Err(Refusal::NotFound.into()));
    let receipt = delete(None).expect("deleted");
    assert_eq!(receipt.deleted, 2);
    assert_eq!(contacts(&bench), Vec::<String>::new());
    let events = bench.tenant().event_evidence("contacts_deleted", -1, 10).block_on().expect("reads").events;
    assert_eq!(events.last().map(|event| event.index), Some(receipt.log_index));
}

/// R19: a row of several numbers counts as a contact, and is listed so that its owner looks at it.
#[test]
fn a_row_of_several_numbers_is_imported_and_listed() {
    let bench = Bench::new();
    let under_way = bench.begin_upload();
    let several = |line, n| NewContact { several: true, ..row(line, n) };
    bench.add_rows(&under_way, vec![several(2, 1), row(3, 2), several(4, 1)], &[]).expect("stored");
    let done = bench.complete(&under_way).expect("completed");
    assert_eq!(endings(&done), [2, 0, 0, 1, 0, 0]);
    assert_eq!(done.several, 1);
    assert_eq!(
        problems(&bench, &under_way),
        [(2, "phone_several".to_owned()), (4, "duplicate_in_file".to_owned())]
    );
}
