//! The departures of one wave: each group is noted before any of it leaves (R87, R88).

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::time::{Duration, Instant};

use futures::lock::Mutex;
use operators::Verdict;
use store::cell::{Answered, Departure, LeasedMessage, Tenant};
use store::directory::Slots;
use store::{DatabaseClock, SpinDatabase};

use crate::closing::{Closing, NEEDS_OF_LEASE};
use crate::watch::Watch;

/// When the requests of a wave may leave.
#[derive(Clone, Copy)]
pub struct Timetable {
    /// The end of the hours.
    pub closing: Closing,
    /// Started at `at`.
    pub watch: Watch,
    /// The instant of the hand-over, Unix milliseconds.
    pub at: i64,
    /// Where the operator has a rate.
    pub slots: Option<Slots>,
}

/// One wave on its way out.
pub struct Departing<'w> {
    tenant: &'w Tenant<'w, SpinDatabase>,
    clock: DatabaseClock,
    lease: &'w str,
    timetable: Timetable,
    /// Messages that one note covers.
    group: usize,
    /// With so many left of what is noted the next group is noted, so that nobody has to wait for it.
    ahead: usize,
    /// Held while a note is written.
    noting: Mutex<()>,
    answered: RefCell<Vec<(i64, Answered)>>,
    /// How far it is noted.
    up_to: Cell<usize>,
    /// Until when what is noted may leave; `None` once a note was not taken.
    closing: Cell<Option<Closing>>,
}

impl<'w> Departing<'w> {
    /// Of a lease whose messages leave `in_flight` at once.
    pub fn new(
        tenant: &'w Tenant<'w, SpinDatabase>,
        clock: DatabaseClock,
        lease: &'w str,
        timetable: Timetable,
        in_flight: usize,
    ) -> Self {
        // At a rate fewer are under way at once than could be: as many as leave in a second.
        let in_a_second = |slots: Slots| 1_000_000 / slots.apart_us.max(1);
        let most = timetable.slots.map_or(in_flight, |slots| in_flight.min(in_a_second(slots) as usize));
        // Together as many as leave at once: after a crash twice that many may be in doubt at most.
        let ahead = most / 4;
        let group = most - ahead;
        Self {
            tenant,
            clock,
            lease,
            timetable,
            group: group.max(1),
            ahead,
            noting: Mutex::new(()),
            answered: RefCell::default(),
            up_to: Cell::new(0),
            closing: Cell::new(Some(timetable.closing)),
        }
    }

    /// How long the request with the message at this place in the wave still has to wait.
    pub fn wait(&self, place: usize) -> Option<Duration> {
        let Timetable { watch, at, slots, .. } = self.timetable;
        let slots = slots?;
        let slot_ms = slots.first_at - at + place as i64 * slots.apart_us / 1_000;
        let leaves = watch.started() + Duration::from_millis(u64::try_from(slot_ms).ok()?);
        leaves.checked_duration_since(Instant::now()).filter(|wait| !wait.is_zero())
    }

    /// Now, as the deadlines count it; `None` where nobody knows.
    pub fn now(&self) -> Option<Instant> {
        self.timetable.watch.now()
    }

    /// Until when the messages at these places may leave, which is noted now if it was not before; `None`
    /// where they may not.
    pub async fn allowed(&self, wave: &[LeasedMessage], places: Range<usize>) -> Option<Closing> {
        if self.up_to.get() < places.end {
            let _noting = self.noting.lock().await;
            self.note_up_to(wave, places.end, places.start + self.group).await;
        } else if let Some(_noting) = self.noting.try_lock() {
            self.note_up_to(wave, wave.len().min(places.end + self.ahead), self.up_to.get() + self.group)
                .await;
        }
        self.closing.get().filter(|_| places.end <= self.up_to.get())
    }

    /// Notes a group that ends at `end` or behind what is needed, if the latter was not noted yet. What is not
    /// written down does not leave, nor does anything behind it.
    async fn note_up_to(&self, wave: &[LeasedMessage], needed: usize, end: usize) {
        if self.closing.get().is_none() || needed <= self.up_to.get() {
            return;
        }
        let end = wave.len().min(end.max(needed));
        let Some(last) = end.checked_sub(1).and_then(|last| wave.get(last)) else { return };
        let closing = self.note(last).await;
        if closing.is_some() {
            self.up_to.set(end);
        }
        self.closing.set(closing);
    }

    async fn note(&self, last: &LeasedMessage) -> Option<Closing> {
        let answered = self.answered.take();
        let departure = Departure {
            lease: self.lease,
            up_to: last.id,
            at: self.timetable.at,
            answered: &answered,
            needs_ms: NEEDS_OF_LEASE.as_millis() as i64,
        };
        // Read first: what the note takes is of the lease.
        let before = self.now()?;
        match self.tenant.note_departure(&departure, self.clock).await {
            Ok(Some(left)) => {
                let left = Duration::from_millis(left.unsigned_abs());
                Some(self.timetable.closing.under_lease(before, left))
            }
            Ok(None) => {
                eprintln!("dispatch: lease {} lets nothing more leave: the rest of it stays", self.lease);
                None
            }
            Err(error) => {
                eprintln!("dispatch: departures of lease {} not noted: {error}", self.lease);
                None
            }
        }
    }

    /// Keeps what was answered for the next note. What was not answered is not known.
    pub fn answered(&self, batch: &[LeasedMessage], verdicts: &[Verdict]) {
        let known = batch.iter().zip(verdicts).filter_map(|(message, verdict)| {
            let answered = match verdict {
                Verdict::Taken(reference) => Answered::Taken(reference.clone()),
                Verdict::Refused(reason) => Answered::Refused(*reason),
                Verdict::NotTaken(_) => Answered::NotSent,
                Verdict::Unknown => return None,
            };
            Some((message.id, answered))
        });
        self.answered.borrow_mut().extend(known);
    }
}
