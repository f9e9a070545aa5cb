//! Files on their way in: kept as they come, sent on where they were cut off, and given up after a day (R61).

use pollster::FutureExt as _;
use sendbox_store::cell::{FileForm, Next, Piece};
use sendbox_store::{Refusal, StoreError};

use crate::support::{Bench, DAY, number, numbers};

fn piece(first_byte: u64, text: &str) -> Piece {
    Piece { first_byte, bytes: text.as_bytes().to_vec() }
}

#[test]
fn a_file_for_an_upload_that_does_not_exist_is_refused() {
    let bench = Bench::new();
    let nobody = "imp_ffffffffffffffffffffffffffffffff";
    let refused = bench.tenant().begin_file(nobody, 0, FileForm::Text, bench.now()).block_on();
    assert_eq!(refused, Err(Refusal::NotFound.into()));
}

#[test]
fn a_second_file_for_one_upload_is_refused() {
    let bench = Bench::new();
    let done = bench.upload(&numbers(1));
    let under_way = bench.begin_upload();
    for import in [done, under_way] {
        let refused = bench.tenant().begin_file(&import, 0, FileForm::Text, bench.now()).block_on();
        assert_eq!(refused, Err(Refusal::ImportAlreadyHasFile.into()));
    }
}

/// R61: a part that belongs elsewhere would make another file of it.
#[test]
fn a_part_that_does_not_begin_where_the_file_ends_is_refused() {
    let bench = Bench::new();
    let import = bench.create_import();
    let (tenant, now) = (bench.tenant(), bench.now());
    let upload = tenant.begin_file(&import, 0, FileForm::Text, now).block_on().expect("begun");
    tenant.add_piece(&import, &upload, FileForm::Text, &piece(0, "phone"), now).block_on().expect("kept");
    for first_byte in [1, 4, 6, u64::MAX] {
        let refused = tenant.begin_file(&import, first_byte, FileForm::Text, now).block_on();
        assert_eq!(refused, Err(Refusal::UploadOffsetMismatch.into()), "{first_byte}");
    }
    let upload = tenant.begin_file(&import, 5, FileForm::Text, now).block_on().expect("goes on");
    let again = tenant.add_piece(&import, &upload, FileForm::Text, &piece(0, "phone"), now).block_on();
    assert_eq!(again, Err(Refusal::ImportInProgress.into()));
    tenant.add_piece(&import, &upload, FileForm::Text, &piece(5, "\n8"), now).block_on().expect("kept");
    let found = tenant.import(&import).block_on().expect("reads").expect("there");
    assert_eq!(found.received_bytes, 7);
}

/// Two requests that send one file must not mix: the one that came last goes on.
#[test]
fn a_request_that_was_taken_over_adds_nothing_more() {
    let bench = Bench::new();
    let import = bench.create_import();
    let (tenant, now) = (bench.tenant(), bench.now());
    let slow = tenant.begin_file(&import, 0, FileForm::Text, now).block_on().expect("begun");
    tenant.add_piece(&import, &slow, FileForm::Text, &piece(0, "old"), now).block_on().expect("kept");
    let next = tenant.begin_file(&import, 0, FileForm::Text, now).block_on().expect("begun anew");
    let gone: Result<(), StoreError> = Err(Refusal::ImportInProgress.into());
    assert_eq!(tenant.add_piece(&import, &slow, FileForm::Text, &piece(3, "x"), now).block_on(), gone);
    assert_eq!(tenant.finish_file(&import, &slow, now).block_on(), gone);
    tenant.add_piece(&import, &next, FileForm::Text, &piece(0, "new"), now).block_on().expect("kept");
    tenant.finish_file(&import, &next, now).block_on().expect("whole");
    let kept = tenant.piece(&import, 2).block_on().expect("reads").expect("there");
    assert_eq!(kept, piece(0, "new"));
    assert_eq!(tenant.piece(&import, 3).block_on().expect("reads"), None);
}

/// R127, R158: nor does a file that waits show a number to whoever has the database.
#[test]
fn a_piece_is_sealed_in_its_place() {
    let bench = Bench::new();
    let import = bench.create_import();
    let (tenant, now) = (bench.tenant(), bench.now());
    let upload = tenant.begin_file(&import, 0, FileForm::Text, now).block_on().expect("begun");
    tenant.add_piece(&import, &upload, FileForm::Text, &piece(0, &number(1)), now).block_on().expect("kept");
    let sealed = bench.sql("SELECT sealed FROM import_piece")[0].blob("sealed").expect("bytes");
    assert!(!sealed.windows(12).any(|bytes| bytes == number(1).as_bytes()));
    bench.sql("UPDATE import_piece SET first_byte = 1");
    tenant.piece(&import, 1).block_on().expect_err("another place");
}

/// R61: a file that nobody sends on is not kept for ever.
#[test]
fn an_upload_that_broke_off_is_cleared_away_after_a_day() {
    let bench = Bench::new();
    let dead = bench.create_import();
    let tenant = bench.tenant();
    let upload = tenant.begin_file(&dead, 0, FileForm::Text, bench.now()).block_on().expect("begun");
    tenant
        .add_piece(&dead, &upload, FileForm::Text, &piece(0, "phone"), bench.now())
        .block_on()
        .expect("kept");
    bench.pass(DAY + 1);
    let look = tenant.look_after_import(&bench.db, &dead, "", bench.now()).block_on();
    assert_eq!(look, Ok(Next::Done));
    let given_up = tenant.import(&dead).block_on().expect("reads").expect("there");
    assert_eq!(given_up.problem_code.as_deref(), Some("upload_interrupted"));
    assert_eq!(bench.count("SELECT count(*) FROM import_piece WHERE account = ?1"), 0);
}

/// R61: a request that was taken over, or whose file is whole, refuses nothing any more.
#[test]
fn only_the_request_that_has_the_file_can_give_it_up() {
    let bench = Bench::new();
    let import = bench.create_import();
    let (tenant, now) = (bench.tenant(), bench.now());
    let slow = tenant.begin_file(&import, 0, FileForm::Text, now).block_on().expect("begun");
    let next = tenant.begin_file(&import, 0, FileForm::Text, now).block_on().expect("begun anew");
    let state = || tenant.import(&import).block_on().expect("reads").expect("there").state;
    tenant.fail_file(&import, &slow, "body_too_large", None, now).block_on().expect("answers");
    assert_eq!(state(), "receiving");
    tenant.finish_file(&import, &next, now).block_on().expect("whole");
    tenant.fail_file(&import, &next, "body_too_large", None, now).block_on().expect("answers");
    assert_eq!(state(), "queued");
}
