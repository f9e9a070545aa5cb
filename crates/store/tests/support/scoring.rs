//! An account whose contacts have a past, and the runs that score them, step by step as the worker does.

use domain::money::Tiyn;
use domain::number_lookup::{LookupAnswer, SubscriberStatus};
use pollster::FutureExt as _;
use scoring::Kind;
use sendbox_store::cell::{
    AppealKind, Given, Job, JobKind, LookupWork, NewAppeal, NewLookup, NewScoring, Next, Said, Scoring,
    ScoringState, ScoringStep, Stance, Word,
};
use sendbox_store::{Database, DatabaseClock, DbError, StoreError, transaction};

use super::{Bench, DAY, MINUTE, TestDatabase, number, numbers};

/// Of one score.
pub const SCORE_PRICE: Tiyn = Tiyn(50);
/// Contacts of an account with a past: enough to learn from.
pub const PEOPLE: usize = 1_400;
const ROUNDS: i64 = 4;

/// How a made message ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Past {
    /// Who was reached is reached again, for the most part.
    Telling,
    /// By the throw of a coin.
    Noise,
}

/// SplitMix64, so that every run throws the same.
fn thrown(seed: u64) -> u64 {
    let mut bits = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (bits ^ (bits >> 31)) % 100
}

/// An account with so many contacts, of whom all but the last ten consented, and money for their scores.
pub fn consenting(people: usize) -> Bench {
    let bench = Bench::new();
    bench.top_up("pay_scores", 1_000_000).expect("credited");
    bench.upload(&numbers(people));
    bench.say(&numbers(people - 10), Word::Consents);
    bench
}

/// The same with a past of messages to everybody.
pub fn with_past(past: Past) -> Bench {
    let bench = consenting(PEOPLE);
    bench.remember(past);
    bench
}

impl Bench<TestDatabase> {
    /// Messages to every contact, as they would stand after some campaigns.
    pub fn remember(&self, past: Past) {
        let contacts = self.sql(&format!(
            "SELECT contact, hex(number_hash) AS hash FROM contact WHERE account = '{}' ORDER BY contact",
            self.account
        ));
        for round in 0..ROUNDS {
            let mut rows = Vec::with_capacity(contacts.len());
            for (place, contact) in contacts.iter().enumerate() {
                let place = place as u64;
                let reachable = match (past, place % 2) {
                    (Past::Noise, _) => 50,
                    (Past::Telling, 0) => 90,
                    (Past::Telling, _) => 20,
                };
                let is_reached = thrown(place * 64 + round as u64 + 1) < reachable;
                rows.push(format!(
                    "('{account}', '{contact}', X'{hash}', '{state}', 'msg_{round}_{place}_{now}_{account}', 'cmp_{round}_{now}', 'text', {at}, 300)",
                    account = self.account,
                    now = self.now(),
                    contact = contact.text("contact").expect("an id"),
                    hash = contact.text("hash").expect("a hash"),
                    state = if is_reached { "delivered" } else { "expired" },
                    at = self.now() - (ROUNDS - round) * 7 * DAY,
                ));
            }
            self.sql(&format!(
                "INSERT INTO message (account, contact, number_hash, state, message, campaign, route, handed_over_at, offset_minutes)
                 VALUES {}",
                rows.join(", ")
            ));
        }
    }
}

impl Bench<TestDatabase> {
    /// The same messages with a link: who is in an even place follows it as often as not, and a program looks at all
    /// the others'.
    pub fn remember_visits(&self) {
        for round in 0..ROUNDS {
            let campaign = self.draft();
            self.sql(&format!("UPDATE campaign SET links = X'00' WHERE campaign = '{campaign}'"));
            self.sql(&format!(
                "UPDATE message SET campaign = '{campaign}' WHERE campaign LIKE 'cmp!_{round}!_%' ESCAPE '!'"
            ));
            let messages = self
                .sql(&format!("SELECT id, contact FROM message WHERE campaign = '{campaign}' ORDER BY id"));
            let visits: Vec<String> = messages
                .iter()
                .enumerate()
                .filter_map(|(place, message)| {
                    let follows = place % 2 == 0 && thrown(place as u64 * 8 + round as u64) < 50;
                    let visitor = match place % 2 {
                        0 if !follows => return None,
                        0 => "person",
                        _ => "preview",
                    };
                    let (id, contact) = (message.int("id").ok()?, message.text("contact").ok()?);
                    let at = self.now() - DAY;
                    Some(format!("('{}', '{contact}', {id}, 0, '{visitor}', {at}, {at})", self.account))
                })
                .collect();
            self.sql(&format!(
                "INSERT INTO link_visit (account, contact, message, place, visitor, visited_at, counted_at) VALUES {}",
                visits.join(", ")
            ));
        }
    }
}

impl<D: Database> Bench<D> {
    pub fn say(&self, phones: &[String], word: Word) {
        let noted = self.tenant().note_stances(&self.act(), phones, word, "Form of 20 November").block_on();
        noted.expect("noted");
    }

    pub fn stance(&self, phone: &str) -> Option<Stance> {
        self.tenant().stance_of(phone).block_on().expect("reads").map(|noted| noted.stance)
    }

    pub fn try_scoring(&self, kind: Kind) -> Result<Scoring, StoreError> {
        let new = NewScoring { kind, tariff: "1".to_owned(), price: SCORE_PRICE, agreed: Tiyn(1_000_000) };
        self.tenant().begin_scoring(&self.act(), &new, None).block_on()
    }

    pub fn begin_scoring(&self) -> String {
        self.try_scoring(Kind::Reach).expect("begun").scoring
    }

    pub fn scoring(&self, scoring: &str) -> Scoring {
        self.tenant().scoring(scoring).block_on().expect("reads").expect("there")
    }

    /// The job of a run.
    pub fn scoring_job(&self) -> Option<Job> {
        loop {
            let job = self.take_other_job()?;
            if job.kind == JobKind::Scoring {
                return Some(job);
            }
        }
    }

    /// What the next step would write, and its job.
    pub fn prepared_step(&self) -> Option<(Job, ScoringStep)> {
        let job = self.scoring_job()?;
        let step = self.tenant().prepare_scoring(&job).block_on().expect("prepared");
        Some((job, step))
    }

    pub fn commit_step(&self, job: &Job, step: ScoringStep) -> Option<Next> {
        let (tenant, now) = (self.tenant(), self.now());
        let work = async |db: &D| tenant.commit_scoring(db, step, now).await;
        self.cell().commit_step::<DbError>(job, DatabaseClock::default(), work).block_on().expect("a step")
    }

    /// Does a step; answers whether there was one.
    pub fn scoring_step(&self) -> bool {
        let Some((job, step)) = self.prepared_step() else { return false };
        self.commit_step(&job, step).expect("its own");
        true
    }

    /// Steps until a run has come to a phase.
    pub fn score_until(&self, phase: &str) {
        loop {
            let cursor = self.sql("SELECT cursor FROM job WHERE kind = 'scoring'");
            let cursor = cursor.first().map(|row| row.text("cursor").expect("a text")).unwrap_or_default();
            if cursor.contains(&format!("\"{phase}\"")) {
                return;
            }
            assert!(self.scoring_step(), "over before {phase}");
        }
    }

    /// A run to its end; answers it.
    pub fn score(&self) -> Scoring {
        let scoring = self.begin_scoring();
        while self.scoring_step() {}
        self.scoring(&scoring)
    }
}

/// A row in each of the tables, for an account that moves: a run that is delivered, as a table knows it.
pub fn leave_something_of_everything(bench: &Bench) {
    bench.say(&[number(0), number(1)], Word::Consents);
    let scoring = bench.begin_scoring();
    while bench.scoring_step() {}
    assert_eq!(bench.scoring(&scoring).state, ScoringState::NotEnough);
    leave_an_answer(bench);
    let appeal = NewAppeal {
        kind: AppealKind::Review,
        phone: number(1),
        said: "I want a human to look".to_owned(),
        due_at: bench.now() + MINUTE,
    };
    bench.tenant().receive_appeal(&bench.act(), &appeal).block_on().expect("received");
}

/// A look-up that is delivered.
fn leave_an_answer(bench: &Bench) {
    let (operator, tariff) = ("smsc".to_owned(), "1".to_owned());
    let new = NewLookup { operator, tariff, price: Tiyn(1), agreed: Tiyn(1), phones: vec![number(0)] };
    let (tenant, now) = (bench.tenant(), bench.now());
    let lookup = tenant.begin_lookup(&bench.act(), &new, None).block_on().expect("begun").lookup;
    let id = lookup.lookup.as_str();
    let LookupWork::Give(numbers) = tenant.lookup_work(id, 1, now).block_on().expect("reads") else {
        panic!("nothing waits")
    };
    let answer = LookupAnswer {
        status: SubscriberStatus::Absent,
        error: Some(6),
        mcc: None,
        mnc: None,
        country: None,
        network: None,
        roaming_country: None,
        roaming_network: None,
        at: None,
    };
    let said = [(numbers[0].clone(), Said::Answered(Box::new(answer)))];
    transaction(&bench.db, async |db| {
        tenant.note_leaving(db, id, &numbers, now).await?;
        tenant.note_given(db, id, &[(numbers[0].id, Given::Taken)], now).await?;
        tenant.note_said(db, &lookup, &said, now).await?;
        assert_eq!(tenant.go_on_with_lookup(db, &lookup, now).await?, Next::Done);
        db.query("DELETE FROM job WHERE kind = 'lookup'", vec![]).await
    })
    .block_on()
    .expect("delivered");
}
