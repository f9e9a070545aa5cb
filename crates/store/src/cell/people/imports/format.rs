//! How a file is written, by its owner's word: kept with the import, and remembered for the next file of the same shape
//! (R70).

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cell::Tenant;
use crate::cell::jobs::{self, JobKind, NewJob};
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::{hex, json, params, sql};

/// Shapes of files that an account has remembered; of more the oldest goes.
const REMEMBERED_MAX: i64 = 200;

impl<D: Database> Tenant<'_, D> {
    /// Keeps what the file turned out to be, for whoever reads on. Belongs inside a transaction.
    pub async fn keep_format(&self, db: &D, import: &str, format: &impl Serialize) -> Result<(), DbError> {
        let sealed = self.seal_format(import, format)?;
        db.query(
            "UPDATE import SET format = ?3 WHERE account = ?1 AND import = ?2",
            params![&self.account, import, sealed],
        )
        .await?;
        Ok(())
    }

    fn seal_format(&self, import: &str, format: &impl Serialize) -> Result<Vec<u8>, DbError> {
        self.keys.personal()?.seal(&self.place("import format", import), json(format)?.as_bytes())
    }

    /// The owner of a file said how it is written: it is read so by a job. `remembered` is what is kept for the next file
    /// of a shape.
    pub async fn confirm_format<R: Serialize>(
        &self,
        import: &str,
        format: &impl Serialize,
        remembered: Option<(&str, &R)>,
        now: i64,
    ) -> Result<(), StoreError> {
        self.import(import).await?.ok_or(Refusal::NotFound)?;
        let sealed = self.seal_format(import, format)?;
        self.write(async |db| {
            self.refuse_if_closed(db).await?;
            let parameters = params![&self.account, import, sealed.clone(), now];
            if db.query(sql!("format.sql", "confirm"), parameters).await?.is_empty() {
                return Err(Refusal::ImportAwaitsNoFormat.into());
            }
            if let Some((shape, remembered)) = remembered {
                self.remember_format(db, shape, remembered, now).await?;
            }
            jobs::withdraw(db, JobKind::StalledImport, &self.account, import).await?;
            let job = NewJob { kind: JobKind::Import, account: &self.account, subject: import, due_at: now };
            Ok(jobs::enqueue(db, &job).await?)
        })
        .await
    }

    async fn remember_format(
        &self,
        db: &D,
        shape: &str,
        remembered: &impl Serialize,
        now: i64,
    ) -> Result<(), DbError> {
        let shape = self.shape_hash(shape)?;
        let place = self.place("remembered format", &hex(&shape));
        let sealed = self.keys.personal()?.seal(&place, json(remembered)?.as_bytes())?;
        let parameters = params![&self.account, shape.as_slice(), sealed, now];
        db.query(sql!("format.sql", "remember"), parameters).await?;
        db.query(sql!("format.sql", "forget_oldest"), params![&self.account, REMEMBERED_MAX]).await?;
        Ok(())
    }

    /// What was chosen by hand for the last file of a shape.
    pub async fn remembered_format<R: DeserializeOwned>(&self, shape: &str) -> Result<Option<R>, DbError> {
        let shape = self.shape_hash(shape)?;
        let rows = self
            .db
            .query(
                "SELECT chosen FROM remembered_format WHERE account = ?1 AND shape = ?2",
                params![&self.account, shape.as_slice()],
            )
            .await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let place = self.place("remembered format", &hex(&shape));
        let opened = self.keys.personal()?.open(&place, &row.blob("chosen")?)?;
        serde_json::from_slice(&opened).map(Some).map_err(|_| DbError::Column("chosen".to_owned()))
    }

    /// The word before it keeps the hash of a shape apart from that of a number.
    fn shape_hash(&self, shape: &str) -> Result<[u8; 32], DbError> {
        Ok(self.keys.personal()?.index(&format!("file shape {shape}")))
    }
}
