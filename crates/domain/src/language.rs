//! The three languages that everything shown to people exists in.

use serde::{Deserialize, Serialize};

/// A language of texts and answers. Kazakh, the state language, stands in where none is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Kazakh.
    #[default]
    Kk,
    /// Russian.
    Ru,
    /// English.
    En,
}

impl Language {
    /// Every language, in the order in which they are listed to people.
    pub const ALL: [Self; 3] = [Self::Kk, Self::Ru, Self::En];

    /// Reads `kk`, `ru` or `en`, exactly; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.as_str() == text)
    }

    /// `kk`, `ru` or `en`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kk => "kk",
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    /// Chooses by an `Accept-Language` header (RFC 9110, 12.5.4): the highest weight wins, the
    /// earlier of equals. Regions are set aside (`ru-KZ` is Russian). `None` if the header accepts
    /// none of the three, so that the caller may ask elsewhere (the account) before the default.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let ranges = || header.split(',').filter_map(weighed_range);
        let weight_of = |language: Self| {
            let named = ranges().filter(|(tag, _)| language.is_named_by(tag)).map(|(_, weight)| weight).max();
            // A wildcard speaks for whatever is not named (RFC 4647, 3.3.1).
            named
                .or_else(|| ranges().filter(|(tag, _)| *tag == "*").map(|(_, weight)| weight).max())
                .unwrap_or(0)
        };
        let place_of = |language: Self| ranges().position(|(tag, _)| language.is_named_by(tag));
        Self::ALL
            .into_iter()
            .filter(|language| weight_of(*language) > 0)
            .min_by_key(|language| (-weight_of(*language), place_of(*language).unwrap_or(usize::MAX)))
    }

    fn is_named_by(self, tag: &str) -> bool {
        tag.split('-').next().is_some_and(|primary| primary.eq_ignore_ascii_case(self.as_str()))
    }
}

/// `ru-KZ;q=0.8` as its tag and its weight in thousandths; `None` if the weight is not one.
fn weighed_range(range: &str) -> Option<(&str, i32)> {
    let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
    let parameters = parameters.trim();
    let weight = match parameters.split_once('=') {
        None if parameters.is_empty() => 1000,
        Some((name, value)) if name.trim().eq_ignore_ascii_case("q") => thousandths(value.trim())?,
        _ => return None,
    };
    Some((tag.trim(), weight))
}

/// A weight from `0` to `1` with at most three decimals, in thousandths: no float is needed to
/// compare them.
fn thousandths(text: &str) -> Option<i32> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if !matches!(whole, "0" | "1") || decimals.len() > 3 || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let weight: i32 = format!("{whole}{decimals:0<3}").parse().ok()?;
    (weight <= 1000).then_some(weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_weight_wins_whatever_the_order() {
        let chosen = Language::from_accept_language("en;q=0.5, kk-KZ;q=0.7, ru;q=0.9");
        assert_eq!(chosen, Some(Language::Ru));
    }

    #[test]
    fn among_equal_weights_the_earlier_wins() {
        assert_eq!(Language::from_accept_language("ru, kk"), Some(Language::Ru));
        assert_eq!(Language::from_accept_language("EN-gb,ru-KZ,kk"), Some(Language::En));
    }

    #[test]
    fn a_language_of_weight_nought_is_never_chosen() {
        assert_eq!(Language::from_accept_language("ru;q=0, en;q=0.001"), Some(Language::En));
        assert_eq!(Language::from_accept_language("*, kk;q=0, ru;q=0"), Some(Language::En));
    }

    #[test]
    fn a_wildcard_alone_means_kazakh() {
        assert_eq!(Language::from_accept_language("de, *;q=0.1"), Some(Language::Kk));
    }

    #[test]
    fn a_header_that_accepts_none_of_the_three_chooses_none() {
        for header in ["", "de", "russian", "ru;q=2", "ru;q=x", "ru;level=1", ",,;", "en;q=1.001", "*;q=0"] {
            assert_eq!(Language::from_accept_language(header), None, "{header:?}");
        }
    }

    #[test]
    fn a_language_is_read_only_as_it_is_written() {
        for language in Language::ALL {
            assert_eq!(Language::parse(language.as_str()), Some(language));
            let json = format!("\"{}\"", language.as_str());
            assert_eq!(serde_json::to_string(&language).ok(), Some(json));
        }
        for text in ["KK", "kz", "ru-KZ", "", " en"] {
            assert_eq!(Language::parse(text), None, "{text:?}");
        }
    }
}
