//! Recordings: stored opaque in sealed pieces, with their hash (R71, R74).

use std::ops::Range;

use domain::audio::{AudioFormat, RECORDINGS_MAX};
use domain::ids::IdKind;
use domain::unpaid::Kept;

use crate::cell::idempotency::{self, Repeatable};
use crate::cell::{Cell, Tenant};
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::{Act, StoredPage, params, sql};

/// Bytes of one piece: a value of this size passes through every back end, and eight megabytes make few rows.
const PIECE_BYTES: usize = 256 * 1024;

/// A recording that was looked at and found fit.
#[derive(Clone, Debug)]
pub struct NewAudio {
    /// What its owner calls it.
    pub name: String,
    /// By its content.
    pub format: AudioFormat,
    /// How long it plays, in milliseconds.
    pub duration_ms: u32,
    /// Of its bytes, in hexadecimal (R74).
    pub sha256: String,
}

/// A recording as its owner sees it, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audio {
    /// `aud_…`
    pub audio: String,
    /// What its owner calls it.
    pub name: String,
    /// By its content.
    pub format: AudioFormat,
    /// How many bytes it has.
    pub bytes: usize,
    /// How long it plays, in milliseconds.
    pub duration_ms: u32,
    /// Of its bytes, in hexadecimal.
    pub sha256: String,
    /// Unix milliseconds.
    pub created_at: i64,
}

impl<D: Database> Cell<'_, D> {
    /// Whose recording this is: an operator comes with a link, and no account stands in it.
    pub async fn owner_of_audio(&self, audio: &str) -> Result<Option<String>, DbError> {
        let rows = self.db.query(sql!("audio.sql", "owner"), params![audio]).await?;
        rows.first().map(|row| row.text("account")).transpose()
    }
}

impl<D: Database> Tenant<'_, D> {
    /// Keeps a recording. A repeat under the same key finds the first.
    pub async fn create_audio(
        &self,
        act: &Act,
        new: &NewAudio,
        bytes: &[u8],
        repeat: Option<&Repeatable>,
    ) -> Result<Audio, StoreError> {
        let audio = self.new_id(IdKind::Audio, act.now)?;
        let key = self.keys.personal()?;
        let name = key.seal(&self.place("audio name", &audio), new.name.as_bytes())?;
        // Sealed before the transaction begins, so that no other writer waits for it.
        let pieces: Vec<Vec<u8>> = bytes
            .chunks(PIECE_BYTES)
            .enumerate()
            .map(|(piece, plain)| key.seal(&self.place_of_piece(&audio, piece), plain))
            .collect::<Result<_, _>>()?;
        let made = self
            .write(async |db| {
                self.refuse_if_closed(db).await?;
                if let Some(first) =
                    idempotency::claim(db, &self.account, key, repeat, &audio, act.now).await?
                {
                    return Ok(first);
                }
                let kept = db
                    .query("SELECT count(*) AS kept FROM audio WHERE account = ?1", params![&self.account])
                    .await?;
                if kept.first().map_or(Ok(0), |row| row.int("kept"))? >= i64::from(RECORDINGS_MAX) {
                    return Err(Refusal::TooManyRecordings.into());
                }
                db.query(
                    sql!("audio.sql", "keep"),
                    params![
                        &self.account,
                        &audio,
                        name,
                        new.format.as_str(),
                        bytes.len() as i64,
                        new.duration_ms,
                        &new.sha256,
                        act.now
                    ],
                )
                .await?;
                for (piece, sealed) in pieces.into_iter().enumerate() {
                    db.query(
                        "INSERT INTO audio_piece (account, audio, piece, sealed) VALUES (?1, ?2, ?3, ?4)",
                        params![&self.account, &audio, piece as i64, sealed],
                    )
                    .await?;
                }
                self.check_unpaid_limit(db, Kept::Recordings).await?;
                let fields = serde_json::json!({"audio": audio, "sha256": new.sha256});
                self.write_act(db, act, "audio_uploaded", None, fields).await?;
                Ok(audio.clone())
            })
            .await?;
        self.audio(&made).await?.ok_or_else(|| Refusal::NotFound.into())
    }

    /// One recording.
    pub async fn audio(&self, audio: &str) -> Result<Option<Audio>, DbError> {
        let rows = self.db.query(sql!("audio.sql", "one"), params![&self.account, audio]).await?;
        rows.first().map(|row| self.read_audio(row)).transpose()
    }

    /// The recordings, newest first.
    pub async fn audios(&self, cursor: Option<&str>, limit: usize) -> Result<StoredPage<Audio>, DbError> {
        let parameters = params![&self.account, cursor, limit as i64 + 1];
        let rows = self.db.query(sql!("audio.sql", "page"), parameters).await?;
        let audios = rows.iter().map(|row| self.read_audio(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(StoredPage::cut(audios, limit, |audio| audio.audio.clone()))
    }

    fn read_audio(&self, row: &Row) -> Result<Audio, DbError> {
        let audio = row.text("audio")?;
        let name = self.keys.personal()?.open_text(&self.place("audio name", &audio), &row.blob("name")?)?;
        Ok(Audio {
            audio,
            name,
            format: row.read("format", AudioFormat::parse)?,
            bytes: row.number("bytes")?,
            duration_ms: row.number("duration_ms")?,
            sha256: row.text("sha256")?,
            created_at: row.int("created_at")?,
        })
    }

    /// The bytes of a recording from one place to another, which lies behind the first and within it. `None` if
    /// it was deleted meanwhile.
    pub async fn audio_bytes(&self, audio: &Audio, range: Range<usize>) -> Result<Option<Vec<u8>>, DbError> {
        let key = self.keys.personal()?;
        let mut bytes = Vec::with_capacity(range.len());
        for piece in range.start / PIECE_BYTES..range.end.div_ceil(PIECE_BYTES) {
            let rows = self
                .db
                .query(
                    "SELECT sealed FROM audio_piece WHERE account = ?1 AND audio = ?2 AND piece = ?3",
                    params![&self.account, &audio.audio, piece as i64],
                )
                .await?;
            let Some(row) = rows.first() else { return Ok(None) };
            let plain = key.open(&self.place_of_piece(&audio.audio, piece), &row.blob("sealed")?)?;
            let begins = piece * PIECE_BYTES;
            let wanted = range.start.saturating_sub(begins)..(range.end - begins).min(plain.len());
            bytes.extend_from_slice(plain.get(wanted).ok_or(DbError::Seal)?);
        }
        Ok(Some(bytes))
    }

    fn place_of_piece(&self, audio: &str, piece: usize) -> String {
        self.place("audio piece", &format!("{audio} {piece}"))
    }

    /// Deletes a recording that no campaign plays or may still play: a call that an operator has may be made
    /// later, and would say nothing (R78).
    pub async fn delete_audio(&self, act: &Act, audio: &str) -> Result<(), StoreError> {
        self.write(async |db| {
            let playing = db.query(sql!("audio.sql", "still_plays"), params![&self.account, audio]).await?;
            if !playing.is_empty() {
                return Err(Refusal::AudioInUse.into());
            }
            db.query(
                "DELETE FROM audio_piece WHERE account = ?1 AND audio = ?2",
                params![&self.account, audio],
            )
            .await?;
            let deleted = db
                .query(
                    "DELETE FROM audio WHERE account = ?1 AND audio = ?2 RETURNING sha256",
                    params![&self.account, audio],
                )
                .await?;
            let sha256 = deleted.first().ok_or(Refusal::NotFound)?.text("sha256")?;
            let fields = serde_json::json!({"audio": audio, "sha256": sha256});
            self.write_act(db, act, "audio_deleted", None, fields).await?;
            Ok(())
        })
        .await
    }

    /// Deletes a recording of an account that is erased, one at a time, so that other writers get their turn (R158).
    /// Answers whether there was one. Belongs inside a transaction.
    pub(crate) async fn destroy_recording(&self, db: &D) -> Result<bool, DbError> {
        let rows =
            db.query("SELECT audio FROM audio WHERE account = ?1 LIMIT 1", params![&self.account]).await?;
        let Some(row) = rows.first() else { return Ok(false) };
        let audio = row.text("audio")?;
        for table in ["audio_piece", "audio"] {
            let sql = format!("DELETE FROM {table} WHERE account = ?1 AND audio = ?2");
            db.query(&sql, params![&self.account, &audio]).await?;
        }
        Ok(true)
    }
}
