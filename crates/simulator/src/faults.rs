//! The kinds of faults, how often each was injected, and how likely each is in one run.

use std::collections::BTreeMap;

use crate::chance::Chance;

macro_rules! faults {
    ($($kind:ident $name:literal $meaning:literal),* $(,)?) => {
        /// A kind of fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault { $(#[doc = $meaning] $kind),* }

        impl Fault {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// The name in reports.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),* }
            }
        }
    };
}

faults! {
    KillBeforeStatement "kill_before_statement" "An instance stops dead before a statement.",
    KillAfterStatement "kill_after_statement" "An instance stops dead after a statement.",
    KillBeforeDepartureNote "kill_before_departure_note" "A dispatcher stops dead before a group is noted as leaving.",
    KillAfterDepartureNote "kill_after_departure_note" "A dispatcher stops dead when a group is noted, before it leaves.",
    PowerCut "power_cut" "Every instance stops dead, wherever it is.",
    DatabaseBusy "database_busy" "A statement finds the database locked.",
    DiskFull "disk_full" "A statement finds the disk full.",
    ResultLost "result_lost" "A statement runs, and its result is lost.",
    ConnectionRefused "connection_refused" "The operator does not listen.",
    DroppedBefore "dropped_before" "The connection breaks before the operator took anything.",
    DroppedAfter "dropped_after" "The connection breaks after the operator took the messages.",
    TimedOutBefore "timed_out_before" "No answer in time, and the operator took nothing.",
    TimedOutAfter "timed_out_after" "No answer in time, and the operator took the messages.",
    ErrorBefore "error_before" "Status 500, and the operator took nothing.",
    ErrorAfter "error_after" "Status 500, and the operator took the messages.",
    TooMany "too_many" "Status 429.",
    GarbledAnswer "garbled_answer" "The operator took the messages, and its answer is cut off.",
    PartlyTaken "partly_taken" "The operator takes some of the messages, and says which.",
    PartlyNamed "partly_named" "The operator takes all of the messages, and names some.",
    ArrivedLate "arrived_late" "The connection breaks, and the request arrives later all the same.",
    RequestDuplicated "request_duplicated" "The network delivers a request twice.",
    KillBeforeHandOver "kill_before_hand_over" "The dispatcher stops dead before its request leaves.",
    KillAfterHandOver "kill_after_hand_over" "The dispatcher stops dead after the operator took the messages.",
    StateUnclear "state_unclear" "The operator does not say what became of a message.",
    Overlap "overlap" "Requests that run at the same time.",
    ClockJump "clock_jump" "The clock jumps in the middle of requests.",
    ClockOverEdge "clock_over_edge" "The clock passes an edge of the calling hours.",
    ClockOverMidnight "clock_over_midnight" "The clock passes midnight.",
    ClockSkew "clock_skew" "A tick runs on a host whose clock differs by minutes.",
    ClockStep "clock_step" "The clock of one host jumps by minutes, back or forth.",
    AccountBroken "account_broken" "A bit of an account's key is flipped.",
    AccountMended "account_mended" "And flipped back.",
    Stalled "stalled" "A tick stands still for longer than a lease lasts, and then goes on.",
    LeaseOutlived "lease_outlived" "More time than a lease lasts passes in the middle of requests.",
    PaymentRepeated "payment_repeated" "The bank sends a notice again.",
    PaymentConflicting "payment_conflicting" "A notice of a known payment with another amount or account.",
    PaymentForged "payment_forged" "A notice with a wrong signature.",
    PaymentStale "payment_stale" "A notice with an old time.",
    PaymentReordered "payment_reordered" "A notice that comes after those of later payments.",
    ReportRepeated "report_repeated" "A delivery report that came before.",
    ReportContradicting "report_contradicting" "A second report with another result.",
    ReportUnknown "report_unknown" "A report on a message that nobody knows.",
    ReportForged "report_forged" "A report with a wrong signature.",
    ReportEarly "report_early" "A report on a message whose hand-over is not settled.",
    ReportLate "report_late" "A report that comes hours after the hand-over.",
    AccountMoved "account_moved" "An account is asked to move to another cell.",
    UploadCutShort "upload_cut_short" "An upload whose connection breaks.",
    RequestRepeated "request_repeated" "A client that sends an idempotent request again.",
}

/// How often each kind was injected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<Fault, u64>);

impl Counts {
    /// One more of a kind.
    pub fn add(&mut self, fault: Fault) {
        *self.0.entry(fault).or_default() += 1;
    }

    /// Adds another run's counts.
    pub fn merge(&mut self, other: &Self) {
        for (fault, count) in &other.0 {
            *self.0.entry(*fault).or_default() += count;
        }
    }

    /// Whether a kind ever came.
    #[must_use]
    pub fn has(&self, fault: Fault) -> bool {
        self.0.contains_key(&fault)
    }

    /// Every kind with its count, also those that never came.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        Fault::ALL.iter().map(|fault| (fault.name(), self.0.get(fault).copied().unwrap_or(0)))
    }
}

/// Which faults a run has, and how likely: each run has other ones, so that rare ones are not always
/// hidden behind frequent ones. The numbers are of ten thousand.
#[derive(Debug, Clone)]
pub struct Profile {
    /// At each statement.
    pub statement: u32,
    /// The kinds that a statement may meet.
    pub at_statement: Vec<Fault>,
    /// At each note of a departure.
    pub departure: u32,
    /// At each request to the operator.
    pub operator: u32,
    /// The kinds that a hand-over may meet.
    pub at_operator: Vec<Fault>,
    /// At each turn of overlapping requests.
    pub power_cut: u32,
    /// At each turn of overlapping requests.
    pub clock_jump: u32,
    /// How far the clock of the second host is from the first's, in milliseconds; it jumps in between.
    pub clock_skew: i64,
    /// At each step, of a thousand, that an account breaks.
    pub broken: u32,
}

impl Profile {
    /// No faults at all.
    #[must_use]
    pub const fn calm() -> Self {
        Self {
            statement: 0,
            at_statement: Vec::new(),
            departure: 0,
            operator: 0,
            at_operator: Vec::new(),
            power_cut: 0,
            clock_jump: 0,
            clock_skew: 0,
            broken: 0,
        }
    }

    /// Drawn for one run.
    pub fn draw(chance: &mut Chance) -> Self {
        use Fault as F;
        let some_of = |all: &[Fault], chance: &mut Chance| -> Vec<Fault> {
            all.iter().copied().filter(|_| !chance.one_in(3)).collect()
        };
        let at_statement = some_of(
            &[F::KillBeforeStatement, F::KillAfterStatement, F::DatabaseBusy, F::DiskFull, F::ResultLost],
            chance,
        );
        let at_operator = some_of(
            &[
                F::ConnectionRefused,
                F::DroppedBefore,
                F::DroppedAfter,
                F::TimedOutBefore,
                F::TimedOutAfter,
                F::ErrorBefore,
                F::ErrorAfter,
                F::TooMany,
                F::GarbledAnswer,
                F::PartlyTaken,
                F::PartlyNamed,
                F::ArrivedLate,
                F::RequestDuplicated,
                F::KillBeforeHandOver,
                F::KillAfterHandOver,
            ],
            chance,
        );
        let mut rate = |rates: [u32; 4]| rates[chance.index(4)];
        Self {
            statement: rate([0, 40, 120, 300]),
            at_statement,
            departure: rate([0, 0, 1_000, 3_000]),
            operator: rate([0, 2_500, 5_000, 8_000]),
            at_operator,
            power_cut: rate([0, 0, 40, 150]),
            clock_jump: rate([0, 0, 100, 400]),
            clock_skew: [0, 0, 300_000, -300_000, 600_000, -600_000][chance.index(6)],
            broken: [0, 0, 30][chance.index(3)],
        }
    }
}
