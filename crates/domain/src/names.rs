//! Names as people look for them: by the beginnings of their words, in whatever case, `ё` as `е`. Kazakh letters are
//! letters of their own.

use std::collections::BTreeSet;

/// Letters that a word of a question has at least.
pub const ASKED_MIN: usize = 2;
/// So long beginnings of words are kept: of a longer one the longest of these is looked up, and the rest is compared.
const KEPT: [usize; 3] = [2, 3, 5];
/// Words of one name by which it is found.
const WORDS_MAX: usize = 6;

/// The words of a name.
pub fn words(name: &str) -> Vec<String> {
    let fold = |letter: char| letter.to_lowercase().map(|letter| if letter == 'ё' { 'е' } else { letter });
    let folded: String = name.chars().flat_map(fold).collect();
    let words = folded.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The beginnings by which a name is found.
pub fn beginnings(name: &str) -> BTreeSet<String> {
    let words = words(name);
    words
        .iter()
        .take(WORDS_MAX)
        .flat_map(|word| KEPT.iter().filter_map(|length| first(word, *length)))
        .collect()
}

/// Of a word that is asked for the beginning that is looked up; `None` where it is too short.
pub fn looked_up(word: &str) -> Option<String> {
    KEPT.iter().rev().find_map(|length| first(word, *length))
}

/// Whether each word that is asked for begins one of a name's.
pub fn is_meant(name: &str, asked: &[String]) -> bool {
    let words = words(name);
    asked.iter().all(|asked| words.iter().take(WORDS_MAX).any(|word| word.starts_with(asked.as_str())))
}

/// So many first letters of a word, if it has them.
fn first(word: &str, letters: usize) -> Option<String> {
    let beginning: String = word.chars().take(letters).collect();
    (beginning.chars().count() == letters).then_some(beginning)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_found_by_the_beginnings_of_its_words() {
        for (name, question, is_found) in [
            ("Айгүл Серікова", "айг", true),
            ("Айгүл Серікова", "сер айгүл", true),
            ("Айгүл Серікова", "АЙГҮЛ СЕРІКОВА", true),
            ("Айгүл Серікова", "айгул", false),
            ("Пётр Семёнов", "петр семен", true),
            ("Петр Семенов", "Пётр", true),
            ("Анна-Мария", "мария", true),
            ("Айгүл Серікова", "гүл", false),
            ("ТОО «Жібек»", "жібек", true),
        ] {
            assert_eq!(is_meant(name, &words(question)), is_found, "{name}: {question}");
        }
    }

    proptest! {
        /// Whoever is meant is among those that are looked up.
        #[test]
        fn no_name_is_missed(name in "[а-яёәғқңөұүһіa-z]{1,9}( [а-яёәі]{1,9}){0,3}", from in 0_usize..3, letters in 2_usize..9) {
            let words = words(&name);
            let Some(word) = words.get(from % words.len()) else { return Ok(()) };
            let asked: String = word.chars().take(letters).collect();
            if let Some(beginning) = looked_up(&asked) {
                prop_assert!(is_meant(&name, &[asked]));
                prop_assert!(beginnings(&name).contains(&beginning));
            } else {
                prop_assert!(asked.chars().count() < ASKED_MIN);
            }
        }
    }
}
