//! What a campaign sends: a text, or a call that plays a recording. Sealed where it is said, never looked into
//! (R71, R72, R73, R74); what stays when it is gone is its hash and its volume.

use domain::campaign::{MessageClass, Volume};
use domain::tariffs::Channel;
use domain::voice::CallPlan;

use crate::cell::Tenant;
use crate::database::{Database, DbError, Row};
use crate::params;

/// What a new campaign is to send.
#[derive(Clone, Debug)]
pub enum NewContent {
    /// A text.
    Text {
        /// As it is.
        text: String,
        /// `GSM-7` or `UCS-2`.
        encoding: &'static str,
        /// Of each message, its link included.
        segments: u32,
        /// What stands before the token of each message's opt-out link; `None` without one.
        opt_out_link: Option<String>,
    },
    /// A call.
    Call {
        /// `aud_…`, one of the account's recordings.
        audio: String,
        /// How it rings.
        plan: CallPlan,
    },
}

/// What a campaign sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A text.
    Text {
        /// As it is.
        text: String,
        /// `GSM-7` or `UCS-2`.
        encoding: String,
        /// Of each message, its link included.
        segments: u32,
        /// What stands before the token of each message's opt-out link; `None` without one.
        opt_out_link: Option<String>,
    },
    /// A call.
    Call {
        /// `aud_…`. The recording may be deleted once the campaign is over.
        audio: String,
        /// How long it plays, in milliseconds.
        duration_ms: u32,
        /// How it rings.
        plan: CallPlan,
    },
}

impl Content {
    /// What one message amounts to.
    pub const fn volume(&self) -> Volume {
        match self {
            Self::Text { segments, .. } => Volume::Segments(*segments as u64),
            Self::Call { duration_ms, .. } => Volume::Sound(*duration_ms),
        }
    }
}

/// What was sent, as proofs name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentContent {
    /// Of the recording's bytes, or of a salt and the text's: in hexadecimal.
    pub sha256: String,
    /// What one message amounts to.
    pub volume: Volume,
}

/// The columns of a campaign that [`SentContent::read`] takes, in their order.
pub(crate) const SENT_COLUMNS: &str = "c.content_sha256, c.segments, c.duration_ms";

impl SentContent {
    /// From a row that has [`SENT_COLUMNS`] from a column on.
    pub(crate) fn read(row: &Row, first: usize) -> Result<Self, DbError> {
        let volume = match (row.opt_int(first + 1)?, row.opt_int(first + 2)?) {
            (Some(segments), _) => Volume::Segments(segments.unsigned_abs()),
            (None, Some(duration_ms)) => {
                Volume::Sound(u32::try_from(duration_ms).map_err(|_| DbError::Column(first + 2))?)
            }
            (None, None) => return Err(DbError::Column(first + 1)),
        };
        Ok(Self { sha256: row.text(first)?, volume })
    }
}

/// The columns of a campaign that [`read`] takes, in their order.
pub(crate) const COLUMNS: &str =
    "channel, text, encoding, segments, audio, duration_ms, attempts, ring_seconds, retry_gap_seconds,
    opt_out_link";

/// From a row that has [`COLUMNS`] from a column on; `open` opens the text's seal.
pub(crate) fn read(
    row: &Row,
    first: usize,
    open: impl FnOnce(&[u8]) -> Result<String, DbError>,
) -> Result<Content, DbError> {
    let number =
        |column: usize| u32::try_from(row.int(first + column)?).map_err(|_| DbError::Column(first + column));
    if row.text(first)? == Channel::Text.as_str() {
        let text = open(&row.blob(first + 1)?)?;
        let opt_out_link = row.opt_text(first + 9)?;
        return Ok(Content::Text {
            text,
            encoding: row.text(first + 2)?,
            segments: number(3)?,
            opt_out_link,
        });
    }
    let plan = CallPlan::new(number(6)?, number(7)?, number(8)?).map_err(|_| DbError::Column(first + 6))?;
    Ok(Content::Call { audio: row.text(first + 4)?, duration_ms: number(5)?, plan })
}

impl<D: Database> Tenant<'_, D> {
    /// What a campaign sends or sent, as proofs name it: it stays when the text or the recording is gone.
    /// With its class.
    pub async fn sent_content(&self, campaign: &str) -> Result<Option<(SentContent, MessageClass)>, DbError> {
        let sql = format!(
            "SELECT c.class, {SENT_COLUMNS} FROM campaign c WHERE c.account = ?1 AND c.campaign = ?2"
        );
        let rows = self.db.query(&sql, params![&self.account, campaign]).await?;
        let class = |row: &Row| MessageClass::parse(&row.text(0)?).ok_or(DbError::Column(0));
        rows.first().map(|row| Ok((SentContent::read(row, 1)?, class(row)?))).transpose()
    }
}
