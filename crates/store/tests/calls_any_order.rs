//! Calls in any order of hand-overs, results, silences and stops: the ledger is even, what is held is held for an
//! open call, who answered is left in peace, and nobody is called beyond the plan.

use std::collections::BTreeMap;

use domain::message::Reason;
use domain::voice::{CallResult, RESULT_WAIT_MS};
use pollster::FutureExt as _;
use proptest::prelude::*;
use sendbox_store::cell::{HandOver, LeaseOutcome, LeasedMessage};

use crate::support::{Bench, ByWhat, MINUTE, PRICE, cases, number, verified_whole};

const PEOPLE: usize = 3;
const ATTEMPTS: u32 = 2;

#[derive(Clone, Debug)]
enum Step {
    /// Everybody who is due is called; each hand-over ends so.
    Call {
        by: bool,
        words: Vec<u8>,
    },
    /// One of all calls there ever were ends so.
    End {
        call: usize,
        result: usize,
    },
    AskOperator {
        taken: bool,
    },
    GapPasses,
    NobodySaidAnything,
    Blacklist {
        person: usize,
    },
    Pause,
    Resume,
    Cancel,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (any::<bool>(), prop::collection::vec(0u8..6, 1..4)).prop_map(|(by, words)| Step::Call { by, words }),
        8 => (any::<usize>(), 0..CallResult::ALL.len()).prop_map(|(call, result)| Step::End { call, result }),
        2 => any::<bool>().prop_map(|taken| Step::AskOperator { taken }),
        5 => Just(Step::GapPasses),
        1 => Just(Step::NobodySaidAnything),
        1 => (0..PEOPLE).prop_map(|person| Step::Blacklist { person }),
        1 => Just(Step::Pause),
        2 => Just(Step::Resume),
        1 => Just(Step::Cancel),
    ]
}

struct World {
    bench: Bench,
    campaign: String,
    calls: Vec<LeasedMessage>,
    /// How the calls ended of which an operator spoke, by their numbers, in their order.
    ended: BTreeMap<String, Vec<CallResult>>,
}

impl World {
    fn new() -> Self {
        let bench = Bench::new();
        let campaign = bench.queue_calls(PEOPLE, ATTEMPTS);
        Self { bench, campaign, calls: Vec::new(), ended: BTreeMap::new() }
    }

    fn take(&mut self, step: &Step) {
        let (bench, act) = (&self.bench, self.bench.act());
        match step {
            Step::Call { by, words } => {
                self.call(if *by { ByWhat::Attempt } else { ByWhat::Minute }, words);
            }
            Step::End { call, result } => self.end(*call, CallResult::ALL[*result]),
            Step::AskOperator { taken } => self.ask_operator(*taken),
            Step::GapPasses => bench.pass(10 * MINUTE),
            Step::NobodySaidAnything => {
                bench.pass(RESULT_WAIT_MS);
                bench.cell().close_unreported_calls(100, bench.now()).block_on().expect("closed");
            }
            Step::Blacklist { person } => bench.blacklist(&number(*person)),
            // Each is refused where it does not fit the state; that is tested elsewhere.
            Step::Pause => drop(bench.tenant().pause_campaign(&act, &self.campaign).block_on()),
            Step::Resume => drop(bench.tenant().resume_campaign(&act, &self.campaign).block_on()),
            Step::Cancel => drop(bench.tenant().cancel_campaign(&act, &self.campaign).block_on()),
        }
        self.check();
    }

    fn call(&mut self, by: ByWhat, words: &[u8]) {
        let LeaseOutcome::Taken { lease, messages, .. } = self.bench.lease_calls(&self.campaign, by) else {
            return;
        };
        for (message, word) in messages.iter().zip(words.iter().cycle()) {
            let phone = message.phone.as_ref().expect("a number");
            let before = self.ended.get(phone).and_then(|ended| ended.last());
            assert!(
                before.is_none_or(|result| result.may_be_repeated()),
                "{phone} was called after {before:?}"
            );
            let outcome = match word {
                0..3 => HandOver::Taken(None),
                3 => HandOver::Refused(Reason::NumberInvalid),
                4 => HandOver::Later(self.bench.now()),
                _ => HandOver::Unknown(self.bench.now()),
            };
            self.bench.settle_calls(&self.campaign, &lease, by, std::slice::from_ref(message), &outcome);
        }
        self.calls.extend(messages);
    }

    fn end(&mut self, call: usize, result: CallResult) {
        let Some(call) = self.calls.get(call % self.calls.len().max(1)) else { return };
        if self.bench.end_call(&call.message, result).accepted == 1 {
            self.ended.entry(call.phone.clone().expect("a number")).or_default().push(result);
        }
    }

    fn ask_operator(&mut self, taken: bool) {
        let bench = &self.bench;
        for unknown in bench.cell().unknown_due(100, bench.now()).block_on().expect("reads") {
            let message = bench.tenant().with_number(unknown.message).block_on().expect("reads");
            let by = if unknown.terms.paid_if_answered { ByWhat::Minute } else { ByWhat::Attempt };
            let outcome = if taken { HandOver::Taken(None) } else { HandOver::Later(bench.now()) };
            bench.settle_calls(&self.campaign, &unknown.lease, by, &[message], &outcome);
        }
    }

    fn check(&self) {
        let bench = &self.bench;
        let (available, held) = bench.balance();
        let charged = bench.tenant().campaign_report(&self.campaign).block_on().expect("reads");
        let charged_rows = (charged.charged_operator + charged.charged_service).0;
        assert_eq!(
            available + held + charged_rows,
            PRICE * (PEOPLE as i64) * i64::from(ATTEMPTS),
            "money is lost"
        );
        let open = "SELECT count(*) FROM message WHERE account = ?1 AND state IN ('leased', 'unknown')";
        assert_eq!(held, bench.count(open) * PRICE, "held for something else than what is on its way");
        let given_back = "SELECT count(*) FROM message WHERE account = ?1 AND paid_if_answered = 1
                      AND handed_over_at IS NOT NULL AND result_due IS NULL
                      AND coalesce(call_result IN ('answered', 'machine'), 0) <> (refund IS NULL)";
        let too_late = "SELECT count(*) FROM message WHERE account = ?1 AND refund IS NOT NULL
                      AND call_result IN ('answered', 'machine')";
        assert_eq!(
            bench.count(given_back),
            bench.count(too_late),
            "paid, and not answered, or answered in time and given back"
        );
        assert_eq!(charged.held.0, held);
        let by_transfer = "SELECT count(*) FROM
             (SELECT t.messages AS said, (SELECT count(*) FROM message m WHERE m.account = t.account
                AND m.capture = t.transfer) AS there FROM transfer t WHERE t.account = ?1 AND t.kind = 'capture')
             WHERE said <> there";
        assert_eq!(bench.count(by_transfer), 0, "a capture of other messages than its own");
        let by_refund = by_transfer.replace("m.capture", "m.refund").replace("'capture'", "'refund'");
        assert_eq!(bench.count(&by_refund), 0, "a refund of other messages than its own");
        let beyond = format!(
            "SELECT count(*) FROM message WHERE account = ?1 AND call_attempt NOT BETWEEN 1 AND {ATTEMPTS}"
        );
        assert_eq!(bench.count(&beyond), 0, "an attempt beyond the plan");
        let under_way =
            "SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM message WHERE account = ?1
             AND (state IN ('queued', 'leased', 'unknown') OR result_due IS NOT NULL) GROUP BY number_hash)";
        assert!(bench.count(under_way) <= 1, "somebody is called twice at once");
        bench.check_counters();
    }

    /// Ends everything: nothing is held, the campaign is over, and every event is proven.
    fn rest(&self) {
        let bench = &self.bench;
        bench.pass(RESULT_WAIT_MS);
        bench.tenant().cancel_campaign(&bench.act(), &self.campaign).block_on().ok();
        self.bench.recover();
        for unknown in bench.cell().unknown_due(100, bench.now()).block_on().expect("reads") {
            let message = bench.tenant().with_number(unknown.message).block_on().expect("reads");
            let by = if unknown.terms.paid_if_answered { ByWhat::Minute } else { ByWhat::Attempt };
            let never_said = HandOver::Refused(Reason::OutcomeUnknown);
            bench.settle_calls(&self.campaign, &unknown.lease, by, &[message], &never_said);
        }
        bench.cell().close_unreported_calls(100, bench.now()).block_on().expect("closed");
        self.check();
        assert_eq!(bench.balance().1, 0, "held at rest");
        bench.check_counts();
        let page = bench.tenant().campaign_evidence(&self.campaign, 0, 1_000).block_on().expect("reads");
        verified_whole(&bench.db, &page, bench.series(&self.campaign)).expect("all of it");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(96), ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_to_calls_the_money_is_right_and_nobody_is_pestered(steps in prop::collection::vec(step(), 1..40)) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
        }
        world.rest();
    }
}
