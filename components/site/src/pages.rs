//! A page put together: the common frame, the page's own part, and the texts of one language.
//!
//! A frame holds `{{key}}` for a text (escaped) and `{{@name}}` for a part given by the code.

use crate::routing::Page;
use domain::language::Language;

use crate::language::segment;
use serde_json::{Map, Value};

/// Reads a file by its path under `static/`.
pub type Read<'a> = &'a dyn Fn(&str) -> Option<Vec<u8>>;

/// The page as HTML, or `None` when one of its three files is missing or is not what it should be.
pub fn render(page: Page, language: Language, rest: &str, read: Read<'_>) -> Option<String> {
    let frame = text(read, "pages/frame.html")?;
    let inner = text(read, &format!("pages/{}.html", page.name()))?;
    let texts: Map<String, Value> =
        serde_json::from_slice(&read(&format!("languages/{}.json", language.as_str()))?).ok()?;

    // A page that does not exist has no address in the other languages either.
    let rest = if page == Page::NotFound { "/" } else { rest };
    let name = page.name();
    let given = |part: &str| -> Option<String> {
        Some(match part {
            "language" => language.as_str().to_owned(),
            "root" => format!("/{}", segment(language)),
            "rest" => escape(rest),
            "page" => name.to_owned(),
            "current-kk" => current(language, Language::Kk),
            "current-ru" => current(language, Language::Ru),
            "current-en" => current(language, Language::En),
            "title" => escape(texts.get(&format!("{name}.page_title"))?.as_str()?),
            "description" => escape(texts.get(&format!("{name}.page_description"))?.as_str()?),
            _ => return None,
        })
    };
    let fill = |template: &str| {
        fill(template, &|key| match key.strip_prefix('@') {
            Some(part) => given(part),
            None => texts.get(key).and_then(Value::as_str).map(escape),
        })
    };
    let content = fill(&inner);
    Some(fill(&frame).replacen("{{@content}}", &content, 1))
}

fn current(shown: Language, link: Language) -> String {
    if shown == link { "aria-current=\"true\"".to_owned() } else { String::new() }
}

fn text(read: Read<'_>, path: &str) -> Option<String> {
    String::from_utf8(read(path)?).ok()
}

/// Replaces each `{{key}}` for which `value` has something; others stay as they are, so that a missing
/// text is seen and not silently empty.
fn fill(template: &str, value: &dyn Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(template.len() * 2);
    let mut left = template;
    while let Some(start) = left.find("{{") {
        let Some(length) = left[start..].find("}}") else { break };
        let key = &left[start + 2..start + length];
        filled.push_str(&left[..start]);
        match value(key) {
            Some(value) => filled.push_str(&value),
            None => filled.push_str(&left[start..start + length + 2]),
        }
        left = &left[start + length + 2..];
    }
    filled.push_str(left);
    filled
}

/// Makes a text safe in HTML, inside elements and quoted attributes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{escape, render};
    use crate::routing::Page;
    use domain::language::Language;
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../static")
    }

    fn read(path: &str) -> Option<Vec<u8>> {
        std::fs::read(folder().join(path)).ok()
    }

    fn texts(language: Language) -> BTreeMap<String, String> {
        let bytes = read(&format!("languages/{}.json", language.as_str())).expect("the language's file");
        serde_json::from_slice(&bytes).expect("a flat object of strings")
    }

    fn every_page() -> impl Iterator<Item = (Page, Language, String)> {
        Page::ALL.into_iter().flat_map(|page| {
            Language::ALL.into_iter().map(move |language| {
                let html = render(page, language, "/", &read).expect("the page is put together");
                (page, language, html)
            })
        })
    }

    /// Files with an ending anywhere below a folder of `static/`.
    fn files(below: &Path, ending: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(below).expect("the folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                found.extend(files(&path, ending));
            } else if path.extension().is_some_and(|e| e == ending) {
                found.push(path);
            }
        }
        found
    }

    /// The names in `{…}` of a text.
    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn the_three_languages_have_the_same_texts() {
        let kazakh: BTreeSet<_> = texts(Language::Kk).into_keys().collect();
        for language in [Language::Ru, Language::En] {
            let other: BTreeSet<_> = texts(language).into_keys().collect();
            let differing: Vec<_> = kazakh.symmetric_difference(&other).collect();
            assert!(differing.is_empty(), "{} differs from kk in {differing:?}", language.as_str());
        }
    }

    #[test]
    fn no_text_is_empty_in_any_language() {
        for language in Language::ALL {
            for (key, text) in texts(language) {
                assert!(!text.trim().is_empty(), "{key} is empty in {}", language.as_str());
            }
        }
    }

    #[test]
    fn a_text_has_the_same_gaps_in_the_three_languages() {
        let kazakh = texts(Language::Kk);
        for language in [Language::Ru, Language::En] {
            for (key, text) in texts(language) {
                assert_eq!(placeholders(&kazakh[&key]), placeholders(&text), "{key}");
            }
        }
    }

    #[test]
    fn every_text_that_a_script_names_exists() {
        let known = texts(Language::Kk);
        let mut missing = Vec::new();
        for path in files(&folder().join("scripts"), "js") {
            let script = std::fs::read_to_string(&path).expect("a script");
            for (at, call) in script.match_indices("t(\"") {
                // `get("…` and the like end in the same letters.
                if script[..at].ends_with(|before: char| before.is_ascii_alphanumeric()) {
                    continue;
                }
                let key = script[at + call.len()..].split('"').next().unwrap_or_default();
                if !known.contains_key(key) {
                    missing.push(format!("{key} in {}", path.display()));
                }
            }
        }
        assert!(missing.is_empty(), "{missing:#?}");
    }

    #[test]
    fn no_gap_is_left_in_any_page() {
        for (page, language, html) in every_page() {
            let gap = html.find("{{").map(|at| html[at..].chars().take(60).collect::<String>());
            assert_eq!(gap, None, "{} in {}", page.name(), language.as_str());
        }
    }

    #[test]
    fn each_page_says_its_language() {
        for (_, language, html) in every_page() {
            assert!(html.contains(&format!("<html lang=\"{}\"", language.as_str())));
        }
    }

    #[test]
    fn pages_hold_no_inline_script_style_or_handler() {
        for (page, _, html) in every_page() {
            assert!(!html.contains("<style"), "{}", page.name());
            assert!(!html.contains(" style="), "{}", page.name());
            let handler = html.split(" on").skip(1).find(|rest| {
                rest.trim_start_matches(|letter: char| letter.is_ascii_alphabetic()).starts_with('=')
            });
            assert_eq!(handler, None, "{}", page.name());
            for script in html.split("<script").skip(1) {
                assert!(script.contains(" src=\"/scripts/"), "{}", page.name());
            }
        }
    }

    #[test]
    fn pages_and_scripts_ask_no_other_host_r169() {
        let mut sources: Vec<String> = every_page().map(|(_, _, html)| html).collect();
        for (folder_name, ending) in [("scripts", "js"), ("styles", "css")] {
            for path in files(&folder().join(folder_name), ending) {
                sources.push(std::fs::read_to_string(path).expect("a source"));
            }
        }
        for source in sources {
            for call in [
                "src=\"http",
                "src=\"//",
                "fetch(\"http",
                "url(http",
                "url(\"http",
                "@import",
                "import(\"http",
            ] {
                assert!(!source.contains(call), "{call}");
            }
        }
    }

    #[test]
    fn every_script_that_a_page_names_exists() {
        for page in Page::ALL {
            assert!(read(&format!("scripts/{}.js", page.name())).is_some(), "{}", page.name());
        }
    }

    #[test]
    fn a_text_cannot_become_markup() {
        assert_eq!(escape("<b a=\"1\" b='2'>&"), "&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;");
    }

    #[test]
    fn a_page_whose_files_are_missing_is_not_put_together() {
        assert_eq!(render(Page::Front, Language::En, "/", &|_| None), None);
    }
}
