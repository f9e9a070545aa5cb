//! `cargo xtask requirements`: from each rule to the code and the tests that name it, so that a
//! reader can go from a clause to the code and back, and see what nothing carries out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, bail};

use crate::rust_source::{self, test_lines};

/// Rules are numbered R1 to R207.
const LAST: u16 = 207;

/// Numbers and titles, tab-separated, one rule a line.
const TITLES: &str = "docs/requirements.tsv";

/// Where code, text and tests are written.
const TOPS: &[&str] = &["components", "crates", "static", "tests", "spin.toml", "deploy"];

/// What can name a rule.
const READABLE: &[&str] = &["rs", "toml", "sql", "html", "js", "css", "md", "json", "yaml", "yml"];

/// The places that name one rule, as `path:line`.
#[derive(Default)]
struct Named {
    code: Vec<String>,
    tests: Vec<String>,
}

/// Prints every rule with what names it, and at the end what nothing names.
pub fn print(root: &Path) -> anyhow::Result<()> {
    let titles = titles(&root.join(TITLES))?;
    let named = collect(root)?;
    print!("{}", report(&titles, &named));
    Ok(())
}

fn titles(path: &Path) -> anyhow::Result<BTreeMap<u16, String>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut titles = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let fields = line.split_once('\t');
        let parsed = fields.and_then(|(name, title)| Some((name.strip_prefix('R')?.parse().ok()?, title)));
        let Some((number, title)) = parsed else {
            bail!("{}: `{line}` is not `R<number><tab><title>`", path.display());
        };
        titles.insert(number, title.to_owned());
    }
    Ok(titles)
}

fn collect(root: &Path) -> anyhow::Result<BTreeMap<u16, Named>> {
    let mut named: BTreeMap<u16, Named> = (1..=LAST).map(|number| (number, Named::default())).collect();
    for path in rust_source::files(root)? {
        let written_here = TOPS.iter().any(|top| path.starts_with(top));
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
        // This package speaks of the rules and carries none of them out.
        let about_rules = path.starts_with("crates/xtask");
        if !written_here || about_rules || !READABLE.contains(&extension) {
            continue;
        }
        let text = std::fs::read_to_string(root.join(&path)).with_context(|| path.display().to_string())?;
        let tests = test_lines(&path, &text);
        for (index, line) in text.lines().enumerate() {
            let is_test = tests.get(index).copied().unwrap_or(false);
            for number in numbers(line) {
                let place = format!("{}:{}", path.display(), index + 1);
                let rule = named.entry(number).or_default();
                if is_test { rule.tests.push(place) } else { rule.code.push(place) }
            }
        }
    }
    Ok(named)
}

fn report(titles: &BTreeMap<u16, String>, named: &BTreeMap<u16, Named>) -> String {
    let mut text = String::new();
    let mut add = |line: std::fmt::Arguments<'_>| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{line}");
    };
    let list = |numbers: &[u16]| {
        let names: Vec<String> = numbers.iter().map(|number| format!("R{number}")).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(" ") }
    };
    for (number, places) in named {
        let title = titles.get(number).map_or("", String::as_str);
        add(format_args!("R{number} {title}"));
        for place in &places.code {
            add(format_args!("  code {place}"));
        }
        for place in &places.tests {
            add(format_args!("  test {place}"));
        }
    }
    let of = |wanted: fn(&Named) -> bool| -> Vec<u16> {
        named.iter().filter(|(_, places)| wanted(places)).map(|(number, _)| *number).collect()
    };
    let untested = of(|places| !places.code.is_empty() && places.tests.is_empty());
    let unnamed = of(|places| places.code.is_empty() && places.tests.is_empty());
    add(format_args!("\nNamed by code, but by no test ({}): {}", untested.len(), list(&untested)));
    add(format_args!("\nNamed by nothing ({}): {}", unnamed.len(), list(&unnamed)));
    text
}

/// The rules that a line names: `R80`, `(R80, R81)`, `R46-R48`, `R46–48`.
fn numbers(line: &str) -> Vec<u16> {
    let mut found = Vec::new();
    let mut rest = line;
    let mut before = None;
    while let Some(at) = rest.find('R') {
        let preceding = rest[..at].chars().next_back().or(before);
        before = Some('R');
        rest = &rest[at + 1..];
        if preceding.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let Some((first, after)) = number(rest) else { continue };
        let (last, after) = range_end(after).unwrap_or((first, after));
        before = rest[..rest.len() - after.len()].chars().next_back();
        rest = after;
        let goes_on = rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        if !goes_on && first <= last && (1..=LAST).contains(&last) {
            found.extend(first.max(1)..=last);
        }
    }
    found
}

/// Digits at the start of a text, and what follows them.
fn number(text: &str) -> Option<(u16, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, after) = text.split_at(end);
    Some((digits.parse().ok()?, after))
}

fn range_end(after: &str) -> Option<(u16, &str)> {
    let end = after.strip_prefix(['-', '–'])?;
    number(end.strip_prefix('R').unwrap_or(end))
}

#[cfg(test)]
mod tests {
    use super::{Named, numbers, report};
    use std::collections::BTreeMap;

    #[test]
    fn a_rule_is_found_alone_in_a_list_and_in_a_range() {
        assert_eq!(numbers("/// Price in tiyn (R46)."), [46]);
        assert_eq!(numbers("(R80, R81; R9)"), [80, 81, 9]);
        assert_eq!(numbers("R1-R3, R46–48"), [1, 2, 3, 46, 47, 48]);
    }

    #[test]
    fn what_only_looks_like_a_rule_is_not_one() {
        assert!(numbers("RFC 9457, R2D2, XR80, FOR12, R0, R208, ISR 5").is_empty());
    }

    #[test]
    fn the_rules_that_nothing_names_stand_at_the_end() {
        let mut named = BTreeMap::new();
        let code = vec!["a.rs:1".to_owned()];
        named.insert(1, Named { code: code.clone(), tests: code.clone() });
        named.insert(2, Named { code, tests: Vec::new() });
        named.insert(3, Named::default());
        let text = report(&BTreeMap::from([(1, "kinds".to_owned())]), &named);
        assert!(text.starts_with("R1 kinds\n  code a.rs:1\n  test a.rs:1\nR2 \n"));
        assert!(text.ends_with("no test (1): R2\n\nNamed by nothing (1): R3\n"));
    }
}
