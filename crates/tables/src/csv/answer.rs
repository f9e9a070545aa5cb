//! What a cell answers to a question that is answered by yes or no, as people and programs write it.

use domain::unseen::is_unseen;

use super::folded::{is, words};

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
    /// Something else, of which nobody can be sure.
    Unclear,
}

const YES: &[&str] = &[
    "да",
    "иә",
    "ия",
    "yes",
    "y",
    "true",
    "истина",
    "1",
    "согласен",
    "согласна",
    "келісемін",
    "келіседі",
    "agree",
    "agrees",
    "agreed",
];
const NO: &[&str] = &[
    "нет",
    "жоқ",
    "no",
    "n",
    "false",
    "ложь",
    "0",
    "не согласен",
    "не согласна",
    "келіспеймін",
    "келіспейді",
    "disagree",
    "disagrees",
];
const YES_SIGNS: [&str; 4] = ["+", "✓", "✔", "☑"];
const NO_SIGNS: [&str; 4] = ["-", "–", "—", "−"];

/// What a cell answers; nothing where nothing stands in it. A word that is not known is no answer: nobody guesses what a
/// person agreed to.
pub fn answer_of(cell: &str) -> Option<Answer> {
    let text = cell.trim_matches(|sign: char| sign.is_whitespace() || is_unseen(sign));
    // A spreadsheet keeps a lone sign as a text behind an apostrophe.
    let text = text.strip_prefix('\'').unwrap_or(text);
    if text.is_empty() {
        return None;
    }
    if YES_SIGNS.contains(&text) {
        return Some(Answer::Yes);
    }
    if NO_SIGNS.contains(&text) {
        return Some(Answer::No);
    }
    // `-1` and `да?` are words with a sign that says something else.
    let is_plain = text.chars().all(|sign| sign.is_alphanumeric() || matches!(sign, ' ' | '.' | '!'));
    let said = words(text).join(" ");
    let any = |list: &[&str]| list.iter().any(|known| is(&said, known));
    Some(match (is_plain, any(YES), any(NO)) {
        (true, true, _) => Answer::Yes,
        (true, _, true) => Answer::No,
        _ => Answer::Unclear,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R99: the words of three languages, as tables and programs write them.
    #[test]
    fn yes_and_no_are_known_in_three_languages() {
        for yes in [
            "да",
            "Да",
            "ДА",
            " да. ",
            "иә",
            "Иә",
            "ИӘ",
            "иа",
            "ия",
            "yes",
            "Yes",
            "YES",
            "y",
            "true",
            "TRUE",
            "ИСТИНА",
            "1",
            "+",
            "'+",
            "✓",
            "Согласна",
            "келісемін",
            "\u{feff}да\u{200b}",
        ] {
            assert_eq!(answer_of(yes), Some(Answer::Yes), "{yes:?}");
        }
        for no in [
            "нет",
            "Нет",
            "НЕТ",
            "жоқ",
            "Жоқ",
            "ЖОК",
            "no",
            "No",
            "n",
            "false",
            "FALSE",
            "ЛОЖЬ",
            "0",
            "-",
            "'-",
            "—",
            "не согласен",
            "келіспеймін",
        ] {
            assert_eq!(answer_of(no), Some(Answer::No), "{no:?}");
        }
    }

    /// R99: what is none of these is no consent, whatever it may mean.
    #[test]
    fn nothing_else_is_taken_for_an_answer() {
        for unclear in [
            "?",
            "да?",
            "да/нет",
            "да нет",
            "возможно",
            "maybe",
            "2",
            "-1",
            "1.0",
            "01",
            "10",
            "yes no",
            "x",
            "2026-07-12",
            "по телефону",
            "н/д",
            "N/A",
            "null",
            "++",
        ] {
            assert_eq!(answer_of(unclear), Some(Answer::Unclear), "{unclear:?}");
        }
        for nothing in ["", " ", "\t\u{a0}", "\u{feff}"] {
            assert_eq!(answer_of(nothing), None, "{nothing:?}");
        }
    }
}
