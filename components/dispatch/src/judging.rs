//! One instant of a wave, and what the calendars say of it for each operator (R80, R81, R82, R83, R86).

use std::rc::Rc;

use chrono::{DateTime, Utc};
use domain::calendars::Calendars;
use domain::campaign::MessageClass;
use domain::hours::WindowVerdict;
use domain::tariffs::Channel;
use domain::window_overrides::WindowOverride;
use edge::{Call, Result, instant, read_calendars};
use store::SpinDatabase;
use store::cell::{Campaign, Tenant};

use crate::closing::Closing;
use crate::watch::Watch;

/// An instant with all that judges it.
pub struct Judging {
    /// Unix milliseconds.
    pub at: i64,
    /// Started just before it.
    pub watch: Watch,
    instant: DateTime<Utc>,
    channel: Channel,
    class: MessageClass,
    agreed: Vec<WindowOverride>,
    calendars: Rc<Calendars>,
}

impl Judging {
    /// This instant, for an account's campaign.
    pub async fn now(call: &Call, tenant: &Tenant<'_, SpinDatabase>, campaign: &Campaign) -> Result<Self> {
        let calendars = read_calendars()?;
        let agreed = tenant.other_hours(call.now().await?).await?;
        // Read last: what was asked before may have taken its time.
        let watch = Watch::start();
        let at = call.now().await?;
        let (channel, class) = (campaign.content.volume().channel(), campaign.class);
        Ok(Self { at, watch, instant: instant(at)?, channel, class, agreed, calendars })
    }

    /// Whether an operator may be given messages.
    pub fn is_open(&self, operator: &str) -> bool {
        self.verdict(operator).open
    }

    /// What the hours say of the instant with an operator.
    pub fn verdict(&self, operator: &str) -> WindowVerdict {
        self.calendars.judge(self.instant, operator, self.channel, self.class, &self.agreed)
    }

    /// When the hours end that the verdict speaks of.
    pub fn closing(&self, verdict: &WindowVerdict) -> Closing {
        Closing::of(verdict, self.watch.started())
    }
}
