//! A loaded application: answers requests, whoever brings them.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::Bytes;
use http::header::{CONNECTION, HOST};
use http::uri::{Authority, Scheme, Uri};
use http::{Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt as _, Full};
use wasmtime_wasi_http::handler::{InstantiationError, TrapOrPanicError};
use wasmtime_wasi_http::{Error, WasiBody};

use crate::allowed_hosts::is_internal_host;
use crate::chained::{Chained, ChainedAnswer};
use crate::error::HostError;
use crate::handler::Handler;
use crate::log::RequestRecord;
use crate::platform::Platform;
use crate::routes::{RouteMatch, Router, WELL_KNOWN_PREFIX};

/// The client address that a component sees when another component asks.
const CHAINED_CLIENT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// A loaded application.
pub(crate) struct App {
    pub name: String,
    pub version: String,
    pub router: Router,
    pub handlers: BTreeMap<String, Handler>,
    pub platform: Arc<Platform>,
}

impl Chained for App {
    fn serve_chained(self: Arc<Self>, component: String, request: Request<WasiBody>) -> ChainedAnswer {
        Box::pin(async move {
            if !self.handlers.contains_key(&component) {
                return None;
            }
            let found = RouteMatch::chained(&component, request.uri().path());
            Some(self.call(request, &found, CHAINED_CLIENT).await)
        })
    }
}

impl App {
    /// Answers a request from outside.
    pub(crate) async fn serve(
        &self,
        mut request: Request<WasiBody>,
        client: SocketAddr,
    ) -> Response<WasiBody> {
        hide_transport_headers(&mut request);
        let path = request.uri().path();
        if let Some(name) = path.strip_prefix(WELL_KNOWN_PREFIX) {
            return self.answer_well_known(name);
        }
        match self.router.find(path) {
            Some(found) => self.call(request, &found, client).await,
            None => self.refuse(&request, StatusCode::NOT_FOUND),
        }
    }

    async fn call(
        &self,
        mut request: Request<WasiBody>,
        found: &RouteMatch,
        client: SocketAddr,
    ) -> Response<WasiBody> {
        let started = Instant::now();
        self.platform.counters.requests.fetch_add(1, Ordering::Relaxed);
        let Some(handler) = self.handlers.get(&found.component) else {
            return self.refuse(&request, StatusCode::NOT_FOUND);
        };
        let Some(uri) = absolute(&request) else {
            return self.refuse(&request, StatusCode::BAD_REQUEST);
        };
        *request.uri_mut() = uri.clone();
        found.append_headers(request.headers_mut(), &uri, client);
        let mut recording = Recording {
            started,
            record: RequestRecord {
                component: found.component.clone(),
                method: request.method().clone(),
                route: found.raw_route.clone(),
                status: client_gone(),
                duration: started.elapsed(),
                at: self.platform.clock.now(),
                failure: Some("nobody waited for the answer".to_owned()),
            },
            platform: Arc::clone(&self.platform),
        };
        let answer = match handler.handle(request).await {
            Ok(answer) => {
                recording.record.failure = None;
                answer
            }
            Err(error) => {
                // What a component says of its error may hold anything: it goes to the
                // component's own log, and only its kind into the host's.
                let text = format!("the request failed: {error}\n");
                let _ = handler.settings.output.stderr.write_out(text.as_bytes());
                recording.record.failure = Some(kind_of_failure(&error).to_owned());
                empty(StatusCode::INTERNAL_SERVER_ERROR)
            }
        };
        recording.record.status = answer.status();
        answer.map(|body| Recorded { body, recording }.boxed_unsync())
    }

    /// Answers without a component; such requests are logged under no component's name.
    fn refuse(&self, request: &Request<WasiBody>, status: StatusCode) -> Response<WasiBody> {
        self.platform.log.request(&RequestRecord {
            component: String::new(),
            method: request.method().clone(),
            route: String::new(),
            status,
            duration: std::time::Duration::ZERO,
            at: self.platform.clock.now(),
            failure: None,
        });
        empty(status)
    }

    fn answer_well_known(&self, name: &str) -> Response<WasiBody> {
        match name {
            "health" => Response::new(full("OK")),
            "info" => {
                let info = serde_json::json!({ "name": self.name, "version": self.version });
                let mut answer = Response::new(full(info.to_string()));
                let json = http::HeaderValue::from_static("application/json");
                answer.headers_mut().insert(http::header::CONTENT_TYPE, json);
                answer
            }
            _ => empty(StatusCode::NOT_FOUND),
        }
    }
}

/// A component must not see headers that are about the connection, and nobody outside may name a
/// component as host.
fn hide_transport_headers(request: &mut Request<WasiBody>) {
    let headers = request.headers_mut();
    let internal = headers.get(HOST).and_then(|host| host.to_str().ok()).is_some_and(is_internal_host);
    if internal {
        headers.remove(HOST);
    }
    headers.remove(CONNECTION);
}

/// The request's address in full; nothing when its host is missing or said twice differently.
fn absolute(request: &Request<WasiBody>) -> Option<Uri> {
    let mut parts = request.uri().clone().into_parts();
    let from_header = match request.headers().get(HOST) {
        None => None,
        Some(host) => Some(Authority::try_from(host.as_bytes()).ok()?),
    };
    let authority = match (from_header, parts.authority) {
        (Some(one), Some(other)) if one != other => return None,
        (one, other) => one.or(other)?,
    };
    parts.authority = Some(authority);
    parts.scheme = Some(Scheme::HTTP);
    Uri::from_parts(parts).ok()
}

pub(crate) fn full(content: impl Into<Bytes>) -> WasiBody {
    Full::new(content.into()).map_err(Error::from).boxed_unsync()
}

/// A body that breaks off after this.
pub(crate) fn cut_short(content: Bytes) -> WasiBody {
    let pieces = [Ok(Frame::data(content)), Err(Error::ConnectionTerminated)];
    http_body_util::StreamBody::new(futures::stream::iter(pieces)).boxed_unsync()
}

pub(crate) fn empty(status: StatusCode) -> Response<WasiBody> {
    let mut answer = Response::new(full(Bytes::new()));
    *answer.status_mut() = status;
    answer
}

fn kind_of_failure(error: &wasmtime::Error) -> &'static str {
    if error.is::<TrapOrPanicError>() {
        "the instance stopped"
    } else if error.is::<HostError>() {
        "the component cannot be loaded"
    } else if error.is::<InstantiationError<()>>() {
        "the instance did not start"
    } else {
        "the component returned an error"
    }
}

/// The status that is logged when the client left before there was an answer.
fn client_gone() -> StatusCode {
    StatusCode::from_u16(499).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Writes the log line of its request when it ends, however it ends.
struct Recording {
    started: Instant,
    record: RequestRecord,
    platform: Arc<Platform>,
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.record.duration = self.started.elapsed();
        self.platform.log.request(&self.record);
    }
}

/// A body whose end is the end of its request.
struct Recorded {
    body: WasiBody,
    recording: Recording,
}

impl Body for Recorded {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if let Some(Err(_)) = &frame {
            self.recording.record.failure = Some("the answer broke off".to_owned());
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
