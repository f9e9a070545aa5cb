//! The wall clock that components see, which a test may set.
//!
//! Every instance of an application shares one [`Clock`]. Only the wall clock can be set: the
//! monotonic clock, which measures how long things take, stays the machine's own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use wasmtime_wasi::HostWallClock;

/// A shared handle to the time that components are told. Clones set and read the same clock.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// The machine's time, moved by so many nanoseconds.
    Running { offset_nanos: i128 },
    /// One instant, until somebody moves it.
    Stopped { at: SystemTime },
}

impl Default for State {
    fn default() -> Self {
        Self::Running { offset_nanos: 0 }
    }
}

impl Clock {
    /// The machine's own time.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands still at `at` until it is set or advanced.
    #[must_use]
    pub fn stopped_at(at: SystemTime) -> Self {
        let clock = Self::default();
        *clock.lock() = State::Stopped { at };
        clock
    }

    /// The time that components are told now.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        match *self.lock() {
            State::Running { offset_nanos } => moved(SystemTime::now(), offset_nanos),
            State::Stopped { at } => at,
        }
    }

    /// Makes it `time` now. A running clock runs on from there; a stopped one stands there.
    pub fn set(&self, time: SystemTime) {
        let mut state = self.lock();
        *state = match *state {
            State::Running { .. } => State::Running {
                offset_nanos: nanos_since_epoch(time) - nanos_since_epoch(SystemTime::now()),
            },
            State::Stopped { .. } => State::Stopped { at: time },
        };
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let mut state = self.lock();
        let by_nanos = i128::try_from(by.as_nanos()).unwrap_or(i128::MAX);
        *state = match *state {
            State::Running { offset_nanos } => {
                State::Running { offset_nanos: offset_nanos.saturating_add(by_nanos) }
            }
            State::Stopped { at } => State::Stopped { at: moved(at, by_nanos) },
        };
    }

    /// Makes the clock stand still at what it shows now.
    pub fn stop(&self) {
        let at = self.now();
        *self.lock() = State::Stopped { at };
    }

    /// Lets a stopped clock run on from what it shows now.
    pub fn run(&self) {
        let at = self.now();
        *self.lock() = State::default();
        self.set(at);
    }

    /// How far the clock is ahead of the machine's, in nanoseconds; negative when it is behind.
    #[must_use]
    pub fn offset_nanos(&self) -> i128 {
        match *self.lock() {
            State::Running { offset_nanos } => offset_nanos,
            State::Stopped { at } => nanos_since_epoch(at) - nanos_since_epoch(SystemTime::now()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is a plain value, whole at every moment: a poisoned lock spoils nothing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HostWallClock for Clock {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn now(&self) -> Duration {
        // Components are told the time as an unsigned distance from 1970.
        Clock::now(self).duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}

fn nanos_since_epoch(time: SystemTime) -> i128 {
    let nanos = |distance: Duration| i128::try_from(distance.as_nanos()).unwrap_or(i128::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => nanos(after),
        Err(before) => -nanos(before.duration()),
    }
}

/// `time` moved by `offset_nanos`; where the machine cannot express the result, 1970.
fn moved(time: SystemTime, offset_nanos: i128) -> SystemTime {
    let total = nanos_since_epoch(time).saturating_add(offset_nanos);
    let seconds = u64::try_from(total / 1_000_000_000).unwrap_or(0);
    let nanos = u32::try_from(total % 1_000_000_000).unwrap_or(0);
    UNIX_EPOCH.checked_add(Duration::new(seconds, nanos)).unwrap_or(UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_790_000_000)
    }

    #[test]
    fn a_stopped_clock_shows_exactly_what_it_was_set_to() {
        let clock = Clock::stopped_at(noon());
        assert_eq!(clock.now(), noon());
        clock.advance(Duration::from_millis(1_500));
        assert_eq!(clock.now(), noon() + Duration::from_millis(1_500));
        clock.set(noon());
        assert_eq!(clock.now(), noon());
    }

    #[test]
    fn a_running_clock_runs_on_from_where_it_is_set() {
        let clock = Clock::system();
        clock.set(noon());
        let first = clock.now();
        assert!(first >= noon());
        assert!(first < noon() + Duration::from_secs(60));
        assert!(clock.now() >= first);
    }

    #[test]
    fn clones_are_one_clock() {
        let clock = Clock::stopped_at(noon());
        let clone = clock.clone();
        clone.advance(Duration::from_secs(1));
        assert_eq!(clock.now(), noon() + Duration::from_secs(1));
    }

    #[test]
    fn a_clock_can_be_set_back() {
        let clock = Clock::system();
        clock.set(noon());
        clock.set(noon() - Duration::from_secs(3_600));
        assert!(clock.now() < noon());
        assert!(clock.offset_nanos() < 0 || SystemTime::now() < noon());
    }
}
