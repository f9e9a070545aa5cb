//! Known phrases, folded as texts are, and how words of a text are compared with theirs.
//!
//! A phrase is written in words with blanks between. A word is one of:
//! - `стоп` itself, or with the Kazakh ending of a friendly request;
//! - `рассыл*` with any ending;
//! - `удали+те` with the ending or without;
//! - `жаз+ма` as a Kazakh "do not", in any mood, and `жаз+маңыз` in any mood but the bare one;
//! - `тоқтат+ыңыз` as a Kazakh "do", in any mood;
//! - `#class` as any word of that class, and `one|other` as either;
//! - `..`, in the place of which other words may stand.

use std::{collections::HashMap, sync::Arc};

use super::{
    fold::{HIDDEN, Latin, Word, fold},
    words::{CLASSES, NEGATIONS},
};

/// Fewest letters of a word in which one vowel may be another, and of one in which any letter may be wrong.
const VOWEL_LETTERS_MIN: usize = 6;
const TYPO_LETTERS_MIN: usize = 8;
/// Letters of an ending, which carries the mood: "присылайте" asks and "присылаете" tells.
const ENDING: usize = 4;
/// Fewest letters of a word of which one is hidden.
const HIDDEN_LETTERS_MIN: usize = 3;
/// Fewest letters of a word to which the next one may be joined, and of that one.
const JOINED_LETTERS_MIN: usize = 4;
const JOINED_REST_MIN: usize = 3;

/// A known phrase.
#[derive(Debug)]
pub struct Phrase {
    slots: Vec<Slot>,
    /// All of it without blanks, as "непишите" is written.
    joined: Option<Form>,
    /// Whether a "not" is part of it.
    pub negates: bool,
}

/// A place of a phrase.
#[derive(Debug)]
struct Slot {
    forms: Arc<[Form]>,
    /// Whether other words may stand before it.
    is_loose: bool,
}

/// A way in which a word may stand in a text.
#[derive(Clone, Debug)]
struct Form {
    folded: String,
    letters: Vec<char>,
    ending: Ending,
    is_english: bool,
}

/// What may stand behind a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Friendly,
    Any,
    Asking,
    Refusing { may_be_bare: bool },
}

/// Phrases in one reading of Latin letters.
pub struct Reader {
    latin: Latin,
    classes: HashMap<&'static str, Arc<[Form]>>,
}

impl Reader {
    /// For one reading.
    pub fn new(latin: Latin) -> Self {
        let mut reader = Self { latin, classes: HashMap::new() };
        for (name, words) in CLASSES {
            let forms = words.iter().flat_map(|word| reader.forms(word)).collect();
            reader.classes.insert(name, forms);
        }
        reader
    }

    /// Reads phrases in the notation above.
    pub fn phrases(&self, written: &[&str]) -> Vec<Phrase> {
        written.iter().map(|phrase| self.phrase(phrase)).collect()
    }

    fn phrase(&self, written: &str) -> Phrase {
        let mut slots: Vec<Slot> = Vec::new();
        let (mut is_loose, mut negates) = (false, false);
        for word in written.split(' ') {
            if word == ".." {
                is_loose = true;
                continue;
            }
            let forms = match word.strip_prefix('#').and_then(|class| self.classes.get(class)) {
                Some(class) => Arc::clone(class),
                None => word.split('|').flat_map(|word| self.alternative(word)).collect(),
            };
            negates |= word == "#not_en"
                || word.split('|').any(|word| NEGATIONS.contains(&word))
                || forms.iter().any(|form| matches!(form.ending, Ending::Refusing { .. }));
            slots.push(Slot { forms, is_loose });
            is_loose = false;
        }
        let is_plain = slots.len() > 1 && !written.contains(['#', '|', '*', '.', '+']);
        let joined = is_plain.then(|| self.form(&written.replace(' ', ""), Ending::Friendly));
        Phrase { slots, joined, negates }
    }

    fn alternative(&self, written: &str) -> Vec<Form> {
        match written.strip_prefix('#') {
            Some(class) => self.classes[class].to_vec(),
            None => self.forms(written),
        }
    }

    /// The forms of one word in the notation.
    fn forms(&self, written: &str) -> Vec<Form> {
        if let Some(stem) = written.strip_suffix('*') {
            return vec![self.form(stem, Ending::Any)];
        }
        let forms = |forms: &[String]| forms.iter().map(|form| self.form(form, Ending::Friendly)).collect();
        let Some((stem, ending)) = written.split_once('+') else {
            // "Ни пишите" is how "не пишите" is heard.
            let heard = if written == "не" { Some("ни".to_owned()) } else { None };
            return forms(&[Some(written.to_owned()), heard].into_iter().flatten().collect::<Vec<_>>());
        };
        match ending {
            "ма" => vec![self.form(stem, Ending::Refusing { may_be_bare: true })],
            "маңыз" => vec![self.form(stem, Ending::Refusing { may_be_bare: false })],
            "ыңыз" => vec![self.form(stem, Ending::Asking)],
            "тесь" => forms(&[format!("{stem}сь"), format!("{stem}тесь")]),
            // "Пишити" is how "пишите" is heard.
            ending => forms(&[stem.to_owned(), format!("{stem}{ending}"), format!("{stem}ти")]),
        }
    }

    fn form(&self, written: &str, ending: Ending) -> Form {
        let folded = fold(written, self.latin);
        Form { letters: folded.chars().collect(), folded, ending, is_english: written.is_ascii() }
    }
}

impl Phrase {
    /// How many places it has.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether a word stands at one of its places.
    pub fn is_at(&self, place: usize, word: &Word) -> bool {
        self.slots[place].forms.iter().any(|form| form.is(word))
    }

    /// Whether words that say something may stand before one of its places.
    pub fn is_loose(&self, place: usize) -> bool {
        self.slots[place].is_loose
    }

    /// Whether a word is all of it, written without blanks.
    pub fn is_joined(&self, word: &Word) -> bool {
        if self.joined.as_ref().is_some_and(|joined| joined.is(word)) {
            return true;
        }
        let [first, last] = &self.slots[..] else { return false };
        let rest = |form: &Form| {
            let may_be_joined = form.ending == Ending::Friendly && form.letters.len() >= JOINED_LETTERS_MIN;
            word.folded
                .strip_prefix(form.folded.as_str())
                .filter(|rest| may_be_joined && rest.chars().count() >= JOINED_REST_MIN)
        };
        !last.is_loose
            && first
                .forms
                .iter()
                .filter_map(rest)
                .any(|rest| last.forms.iter().any(|form| form.is_plainly(rest)))
    }

    /// Whether "не" is joined to a word that stands behind it here: what stands behind the "не" then.
    pub fn behind_joined_not<'word>(&self, word: &'word Word) -> Option<&'word str> {
        let rest = word
            .folded
            .strip_prefix("ne")
            .or(word.folded.strip_prefix("ni"))
            .filter(|rest| !rest.is_empty())?;
        let is_not =
            |slot: &Slot| slot.forms.first().is_some_and(|not| not.folded == "ne" && !not.is_english);
        let knows = |slot: &Slot| slot.forms.iter().any(|form| form.is_plainly(rest) || form.is_nearly(rest));
        self.slots.windows(2).any(|pair| is_not(&pair[0]) && knows(&pair[1])).then_some(rest)
    }
}

impl Form {
    fn is(&self, word: &Word) -> bool {
        self.is_plainly(&word.folded) || self.is_nearly(&word.folded)
    }

    fn is_plainly(&self, folded: &str) -> bool {
        let Some(rest) = folded.strip_prefix(self.folded.as_str()) else { return false };
        match self.ending {
            Ending::Any => true,
            // The Kazakh ending of a friendly request says nothing more.
            Ending::Friendly => matches!(rest, "" | "шi"),
            Ending::Asking => rest.is_empty() || is_mood(rest),
            Ending::Refusing { may_be_bare } => {
                let behind =
                    rest.strip_prefix(['m', 'b', 'p']).and_then(|rest| rest.strip_prefix(['a', 'e']));
                behind.is_some_and(|mood| if mood.is_empty() { may_be_bare } else { is_mood(mood) })
            }
        }
    }

    /// Whether a word is this one but for a letter that is hidden, misheard or mistyped.
    fn is_nearly(&self, folded: &str) -> bool {
        let is_far = folded.len().abs_diff(self.folded.len()) > 4;
        if self.ending != Ending::Friendly || is_far || self.letters.len() < HIDDEN_LETTERS_MIN {
            return false;
        }
        let (known, seen): (&[char], Vec<char>) = (&self.letters, folded.chars().collect());
        let same = known.iter().zip(&seen).take_while(|(known, seen)| known == seen).count();
        let behind =
            known.iter().rev().zip(seen.iter().rev()).take_while(|(known, seen)| known == seen).count();
        let shorter = known.len().min(seen.len());
        if known.len() == seen.len() && same + behind + 1 == known.len() {
            let (meant, written) = (known[same], seen[same]);
            let is_vowel = |letter: char| matches!(letter, 'a' | 'e' | 'i' | 'o');
            if written == HIDDEN {
                return true;
            }
            if known.len() >= VOWEL_LETTERS_MIN && behind >= ENDING && is_vowel(meant) && is_vowel(written) {
                return true;
            }
        }
        let is_one_edit =
            known.len().abs_diff(seen.len()) <= 1 && same + behind + 1 >= known.len().max(seen.len());
        let is_sure =
            if self.is_english { same >= 1 && same < known.len() } else { same >= 2 && behind >= ENDING };
        is_one_edit && is_sure && shorter >= TYPO_LETTERS_MIN - 1 && known.len() >= TYPO_LETTERS_MIN
    }
}

/// Whether letters are the folded ending of a Kazakh request: polite, of several, friendly, a wish or an asking.
fn is_mood(ending: &str) -> bool {
    let ending = ending.strip_suffix("шi").unwrap_or(ending);
    if ending.is_empty() {
        return true;
    }
    // "-са(ңыз)" wishes, and a vowel joins the others to a consonant.
    let ending = ending.strip_prefix("ca").or(ending.strip_prefix("ce")).unwrap_or(ending);
    let ending = ending.strip_prefix('i').unwrap_or(ending);
    matches!(
        ending,
        "niz" | "nizdap" | "nizdep" | "ndap" | "ndep" | "cin" | "yinizdi" | "yindi" | "ylapinizdi"
    )
}
