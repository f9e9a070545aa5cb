//! Audiences that are kept under a name, to be used again. What they name may be gone by then: it is judged where they are
//! used.

use domain::audience::Audience;
use domain::ids::IdKind;
use domain::unpaid::Kept;

use crate::cell::Tenant;
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::{Act, StoredPage, json, params, sql};

/// An audience under a name.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedAudience {
    /// `adn_…`
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Whom it takes.
    pub audience: Audience,
    /// Unix milliseconds.
    pub created_at: i64,
}

/// How many an account keeps.
const AUDIENCES_MAX: i64 = 500;

impl<D: Database> Tenant<'_, D> {
    /// Keeps an audience.
    pub async fn save_audience(
        &self,
        act: &Act,
        name: &str,
        audience: &Audience,
    ) -> Result<SavedAudience, StoreError> {
        let id = self.new_id(IdKind::Audience, act.now)?;
        let (sealed, rules) = self.seal_saved(&id, name, audience)?;
        self.write(async |db| {
            self.refuse_if_closed(db).await?;
            self.check_audience(db, audience).await?;
            let parameters = params![&self.account, &id, sealed.clone(), rules.clone(), act.now];
            db.query(sql!("saved.sql", "add"), parameters).await?;
            self.check_unpaid_limit(db, Kept::SavedAudiences).await?;
            let count = "SELECT count(*) AS audiences FROM saved_audience WHERE account = ?1";
            let rows = db.query(count, params![&self.account]).await?;
            match rows.first().map_or(Ok(0), |row| row.int("audiences"))? > AUDIENCES_MAX {
                true => Err(Refusal::TooManyAudiences.into()),
                false => Ok(()),
            }
        })
        .await?;
        self.saved_audience(&id).await?.ok_or_else(|| Refusal::NotFound.into())
    }

    fn seal_saved(&self, id: &str, name: &str, audience: &Audience) -> Result<(Vec<u8>, Vec<u8>), DbError> {
        let key = self.keys.personal()?;
        let name = key.seal(&self.place("audience name", id), name.as_bytes())?;
        Ok((name, key.seal(&self.place("audience rules", id), json(audience)?.as_bytes())?))
    }

    /// Says anew whom it takes, and what it is called.
    pub async fn change_audience(
        &self,
        id: &str,
        name: &str,
        audience: &Audience,
    ) -> Result<SavedAudience, StoreError> {
        let (sealed, rules) = self.seal_saved(id, name, audience)?;
        self.write(async |db| {
            self.refuse_if_closed(db).await?;
            self.check_audience(db, audience).await?;
            let parameters = params![&self.account, id, sealed.clone(), rules.clone()];
            match db.query(sql!("saved.sql", "change"), parameters).await?.is_empty() {
                true => Err(Refusal::NotFound.into()),
                false => Ok(()),
            }
        })
        .await?;
        self.saved_audience(id).await?.ok_or_else(|| Refusal::NotFound.into())
    }

    /// One of them.
    pub async fn saved_audience(&self, id: &str) -> Result<Option<SavedAudience>, DbError> {
        let rows = self.db.query(sql!("saved.sql", "page"), params![&self.account, "", 1_i64, id]).await?;
        rows.first().map(|row| self.read_saved(row)).transpose()
    }

    /// All of them, in the order in which they were made.
    pub async fn saved_audiences(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<StoredPage<SavedAudience>, DbError> {
        let parameters = params![&self.account, cursor.unwrap_or(""), limit as i64 + 1, None::<&str>];
        let rows = self.db.query(sql!("saved.sql", "page"), parameters).await?;
        let saved = rows.iter().map(|row| self.read_saved(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(StoredPage::cut(saved, limit, |saved| saved.id.clone()))
    }

    fn read_saved(&self, row: &Row) -> Result<SavedAudience, DbError> {
        let id = row.text("audience")?;
        let key = self.keys.personal()?;
        let rules = key.open_text(&self.place("audience rules", &id), &row.blob("rules")?)?;
        let audience = serde_json::from_str(&rules).map_err(|_| DbError::Column("rules".to_owned()))?;
        let name = key.open_text(&self.place("audience name", &id), &row.blob("name")?)?;
        Ok(SavedAudience { id, name, audience, created_at: row.int("created_at")? })
    }

    /// Forgets one.
    pub async fn delete_audience(&self, id: &str) -> Result<(), StoreError> {
        let delete = "DELETE FROM saved_audience WHERE account = ?1 AND audience = ?2 RETURNING 1";
        let gone = self.write(async |db| Ok(db.query(delete, params![&self.account, id]).await?)).await?;
        if gone.is_empty() { Err(Refusal::NotFound.into()) } else { Ok(()) }
    }
}
