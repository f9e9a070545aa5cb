//! Messages on their way: taken, sent, settled, lost, reported on.

use chrono::DateTime;
use domain::campaign::DeliveryResult;
use domain::hours::{WindowVerdict, window_at};
use domain::money::Tiyn;
use pollster::FutureExt as _;
use sendbox_store::cell::{
    Answered, DeliveryReport, Departure, HandOver, Lease, LeaseOutcome, LeasedMessage, ReportsTaken,
    SentContent, Settled, Settlement, Terms,
};
use sendbox_store::{Database, DatabaseClock};

use super::{Bench, MINUTE, OPERATOR, OPERATOR_PRICE, ROUTE, SERVICE_PRICE, calendars};

/// The terms on which a campaign's texts go.
pub fn terms(campaign: &str) -> Terms {
    Terms {
        campaign: campaign.to_owned(),
        operator: OPERATOR.to_owned(),
        operator_price: OPERATOR_PRICE,
        service_price: SERVICE_PRICE,
        paid_if_answered: false,
    }
}

/// The same word on every message.
pub fn all(messages: &[LeasedMessage], outcome: &HandOver) -> Vec<(LeasedMessage, HandOver)> {
    messages.iter().map(|message| (message.clone(), outcome.clone())).collect()
}

impl<D: Database> Bench<D> {
    pub fn lease(&self, campaign: &str, limit: usize) -> LeaseOutcome {
        let lease = Lease {
            terms: &terms(campaign),
            route: ROUTE,
            limit,
            lasts_ms: MINUTE,
            clock: DatabaseClock::default(),
        };
        self.tenant().lease(&lease, self.now()).block_on().expect("answers")
    }

    /// A lease that is expected to bring something.
    pub fn take(&self, campaign: &str, limit: usize) -> (String, Vec<LeasedMessage>) {
        match self.lease(campaign, limit) {
            LeaseOutcome::Taken { lease, messages, .. } => (lease, messages),
            other => panic!("nothing taken: {other:?}"),
        }
    }

    /// Notes that every message up to the last of these may leave; answers how long the lease lasts still.
    pub fn depart(
        &self,
        lease: &str,
        messages: &[LeasedMessage],
        answered: &[(i64, Answered)],
    ) -> Option<i64> {
        let up_to = messages.last().expect("somebody leaves").id;
        let departure = Departure { lease, up_to, at: self.now(), answered, needs_ms: MINUTE / 2 };
        self.tenant().note_departure(&departure, DatabaseClock::default()).block_on().expect("answers")
    }

    /// Takes messages that leave, and of which nobody hears again.
    pub fn lose(&self, campaign: &str, limit: usize) -> (String, Vec<LeasedMessage>) {
        let (lease, messages) = self.take(campaign, limit);
        assert_eq!(self.depart(&lease, &messages, &[]), Some(MINUTE));
        (lease, messages)
    }

    /// Looks after leases that ran out.
    pub fn recover(&self) -> Settled {
        let (cell, calendars) = (self.cell(), calendars());
        let recovered = cell.recover_expired_leases(&calendars, DatabaseClock::default(), self.now());
        let recovered = recovered.block_on().expect("recovers");
        assert_eq!(recovered.failed, []);
        recovered.settled
    }

    pub fn settle(&self, campaign: &str, lease: &str, outcomes: Vec<(LeasedMessage, HandOver)>) -> Settled {
        self.settle_at_price(campaign, lease, OPERATOR_PRICE, outcomes)
    }

    /// Settles a whole lease as its holder does.
    pub fn settle_lease(
        &self,
        campaign: &str,
        lease: &str,
        outcomes: Vec<(LeasedMessage, HandOver)>,
    ) -> Settled {
        let verdict = window_at(DateTime::from_timestamp_millis(self.now()).expect("an instant"));
        let (content, terms) = (self.text_sent(campaign), terms(campaign));
        let settlement = self.settlement(&terms, lease, (&content, &verdict), outcomes);
        self.tenant().settle_lease(&settlement, self.now()).block_on().expect("settled")
    }

    fn settlement<'s>(
        &self,
        terms: &'s Terms,
        lease: &'s str,
        (content, verdict): (&'s SentContent, &'s WindowVerdict),
        outcomes: Vec<(LeasedMessage, HandOver)>,
    ) -> Settlement<'s> {
        Settlement { lease, terms, content, at: self.now(), verdict, outcomes }
    }

    pub fn settle_at_price(
        &self,
        campaign: &str,
        lease: &str,
        operator_price: Tiyn,
        outcomes: Vec<(LeasedMessage, HandOver)>,
    ) -> Settled {
        let verdict = window_at(DateTime::from_timestamp_millis(self.now()).expect("an instant"));
        let content = self.text_sent(campaign);
        let terms = Terms { operator_price, ..terms(campaign) };
        let settlement = self.settlement(&terms, lease, (&content, &verdict), outcomes);
        self.tenant().settle(&settlement, self.now()).block_on().expect("settled")
    }

    /// Takes up to `limit` messages and hands them over; answers them.
    pub fn hand_over(&self, campaign: &str, limit: usize) -> Vec<LeasedMessage> {
        let (lease, messages) = self.take(campaign, limit);
        self.settle(campaign, &lease, all(&messages, &HandOver::Taken(Some("op-1".to_owned()))));
        messages
    }

    pub fn report(&self, message: &str, result: DeliveryResult) -> ReportsTaken {
        let report = DeliveryReport { message: message.to_owned(), result, call: None, at: self.now() };
        self.cell().take_reports(OPERATOR, &[report], self.now()).block_on().expect("taken")
    }
}
