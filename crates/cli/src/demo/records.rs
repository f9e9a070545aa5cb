//! Walks through the whole history and the whole ledger of the demo's account, page by page.

use std::collections::BTreeMap;

use api::ids::CampaignId;
use api::messages::{self, Message};
use api::money::{self, Book, Transfer};
use domain::money::Tiyn;

use crate::client::{Client, each_page};

/// Every message of the campaign (R89).
pub struct History {
    pub messages: Vec<Message>,
}

/// What all transfers of the account add up to (R43).
#[derive(Default)]
pub struct Ledger {
    pub transfers: u64,
    /// Transfers whose own entries do not add up to zero.
    pub unbalanced: u64,
    by_book: BTreeMap<Book, i64>,
}

impl History {
    pub fn read(client: &Client, campaign: &CampaignId) -> anyhow::Result<Self> {
        let mut all = Vec::new();
        each_page(client, &messages::LIST, &format!("campaign={campaign}"), |mut page| {
            all.append(&mut page);
            Ok(())
        })?;
        Ok(Self { messages: all })
    }

    /// The sum of what the messages were charged.
    pub fn charged(&self) -> Tiyn {
        self.messages.iter().filter_map(|message| message.charged).map(|charged| charged.0).sum()
    }

    /// The price of one message, if all charged messages had the same.
    pub fn price(&self) -> Option<Tiyn> {
        let mut prices = self.messages.iter().filter_map(|message| message.charged).map(|charged| charged.0);
        let first = prices.next()?;
        prices.all(|price| price == first).then_some(first)
    }
}

impl Ledger {
    pub fn read(client: &Client) -> anyhow::Result<Self> {
        let mut ledger = Self::default();
        each_page(client, &money::LEDGER, "", |page: Vec<Transfer>| {
            for transfer in page {
                ledger.add(transfer);
            }
            Ok(())
        })?;
        Ok(ledger)
    }

    fn add(&mut self, transfer: Transfer) {
        self.transfers += 1;
        let sum: i64 = transfer.entries.iter().map(|entry| entry.amount.0.0).sum();
        self.unbalanced += u64::from(sum != 0);
        for entry in transfer.entries {
            *self.by_book.entry(entry.book).or_default() += entry.amount.0.0;
        }
    }

    /// What stands in one book after all entries.
    pub fn book(&self, book: Book) -> Tiyn {
        Tiyn(self.by_book.get(&book).copied().unwrap_or_default())
    }

    /// What stands in all books together.
    pub fn sum(&self) -> Tiyn {
        Tiyn(self.by_book.values().sum())
    }
}
