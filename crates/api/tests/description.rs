//! What is made from the contract is there as it should be, and says what a caller needs.

use std::collections::BTreeSet;
use std::path::Path;

use sendbox_api::description::{document, made};
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn what_is_made_from_the_contract_is_not_stale() {
    for made in made(root()).expect("docs/API.md has the places") {
        let there = std::fs::read_to_string(root().join(&made.path)).unwrap_or_default();
        assert!(there == made.content, "{} is stale: run `cargo xtask openapi`", made.path);
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let known: BTreeSet<String> =
        document["components"]["schemas"].as_object().expect("an object").keys().cloned().collect();
    let mut wanted = BTreeSet::new();
    references(&document, &mut wanted);
    let dangling: Vec<_> = wanted.difference(&known).collect();
    assert!(dangling.is_empty(), "{dangling:?}");
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let reference = fields.get("$ref").and_then(Value::as_str);
            found.extend(
                reference
                    .and_then(|reference| reference.strip_prefix("#/components/schemas/"))
                    .map(str::to_owned),
            );
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// The words of pages for each value, by the beginning of their keys in static/languages.
const WORDS: [(&str, &str); 19] = [
    ("AccountKind", "account.kind"),
    ("AccountState", "account.state"),
    ("Approval", "campaign.approval"),
    ("BlacklistSource", "blacklist.source"),
    ("CallResult", "call"),
    ("CampaignState", "campaign.state"),
    ("Channel", "channel"),
    ("ConsentState", "consent.state"),
    ("DeletionState", "deletion.state"),
    ("DocumentKind", "kind"),
    ("DocumentState", "documents.state"),
    ("ImportState", "import.state"),
    ("ListedThrough", "blacklist.through"),
    ("MessageClass", "class"),
    ("MessageState", "message"),
    ("Reason", "reason"),
    ("Stall", "stalled"),
    ("TransferKind", "ledger"),
    ("Unit", "unit"),
];

/// A page has a word for each state that a route may answer, and none for one that no route answers.
#[test]
fn pages_have_words_for_exactly_the_states_that_there_are() {
    let document = document();
    let texts = std::fs::read_to_string(root().join("static/languages/kk.json")).expect("the texts");
    let texts: Value = serde_json::from_str(&texts).expect("JSON");
    for (name, beginning) in WORDS {
        let values = document["components"]["schemas"][name]["enum"].as_array();
        let values = values.unwrap_or_else(|| panic!("{name} is no list of words"));
        let values: BTreeSet<&str> = values.iter().filter_map(Value::as_str).collect();
        let keys = texts.as_object().expect("an object").keys();
        let words: BTreeSet<&str> = keys
            .filter_map(|key| key.strip_prefix(beginning)?.strip_prefix('.'))
            .filter(|word| !word.contains('.'))
            .collect();
        assert_eq!(values, words, "{name} and the texts `{beginning}.…`");
    }
}
