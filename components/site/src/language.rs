//! Which of the three languages a visitor reads: the path says it; without one, the question mark, the
//! remembered choice and the browser are asked in that order (R165).

/// A language of the pages. Kazakh is the one used when nothing tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Kazakh,
    Russian,
    English,
}

impl Language {
    #[cfg(test)]
    pub const ALL: [Self; 3] = [Self::Kazakh, Self::Russian, Self::English];

    /// The ISO 639 code, as in `lang` attributes, file names and the HTTP interface.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Kazakh => "kk",
            Self::Russian => "ru",
            Self::English => "en",
        }
    }

    /// The first segment of a page's path. The offer's own addresses say `kz`, not `kk` (R24, R25).
    pub const fn segment(self) -> &'static str {
        match self {
            Self::Kazakh => "kz",
            Self::Russian => "ru",
            Self::English => "en",
        }
    }

    /// Reads a path segment or a language tag such as `kk-KZ`; `kz` and `kk` both mean Kazakh.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?;
        match primary.to_ascii_lowercase().as_str() {
            "kk" | "kz" => Some(Self::Kazakh),
            "ru" => Some(Self::Russian),
            "en" => Some(Self::English),
            _ => None,
        }
    }
}

/// The language for a path without one. `cookie` is the whole `Cookie` header; the `language` cookie in it
/// exists only after consent to functional cookies (R165, R168).
pub fn choose(query: Option<&str>, cookie: Option<&str>, accept_language: Option<&str>) -> Language {
    query
        .and_then(|query| value_of(query, '&', "language"))
        .and_then(Language::parse)
        .or_else(|| cookie.and_then(|cookie| value_of(cookie, ';', "language")).and_then(Language::parse))
        .or_else(|| accept_language.and_then(accepted))
        .unwrap_or(Language::Kazakh)
}

/// The value of `name` in a list such as `a=1; language=ru`.
fn value_of<'a>(list: &'a str, separator: char, name: &str) -> Option<&'a str> {
    list.split(separator)
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The known language with the highest weight; of equals the first.
fn accepted(header: &str) -> Option<Language> {
    let mut best: Option<(Language, f32)> = None;
    for range in header.split(',').take(20) {
        let mut parts = range.trim().split(';');
        let Some(language) = parts.next().and_then(Language::parse) else { continue };
        let weight = parts
            .find_map(|part| part.trim().strip_prefix("q="))
            .map_or(1.0, |weight| weight.parse::<f32>().unwrap_or(0.0));
        if weight > 0.0 && best.is_none_or(|(_, heaviest)| weight > heaviest) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

#[cfg(test)]
mod tests {
    use super::{Language, choose};

    #[test]
    fn the_browser_that_weighs_russian_highest_gets_russian() {
        assert_eq!(choose(None, None, Some("de, en;q=0.5, ru-KZ;q=0.9")), Language::Russian);
    }

    #[test]
    fn a_language_that_the_browser_refuses_is_not_chosen() {
        assert_eq!(choose(None, None, Some("kk;q=0, en;q=0.1")), Language::English);
    }

    #[test]
    fn a_remembered_choice_is_stronger_than_the_browser() {
        let cookie = Some("session=x; language=en");
        assert_eq!(choose(None, cookie, Some("ru")), Language::English);
    }

    #[test]
    fn the_query_is_stronger_than_the_remembered_choice() {
        assert_eq!(choose(Some("a=1&language=kk"), Some("language=en"), None), Language::Kazakh);
    }

    #[test]
    fn kazakh_is_spoken_when_nothing_tells() {
        assert_eq!(choose(None, None, None), Language::Kazakh);
        assert_eq!(choose(Some("language=xx"), Some("language="), Some("de;q=oops")), Language::Kazakh);
    }
}
