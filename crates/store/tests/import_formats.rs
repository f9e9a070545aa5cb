//! Files whose owner says how they are written, what of it is remembered, and workbooks beside their text (R61, R70).

use pollster::FutureExt as _;
use sendbox_store::cell::{FileForm, Import, Next, Piece};
use sendbox_store::{Database, Refusal, StoreError};

use crate::support::moving::Moving;
use crate::support::{Bench, DAY};

const SHAPE: &str = "[\";\",[\"Телефон\",\"ФИО\"]]";

fn piece(first_byte: u64, text: &str) -> Piece {
    Piece { first_byte, bytes: text.as_bytes().to_vec() }
}

/// An import that awaits its owner's word, with a file of that form.
fn awaiting(bench: &Bench, form: FileForm) -> String {
    let (tenant, now) = (bench.tenant(), bench.now());
    let import = bench.create_confirmed_import();
    let upload = tenant.begin_file(&import, 0, form, now).block_on().expect("begun");
    tenant.add_piece(&import, &upload, form, &piece(0, "first"), now).block_on().expect("kept");
    if form == FileForm::Workbook {
        tenant.begin_text(&import, &upload, &["Clients"]).block_on().expect("begun");
        tenant.add_text(&import, &upload, &piece(0, "phone\n"), now).block_on().expect("kept");
    }
    tenant.finish_file(&import, &upload, now).block_on().expect("whole");
    import
}

fn found<D: Database>(bench: &Bench<D>, import: &str) -> Import {
    bench.tenant().import(import).block_on().expect("reads").expect("there")
}

fn confirm(bench: &Bench, import: &str, remembered: Option<(&str, &String)>) -> Result<(), StoreError> {
    bench.tenant().confirm_format(import, &"as it is", remembered, bench.now()).block_on()
}

/// R70: nobody reads a file before its owner has seen how it is understood.
#[test]
fn a_file_that_awaits_its_owners_word_is_not_read_before() {
    let bench = Bench::new();
    let import = awaiting(&bench, FileForm::Text);
    assert_eq!(found(&bench, &import).state, "awaiting_format");
    assert!(!bench.begin_reading(&import));
    assert_eq!(bench.figure("SELECT count(*) FROM job WHERE kind = 'import'"), 0);
    confirm(&bench, &import, None).expect("confirmed");
    let confirmed = found(&bench, &import);
    assert_eq!((confirmed.state.as_str(), confirmed.format), ("queued", Some("as it is".into())));
    let jobs = "SELECT count(*) FROM job WHERE kind IN ('import', 'stalled_import')";
    assert_eq!(bench.figure(jobs), 1, "it is read, and given up by nobody");
    assert_eq!(confirm(&bench, &import, None), Err(Refusal::ImportAwaitsNoFormat.into()), "once");
    assert!(bench.begin_reading(&import));
}

/// R61: people's numbers do not lie about because nobody comes back.
#[test]
fn a_file_that_awaits_a_word_for_a_day_is_given_up() {
    let bench = Bench::new();
    let import = awaiting(&bench, FileForm::Workbook);
    let look =
        |cursor: &str| bench.tenant().look_after_import(&bench.db, &import, cursor, bench.now()).block_on();
    assert!(matches!(look(""), Ok(Next::At(_))));
    bench.pass(DAY + 1);
    assert_eq!(look(""), Ok(Next::Done));
    let given_up = found(&bench, &import);
    assert_eq!(
        (given_up.state.as_str(), given_up.problem_code.as_deref()),
        ("failed", Some("upload_interrupted"))
    );
    assert_eq!(bench.count("SELECT count(*) FROM import_piece WHERE account = ?1"), 0);
    assert_eq!(confirm(&bench, &import, None), Err(Refusal::ImportAwaitsNoFormat.into()));
}

/// R61: the packed file and its text lie beside each other, and neither is taken for the other.
#[test]
fn a_workbook_is_kept_beside_its_text() {
    let bench = Bench::new();
    let import = awaiting(&bench, FileForm::Workbook);
    let tenant = bench.tenant();
    let kept = found(&bench, &import);
    assert_eq!((kept.is_workbook, kept.received_bytes, kept.text_bytes), (true, 5, 6));
    assert_eq!(kept.sheets, Some(serde_json::json!(["Clients"])));
    assert_eq!(tenant.packed_file(&kept).block_on(), Ok(b"first".to_vec()));
    assert_eq!(tenant.piece(&import, 0).block_on(), Ok(Some(piece(0, "phone\n"))));
    bench.sql("DELETE FROM import_piece WHERE is_packed = 0");
    bench.sql("UPDATE import_piece SET is_packed = 0");
    tenant.piece(&import, 0).block_on().expect_err("the other's place");
}

/// R70: until its owner confirms, a workbook may be read by another sheet; a file of text is what it is.
#[test]
fn only_a_workbook_is_turned_into_text_anew() {
    let bench = Bench::new();
    let (tenant, now) = (bench.tenant(), bench.now());
    let has_file: Result<String, StoreError> = Err(Refusal::ImportAlreadyHasFile.into());
    let import = awaiting(&bench, FileForm::Workbook);
    for (from, form) in [(0, FileForm::Workbook), (4, FileForm::Workbook), (5, FileForm::Text)] {
        assert_eq!(tenant.begin_file(&import, from, form, now).block_on(), has_file, "{from} {form:?}");
    }
    let upload = tenant.begin_file(&import, 5, FileForm::Workbook, now).block_on().expect("goes on");
    assert_eq!(confirm(&bench, &import, None), Err(Refusal::ImportAwaitsNoFormat.into()), "not meanwhile");
    tenant.begin_text(&import, &upload, &["Others"]).block_on().expect("begun");
    assert_eq!((found(&bench, &import).text_bytes, tenant.piece(&import, 0).block_on()), (0, Ok(None)));
    tenant.add_text(&import, &upload, &piece(0, "tel\n"), now).block_on().expect("kept");
    tenant.finish_file(&import, &upload, now).block_on().expect("whole");
    assert_eq!(tenant.piece(&import, 0).block_on(), Ok(Some(piece(0, "tel\n"))));
    let text = awaiting(&bench, FileForm::Text);
    for form in [FileForm::Text, FileForm::Workbook] {
        assert_eq!(tenant.begin_file(&text, 5, form, now).block_on(), has_file, "{form:?}");
    }
}

/// R61: half of a list as text is not gone on with as a workbook.
#[test]
fn a_file_goes_on_as_what_it_began() {
    let bench = Bench::new();
    let (tenant, now) = (bench.tenant(), bench.now());
    let import = bench.create_import();
    let upload = tenant.begin_file(&import, 0, FileForm::Text, now).block_on().expect("begun");
    tenant.add_piece(&import, &upload, FileForm::Text, &piece(0, "phone"), now).block_on().expect("kept");
    let other = tenant.begin_file(&import, 5, FileForm::Workbook, now).block_on();
    assert_eq!(other, Err(Refusal::UploadOffsetMismatch.into()));
    tenant.begin_file(&import, 5, FileForm::Text, now).block_on().expect("goes on");
    tenant.begin_file(&import, 0, FileForm::Workbook, now).block_on().expect("begins anew");
    let anew = found(&bench, &import);
    assert_eq!((anew.is_workbook, anew.received_bytes), (true, 0));
    assert_eq!(bench.count("SELECT count(*) FROM import_piece WHERE account = ?1"), 0);
}

/// R70, R182: what was chosen for files of a shape is the account's own, and the last word counts.
#[test]
fn a_choice_is_remembered_by_the_shape_of_the_file() {
    let bench = Bench::new();
    for word in ["one", "two"] {
        confirm(&bench, &awaiting(&bench, FileForm::Text), Some((SHAPE, &word.to_owned())))
            .expect("confirmed");
        bench.sql("DELETE FROM job");
    }
    let remembered = |shape: &str| bench.tenant().remembered_format::<String>(shape).block_on();
    assert_eq!(remembered(SHAPE), Ok(Some("two".to_owned())));
    assert_eq!(remembered("[\",\",[\"Телефон\",\"ФИО\"]]"), Ok(None));
    let stranger = bench.open_account(domain::account::AccountKind::LegalEntity);
    assert_eq!(bench.tenant_of(&stranger).remembered_format::<String>(SHAPE).block_on(), Ok(None));
}

/// R70: an account cannot fill the cell by it; what was used last stays.
#[test]
fn of_many_shapes_the_oldest_are_forgotten() {
    let bench = Bench::new();
    bench.top_up("p", 100_000).expect("paid");
    for shape in 0..=200 {
        bench.pass(1);
        let import = awaiting(&bench, FileForm::Text);
        confirm(&bench, &import, Some((&shape.to_string(), &"x".to_owned()))).expect("confirmed");
        bench.refuse_import(&import, "csv_malformed", None);
    }
    assert_eq!(bench.count("SELECT count(*) FROM remembered_format WHERE account = ?1"), 200);
    assert_eq!(bench.tenant().remembered_format::<String>("0").block_on(), Ok(None));
}

/// R127, R158: names of columns are a client's words: sealed, and gone with the account.
#[test]
fn what_is_remembered_is_sealed_and_goes_with_the_account() {
    let bench = Bench::new();
    confirm(&bench, &awaiting(&bench, FileForm::Text), Some((SHAPE, &"ФИО".to_owned()))).expect("confirmed");
    let chosen = bench.sql("SELECT chosen FROM remembered_format")[0].blob("chosen").expect("bytes");
    assert!(!chosen.windows(6).any(|bytes| bytes == "ФИО".as_bytes()));
    bench.sql("DELETE FROM job");
    bench.erase();
    assert_eq!(bench.count("SELECT count(*) FROM remembered_format WHERE account = ?1"), 0);
    assert_eq!(bench.count("SELECT count(*) FROM import_piece WHERE account = ?1"), 0);
    assert_eq!(bench.count("SELECT count(sheets) FROM import WHERE account = ?1"), 0);
}

/// R70: what was remembered moves with the account; a file that awaits a word is given up before.
#[test]
fn what_is_remembered_moves_with_the_account() {
    let bench = Bench::new();
    let import = awaiting(&bench, FileForm::Text);
    confirm(&bench, &import, Some((SHAPE, &"two".to_owned()))).expect("confirmed");
    bench.refuse_import(&import, "csv_malformed", None);
    bench.sql("DELETE FROM job");
    let moving = Moving::of(bench).begin();
    moving.arrive();
    let remembered = moving.to.tenant().remembered_format::<String>(SHAPE).block_on();
    assert_eq!(remembered, Ok(Some("two".to_owned())));
}

/// An account that wants to move is not kept by a file that nobody looks at.
#[test]
fn a_file_that_awaits_a_word_is_given_up_before_a_move() {
    let bench = Bench::new();
    let import = awaiting(&bench, FileForm::Text);
    let moving = Moving::of(bench).begin();
    assert!(matches!(moving.step(), Next::At(_)));
    assert_eq!(found(&moving.from, &import).problem_code.as_deref(), Some("upload_interrupted"));
    assert_eq!(confirm(&moving.from, &import, None), Err(Refusal::ImportAwaitsNoFormat.into()));
}
