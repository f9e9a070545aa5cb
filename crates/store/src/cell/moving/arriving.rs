//! The new cell's part of a move: it makes room, takes the rows, and lets the account begin.

use evidence::merkle::Hash;
use serde::{Deserialize, Serialize};

use crate::cell::moving::Move;
use crate::cell::moving::tables::TABLES;
use crate::cell::people::service_blacklist;
use crate::cell::proof::events::{self, NewEvent, Recorder};
use crate::database::{Database, DbError, transaction};
use crate::row::Row;
use crate::{hex, json, log, params, sql};

/// Events, leaves and messages of one step.
const STEP: usize = 1_000;
/// From here on an account is looked for here, and does not send yet.
const REST: &str = "UPDATE account SET presence = 'resting' WHERE account = ?1";

/// How far an account is copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    part: Part,
    /// Behind this key.
    after: Option<String>,
}

/// What is copied, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    /// The leaves of events, then those of messages, are collected.
    LeavesOfEvents,
    LeavesOfMessages,
    /// They are appended to the log here, in the order in which they stood in the other: numbers of a series go up
    /// with the log.
    Append,
    Table(usize),
    /// What only served the copying is dropped.
    ForgetLeaves,
}

impl Part {
    fn next(self) -> Option<Self> {
        Some(match self {
            Self::LeavesOfEvents => Self::LeavesOfMessages,
            Self::LeavesOfMessages => Self::Append,
            Self::Append => Self::Table(0),
            Self::Table(table) if table + 1 < TABLES.len() => Self::Table(table + 1),
            Self::Table(_) => Self::ForgetLeaves,
            Self::ForgetLeaves => return None,
        })
    }
}

/// An event that is sealed for its new place.
#[derive(Serialize)]
struct MovedEvent {
    leaf: i64,
    kind: String,
    campaign: Option<String>,
    at: i64,
    /// In hexadecimal.
    sealed: String,
}

impl<D: Database> Move<'_, D> {
    /// Whether the new cell has forgotten the account from an earlier time.
    pub(super) async fn has_room(&self) -> Result<bool, DbError> {
        let rows = self.to.db.query(sql!("arriving.sql", "known"), params![self.account()]).await?;
        Ok(!rows.first().ok_or(DbError::NoRow)?.flag("is_being_forgotten")?)
    }

    /// The account's own row, with which nothing works yet. False while the cell still has to do with the account.
    pub(super) async fn announce(&self) -> Result<bool, DbError> {
        let account = self.account();
        let rows = self.from.db.query(sql!("arriving.sql", "account"), params![account]).await?;
        let Some(row) = rows.first() else { return Ok(false) };
        let (fields, personal_key) = (row.text("fields")?, row.opt_blob("personal_key")?);
        transaction(self.to.db, async |db| {
            let known = db.query(sql!("arriving.sql", "known"), params![account]).await?;
            let known = known.first().ok_or(DbError::NoRow)?;
            if known.flag("is_being_forgotten")? {
                return Ok(false);
            }
            match (known.opt_text("presence")?.as_deref(), known.opt_text("elsewhere")?) {
                (None | Some("left"), _) => {}
                // It was announced.
                (Some("arriving"), Some(from)) if from == self.from.name().label() => return Ok(true),
                (Some(_), _) => return Ok(false),
            }
            let key = match &personal_key {
                Some(wrapped) => {
                    let insert = "INSERT INTO personal_key (wrapped) VALUES (?1) RETURNING id";
                    let rows = db.query(insert, params![wrapped.clone()]).await?;
                    Some(rows.first().ok_or(DbError::NoRow)?.int("id")?)
                }
                None => None,
            };
            let parameters = params![&fields, key, self.from.name().label()];
            db.query(sql!("arriving.sql", "announce"), parameters).await?;
            let begin = Progress { part: Part::LeavesOfEvents, after: None };
            let insert = "INSERT INTO arrival (account, cursor) VALUES (?1, ?2)";
            db.query(insert, params![account, json(&begin)?]).await?;
            Ok(true)
        })
        .await
    }

    /// Copies the next rows and notes how far it came, in one transaction of the new cell. False once all are there.
    pub(super) async fn copy_some(&self) -> Result<bool, DbError> {
        let account = self.account();
        transaction(self.to.db, async |db| {
            let rows =
                db.query(sql!("arriving.sql", "cursor"), params![account, self.from.name().label()]).await?;
            // Somebody else has come to the end meanwhile, or it stays after all.
            let Some(row) = rows.first() else { return Ok(false) };
            let progress: Progress = row.json("cursor")?;
            let last = self.copy_part(db, progress.part, progress.after.as_deref()).await?;
            let next = match (last, progress.part.next()) {
                (Some(last), _) => Progress { part: progress.part, after: Some(last) },
                (None, Some(part)) => Progress { part, after: None },
                (None, None) => return Ok(false),
            };
            let update = "UPDATE arrival SET cursor = ?2 WHERE account = ?1";
            db.query(update, params![account, json(&next)?]).await?;
            Ok(true)
        })
        .await
    }

    /// Answers the last key that it copied; `None` at the end of the part.
    async fn copy_part(&self, db: &D, part: Part, after: Option<&str>) -> Result<Option<String>, DbError> {
        let after_place =
            || after.map_or(Ok(-1), str::parse).map_err(|_| DbError::Column("cursor".to_owned()));
        match part {
            Part::LeavesOfEvents => {
                self.collect_leaves(db, sql!("arriving.sql", "leaves_of_events"), after_place()?).await
            }
            Part::LeavesOfMessages => {
                self.collect_leaves(db, sql!("arriving.sql", "leaves_of_messages"), after_place()?).await
            }
            Part::Append => self.append_leaves(db, after_place()?).await,
            Part::Table(table) => {
                let table = TABLES.get(table).ok_or(DbError::NoRow)?;
                if table.name == "event" {
                    return self.copy_events(db, after_place()?).await;
                }
                let chunk = table.read(self.from.db, self.account(), after).await?;
                if chunk.last.is_some() {
                    table.write(db, self.account(), &chunk.rows).await?;
                }
                // A table without a key has one row.
                Ok(chunk.last.filter(|last| last != "[]"))
            }
            Part::ForgetLeaves => {
                let gone = db.query(sql!("arriving.sql", "forget_leaves"), params![self.account()]).await?;
                Ok((!gone.is_empty()).then(String::new))
            }
        }
    }

    async fn collect_leaves(&self, db: &D, read: &str, after: i64) -> Result<Option<String>, DbError> {
        let parameters = params![self.account(), after, STEP as i64, self.from.name().log()];
        let rows = self.from.db.query(read, parameters).await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        let Some(last) = row.opt_int("up_to")? else { return Ok(None) };
        db.query(sql!("arriving.sql", "keep_leaves"), params![self.account(), row.text("leaves")?]).await?;
        Ok(Some(last.to_string()))
    }

    async fn append_leaves(&self, db: &D, after: i64) -> Result<Option<String>, DbError> {
        let parameters = params![self.account(), after, STEP as i64];
        let rows = db.query(sql!("arriving.sql", "leaves_behind"), parameters).await?;
        let Some(last) = rows.last().map(|row| row.int("former")).transpose()? else { return Ok(None) };
        let leaves = rows.iter().map(|row| row.bytes("hash")).collect::<Result<Vec<Hash>, _>>()?;
        let first = log::append(db, &self.to.name().log(), &leaves).await?;
        let formers = rows.iter().map(|row| row.int("former")).collect::<Result<Vec<_>, _>>()?;
        db.query(sql!("arriving.sql", "note_leaves"), params![self.account(), json(&formers)?, first])
            .await?;
        Ok(Some(last.to_string()))
    }

    async fn copy_events(&self, db: &D, after: i64) -> Result<Option<String>, DbError> {
        let account = self.account();
        let read = params![account, after, STEP as i64];
        let rows = self.from.db.query(sql!("arriving.sql", "events"), read).await?;
        let Some(last) = rows.last().map(|row| row.int("log_index")).transpose()? else { return Ok(None) };
        let tenant = self.from.tenant(account).await?.ok_or(DbError::NoRow)?;
        let formers = rows.iter().map(|row| row.int("log_index")).collect::<Result<Vec<_>, _>>()?;
        let leaves = db.query(sql!("arriving.sql", "leaves_of"), params![account, json(&formers)?]).await?;
        if leaves.len() != rows.len() {
            return Err(DbError::NoRow);
        }
        let moved = |(row, leaf): (&Row, &Row)| {
            let (former, leaf) = (row.int("log_index")?, leaf.int("leaf")?);
            let sealed =
                events::seal_for(&tenant.keys.evidence, account, (former, leaf), &row.blob("sealed")?)?;
            Ok(MovedEvent {
                leaf,
                kind: row.text("kind")?,
                campaign: row.opt_text("campaign")?,
                at: row.int("at")?,
                sealed: hex(&sealed),
            })
        };
        let events = rows.iter().zip(&leaves).map(moved).collect::<Result<Vec<_>, DbError>>()?;
        db.query(sql!("arriving.sql", "keep_events"), params![account, json(&events)?]).await?;
        Ok(Some(last.to_string()))
    }

    /// The account is whole in the new cell: it can be written to, has its jobs, and the log says where its earlier
    /// leaves stand. It rests until what came for it to the old cell has followed. Nothing where it has arrived already.
    pub(super) async fn arrive(&self, now: i64) -> Result<(), DbError> {
        let (account, label) = (self.account(), self.from.name().label());
        let is_arriving = sql!("arriving.sql", "is_arriving");
        if self.to.db.query(is_arriving, params![account, &label]).await?.is_empty() {
            // The directory must not be told of a cell that does not have it.
            return self.to.tenant(account).await?.map(|_| ()).ok_or(DbError::NoRow);
        }
        let tenant = self.from.tenant(account).await?.ok_or(DbError::NoRow)?;
        // Nothing of it changes in either cell until this is over.
        self.check_is_whole().await?;
        let (log, jobs) = (self.from.log(), self.jobs().await?);
        let size = log.size().await?;
        let root = log.root(size).await?;
        transaction(self.to.db, async |db| {
            if db.query(is_arriving, params![account, &label]).await?.is_empty() {
                return Ok(());
            }
            for statement in
                [REST, sql!("arriving.sql", "take_turns"), "DELETE FROM arrival WHERE account = ?1"]
            {
                db.query(statement, params![account]).await?;
            }
            db.query(sql!("arriving.sql", "take_jobs"), params![account, &jobs]).await?;
            // What the service listed while it was copied.
            service_blacklist::enqueue(db, Some(account), now).await?;
            let fields = serde_json::json!({
                "from": log.name(), "from_size": size, "from_root": hex(&root), "to": self.to.name().log(),
                "actor": "tick", "channel": "tick",
            });
            let recorder = Recorder { cell: self.to.name(), account, key: &tenant.keys.evidence };
            recorder
                .record(db, now, vec![NewEvent { kind: "account_moved", campaign: None, fields }])
                .await?;
            Ok(())
        })
        .await
    }

    /// It sends from here.
    pub(super) async fn begin(&self) -> Result<(), DbError> {
        self.to.db.query(sql!("arriving.sql", "begin"), params![self.account()]).await?;
        Ok(())
    }

    /// Its work for later; what moves it, and refusals, stay where they are.
    async fn jobs(&self) -> Result<String, DbError> {
        let rows = self.from.db.query(sql!("arriving.sql", "jobs"), params![self.account()]).await?;
        rows.first().ok_or(DbError::NoRow)?.text("jobs")
    }

    /// Refuses to begin with less than there was, or with another balance than the entries add up to.
    async fn check_is_whole(&self) -> Result<(), DbError> {
        let account = self.account();
        let lost = |what: &str| DbError::Other(format!("{what} of {account} did not arrive whole"));
        // A payment that the new cell knew already is not copied.
        for table in TABLES.iter().filter(|table| table.name != "payment") {
            if table.count(self.from.db, account).await? != table.count(self.to.db, account).await? {
                return Err(lost(table.name));
            }
        }
        let balance = self.to.db.query(sql!("arriving.sql", "balance_is_whole"), params![account]).await?;
        if balance.first().ok_or(DbError::NoRow)?.flag("is_whole")? {
            Ok(())
        } else {
            Err(lost("the balance"))
        }
    }
}
