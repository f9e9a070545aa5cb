//! One spelling for words that look or sound alike in the three languages, however they were typed: with
//! look-alike letters of the other alphabet, without Kazakhstan's own letters, in Latin transcription, in
//! letters of styled alphabets, drawn out, or spelled letter by letter.
//!
//! The folded form is nothing to be read: it is compared with the folded form of a known word only.

use super::styled::{is_stop_sign, plain};
use crate::unseen::is_unseen;

/// Letters in a row that stand alone and are taken for one spelled word: "S T O P".
const SPELLED_LETTERS_MIN: usize = 4;

/// Fewest letters of a word that is written twice without a blank.
const REPEATED_LETTERS_MIN: usize = 3;

/// Stands for a letter that the writer hid.
pub const HIDDEN: char = '*';

/// A word of a text, with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// In lower case, without what cannot be seen.
    pub raw: String,
    /// What look-alikes have in common.
    pub folded: String,
    /// Which clause, from zero: commas part clauses too.
    pub clause: usize,
    /// Which sentence, from zero.
    pub sentence: usize,
    /// Written like a name: with a capital letter first.
    pub is_name: bool,
}

/// A text in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// In their order.
    pub words: Vec<Word>,
    /// The sentences that end with a question mark.
    pub questions: Vec<usize>,
}

/// What the Latin letters of a text stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Latin {
    /// The letters that they look like: "HE" is the Russian "not", and "y" is "у".
    Looks,
    /// The letters that they sound like: "h" is "х", and "y" is "й" or "ы".
    Sounds,
    /// The letters that they sound like, with "j" for "й", and not for "ж".
    SoundsJ,
}

/// What a character does to the word that is being read.
enum Part {
    Letter(char),
    /// Nothing to be seen, or an apostrophe: the word goes on.
    Nothing,
    Blank,
    Comma,
    Stop,
    Question,
}

/// An accent that stands apart from its letter.
const fn is_accent(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}')
}

fn part(character: char, in_word: bool, next: Option<char>) -> Part {
    let goes_on = in_word && next.is_some_and(char::is_alphanumeric);
    match character {
        _ if is_unseen(character) || is_accent(character) => Part::Nothing,
        _ if character.is_alphanumeric() => Part::Letter(character),
        // "$top" and "st*p" hide a letter from filters.
        '$' if next.is_some_and(char::is_alphabetic) => Part::Letter('s'),
        '@' if goes_on => Part::Letter('a'),
        HIDDEN if in_word && next.is_some_and(|next| next == HIDDEN || next.is_alphabetic()) => {
            Part::Letter(HIDDEN)
        }
        '\'' | '’' | '‘' | 'ʼ' | '`' | '´' if goes_on => Part::Nothing,
        '-' | '‐' | '‑' | '‒' | '–' | '—' | '_' if goes_on => Part::Blank,
        '-' | '‐' | '‑' | '‒' | '–' | '—' | ',' | '،' => Part::Comma,
        '?' | '？' => Part::Question,
        '.' | '!' | ';' | ':' | '…' | '\n' | '\r' | '/' | '|' => Part::Stop,
        _ => Part::Blank,
    }
}

impl Words {
    /// Reads a text.
    pub fn of(text: &str, latin: Latin) -> Self {
        let mut read = Self::default();
        let (mut written, mut clause, mut sentence) = (String::new(), 0, 0);
        let mut characters = text.chars().map(plain).peekable();
        while let Some(character) = characters.next() {
            if is_stop_sign(character) {
                read.end_word(&mut written, clause, sentence, latin);
                read.end_word(&mut "stop".to_owned(), clause, sentence, latin);
                continue;
            }
            let part = part(character, !written.is_empty(), characters.peek().copied());
            match part {
                Part::Letter(letter) => written.push(letter),
                Part::Nothing => {}
                _ => read.end_word(&mut written, clause, sentence, latin),
            }
            match part {
                Part::Letter(_) | Part::Nothing | Part::Blank => {}
                Part::Comma => clause += 1,
                Part::Question => {
                    read.questions.push(sentence);
                    (clause, sentence) = (clause + 1, sentence + 1);
                }
                Part::Stop => (clause, sentence) = (clause + 1, sentence + 1),
            }
        }
        read.end_word(&mut written, clause, sentence, latin);
        read.join_spelled(latin);
        read
    }

    fn end_word(&mut self, written: &mut String, clause: usize, sentence: usize, latin: Latin) {
        let written = std::mem::take(written);
        // "STOP1" is "STOP".
        let word = written.trim_end_matches(|letter: char| letter.is_numeric() || letter == HIDDEN);
        // "S*t*o*p" hides nothing.
        let is_spelled = word.split(HIDDEN).count() >= SPELLED_LETTERS_MIN
            && word.split(HIDDEN).all(|letter| letter.chars().count() == 1);
        let word = if is_spelled { &word.replace(HIDDEN, "") } else { word };
        let raw = if word.is_empty() { written.to_lowercase() } else { word.to_lowercase() };
        let folded = once(fold(&raw, latin));
        // A word of signs that say nothing here is none; "stop, stop" is "stop".
        let said_before = |last: &Word| last.folded == folded;
        if folded.is_empty() || self.words.last().is_some_and(said_before) {
            return;
        }
        let is_name = written.chars().next().is_some_and(char::is_uppercase);
        self.words.push(Word { raw, folded, clause, sentence, is_name });
    }

    /// Makes one word of letters that stand alone in a row.
    fn join_spelled(&mut self, latin: Latin) {
        let mut joined: Vec<Word> = Vec::with_capacity(self.words.len());
        let mut rest = self.words.drain(..).peekable();
        while let Some(word) = rest.next() {
            let is_letter = |word: &Word| word.raw.chars().count() == 1;
            let mut row = vec![word];
            while is_letter(&row[0]) && rest.peek().is_some_and(is_letter) {
                row.extend(rest.next());
            }
            if row.len() < SPELLED_LETTERS_MIN {
                joined.append(&mut row);
                continue;
            }
            let raw: String = row.iter().map(|word| word.raw.as_str()).collect();
            let (clause, sentence) = (row[0].clause, row[0].sentence);
            joined.push(Word { folded: fold(&raw, latin), raw, clause, sentence, is_name: false });
        }
        drop(rest);
        self.words = joined;
    }
}

/// "СТОПСТОП" is "СТОП".
fn once(folded: String) -> String {
    let letters: Vec<char> = folded.chars().collect();
    let repeats = |unit: &usize| {
        letters.len().is_multiple_of(*unit) && letters.chunks(*unit).all(|chunk| chunk == &letters[..*unit])
    };
    match (REPEATED_LETTERS_MIN..=letters.len() / 2).find(repeats) {
        Some(unit) => letters[..unit].iter().collect(),
        None => folded,
    }
}

/// What a lower-case word has in common with those that look or sound like it.
pub fn fold(word: &str, latin: Latin) -> String {
    let has_letters = word.chars().any(char::is_alphabetic);
    let mut folded = String::with_capacity(word.len());
    let mut last = None;
    for letter in transcribed(word).chars() {
        let letter = match letter {
            '0'..='9' if !has_letters => letter,
            letter => match common(latin_letter(letter, latin)) {
                Some(common) => common,
                None => continue,
            },
        };
        // "Ц" is written "ts", "ю" and "я" are written "yu" and "ya".
        let letters = match letter {
            'ц' => ['t', 'c'],
            'ю' => ['i', 'y'],
            'я' => ['i', 'a'],
            letter => [letter, letter],
        };
        for letter in letters {
            // "Ң" is written "нг" and "ng" too.
            if (last, letter) == (Some('n'), 'g') {
                continue;
            }
            // "Stooop" and "stopp" are "stop".
            if last != Some(letter) {
                folded.push(letter);
            }
            last = Some(letter);
        }
    }
    folded
}

/// What some Latin letters stand for depends on whether they are drawn or heard.
const fn latin_letter(letter: char, latin: Latin) -> char {
    match (letter, latin) {
        ('h', Latin::Looks) => 'н',
        ('y', Latin::Looks) => 'у',
        ('h', _) => 'х',
        ('y', _) => 'й',
        ('w', _) => 'ш',
        ('j', Latin::SoundsJ) => 'й',
        _ => letter,
    }
}

/// Latin letters that together stand for one Cyrillic letter.
fn transcribed(word: &str) -> String {
    const GROUPS: [(&str, &str); 6] =
        [("shch", "ш"), ("sch", "ш"), ("zh", "ж"), ("sh", "ш"), ("ch", "ч"), ("kh", "х")];
    GROUPS.iter().fold(
        word.to_owned(),
        |word, (group, letter)| {
            if word.contains(group) { word.replace(group, letter) } else { word }
        },
    )
}

/// What letters of both alphabets have in common: the shape, or else the sound. `None` for signs that are
/// left out as often as not.
fn common(letter: char) -> Option<char> {
    Some(match letter {
        'a' | 'а' | 'ә' | 'á' | 'à' | 'â' | 'ä' | 'å' | 'ã' | 'α' => 'a',
        'b' | 'б' | 'в' | 'v' | 'β' | '6' => 'b',
        'c' | 'с' | 's' | 'ѕ' | 'ҫ' | 'ç' | 'ş' | 'š' | '5' => 'c',
        'd' | 'д' => 'd',
        'e' | 'е' | 'ё' | 'є' | 'э' | 'é' | 'è' | 'ê' | 'ë' | 'ε' => 'e',
        'f' | 'ф' => 'f',
        'g' | 'г' | 'ғ' | 'ğ' | 'ǵ' => 'g',
        'i' | 'и' | 'ы' | 'й' | 'і' | 'ї' | 'ı' | 'í' | 'ì' | 'î' | 'ï' | 'ι' | '1' => 'i',
        'j' | 'ж' | 'ј' => 'j',
        'k' | 'к' | 'қ' | 'q' | 'κ' => 'k',
        'l' | 'л' => 'l',
        'm' | 'м' => 'm',
        'n' | 'н' | 'ң' | 'ñ' | 'ń' => 'n',
        'o' | 'о' | 'ө' | 'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' | 'ο' | '0' => 'o',
        // "Р" is drawn like a "P", and "р" sounds like an "r".
        'p' | 'п' | 'р' | 'r' | 'ρ' => 'p',
        't' | 'т' | 'τ' => 't',
        'u' | 'у' | 'ү' | 'ұ' | 'ў' | 'ú' | 'ù' | 'û' | 'ü' | 'ý' | 'υ' => 'y',
        'x' | 'х' | 'ҳ' | 'һ' | 'χ' => 'x',
        'z' | 'з' | '3' => 'z',
        'щ' => 'ш',
        '4' => 'ч',
        'ь' | 'ъ' => return None,
        letter => letter,
    })
}
