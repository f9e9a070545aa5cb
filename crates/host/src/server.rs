//! Listens for HTTP and brings requests to the application, within the limits on clients.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};
use wasmtime_wasi_http::{Error, WasiBody};

use crate::app::{App, empty};
use crate::lane::Lanes;
use crate::limits::{Connections, Limits};
use crate::patient::Patient;
use crate::turns::Awaited;

/// How long a failed accept waits, for instance when the process has no file handles left.
const ACCEPT_RETRY: Duration = Duration::from_millis(50);
/// What an HTTP/2 client begins with.
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How long to wait for more of a beginning that may be HTTP/2's.
const PREFACE_RETRY: Duration = Duration::from_millis(5);
/// Requests at once on one HTTP/2 connection.
const STREAMS_MAX: u32 = 64;
/// The head of a request, in bytes.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// What every connection is served with.
pub(crate) struct Serving {
    pub app: Arc<App>,
    pub limits: Limits,
    pub lanes: Arc<Lanes>,
}

/// Serves until `stopping` turns true; then takes no new connections and gives those that are
/// open `drain` to finish their requests.
pub(crate) async fn run(
    listener: TcpListener,
    serving: Arc<Serving>,
    mut stopping: watch::Receiver<bool>,
    drain: Duration,
) {
    let graceful = GracefulShutdown::new();
    let connections = Arc::new(Connections::default());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopping.wait_for(|stopping| *stopping) => break,
        };
        match accepted {
            Ok((stream, client)) => {
                // One too many is closed unheard: to answer it would be to read it.
                let Some(counted) = connections.count(client.ip(), &serving.limits) else { continue };
                let (serving, watcher) = (Arc::clone(&serving), graceful.watcher());
                tokio::spawn(async move {
                    serve_connection(stream, client, serving, watcher).await;
                    drop(counted);
                });
            }
            Err(error) => {
                let text = format!("a connection could not be accepted: {error}");
                serving.app.platform.log.warning(&text, serving.app.platform.clock.now());
                tokio::time::sleep(ACCEPT_RETRY).await;
            }
        }
    }
    drop(listener);
    // What is still open after this time is cut off when the runtime ends.
    let _ = timeout(drain, graceful.shutdown()).await;
}

async fn serve_connection(stream: TcpStream, client: SocketAddr, serving: Arc<Serving>, watcher: Watcher) {
    // Without it, a body sent after its head would wait for the client's acknowledgement.
    let _ = stream.set_nodelay(true);
    let limits = serving.limits.clone();
    let begun = Instant::now();
    let Ok(Some(is_http2)) = timeout(limits.head, speaks_http2(&stream)).await else { return };
    let io = TokioIo::new(Patient::new(stream, limits.silence));
    let service = service_fn(move |request: http::Request<Incoming>| {
        let serving = Arc::clone(&serving);
        async move { Ok::<_, Infallible>(answer(request, client, serving).await) }
    });
    // A broken connection concerns nobody but the client.
    if is_http2 {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .keep_alive_interval(limits.head)
            .keep_alive_timeout(limits.silence)
            .max_concurrent_streams(STREAMS_MAX)
            .max_header_list_size(HEAD_BYTES_MAX as u32);
        let _ = watcher.watch(builder.serve_connection(io, service)).await;
    } else {
        let mut builder = http1::Builder::new();
        let head = limits.head.saturating_sub(begun.elapsed()).max(Duration::from_millis(1));
        builder.timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(HEAD_BYTES_MAX);
        let _ = watcher.watch(builder.serve_connection(io, service)).await;
    }
}

/// Whether the client begins as HTTP/2 does; nothing when it says nothing. The beginning is left to be read.
async fn speaks_http2(stream: &TcpStream) -> Option<bool> {
    let mut beginning = [0; HTTP2_PREFACE.len()];
    loop {
        let length = stream.peek(&mut beginning).await.ok().filter(|length| *length > 0)?;
        if beginning[..length] != HTTP2_PREFACE[..length] {
            return Some(false);
        }
        if length == HTTP2_PREFACE.len() {
            return Some(true);
        }
        tokio::time::sleep(PREFACE_RETRY).await;
    }
}

/// Answers one request in its turn and in its time.
async fn answer(
    request: http::Request<Incoming>,
    client: SocketAddr,
    serving: Arc<Serving>,
) -> http::Response<WasiBody> {
    let deadline = Instant::now() + serving.limits.request;
    let is_reserved = serving.lanes.is_reserved(request.uri().path());
    let lanes = Arc::clone(&serving.lanes);
    let turns = if is_reserved { lanes.reserved.clone() } else { lanes.crowd.clone() };
    let Some(turn) = turns.wait(serving.limits.turn).await else { return come_again() };
    let request = request.map(|body| {
        let body = body.map_err(Error::from).boxed_unsync();
        Awaited::new(body, &turns, &turn, serving.limits.silence, deadline).boxed_unsync()
    });
    let app = Arc::clone(&serving.app);
    let work = async move {
        let answer = timeout_at(deadline, app.serve(request, client)).await;
        drop(turn);
        answer.unwrap_or_else(|_| empty(http::StatusCode::GATEWAY_TIMEOUT))
    };
    if is_reserved { lanes.run(work).await.unwrap_or_else(come_again) } else { work.await }
}

/// There is no turn: the host says so itself, since every component would need one.
fn come_again() -> http::Response<WasiBody> {
    let mut answer = empty(http::StatusCode::SERVICE_UNAVAILABLE);
    answer.headers_mut().insert(http::header::RETRY_AFTER, http::HeaderValue::from_static("5"));
    answer
}
