//! What was said of people and by them, run after run and person after person, for their owner's own copy (R68).

use crate::StoredPage;
use crate::cell::Tenant;
use crate::cell::scores::number_lookups::{LookedUpNumber, Lookup};
use crate::cell::scores::results::ScoredContact;
use crate::cell::scores::runs::Scoring;
use crate::cell::scores::stances::{Stance, StanceNoted};
use crate::database::{Database, DbError};
use crate::refusal::StoreError;
use crate::row::Row;
use crate::{hex, params, sql};

/// Some of what a run delivered; none of one that delivered nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct OfRun<R, T> {
    /// The run.
    pub run: R,
    /// What it delivered, by the contacts.
    pub items: Vec<T>,
    /// Where it goes on: in this run, or with the one before it. There is always one, since nobody knows yet whether there
    /// is a run before it.
    pub next_cursor: String,
}

/// What a person said, and who they are as far as that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StanceOfSomebody {
    /// E.164; `None` for who is not in the base: only the keyed hash of their number is kept.
    pub phone: Option<String>,
    /// What they said last.
    pub noted: StanceNoted,
}

/// `RUN/CONTACT`: behind a contact of a run. `RUN`: the run before it.
enum Place<'c> {
    Newest,
    Below(&'c str),
    Within(&'c str, &'c str),
}

impl<'c> Place<'c> {
    fn read(cursor: Option<&'c str>) -> Self {
        match (cursor, cursor.and_then(|cursor| cursor.split_once('/'))) {
            (None, _) => Self::Newest,
            (_, Some((run, contact))) => Self::Within(run, contact),
            (Some(run), None) => Self::Below(run),
        }
    }

    /// Below which run the next one is looked for, and behind which contact of it.
    const fn below(&self) -> Option<&'c str> {
        match self {
            Self::Below(run) => Some(run),
            Self::Newest | Self::Within(..) => None,
        }
    }

    const fn behind(&self) -> Option<&'c str> {
        match self {
            Self::Within(_, contact) => Some(contact),
            Self::Newest | Self::Below(_) => None,
        }
    }
}

impl<R, T> OfRun<R, T> {
    fn of(run: R, id: &str, page: StoredPage<T>) -> Self {
        let next_cursor = match page.next_cursor {
            Some(contact) => format!("{id}/{contact}"),
            None => id.to_owned(),
        };
        Self { run, items: page.items, next_cursor }
    }
}

impl<D: Database> Tenant<'_, D> {
    /// The scores of one run after another, the newest first; `None` behind the oldest.
    pub async fn every_score(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Option<OfRun<Scoring, ScoredContact>>, DbError> {
        let place = Place::read(cursor);
        let run = match place {
            Place::Within(run, _) => self.scoring(run).await?,
            Place::Newest | Place::Below(_) => self.scorings(place.below(), 1).await?.items.pop(),
        };
        let Some(run) = run else { return Ok(None) };
        let page = self.scores(&run.scoring, place.behind(), limit).await?;
        let id = run.scoring.clone();
        Ok(Some(OfRun::of(run, &id, page)))
    }

    /// The answers of one look-up after another, the newest first; `None` behind the oldest.
    pub async fn every_lookup_answer(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Option<OfRun<Lookup, LookedUpNumber>>, StoreError> {
        let place = Place::read(cursor);
        let run = match place {
            Place::Within(run, _) => self.lookup(run).await?,
            Place::Newest | Place::Below(_) => self.lookups(place.below(), 1).await?.items.pop(),
        };
        let Some(run) = run else { return Ok(None) };
        let page = self.looked_up(&run.lookup, place.behind(), limit).await?;
        let id = run.lookup.clone();
        Ok(Some(OfRun::of(run, &id, page)))
    }

    /// What people said of automated decisions, in no order that says anything.
    pub async fn every_stance(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<StoredPage<StanceOfSomebody>, DbError> {
        let parameters = params![&self.account, cursor.unwrap_or(""), limit as i64 + 1];
        let rows = self.db.query(sql!("taken_out.sql", "stances"), parameters).await?;
        let read = |row: &Row| Ok((hex(&row.blob("number_hash")?), self.read_stance(row)?));
        let stances = rows.iter().map(read).collect::<Result<Vec<_>, DbError>>()?;
        let page = StoredPage::cut(stances, limit, |(hash, _)| hash.clone());
        let items = page.items.into_iter().map(|(_, stance)| stance).collect();
        Ok(StoredPage { items, next_cursor: page.next_cursor })
    }

    fn read_stance(&self, row: &Row) -> Result<StanceOfSomebody, DbError> {
        let key = self.keys.personal()?;
        let place = self.place("stance", &hex(&row.blob("number_hash")?));
        let said = row.opt_blob("said")?.map(|sealed| key.open_text(&place, &sealed)).transpose()?;
        let noted = StanceNoted {
            stance: row.read("stance", Stance::parse)?,
            said,
            import: row.opt_text("import")?,
            at: row.int("at")?,
        };
        Ok(StanceOfSomebody { phone: self.number_beside(row)?, noted })
    }

    /// The number of the contact that stands beside what is kept by a hash; `None` for who is not in the base.
    pub(in crate::cell) fn number_beside(&self, row: &Row) -> Result<Option<String>, DbError> {
        let Some(contact) = row.opt_text("contact")? else { return Ok(None) };
        let place = self.place("contact number", &contact);
        self.keys.personal()?.open_text(&place, &row.blob("number")?).map(Some)
    }
}
