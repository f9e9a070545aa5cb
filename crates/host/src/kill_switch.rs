//! How running instances are stopped: one by its switch, or all of them by a host that stops.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Context;

use futures::task::AtomicWaker;
use tokio::sync::Notify;

/// Stops one instance dead.
#[derive(Debug, Default)]
pub(crate) struct KillSwitch {
    fired: AtomicBool,
    waker: AtomicWaker,
}

impl KillSwitch {
    pub(crate) fn fire(&self) {
        self.fired.store(true, Ordering::Release);
        self.waker.wake();
    }

    pub(crate) fn is_fired(&self) -> bool {
        self.fired.load(Ordering::Acquire)
    }

    pub(crate) fn poll_fired(&self, context: &Context<'_>) -> bool {
        self.waker.register(context.waker());
        self.is_fired()
    }
}

/// The instances that live now, so that a stopping host can end them and wait for their end.
#[derive(Debug, Default)]
pub(crate) struct Instances {
    live: Mutex<BTreeMap<u64, Arc<KillSwitch>>>,
    one_gone: Notify,
}

impl Instances {
    pub(crate) fn add(&self, number: u64, kill_switch: Arc<KillSwitch>) {
        self.lock().insert(number, kill_switch);
    }

    pub(crate) fn remove(&self, number: u64) {
        self.lock().remove(&number);
        self.one_gone.notify_waiters();
    }

    /// Stops every instance and waits until its connections and files are closed.
    pub(crate) async fn stop_all(&self) {
        loop {
            let gone = self.one_gone.notified();
            let live: Vec<_> = self.lock().values().cloned().collect();
            if live.is_empty() {
                return;
            }
            for kill_switch in live {
                kill_switch.fire();
            }
            gone.await;
        }
    }

    /// Stops every instance without waiting.
    pub(crate) fn fire_all(&self) {
        for kill_switch in self.lock().values() {
            kill_switch.fire();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, Arc<KillSwitch>>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
