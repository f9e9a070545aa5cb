//! One request: its parts, and its body under limits of bytes and of time.

use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use domain::language::Language;
use futures::StreamExt;
use futures::future::{Either, select};
use http::request::Parts;
use serde::de::DeserializeOwned;
use spin_sdk::http::Request;
use spin_sdk::http::body::IncomingBodyExt;
use spin_sdk::time::sleep;
use spin_sdk::wasip3::http::types::Request as WasiRequest;
use spin_sdk::wasip3::http_compat::IncomingBody;
use store::DatabaseClock;
use store::cell::Repeatable;

use crate::caller::Admitted;
use crate::digest::sha256;
use crate::settings::Settings;
use crate::{Code, Problem, Result, clock};

/// The largest JSON body, in bytes.
pub const JSON_BYTES_MAX: usize = api::operation::JSON_BYTES_MAX as usize;

/// How long a body may take, and as long again as [`BODY_BYTES_PER_SECOND`] gives it for its largest size.
const BODY_MAY_TAKE: Duration = Duration::from_secs(30);
/// What a slow connection manages.
const BODY_BYTES_PER_SECOND: u64 = 32 * 1024;
/// How long a streamed body may be silent.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// A body before and after it was read.
enum Body {
    Arriving(IncomingBody<WasiRequest>),
    Whole(Bytes),
    /// Read before by another, or cut off.
    Gone,
}

/// A request that is being answered.
pub struct Call {
    /// The deployment's variables.
    pub settings: Settings,
    parts: Parts,
    body: RefCell<Body>,
    admitted: RefCell<Option<Admitted>>,
}

impl Call {
    pub(crate) fn new(request: Request) -> Self {
        let (parts, body) = request.into_parts();
        let admitted = RefCell::default();
        Self { settings: Settings, parts, body: RefCell::new(Body::Arriving(body)), admitted }
    }

    /// `GET`, `POST`, …
    pub fn method(&self) -> &str {
        self.parts.method.as_str()
    }

    pub(crate) fn path(&self) -> &str {
        self.parts.uri.path()
    }

    /// Keeps what the table of routes found out about the caller.
    pub(crate) fn keep_admitted(&self, admitted: Admitted) {
        self.admitted.replace(Some(admitted));
    }

    /// What it found out, for the first who asks.
    pub(crate) fn take_admitted(&self) -> Option<Admitted> {
        self.admitted.take()
    }

    /// A header's text; `None` if it is missing or not ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The last of several headers of one name: the runtime's own comes after the client's.
    fn last_header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get_all(name).iter().next_back()?.to_str().ok()
    }

    /// The network that the caller speaks from: an IPv4 address, or an IPv6 network of 64 bits, which is
    /// what one customer of a provider has. Behind a proxy it is the last address in the header that the deployment
    /// names, which the proxy itself wrote; what stands before it may be anybody's invention.
    pub async fn client_network(&self) -> Result<String> {
        let named = self.settings.get("client_address_header").await?;
        let told = if named.is_empty() { None } else { self.last_header(&named) };
        Ok(network_of(told.or_else(|| self.last_header("spin-client-addr")).unwrap_or_default()))
    }

    /// The query as it came; empty without one.
    pub fn query_string(&self) -> &str {
        self.parts.uri.query().unwrap_or_default()
    }

    /// A parameter of the query, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        let pairs = self.parts.uri.query()?.split('&');
        let value = pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?.1;
        percent_decode(value)
    }

    /// A cookie's value. The cookies of others beside it may hold any bytes, and may come in header fields of
    /// their own (RFC 9113, 8.2.3).
    pub fn cookie(&self, name: &str) -> Option<&str> {
        cookie(self.parts.headers.get_all("cookie").iter().map(http::HeaderValue::as_bytes), name)
    }

    /// The language that the caller asks for.
    pub fn language(&self) -> Language {
        self.header("accept-language").and_then(Language::from_accept_language).unwrap_or_default()
    }

    /// Whether the caller speaks to a host on its own machine, where there is no TLS.
    pub fn is_local(&self) -> bool {
        // The runtime's own header: not every host shows a component the `Host` header.
        let url = self.last_header("spin-full-url").and_then(|url| url.parse::<http::Uri>().ok());
        let host = url.as_ref().and_then(http::Uri::host).or_else(|| self.header("host")?.split(':').next());
        matches!(host, Some("localhost" | "127.0.0.1" | "[::1]"))
    }

    /// Unix milliseconds by the product's clock.
    pub async fn now(&self) -> Result<i64> {
        clock::now(self.settings).await
    }

    /// What leases and the questions about them are timed by.
    pub async fn database_clock(&self) -> Result<DatabaseClock> {
        clock::database_clock(self.settings).await
    }

    /// Whether a body is still to come, as far as the head tells.
    pub(crate) fn is_body_awaited(&self) -> bool {
        let reads = matches!(self.method(), "GET" | "HEAD");
        !reads
            && self.header("content-length") != Some("0")
            && matches!(*self.body.borrow(), Body::Arriving(_))
    }

    /// The whole body, refused as soon as it passes the limit or takes too long.
    pub async fn bytes(&mut self, limit: usize) -> Result<Bytes> {
        self.take_body(limit).await
    }

    pub(crate) async fn take_body(&self, limit: usize) -> Result<Bytes> {
        let too_large = || Problem::new(Code::BodyTooLarge);
        let declared = self.header("content-length").and_then(|length| length.parse::<usize>().ok());
        if declared.is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let bytes = match self.body.replace(Body::Gone) {
            Body::Whole(bytes) => bytes,
            Body::Gone => Bytes::new(),
            Body::Arriving(body) => {
                let may_take = BODY_MAY_TAKE + Duration::from_secs(limit as u64 / BODY_BYTES_PER_SECOND);
                let reading = Box::pin(read_whole(body, limit));
                match select(reading, Box::pin(sleep(may_take))).await {
                    Either::Left((bytes, _)) => bytes?,
                    Either::Right(_) => return Err(Problem::new(Code::BodyTooSlow)),
                }
            }
        };
        if bytes.len() > limit {
            return Err(too_large());
        }
        self.body.replace(Body::Whole(bytes.clone()));
        Ok(bytes)
    }

    /// The body as it arrives. It ends with a problem when it is silent for too long.
    pub fn stream(&mut self) -> impl futures::Stream<Item = Result<Bytes>> + Unpin + use<> {
        let stream = match self.body.replace(Body::Gone) {
            Body::Arriving(body) => Some(body.stream()),
            Body::Whole(_) | Body::Gone => None,
        };
        let chunks = futures::stream::unfold(stream, async |stream| {
            let mut stream = stream?;
            match select(stream.next(), Box::pin(sleep(SILENCE_MAX))).await {
                Either::Left((chunk, _)) => {
                    let chunk = chunk?.map_err(|_| Problem::new(Code::BodyInterrupted));
                    let rest = chunk.is_ok().then_some(stream);
                    Some((chunk, rest))
                }
                Either::Right(_) => Some((Err(Problem::new(Code::BodyTooSlow)), None)),
            }
        });
        Box::pin(chunks)
    }

    /// What the body is said to be, in lower case and without parameters, as RFC 9110 (8.3.1) compares it;
    /// empty where nothing is said.
    pub fn media_type(&self) -> String {
        let content_type = self.header("content-type").unwrap_or_default();
        content_type.split([';', ',']).next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The body as JSON of one form: unknown fields are refused.
    pub async fn json<T: DeserializeOwned>(&mut self) -> Result<T> {
        Ok(self.json_with_bytes().await?.0)
    }

    /// [`Call::json`], with the bytes that were sent.
    pub async fn json_with_bytes<T: DeserializeOwned>(&mut self) -> Result<(T, Bytes)> {
        self.json_of_size(JSON_BYTES_MAX).await
    }

    /// [`Call::json_with_bytes`] of a body of so many bytes at most.
    pub async fn json_of_size<T: DeserializeOwned>(&mut self, bytes_max: usize) -> Result<(T, Bytes)> {
        if self.media_type() != "application/json" {
            return Err(Problem::new(Code::UnsupportedMediaType));
        }
        let bytes = self.bytes(bytes_max).await?;
        let value = read_json(&bytes)?;
        Ok((value, bytes))
    }

    /// What makes this request the same as an earlier one, if the caller sent an `Idempotency-Key`.
    pub fn repeatable(&self, route: &'static str, body: &[u8]) -> Result<Option<Repeatable>> {
        let Some(key) = self.header("idempotency-key") else { return Ok(None) };
        let visible = !key.is_empty() && key.len() <= 64 && key.bytes().all(|b| b.is_ascii_graphic());
        if !visible {
            return Err(Problem::field(Code::InvalidField, "idempotency-key"));
        }
        Ok(Some(Repeatable { route, key: key.to_owned(), request: sha256(body) }))
    }
}

async fn read_whole(body: IncomingBody<WasiRequest>, limit: usize) -> Result<Bytes> {
    let mut stream = body.stream();
    let mut bytes = BytesMut::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Problem::new(Code::BodyInterrupted))?;
        if bytes.len() + chunk.len() > limit {
            return Err(Problem::new(Code::BodyTooLarge));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

fn cookie<'h>(mut fields: impl Iterator<Item = &'h [u8]>, name: &str) -> Option<&'h str> {
    fields.find_map(|field| {
        field.split(|byte| *byte == b';').find_map(|pair| {
            let value = pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
            std::str::from_utf8(value).ok()
        })
    })
}

/// Reads JSON and says which field is at fault. The parser's own words say how; they are read in
/// this one place.
pub(crate) fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        at_fault(error.inner(), &path)
    })?;
    reader.end().map_err(|_| Problem::new(Code::MalformedJson))?;
    Ok(value)
}

fn at_fault(error: &serde_json::Error, path: &str) -> Problem {
    if error.classify() != serde_json::error::Category::Data {
        return Problem::new(Code::MalformedJson);
    }
    let text = error.to_string();
    let named = text.split('`').nth(1).unwrap_or_default();
    if text.starts_with("unknown field") {
        // What a stranger wrote is not repeated at any length.
        return Problem::field(Code::UnknownField, named.chars().take(64).collect::<String>());
    }
    if text.starts_with("missing field") {
        return Problem::field(Code::MissingField, named);
    }
    // A type of the contract that has a code of its own for what it refuses says it first.
    let code = text.split(' ').next().and_then(Code::parse).unwrap_or(Code::InvalidField);
    // The whole body is not of the form: no field of it is.
    if path == "." { Problem::new(code) } else { Problem::field(code, path) }
}

/// The network of the last address in a list; empty where it is none.
fn network_of(addresses: &str) -> String {
    let address = addresses.rsplit(',').next().unwrap_or_default().trim();
    let ip = address.parse::<SocketAddr>().map(|socket| socket.ip()).or_else(|_| address.parse::<IpAddr>());
    match ip.map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V4(ip)) => ip.to_string(),
        Ok(IpAddr::V6(ip)) => format!("{:x?}", &ip.segments()[..4]),
        Err(_) => String::new(),
    }
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        bytes.push(match first {
            b'+' => b' ',
            b'%' => {
                let (code, after) = rest.split_at_checked(2)?;
                rest = after;
                u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok()?
            }
            other => *other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Form {
        #[expect(dead_code, reason = "only its presence is tested")]
        name: String,
    }

    fn problem(text: &str) -> Problem {
        read_json::<Form>(text.as_bytes()).expect_err("refused")
    }

    #[test]
    fn a_wrong_body_hears_which_field_is_at_fault() {
        assert_eq!(problem("{"), Problem::new(Code::MalformedJson));
        assert_eq!(problem("{}"), Problem::field(Code::MissingField, "name"));
        assert_eq!(problem(r#"{"name":"x","nmae":1}"#), Problem::field(Code::UnknownField, "nmae"));
        assert_eq!(problem(r#"{"name":1}"#), Problem::field(Code::InvalidField, "name"));
        assert_eq!(problem("[]"), Problem::new(Code::InvalidField));
        assert_eq!(problem(r#"{"name":"x"} x"#), Problem::new(Code::MalformedJson));
    }

    /// R13: what other sites of the domain put beside the session's cookie does not shut its owner out.
    #[test]
    fn a_cookie_is_found_among_others_of_any_bytes_and_in_any_field() {
        let find = |fields: &[&'static [u8]]| cookie(fields.iter().copied(), "sendbox");
        assert_eq!(find(&[b"sendbox=a"]), Some("a"));
        assert_eq!(find(&["city=Алматы; sendbox=a".as_bytes()]), Some("a"));
        assert_eq!(find(&[b"x=\xff\xfe;sendbox=a ; y"]), Some("a"));
        assert_eq!(find(&[b"x=1", b"y=2; sendbox=a"]), Some("a"));
        assert_eq!(find(&[b"sendbox2=a; my-sendbox=b; sendbox"]), None);
        assert_eq!(find(&[]), None);
    }

    #[test]
    fn a_query_is_decoded_and_half_a_code_is_not_a_value() {
        assert_eq!(percent_decode("a%2Bb+c"), Some("a+b c".to_owned()));
        assert_eq!(percent_decode("%2"), None);
        assert_eq!(percent_decode("%ff"), None);
    }
}
