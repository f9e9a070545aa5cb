//! How the operators are, for whoever keeps the deployment: who is set up, who rests and why, and where
//! each is to send what comes back.

use edge::{Answer, Call, Connection, DEFAULT_LABEL, Result, format_time, json};
use operators::{INCOMING, jasmin, kannel, report_token, smsc, twilio};
use serde::Serialize;
use store::cell::Cell;

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
}

/// `GET /internal/operators`
pub async fn get(call: Call) -> Result<Answer> {
    call.check_tick_token().await?;
    let now = call.now().await?;
    let db = Connection::open(DEFAULT_LABEL).await?;
    let carriers = Carriers::set_up(&call, &Cell::new(&*db)).await?;
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
        }
    };
    let mut items: Vec<Item> = carriers.operators().map(|operator| item(operator.name(), None)).collect();
    items.extend(carriers.left_out.iter().map(|(name, error)| item(name, Some(error.to_string()))));
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
