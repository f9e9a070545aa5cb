//! Recomputes the outcome: every figure is held against others that were counted elsewhere.

use std::collections::BTreeSet;

use api::messages::MessageState;
use api::money::Book;
use domain::hours::window_at;
use domain::money::Tiyn;

use super::job::Outcome;

/// Two ways to the same figure.
pub struct Check {
    /// What must be so, in words.
    pub what: String,
    pub one: String,
    pub other: String,
}

impl Check {
    pub fn agrees(&self) -> bool {
        self.one == self.other
    }
}

/// All checks, in the order of the report.
pub fn checks(outcome: &Outcome) -> Vec<Check> {
    let mut all = file(outcome);
    all.extend(messages(outcome));
    all.extend(people(outcome));
    all.extend(money(outcome));
    all
}

fn check(what: &str, one: impl ToString, other: impl ToString) -> Check {
    Check { what: what.to_owned(), one: one.to_string(), other: other.to_string() }
}

fn file(Outcome { import, estimate, report, blacklist, .. }: &Outcome) -> Vec<Check> {
    let changed_nothing = import.unchanged + import.duplicates + import.rejected + import.blacklisted;
    vec![
        check(
            "each row of the file ended as one thing",
            import.rows,
            import.imported + import.updated + changed_nothing,
        ),
        check("contacts in the estimate = imported", estimate.contacts, import.imported),
        check("blacklisted in the estimate = listed", estimate.blacklisted, blacklist.len()),
        check("messages handed over = estimated", report.handed_over, estimate.messages),
    ]
}

fn messages(Outcome { report, history, proof, .. }: &Outcome) -> Vec<Check> {
    let in_state =
        |state: MessageState| history.messages.iter().filter(|message| message.state == state).count();
    let left = report.queued + report.leased + report.unknown + report.cancelled + report.awaiting_report;
    let handed_over: BTreeSet<&str> = (history.messages.iter())
        .filter(|message| message.handed_over_at.is_some())
        .map(|message| &*message.id)
        .collect();
    let proven = |kind: &str| {
        let proven = proof.messages.get(kind);
        handed_over.iter().filter(|id| proven.is_some_and(|proven| proven.contains(**id))).count()
    };
    vec![
        check("messages = handed over + blocked", report.messages, report.handed_over + report.blocked),
        check("nothing is queued, leased, unknown or awaited", left, 0),
        check(
            "delivered + undelivered + expired = handed over",
            report.delivered + report.undelivered + report.expired,
            report.handed_over,
        ),
        check("messages in the history = in the report", history.messages.len(), report.messages),
        check(
            "delivered in the history = in the report",
            in_state(MessageState::Delivered),
            report.delivered,
        ),
        check("hand-overs proven by the log = handed over", proven("handed_over"), report.handed_over),
    ]
}

/// What the recipients and the law care about.
fn people(Outcome { blacklist, history, .. }: &Outcome) -> Vec<Check> {
    let sent = || history.messages.iter().filter(|message| message.handed_over_at.is_some());
    let phones: BTreeSet<&str> = sent().filter_map(|message| message.phone.as_deref()).collect();
    let to_the_listed = blacklist.iter().filter(|phone| phones.contains(phone.as_str())).count();
    let at_night = sent().filter(|message| !message.handed_over_at.is_some_and(|at| window_at(at.0).open));
    vec![
        check("recipients = messages handed over (each once)", phones.len(), sent().count()),
        check("messages to blacklisted numbers", to_the_listed, 0),
        check("messages outside 09:00-20:00 in Almaty", at_night.count(), 0),
    ]
}

fn money(Outcome { estimate, report, history, topped_up, balance, ledger, .. }: &Outcome) -> Vec<Check> {
    let charged = report.charged;
    let price = history.price().unwrap_or_default();
    let product = price.checked_mul(report.handed_over);
    let total = charged.total.0;
    vec![
        check("charged = handed over × price in the history", total, product.unwrap_or_default()),
        check("charged = sum over the history", total, history.charged()),
        check("charged = agreed", total, estimate.total.0),
        check("charged = operator's part + service's", total, charged.operator.0 + charged.service.0),
        check("top-up − charged = balance", *topped_up - total, balance.available.0),
        check("balance = the ledger's book", balance.available.0, ledger.book(Book::Available)),
        check("held by the campaign", report.held.0, Tiyn::ZERO),
        check("held", balance.held.0, Tiyn::ZERO),
        check("transfers that do not add up to zero", ledger.unbalanced, 0),
        check("sum of the ledger, recomputed", ledger.sum(), Tiyn::ZERO),
        check("sum of the ledger", balance.ledger_sum.0, Tiyn::ZERO),
    ]
}
