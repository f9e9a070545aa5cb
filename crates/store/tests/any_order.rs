//! Whatever happens in whatever order: the ledger balances, nothing is handed over twice, and what
//! was handed over is what was charged.

mod invariants;

use std::collections::{BTreeMap, BTreeSet};

use domain::campaign::DeliveryResult;
use domain::message::Reason;
use domain::money::Tiyn;
use pollster::FutureExt as _;
use proptest::prelude::*;
use sendbox_store::cell::{Answered, HandOver, LeaseOutcome, LeasedMessage};
use sendbox_store::{Refusal, StoreError};

use crate::support::{Bench, DAY, MINUTE, PRICE, cases, number, numbers};

const CONTACTS: usize = 6;

#[derive(Clone, Copy, Debug)]
enum Word {
    Taken,
    Refused,
    Later,
    Unknown,
}

#[derive(Clone, Debug)]
enum Step {
    TopUp {
        payment: u8,
        messages: u8,
    },
    Lease {
        campaign: usize,
        limit: usize,
    },
    /// Settles one of all leases there ever were, also one that is over.
    Settle {
        lease: usize,
        words: Vec<Word>,
    },
    /// The next messages of a lease are noted as leaving, with what was said of those before.
    Depart {
        lease: usize,
        count: usize,
        words: Vec<Word>,
    },
    LeasesRunOut,
    /// The operator is asked about everything of which nobody knows.
    AskOperator {
        word: Word,
    },
    Report {
        message: usize,
        result: DeliveryResult,
    },
    Blacklist {
        number: usize,
    },
    Unblacklist,
    EraseContact,
    Pause {
        campaign: usize,
    },
    Resume {
        campaign: usize,
    },
    Cancel {
        campaign: usize,
    },
    Pass,
    RequestDeletion,
    CancelDeletion,
    DeletionDay,
}

fn word() -> impl Strategy<Value = Word> {
    prop_oneof![3 => Just(Word::Taken), 1 => Just(Word::Refused), 2 => Just(Word::Later), 2 => Just(Word::Unknown)]
}

fn result() -> impl Strategy<Value = DeliveryResult> {
    use DeliveryResult::{Delivered, Expired, Undelivered};
    prop_oneof![Just(Delivered), Just(Undelivered), Just(Expired)]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0u8..4, 1u8..4).prop_map(|(payment, messages)| Step::TopUp { payment, messages }),
        6 => (0usize..2, 1usize..5).prop_map(|(campaign, limit)| Step::Lease { campaign, limit }),
        6 => (any::<usize>(), prop::collection::vec(word(), 1..5))
            .prop_map(|(lease, words)| Step::Settle { lease, words }),
        4 => (any::<usize>(), 1usize..4, prop::collection::vec(word(), 1..5))
            .prop_map(|(lease, count, words)| Step::Depart { lease, count, words }),
        2 => Just(Step::LeasesRunOut),
        2 => word().prop_map(|word| Step::AskOperator { word }),
        3 => (any::<usize>(), result()).prop_map(|(message, result)| Step::Report { message, result }),
        1 => (0..CONTACTS).prop_map(|number| Step::Blacklist { number }),
        1 => Just(Step::Unblacklist),
        1 => Just(Step::EraseContact),
        1 => (0usize..2).prop_map(|campaign| Step::Pause { campaign }),
        2 => (0usize..2).prop_map(|campaign| Step::Resume { campaign }),
        1 => (0usize..2).prop_map(|campaign| Step::Cancel { campaign }),
        2 => Just(Step::Pass),
        1 => Just(Step::RequestDeletion),
        1 => Just(Step::CancelDeletion),
        1 => Just(Step::DeletionDay),
    ]
}

/// One lease as its holder remembers it.
struct Held {
    campaign: String,
    lease: String,
    messages: Vec<LeasedMessage>,
    /// How many of them may have left, and what was said of them as far as it is noted.
    departed: usize,
    noted: BTreeMap<i64, Word>,
}

/// The cell under test, and what a bystander knows of it.
struct World {
    bench: Bench,
    campaigns: [String; 2],
    leases: Vec<Held>,
    payments: BTreeMap<u8, (u8, String)>,
    /// Those of them that came while the account was closing, and wait.
    waiting: BTreeSet<u8>,
    blacklisted: BTreeSet<String>,
    /// Messages that an operator has or may have: nobody may take them.
    with_operator: BTreeSet<String>,
    /// `(campaign, number)` of what operators took.
    handed_over: BTreeSet<(String, String)>,
    charged: i64,
    results: BTreeMap<String, DeliveryResult>,
}

impl World {
    fn new() -> Self {
        let bench = Bench::new();
        bench.upload(&numbers(CONTACTS));
        let campaigns = [bench.running_campaign(), bench.running_campaign()];
        Self {
            bench,
            campaigns,
            leases: Vec::new(),
            payments: BTreeMap::new(),
            waiting: BTreeSet::new(),
            blacklisted: BTreeSet::new(),
            with_operator: BTreeSet::new(),
            handed_over: BTreeSet::new(),
            charged: 0,
            results: BTreeMap::new(),
        }
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::TopUp { payment, messages } => self.top_up(*payment, *messages),
            Step::Lease { campaign, limit } => self.lease(*campaign, *limit),
            Step::Settle { lease, words } => self.settle(*lease, words),
            Step::Depart { lease, count, words } => self.depart(*lease, *count, words),
            Step::LeasesRunOut => self.leases_run_out(),
            Step::AskOperator { word } => self.ask_operator(*word),
            Step::Report { message, result } => self.report(*message, *result),
            Step::Blacklist { number: n } => self.blacklist(&number(*n)),
            Step::Unblacklist => self.unblacklist(),
            Step::EraseContact => self.erase_contact(),
            Step::Pause { campaign } => {
                let paused = self
                    .bench
                    .tenant()
                    .pause_campaign(&self.bench.act(), &self.campaigns[*campaign])
                    .block_on();
                self.may_be_refused(paused.map(|_| ()), Refusal::CampaignStateConflict);
            }
            Step::Resume { campaign } => {
                let resumed = self
                    .bench
                    .tenant()
                    .resume_campaign(&self.bench.act(), &self.campaigns[*campaign])
                    .block_on();
                self.may_be_refused(resumed.map(|_| ()), Refusal::CampaignStateConflict);
            }
            Step::Cancel { campaign } => {
                let act = self.bench.act();
                let cancelled =
                    self.bench.tenant().cancel_campaign(&act, &self.campaigns[*campaign]).block_on();
                self.may_be_refused(cancelled.map(|_| ()), Refusal::CampaignStateConflict);
            }
            Step::Pass => self.bench.pass(MINUTE / 4),
            Step::RequestDeletion => {
                let (available, held) = self.bench.balance();
                let act = self.bench.act();
                let asked = self.bench.tenant().request_deletion(&act, Tiyn(available + held)).block_on();
                self.may_be_refused(asked.map(|_| ()), Refusal::DeletionAlreadyRequested);
            }
            Step::CancelDeletion => {
                let cancelled = self.bench.tenant().cancel_deletion(&self.bench.act()).block_on();
                if cancelled.is_ok() {
                    self.waiting.clear();
                }
                self.may_be_refused(cancelled, Refusal::NotFound);
            }
            Step::DeletionDay => self.deletion_day(),
        }
    }

    fn alive(&self) -> bool {
        self.bench.count("SELECT count(personal_key) FROM account WHERE account = ?1") == 1
    }

    fn closed(&self) -> bool {
        self.bench.count("SELECT state = 'closed' FROM account WHERE account = ?1") == 1
    }

    /// R55: from the request on, the account takes no more money.
    fn closing(&self) -> bool {
        self.bench.count("SELECT state IN ('closing', 'closed') FROM account WHERE account = ?1") == 1
    }

    fn may_be_refused(&self, answer: Result<(), StoreError>, refusal: Refusal) {
        // Once the key is destroyed the owner's own pages do not open any more.
        let sealed = answer == Err(sendbox_store::DbError::Seal.into()) && !self.alive();
        let closed = answer == Err(Refusal::AccountBlocked.into()) && self.closed();
        assert!(answer.is_ok() || answer == Err(refusal.into()) || sealed || closed, "{answer:?}");
    }

    fn top_up(&mut self, payment: u8, messages: u8) {
        // A little more than the price, so that a rest remains.
        let answer = self.bench.top_up(&format!("pay_{payment}"), i64::from(messages) * PRICE + 7);
        match self.payments.get(&payment) {
            Some((credited, first)) if *credited == messages => assert_eq!(answer.as_ref(), Ok(first)),
            Some(_) => assert_eq!(answer, Err(Refusal::PaymentConflict.into())),
            None => {
                let answer = answer.expect("credited or kept");
                assert_eq!(answer.starts_with("credited"), !self.closing());
                if self.closing() {
                    self.waiting.insert(payment);
                }
                self.payments.insert(payment, (messages, answer));
            }
        }
    }

    fn lease(&mut self, campaign: usize, limit: usize) {
        let campaign = &self.campaigns[campaign];
        let (lease, messages) = match self.bench.lease(campaign, limit) {
            LeaseOutcome::Taken { lease, messages, .. } => (lease, messages),
            LeaseOutcome::NoMoney => {
                let now = self.bench.now();
                self.bench.tenant().fall_asleep(campaign, Tiyn(PRICE), now).block_on().expect("answers");
                return;
            }
            LeaseOutcome::Nothing => {
                self.bench.tenant().had_turn(campaign, self.bench.now()).block_on().expect("noted");
                return;
            }
        };
        assert!(!messages.is_empty() && messages.len() <= limit);
        for message in &messages {
            let phone = message.phone.as_ref().expect("a contact that is there");
            assert!(!self.blacklisted.contains(phone), "{phone} is blacklisted");
            assert!(
                !self.with_operator.contains(&message.message),
                "an operator may have {}",
                message.message
            );
            assert!(!self.handed_over.contains(&(campaign.clone(), phone.clone())), "{phone} was written to");
        }
        let campaign = campaign.clone();
        self.leases.push(Held { campaign, lease, messages, departed: 0, noted: BTreeMap::new() });
    }

    fn settle(&mut self, lease: usize, words: &[Word]) {
        if self.leases.is_empty() {
            return;
        }
        let held = &self.leases[lease % self.leases.len()];
        let (campaign, lease) = (held.campaign.clone(), held.lease.clone());
        let words: Vec<_> = held.messages.clone().into_iter().zip(words.iter().copied().cycle()).collect();
        self.say(&campaign, &lease, words);
    }

    fn ask_operator(&mut self, word: Word) {
        for unknown in self.bench.cell().unknown_due(100, self.bench.now()).block_on().expect("reads") {
            let message = self.bench.tenant().with_number(unknown.message).block_on().expect("reads");
            assert!(message.phone.is_some(), "the number is kept until the operator's word");
            self.say(&unknown.terms.campaign, &unknown.lease, vec![(message, word)]);
        }
    }

    /// Settles, and notes what a bystander learns from it.
    fn say(&mut self, campaign: &str, lease: &str, words: Vec<(LeasedMessage, Word)>) {
        let open = self.open_under(lease);
        let now = self.bench.now();
        let outcomes = words.iter().map(|(message, word)| {
            let outcome = match word {
                Word::Taken => HandOver::Taken(Some("op-1".to_owned())),
                Word::Refused => HandOver::Refused(Reason::OperatorRefused),
                Word::Later => HandOver::Later(now + MINUTE / 4),
                Word::Unknown => HandOver::Unknown(now + MINUTE / 4),
            };
            (message.clone(), outcome)
        });
        let settled = self.bench.settle(campaign, lease, outcomes.collect());
        let mut taken = 0;
        for (message, word) in words.into_iter().filter(|(message, _)| open.contains(&message.message)) {
            match word {
                Word::Taken => {
                    taken += 1;
                    let recipient = (campaign.to_owned(), message.phone.expect("a number"));
                    assert!(self.handed_over.insert(recipient), "handed over twice");
                    self.with_operator.insert(message.message);
                }
                Word::Unknown => {
                    self.with_operator.insert(message.message);
                }
                Word::Refused | Word::Later => {
                    self.with_operator.remove(&message.message);
                }
            }
        }
        assert_eq!(settled.handed_over, taken);
        self.charged += taken * PRICE;
    }

    fn open_under(&self, lease: &str) -> BTreeSet<String> {
        let sql =
            format!("SELECT message FROM message WHERE lease = '{lease}' AND state IN ('leased', 'unknown')");
        self.bench.sql(&sql).iter().map(|row| row.text("message").expect("an id")).collect()
    }

    /// Where the note is taken, the operator may have the messages from then on.
    fn depart(&mut self, lease: usize, count: usize, words: &[Word]) {
        if self.leases.is_empty() {
            return;
        }
        let place = lease % self.leases.len();
        let held = &mut self.leases[place];
        let to = held.messages.len().min(held.departed + count);
        let said: Vec<_> = held.messages[..held.departed].iter().zip(words.iter().copied().cycle()).collect();
        let answered = said.iter().filter(|(message, _)| !held.noted.contains_key(&message.id));
        let answered = answered.filter_map(|(message, word)| {
            let answered = match word {
                Word::Taken => Answered::Taken(Some("op-1".to_owned())),
                Word::Refused => Answered::Refused(Reason::OperatorRefused),
                Word::Later => Answered::NotSent,
                Word::Unknown => return None,
            };
            Some((message.id, *word, answered))
        });
        let answered: Vec<_> = answered.collect();
        let noted: Vec<_> = answered.iter().map(|(id, _, answered)| (*id, answered.clone())).collect();
        if to == held.departed || self.bench.depart(&held.lease, &held.messages[..to], &noted).is_none() {
            return;
        }
        let left = held.messages[held.departed..to].iter().map(|message| message.message.clone());
        self.with_operator.extend(left);
        held.departed = to;
        held.noted.extend(answered.into_iter().map(|(id, word, _)| (id, word)));
    }

    /// Whoever held a lease is dead: what was noted as said is as good as settled, what may have left is not
    /// known, and the rest never left.
    fn leases_run_out(&mut self) {
        self.bench.pass(MINUTE + 1);
        let leased = self.bench.sql("SELECT id FROM message WHERE state = 'leased'");
        let leased: BTreeSet<i64> = leased.iter().map(|row| row.int("id").expect("a row")).collect();
        self.bench.recover();
        let unknown = self.bench.sql("SELECT id FROM message WHERE state = 'unknown'");
        let unknown: BTreeSet<i64> = unknown.iter().map(|row| row.int("id").expect("a row")).collect();
        for held in &self.leases {
            let sql = format!("SELECT 1 FROM message WHERE state = 'leased' AND lease = '{}'", held.lease);
            assert!(self.bench.sql(&sql).is_empty(), "a lease that ran out is looked after");
        }
        // A message may have been taken several times: only the last lease held it.
        let mut holders = BTreeMap::new();
        for held in &self.leases {
            for (place, message) in held.messages.iter().enumerate() {
                holders.insert(message.id, (held, place, message));
            }
        }
        for (_, (held, place, message)) in holders.into_iter().filter(|(id, _)| leased.contains(id)) {
            match held.noted.get(&message.id) {
                Some(Word::Taken) => {
                    let phone = message.phone.clone().expect("a number");
                    assert!(self.handed_over.insert((held.campaign.clone(), phone)), "handed over twice");
                    self.charged += PRICE;
                }
                Some(_) => {
                    self.with_operator.remove(&message.message);
                }
                None => assert_eq!(unknown.contains(&message.id), place < held.departed),
            }
        }
    }

    fn report(&mut self, message: usize, result: DeliveryResult) {
        let leased: Vec<_> = self.leases.iter().flat_map(|held| &held.messages).collect();
        let Some(message) = leased.get(message % leased.len().max(1)) else { return };
        if self.bench.report(&message.message, result).accepted == 1 {
            let before = self.results.insert(message.message.clone(), result);
            assert_eq!(before, None, "a second result");
        }
    }

    fn blacklist(&mut self, number: &str) {
        if !self.closed() {
            self.bench.blacklist(number);
            self.blacklisted.insert(number.to_owned());
        }
    }

    fn unblacklist(&mut self) {
        if let Some(entry) = self
            .bench
            .tenant()
            .blacklist(None, 1)
            .block_on()
            .ok()
            .and_then(|page| page.items.into_iter().next())
        {
            self.bench
                .tenant()
                .remove_from_blacklist(&self.bench.act(), &entry.entry)
                .block_on()
                .expect("removed");
            self.blacklisted.remove(&entry.phone);
        }
    }

    fn erase_contact(&mut self) {
        let tenant = self.bench.tenant();
        if let Some(contact) =
            tenant.contacts(None, 1).block_on().ok().and_then(|page| page.items.into_iter().next())
        {
            tenant.delete_contacts(&self.bench.act(), Some(&contact.contact)).block_on().expect("deleted");
        }
    }

    fn deletion_day(&mut self) {
        self.bench.pass(30 * DAY);
        let open = "SELECT deletion FROM deletion WHERE state IN ('scheduled', 'executing')";
        for row in self.bench.sql(open) {
            let deletion = row.text("deletion").expect("an id");
            let begun = self.bench.begin_erasure(&deletion);
            let open = self
                .bench
                .count("SELECT count(*) FROM message WHERE account = ?1 AND state IN ('leased', 'unknown')");
            assert_eq!(self.bench.erase_from(&deletion, begun), open == 0);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(96), max_shrink_iters: 500, ..ProptestConfig::default() })]

    /// R43, R45, R48, R66, R87, R89, R91.
    #[test]
    fn in_any_order_of_steps_money_and_messages_agree_and_nothing_is_sent_twice(
        steps in prop::collection::vec(step(), 1..60)
    ) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
            world.check();
        }
        world.check_evidence();
    }
}
