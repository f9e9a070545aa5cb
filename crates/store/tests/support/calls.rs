//! Voice campaigns: a recording, a plan, calls that are handed over and end somehow.

use chrono::DateTime;
use domain::audio::AudioFormat;
use domain::campaign::MessageClass;
use domain::documents::DocumentKind;
use domain::hours::window_at;
use domain::money::Tiyn;
use domain::tariffs::Volume;
use domain::voice::{CallPlan, CallResult};
use pollster::FutureExt as _;
use sendbox_store::cell::{
    Agreement, DeliveryReport, HandOver, Lease, LeaseOutcome, LeasedMessage, NewAudio, NewCampaign,
    NewContent, ReportsTaken, SentContent, Settlement, Terms,
};
use sendbox_store::{Database, DatabaseClock};

use super::{Bench, MINUTE, OPERATOR, PRICE, ROUTE, acceptance, all, numbers, routes, terms};

/// What the tariff counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByWhat {
    Attempt,
    Minute,
}

/// The terms on which a campaign's calls go.
fn terms_by(campaign: &str, by: ByWhat) -> Terms {
    Terms { paid_if_answered: by == ByWhat::Minute, ..terms(campaign) }
}

impl<D: Database> Bench<D> {
    /// A recording of nine seconds.
    pub fn recording(&self) -> String {
        let new = NewAudio {
            name: "Тапсырыс дайын".to_owned(),
            format: AudioFormat::Mp3,
            duration_ms: 9_000,
            sha256: domain::documents::sha256_hex(b"sound"),
        };
        self.tenant().create_audio(&self.act(), &new, b"sound", None).block_on().expect("kept").audio
    }

    /// A draft that plays a recording, ringing up to so many times ten minutes apart.
    pub fn call_draft(&self, audio: &str, attempts: u32) -> String {
        let plan = CallPlan::new(attempts, 20, 600).expect("within bounds");
        let new = NewCampaign {
            name: "Calls".to_owned(),
            content: NewContent::Call { audio: audio.to_owned(), plan },
            class: MessageClass::Informational,
            audience: None,
            attestation: acceptance(DocumentKind::ContentAttestation),
        };
        self.tenant().create_campaign(&self.act(), &new, None).block_on().expect("made").campaign
    }

    /// People to call, money for every attempt to each, and a campaign whose first calls are queued.
    pub fn queue_calls(&self, people: usize, attempts: u32) -> String {
        self.upload(&numbers(people));
        self.top_up("pay_calls", PRICE * people as i64 * i64::from(attempts)).expect("credited");
        self.call_campaign(attempts)
    }

    /// A campaign of calls to everybody in the base, whose first calls are queued.
    pub fn call_campaign(&self, attempts: u32) -> String {
        let campaign = self.call_draft(&self.recording(), attempts);
        let free = Agreement { price: Tiyn::ZERO, total: Tiyn::ZERO };
        self.tenant().start_campaign(&self.act(), &campaign, free).block_on().expect("started");
        while !self
            .tenant()
            .prepare(&campaign, &routes(), 1000, self.now())
            .block_on()
            .expect("prepared")
            .done
        {}
        campaign
    }

    pub fn lease_calls(&self, campaign: &str, by: ByWhat) -> LeaseOutcome {
        let lease = Lease {
            terms: &terms_by(campaign, by),
            route: ROUTE,
            limit: 100,
            lasts_ms: MINUTE,
            clock: DatabaseClock::default(),
        };
        self.tenant().lease(&lease, self.now()).block_on().expect("answers")
    }

    /// Hands every call over that is due; answers them.
    pub fn call(&self, campaign: &str, by: ByWhat) -> Vec<LeasedMessage> {
        let (lease, messages) = match self.lease_calls(campaign, by) {
            LeaseOutcome::Taken { lease, messages, .. } => (lease, messages),
            other => panic!("nobody is to be called: {other:?}"),
        };
        self.settle_calls(campaign, &lease, by, &messages, &HandOver::Taken(Some("call-1".to_owned())));
        messages
    }

    pub fn settle_calls(
        &self,
        campaign: &str,
        lease: &str,
        by: ByWhat,
        messages: &[LeasedMessage],
        outcome: &HandOver,
    ) {
        let sha256 = domain::documents::sha256_hex(b"sound");
        let settlement = Settlement {
            lease,
            terms: &terms_by(campaign, by),
            content: &SentContent { sha256, volume: Volume::Sound(9_000) },
            at: self.now(),
            verdict: &window_at(DateTime::from_timestamp_millis(self.now()).expect("an instant")),
            outcomes: all(messages, outcome),
        };
        self.tenant().settle(&settlement, self.now()).block_on().expect("settled");
    }

    /// The operator says how a call ended.
    pub fn end_call(&self, message: &str, call: CallResult) -> ReportsTaken {
        let report = DeliveryReport {
            message: message.to_owned(),
            result: call.as_delivery(),
            call: Some(call),
            at: self.now(),
        };
        self.cell().take_reports(OPERATOR, &[report], self.now()).block_on().expect("taken")
    }

    /// Lets the campaign have its turn; answers whether that ended it.
    pub fn serve(&self, campaign: &str) -> bool {
        self.tenant().served(campaign, self.now()).block_on().expect("served")
    }
}
