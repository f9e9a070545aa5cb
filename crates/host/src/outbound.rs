//! Requests that components send: where they may go, how they get there, what may go wrong.

use std::future::Future;
use std::sync::{Arc, Weak};

use http::header::HOST;
use http::uri::{Authority, Scheme, Uri};
use http_body_util::{BodyExt as _, Full};
use tokio::time::sleep;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::allowed_hosts::chained_component;
use crate::chained::Chained;
use crate::faults::{OutboundFault, OutboundPoint, OutboundReply, Peer, PeerAnswer};
use crate::kill_switch::KillSwitch;
use crate::platform::{ComponentSettings, Platform};

type Request = http::Request<WasiBody>;
type Response = http::Response<WasiBody>;
/// What is left to do when the head of an answer is there: nothing, for a pooled client.
type Rest = Box<dyn Future<Output = Result<(), Error>> + Send>;

/// The sender of one instance.
pub(crate) struct Outbound {
    settings: Arc<ComponentSettings>,
    platform: Arc<Platform>,
    app: Weak<dyn Chained>,
    kill_switch: Arc<KillSwitch>,
}

impl Outbound {
    pub(crate) fn new(
        settings: Arc<ComponentSettings>,
        platform: Arc<Platform>,
        app: Weak<dyn Chained>,
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
    app: Weak<dyn Chained>,
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
        app.serve_chained(component, request).await.ok_or(Error::DestinationNotFound)
    }

    /// Stops the instance; its request never sees an answer.
    async fn kill(&self) -> Result<Response, Error> {
        self.kill_switch.fire();
        std::future::pending().await
    }
}
