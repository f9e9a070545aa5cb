//! Somebody who sends requests: a visitor, a browser with its cookies, a program with a key.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use serde_json::Value;

use crate::answer::Answer;
use crate::contract;
use crate::platform::Platform;

/// A caller keeps the cookies that it is given, as a browser does.
pub struct Caller<'a> {
    platform: &'a Platform,
    bearer: Option<String>,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// A request before it is sent; what is not set is left out.
pub struct Request {
    method: http::Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, path: &str) -> Self {
        let method = method.parse().expect("a method");
        Self { method, path: path.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A JSON body with its content type.
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").bytes(body.to_string())
    }

    /// A body as it is.
    pub fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}

impl<'a> Caller<'a> {
    pub(crate) fn new(platform: &'a Platform) -> Self {
        Self { platform, bearer: None, cookies: Mutex::default() }
    }

    /// A program that shows a token.
    pub fn with_bearer(platform: &'a Platform, token: &str) -> Self {
        Self { bearer: Some(token.to_owned()), ..Self::new(platform) }
    }

    pub fn platform(&self) -> &'a Platform {
        self.platform
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send(Request::new("GET", path))
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Request::new("POST", path).json(body))
    }

    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Request::new("PUT", path).json(body))
    }

    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(Request::new("PATCH", path).json(body))
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send(Request::new("DELETE", path))
    }

    /// Sends with this caller's token and cookies. A browser says itself where a request comes
    /// from: the same site, unless the request says otherwise.
    pub fn send(&self, request: Request) -> Answer {
        let what = format!("{} {}", request.method, request.path);
        self.exchange(request).unwrap_or_else(|error| panic!("{what}: no answer: {error}"))
    }

    /// [`Self::send`] to a platform that may be gone: then there is no answer.
    pub fn try_send(&self, request: Request) -> Option<Answer> {
        self.exchange(request).ok()
    }

    fn exchange(&self, request: Request) -> Result<Answer, ureq::Error> {
        let mut headers = request.headers;
        if let Some(token) = &self.bearer {
            headers.push(("authorization".to_owned(), format!("Bearer {token}")));
        }
        let cookie = self.cookie_header();
        if !cookie.is_empty() {
            let names_a_site = headers.iter().any(|(name, _)| name == "sec-fetch-site");
            if !names_a_site {
                headers.push(("sec-fetch-site".to_owned(), "same-origin".to_owned()));
            }
            headers.push(("cookie".to_owned(), cookie));
        }
        let answer = exchange(self.platform.base(), &request.method, &request.path, &headers, request.body)?;
        contract::hold(&answer);
        self.keep_cookies(&answer);
        Ok(answer)
    }

    /// Follows `next_cursor` to the end of a list.
    pub fn list(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = path.to_owned();
        for _ in 0..1_000 {
            let page = self.get(&next).ok();
            let of_page = page["items"].as_array().expect("a list has items");
            items.extend(of_page.iter().cloned());
            let Some(cursor) = page["next_cursor"].as_str() else {
                return items;
            };
            let joint = if path.contains('?') { '&' } else { '?' };
            next = format!("{path}{joint}cursor={cursor}");
        }
        panic!("{path}: a thousand pages, and there is still a next one")
    }

    /// `name=value; name=value`: what a thief of the cookies would have.
    pub fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().expect("no test panics while it holds this");
        let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn keep_cookies(&self, answer: &Answer) {
        let mut cookies = self.cookies.lock().expect("no test panics while it holds this");
        for line in answer.headers("set-cookie") {
            let mut parts = line.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            let gone = value.is_empty() || parts.any(|part| part.eq_ignore_ascii_case("max-age=0"));
            if gone {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// One exchange. Every status is an answer; no redirect is followed.
fn exchange(
    base: &str,
    method: &http::Method,
    path: &str,
    headers: &[(String, String)],
    body: Vec<u8>,
) -> Result<Answer, ureq::Error> {
    let mut builder = http::Request::builder().method(method).uri(format!("{base}{path}"));
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    let has_body = !body.is_empty() || !matches!(method.as_str(), "GET" | "HEAD" | "DELETE");
    let mut response = if has_body {
        agent().run(builder.body(body).expect("a well-formed request"))?
    } else {
        agent().run(builder.body(()).expect("a well-formed request"))?
    };
    let request = format!("{method} {path}");
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(64 << 20).read_to_vec()?;
    Ok(Answer { request, status, headers, body })
}

/// One client for all: it keeps connections alive, as clients do.
fn agent() -> &'static ureq::Agent {
    static AGENT: OnceLock<ureq::Agent> = OnceLock::new();
    AGENT.get_or_init(|| {
        ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .allow_non_standard_methods(true)
            .timeout_global(Some(Duration::from_secs(120)))
            .build()
            .into()
    })
}
