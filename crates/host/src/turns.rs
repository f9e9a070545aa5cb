//! Turns: how many requests components work on at once. A request whose body is awaited has none, so that
//! whoever holds bodies back holds nobody up.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep};
use wasmtime_wasi_http::{Error, WasiBody};

/// The turns of one kind of requests, first come, first served.
#[derive(Debug, Clone)]
pub(crate) struct Turns(Arc<Semaphore>);

/// The turn of one request, shared with its body.
pub(crate) type Turn = Arc<Mutex<Option<OwnedSemaphorePermit>>>;

impl Turns {
    pub(crate) fn new(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once)))
    }

    /// Waits for a turn; nothing when it does not come in time.
    pub(crate) async fn wait(&self, at_most: Duration) -> Option<Turn> {
        let turn = tokio::time::timeout(at_most, Arc::clone(&self.0).acquire_owned()).await.ok()?;
        Some(Arc::new(Mutex::new(Some(turn.ok()?))))
    }
}

/// A request's body: it gives the turn back while it waits for its sender, and ends when the sender is silent
/// for too long or the request has had its time.
pub(crate) struct Awaited {
    body: WasiBody,
    turns: Turns,
    turn: Turn,
    silence: Duration,
    deadline: Instant,
    patience: Option<Pin<Box<Sleep>>>,
    waiting: Option<Waiting>,
}

type Acquired = Result<OwnedSemaphorePermit, tokio::sync::AcquireError>;
type Arrived = Option<Result<Frame<Bytes>, Error>>;

/// What has come and is shown when the request has its turn again.
struct Waiting {
    turn: Pin<Box<dyn Future<Output = Acquired> + Send>>,
    arrived: Arrived,
}

impl Awaited {
    pub(crate) fn new(
        body: WasiBody,
        turns: &Turns,
        turn: &Turn,
        silence: Duration,
        deadline: Instant,
    ) -> Self {
        let (turns, turn) = (turns.clone(), Arc::clone(turn));
        Self { body, turns, turn, silence, deadline, patience: None, waiting: None }
    }

    fn turn(&self) -> std::sync::MutexGuard<'_, Option<OwnedSemaphorePermit>> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the sender has been silent for too long.
    fn poll_patience(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let end = (Instant::now() + self.silence).min(self.deadline);
        let patience = self.patience.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(end)));
        patience.as_mut().poll(context)
    }
}

impl Body for Awaited {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Arrived> {
        if self.waiting.is_none() {
            let frame = match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(frame) => frame,
                Poll::Pending => {
                    drop(self.turn().take());
                    ready!(self.poll_patience(context));
                    Some(Err(Error::ConnectionReadTimeout))
                }
            };
            self.patience = None;
            if self.turn().is_some() {
                return Poll::Ready(frame);
            }
            let turn = Arc::clone(&self.turns.0).acquire_owned();
            self.waiting = Some(Waiting { turn: Box::pin(turn), arrived: frame });
        }
        let Some(waiting) = &mut self.waiting else { return Poll::Ready(None) };
        let turn = ready!(waiting.turn.as_mut().poll(context));
        let arrived = self.waiting.take().and_then(|waiting| waiting.arrived);
        *self.turn() = turn.ok();
        Poll::Ready(arrived)
    }

    fn is_end_stream(&self) -> bool {
        self.waiting.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures::channel::mpsc;
    use http_body_util::{BodyExt as _, StreamBody};

    use super::*;

    const LONG: Duration = Duration::from_secs(600);

    fn held_body() -> (mpsc::UnboundedSender<Result<Frame<Bytes>, Error>>, WasiBody) {
        let (sender, receiver) = mpsc::unbounded();
        (sender, StreamBody::new(receiver).boxed_unsync())
    }

    #[tokio::test]
    async fn a_request_that_waits_for_its_body_holds_no_turn() {
        let turns = Turns::new(1);
        let turn = turns.wait(LONG).await.expect("the only turn");
        assert!(turns.wait(Duration::ZERO).await.is_none(), "it is taken");
        let (sender, body) = held_body();
        let mut body = Awaited::new(body, &turns, &turn, LONG, Instant::now() + LONG);
        assert!(futures::poll!(body.frame()).is_pending());
        let other = turns.wait(LONG).await.expect("the turn was given back");
        sender.unbounded_send(Ok(Frame::data(Bytes::from_static(b"late")))).expect("sent");
        assert!(futures::poll!(body.frame()).is_pending(), "another has the turn now");
        drop(other);
        let frame = body.frame().await.expect("a frame").expect("arrived");
        assert_eq!(frame.into_data().ok(), Some(Bytes::from_static(b"late")));
        assert!(turns.wait(Duration::ZERO).await.is_none(), "it has its turn again");
    }

    #[tokio::test]
    async fn a_silent_sender_is_given_up_and_so_is_one_who_never_ends() {
        let turns = Turns::new(1);
        const SHORT: Duration = Duration::from_millis(20);
        for (silence, whole) in [(SHORT, LONG), (LONG, SHORT)] {
            let turn = turns.wait(LONG).await.expect("a turn");
            let (_sender, body) = held_body();
            let mut body = Awaited::new(body, &turns, &turn, silence, Instant::now() + whole);
            let frame = body.frame().await.expect("a frame");
            assert!(matches!(frame, Err(Error::ConnectionReadTimeout)));
        }
    }
}
