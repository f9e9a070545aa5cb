//! The stable codes: every code that the product answers stands in the catalogue of problems and in
//! docs/API.md, and the catalogue holds no other.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;

const CATALOGUE: &str = "crates/edge/src/problem_catalogue";
const CONTRACT: &str = "docs/API.md";

/// Crates whose typed errors become answers.
const ANSWERING: &[&str] =
    &["components", "crates/domain", "crates/edge", "crates/operators", "crates/payments", "crates/store"];

/// Where the three disagree, a line each.
pub fn faults(root: &Path, files: &[std::path::PathBuf]) -> anyhow::Result<Vec<String>> {
    let mut catalogued = BTreeSet::new();
    let mut answered = BTreeSet::new();
    let mut written = BTreeSet::new();
    for path in files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")) {
        let source = std::fs::read_to_string(root.join(path)).with_context(|| path.display().to_string())?;
        if path.starts_with(CATALOGUE) {
            catalogued.extend(after(&source, "e("));
        } else if ANSWERING.iter().any(|top| path.starts_with(top)) {
            for opening in ["Problem::new(", "Problem::field(", "#[error("] {
                answered.extend(after(&source, opening));
            }
            written.extend(quoted(&source));
        }
    }
    let contract = std::fs::read_to_string(root.join(CONTRACT)).with_context(|| CONTRACT.to_owned())?;
    let missing = answered.iter().filter(|code| !catalogued.contains(*code));
    let idle = catalogued.iter().filter(|code| !written.contains(*code));
    let untold = catalogued.iter().filter(|code| !contract.contains(&format!("`{code}`")));
    Ok(missing
        .map(|code| format!("{CATALOGUE}: `{code}` is answered and not in it"))
        .chain(idle.map(|code| format!("{CATALOGUE}: nothing answers `{code}`")))
        .chain(untold.map(|code| format!("{CONTRACT}: `{code}` is not told")))
        .collect())
}

/// Codes that stand in quotes right behind an opening, whatever space is between.
fn after(source: &str, opening: &str) -> Vec<String> {
    let behind = source.match_indices(opening).map(|(place, _)| source[place + opening.len()..].trim_start());
    behind
        .filter_map(|rest| rest.strip_prefix('"')?.split('"').next())
        .filter(|code| is_code(code))
        .map(str::to_owned)
        .collect()
}

fn quoted(source: &str) -> impl Iterator<Item = String> + '_ {
    source.split('"').filter(|text| is_code(text)).map(str::to_owned)
}

fn is_code(text: &str) -> bool {
    let named = text.contains('_') || matches!(text, "blacklisted" | "unauthenticated");
    named && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_behind_its_opening() {
        let source = "Problem::new(\n    \"not_found\")\nProblem::new(code) Problem::new(\"Not a code\")";
        assert_eq!(after(source, "Problem::new("), ["not_found"]);
    }
}
