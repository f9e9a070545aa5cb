//! The steps of a run: which acts, how many at once, and what time passes between them.

mod next_acts;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use api::contacts::Contact;

use crate::acts::{self, Act};
use crate::application::{Application, CELLS};
use crate::broken;
use crate::faults::Fault;
use crate::platform::{Answer, Platform, Request, Stall, until_edge};
use crate::world::{World, within_hours};

/// Contacts of which a wave needs more than one request, and more than one group that leaves.
const LARGE: usize = 120;
/// Requests at once.
const AT_ONCE_MAX: u64 = 4;

/// A run's steps on its platform.
pub struct Steps<'r> {
    /// Where.
    pub platform: &'r Platform,
    /// With which accounts and attestations.
    pub application: &'r Application,
    /// What is known.
    pub world: World,
    /// The folder of the databases.
    pub state: PathBuf,
    names: u32,
}

impl<'r> Steps<'r> {
    /// Nothing has happened yet.
    pub fn new(platform: &'r Platform, application: &'r Application, state: &Path) -> Self {
        Self { platform, application, world: World::default(), state: state.to_owned(), names: 0 }
    }

    fn below(&self, end: usize) -> usize {
        self.platform.stage.scene().chance.index(end)
    }

    fn one_in(&self, times: u64) -> bool {
        self.platform.stage.scene().chance.one_in(times)
    }

    fn between(&self, from: i64, to: i64) -> i64 {
        self.platform.stage.scene().chance.between(from, to)
    }

    fn inject(&self, fault: Fault, about: &str) {
        self.platform.stage.scene().inject(fault, about);
    }

    fn name(&mut self, of: &str) -> String {
        self.names += 1;
        format!("{of}-{}", self.names)
    }

    /// One of a hundred made-up numbers, which accounts share.
    fn phone(&self) -> String {
        format!("+7701{:07}", 2_000_000 + self.below(100))
    }

    fn key(&self, account: usize) -> String {
        self.world.accounts[account].template.key.clone()
    }

    /// Sends acts at once and learns from the answers.
    pub async fn perform(&mut self, acts: Vec<Act>) -> Vec<Answer> {
        self.perform_with(acts, None).await
    }

    /// [`Self::perform`]; with `stall`, the first act is stopped after so many turns, until the others have ended.
    pub(crate) async fn perform_with(&mut self, acts: Vec<Act>, stall: Option<Stall>) -> Vec<Answer> {
        let starting: BTreeSet<usize> = acts
            .iter()
            .filter_map(|act| match act {
                Act::Start { campaign, .. } => Some(self.world.campaigns[*campaign].account),
                _ => None,
            })
            .collect();
        let mut before = Vec::new();
        for account in &starting {
            before.push((*account, self.base(*account).await));
        }
        {
            let mut scene = self.platform.stage.scene();
            for act in &acts {
                let line = act.line(&self.world);
                scene.say(format!("    {line}"));
                act.tried(&mut self.world, &mut scene);
            }
            if acts.len() > 1 {
                scene.inject(Fault::Overlap, "");
            }
        }
        let requests: Vec<Request> = acts.iter().map(Act::request).collect();
        let Some(answers) = self.platform.together(&requests, stall).await else {
            self.world.violated("requests that never ended");
            return Vec::new();
        };
        {
            let mut scene = self.platform.stage.scene();
            for (act, answer) in acts.iter().zip(&answers) {
                let body: String = answer.text.chars().take(160).collect();
                let line = act.line(&self.world);
                scene.say(format!("    = {line}: {} {body}", answer.status));
                act.answered(answer, &mut self.world, &mut scene);
            }
        }
        for (account, before) in before {
            let after = self.base(account).await;
            for act in &acts {
                let Act::Start { campaign, .. } = act else { continue };
                let campaign = &mut self.world.campaigns[*campaign];
                if campaign.account == account && campaign.possible.is_empty() {
                    campaign.due = before.intersection(&after).cloned().collect();
                    campaign.possible = before.union(&after).cloned().collect();
                }
            }
        }
        answers
    }

    /// Numbers in an account's base.
    async fn base(&self, account: usize) -> BTreeSet<String> {
        let contacts: Vec<Contact> = self.platform.list("/v1/contacts", &self.key(account)).await;
        contacts.into_iter().map(|contact| contact.phone).collect()
    }

    /// The world before the first step: contacts, money, a campaign, without any fault.
    pub async fn set_up(&mut self) {
        let accounts = 1 + self.below(self.application.accounts.len());
        for template in self.application.accounts.iter().take(accounts) {
            self.world.accounts.push(crate::world::Account::new(template.clone()));
        }
        for account in 0..accounts {
            let size = if self.one_in(12) { LARGE + self.below(150) } else { 5 + self.below(30) };
            let upload = self.upload(account, size, false).await;
            let payment = self.new_payment(account);
            let pay = acts::pay(&self.world, payment, self.platform.stage.now());
            let create = self.create(account);
            self.perform(upload.into_iter().collect()).await;
            self.perform(vec![pay]).await;
            self.perform(vec![create]).await;
            let campaign = self.world.campaigns.len().saturating_sub(1);
            let start = self.start(campaign).await;
            self.perform(start.into_iter().collect()).await;
        }
    }

    /// One step under faults.
    pub async fn step(&mut self) {
        self.let_time_pass();
        self.platform.step_clock();
        self.break_or_mend();
        if self.one_in(12) {
            let others = ["reconcile", "dispatch", "reconcile", "dispatch", "jobs"];
            let acts = std::iter::once("dispatch").chain(others).map(Act::Tick).collect();
            // Between its transactions is where a tick holds something.
            let by_ms = self.between(121_000, 400_000);
            let stall = match self.below(2) {
                0 => Stall { turns: self.below(30) as u64, commits: u64::MAX, by_ms },
                _ => Stall { turns: u64::MAX, commits: 1 + self.below(3) as u64, by_ms },
            };
            self.perform_with(acts, Some(stall)).await;
            return;
        }
        let count = match self.below(5) {
            0..=1 => 1,
            _ => 1 + self.below(usize::try_from(AT_ONCE_MAX).unwrap_or(1)),
        };
        let mut acts = Vec::new();
        for _ in 0..count {
            acts.extend(self.act().await);
        }
        if !acts.is_empty() {
            self.perform(acts).await;
        }
    }

    /// An account breaks, or the broken one is mended.
    fn break_or_mend(&mut self) {
        match self.world.broken {
            Some(_) if self.one_in(8) => self.mend(),
            Some(_) => {}
            None => {
                let hits = {
                    let mut scene = self.platform.stage.scene();
                    let rate = u64::from(scene.profile.broken);
                    rate > 0 && scene.chance.below(1_000) < rate
                };
                if hits {
                    let account = self.below(self.world.accounts.len());
                    self.flip_a_bit(account, Fault::AccountBroken);
                    self.world.broken = Some(account);
                }
            }
        }
    }

    /// The broken account is mended, if there is one.
    pub fn mend(&mut self) {
        if let Some(account) = self.world.broken.take() {
            self.flip_a_bit(account, Fault::AccountMended);
        }
    }

    fn flip_a_bit(&mut self, account: usize, fault: Fault) {
        let id = self.world.accounts[account].template.id.clone();
        self.inject(fault, &id);
        if let Err(error) = broken::flip_a_bit(&self.state, &id) {
            self.world.violated(format!("the file: {error}"));
        }
    }

    fn let_time_pass(&self) {
        let shut = !within_hours(self.platform.stage.now());
        let by = match self.below(20) {
            0..=9 if shut => self.between(600_000, 14_400_000),
            0..=9 => self.between(1, 3_000),
            10..=13 => self.between(3_000, 60_000),
            14..=16 => self.between(60_000, 400_000),
            17 => self.between(400_000, 7_200_000),
            _ => {
                let now = self.platform.stage.now();
                until_edge(now, &mut self.platform.stage.scene().chance)
            }
        };
        self.platform.stage.scene().say(format!("  {by} ms pass"));
        self.platform.pass(by);
    }

    async fn act(&mut self) -> Option<Act> {
        let account = self.below(self.world.accounts.len());
        match self.below(62) {
            0..=13 => Some(Act::Tick("dispatch")),
            14..=19 => Some(Act::Tick("reconcile")),
            20..=21 => Some(Act::Tick("jobs")),
            22 => Some(Act::Checkpoint(CELLS[account % CELLS.len()])),
            23..=27 => Some(self.pay(account)),
            28..=31 => self.report(),
            32..=33 => Some(self.blacklist(account)),
            34 => self.unlist(account).await,
            35..=37 => self.order(),
            38 => self.delete_contacts(account).await,
            39 => {
                let size = 1 + self.below(30);
                let cut_short = self.one_in(2);
                self.upload(account, size, cut_short).await
            }
            40..=58 => {
                let drafts: Vec<usize> = (0..self.world.campaigns.len())
                    .filter(|place| !self.world.campaigns[*place].started)
                    .collect();
                match drafts.get(self.below(drafts.len())) {
                    Some(campaign) => self.start(*campaign).await,
                    None => Some(self.create(account)),
                }
            }
            59..=60 => Some(self.move_to_a_cell(account)),
            _ if self.one_in(4) => self.deletion(account).await,
            _ => None,
        }
    }
}

/// `-12.50` in tiyn.
#[must_use]
pub fn amount(text: &str) -> i64 {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let tiyn: i64 = digits.parse().unwrap_or(i64::MIN / 4);
    if text.starts_with('-') { -tiyn } else { tiyn }
}
