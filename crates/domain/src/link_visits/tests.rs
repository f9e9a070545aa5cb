//! The judgement held against known fetchers and against browsers of people (R96).

use super::*;
use proptest::prelude::*;

const FETCHERS: &str = include_str!("fetchers.txt");
const BROWSERS: &str = include_str!("browsers.txt");

/// A telephone of today.
const TELEPHONE: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36";

fn lines(corpus: &'static str) -> impl Iterator<Item = &'static str> {
    corpus.lines().filter(|line| !line.starts_with('#'))
}

/// What a browser of today sends with what it calls itself.
fn opened_by(user_agent: &str) -> Asked<'_> {
    Asked { fetch_mode: Some("navigate"), fetch_dest: Some("document"), ..opened_by_old(user_agent) }
}

/// What one sends that is too old to tell of its fetches.
fn opened_by_old(user_agent: &str) -> Asked<'_> {
    Asked {
        method: "GET",
        over_tls: true,
        user_agent: Some(user_agent),
        accept: Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        accept_language: Some("ru-RU,ru;q=0.9,kk;q=0.8"),
        ..Asked::default()
    }
}

/// R96: at worst, when they send all that a browser sends, fewer than 2 of 100 known fetchers pass for people.
#[test]
fn known_fetchers_are_no_visits_even_with_all_marks_of_a_browser() {
    let fetchers: Vec<&str> = lines(FETCHERS).collect();
    assert!(fetchers.len() > 400, "{}", fetchers.len());
    for asked in [opened_by, opened_by_old] {
        let people: Vec<_> =
            fetchers.iter().filter(|agent| judge(&asked(agent)) == Visitor::Person).collect();
        assert!(
            people.len() * 100 < fetchers.len() * 2,
            "{} of {}: {people:#?}",
            people.len(),
            fetchers.len()
        );
    }
}

/// R96: those that open links in the messages of our recipients are known without exception.
#[test]
fn what_opens_links_in_messages_is_always_a_preview() {
    for agent in lines(FETCHERS).take(24) {
        assert_eq!(judge(&opened_by(agent)), Visitor::Preview, "{agent}");
    }
}

/// R96: a visit that was one is counted, whatever the telephone.
#[test]
fn people_are_visits_with_every_browser() {
    for line in lines(BROWSERS) {
        let (kind, agent) = line.split_once(' ').expect("a kind and a browser");
        let asked = if kind == "tells" { opened_by(agent) } else { opened_by_old(agent) };
        assert_eq!(judge(&asked), Visitor::Person, "{line}");
        assert_eq!(judge(&Asked { over_tls: false, ..opened_by_old(agent) }), Visitor::Person, "{line}");
    }
}

/// R96: a name alone makes no browser, be it the best.
#[test]
fn a_request_without_a_browsers_marks_is_no_visit() {
    let whole = opened_by(TELEPHONE);
    assert_eq!(judge(&whole), Visitor::Person);
    for bare in [
        Asked { method: "GET", over_tls: true, user_agent: Some(TELEPHONE), ..Asked::default() },
        Asked { accept: None, ..whole },
        Asked { accept: Some("*/*"), ..whole },
        Asked { accept: Some("image/avif,image/webp"), ..whole },
        Asked { accept_language: None, ..whole },
        Asked { accept_language: Some(" "), ..whole },
        Asked { fetch_mode: None, fetch_dest: None, ..whole },
        Asked { fetch_mode: Some("cors"), fetch_dest: Some("empty"), ..whole },
        Asked { fetch_mode: Some("no-cors"), fetch_dest: Some("image"), ..whole },
        Asked { fetch_dest: Some("iframe"), ..whole },
        Asked { fetch_dest: None, ..whole },
        Asked { user_agent: None, ..whole },
        Asked { user_agent: Some(""), ..whole },
        Asked { user_agent: Some("Mozilla/5.0"), ..whole },
        Asked { user_agent: Some("Mozilla/5.0 (Windows NT 10.0; Win64; x64)"), ..whole },
    ] {
        assert_eq!(judge(&bare), Visitor::Unknown, "{bare:?}");
    }
    for line in lines(BROWSERS).filter_map(|line| line.strip_prefix("tells ")) {
        assert_eq!(judge(&opened_by_old(line)), Visitor::Unknown, "one of today without its marks: {line}");
    }
}

/// R96: nobody has seen yet what a browser fetches ahead, nor what a `HEAD` is answered.
#[test]
fn what_is_fetched_ahead_and_what_is_no_get_is_a_preview() {
    let whole = opened_by(TELEPHONE);
    for purpose in ["prefetch", "prefetch;prerender", "Prefetch;anonymous-client-ip", "preview"] {
        assert_eq!(judge(&Asked { purpose: Some(purpose), ..whole }), Visitor::Preview, "{purpose}");
    }
    for method in ["HEAD", "OPTIONS", "POST", ""] {
        assert_eq!(judge(&Asked { method, ..whole }), Visitor::Preview, "{method}");
    }
}

#[test]
fn a_judgement_is_stored_and_read_back() {
    for visitor in Visitor::ALL {
        assert_eq!(Visitor::parse(visitor.as_str()), Some(visitor));
    }
    assert_eq!(Visitor::parse("people"), None);
}

proptest! {
    /// Whatever is sent, only what has every mark of a browser is a visit.
    #[test]
    fn only_whole_requests_are_visits(
        agent in "\\PC{0,60}",
        accept in "\\PC{0,20}",
        language in proptest::option::of("\\PC{0,8}"),
        mode in proptest::option::of("navigate|cors|"),
    ) {
        let asked = Asked {
            accept: Some(&accept),
            accept_language: language.as_deref(),
            fetch_mode: mode.as_deref(),
            ..opened_by(&agent)
        };
        if judge(&asked) == Visitor::Person {
            prop_assert!(accept.contains("text/html") && language.is_some() && mode.as_deref() == Some("navigate"));
        }
    }
}
