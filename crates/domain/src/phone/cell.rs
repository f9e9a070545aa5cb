//! Which numbers a cell holds, so that every digit of it belongs to one of them (R19).
//!
//! A cell is parted at the signs that part numbers, and each part into groups of digits. A part is one number if
//! all its groups together are; it is several if its groups, in their order, are several numbers to the last
//! digit. Anything else is refused: what remains over may be a line, a room, or a digit of another number, and
//! a guess reaches a stranger.

use super::spelling;
use super::{PhoneError, Reading, Verdict, is_kazakh_mobile, read_by_plan};

/// More digits than this in one cell are a document, not a few numbers.
const DIGITS_MAX: usize = 60;
/// Characters of one number, with what is dialled before it.
const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 7..=18;
/// Most digits of an extension.
const EXTENSION_DIGITS_MAX: usize = 9;

/// Words between two numbers.
const CONJUNCTIONS: [&str; 15] = [
    "или",
    "либо",
    "и",
    "немесе",
    "және",
    "мен",
    "or",
    "and",
    "also",
    "также",
    "тағы",
    "болмаса",
    "әлде",
    "плюс",
    "plus",
];

/// Words beside a number that say nothing but that it is one. Any other may say that it is somebody else's, or
/// that nobody wants to be written to.
const LABELS: &[&str] = &[
    "т",
    "t",
    "тел",
    "телефон",
    "телефона",
    "телефоны",
    "моб",
    "мобил",
    "мобильный",
    "мобильник",
    "сот",
    "сотка",
    "сотовый",
    "сотовой",
    "ұялы",
    "уялы",
    "ұялытел",
    "раб",
    "рабочий",
    "дом",
    "домашний",
    "личный",
    "осн",
    "основной",
    "номер",
    "ном",
    "номері",
    "нөмір",
    "нөмірі",
    "нөмер",
    "жеке",
    "негізгі",
    "жұмыс",
    "үй",
    "контактный",
    "байланыс",
    "phone",
    "tel",
    "telephone",
    "mobile",
    "mob",
    "cell",
    "cellular",
    "number",
    "no",
    "home",
    "work",
    "office",
    "main",
    "personal",
    "whatsapp",
    "whats",
    "app",
    "wa",
    "ватсап",
    "вотсап",
    "вацап",
    "уатсап",
    "viber",
    "вайбер",
    "telegram",
    "телеграм",
    "телеграмм",
    "tg",
    "тг",
    "sms",
    "смс",
    "kaspi",
    "каспи",
    "kz",
    "кз",
    "рк",
    "қр",
];

/// Words and signs before digits that are dialled after the answer.
const EXTENSIONS: [&str; 18] = [
    "доб",
    "добавочный",
    "добав",
    "добавоч",
    "вн",
    "внутр",
    "внутренний",
    "внут",
    "ішкі",
    "қосымша",
    "қос",
    "ext",
    "extn",
    "extension",
    "extension number",
    "x",
    "х",
    "int",
];

/// What a cell holds.
#[derive(Debug)]
pub struct Cell {
    /// The first number, valid, with its extension.
    pub first: Reading,
    /// Whether another number stands behind it.
    pub several: bool,
}

/// Groups of digits that no sign parts which parts numbers.
#[derive(Debug, Default)]
struct Part {
    plus: bool,
    groups: Vec<String>,
    /// A letter stands at a digit: it may be meant for one.
    broken: bool,
}

/// Reads a cell.
pub fn read(raw: &str) -> Result<Cell, PhoneError> {
    let text = spelling::plain(raw);
    let (text, extension) = match spelling::counted(&text) {
        Some(digits) => (digits?, String::new()),
        None => without_extension(&spelling::with_counted_parts(&text)),
    };
    let (parts, words) = parts_of(&text);
    if parts.iter().map(Part::digits).sum::<usize>() > DIGITS_MAX {
        return Err(PhoneError::Ambiguous);
    }
    let numbers: Option<Vec<Reading>> = (!words && !parts.iter().any(|part| part.broken))
        .then(|| parts.iter().map(Part::numbers).collect::<Option<Vec<_>>>())
        .flatten()
        .map(|numbers| numbers.concat());
    let mut numbers = numbers.unwrap_or_default().into_iter();
    let Some(mut first) = numbers.next() else { return Err(refusal(raw, &text, &parts)) };
    first.extension = extension;
    let several = numbers.any(|other| other.e164 != first.e164);
    Ok(Cell { first, several })
}

/// Why a cell without a number that may be taken is refused.
fn refusal(raw: &str, text: &str, parts: &[Part]) -> PhoneError {
    if parts.iter().any(Part::holds_number) {
        return PhoneError::Ambiguous;
    }
    if (3..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // Services such as 112 or 1414 have no country.
        return PhoneError::NotReachableByText;
    }
    match read_by_plan(raw).verdict {
        Verdict::Unparseable => PhoneError::Unparseable,
        Verdict::Valid | Verdict::Invalid => PhoneError::Invalid,
    }
}

/// The text before an extension, and the extension's digits.
fn without_extension(text: &str) -> (String, String) {
    let whole = || (text.to_owned(), String::new());
    let body = text.trim_end_matches([' ', ')', '.']);
    let before = body.trim_end_matches(|sign: char| sign.is_ascii_digit());
    let digits = &body[before.len()..];
    if digits.is_empty() || digits.len() > EXTENSION_DIGITS_MAX {
        return whole();
    }
    let marked = before.trim_end_matches([' ', '.', ':', '=', '№', '-']);
    if let Some(number) = marked.strip_suffix('#') {
        return (number.to_owned(), digits.to_owned());
    }
    let found = EXTENSIONS.iter().find_map(|word| {
        let number = marked.strip_suffix(word)?;
        (!number.ends_with(char::is_alphabetic)).then_some(number)
    });
    match found {
        Some(number) => (number.trim_end_matches([' ', '(', ',', ';', '.']).to_owned(), digits.to_owned()),
        None => whole(),
    }
}

/// The parts with digits, and whether there are words or signs that no number has beside it.
fn parts_of(text: &str) -> (Vec<Part>, bool) {
    let mut parts = vec![Part::default()];
    let mut foreign = false;
    let mut rest = text;
    let mut after_digit = false;
    while let Some(sign) = rest.chars().next() {
        let part = match parts.last_mut() {
            Some(part) => part,
            None => return (parts, true),
        };
        let mut length = sign.len_utf8();
        match sign {
            '0'..='9' if after_digit => part.extend(sign),
            '0'..='9' => part.groups.push(sign.to_string()),
            // Behind a whole number brackets hold another; nearer the beginning they hold the area code.
            '(' if part.digits() > 5 => parts.push(Part::default()),
            ' ' | '-' | '.' | '(' | ')' | '"' | '\'' | '=' | '№' | '\u{260e}' | '\u{260f}' | '\u{2706}' => {
            }
            '\u{1f4de}' | '\u{1f4f1}' | '\u{1f4f2}' => {}
            ',' | ';' | '/' | '\\' | '|' | '&' | '\n' | '•' | '·' => parts.push(Part::default()),
            // An address book parts numbers so; and a clock has a digit on both sides.
            ':' if rest.starts_with("::") => parts.push(Part::default()),
            ':' if !(after_digit && rest[1..].starts_with(|next: char| next.is_ascii_digit())) => {}
            '+' if part.groups.is_empty() => part.plus = true,
            // Between two numbers it may stand for "and": a blank is behind it, or what is dialled at home.
            '+' => {
                let plus = !rest[1..].starts_with([' ', '(']) && !rest[1..].starts_with("87");
                parts.push(Part { plus, ..Part::default() });
            }
            _ if sign.is_alphabetic() => {
                length = rest.find(|sign: char| !sign.is_alphabetic()).unwrap_or(rest.len());
                let word = &rest[..length];
                let at_digit = after_digit
                    || (rest[length..].starts_with(|next: char| next.is_ascii_digit())
                        && word.chars().count() < 2);
                if at_digit {
                    part.broken = true;
                } else if CONJUNCTIONS.contains(&word) {
                    parts.push(Part::default());
                } else if !LABELS.contains(&word) {
                    foreign = true;
                }
            }
            _ => foreign = true,
        }
        after_digit = sign.is_ascii_digit();
        rest = &rest[length..];
    }
    parts.retain(|part| part.broken || !part.groups.is_empty());
    (parts, foreign)
}

impl Part {
    fn digits(&self) -> usize {
        self.groups.iter().map(String::len).sum()
    }

    fn extend(&mut self, digit: char) {
        if let Some(group) = self.groups.last_mut() {
            group.push(digit);
        }
    }

    /// The numbers that its groups are, to the last digit; `None` where they are none, or may be parted so and so.
    fn numbers(&self) -> Option<Vec<Reading>> {
        let mut ways = Vec::new();
        self.ways(0, &mut Vec::new(), &mut ways);
        let numbers = ways.pop()?;
        let same = |way: &Vec<Reading>| {
            way.first().map(|first| &first.e164) == numbers.first().map(|first| &first.e164)
        };
        (ways.iter().all(same) && !self.has_tail_digit()).then_some(numbers)
    }

    /// Every way of parting the groups from `start` on into numbers.
    fn ways(&self, start: usize, before: &mut Vec<Reading>, ways: &mut Vec<Vec<Reading>>) {
        if start == self.groups.len() {
            ways.push(before.clone());
            return;
        }
        for end in start + 1..=self.groups.len() {
            if let Some(number) = self.number(start, end) {
                before.push(number);
                self.ways(end, before, ways);
                before.pop();
            }
        }
    }

    /// The groups from `start` to before `end` as one number, if they are one and are grouped like it.
    fn number(&self, start: usize, end: usize) -> Option<Reading> {
        let groups = &self.groups[start..end];
        let grouped = !(lacks_digit(groups) || has_digit_too_many(groups));
        grouped.then(|| self.ungrouped(start, end)).flatten()
    }

    /// The digits of these groups as one number, however they are grouped.
    fn ungrouped(&self, start: usize, end: usize) -> Option<Reading> {
        let digits = self.groups[start..end].concat();
        let plus = self.plus && start == 0;
        let text = match digits.strip_prefix("00") {
            // As it is dialled in most of the world.
            Some(international) if !plus => format!("+{international}"),
            _ if plus => format!("+{digits}"),
            // At home: ten digits, with or without what is dialled before them.
            _ if (10..=12).contains(&digits.len()) || digits.starts_with("810") => digits,
            _ => return None,
        };
        // No country's code begins with a zero.
        if text.starts_with("+0") || !NUMBER_DIGITS.contains(&text.len()) {
            return None;
        }
        let reading = read_by_plan(&text);
        let whole = reading.verdict == Verdict::Valid && reading.extension.is_empty();
        (whole && has_every_digit(&reading, text.trim_start_matches('+'))).then_some(reading)
    }

    /// `777 123 45 67 8` is a number with a digit behind it, though its digits together are another number too:
    /// seven, and ten more. Whoever means that one parts the seven off, or nothing.
    fn has_tail_digit(&self) -> bool {
        let last = self.groups.last().map_or(0, String::len);
        let parted = self.groups.first().is_some_and(|first| first.len() >= 3);
        !self.plus
            && parted
            && last == 1
            && self.digits() == 11
            && self.ungrouped(0, self.groups.len() - 1).is_some()
    }

    /// Whether a number stands among its groups, or at the beginning of one that is too long to be one.
    fn holds_number(&self) -> bool {
        let groups = self.groups.len().min(DIGITS_MAX);
        let among =
            (0..groups).any(|start| (start + 1..=groups).any(|end| self.number(start, end).is_some()));
        let begins = |group: &String| {
            group.len() > 15
                && (10..=12).any(|length| {
                    let part = Self { groups: vec![group[..length].to_owned()], ..Self::default() };
                    part.number(0, 1).is_some()
                })
        };
        among || has_digit_too_many(&self.groups) || self.has_tail_digit() || self.groups.iter().any(begins)
    }
}

/// Whether ten digits are grouped as eleven are: the first group ends where the country's digit does, or the area
/// code behind it. Then one is missing, and what the ten are without a country is somebody else's number.
fn lacks_digit(groups: &[String]) -> bool {
    let Some((first, rest)) = groups.split_first() else { return false };
    let rest_digits = rest.iter().map(String::len).sum::<usize>();
    if first.len() + rest_digits != 10 || !first.starts_with(['7', '8']) {
        return false;
    }
    match first.len() {
        // No code begins with a zero, so `7 012 345 678`, as a spreadsheet groups thousands, is read in one way.
        1 => first == "8" || !rest[0].starts_with('0'),
        2 => first.ends_with('7') && rest.iter().any(|group| group.len() != 2),
        4 => is_kazakh_mobile(&first.as_bytes()[1..]),
        5 => first[1..].starts_with("71") || first[1..].starts_with("72"),
        _ => false,
    }
}

/// Whether eleven digits are grouped as ten are, with a code of a mobile operator in front.
fn has_digit_too_many(groups: &[String]) -> bool {
    let Some(first) = groups.first() else { return false };
    groups.iter().map(String::len).sum::<usize>() == 11
        && matches!(first.len(), 3 | 6)
        && is_kazakh_mobile(first.as_bytes())
}

/// Whether the digits are those of the number and what is dialled before it, and no others.
fn has_every_digit(reading: &Reading, digits: &str) -> bool {
    let e164 = reading.e164.trim_start_matches('+');
    if let Some(national) = e164.strip_prefix('7') {
        return digits
            .strip_suffix(national)
            .is_some_and(|prefix| ["", "7", "8", "78", "8107"].contains(&prefix));
    }
    let digits = digits.strip_prefix("810").unwrap_or(digits);
    // A zero between the country and the number, dialled inside that country only: +44 (0)20 …
    digits == e164
        || (1..=3).any(|country| {
            let Some((country, national)) = e164.split_at_checked(country) else { return false };
            digits.strip_prefix(country).and_then(|rest| rest.strip_prefix('0')) == Some(national)
        })
}
