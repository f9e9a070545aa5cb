//! Calls paths of the application at an interval, as an outside timer would.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, HeaderValue};
use http::{Method, Request};
use http_body_util::BodyExt as _;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use crate::app::{App, full};
use crate::code::Compiled;
use crate::lane::Lanes;

/// What is called, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The time between two calls of a path. When a call takes longer, the next one waits for it:
    /// calls of one path never overlap.
    pub every: Duration,
    /// The paths.
    pub requests: Vec<TickRequest>,
}

/// One path that is called with POST and an empty body.
#[derive(Clone, PartialEq, Eq)]
pub struct TickRequest {
    /// The path, with its leading slash.
    pub path: String,
    /// A bearer token to send along.
    pub bearer: Option<String>,
}

impl std::fmt::Debug for TickRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The token stays out of whatever this is printed to.
        formatter.debug_struct("TickRequest").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Starts a task for each path, where no crowd is in its way. They begin when everything is compiled: on a fresh
/// state whoever opens a page would wait for their components too.
pub(crate) fn start(
    schedule: Schedule,
    app: &Arc<App>,
    compiled: &Compiled,
    lanes: &Lanes,
) -> Vec<JoinHandle<()>> {
    let every = schedule.every;
    schedule
        .requests
        .into_iter()
        .map(|tick| {
            let (app, compiled) = (Arc::clone(app), compiled.clone());
            lanes.start(async move {
                // What cannot be loaded is told by whoever started the host.
                if compiled.load_in_turn().await.is_ok() {
                    call_forever(tick, every, app).await;
                }
            })
        })
        .collect()
}

async fn call_forever(tick: TickRequest, every: Duration, app: Arc<App>) {
    let mut interval = tokio::time::interval(every);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        let Some(request) = request(&tick) else {
            let text = format!("the scheduled path {:?} cannot be called", tick.path);
            app.platform.log.warning(&text, app.platform.clock.now());
            return;
        };
        let client = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let answer = app.serve(request, client).await;
        // The call is over when its answer has been read to the end. Its status is in the log.
        let _ = answer.into_body().collect().await;
    }
}

fn request(tick: &TickRequest) -> Option<Request<wasmtime_wasi_http::WasiBody>> {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(&tick.path)
        .header(HOST, "localhost")
        .header(CONTENT_LENGTH, "0");
    if let Some(bearer) = &tick.bearer {
        let mut value = HeaderValue::from_str(&format!("Bearer {bearer}")).ok()?;
        value.set_sensitive(true);
        request = request.header(AUTHORIZATION, value);
    }
    request.body(full(bytes::Bytes::new())).ok()
}
