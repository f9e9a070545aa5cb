//! Which encoding a file is in, by its first bytes (R70).
//!
//! A byte order mark decides; then zero bytes, which only text of two bytes a letter has; then whether the bytes are
//! UTF-8, as other text hardly ever is by chance. What is left has a byte a letter. That is Windows-1251 or KZ-1048
//! if it reads as words do, and nothing that is read at all if it does not.

use super::Encoding;
use super::single_byte::{kazakh, windows_1251};

/// The file is in none of the encodings that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown;

const MARKS: [(Encoding, &[u8]); 3] =
    [(Encoding::Utf8, b"\xef\xbb\xbf"), (Encoding::Utf16Le, b"\xff\xfe"), (Encoding::Utf16Be, b"\xfe\xff")];

/// The encoding of a file that begins so, and of how many bytes its byte order marks are. They are two where a file
/// that had one was saved anew. `at_end`: nothing follows, so no character may be cut.
pub fn recognise(head: &[u8], at_end: bool) -> Result<(Encoding, usize), Unknown> {
    for (encoding, mark) in MARKS {
        let marks = mark_bytes(head, mark);
        if marks > 0 {
            // Four bytes a letter begin so too.
            let is_utf_32 = encoding == Encoding::Utf16Le && head[marks..].starts_with(b"\0\0");
            return if is_utf_32 { Err(Unknown) } else { Ok((encoding, marks)) };
        }
    }
    let closed = head.iter().rposition(|byte| !matches!(byte, 0 | 0x1a)).map_or(0, |last| last + 1);
    if head[..closed].contains(&0) {
        return two_bytes_a_letter(head).map(|encoding| (encoding, 0)).ok_or(Unknown);
    }
    let encoding = match std::str::from_utf8(head) {
        Ok(_) => Encoding::Utf8,
        Err(fault) if fault.error_len().is_none() && !at_end => Encoding::Utf8,
        Err(_) => one_byte_a_letter(head).ok_or(Unknown)?,
    };
    Ok((encoding, 0))
}

/// How many bytes the marks at the beginning are.
pub fn marks_of(encoding: Encoding, head: &[u8]) -> usize {
    MARKS.iter().find(|(marked, _)| *marked == encoding).map_or(0, |(_, mark)| mark_bytes(head, mark))
}

fn mark_bytes(head: &[u8], mark: &[u8]) -> usize {
    let mut rest = head;
    while let Some(behind) = rest.strip_prefix(mark) {
        rest = behind;
    }
    head.len() - rest.len()
}

/// The order in which nine of ten letters are such as lists of people have: Latin, Cyrillic, or signs of print.
fn two_bytes_a_letter(head: &[u8]) -> Option<Encoding> {
    let (pairs, _) = head.as_chunks::<2>();
    let plausible = |unit: fn([u8; 2]) -> u16| {
        let is_plausible = |unit: &u16| matches!(unit, 0x09 | 0x0a | 0x0d | 0x20..0x7f | 0xa0..0x180 | 0x400..0x530 | 0x2010..0x2130);
        pairs.iter().map(|pair| unit(*pair)).filter(is_plausible).count()
    };
    let (low_first, high_first) = (plausible(u16::from_le_bytes), plausible(u16::from_be_bytes));
    let encoding = if low_first > high_first { Encoding::Utf16Le } else { Encoding::Utf16Be };
    (low_first.max(high_first) * 10 > pairs.len() * 9).then_some(encoding)
}

/// What a byte is to the words around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Small,
    Capital,
    /// A Serbian or Macedonian letter in both tables: here a sign of another encoding, such as the capitals of DOS.
    Foreign,
    /// A sign that nobody writes within a word, such as the small letters of DOS are.
    Sign,
    Latin,
    Other,
}

fn kind(byte: u8) -> Kind {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' => Kind::Latin,
        0x80 | 0x81 | 0x83 | 0x8a | 0x8c | 0x8f | 0x90 | 0x9a | 0x9c | 0x9f => Kind::Foreign,
        0x86..=0x89 | 0x98 | 0x99 | 0xa4 | 0xa6 | 0xa7 | 0xa9 | 0xac | 0xae | 0xb0 | 0xb1 | 0xb5 | 0xb6 => {
            Kind::Sign
        }
        0xb2 | 0xa8 => Kind::Capital,
        0xb3 | 0xb8 => Kind::Small,
        _ => match kazakh(byte).or_else(|| windows_1251(byte)).filter(|_| byte >= 0x80) {
            Some(letter) if letter.is_lowercase() => Kind::Small,
            Some(letter) if letter.is_uppercase() => Kind::Capital,
            _ => Kind::Other,
        },
    }
}

/// Windows-1251 or KZ-1048, if the bytes read as words: not if more than one in twenty is a letter or a sign that
/// stands where nobody writes it, or if words begin small and go on in capitals, as those of KOI8-R do in this reading.
fn one_byte_a_letter(head: &[u8]) -> Option<Encoding> {
    let is_letter = |kind: Kind| matches!(kind, Kind::Small | Kind::Capital | Kind::Foreign);
    let (mut high, mut odd, mut rising, mut falling) = (0, 0, 0, 0);
    let mut kinds = [Kind::Other, Kind::Other, Kind::Other];
    for byte in head.iter().copied().chain(std::iter::once(b'\n')) {
        kinds = [kinds[1], kinds[2], kind(byte)];
        let [before, this, after] = kinds;
        odd += usize::from(match this {
            Kind::Foreign => true,
            Kind::Sign => is_letter(before) || is_letter(after),
            Kind::Small | Kind::Capital => before == Kind::Latin || after == Kind::Latin,
            _ => false,
        });
        rising += usize::from(kinds == [Kind::Small, Kind::Capital, Kind::Capital]);
        falling += usize::from(this == Kind::Small && after == Kind::Small);
        high += usize::from(byte >= 0x80);
    }
    (odd * 20 <= high && rising <= falling).then(|| table_of(head))
}

/// The table by the sixteen bytes in which the two differ, where they stand in words. Where they say nothing, the
/// letters of the country do.
fn table_of(head: &[u8]) -> Encoding {
    let letter = |place: usize| {
        head.get(place).copied().filter(|byte| matches!(kind(*byte), Kind::Small | Kind::Capital))
    };
    let (mut in_words, mut kazakhs, mut others) = (0, 0, 0);
    for (place, byte) in head.iter().enumerate().filter(|(_, byte)| kazakh(**byte).is_some()) {
        let (before, after) = (place.checked_sub(1).and_then(letter), letter(place + 1));
        in_words += usize::from(before.or(after).is_some());
        match is_kazakh_beside(*byte, before, after) {
            Some(true) => kazakhs += 1,
            Some(false) => others += 1,
            None => {}
        }
    }
    if in_words > 0 && kazakhs >= others { Encoding::Kz1048 } else { Encoding::Windows1251 }
}

/// Whether one of the sixteen bytes is rather the Kazakh letter, by its neighbours in the word. In Windows-1251 Є and Ї
/// are vowels of Ukrainian and Ґ a consonant, and Ў stands behind vowels of Belarusian; in KZ-1048 the same bytes are
/// Ғ, Ү, Ө and Ұ, of which only the first is a consonant. The others are Serbian or Macedonian there.
fn is_kazakh_beside(byte: u8, before: Option<u8>, after: Option<u8>) -> Option<bool> {
    // A neighbour that is one of the sixteen too says nothing.
    let is_vowel = |neighbour: Option<u8>| {
        let letter = windows_1251(neighbour.filter(|byte| kazakh(*byte).is_none())?)?;
        Some("аеёиоуыэюяіАЕЁИОУЫЭЮЯІ".contains(letter))
    };
    match byte {
        // Є or Ғ; between a vowel and a consonant it may be either.
        0xaa | 0xba if is_vowel(before) == Some(true) => is_vowel(after).filter(|vowel| *vowel),
        0xaa | 0xba => is_vowel(after),
        // Ґ or Ө.
        0xa5 | 0xb4 => is_vowel(after).map(|vowel| !vowel),
        // Ї or Ү, Ў or Ұ.
        0xaf | 0xbf | 0xa1 | 0xa2 => is_vowel(before).map(|vowel| !vowel),
        _ => before.or(after).map(|_| true),
    }
}
