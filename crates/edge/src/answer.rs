//! Answers. Each says its length: without it the runtime sends head and body apart, and a kept-alive
//! client waits 44 ms for the second packet. Only those do not that nobody has whole ([`streamed`]).

use std::ops::{Deref, DerefMut};
use std::pin::{Pin, pin};
use std::time::Duration;

use bytes::Bytes;
use domain::language::Language;
use futures::future::{Either, select};
use futures::{Stream, StreamExt as _};
use http::{HeaderValue, Response, StatusCode, header};
use spin_sdk::http::{FullBody, IntoResponse};
use spin_sdk::wasip3::clocks::monotonic_clock::wait_for;
use spin_sdk::wasip3::http::types::{self, ErrorCode};
use spin_sdk::wasip3::http_compat::BodyWriter;
use spin_sdk::wasip3::spawn;

/// What a component sends back.
pub struct Answer {
    /// Its head, and its body where that is here.
    head: Response<FullBody<Bytes>>,
    /// A body that is made while it is sent.
    pieces: Option<Pieces>,
}

/// The pieces of a body that is made while it is sent; none is empty.
pub type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, CutOff>>>>;

/// A body ends before its end: its client is not to take it for whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutOff;

impl Deref for Answer {
    type Target = Response<FullBody<Bytes>>;

    fn deref(&self) -> &Self::Target {
        &self.head
    }
}

impl DerefMut for Answer {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.head
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Result<types::Response, ErrorCode> {
        let Some(pieces) = self.pieces else { return self.head.into_response() };
        let headers = self.head.headers().clone().try_into();
        let headers = headers.map_err(|error| ErrorCode::InternalError(Some(format!("{error:?}"))))?;
        let (writer, body, result) = BodyWriter::new();
        let (response, _sent) = types::Response::new(headers, Some(body), result);
        // Every status that is a number is one.
        let _ = response.set_status_code(self.head.status().as_u16());
        spawn(send(pieces, writer));
        Ok(response)
    }
}

/// So long a client may take for a piece, which is kept until all of it was taken: whoever reads slower could fill the
/// memory with pieces of many files.
const TAKEN_WITHIN: Duration = Duration::from_secs(60);

/// Sends one piece after another, each when the one before it was taken, and to nobody who does not take it. The SDK's own
/// writer tells of an error before it closes the stream, and the host listens only once the stream is closed: the client
/// would wait for good.
async fn send(mut pieces: Pieces, writer: BodyWriter) {
    let BodyWriter { mut stream_writer, result_writer, .. } = writer;
    let mut result = Ok(None);
    while let Some(piece) = pieces.next().await {
        match piece {
            Ok(piece) => {
                let taken = pin!(stream_writer.write_all(piece.into()));
                let late = pin!(wait_for(TAKEN_WITHIN.as_nanos() as u64));
                match select(taken, late).await {
                    Either::Left((left, _)) if left.is_empty() => {}
                    // The client has gone.
                    Either::Left(_) => return,
                    Either::Right(_) => {
                        result = Err(ErrorCode::ConnectionWriteTimeout);
                        break;
                    }
                }
            }
            Err(CutOff) => {
                result = Err(ErrorCode::InternalError(Some("the answer was cut off".to_owned())));
                break;
            }
        }
    }
    drop(stream_writer);
    // Nobody listens any more where the client has gone.
    let _ = result_writer.write(result).await;
}

pub(crate) fn with_body(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let body = body.into();
    let length = body.len();
    let mut answer = Answer { head: Response::new(FullBody::new(body)), pieces: None };
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
    answer.pieces = Some(pieces);
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
