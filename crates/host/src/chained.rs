//! Requests from one component of an application to another.

use std::future::Future;
use std::pin::Pin;

use http::{Request, Response};
use wasmtime_wasi_http::WasiBody;

/// An answer on its way; nothing when there is no such component. Boxed, because the other component may send
/// requests in its turn.
pub(crate) type ChainedAnswer = Pin<Box<dyn Future<Output = Option<Response<WasiBody>>> + Send>>;

/// An application as its components see it.
pub(crate) trait Chained: Send + Sync {
    /// Answers a request from one component to another.
    fn serve_chained(
        self: std::sync::Arc<Self>,
        component: String,
        request: Request<WasiBody>,
    ) -> ChainedAnswer;
}
