//! A client of the HTTP interface, as a business's own program would write one: JSON, the cabinet's
//! cookie, the scheduler's token, and patience where the service asks for it.

use std::io::Read;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::http::{Method, Request, Response, StatusCode};
use ureq::{Agent, Body, SendBody};

/// How often a request is repeated that was answered with "busy, try again".
const ATTEMPTS_MAX: u32 = 60;

/// The largest answer that is read: a page of evidence is about 2 MB.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asker {
    /// A person in the cabinet, by the session's cookie; anybody, before there is a session.
    Person,
    /// A scheduler, by the tick token.
    Scheduler,
}

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
            .user_agent("sendbox-demo")
            .build()
            .new_agent();
        let url = url.trim_end_matches('/').to_owned();
        Self { agent, url, tick_token: tick_token.to_owned(), cookie: None }
    }

    pub fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        self.ask(Asker::Person, Method::GET, path, None)
    }

    /// The answer as it came, for texts and files.
    pub fn get_text(&self, path: &str) -> anyhow::Result<String> {
        let (_, text) = self.send(Asker::Person, &Method::GET, path, None)?;
        Ok(text)
    }

    pub fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> anyhow::Result<T> {
        self.ask(Asker::Person, Method::POST, path, Some(body))
    }

    /// Signs in and keeps the cookie.
    pub fn sign_in(&mut self, login: &str, password: &str) -> anyhow::Result<()> {
        let body = serde_json::json!({"login": login, "password": password});
        let (response, _) = self.send(Asker::Person, &Method::POST, "/v1/sessions", Some(&body))?;
        let cookies = response.headers().get_all("set-cookie").iter();
        let pairs: Vec<&str> =
            cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next()).map(str::trim).collect();
        if pairs.is_empty() {
            bail!("POST /v1/sessions set no cookie");
        }
        self.cookie = Some(pairs.join("; "));
        Ok(())
    }

    /// A tick, or a route of the sandbox.
    pub fn tick<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        self.ask(Asker::Scheduler, Method::POST, path, None)
    }

    /// A route of the sandbox with a body.
    pub fn in_sandbox<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<T> {
        self.ask(Asker::Scheduler, method, path, body)
    }

    /// Streams a file of `length` bytes.
    pub fn put_csv<T: DeserializeOwned>(
        &self,
        path: &str,
        file: impl Read + Send + 'static,
        length: u64,
    ) -> anyhow::Result<T> {
        let request = self
            .request(Asker::Person, &Method::PUT, path)
            .header("content-type", "text/csv")
            .header("content-length", length)
            .body(SendBody::from_owned_reader(file))?;
        let (_, text) = self.run(&Method::PUT, path, request)?;
        parse(&Method::PUT, path, &text)
    }

    fn ask<T: DeserializeOwned>(
        &self,
        asker: Asker,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<T> {
        let (_, text) = self.send(asker, &method, path, body)?;
        parse(&method, path, &text)
    }

    /// Sends a request whose body can be sent again, and repeats it while the service is busy.
    fn send(
        &self,
        asker: Asker,
        method: &Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<(Response<()>, String)> {
        for _ in 1..ATTEMPTS_MAX {
            let refused = match self.send_once(asker, method, path, body) {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            match refused.downcast_ref::<Refusal>() {
                Some(Refusal { wait: Some(wait), .. }) => sleep(*wait),
                _ => return Err(refused),
            }
        }
        self.send_once(asker, method, path, body)
    }

    fn send_once(
        &self,
        asker: Asker,
        method: &Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<(Response<()>, String)> {
        let request = self.request(asker, method, path);
        match body {
            Some(body) => {
                let request = request.header("content-type", "application/json").body(body.to_string())?;
                self.run(method, path, request)
            }
            None if *method == Method::GET => self.run(method, path, request.body(())?),
            None => self.run(method, path, request.body("")?),
        }
    }

    fn request(&self, asker: Asker, method: &Method, path: &str) -> ureq::http::request::Builder {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("accept-language", "en")
            // What a browser says of its own page's requests; the cookie is not taken without it.
            .header("sec-fetch-site", "same-origin");
        match (asker, &self.cookie) {
            (Asker::Scheduler, _) => {
                request = request.header("authorization", format!("Bearer {}", self.tick_token));
            }
            (Asker::Person, Some(cookie)) => request = request.header("cookie", cookie),
            (Asker::Person, None) => {}
        }
        request
    }

    /// Runs a request; anything but success is an error that says what was refused and why.
    fn run<B: ureq::AsSendBody>(
        &self,
        method: &Method,
        path: &str,
        request: Request<B>,
    ) -> anyhow::Result<(Response<()>, String)> {
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

fn parse<T: DeserializeOwned>(method: &Method, path: &str, text: &str) -> anyhow::Result<T> {
    serde_json::from_str(text)
        .with_context(|| format!("{method} {path} answered what the interface does not say"))
}

/// An answer that is no success.
#[derive(Debug, thiserror::Error)]
#[error("{method} {path}: {status} {code}{detail}")]
pub struct Refusal {
    method: Method,
    path: String,
    pub status: StatusCode,
    /// The problem's stable code; empty where the answer has none.
    code: String,
    detail: String,
    /// How long to wait before the same request may succeed.
    wait: Option<Duration>,
}

impl Refusal {
    fn new(method: &Method, path: &str, status: StatusCode, retry_after: Option<&str>, text: &str) -> Self {
        let problem: Value = serde_json::from_str(text).unwrap_or_default();
        let field = |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or_default();
        let detail = match (field("field"), field("detail")) {
            ("", "") => String::new(),
            ("", detail) => format!(" ({detail})"),
            (at, detail) => format!(" ({at}: {detail})"),
        };
        let may_come_back = matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS);
        let seconds = retry_after.filter(|_| may_come_back).and_then(|text| text.parse::<u64>().ok());
        Self {
            method: method.clone(),
            path: path.to_owned(),
            status,
            code: field("code").to_owned(),
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
    path: &str,
    mut page: impl FnMut(Vec<T>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    #[derive(serde::Deserialize)]
    struct List<T> {
        items: Vec<T>,
        next_cursor: Option<String>,
    }
    let mut cursor = None;
    loop {
        let List { items, next_cursor } = client.get::<List<T>>(&paged(path, cursor.as_deref()))?;
        page(items)?;
        if next_cursor.is_none() {
            return Ok(());
        }
        if next_cursor == cursor {
            return Err(anyhow!("GET {path} answers the same cursor twice"));
        }
        cursor = next_cursor;
    }
}

/// The path of one page, as long as pages can be.
pub fn paged(path: &str, cursor: Option<&str>) -> String {
    let begin = if path.contains('?') { '&' } else { '?' };
    let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    format!("{path}{begin}limit=500{cursor}")
}
