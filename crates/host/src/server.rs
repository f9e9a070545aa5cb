//! Listens for HTTP and brings requests to the application.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use wasmtime_wasi_http::Error;

use crate::app::App;

/// How long a failed accept waits, for instance when the process has no file handles left.
const ACCEPT_RETRY: Duration = Duration::from_millis(50);

/// Serves until `stopping` turns true; then takes no new connections and gives those that are
/// open `drain` to finish their requests.
pub(crate) async fn run(
    listener: TcpListener,
    app: Arc<App>,
    mut stopping: watch::Receiver<bool>,
    drain: Duration,
) {
    let connections = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopping.wait_for(|stopping| *stopping) => break,
        };
        match accepted {
            Ok((stream, client)) => serve_connection(stream, client, &app, &connections),
            Err(error) => {
                let text = format!("a connection could not be accepted: {error}");
                app.platform.log.warning(&text, app.platform.clock.now());
                tokio::time::sleep(ACCEPT_RETRY).await;
            }
        }
    }
    drop(listener);
    // What is still open after this time is cut off when the runtime ends.
    let _ = tokio::time::timeout(drain, connections.shutdown()).await;
}

fn serve_connection(stream: TcpStream, client: SocketAddr, app: &Arc<App>, connections: &GracefulShutdown) {
    // Without it, a body sent after its head would wait for the client's acknowledgement.
    let _ = stream.set_nodelay(true);
    let app = Arc::clone(app);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let app = Arc::clone(&app);
        async move {
            let request = request.map(|body| body.map_err(Error::from).boxed_unsync());
            Ok::<_, std::convert::Infallible>(app.serve(request, client).await)
        }
    });
    let builder = Builder::new(TokioExecutor::new());
    let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
    let watched = connections.watch(connection);
    tokio::spawn(async move {
        // A broken connection concerns nobody but the client.
        let _ = watched.await;
    });
}
