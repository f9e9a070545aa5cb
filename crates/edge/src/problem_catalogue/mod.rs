//! Every stable error code, with its HTTP status and what it says to people in the three languages.
//!
//! A code that no answer carries as its own (the reason why a message was not sent, a row was left
//! out or a campaign stands still) stands here too, so that reports explain it in the same words.

mod accounts;
mod audio;
mod campaigns;
mod contacts;
mod general;
mod money;

/// What one code means. The texts are whole sentences, fit to be shown as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CatalogueEntry {
    /// Lower case with underscores; never changes once published.
    pub code: &'static str,
    /// The HTTP status of an answer that carries the code; 422 where docs/API.md names none.
    pub status: u16,
    /// Kazakh.
    pub kk: &'static str,
    /// Russian.
    pub ru: &'static str,
    /// English.
    pub en: &'static str,
}

/// All entries by subject, each subject sorted by code. No code stands in two subjects.
pub const CATALOGUE: [&[CatalogueEntry]; 6] = [
    accounts::ENTRIES,
    audio::ENTRIES,
    campaigns::ENTRIES,
    contacts::ENTRIES,
    general::ENTRIES,
    money::ENTRIES,
];

/// The entry of a code; `None` for a code that is not in use.
pub fn find(code: &str) -> Option<&'static CatalogueEntry> {
    CATALOGUE.into_iter().find_map(|entries| {
        let place = entries.binary_search_by(|entry| entry.code.cmp(code)).ok()?;
        entries.get(place)
    })
}

/// Every entry once, subject after subject.
pub fn all() -> impl Iterator<Item = &'static CatalogueEntry> {
    CATALOGUE.into_iter().flatten()
}

/// One entry in few words; the order is code, status, Kazakh, Russian, English.
const fn e(
    code: &'static str,
    status: u16,
    kk: &'static str,
    ru: &'static str,
    en: &'static str,
) -> CatalogueEntry {
    CatalogueEntry { code, status, kk, ru, en }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters that Kazakh has and Russian has not: they tell two texts in the same script apart.
    const KAZAKH_LETTERS: &str = "әғқңөұүһі";

    fn has_kazakh_letter(text: &str) -> bool {
        text.to_lowercase().chars().any(|letter| KAZAKH_LETTERS.contains(letter))
    }

    fn has_cyrillic_letter(text: &str) -> bool {
        text.chars().any(|letter| ('\u{0400}'..='\u{04ff}').contains(&letter))
    }

    fn texts(entry: &CatalogueEntry) -> [&'static str; 3] {
        [entry.kk, entry.ru, entry.en]
    }

    #[test]
    fn every_subject_is_sorted_so_that_the_search_finds_its_codes() {
        for entries in CATALOGUE {
            assert!(entries.is_sorted_by(|a, b| a.code < b.code));
        }
    }

    #[test]
    fn every_code_is_found_as_its_own_entry_and_so_stands_there_once() {
        for entry in all() {
            assert!(find(entry.code).is_some_and(|found| std::ptr::eq(found, entry)), "{}", entry.code);
        }
    }

    #[test]
    fn a_code_that_is_not_in_use_is_not_found() {
        for code in ["", "zzz", "not_foun", "NOT_FOUND", "phone_"] {
            assert_eq!(find(code), None, "{code}");
        }
    }

    #[test]
    fn a_code_is_lower_case_words_with_underscores() {
        for entry in all() {
            let plain = |word: &str| {
                !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            };
            assert!(entry.code.split('_').all(plain), "{}", entry.code);
        }
    }

    #[test]
    fn every_status_says_that_something_went_wrong() {
        let known = [400, 401, 402, 403, 404, 405, 408, 409, 413, 415, 422, 429, 500, 503];
        for entry in all() {
            assert!(known.contains(&entry.status), "{}: {}", entry.code, entry.status);
        }
    }

    #[test]
    fn every_text_is_one_or_two_short_sentences() {
        for entry in all() {
            for text in texts(entry) {
                let whole = text.trim() == text && !text.contains("  ") && text.ends_with('.');
                let begins = |rest: &&str| rest.starts_with(char::is_uppercase);
                let sentences = text.split(". ").filter(begins).count();
                let short = (10..=170).contains(&text.chars().count());
                assert!(whole && (1..=2).contains(&sentences) && short, "{}: {text}", entry.code);
            }
        }
    }

    #[test]
    fn each_text_is_in_the_language_that_it_stands_under() {
        for entry in all() {
            assert!(has_kazakh_letter(entry.kk), "{}: {}", entry.code, entry.kk);
            assert!(has_cyrillic_letter(entry.ru) && !has_kazakh_letter(entry.ru), "{}", entry.code);
            assert!(!has_cyrillic_letter(entry.en), "{}: {}", entry.code, entry.en);
            assert_ne!(entry.kk, entry.ru, "{}", entry.code);
        }
    }

    #[test]
    fn no_text_shows_the_number_of_a_rule() {
        let is_rule = |word: &str| {
            word.strip_prefix(['R', 'X']).is_some_and(|n| n.starts_with(|first: char| first.is_ascii_digit()))
        };
        for entry in all() {
            for text in texts(entry) {
                assert!(!text.split(|c: char| !c.is_alphanumeric()).any(is_rule), "{}: {text}", entry.code);
            }
        }
    }
}
