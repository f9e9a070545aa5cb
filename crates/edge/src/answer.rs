//! Answers. Each says its length: without it the runtime sends head and body apart, and a kept-alive
//! client waits 44 ms for the second packet. Only those do not that nobody has whole ([`streamed`]).

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use domain::language::Language;
use futures::Stream;
use http::{HeaderValue, Response, StatusCode, header};
use http_body::{Body, Frame, SizeHint};
use spin_sdk::http::FullBody;

/// What a component sends back.
pub type Answer = Response<AnswerBody>;

/// The pieces of a body that is made while it is sent; none is empty.
pub type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, CutOff>>>>;

/// A body, whole or as it comes.
pub enum AnswerBody {
    /// All of it is here.
    Whole(FullBody<Bytes>),
    /// Each piece is made when the one before it has left.
    Streamed(Pieces),
}

/// A body that ends before its end: its client is not to take it for whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutOff;

impl std::fmt::Display for CutOff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the answer was cut off")
    }
}

impl std::error::Error for CutOff {}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = CutOff;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, CutOff>>> {
        match self.get_mut() {
            Self::Whole(body) => Pin::new(body).poll_frame(context).map_err(|never| match never {}),
            Self::Streamed(pieces) => {
                pieces.as_mut().poll_next(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(body) => body.is_end_stream(),
            Self::Streamed(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => body.size_hint(),
            Self::Streamed(_) => SizeHint::default(),
        }
    }
}

pub(crate) fn with_body(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let body = body.into();
    let length = body.len();
    let mut answer = Response::new(AnswerBody::Whole(FullBody::new(body)));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    // Answers are about one caller at one moment.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

/// A JSON answer from bytes that are JSON already, such as the answer kept for a repeated webhook.
pub fn stored_json(status: u16, body: String) -> Answer {
    let content_type = if status < 400 { "application/json" } else { "application/problem+json" };
    with_body(status_code(status), content_type, body)
}

/// A plain text.
pub fn text(status: u16, body: String) -> Answer {
    with_body(status_code(status), "text/plain; charset=utf-8", body)
}

/// A page for a person, without a script and with nothing of another host. Its address is told to nobody.
pub fn page(status: u16, language: Language, html: String) -> Answer {
    const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
        base-uri 'none'; frame-ancestors 'none'";
    let mut answer = with_body(status_code(status), "text/html; charset=utf-8", html);
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.as_str()));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // A browser heeds it over HTTPS only (R176).
    headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    answer.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    answer
}

/// Leads a browser elsewhere, this once: it neither keeps where to, nor says there where it came from. `None` for an
/// address that no header holds.
pub fn redirect(address: &str) -> Option<Answer> {
    let address = HeaderValue::from_str(address).ok()?;
    let mut answer = with_body(StatusCode::FOUND, "text/plain", Bytes::new());
    let headers = answer.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    headers.insert(header::LOCATION, address);
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    Some(answer)
}

/// The bytes of a file.
pub fn file(content_type: &'static str, bytes: Vec<u8>) -> Answer {
    with_body(StatusCode::OK, content_type, bytes)
}

/// A file that is made while it is sent, to be kept under a name. An error among its pieces breaks the connection off,
/// since its status has left by then.
pub fn streamed(content_type: &'static str, name: &str, pieces: Pieces) -> Answer {
    let mut answer = with_body(StatusCode::OK, content_type, Bytes::new());
    let headers = answer.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    *answer.body_mut() = AnswerBody::Streamed(pieces);
    answer
}

/// A picture as SVG. Opened by itself it is a document: nothing in it may run or be fetched.
pub fn picture(svg: String) -> Answer {
    let mut answer = with_body(StatusCode::OK, "image/svg+xml", svg);
    let policy = HeaderValue::from_static("default-src 'none'; base-uri 'none'; frame-ancestors 'none'");
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    answer
}

/// 204.
pub fn no_content() -> Answer {
    let mut answer = with_body(StatusCode::NO_CONTENT, "text/plain", Bytes::new());
    answer.headers_mut().remove(header::CONTENT_TYPE);
    answer.headers_mut().remove(header::CONTENT_LENGTH);
    answer
}

pub(crate) fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
