//! How much of one account's files waits to be read, also of one that has paid (R118).

use pollster::FutureExt as _;
use sendbox_store::cell::{FileForm, FileRoom, Piece, Tenant};
use sendbox_store::{Refusal, StoreError};

use crate::support::{Bench, PRICE, TestDatabase};

fn refused<T>() -> Result<T, StoreError> {
    Err(Refusal::FilesWaitingLimit.into())
}

fn piece(first_byte: u64, bytes: usize) -> Piece {
    Piece { first_byte, bytes: vec![b'x'; bytes] }
}

/// An account that has paid, with room for so much.
fn with_room(bench: &Bench, files: i64, bytes: i64) -> Tenant<'_, TestDatabase> {
    bench.top_up("pay_1", PRICE).expect("credited");
    bench.tenant().with_room(FileRoom { files, bytes })
}

/// Begins a file anew; answers the request's mark.
fn begin(tenant: &Tenant<'_, TestDatabase>, import: &str, now: i64) -> String {
    tenant.begin_file(import, 0, FileForm::Text, now).block_on().expect("begun")
}

fn add(
    tenant: &Tenant<'_, TestDatabase>,
    import: &str,
    mark: &str,
    piece: &Piece,
    now: i64,
) -> Result<(), StoreError> {
    tenant.add_piece(import, mark, FileForm::Text, piece, now).block_on()
}

/// R118: who has paid fills no disk with files that nobody reads; what is read makes room.
#[test]
fn more_files_than_may_wait_are_not_begun() {
    let bench = Bench::new();
    let (tenant, now) = (with_room(&bench, 2, 1_000), bench.now());
    let begin = |import: &str| tenant.begin_file(import, 0, FileForm::Text, now).block_on();
    let imports: Vec<String> = (0..3).map(|_| bench.create_import()).collect();
    let marks: Vec<String> = imports[..2].iter().map(|import| begin(import).expect("begun")).collect();
    assert_eq!(begin(&imports[2]), refused());
    assert_eq!(tenant.import(&imports[2]).block_on().expect("reads").expect("there").state, "awaiting_file");
    begin(&imports[1]).expect("one that waits is sent anew");
    tenant.finish_file(&imports[0], &marks[0], now).block_on().expect("whole");
    assert_eq!(begin(&imports[2]), refused(), "one that is whole waits to be read");
    bench.refuse_import(&imports[0], "csv_malformed", None);
    begin(&imports[2]).expect("there is room");
}

/// R118: nor with their bytes. What came stays, so that it can be sent on.
#[test]
fn more_bytes_than_may_wait_are_not_kept() {
    let bench = Bench::new();
    let (tenant, now) = (with_room(&bench, 9, 1_000), bench.now());
    let (first, second) = (bench.create_import(), bench.create_import());
    let begin = |import: &str| begin(&tenant, import, now);
    let (mark, other) = (begin(&first), begin(&second));
    let add = |import: &str, mark: &str, piece: &Piece| add(&tenant, import, mark, piece, now);
    add(&first, &mark, &piece(0, 600)).expect("kept");
    add(&second, &other, &piece(0, 400)).expect("kept");
    assert_eq!(add(&second, &other, &piece(400, 1)), refused());
    let waiting = tenant.import(&second).block_on().expect("reads").expect("there");
    assert_eq!((waiting.state.as_str(), waiting.received_bytes), ("receiving", 400));
    assert_eq!(bench.count("SELECT sum(bytes) FROM import_piece WHERE account = ?1"), 1_000);
    begin(&first);
    add(&second, &other, &piece(400, 1)).expect("the first was begun anew");
}

/// R118: what is sent anew lies here until its pieces are gone, though nothing of the new file came yet.
#[test]
fn a_file_that_is_begun_anew_counts_until_it_is_gone() {
    let bench = Bench::new();
    let (tenant, now) = (with_room(&bench, 9, 1_000), bench.now());
    let (first, second) = (bench.create_import(), bench.create_import());
    let begin = |import: &str| begin(&tenant, import, now);
    let (mark, other) = (begin(&first), begin(&second));
    let add = |import: &str, mark: &str, piece: &Piece| add(&tenant, import, mark, piece, now);
    add(&first, &mark, &piece(0, 1_000)).expect("kept");
    // As a request leaves it that was cut off before the pieces were gone.
    bench.sql("UPDATE import SET received_bytes = 0 WHERE received_bytes = 1000");
    assert_eq!(add(&second, &other, &piece(0, 1)), refused());
    begin(&first);
    add(&second, &other, &piece(0, 1)).expect("there is room");
}

/// R118: a small workbook that is a large text counts as what it is.
#[test]
fn the_text_of_a_workbook_counts_with_the_bytes_that_wait() {
    let bench = Bench::new();
    let (tenant, now) = (with_room(&bench, 9, 1_000), bench.now());
    let import = bench.create_import();
    let mark = tenant.begin_file(&import, 0, FileForm::Workbook, now).block_on().expect("begun");
    tenant.add_piece(&import, &mark, FileForm::Workbook, &piece(0, 300), now).block_on().expect("kept");
    tenant.begin_text(&import, &mark, &["Clients"]).block_on().expect("begun");
    let add = |piece: &Piece| tenant.add_text(&import, &mark, piece, now).block_on();
    add(&piece(0, 700)).expect("kept");
    assert_eq!(add(&piece(700, 1)), refused());
    tenant.begin_text(&import, &mark, &["Clients"]).block_on().expect("begun anew");
    add(&piece(0, 700)).expect("the text before it is gone");
}

/// R118: to choose a sheet costs nothing, to turn it into text does.
#[test]
fn a_workbook_is_turned_into_text_only_so_often() {
    let bench = Bench::new();
    let (tenant, now) = (bench.tenant(), bench.now());
    let import = bench.create_confirmed_import();
    let mark = tenant.begin_file(&import, 0, FileForm::Workbook, now).block_on().expect("begun");
    tenant.add_piece(&import, &mark, FileForm::Workbook, &piece(0, 300), now).block_on().expect("kept");
    let begin = |mark: &str| tenant.begin_text(&import, mark, &["Clients"]).block_on();
    for _ in 0..20 {
        begin(&mark).expect("begun");
    }
    tenant.add_text(&import, &mark, &piece(0, 10), now).block_on().expect("kept");
    assert_eq!(begin(&mark), Err(Refusal::WorkbookReadTooOften.into()));
    let found = || tenant.import(&import).block_on().expect("reads").expect("there");
    assert_eq!((found().text_bytes, found().is_text_whole), (10, false), "what there is stays");
    tenant.finish_file(&import, &mark, now).block_on().expect("whole");
    assert!(found().is_text_whole);
    // Asked again the text is whole still; with more bytes it is another file's.
    let mark = tenant.begin_file(&import, 300, FileForm::Workbook, now).block_on().expect("goes on");
    assert!(found().is_text_whole);
    tenant.add_piece(&import, &mark, FileForm::Workbook, &piece(300, 1), now).block_on().expect("kept");
    assert!(!found().is_text_whole);
}
