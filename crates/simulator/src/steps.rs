//! The steps of a run: which acts, how many at once, and what time passes between them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use api::campaigns::{Estimate, Start};
use api::contacts::{self, BlacklistEntry, Contact, Import};
use api::deletion::RequestDeletion;
use api::money::Balance;
use domain::campaign::DeliveryResult;
use domain::money::Money;
use serde_json::json;

use crate::acts::{self, Act};
use crate::application::Application;
use crate::broken;
use crate::faults::Fault;
use crate::notices;
use crate::platform::{Answer, Platform, Request, Stall, until_edge};
use crate::world::{Payment, World, within_hours};

/// The bank refuses to sign for more.
const NOTICE_AGE_MS: i64 = 301_000;
/// A report that comes after this is late.
const LATE_MS: i64 = 3_600_000;
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

    /// The same; with `stall`, the first is stopped after so many turns, until the others have ended.
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
            let others = ["reconcile", "dispatch", "reconcile", "dispatch", "deletions"];
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
        match self.below(60) {
            0..=13 => Some(Act::Tick("dispatch")),
            14..=19 => Some(Act::Tick("reconcile")),
            20..=21 => Some(Act::Tick("checkpoint")),
            22 => Some(Act::Tick("deletions")),
            23..=27 => Some(self.pay(account)),
            28..=31 => self.report(),
            32..=33 => Some(self.blacklist(account)),
            34 => self.unlist(account).await,
            35..=37 => self.order(),
            38 => self.delete_contacts(account).await,
            39 => {
                let size = 1 + self.below(30);
                self.upload(account, size, self.one_in(2)).await
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
            _ if self.one_in(4) => self.deletion(account).await,
            _ => None,
        }
    }

    fn new_payment(&mut self, account: usize) -> usize {
        let id = self.name("pay");
        let amount = self.between(10, 3_000) * 100 + self.between(0, 99);
        let amount = if self.one_in(3) { amount } else { amount + 400_000 };
        self.world.payments.push(Payment {
            id,
            account,
            amount,
            said: BTreeSet::new(),
            credited: None,
            unapplied: false,
            answer: None,
            done: false,
        });
        self.world.payments.len() - 1
    }

    fn pay(&mut self, account: usize) -> Act {
        let known = self.world.payments.len();
        let now = self.platform.stage.now();
        if known == 0 || self.one_in(3) {
            let payment = self.new_payment(account);
            // Some notices are lost on their way: the bank sends them when later ones are there.
            if self.one_in(4) && known > 0 {
                return acts::pay(&self.world, self.below(known), now);
            }
            return acts::pay(&self.world, payment, now);
        }
        let place = self.below(known);
        let payment = &self.world.payments[place];
        let (id, owner, amount) = (payment.id.clone(), payment.account, payment.amount);
        let number = |account: usize| self.world.accounts[account].template.number.clone();
        match self.below(6) {
            0 => {
                self.inject(Fault::PaymentForged, &id);
                let request = notices::payment(&id, &number(owner), amount, now, true);
                Act::Pay { payment: place, account: owner, amount, good: false, request }
            }
            1 => {
                self.inject(Fault::PaymentStale, &id);
                let request = notices::payment(&id, &number(owner), amount, now - NOTICE_AGE_MS, false);
                Act::Pay { payment: place, account: owner, amount, good: false, request }
            }
            2 => {
                self.inject(Fault::PaymentConflicting, &id);
                let (account, amount) = if self.one_in(2) { (account, amount) } else { (owner, amount + 1) };
                let request = notices::payment(&id, &number(account), amount, now, false);
                Act::Pay { payment: place, account, amount, good: true, request }
            }
            _ => {
                let repeated = !payment.said.is_empty();
                let fault = if repeated { Fault::PaymentRepeated } else { Fault::PaymentReordered };
                self.inject(fault, &id);
                acts::pay(&self.world, place, now)
            }
        }
    }

    fn report(&mut self) -> Option<Act> {
        let now = self.platform.stage.now();
        let (open, known): (Vec<_>, Vec<_>) = {
            let scene = self.platform.stage.scene();
            let fates = scene.operator.fates.iter();
            fates.map(|(id, fate)| (id.clone(), fate.clone())).partition(|(_, fate)| !fate.settled)
        };
        let mut reports = Vec::new();
        let mut good = true;
        match self.below(7) {
            0 if !known.is_empty() => {
                let (id, fate) = &known[self.below(known.len())];
                self.inject(Fault::ReportRepeated, id);
                reports.push((id.clone(), fate.result));
            }
            1 if !known.is_empty() => {
                let (id, fate) = &known[self.below(known.len())];
                self.inject(Fault::ReportContradicting, id);
                let other = match fate.result {
                    DeliveryResult::Delivered => DeliveryResult::Undelivered,
                    _ => DeliveryResult::Delivered,
                };
                reports.push((id.clone(), other));
            }
            2 => {
                self.inject(Fault::ReportUnknown, "");
                let number = self.platform.stage.scene().chance.number();
                reports.push((format!("msg_{number:032x}"), DeliveryResult::Delivered));
            }
            3 if !open.is_empty() => {
                self.inject(Fault::ReportForged, "");
                good = false;
                reports.push((open[self.below(open.len())].0.clone(), DeliveryResult::Expired));
            }
            _ => {
                let some = 1 + self.below(20);
                let from = self.below(open.len());
                for (id, fate) in open.iter().skip(from).take(some) {
                    if now - fate.taken_at > LATE_MS {
                        self.inject(Fault::ReportLate, id);
                    }
                    reports.push((id.clone(), fate.result));
                }
            }
        }
        let request = notices::reports(&reports, now, !good);
        (!reports.is_empty()).then_some(Act::Report { reports, good, request })
    }

    fn blacklist(&self, account: usize) -> Act {
        let phones: BTreeSet<String> = (0..=self.below(3)).map(|_| self.phone()).collect();
        let phones: Vec<String> = phones.into_iter().collect();
        let body = json!({"phones": phones, "reason": "asked not to be written to"});
        let request = Request::post("/v1/blacklist", &body).bearer(&self.key(account));
        Act::Blacklist { account, phones, request }
    }

    async fn unlist(&self, account: usize) -> Option<Act> {
        let key = self.key(account);
        let listed: Vec<BlacklistEntry> = self.platform.list("/v1/blacklist", &key).await;
        let entry = listed.get(self.below(listed.len()))?;
        let path = contacts::REMOVE_FROM_BLACKLIST.at(&[&entry.id]);
        let phone = entry.phone.clone();
        Some(Act::Unlist { account, phone, request: Request::new("DELETE", &path).bearer(&key) })
    }

    fn order(&self) -> Option<Act> {
        let campaign = self.below(self.world.campaigns.len());
        let known = self.world.campaigns.get(campaign)?;
        let what = match self.below(8) {
            0..=2 => "pause",
            3..=6 => "resume",
            _ => "cancel",
        };
        let path = format!("/v1/campaigns/{}/{what}", known.id);
        let request = Request::post(&path, &json!({})).bearer(&self.key(known.account));
        Some(Act::Order { campaign, what, request })
    }

    async fn delete_contacts(&self, account: usize) -> Option<Act> {
        let key = self.key(account);
        let contacts: Vec<Contact> = self.platform.list("/v1/contacts", &key).await;
        if self.one_in(8) {
            let phones = contacts.into_iter().map(|contact| contact.phone).collect();
            return Some(Act::DeleteContacts {
                account,
                phones,
                request: Request::new("DELETE", "/v1/contacts").bearer(&key),
            });
        }
        let contact = contacts.get(self.below(contacts.len()))?;
        let path = contacts::DELETE.at(&[&contact.id]);
        let phones = [contact.phone.clone()].into();
        Some(Act::DeleteContacts { account, phones, request: Request::new("DELETE", &path).bearer(&key) })
    }

    /// Announces an upload; the act is the file itself.
    async fn upload(&self, account: usize, size: usize, cut_short: bool) -> Option<Act> {
        let key = self.key(account);
        let attestation = &self.application.attestations["recipients_attestation"];
        let body = json!({"name": "clients.csv", "attestation": attestation});
        let import = self.platform.ask(Request::post("/v1/contacts/imports", &body).bearer(&key)).await;
        let import = import.read::<Import>()?.id;
        let mut phones = Vec::new();
        let mut file = "phone,name\n".to_owned();
        for place in 0..size {
            // More than the operator takes at once are all different.
            let phone = if size > LARGE { format!("+7701{:07}", 2_000_000 + place) } else { self.phone() };
            file.push_str(&format!("{phone},Мысал\n"));
            phones.push(phone);
        }
        file.push_str("12345,nobody\n");
        let path = format!("/v1/contacts/imports/{import}/file");
        let cut = self.below(file.len());
        let mut request = Request::new("PUT", &path).body("text/csv", file).bearer(&key);
        if cut_short {
            self.inject(Fault::UploadCutShort, &format!("after {cut} bytes"));
            request = request.cut_short(cut);
        }
        Some(Act::Upload { account, phones, whole: !cut_short, request })
    }

    /// Writes a campaign, or writes the last one again under the same key.
    fn create(&mut self, account: usize) -> Act {
        let name = if self.names > 0 && self.one_in(4) && !self.world.campaigns.is_empty() {
            self.inject(Fault::RequestRepeated, "");
            let place = self.below(self.world.campaigns.len());
            let (owner, text) =
                (self.world.campaigns[place].account, self.world.campaigns[place].text.clone());
            return self.create_with(owner, text);
        } else {
            self.name("campaign")
        };
        let length = [20, 150, 170, 320][self.below(4)];
        let mut text = format!("{name} says: ");
        while text.len() < length {
            text.push_str("come and see. ");
        }
        self.create_with(account, text)
    }

    fn create_with(&self, account: usize, text: String) -> Act {
        let attestation = &self.application.attestations["content_attestation"];
        let body =
            json!({"name": "A campaign", "text": text, "class": "informational", "attestation": attestation});
        let key = text.split(' ').next().unwrap_or_default().to_owned();
        let request =
            Request::post("/v1/campaigns", &body).bearer(&self.key(account)).header("idempotency-key", &key);
        Act::Create { account, text, request }
    }

    /// Estimates; the act is the start itself.
    async fn start(&self, campaign: usize) -> Option<Act> {
        let known = self.world.campaigns.get(campaign)?;
        let key = self.key(known.account);
        let path = format!("/v1/campaigns/{}", known.id);
        let estimate =
            self.platform.ask(Request::post(&format!("{path}/estimate"), &json!({})).bearer(&key)).await;
        let agreed = Start { agreed_total: estimate.read::<Estimate>()?.total };
        let request = Request::post(&format!("{path}/start"), &json!(agreed)).bearer(&key);
        Some(Act::Start { campaign, request })
    }

    async fn deletion(&self, account: usize) -> Option<Act> {
        let cookie = self.platform.sign_in(&self.world.accounts[account].template.login).await?;
        let request = if self.world.accounts[account].deletion_asked {
            Request::new("DELETE", "/v1/account/deletion")
        } else {
            let balance = self.platform.ask(Request::get("/v1/balance").bearer(&self.key(account))).await;
            let balance = balance.read::<Balance>()?;
            let forfeits = Money(balance.available.0 + balance.held.0);
            let body = RequestDeletion { forfeits, recipients_duty_acknowledged: true, delete_on: None };
            Request::post("/v1/account/deletion", &json!(body))
        };
        Some(Act::Deletion { account, request: request.header("cookie", &cookie) })
    }
}

/// `-12.50` in tiyn.
#[must_use]
pub fn amount(text: &str) -> i64 {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let tiyn: i64 = digits.parse().unwrap_or(i64::MIN / 4);
    if text.starts_with('-') { -tiyn } else { tiyn }
}
