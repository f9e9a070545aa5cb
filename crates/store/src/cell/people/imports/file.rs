//! A file on its way in: kept sealed, in pieces, until it is read. What came stays though the connection is cut, and
//! whoever sends on says from which byte. A workbook is kept as it came, and the text that it is turned into beside it
//! (R61).

use serde::Serialize;

use crate::cell::Tenant;
use crate::cell::jobs::{self, JobKind, NewJob};
use crate::cell::people::imports::Import;
use crate::cell::people::imports::failed::STALLED_MS;
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::{hex, json, params, random, sql};

/// Pieces of a file that is sent anew that one statement deletes.
const DELETE_PIECES: i64 = 20;
/// How often the sheets of one workbook are turned into text: that costs far more than to ask for it.
const TEXTS_MAX: i64 = 20;

/// How much of an account's files may wait to be read, also of one that has paid: they stay where they are for as long as
/// their owner likes, or a day, and a small workbook may be turned into a large text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileRoom {
    /// Files of which something is here.
    pub files: i64,
    /// Their bytes: as they came, and as the text that they were turned into.
    pub bytes: i64,
}

impl Default for FileRoom {
    /// What holds where the deployment says nothing else: two of the largest files.
    fn default() -> Self {
        Self { files: 50, bytes: 4 * 1024 * 1024 * 1024 }
    }
}

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The place of its first byte in the file.
    pub first_byte: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a file is sent as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileForm {
    /// Text, which is read as it is.
    Text,
    /// A workbook, which is turned into text first.
    Workbook,
}

impl<D: Database> Tenant<'_, D> {
    /// Takes the file's place: from here on only this request adds to it. Answers the request's mark. From byte zero
    /// the file begins anew, else it goes on from where it is.
    pub async fn begin_file(
        &self,
        import: &str,
        first_byte: u64,
        form: FileForm,
        now: i64,
    ) -> Result<String, StoreError> {
        self.import(import).await?.ok_or(Refusal::NotFound)?;
        let upload = hex(&random::<16>()?);
        let is_workbook = form == FileForm::Workbook;
        let from = i64::try_from(first_byte).unwrap_or(i64::MAX);
        self.write(async |db| {
            let parameters = params![&self.account, import, &upload, now, from, i64::from(is_workbook)];
            if db.query(sql!("file.sql", "take"), parameters).await?.is_empty() {
                return Err(Refusal::ImportAlreadyHasFile.into());
            }
            self.check_room(db).await?;
            let (kind, due_at) = (JobKind::StalledImport, now + STALLED_MS);
            let job = NewJob { kind, account: &self.account, subject: import, due_at };
            Ok(jobs::enqueue(db, &job).await?)
        })
        .await?;
        if first_byte == 0 {
            while self.begin_anew(import, &upload, is_workbook).await? {}
        }
        let found = self.import(import).await?.ok_or(Refusal::NotFound)?;
        let goes_on =
            found.received_bytes == first_byte && (first_byte == 0 || found.is_workbook == is_workbook);
        if goes_on { Ok(upload) } else { Err(Refusal::UploadOffsetMismatch.into()) }
    }

    /// The same account, with other room for files than the usual.
    #[must_use]
    pub const fn with_room(mut self, room: FileRoom) -> Self {
        self.room = room;
        self
    }

    /// Refuses what was just written, if with it more waits to be read than may. Belongs inside the transaction that
    /// writes it, behind the writing.
    async fn check_room(&self, db: &D) -> Result<(), StoreError> {
        let rows = db.query(sql!("file.sql", "waiting"), params![&self.account]).await?;
        let waiting = rows.first().ok_or(DbError::NoRow)?;
        match waiting.int("files")? > self.room.files || waiting.int("bytes")? > self.room.bytes {
            true => Err(Refusal::FilesWaitingLimit.into()),
            false => Ok(()),
        }
    }

    /// Deletes some pieces of a file that is sent anew; answers whether there may be more.
    async fn begin_anew(&self, import: &str, upload: &str, is_workbook: bool) -> Result<bool, StoreError> {
        self.write(async |db| {
            let parameters = params![&self.account, import, upload, i64::from(is_workbook)];
            if db.query(sql!("file.sql", "empty"), parameters).await?.is_empty() {
                return Err(Refusal::ImportInProgress.into());
            }
            Ok(self.forget_file(db, import).await?)
        })
        .await
    }

    /// Deletes some of all that is kept of a file; answers whether there may be more. Belongs inside a transaction.
    pub async fn forget_file(&self, db: &D, import: &str) -> Result<bool, DbError> {
        Ok(self.delete_pieces(db, import, false, i64::MAX).await?
            || self.delete_pieces(db, import, true, i64::MAX).await?)
    }

    /// Deletes some pieces that begin before a byte; answers whether there may be more. Belongs inside a transaction.
    pub(super) async fn delete_pieces(
        &self,
        db: &D,
        import: &str,
        is_packed: bool,
        before: i64,
    ) -> Result<bool, DbError> {
        let parameters = params![&self.account, import, i64::from(is_packed), before, DELETE_PIECES];
        let deleted = db.query(sql!("file.sql", "delete_pieces"), parameters).await?;
        Ok(deleted.len() as i64 == DELETE_PIECES)
    }

    /// Keeps a piece of the file. Another request that took the file over meanwhile is the one that may add to it.
    pub async fn add_piece(
        &self,
        import: &str,
        upload: &str,
        form: FileForm,
        piece: &Piece,
        now: i64,
    ) -> Result<(), StoreError> {
        let count = sql!("file.sql", "count_piece");
        self.keep_piece(import, upload, count, form == FileForm::Workbook, piece, now).await
    }

    /// Keeps a piece of the text that a workbook is turned into, by whoever has the file.
    pub async fn add_text(
        &self,
        import: &str,
        upload: &str,
        piece: &Piece,
        now: i64,
    ) -> Result<(), StoreError> {
        self.keep_piece(import, upload, sql!("file.sql", "count_text"), false, piece, now).await
    }

    async fn keep_piece(
        &self,
        import: &str,
        upload: &str,
        count: &'static str,
        is_packed: bool,
        piece: &Piece,
        now: i64,
    ) -> Result<(), StoreError> {
        let first_byte = i64::try_from(piece.first_byte).map_err(|_| Refusal::UploadOffsetMismatch)?;
        let place = self.place_of_import_piece(import, is_packed, first_byte);
        let sealed = self.keys.personal()?.seal(&place, &piece.bytes)?;
        let bytes = piece.bytes.len() as i64;
        self.write(async |db| {
            self.refuse_if_closed(db).await?;
            let parameters = params![&self.account, import, upload, first_byte, bytes, now];
            if db.query(count, parameters).await?.is_empty() {
                return Err(Refusal::ImportInProgress.into());
            }
            let is_packed = i64::from(is_packed);
            let parameters = params![&self.account, import, is_packed, first_byte, bytes, sealed.clone()];
            db.query(sql!("file.sql", "add_piece"), parameters).await?;
            self.check_room(db).await?;
            self.check_unpaid_bytes(db).await
        })
        .await
    }

    /// A workbook is turned into text by whoever has the file: what text there is of it goes, and `sheets` says what is
    /// read.
    pub async fn begin_text(
        &self,
        import: &str,
        upload: &str,
        sheets: &impl Serialize,
    ) -> Result<(), StoreError> {
        let place = self.place("import sheets", import);
        let sealed = self.keys.personal()?.seal(&place, json(sheets)?.as_bytes())?;
        let mut more = self
            .write(async |db| {
                let parameters = params![&self.account, import, upload, sealed.clone()];
                let begun = db.query(sql!("file.sql", "begin_text"), parameters).await?;
                match begun.first().ok_or(Refusal::ImportInProgress)?.int("texts_begun")? > TEXTS_MAX {
                    true => Err(Refusal::WorkbookReadTooOften.into()),
                    false => Ok(self.delete_pieces(db, import, false, i64::MAX).await?),
                }
            })
            .await?;
        while more {
            more = self
                .write(async |db| {
                    let held =
                        db.query(sql!("file.sql", "holds"), params![&self.account, import, upload]).await?;
                    held.first().ok_or(Refusal::ImportInProgress)?;
                    Ok(self.delete_pieces(db, import, false, i64::MAX).await?)
                })
                .await?;
        }
        Ok(())
    }

    /// The file is whole: it is read by a job, or awaits its owner's word on how. One that awaits it is looked after like
    /// one that is on its way in.
    pub async fn finish_file(&self, import: &str, upload: &str, now: i64) -> Result<(), StoreError> {
        self.write(async |db| {
            let parameters = params![&self.account, import, upload, now];
            let rows = db.query(sql!("file.sql", "finish"), parameters).await?;
            if rows.first().ok_or(Refusal::ImportInProgress)?.flag("confirms")? {
                return Ok(());
            }
            jobs::withdraw(db, JobKind::StalledImport, &self.account, import).await?;
            let job = NewJob { kind: JobKind::Import, account: &self.account, subject: import, due_at: now };
            Ok(jobs::enqueue(db, &job).await?)
        })
        .await
    }

    /// The piece of the text in which a byte lies; `None` behind its end.
    pub async fn piece(&self, import: &str, byte: u64) -> Result<Option<Piece>, DbError> {
        self.piece_of(import, false, byte).await
    }

    /// The packed file of a workbook, whole.
    pub async fn packed_file(&self, import: &Import) -> Result<Vec<u8>, DbError> {
        let bytes = usize::try_from(import.received_bytes).unwrap_or(usize::MAX);
        // It is kept while it is read: no more room is taken than it needs.
        let mut file = Vec::new();
        file.try_reserve_exact(bytes).map_err(|_| DbError::Other("a file of that size".to_owned()))?;
        while let Some(piece) = self.piece_of(&import.import, true, file.len() as u64).await? {
            file.extend_from_slice(&piece.bytes);
        }
        Ok(file)
    }

    async fn piece_of(&self, import: &str, is_packed: bool, byte: u64) -> Result<Option<Piece>, DbError> {
        let Ok(byte) = i64::try_from(byte) else { return Ok(None) };
        let parameters = params![&self.account, import, i64::from(is_packed), byte];
        let rows = self.db.query(sql!("file.sql", "piece"), parameters).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let place = self.place_of_import_piece(import, is_packed, row.int("first_byte")?);
        let bytes = self.keys.personal()?.open(&place, &row.blob("sealed")?)?;
        Ok(Some(Piece { first_byte: row.number("first_byte")?, bytes }))
    }

    fn place_of_import_piece(&self, import: &str, is_packed: bool, first_byte: i64) -> String {
        let what = if is_packed { "import packed piece" } else { "import piece" };
        self.place(what, &format!("{import} {first_byte}"))
    }
}
