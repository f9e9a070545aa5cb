//! A file on its way in: kept sealed, in pieces, until it is read. What came stays though the connection is cut, and
//! whoever sends on says from which byte (R61).

use serde::Serialize;

use crate::cell::Tenant;
use crate::cell::jobs::{self, JobKind, NewJob};
use crate::cell::people::imports::failed::STALLED_MS;
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::{hex, json, params, random, sql};

/// Pieces of a file that is sent anew that one statement deletes.
const DELETE_PIECES: i64 = 20;

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The place of its first byte in the file.
    pub first_byte: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl<D: Database> Tenant<'_, D> {
    /// Takes the file's place: from here on only this request adds to it. Answers the request's mark. From byte zero
    /// the file begins anew, else it goes on from where it is.
    pub async fn begin_file(&self, import: &str, first_byte: u64, now: i64) -> Result<String, StoreError> {
        let found = self.import(import).await?.ok_or(Refusal::NotFound)?;
        if !matches!(found.state.as_str(), "awaiting_file" | "receiving") {
            return Err(Refusal::ImportAlreadyHasFile.into());
        }
        let upload = hex(&random::<16>()?);
        self.write(async |db| {
            let parameters = params![&self.account, import, &upload, now];
            if db.query(sql!("file.sql", "take"), parameters).await?.is_empty() {
                return Err(Refusal::ImportAlreadyHasFile.into());
            }
            let (kind, due_at) = (JobKind::StalledImport, now + STALLED_MS);
            let job = NewJob { kind, account: &self.account, subject: import, due_at };
            Ok(jobs::enqueue(db, &job).await?)
        })
        .await?;
        if first_byte == 0 {
            while self.forget_pieces(import, &upload).await? {}
        }
        let received = self.import(import).await?.ok_or(Refusal::NotFound)?.received_bytes;
        if received == first_byte { Ok(upload) } else { Err(Refusal::UploadOffsetMismatch.into()) }
    }

    /// Deletes some pieces of a file that is sent anew; answers whether there may be more.
    async fn forget_pieces(&self, import: &str, upload: &str) -> Result<bool, StoreError> {
        self.write(async |db| {
            let parameters = params![&self.account, import, upload];
            if db.query(sql!("file.sql", "empty"), parameters).await?.is_empty() {
                return Err(Refusal::ImportInProgress.into());
            }
            Ok(self.delete_pieces(db, import, i64::MAX).await?)
        })
        .await
    }

    /// Deletes some pieces of a file that begin before a byte; answers whether there may be more. Belongs inside a
    /// transaction.
    pub(super) async fn delete_pieces(&self, db: &D, import: &str, before: i64) -> Result<bool, DbError> {
        let parameters = params![&self.account, import, before, DELETE_PIECES];
        let deleted = db.query(sql!("file.sql", "delete_pieces"), parameters).await?;
        Ok(deleted.len() as i64 == DELETE_PIECES)
    }

    /// Keeps a piece. Another request that took the file over meanwhile is the one that may add to it.
    pub async fn add_piece(
        &self,
        import: &str,
        upload: &str,
        piece: &Piece,
        now: i64,
    ) -> Result<(), StoreError> {
        let first_byte = i64::try_from(piece.first_byte).map_err(|_| Refusal::UploadOffsetMismatch)?;
        let sealed = self.keys.personal()?.seal(&self.place_of_piece_of(import, first_byte), &piece.bytes)?;
        let bytes = piece.bytes.len() as i64;
        self.write(async |db| {
            self.refuse_if_closed(db).await?;
            let parameters = params![&self.account, import, upload, first_byte, bytes, now];
            if db.query(sql!("file.sql", "count_piece"), parameters).await?.is_empty() {
                return Err(Refusal::ImportInProgress.into());
            }
            let parameters = params![&self.account, import, first_byte, bytes, sealed.clone()];
            db.query(sql!("file.sql", "add_piece"), parameters).await?;
            self.check_unpaid_bytes(db).await
        })
        .await
    }

    /// The file is whole: it is read by a job.
    pub async fn finish_file(&self, import: &str, upload: &str, now: i64) -> Result<(), StoreError> {
        self.write(async |db| {
            let parameters = params![&self.account, import, upload, now];
            if db.query(sql!("file.sql", "finish"), parameters).await?.is_empty() {
                return Err(Refusal::ImportInProgress.into());
            }
            jobs::withdraw(db, JobKind::StalledImport, &self.account, import).await?;
            let job = NewJob { kind: JobKind::Import, account: &self.account, subject: import, due_at: now };
            Ok(jobs::enqueue(db, &job).await?)
        })
        .await
    }

    /// The piece in which a byte lies; `None` behind the file's end.
    pub async fn piece(&self, import: &str, byte: u64) -> Result<Option<Piece>, DbError> {
        let Ok(byte) = i64::try_from(byte) else { return Ok(None) };
        let rows = self.db.query(sql!("file.sql", "piece"), params![&self.account, import, byte]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let first_byte = row.int("first_byte")?;
        let place = self.place_of_piece_of(import, first_byte);
        let bytes = self.keys.personal()?.open(&place, &row.blob("sealed")?)?;
        Ok(Some(Piece { first_byte: row.number("first_byte")?, bytes }))
    }

    /// Keeps what the file turned out to be, for whoever reads on. Belongs inside a transaction.
    pub async fn keep_format(&self, db: &D, import: &str, format: &impl Serialize) -> Result<(), DbError> {
        let place = self.place("import format", import);
        let sealed = self.keys.personal()?.seal(&place, json(format)?.as_bytes())?;
        db.query(
            "UPDATE import SET format = ?3 WHERE account = ?1 AND import = ?2",
            params![&self.account, import, sealed],
        )
        .await?;
        Ok(())
    }

    fn place_of_piece_of(&self, import: &str, first_byte: i64) -> String {
        self.place("import piece", &format!("{import} {first_byte}"))
    }
}
