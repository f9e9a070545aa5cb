//! Which of the three languages a visitor reads: the path says it; without one, the question mark, the
//! remembered choice and the browser are asked in that order (R165).

use domain::language::Language;

/// The first segment of a page's path. The offer's own addresses say `kz`, not `kk` (R24, R25).
pub const fn segment(language: Language) -> &'static str {
    match language {
        Language::Kk => "kz",
        Language::Ru => "ru",
        Language::En => "en",
    }
}

/// Reads a path segment or a language tag such as `kk-KZ`; `kz` and `kk` both mean Kazakh.
pub fn of_tag(tag: &str) -> Option<Language> {
    let primary = tag.split(['-', '_']).next()?.to_ascii_lowercase();
    if primary == "kz" { Some(Language::Kk) } else { Language::parse(&primary) }
}

/// The language for a path without one. `cookie` is the whole `Cookie` header; the `language` cookie in it
/// exists only after consent to functional cookies (R165, R168).
pub fn choose(query: Option<&str>, cookie: Option<&str>, accept_language: Option<&str>) -> Language {
    query
        .and_then(|query| value_of(query, '&', "language"))
        .and_then(of_tag)
        .or_else(|| cookie.and_then(|cookie| value_of(cookie, ';', "language")).and_then(of_tag))
        .or_else(|| accept_language.and_then(Language::from_accept_language))
        .unwrap_or_default()
}

/// The value of `name` in a list such as `a=1; language=ru`.
fn value_of<'a>(list: &'a str, separator: char, name: &str) -> Option<&'a str> {
    list.split(separator)
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use domain::language::Language;

    use super::choose;

    #[test]
    fn the_browser_that_weighs_russian_highest_gets_russian() {
        assert_eq!(choose(None, None, Some("de, en;q=0.5, ru-KZ;q=0.9")), Language::Ru);
    }

    #[test]
    fn a_language_that_the_browser_refuses_is_not_chosen() {
        assert_eq!(choose(None, None, Some("kk;q=0, en;q=0.1")), Language::En);
    }

    #[test]
    fn a_remembered_choice_is_stronger_than_the_browser() {
        let cookie = Some("session=x; language=en");
        assert_eq!(choose(None, cookie, Some("ru")), Language::En);
    }

    #[test]
    fn the_query_is_stronger_than_the_remembered_choice() {
        assert_eq!(choose(Some("a=1&language=kk"), Some("language=en"), None), Language::Kk);
    }

    #[test]
    fn kazakh_is_spoken_when_nothing_tells() {
        assert_eq!(choose(None, None, None), Language::Kk);
        assert_eq!(choose(Some("language=xx"), Some("language="), Some("de;q=oops")), Language::Kk);
    }
}
