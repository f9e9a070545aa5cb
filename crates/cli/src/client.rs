//! A client of the HTTP interface, as a business's own program would write one: JSON, the cabinet's
//! cookie, the scheduler's token, and patience where the service asks for it.

use std::io::Read;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use api::accounts::{self, SignIn};
use api::{Operation, Page, Who};
use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::http::{Request, Response, StatusCode};
use ureq::{Agent, Body, SendBody};

/// How often a request is repeated that was answered with "busy, try again".
const ATTEMPTS_MAX: u32 = 60;

/// The largest answer that is read: a page of evidence is about 2 MB.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

pub struct Client {
    agent: Agent,
    url: String,
    tick_token: String,
    cookie: Option<String>,
}

impl Client {
    pub fn new(url: &str, tick_token: &str) -> Self {
        let agent = Agent::config_builder()
            // Refusals carry a body that says why.
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(Duration::from_secs(300)))
            .user_agent("sendbox")
            .build()
            .new_agent();
        let url = url.trim_end_matches('/').to_owned();
        Self { agent, url, tick_token: tick_token.to_owned(), cookie: None }
    }

    /// Asks for what has no body; `varying` goes into the path, `query` behind it.
    pub fn get<T: DeserializeOwned>(
        &self,
        operation: &Operation,
        varying: &[&str],
        query: &str,
    ) -> anyhow::Result<T> {
        self.ask(operation, &with_query(operation.at(varying), query), None)
    }

    /// The answer as it came, for texts and files.
    pub fn get_text(&self, operation: &Operation, query: &str) -> anyhow::Result<String> {
        let (_, text) = self.send(operation, &with_query(operation.at(&[]), query), None)?;
        Ok(text)
    }

    /// Has something done that takes no body.
    pub fn have_done<T: DeserializeOwned>(
        &self,
        operation: &Operation,
        varying: &[&str],
    ) -> anyhow::Result<T> {
        self.ask(operation, &operation.at(varying), None)
    }

    /// Has something done.
    pub fn send_json<T: DeserializeOwned>(
        &self,
        operation: &Operation,
        varying: &[&str],
        body: &impl Serialize,
    ) -> anyhow::Result<T> {
        let body = serde_json::to_string(body)?;
        self.ask(operation, &operation.at(varying), Some(&body))
    }

    /// Signs in and keeps the cookie.
    pub fn sign_in(&mut self, login: &str, password: &str) -> anyhow::Result<()> {
        let credentials = SignIn { login: login.to_owned(), password: password.to_owned() };
        let body = serde_json::to_string(&credentials)?;
        let (response, _) = self.send(&accounts::SIGN_IN, accounts::SIGN_IN.path, Some(&body))?;
        let cookies = response.headers().get_all("set-cookie").iter();
        let pairs: Vec<&str> =
            cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next()).map(str::trim).collect();
        if pairs.is_empty() {
            bail!("{} set no cookie", accounts::SIGN_IN);
        }
        self.cookie = Some(pairs.join("; "));
        Ok(())
    }

    /// Streams a file of `length` bytes.
    pub fn put_csv<T: DeserializeOwned>(
        &self,
        operation: &Operation,
        varying: &[&str],
        file: impl Read + Send + 'static,
        length: u64,
    ) -> anyhow::Result<T> {
        let path = operation.at(varying);
        let request = self
            .request(operation, &path)
            .header("content-type", "text/csv")
            .header("content-length", length)
            .body(SendBody::from_owned_reader(file))?;
        let (_, text) = self.run(operation, &path, request)?;
        parse(operation, &path, &text)
    }

    fn ask<T: DeserializeOwned>(
        &self,
        operation: &Operation,
        path: &str,
        body: Option<&str>,
    ) -> anyhow::Result<T> {
        let (_, text) = self.send(operation, path, body)?;
        parse(operation, path, &text)
    }

    /// Sends a request whose body can be sent again, and repeats it while the service is busy.
    fn send(
        &self,
        operation: &Operation,
        path: &str,
        body: Option<&str>,
    ) -> anyhow::Result<(Response<()>, String)> {
        for _ in 1..ATTEMPTS_MAX {
            let refused = match self.send_once(operation, path, body) {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            match refused.downcast_ref::<Refusal>() {
                Some(Refusal { wait: Some(wait), .. }) => sleep(*wait),
                _ => return Err(refused),
            }
        }
        self.send_once(operation, path, body)
    }

    fn send_once(
        &self,
        operation: &Operation,
        path: &str,
        body: Option<&str>,
    ) -> anyhow::Result<(Response<()>, String)> {
        let request = self.request(operation, path);
        match body {
            Some(body) => {
                let request = request.header("content-type", "application/json").body(body)?;
                self.run(operation, path, request)
            }
            None if operation.method == api::Method::Get => self.run(operation, path, request.body(())?),
            None => self.run(operation, path, request.body("")?),
        }
    }

    fn request(&self, operation: &Operation, path: &str) -> ureq::http::request::Builder {
        let mut request = Request::builder()
            .method(operation.method.as_str())
            .uri(format!("{}{path}", self.url))
            .header("accept-language", "en")
            // What a browser says of its own page's requests; the cookie is not taken without it.
            .header("sec-fetch-site", "same-origin");
        match (operation.who, &self.cookie) {
            (Who::Scheduler | Who::Sandbox, _) => {
                request = request.header("authorization", format!("Bearer {}", self.tick_token));
            }
            (Who::Session | Who::SessionOrKey, Some(cookie)) => request = request.header("cookie", cookie),
            _ => {}
        }
        request
    }

    /// Runs a request; anything but success is an error that says what was refused and why.
    fn run<B: ureq::AsSendBody>(
        &self,
        operation: &Operation,
        path: &str,
        request: Request<B>,
    ) -> anyhow::Result<(Response<()>, String)> {
        let method = operation.method.as_str();
        let response = self.agent.run(request).with_context(|| format!("{method} {}{path}", self.url))?;
        let (head, mut body): (_, Body) = response.into_parts();
        let text = body
            .with_config()
            .limit(ANSWER_BYTES_MAX)
            .read_to_string()
            .with_context(|| format!("{method} {path}: the answer"))?;
        let head = Response::from_parts(head, ());
        if head.status().is_success() {
            return Ok((head, text));
        }
        let retry_after = head.headers().get("retry-after").and_then(|value| value.to_str().ok());
        Err(Refusal::new(method, path, head.status(), retry_after, &text).into())
    }
}

fn parse<T: DeserializeOwned>(operation: &Operation, path: &str, text: &str) -> anyhow::Result<T> {
    let method = operation.method.as_str();
    serde_json::from_str(text)
        .with_context(|| format!("{method} {path} answered what the interface does not say"))
}

fn with_query(path: String, query: &str) -> String {
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

/// An answer that is no success.
#[derive(Debug, thiserror::Error)]
#[error("{method} {path}: {status} {code}{detail}")]
pub struct Refusal {
    method: &'static str,
    path: String,
    pub status: StatusCode,
    /// The problem's stable code; empty where the answer has none.
    code: &'static str,
    detail: String,
    /// How long to wait before the same request may succeed.
    wait: Option<Duration>,
}

impl Refusal {
    fn new(
        method: &'static str,
        path: &str,
        status: StatusCode,
        retry_after: Option<&str>,
        text: &str,
    ) -> Self {
        let problem: Option<api::Problem> = serde_json::from_str(text).ok();
        let detail = problem.as_ref().map_or_else(String::new, |problem| match &problem.field {
            None => format!(" ({})", problem.detail),
            Some(at) => format!(" ({at}: {})", problem.detail),
        });
        let may_come_back = matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS);
        let seconds = retry_after.filter(|_| may_come_back).and_then(|text| text.parse::<u64>().ok());
        Self {
            method,
            path: path.to_owned(),
            status,
            code: problem.map_or("", |problem| problem.code.as_str()),
            detail,
            // A busy database is free again in milliseconds, whatever whole seconds can say.
            wait: seconds.filter(|seconds| *seconds <= 10).map(|seconds| {
                if status == StatusCode::SERVICE_UNAVAILABLE {
                    Duration::from_millis(50)
                } else {
                    Duration::from_secs(seconds)
                }
            }),
        }
    }
}

/// The items of a list, page by page.
pub fn each_page<T: DeserializeOwned>(
    client: &Client,
    operation: &Operation,
    query: &str,
    mut page: impl FnMut(Vec<T>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut cursor = None;
    loop {
        let Page { items, next_cursor } =
            client.get::<Page<T>>(operation, &[], &paged(query, cursor.as_deref()))?;
        page(items)?;
        if next_cursor.is_none() {
            return Ok(());
        }
        if next_cursor == cursor {
            return Err(anyhow!("{operation} answers the same cursor twice"));
        }
        cursor = next_cursor;
    }
}

/// The query of one page, as long as pages can be.
pub fn paged(query: &str, cursor: Option<&str>) -> String {
    let cursor = cursor.map(|cursor| format!("cursor={cursor}"));
    let limit = format!("limit={}", api::page::LIMIT_MAX);
    let parts = [Some(query.to_owned()).filter(|query| !query.is_empty()), Some(limit), cursor];
    parts.into_iter().flatten().collect::<Vec<_>>().join("&")
}
