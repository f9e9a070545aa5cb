//! The clauses of the documents that the service is built on, each with its place in our texts in three languages and with
//! what keeps its promise (`docs/clauses/*.tsv`): no language lacks a rule, and nothing is promised that nobody does.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sendbox_api::operations;

/// The documents, as their folders are named.
const DOCUMENTS: [&str; 3] = ["offer", "pd_policy", "cookie_policy"];
const LANGUAGES: [&str; 3] = ["kk", "ru", "en"];
/// Of a clause that does not stand in ours.
const NOWHERE: &str = "-";

struct Clause {
    name: String,
    /// The section of ours.
    place: String,
    /// Words of it, by language.
    words: [String; 3],
    /// What keeps it, each by its name.
    kept_by: Vec<String>,
    note: String,
}

fn read(path: &str) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn clauses(document: &str) -> Vec<Clause> {
    let table = read(&format!("docs/clauses/{document}.tsv"));
    let mut lines = table.lines();
    assert_eq!(lines.next(), Some("clause\twhere\tkk\tru\ten\tkept_by\tnote"), "{document}");
    let clause = |line: &str| {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let [name, place, kk, ru, en, kept_by, note]: [String; 7] =
            cells.try_into().unwrap_or_else(|_| panic!("{document}: `{line}` has no seven cells"));
        let kept_by = kept_by.split(", ").map(str::to_owned).collect();
        Clause { name: format!("{document} {name}"), place, words: [kk, ru, en], kept_by, note }
    };
    lines.map(clause).collect()
}

/// The text of a numbered section.
fn section<'t>(text: &'t str, number: &str) -> Option<&'t str> {
    let start = format!("\n{number}. ");
    let from = text.find(&start)? + start.len();
    let rest = &text[from..];
    let is_next = |line: &&str| line.starts_with('#') || line.starts_with(|sign: char| sign.is_ascii_digit());
    let end = rest.lines().skip(1).find(is_next).and_then(|line| rest.find(&format!("\n{line}")));
    Some(&rest[..end.unwrap_or(rest.len())])
}

/// R23: what the documents say stands in each language, and in the same section of it.
#[test]
fn every_clause_stands_in_each_language() {
    for document in DOCUMENTS {
        let texts =
            LANGUAGES.map(|language| read(&format!("static/documents/{document}/2026-10-01/{language}.md")));
        for clause in clauses(document) {
            if clause.place == NOWHERE {
                assert!(!clause.note.is_empty(), "{} stands nowhere, and nobody says why", clause.name);
                continue;
            }
            for ((text, words), language) in texts.iter().zip(&clause.words).zip(LANGUAGES) {
                let section = section(text, &clause.place)
                    .unwrap_or_else(|| panic!("{}: no section {} in {language}", clause.name, clause.place));
                assert!(section.contains(words.as_str()), "{}: no `{words}` in {language}", clause.name);
            }
        }
    }
}

#[test]
fn each_clause_is_listed_once() {
    for document in DOCUMENTS {
        let mut seen = BTreeSet::new();
        for clause in clauses(document) {
            assert!(seen.insert(clause.name.clone()), "{} is listed twice", clause.name);
        }
    }
}

/// Each promise names the operation, the job, the rule or the people by which it is kept.
#[test]
fn every_promise_names_what_keeps_it() {
    let operations: BTreeSet<String> =
        operations().map(|operation| format!("{} {}", operation.method.as_str(), operation.path)).collect();
    let (jobs, rules) = (read("crates/store/src/cell/jobs.rs"), read("docs/requirements.tsv"));
    for clause in DOCUMENTS.into_iter().flat_map(clauses).filter(|clause| clause.place != NOWHERE) {
        for by in &clause.kept_by {
            let is_there = match by.split_once(':') {
                Some(("job", kind)) => jobs.contains(&format!("=> \"{kind}\"")),
                Some(("rule", rule)) => rules.lines().any(|line| line.starts_with(&format!("{rule}\t"))),
                _ => ["text", "staff"].contains(&by.as_str()) || operations.contains(by),
            };
            assert!(is_there, "{}: nothing is called `{by}`", clause.name);
        }
    }
}
