//! Uploads: one at a time, counted row by row, kept whole or not at all (R61, R62, R66, R70).

use domain::columns::{ChosenColumn, ChosenColumns};
use domain::documents::DocumentKind;
use domain::ids::IdKind;
use pollster::FutureExt as _;
use sendbox_store::Refusal;
use sendbox_store::cell::{BatchOutcome, Import, NewContact, Repeatable, RowProblem};

use crate::support::{Bench, MINUTE, acceptance, number, numbers};

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

#[test]
fn a_file_for_an_upload_that_does_not_exist_is_refused() {
    let bench = Bench::new();
    let refused =
        bench.tenant().begin_receiving("imp_ffffffffffffffffffffffffffffffff", bench.now()).block_on();
    assert_eq!(refused, Err(Refusal::NotFound.into()));
}

/// R70: two at once could each count the other's rows as repeated.
#[test]
fn a_second_upload_while_one_is_under_way_is_refused() {
    let bench = Bench::new();
    bench.begin_upload();
    let second = bench.create_import();
    let refused = bench.tenant().begin_receiving(&second, bench.now()).block_on();
    assert_eq!(refused, Err(Refusal::ImportInProgress.into()));
}

#[test]
fn a_second_file_for_one_upload_is_refused() {
    let bench = Bench::new();
    let done = bench.upload(&numbers(1));
    let under_way = bench.begin_upload();
    for import in [done, under_way] {
        let refused = bench.tenant().begin_receiving(&import, bench.now()).block_on();
        assert_eq!(refused, Err(Refusal::ImportAlreadyHasFile.into()));
    }
}

#[test]
fn rows_for_an_upload_that_is_not_under_way_are_refused_and_not_kept() {
    let bench = Bench::new();
    let waiting = bench.create_import();
    let done = bench.upload(&[]);
    for import in [waiting, done] {
        assert_eq!(bench.add_batch(&import, &numbers(1)), Err(Refusal::ImportInProgress.into()));
    }
    assert_eq!(bench.count("SELECT count(*) FROM contact WHERE account = ?1"), 0);
}

#[test]
fn a_key_that_is_used_again_for_another_request_is_refused() {
    let bench = Bench::new();
    let create = |request: u8| {
        let repeat = Repeatable { route: "POST /v1/imports", key: "once".to_owned(), request: [request; 32] };
        let attestation = acceptance(DocumentKind::RecipientsAttestation);
        bench.tenant().create_import(&bench.act(), "clients.csv", attestation, Some(&repeat)).block_on()
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
        bench.tenant().create_import(&bench.act(), "clients.csv", attestation, Some(&repeat)).block_on()
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
    bench.add_batch(&refused, &[number(1), number(1), number(9)]).expect("stored");
    bench.tenant().fail_import(&refused, "too_many_rows", Some(7), bench.now()).block_on().expect("failed");
    let failed = import(&bench, &refused);
    assert_eq!((failed.state.as_str(), failed.problem_code.as_deref()), ("failed", Some("too_many_rows")));
    assert_eq!(failed.problem_line, Some(7));
    assert_eq!((failed.rows, failed.imported, failed.duplicates), (0, 0, 0));
    assert_eq!(problems(&bench, &refused), []);
    assert_eq!(bench.count("SELECT count(*) FROM contact WHERE account = ?1"), 1);
}

/// R70: the refusal of one file touches no other, whoever mistakes it for dead.
#[test]
fn a_completed_upload_cannot_be_refused_any_more() {
    let bench = Bench::new();
    let done = bench.upload(&numbers(2));
    bench.tenant().fail_import(&done, "upload_interrupted", None, bench.now()).block_on().expect("answers");
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
    bench
        .tenant()
        .complete_import(&bench.act(), &under_way, None, &["city".to_owned()])
        .block_on()
        .expect("completed");
    assert_eq!(contacts(&bench), numbers(2));
    assert_eq!(import(&bench, &under_way).dropped_columns, ["city"]);
}

/// An upload that broke off does not stand in the way for ever.
#[test]
fn an_upload_that_broke_off_is_cleared_away_by_the_next() {
    let bench = Bench::new();
    let dead = bench.begin_upload();
    bench.add_batch(&dead, &numbers(2)).expect("stored");
    bench.pass(MINUTE + 1);
    let next = bench.begin_upload();
    assert_eq!(import(&bench, &dead).problem_code.as_deref(), Some("upload_interrupted"));
    let outcome = bench.add_batch(&next, &numbers(2));
    assert_eq!(
        outcome,
        Ok(BatchOutcome { imported: 2, ..BatchOutcome::default() }),
        "no row counts as repeated"
    );
}

/// One that was only slow, and was taken for dead, cannot go on beside the next.
#[test]
fn an_upload_that_was_cleared_away_can_neither_go_on_nor_complete() {
    let bench = Bench::new();
    let slow = bench.begin_upload();
    bench.pass(MINUTE + 1);
    bench.begin_upload();
    let gone = Refusal::ImportInProgress;
    assert_eq!(bench.add_batch(&slow, &numbers(1)), Err(gone.into()));
    assert_eq!(bench.complete(&slow), Err(gone.into()));
}

/// R70: while its rows are being cleared away, however long it takes, a slow upload cannot come
/// back and complete with a part of them.
#[test]
fn an_upload_whose_clearing_has_begun_cannot_complete() {
    let bench = Bench::new();
    let slow = bench.begin_upload();
    bench.add_batch(&slow, &numbers(2)).expect("stored");
    // The clearing tick stopped dead after its mark.
    bench.sql("UPDATE import SET problem_code = 'upload_interrupted'");
    let refused = bench.complete(&slow);
    assert_eq!(refused, Err(Refusal::ImportInProgress.into()));
    assert_eq!(bench.add_batch(&slow, &[number(5)]), Err(Refusal::ImportInProgress.into()));
    bench.pass(MINUTE + 1);
    bench.begin_upload();
    assert_eq!(bench.count("SELECT count(*) FROM contact WHERE account = ?1"), 0);
}

/// R66, R70: every row read is imported, repeated or rejected, and each fault has its line.
#[test]
fn every_row_is_counted_once_and_every_fault_is_listed_with_its_line() {
    let bench = Bench::new();
    bench.upload(&[number(0)]);
    bench.blacklist(&number(2));
    let upload = bench.begin_upload();
    // Lines 2 to 6: known, new, blacklisted, repeated in this batch, blacklisted and repeated.
    let batch = [0, 1, 2, 1, 2].map(number);
    let outcome = bench.add_batch(&upload, &batch).expect("stored");
    assert_eq!(
        outcome,
        BatchOutcome { imported: 2, duplicates: 3, blacklisted: 1, ..BatchOutcome::default() }
    );
    let rejected = [RowProblem { line: 7, code: "phone_malformed".to_owned() }];
    bench.tenant().add_batch(&upload, &[], &rejected, bench.now()).block_on().expect("stored");
    bench.complete(&upload).expect("completed");
    let done = import(&bench, &upload);
    assert_eq!((done.rows, done.imported, done.duplicates, done.rejected), (6, 2, 3, 1));
    assert_eq!(done.blacklisted, 1);
    let expected = [
        (2, "duplicate_of_contact"),
        (4, "blacklisted"),
        (5, "duplicate_in_file"),
        (6, "duplicate_in_file"),
        (7, "phone_malformed"),
    ];
    assert_eq!(problems(&bench, &upload), expected.map(|(line, code)| (line, code.to_owned())));
    assert_eq!(bench.tenant().audience().block_on(), Ok((3, 1)));
}

/// R70: a number repeated in a later batch of the same file is a repetition in the file.
#[test]
fn a_number_repeated_across_batches_is_repeated_in_the_file() {
    let bench = Bench::new();
    let upload = bench.begin_upload();
    bench.add_batch(&upload, &[number(1)]).expect("stored");
    let outcome = bench.add_batch(&upload, &[number(1)]).expect("stored");
    assert_eq!(outcome, BatchOutcome { duplicates: 1, ..BatchOutcome::default() });
    assert_eq!(problems(&bench, &upload), [(2, "duplicate_in_file".to_owned())]);
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
        bench.tenant().add_batch(&upload, &[], &faults(lines), bench.now()).block_on().expect("stored");
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

/// R65: what the recipient listed is not the sender's to take off, nor what the service lists once it can.
#[test]
fn only_an_entry_of_the_account_itself_can_be_taken_off_the_blacklist() {
    let bench = Bench::new();
    for (source, removed) in [
        ("service", Err(Refusal::NotFound.into())),
        ("opt_out", Err(Refusal::NotFound.into())),
        ("account", Ok(())),
    ] {
        bench.blacklist(&number(1));
        bench.sql(&format!("UPDATE blacklist SET source = '{source}'"));
        let entry = bench.tenant().blacklist(None, 1).block_on().expect("reads").items.remove(0).entry;
        assert_eq!(
            bench.tenant().remove_from_blacklist(&bench.act(), &entry).block_on(),
            removed,
            "{source}"
        );
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
    let row =
        |line, n, several| NewContact { line, phone: number(n), name: None, consent_proof: None, several };
    let under_way = bench.begin_upload();
    let rows = [row(2, 1, true), row(3, 2, false), row(4, 1, true)];
    bench.tenant().add_batch(&under_way, &rows, &[], bench.now()).block_on().expect("stored");
    bench.complete(&under_way).expect("completed");
    let done = import(&bench, &under_way);
    assert_eq!((done.rows, done.imported, done.duplicates, done.several), (3, 2, 1, 1));
    assert_eq!(
        problems(&bench, &under_way),
        [(2, "phone_several".to_owned()), (4, "duplicate_in_file".to_owned())]
    );
}

/// R63, R70: what was chosen comes back as it was chosen.
#[test]
fn the_columns_of_a_file_are_kept_with_its_upload() {
    let bench = Bench::new();
    let under_way = bench.begin_upload();
    let columns = ChosenColumns {
        header_line: Some(3),
        delimiter: ";".to_owned(),
        phone: ChosenColumn { number: 3, name: Some("Телефон".to_owned()) },
        name: None,
        consent_source: Some(ChosenColumn { number: 5, name: None }),
        consent_date: None,
    };
    let complete = bench.tenant().complete_import(&bench.act(), &under_way, Some(&columns), &[]).block_on();
    assert_eq!(complete.expect("completed").columns, Some(columns));
}
