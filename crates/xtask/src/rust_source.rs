//! Reads the project's source tree: which files there are, and which lines of a Rust file are
//! tests.

use std::path::{Path, PathBuf};

use anyhow::Context;

/// Folders that hold what is built or recorded, not written.
const NOT_SOURCE: &[&str] = &["target", ".git", ".spin", "node_modules"];

/// Every file below `root` that a person wrote, as paths relative to it, in order.
pub fn files(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            if entry.file_type()?.is_dir() {
                if !NOT_SOURCE.iter().any(|skipped| name == *skipped) {
                    folders.push(entry.path());
                }
            } else if let Ok(relative) = entry.path().strip_prefix(root) {
                found.push(relative.to_path_buf());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// For each line of a Rust file, whether it belongs to a test: the whole file where it stands in a
/// `tests` folder or is a module of tests, else what `#[cfg(test)]` and `#[test]` mark.
///
/// Items end where rustfmt puts their closing brace: in the column in which they began.
pub fn test_lines(path: &Path, text: &str) -> Vec<bool> {
    let lines: Vec<&str> = text.lines().collect();
    let in_tests = path.components().any(|part| part.as_os_str() == "tests")
        || path.file_stem().is_some_and(|stem| stem == "tests");
    let mut marked = vec![in_tests; lines.len()];
    for (index, line) in lines.iter().enumerate() {
        let attribute = line.trim_start();
        if attribute.starts_with("#[cfg(test)]") || attribute.starts_with("#[test]") {
            let first = first_line_of_item(&lines, index);
            let last = last_line_of_item(&lines, index);
            marked[first..=last].fill(true);
        }
    }
    marked
}

/// Up over the doc comments and attributes that belong to the same item.
fn first_line_of_item(lines: &[&str], attribute: usize) -> usize {
    let belongs = |line: &&str| {
        let line = line.trim_start();
        line.starts_with("///") || line.starts_with("#[")
    };
    let above = lines[..attribute].iter().rev().take_while(|line| belongs(line)).count();
    attribute - above
}

/// Down to the closing brace in the item's own column, or to the `;` of an item without a body.
fn last_line_of_item(lines: &[&str], attribute: usize) -> usize {
    let column = indentation(lines[attribute]);
    let end = lines[attribute..].iter().position(|line| {
        let text = line.trim();
        let closes = text.starts_with('}') || (text.ends_with(';') && !text.starts_with("//"));
        indentation(line) == column && closes
    });
    end.map_or(lines.len() - 1, |distance| attribute + distance)
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::test_lines;
    use std::path::Path;

    const SOURCE: &str = "\
fn price() {
    one();
}

#[cfg(test)]
mod tests {
    /// (R46)
    #[test]
    fn a() {
        b();
    }
}

fn after() {}
";

    #[test]
    fn a_module_of_tests_ends_at_its_own_brace() {
        let marked = test_lines(Path::new("crates/domain/src/price.rs"), SOURCE);
        let expected = [vec![false; 4], vec![true; 8], vec![false; 2]].concat();
        assert_eq!(marked, expected);
    }

    #[test]
    fn every_line_of_a_file_in_a_tests_folder_is_a_test() {
        let marked = test_lines(Path::new("tests/tests/price.rs"), SOURCE);
        assert!(marked.iter().all(|test| *test));
    }

    #[test]
    fn the_comment_above_a_test_belongs_to_it() {
        let source = "//! File.\n\n/// Sent once (R87).\n#[test]\nfn once() {\n    x();\n}\n";
        let marked = test_lines(Path::new("a.rs"), source);
        assert_eq!(marked, [false, false, true, true, true, true, true]);
    }

    #[test]
    fn a_module_of_tests_in_another_file_takes_one_line() {
        let source = "#[cfg(test)]\nmod tests;\n\nfn after() {\n}\n";
        let marked = test_lines(Path::new("a.rs"), source);
        assert_eq!(marked, [true, true, false, false, false]);
    }
}
