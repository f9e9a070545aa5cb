//! What holds for every code and its texts.

use super::*;

/// Letters that Kazakh has and Russian has not: they tell two texts in the same script apart.
const KAZAKH_LETTERS: &str = "әғқңөұүһі";

fn has_kazakh_letter(text: &str) -> bool {
    text.to_lowercase().chars().any(|letter| KAZAKH_LETTERS.contains(letter))
}

fn has_cyrillic_letter(text: &str) -> bool {
    text.chars().any(|letter| ('\u{0400}'..='\u{04ff}').contains(&letter))
}

fn texts(code: Code) -> [&'static str; 3] {
    Language::ALL.map(|language| code.text(language))
}

#[test]
fn every_subject_is_sorted_so_that_a_code_is_found_by_eye() {
    for entries in SUBJECTS {
        assert!(entries.is_sorted_by(|a, b| a.code.as_str() < b.code.as_str()));
    }
}

#[test]
fn every_code_is_read_from_the_name_that_it_is_written_by() {
    for &code in Code::ALL {
        assert_eq!(Code::parse(code.as_str()), Some(code));
        assert_eq!(serde_json::to_value(code).expect("a text"), code.as_str());
    }
}

#[test]
fn a_code_that_is_not_in_use_is_not_found() {
    for code in ["", "zzz", "not_foun", "NOT_FOUND", "phone_"] {
        assert_eq!(Code::parse(code), None, "{code}");
    }
}

#[test]
fn a_code_is_lower_case_words_with_underscores() {
    for code in Code::ALL {
        let plain = |word: &str| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        assert!(code.as_str().split('_').all(plain), "{code}");
    }
}

#[test]
fn every_status_says_that_something_went_wrong() {
    let known = [400, 401, 402, 403, 404, 405, 408, 409, 413, 415, 422, 429, 500, 503];
    for code in Code::ALL {
        assert!(known.contains(&code.status()), "{code}: {}", code.status());
    }
}

#[test]
fn every_text_is_one_or_two_short_sentences() {
    for &code in Code::ALL {
        for text in texts(code) {
            let whole = text.trim() == text && !text.contains("  ") && text.ends_with('.');
            let begins = |rest: &&str| rest.starts_with(char::is_uppercase);
            let sentences = text.split(". ").filter(begins).count();
            let short = (10..=170).contains(&text.chars().count());
            assert!(whole && (1..=2).contains(&sentences) && short, "{code}: {text}");
        }
    }
}

#[test]
fn each_text_is_in_the_language_that_it_stands_under() {
    for &code in Code::ALL {
        let [kk, ru, en] = [Language::Kk, Language::Ru, Language::En].map(|language| code.text(language));
        assert!(has_kazakh_letter(kk), "{code}: {kk}");
        assert!(has_cyrillic_letter(ru) && !has_kazakh_letter(ru), "{code}");
        assert!(!has_cyrillic_letter(en), "{code}: {en}");
        assert_ne!(kk, ru, "{code}");
    }
}

#[test]
fn no_text_shows_the_number_of_a_rule() {
    let is_rule = |word: &str| {
        word.strip_prefix(['R', 'X']).is_some_and(|n| n.starts_with(|first: char| first.is_ascii_digit()))
    };
    for &code in Code::ALL {
        for text in texts(code) {
            assert!(!text.split(|c: char| !c.is_alphanumeric()).any(is_rule), "{code}: {text}");
        }
    }
}
