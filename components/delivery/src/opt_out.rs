//! The page behind the link in a message: one button, which refuses further messages (R65, R66, R69).
//!
//! It stands beside the operators' reports because it is an answer to a message too: it needs the message
//! and its sender's blacklist, no session, and none of the code that reads what people type as a number.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use domain::language::Language;
use edge::{Answer, Call, Problem, Result, page};
use serde_json::{Map, Value};
use store::OptOutLinks;

/// Refusals of one network in a minute: many telephones share an address.
const REFUSALS_PER_MINUTE: u32 = api::opt_out::REFUSALS_PER_MINUTE;

/// `GET /o/{token}`: asks. It changes nothing and looks nothing up, because whoever previews links in
/// messages asks for it too.
pub async fn show(call: Call, _token: String) -> Result<Answer> {
    let language = language(&call);
    let texts = Texts::read(language)?;
    let form = format!(
        "<p>{}</p>\n<form method=\"post\"><p class=\"actions\"><button class=\"button primary\">{}</button></p></form>",
        texts.get("opt_out.text"),
        texts.get("opt_out.button")
    );
    Ok(page(200, language, whole(language, &texts, "opt_out.heading", &form)))
}

/// `POST /o/{token}`: refuses. What is in the body does not matter.
pub async fn refuse(call: Call, token: String) -> Result<Answer> {
    let language = language(&call);
    let texts = Texts::read(language)?;
    let said = |status: u16, what: &str| {
        let text = format!("<p>{}</p>", texts.get(&format!("opt_out.{what}_text")));
        Ok(page(status, language, whole(language, &texts, &format!("opt_out.{what}_heading"), &text)))
    };
    // Before anything is counted or looked up: an invented link costs no statement.
    let links = OptOutLinks::new(&call.settings.master_key().await?)?;
    if !links.may_be_ours(&token) {
        return said(404, "unknown");
    }
    let deployment = call.deployment().await?;
    if call.check_rate(&deployment, "opt_out", REFUSALS_PER_MINUTE).await.is_err() {
        return said(429, "later");
    }
    for name in deployment.cells_twice_from(links.cell_of(&token)) {
        let cell = deployment.cell(name).await?;
        if cell.take_opt_out_link(&token, deployment.now()).await? {
            return said(200, "done");
        }
    }
    said(404, "unknown")
}

/// What the person picked on the page, or else what their browser asks for.
fn language(call: &Call) -> Language {
    let picked = call.query("language").and_then(|picked| Language::parse(&picked));
    picked.unwrap_or_else(|| call.language())
}

thread_local! {
    // Public texts, the same for everybody: they may outlive a request.
    static TEXTS: RefCell<BTreeMap<&'static str, Rc<Texts>>> = const { RefCell::new(BTreeMap::new()) };
}

/// The texts of one language. They are ours and hold no markup.
struct Texts(Map<String, Value>);

impl Texts {
    fn read(language: Language) -> Result<Rc<Self>> {
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
    fn get<'t>(&'t self, key: &'t str) -> &'t str {
        self.0.get(key).and_then(Value::as_str).unwrap_or(key)
    }
}

fn whole(language: Language, texts: &Texts, heading: &str, content: &str) -> String {
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
        title = texts.get("opt_out.page_title"),
        heading = texts.get(heading),
        others = others.join(" · "),
    )
}
