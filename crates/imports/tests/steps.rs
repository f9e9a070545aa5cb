//! A file through all its steps, on a real SQLite: by whoever comes, once each, and to an end.

use std::cell::Cell as Counter;

use domain::account::AccountKind;
use domain::cell_name::CellName;
use domain::documents::DocumentKind;
use domain::ids::IdKind;
use domain::money::Tiyn;
use imports::Bench;
use pollster::FutureExt as _;
use store::cell::{
    Acceptance, Cell, FileForm, Import, Job, JobKind, Joined, NewAccount, Next, PaymentReceived, Piece,
    Profile, Tenant,
};
use store::{
    Act, Database, DatabaseClock, DbError, Engine, MasterKey, NativeDatabase, Part, Row, Value, check_cell,
    migrate,
};

const NOW: i64 = 1_795_150_800_000;
const CLOCK: DatabaseClock = DatabaseClock { shift_ms: 0 };

/// Counts what is asked of a database.
struct Counting {
    db: NativeDatabase,
    statements: Counter<u64>,
}

impl Database for Counting {
    async fn query(&self, sql: &str, parameters: Vec<Value>) -> Result<Vec<Row>, DbError> {
        self.statements.set(self.statements.get() + 1);
        self.db.query(sql, parameters).await
    }

    fn engine(&self) -> Engine {
        self.db.engine()
    }
}

fn acceptance(document: DocumentKind) -> Acceptance {
    let language = "ru".to_owned();
    Acceptance { document, version: "1".to_owned(), sha256: "0".repeat(64), language, subject: None }
}

struct World {
    db: Counting,
    keys: MasterKey,
    account: String,
}

impl World {
    /// A cell with one account, which has paid.
    fn new() -> Self {
        let db = NativeDatabase::in_memory().block_on().expect("opens");
        migrate(&db, &[Part::Directory, Part::Log, Part::Cell]).block_on().expect("migrated");
        check_cell(&db, CellName::FIRST).block_on().expect("the first");
        let keys = MasterKey::new([7; 32]).expect("derived");
        let account = IdKind::Account.new_id(NOW, [3; 10], None);
        let world = Self { db: Counting { db, statements: Counter::new(0) }, keys, account };
        let text = str::to_owned;
        let new = NewAccount {
            account: world.account.clone(),
            account_number: text("1"),
            kind: AccountKind::Entrepreneur,
            language: text("kk"),
            profile: Profile {
                login: text("aru"),
                name: text("Үлгі"),
                phone: text("+77010000000"),
                email: text("a@b.kz"),
            },
            acts: [acceptance(DocumentKind::Offer), acceptance(DocumentKind::PdConsent)],
        };
        world.cell().create_account(&world.act(), &new).block_on().expect("made");
        let payment = PaymentReceived {
            provider: text("standard"),
            payment: text("pay_1"),
            account_number: text("1"),
            account: Some(world.account.clone()),
            amount: Tiyn(100),
            received_at: NOW,
        };
        world.cell().credit(&world.act(), &payment, |_, _| String::new()).block_on().expect("credited");
        world
    }

    fn cell(&self) -> Cell<'_, Counting> {
        Cell::new(&self.db, &self.keys, CellName::FIRST)
    }

    fn act(&self) -> Act {
        Act { now: NOW, actor: "key_made_up".to_owned(), through: "api" }
    }

    fn tenant(&self) -> Tenant<'_, Counting> {
        self.cell().tenant(&self.account).block_on().expect("reads").expect("there")
    }

    fn sql(&self, sql: &str) -> Vec<Row> {
        self.db.db.query(sql, Vec::new()).block_on().expect("a good statement")
    }

    /// A whole file, in pieces of so many bytes.
    fn bring(&self, file: &str, piece_bytes: usize) -> String {
        self.bring_pieces(file.as_bytes().chunks(piece_bytes))
    }

    fn bring_pieces<'p>(&self, pieces: impl Iterator<Item = &'p [u8]>) -> String {
        let tenant = self.tenant();
        let attestation = acceptance(DocumentKind::RecipientsAttestation);
        let import = tenant
            .create_import(&self.act(), "f", attestation, &Joined::default(), false, None)
            .block_on()
            .expect("made")
            .import;
        let upload = tenant.begin_file(&import, 0, FileForm::Text, NOW).block_on().expect("begun");
        let mut first_byte = 0;
        for bytes in pieces {
            let piece = Piece { first_byte, bytes: bytes.to_vec() };
            tenant.add_piece(&import, &upload, FileForm::Text, &piece, NOW).block_on().expect("kept");
            first_byte += bytes.len() as u64;
        }
        tenant.finish_file(&import, &upload, NOW).block_on().expect("whole");
        import
    }

    fn take(&self, import: &str) -> Option<Job> {
        self.cell().take_job_of(JobKind::Import, &self.account, import, CLOCK).block_on().expect("answers")
    }

    fn step(&self, job: &Job) -> Option<Next> {
        let (cell, tenant) = (self.cell(), self.tenant());
        let bench = Bench { cell: &cell, tenant: &tenant, clock: CLOCK, now: NOW, rows_max: 1_000_000 };
        imports::step(&bench, job).block_on().expect("a step")
    }

    /// To the end, each step by another host.
    fn read(&self, import: &str) -> Import {
        while let Some(job) = self.take(import) {
            match self.step(&job) {
                Some(Next::Again(cursor)) => {
                    self.cell().leave_job(&job.at(cursor), CLOCK).block_on().expect("left");
                }
                other => assert_eq!(other, Some(Next::Done)),
            }
        }
        self.tenant().import(import).block_on().expect("reads").expect("there")
    }

    fn base(&self) -> Vec<(String, Option<String>)> {
        let mut base: Vec<_> = self
            .sql("SELECT count(*) AS figure FROM contact")
            .first()
            .map_or(0, |row| row.int("figure").expect("a figure"))
            .try_into()
            .map(|count: usize| {
                let page = self.tenant().contacts(None, count).block_on().expect("reads");
                page.items.into_iter().map(|contact| (contact.phone, contact.name)).collect::<Vec<_>>()
            })
            .expect("few");
        base.sort();
        base
    }
}

/// Four people in a hundred stand there twice, the second time under another name.
fn list(rows: u32) -> String {
    let mut list = "Телефон;Имя\r\n".to_owned();
    for row in 0..rows {
        let number = if row % 25 == 24 { row - 20 } else { row };
        list += &format!(
            "8 701 {:03} {:02} {:02};\"Клиент {row}\"\r\n",
            number / 10_000,
            number / 100 % 100,
            number % 100
        );
    }
    list
}

/// R61: a file whose piece does not open any more would be tried for ever, and keep the account's others waiting.
#[test]
fn a_file_that_cannot_be_read_is_refused_and_stands_in_nobodys_way() {
    let world = World::new();
    let broken = world.bring(&list(10_000), 50_000);
    world.sql("UPDATE import_piece SET sealed = zeroblob(length(sealed)) WHERE first_byte > 200000");
    let import = world.read(&broken);
    assert_eq!((import.state.as_str(), import.problem_code.as_deref()), ("failed", Some("internal_error")));
    for table in ["contact", "contact_number", "import_piece", "import_run"] {
        let rows = world.sql(&format!("SELECT count(*) AS figure FROM {table}"));
        assert_eq!(rows[0].int("figure"), Ok(0), "{table}");
    }
    assert_eq!(world.read(&world.bring(&list(10), 100)).state, "completed");
}

/// R61: a step whose host died behind its transaction, or before it, is done by the next one, once.
#[test]
fn a_step_that_another_host_did_is_not_done_again() {
    let world = World::new();
    let import = world.bring(&list(9_000), 60_000);
    let job = world.take(&import).expect("due");
    assert!(matches!(world.step(&job), Some(Next::Again(_))));
    world.sql("UPDATE job SET lease = 'another host'");
    assert_eq!(world.step(&job), None, "the lease is somebody else's");
    world.sql("UPDATE job SET lease = NULL");
    let ended = world.read(&import);
    assert_eq!((ended.rows, ended.imported, ended.duplicates), (9_000, 8_640, 360));
}

/// R70: in however many pieces it came, the people are the same, and of a number the first row counts.
#[test]
fn pieces_of_any_size_give_the_same_people() {
    let whole = World::new();
    whole.read(&whole.bring(&list(5_000), 1 << 20));
    for piece_bytes in [997, 20_011] {
        let world = World::new();
        world.read(&world.bring(&list(5_000), piece_bytes));
        assert_eq!(world.base(), whole.base(), "{piece_bytes}");
    }
    let second = whole.base().into_iter().find(|(phone, _)| phone == "+77010000004").expect("there");
    assert_eq!(second.1.as_deref(), Some("Клиент 4"));
}

/// R61: a batch that is full by its bytes may end within a row, of which a piece or several were read: no row is lost.
#[test]
fn a_batch_that_ends_within_a_row_loses_none() {
    let world = World::new();
    let wide = format!(";{}\r\n", "x".repeat(3_500));
    let file = list(1_400).replacen("\r\n", ";Прочее\r\n", 1);
    let (names, rows) = file.split_once('\n').expect("a line of names");
    let file = format!("{names}\n{}", rows.replace("\r\n", &wide));
    // The batch is full in the middle of short pieces, as a connection that is cut leaves them.
    let (large, small) = file.as_bytes().split_at((4 << 20) - 900);
    let (small, rest) = small.split_at(1_800);
    let pieces = large.chunks(300_000).chain(small.chunks(100)).chain(rest.chunks(300_000));
    let import = world.read(&world.bring_pieces(pieces));
    assert_eq!((import.state.as_str(), import.rows, import.imported), ("completed", 1_400, 1_344));
}

/// Imports must not slow down as they grow: what is asked of the database grows with the rows, and no faster.
#[test]
fn ten_times_the_rows_ask_at_most_eleven_times_as_much() {
    let asked = |rows: u32| {
        let world = World::new();
        let import = world.bring(&list(rows), 64 * 1024);
        world.db.statements.set(0);
        assert_eq!(world.read(&import).rows, i64::from(rows));
        world.db.statements.get()
    };
    let (some, ten_times) = (asked(20_000), asked(200_000));
    assert!(ten_times <= 11 * some, "{some} statements, then {ten_times}");
}
