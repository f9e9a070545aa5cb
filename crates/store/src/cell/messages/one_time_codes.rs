//! One-time codes that nobody waits for any more are not sent (section L).

use std::collections::BTreeSet;

use domain::message::Reason;
use domain::one_time_codes::FRESH_MS;

use crate::cell::Cell;
use crate::cell::messages::transitions::{self, Queued};
use crate::database::{Database, DbError};

/// Messages that one step blocks.
const EXPIRE_ROWS: i64 = 10_000;

/// What a step blocked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodesExpired {
    /// How many messages.
    pub messages: i64,
    /// Of which campaigns: `(account, campaign)`.
    pub campaigns: BTreeSet<(String, String)>,
}

impl<D: Database> Cell<'_, D> {
    /// Blocks, at any hour, queued codes whose campaign was started too long ago.
    pub async fn expire_codes(&self, now: i64) -> Result<CodesExpired, DbError> {
        let stale = Queued::StartedBy { started_at: now - FRESH_MS, limit: EXPIRE_ROWS };
        let rows = transitions::block(self.db, &stale, Reason::CodeExpired, now).await?;
        let campaigns = rows
            .iter()
            .map(|row| Ok((row.text("account")?, row.text("campaign")?)))
            .collect::<Result<_, DbError>>();
        Ok(CodesExpired { messages: rows.len() as i64, campaigns: campaigns? })
    }
}
