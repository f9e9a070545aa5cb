//! What a campaign sends: a text, or a call that plays a recording. Sealed where it is said, never looked into
//! (R71, R72, R73, R74); what stays when it is gone is its hash and its volume.

use domain::campaign::MessageClass;
use domain::tariffs::{Channel, Volume};
use domain::voice::CallPlan;

use crate::cell::Tenant;
use crate::cell::messages::text_links::TextLinks;
use crate::database::{Database, DbError};
use crate::row::Row;
use crate::{params, sql};

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
        /// What its `{link:name}` stand for; `None` without any.
        links: Option<TextLinks>,
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
        /// What its `{link:name}` stand for; `None` without any.
        links: Option<TextLinks>,
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

    /// From a campaign's row; `open_text` opens the text's seal and `open_links` that of its links.
    pub(crate) fn from_row(
        row: &Row,
        open_text: impl FnOnce(&[u8]) -> Result<String, DbError>,
        open_links: impl FnOnce(&Row) -> Result<Option<TextLinks>, DbError>,
    ) -> Result<Self, DbError> {
        if row.text("channel")? == Channel::Text.as_str() {
            return Ok(Self::Text {
                text: open_text(&row.blob("text")?)?,
                encoding: row.text("encoding")?,
                segments: row.number("segments")?,
                opt_out_link: row.opt_text("opt_out_link")?,
                links: open_links(row)?,
            });
        }
        let (attempts, ring_seconds) = (row.number("attempts")?, row.number("ring_seconds")?);
        let plan = CallPlan::new(attempts, ring_seconds, row.number("retry_gap_seconds")?)
            .map_err(|_| DbError::Column("attempts".to_owned()))?;
        Ok(Self::Call { audio: row.text("audio")?, duration_ms: row.number("duration_ms")?, plan })
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

impl SentContent {
    /// From a campaign's `content_sha256`, `segments` and `duration_ms`.
    pub(crate) fn from_row(row: &Row) -> Result<Self, DbError> {
        let volume = match row.opt_number("segments")? {
            Some(segments) => Volume::Segments(segments),
            None => Volume::Sound(row.number("duration_ms")?),
        };
        Ok(Self { sha256: row.text("content_sha256")?, volume })
    }
}

impl<D: Database> Tenant<'_, D> {
    /// What a campaign sends or sent, as proofs name it: it stays when the text or the recording is gone.
    /// With its class.
    pub async fn sent_content(&self, campaign: &str) -> Result<Option<(SentContent, MessageClass)>, DbError> {
        let rows = self.db.query(sql!("content.sql", "sent"), params![&self.account, campaign]).await?;
        let sent = |row: &Row| Ok((SentContent::from_row(row)?, row.read("class", MessageClass::parse)?));
        rows.first().map(sent).transpose()
    }
}
