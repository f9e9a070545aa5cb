//! Where the functions of a Rust file begin and end, and which of them are too long.

/// A longer function does not fit a screen.
pub const FUNCTION_LINES_MAX: usize = 70;

/// The functions of a file that are too long: the line in which each begins, its name, and its lines.
///
/// Functions end where rustfmt puts their closing brace: in the column in which they began.
pub fn too_long(text: &str) -> Vec<(usize, String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let begin = |(index, line): (usize, &&str)| name(line).map(|name| (index, name.to_owned()));
    let begun: Vec<(usize, String)> = lines.iter().enumerate().filter_map(begin).collect();
    let measured = begun.into_iter().map(|(index, name)| (index + 1, name, length(&lines[index..])));
    measured.filter(|(_, _, length)| *length > FUNCTION_LINES_MAX).collect()
}

/// The name of the function that a line begins.
fn name(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace().skip_while(|word| {
        matches!(*word, "const" | "async" | "unsafe" | "extern" | "\"C\"") || word.starts_with("pub")
    });
    let rest = (words.next() == Some("fn")).then(|| words.next()).flatten()?;
    rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().filter(|name| !name.is_empty())
}

/// How many lines a function takes, from its first on.
fn length(lines: &[&str]) -> usize {
    let Some(first) = lines.first() else { return 0 };
    if first.ends_with('}') || first.ends_with(';') {
        return 1;
    }
    let column = indentation(first);
    let ends = |line: &&str| {
        indentation(line) == column && (line.trim_start().starts_with('}') || line.ends_with(';'))
    };
    let behind = lines[1..].iter().position(ends);
    behind.map_or(lines.len(), |behind| behind + 2)
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::too_long;

    fn function(head: &str, lines: usize) -> String {
        format!("impl A {{\n    {head} {{\n{}    }}\n}}\n", "        b();\n".repeat(lines - 2))
    }

    #[test]
    fn a_function_of_seventy_lines_fits_and_one_more_does_not() {
        assert_eq!(too_long(&function("pub(crate) async fn a(&self)", 70)), []);
        let found = too_long(&function("pub(crate) async fn a(&self)", 71));
        assert_eq!(found, [(2, "a".to_owned(), 71)]);
    }

    #[test]
    fn the_next_function_is_counted_by_itself() {
        let two = format!("{}{}", function("fn a()", 50), function("fn b<T>(t: T)", 50));
        assert_eq!(too_long(&two), []);
    }

    #[test]
    fn a_signature_over_several_lines_belongs_to_the_function() {
        let long = format!("fn a(\n    b: u8,\n) -> u8 {{\n{}}}\n", "    c();\n".repeat(67));
        assert_eq!(too_long(&long), [(1, "a".to_owned(), 71)]);
    }

    #[test]
    fn a_function_without_a_body_ends_with_its_signature() {
        let source = format!("trait A {{\n    fn a(&self);\n}}\n{}", "// A line.\n".repeat(80));
        assert_eq!(too_long(&source), []);
    }
}
