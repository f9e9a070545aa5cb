//! How much time passed since the hours were judged, by both clocks: the running one may stop while a machine
//! sleeps, and the wall clock may be set (R80, R81).

use std::time::{Duration, Instant, SystemTime};

/// Both clocks, read at once.
#[derive(Clone, Copy, Debug)]
pub struct Watch {
    running: Instant,
    wall: SystemTime,
}

impl Watch {
    /// From now on.
    pub fn start() -> Self {
        Self { running: Instant::now(), wall: SystemTime::now() }
    }

    /// The reading of the running clock at the start.
    pub const fn started(&self) -> Instant {
        self.running
    }

    /// Now, on the scale of the running clock; `None` when the wall clock was set back to before the start: then
    /// nobody knows what the hours say, and they are to be judged anew.
    pub fn now(&self) -> Option<Instant> {
        let wall = SystemTime::now().duration_since(self.wall).ok();
        Some(self.running + passed(self.running.elapsed(), wall)?)
    }
}

/// The longer of what both clocks say.
fn passed(running: Duration, wall: Option<Duration>) -> Option<Duration> {
    wall.map(|wall| running.max(wall))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// R81: a machine slept for an hour and its running clock stood still, or its wall clock was put forward.
    #[test]
    fn time_that_only_the_wall_clock_saw_has_passed() {
        assert_eq!(passed(SECOND, Some(3_600 * SECOND)), Some(3_600 * SECOND));
        assert_eq!(passed(2 * SECOND, Some(SECOND)), Some(2 * SECOND), "a small correction");
    }

    /// R81: with a wall clock that was set back nobody knows the hour.
    #[test]
    fn a_wall_clock_that_was_set_back_ends_the_wave() {
        assert_eq!(passed(SECOND, None), None);
        let watch = Watch { running: Instant::now(), wall: SystemTime::now() + 600 * SECOND };
        assert_eq!(watch.now(), None);
    }

    /// R80, R81: an hour that passed on the wall clock alone passes the end of the hours too.
    #[test]
    fn a_machine_that_slept_over_closing_sends_nothing_more() {
        let running = Instant::now();
        let evening = domain::hours::window_at("2026-12-02T19:30:00+05:00".parse().expect("a time"));
        let closing = crate::closing::Closing::of(&evening, running);
        let awake = Watch { running, wall: SystemTime::now() };
        let slept = Watch { running, wall: SystemTime::now() - 3_600 * SECOND };
        let may_leave = |watch: Watch| watch.now().and_then(|now| closing.answer_time(now)).is_some();
        assert_eq!((may_leave(awake), may_leave(slept)), (true, false));
    }
}
