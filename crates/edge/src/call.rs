//! One request: its parts, and its body under a limit.

use std::net::{IpAddr, SocketAddr};

use bytes::{Bytes, BytesMut};
use domain::language::Language;
use futures::StreamExt;
use http::request::Parts;
use serde::de::DeserializeOwned;
use spin_sdk::http::Request;
use spin_sdk::http::body::IncomingBodyExt;
use spin_sdk::wasip3::http::types::Request as WasiRequest;
use spin_sdk::wasip3::http_compat::IncomingBody;
use store::DatabaseClock;
use store::cell::Repeatable;

use crate::caller::sha256;
use crate::settings::Settings;
use crate::{Problem, Result, clock};

/// The largest JSON body, in bytes.
pub const JSON_BYTES_MAX: usize = 256 * 1024;

/// A request that is being answered.
pub struct Call {
    /// The deployment's variables.
    pub settings: Settings,
    parts: Parts,
    body: Option<IncomingBody<WasiRequest>>,
}

impl Call {
    pub(crate) fn new(request: Request) -> Self {
        let (parts, body) = request.into_parts();
        Self { settings: Settings, parts, body: Some(body) }
    }

    /// `GET`, `POST`, …
    pub fn method(&self) -> String {
        self.parts.method.as_str().to_owned()
    }

    /// The path's parts. A trailing slash makes an empty last one, which no route has.
    pub fn segments(&self) -> Vec<String> {
        self.parts.uri.path().split('/').skip(1).map(str::to_owned).collect()
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
    /// what one customer of a provider has.
    pub fn client_network(&self) -> String {
        let address = self.last_header("spin-client-addr").unwrap_or_default();
        let address = address.rsplit(',').next().unwrap_or_default().trim();
        let ip =
            address.parse::<SocketAddr>().map(|socket| socket.ip()).or_else(|_| address.parse::<IpAddr>());
        match ip.map(|ip| ip.to_canonical()) {
            Ok(IpAddr::V4(ip)) => ip.to_string(),
            Ok(IpAddr::V6(ip)) => format!("{:x?}", &ip.segments()[..4]),
            Err(_) => String::new(),
        }
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

    /// A cookie's value.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.header("cookie")?.split(';').map(str::trim);
        pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
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

    /// The whole body, refused as soon as it passes the limit.
    pub async fn bytes(&mut self, limit: usize) -> Result<Bytes> {
        let too_large = || Problem::new("body_too_large");
        let declared = self.header("content-length").and_then(|length| length.parse::<usize>().ok());
        if declared.is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let Some(body) = self.body.take() else { return Ok(Bytes::new()) };
        let mut stream = body.stream();
        let mut bytes = BytesMut::new();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|_| Problem::new("body_interrupted"))?;
            if bytes.len() + chunk.len() > limit {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.freeze())
    }

    /// The body as it arrives.
    pub fn stream(&mut self) -> impl futures::Stream<Item = Result<Bytes>> + Unpin + use<> {
        let stream = self.body.take().map(IncomingBodyExt::stream);
        futures::stream::iter(stream)
            .flatten()
            .map(|chunk| chunk.map_err(|_| Problem::new("body_interrupted")))
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
        if self.media_type() != "application/json" {
            return Err(Problem::new("unsupported_media_type"));
        }
        let bytes = self.bytes(JSON_BYTES_MAX).await?;
        let value = read_json(&bytes)?;
        Ok((value, bytes))
    }

    /// What makes this request the same as an earlier one, if the caller sent an `Idempotency-Key`.
    pub fn repeatable(&self, route: &'static str, body: &[u8]) -> Result<Option<Repeatable>> {
        let Some(key) = self.header("idempotency-key") else { return Ok(None) };
        let visible = !key.is_empty() && key.len() <= 64 && key.bytes().all(|b| b.is_ascii_graphic());
        if !visible {
            return Err(Problem::field("invalid_field", "idempotency-key"));
        }
        Ok(Some(Repeatable { route, key: key.to_owned(), request: sha256(body) }))
    }
}

/// Reads JSON and says which field is at fault. The parser's own words say how; they are read in
/// this one place.
pub(crate) fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        at_fault(error.inner(), &path)
    })?;
    reader.end().map_err(|_| Problem::new("malformed_json"))?;
    Ok(value)
}

fn at_fault(error: &serde_json::Error, path: &str) -> Problem {
    if error.classify() != serde_json::error::Category::Data {
        return Problem::new("malformed_json");
    }
    let text = error.to_string();
    let named = text.split('`').nth(1).unwrap_or_default();
    if text.starts_with("unknown field") {
        // What a stranger wrote is not repeated at any length.
        return Problem::field("unknown_field", named.chars().take(64).collect::<String>());
    }
    if text.starts_with("missing field") {
        return Problem::field("missing_field", named);
    }
    let code = ["amount_malformed", "amount_too_large"].into_iter().find(|code| text.starts_with(code));
    let code = code.unwrap_or("invalid_field");
    // The whole body is not of the form: no field of it is.
    if path == "." { Problem::new(code) } else { Problem::field(code, path) }
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
        assert_eq!(problem("{"), Problem::new("malformed_json"));
        assert_eq!(problem("{}"), Problem::field("missing_field", "name"));
        assert_eq!(problem(r#"{"name":"x","nmae":1}"#), Problem::field("unknown_field", "nmae"));
        assert_eq!(problem(r#"{"name":1}"#), Problem::field("invalid_field", "name"));
        assert_eq!(problem("[]"), Problem::new("invalid_field"));
        assert_eq!(problem(r#"{"name":"x"} x"#), Problem::new("malformed_json"));
    }

    #[test]
    fn a_query_is_decoded_and_half_a_code_is_not_a_value() {
        assert_eq!(percent_decode("a%2Bb+c"), Some("a+b c".to_owned()));
        assert_eq!(percent_decode("%2"), None);
        assert_eq!(percent_decode("%ff"), None);
    }
}
