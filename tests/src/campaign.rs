//! A campaign as its owner sees it: estimate, start, report.

use std::ops::Deref;

use domain::campaign::CampaignState;
use serde_json::{Value, json};

use crate::account::Account;
use crate::answer::{Answer, Fields};

/// A campaign of an account.
pub struct Campaign<'b, 'a> {
    owner: &'b Account<'a>,
    pub id: String,
}

impl<'b, 'a> Campaign<'b, 'a> {
    pub(crate) fn new(owner: &'b Account<'a>, id: String) -> Self {
        Self { owner, id }
    }

    pub fn path(&self) -> String {
        format!("/v1/campaigns/{}", self.id)
    }

    pub fn get(&self) -> Value {
        self.owner.browser.get(&self.path()).ok()
    }

    pub fn state(&self) -> String {
        self.get().text("/state")
    }

    /// What the campaign waits for, if for anything.
    pub fn stalled_by(&self) -> Option<String> {
        self.get().at("/stalled_by").as_str().map(str::to_owned)
    }

    pub fn estimate(&self) -> Value {
        self.owner.browser.post(&format!("{}/estimate", self.path()), &json!({})).ok()
    }

    /// Starts with the total of an estimate made just now.
    pub fn try_start(&self) -> Answer {
        let total = self.estimate().at("/total").clone();
        self.try_start_at(&total)
    }

    pub fn try_start_at(&self, agreed_total: &Value) -> Answer {
        let body = json!({"agreed_total": agreed_total});
        self.owner.browser.post(&format!("{}/start", self.path()), &body)
    }

    pub fn start(&self) -> &Self {
        self.try_start().is(202);
        self
    }

    /// `pause`, `resume` or `cancel`.
    pub fn order(&self, what: &str) -> Answer {
        self.owner.browser.post(&format!("{}/{what}", self.path()), &json!({}))
    }

    pub fn report(&self) -> Report {
        Report(self.owner.browser.get(&format!("{}/report", self.path())).is(200).read()).checked()
    }

    pub fn messages(&self) -> Vec<Value> {
        self.owner.browser.list(&format!("/v1/messages?campaign={}", self.id))
    }

    /// Ticks until every message has been handed over, blocked or cancelled. Other campaigns of
    /// the same platform may be served by the same ticks.
    pub fn send_all(&self) -> Report {
        for _ in 0..200 {
            self.owner.platform().dispatch();
            let report = self.report();
            let prepared = report.state != CampaignState::Preparing;
            if prepared && report.queued + report.leased == 0 {
                return report;
            }
        }
        panic!("200 rounds of dispatch, and something is still queued: {:?}", self.report())
    }
}

/// The figures of a campaign (R94).
#[derive(Debug, Clone, PartialEq)]
pub struct Report(api::campaigns::Report);

impl Deref for Report {
    type Target = api::campaigns::Report;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Report {
    /// What was written off, in tiyn.
    pub fn charged(&self) -> i64 {
        self.charged.total.0.0
    }

    /// The figures of every report add up, whenever it is asked for.
    fn checked(self) -> Self {
        let results = self.awaiting_report + self.delivered + self.undelivered + self.expired;
        assert_eq!(self.handed_over, results, "{self:?}");
        let waiting = self.queued + self.leased + self.unknown;
        let all = waiting + self.handed_over + self.blocked + self.cancelled;
        assert_eq!(self.messages, all, "{self:?}");
        assert_eq!(self.blocked, self.blocked_by_reason.values().sum::<i64>(), "{self:?}");
        assert_eq!(self.charged(), self.charged.operator.0.0 + self.charged.service.0.0, "{self:?}");
        self
    }
}
