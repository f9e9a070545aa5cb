//! The house rules of the store's SQL: columns and members of batches have names, and a statement that is longer than
//! a few lines stands in a `.sql` file, named, with a sentence about it.

/// Longer statements stand in `.sql` files beside their modules.
const LINES_MAX: usize = 3;
/// What a string begins with that is a statement.
const STATEMENTS: [&str; 6] = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH ", "CREATE "];
/// What reads a column of a row.
const READERS: [&str; 11] = [
    "int(",
    "opt_int(",
    "number(",
    "opt_number(",
    "flag(",
    "text(",
    "opt_text(",
    "blob(",
    "opt_blob(",
    "json(",
    "bytes(",
];

/// Keywords that SQLite lets stand for names, and the client of libSQL does not: it loses a column that is called so.
const KEYWORDS: [&str; 24] = [
    "action", "after", "all", "asc", "before", "by", "current", "each", "end", "first", "for", "full",
    "groups", "if", "key", "last", "match", "no", "of", "others", "plan", "row", "rows", "view",
];

/// What is wrong in a file of the store, with the number of its line. `tests` says which lines are tests': what they
/// ask past the store's own functions may be as long as it is.
pub fn faults(text: &str, tests: &[bool]) -> Vec<(usize, &'static str)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut faults = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if reads_by_position(line) {
            faults.push((index + 1, "a column or member is read by its place: name it"));
        }
        if names_by_keyword(line) {
            faults.push((index + 1, "a column is called by a keyword: libSQL's client loses it"));
        }
        let is_test = tests.get(index).copied().unwrap_or(false);
        if !is_test && statement_lines(&lines[index..]) > LINES_MAX {
            faults.push((index + 1, "a statement of more than three lines stands in a .sql file, named"));
        }
    }
    faults
}

/// `row.text(0)`, `value ->> 1`.
fn reads_by_position(line: &str) -> bool {
    let begins_with_digit = |text: &str| text.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let by_reader = READERS.iter().any(|reader| {
        let calls = line.match_indices(reader).filter(|(place, _)| line[..*place].ends_with('.'));
        calls.map(|(place, _)| &line[place + reader.len()..]).any(begins_with_digit)
    });
    by_reader || line.split("->").skip(1).any(|behind| begins_with_digit(behind.trim_start_matches('>')))
}

/// `max(id) AS last`.
fn names_by_keyword(line: &str) -> bool {
    let names = line.split(" AS ").skip(1).map(|behind| {
        behind.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default()
    });
    names.into_iter().any(|name| KEYWORDS.contains(&name))
}

/// How many lines the statement has that begins in the first of these; zero if none does.
fn statement_lines(lines: &[&str]) -> usize {
    let Some(first) = lines.first() else { return 0 };
    let begins = STATEMENTS.iter().filter_map(|word| first.find(&format!("\"{word}"))).min();
    let Some(begin) = begins else { return 0 };
    if first[begin + 1..].contains('"') {
        return 1;
    }
    lines.iter().skip(1).position(|line| line.contains('"')).map_or(lines.len(), |more| more + 2)
}

#[cfg(test)]
mod tests {
    use super::faults;

    fn count(text: &str) -> usize {
        faults(text, &[]).len()
    }

    #[test]
    fn a_column_is_read_by_its_name() {
        assert_eq!(count("let name = row.text(0)?;"), 1);
        assert_eq!(count("let number = row.opt_number::<u32>(\"segments\")?;"), 0);
        assert_eq!(count("let name = row.text(\"name\")?;"), 0);
        assert_eq!(count("let context = context(0);"), 0);
    }

    #[test]
    fn a_column_is_not_called_by_a_keyword() {
        assert_eq!(count("SELECT max(id) AS last FROM message"), 1);
        assert_eq!(count("SELECT max(id) AS last_one, count(*) AS keys, CAST(1 AS TEXT) AS one"), 0);
    }

    #[test]
    fn a_member_of_a_batch_is_read_by_its_name() {
        assert_eq!(count("SELECT j.value ->> 0 FROM json_each(?1) j;"), 1);
        assert_eq!(count("SELECT j.value ->> 'id' FROM json_each(?1) j;"), 0);
        assert_eq!(count("fn zero() -> i64 {"), 0);
    }

    #[test]
    fn a_long_statement_stands_in_a_file_of_its_own() {
        let short = "db.query(\"SELECT a\n FROM b\n WHERE c\", params![]);\n";
        let long = "db.query(\"SELECT a\n FROM b\n WHERE c\n AND d\", params![]);\n";
        assert_eq!((count(short), count(long)), (0, 1));
        assert!(faults(long, &[true; 4]).is_empty(), "tests may ask what they want");
    }
}
