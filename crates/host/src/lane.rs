//! Where requests run: the crowd on the executor that the host was started on, reserved paths on one of their
//! own. The system shares the processors between threads, so a crowd of any size leaves the others theirs.

use std::future::Future;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::error::HostError;
use crate::limits::Limits;
use crate::turns::Turns;

/// The two lanes of a host.
pub(crate) struct Lanes {
    reserved_paths: Vec<String>,
    own: Option<Runtime>,
    /// The turns of the crowd.
    pub crowd: Turns,
    /// The turns of reserved paths.
    pub reserved: Turns,
}

/// A task that ends with whoever waits for it.
struct Ended<T>(JoinHandle<T>);

impl<T> Drop for Ended<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Lanes {
    pub(crate) fn new(limits: &Limits) -> Result<Arc<Self>, HostError> {
        let own = if limits.reserved.is_empty() {
            None
        } else {
            let mut own = Builder::new_multi_thread();
            let own = own.thread_name("reserved").enable_all().build();
            Some(own.map_err(|error| HostError::Engine(error.into()))?)
        };
        Ok(Arc::new(Self {
            reserved_paths: limits.reserved.clone(),
            own,
            crowd: Turns::new(limits.requests_at_once),
            reserved: Turns::new(limits.requests_at_once),
        }))
    }

    /// Whether a path is reserved.
    pub(crate) fn is_reserved(&self, path: &str) -> bool {
        self.reserved_paths.iter().any(|reserved| path.starts_with(reserved.as_str()))
    }

    /// Starts work on the reserved lane, or here where there is none.
    pub(crate) fn start<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        match &self.own {
            Some(own) => own.spawn(work),
            None => tokio::spawn(work),
        }
    }

    /// [`Self::start`], waited for; it ends when nobody waits any more. Nothing when it was ended.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let mut started = Ended(self.start(work));
        (&mut started.0).await.ok()
    }
}

impl Drop for Lanes {
    fn drop(&mut self) {
        if let Some(own) = self.own.take() {
            // Waiting for its threads would block the executor that drops this.
            own.shutdown_background();
        }
    }
}
