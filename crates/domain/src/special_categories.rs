//! What may never be processed: race, nationality, politics, religion, health, private life,
//! biometrics (R20). A file that brings a column of such a name is refused as a whole.

use crate::unseen::is_unseen;

/// Beginnings of words that name a special category, in the three languages.
const BEGINNINGS: [&str; 27] = [
    "health",
    "diagnos",
    "religio",
    "ethnic",
    "nationalit",
    "politic",
    "biometr",
    "sexual",
    "medic",
    "disease",
    "здоров",
    "диагноз",
    "религ",
    "национальност",
    "этнич",
    "политич",
    "биометр",
    "судимост",
    "медицин",
    "болезн",
    "денсаулы",
    "этникалық",
    "биометриялық",
    "медициналық",
    "сырқат",
    // Typed without the letters that only Kazakh has.
    "этникалык",
    "сыркат",
];

/// Whole words; as parts of others they mean something else.
const WORDS: &[&str] = &[
    "race",
    "faith",
    "illness",
    "раса",
    "вера",
    "болен",
    "дін",
    "діні",
    "ұлты",
    "нәсіл",
    "нәсілі",
    "ауруы",
    "дин",
    "дини",
    "улты",
    "насил",
    "насили",
];

/// Whether a column's name speaks of a special category.
pub fn is_named_by(column: &str) -> bool {
    let column = column.chars().filter(|c| !is_unseen(*c)).collect::<String>().to_lowercase();
    let mut words = column.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    words.any(|word| WORDS.contains(&word) || BEGINNINGS.iter().any(|beginning| word.starts_with(beginning)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R20: nobody sees what stands within the word.
    #[test]
    fn a_special_category_is_known_through_characters_without_width() {
        for column in ["Диаг\u{ad}ноз", "Re\u{200b}ligion", "ұлт\u{2060}ы", "\u{feff}Ra\u{fe0f}ce"]
        {
            assert!(is_named_by(column), "{column:?}");
        }
    }

    /// R20: as Kazakh is typed on a keyboard that lacks its letters.
    #[test]
    fn a_special_category_is_known_without_kazakh_letters() {
        for column in ["УЛТЫ", "дини", "Насили", "Денсаулык", "сыркат"] {
            assert!(is_named_by(column), "{column:?}");
        }
    }

    /// R20: in Kazakh, Russian and English.
    #[test]
    fn a_special_category_is_known_in_every_language() {
        for column in
            ["Health status", "client_religion", "Race", "Диагноз", "Национальность", "ұлты", "Діні"]
        {
            assert!(is_named_by(column), "{column}");
        }
    }

    #[test]
    fn a_word_that_only_contains_another_is_let_through() {
        for column in ["trace_id", "Терраса", "brace", "Саудагер", "Город", "поверка", "Аты-жөні", "медаль"]
        {
            assert!(!is_named_by(column), "{column}");
        }
    }
}
