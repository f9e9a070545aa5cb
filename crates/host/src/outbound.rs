//! Requests that components send: where they may go, how they get there, what may go wrong.

use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::HOST;
use http::uri::{Authority, Scheme, Uri};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt as _, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::{Sleep, sleep, timeout};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::allowed_hosts::chained_component;
use crate::app::App;
use crate::faults::{OutboundFault, OutboundPoint, OutboundReply, Peer, PeerAnswer};
use crate::instance::{ComponentSettings, KillSwitch, Platform};

type Request = http::Request<WasiBody>;
type Response = http::Response<WasiBody>;
/// What is left to do when the head of an answer is there: nothing, for a pooled client.
type Rest = Box<dyn Future<Output = Result<(), Error>> + Send>;

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

    async fn send(&self, request: Request, options: RequestOptions) -> Result<Response, Error> {
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

/// The sender of one instance.
pub(crate) struct Outbound {
    settings: Arc<ComponentSettings>,
    platform: Arc<Platform>,
    app: Weak<App>,
    kill_switch: Arc<KillSwitch>,
}

impl Outbound {
    pub(crate) fn new(
        settings: Arc<ComponentSettings>,
        platform: Arc<Platform>,
        app: Weak<App>,
        kill_switch: Arc<KillSwitch>,
    ) -> Self {
        Self { settings, platform, app, kill_switch }
    }
}

impl WasiHttpHooks for Outbound {
    fn send_request(
        &mut self,
        request: Request,
        options: Option<RequestOptions>,
        _: Rest,
    ) -> Box<dyn Future<Output = Result<(Response, Rest), Error>> + Send> {
        let journey = Journey {
            settings: Arc::clone(&self.settings),
            platform: Arc::clone(&self.platform),
            app: Weak::clone(&self.app),
            kill_switch: Arc::clone(&self.kill_switch),
        };
        let options = options.unwrap_or_default();
        Box::new(async move {
            let answer = journey.make(request, options).await?;
            Ok((answer, Box::new(std::future::ready(Ok(()))) as Rest))
        })
    }
}

/// One request on its way.
struct Journey {
    settings: Arc<ComponentSettings>,
    platform: Arc<Platform>,
    app: Weak<App>,
    kill_switch: Arc<KillSwitch>,
}

impl Journey {
    async fn make(self, mut request: Request, options: RequestOptions) -> Result<Response, Error> {
        self.check_allowed(&mut request)?;
        let method = request.method().clone();
        let uri = request.uri().clone();
        let point = OutboundPoint {
            component: &self.settings.name,
            method: &method,
            uri: &uri,
            number: self.platform.counters.next_outbound(),
        };
        match self.platform.faults.before_outbound(&point) {
            OutboundFault::Proceed => {}
            OutboundFault::Refuse => return Err(Error::ConnectionRefused),
            OutboundFault::Delay(time) => sleep(time).await,
            OutboundFault::Respond(answer) => {
                return Ok(answer.map(|body| Full::new(body).map_err(Error::from).boxed_unsync()));
            }
            OutboundFault::Ask(peer) => return self.ask(peer, request).await,
            OutboundFault::Kill => return self.kill().await,
        }
        let answer = self.deliver(request, options).await?;
        match self.platform.faults.after_outbound(&point, answer.status()) {
            OutboundReply::Deliver => Ok(answer),
            OutboundReply::Drop => Err(Error::ConnectionTerminated),
            OutboundReply::Delay(time) => {
                sleep(time).await;
                Ok(answer)
            }
            OutboundReply::Kill => self.kill().await,
        }
    }

    /// Lets a peer within the process play the server.
    async fn ask(&self, peer: Arc<dyn Peer>, request: Request) -> Result<Response, Error> {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        match peer.answer(http::Request::from_parts(head, body)).await {
            PeerAnswer::Respond(answer) => {
                Ok(answer.map(|body| Full::new(body).map_err(Error::from).boxed_unsync()))
            }
            PeerAnswer::Refused => Err(Error::ConnectionRefused),
            PeerAnswer::Dropped => Err(Error::ConnectionTerminated),
            PeerAnswer::TimedOut => Err(Error::ConnectionReadTimeout),
            PeerAnswer::Kill => self.kill().await,
        }
    }

    /// Refuses what the manifest does not list, and gives requests to the application itself
    /// their true address.
    fn check_allowed(&self, request: &mut Request) -> Result<(), Error> {
        let hosts = &self.settings.allowed_hosts;
        let to_itself = matches!(request.uri().host(), None | Some("" | "self.alt"));
        let allowed = if to_itself { hosts.allows_itself() } else { hosts.allows(request.uri()) };
        if !allowed {
            self.warn_of_refusal(request.uri());
            return Err(Error::HttpRequestDenied);
        }
        // The client sets its own, from the address.
        request.headers_mut().remove(HOST);
        if to_itself {
            let address = self.platform.address.get().ok_or(Error::HttpRequestUriInvalid)?;
            let authority =
                Authority::try_from(address.to_string()).map_err(|_| Error::HttpRequestUriInvalid)?;
            let mut parts = request.uri().clone().into_parts();
            parts.scheme = Some(Scheme::HTTP);
            parts.authority = Some(authority);
            *request.uri_mut() = Uri::from_parts(parts).map_err(|_| Error::HttpRequestUriInvalid)?;
        }
        Ok(())
    }

    fn warn_of_refusal(&self, uri: &Uri) {
        let host = uri.authority().map_or("self", |authority| authority.host());
        let scheme = uri.scheme_str().unwrap_or("https");
        let port = uri.port_u16().map(|port| format!(":{port}")).unwrap_or_default();
        let name = &self.settings.name;
        let text = format!(
            "component {name:?} asked for {scheme}://{host}{port}, \
             which its allowed_outbound_hosts does not list"
        );
        self.platform.log.warning(&text, self.platform.clock.now());
    }

    async fn deliver(&self, request: Request, options: RequestOptions) -> Result<Response, Error> {
        let Some(component) = chained_component(request.uri()).map(ToOwned::to_owned) else {
            return self.platform.outbound.send(request, options).await;
        };
        let app = self.app.upgrade().ok_or(Error::ConnectionTerminated)?;
        // Boxed, because the other component may send requests in its turn.
        let answer: Pin<Box<dyn Future<Output = _> + Send>> =
            Box::pin(async move { app.serve_chained(&component, request).await });
        answer.await.ok_or(Error::DestinationNotFound)
    }

    /// Stops the instance; its request never sees an answer.
    async fn kill(&self) -> Result<Response, Error> {
        self.kill_switch.fire();
        std::future::pending().await
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
