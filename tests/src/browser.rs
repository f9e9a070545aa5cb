//! A person at the pages: opens them, reads, clicks with the mouse, types and picks files.
//!
//! Controls are found by the words that a person sees, in a language's own file, and a click lands
//! where the mouse would: what is covered, hidden or off the page cannot be clicked.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::answer::Fields;
use crate::devtools::DevTools;
use crate::platform::{Platform, workspace};

/// Given to every page: how a person finds things on it.
const FINDING: &str = include_str!("browser.js");

/// One window of a browser that nobody has used before.
pub struct Browser<'a> {
    platform: &'a Platform,
    devtools: DevTools,
    session: String,
    context: String,
    words: Value,
}

impl<'a> Browser<'a> {
    /// A window of an ordinary desktop. `language` names the file of the words that are looked for.
    pub fn start(platform: &'a Platform, language: &str) -> Self {
        let devtools = DevTools::start();
        let (session, context) = devtools.new_page();
        let words = words(language);
        let browser = Self { platform, devtools, session, context, words };
        for domain in ["Page", "Runtime", "Log", "Network", "Audits", "DOM"] {
            browser.ask(&format!("{domain}.enable"), &json!({}));
        }
        browser.ask("Page.addScriptToEvaluateOnNewDocument", &json!({"source": FINDING}));
        browser.widen_to(1280);
        browser
    }

    /// Makes the window as wide as a desktop's or a telephone's, in pixels.
    pub fn widen_to(&self, width_px: u32) {
        let screen =
            json!({"width": width_px, "height": 900, "deviceScaleFactor": 1, "mobile": width_px < 600});
        self.ask("Emulation.setDeviceMetricsOverride", &screen);
    }

    /// The words of a key of `static/languages`.
    pub fn word(&self, key: &str) -> String {
        let word = self.words.get(key).and_then(Value::as_str);
        word.unwrap_or_else(|| panic!("there are no words for {key}")).to_owned()
    }

    /// Goes to a page of the site and waits until it is there.
    pub fn open(&self, path: &str) {
        let url = format!("{}{path}", self.platform.base());
        self.ask("Page.navigate", &json!({"url": url}));
        let wanted = json!(path);
        self.wait(&format!(
            "document.readyState === 'complete' && location.href.endsWith({wanted}) && document.querySelector('h1')"
        ));
    }

    /// Loads the page anew.
    pub fn reload(&self) {
        self.value("window.isOld = true");
        self.ask("Page.reload", &json!({}));
        self.wait("!window.isOld && document.readyState === 'complete'");
    }

    /// Clicks the button or link with the words of this key, once it can be clicked.
    #[track_caller]
    pub fn click(&self, key: &str) {
        self.click_at(&format!("person.control({})", json!(self.word(key))));
    }

    /// Clicks a checkbox.
    #[track_caller]
    pub fn tick(&self, field: &str) {
        self.click_at(&format!("person.field({})", json!(field)));
    }

    /// Types into a field in place of what stands there.
    #[track_caller]
    pub fn fill(&self, field: &str, text: &str) {
        self.click_at(&format!("person.field({})", json!(field)));
        self.value("document.activeElement.select()");
        self.ask("Input.insertText", &json!({"text": text}));
    }

    /// Picks a file with a name and a content in a file field.
    #[track_caller]
    pub fn choose_file(&self, field: &str, name: &str, content: impl AsRef<[u8]>) {
        let path = self.devtools.folder.join(name);
        std::fs::write(&path, content).expect("a file to pick");
        let expression = format!("person.field({})", json!(field));
        self.wait(&expression);
        let object =
            self.ask("Runtime.evaluate", &json!({"expression": expression})).text("/result/objectId");
        let files = json!({"objectId": object, "files": [path.to_string_lossy()]});
        self.ask("DOM.setFileInputFiles", &files);
    }

    /// Chooses from a list.
    #[track_caller]
    pub fn choose(&self, field: &str, value: &str) {
        let (field, value) = (json!(field), json!(value));
        self.wait(&format!(
            "(() => {{ const list = person.field({field}); list.value = {value}; \
             list.dispatchEvent(new Event('change', {{bubbles: true}})); return list.value === {value}; }})()"
        ));
    }

    /// Waits until these words stand on the page where a person can read them.
    #[track_caller]
    pub fn see(&self, words: &str) {
        self.wait(&format!("person.text().includes({})", json!(words)));
    }

    /// Waits until the words of a key stand on the page.
    #[track_caller]
    pub fn see_word(&self, key: &str) {
        self.see(&self.word(key));
    }

    /// Waits until a complaint stands beside a field and nowhere else; the field has the focus and says
    /// that it is wrong to those who cannot see. Answers the complaint.
    #[track_caller]
    pub fn complaint_beside(&self, field: &str) -> String {
        let complaint = self.wait(&format!("person.complaintBeside({})", json!(field)));
        complaint.as_str().expect("a complaint is a text").to_owned()
    }

    /// What an expression gives, once it gives something.
    #[track_caller]
    pub fn wait(&self, expression: &str) -> Value {
        let asked = json!({
            "expression": format!(
                "new Promise((done, fail) => {{ const until = Date.now() + 15000; const look = () => {{ \
                 let found; try {{ found = {expression}; }} catch (error) {{ found = null; }} \
                 if (found) return done(found === true || typeof found === 'string' || Array.isArray(found) ? found : true); \
                 if (Date.now() > until) return fail(new Error(location.href + ' shows: ' + document.body.innerText)); \
                 setTimeout(look, 20); }}; look(); }})"
            ),
            "awaitPromise": true,
            "returnByValue": true,
        });
        // A page that is left takes the question with it; it is asked again on the next one.
        for _ in 0..50 {
            match self.devtools.try_ask(Some(&self.session), "Runtime.evaluate", &asked) {
                Ok(answer) => {
                    let failure = answer.pointer("/exceptionDetails/exception/description");
                    assert!(failure.is_none(), "waited for {expression}\n{}", failure.unwrap_or_default());
                    return answer["result"]["value"].clone();
                }
                Err(error) if left(&error) => {}
                Err(error) => panic!("{expression}: {error}"),
            }
        }
        panic!("{expression}: the page changes again and again")
    }

    /// Clicks a button that saves a file, and answers what was saved.
    pub fn download(&self, key: &str) -> String {
        let folder = self.devtools.folder.join("downloads");
        let behaviour = json!({
            "behavior": "allowAndName",
            "downloadPath": folder.to_string_lossy(),
            "browserContextId": self.context,
            "eventsEnabled": true,
        });
        self.devtools.ask(None, "Browser.setDownloadBehavior", &behaviour);
        self.click(key);
        let done = self.devtools.wait_for("Browser.downloadProgress", |event| event["state"] == "completed");
        std::fs::read_to_string(folder.join(done.text("/guid"))).expect("the file that was saved")
    }

    /// The names of the cookies that the browser keeps, for any host.
    pub fn cookies(&self) -> BTreeSet<String> {
        let context = json!({"browserContextId": self.context});
        let cookies = self.devtools.ask(None, "Storage.getCookies", &context);
        cookies.list("/cookies").iter().map(|cookie| cookie.text("/name")).collect()
    }

    /// The names of all else that the page keeps: storages, databases, caches, workers.
    pub fn kept(&self) -> Value {
        let asked = json!({"expression": "person.kept()", "awaitPromise": true, "returnByValue": true});
        self.ask("Runtime.evaluate", &asked)["result"]["value"].clone()
    }

    /// The hosts that were asked for anything, since the window was opened.
    pub fn hosts_asked(&self) -> BTreeSet<String> {
        self.value("1");
        let requests = self.devtools.told("Network.requestWillBeSent");
        let asked = requests.iter().map(|request| request.text("/request/url"));
        let sockets = self.devtools.told("Network.webSocketCreated");
        let asked = asked.chain(sockets.iter().map(|socket| socket.text("/url")));
        asked.filter_map(|url| host_of(&url)).collect()
    }

    /// What the browser holds against the pages: breaches of the security policy, and errors that no
    /// script caught.
    pub fn faults(&self) -> Vec<String> {
        self.value("1");
        let issues = self.devtools.told("Audits.issueAdded").into_iter();
        let breaches = issues.filter(|event| event["issue"]["code"] == "ContentSecurityPolicyIssue");
        let entries = self.devtools.told("Log.entryAdded").into_iter();
        let entries = entries.filter(|event| event["entry"]["source"] == "security");
        let errors = self.devtools.told("Runtime.exceptionThrown").into_iter();
        breaches.chain(entries).chain(errors).map(|event| event.to_string()).collect()
    }

    /// By how many pixels the page is wider than its window.
    pub fn overflow_px(&self) -> i64 {
        let expression = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
        self.value(expression).as_i64().expect("a width is a whole number")
    }

    /// What an expression gives now.
    pub fn value(&self, expression: &str) -> Value {
        let asked = json!({"expression": expression, "returnByValue": true});
        self.ask("Runtime.evaluate", &asked)["result"]["value"].clone()
    }

    /// Presses the mouse in the middle of what an expression finds, once nothing lies over it.
    #[track_caller]
    fn click_at(&self, expression: &str) {
        let middle = self.wait(&format!("person.middle({expression})"));
        for kind in ["mousePressed", "mouseReleased"] {
            let event =
                json!({"type": kind, "x": middle[0], "y": middle[1], "button": "left", "clickCount": 1});
            self.ask("Input.dispatchMouseEvent", &event);
        }
    }

    fn ask(&self, method: &str, parameters: &Value) -> Value {
        self.devtools.ask(Some(&self.session), method, parameters)
    }
}

/// Whether Chromium says that the page is no longer there.
fn left(error: &str) -> bool {
    ["context", "navigated", "collected"].iter().any(|word| error.contains(word))
}

/// `http://127.0.0.1:3000/x` → `127.0.0.1:3000`; what a page carries in itself has no host.
fn host_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once(':')?;
    if ["data", "blob", "about"].contains(&scheme) {
        return None;
    }
    rest.trim_start_matches('/').split('/').next().map(str::to_owned)
}

fn words(language: &str) -> Value {
    let path = workspace().join(format!("static/languages/{language}.json"));
    let text = std::fs::read_to_string(path).expect("a language's words");
    serde_json::from_str(&text).expect("they are JSON")
}
