//! The limit on what is kept for an account that has not paid yet (R118).

use domain::unpaid::{FILE_BYTES_UNPAID_MAX, Kept};

use crate::cell::Tenant;
use crate::database::{Database, DbError};
use crate::params;
use crate::refusal::{Refusal, StoreError};

impl<D: Database> Tenant<'_, D> {
    /// Refuses what has just been written, if with it the account keeps more than it may before its first
    /// payment. Belongs inside the transaction that writes it, behind the writing.
    pub async fn check_unpaid_limit(&self, db: &D, kept: Kept) -> Result<(), StoreError> {
        let rows = match kept {
            Kept::Contacts => "contact WHERE account = ?1",
            Kept::Imports => "import WHERE account = ?1 AND state <> 'failed'",
            Kept::Blacklisted => "blacklist WHERE account = ?1 AND actor NOT IN ('recipient', 'staff')",
            Kept::Recordings => "audio WHERE account = ?1",
            Kept::Drafts => "campaign WHERE account = ?1 AND state = 'draft'",
            Kept::DecisionConsents => "decision_stance WHERE account = ?1 AND stance = 'consented'",
        };
        let sql = format!(
            "SELECT NOT EXISTS (SELECT 1 FROM transfer WHERE account = ?1 AND kind = 'top_up')
               AND (SELECT count(*) FROM (SELECT 1 FROM {rows} LIMIT ?2 + 1)) > ?2 AS is_over"
        );
        let over = db.query(&sql, params![&self.account, kept.most_unpaid()]).await?;
        if !over.first().ok_or(DbError::NoRow)?.flag("is_over")? {
            return Ok(());
        }
        Err(Refusal::StorageLimitUntilPayment.into())
    }

    /// The same of the bytes of files that wait to be read.
    pub(crate) async fn check_unpaid_bytes(&self, db: &D) -> Result<(), StoreError> {
        let rows = db
            .query(
                "SELECT NOT EXISTS (SELECT 1 FROM transfer WHERE account = ?1 AND kind = 'top_up')
                   AND (SELECT coalesce(sum(bytes), 0) FROM import_piece WHERE account = ?1) > ?2 AS is_over",
                params![&self.account, FILE_BYTES_UNPAID_MAX],
            )
            .await?;
        match rows.first().ok_or(DbError::NoRow)?.flag("is_over")? {
            true => Err(Refusal::StorageLimitUntilPayment.into()),
            false => Ok(()),
        }
    }
}
