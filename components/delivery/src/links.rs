//! The short links in texts: each leads where the account said, and who opened it is counted (R96).
//!
//! It stands beside the page for refusing, for the same reasons: it needs the message and no session. Leading comes
//! first: what cannot be counted is not.

use std::time::Duration;

use domain::language::Language;
use domain::link_visits::{Asked, PURPOSE_HEADERS, Visitor, judge};
use edge::{Answer, Call, Problem, Result, page, redirect};
use futures::future::{Either, select};
use spin_sdk::time::sleep;
use store::cell::ShortLink;
use store::{Database, VisitLinks};

use crate::recipient_page::{Texts, whole};

/// How long a person waits at most for being counted: no writer takes longer, but a line of them may.
const PATIENCE: Duration = Duration::from_millis(500);

/// `GET /l/{token}`, and `HEAD`, which is no visit.
pub async fn open(call: Call, token: String) -> Result<Answer> {
    // Before anything is looked up: an invented link costs no statement.
    let links = VisitLinks::new(&call.settings.master_key().await?)?;
    let Some(born) = links.cell_of(&token) else { return said(&call, 404, call.language(), "unknown") };
    let deployment = call.deployment().await?;
    for name in deployment.cells_twice_from(Some(born)) {
        let cell = deployment.cell(name).await?;
        let Some(link) = cell.short_link(&token).await? else { continue };
        let Some(address) = link.leads_to(deployment.now()) else {
            let language = Language::parse(link.language()).unwrap_or_default();
            return said(&call, 410, language, "expired");
        };
        let answer = redirect(address);
        let answer = answer.ok_or_else(|| Problem::internal("a short link", &"no header holds it"))?;
        if call.method() == "GET" {
            note(&link, visitor(&call).await?, deployment.now()).await;
        }
        return Ok(answer);
    }
    said(&call, 404, call.language(), "unknown")
}

/// Counts the visit, if the database takes it in time. What is cut off is rolled back with its connection.
async fn note<D: Database>(link: &ShortLink<'_, D>, visitor: Visitor, now: i64) {
    let noting = Box::pin(link.note_visit(visitor, now));
    let why = match select(noting, Box::pin(sleep(PATIENCE))).await {
        Either::Left((Ok(()), _)) => return,
        Either::Left((Err(error), _)) => error.to_string(),
        Either::Right(_) => "the database is busy".to_owned(),
    };
    eprintln!("delivery: a visit was not counted: {why}");
}

/// Who asks. Nothing that is looked at here is kept.
async fn visitor(call: &Call) -> Result<Visitor> {
    let address = call.settings.get("public_url").await?;
    Ok(judge(&Asked {
        method: call.method(),
        over_tls: address.trim().starts_with("https://"),
        user_agent: call.header("user-agent"),
        accept: call.header("accept"),
        accept_language: call.header("accept-language"),
        fetch_mode: call.header("sec-fetch-mode"),
        fetch_dest: call.header("sec-fetch-dest"),
        purpose: PURPOSE_HEADERS.iter().find_map(|name| call.header(name)),
    }))
}

/// A page that says why a link leads nowhere, in a language or in the one that was picked on it.
fn said(call: &Call, status: u16, language: Language, what: &str) -> Result<Answer> {
    let picked = call.query("language").and_then(|picked| Language::parse(&picked));
    let language = picked.unwrap_or(language);
    let texts = Texts::read(language)?;
    let text = format!("<p>{}</p>", texts.get(&format!("link.{what}_text")));
    let heading = format!("link.{what}_heading");
    Ok(page(status, language, whole(language, &texts, (&heading, &heading), &text)))
}
