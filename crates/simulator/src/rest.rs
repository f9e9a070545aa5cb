//! Coming to rest: no more faults, the bank and the operator try until they are heard, and ticks go
//! on until everything due is final, which they must not need too many of.

use crate::acts::{self, Act};
use crate::application::CELLS;
use crate::checks::is_at_rest;
use crate::faults::Fault;
use crate::notices;
use crate::platform::Request;
use crate::steps::Steps;
use crate::world::{Campaign, Payment, within_hours};
use api::campaigns::{Report, Stall};
use serde_json::json;
use std::collections::BTreeSet;

/// LIVENESS. Once the faults have stopped, whoever sends has money and the hours are open, everything that is due
/// is final after so many rounds: handed over and reported on, or refused, its campaign at its end. A round is a
/// reconciliation tick and a dispatch tick, a little more than two minutes after the round before.
const ROUNDS_MAX: usize = 15;
/// What is broken with an account is put off for so long, and so is what is tried again later.
const PUT_OFF_MS: i64 = 600_000;
/// A job that waits is due again after this, and a lease of before has run out.
const JOB_WAIT_MS: i64 = 130_000;
/// Enough for every message of a run, in tiyn.
const PLENTY: i64 = 300_000_000;
/// The notice of a deletion, and a little more.
const DELETION_MS: i64 = 31 * 86_400_000;

impl Steps<'_> {
    /// Whether an account's program is still heard.
    pub async fn is_open(&self, account: usize) -> bool {
        let key = &self.world.accounts[account].template.key;
        self.platform.ask(Request::get("/v1/balance").bearer(key)).await.status == 200
    }

    /// Brings everything to rest.
    pub async fn come_to_rest(&mut self) {
        {
            let mut scene = self.platform.stage.scene();
            scene.profile = crate::faults::Profile::calm();
            scene.set_skew(0);
            scene.say("  at rest from here on");
        }
        self.platform.pass(180_000);
        self.moves_end().await;
        for account in 0..self.world.accounts.len() {
            if self.world.broken != Some(account) {
                self.plenty(account);
            }
        }
        self.bank_is_heard().await;
        self.resume_all().await;
        // With a broken account among them all others come to rest first.
        self.rounds().await;
        if let Some(account) = self.world.broken {
            self.mend();
            self.moves_end().await;
            self.plenty(account);
            self.bank_is_heard().await;
            self.resume_all().await;
            self.platform.pass(PUT_OFF_MS);
            self.rounds().await;
        }
        if self.world.accounts.iter().any(|account| account.deletion_asked) {
            self.platform.pass(DELETION_MS);
            self.perform(vec![Act::Tick("jobs")]).await;
            self.rounds().await;
            // What waited for the operator goes on after a minute.
            self.platform.pass(JOB_WAIT_MS);
            self.perform(vec![Act::Tick("jobs")]).await;
        }
        self.perform(vec![Act::Tick("jobs")]).await;
        for cell in CELLS {
            self.perform(vec![Act::Checkpoint(cell)]).await;
        }
    }

    /// Accounts on their way to another cell arrive: what was put off comes again, and no step fails any more.
    async fn moves_end(&mut self) {
        if !self.platform.stage.scene().counts.has(Fault::AccountMoved) {
            return;
        }
        for wait_ms in [PUT_OFF_MS, JOB_WAIT_MS, JOB_WAIT_MS] {
            self.platform.pass(wait_ms);
            self.perform(vec![Act::Tick("reconcile")]).await;
            self.perform(vec![Act::Tick("dispatch")]).await;
            for _ in 0..3 {
                self.platform.pass(2_000);
                self.perform(vec![Act::Tick("jobs")]).await;
            }
        }
    }

    /// The bank will bring an account money for everything.
    fn plenty(&mut self, account: usize) {
        self.world.payments.push(Payment {
            id: format!("plenty-{account}"),
            account,
            amount: PLENTY,
            said: BTreeSet::new(),
            credited: None,
            unapplied: false,
            answer: None,
            done: false,
        });
    }

    async fn resume_all(&mut self) {
        for campaign in 0..self.world.campaigns.len() {
            let known = &self.world.campaigns[campaign];
            let path = format!("/v1/campaigns/{}/resume", known.id);
            let key = &self.world.accounts[known.account].template.key;
            let request = Request::post(&path, &json!({})).bearer(key);
            self.perform(vec![Act::Order { campaign, what: "resume", request }]).await;
        }
    }

    async fn bank_is_heard(&mut self) {
        for payment in 0..self.world.payments.len() {
            if !self.world.payments[payment].done {
                let act = acts::pay(&self.world, payment, self.platform.stage.now());
                self.perform(vec![act]).await;
                if !self.world.payments[payment].done {
                    let id = self.world.payments[payment].id.clone();
                    self.world.violated(format!("without faults the bank is not answered: {id}"));
                }
            }
        }
    }

    /// Rounds of ticks until everything due is final; a violation when that takes too many.
    async fn rounds(&mut self) {
        for round in 0..=ROUNDS_MAX {
            let unfinished = self.unfinished().await;
            if unfinished.is_empty() && round > 0 {
                self.world.rounds = self.world.rounds.max(round);
                return;
            }
            if round == ROUNDS_MAX {
                for what in unfinished {
                    self.world.violated(format!("after {ROUNDS_MAX} rounds without faults: {what}"));
                }
                return;
            }
            self.platform.pass(130_000);
            while !within_hours(self.platform.stage.now()) {
                self.platform.pass(1_800_000);
            }
            for name in ["reconcile", "dispatch"] {
                let answers = self.perform(vec![Act::Tick(name)]).await;
                let Some(answer) = answers.first() else { return };
                if answer.status != 200 {
                    self.world.violated(format!("without faults tick {name} answers {}", answer.status));
                    return;
                }
            }
            self.report_all().await;
        }
    }

    async fn is_short(&self, campaign: &Campaign) -> bool {
        let key = &self.world.accounts[campaign.account].template.key;
        let view = Request::get(&format!("/v1/campaigns/{}", campaign.id)).bearer(key);
        let view = self.platform.ask(view).await.read::<api::campaigns::Campaign>();
        view.is_some_and(|view| view.stalled_by == Some(Stall::BalanceEmpty))
    }

    /// What is due and not final yet, by the campaigns' own reports. Of an account that is broken or erased there
    /// are none.
    async fn unfinished(&self) -> Vec<String> {
        let mut unfinished = Vec::new();
        for known in &self.world.campaigns {
            let key = &self.world.accounts[known.account].template.key;
            let report = Request::get(&format!("/v1/campaigns/{}/report", known.id)).bearer(key);
            let report = self.platform.ask(report).await;
            if report.status == 401 || self.world.broken == Some(known.account) {
                continue;
            }
            // Nobody can bring money to an account whose end was asked for.
            if self.world.accounts[known.account].deletion_asked && self.is_short(known).await {
                continue;
            }
            let Some(report) = report.read::<Report>() else {
                unfinished.push(format!("{} answers {}", known.id, report.status));
                continue;
            };
            let open = report.queued + report.leased + report.unknown + report.awaiting_report;
            if open > 0 || !is_at_rest(report.state) {
                let state = report.state.as_str();
                unfinished.push(format!("{} is {state} with {open} messages on their way", known.id));
            }
        }
        unfinished
    }

    /// The operator reports on everything that it was not heard about.
    async fn report_all(&mut self) {
        let open: Vec<_> = {
            let scene = self.platform.stage.scene();
            let fates = scene.operator.fates.iter().filter(|(_, fate)| !fate.settled);
            fates.map(|(id, fate)| (id.clone(), fate.result)).collect()
        };
        if !open.is_empty() {
            let request = notices::reports(&open, self.platform.stage.now(), false);
            self.perform(vec![Act::Report { reports: open, good: true, request }]).await;
        }
    }
}
