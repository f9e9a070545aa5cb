//! `cargo xtask requirements`: from each rule to the code and the tests that name it, so that a
//! reader can go from a clause to the code and back, and see what nothing carries out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, bail};

use crate::rust_source::{self, test_lines};

/// Rules are numbered R1 to R220.
const LAST: u16 = 220;

/// Numbers and titles, tab-separated, one rule a line.
const TITLES: &str = "docs/requirements.tsv";

/// Where code, text and tests are written.
const TOPS: &[&str] = &["components", "crates", "static", "tests", "spin.toml", "deploy"];

/// What is written around the product: it looks at it or shows it, and carries no rule out.
const AROUND: &[&str] = &["crates/simulator", "crates/bench", "crates/cli/src/demo", "tests/src"];

/// What can name a rule.
const READABLE: &[&str] = &["rs", "toml", "sql", "html", "js", "css", "md", "json", "yaml", "yml"];

/// The places that name one rule, as `path:line`.
#[derive(Default)]
struct Named {
    /// Of the product.
    code: Vec<String>,
    /// Of a test: its comment, its name or its body. The heading of a file of tests is none.
    tests: Vec<String>,
    /// Of the simulator, the benchmarks, the demo and the bench of the tests.
    around: Vec<String>,
}

/// Who a line belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Code,
    Test,
    Around,
    /// The heading of a file of tests: it says what the file is about, and asserts nothing.
    TestHeading,
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
            let which = place(&path, line, is_test);
            for number in numbers(line) {
                let place = format!("{}:{}", path.display(), index + 1);
                let rule = named.entry(number).or_default();
                match which {
                    Place::Code => rule.code.push(place),
                    Place::Test => rule.tests.push(place),
                    Place::Around => rule.around.push(place),
                    Place::TestHeading => {}
                }
            }
        }
    }
    Ok(named)
}

fn place(path: &Path, line: &str, is_test: bool) -> Place {
    let around = AROUND.iter().any(|top| path.to_string_lossy().starts_with(top));
    match (is_test, around) {
        (_, true) if path.starts_with("tests/src") => Place::Around,
        (true, _) if line.trim_start().starts_with("//!") => Place::TestHeading,
        (true, _) => Place::Test,
        (false, true) => Place::Around,
        (false, false) => Place::Code,
    }
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
        for place in &places.around {
            add(format_args!("  around {place}"));
        }
    }
    let of = |wanted: fn(&Named) -> bool| -> Vec<u16> {
        named.iter().filter(|(_, places)| wanted(places)).map(|(number, _)| *number).collect()
    };
    let carried_out = of(|places| !places.code.is_empty() && !places.tests.is_empty());
    let untested = of(|places| !places.code.is_empty() && places.tests.is_empty());
    let tests_only = of(|places| places.code.is_empty() && !places.tests.is_empty());
    let unnamed = of(|places| places.code.is_empty() && places.tests.is_empty());
    for (what, rules) in [
        ("Named by the product and by a test", carried_out),
        ("Named by the product, but by no test", untested),
        ("Named by a test, but not by the product", tests_only),
        ("Named by neither", unnamed),
    ] {
        add(format_args!("\n{what} ({}): {}", rules.len(), list(&rules)));
    }
    text
}

/// The rules that a line names: `R80`, `(R80, R81)`, and `r80` as a part of a test's name. A range names its
/// two ends only, and the house rules refuse it ([`names_a_range`]).
fn numbers(line: &str) -> Vec<u16> {
    let is_name = line.trim_start().trim_start_matches("async ").starts_with("fn ");
    let mut found = Vec::new();
    for (at, letter) in
        line.char_indices().filter(|(_, letter)| *letter == 'R' || (is_name && *letter == 'r'))
    {
        let before = line[..at].chars().next_back();
        let begins = match letter {
            'R' => !before.is_some_and(|c| c.is_alphanumeric() || c == '_'),
            _ => before.is_some_and(|c| c == '_' || c == ' '),
        };
        let Some((number, after)) = number(&line[at + 1..]) else { continue };
        let goes_on = after.starts_with(|c: char| c.is_alphanumeric() || (c == '_' && letter == 'R'));
        if begins && !goes_on && (1..=LAST).contains(&number) {
            found.push(number);
        }
    }
    found
}

/// Whether a line names rules by a range: which of them it means nobody can say, nor whether a test that cites
/// it would notice any one of them broken.
pub fn names_a_range(line: &str) -> bool {
    line.match_indices('R').any(|(at, _)| {
        let begins = !line[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
        let Some((_, after)) = number(&line[at + 1..]).filter(|_| begins) else { return false };
        let after = after.trim_start();
        let end =
            ["-", "\u{2013}", "\u{2014}", "..", "to R"].iter().find_map(|dash| after.strip_prefix(dash));
        end.is_some_and(|end| {
            let end = end.trim_start_matches([' ', '=']);
            number(end.strip_prefix('R').unwrap_or(end)).is_some()
        })
    })
}

/// Digits at the start of a text, and what follows them.
fn number(text: &str) -> Option<(u16, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, after) = text.split_at(end);
    Some((digits.parse().ok()?, after))
}

#[cfg(test)]
mod tests {
    use super::{Named, Place, names_a_range, numbers, place, report};
    use std::collections::BTreeMap;
    use std::path::Path;

    #[test]
    fn a_rule_is_found_alone_in_a_list_and_in_the_name_of_a_test() {
        assert_eq!(numbers("/// Price in tiyn (R46)."), [46]);
        assert_eq!(numbers("(R80, R81; R9)"), [80, 81, 9]);
        assert_eq!(numbers("    fn r24_and_what_follows_r165() {"), [24, 165]);
        assert_eq!(numbers("R208 R220"), [208, 220]);
    }

    #[test]
    fn what_only_looks_like_a_rule_is_not_one() {
        assert!(numbers("RFC 9457, R2D2, XR80, FOR12, R0, R221, ISR 5, let r80 = 1;").is_empty());
    }

    #[test]
    fn a_range_names_none_of_the_rules_between_its_ends() {
        assert_eq!(numbers("R1-R3"), [1, 3]);
        for range in ["(R1-R3)", "R46\u{2013}48", "R1 - R3", "R1..=R3", "R1 to R3", "R1-3"] {
            assert!(names_a_range(range), "{range}");
        }
        for list in ["R1, R3", "R46.", "-R3", "XR1-R3", "R80: 20 to 30", "R1 and R3"] {
            assert!(!names_a_range(list), "{list}");
        }
    }

    #[test]
    fn the_simulator_and_a_heading_carry_nothing_out() {
        let of = |path: &str, line: &str, test| place(Path::new(path), line, test);
        assert!(of("components/topup/src/lib.rs", "//! (R43)", false) == Place::Code);
        assert!(of("crates/simulator/src/checks.rs", "/// R80", false) == Place::Around);
        assert!(of("crates/cli/src/demo/job.rs", "// R80", false) == Place::Around);
        assert!(of("tests/src/account.rs", "// R80", true) == Place::Around);
        assert!(of("crates/store/tests/money.rs", "//! Money (R43)", true) == Place::TestHeading);
        assert!(of("crates/store/tests/money.rs", "/// R43: once.", true) == Place::Test);
    }

    #[test]
    fn the_rules_that_nothing_names_stand_at_the_end() {
        let mut named = BTreeMap::new();
        let code = vec!["a.rs:1".to_owned()];
        named.insert(1, Named { code: code.clone(), tests: code.clone(), around: Vec::new() });
        named.insert(2, Named { code: code.clone(), ..Named::default() });
        named.insert(3, Named { around: code, ..Named::default() });
        let text = report(&BTreeMap::from([(1, "kinds".to_owned())]), &named);
        assert!(text.starts_with("R1 kinds\n  code a.rs:1\n  test a.rs:1\nR2 \n"));
        assert!(text.contains("no test (1): R2\n") && text.ends_with("Named by neither (1): R3\n"), "{text}");
    }
}
