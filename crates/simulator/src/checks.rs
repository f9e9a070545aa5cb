//! What must hold when a run is at rest: the operator's own record, the history, the ledger and the
//! log say the same, and every rule of sending and of money was kept.

mod money;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use api::campaigns::{Campaign, Report};
use api::contacts::Contact;
use api::messages::{Message, MessageState, Reason};
use api::proof::Consistency;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::campaign::CampaignState;
use evidence::merkle::verify_consistency;
use serde_json::Value;

use crate::closed;
use crate::operator::Receipt;
use crate::platform::Request;
use crate::steps::{Steps, amount};
use crate::world::{price, segments, within_hours};

/// States in which an operator has a message.
const WITH_OPERATOR: [MessageState; 4] =
    [MessageState::HandedOver, MessageState::Delivered, MessageState::Undelivered, MessageState::Expired];

/// A lease lasts so long, and nothing leaves under it afterwards.
const LEASE_SECONDS: i64 = 120;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What was written off for a message, in tiyn.
fn charge(message: &Message) -> Option<i64> {
    message.charged.map(|charged| charged.0.0)
}

/// Whether nothing of a campaign is to come.
pub const fn is_at_rest(state: CampaignState) -> bool {
    matches!(state, CampaignState::Draft | CampaignState::Completed | CampaignState::Cancelled)
}

impl Steps<'_> {
    /// All checks; what does not hold is noted.
    pub async fn check(&mut self, state: &Path) {
        self.check_operators_record();
        let mut open = Vec::new();
        for account in 0..self.world.accounts.len() {
            if self.is_open(account).await {
                open.push(account);
            }
        }
        let mut seen = BTreeSet::new();
        let mut charged = BTreeMap::new();
        for campaign in 0..self.world.campaigns.len() {
            if open.contains(&self.world.campaigns[campaign].account) {
                self.check_campaign(campaign, &mut seen, &mut charged).await;
            }
        }
        self.check_nothing_else_was_sent(&seen, &open);
        for account in &open {
            self.check_ledger(*account, &charged).await;
            self.check_contacts(*account).await;
            self.check_consents(*account).await;
        }
        self.check_closed(state, &open);
        self.check_payments(state, &open).await;
        self.check_log().await;
    }

    fn receipts(&self) -> Vec<Receipt> {
        self.platform.stage.scene().operator.receipts.clone()
    }

    /// R80, R81, R82, R66, R87: by the operator's own record.
    fn check_operators_record(&mut self) {
        let mut requests: BTreeMap<(String, String), BTreeSet<u64>> = BTreeMap::new();
        for receipt in self.receipts() {
            let place = self.world.campaigns.iter().position(|campaign| campaign.text == receipt.text);
            let Some(place) = place else {
                self.world.violated(format!("a text that nobody wrote: {}", receipt.text));
                continue;
            };
            requests.entry((receipt.text.clone(), receipt.to.clone())).or_default().insert(receipt.request);
            if !within_hours(receipt.sent_at) {
                self.world.violated(format!("outside the hours: {} at {}", receipt.id, receipt.sent_at));
            }
            let account = &self.world.accounts[self.world.campaigns[place].account];
            if account.was_blacklisted(&receipt.to, receipt.begun) {
                self.world.violated(format!("to a blacklisted number: {} to {}", receipt.id, receipt.to));
            }
            if !self.world.campaigns[place].possible.contains(&receipt.to) {
                self.world.violated(format!("to somebody who was not in the base: {}", receipt.to));
            }
        }
        for ((text, to), requests) in requests {
            if requests.len() > 1 {
                let name = text.split(' ').next().unwrap_or_default().to_owned();
                self.world.violated(format!("{to} got {name} {} times", requests.len()));
            }
        }
    }

    async fn history(&self, campaign: usize) -> BTreeMap<String, Message> {
        let known = &self.world.campaigns[campaign];
        let key = &self.world.accounts[known.account].template.key;
        let messages: Vec<Message> =
            self.platform.list(&format!("/v1/messages?campaign={}", known.id), key).await;
        messages.into_iter().map(|message| (message.id.to_string(), message)).collect()
    }

    async fn check_campaign(
        &mut self,
        campaign: usize,
        seen: &mut BTreeSet<String>,
        charged: &mut BTreeMap<String, (i64, i64)>,
    ) {
        let history = self.history(campaign).await;
        let mut wrong = Vec::new();
        let (id, words) =
            (self.world.campaigns[campaign].id.clone(), self.world.campaigns[campaign].text.clone());
        let key = self.world.accounts[self.world.campaigns[campaign].account].template.key.clone();
        let view = self.platform.ask(Request::get(&format!("/v1/campaigns/{id}")).bearer(&key)).await;
        let Some(view) = view.read::<Campaign>() else {
            return self.world.violated(format!("campaign {campaign} answers {}", view.text));
        };
        let state = view.state;
        if view.content.segments.map(i64::from) != Some(segments(&words)) {
            wrong.push("segments".to_owned());
        }
        let receipts: BTreeMap<String, Receipt> = self
            .receipts()
            .into_iter()
            .filter(|one| one.text == words)
            .map(|one| (one.id.clone(), one))
            .collect();
        let mut sum = (0, 0);
        for (message, row) in &history {
            seen.insert(message.clone());
            if let Some(what) = self.wrong_message(campaign, message, row, receipts.get(message)) {
                wrong.push(format!("{message} ({}): {what}", row.state.as_str()));
            }
            if WITH_OPERATOR.contains(&row.state) {
                sum.0 += 1;
                sum.1 += charge(row).unwrap_or(0);
            }
        }
        charged.insert(id.clone(), sum);
        let known = &self.world.campaigns[campaign];
        let account = &self.world.accounts[known.account];
        let was_started = state != CampaignState::Draft;
        if !is_at_rest(state) {
            wrong.push(format!("at rest it is {}, stalled by {:?}", state.as_str(), view.stalled_by));
        }
        if state == CampaignState::Cancelled && !known.cancel_tried {
            wrong.push("cancelled by nobody".to_owned());
        }
        if was_started && state != CampaignState::Cancelled {
            let reached: BTreeSet<&String> = history.values().filter_map(|row| row.phone.as_ref()).collect();
            for phone in known.due.iter().filter(|phone| !account.deleted.contains(*phone)) {
                if !reached.contains(phone) {
                    wrong.push(format!("{phone} was due and has no message"));
                }
            }
        }
        let known = &self.world.campaigns[campaign];
        for row in history.values() {
            if row.phone.as_ref().is_some_and(|phone| !known.possible.contains(phone)) {
                wrong.push("a message to somebody who was not in the base".to_owned());
            }
        }
        wrong.extend(self.wrong_report(&id, &key, &history, sum).await);
        wrong.extend(self.wrong_evidence(&id, &key, &history, &receipts).await);
        for what in wrong {
            self.world.violated(format!("campaign {campaign}: {what}"));
        }
    }

    fn wrong_message(
        &self,
        campaign: usize,
        id: &str,
        row: &Message,
        receipt: Option<&Receipt>,
    ) -> Option<String> {
        let known = &self.world.campaigns[campaign];
        let account = &self.world.accounts[known.account];
        let reason = row.reason;
        match (row.state, receipt) {
            (state, Some(receipt)) if WITH_OPERATOR.contains(&state) => {
                if row.phone.as_ref() != Some(&receipt.to) {
                    return Some(format!("the history says {:?}, the operator {}", row.phone, receipt.to));
                }
                let at = row.handed_over_at?.unix_ms().div_euclid(1_000);
                let off = |instant: i64| at.abs_diff(instant.div_euclid(1_000));
                // The groups of a wave leave one after the other, and its instant is that of the first.
                let of_its_wave = (0..=LEASE_SECONDS).contains(&(receipt.sent_at.div_euclid(1_000) - at));
                let differs = off(receipt.sent_at).min(off(receipt.taken_at)) > self.world.clocks_differ_by;
                if differs && !of_its_wave {
                    return Some(format!("handed over at {at}, sent at {}", receipt.sent_at));
                }
                // The price is that of the instant of the hand-over (R48), by the clock of whoever noted it.
                let prices = [receipt.sent_at, at * 1_000].map(|instant| price(&known.text, instant));
                if !prices.iter().any(|(operator, service)| charge(row) == Some(operator + service)) {
                    return Some(format!("charged {:?}, not {prices:?}", charge(row)));
                }
                let scene = self.platform.stage.scene();
                let fate = scene.operator.fates.get(id)?;
                let said = fate.sent.iter().any(|result| result.as_str() == state.as_str());
                (!said).then(|| format!("the operator said {:?}", fate.sent))
            }
            (state, None) if WITH_OPERATOR.contains(&state) => Some("the operator never got it".to_owned()),
            (_, Some(_)) => Some(format!("the operator has it, reason {reason:?}")),
            (_, None) if row.charged.is_some() => Some("charged without a hand-over".to_owned()),
            (MessageState::Blocked, None) => {
                let phone = row.phone.as_ref();
                let founded = match reason {
                    Some(Reason::Blacklisted) => {
                        phone.is_none_or(|phone| account.ever_blacklisted.contains(phone))
                    }
                    // An upload that ends at the instant of the start may bring more than was agreed.
                    Some(Reason::BeyondAgreement) => true,
                    Some(Reason::ContactErased) => phone.is_none_or(|phone| account.deleted.contains(phone)),
                    _ => false,
                };
                (!founded).then(|| format!("reason {reason:?} of {phone:?}"))
            }
            (MessageState::Cancelled, None) => {
                let founded = known.cancel_tried && reason == Some(Reason::CancelledByOwner);
                (!founded).then(|| format!("reason {reason:?}"))
            }
            _ => Some("not at rest".to_owned()),
        }
    }

    /// R94: the report counts what the history lists.
    async fn wrong_report(
        &self,
        id: &str,
        key: &str,
        history: &BTreeMap<String, Message>,
        sum: (i64, i64),
    ) -> Vec<String> {
        let answer = self.platform.ask(Request::get(&format!("/v1/campaigns/{id}/report")).bearer(key)).await;
        let Some(report) = answer.read::<Report>() else {
            return vec![format!("the report is {}", answer.text)];
        };
        let mut wrong = Vec::new();
        let mut expect = |name: &str, said: i64, counted: i64| {
            if said != counted {
                wrong.push(format!("the report says {name} {said}, the history {counted}"));
            }
        };
        let count = |state: MessageState| {
            i64::try_from(history.values().filter(|row| row.state == state).count()).unwrap_or(-1)
        };
        expect("messages", report.messages, i64::try_from(history.len()).unwrap_or(-1));
        for (state, said) in [
            (MessageState::Queued, report.queued),
            (MessageState::Leased, report.leased),
            (MessageState::Unknown, report.unknown),
            (MessageState::Delivered, report.delivered),
            (MessageState::Undelivered, report.undelivered),
            (MessageState::Expired, report.expired),
            (MessageState::Blocked, report.blocked),
            (MessageState::Cancelled, report.cancelled),
        ] {
            expect(state.as_str(), said, count(state));
        }
        expect("handed_over", report.handed_over, sum.0);
        for (by, parts) in [("hour", &report.by_hour), ("operator", &report.by_operator)] {
            expect(
                &format!("handed_over by {by}"),
                parts.iter().map(|part| part.counts.handed_over).sum(),
                sum.0,
            );
            let charged = parts.iter().map(|part| part.counts.charged.total.0.0).sum();
            expect(&format!("charged by {by}"), charged, sum.1);
        }
        let (charged, held) = (report.charged.total.0, report.held.0);
        if charged.0 != sum.1 || held.0 != 0 {
            wrong.push(format!("the report's money: {charged} {held}"));
        }
        wrong
    }

    /// R91, R93: what the log proves is what the operator has.
    async fn wrong_evidence(
        &self,
        id: &str,
        key: &str,
        history: &BTreeMap<String, Message>,
        receipts: &BTreeMap<String, Receipt>,
    ) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut proven = BTreeSet::new();
        let mut results = BTreeMap::new();
        for event in self.evidence(&format!("campaign={id}"), key, &mut wrong).await {
            let message = text(&event["message"]);
            match event["kind"].as_str() {
                Some("handed_over") => {
                    if receipts.get(&message).is_none_or(|receipt| event["phone"] != receipt.to) {
                        wrong.push(format!("the log proves {message}, the operator has it not so"));
                    }
                    let both =
                        amount(&text(&event["operator_price"])) + amount(&text(&event["service_price"]));
                    if history.get(&message).and_then(charge) != Some(both) {
                        wrong.push(format!("the log proves another price of {message}"));
                    }
                    if !proven.insert(message.clone()) {
                        wrong.push(format!("the log proves {message} twice"));
                    }
                }
                Some("result") => {
                    if results.insert(message.clone(), text(&event["result"])).is_some() {
                        wrong.push(format!("two results of {message}"));
                    }
                }
                _ => wrong.push(format!("an event of no known kind: {event}")),
            }
        }
        for (message, row) in history {
            if WITH_OPERATOR.contains(&row.state) != proven.contains(message) {
                wrong.push(format!("{message} is {} and its proof is not so", row.state.as_str()));
            }
            let result = results.get(message);
            if result.is_some_and(|result| result != row.state.as_str())
                || (result.is_none() && proven.contains(message))
            {
                wrong.push(format!("{message} is {} and the log says {result:?}", row.state.as_str()));
            }
        }
        wrong
    }

    /// The events of all pages, verified as a stranger would: none is missing.
    async fn evidence(&self, query: &str, key: &str, wrong: &mut Vec<String>) -> Vec<Value> {
        let mut pages = Vec::new();
        let mut cursor = Some(String::new());
        while let Some(from) = cursor {
            let page =
                self.platform.ask(Request::get(&format!("/v1/evidence?{query}{from}")).bearer(key)).await;
            cursor = page.body["next_cursor"].as_str().map(|next| format!("&cursor={next}"));
            pages.push(page.text);
        }
        match evidence::verify(&pages, None) {
            Ok(verified) => verified.events.into_iter().map(|event| event.event).collect(),
            Err(error) => {
                wrong.push(format!("evidence of {query}: {error}"));
                Vec::new()
            }
        }
    }

    /// What must outlive an account that was erased.
    fn check_closed(&mut self, state: &Path, open: &[usize]) {
        let receipts = self.receipts();
        for place in (0..self.world.accounts.len()).filter(|place| !open.contains(place)) {
            let of_account = self.world.campaigns.iter().filter(|campaign| campaign.account == place);
            let texts: Vec<&str> = of_account.map(|campaign| campaign.text.as_str()).collect();
            let account = &self.world.accounts[place];
            let wrong = closed::check(state, &account.template.id, &receipts, &texts);
            let asked = account.deletion_asked;
            match wrong {
                Ok(wrong) => self.world.violations.extend(wrong),
                Err(error) => self.world.violated(format!("the file: {error}")),
            }
            if !asked {
                self.world.violated(format!("account {place} is closed, and nobody asked for it"));
            }
        }
    }

    /// Every message that the operator has is in somebody's history.
    fn check_nothing_else_was_sent(&mut self, seen: &BTreeSet<String>, open: &[usize]) {
        for receipt in self.receipts() {
            let owner = self.world.campaigns.iter().find(|campaign| campaign.text == receipt.text);
            let open = owner.is_some_and(|campaign| open.contains(&campaign.account));
            if open && !seen.contains(&receipt.id) {
                self.world.violated(format!("the operator has {}, no history has", receipt.id));
            }
        }
    }

    /// Of an upload that did not come to its end no row is kept, and no other is lost.
    async fn check_contacts(&mut self, account: usize) {
        let key = self.world.accounts[account].template.key.clone();
        let contacts: Vec<Contact> = self.platform.list("/v1/contacts", &key).await;
        let phones: BTreeSet<String> = contacts.iter().map(|contact| contact.phone.clone()).collect();
        let known = &self.world.accounts[account];
        // Who is on the blacklist is not taken in.
        let may_lack =
            |phone: &String| known.deleted.contains(phone) || known.ever_blacklisted.contains(phone);
        let lost = known.uploaded.iter().any(|phone| !phones.contains(phone) && !may_lack(phone));
        let invented = phones.iter().any(|phone| !known.offered.contains(phone));
        if phones.len() != contacts.len() {
            self.world.violated(format!("account {account}: a number stands in the base twice"));
        }
        if lost || invented {
            self.world.violated(format!("account {account}: contacts lost {lost}, invented {invented}"));
        }
    }

    async fn check_consents(&mut self, account: usize) {
        let key = self.world.accounts[account].template.key.clone();
        let mut wrong = Vec::new();
        for kind in ["consents", "payments"] {
            self.evidence(&format!("kind={kind}"), &key, &mut wrong).await;
        }
        for what in wrong {
            self.world.violated(format!("account {account}: {what}"));
        }
    }

    /// R91: every cell's log only ever grew.
    async fn check_log(&mut self) {
        let hash = |text: &str| {
            BASE64_STANDARD.decode(text).ok().and_then(|bytes| evidence::Hash::try_from(bytes).ok())
        };
        let mut wrong = Vec::new();
        self.world.checkpoints.sort_by_key(|seen| (seen.cell, seen.round, seen.size));
        for pair in self.world.checkpoints.windows(2) {
            let [from, to] = pair else { continue };
            if from.cell != to.cell {
                continue;
            }
            if from.size > to.size {
                wrong.push(format!("the log shrank from {} to {}", from.size, to.size));
            } else if from.size > 0 && from.size < to.size {
                let (cell, from_size, to_size) = (from.cell.label(), from.size, to.size);
                let path = format!("/v1/log/consistency?cell={cell}&from={from_size}&to={to_size}");
                let proven = self.platform.ask(Request::get(&path)).await.read::<Consistency>();
                let proof: Option<Vec<_>> =
                    proven.and_then(|proven| proven.proof.iter().map(|one| hash(one)).collect());
                let holds =
                    hash(&from.root).zip(hash(&to.root)).zip(proof).is_some_and(|((old, new), proof)| {
                        verify_consistency(from.size, to.size, &old, &new, &proof)
                    });
                if !holds {
                    wrong.push(format!(
                        "the log of {} is not the beginning of that of {}",
                        from.size, to.size
                    ));
                }
            } else if from.size == to.size && from.root != to.root {
                wrong.push(format!("two roots of {} leaves", from.size));
            }
        }
        for what in wrong {
            self.world.violated(what);
        }
    }
}
