//! Deletion of an account: asked for, and taken back within 30 days; then a job carries it out (R55, R120, R128, R217).

use chrono::{DateTime, NaiveDate};
use domain::deletion_day::deletion_due;
use domain::ids::IdKind;
use domain::money::Tiyn;

use crate::cell::Tenant;
use crate::cell::jobs::{self, JobKind, NewJob};
use crate::cell::proof::events::time_text;
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::{Act, params, sql};

/// A request to delete the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// `del_…`
    pub deletion: String,
    /// `scheduled`, `executing`, `done`, `cancelled`.
    pub state: String,
    /// Unix milliseconds.
    pub requested_at: i64,
    /// Unix milliseconds.
    pub due_at: i64,
    /// The balance that the person was shown and gave up.
    pub forfeits: Tiyn,
}

const COLUMNS: &str = "deletion, state, requested_at, due_at, forfeits";

impl<D: Database> Tenant<'_, D> {
    /// Asks for deletion in 30 days. `forfeits` is the balance that the person was shown (R55).
    pub async fn request_deletion(&self, act: &Act, forfeits: Tiyn) -> Result<Deletion, StoreError> {
        self.request_deletion_on(act, forfeits, None).await
    }

    /// Asks for deletion on a local day, 30 days ahead at least (R120, R217).
    pub async fn request_deletion_on(
        &self,
        act: &Act,
        forfeits: Tiyn,
        day: Option<NaiveDate>,
    ) -> Result<Deletion, StoreError> {
        let asked = DateTime::from_timestamp_millis(act.now)
            .ok_or_else(|| DbError::Other(format!("no instant: {}", act.now)))?;
        let due = deletion_due(asked, day).map_err(Refusal::from)?;
        let deletion = self.new_id(IdKind::Deletion, act.now)?;
        self.write(async |db| {
            self.refuse_if_closed(db).await?;
            let rows = db
                .query(
                    "SELECT available + held AS all_of_it FROM balance WHERE account = ?1",
                    params![&self.account],
                )
                .await?;
            if rows.first().map_or(Ok(0), |row| row.int("all_of_it"))? != forfeits.0 {
                return Err(Refusal::ForfeitAmountChanged.into());
            }
            let made = db
                .query(
                    sql!("deletion.sql", "request"),
                    params![&self.account, &deletion, act.now, due.timestamp_millis(), forfeits.0],
                )
                .await?;
            if made.is_empty() {
                return Err(Refusal::DeletionAlreadyRequested.into());
            }
            db.query(
                "UPDATE account SET state = 'closing' WHERE account = ?1 AND state = 'active'",
                params![&self.account],
            )
            .await?;
            let fields = serde_json::json!({
                "deletion": deletion, "forfeits": forfeits.to_string(), "recipients_duty_acknowledged": true,
                "due_at": time_text(due.timestamp_millis()),
            });
            self.write_act(db, act, "deletion_requested", None, fields).await?;
            let (kind, due_at) = (JobKind::Deletion, due.timestamp_millis());
            jobs::enqueue(db, &NewJob { kind, account: &self.account, subject: &deletion, due_at }).await?;
            Ok(())
        })
        .await?;
        self.deletion().await?.ok_or_else(|| Refusal::NotFound.into())
    }

    /// The latest request.
    pub async fn deletion(&self) -> Result<Option<Deletion>, DbError> {
        let sql = format!("SELECT {COLUMNS} FROM deletion WHERE account = ?1 ORDER BY deletion DESC LIMIT 1");
        let rows = self.db.query(&sql, params![&self.account]).await?;
        rows.first().map(read).transpose()
    }

    /// Takes the request back, as long as it is not being carried out (R128). Payments that came meanwhile are
    /// credited.
    pub async fn cancel_deletion(&self, act: &Act) -> Result<(), StoreError> {
        self.write(async |db| {
            let cancelled = db
                .query(
                    "UPDATE deletion SET state = 'cancelled', finished_at = ?2
                     WHERE account = ?1 AND state = 'scheduled' RETURNING deletion",
                    params![&self.account, act.now],
                )
                .await?;
            let deletion = cancelled.first().ok_or(Refusal::NotFound)?.text("deletion")?;
            db.query(
                "UPDATE account SET state = 'active' WHERE account = ?1 AND state = 'closing'",
                params![&self.account],
            )
            .await?;
            jobs::withdraw(db, JobKind::Deletion, &self.account, &deletion).await?;
            let fields = serde_json::json!({"deletion": deletion});
            self.write_act(db, act, "deletion_cancelled", None, fields).await?;
            self.apply_waiting(db, act).await
        })
        .await
    }
}

fn read(row: &Row) -> Result<Deletion, DbError> {
    Ok(Deletion {
        deletion: row.text("deletion")?,
        state: row.text("state")?,
        requested_at: row.int("requested_at")?,
        due_at: row.int("due_at")?,
        forfeits: Tiyn(row.int("forfeits")?),
    })
}
