//! How one request of an instance tells another that it may go on. A plain channel does not wake the other one: each
//! is a task of the runtime's, which wakes a task for what comes through the runtime only. So what is told lies in
//! memory, and the waking is the end of a stream that one holds at each side.

use std::cell::RefCell;
use std::rc::Rc;

/// A stream on which nothing is ever sent: its end is the signal.
#[cfg(target_family = "wasm")]
mod stream {
    use spin_sdk::wasip3::wit_stream;
    use spin_sdk::wit_bindgen::{StreamReader, StreamWriter};

    pub struct End {
        _held: StreamWriter<u8>,
    }
    pub struct Awaited(StreamReader<u8>);

    pub fn new() -> (End, Awaited) {
        let (writer, reader) = wit_stream::new();
        (End { _held: writer }, Awaited(reader))
    }

    impl Awaited {
        pub async fn ended(&mut self) {
            // The answer says that the stream ended, which is all that it can say.
            let _ended = self.0.read(Vec::with_capacity(1)).await;
        }
    }
}

/// Natively, for tests.
#[cfg(not(target_family = "wasm"))]
mod stream {
    use futures::channel::oneshot;

    pub struct End {
        _held: oneshot::Sender<()>,
    }
    pub struct Awaited(oneshot::Receiver<()>);

    pub fn new() -> (End, Awaited) {
        let (sender, receiver) = oneshot::channel();
        (End { _held: sender }, Awaited(receiver))
    }

    impl Awaited {
        pub async fn ended(&mut self) {
            // Nothing is sent: it ends when the other side is dropped.
            let _ended = (&mut self.0).await;
        }
    }
}

struct Told<T> {
    value: Option<T>,
    is_awaited: bool,
}

/// Tells once. Dropped, it tells that nothing will be told.
pub struct Teller<T> {
    told: Rc<RefCell<Told<T>>>,
    _end: stream::End,
}

/// Waits to be told.
pub struct Listener<T> {
    told: Rc<RefCell<Told<T>>>,
    awaited: stream::Awaited,
}

/// Two ends, for two requests of one instance.
pub fn signal<T>() -> (Teller<T>, Listener<T>) {
    let told = Rc::new(RefCell::new(Told { value: None, is_awaited: true }));
    let (end, awaited) = stream::new();
    (Teller { told: Rc::clone(&told), _end: end }, Listener { told, awaited })
}

impl<T> Teller<T> {
    /// Tells it. Where nobody waits any more it is dropped.
    pub fn tell(self, value: T) {
        let unheard = {
            let mut told = self.told.borrow_mut();
            if told.is_awaited { told.value.replace(value) } else { Some(value) }
        };
        drop(unheard);
    }
}

impl<T> Listener<T> {
    /// What is told; nothing when the other side went away without a word.
    pub async fn listen(mut self) -> Option<T> {
        self.awaited.ended().await;
        self.told.borrow_mut().value.take()
    }
}

impl<T> Drop for Listener<T> {
    fn drop(&mut self) {
        let unheard = {
            let mut told = self.told.borrow_mut();
            told.is_awaited = false;
            told.value.take()
        };
        // It may tell others when it is dropped, so nothing is borrowed then.
        drop(unheard);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn what_is_told_is_heard_and_silence_is_heard_too() {
        let (teller, listener) = signal();
        let mut heard = Box::pin(listener.listen());
        assert!(heard.as_mut().now_or_never().is_none());
        teller.tell(5);
        assert_eq!(heard.now_or_never(), Some(Some(5)));
        let (teller, listener) = signal::<u8>();
        drop(teller);
        assert_eq!(listener.listen().now_or_never(), Some(None));
    }

    #[test]
    fn what_nobody_hears_is_dropped() {
        let value = Rc::new(());
        let (teller, listener) = signal();
        drop(listener);
        teller.tell(Rc::clone(&value));
        let (teller, listener) = signal();
        teller.tell(Rc::clone(&value));
        drop(listener);
        assert_eq!(Rc::strong_count(&value), 1);
    }
}
