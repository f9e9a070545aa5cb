//! A cell with one account in it, and short words for what its owner and the ticks do there.

pub mod audiences;
mod calls;
mod counts;
mod deletions;
mod hand_overs;
mod imports;
mod links;
pub mod moving;
mod proofs;
mod recorder;
pub mod scoring;
mod service_blacklist;
mod sqld;
pub mod steps;
mod test_database;

use std::cell::Cell as Clock;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use ::evidence::SigningKey;
use domain::account::{AccountKind, WhyUnapplied};
use domain::calendars::Calendars;
use domain::campaign::MessageClass;
use domain::cell_name::CellName;
use domain::documents::DocumentKind;
use domain::ids::IdKind;
use domain::message::{MessageState, Reason};
use domain::money::Tiyn;
use pollster::FutureExt as _;
use sendbox_store::cell::{
    Acceptance, Agreement, Campaign, Cell, NewAccount, NewAdvertisingDecision, NewBlacklistEntry,
    NewCampaign, NewContent, PaymentReceived, Profile, Routes, SentContent, Tenant,
};
use sendbox_store::{
    Act, Database, DbError, MasterKey, NativeDatabase, Part, StoreError, Value, check_cell, migrate, new_id,
};

pub use calls::ByWhat;
pub use hand_overs::{all, terms};
pub use imports::add_rows;
pub use links::{MAP, SHOP, link_tokens};
pub use proofs::{verified, verified_whole, verified_whole_in};
pub use recorder::Recorder;
pub use test_database::{TestDatabase, cases, drive_database_clock};

/// 20 November 2026, 10:00 in Almaty, in Unix milliseconds.
pub const MORNING: i64 = 1_795_150_800_000;
pub const MINUTE: i64 = 60_000;
pub const DAY: i64 = 24 * 60 * MINUTE;

/// The price of one message in tiyn, by its parts (R46).
pub const OPERATOR_PRICE: Tiyn = Tiyn(1150);
pub const SERVICE_PRICE: Tiyn = Tiyn(350);
pub const PRICE: i64 = 1500;

pub const OPERATOR: &str = "sandbox";
/// What stands before every token: advertising always carries a link.
pub const LINK: &str = "https://sms.example.kz/o/";
/// The route that all numbers have, unless a test says otherwise.
pub const ROUTE: &str = "text";

/// One route for all numbers.
pub fn routes() -> Routes {
    Routes { by_range: BTreeMap::new(), other: ROUTE.to_owned() }
}

pub fn master() -> &'static MasterKey {
    static MASTER: LazyLock<MasterKey> = LazyLock::new(|| MasterKey::new([7; 32]).expect("derived"));
    &MASTER
}

/// The published calendars.
pub fn calendars() -> Calendars {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../static/documents/calendars.json");
    Calendars::parse(&std::fs::read_to_string(path).expect("a file")).expect("calendars")
}

pub fn signing_key(cell: CellName) -> SigningKey {
    SigningKey::from_seed(&cell.log(), master().service_key("log").expect("derived"))
}

/// The `n`-th made-up number in E.164.
pub fn number(n: usize) -> String {
    format!("+7701000{n:04}")
}

pub fn numbers(count: usize) -> Vec<String> {
    (0..count).map(number).collect()
}

/// An acceptance of the first version of a document.
pub fn acceptance(document: DocumentKind) -> Acceptance {
    Acceptance {
        document,
        version: "1".to_owned(),
        sha256: "00".repeat(32),
        language: "kk".to_owned(),
        subject: None,
    }
}

/// One account at its cell, with a clock that moves only when a test says so.
pub struct Bench<D = TestDatabase> {
    pub db: D,
    pub account: String,
    name: CellName,
    clock: Clock<i64>,
}

impl Bench {
    /// A person's account in a new cell.
    pub fn new() -> Self {
        Self::on(TestDatabase::empty())
    }

    /// A person's account in a new cell that is a file, so that others can connect to it.
    pub fn in_file(path: &Path) -> Self {
        Self::on(TestDatabase::Native(NativeDatabase::open(path).block_on().expect("opens")))
    }

    /// A cell that wants for nothing: `messages` contacts, money for all of them, a running campaign.
    pub fn with_queue(messages: usize) -> (Self, String) {
        let bench = Self::new();
        let campaign = bench.queue(messages);
        (bench, campaign)
    }
}

impl<D: Database> Bench<D> {
    /// A new cell with a person's account behind any connection.
    pub fn on(db: D) -> Self {
        Self::in_cell(db, CellName::FIRST)
    }

    /// The same under another name.
    pub fn in_cell(db: D, name: CellName) -> Self {
        migrate(&db, &[Part::Directory, Part::Log, Part::Cell]).block_on().expect("migrates");
        check_cell(&db, name).block_on().expect("its own");
        steps::watch(&db);
        drive_database_clock(MORNING);
        let mut bench = Self { db, account: String::new(), name, clock: Clock::new(MORNING) };
        bench.account = bench.open_account(AccountKind::NaturalPerson);
        bench
    }

    /// Contacts, money for one message to each, and a campaign whose messages are queued.
    pub fn queue(&self, messages: usize) -> String {
        self.upload(&numbers(messages));
        self.top_up("pay_queue", PRICE * messages as i64).expect("credited");
        self.running_campaign()
    }

    pub fn now(&self) -> i64 {
        self.clock.get()
    }

    pub fn pass(&self, ms: i64) {
        self.clock.set(self.now() + ms);
        drive_database_clock(self.now());
    }

    pub fn act(&self) -> Act {
        Act { now: self.now(), actor: "ses_test".to_owned(), through: "cabinet" }
    }

    /// What staff do about the account.
    pub fn staff_act(&self) -> Act {
        Act { now: self.now(), actor: "staff".to_owned(), through: "staff" }
    }

    pub fn cell(&self) -> Cell<'_, D> {
        Cell::new(&self.db, master(), self.name)
    }

    /// The same account in another cell.
    pub fn elsewhere(&self, db: D, name: CellName) -> Self {
        Self { db, account: self.account.clone(), name, clock: self.clock.clone() }
    }

    /// The same at another instant.
    #[must_use]
    pub fn at(self, now: i64) -> Self {
        self.clock.set(now);
        self
    }

    /// The account as it stands now.
    pub fn tenant(&self) -> Tenant<'_, D> {
        self.tenant_of(&self.account)
    }

    pub fn tenant_of(&self, account: &str) -> Tenant<'_, D> {
        self.cell().tenant(account).block_on().expect("reads").expect("exists")
    }

    /// Makes a further account and answers its id.
    pub fn open_account(&self, kind: AccountKind) -> String {
        let account = new_id(IdKind::Account, self.now()).expect("an id");
        let new = NewAccount {
            account_number: domain::account::account_number(
                u32::from_str_radix(&account[28..], 16).expect("hexadecimal"),
            ),
            kind,
            language: "kk".to_owned(),
            profile: Profile {
                login: "aru".to_owned(),
                name: "Ару Үлгі".to_owned(),
                phone: number(9999),
                email: "aru@example.kz".to_owned(),
            },
            acts: [acceptance(DocumentKind::Offer), acceptance(DocumentKind::PdConsent)],
            account,
        };
        self.cell().create_account(&self.act(), &new).block_on().expect("made");
        new.account
    }

    /// A payment that the bank reports for the account.
    pub fn top_up(&self, payment: &str, tiyn: i64) -> Result<String, StoreError> {
        self.top_up_of(&self.account, payment, tiyn)
    }

    pub fn top_up_of(&self, account: &str, payment: &str, tiyn: i64) -> Result<String, StoreError> {
        self.receive(Some(account), &format!("number of {account}"), payment, tiyn)
    }

    /// A payment with a number that an account has, or nobody; answers what the bank is told.
    pub fn receive(
        &self,
        account: Option<&str>,
        account_number: &str,
        payment: &str,
        tiyn: i64,
    ) -> Result<String, StoreError> {
        let payment = PaymentReceived {
            provider: "standard".to_owned(),
            payment: payment.to_owned(),
            account_number: account_number.to_owned(),
            account: account.map(str::to_owned),
            amount: Tiyn(tiyn),
            received_at: self.now(),
        };
        let answer = |transfer: &str, unapplied: Option<WhyUnapplied>| match unapplied {
            None => format!("credited {transfer}"),
            Some(reason) => format!("{} {transfer}", reason.as_str()),
        };
        self.cell().credit(&self.act(), &payment, answer).block_on()
    }

    pub fn draft(&self) -> String {
        self.draft_of(MessageClass::Informational)
    }

    pub fn draft_of(&self, class: MessageClass) -> String {
        self.try_draft_of(class).expect("made").campaign
    }

    pub fn try_draft_of(&self, class: MessageClass) -> Result<Campaign, StoreError> {
        let new = NewCampaign {
            name: "November".to_owned(),
            content: NewContent::Text {
                text: "Your order is ready.".to_owned(),
                encoding: "GSM-7",
                segments: 1,
                opt_out_link: (class == MessageClass::Advertising).then(|| LINK.to_owned()),
                links: None,
            },
            class,
            audience: None,
            attestation: acceptance(DocumentKind::ContentAttestation),
        };
        self.tenant().create_campaign(&self.act(), &new, None).block_on()
    }

    /// A campaign to everybody in the base, agreed to at no price, so that a test says itself what money
    /// there is.
    pub fn started_campaign(&self) -> String {
        let campaign = self.draft();
        let free = Agreement { price: Tiyn::ZERO, total: Tiyn::ZERO };
        self.tenant().start_campaign(&self.act(), &campaign, free).block_on().expect("started");
        campaign
    }

    /// A start at the full price, with the total of so many messages agreed to.
    pub fn start_agreed(&self, campaign: &str, messages: i64) -> Result<Campaign, StoreError> {
        let agreement = Agreement { price: Tiyn(PRICE), total: Tiyn(messages * PRICE) };
        self.tenant().start_campaign(&self.act(), campaign, agreement).block_on()
    }

    /// An advertising campaign that staff approved, with all its messages queued.
    pub fn running_advertising(&self) -> String {
        let campaign = self.draft_of(MessageClass::Advertising);
        let consent = NewAdvertisingDecision {
            campaign: campaign.clone(),
            content_sha256: self.content_sha256(&campaign),
            approved: true,
            by: "Duty lawyer".to_owned(),
            basis: "Letter 12".to_owned(),
        };
        self.tenant().decide_advertising(&self.staff_act(), &consent).block_on().expect("decided");
        let free = Agreement { price: Tiyn::ZERO, total: Tiyn::ZERO };
        self.tenant().start_campaign(&self.act(), &campaign, free).block_on().expect("started");
        self.prepare_all(&campaign);
        campaign
    }

    /// How many events a series has, as a first page says it.
    pub fn series(&self, name: &str) -> ::evidence::Series {
        let (_, events) = self.tenant().counted_evidence(name).block_on().expect("reads");
        ::evidence::Series { account: self.account.clone(), name: name.to_owned(), events }
    }

    /// What a campaign sends, as proofs name it.
    pub fn text_sent(&self, campaign: &str) -> SentContent {
        self.tenant().sent_content(campaign).block_on().expect("reads").expect("exists").0
    }

    /// The hash of what a campaign sends, as its owner sees it; for one that is not there, of nothing.
    pub fn content_sha256(&self, campaign: &str) -> String {
        let sent = self.tenant().sent_content(campaign).block_on().expect("reads");
        sent.map_or_else(|| "00".repeat(32), |(content, _)| content.sha256)
    }

    /// The account's events of a kind, in their order, each verified against the log.
    pub fn events(&self, kind: &str) -> Vec<serde_json::Value> {
        let page = self.tenant().event_evidence(kind, -1, 1000).block_on().expect("reads");
        let events = proofs::verified_in(&self.db, self.name, &page).expect("verifies").events;
        events.into_iter().map(|event| event.event).filter(|event| event["kind"] == kind).collect()
    }

    /// A campaign whose messages are all queued.
    pub fn running_campaign(&self) -> String {
        let campaign = self.started_campaign();
        self.prepare_all(&campaign);
        campaign
    }

    /// Queues every message of a started campaign.
    pub fn prepare_all(&self, campaign: &str) {
        let tenant = self.tenant();
        let step = || tenant.prepare(campaign, &routes(), 1000, self.now()).block_on().expect("prepared");
        while !step().done {}
    }

    pub fn blacklist(&self, number: &str) {
        let entry = NewBlacklistEntry { phone: number.to_owned() };
        self.tenant().add_to_blacklist(&self.act(), &[entry], None).block_on().expect("listed");
    }

    /// `(available, held)` in tiyn, after checking that all entries add up to zero.
    pub fn balance(&self) -> (i64, i64) {
        let balance = self.tenant().balance().block_on().expect("reads");
        assert_eq!(balance.ledger_sum, Tiyn::ZERO, "the ledger balances");
        (balance.available.0, balance.held.0)
    }

    /// State and reason of the message to a number, as its owner sees them.
    pub fn fate(&self, number: &str) -> (MessageState, Option<Reason>) {
        let history = self.tenant().history(None, 0, 1000).block_on().expect("reads");
        let item = history.items.into_iter().find(|item| item.phone.as_deref() == Some(number));
        item.map(|item| (item.state, item.reason)).expect("in the history")
    }

    /// One statement past the store's own functions.
    pub fn sql(&self, sql: &str) -> Vec<sendbox_store::Row> {
        let run = || self.db.query(sql, vec![]).block_on();
        // What only reads leaves no trace at all.
        let done = if sql.starts_with("SELECT") { run() } else { steps::by_hand(&self.db, run) };
        done.expect(sql)
    }

    /// A statement that a constraint or a trigger refuses.
    pub fn db_refuses(&self, sql: &str) {
        let refused = self.db.query(sql, vec![]).block_on();
        assert!(matches!(refused, Err(DbError::Constraint(_))), "{sql}: {refused:?}");
    }

    /// The integer that a statement with the account as its parameter answers.
    pub fn count(&self, sql: &str) -> i64 {
        let figure = format!("SELECT ({sql}) AS figure");
        let rows = self.db.query(&figure, vec![Value::from(&self.account)]).block_on().expect(sql);
        rows[0].int("figure").expect("an integer")
    }

    /// The integer that a statement without parameters answers.
    pub fn figure(&self, sql: &str) -> i64 {
        self.sql(&format!("SELECT ({sql}) AS figure"))[0].int("figure").expect("an integer")
    }
}

/// How many messages of the whole cell stand in each state, as their rows say.
pub fn all_states<D: Database>(bench: &Bench<D>) -> Vec<(String, i64)> {
    let rows = bench.sql("SELECT state, count(*) AS messages FROM message GROUP BY state ORDER BY state");
    rows.iter()
        .map(|row| (row.text("state").expect("a state"), row.int("messages").expect("a count")))
        .collect()
}

/// The bytes of the database and of its write-ahead log.
pub fn files(path: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    ["", "-wal"]
        .iter()
        .map(|end| PathBuf::from(format!("{}{end}", path.display())))
        .filter(|path| path.exists())
        .map(|path| (path.clone(), std::fs::read(path).expect("reads")))
        .collect()
}

pub fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
