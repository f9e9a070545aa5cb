//! Deletion of an account: asked for, 30 days, then destruction of the keys and the rows, in steps
//! that can be resumed (R55, R120, R127, R128, R158).

use chrono::{DateTime, NaiveDate};
use domain::deletion_day::deletion_due;
use domain::ids::IdKind;
use domain::message::Reason;
use domain::money::Tiyn;

use crate::cell::messages::transitions;
use crate::cell::money::ledger::{self, Book, Posting};
use crate::cell::proof::events::{NewEvent, time_text};
use crate::cell::{Cell, Tenant};
use crate::database::{Database, DbError, Engine, transaction};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::{Act, new_id, params, sql};

/// Rows that one statement destroys, so that other writers get their turn.
const ERASE_ROWS: i64 = 10_000;

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

/// A deletion whose day has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueDeletion {
    /// `acc_…`
    pub account: String,
    /// `del_…`
    pub deletion: String,
}

/// How far an erasure came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// Messages or calls are still with an operator: their charge must be settled first. Go on later. Also the
    /// answer for a request that is not being carried out.
    Waiting,
    /// Keys and rows are gone.
    Done,
}

const COLUMNS: &str = "deletion, state, requested_at, due_at, forfeits";

impl<D: Database> Cell<'_, D> {
    /// Deletions that are due, or were begun and not ended.
    pub async fn due_deletions(&self, now: i64, limit: usize) -> Result<Vec<DueDeletion>, DbError> {
        let rows = self
            .db
            .query(
                "SELECT account, deletion FROM deletion
                 WHERE state IN ('scheduled', 'executing') AND try_at <= ?1 ORDER BY try_at LIMIT ?2",
                params![now, limit as i64],
            )
            .await?;
        rows.iter()
            .map(|row| Ok(DueDeletion { account: row.text("account")?, deletion: row.text("deletion")? }))
            .collect()
    }

    /// Tries a deletion again at an instant: what has to wait, or is broken, must not keep all others from their
    /// right.
    pub async fn put_deletion_off(&self, due: &DueDeletion, until: i64) -> Result<(), DbError> {
        self.db
            .query(
                "UPDATE deletion SET try_at = ?3 WHERE account = ?1 AND deletion = ?2",
                params![&due.account, &due.deletion, until],
            )
            .await?;
        Ok(())
    }

    /// Whether an account was erased since an instant: then the write-ahead log may still hold pages
    /// from before.
    pub async fn erased_since(&self, since: i64) -> Result<bool, DbError> {
        let rows = self
            .db
            .query("SELECT 1 FROM deletion WHERE state = 'done' AND finished_at > ?1 LIMIT 1", params![since])
            .await?;
        Ok(!rows.is_empty())
    }

    /// Puts the write-ahead log's pages into the file and cuts it, so that what was overwritten in
    /// the one does not stand in the other (R158). While a reader holds old pages it cannot be done:
    /// [`DbError::Busy`], try again. A server keeps its log itself.
    pub async fn truncate_wal(&self) -> Result<(), DbError> {
        if self.db.engine() == Engine::Server {
            return Ok(());
        }
        let rows = self.db.query("PRAGMA wal_checkpoint(TRUNCATE)", vec![]).await?;
        let busy = rows.first().map_or(Ok(0), |row| row.int("busy"))? != 0;
        if busy { Err(DbError::Busy) } else { Ok(()) }
    }
}

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
        let deletion = new_id(IdKind::Deletion, act.now)?;
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
            let fields = serde_json::json!({"deletion": deletion});
            self.write_act(db, act, "deletion_cancelled", None, fields).await?;
            self.apply_waiting(db, act).await
        })
        .await
    }

    /// Stops everything of an account whose day has come: from here on nothing is sent and the request
    /// cannot be taken back. False if it was taken back just before, or its day has not come (R120).
    pub async fn begin_erasure(&self, deletion: &str, now: i64) -> Result<bool, DbError> {
        let begun = transaction(self.db, async |db| {
            let begun = db
                .query(
                    "UPDATE deletion SET state = 'executing'
                     WHERE account = ?1 AND deletion = ?2 AND (state = 'executing'
                       OR state = 'scheduled' AND due_at <= ?3) RETURNING 1",
                    params![&self.account, deletion, now],
                )
                .await?;
            if begun.is_empty() {
                return Ok(false);
            }
            for statement in [
                "UPDATE account SET state = 'closed', agreement_ended_at = coalesce(agreement_ended_at, ?2) WHERE account = ?1",
                "UPDATE campaign SET state = 'cancelled', finished_at = ?2
                 WHERE account = ?1 AND state IN ('draft', 'preparing', 'running', 'paused')",
                // An upload under way must not bring contacts back after the last of them is destroyed.
                "UPDATE import SET state = 'failed', problem_code = coalesce(problem_code, 'account_closed'),
                   finished_at = ?2, rows_read = 0, imported = 0, duplicates = 0, rejected = 0, blacklisted = 0
                 WHERE account = ?1 AND state IN ('awaiting_file', 'receiving')",
            ] {
                db.query(statement, params![&self.account, now]).await?;
            }
            Ok::<_, DbError>(true)
        })
        .await?;
        if begun {
            // Nothing of a cancelled campaign is sent, so its rows may follow in steps; a tick that dies
            // here begins again.
            self.cancel_queued(None, Reason::AccountClosed).await?;
        }
        Ok(begun)
    }

    /// Destroys what is personal. Each step can be done again; the last one destroys the key. Ledger, consents and
    /// proofs stay, without a name (R127). Only what [`Tenant::begin_erasure`] began is carried out.
    pub async fn erase(&self, deletion: &str, now: i64) -> Result<Erasure, DbError> {
        self.leave_undecided_at_the_end(deletion, now).await?;
        let rows = self
            .db
            .query(
                "SELECT state, EXISTS (SELECT 1 FROM message WHERE account = ?1 AND state IN ('leased', 'unknown'))
                   OR EXISTS (SELECT 1 FROM message WHERE account = ?1 AND result_due IS NOT NULL) AS waits
                 FROM deletion WHERE account = ?1 AND deletion = ?2",
                params![&self.account, deletion],
            )
            .await?;
        let Some(row) = rows.first() else { return Ok(Erasure::Waiting) };
        match (row.text("state")?.as_str(), row.int("waits")?) {
            ("done", _) => return Ok(Erasure::Done),
            ("executing", 0) => {}
            _ => return Ok(Erasure::Waiting),
        }
        let contacts = self.destroy_rows("contact", "contact").await?;
        self.destroy_rows("import_problem", "import, line").await?;
        self.destroy_rows("blacklist", "entry").await?;
        self.part_messages_from_contacts().await?;
        self.destroy_recordings().await?;
        transaction(self.db, async |db| {
            let ended = db
                .query(
                    "UPDATE deletion SET state = 'done', finished_at = ?3
                     WHERE account = ?1 AND deletion = ?2 AND state = 'executing' RETURNING 1",
                    params![&self.account, deletion, now],
                )
                .await?;
            if ended.is_empty() {
                // Another tick came to the end first, and recorded it.
                return Ok(Erasure::Done);
            }
            let available = self.forfeit_rest(db, now).await?;
            for statement in [
                "DELETE FROM profile_change WHERE account = ?1",
                "DELETE FROM idempotency WHERE account = ?1",
                "DELETE FROM waiting_refusal WHERE account = ?1",
                // What a client wrote may hold anything.
                "UPDATE import SET name = NULL, columns = NULL WHERE account = ?1",
                "UPDATE campaign SET name = NULL, text = NULL WHERE account = ?1",
                "UPDATE personal_key SET wrapped = zeroblob(length(wrapped))
                 WHERE id = (SELECT personal_key FROM account WHERE account = ?1)",
                "UPDATE account SET profile = NULL, personal_key = NULL WHERE account = ?1",
            ] {
                db.query(statement, params![&self.account]).await?;
            }
            let fields = serde_json::json!({
                "deletion": deletion, "method": "key destroyed, rows overwritten", "contacts": contacts,
                "forfeited": available.to_string(),
            });
            let event = NewEvent { kind: "account_erased", campaign: None, fields };
            self.recorder().record(db, now, vec![event]).await?;
            Ok(Erasure::Done)
        })
        .await
    }

    /// What is left of the balance goes to nobody's account any more (R54); answers how much it was.
    async fn forfeit_rest(&self, db: &D, now: i64) -> Result<Tiyn, DbError> {
        let rows =
            db.query("SELECT available FROM balance WHERE account = ?1", params![&self.account]).await?;
        let available = Tiyn(rows.first().map_or(Ok(0), |row| row.int("available"))?);
        if available > Tiyn::ZERO {
            let transfer = new_id(IdKind::Transfer, now)?;
            let posting = Posting {
                transfer: &transfer,
                kind: "forfeit",
                payment: None,
                campaign: None,
                messages: None,
                entries: &[(Book::Available, available.negated()), (Book::Forfeited, available)],
            };
            ledger::post(db, &self.account, now, &posting).await?;
        }
        Ok(available)
    }

    /// Deletes all rows of a table in steps; `key` is what follows the account in its primary key.
    async fn destroy_rows(&self, table: &str, key: &str) -> Result<i64, DbError> {
        let sql = format!(
            "DELETE FROM {table} WHERE account = ?1 AND ({key}) IN
               (SELECT {key} FROM {table} WHERE account = ?1 LIMIT ?2) RETURNING 1"
        );
        let mut destroyed = 0;
        loop {
            let gone = self.db.query(&sql, params![&self.account, ERASE_ROWS]).await?.len() as i64;
            destroyed += gone;
            if gone < ERASE_ROWS {
                return Ok(destroyed);
            }
        }
    }

    /// Takes the contact and the hash of its number out of every message, in steps. What was handed over
    /// keeps its number under the evidence key (R92).
    async fn part_messages_from_contacts(&self) -> Result<(), DbError> {
        let mut after = 0;
        loop {
            let rows = self
                .db
                .query(
                    "SELECT max(id) AS last FROM (SELECT id FROM message WHERE account = ?1 AND id > ?2 ORDER BY id LIMIT ?3)",
                    params![&self.account, after, ERASE_ROWS],
                )
                .await?;
            let Some(last) = rows.first().map_or(Ok(None), |row| row.opt_int("last"))? else { return Ok(()) };
            transitions::forget_contacts(self.db, &self.account, after, last).await?;
            after = last;
        }
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
