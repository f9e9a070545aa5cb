//! The end of an account whose day has come: everything of it stops, its rows are destroyed in steps, and its key
//! with the last of them. Ledger, consents and proofs stay, without a name (R54, R120, R127, R128, R158).

use domain::ids::IdKind;
use domain::message::Reason;
use domain::money::Tiyn;
use serde::{Deserialize, Serialize};

use crate::cell::jobs::{self, JobKind, NewJob, Next};
use crate::cell::messages::transitions;
use crate::cell::money::ledger::{self, Book, Posting};
use crate::cell::proof::events::NewEvent;
use crate::cell::{Cell, Tenant};
use crate::database::{Database, DbError, Engine};
use crate::{json, params, sql};

/// Rows that one step destroys, so that other writers get their turn.
const ERASE_ROWS: i64 = 10_000;
/// The same of rows that fill many pages each.
const ERASE_PIECES: i64 = 20;
/// An erasure that waits for what is with an operator goes on after this.
const WAIT_MS: i64 = 60_000;

/// How far an erasure has come: the cursor of its job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    phase: Phase,
    /// Contacts destroyed so far.
    contacts: i64,
    /// The last row of what the phase goes through.
    after: i64,
}

/// What is done next, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Phase {
    /// The account leaves the directory, which is outside of the cell.
    ShutOut,
    /// What is queued is cancelled, and what nobody can decide any more is left.
    Stop,
    /// Before the contacts, each of which would take its scores and its memberships with it.
    Scores,
    Lookups,
    Stances,
    Appeals,
    Members,
    Lists,
    Recipients,
    Marks,
    Fields,
    Audiences,
    Requests,
    Contacts,
    /// Proofs of consents stay, without the hash by which a person's are found.
    Proofs,
    Files,
    Changes,
    Runs,
    Rejected,
    Problems,
    Blacklist,
    Messages,
    Recordings,
    End,
}

impl Phase {
    const fn next(self) -> Self {
        match self {
            Self::ShutOut => Self::Stop,
            Self::Stop => Self::Scores,
            Self::Scores => Self::Lookups,
            Self::Lookups => Self::Stances,
            Self::Stances => Self::Appeals,
            Self::Appeals => Self::Requests,
            Self::Requests => Self::Members,
            Self::Members => Self::Lists,
            Self::Lists => Self::Recipients,
            Self::Recipients => Self::Marks,
            Self::Marks => Self::Fields,
            Self::Fields => Self::Audiences,
            Self::Audiences => Self::Contacts,
            Self::Contacts => Self::Proofs,
            Self::Proofs => Self::Files,
            Self::Files => Self::Changes,
            Self::Changes => Self::Runs,
            Self::Runs => Self::Rejected,
            Self::Rejected => Self::Problems,
            Self::Problems => Self::Blacklist,
            Self::Blacklist => Self::Messages,
            Self::Messages => Self::Recordings,
            Self::Recordings | Self::End => Self::End,
        }
    }
}

/// Whether an erasure has come to where its account leaves the directory: whoever does the step sees to that first.
pub fn shuts_out(cursor: &str) -> bool {
    serde_json::from_str::<Progress>(cursor).is_ok_and(|progress| progress.phase == Phase::ShutOut)
}

impl<D: Database> Tenant<'_, D> {
    /// One step of the erasure that a deletion asked for. `cursor` is where the step before it left off; empty, and
    /// everything of the account stops: from here on nothing is sent and the request cannot be taken back. Belongs
    /// inside a transaction.
    pub async fn erase(&self, db: &D, deletion: &str, cursor: &str, now: i64) -> Result<Next, DbError> {
        if cursor.is_empty() {
            return self.begin_erasure(db, deletion, now).await;
        }
        let progress: Progress =
            serde_json::from_str(cursor).map_err(|_| DbError::Column("cursor".to_owned()))?;
        // Only what was begun is carried out, and nothing twice.
        let begun = db
            .query(
                "SELECT 1 FROM deletion WHERE account = ?1 AND deletion = ?2 AND state = 'executing'",
                params![&self.account, deletion],
            )
            .await?;
        if begun.is_empty() {
            return Ok(Next::Done);
        }
        let Progress { phase, mut contacts, mut after } = progress;
        let more = match phase {
            Phase::ShutOut => false,
            Phase::Stop => match self.stop(db, now).await? {
                Stopping::More => true,
                Stopping::Waiting => return Ok(Next::At(now + WAIT_MS)),
                Stopping::Stopped => false,
            },
            Phase::Scores => self.destroy_all(db, "scored_contact", "scoring, contact", ERASE_ROWS).await?,
            Phase::Lookups => self.destroy_all(db, "looked_up_number", "lookup, contact", ERASE_ROWS).await?,
            Phase::Stances => self.destroy_all(db, "decision_stance", "number_hash", ERASE_ROWS).await?,
            Phase::Appeals => self.destroy_all(db, "appeal", "appeal", ERASE_ROWS).await?,
            Phase::Members => self.destroy_all(db, "list_member", "list, contact", ERASE_ROWS).await?,
            Phase::Lists => self.destroy_all(db, "list", "list", ERASE_ROWS).await?,
            Phase::Recipients => {
                self.destroy_all(db, "campaign_recipient", "campaign, contact", ERASE_ROWS).await?
            }
            Phase::Marks => self.destroy_all(db, "contact_mark", "mark, contact", ERASE_ROWS).await?,
            Phase::Fields => self.destroy_all(db, "contact_field", "name_hash", ERASE_ROWS).await?,
            Phase::Audiences => self.destroy_all(db, "saved_audience", "audience", ERASE_ROWS).await?,
            Phase::Requests => self.destroy_all(db, "person_request", "request", ERASE_ROWS).await?,
            Phase::Proofs => self.part_proofs(db).await?,
            Phase::Contacts => {
                let gone = self.destroy_rows(db, "contact", "contact", ERASE_ROWS).await?;
                contacts += gone;
                gone == ERASE_ROWS
            }
            Phase::Files => {
                self.destroy_all(db, "import_piece", "import, is_packed, first_byte", ERASE_PIECES).await?
            }
            Phase::Changes => self.destroy_all(db, "contact_change", "import, contact", ERASE_ROWS).await?,
            Phase::Runs => {
                self.destroy_all(db, "import_run", "import, part, first_line", ERASE_PIECES).await?
            }
            Phase::Rejected => {
                self.destroy_all(db, "rejected_rows", "import, first_line", ERASE_PIECES).await?
            }
            Phase::Problems => self.destroy_all(db, "import_problem", "import, line", ERASE_ROWS).await?,
            Phase::Blacklist => self.destroy_all(db, "blacklist", "entry", ERASE_ROWS).await?,
            Phase::Messages => {
                let last = self.part_messages_from_contacts(db, after).await?;
                after = last.unwrap_or(after);
                last.is_some()
            }
            Phase::Recordings => self.destroy_recording(db).await?,
            Phase::End => {
                self.end_erasure(db, deletion, contacts, now).await?;
                return Ok(Next::Done);
            }
        };
        let phase = if more { phase } else { phase.next() };
        Ok(Next::Again(json(&Progress { phase, contacts, after })?))
    }

    /// What proves former consents is not found by a number any more; answers whether there is more of it.
    async fn part_proofs(&self, db: &D) -> Result<bool, DbError> {
        let parameters = params![&self.account, ERASE_ROWS];
        let parted = db.query(sql!("erasure.sql", "part_proofs"), parameters).await?;
        Ok(parted.len() as i64 == ERASE_ROWS)
    }

    /// Not a moment before its day (R120).
    async fn begin_erasure(&self, db: &D, deletion: &str, now: i64) -> Result<Next, DbError> {
        let rows = db
            .query(
                "SELECT due_at FROM deletion
                 WHERE account = ?1 AND deletion = ?2 AND state IN ('scheduled', 'executing')",
                params![&self.account, deletion],
            )
            .await?;
        let Some(row) = rows.first() else { return Ok(Next::Done) };
        let due_at = row.int("due_at")?;
        // This host's clock may be behind the database's.
        if due_at > now {
            return Ok(Next::At(due_at));
        }
        db.query(
            "UPDATE deletion SET state = 'executing' WHERE account = ?1 AND deletion = ?2",
            params![&self.account, deletion],
        )
        .await?;
        for statement in [
            "UPDATE account SET state = 'closed', agreement_ended_at = coalesce(agreement_ended_at, ?2) WHERE account = ?1",
            "UPDATE campaign SET state = 'cancelled', finished_at = ?2
             WHERE account = ?1 AND state IN ('draft', 'preparing', 'running', 'paused')",
            sql!("erasure.sql", "stop_imports"),
        ] {
            db.query(statement, params![&self.account, now]).await?;
        }
        self.end_scorings(db, now).await?;
        self.end_lookup(db, now).await?;
        Ok(Next::Again(json(&Progress { phase: Phase::ShutOut, contacts: 0, after: 0 })?))
    }

    /// What is with an operator is waited for: its charge must be settled first.
    async fn stop(&self, db: &D, now: i64) -> Result<Stopping, DbError> {
        // Nothing of a cancelled campaign is sent, so its rows may follow in steps.
        if self.cancel_queued(db, None, Reason::AccountClosed).await?
            || self.leave_undecided_at_the_end(db, now).await?
        {
            return Ok(Stopping::More);
        }
        let rows = db
            .query(
                "SELECT EXISTS (SELECT 1 FROM message WHERE account = ?1 AND state IN ('leased', 'unknown'))
                   OR EXISTS (SELECT 1 FROM message WHERE account = ?1 AND result_due IS NOT NULL) AS is_awaited",
                params![&self.account],
            )
            .await?;
        let is_awaited = rows.first().ok_or(DbError::NoRow)?.flag("is_awaited")?;
        Ok(if is_awaited { Stopping::Waiting } else { Stopping::Stopped })
    }

    /// Destroys the key, and with it what else was personal.
    async fn end_erasure(&self, db: &D, deletion: &str, contacts: i64, now: i64) -> Result<(), DbError> {
        db.query(
            "UPDATE deletion SET state = 'done', finished_at = ?3 WHERE account = ?1 AND deletion = ?2",
            params![&self.account, deletion, now],
        )
        .await?;
        let available = self.forfeit_rest(db, now).await?;
        for statement in [
            "DELETE FROM profile_change WHERE account = ?1",
            "DELETE FROM idempotency WHERE account = ?1",
            "DELETE FROM waiting_refusal WHERE account = ?1",
            "DELETE FROM link_count WHERE account = ?1",
            "UPDATE hand_over_count SET visits = 0, visitors = 0, opt_outs = 0 WHERE account = ?1",
            // What a client wrote may hold anything.
            "UPDATE import SET name = NULL, format = NULL, sheets = NULL WHERE account = ?1",
            "DELETE FROM remembered_format WHERE account = ?1",
            "UPDATE campaign SET name = NULL, text = NULL, links = NULL, audience = NULL WHERE account = ?1",
            // What was learnt from people goes with them.
            "UPDATE scoring SET model = NULL, quality = NULL WHERE account = ?1",
        ] {
            db.query(statement, params![&self.account]).await?;
        }
        destroy_personal_key(db, &self.account).await?;
        let fields = serde_json::json!({
            "deletion": deletion, "method": "key destroyed, rows overwritten", "contacts": contacts,
            "forfeited": available.to_string(),
        });
        let event = NewEvent { kind: "account_erased", campaign: None, fields };
        self.recorder().record(db, now, vec![event]).await?;
        // What was overwritten in the file may still stand in its log. A job for each erasure: one that is just being
        // done may have cut the log before this one's commit.
        let cut = NewJob { kind: JobKind::LogFile, account: "", subject: deletion, due_at: now };
        jobs::enqueue(db, &cut).await
    }

    /// What is left of the balance goes to nobody's account any more (R54); answers how much it was.
    async fn forfeit_rest(&self, db: &D, now: i64) -> Result<Tiyn, DbError> {
        let rows =
            db.query("SELECT available FROM balance WHERE account = ?1", params![&self.account]).await?;
        let available = Tiyn(rows.first().map_or(Ok(0), |row| row.int("available"))?);
        if available > Tiyn::ZERO {
            let transfer = self.new_id(IdKind::Transfer, now)?;
            let posting = Posting {
                transfer: &transfer,
                kind: "forfeit",
                payment: None,
                campaign: None,
                scoring: None,
                lookup: None,
                messages: None,
                entries: &[(Book::Available, available.negated()), (Book::Forfeited, available)],
            };
            ledger::post(db, &self.account, now, &posting).await?;
        }
        Ok(available)
    }

    /// [`Tenant::destroy_rows`] that answers whether there may be more.
    async fn destroy_all(&self, db: &D, table: &str, key: &str, most: i64) -> Result<bool, DbError> {
        Ok(self.destroy_rows(db, table, key, most).await? == most)
    }

    /// Deletes rows of a table; `key` is what follows the account in its primary key. Answers how many: fewer than
    /// `most` were the last.
    async fn destroy_rows(&self, db: &D, table: &str, key: &str, most: i64) -> Result<i64, DbError> {
        let sql = format!(
            "DELETE FROM {table} WHERE account = ?1 AND ({key}) IN
               (SELECT {key} FROM {table} WHERE account = ?1 LIMIT ?2) RETURNING 1"
        );
        Ok(db.query(&sql, params![&self.account, most]).await?.len() as i64)
    }

    /// Takes the contact and the hash of its number out of the messages behind a row, and answers the last of them;
    /// `None` where there are none. What was handed over keeps its number under the evidence key (R92).
    async fn part_messages_from_contacts(&self, db: &D, after: i64) -> Result<Option<i64>, DbError> {
        let rows = db
            .query(
                "SELECT max(id) AS up_to FROM (SELECT id FROM message WHERE account = ?1 AND id > ?2 ORDER BY id LIMIT ?3)",
                params![&self.account, after, ERASE_ROWS],
            )
            .await?;
        let Some(last) = rows.first().map_or(Ok(None), |row| row.opt_int("up_to"))? else { return Ok(None) };
        transitions::forget_contacts(db, &self.account, after, last).await?;
        Ok(Some(last))
    }
}

/// Overwrites an account's personal key where it stands, and with it goes what it sealed (R127, R158).
pub(crate) async fn destroy_personal_key<D: Database>(db: &D, account: &str) -> Result<(), DbError> {
    for statement in [
        "UPDATE personal_key SET wrapped = zeroblob(length(wrapped))
         WHERE id = (SELECT personal_key FROM account WHERE account = ?1)",
        "UPDATE account SET profile = NULL, personal_key = NULL WHERE account = ?1",
    ] {
        db.query(statement, params![account]).await?;
    }
    Ok(())
}

/// How far the account's sending has stopped.
enum Stopping {
    /// There is more to cancel.
    More,
    /// Messages or calls are still with an operator.
    Waiting,
    /// Nothing is on its way any more.
    Stopped,
}

impl<D: Database> Cell<'_, D> {
    /// Puts the write-ahead log's pages into the file and cuts it, so that what was overwritten in the one does not
    /// stand in the other (R158). While a reader holds old pages it cannot be done: [`DbError::Busy`], try again. A
    /// server keeps its log itself.
    pub async fn truncate_wal(&self) -> Result<(), DbError> {
        if self.db.engine() == Engine::Server {
            return Ok(());
        }
        let rows = self.db.query("PRAGMA wal_checkpoint(TRUNCATE)", vec![]).await?;
        let busy = rows.first().map_or(Ok(0), |row| row.int("busy"))? != 0;
        if busy { Err(DbError::Busy) } else { Ok(()) }
    }
}
