//! Under whose session or key a tenant is written to: every writing transaction asks again (R12, R13, R18).
//!
//! A request can be held open for as long as its body takes, and its caller was looked at before. What
//! counts is whether the session or key still holds when the rows are written.

use crate::cell::Tenant;
use crate::database::{Database, transaction};
use crate::directory::Directory;
use crate::refusal::{Refusal, StoreError};

/// A session or key that must still hold when something is written.
pub struct Permit<'a, D> {
    /// A connection to the directory. If it is the cell's own connection, the question is asked inside the
    /// writing transaction, and no revocation comes between; if the directory is another database, it is
    /// asked while the cell is locked for writing, which is as late as two databases allow.
    pub directory: &'a D,
    /// `ses_…` or `key_…`
    pub actor: String,
}

impl<'a, D: Database> Tenant<'a, D> {
    /// The tenant, written to only while a session or key holds.
    #[must_use]
    pub fn under(mut self, permit: Permit<'a, D>) -> Self {
        self.permit = Some(permit);
        self
    }

    /// The one door for what a caller writes: a transaction that is refused when the caller's session or key has
    /// ended. Ticks, staff and operators have neither, and are not asked.
    pub(super) async fn write<T>(
        &self,
        work: impl AsyncFnOnce(&D) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        transaction(self.db, async |db| {
            self.check_permit().await?;
            work(db).await
        })
        .await
    }

    /// Refuses once the caller's session or key has ended. Whoever reads for long asks it now and then.
    pub async fn check_permit(&self) -> Result<(), StoreError> {
        let Some(permit) = &self.permit else { return Ok(()) };
        if Directory::new(permit.directory).holds(&permit.actor, &self.account).await? {
            return Ok(());
        }
        Err(Refusal::Unauthenticated.into())
    }
}
