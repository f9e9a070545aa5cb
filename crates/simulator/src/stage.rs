//! The stage: gives requests that run at the same time their turns, one at a time, and injects the
//! faults.
//!
//! A request stops before each statement that is not inside a transaction, and before it reaches the
//! operator; the seed decides who goes on. Only one runs at any moment, so the same seed gives the
//! same run, and every order in which transactions can interleave may come up.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use api::sandbox::Taken;
use bytes::Bytes;
use domain::campaign::DeliveryResult;
use host::Clock;
use host::faults::{
    FaultInjector, OutboundFault, OutboundPoint, Peer, PeerAnswer, PeerFuture, StatementFault, StatementPoint,
};
use tokio::sync::{Notify, oneshot};

use crate::chance::Chance;
use crate::faults::{Counts, Fault, Profile};
use crate::operator::Operator;

/// A request that was given up by its network arrives at the latest after this: well within a lease.
const LATE_MS_MAX: i64 = 29_000;

/// How the statement begins that notes the departure of a group of messages.
const DEPARTURE_NOTE: &str = "INSERT INTO departure";

/// What a waiting request is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Go on.
    Go,
    /// Stop dead: the power is gone.
    Die,
}

/// Where a request waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Before a statement.
    Statement,
    /// Before the operator.
    Operator,
}

struct Waiting {
    actor: usize,
    place: Place,
    go: oneshot::Sender<Order>,
}

/// Everything that changes during a run, behind one lock.
pub struct Scene {
    /// The run's dice.
    pub chance: Chance,
    /// The faults of the run; calm while the simulator only looks.
    pub profile: Profile,
    /// How often each was injected.
    pub counts: Counts,
    /// The operator with its record.
    pub operator: Operator,
    /// What happened, for replays.
    pub log: Vec<String>,
    /// Grows with every beginning and end of a request.
    pub event: u64,
    /// Grows with every round of requests.
    pub round: u64,
    /// Transactions that were committed in this round.
    pub commits: u64,
    /// The true time, which the operator and the bank have: Unix milliseconds.
    time: i64,
    /// How far the clock of the second host is off.
    skew: i64,
    /// Which requests of this round run on the second host.
    on_second_host: Vec<bool>,
    /// Whether requests wait for their turns.
    taking_turns: bool,
    running: Option<usize>,
    begun: Vec<u64>,
    in_transaction: bool,
    waiting: Vec<Waiting>,
}

/// Shared by the driver and the host's fault points.
#[derive(Clone)]
pub struct Stage {
    scene: Arc<Mutex<Scene>>,
    changed: Arc<Notify>,
    /// What the host that has the turn takes for the time.
    pub clock: Clock,
    /// The true time, which the database has.
    pub true_clock: Clock,
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Stage")
    }
}

impl Stage {
    /// A calm stage at an instant.
    #[must_use]
    pub fn new(seed: u64, at: i64) -> Self {
        let scene = Scene {
            chance: Chance::new(seed),
            profile: Profile::calm(),
            counts: Counts::default(),
            operator: Operator::default(),
            log: Vec::new(),
            event: 0,
            round: 0,
            commits: 0,
            time: at,
            skew: 0,
            on_second_host: Vec::new(),
            taking_turns: false,
            running: None,
            begun: Vec::new(),
            in_transaction: false,
            waiting: Vec::new(),
        };
        Self {
            scene: Arc::new(Mutex::new(scene)),
            changed: Arc::default(),
            clock: Clock::stopped_at(time_of(at)),
            true_clock: Clock::stopped_at(time_of(at)),
        }
    }

    /// The scene; never held across a wait.
    pub fn scene(&self) -> MutexGuard<'_, Scene> {
        self.scene.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The true time, Unix milliseconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.scene().time
    }

    /// The time by the clock of the host that has the turn.
    fn shown(&self) -> i64 {
        let since = self.clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    /// Time passes on all hosts; what the network held back arrives on the way.
    pub fn pass(&self, by_ms: i64) {
        let mut scene = self.scene();
        scene.time += by_ms;
        let now = scene.time;
        scene.operator.pass_time(now);
        self.clock.set(time_of(now));
        self.true_clock.set(time_of(now));
    }

    /// Has requests of the round that is open run on the second host.
    pub fn put_on_second_host(&self, on_second_host: Vec<bool>) {
        self.scene().on_second_host = on_second_host;
    }

    /// Begins a round of this many requests.
    pub fn open_round(&self, actors: usize, taking_turns: bool) {
        let mut scene = self.scene();
        scene.on_second_host.clear();
        scene.taking_turns = taking_turns;
        scene.begun = vec![0; actors];
        scene.commits = 0;
        scene.round += 1;
        scene.running = None;
        scene.in_transaction = false;
        scene.waiting.clear();
    }

    /// The requests that wait, with their places, in a fixed order.
    #[must_use]
    pub fn waiting(&self) -> Vec<(usize, Place)> {
        let mut waiting: Vec<_> = self.scene().waiting.iter().map(|one| (one.actor, one.place)).collect();
        waiting.sort_by_key(|(actor, _)| *actor);
        waiting
    }

    /// A request begins and has the turn.
    pub fn begin(&self, actor: usize) {
        let mut scene = self.scene();
        scene.event += 1;
        let event = scene.event;
        if let Some(begun) = scene.begun.get_mut(actor) {
            *begun = event;
        }
        scene.running = Some(actor);
        scene.in_transaction = false;
        self.clock.set(time_of(scene.time_of_actor(actor)));
    }

    /// A waiting request goes on, or dies.
    pub fn give_turn(&self, actor: usize, order: Order) {
        let mut scene = self.scene();
        if let Some(place) = scene.waiting.iter().position(|waiting| waiting.actor == actor) {
            let waiting = scene.waiting.remove(place);
            scene.running = Some(actor);
            scene.in_transaction = false;
            self.clock.set(time_of(scene.time_of_actor(actor)));
            let _ = waiting.go.send(order);
        }
    }

    /// A request has its answer. Answers the event of it.
    pub fn end(&self, actor: usize) -> u64 {
        let mut scene = self.scene();
        scene.event += 1;
        if scene.running == Some(actor) {
            scene.running = None;
        }
        let event = scene.event;
        drop(scene);
        self.changed.notify_one();
        event
    }

    /// Waits until nobody runs; false when that takes too long.
    pub async fn all_wait(&self) -> bool {
        let wait = async {
            loop {
                let changed = self.changed.notified();
                if self.scene().running.is_none() {
                    return;
                }
                changed.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), wait).await.is_ok()
    }

    /// Who runs, and a place to wait in if turns are taken.
    fn stop(&self, place: Place) -> Option<oneshot::Receiver<Order>> {
        let mut scene = self.scene();
        if !scene.taking_turns || scene.in_transaction {
            return None;
        }
        let actor = scene.running.take()?;
        let (go, wait) = oneshot::channel();
        scene.waiting.push(Waiting { actor, place, go });
        drop(scene);
        self.changed.notify_one();
        Some(wait)
    }

    /// Plays the operator's side of one request.
    fn play(&self, request: &http::Request<Bytes>) -> PeerAnswer {
        let shown = self.shown();
        let mut scene = self.scene();
        let begun = scene.running.and_then(|actor| scene.begun.get(actor).copied()).unwrap_or(scene.event);
        if request.uri().path().ends_with("/states") {
            scene.states(request)
        } else {
            scene.hand_over(request, shown, begun)
        }
    }
}

impl Scene {
    fn time_of_actor(&self, actor: usize) -> i64 {
        let on_second = self.on_second_host.get(actor).copied().unwrap_or_default();
        if on_second { self.time + self.skew } else { self.time }
    }

    /// How far the clock of the second host is off.
    pub fn set_skew(&mut self, skew: i64) {
        self.skew = skew;
    }

    /// A line of the run's story.
    pub fn say(&mut self, line: impl Into<String>) {
        self.log.push(line.into());
    }

    /// Counts a fault and tells of it.
    pub fn inject(&mut self, fault: Fault, about: &str) {
        self.counts.add(fault);
        let line = format!("      ! {} {about}", fault.name());
        self.log.push(line);
    }

    /// Between two groups of a wave that leave is where a dispatcher knows more than is written down.
    fn at_departure_note(&mut self, fault_at: Side) -> StatementFault {
        if self.profile.departure == 0 || !self.chance.hits(self.profile.departure) {
            return StatementFault::Proceed;
        }
        let fault = match fault_at {
            Side::Before => Fault::KillBeforeDepartureNote,
            Side::After => Fault::KillAfterDepartureNote,
        };
        self.inject(fault, "");
        StatementFault::Kill
    }

    fn at_statement(&mut self, fault_at: Side, sql: &str) -> StatementFault {
        if sql.starts_with(DEPARTURE_NOTE) {
            let fault = self.at_departure_note(fault_at);
            if fault != StatementFault::Proceed {
                return fault;
            }
        }
        if self.profile.statement == 0 || !self.chance.hits(self.profile.statement) {
            return StatementFault::Proceed;
        }
        let Some(fault) = self.chance.pick(&self.profile.at_statement).copied() else {
            return StatementFault::Proceed;
        };
        let before = matches!(fault, Fault::KillBeforeStatement | Fault::DatabaseBusy | Fault::DiskFull);
        if before != (fault_at == Side::Before) {
            return StatementFault::Proceed;
        }
        let head: String = sql.split_whitespace().take(6).collect::<Vec<_>>().join(" ");
        self.inject(fault, &head);
        match fault {
            Fault::DatabaseBusy => StatementFault::Fail("database is locked".to_owned()),
            Fault::DiskFull => StatementFault::Fail("database or disk is full".to_owned()),
            Fault::ResultLost => StatementFault::Fail("the connection to the database broke".to_owned()),
            _ => StatementFault::Kill,
        }
    }

    fn fate(&mut self) -> DeliveryResult {
        match self.chance.below(10) {
            0 => DeliveryResult::Undelivered,
            1 => DeliveryResult::Expired,
            _ => DeliveryResult::Delivered,
        }
    }

    fn hand_over(&mut self, request: &http::Request<Bytes>, shown: i64, begun: u64) -> PeerAnswer {
        let now = self.time;
        let Ok(sent) = self.operator.read(request.body(), shown, begun) else { return status(400) };
        let all = sent.messages.len();
        let fault = self.operator_fault();
        let fate = self.fate();
        let mut story = format!("      > {all} messages");
        if let Some(first) = sent.messages.first() {
            let _ = write!(story, ", first {} to {}", first.id, first.to);
        }
        self.log.push(story);
        let Some(fault) = fault else {
            self.operator.take(&sent, all, now, fate);
            return taken(&self.operator.answer(&sent, all));
        };
        self.inject(fault, "at the operator");
        match fault {
            Fault::ConnectionRefused => PeerAnswer::Refused,
            Fault::DroppedBefore => PeerAnswer::Dropped,
            Fault::TimedOutBefore => PeerAnswer::TimedOut,
            Fault::ErrorBefore => status(500),
            Fault::TooMany => status(429),
            Fault::KillBeforeHandOver => PeerAnswer::Kill,
            Fault::ArrivedLate => {
                let due = now + self.chance.between(1, LATE_MS_MAX);
                self.operator.take_later(&sent, due);
                PeerAnswer::Dropped
            }
            Fault::PartlyTaken => {
                let some = self.chance.index(all + 1);
                self.operator.take(&sent, some, now, fate);
                taken(&self.operator.answer(&sent, some))
            }
            fault => {
                self.operator.take(&sent, all, now, fate);
                match fault {
                    Fault::DroppedAfter => PeerAnswer::Dropped,
                    Fault::TimedOutAfter => PeerAnswer::TimedOut,
                    Fault::ErrorAfter => status(500),
                    Fault::KillAfterHandOver => PeerAnswer::Kill,
                    Fault::GarbledAnswer => answer(200, Bytes::from_static(b"{\"taken\": [{\"id\": \"ms")),
                    Fault::PartlyNamed => {
                        let some = self.chance.index(all);
                        taken(&self.operator.answer(&sent, some))
                    }
                    _ => {
                        self.operator.take(&sent, all, now, fate);
                        taken(&self.operator.answer(&sent, all))
                    }
                }
            }
        }
    }

    fn states(&mut self, request: &http::Request<Bytes>) -> PeerAnswer {
        if self.profile.operator > 0 && self.chance.hits(self.profile.operator / 2) {
            self.inject(Fault::StateUnclear, "asked for states");
            return match self.chance.below(4) {
                0 => PeerAnswer::Refused,
                1 => PeerAnswer::Dropped,
                2 => status(500),
                _ => answer(200, Bytes::from_static(b"{\"tak")),
            };
        }
        match self.operator.states(request.body()) {
            Ok(states) => {
                let line = format!("      > asked for states, knows {}", states.taken.len());
                self.log.push(line);
                taken(&states)
            }
            Err(_) => status(400),
        }
    }

    fn operator_fault(&mut self) -> Option<Fault> {
        if self.profile.operator == 0 || !self.chance.hits(self.profile.operator) {
            return None;
        }
        self.chance.pick(&self.profile.at_operator).copied()
    }
}

/// Before or after a statement.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

fn answer(status: u16, body: Bytes) -> PeerAnswer {
    let mut answer = http::Response::new(body);
    *answer.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    PeerAnswer::Respond(answer)
}

fn status(status: u16) -> PeerAnswer {
    answer(status, Bytes::new())
}

fn taken(body: &Taken) -> PeerAnswer {
    answer(200, serde_json::to_vec(body).unwrap_or_default().into())
}

/// The instant of Unix milliseconds.
#[must_use]
pub fn time_of(unix_ms: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(unix_ms.unsigned_abs())
}

impl FaultInjector for Stage {
    fn before_statement(&self, point: &StatementPoint<'_>) -> StatementFault {
        // Settings of a new connection touch nothing that others see.
        if !point.sql.starts_with("PRAGMA")
            && let Some(turn) = self.stop(Place::Statement)
            && turn.blocking_recv() != Ok(Order::Go)
        {
            return StatementFault::Kill;
        }
        let mut scene = self.scene();
        let fault = scene.at_statement(Side::Before, point.sql);
        if fault == StatementFault::Proceed && point.sql.starts_with("BEGIN") {
            scene.in_transaction = true;
        }
        fault
    }

    fn after_statement(&self, point: &StatementPoint<'_>) -> StatementFault {
        let mut scene = self.scene();
        let fault = scene.at_statement(Side::After, point.sql);
        scene.commits += u64::from(point.sql == "COMMIT");
        if fault == StatementFault::Kill || matches!(point.sql, "COMMIT" | "ROLLBACK") {
            scene.in_transaction = false;
        }
        fault
    }

    fn before_outbound(&self, _: &OutboundPoint<'_>) -> OutboundFault {
        OutboundFault::Ask(Arc::new(self.clone()))
    }
}

impl Peer for Stage {
    fn answer(self: Arc<Self>, request: http::Request<Bytes>) -> PeerFuture {
        Box::pin(async move {
            if let Some(turn) = self.stop(Place::Operator)
                && turn.await != Ok(Order::Go)
            {
                return PeerAnswer::Kill;
            }
            self.play(&request)
        })
    }
}
