//! The stable codes: each of the enumeration is answered or stored by something and told in docs/API.md, and every
//! typed error whose text is a code has its place there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context;

const CODES: &str = "crates/api/src/codes";
/// Where the enumeration stands, a line a code: `NotFound = "not_found",`.
const ENUMERATION: &str = "crates/api/src/codes/mod.rs";
const CONTRACT: &str = "docs/API.md";

/// Crates that answer or store codes. The operations only say which.
const ANSWERING: &[&str] = &[
    "components",
    "crates/api/src/rules.rs",
    "crates/domain",
    "crates/edge",
    "crates/operators",
    "crates/payments",
    "crates/store",
    "crates/imports",
    "crates/tables",
    "crates/uploads",
];

/// Where the three disagree, a line each.
pub fn faults(root: &Path, files: &[std::path::PathBuf]) -> anyhow::Result<Vec<String>> {
    let read =
        |path: &Path| std::fs::read_to_string(root.join(path)).with_context(|| path.display().to_string());
    let codes = enumerated(&read(Path::new(ENUMERATION))?);
    let mut errors = BTreeSet::new();
    let mut written = BTreeSet::new();
    for path in files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")) {
        if ANSWERING.iter().any(|top| path.starts_with(top)) {
            let source = read(path)?;
            errors.extend(after(&source, "#[error("));
            written.extend(quoted(&source));
            written.extend(named(&source).filter_map(|name| codes.get(name).cloned()));
        }
    }
    let contract = read(Path::new(CONTRACT))?;
    let codes: BTreeSet<String> = codes.into_values().collect();
    let missing = errors.difference(&codes);
    let idle = codes.difference(&written);
    let untold = codes.iter().filter(|code| !contract.contains(&format!("`{code}`")));
    Ok(missing
        .map(|code| format!("{CODES}: `{code}` is the text of an error and no code"))
        .chain(idle.map(|code| format!("{CODES}: nothing answers `{code}`")))
        .chain(untold.map(|code| format!("{CONTRACT}: `{code}` is not told")))
        .collect())
}

/// The codes by the names of their variants.
fn enumerated(source: &str) -> BTreeMap<String, String> {
    let rows = source.lines().filter_map(|line| line.trim().strip_suffix("\",")?.split_once(" = \""));
    rows.map(|(name, code)| (name.to_owned(), code.to_owned())).collect()
}

/// The variants that a source names.
fn named(source: &str) -> impl Iterator<Item = &str> {
    let behind = source.match_indices("Code::").map(|(place, opening)| &source[place + opening.len()..]);
    behind.map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default())
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
    let named = text.contains('_') || matches!(text, "blacklisted" | "unauthenticated" | "weekend");
    named && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_is_found_wherever_it_is_named() {
        assert_eq!(
            named("f(Code::NotFound), edge::Code::Weekend;").collect::<Vec<_>>(),
            ["NotFound", "Weekend"]
        );
        assert_eq!(
            enumerated("    NotFound = \"not_found\",\n").get("NotFound"),
            Some(&"not_found".to_owned())
        );
    }

    #[test]
    fn a_code_is_found_behind_its_opening() {
        let source = "#[error(\n    \"not_found\")]\n#[error(code)] #[error(\"Not a code\")]";
        assert_eq!(after(source, "#[error("), ["not_found"]);
    }
}
