//! The old cell's part of a move: it stops the account, lets it go, and forgets it; or lets it stay.

use crate::cell::jobs::{self, JobKind, NewJob, Next};
use crate::cell::moving::tables::{TABLES, Table};
use crate::cell::moving::{Move, Phase, WAIT_MS};
use crate::cell::people::erasure::destroy_personal_key;
use crate::cell::people::service_blacklist;
use crate::database::{Database, DbError, transaction};
use crate::{params, sql};

/// Rows that one step deletes, so that other writers get their turn.
const CLEAR_ROWS: i64 = 10_000;

impl<D: Database> Move<'_, D> {
    /// Once nothing of the account is on its way to an operator, nothing of it changes here any more. Until then it
    /// takes nothing new for sending: the lease's gate is shut. Belongs inside the transaction of the step.
    pub(super) async fn stop(&self, db: &D, has_room: bool, now: i64) -> Result<Next, DbError> {
        let account = self.account();
        let rows = db.query(sql!("leaving.sql", "may_leave"), params![account]).await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        // Its end was asked for meanwhile.
        if row.flag("is_ending")? {
            db.query(sql!("leaving.sql", "stay"), params![account]).await?;
            return Ok(Next::Done);
        }
        let is_importing = row.flag("is_importing")?;
        if has_room && is_importing {
            db.query(sql!("leaving.sql", "interrupt_uploads"), params![account]).await?;
            db.query(sql!("leaving.sql", "clear_interrupted"), params![account, now]).await?;
        }
        let may_leave = has_room && !is_importing && !row.flag("is_sending")?;
        let presence = match (has_room, may_leave) {
            (false, _) => return Ok(Next::At(now + WAIT_MS)),
            (true, false) => "stopping",
            (true, true) => "leaving",
        };
        let gone =
            db.query(sql!("leaving.sql", "go"), params![account, presence, self.to.name().label()]).await?;
        // One that rests here still, after a move to this cell, is waited for.
        if may_leave && !gone.is_empty() { Phase::Announce.next() } else { Ok(Next::At(now + WAIT_MS)) }
    }

    /// The account has left. Refusals that wait stay here: whoever lists them finds out where the account lives.
    /// Belongs inside the transaction of the step.
    pub(super) async fn leave(&self, db: &D) -> Result<Next, DbError> {
        for statement in [
            "UPDATE account SET presence = 'left' WHERE account = ?1 AND presence = 'leaving'",
            "DELETE FROM job WHERE account = ?1 AND kind NOT IN ('move', 'refusal')",
        ] {
            db.query(statement, params![self.account()]).await?;
        }
        Phase::Forward.next()
    }

    /// It lives here as before. Belongs inside the transaction of the step.
    pub(super) async fn stay(&self, db: &D, now: i64) -> Result<Next, DbError> {
        db.query(sql!("leaving.sql", "stay"), params![self.account()]).await?;
        // What the service listed meanwhile.
        service_blacklist::enqueue(db, Some(self.account()), now).await?;
        Ok(Next::Done)
    }

    /// Deletes the next rows of the account, the last table's first. Credited payments stay: a bank that repeats one
    /// is answered from here. Belongs inside the transaction of the step.
    pub(super) async fn clear(&self, db: &D, table: usize, now: i64) -> Result<Next, DbError> {
        match clear_some(db, self.account(), table).await? {
            Some(table) => Phase::Clear(table).next(),
            None => {
                destroy_keys(db, self.account()).await?;
                // What stood in the file may still stand in its write-ahead log, which is cut (R158).
                let cut =
                    NewJob { kind: JobKind::LogFile, account: "", subject: self.account(), due_at: now };
                jobs::enqueue(db, &cut).await?;
                Ok(Next::Done)
            }
        }
    }

    /// Deletes the next rows of what was copied to the new cell; `None` once nothing is left there.
    pub(super) async fn clear_copy(&self, table: usize) -> Result<Option<usize>, DbError> {
        let account = self.account();
        transaction(self.to.db, async |db| {
            let from = self.from.name().label();
            let is_copy = db.query(sql!("leaving.sql", "give_copy_up"), params![account, &from]).await?;
            if is_copy.is_empty() {
                return Ok(None);
            }
            let next = clear_some(db, account, table).await?;
            if next.is_none() {
                destroy_keys(db, account).await?;
            }
            Ok(next)
        })
        .await
    }
}

/// Deletes the next rows of an account that lives elsewhere; answers where to go on.
async fn clear_some<D: Database>(db: &D, account: &str, table: usize) -> Result<Option<usize>, DbError> {
    let Some(next) = TABLES.iter().rev().filter(|table| table.name != "payment").nth(table) else {
        return Ok(None);
    };
    let more = next.delete(db, account, rows_at_once(next)).await?;
    Ok(Some(if more { table } else { table + 1 }))
}

/// The last rows, and both keys: what is left of the account opens nothing and names nobody.
async fn destroy_keys<D: Database>(db: &D, account: &str) -> Result<(), DbError> {
    for statement in [
        "DELETE FROM shown_log WHERE account = ?1",
        "DELETE FROM turn WHERE account = ?1",
        "DELETE FROM arrival WHERE account = ?1",
        "DELETE FROM arriving_leaf WHERE account = ?1",
        "UPDATE account SET evidence_key = zeroblob(length(evidence_key)) WHERE account = ?1",
    ] {
        db.query(statement, params![account]).await?;
    }
    destroy_personal_key(db, account).await
}

/// A recording's pieces fill many pages each.
fn rows_at_once(table: &Table) -> i64 {
    if table.name == "audio_piece" { 20 } else { CLEAR_ROWS }
}
