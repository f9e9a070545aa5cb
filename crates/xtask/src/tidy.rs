//! `cargo xtask tidy`: the house rules that no linter knows.
//!
//! Each rule looks at one file and answers with the lines that break it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

use crate::functions::{FUNCTION_LINES_MAX, too_long};
use crate::requirements::names_a_range;
use crate::rust_source::{self, test_lines};
use crate::{circles, codes, sql_rules};

/// Longer files hold more than one subject.
const LINES_MAX: usize = 500;

/// What is limited in length: what people read as code or text, not data.
const LIMITED: &[&str] = &["rs", "html", "css", "js", "sql", "toml"];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "common", "misc", "manager"];

/// Calls that end the process on data. A panic in a component takes down every request that the
/// instance is serving.
const PANICS: &[&str] = &[".unwrap()", ".expect(", "panic!", "todo!", "unimplemented!"];

/// Where those calls are not allowed outside tests.
const NO_PANICS_IN: &[&str] = &["components", "crates/edge", "crates/store"];

/// Where a float could touch money (R43, R46).
const NO_FLOATS_IN: &[&str] = &["crates/store", "crates/domain/src/money", "crates/domain/src/tariff"];

/// The one home of statements that write a message: what may happen to one is a rule, and stands in one place.
const MESSAGES_ARE_WRITTEN_IN: &str = "crates/store/src/cell/messages/transitions/";

/// How such a statement begins.
const WRITES_A_MESSAGE: &[&str] = &["UPDATE message", "INSERT INTO message", "DELETE FROM message"];

/// Where rows are made or broken by hand: the schema, and what measures.
const MAY_WRITE_MESSAGES: &[&str] = &["crates/store/migrations", "crates/bench"];

/// Endings and folders of what is built, stored or secret.
const NOT_FOR_GIT: &[&str] = &[".wasm", ".db", ".db-wal", ".sqlite", ".sqlite3", ".env", ".log", ".cwasm"];

/// Looks at every file, prints what breaks a rule, and fails if anything does.
pub fn check(root: &Path) -> anyhow::Result<()> {
    let mut faults = Vec::new();
    let files = rust_source::files(root)?;
    for path in &files {
        faults.extend(name_faults(path));
        let Some(extension) = path.extension().and_then(|extension| extension.to_str()) else {
            continue;
        };
        if LIMITED.contains(&extension) || extension == "md" {
            let full = root.join(path);
            let text = std::fs::read_to_string(&full).with_context(|| full.display().to_string())?;
            faults.extend(text_faults(path, &text));
        }
    }
    faults.extend(codes::faults(root, &files)?);
    faults.extend(circles::faults(root, &files)?);
    faults.extend(tracked_files(root)?.iter().filter_map(|path| built_fault(path)));
    for fault in &faults {
        eprintln!("{fault}");
    }
    if !faults.is_empty() {
        bail!("{} places break a house rule", faults.len());
    }
    println!("{} files are tidy", files.len());
    Ok(())
}

fn name_faults(path: &Path) -> Option<String> {
    let named_emptily = path.components().any(|part| {
        let name = part.as_os_str().to_string_lossy();
        EMPTY_NAMES.contains(&name.split('.').next().unwrap_or(&name))
    });
    named_emptily.then(|| format!("{}: the name says nothing about the subject", path.display()))
}

fn text_faults(path: &Path, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let is_text = path.extension().is_some_and(|extension| extension == "md");
    // A version of the schema is one script, which is known by its digest.
    let limited = !is_text
        && !path.starts_with("crates/store/migrations")
        && ["crates", "components", "static"].iter().any(|top| path.starts_with(top));
    let lines = text.lines().count();
    if limited && lines > LINES_MAX {
        faults.push(format!("{}: {lines} lines, more than {LINES_MAX}", path.display()));
    }
    if path.extension().is_some_and(|extension| extension == "rs") {
        faults.extend(rust_faults(path, text));
    }
    if path.starts_with("crates/store") && path.extension().is_some_and(|end| end == "rs" || end == "sql") {
        let faulty = sql_rules::faults(text, &test_lines(path, text));
        faults.extend(faulty.iter().map(|(line, what)| format!("{}:{line}: {what}", path.display())));
    }
    // This package speaks of ranges, and of statements, in order to refuse them.
    if !path.starts_with("crates/xtask") {
        let ranges = text.lines().enumerate().filter(|(_, line)| names_a_range(line));
        faults.extend(ranges.map(|(number, _)| {
            format!("{}:{}: rules are named one by one, not by a range", path.display(), number + 1)
        }));
        faults.extend(message_faults(path, text));
    }
    faults
}

/// Statements that write a message outside of their home.
fn message_faults(path: &Path, text: &str) -> Vec<String> {
    let may_hold_sql = path.extension().is_some_and(|extension| extension == "rs" || extension == "sql");
    if !may_hold_sql || path.starts_with(MESSAGES_ARE_WRITTEN_IN) || below_any(path, MAY_WRITE_MESSAGES) {
        return Vec::new();
    }
    let lines = text.lines().zip(test_lines(path, text)).enumerate();
    let outside = lines.filter(|(_, (line, is_test))| !is_test && writes_a_message(line));
    let fault = |(number, _)| {
        format!("{}:{}: writes a message outside {MESSAGES_ARE_WRITTEN_IN}", path.display(), number + 1)
    };
    outside.map(fault).collect()
}

fn writes_a_message(line: &str) -> bool {
    let of_a_name = |c: char| c.is_alphanumeric() || c == '_';
    WRITES_A_MESSAGE.iter().any(|begin| {
        let mut behind = line.match_indices(begin).map(|(place, _)| &line[place + begin.len()..]);
        behind.any(|behind| !behind.starts_with(of_a_name))
    })
}

fn rust_faults(path: &Path, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if !text.starts_with("//! ") {
        faults.push(format!("{}: begins without a `//!` sentence", path.display()));
    }
    for (line, name, lines) in too_long(text) {
        let path = path.display();
        faults.push(format!("{path}:{line}: `{name}` has {lines} lines, more than {FUNCTION_LINES_MAX}"));
    }
    let may_panic = !below_any(path, NO_PANICS_IN);
    let may_float = !below_any(path, NO_FLOATS_IN);
    let tests = test_lines(path, text);
    for (number, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or("");
        let mut fault = |what: &str| {
            faults.push(format!("{}:{}: {what}", path.display(), number + 1));
        };
        if declares_empty_name(code) {
            fault("the name says nothing about the subject");
        }
        if tests.get(number).copied().unwrap_or(false) {
            continue;
        }
        if !may_panic && PANICS.iter().any(|call| code.contains(call)) {
            fault("would end the process on data: answer with an error");
        }
        // SQLite's own values include a real number; naming it is how a store refuses one.
        let of_sqlite = code.contains("Real(");
        if !may_float && !of_sqlite && words(code).any(|word| word == "f32" || word == "f64") {
            fault("a float where money is counted");
        }
    }
    faults
}

/// `mod helpers`, `struct JobManager` and their like.
fn declares_empty_name(code: &str) -> bool {
    let mut words = words(code).skip_while(|word| matches!(*word, "pub" | "crate" | "super"));
    let (Some(keyword), Some(name)) = (words.next(), words.next()) else {
        return false;
    };
    match keyword {
        "mod" => EMPTY_NAMES.contains(&name),
        "struct" | "enum" | "trait" | "type" => {
            ["Manager", "Helper", "Helpers", "Util", "Utils"].iter().any(|end| name.ends_with(end))
        }
        _ => false,
    }
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// By text and not by path component, so that `crates/domain/src/tariff` covers `tariff.rs`,
/// `tariffs.rs` and `tariff/`.
fn below_any(path: &Path, tops: &[&str]) -> bool {
    let path = path.to_string_lossy();
    tops.iter().any(|top| path.starts_with(top))
}

fn built_fault(path: &str) -> Option<String> {
    let built = NOT_FOR_GIT.iter().any(|end| path.ends_with(end))
        || path.split('/').any(|part| part == "target" || part == ".spin");
    built.then(|| format!("{path}: built or local, and yet in git"))
}

/// What git keeps. A tree without git (an unpacked archive) keeps nothing.
fn tracked_files(root: &Path) -> anyhow::Result<Vec<String>> {
    if !root.join(".git").exists() {
        return Ok(Vec::new());
    }
    let output = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root)
        .output()
        .context("`git` could not be started, to see that nothing built is kept in it")?;
    if !output.status.success() {
        bail!("`git ls-files`: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let listed = String::from_utf8_lossy(&output.stdout);
    Ok(listed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::{built_fault, name_faults, text_faults};
    use std::path::Path;

    fn faults(path: &str, text: &str) -> Vec<String> {
        text_faults(Path::new(path), text)
    }

    #[test]
    fn a_file_says_first_what_it_is_for() {
        assert_eq!(faults("crates/cli/src/main.rs", "fn main() {}\n").len(), 1);
        assert!(faults("crates/cli/src/main.rs", "//! Starts.\nfn main() {}\n").is_empty());
    }

    #[test]
    fn a_component_may_not_panic_but_its_tests_may() {
        let source = "//! A.\nfn a() {\n    b().unwrap();\n}\n\n#[cfg(test)]\nmod tests {\n    fn c() {\n        d().unwrap();\n    }\n}\n";
        assert_eq!(faults("components/topup/src/lib.rs", source).len(), 1);
        assert!(faults("crates/host/src/lib.rs", source).is_empty());
    }

    #[test]
    fn a_comment_may_speak_of_panics() {
        let source = "//! A.\n// No `.unwrap()` here.\n#[expect(dead_code)]\nfn a() {}\n";
        assert!(faults("crates/edge/src/lib.rs", source).is_empty());
    }

    /// (R43, R46)
    #[test]
    fn money_is_never_a_float() {
        let source = "//! A.\nfn price() -> f64 {\n    0.1\n}\n";
        assert_eq!(faults("crates/domain/src/tariffs.rs", source).len(), 1);
        assert!(faults("crates/domain/src/phone.rs", source).is_empty());
    }

    #[test]
    fn a_message_is_written_in_one_place() {
        let statement = "//! A.\nconst A: &str = \"UPDATE message SET state = 'queued'\";\n";
        assert_eq!(faults("crates/store/src/cell/messages/reports.rs", statement).len(), 1);
        assert_eq!(faults("crates/store/src/a.sql", "INSERT INTO message (id)\nVALUES (1)\n").len(), 1);
        assert_eq!(faults("crates/store/src/a.sql", "UPDATE message_kept SET a = 1\n").len(), 0);
        for path in [
            "crates/store/src/cell/messages/transitions/taken.rs",
            "crates/store/tests/queue.rs",
            "crates/bench/src/empty_tick.rs",
        ] {
            assert!(faults(path, statement).is_empty(), "{path}");
        }
    }

    #[test]
    fn a_function_fits_a_screen() {
        let long = format!("//! A.\nfn a() {{\n{}}}\n", "    b();\n".repeat(80));
        assert_eq!(faults("tests/tests/a.rs", &long).len(), 1);
    }

    #[test]
    fn names_that_say_nothing_are_refused() {
        assert!(name_faults(Path::new("crates/edge/src/utils.rs")).is_some());
        assert!(name_faults(Path::new("crates/common/src/lib.rs")).is_some());
        assert!(name_faults(Path::new("crates/edge/src/limits.rs")).is_none());
        assert_eq!(faults("crates/edge/src/a.rs", "//! A.\npub struct JobManager;\n").len(), 1);
    }

    #[test]
    fn rules_are_named_one_by_one() {
        for path in ["crates/edge/src/a.rs", "tests/tests/a.rs", "docs/A.md", "static/a.js"] {
            assert_eq!(faults(path, "//! A (R80-R83).\n").len(), 1, "{path}");
        }
        assert!(faults("crates/edge/src/a.rs", "//! A (R80, R81).\n").is_empty());
    }

    #[test]
    fn a_file_of_more_than_five_hundred_lines_has_two_subjects() {
        let long = format!("//! A.\n{}", "// A line.\n".repeat(500));
        assert_eq!(faults("crates/edge/src/a.rs", &long).len(), 1);
        assert!(faults("tests/tests/a.rs", &long).is_empty());
    }

    #[test]
    fn what_is_built_stays_out_of_git() {
        assert!(built_fault("components/topup/topup.wasm").is_some());
        assert!(built_fault("target/release/sendbox").is_some());
        assert!(built_fault("static/site.css").is_none());
    }
}
