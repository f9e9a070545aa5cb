//! The limit on what is kept for an account that has not paid yet (R118).

use domain::unpaid::{FILE_BYTES_UNPAID_MAX, Kept, SAID_BYTES_UNPAID_MAX};

use crate::cell::Tenant;
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::{params, sql};

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
            Kept::DecisionStances => "decision_stance WHERE account = ?1",
            Kept::Appeals => "appeal WHERE account = ?1",
            Kept::PersonRequests => "person_request WHERE account = ?1",
            Kept::ListMembers => "list_member WHERE account = ?1",
            Kept::SavedAudiences => "saved_audience WHERE account = ?1",
            Kept::Fields => "contact_field WHERE account = ?1",
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

    /// The same of who joins lists with an import: of its rows that were read by now each may join all of its lists. It
    /// is asked while the file is read, since nothing can be refused once it is merged; so it counts also those who are
    /// in the lists already.
    pub async fn check_unpaid_joins(&self, db: &D, import: &str) -> Result<(), StoreError> {
        let parameters = params![&self.account, import, Kept::ListMembers.most_unpaid()];
        let rows = db.query(sql!("unpaid.sql", "joins"), parameters).await?;
        match rows.first().ok_or(DbError::NoRow)?.flag("is_over")? {
            true => Err(Refusal::StorageLimitUntilPayment.into()),
            false => Ok(()),
        }
    }

    /// The same of what a file says of automated decisions: each of its rows that were read by now may be of another
    /// person.
    pub async fn check_unpaid_rows_of_decisions(&self, db: &D, import: &str) -> Result<(), StoreError> {
        let parameters = params![&self.account, import, Kept::DecisionStances.most_unpaid()];
        let rows = db.query(sql!("unpaid.sql", "rows_of_decisions"), parameters).await?;
        match rows.first().ok_or(DbError::NoRow)?.flag("is_over")? {
            true => Err(Refusal::StorageLimitUntilPayment.into()),
            false => Ok(()),
        }
    }

    /// The same of the words that are kept of each person who says something of automated decisions.
    pub(crate) async fn check_unpaid_words(&self, db: &D, said: &str) -> Result<(), StoreError> {
        match said.len() > SAID_BYTES_UNPAID_MAX && self.has_paid_nothing(db).await? {
            true => Err(Refusal::StorageLimitUntilPayment.into()),
            false => Ok(()),
        }
    }

    /// Whether no payment was credited yet.
    pub(crate) async fn has_paid_nothing(&self, db: &D) -> Result<bool, DbError> {
        let sql =
            "SELECT NOT EXISTS (SELECT 1 FROM transfer WHERE account = ?1 AND kind = 'top_up') AS is_so";
        db.query(sql, params![&self.account]).await?.first().ok_or(DbError::NoRow)?.flag("is_so")
    }
}
