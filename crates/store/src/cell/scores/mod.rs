//! Scores of contacts: who consented to them, the runs that make them, and what people may say against them.

pub mod appeals;
use domain::ids::IdKind;
use domain::money::Tiyn;
use domain::tariffs::Processing;

use crate::cell::Tenant;
use crate::cell::money::ledger::{self, Book, Posting};
use crate::database::{Database, DbError};

pub mod number_lookup_work;
pub mod number_lookups;
pub mod results;
pub mod runs;
pub mod stances;
pub mod taken_out;
pub mod work;

impl<D: Database> Tenant<'_, D> {
    /// A movement of the money of a run or of a look-up, which is named by its id; answers the transfer, if anything
    /// moves.
    async fn move_for_processing(
        &self,
        db: &D,
        kind: &'static str,
        (processing, id): (Processing, &str),
        entries: &[(Book, Tiyn)],
        now: i64,
    ) -> Result<Option<String>, DbError> {
        if entries.iter().all(|(_, amount)| *amount == Tiyn::ZERO) {
            return Ok(None);
        }
        let transfer = self.new_id(IdKind::Transfer, now)?;
        let posting = Posting {
            transfer: &transfer,
            kind,
            payment: None,
            campaign: None,
            scoring: (processing == Processing::Score).then_some(id),
            lookup: (processing == Processing::Lookup).then_some(id),
            messages: None,
            entries,
        };
        ledger::post(db, &self.account, now, &posting).await?;
        Ok(Some(transfer))
    }
}
