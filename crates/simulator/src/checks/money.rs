//! What must hold of money: each balance is what its ledger says, and each payment counts once.

use std::collections::BTreeMap;
use std::path::Path;

use api::money::{Balance, Book, Entry, Transfer, TransferKind};

use crate::closed;
use crate::platform::Request;
use crate::steps::Steps;

impl Steps<'_> {
    /// R43, R44, R45, R46, R47, R48: the balance is what came in less what was charged, and every transfer balances.
    pub(super) async fn check_ledger(&mut self, account: usize, charged: &BTreeMap<String, (i64, i64)>) {
        let key = self.world.accounts[account].template.key.clone();
        let answer = self.platform.ask(Request::get("/v1/balance").bearer(&key)).await;
        let Some(balance) = answer.read::<Balance>() else {
            return self.world.violated(format!("account {account}: its balance is {}", answer.text));
        };
        let mut books: BTreeMap<Book, i64> = BTreeMap::new();
        let mut captured: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        let mut wrong = Vec::new();
        for transfer in self.platform.list::<Transfer>("/v1/ledger", &key).await {
            let mut sum = 0;
            for Entry { book, amount } in transfer.entries {
                let value = amount.0.0;
                sum += value;
                *books.entry(book).or_default() += value;
                if transfer.kind == TransferKind::Capture && book == Book::Held {
                    let campaign = transfer.campaign.as_deref().unwrap_or_default();
                    let captured = captured.entry(campaign.to_owned()).or_default();
                    captured.0 += transfer.messages.unwrap_or(0);
                    captured.1 -= value;
                }
            }
            if sum != 0 {
                wrong.push(format!("{} does not balance", transfer.id));
            }
        }
        let book = |book: Book| books.get(&book).copied().unwrap_or(0);
        let (held, ledger_sum, available) = (balance.held.0, balance.ledger_sum.0, balance.available.0);
        if held.0 != 0 || book(Book::Held) != 0 {
            wrong.push(format!("at rest {held} is held, by the entries {}", book(Book::Held)));
        }
        if ledger_sum.0 != 0 || books.values().sum::<i64>() != 0 {
            wrong.push(format!("the ledger adds up to {ledger_sum}"));
        }
        let rest = -book(Book::Bank) - book(Book::Operator) - book(Book::Service) - book(Book::Forfeited);
        if available.0 != rest || book(Book::Available) != rest {
            wrong.push(format!("available is {available}, not {rest}"));
        }
        for campaign in self.world.campaigns.iter().filter(|campaign| campaign.account == account) {
            let history = charged.get(&campaign.id).copied().unwrap_or_default();
            let ledger = captured.get(&campaign.id).copied().unwrap_or_default();
            if history != ledger {
                wrong.push(format!("{}: the history says {history:?}, the ledger {ledger:?}", campaign.id));
            }
        }
        for what in wrong {
            self.world.violated(format!("account {account}: {what}"));
        }
    }

    /// Each payment is credited once, to whom the answered notice said, or waits in suspense; one that was
    /// answered with 200 is there.
    pub(super) async fn check_payments(&mut self, state: &Path, open: &[usize]) {
        let waiting = match closed::waiting_payments(state) {
            Ok(waiting) => waiting,
            Err(error) => return self.world.violated(format!("the file: {error}")),
        };
        let mut credits: BTreeMap<String, Vec<(usize, i64)>> = BTreeMap::new();
        for account in open {
            let key = self.world.accounts[*account].template.key.clone();
            for transfer in self.platform.list::<Transfer>("/v1/ledger", &key).await {
                let entries = transfer.entries.iter().filter(|entry| entry.book == Book::Available);
                let credit = entries.map(|entry| entry.amount.0.0).sum();
                if transfer.kind == TransferKind::TopUp {
                    let payment = transfer.payment.unwrap_or_default();
                    credits.entry(payment).or_default().push((*account, credit));
                }
            }
        }
        let mut wrong = Vec::new();
        for payment in &self.world.payments {
            let found = credits.remove(&payment.id).unwrap_or_default();
            if found.len() > 1 {
                wrong.push(format!("{} is credited {} times", payment.id, found.len()));
            }
            match (found.first(), payment.credited) {
                (Some(found), Some(answered)) if *found != answered => {
                    wrong.push(format!("{} is {found:?} and was answered as {answered:?}", payment.id));
                }
                (Some(found), _) if !payment.said.contains(found) => {
                    wrong.push(format!("{} is {found:?}, which no notice said", payment.id));
                }
                (None, Some((account, _))) if open.contains(&account) && !waiting.contains(&payment.id) => {
                    wrong.push(format!("{} was answered and is not credited", payment.id));
                }
                _ => {}
            }
            let waits = waiting.contains(&payment.id);
            if waits && !(payment.unapplied && found.is_empty()) {
                wrong.push(format!("{} waits, and is credited or was answered so", payment.id));
            }
        }
        wrong.extend(credits.keys().map(|payment| format!("{payment} is credited and unknown to the bank")));
        let known = |payment: &&String| self.world.payments.iter().any(|known| known.id == **payment);
        wrong.extend(
            waiting.iter().filter(|payment| !known(payment)).map(|what| format!("in suspense: {what}")),
        );
        for what in wrong {
            self.world.violated(what);
        }
    }
}
