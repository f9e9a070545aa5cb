//! The rows of each file, page by page, in the words of the interface: whoever reads one knows them from its lists.

use std::collections::BTreeMap;

use api::Time;
use api::exports::Exported;
use api::ids::{CampaignId, ImportId};
use domain::language::Language;
use edge::{Problem, Result};
use serde::Serialize;
use serde_json::{Value, json};
use store::cell::{Campaign, Content, Import, ListKind, ProvableEvent, Tenant, WholeContact};
use store::{SpinDatabase, StoredPage};

/// Rows that are read at once: what a file holds in memory.
const PAGE: usize = 500;

/// The names of lists and tags, by their ids.
pub type Names = BTreeMap<String, String>;

/// Some rows, and behind what the next ones begin; nothing at the end.
pub struct Rows {
    pub rows: Vec<Value>,
    pub next: Option<String>,
}

impl Rows {
    fn of<S, T: Serialize>(page: StoredPage<S>, mut view: impl FnMut(S) -> Result<T>) -> Result<Self> {
        let rows = page.items.into_iter().map(|item| value(&view(item)?)).collect::<Result<_>>()?;
        Ok(Self { rows, next: page.next_cursor })
    }
}

fn value<T: Serialize>(row: &T) -> Result<Value> {
    serde_json::to_value(row).map_err(|error| Problem::internal("a row to JSON", &error))
}

/// A cursor that is a number; the beginning without one.
fn number(cursor: Option<&str>, beginning: i64) -> Result<i64> {
    let read = cursor.map_or(Ok(beginning), str::parse);
    read.map_err(|error| Problem::internal("a cursor of an export", &error))
}

/// The next rows of everything but the contacts.
pub async fn of(
    tenant: &Tenant<'_, SpinDatabase>,
    what: Exported,
    cursor: Option<&str>,
    language: Language,
) -> Result<Rows> {
    match what {
        Exported::Contacts => Ok(Rows { rows: Vec::new(), next: None }),
        Exported::Messages => Rows::of(tenant.history(None, number(cursor, 0)?, PAGE).await?, |item| {
            let channel = if item.call_attempt.is_some() { "voice" } else { "text" };
            with(value(&shown::message(item)?)?, "channel", channel.into())
        }),
        Exported::Campaigns => {
            Rows::of(tenant.campaigns(cursor, PAGE).await?, |campaign| Ok(of_campaign(campaign)))
        }
        Exported::Blacklist => Rows::of(tenant.blacklist(cursor, PAGE).await?, shown::blacklist_entry),
        Exported::Consents => Rows::of(tenant.consents(cursor, PAGE).await?, shown::given_consent),
        Exported::Ledger => Rows::of(tenant.ledger(cursor, PAGE).await?, shown::transfer),
        Exported::Imports => Rows::of(tenant.imports(cursor, PAGE).await?, |import| Ok(of_import(import))),
        Exported::Scores => scores(tenant, cursor, language).await,
        Exported::Acts => {
            let page = tenant.event_evidence("", number(cursor, -1)?, PAGE).await?;
            let row = |event: ProvableEvent| json!({"log_index": event.index, "event": event.event});
            Ok(Rows { rows: page.events.into_iter().map(row).collect(), next: page.next_cursor })
        }
    }
}

fn with(mut row: Value, name: &str, value: Value) -> Result<Value> {
    row[name] = value;
    Ok(row)
}

/// The names of all lists and tags.
pub async fn names(tenant: &Tenant<'_, SpinDatabase>) -> Result<Names> {
    let mut names = Names::new();
    for kind in [ListKind::List, ListKind::Tag] {
        let mut cursor = None;
        loop {
            let page = tenant.lists(kind, cursor.as_deref(), PAGE).await?;
            names.extend(page.items.into_iter().map(|list| (list.list, list.name)));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
    }
    Ok(names)
}

/// The next contacts, with their lists and tags by name. One whose list is not known was put into it since the names
/// were read; one that is not known after that either was taken out of a list that is gone.
pub async fn contacts(
    tenant: &Tenant<'_, SpinDatabase>,
    cursor: Option<&str>,
    known: &mut Names,
) -> Result<Rows> {
    let page = tenant.whole_contacts(cursor, PAGE).await?;
    if page.items.iter().flat_map(|whole| &whole.lists).any(|list| !known.contains_key(list)) {
        *known = names(tenant).await?;
    }
    Rows::of(page, |WholeContact { contact, consent, lists }| {
        let consent = consent.as_deref().map(shown::consent).transpose()?;
        let mut row = value(&shown::contact(contact))?;
        row["consent"] = value(&consent)?;
        let (tags, lists): (Vec<&String>, _) = lists.iter().partition(|list| list.starts_with("tag_"));
        for (what, ids) in [("lists", lists), ("tags", tags)] {
            row[what] = ids.into_iter().filter_map(|list| known.get(list)).cloned().collect();
        }
        Ok(row)
    })
}

/// The scores of one run after another, the newest first: `scg_…/con_…` says behind which contact of which run.
async fn scores(tenant: &Tenant<'_, SpinDatabase>, cursor: Option<&str>, language: Language) -> Result<Rows> {
    let newest_below = async |run: Option<&str>| -> Result<Option<String>> {
        let runs = tenant.scorings(run, 1).await?;
        Ok(runs.items.into_iter().next().map(|run| run.scoring))
    };
    let at = match cursor {
        None => newest_below(None).await?.map(|run| (run, String::new())),
        Some(cursor) => cursor.split_once('/').map(|(run, contact)| (run.to_owned(), contact.to_owned())),
    };
    let Some((run, contact)) = at else { return Ok(Rows { rows: Vec::new(), next: None }) };
    let scoring = tenant.scoring(&run).await?.ok_or_else(Problem::not_found)?;
    let page = tenant.scores(&run, Some(&contact), PAGE).await?;
    let next = match &page.next_cursor {
        Some(contact) => Some(format!("{run}/{contact}")),
        None => newest_below(Some(&run)).await?.map(|run| format!("{run}/")),
    };
    let kind = scoring.kind.as_str();
    let rows = Rows::of(page, |scored| {
        let row = with(value(&shown::scored(scored, language)?)?, "scoring", run.as_str().into())?;
        with(with(row, "kind", kind.into())?, "scored_at", value(&scoring.finished_at.map(Time::of))?)
    })?;
    Ok(Rows { next, ..rows })
}

/// What a campaign was: what it says at this moment of its hours is nothing to keep.
fn of_campaign(campaign: Campaign) -> Value {
    let content = match &campaign.content {
        Content::Text { text, segments, opt_out_link, .. } => json!({
            "channel": "text", "text": text, "segments": segments, "opt_out_link": opt_out_link.is_some(),
        }),
        Content::Call { audio, duration_ms, plan } => json!({
            "channel": "voice", "audio": audio, "duration_ms": duration_ms, "attempts": plan.attempts(),
        }),
    };
    let mut row = json!({
        "id": CampaignId::stored(campaign.campaign), "name": campaign.name, "class": campaign.class,
        "audience": campaign.audience, "state": campaign.state, "created_at": Time::of(campaign.created_at),
        "started_at": campaign.started_at.map(Time::of), "finished_at": campaign.finished_at.map(Time::of),
    });
    if let (Value::Object(row), Value::Object(content)) = (&mut row, content) {
        row.extend(content);
    }
    row
}

fn of_import(import: Import) -> Value {
    json!({
        "id": ImportId::stored(import.import), "name": import.name, "state": import.state,
        "rows": import.rows, "imported": import.imported, "updated": import.updated,
        "unchanged": import.unchanged, "duplicates": import.duplicates, "rejected": import.rejected,
        "blacklisted": import.blacklisted, "several": import.several, "problem_code": import.problem_code,
        "problem_line": import.problem_line, "created_at": Time::of(import.created_at),
        "finished_at": import.finished_at.map(Time::of),
    })
}
