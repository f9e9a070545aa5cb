//! What a reply says about further messages: a refusal, the taking back of one, or something else that is
//! nobody's business here (R65, R66, R69, R74).
//!
//! A refusal that is missed costs a fine; one that is seen where none was costs a contact, which the
//! person's own "START" gives back. So a refusal wins in doubt, and taking it back must be said plainly.

mod fold;
mod words;

use std::collections::BTreeSet;

use fold::{LatinH, Word, Words, fold};

/// A longer text is looked at so far: some ten segments.
const CHARACTERS_MAX: usize = 1_600;
/// Fillers that may stand between two words of a phrase.
const GAP_MAX: usize = 5;
/// Words beside "stop" that may be a name.
const NAME_WORDS_MAX: usize = 3;

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
    let readings = if text.chars().any(is_cyrillic) {
        vec![LatinH::AsCyrillic, LatinH::AsWritten]
    } else {
        vec![LatinH::AsWritten]
    };
    let readings: Vec<Text> = readings.into_iter().map(|latin_h| Text::read(&text, latin_h)).collect();
    if readings.iter().any(Text::is_refusal) {
        Reply::Refusal
    } else if readings.iter().any(Text::is_return) {
        Reply::Return
    } else {
        Reply::Other
    }
}

/// Where a phrase stands: its first word, and the one behind its last.
type Place = (usize, usize);

/// A reply in words.
struct Text {
    words: Vec<Word>,
    questions: Vec<usize>,
    is_filler: Vec<bool>,
    /// Whether a word is itself one of those that ask to stop: "stop, enough".
    is_refusing: Vec<bool>,
}

/// A known phrase, folded as texts are.
struct Phrase(Vec<(String, bool)>);

impl Phrase {
    fn of(phrase: &str) -> Self {
        let word = |word: &str| {
            let stem = word.strip_suffix('*');
            (fold(stem.unwrap_or(word), LatinH::AsWritten), stem.is_some())
        };
        Self(phrase.split(' ').map(word).collect())
    }

    fn is_at(&self, place: usize, word: &Word) -> bool {
        let Some((known, is_stem)) = self.0.get(place) else { return false };
        if *is_stem {
            return word.folded.starts_with(known);
        }
        // The Kazakh ending of a friendly request says nothing more.
        let rest = word.folded.strip_prefix(known.as_str());
        rest.is_some_and(|rest| matches!(rest, "" | "шы" | "шi"))
    }
}

impl Text {
    fn read(text: &str, latin_h: LatinH) -> Self {
        let Words { words, questions } = Words::of(text, latin_h);
        let folded = |known: &[&str]| -> BTreeSet<String> {
            known.iter().map(|word| fold(word, LatinH::AsWritten)).collect()
        };
        let fillers = folded(words::FILLERS);
        let refusing = folded(&[words::STOPS, words::ENOUGHS].concat());
        let is_number = |word: &Word| word.raw.chars().all(|letter| letter.is_numeric());
        let is_filler = words.iter().map(|word| is_number(word) || fillers.contains(&word.folded)).collect();
        let is_refusing = words.iter().map(|word| refusing.contains(&word.folded)).collect();
        Self { words, questions, is_filler, is_refusing }
    }

    /// Where a phrase stands in one sentence, with no more than fillers between its words.
    fn find(&self, phrase: &str) -> Vec<Place> {
        let phrase = Phrase::of(phrase);
        let from = |first: usize| -> Option<Place> {
            let sentence = self.words[first].sentence;
            let (mut at, mut gap) = (first, 0);
            for place in 0..phrase.0.len() {
                loop {
                    let word = self.words.get(at).filter(|word| word.sentence == sentence)?;
                    at += 1;
                    if phrase.is_at(place, word) {
                        break;
                    }
                    gap += 1;
                    if place == 0 || gap > GAP_MAX || !self.is_filler[at - 1] {
                        return None;
                    }
                }
            }
            Some((first, at))
        };
        (0..self.words.len()).filter_map(from).collect()
    }

    fn is_refusal(&self) -> bool {
        let stands = |phrases: &[&str], is_meant: &dyn Fn(Place) -> bool| {
            phrases.iter().any(|phrase| self.find(phrase).into_iter().any(is_meant))
        };
        stands(words::REFUSALS, &|place| self.is_refused_anywhere(place))
            || stands(words::STOPS, &|place| self.is_stop(place))
            || stands(words::ENOUGHS, &|place| self.is_enough(place))
    }

    /// A phrase that refuses wherever it stands: unless it is turned round, asked after, or about a thing.
    fn is_refused_anywhere(&self, (first, behind): Place) -> bool {
        // "Do not call" has its own "not"; so has "не пишите".
        if !self.words[first..behind].iter().any(|word| is_among(word, words::NEGATIONS)) {
            return !self.is_negated(first);
        }
        let sentence = self.words[first].sentence;
        let in_sentence =
            |known: &[&str]| self.words.iter().any(|word| word.sentence == sentence && is_among(word, known));
        let is_about_a_thing = in_sentence(words::CONCRETE) && !in_sentence(words::MESSAGES);
        !is_about_a_thing && !in_sentence(words::WHY)
    }

    /// "Stop" and its like: with a name or a number beside it, and whatever stands in other clauses.
    fn is_stop(&self, place: Place) -> bool {
        let strange = self.strange_in_clause(place);
        !self.is_negated(place.0)
            && !self.is_surprise(place)
            && strange.len() <= NAME_WORDS_MAX
            && !strange.iter().any(|word| is_about_something_else(word))
            && (strange.is_empty() || !self.questions.contains(&self.words[place.0].sentence))
    }

    /// "Enough" and its like: a name may stand behind it or in another clause, and nothing else.
    fn is_enough(&self, place: Place) -> bool {
        let first_of_all = |word: &Word| std::ptr::eq(word, &self.words[0]);
        !self.is_surprise(place)
            && self.is_with_a_name_at_most(place)
            && !self.strange_in_clause(place).into_iter().any(first_of_all)
    }

    /// The taking back of a refusal is said plainly, or not at all.
    fn is_return(&self) -> bool {
        let is_meant = |place: Place| self.questions.is_empty() && self.is_with_a_name_at_most(place);
        words::RETURNS.iter().any(|phrase| self.find(phrase).into_iter().any(is_meant))
    }

    /// Whether beside a phrase, which nothing turns round, a name stands in the text and nothing else.
    fn is_with_a_name_at_most(&self, place: Place) -> bool {
        let strange = self.strange_in_clause(place);
        let clause = self.words[place.0].clause;
        let elsewhere: Vec<&Word> = (0..self.words.len())
            .filter(|at| self.words[*at].clause != clause && !self.is_filler[*at] && !self.is_refusing[*at])
            .map(|at| &self.words[at])
            .collect();
        !self.is_negated(place.0)
            && strange.iter().all(|word| word.is_name && !is_about_something_else(word))
            // A name in small letters is one word at most.
            && elsewhere.iter().filter(|word| !word.is_name).count() <= 1
            && strange.len() + elsewhere.len() <= NAME_WORDS_MAX
    }

    /// The other words of a phrase's clause that say something.
    fn strange_in_clause(&self, (first, behind): Place) -> Vec<&Word> {
        let clause = self.words[first].clause;
        let others = (0..self.words.len()).filter(|at| !(first..behind).contains(at));
        others
            .filter(|at| self.words[*at].clause == clause && !self.is_filler[*at] && !self.is_refusing[*at])
            .map(|at| &self.words[at])
            .collect()
    }

    /// Whether a negation stands before a word in its clause: "do not stop".
    fn is_negated(&self, at: usize) -> bool {
        let clause = self.words[at].clause;
        let before = self.words[..at].iter().rev().take_while(|word| word.clause == clause);
        before.take(GAP_MAX).any(|word| is_among(word, words::NEGATIONS))
    }

    /// Whether the clause behind it begins like the rest of an exclamation: "Stop, but where…".
    fn is_surprise(&self, (first, behind): Place) -> bool {
        let Word { clause, sentence, .. } = self.words[first];
        let next = self.words[behind..].iter().find(|word| word.clause != clause);
        next.is_some_and(|word| word.sentence == sentence && is_among(word, words::BUT))
    }
}

/// Whether a word is among known ones as it is written: what speaks against a refusal is never guessed.
fn is_among(word: &Word, known: &[&str]) -> bool {
    known.iter().any(|known| match known.strip_suffix('*') {
        Some(stem) => word.raw.starts_with(stem),
        None => word.raw == *known,
    })
}

fn is_about_something_else(word: &Word) -> bool {
    is_among(word, words::CONTEXT) || is_among(word, words::CONCRETE)
}

#[cfg(test)]
#[path = "opt_out/tests.rs"]
mod tests;
