//! Accounts that move from one cell to another, step by step, as the worker does it.

use domain::audio::AudioFormat;
use domain::campaign::DeliveryResult;
use domain::cell_name::CellName;
use domain::documents::DocumentKind;
use domain::hours::DayHours;
use domain::link_visits::Visitor;
use domain::message::Reason;
use domain::money::Tiyn;
use domain::weekdays::Weekdays;
use pollster::FutureExt as _;
use sendbox_store::cell::{
    Destination, HandOver, Job, JobKind, Joined, Move, NewAudio, NewContact, NewWindowOverride, Next,
    PersonAct, Profile, PutContacts, Repeatable, RowProblem,
};
use sendbox_store::{DatabaseClock, OptOutLinks};

use super::audiences::{in_lists, only};
use super::{
    Bench, MINUTE, PRICE, TestDatabase, acceptance, all, link_tokens, master, number, numbers, steps,
};

pub const CLOCK: DatabaseClock = DatabaseClock { shift_ms: 0 };

pub fn second() -> CellName {
    CellName::numbered(2).expect("a cell")
}

pub fn bound_for(cell: CellName, moves: i64) -> Destination {
    Destination { cell, moves }
}

/// An account in the first cell, and a second cell that has never heard of it.
pub struct Moving {
    pub from: Bench,
    pub to: Bench,
}

impl Moving {
    pub fn of(from: Bench) -> Self {
        let db = TestDatabase::empty();
        let other = Bench::in_cell(db, second());
        let to = from.elsewhere(other.db, second());
        Self { from, to }
    }

    pub fn begin(self) -> Self {
        let (cell, now) = (self.from.cell(), self.from.now());
        cell.begin_move(&self.from.account, bound_for(second(), 0), now).block_on().expect("begun");
        self
    }

    pub fn back(self) -> Self {
        self.from.pass(1);
        let at = self.from.now();
        let (from, to) = (self.to.at(at), self.from);
        let bound_for = bound_for(to.cell().name(), 1);
        from.cell().begin_move(&from.account, bound_for, at).block_on().expect("begun");
        Self { from, to }
    }

    pub fn job(&self) -> Option<Job> {
        loop {
            let job = self.from.take_job()?;
            if job.kind == JobKind::Move {
                return Some(job);
            }
        }
    }

    pub fn step_of(&self, job: &Job) -> Option<Next> {
        let (from, to) = (self.from.cell(), self.to.cell());
        let moving = Move { from: &from, to: &to, job };
        // Rows that arrive are no new messages.
        steps::by_hand(&self.to.db, || moving.step(CLOCK, self.from.now()).block_on()).expect("a step")
    }

    pub fn step(&self) -> Next {
        self.step_of(&self.job().expect("due")).expect("its own")
    }

    /// Nothing of the account changes in its old cell from here on.
    pub fn freeze(&self) {
        assert!(matches!(self.step(), Next::Again(_)), "nothing is waited for");
    }

    /// Until it has left.
    pub fn arrive(&self) {
        while let Next::Again(_) = self.step() {}
        assert_eq!(self.to.count("SELECT count(*) FROM account WHERE account = ?1 AND presence = 'here'"), 1);
    }

    /// Until the old cell has forgotten it.
    pub fn forget(&self) {
        self.from.pass(MINUTE);
        while self.step() != Next::Done {}
    }
}

/// The token in a message of an advertising campaign.
pub fn advertised_token(bench: &Bench) -> String {
    let sent = bench.sql(
        "SELECT m.id, m.message FROM message m JOIN campaign c ON c.campaign = m.campaign
         WHERE c.class = 'advertising' AND m.state = 'handed_over'",
    );
    let (row, message) = (sent[0].int("id").expect("a row"), sent[0].text("message").expect("an id"));
    OptOutLinks::new(master()).expect("derived").token(row, &message).expect("a token")
}

fn longer_hours() -> NewWindowOverride {
    NewWindowOverride {
        from: "2026-11-20".parse().expect("a date"),
        to: "2026-11-27".parse().expect("a date"),
        days: Weekdays::parse(["fri"]).expect("days"),
        hours: DayHours::parse("08:00", "21:00").expect("hours"),
        by: "Duty lawyer".to_owned(),
        basis: "Additional agreement 5".to_owned(),
    }
}

/// Puts one contact in.
fn put_one(bench: &Bench, contact: NewContact) {
    let put = PutContacts {
        name: "by hand".to_owned(),
        attestation: acceptance(DocumentKind::RecipientsAttestation),
        contacts: vec![contact],
        rejected: Vec::new(),
        joined: Joined::default(),
    };
    bench.tenant().put_contacts(&bench.act(), put, None).block_on().expect("put");
}

/// A campaign that is being prepared: one of two whom its start fixed has no message yet.
fn prepare_half(bench: &Bench) {
    let list = bench.list("Regulars");
    bench
        .tenant()
        .save_audience(&bench.act(), "Regulars", &only(in_lists(&[&list])))
        .block_on()
        .expect("saved");
    bench.join(&list, &[0, 1]);
    let prepared = bench.draft_to(only(in_lists(&[&list])));
    bench.start_agreed(&prepared, 2).expect("started");
    bench.tenant().prepare(&prepared, &super::routes(), 1, bench.now()).block_on().expect("prepared");
}

/// An account that has something of everything; answers its campaign, of which two messages are still queued.
pub fn busy() -> (Bench, String) {
    let bench = Bench::new();
    let act = bench.act();
    bench.top_up("pay_first", 50 * PRICE).expect("credited");
    bench.remember_format();
    let import = bench.begin_upload();
    bench.add_batch(&import, &numbers(6)).expect("stored");
    let fault = RowProblem { line: 99, code: "phone_malformed".to_owned() };
    bench.add_rows(&import, Vec::new(), &[fault]).expect("stored");
    bench.complete(&import).expect("completed");
    let proven = NewContact {
        line: 1,
        phone: number(66),
        consent_proof: Some("{}".to_owned()),
        ..NewContact::default()
    };
    put_one(&bench, proven);
    let fields = Some(r#"{"city":"Semey"}"#.to_owned());
    put_one(&bench, NewContact { line: 1, phone: number(0), fields, ..NewContact::default() });
    let base = bench.tenant().contacts(None, 100).block_on().expect("reads").items;
    let gone = base.into_iter().find(|contact| contact.phone == number(66)).expect("put");
    bench.tenant().delete_contacts(&act, Some(&gone.contact)).block_on().expect("deleted");
    let advertising = bench.running_advertising();
    bench.hand_over(&advertising, 1);
    let (lease, refused) = bench.take(&advertising, 1);
    bench.settle(&advertising, &lease, all(&refused, &HandOver::Refused(Reason::NumberInvalid)));
    let campaign = bench.running_campaign();
    let sent = bench.hand_over(&campaign, 4);
    bench.report(&sent[0].message, DeliveryResult::Delivered);
    bench.report(&sent[1].message, DeliveryResult::Undelivered);
    let linked = bench.linked_campaign();
    for message in bench.hand_over(&linked, 9) {
        bench.visit(&link_tokens(&message)[0], Visitor::Person);
    }
    bench.blacklist(&number(77));
    let (tenant, phone) = (bench.tenant(), number(78));
    let block = tenant.act_on_person(&act, &phone, &PersonAct::Block, Some("asked"), None);
    block.block_on().expect("blocked");
    let profile = Profile {
        login: "aru".to_owned(),
        name: "Ару Басқа".to_owned(),
        phone: number(9999),
        email: "aru@example.kz".to_owned(),
    };
    bench.tenant().update_profile(&act, &profile, "ru").block_on().expect("updated");
    bench.tenant().decide_window(&bench.staff_act(), &longer_hours()).block_on().expect("decided");
    let repeat = Repeatable { route: "POST /v1/audio", key: "once".to_owned(), request: [1; 32] };
    let sound = vec![7; 300_000];
    let recording = NewAudio {
        name: "Тапсырыс".to_owned(),
        format: AudioFormat::Mp3,
        duration_ms: 9_000,
        sha256: domain::documents::sha256_hex(&sound),
    };
    bench.tenant().create_audio(&act, &recording, &sound, Some(&repeat)).block_on().expect("kept");
    prepare_half(&bench);
    super::scoring::leave_something_of_everything(&bench);
    let (available, held) = bench.balance();
    bench.tenant().request_deletion(&act, Tiyn(available + held)).block_on().expect("requested");
    bench.tenant().cancel_deletion(&act).block_on().expect("cancelled");
    (bench, campaign)
}
