//! The subjects in the order in which a newcomer needs them, with a heading and a sentence each.

use serde_json::{Value, json};

/// `(name in crate::SUBJECTS, heading, what it is about)`.
pub const ORDER: &[(&str, &str, &str)] = &[
    ("accounts", "Accounts", "Signing up and in, the profile, passwords and API keys."),
    ("money", "Money", "Payments, the balance, the ledger and the tariffs."),
    ("contacts", "Contacts", "Uploads, the base, and the blacklist."),
    (
        "lists",
        "Lists and tags",
        "Contacts that have something in common, for audiences: campaigns, changes and deletions go to them.",
    ),
    ("audiences", "Audiences", "Whom a campaign or a deletion takes: counted before, and kept under a name."),
    ("audio", "Recordings", "What is played when people are called."),
    (
        "campaigns",
        "Campaigns",
        "Texts and calls to everybody in the base or to an audience: priced, agreed to, started, followed.",
    ),
    (
        "reports",
        "Reports",
        "What became of messages, by hour, day, operator and campaign: as JSON, as tables and as pictures.",
    ),
    ("messages", "Messages", "The history, message by message."),
    (
        "scorings",
        "Scores",
        "The chance that a contact is reached or responds, from the account's own history.",
    ),
    ("validations", "Validation", "What can be said of a number."),
    ("number_lookups", "HLR look-ups", "What an operator hears from a number's network."),
    (
        "automated_decisions",
        "Automated decisions",
        "Whose contacts may be scored, and what people say against it: consents, objections, appeals, reviews.",
    ),
    (
        "people",
        "A person's request",
        "Everything that is kept of one number, and what is done at that person's word, each time with a receipt.",
    ),
    ("exports", "Exports", "What the account has, as files in open formats."),
    ("proof", "Proof", "The log, for anyone to check, and evidence out of it."),
    ("consents", "Documents and consents", "The texts in force, what was agreed to, and cookie choices."),
    ("deletion", "Deletion", "The end of an account."),
    ("opt_out", "Recipients", "How the people who get messages refuse further ones."),
    ("links", "Links", "Where the short links in texts lead."),
    (
        "decisions",
        "Decisions of staff",
        "Each names who decides and on what, and is an event of the account's log.",
    ),
    ("operators", "Operators", "Delivery reports and replies, as telecom operators send them."),
    ("ticks", "Ticks", "What a scheduler calls."),
    ("jobs", "Work for later", "What is due later, and the tick that does it."),
    ("sandbox", "Sandbox", "The stand-in bank and operator; only while the variable `sandbox` is `on`."),
];

/// The tags of the description.
pub fn tags() -> Value {
    let tag = |(name, heading, about): &(&str, &str, &str)| json!({"name": name, "description": about, "x-heading": heading});
    ORDER.iter().map(tag).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::ORDER;

    #[test]
    fn every_subject_has_its_place() {
        let placed: BTreeSet<&str> = ORDER.iter().map(|(name, ..)| *name).collect();
        let known: BTreeSet<&str> = crate::SUBJECTS.iter().map(|(name, _)| *name).collect();
        assert_eq!(placed, known);
        assert_eq!(ORDER.len(), known.len());
    }
}
