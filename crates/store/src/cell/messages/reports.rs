//! Delivery reports: each message gets one final result, whatever is repeated, late or out of order (R85, R89).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::campaign::DeliveryResult;
use domain::message::MessageState;
use domain::money::Tiyn;
use domain::voice::CallResult;
use serde_json::Value as Json;

use crate::cell::messages::calls::EndedCall;
use crate::cell::messages::transitions::{self, Reported};
use crate::cell::messages::turns::{PUT_OFF_MS, of_one_account};
use crate::cell::messages::waiting_reports::WaitingReport;
use crate::cell::proof::events::{self, time_text};
use crate::cell::{Cell, Tenant};
use crate::database::{Database, DbError, transaction};
use crate::log;
use crate::row::Row;
use crate::{json, params, sql};

/// An operator's word on one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryReport {
    /// `msg_…`
    pub message: String,
    /// The final result, in the words of messages.
    pub result: DeliveryResult,
    /// The result in the words of calls, where the operator speaks them.
    pub call: Option<CallResult>,
    /// By the operator's clock, Unix milliseconds.
    pub at: i64,
}

impl DeliveryReport {
    /// The result of a message that is known to be a call.
    fn call_result(&self) -> CallResult {
        self.call.unwrap_or(CallResult::from_delivery(self.result))
    }
}

/// What became of a batch of reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportsTaken {
    /// Results written down, or kept until they can be.
    pub accepted: i64,
    /// Repeated ones and unknown ids.
    pub ignored: i64,
    /// Ids whose hand-over is not settled yet: send the report again.
    pub later: Vec<String>,
    /// Of those ignored, the ids of which the cell has no message that waits for a report.
    pub not_here: Vec<String>,
}

/// Reports that could not be written down, since something is broken with their account.
pub(crate) struct Broken {
    /// Whose.
    pub account: String,
    /// What is broken.
    pub error: DbError,
    /// `msg_…`
    pub messages: Vec<String>,
}

impl<D: Database> Cell<'_, D> {
    /// Writes results down, with their leaves and with what follows from the end of a call. Only a handed-over
    /// message takes one, so a repeat or a second, different report changes nothing. Those of an account with
    /// which something is broken are kept, since nobody sends them again.
    pub async fn take_reports(
        &self,
        operator: &str,
        reports: &[DeliveryReport],
        now: i64,
    ) -> Result<ReportsTaken, DbError> {
        let (mut taken, broken) = self.record_reports(operator, reports, now).await?;
        for report in reports.iter().filter(|report| is_among(&broken, &report.message)) {
            if self.keep_result(operator, report, now + PUT_OFF_MS).await? {
                taken.accepted += 1;
            } else {
                taken.not_here.push(report.message.clone());
            }
            taken.ignored -= 1;
        }
        Ok(taken)
    }

    async fn keep_result(
        &self,
        operator: &str,
        report: &DeliveryReport,
        take_at: i64,
    ) -> Result<bool, DbError> {
        let waiting = WaitingReport {
            message: &report.message,
            operator,
            result: Some(report.result),
            call: report.call,
            reference: None,
            at: report.at,
            take_at,
        };
        self.keep_report(&waiting).await
    }

    /// [`Self::take_reports`], with those that are to be kept beside it; they count as ignored here.
    pub(crate) async fn record_reports(
        &self,
        operator: &str,
        reports: &[DeliveryReport],
        now: i64,
    ) -> Result<(ReportsTaken, Vec<Broken>), DbError> {
        let ids: Vec<&str> = reports.iter().map(|report| report.message.as_str()).collect();
        let rows = self.db.query(sql!("reports.sql", "reported_on"), params![json(&ids)?, operator]).await?;
        let mut taken = ReportsTaken::default();
        let by_id: HashMap<&str, &DeliveryReport> =
            reports.iter().rev().map(|report| (report.message.as_str(), report)).collect();
        let mut by_account: BTreeMap<String, Vec<(i64, &DeliveryReport)>> = Default::default();
        let mut not_here: BTreeSet<&str> = by_id.keys().copied().collect();
        for row in &rows {
            let (account, message) = (row.text("account")?, row.text("message")?);
            let Some(report) = by_id.get(message.as_str()) else { continue };
            not_here.remove(message.as_str());
            if row.text("state")? == MessageState::HandedOver.as_str() {
                by_account.entry(account).or_default().push((row.int("id")?, report));
            } else {
                taken.later.push(message);
            }
        }
        let mut broken = Vec::new();
        for (account, reports) in by_account {
            match self.record_results_of(&account, &reports, now).await {
                Ok(recorded) => taken.accepted += recorded,
                // What is wrong with one account must not keep all others from their results.
                Err(error) => {
                    let messages = reports.iter().map(|(_, report)| report.message.clone()).collect();
                    broken.push(Broken { account, error: of_one_account(error)?, messages });
                }
            }
        }
        taken.not_here = not_here.into_iter().map(str::to_owned).collect();
        taken.ignored = reports.len() as i64 - taken.accepted - taken.later.len() as i64;
        Ok((taken, broken))
    }

    async fn record_results_of(
        &self,
        account: &str,
        reports: &[(i64, &DeliveryReport)],
        now: i64,
    ) -> Result<i64, DbError> {
        match self.tenant(account).await? {
            Some(tenant) => tenant.record_results(reports, now).await,
            None => Err(DbError::NoRow),
        }
    }
}

/// Whether a message is among those that could not be written down.
pub(crate) fn is_among(broken: &[Broken], message: &str) -> bool {
    broken.iter().any(|broken| broken.messages.iter().any(|one| one == message))
}

impl<D: Database> Tenant<'_, D> {
    async fn record_results(&self, reports: &[(i64, &DeliveryReport)], now: i64) -> Result<i64, DbError> {
        transaction(self.db, async |db| {
            // Another report may have come first: only what still waits for one takes it.
            let ids: Vec<i64> = reports.iter().map(|(id, _)| *id).collect();
            let rows =
                db.query(sql!("reports.sql", "awaits_result"), params![&self.account, json(&ids)?]).await?;
            let mut waiting = HashMap::with_capacity(rows.len());
            for row in &rows {
                waiting.insert(row.int("id")?, row);
            }
            let mut next = self.result_numbers(db, &waiting).await?;
            let mut leaves = Vec::new();
            let mut ended = Vec::new();
            let mut reported = Vec::new();
            for (id, report) in reports {
                let Some(row) = waiting.remove(id) else { continue };
                let call = (row.int("call_attempt")? > 0).then(|| report.call_result());
                let result = call.map_or(report.result, CallResult::as_delivery);
                // It is paid if the line was open; what was given back before costs nothing any more.
                let paid = row.flag("is_charged")? && call.is_some_and(CallResult::was_connected);
                let prices = (Tiyn(row.int("operator_price")?), Tiyn(row.int("service_price")?));
                let prices = if paid { prices } else { Default::default() };
                let campaign = row.text("campaign")?;
                let number = next.get_mut(&campaign).ok_or(DbError::NoRow)?;
                let event = ResultEvent {
                    account: &self.account,
                    campaign: &campaign,
                    number_in_campaign: *number,
                    message: &report.message,
                    result: call.map_or(result.as_str(), CallResult::as_str),
                    at: report.at,
                    charged: row.flag("paid_if_answered")?.then_some(prices),
                };
                let salt = self.keys.evidence.salt(&result_salt(&report.message));
                leaves.push(events::leaf(&salt, &event.json()));
                reported.push(Reported {
                    id: *id,
                    state: result.into(),
                    at: report.at,
                    call: call.map(CallResult::as_str),
                    number: *number,
                });
                *number += 1;
                if call.is_some() {
                    ended.push(EndedCall { id: *id, result: call });
                }
            }
            if reported.is_empty() {
                return Ok(0);
            }
            let first_leaf = log::append(db, &self.cell.log(), &leaves).await?;
            transitions::report(db, &self.account, &reported, first_leaf).await?;
            self.end_calls(db, &ended, now).await?;
            Ok(reported.len() as i64)
        })
        .await
    }

    /// The first number of the results of each campaign among these rows, each of which takes one.
    async fn result_numbers(
        &self,
        db: &D,
        waiting: &HashMap<i64, &Row>,
    ) -> Result<BTreeMap<String, u64>, DbError> {
        let mut wanted: BTreeMap<String, u64> = BTreeMap::new();
        for row in waiting.values() {
            *wanted.entry(row.text("campaign")?).or_default() += 1;
        }
        if wanted.is_empty() {
            return Ok(wanted);
        }
        events::take_numbers(db, &self.account, &wanted).await
    }
}

/// The salt's name of a result's leaf.
pub(crate) fn result_salt(message: &str) -> String {
    format!("result {message}")
}

/// What the log commits to for one result. As with hand-overs, it is made again from the stored row.
pub(crate) struct ResultEvent<'e> {
    pub account: &'e str,
    pub campaign: &'e str,
    /// Its number among the campaign's events.
    pub number_in_campaign: u64,
    pub message: &'e str,
    pub result: &'e str,
    pub at: i64,
    /// What it comes to with it, by parts, where the charge is given back unless the line was open.
    pub charged: Option<(Tiyn, Tiyn)>,
}

impl ResultEvent<'_> {
    pub fn json(&self) -> Json {
        let mut event = serde_json::json!({
            "v": 1, "kind": "result", "account": self.account, "campaign": self.campaign,
            "number_in_campaign": self.number_in_campaign, "message": self.message, "result": self.result,
            "at": time_text(self.at),
        });
        if let (Json::Object(event), Some((operator, service))) = (&mut event, self.charged) {
            event.insert("operator_price".to_owned(), operator.to_string().into());
            event.insert("service_price".to_owned(), service.to_string().into());
            event.insert("currency".to_owned(), "KZT".into());
        }
        event
    }
}
