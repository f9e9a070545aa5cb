//! How the operators are, for whoever keeps the deployment: who is set up, who rests and why, where each is to send
//! what comes back, and how much of that could not be read.

use api::operators::{OperatorHealth, Unread};
use edge::{Answer, Call, Items, Result, Time, json};
use operators::{INCOMING, jasmin, kannel, report_token, smsc, twilio};
use store::directory::UnreadCount;

use crate::carriers::Carriers;

fn unread_of(counts: &[UnreadCount], operator: &str) -> Unread {
    let counts: Vec<&UnreadCount> = counts.iter().filter(|one| one.operator == operator).collect();
    let times = |what: &str| counts.iter().filter(|one| one.what == what).map(|one| one.times).sum();
    let last_at = counts.iter().map(|one| one.last_at).max();
    Unread {
        number: times("number"),
        charset: times("charset"),
        body: times("body"),
        last_at: last_at.map(Time::of),
    }
}

/// `GET /internal/operators`
pub async fn get(call: Call) -> Result<Answer> {
    let deployment = call.deployment().await?;
    let directory = deployment.directory();
    let now = deployment.now();
    let carriers = Carriers::set_up(&call, &directory).await?;
    let unread = directory.unread().await?;
    let (public_url, key) = (call.settings.get("public_url").await?, call.settings.report_key().await?);
    let item = |name: &str, problem: Option<String>| {
        let state = carriers.state(name);
        let resting = state.as_ref().map(|state| state.resting_until).filter(|until| *until > now);
        OperatorHealth {
            name: name.to_owned(),
            set_up: problem.is_none(),
            problem,
            failures: state.as_ref().map_or(0, |state| state.failures),
            resting_until: resting.map(Time::of),
            reason: state.and_then(|state| state.reason),
            incoming_url: incoming_url(&public_url, &key, name),
            unread: unread_of(&unread, name),
        }
    };
    let mut items: Vec<OperatorHealth> =
        carriers.operators().map(|operator| item(operator.name(), None)).collect();
    items.extend(carriers.left_out.iter().map(|(name, error)| item(name, Some(error.to_string()))));
    // Who is not in use any more may still send: reports, and refusals.
    let mut gone: Vec<&str> = unread.iter().map(|one| one.operator.as_str()).collect();
    gone.dedup();
    gone.retain(|name| items.iter().all(|item| item.name != *name));
    items.extend(gone.into_iter().map(|name| item(name, Some("it is not in use".to_owned()))));
    json(200, &Items { items })
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
