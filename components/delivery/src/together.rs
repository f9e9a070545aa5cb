//! Reports that come together are written down together: while one group is being written, whoever comes waits, and
//! is of the next group. So the more come at once, the more of them share one commit.

use std::cell::RefCell;
use std::rc::Rc;

use store::signal::{Teller, signal};

/// The most that are written at once: the others of the instance wait meanwhile.
const GROUP_MAX: usize = 500;

/// Those of an instance that wait to be written, in the order in which they came.
pub struct Line<T>(Rc<RefCell<Waiting<T>>>);

struct Waiting<T> {
    is_led: bool,
    waiting: Vec<(T, Option<Teller<Turn<T>>>)>,
}

/// What somebody who came hears in the end.
pub enum Turn<T> {
    /// That they are to write what waits, their own among it.
    Lead(Lead<T>),
    /// That it was written.
    Written,
    /// That it was not: they are to see to it themselves.
    Alone,
}

/// The task of writing what waits. Dropped, it is the next one's.
pub struct Lead<T>(Line<T>);

/// What is to be written together, and who waits to hear of it. Whoever hears nothing sees to it alone.
pub struct Group<T> {
    pub reports: Vec<T>,
    told: Vec<Teller<Turn<T>>>,
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self(Rc::new(RefCell::new(Waiting { is_led: false, waiting: Vec::new() })))
    }
}

impl<T> Clone for Line<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> Line<T> {
    /// Joins the line and waits until the report is written, or it is one's turn to write.
    pub async fn join(&self, report: T) -> Turn<T> {
        let waits = {
            let mut line = self.0.borrow_mut();
            if line.is_led {
                let (told, waits) = signal();
                line.waiting.push((report, Some(told)));
                waits
            } else {
                line.is_led = true;
                line.waiting.push((report, None));
                return Turn::Lead(Lead(self.clone()));
            }
        };
        waits.listen().await.unwrap_or(Turn::Alone)
    }
}

impl<T> Lead<T> {
    /// What waits now, the longest first.
    pub fn group(&self) -> Group<T> {
        let mut line = self.0.0.borrow_mut();
        let taken = line.waiting.len().min(GROUP_MAX);
        let (reports, told): (Vec<T>, Vec<_>) = line.waiting.drain(..taken).unzip();
        Group { reports, told: told.into_iter().flatten().collect() }
    }
}

impl<T> Group<T> {
    /// Tells everybody that it is written.
    pub fn written(self) {
        for told in self.told {
            told.tell(Turn::Written);
        }
    }
}

impl<T> Drop for Lead<T> {
    fn drop(&mut self) {
        let next = {
            let mut line = self.0.0.borrow_mut();
            let next = line.waiting.iter_mut().find_map(|(_, told)| told.take());
            line.is_led = next.is_some();
            next
        };
        // If that one went away, what is dropped here asks the one behind.
        if let Some(next) = next {
            next.tell(Turn::Lead(Self(self.0.clone())));
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    fn leads<T>(turn: Option<Turn<T>>) -> Lead<T> {
        match turn {
            Some(Turn::Lead(lead)) => lead,
            _ => panic!("nobody is to lead"),
        }
    }

    #[test]
    fn those_who_come_while_one_is_written_are_written_together() {
        let line = Line::default();
        let first = leads(line.join(1).now_or_never());
        let group = first.group();
        assert_eq!(group.reports, [1]);
        let mut waiting: Vec<_> = [2, 3, 4].map(|report| Box::pin(line.join(report))).into();
        assert!(waiting.iter_mut().all(|one| one.as_mut().now_or_never().is_none()));
        group.written();
        drop(first);
        let mut waiting = waiting.into_iter();
        let second = leads(waiting.next().and_then(|one| one.now_or_never()));
        let group = second.group();
        assert_eq!(group.reports, [2, 3, 4]);
        group.written();
        drop(second);
        assert!(waiting.all(|one| matches!(one.now_or_never(), Some(Turn::Written))));
        assert_eq!(leads(line.join(5).now_or_never()).group().reports, [5]);
    }

    #[test]
    fn a_group_that_is_not_written_is_seen_to_by_each_alone() {
        let line = Line::default();
        let first = leads(line.join(1).now_or_never());
        let mut second = Box::pin(line.join(2));
        assert!(second.as_mut().now_or_never().is_none());
        drop(first.group());
        assert!(matches!(second.now_or_never(), Some(Turn::Alone)));
    }

    #[test]
    fn whoever_goes_away_does_not_stop_the_line() {
        let line = Line::default();
        let first = leads(line.join(1).now_or_never());
        let (mut second, mut third) = (Box::pin(line.join(2)), Box::pin(line.join(3)));
        assert!(second.as_mut().now_or_never().is_none() && third.as_mut().now_or_never().is_none());
        drop(second);
        drop(first.group());
        drop(first);
        assert!(matches!(third.now_or_never(), Some(Turn::Alone)));
        assert_eq!(leads(line.join(4).now_or_never()).group().reports, [4]);
    }
}
