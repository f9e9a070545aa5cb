//! The command judges numbers and texts as the libraries do that others keep.

use sendbox_tests::{Fields, sendbox, workspace};
use serde_json::Value;

fn vectors(name: &str) -> String {
    let path = workspace().join("tests/vectors").join(name);
    std::fs::read_to_string(&path).expect("the vectors")
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

/// Every field of every line that differs from what the judge said.
fn differences(command: &str, file: &str, fields: &[&str]) -> Vec<String> {
    let questions = vectors(file);
    let output = sendbox(&[command], &questions);
    assert!(output.success, "{}", output.stderr);
    let (expected, answers) = (lines(&questions), lines(&output.stdout));
    assert_eq!(expected.len(), answers.len(), "a line is missing");
    let mut differences = Vec::new();
    for (number, (expected, answer)) in expected.iter().zip(&answers).enumerate() {
        for field in fields {
            let pointer = format!("/{field}");
            if expected.at(&pointer) != answer.at(&pointer) {
                differences.push(format!("line {}: {field}: {expected} but {answer}", number + 1));
            }
        }
    }
    differences
}

/// R19, R70: numbers as people type them, judged as Google's metadata judge them.
#[test]
fn numbers_are_read_as_the_reference_reads_them() {
    let fields = ["raw", "verdict", "e164", "region", "type", "extension"];
    let differences = differences("phone", "phones.jsonl", &fields);
    assert!(differences.is_empty(), "{}:\n{}", differences.len(), differences.join("\n"));
}

/// R46, R72: texts cost what an SMS of them needs.
#[test]
fn texts_are_segmented_as_the_reference_segments_them() {
    let fields = ["text", "encoding", "segments"];
    let differences = differences("segments", "segments.jsonl", &fields);
    assert!(differences.is_empty(), "{}:\n{}", differences.len(), differences.join("\n"));
}
