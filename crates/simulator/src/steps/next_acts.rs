//! What people, their bank and their operators do next.

use std::collections::BTreeSet;

use api::campaigns::{Estimate, NewCampaign, Start};
use api::contacts::{self, BlacklistEntry, Contact, Import, NewImport};
use api::deletion::RequestDeletion;
use api::money::Balance;
use domain::campaign::{DeliveryResult, MessageClass};
use domain::documents::DocumentKind;
use domain::money::Money;
use serde_json::json;

use super::{LARGE, Steps};
use crate::acts::{self, Act};
use crate::application::CELLS;
use crate::faults::Fault;
use crate::notices;
use crate::platform::Request;
use crate::world::Payment;

/// The bank refuses to sign for more.
const NOTICE_AGE_MS: i64 = 301_000;
/// A report that comes after this is late.
const LATE_MS: i64 = 3_600_000;

impl Steps<'_> {
    pub(super) fn new_payment(&mut self, account: usize) -> usize {
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

    pub(super) fn pay(&mut self, account: usize) -> Act {
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

    pub(super) fn report(&mut self) -> Option<Act> {
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

    pub(super) fn blacklist(&self, account: usize) -> Act {
        let phones: BTreeSet<String> = (0..=self.below(3)).map(|_| self.phone()).collect();
        let phones: Vec<String> = phones.into_iter().collect();
        let body = json!({"phones": phones, "reason": "asked not to be written to"});
        let request = Request::post("/v1/blacklist", &body).bearer(&self.key(account));
        Act::Blacklist { account, phones, request }
    }

    pub(super) async fn unlist(&self, account: usize) -> Option<Act> {
        let key = self.key(account);
        let listed: Vec<BlacklistEntry> = self.platform.list("/v1/blacklist", &key).await;
        let entry = listed.get(self.below(listed.len()))?;
        let path = contacts::REMOVE_FROM_BLACKLIST.at(&[&entry.id]);
        let phone = entry.phone.clone();
        Some(Act::Unlist { account, phone, request: Request::new("DELETE", &path).bearer(&key) })
    }

    pub(super) fn order(&self) -> Option<Act> {
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

    pub(super) async fn delete_contacts(&self, account: usize) -> Option<Act> {
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
    pub(super) async fn upload(&mut self, account: usize, size: usize, cut_short: bool) -> Option<Act> {
        let key = self.key(account);
        let attestation = self.application.attestations.get(&DocumentKind::RecipientsAttestation).cloned();
        let body = json!(NewImport {
            name: "clients.csv".to_owned(),
            attestation,
            lists: Vec::new(),
            tags: Vec::new(),
            confirm: false,
        });
        let import = self.platform.ask(Request::post("/v1/contacts/imports", &body).bearer(&key)).await;
        let import = acts::read::<Import>(&import, &mut self.world)?.id;
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
    pub(super) fn create(&mut self, account: usize) -> Act {
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

    pub(super) fn create_with(&self, account: usize, text: String) -> Act {
        let body = json!(NewCampaign {
            name: "A campaign".to_owned(),
            channel: None,
            text: Some(text.clone()),
            audio: None,
            plan: None,
            class: MessageClass::Informational,
            opt_out_link: None,
            links: Vec::new(),
            audience: None,
            attestation: self.application.attestations.get(&DocumentKind::ContentAttestation).cloned(),
        });
        let key = text.split(' ').next().unwrap_or_default().to_owned();
        let request =
            Request::post("/v1/campaigns", &body).bearer(&self.key(account)).header("idempotency-key", &key);
        Act::Create { account, text, request }
    }

    /// Estimates; the act is the start itself.
    pub(super) async fn start(&mut self, campaign: usize) -> Option<Act> {
        let known = self.world.campaigns.get(campaign)?;
        let key = self.key(known.account);
        let path = format!("/v1/campaigns/{}", known.id);
        let estimate =
            self.platform.ask(Request::post(&format!("{path}/estimate"), &json!({})).bearer(&key)).await;
        let estimate = acts::read::<Estimate>(&estimate, &mut self.world)?;
        let agreed = Start { agreed_total: estimate.total };
        let request = Request::post(&format!("{path}/start"), &json!(agreed)).bearer(&key);
        Some(Act::Start { campaign, request })
    }

    /// Some are there already, or on their way to another.
    pub(super) fn move_to_a_cell(&self, account: usize) -> Act {
        let cell = CELLS[self.below(CELLS.len())];
        let id = &self.world.accounts[account].template.id;
        self.inject(Fault::AccountMoved, &format!("{id} to {}", cell.label()));
        let body = json!({"account": id, "cell": cell.label()});
        Act::Move { account, cell, request: Request::post("/internal/moves", &body).by_scheduler() }
    }

    pub(super) async fn deletion(&mut self, account: usize) -> Option<Act> {
        let cookie = self.platform.sign_in(&self.world.accounts[account].template.login).await?;
        let request = if self.world.accounts[account].deletion_asked {
            Request::new("DELETE", "/v1/account/deletion")
        } else {
            let balance = self.platform.ask(Request::get("/v1/balance").bearer(&self.key(account))).await;
            let balance = acts::read::<Balance>(&balance, &mut self.world)?;
            let forfeits = Money(balance.available.0 + balance.held.0);
            let body = RequestDeletion { forfeits, recipients_duty_acknowledged: true, delete_on: None };
            Request::post("/v1/account/deletion", &json!(body))
        };
        Some(Act::Deletion { account, request: request.header("cookie", &cookie) })
    }
}
