//! Statements that stand in `.sql` files beside their modules, each under its name.
//!
//! ```sql
//! -- name: session_bearer
//! -- Why it is written so, in a sentence or two.
//! -- ?1 the token's hash, ?2 now
//! -- plan: sqlite_autoindex_session_2
//! SELECT …
//! FROM …;
//! ```
//!
//! A statement ends with the first semicolon that ends a line. Parameters go by number, since the runtime knows no
//! others. `plan` names what SQLite's plan must use, parted by commas: a test asks for it (`tests/statements.rs`).

/// What begins the line with a statement's name.
const NAME: &str = "-- name: ";

/// The statement of that name in the text of a `.sql` file, without the comment above it and the semicolon behind it.
///
/// # Panics
/// If there is none, or one without an end. `sql!` asks while the program is built, so that then it
/// is not built.
pub const fn statement(file: &'static str, name: &str) -> &'static str {
    let mut rest = file;
    let mut is_found = false;
    loop {
        assert!(!rest.is_empty(), "the file has no statement of that name");
        let (line, behind) = first_line(rest);
        if is_found && !starts_with(line, "--") {
            return whole(rest);
        }
        is_found = is_found || (starts_with(line, NAME) && is_same(after(line, NAME.len()), name));
        rest = behind;
    }
}

/// Up to the semicolon that ends a line.
const fn whole(text: &'static str) -> &'static str {
    let bytes = text.as_bytes();
    let mut end = 0;
    loop {
        assert!(end < bytes.len(), "no semicolon ends the statement");
        if bytes[end] == b';' && (end + 1 == bytes.len() || bytes[end + 1] == b'\n') {
            return text.split_at(end).0;
        }
        end += 1;
    }
}

/// The first line, and what stands behind its end.
const fn first_line(text: &'static str) -> (&'static str, &'static str) {
    let bytes = text.as_bytes();
    let mut end = 0;
    while end < bytes.len() && bytes[end] != b'\n' {
        end += 1;
    }
    let (line, behind) = text.split_at(end);
    if behind.is_empty() { (line, behind) } else { (line, after(behind, 1)) }
}

const fn after(text: &'static str, bytes: usize) -> &'static str {
    text.split_at(bytes).1
}

const fn starts_with(text: &'static str, start: &str) -> bool {
    text.len() >= start.len() && is_same_at(text, start)
}

const fn is_same(a: &str, b: &str) -> bool {
    a.len() == b.len() && is_same_at(a, b)
}

const fn is_same_at(text: &str, start: &str) -> bool {
    let (text, start) = (text.as_bytes(), start.as_bytes());
    let mut place = 0;
    while place < start.len() {
        if text[place] != start[place] {
            return false;
        }
        place += 1;
    }
    true
}

/// The statement of that name in a `.sql` file beside this one: `sql!("sessions.sql", "session_bearer")`.
macro_rules! sql {
    ($file:literal, $name:literal) => {{
        const STATEMENT: &str = $crate::statement::statement(include_str!($file), $name);
        STATEMENT
    }};
}
pub(crate) use sql;

#[cfg(test)]
mod tests {
    use super::statement;

    const FILE: &str = "-- Of what this file is.\n\n-- name: first\n-- Why.\nSELECT 1\n  -- one predicate\n  WHERE 1;\n\n-- name: first_two\nSELECT ';', 2;";

    #[test]
    fn a_statement_is_found_by_its_whole_name() {
        assert_eq!(statement(FILE, "first"), "SELECT 1\n  -- one predicate\n  WHERE 1");
        assert_eq!(statement(FILE, "first_two"), "SELECT ';', 2");
    }

    #[test]
    #[should_panic(expected = "no statement of that name")]
    fn no_statement_has_a_part_of_a_name() {
        statement(FILE, "fir");
    }

    #[test]
    #[should_panic(expected = "no semicolon")]
    fn a_statement_has_an_end() {
        statement("-- name: open\nSELECT 1", "open");
    }
}
