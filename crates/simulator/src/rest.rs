//! Coming to rest: no more faults, the bank and the operator try until they are heard, and ticks go
//! on until nothing moves.

use crate::acts::{self, Act};
use crate::notices;
use crate::platform::Request;
use crate::steps::Steps;
use crate::world::{Payment, within_hours};
use serde_json::json;
use std::collections::BTreeSet;

/// Rounds of ticks until everything must be at rest.
const ROUNDS_MAX: usize = 60;
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
        self.platform.stage.scene().profile = crate::faults::Profile::calm();
        self.platform.stage.scene().say("  at rest from here on");
        self.platform.pass(180_000);
        for account in 0..self.world.accounts.len() {
            self.world.payments.push(Payment {
                id: format!("plenty-{account}"),
                account,
                amount: PLENTY,
                said: BTreeSet::new(),
                credited: None,
                answer: None,
                done: false,
            });
        }
        self.bank_is_heard().await;
        for campaign in 0..self.world.campaigns.len() {
            let known = &self.world.campaigns[campaign];
            let path = format!("/v1/campaigns/{}/resume", known.id);
            let key = &self.world.accounts[known.account].template.key;
            let request = Request::post(&path, &json!({})).bearer(key);
            self.perform(vec![Act::Order { campaign, what: "resume", request }]).await;
        }
        self.rounds().await;
        if self.world.accounts.iter().any(|account| account.deletion_asked) {
            self.platform.pass(DELETION_MS);
            self.perform(vec![Act::Tick("deletions")]).await;
            self.rounds().await;
            self.perform(vec![Act::Tick("deletions")]).await;
            self.perform(vec![Act::Tick("deletions")]).await;
        }
        self.perform(vec![Act::Tick("checkpoint")]).await;
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

    async fn rounds(&mut self) {
        for _ in 0..ROUNDS_MAX {
            self.platform.pass(130_000);
            while !within_hours(self.platform.stage.now()) {
                self.platform.pass(1_800_000);
            }
            let mut moved = 0;
            for name in ["reconcile", "dispatch"] {
                let answers = self.perform(vec![Act::Tick(name)]).await;
                let Some(answer) = answers.first() else { return };
                if answer.status != 200 {
                    self.world.violated(format!("without faults tick {name} answers {}", answer.status));
                    return;
                }
                let counted = ["prepared", "leased", "asked", "unknown"];
                moved += counted.iter().filter_map(|name| answer.body[*name].as_i64()).sum::<i64>();
            }
            moved += self.report_all().await;
            if moved == 0 {
                return;
            }
        }
        self.world.violated("it does not come to rest");
    }

    /// The operator reports on everything that it was not heard about.
    async fn report_all(&mut self) -> i64 {
        let open: Vec<_> = {
            let scene = self.platform.stage.scene();
            let fates = scene.operator.fates.iter().filter(|(_, fate)| !fate.settled);
            fates.map(|(id, fate)| (id.clone(), fate.result)).collect()
        };
        if open.is_empty() {
            return 0;
        }
        let request = notices::reports(&open, self.platform.stage.now(), false);
        let count = i64::try_from(open.len()).unwrap_or(i64::MAX);
        self.perform(vec![Act::Report { reports: open, good: true, request }]).await;
        count
    }
}
