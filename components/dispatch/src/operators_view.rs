//! How the operators are, for whoever keeps the deployment: who is set up, who rests and why, where each is to send
//! what comes back, and how much of that could not be read.

use domain::cell_name::CellName;
use edge::{Answer, Call, Result, format_time, json};
use operators::{INCOMING, jasmin, kannel, report_token, smsc, twilio};
use serde::Serialize;
use store::cell::UnreadCount;

use crate::carriers::Carriers;

#[derive(Serialize)]
struct View {
    items: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    name: String,
    set_up: bool,
    /// What is missing.
    problem: Option<String>,
    /// Failures in a row.
    failures: i64,
    resting_until: Option<String>,
    /// Why it failed last.
    reason: Option<String>,
    /// Where it is to send what people answer, if it passes that on.
    incoming_url: Option<String>,
    /// What it sent under a sound signature that nobody could read.
    unread: Unread,
}

/// What could not be read, since the deployment began.
#[derive(Default, Serialize)]
struct Unread {
    /// Numbers of those who answered.
    number: i64,
    /// Letters of what they answered.
    charset: i64,
    /// Anything else.
    body: i64,
    /// When it happened last.
    last_at: Option<String>,
}

impl Unread {
    fn of(counts: &[UnreadCount], operator: &str) -> Self {
        let counts: Vec<&UnreadCount> = counts.iter().filter(|one| one.operator == operator).collect();
        let times = |what: &str| counts.iter().filter(|one| one.what == what).map(|one| one.times).sum();
        let last_at = counts.iter().map(|one| one.last_at).max();
        Self {
            number: times("number"),
            charset: times("charset"),
            body: times("body"),
            last_at: last_at.map(format_time),
        }
    }
}

/// `GET /internal/operators`
pub async fn get(call: Call) -> Result<Answer> {
    call.check_tick_token().await?;
    let deployment = call.deployment().await?;
    let cell = deployment.cell(CellName::FIRST).await?;
    let now = deployment.now();
    let carriers = Carriers::set_up(&call, &cell).await?;
    let unread = cell.unread().await?;
    let (public_url, key) = (call.settings.get("public_url").await?, call.settings.report_key().await?);
    let item = |name: &str, problem: Option<String>| {
        let state = carriers.state(name);
        let resting = state.as_ref().map(|state| state.resting_until).filter(|until| *until > now);
        Item {
            name: name.to_owned(),
            set_up: problem.is_none(),
            problem,
            failures: state.as_ref().map_or(0, |state| state.failures),
            resting_until: resting.map(format_time),
            reason: state.and_then(|state| state.reason),
            incoming_url: incoming_url(&public_url, &key, name),
            unread: Unread::of(&unread, name),
        }
    };
    let mut items: Vec<Item> = carriers.operators().map(|operator| item(operator.name(), None)).collect();
    items.extend(carriers.left_out.iter().map(|(name, error)| item(name, Some(error.to_string()))));
    // Who is not in use any more may still send: reports, and refusals.
    let mut gone: Vec<&str> = unread.iter().map(|one| one.operator.as_str()).collect();
    gone.dedup();
    gone.retain(|name| items.iter().all(|item| item.name != *name));
    items.extend(gone.into_iter().map(|name| item(name, Some("it is not in use".to_owned()))));
    json(200, &View { items })
}

fn incoming_url(public_url: &str, key: &[u8], name: &str) -> Option<String> {
    let behind = match name {
        kannel::NAME | jasmin::NAME => format!("incoming/{}", report_token(key, name, INCOMING)?),
        smsc::NAME => "incoming".to_owned(),
        twilio::NAME => "reports/incoming".to_owned(),
        _ => return None,
    };
    let public_url = public_url.trim_end_matches('/');
    (!public_url.is_empty()).then(|| format!("{public_url}/webhooks/operators/{name}/{behind}"))
}
