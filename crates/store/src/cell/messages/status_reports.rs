//! An operator's single reports: they come late, repeated, out of order, and before the hand-over that
//! they are about is settled. Whoever sends them does not ask twice, so none is lost (R85, R87, R89).

use std::collections::{BTreeMap, BTreeSet};

use domain::calendars::Calendars;
use domain::campaign::DeliveryResult;
use domain::message::{MessageState, Reason};
use domain::voice::CallResult;
use serde::Serialize;

use crate::cell::Cell;
use crate::cell::messages::hand_over::{HandOver, Settlement};
use crate::cell::messages::reports::DeliveryReport;
use crate::cell::messages::transitions::{self, Queued};
use crate::cell::messages::turns::{Done, PUT_OFF_MS, of_one_account};
use crate::cell::messages::unknown::UnknownMessage;
use crate::cell::messages::waiting_reports::WaitingReport;
use crate::database::{Database, DbError, Value};
use crate::row::Row;
use crate::{json, params, sql};

/// By what a report names its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportedMessage {
    /// `msg_…`
    Id(String),
    /// The row.
    Row(i64),
}

/// How far a message has come, by its operator's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusReport {
    /// Which message.
    pub about: ReportedMessage,
    /// The last word; without one the operator has the message and is not done.
    pub result: Option<DeliveryResult>,
    /// The result in the words of calls, where the operator speaks them.
    pub call: Option<CallResult>,
    /// What the operator calls the message, where it says.
    pub reference: Option<String>,
    /// By the operator's clock, Unix milliseconds; the arrival where it does not say.
    pub at: Option<i64>,
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusTaken {
    /// It changed the message.
    Taken,
    /// It is a repetition.
    Ignored,
    /// The cell has no such message of this operator.
    NotHere,
    /// The hand-over is not settled yet: it is kept until then.
    Kept,
}

/// How often a message is looked at again that changes under the hand.
const LOOKS_MAX: usize = 4;

/// A kept report as it was read.
#[derive(Serialize)]
struct ReadReport {
    message: String,
    result: Option<String>,
}

/// How far a step through the reports that wait has come.
#[derive(Default)]
struct Step {
    /// As they were read: the message and the result.
    read: Vec<ReadReport>,
    /// Last words on messages that were handed over, by operator.
    results: BTreeMap<String, Vec<DeliveryReport>>,
    /// Messages whose report stays, to be tried again later.
    again: BTreeSet<String>,
    /// With whom something is broken.
    broken: Vec<(String, DbError)>,
}

impl Step {
    fn put_off(&mut self, account: String, error: DbError, messages: Vec<String>) {
        self.again.extend(messages);
        self.broken.push((account, error));
    }
}

/// The statement that finds a reported message, and how it is named there.
fn named_by(about: &ReportedMessage) -> (&'static str, Value) {
    match about {
        ReportedMessage::Id(id) => (sql!("status_reports.sql", "named_by_id"), Value::from(id.as_str())),
        ReportedMessage::Row(row) => (sql!("status_reports.sql", "named_by_row"), Value::from(*row)),
    }
}

fn state(row: &Row) -> Result<MessageState, DbError> {
    row.read("state", MessageState::parse)
}

impl<D: Database> Cell<'_, D> {
    /// Takes one report. That an operator speaks of a message is proof that it has it, so it also settles
    /// a hand-over of which nobody knew how it ended. One about an account with which something is broken is
    /// kept, since nobody sends it again.
    pub async fn take_status(
        &self,
        calendars: &Calendars,
        operator: &str,
        report: &StatusReport,
        now: i64,
    ) -> Result<StatusTaken, DbError> {
        match self.try_status(calendars, operator, report, now).await {
            Err(error) => {
                let error = of_one_account(error)?;
                let (statement, key) = named_by(&report.about);
                let rows = self.db.query(statement, params![operator, key]).await?;
                let Some(row) = rows.first() else { return Err(error) };
                self.keep(operator, &row.text("message")?, report, now, now + PUT_OFF_MS).await
            }
            taken => taken,
        }
    }

    async fn try_status(
        &self,
        calendars: &Calendars,
        operator: &str,
        report: &StatusReport,
        now: i64,
    ) -> Result<StatusTaken, DbError> {
        let (statement, key) = named_by(&report.about);
        let mut settled = false;
        // Somebody else may settle or take the message between the look and the act: then it is looked at again.
        for _ in 0..LOOKS_MAX {
            let rows = self.db.query(statement, params![operator, key.clone()]).await?;
            let Some(row) = rows.first() else { return Ok(StatusTaken::NotHere) };
            match state(row)? {
                // Its account is being copied to another cell: the report follows.
                _ if row.flag("is_leaving")? => {
                    return self.keep(operator, &row.text("message")?, report, now, 0).await;
                }
                MessageState::Leased => {
                    return self.keep(operator, &row.text("message")?, report, now, 0).await;
                }
                MessageState::Unknown => {
                    let unknown = UnknownMessage::from_row(row)?;
                    self.settle_as_taken(calendars, &unknown, report, now).await?;
                    settled = true;
                }
                MessageState::HandedOver => {
                    let taken = self.record(row, report, now).await?;
                    return Ok(if settled { StatusTaken::Taken } else { taken });
                }
                // It was believed not to have it, and must not go out again.
                MessageState::Queued => {
                    let queued = Queued::Row(row.int("id")?);
                    let blocked =
                        transitions::block(self.db, &queued, Reason::ReportedWhileQueued, now).await?;
                    if !blocked.is_empty() {
                        return Ok(StatusTaken::Taken);
                    }
                }
                // What its owner left alone can be settled after all.
                MessageState::Blocked if transitions::reopen(self.db, row.int("id")?, now).await? => {}
                _ => return Ok(StatusTaken::Ignored),
            }
        }
        Ok(StatusTaken::Ignored)
    }

    /// Blocks a queued message that was reported on while its account moved here.
    pub(crate) async fn block_as_reported(&self, row: i64, now: i64) -> Result<(), DbError> {
        let queued = Queued::Row(row);
        transitions::block(self.db, &queued, Reason::ReportedWhileQueued, now).await.map(|_| ())
    }

    /// Takes up to `limit` reports whose hand-overs are settled by now. Those of an account with which something
    /// is broken are put off, so that they do not fill the next step too.
    pub async fn take_waiting_reports(
        &self,
        calendars: &Calendars,
        limit: usize,
        now: i64,
    ) -> Result<Done, DbError> {
        let rows = self.db.query(sql!("status_reports.sql", "waiting"), params![limit as i64, now]).await?;
        let mut step = Step::default();
        for row in &rows {
            self.take_waiting(calendars, row, now, &mut step).await?;
        }
        // Most are about messages that were handed over meanwhile: their results are written together.
        for (operator, reports) in std::mem::take(&mut step.results) {
            let (taken, broken) = self.record_reports(&operator, &reports, now).await?;
            // Their account has just left: they follow.
            step.read.retain(|read| !taken.not_here.contains(&read.message));
            for one in broken {
                step.put_off(one.account, one.error, one.messages);
            }
        }
        step.read.retain(|read| !step.again.contains(&read.message));
        self.forget_reports(&step, now).await?;
        Ok(Done { count: step.read.len() as i64, put_off: step.broken })
    }

    /// One of them: its result is put to the others', or what it says is done at once.
    async fn take_waiting(
        &self,
        calendars: &Calendars,
        row: &Row,
        now: i64,
        step: &mut Step,
    ) -> Result<(), DbError> {
        let (operator, message) = (row.text("operator")?, row.text("message")?);
        let as_read = ReadReport { message: message.clone(), result: row.opt_text("result")? };
        // Meanwhile it went by another operator, which has its own word.
        if operator != row.text("said_by")? {
            step.read.push(as_read);
            return Ok(());
        }
        let call = row.opt_text("call_result")?.as_deref().and_then(CallResult::parse);
        let at = row.int("at")?;
        match (state(row)?, row.opt_read("result", DeliveryResult::parse)?) {
            (MessageState::HandedOver, Some(result)) => {
                let report = DeliveryReport { message, result, call, at: at.min(now) };
                step.results.entry(operator).or_default().push(report);
            }
            (MessageState::Unknown | MessageState::Queued, result) => {
                let about = ReportedMessage::Id(message.clone());
                let reference = row.opt_text("reference")?;
                let report = StatusReport { about, result, call, reference, at: Some(at) };
                match self.try_status(calendars, &operator, &report, now).await {
                    // Taken for sending again just now: it stays until that is settled. Or its account has just left: it
                    // follows.
                    Ok(StatusTaken::Kept | StatusTaken::NotHere) => return Ok(()),
                    Ok(_) => {}
                    Err(error) => step.put_off(row.text("account")?, of_one_account(error)?, vec![message]),
                }
            }
            _ => {}
        }
        step.read.push(as_read);
        Ok(())
    }

    /// Drops what was taken, as it was read: a last word may have come to one of them since.
    async fn forget_reports(&self, step: &Step, now: i64) -> Result<(), DbError> {
        if !step.read.is_empty() {
            self.db.query(sql!("status_reports.sql", "forget"), params![json(&step.read)?]).await?;
        }
        if !step.again.is_empty() {
            self.db
                .query(
                    "UPDATE waiting_report SET take_at = ?2
                     WHERE message IN (SELECT value FROM json_each(?1))",
                    params![json(&step.again)?, now + PUT_OFF_MS],
                )
                .await?;
        }
        Ok(())
    }

    async fn keep(
        &self,
        operator: &str,
        message: &str,
        report: &StatusReport,
        now: i64,
        take_at: i64,
    ) -> Result<StatusTaken, DbError> {
        let waiting = WaitingReport {
            message,
            operator,
            result: report.result,
            call: report.call,
            reference: report.reference.as_deref(),
            at: report.at.unwrap_or(now).min(now),
            take_at,
        };
        Ok(if self.keep_report(&waiting).await? { StatusTaken::Kept } else { StatusTaken::NotHere })
    }

    async fn settle_as_taken(
        &self,
        calendars: &Calendars,
        unknown: &UnknownMessage,
        report: &StatusReport,
        now: i64,
    ) -> Result<(), DbError> {
        let Some(tenant) = self.tenant(&unknown.account).await? else { return Ok(()) };
        let Some((content, class)) = tenant.sent_content(&unknown.terms.campaign).await? else {
            return Ok(());
        };
        let message = tenant.with_number(unknown.message.clone()).await?;
        // A report says when the message arrived somewhere, not when it left here: that was in the lease.
        let at = unknown.taken_at(i64::MIN, now);
        let instant = chrono::DateTime::from_timestamp_millis(at)
            .ok_or_else(|| DbError::Column("leased_at".to_owned()))?;
        let (channel, agreed) = (content.volume.channel(), tenant.other_hours(at).await?);
        let settlement = Settlement {
            lease: &unknown.lease,
            terms: &unknown.terms,
            content: &content,
            at,
            verdict: &calendars.judge(instant, &unknown.terms.operator, channel, class, &agreed),
            outcomes: vec![(message, HandOver::Taken(report.reference.clone()))],
        };
        tenant.settle(&settlement, now).await?;
        tenant.served(&unknown.terms.campaign, now).await?;
        Ok(())
    }

    async fn record(&self, row: &Row, report: &StatusReport, now: i64) -> Result<StatusTaken, DbError> {
        let Some(result) = report.result else { return Ok(StatusTaken::Ignored) };
        let at = report.at.unwrap_or(now).min(now);
        let report = DeliveryReport { message: row.text("message")?, result, call: report.call, at };
        let (taken, broken) = self.record_reports(&row.text("operator")?, &[report], now).await?;
        if let Some(broken) = broken.into_iter().next() {
            return Err(broken.error);
        }
        Ok(if taken.accepted > 0 { StatusTaken::Taken } else { StatusTaken::Ignored })
    }
}
