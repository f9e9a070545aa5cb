//! What a bystander knows of the accounts, their contacts, campaigns and payments: from what was
//! asked and answered, never from the product's tables.

use std::collections::{BTreeMap, BTreeSet};

use domain::cell_name::CellName;

use crate::application::{PRICES, TARIFF_CHANGE_MS, TemplateAccount};

/// An account and what happened to it.
#[derive(Debug)]
pub struct Account {
    /// Ids and keys.
    pub template: TemplateAccount,
    /// Numbers of uploads that were answered as completed.
    pub uploaded: BTreeSet<String>,
    /// Numbers of every file that was ever sent.
    pub offered: BTreeSet<String>,
    /// Numbers that somebody ever tried to delete.
    pub deleted: BTreeSet<String>,
    /// Numbers that are certainly blacklisted, with the event since which they are.
    pub blacklisted: BTreeMap<String, u64>,
    /// Every time that a number was certainly blacklisted: from one event to another.
    pub past_blacklistings: Vec<(String, u64, u64)>,
    /// Numbers that somebody ever tried to blacklist.
    pub ever_blacklisted: BTreeSet<String>,
    /// Whether its deletion was ever asked for.
    pub deletion_asked: bool,
}

/// A campaign.
#[derive(Debug)]
pub struct Campaign {
    /// `cmp_…`
    pub id: String,
    /// Whose, by place.
    pub account: usize,
    /// Its own text.
    pub text: String,
    /// Whether somebody tried to start it.
    pub started: bool,
    /// Who was certainly in the base when it started.
    pub due: BTreeSet<String>,
    /// Who may have been.
    pub possible: BTreeSet<String>,
    /// Whether somebody tried to cancel it.
    pub cancel_tried: bool,
}

/// A payment, as the bank knows it.
#[derive(Debug)]
pub struct Payment {
    /// The bank's id.
    pub id: String,
    /// To which account, by place.
    pub account: usize,
    /// In tiyn.
    pub amount: i64,
    /// What notices with a good signature said: account and amount.
    pub said: BTreeSet<(usize, i64)>,
    /// The one that was answered with 200.
    pub credited: Option<(usize, i64)>,
    /// Whether that answer said that the money waits.
    pub unapplied: bool,
    /// The bytes of that answer.
    pub answer: Option<String>,
    /// Whether the bank need not send it again.
    pub done: bool,
}

/// A signed checkpoint that was seen.
#[derive(Debug)]
pub struct Seen {
    /// The log's cell.
    pub cell: CellName,
    /// The round of requests that asked for it: those of one round may have looked in any order.
    pub round: u64,
    /// Leaves.
    pub size: u64,
    /// Base64.
    pub root: String,
}

/// All of it.
#[derive(Debug, Default)]
pub struct World {
    /// By place.
    pub accounts: Vec<Account>,
    /// By place.
    pub campaigns: Vec<Campaign>,
    /// By place.
    pub payments: Vec<Payment>,
    /// In the order of time.
    pub checkpoints: Vec<Seen>,
    /// The account whose key is broken, by place.
    pub broken: Option<usize>,
    /// By how many seconds what two hosts wrote down may differ: twice what their clocks do.
    pub clocks_differ_by: u64,
    /// Rounds of ticks that it took to come to rest, at most.
    pub rounds: usize,
    /// What must not have happened.
    pub violations: Vec<String>,
}

impl World {
    /// Notes something that must not have happened.
    pub fn violated(&mut self, what: impl Into<String>) {
        self.violations.push(what.into());
    }
}

impl Account {
    /// Nothing happened yet.
    #[must_use]
    pub fn new(template: TemplateAccount) -> Self {
        Self {
            template,
            uploaded: BTreeSet::new(),
            offered: BTreeSet::new(),
            deleted: BTreeSet::new(),
            blacklisted: BTreeMap::new(),
            past_blacklistings: Vec::new(),
            ever_blacklisted: BTreeSet::new(),
            deletion_asked: false,
        }
    }

    /// Somebody takes a number off the blacklist, or tries to.
    pub fn unlist(&mut self, phone: &str, event: u64) {
        if let Some(from) = self.blacklisted.remove(phone) {
            self.past_blacklistings.push((phone.to_owned(), from, event));
        }
    }

    /// Whether a tick that began at this event had to know the number as blacklisted.
    #[must_use]
    pub fn was_blacklisted(&self, phone: &str, begun: u64) -> bool {
        let now = self.blacklisted.get(phone).is_some_and(|from| *from < begun);
        let past = self.past_blacklistings.iter();
        now || past.clone().any(|(number, from, to)| number == phone && *from < begun && begun < *to)
    }
}

/// Segments of a text in the GSM alphabet, reckoned anew.
#[must_use]
pub fn segments(text: &str) -> i64 {
    let length = text.len();
    let segments = if length <= 160 { 1 } else { length.div_ceil(153) };
    i64::try_from(segments).unwrap_or(i64::MAX)
}

/// The price of one message at an instant, in tiyn: the operator's part and the service's.
#[must_use]
pub fn price(text: &str, at: i64) -> (i64, i64) {
    let (operator, service) = PRICES[usize::from(at >= TARIFF_CHANGE_MS)];
    (operator * segments(text), service * segments(text))
}

/// Whether an instant lies within the calling hours, reckoned anew: Almaty is five hours ahead.
#[must_use]
pub fn within_hours(at: i64) -> bool {
    let of_day = (at + 5 * 3_600_000).rem_euclid(86_400_000);
    (9 * 3_600_000..20 * 3_600_000).contains(&of_day)
}
