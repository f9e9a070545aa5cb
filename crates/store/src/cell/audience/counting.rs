//! How many an audience takes: counted, or told from a sample, since a million contacts take a while to go through
//! (R50, R66).

use domain::audience::{Audience, Selection};
use domain::estimate::{Estimate, of_sample};

use crate::cell::Tenant;
use crate::cell::audience::matching::Step;
use crate::database::{Database, DbError};
use crate::refusal::StoreError;
use crate::{hex, params, sql};

/// Contacts that an estimate looks at.
const SAMPLE: i64 = 4_000;
/// A base of so many is counted.
const COUNTED_MAX: i64 = 5 * SAMPLE;
const IS_LISTED: &str =
    "EXISTS (SELECT 1 FROM blacklist b WHERE b.account = ?1 AND b.number_hash = c.number_hash)";

/// How many an audience takes, and how many of them are blacklisted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimated {
    /// Contacts.
    pub contacts: i64,
    /// Of these on the blacklist.
    pub blacklisted: i64,
    /// Between which the true count of contacts lies, where this is told from a sample.
    pub between: Option<(i64, i64)>,
}

impl<D: Database> Tenant<'_, D> {
    /// How many contacts are taken, and how many of them are blacklisted (R50, R66).
    pub async fn count_audience(&self, audience: &Audience) -> Result<(i64, i64), StoreError> {
        if let Some(counted) = self.known_count(audience).await? {
            return Ok(counted);
        }
        let matching = self.matching(self.db, audience).await?;
        let counted =
            matching.select(&format!("count(*) AS contacts, coalesce(sum({IS_LISTED}), 0) AS blacklisted"));
        let rows = self.db.query(&counted, matching.parameters(&self.account, &Step::all())).await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        Ok((row.int("contacts")?, row.int("blacklisted")?))
    }

    /// The same, told from a sample where the base is large: in much the same time whatever its size.
    pub async fn estimate_audience(&self, audience: &Audience) -> Result<Estimated, StoreError> {
        let base = self.audience().await?.0;
        let known = match base > COUNTED_MAX && audience.include.phones.is_empty() {
            true => self.known_count(audience).await?,
            false => Some(self.count_audience(audience).await?),
        };
        if let Some((contacts, blacklisted)) = known {
            return Ok(Estimated { contacts, blacklisted, between: None });
        }
        // Of all numbers of eight bytes the first so many are a share as large as the sample is of the base.
        let below = ((SAMPLE.unsigned_abs() as u128) << 64) / u128::from(base.unsigned_abs());
        let bound = hex(&(below as u64).to_be_bytes());
        let drawn =
            "SELECT count(*) AS seen FROM contact_number WHERE account = ?1 AND number_hash < unhex(?2)";
        let rows = self.db.query(drawn, params![&self.account, &bound]).await?;
        let seen = rows.first().ok_or(DbError::NoRow)?.int("seen")?;
        let matching = self.matching_sample(audience, &bound).await?;
        let taken =
            matching.select(&format!("count(*) AS taken, coalesce(sum({IS_LISTED}), 0) AS blacklisted"));
        let rows = self.db.query(&taken, matching.parameters(&self.account, &Step::all())).await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        let Estimate { count, at_least, at_most } = of_sample(row.int("taken")?, seen, base);
        let blacklisted = of_sample(row.int("blacklisted")?, seen, base).count;
        Ok(Estimated { contacts: count, blacklisted, between: Some((at_least, at_most)) })
    }

    /// What nobody has to count: the base knows how many it has, and so does a list or tag; `None` for any other
    /// audience, and for a list while a file is being read, whose people it may count already.
    async fn known_count(&self, audience: &Audience) -> Result<Option<(i64, i64)>, StoreError> {
        let Selection { lists, tags, phones, rules } = &audience.include;
        if !(phones.is_empty() && rules.is_empty() && audience.exclude.is_empty()) {
            return Ok(None);
        }
        match lists.len() + tags.len() {
            0 => return Ok(Some(self.audience().await?)),
            1 => {}
            _ => return Ok(None),
        }
        let named = self.check_audience(self.db, audience).await?;
        let Some((list, members)) = named.into_values().next() else { return Ok(None) };
        let rows = self.db.query(sql!("counting.sql", "listed"), params![&self.account, list]).await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        Ok(if row.flag("is_reading")? { None } else { Some((members, row.int("blacklisted")?)) })
    }
}
