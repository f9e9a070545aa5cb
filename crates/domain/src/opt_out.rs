//! What a reply says about further messages: a refusal, the taking back of one, or something else that is
//! nobody's business here (R65, R66, R69, R74).
//!
//! A refusal that is missed costs a fine; one that is seen where none was costs a contact, which the
//! person's own "START" gives back. So a refusal wins in doubt, and taking it back must be said plainly.

mod fold;
mod phrase;
mod styled;
mod text;
mod words;

use fold::Latin;
use text::Text;

/// A longer text is looked at so far: some ten segments.
const CHARACTERS_MAX: usize = 1_600;

/// What a person wants who answered a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// No further messages.
    Refusal,
    /// Messages again, after a refusal.
    Return,
    /// Something else.
    Other,
}

/// Reads a reply.
pub fn read_reply(text: &str) -> Reply {
    let text: String = text.chars().take(CHARACTERS_MAX).collect();
    // "HE ПИШИТЕ" in Latin letters looks like the Russian words, "he" among English ones does not.
    let is_cyrillic = |letter: char| ('\u{0400}'..='\u{04ff}').contains(&letter);
    let latins = [
        Some(Latin::Sounds),
        text.chars().any(is_cyrillic).then_some(Latin::Looks),
        text.contains(['j', 'J']).then_some(Latin::SoundsJ),
    ];
    let readings: Vec<Text> = latins.into_iter().flatten().map(|latin| Text::read(&text, latin)).collect();
    if readings.iter().any(Text::is_refusal) {
        Reply::Refusal
    } else if readings.iter().any(Text::is_return) {
        Reply::Return
    } else {
        Reply::Other
    }
}

#[cfg(test)]
#[path = "opt_out/tests.rs"]
mod tests;
