//! Pages for the people who get messages: plain, in three languages, without a script.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use domain::language::Language;
use edge::{Problem, Result};
use serde_json::{Map, Value};

thread_local! {
    // Public texts, the same for everybody: they may outlive a request.
    static TEXTS: RefCell<BTreeMap<&'static str, Rc<Texts>>> = const { RefCell::new(BTreeMap::new()) };
}

/// The texts of one language. They are ours and hold no markup.
pub struct Texts(Map<String, Value>);

impl Texts {
    /// From the files of the site.
    pub fn read(language: Language) -> Result<Rc<Self>> {
        if let Some(texts) = TEXTS.with_borrow(|texts| texts.get(language.as_str()).cloned()) {
            return Ok(texts);
        }
        let path = format!("/languages/{}.json", language.as_str());
        let json = std::fs::read_to_string(&path).map_err(|error| Problem::internal(&path, &error))?;
        let texts =
            serde_json::from_str(&json).map(Self).map_err(|error| Problem::internal(&path, &error))?;
        let texts = Rc::new(texts);
        TEXTS.with_borrow_mut(|all| all.insert(language.as_str(), Rc::clone(&texts)));
        Ok(texts)
    }

    /// A text; its key where there is none, so that it is noticed.
    pub fn get<'t>(&'t self, key: &'t str) -> &'t str {
        self.0.get(key).and_then(Value::as_str).unwrap_or(key)
    }
}

/// A whole page in a language, with the names of its title and of its heading, and links to the other languages.
pub fn whole(language: Language, texts: &Texts, (title, heading): (&str, &str), content: &str) -> String {
    let name = |language: Language| match language {
        Language::Kk => "Қазақша",
        Language::Ru => "Русский",
        Language::En => "English",
    };
    let others: Vec<String> = Language::ALL
        .into_iter()
        .filter(|other| *other != language)
        .map(|other| {
            let code = other.as_str();
            format!("<a href=\"?language={code}\" lang=\"{code}\">{}</a>", name(other))
        })
        .collect();
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"/images/icon.svg\" type=\"image/svg+xml\">\n\
         <link rel=\"stylesheet\" href=\"/styles/site.css\">\n</head>\n<body>\n<main>\n<div class=\"wide\">\n\
         <h1>{heading}</h1>\n{content}\n<p class=\"hint\">{others}</p>\n</div>\n</main>\n</body>\n</html>\n",
        language = language.as_str(),
        title = texts.get(title),
        heading = texts.get(heading),
        others = others.join(" · "),
    )
}
