//! The running platform: requests without a socket, alone or several at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use api::Page;
use bytes::Bytes;
use host::RunningHost;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::credentials::{PASSWORD, TICK_TOKEN};
use crate::faults::{Fault, Profile};
use crate::stage::{Order, Place, Stage};

/// A request that can be sent more than once.
#[derive(Debug, Clone)]
pub struct Request {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Bytes,
    cut_short: bool,
}

impl Request {
    /// Of any method, without a body.
    #[must_use]
    pub fn new(method: &'static str, path: &str) -> Self {
        Self { method, path: path.to_owned(), headers: Vec::new(), body: Bytes::new(), cut_short: false }
    }

    /// `GET`.
    #[must_use]
    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// `POST` of JSON.
    #[must_use]
    pub fn post(path: &str, body: &Value) -> Self {
        Self::new("POST", path).body("application/json", body.to_string())
    }

    /// A tick, as schedulers ask for it.
    #[must_use]
    pub fn tick(name: &str) -> Self {
        Self::post(&format!("/internal/ticks/{name}"), &json!({})).by_scheduler()
    }

    /// With the scheduler's token.
    #[must_use]
    pub fn by_scheduler(self) -> Self {
        self.bearer(TICK_TOKEN)
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, kind: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.header("content-type", kind)
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// On behalf of.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// The connection breaks after `bytes` of the body.
    #[must_use]
    pub fn cut_short(mut self, bytes: usize) -> Self {
        self.body.truncate(bytes);
        self.cut_short = true;
        self
    }

    fn build(&self) -> Option<http::Request<Bytes>> {
        let mut request = http::Request::builder().method(self.method).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if !self.body.is_empty() && !self.cut_short {
            request = request.header("content-length", self.body.len());
        }
        request.body(self.body.clone()).ok()
    }
}

/// What came back. A request that died has the status 500 and no body, or 0.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON, or null.
    pub body: Value,
    /// The body as it came.
    pub text: String,
    /// The first cookie, as a client sends it back.
    pub cookie: Option<String>,
    /// The event at which it was there.
    pub event: u64,
}

impl Answer {
    /// The problem's code.
    #[must_use]
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// The body in its type; nothing where it is of another form, such as a problem.
    #[must_use]
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.text).ok()
    }
}

/// Where a request is stopped: whichever comes first.
#[derive(Debug, Clone, Copy)]
pub struct Stall {
    /// After so many turns.
    pub turns: u64,
    /// After so many of its transactions.
    pub commits: u64,
    /// For so long.
    pub by_ms: i64,
}

/// The platform of one run.
pub struct Platform {
    host: Arc<RunningHost>,
    /// Turns, faults, operator, clock.
    pub stage: Stage,
}

impl Platform {
    pub(crate) fn new(host: RunningHost, stage: Stage) -> Self {
        Self { host: Arc::new(host), stage }
    }

    /// Closes everything.
    ///
    /// # Errors
    /// When the host is still in use.
    pub async fn shutdown(self) -> anyhow::Result<()> {
        let host = Arc::into_inner(self.host);
        let host = host.ok_or_else(|| anyhow::anyhow!("a request still runs"))?;
        Ok(host.shutdown().await?)
    }

    /// One request without any fault and without turns: the simulator looks, or prepares.
    pub async fn ask(&self, request: Request) -> Answer {
        let profile = std::mem::replace(&mut self.stage.scene().profile, Profile::calm());
        self.stage.open_round(1, false);
        self.stage.begin(0);
        let answer = send(&self.host, &request).await;
        let event = self.stage.end(0);
        self.stage.scene().profile = profile;
        Answer { event, ..answer }
    }

    /// Every item of a list; none where it is refused.
    pub async fn list<T: DeserializeOwned>(&self, path: &str, key: &str) -> Vec<T> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let page = self.ask(Request::get(&format!("{path}{joint}limit=500{cursor}")).bearer(key)).await;
            let Some(Page { items: more, next_cursor }) = page.read::<Page<T>>() else { return items };
            items.extend(more);
            match next_cursor {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// Signs in; answers the cookie.
    pub async fn sign_in(&self, login: &str) -> Option<String> {
        let body = json!({"login": login, "password": PASSWORD});
        self.ask(Request::post("/v1/sessions", &body)).await.cookie
    }

    /// Runs the requests at once, one turn at a time, under the run's faults. `None` when they hang.
    /// With `stall`, the first runs alone up to there, is stopped for longer than a lease lasts, and
    /// goes on only when the others have ended.
    pub async fn together(&self, requests: &[Request], stall: Option<Stall>) -> Option<Vec<Answer>> {
        let stage = &self.stage;
        let mut alone = stall;
        stage.open_round(requests.len(), requests.len() > 1);
        self.spread(requests);
        let done: Arc<Mutex<BTreeMap<usize, Answer>>> = Arc::default();
        let mut unstarted: Vec<usize> = (0..requests.len()).collect();
        let mut tasks = Vec::new();
        loop {
            let waiting = stage.waiting();
            if waiting.is_empty() && unstarted.is_empty() {
                break;
            }
            self.disturb(&waiting).await?;
            let mut waiting = stage.waiting();
            if let Some(Stall { turns, commits, by_ms }) = alone {
                let on_the_wire = waiting.iter().any(|(_, place)| *place == Place::Operator);
                if (turns > 0 && stage.scene().commits < commits) || on_the_wire {
                    alone = Some(Stall { turns: turns.saturating_sub(1), commits, by_ms });
                    unstarted.retain(|actor| *actor == 0);
                } else {
                    alone = None;
                    self.stage.scene().inject(Fault::Stalled, &format!("for {by_ms} ms"));
                    self.pass(by_ms);
                }
                if unstarted.is_empty() && waiting.is_empty() {
                    alone = None;
                }
                if alone.is_none() {
                    unstarted = (1..requests.len()).collect();
                }
            }
            if stall.is_some() && alone.is_none() && waiting.len() + unstarted.len() > 1 {
                waiting.retain(|(actor, _)| *actor != 0);
            }
            let choices = waiting.len() + unstarted.len();
            if choices == 0 {
                break;
            }
            // What follows a stall comes one after the other.
            let choice = if stall.is_some() { 0 } else { stage.scene().chance.index(choices) };
            if let Some((actor, _)) = waiting.get(choice) {
                stage.give_turn(*actor, Order::Go);
            } else {
                let actor = unstarted.remove(choice - waiting.len());
                stage.begin(actor);
                let (host, request) = (Arc::clone(&self.host), requests[actor].clone());
                let (stage, done) = (stage.clone(), Arc::clone(&done));
                tasks.push(tokio::spawn(async move {
                    let answer = send(&host, &request).await;
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    let event = stage.end(actor);
                    done.insert(actor, Answer { event, ..answer });
                }));
            }
            if !stage.all_wait().await {
                return None;
            }
        }
        for task in tasks {
            tokio::time::timeout(Duration::from_secs(60), task).await.ok()?.ok()?;
        }
        stage.open_round(0, false);
        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
        Some((0..requests.len()).map(|actor| done.remove(&actor).unwrap_or_default()).collect())
    }

    /// Two hosts share the ticks, where their clocks differ.
    fn spread(&self, requests: &[Request]) {
        let mut scene = self.stage.scene();
        let skew = scene.profile.clock_skew;
        if skew == 0 {
            return;
        }
        let mut on_second = Vec::with_capacity(requests.len());
        for request in requests {
            let there = request.path.starts_with("/internal/ticks/") && scene.chance.one_in(2);
            if there {
                scene.inject(Fault::ClockSkew, "");
            }
            on_second.push(there);
        }
        drop(scene);
        self.stage.put_on_second_host(on_second);
    }

    /// The clock of the second host may jump.
    pub fn step_clock(&self) {
        let mut scene = self.stage.scene();
        let most = scene.profile.clock_skew.abs();
        if most == 0 || !scene.chance.one_in(4) {
            return;
        }
        let skew = scene.chance.between(-most, most);
        scene.inject(Fault::ClockStep, &format!("to {skew} ms off"));
        scene.set_skew(skew);
    }

    /// Between two turns the power may fail, or the clock jump.
    async fn disturb(&self, waiting: &[(usize, Place)]) -> Option<()> {
        let (power_cut, jump) = {
            let mut scene = self.stage.scene();
            let Profile { power_cut, clock_jump, .. } = scene.profile;
            let power_cut = !waiting.is_empty() && scene.chance.hits(power_cut);
            // Nobody can know that time passes between the last look at the clock and the wire.
            let on_the_wire = waiting.iter().any(|(_, place)| *place == Place::Operator);
            let jump = !on_the_wire && !waiting.is_empty() && scene.chance.hits(clock_jump);
            (power_cut, jump)
        };
        if power_cut {
            self.stage.scene().inject(Fault::PowerCut, &format!("{} requests", waiting.len()));
            for (actor, _) in waiting {
                self.stage.give_turn(*actor, Order::Die);
                if !self.stage.all_wait().await {
                    return None;
                }
            }
            self.host.kill_instances().await;
        }
        if jump {
            self.step_clock();
            let now = self.stage.now();
            let by = {
                let mut scene = self.stage.scene();
                let by = match scene.chance.below(4) {
                    0 => scene.chance.between(1, 10_000),
                    1 => scene.chance.between(10_000, 119_000),
                    2 => scene.chance.between(121_000, 600_000),
                    _ => until_edge(now, &mut scene.chance),
                };
                scene.inject(Fault::ClockJump, &format!("{by} ms"));
                if by > 120_000 {
                    scene.inject(Fault::LeaseOutlived, "");
                }
                by
            };
            self.pass(by);
        }
        Some(())
    }

    /// Lets time pass, and counts the edges that are passed.
    pub fn pass(&self, by_ms: i64) {
        let from = self.stage.now();
        self.stage.pass(by_ms);
        let to = self.stage.now();
        let mut scene = self.stage.scene();
        // Almaty is five hours ahead of UTC.
        let days = |hour: i64, at: i64| (at + 5 * 3_600_000 - hour * 3_600_000).div_euclid(86_400_000);
        if days(9, from) != days(9, to) || days(20, from) != days(20, to) {
            scene.inject(Fault::ClockOverEdge, "");
        }
        if days(0, from) != days(0, to) {
            scene.inject(Fault::ClockOverMidnight, "");
        }
    }
}

/// So long, give or take two seconds, until the next 9:00, 20:00, 12:00 or midnight in Almaty.
pub fn until_edge(now: i64, chance: &mut crate::chance::Chance) -> i64 {
    let of_day = (now + 5 * 3_600_000).rem_euclid(86_400_000);
    let hour = chance.pick(&[9, 20, 12, 24]).copied().unwrap_or(20) * 3_600_000;
    let until = (hour - of_day).rem_euclid(86_400_000);
    (until + chance.between(-2_000, 2_000)).max(1)
}

async fn send(host: &RunningHost, request: &Request) -> Answer {
    let Some(built) = request.build() else { return Answer::default() };
    let answer = if request.cut_short { host.call_cut_short(built).await } else { host.call(built).await };
    let Ok(answer) = answer else { return Answer::default() };
    let cookie = answer.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok());
    let cookie = cookie.and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
    Answer {
        status: answer.status().as_u16(),
        body: serde_json::from_slice(answer.body()).unwrap_or_default(),
        text: String::from_utf8_lossy(answer.body()).into_owned(),
        cookie,
        event: 0,
    }
}
