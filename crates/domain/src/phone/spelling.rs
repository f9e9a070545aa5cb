//! How a cell is written, whatever it says: characters that nobody sees, foreign digits, what spreadsheets and
//! telephones put around a number, and numbers that a spreadsheet turned into fractions and powers of ten.

use super::PhoneError;
use crate::unseen::is_unseen;

/// The zeros of all decimal digits of Unicode outside ASCII; the nine others follow each.
const ZEROS: [u32; 65] = [
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6,
    0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0,
    0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30,
    0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0,
    0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec,
    0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];

/// What stands before a number in links that telephones and messengers open.
const SCHEMES: [&str; 8] =
    ["tel:", "callto:", "sms:", "smsto:", "whatsapp:", "https://wa.me/", "http://wa.me/", "wa.me/"];

/// The frame that makes a picture of the digit before it.
const KEYCAP: char = '\u{20e3}';

/// Fewest digits before the point of a decimal fraction that may be a number. In shorter ones the point
/// parts groups: `701.2345678`.
const FRACTION_WHOLE_DIGITS: usize = 7;

/// Most digits behind the point, unless all are zeros.
const FRACTION_DIGITS: usize = 6;

/// The text in the signs of ASCII and in lower case: one kind of digit, blank, hyphen and bracket, without what
/// nobody sees and without what spreadsheets and links wrap around a number. Line ends stay.
pub fn plain(raw: &str) -> String {
    let text: String =
        raw.chars().filter(|sign| !is_unseen(*sign) && *sign != KEYCAP).map(plain_sign).collect();
    let mut text = text.to_lowercase().replace('…', "...");
    if text.contains(['<', '&']) {
        // What a page leaves in a cell that was copied from it.
        for end in ["<br>", "<br/>", "<br />"] {
            text = text.replace(end, "\n");
        }
        text = text.replace("&nbsp;", " ");
    }
    loop {
        let inner = unwrapped(&text);
        if inner.len() == text.len() {
            return text;
        }
        text = inner.to_owned();
    }
}

/// Without one layer of what stands around a number.
fn unwrapped(text: &str) -> &str {
    let text = text.trim();
    // A spreadsheet keeps a text from being counted with by an apostrophe, or by a formula: ="7701…".
    let text = text.trim_start_matches(['\'', '=']).trim_matches('"');
    SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme)).unwrap_or(text)
}

fn plain_sign(sign: char) -> char {
    match sign {
        '0'..='9' | ' ' => sign,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{2212}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{ff0d}'
        | '\u{30fc}' => '-',
        '\u{ff0b}' | '\u{fe62}' | '\u{2795}' => '+',
        '[' | '\u{ff08}' | '\u{ff3b}' => '(',
        ']' | '\u{ff09}' | '\u{ff3d}' => ')',
        '\u{ff0e}' | '\u{2024}' => '.',
        '\u{ff0c}' | '\u{3001}' | '\u{60c}' | '\u{201a}' => ',',
        '\u{a6}' | '\u{2502}' | '\u{ff5c}' => '|',
        '\u{2023}' | '\u{2219}' | '\u{22c5}' | '\u{25aa}' | '\u{25cf}' | '\u{25e6}' => '•',
        '\u{ff1b}' | '\u{61b}' => ';',
        '\u{ff0f}' | '\u{2044}' | '\u{2215}' => '/',
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2b9}' | '\u{2bc}' | '`' | '\u{b4}' => '\'',
        '\u{ab}' | '\u{bb}' | '\u{201c}'..='\u{201f}' => '"',
        _ if sign.is_whitespace() => ' ',
        _ => digit(sign).unwrap_or(sign),
    }
}

/// The ASCII digit of a decimal digit of another script.
fn digit(sign: char) -> Option<char> {
    let code = u32::from(sign);
    // Letters of Latin, Greek and Cyrillic, nearly all that comes by, are below every zero.
    if code < ZEROS[0] {
        return None;
    }
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// What a spreadsheet made of a number that it counted with: its digits, if all are there. `None` where the text
/// is no decimal fraction and no power of ten.
pub fn counted(text: &str) -> Option<Result<String, PhoneError>> {
    let text = text.trim();
    let (sign, unsigned) = match text.strip_prefix('+') {
        Some(unsigned) => ("+", unsigned),
        None => ("", text),
    };
    let digits =
        power_of_ten(unsigned).or_else(|| fraction(unsigned)).or_else(|| thousands(unsigned).map(Ok))?;
    Some(digits.map(|digits| format!("{sign}{digits}")))
}

/// The text with each of several numbers that a spreadsheet counted with written in its digits, where all are there.
pub fn with_counted_parts(text: &str) -> String {
    if !text.contains(['.', ',']) {
        return text.to_owned();
    }
    let restored = |part: &str| match counted(part) {
        Some(Ok(digits)) => Some(digits),
        _ => None,
    };
    let mut result = String::with_capacity(text.len());
    for part in text.split_inclusive([';', '|', '/', '\\', '&', '\n']) {
        let number = part.trim_end_matches([';', '|', '/', '\\', '&', '\n']);
        match restored(number) {
            Some(digits) => result.push_str(&digits),
            // A comma may stand in a number, so it parts only what is none with it.
            None => {
                let parts = number.split(',').map(|part| restored(part).unwrap_or_else(|| part.to_owned()));
                result.push_str(&parts.collect::<Vec<_>>().join(","));
            }
        }
        result.push_str(&part[number.len()..]);
    }
    result
}

/// `7.7012345678e+10`, with a comma too, and as calculators print it: `7.7012345678*10^10`.
fn power_of_ten(text: &str) -> Option<Result<String, PhoneError>> {
    let text = text.replace(' ', "");
    let written = ["*10^", "x10^", "×10^", "х10^"].iter().find_map(|sign| text.split_once(sign));
    // The Cyrillic letter looks the same.
    let (mantissa, exponent) = written.or_else(|| text.split_once(['e', 'е']))?;
    let exponent_digits = exponent.trim_start_matches(['+', '-']);
    let (whole, part) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    if !(is_digits(whole) && (part.is_empty() || is_digits(part)) && is_digits(exponent_digits)) {
        return None;
    }
    // Spreadsheets write one digit before the point. A digit that is not written was rounded away, even if it was a
    // zero: nobody can tell.
    let rounded = Some(Err(PhoneError::Rounded));
    let Ok(exponent) = exponent.parse::<i16>() else { return rounded };
    if whole.len() > 1 {
        return rounded;
    }
    match usize::try_from(exponent).ok().and_then(|exponent| part.split_at_checked(exponent)) {
        Some((before, behind)) if behind.bytes().all(|digit| digit == b'0') => {
            Some(Ok(format!("{whole}{before}")))
        }
        _ => rounded,
    }
}

/// `77012345678.00`: one point or comma behind a whole number, blanks only between its thousands.
fn fraction(text: &str) -> Option<Result<String, PhoneError>> {
    let (whole, part) = text.split_once(['.', ','])?;
    let digits = whole.replace(' ', "");
    if !is_digits(&digits) || !is_digits(part) || digits.len() < FRACTION_WHOLE_DIGITS {
        return None;
    }
    if whole.contains(' ') && !is_grouped(whole, ' ') {
        return None;
    }
    if part.bytes().all(|digit| digit == b'0') {
        return Some(Ok(digits));
    }
    // What is longer is no fraction but a second number.
    (part.len() <= FRACTION_DIGITS).then_some(Err(PhoneError::Rounded))
}

/// `77,012,345,678` with or without `.00`, as spreadsheets group thousands.
fn thousands(text: &str) -> Option<String> {
    let whole = text.split_once('.').filter(|(_, part)| part.bytes().all(|digit| digit == b'0'));
    let whole = whole.map_or(text, |(whole, _)| whole);
    // Nine digits behind a 7 may be thousands, or a number that lacks one. A zero there begins no code.
    let is_doubtful =
        whole == text && whole.len() == 13 && whole.starts_with('7') && !whole.starts_with("7,0");
    (whole.contains(',') && is_grouped(whole, ',') && !is_doubtful).then(|| whole.replace(',', ""))
}

/// Whether each group but the first has three digits, and the first has one to three.
fn is_grouped(text: &str, sign: char) -> bool {
    let mut groups = text.split(sign);
    let first = groups.next().unwrap_or_default();
    is_digits(first) && first.len() <= 3 && groups.all(|group| is_digits(group) && group.len() == 3)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
