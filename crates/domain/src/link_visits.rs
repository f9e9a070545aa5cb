//! Who asks for a short link: a person, somebody who previews or checks links for others, or nobody knows (R96).
//!
//! Messengers, mail and antivirus programs open every link that they see, and counted as visits they make a business
//! believe in clients that never came. So a person is who shows all the marks of a browser that opens a page, and no
//! sign of a program: only they feed a score. A real browser that a scanner drives and that says nothing of it is
//! taken for a person; a person whose browser hides what it is, is not counted. What is looked at is forgotten: an
//! answer of this is all that is kept.

/// What a request says of who asks; each as it came, `None` where it is missing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// `GET`, `HEAD` …
    pub method: &'a str,
    /// Whether the address was one of TLS: browsers tell of their fetches on such alone.
    pub over_tls: bool,
    /// `user-agent`
    pub user_agent: Option<&'a str>,
    /// `accept`
    pub accept: Option<&'a str>,
    /// `accept-language`
    pub accept_language: Option<&'a str>,
    /// `sec-fetch-mode`
    pub fetch_mode: Option<&'a str>,
    /// `sec-fetch-dest`
    pub fetch_dest: Option<&'a str>,
    /// `sec-purpose`, or what was before it: `purpose`, `x-purpose`, `x-moz`.
    pub purpose: Option<&'a str>,
}

/// The headers by which a browser says that it fetches ahead of its person.
pub const PURPOSE_HEADERS: [&str; 4] = ["sec-purpose", "purpose", "x-purpose", "x-moz"];

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Visitor {
    /// A program that previews, checks or collects links, and shows it.
    Preview,
    /// Nobody can tell.
    Unknown,
    /// A person with a browser.
    Person,
}

impl Visitor {
    /// Each of them; a later one tells more.
    pub const ALL: [Self; 3] = [Self::Preview, Self::Unknown, Self::Person];

    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Unknown => "unknown",
            Self::Person => "person",
        }
    }

    /// From its stored form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|visitor| visitor.as_str() == text)
    }
}

/// What programs call themselves that open links for others, in lower case; most of them are common words, since new
/// ones come every week. `cubot` is a make of telephones.
const PROGRAMS: [&str; 48] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "preview",
    "fetch",
    "scan",
    "monitor",
    "synthetic",
    "inspect",
    "verif",
    "check",
    "agent",
    "proxy",
    "security",
    "virus",
    "embed",
    "headless",
    "phantom",
    "lighthouse",
    "playwright",
    "selenium",
    "puppeteer",
    "electron/",
    "python",
    "curl/",
    "wget",
    "java/",
    "okhttp",
    "go-http",
    "axios",
    "libwww",
    "dalvik",
    "cfnetwork",
    "externalhit",
    "whatsapp",
    "viber",
    "vkshare",
    "skype",
    "slack",
    "discord",
    "google-",
    "-google",
    "google favicon",
    "google)", // Who gives an address where to read about them is no person.
    "://",
    "www.",
    ".com",
];
/// Nor is who says that they are like a browser, unless it is an old one of Microsoft's.
const LIKE_A_BROWSER: &str = "compatible;";
const NOT_PROGRAMS: [&str; 2] = ["cubot", "compatible; msie"];

/// What stands where in the name of a browser, in lower case. A program that drives one puts its own name in between.
const BEGINS: &str = "mozilla/5.0 (";
const SYSTEMS: [&str; 13] = [
    "android",
    "bb10",
    "compatible; msie",
    "ipad",
    "iphone",
    "ipod",
    "linux",
    "macintosh",
    "maemo",
    "mobile",
    "tizen",
    "windows",
    "x11",
];
const ENGINES: [&str; 3] = ["applewebkit/", "gecko/", "trident/"];
/// What stands behind the engine that most browsers have.
const KHTML: &str = " (khtml";
const LIKE_GECKO: [&str; 2] = [" (khtml, like gecko)", " (khtml like gecko)"];
/// One that has not changed its name since before the others had theirs.
const OPERA: (&str, &str) = ("opera/", "presto/");

/// No browser says more of itself.
const USER_AGENT_BYTES_MAX: usize = 1_000;

/// From which version on a browser says with every request what it is for, by what stands before the version.
const TELLS_OF_FETCHES: [(&str, (u32, u32)); 4] =
    [("chrome/", (80, 0)), ("firefox/", (90, 0)), ("cpu iphone os ", (16, 4)), ("cpu os ", (16, 4))];
/// On a computer the version of Safari stands behind this, but old Android browsers have one there too.
const SAFARI_VERSION: (&str, (u32, u32)) = ("version/", (16, 4));

/// Says who asks.
pub fn judge(asked: &Asked<'_>) -> Visitor {
    let Some(user_agent) = asked.user_agent.filter(|text| text.len() <= USER_AGENT_BYTES_MAX) else {
        return Visitor::Unknown;
    };
    let user_agent = user_agent.to_ascii_lowercase();
    if asked.method != "GET" || asked.purpose.is_some_and(is_ahead) || is_program(&user_agent) {
        return Visitor::Preview;
    }
    if is_browser(&user_agent) && opens_a_page(asked, &user_agent) {
        Visitor::Person
    } else {
        Visitor::Unknown
    }
}

fn is_ahead(purpose: &str) -> bool {
    ["prefetch", "prerender", "preview"].iter().any(|word| purpose.to_ascii_lowercase().contains(word))
}

fn is_program(user_agent: &str) -> bool {
    let text = NOT_PROGRAMS.iter().fold(user_agent.to_owned(), |text, word| text.replace(word, ""));
    text.contains(LIKE_A_BROWSER) || PROGRAMS.iter().any(|word| text.contains(word))
}

fn is_browser(user_agent: &str) -> bool {
    if user_agent.starts_with(OPERA.0) {
        return user_agent.contains(OPERA.1);
    }
    let Some(system) = user_agent.strip_prefix(BEGINS) else { return false };
    let is_whole = !user_agent.contains(KHTML) || LIKE_GECKO.iter().any(|whole| user_agent.contains(whole));
    // Behind the system nothing is parted by a semicolon, except in brackets.
    let is_split = user_agent
        .split_once(" safari/")
        .is_some_and(|(_, last)| last.find(';').is_some_and(|at| !last.split_at(at).0.contains(['(', '['])));
    SYSTEMS.iter().any(|name| system.starts_with(name))
        && ENGINES.iter().any(|engine| system.contains(engine))
        && is_whole
        && !is_split
}

/// Whether the request has what every browser sends that opens a page for somebody.
fn opens_a_page(asked: &Asked<'_>, user_agent: &str) -> bool {
    let wants_page = asked.accept.is_some_and(|accept| accept.to_ascii_lowercase().contains("text/html"));
    let reads = asked.accept_language.is_some_and(|languages| !languages.trim().is_empty());
    let navigates = match (asked.fetch_mode, asked.fetch_dest) {
        (None, None) => !(asked.over_tls && tells_of_fetches(user_agent)),
        (mode, dest) => mode == Some("navigate") && dest == Some("document"),
    };
    wants_page && reads && navigates
}

/// Whether a browser is so new that it says with every request what it is for.
fn tells_of_fetches(user_agent: &str) -> bool {
    let is_since = |(name, since): (&str, (u32, u32))| {
        user_agent.split_once(name).is_some_and(|(_, behind)| version(behind) >= since)
    };
    let is_safari = user_agent.contains("macintosh") && user_agent.contains("safari/");
    TELLS_OF_FETCHES.into_iter().any(is_since) || (is_safari && is_since(SAFARI_VERSION))
}

/// The first two numbers of a version, parted by a point or, as Apple's systems have it, by a line.
fn version(text: &str) -> (u32, u32) {
    let mut numbers = text.split(['.', '_']).map(|part| {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        part.get(..digits).and_then(|digits| digits.parse().ok()).unwrap_or(0)
    });
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

#[cfg(test)]
#[path = "link_visits/tests.rs"]
mod tests;
