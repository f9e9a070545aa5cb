//! Reports: what became of messages, and the money, from counters and never from messages that are done for (R94, R97).
//!
//! The counters are kept by triggers on the table of messages, as the balance is by those on entries. What people did
//! about a message, its visits and refusals, is noted here, in the transaction of the visit or the refusal.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use domain::campaign::CampaignState;
use domain::message::{MessageState, Reason};
use domain::money::Tiyn;
use serde::{Deserialize, Deserializer};

use crate::cell::Tenant;
use crate::cell::messages::judged::Judged;
use crate::database::{Database, DbError};
use crate::row::Row;
use crate::{json, params, sql};

/// How many messages of a campaign stand in one state for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageCount {
    /// Where.
    pub state: MessageState,
    /// Why.
    pub reason: Option<Reason>,
    /// How many.
    pub messages: i64,
}

/// What came of messages that were handed over together, whenever it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOverCounts {
    /// Taken by an operator.
    pub handed_over: i64,
    /// Of these delivered.
    pub delivered: i64,
    /// Of these not delivered.
    pub undelivered: i64,
    /// Of these given up by the operator in time.
    pub expired: i64,
    /// Calls that a person took.
    pub answered: i64,
    /// Calls that a machine took.
    pub machine: i64,
    /// Calls to a busy line.
    pub busy: i64,
    /// Calls that rang out.
    pub no_answer: i64,
    /// Calls that never rang.
    pub failed: i64,
    /// Charged for the operators, and not given back.
    #[serde(deserialize_with = "tiyn")]
    pub operator_price: Tiyn,
    /// Charged for the service, and not given back.
    #[serde(deserialize_with = "tiyn")]
    pub service_price: Tiyn,
    /// Visits of links by people.
    pub visits: i64,
    /// Messages of which a person opened a link.
    pub visitors: i64,
    /// Refusals by a message's own link.
    pub opt_outs: i64,
}

fn tiyn<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tiyn, D::Error> {
    i64::deserialize(deserializer).map(Tiyn)
}

impl HandOverCounts {
    /// Those without a final word.
    pub const fn awaiting_report(&self) -> i64 {
        self.handed_over - self.delivered - self.undelivered - self.expired
    }
}

impl AddAssign for HandOverCounts {
    fn add_assign(&mut self, other: Self) {
        self.handed_over += other.handed_over;
        self.delivered += other.delivered;
        self.undelivered += other.undelivered;
        self.expired += other.expired;
        self.answered += other.answered;
        self.machine += other.machine;
        self.busy += other.busy;
        self.no_answer += other.no_answer;
        self.failed += other.failed;
        self.operator_price = self.operator_price + other.operator_price;
        self.service_price = self.service_price + other.service_price;
        self.visits += other.visits;
        self.visitors += other.visitors;
        self.opt_outs += other.opt_outs;
    }
}

/// What one operator took of a campaign in one hour.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HourCounts {
    /// Hours of the local time since the first of January 1970.
    pub hour: i64,
    /// Which.
    pub operator: String,
    /// What came of it.
    pub counts: HandOverCounts,
}

/// Messages that are never sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockedCount {
    /// Hours of the local time since the first of January 1970; 0 for what was cancelled in the queue.
    pub hour: i64,
    /// Why.
    pub reason: Reason,
    /// How many.
    pub messages: i64,
}

impl BlockedCount {
    /// Whether a gate or an operator said so, and not its owner by cancelling.
    pub fn is_refused(&self) -> bool {
        self.reason.state() == Some(MessageState::Blocked)
    }
}

/// How far a campaign is: counts of its messages by state, and its money.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CampaignReport {
    /// How many stand where, and why.
    pub counts: Vec<MessageCount>,
    /// How many people they are to: each may be called more than once.
    pub recipients: i64,
    /// How many calls ended so.
    pub calls: BTreeMap<String, i64>,
    /// Charged for the operators.
    pub charged_operator: Tiyn,
    /// Charged for the service.
    pub charged_service: Tiyn,
    /// Held for messages on their way.
    pub held: Tiyn,
    /// What was handed over, all of it.
    pub handed_over: HandOverCounts,
    /// The same by hour and operator.
    pub by_hour: Vec<HourCounts>,
    /// What is never sent, by hour and reason.
    pub blocked: Vec<BlockedCount>,
}

impl CampaignReport {
    /// Messages of which nobody will say whether they were sent: their owner has to decide.
    pub fn undecided(&self) -> i64 {
        let undecided = self.counts.iter().filter(|count| count.reason == Some(Reason::Undecided));
        undecided.map(|count| count.messages).sum()
    }

    /// Messages in one of these states.
    pub fn count(&self, states: &[MessageState]) -> i64 {
        let counted = self.counts.iter().filter(|count| states.contains(&count.state));
        counted.map(|count| count.messages).sum()
    }

    /// What was blocked, by reason; without what its owner cancelled.
    pub fn blocked_by_reason(&self) -> BTreeMap<Reason, i64> {
        let mut reasons = BTreeMap::new();
        for blocked in self.blocked.iter().filter(|blocked| blocked.is_refused()) {
            *reasons.entry(blocked.reason).or_default() += blocked.messages;
        }
        reasons
    }

    fn put(&mut self, state: MessageState, reason: Option<Reason>, messages: i64) {
        let known = self.counts.iter_mut().find(|count| count.state == state && count.reason == reason);
        match known {
            Some(count) => count.messages += messages,
            None if messages != 0 => self.counts.push(MessageCount { state, reason, messages }),
            None => {}
        }
    }
}

/// What stands in a row of `blocked_count`.
#[derive(Deserialize)]
struct BlockedRow {
    hour: i64,
    reason: String,
    messages: i64,
}

/// What is on its way.
#[derive(Default, Deserialize)]
struct Open {
    leased: i64,
    unknown: i64,
    undecided: i64,
    held: i64,
}

/// By what an account's report is parted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parted {
    /// By hours of the local time.
    ByHour,
    /// By days of the local time.
    ByDay,
    /// By operators.
    ByOperator,
    /// By campaigns.
    ByCampaign,
    /// Not at all: the whole.
    Whole,
}

impl Parted {
    const fn as_str(self) -> &'static str {
        match self {
            Self::ByHour => "hour",
            Self::ByDay => "day",
            Self::ByOperator => "operator",
            Self::ByCampaign => "campaign",
            Self::Whole => "whole",
        }
    }
}

/// Which part of a report it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Of the local time since the first of January 1970.
    Hour(i64),
    /// Of the local time since the first of January 1970.
    Day(i64),
    /// By its name.
    Operator(String),
    /// `cmp_…`
    Campaign(String),
    /// The whole.
    Whole,
}

impl Part {
    fn read(by: Parted, row: &Row) -> Result<Self, DbError> {
        Ok(match by {
            Parted::ByHour => Self::Hour(row.int("part")?),
            Parted::ByDay => Self::Day(row.int("part")?),
            Parted::ByOperator => Self::Operator(row.text("part")?),
            Parted::ByCampaign => Self::Campaign(row.text("part")?),
            Parted::Whole => Self::Whole,
        })
    }
}

/// One part of an account's report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartCounts {
    /// Which.
    pub part: Part,
    /// What was handed over.
    pub counts: HandOverCounts,
    /// What was blocked, by reason; empty by operators, of whom what is blocked has none.
    pub blocked: BTreeMap<Reason, i64>,
}

/// What a person did about a message.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Response {
    /// Opened a link.
    pub visits: i64,
    /// Opened one for the first time.
    pub visitors: i64,
    /// Refused further messages by its link.
    pub opt_outs: i64,
}

impl<D: Database> Tenant<'_, D> {
    /// Counts and money of one campaign (R94).
    pub async fn campaign_report(&self, campaign: &str) -> Result<CampaignReport, DbError> {
        let rows = self.db.query(sql!("counts.sql", "campaign"), params![&self.account, campaign]).await?;
        let Some(row) = rows.first() else { return Ok(CampaignReport::default()) };
        let by_hour: Vec<HourCounts> = row.json("handed_over")?;
        let open: Open = row.json("open")?;
        let mut total = HandOverCounts::default();
        by_hour.iter().for_each(|hour| total += hour.counts);
        let mut report = CampaignReport {
            recipients: row.int("recipients")?,
            calls: calls(&total),
            charged_operator: total.operator_price,
            charged_service: total.service_price,
            held: Tiyn(open.held),
            handed_over: total,
            by_hour,
            ..CampaignReport::default()
        };
        for row in row.json::<Vec<BlockedRow>>("blocked")? {
            let reason = Reason::parse(&row.reason).ok_or_else(|| DbError::Column("reason".to_owned()))?;
            report.put(reason.state().unwrap_or(MessageState::Blocked), Some(reason), row.messages);
            report.blocked.push(BlockedCount { hour: row.hour, reason, messages: row.messages });
        }
        report.put(MessageState::Leased, None, open.leased);
        report.put(MessageState::Unknown, None, open.unknown - open.undecided);
        report.put(MessageState::Unknown, Some(Reason::Undecided), open.undecided);
        report.put(MessageState::HandedOver, None, total.awaiting_report());
        report.put(MessageState::Delivered, None, total.delivered);
        report.put(MessageState::Undelivered, None, total.undelivered);
        report.put(MessageState::Expired, None, total.expired);
        let queued = row.int("messages")? - report.count(&MessageState::ALL);
        // What a cancelled campaign still has in the queue is never sent; its rows follow in steps.
        match row.read("state", CampaignState::parse)? {
            CampaignState::Cancelled => {
                report.put(MessageState::Cancelled, Some(Reason::CancelledByOwner), queued);
            }
            _ => report.put(MessageState::Queued, None, queued),
        }
        Ok(report)
    }

    /// What was handed over and blocked from one hour on and before another, by parts; at most so many.
    pub async fn account_report(
        &self,
        from_hour: i64,
        before_hour: i64,
        by: Parted,
        limit: usize,
    ) -> Result<Vec<PartCounts>, DbError> {
        let mut parameters = params![&self.account, from_hour, before_hour, by.as_str()];
        let blocked = match by {
            Parted::ByOperator => Vec::new(),
            _ => self.db.query(sql!("counts.sql", "blocked_parts"), parameters.clone()).await?,
        };
        parameters.push((limit as i64).into());
        let rows = self.db.query(sql!("counts.sql", "parts"), parameters).await?;
        let mut parts = Vec::with_capacity(rows.len());
        let mut places = BTreeMap::new();
        for row in &rows {
            let part = Part::read(by, row)?;
            places.insert(part.clone(), parts.len());
            parts.push(PartCounts { part, counts: row.json("counts")?, blocked: BTreeMap::new() });
        }
        for row in &blocked {
            let part = Part::read(by, row)?;
            let place = match places.get(&part) {
                Some(place) => *place,
                None if parts.len() < limit => {
                    places.insert(part.clone(), parts.len());
                    parts.push(PartCounts {
                        part,
                        counts: HandOverCounts::default(),
                        blocked: BTreeMap::new(),
                    });
                    parts.len() - 1
                }
                None => continue,
            };
            if let Some(part) = parts.get_mut(place) {
                part.blocked.insert(row.read("reason", Reason::parse)?, row.int("messages")?);
            }
        }
        if by != Parted::ByCampaign {
            parts.sort_by(|one, other| one.part.cmp(&other.part));
        }
        Ok(parts)
    }

    /// What some campaigns are called; without those whose names are gone.
    pub async fn campaign_names(&self, campaigns: &[&str]) -> Result<BTreeMap<String, String>, DbError> {
        let rows =
            self.db.query(sql!("counts.sql", "names"), params![&self.account, json(&campaigns)?]).await?;
        let mut names = BTreeMap::new();
        let Some(key) = &self.keys.personal else { return Ok(names) };
        for row in &rows {
            let campaign = row.text("campaign")?;
            if let Some(sealed) = row.opt_blob("name")? {
                let name = key.open_text(&self.place("campaign name", &campaign), &sealed)?;
                names.insert(campaign, name);
            }
        }
        Ok(names)
    }

    /// Counts what a person did about a message. Belongs inside the transaction in which that is kept.
    pub(crate) async fn note_response(
        &self,
        db: &D,
        message: i64,
        response: Response,
        now: i64,
    ) -> Result<(), DbError> {
        let Response { visits, visitors, opt_outs } = response;
        if visits + visitors + opt_outs == 0 {
            return Ok(());
        }
        let offset = Judged::at_any_hour(now)?.offset_minutes;
        let parameters = params![&self.account, message, now, offset, visits, visitors, opt_outs];
        db.query(sql!("counts.sql", "note_response"), parameters).await?;
        Ok(())
    }
}

/// How many calls ended in each way, of those in which some did.
fn calls(counts: &HandOverCounts) -> BTreeMap<String, i64> {
    let ended = [
        ("answered", counts.answered),
        ("machine", counts.machine),
        ("busy", counts.busy),
        ("no_answer", counts.no_answer),
        ("failed", counts.failed),
    ];
    ended
        .into_iter()
        .filter(|(_, calls)| *calls > 0)
        .map(|(result, calls)| (result.to_owned(), calls))
        .collect()
}
