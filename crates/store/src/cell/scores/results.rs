//! What came of a run: each score with its reasons and what it was made of, and who was skipped and why (R99, R104).

use std::collections::BTreeMap;

use scoring::{Chance, Inputs, Reason};

use crate::cell::Tenant;
use crate::database::{Database, DbError};
use crate::row::Row;
use crate::{StoredPage, hex, json, params, sql};

/// Why a contact is not scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skipped {
    /// They did not consent, or do not any more.
    NoConsent,
    /// They object.
    Objected,
    /// They are not written to anyway.
    Blacklisted,
    /// They consented after the run was asked for, and more are not scored than was agreed to.
    BeyondAgreement,
}

impl Skipped {
    /// As it is stored and answered.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoConsent => "no_consent",
            Self::Objected => "objected",
            Self::Blacklisted => "blacklisted",
            Self::BeyondAgreement => "beyond_agreement",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let all = [Self::NoConsent, Self::Objected, Self::Blacklisted, Self::BeyondAgreement];
        all.into_iter().find(|why| why.as_str() == text)
    }
}

/// A contact that was skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedContact {
    /// `con_…`
    pub contact: String,
    /// E.164.
    pub phone: String,
    /// Why.
    pub why: Skipped,
}

/// A contact with its score.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoredContact {
    /// `con_…`
    pub contact: String,
    /// E.164.
    pub phone: String,
    /// The chance.
    pub score: Chance,
    /// The strongest reasons.
    pub reasons: Vec<Reason>,
    /// What it was made of.
    pub inputs: Inputs,
}

/// How a number was reached before.
#[derive(Clone, Debug, PartialEq)]
pub struct ReachedBefore {
    /// The run that says so.
    pub scoring: String,
    /// As of when, Unix milliseconds.
    pub as_of: i64,
    /// The chance.
    pub score: Chance,
    /// What happened before.
    pub inputs: Inputs,
}

/// A score as a row holds it.
pub(super) fn read_score(row: &Row) -> Result<(Chance, Vec<Reason>, Inputs), DbError> {
    let score = u32::try_from(row.int("score")?).ok().and_then(Chance::of_millionths);
    let score = score.ok_or_else(|| DbError::Column("score".to_owned()))?;
    Ok((score, row.json("reasons")?, row.json("inputs")?))
}

impl<D: Database> Tenant<'_, D> {
    /// The scores of a run that is delivered, in the order of the contacts.
    pub async fn scores(
        &self,
        scoring: &str,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<StoredPage<ScoredContact>, DbError> {
        let parameters = params![&self.account, scoring, cursor.unwrap_or(""), limit as i64 + 1];
        let rows = self.db.query(sql!("results.sql", "scores"), parameters).await?;
        let read = |row: &Row| {
            let (contact, phone) = self.read_contact(row)?;
            let (score, reasons, inputs) = read_score(row)?;
            Ok(ScoredContact { contact, phone, score, reasons, inputs })
        };
        let scores = rows.iter().map(read).collect::<Result<Vec<_>, DbError>>()?;
        Ok(StoredPage::cut(scores, limit, |scored| scored.contact.clone()))
    }

    /// Whom a run leaves out, in the order of the contacts (R99).
    pub async fn skipped_contacts(
        &self,
        scoring: &str,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<StoredPage<SkippedContact>, DbError> {
        let parameters = params![&self.account, scoring, cursor.unwrap_or(""), limit as i64 + 1];
        let rows = self.db.query(sql!("results.sql", "skipped"), parameters).await?;
        let read = |row: &Row| {
            let (contact, phone) = self.read_contact(row)?;
            Ok(SkippedContact { contact, phone, why: row.read("skipped", Skipped::parse)? })
        };
        let skipped = rows.iter().map(read).collect::<Result<Vec<_>, DbError>>()?;
        Ok(StoredPage::cut(skipped, limit, |skipped| skipped.contact.clone()))
    }

    /// The contact of a row and its number.
    fn read_contact(&self, row: &Row) -> Result<(String, String), DbError> {
        let contact = row.text("contact")?;
        let place = self.place("contact number", &contact);
        let phone = self.keys.personal()?.open_text(&place, &row.blob("number")?)?;
        Ok((contact, phone))
    }

    /// How numbers were reached before, of people who consented to such a look; the others are left out.
    pub async fn reached_before(
        &self,
        phones: &[String],
    ) -> Result<BTreeMap<String, ReachedBefore>, DbError> {
        let key = self.keys.personal()?;
        let by_hash: BTreeMap<String, &String> =
            phones.iter().map(|phone| (hex(&key.index(phone)), phone)).collect();
        let hashes = json(&by_hash.keys().collect::<Vec<_>>())?;
        let rows =
            self.db.query(sql!("results.sql", "reached_before"), params![&self.account, hashes]).await?;
        let mut reached = BTreeMap::new();
        for row in &rows {
            let Some(phone) = by_hash.get(&row.text("hash")?.to_lowercase()) else { continue };
            let (score, _, inputs) = read_score(row)?;
            let before =
                ReachedBefore { scoring: row.text("scoring")?, as_of: row.int("created_at")?, score, inputs };
            reached.insert((*phone).clone(), before);
        }
        Ok(reached)
    }

    /// The delivered scores of one person, as JSON: `[{scoring, kind, rules, score, reasons, inputs}]`.
    pub(crate) async fn scores_of(&self, db: &D, phone: &str) -> Result<serde_json::Value, DbError> {
        let hash = self.keys.personal()?.index(phone);
        let rows = db.query(sql!("results.sql", "of_person"), params![&self.account, &hash]).await?;
        let read = |row: &Row| {
            let reasons: serde_json::Value = row.json("reasons")?;
            let inputs: serde_json::Value = row.json("inputs")?;
            Ok(serde_json::json!({
                "scoring": row.text("scoring")?, "kind": row.text("kind")?, "rules": row.int("rules")?,
                "score": row.int("score")?, "reasons": reasons, "inputs": inputs,
            }))
        };
        rows.iter().map(read).collect::<Result<Vec<_>, DbError>>().map(serde_json::Value::Array)
    }
}
