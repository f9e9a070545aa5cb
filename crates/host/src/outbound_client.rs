//! The client for requests to other servers: one pool of connections, and how long it is patient.

use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::{Sleep, sleep, timeout};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody};

type Request = http::Request<WasiBody>;
type Response = http::Response<WasiBody>;

/// How long the host waits for other servers. A component's own options win where it sets them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboundTimeouts {
    /// For a connection to be made. This one holds for all requests.
    pub connect: Duration,
    /// From sending a request to the head of its answer.
    pub first_byte: Duration,
    /// Between two pieces of the answer's body.
    pub between_bytes: Duration,
}

impl Default for OutboundTimeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(30),
            between_bytes: Duration::from_secs(30),
        }
    }
}

/// The client that all components share, with its pool of connections.
#[derive(Clone)]
pub(crate) struct OutboundClient {
    client: Client<HttpsConnector<HttpConnector>, WasiBody>,
    timeouts: OutboundTimeouts,
}

impl OutboundClient {
    pub(crate) fn new(timeouts: OutboundTimeouts) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        // Without it, a head and a body sent apart wait 44 ms for the peer's acknowledgement.
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(timeouts.connect));
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .enable_http2()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector);
        Self { client, timeouts }
    }

    pub(crate) async fn send(&self, request: Request, options: RequestOptions) -> Result<Response, Error> {
        let first_byte = options.first_byte_timeout.unwrap_or(self.timeouts.first_byte);
        let between_bytes = options.between_bytes_timeout.unwrap_or(self.timeouts.between_bytes);
        let answer = timeout(first_byte, self.client.request(request))
            .await
            .map_err(|_| Error::ConnectionReadTimeout)?
            .map_err(|error| in_wasi_terms(&error))?;
        Ok(answer.map(|body| {
            let body = body.map_err(Error::from).boxed_unsync();
            Patient { body, between_bytes, sleep: None, given_up: false }.boxed_unsync()
        }))
    }
}

/// Says what went wrong in the words that components know.
fn in_wasi_terms(error: &hyper_util::client::legacy::Error) -> Error {
    let connecting = error.is_connect();
    let mut cause: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return io_in_wasi_terms(error, connecting);
        }
        if let Some(error) = error.downcast_ref::<hyper::Error>()
            && (error.is_incomplete_message() || error.is_canceled() || error.is_closed())
        {
            return Error::ConnectionTerminated;
        }
        if error.to_string().starts_with("dns error") {
            return Error::DnsError { rcode: Some("address not available".to_owned()), info_code: Some(0) };
        }
        cause = error.source();
    }
    if connecting { Error::ConnectionRefused } else { Error::HttpProtocolError }
}

fn io_in_wasi_terms(error: &std::io::Error, connecting: bool) -> Error {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::ConnectionRefused => Error::ConnectionRefused,
        ErrorKind::TimedOut => Error::ConnectionTimeout,
        // The TLS library reports a bad certificate or a bad handshake in this way.
        ErrorKind::InvalidData => Error::TlsProtocolError,
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => Error::DestinationIpUnroutable,
        _ if connecting => Error::ConnectionRefused,
        _ => Error::ConnectionTerminated,
    }
}

/// A body whose pieces may not be too far apart.
struct Patient {
    body: WasiBody,
    between_bytes: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
    given_up: bool,
}

impl Body for Patient {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        if this.given_up {
            return Poll::Ready(None);
        }
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            this.sleep = None;
            return Poll::Ready(frame);
        }
        let between_bytes = this.between_bytes;
        let sleep = this.sleep.get_or_insert_with(|| Box::pin(sleep(between_bytes)));
        if sleep.as_mut().poll(context).is_ready() {
            this.given_up = true;
            return Poll::Ready(Some(Err(Error::ConnectionReadTimeout)));
        }
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.given_up || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
