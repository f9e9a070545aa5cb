//! Names of columns that prove a consent (R62, R63).

use super::folded::{begins, is};

const CONSENT: &[&str] = &[
    "consent",
    "consents",
    "consented",
    "optin",
    "optedin",
    "permission",
    "согласие",
    "согласия",
    "согласий",
    "согласию",
    "согласен",
    "согласна",
    "согласны",
    "согл",
    "разрешение",
    "разрешения",
    "келісім",
    "келісімі",
    "келісімнің",
    "келісімінің",
    "келіскен",
    "рұқсат",
    "рұқсаты",
    "kelisim",
    "kelisimi",
    "kelisimnin",
    "kelisiminin",
    "ruqsat",
    "ruksat",
    "soglasie",
    "soglasiya",
];
/// What tells where a consent comes from; a consent alone only says that there is one.
const SOURCES: &[&str] = &[
    "источник",
    "источника",
    "source",
    "көзі",
    "көздері",
    "kozi",
    "istochnik",
    "откуда",
    "канал",
    "channel",
    "арнасы",
    "способ",
    "method",
    "тәсілі",
    "форма",
    "form",
    "место",
    "where",
    "қайдан",
    "origin",
    "основание",
    "негізі",
    "документ",
    "құжат",
    "document",
    "доказательство",
    "подтверждение",
    "proof",
    "evidence",
    "дәлелі",
    "url",
];
const DATES: &[&str] = &[
    "date",
    "at",
    "on",
    "time",
    "timestamp",
    "datetime",
    "when",
    "day",
    "дата",
    "датасы",
    "день",
    "время",
    "когда",
    "күні",
    "күн",
    "уақыты",
    "уақыт",
    "қашан",
    "мерзімі",
    "kuni",
    "uaqyty",
];
/// Beginnings of words by which a consent ends: such a column proves none.
const ENDS: &[&str] = &[
    "отзыв",
    "отозва",
    "отказ",
    "withdr",
    "revo",
    "unsub",
    "отмен",
    "қайтар",
    "бас",
    "окончан",
    "истеч",
    "истек",
    "expir",
    "until",
    "аяқтал",
];

/// Beginnings of words for what is decided about a person, and for that nobody but a program does it. One alone says less:
/// a consent to the automated processing of data is usual for any list, and is none to decisions.
const DECIDED: &[&str] =
    &["решени", "шешім", "sheshim", "decision", "анализ", "талдау", "analys", "analyt", "оценк", "бағалау"];
const AUTOMATED: &[&str] = &["автоматиз", "автоматич", "автоматт", "automat", "avtomat"];
/// Beginnings of words that say both.
const SCORED: &[&str] = &["скоринг", "scoring", "skoring", "профилир", "profiling"];
/// Words for a date that stand for nothing else.
const PLAIN_DATES: &[&str] =
    &["date", "timestamp", "datetime", "when", "дата", "датасы", "время", "когда", "күні", "уақыты", "қашан"];

/// What a column tells of a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Whether there is one to automated decisions.
    Decisions,
    /// That there is one.
    Given,
    /// Where it comes from.
    Source,
    /// When it was given.
    Date,
}

/// What a name says of a consent, if anything; the words are folded.
pub fn told(words: &[String]) -> Option<Told> {
    let any = |list: &[&str]| words.iter().any(|word| list.iter().any(|known| is(word, known)));
    let opted_in =
        words.windows(2).any(|pair| matches!(pair[0].as_str(), "opt" | "opted") && pair[1] == "in");
    let ends = words.iter().any(|word| ENDS.iter().any(|beginning| begins(word, beginning)));
    if ends || !(any(CONSENT) || opted_in) {
        return None;
    }
    let begun = |list: &[&str]| words.iter().any(|word| list.iter().any(|beginning| begins(word, beginning)));
    if begun(SCORED) || (begun(AUTOMATED) && begun(DECIDED)) {
        // Where and when that consent was given proves none to messages.
        return (!any(SOURCES) && !any(PLAIN_DATES)).then_some(Told::Decisions);
    }
    Some(if any(SOURCES) {
        Told::Source
    } else if any(DATES) {
        Told::Date
    } else {
        Told::Given
    })
}
