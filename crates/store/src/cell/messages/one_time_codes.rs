//! One-time codes that nobody waits for any more are not sent (section L).

use std::collections::BTreeSet;

use domain::one_time_codes::FRESH_MS;

use crate::cell::Cell;
use crate::cell::people::blocked::Blocked;
use crate::database::{Database, DbError};
use crate::params;

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
        let columns = Blocked::columns(3);
        let sql = format!(
            "UPDATE message SET state = 'blocked', reason = 'code_expired', {columns} WHERE id IN
               (SELECT m.id FROM campaign c INDEXED BY campaign_codes
                CROSS JOIN message m ON m.account = c.account AND m.campaign = c.campaign
                WHERE c.class = 'one_time_code' AND c.state IN ('preparing', 'running') AND c.started_at <= ?1
                  AND m.state = 'queued' LIMIT ?2)
             RETURNING account, campaign"
        );
        let parameters = Blocked::at(now).behind(params![now - FRESH_MS, EXPIRE_ROWS]);
        let rows = self.db.query(&sql, parameters).await?;
        let campaigns =
            rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect::<Result<_, DbError>>();
        Ok(CodesExpired { messages: rows.len() as i64, campaigns: campaigns? })
    }
}
