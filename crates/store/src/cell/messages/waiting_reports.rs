//! Reports that are kept until they can be taken: their hand-over is not settled yet, or their account is broken
//! (R85, R89).

use domain::campaign::DeliveryResult;
use domain::voice::CallResult;

use crate::cell::Cell;
use crate::database::{Database, DbError};
use crate::{params, sql};

/// A report that is kept until it can be taken.
pub(crate) struct WaitingReport<'r> {
    /// `msg_…`
    pub message: &'r str,
    /// Who says it.
    pub operator: &'r str,
    /// The last word, if it is one.
    pub result: Option<DeliveryResult>,
    /// The result in the words of calls.
    pub call: Option<CallResult>,
    /// What the operator calls the message, where it says.
    pub reference: Option<&'r str>,
    /// By the operator's clock, Unix milliseconds.
    pub at: i64,
    /// Not before, Unix milliseconds.
    pub take_at: i64,
}

impl<D: Database> Cell<'_, D> {
    /// A last word stays when a lesser one comes after it. False for a message that moved to another cell.
    pub(crate) async fn keep_report(&self, report: &WaitingReport<'_>) -> Result<bool, DbError> {
        let kept = self
            .db
            .query(
                sql!("waiting_reports.sql", "keep"),
                params![
                    report.message,
                    report.operator,
                    report.result.map(DeliveryResult::as_str),
                    report.reference,
                    report.at,
                    report.call.map(CallResult::as_str),
                    report.take_at
                ],
            )
            .await?;
        Ok(!kept.is_empty())
    }
}
