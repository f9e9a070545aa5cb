//! Who of one instance writes next. SQLite lets writers wait by sleeping and looking again, longer each time: one
//! that came late may go first, and the file stands idle while everybody sleeps. Requests of one instance wait for
//! each other here instead, in the order in which they came; those of other instances still meet SQLite's own lock.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use crate::signal::{Teller, signal};

/// The line before one database, or before whatever else only one request of an instance may do at a time.
#[derive(Clone, Default)]
pub struct WriteLine(Rc<RefCell<Line>>);

#[derive(Default)]
struct Line {
    is_taken: bool,
    waiting: VecDeque<Teller<WriteTurn>>,
}

/// The right to write, until it is dropped.
pub struct WriteTurn(WriteLine);

impl WriteLine {
    /// Waits until it is one's turn.
    pub async fn turn(&self) -> WriteTurn {
        let waits = {
            let mut line = self.0.borrow_mut();
            if line.is_taken {
                let (teller, waits) = signal();
                line.waiting.push_back(teller);
                Some(waits)
            } else {
                line.is_taken = true;
                None
            }
        };
        match waits {
            None => WriteTurn(self.clone()),
            // A line that is gone lets anybody write: SQLite has its own lock.
            Some(waits) => waits.listen().await.unwrap_or_else(|| WriteTurn(Self::default())),
        }
    }
}

impl Drop for WriteTurn {
    fn drop(&mut self) {
        let next = {
            let mut line = self.0.0.borrow_mut();
            let next = line.waiting.pop_front();
            line.is_taken = next.is_some();
            next
        };
        // Whoever went away meanwhile gives the turn back by dropping it here, which passes it on.
        if let Some(next) = next {
            next.tell(WriteTurn(self.0.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn writers_go_in_the_order_in_which_they_came() {
        let line = WriteLine::default();
        let first = line.turn().now_or_never().expect("nobody writes");
        let (mut second, mut third) = (Box::pin(line.turn()), Box::pin(line.turn()));
        assert!(second.as_mut().now_or_never().is_none() && third.as_mut().now_or_never().is_none());
        drop(first);
        assert!(third.as_mut().now_or_never().is_none());
        let second = second.now_or_never().expect("it is the second's turn");
        drop(second);
        assert!(third.now_or_never().is_some());
        assert!(line.turn().now_or_never().is_some());
    }

    #[test]
    fn whoever_goes_away_lets_the_next_one_write() {
        let line = WriteLine::default();
        let first = line.turn().now_or_never().expect("nobody writes");
        let mut second = Box::pin(line.turn());
        let mut third = Box::pin(line.turn());
        assert!(second.as_mut().now_or_never().is_none() && third.as_mut().now_or_never().is_none());
        drop(second);
        drop(first);
        assert!(third.now_or_never().is_some());
    }
}
