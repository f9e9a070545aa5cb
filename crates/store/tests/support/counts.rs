//! Holds the counters of reports against the messages that they count.

use std::collections::BTreeMap;

use domain::message::{MessageState, Reason};
use domain::money::Tiyn;
use pollster::FutureExt as _;
use sendbox_store::Database;
use sendbox_store::cell::CampaignReport;

use super::Bench;

/// What a scan says of hand-overs, and what the counters say, without what people did about them, which no message says.
const HAND_OVERS: [&str; 2] = [
    "SELECT account, (handed_over_at + offset_minutes * 60000) / 3600000 AS hour, campaign, operator,
       count(*) AS handed_over, sum(state = 'delivered') AS delivered, sum(state = 'undelivered') AS undelivered,
       sum(state = 'expired') AS expired, sum(call_result IS 'answered') AS answered,
       sum(call_result IS 'machine') AS machine, sum(call_result IS 'busy') AS busy,
       sum(call_result IS 'no_answer') AS no_answer, sum(call_result IS 'failed') AS failed,
       sum(iif(refund IS NULL, operator_price, 0)) AS operator_price,
       sum(iif(refund IS NULL, service_price, 0)) AS service_price
     FROM message
     WHERE account = ?1 AND handed_over_at IS NOT NULL
     GROUP BY account, hour, campaign, operator",
    "SELECT account, hour, campaign, operator, handed_over, delivered, undelivered, expired, answered, machine, busy,
       no_answer, failed, operator_price, service_price
     FROM hand_over_count
     WHERE account = ?1 AND handed_over > 0",
];

const BLOCKED: [&str; 2] = [
    "SELECT account, coalesce((blocked_at + offset_minutes * 60000) / 3600000, 0) AS hour, campaign, reason,
       count(*) AS messages
     FROM message
     WHERE account = ?1 AND state IN ('blocked', 'cancelled')
     GROUP BY account, hour, campaign, reason",
    "SELECT account, hour, campaign, reason, messages FROM blocked_count WHERE account = ?1 AND messages <> 0",
];

const CAMPAIGNS: [&str; 2] = [
    "SELECT account, campaign, count(*) AS messages, sum(call_attempt <= 1) AS recipients
     FROM message WHERE account = ?1 GROUP BY account, campaign",
    "SELECT account, campaign, messages, recipients FROM campaign_count WHERE account = ?1",
];

/// A campaign's report as a scan over its messages makes it.
const SCANNED: &str = "SELECT
    iif(m.state = 'queued' AND c.state = 'cancelled', 'cancelled', m.state) AS shown,
    CASE
      WHEN m.state = 'queued' AND c.state = 'cancelled' THEN 'cancelled_by_owner'
      WHEN m.state = 'unknown' AND m.asking_ended_at IS NOT NULL THEN 'undecided'
      ELSE m.reason
    END AS why,
    m.call_result, count(*) AS messages, sum(m.call_attempt <= 1) AS recipients,
    coalesce(sum(iif(m.capture IS NULL OR m.refund IS NOT NULL, 0, m.operator_price)), 0) AS charged_operator,
    coalesce(sum(iif(m.capture IS NULL OR m.refund IS NOT NULL, 0, m.service_price)), 0) AS charged_service,
    coalesce(sum(iif(m.capture IS NULL AND m.hold IS NOT NULL, m.operator_price + m.service_price, 0)), 0) AS held
  FROM campaign c
  JOIN message m ON m.account = c.account AND m.campaign = c.campaign
  WHERE c.account = ?1 AND c.campaign = ?2
  GROUP BY shown, why, m.call_result";

/// What both ways of making a report must agree about.
#[derive(Debug, Default, PartialEq, Eq)]
struct Figures {
    counts: BTreeMap<(MessageState, Option<Reason>), i64>,
    recipients: i64,
    calls: BTreeMap<String, i64>,
    charged: (Tiyn, Tiyn),
    held: Tiyn,
}

impl From<CampaignReport> for Figures {
    fn from(report: CampaignReport) -> Self {
        Self {
            counts: report.counts.iter().map(|count| ((count.state, count.reason), count.messages)).collect(),
            recipients: report.recipients,
            calls: report.calls,
            charged: (report.charged_operator, report.charged_service),
            held: report.held,
        }
    }
}

impl<D: Database> Bench<D> {
    /// R94: the counters are what a scan says, row by row. One statement, since it is asked after each of many steps.
    pub fn check_counters(&self) {
        let tables = [HAND_OVERS, BLOCKED, CAMPAIGNS];
        let both = tables.iter().flat_map(|[scanned, counted]| [(scanned, counted), (counted, scanned)]);
        let differ: Vec<String> = both
            .map(|(one, other)| {
                format!("(SELECT count(*) FROM (SELECT * FROM ({one}) EXCEPT SELECT * FROM ({other})))")
            })
            .collect();
        assert_eq!(self.count(&format!("SELECT {}", differ.join(" + "))), 0, "counted otherwise than it is");
    }

    /// R94: and every campaign's report is made of them.
    pub fn check_counts(&self) {
        self.check_counters();
        let campaigns =
            self.sql(&format!("SELECT campaign FROM campaign WHERE account = '{}'", self.account));
        for campaign in campaigns {
            let campaign = campaign.text("campaign").expect("an id");
            let report = self.tenant().campaign_report(&campaign).block_on().expect("reads");
            assert_eq!(Figures::from(report), self.scanned(&campaign), "{campaign}");
        }
    }

    fn scanned(&self, campaign: &str) -> Figures {
        let parameters = vec![self.account.as_str().into(), campaign.into()];
        let mut figures = Figures::default();
        for row in self.db.query(SCANNED, parameters).block_on().expect("reads") {
            let int = |column: &str| row.int(column).expect(column);
            let state = row.read("shown", MessageState::parse).expect("a state");
            let reason = row.opt_read("why", Reason::parse).expect("a reason");
            *figures.counts.entry((state, reason)).or_default() += int("messages");
            figures.recipients += int("recipients");
            figures.charged.0 = figures.charged.0 + Tiyn(int("charged_operator"));
            figures.charged.1 = figures.charged.1 + Tiyn(int("charged_service"));
            figures.held = figures.held + Tiyn(int("held"));
            if let Some(result) = row.opt_text("call_result").expect("a text") {
                *figures.calls.entry(result).or_default() += int("messages");
            }
        }
        figures
    }
}
