//! Delivery reports: each message gets one final result, whatever is repeated, late or out of order (R85, R89).

use domain::campaign::DeliveryResult;
use serde_json::Value as Json;

use crate::cell::events::{self, time_text};
use crate::cell::{Cell, Tenant};
use crate::database::{Database, DbError, transaction};
use crate::log::{self, CELL_LOG};
use crate::seal::MasterKey;
use crate::{json, params};

/// An operator's word on one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryReport {
    /// `msg_…`
    pub message: String,
    /// The final result.
    pub result: DeliveryResult,
    /// By the operator's clock, Unix milliseconds.
    pub at: i64,
}

/// What became of a batch of reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportsTaken {
    /// Results written down.
    pub accepted: i64,
    /// Repeated ones and unknown ids.
    pub ignored: i64,
    /// Ids whose hand-over is not settled yet: send the report again.
    pub later: Vec<String>,
}

impl<D: Database> Cell<'_, D> {
    /// Writes results down, with their leaves. Only a handed-over message takes one, so a repeat or a
    /// second, different report changes nothing.
    pub async fn take_reports(
        &self,
        master: &MasterKey,
        operator: &str,
        reports: &[DeliveryReport],
    ) -> Result<ReportsTaken, DbError> {
        let ids: Vec<&str> = reports.iter().map(|report| report.message.as_str()).collect();
        let rows = self
            .db
            .query(
                "SELECT m.account, m.id, m.message, m.state FROM json_each(?1) j CROSS JOIN message m ON m.message = j.value
                 WHERE m.operator = ?2 AND m.state IN ('leased', 'unknown', 'handed_over')",
                params![json(&ids)?, operator],
            )
            .await?;
        let mut taken = ReportsTaken::default();
        let by_id: std::collections::HashMap<&str, &DeliveryReport> =
            reports.iter().rev().map(|report| (report.message.as_str(), report)).collect();
        let mut by_account: std::collections::BTreeMap<String, Vec<(i64, &DeliveryReport)>> =
            Default::default();
        for row in &rows {
            let (account, message) = (row.text(0)?, row.text(2)?);
            let Some(report) = by_id.get(message.as_str()) else { continue };
            if row.text(3)? == "handed_over" {
                by_account.entry(account).or_default().push((row.int(1)?, report));
            } else {
                taken.later.push(message);
            }
        }
        for (account, reports) in by_account {
            let Some(tenant) = self.tenant(master, &account).await? else { continue };
            taken.accepted += tenant.record_results(&reports).await?;
        }
        taken.ignored = reports.len() as i64 - taken.accepted - taken.later.len() as i64;
        Ok(taken)
    }
}

impl<D: Database> Tenant<'_, D> {
    async fn record_results(&self, reports: &[(i64, &DeliveryReport)]) -> Result<i64, DbError> {
        transaction(self.db, async |db| {
            // Another report may have come first: only what still waits for one takes it.
            let ids: Vec<i64> = reports.iter().map(|(id, _)| *id).collect();
            let waiting = db
                .query(
                    "SELECT id FROM message WHERE account = ?1 AND state = 'handed_over'
                       AND id IN (SELECT value FROM json_each(?2))",
                    params![&self.account, json(&ids)?],
                )
                .await?;
            let mut waiting =
                waiting.iter().map(|row| row.int(0)).collect::<Result<std::collections::HashSet<_>, _>>()?;
            let mut leaves = Vec::new();
            let mut rows = Vec::new();
            for (id, report) in reports {
                if !waiting.remove(id) {
                    continue;
                }
                let event = result_event(&self.account, &report.message, report.result.as_str(), report.at);
                leaves.push(events::leaf(&self.keys.evidence.salt(&result_salt(&report.message)), &event));
                rows.push((id, report.result.as_str(), report.at));
            }
            if rows.is_empty() {
                return Ok(0);
            }
            let first = log::append(db, CELL_LOG, &leaves).await?;
            db.query(
                "UPDATE message SET state = j.value ->> 1, result_at = j.value ->> 2, result_index = ?3 + j.key
                 FROM json_each(?2) j WHERE message.id = j.value ->> 0 AND +account = ?1",
                params![&self.account, json(&rows)?, first],
            )
            .await?;
            Ok(rows.len() as i64)
        })
        .await
    }
}

/// The salt's name of a result's leaf.
pub(super) fn result_salt(message: &str) -> String {
    format!("result {message}")
}

/// What the log commits to for one result.
pub(super) fn result_event(account: &str, message: &str, result: &str, at: i64) -> Json {
    serde_json::json!({
        "v": 1, "kind": "result", "account": account, "message": message, "result": result, "at": time_text(at),
    })
}
