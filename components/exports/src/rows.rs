//! The rows of each file, page by page, in the words of the interface: whoever reads one knows them from its lists.

use std::collections::BTreeMap;

use api::Time;
use api::exports::Exported;
use api::ids::{ContactId, ImportId, LookupId, ScoringId};
use api::number_lookups::LookedUpNumber;
use domain::language::Language;
use edge::{Problem, Result};
use serde::Serialize;
use serde_json::{Value, json};
use store::cell::{HistoryItem, ListKind, ProvableEvent, Stance, Tenant, WholeContact};
use store::{SpinDatabase, StoredPage};

/// Rows that are read at once: what a file holds in memory.
const PAGE: usize = 100;
/// And acts: one that names many people is as long as what it names.
const ACTS: usize = 10;

/// The names of lists and tags, by their ids.
type Names = BTreeMap<String, String>;

/// Some rows, and behind what the next ones begin; nothing at the end.
pub struct Rows {
    pub rows: Vec<Value>,
    pub next: Option<String>,
}

impl Rows {
    const NONE: Self = Self { rows: Vec::new(), next: None };

    fn of<S, T: Serialize>(page: StoredPage<S>, mut view: impl FnMut(S) -> Result<T>) -> Result<Self> {
        let rows = page.items.into_iter().map(|item| value(&view(item)?)).collect::<Result<_>>()?;
        Ok(Self { rows, next: page.next_cursor })
    }
}

fn value<T: Serialize>(row: &T) -> Result<Value> {
    serde_json::to_value(row).map_err(|error| Problem::internal("a row to JSON", &error))
}

/// A row with more in it.
fn with<const N: usize>(mut row: Value, more: [(&str, Value); N]) -> Value {
    for (name, value) in more {
        row[name] = value;
    }
    row
}

/// A cursor that is a number; the beginning without one.
fn number(cursor: Option<&str>, beginning: i64) -> Result<i64> {
    let read = cursor.map_or(Ok(beginning), str::parse);
    read.map_err(|error| Problem::internal("a cursor of an export", &error))
}

/// Where the rows of a file come from.
pub struct Source {
    what: Exported,
    /// In which reasons are given in words.
    language: Language,
    /// When the file was asked for, Unix milliseconds.
    now: i64,
    /// Of the contacts' lists and tags.
    names: Names,
}

impl Source {
    /// Reads what the rows need beside themselves.
    pub async fn begin(
        tenant: &Tenant<'_, SpinDatabase>,
        what: Exported,
        language: Language,
        now: i64,
    ) -> Result<Self> {
        let names = match what {
            Exported::Contacts => names(tenant).await?,
            _ => Names::new(),
        };
        Ok(Self { what, language, now, names })
    }

    /// The next rows.
    pub async fn page(&mut self, tenant: &Tenant<'_, SpinDatabase>, cursor: Option<&str>) -> Result<Rows> {
        match self.what {
            Exported::Contacts => contacts(tenant, cursor, &mut self.names).await,
            Exported::Messages => Rows::of(tenant.history(None, number(cursor, 0)?, PAGE).await?, message),
            Exported::Campaigns => Rows::of(tenant.campaigns(cursor, PAGE).await?, campaign),
            Exported::Blacklist => Rows::of(tenant.blacklist(cursor, PAGE).await?, shown::blacklist_entry),
            Exported::Consents => Rows::of(tenant.consents(cursor, PAGE).await?, shown::given_consent),
            Exported::Ledger => Rows::of(tenant.ledger(cursor, PAGE).await?, shown::transfer),
            Exported::Imports => {
                Rows::of(tenant.imports(cursor, PAGE).await?, |one| uploads::view(one, self.language))
            }
            Exported::Scores => scores(tenant, cursor, self.language).await,
            Exported::Lookups => lookups(tenant, cursor).await,
            Exported::Stances => stances(tenant, cursor).await,
            Exported::Appeals => Rows::of(tenant.appeals(cursor, PAGE).await?, |one| {
                shown::appeal(one, self.now, self.language)
            }),
            Exported::Audiences => {
                Rows::of(tenant.saved_audiences(cursor, PAGE).await?, |one| Ok(shown::saved_audience(one)))
            }
            Exported::Requests => requests(tenant, cursor, self.language).await,
            Exported::Acts => {
                let page = tenant.event_evidence("", number(cursor, -1)?, ACTS).await?;
                let row = |event: ProvableEvent| json!({"log_index": event.index, "event": event.event});
                Ok(Rows { rows: page.events.into_iter().map(row).collect(), next: page.next_cursor })
            }
        }
    }
}

/// The names of all lists and tags.
async fn names(tenant: &Tenant<'_, SpinDatabase>) -> Result<Names> {
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
async fn contacts(
    tenant: &Tenant<'_, SpinDatabase>,
    cursor: Option<&str>,
    known: &mut Names,
) -> Result<Rows> {
    let page = tenant.whole_contacts(cursor, PAGE).await?;
    if page.items.iter().flat_map(|whole| &whole.lists).any(|list| !known.contains_key(list)) {
        *known = names(tenant).await?;
    }
    Rows::of(page, |WholeContact { contact, consent, stance, lists }| {
        let consent = consent.as_deref().map(shown::consent).transpose()?;
        // Whoever withdrew or objected does not consent; who said nothing neither consents nor refuses.
        let consents = stance.map(|stance| stance == Stance::Consented);
        let beside = [("consent", value(&consent)?), ("decision_consent", value(&consents)?)];
        let mut row = with(value(&shown::contact(contact))?, beside);
        let (tags, lists): (Vec<&String>, _) = lists.iter().partition(|list| list.starts_with("tag_"));
        for (what, ids) in [("lists", lists), ("tags", tags)] {
            row[what] = ids.into_iter().filter_map(|list| known.get(list)).cloned().collect();
        }
        Ok(row)
    })
}

fn message(item: HistoryItem) -> Result<Value> {
    let channel = if item.call_attempt.is_some() { "voice" } else { "text" };
    Ok(with(value(&shown::message(item)?)?, [("channel", channel.into())]))
}

/// What a campaign was: what its hours and the account say of it at this moment is nothing to keep.
fn campaign(campaign: store::cell::Campaign) -> Result<Value> {
    let mut row = value(&shown::campaign(campaign)?)?;
    if let Some(row) = row.as_object_mut() {
        row.remove("window");
        row.remove("stalled_by");
    }
    Ok(row)
}

async fn scores(tenant: &Tenant<'_, SpinDatabase>, cursor: Option<&str>, language: Language) -> Result<Rows> {
    let Some(page) = tenant.every_score(cursor, PAGE).await? else { return Ok(Rows::NONE) };
    let run = page.run;
    let (kind, at) = (run.kind.as_str(), value(&run.finished_at.map(Time::of))?);
    let id = value(&ScoringId::stored(run.scoring))?;
    let page = StoredPage { items: page.items, next_cursor: Some(page.next_cursor) };
    Rows::of(page, |scored| {
        let row = value(&shown::scored(scored, language)?)?;
        Ok(with(row, [("scoring", id.clone()), ("kind", kind.into()), ("scored_at", at.clone())]))
    })
}

async fn lookups(tenant: &Tenant<'_, SpinDatabase>, cursor: Option<&str>) -> Result<Rows> {
    let Some(page) = tenant.every_lookup_answer(cursor, PAGE).await? else { return Ok(Rows::NONE) };
    let id = value(&LookupId::stored(page.run.lookup))?;
    let page = StoredPage { items: page.items, next_cursor: Some(page.next_cursor) };
    Rows::of(page, |number| {
        let row = LookedUpNumber {
            contact: ContactId::stored(number.contact.clone()),
            phone: number.phone.clone(),
            answer: shown::number_answer(number),
        };
        Ok(with(value(&row)?, [("lookup", id.clone())]))
    })
}

/// What is kept of people by the keyed hash of their number alone names only those in the base.
async fn stances(tenant: &Tenant<'_, SpinDatabase>, cursor: Option<&str>) -> Result<Rows> {
    Rows::of(tenant.every_stance(cursor, PAGE).await?, |one| {
        let noted = one.noted;
        Ok(json!({
            "phone": one.phone, "stance": noted.stance.as_str(), "said": noted.said,
            "import": noted.import.map(ImportId::stored), "at": Time::of(noted.at),
        }))
    })
}

/// The same of receipts.
async fn requests(
    tenant: &Tenant<'_, SpinDatabase>,
    cursor: Option<&str>,
    language: Language,
) -> Result<Rows> {
    Rows::of(tenant.every_receipt(cursor, PAGE).await?, |one| {
        let phone = value(&one.phone)?;
        Ok(with(value(&shown::receipt(one.receipt, "", language)?)?, [("phone", phone)]))
    })
}
