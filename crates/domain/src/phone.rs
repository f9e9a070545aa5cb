//! Phone numbers: what people type, read into E.164 or refused with a reason (R19, R66).
//!
//! Every digit of what was written must belong to the number that is read: `cell` sees to that, and `spelling`
//! to the ways of writing it.
//!
//! Numbering plans come from Google's metadata through `rlibphonenumber`. Beside it stand two short cuts,
//! which spare a fresh instance the library's start: one for the plainest spellings of Kazakh mobile
//! numbers, which are nearly all rows of an upload, and `zone_seven` for digits that are a number of
//! Kazakhstan or Russia. Tests hold both against the library.

mod cell;
mod spelling;
mod validation;
mod zone_seven;

pub use validation::Validation;

use std::fmt;

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, PhoneNumberType, Region};
use serde::{Serialize, Serializer};

/// Area codes of Kazakh mobile operators, as the library's metadata has them.
const KAZAKH_MOBILE_CODES: [u16; 19] =
    [700, 701, 702, 705, 706, 707, 708, 747, 760, 761, 762, 763, 764, 771, 775, 776, 777, 778, 785];

/// Fewest and most digits after the plus sign of an E.164 number.
const E164_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// A longer text is no number, as in the library's original; the port leaves this limit out.
const RAW_CHARACTERS_MAX: usize = 250;

/// Most letters beside a number that is one: a word such as "whatsapp".
const LABEL_LETTERS_MAX: usize = 12;

/// What a cell looks like at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A mobile number of Kazakhstan.
    Mobile,
    /// A fixed line, a number of another country, or one that was spoilt.
    Number,
    /// Something else.
    Other,
}

/// What a raw text turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A number that the numbering plan of its country knows.
    Valid,
    /// Read as a number, but no plan has it.
    Invalid,
    /// Not a phone number at all, or several in one field.
    Unparseable,
}

/// What lies behind a valid number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A mobile phone: takes calls and texts.
    Mobile,
    /// A fixed line: takes calls only.
    FixedLine,
    /// Either, in countries whose plan does not tell them apart.
    FixedLineOrMobile,
    /// Paid for by the called side.
    TollFree,
    /// Premium rate, shared cost, internet telephony, pagers and the like.
    Other,
}

/// A raw text as read with Kazakhstan as the default country.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// Whether the text is a number, and a real one.
    pub verdict: Verdict,
    /// `+` and digits; empty unless valid.
    pub e164: String,
    /// Two-letter country; empty unless valid.
    pub region: String,
    /// What lies behind the number; nothing unless valid, and then an empty text in JSON.
    #[serde(rename = "type", serialize_with = "empty_without_kind")]
    pub kind: Option<Kind>,
    /// Digits to be dialled after the answer; may stand with an invalid number too.
    pub extension: String,
}

/// A valid number in E.164. It has no `Display`, and `Debug` masks it, so that a number gets into a
/// log or an answer only where somebody wrote `e164()`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

/// Whom a cell names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The first number.
    pub phone: Phone,
    /// Whether other numbers stand beside it, that are passed over.
    pub several: bool,
}

/// Why a text is not a number that may be used. Each has a stable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{}", self.code())]
pub enum PhoneError {
    /// Not a phone number at all, or several in one field.
    Unparseable,
    /// Read as a number, but no numbering plan has it.
    Invalid,
    /// A real number of another country (R19).
    OutsideKazakhstan,
    /// Toll-free, premium, internet or short number: no person's phone behind it.
    NotReachableByText,
    /// An extension is dialled by hand after the answer: no message gets there.
    HasExtension,
    /// A spreadsheet rounded the number and wrote it as a fraction or a power of ten: digits are lost.
    Rounded,
    /// There is a number, and beside it digits or words that may belong to it or make it somebody else's.
    Ambiguous,
    /// More than one number, where there is room for one.
    Several,
}

impl PhoneError {
    /// The stable code that answers and reports carry.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unparseable => "phone_unparseable",
            Self::Invalid => "phone_invalid",
            Self::OutsideKazakhstan => "phone_outside_kazakhstan",
            Self::NotReachableByText => "phone_not_reachable_by_text",
            Self::HasExtension => "phone_has_extension",
            Self::Rounded => "phone_rounded",
            Self::Ambiguous => "phone_ambiguous",
            Self::Several => "phone_several",
        }
    }
}

impl Phone {
    /// Reads a cell of recipients: Kazakh mobiles or fixed lines (R19). A fixed line takes calls only; see
    /// [`Self::can_receive_text`]. Every digit of the cell belongs to a number, or the cell is refused. Of
    /// several numbers the first is taken, and the answer says so.
    pub fn parse_recipients(raw: &str) -> Result<Recipient, PhoneError> {
        if let Some(national) = plain_kazakh_mobile(raw) {
            return Ok(Recipient { phone: Self(e164_of(national)), several: false });
        }
        let cell = read_cell(raw)?;
        let reading = cell.first;
        // Asked before the country: +7 800 belongs to Kazakhstan and Russia alike.
        if matches!(reading.kind, None | Some(Kind::TollFree | Kind::Other)) {
            return Err(PhoneError::NotReachableByText);
        }
        if reading.region != "KZ" {
            return Err(PhoneError::OutsideKazakhstan);
        }
        if !reading.extension.is_empty() {
            return Err(PhoneError::HasExtension);
        }
        Ok(Recipient { phone: Self(reading.e164), several: cell.several })
    }

    /// Reads the number of one recipient where there is room for no other.
    pub fn parse_recipient(raw: &str) -> Result<Self, PhoneError> {
        let recipient = Self::parse_recipients(raw)?;
        if recipient.several { Err(PhoneError::Several) } else { Ok(recipient.phone) }
    }

    /// Reads one valid number of any country and kind, such as an account holder's own (R7) or that of
    /// whoever answered a message.
    pub fn parse(raw: &str) -> Result<Self, PhoneError> {
        if let Some(national) = plain_kazakh_mobile(raw) {
            return Ok(Self(e164_of(national)));
        }
        let cell = read_cell(raw)?;
        match cell.first {
            _ if cell.several => Err(PhoneError::Several),
            reading if !reading.extension.is_empty() => Err(PhoneError::HasExtension),
            reading => Ok(Self(reading.e164)),
        }
    }

    /// Takes back a number that [`Self::e164`] gave to storage. Only the shape is checked: a number
    /// that was valid when it came in stays readable when a later numbering plan drops its code.
    pub fn from_stored(e164: &str) -> Result<Self, PhoneError> {
        let digits = e164.strip_prefix('+').ok_or(PhoneError::Unparseable)?;
        let shaped = E164_DIGITS.contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        if shaped { Ok(Self(e164.to_owned())) } else { Err(PhoneError::Unparseable) }
    }

    /// The number itself: `+` and digits, no spaces.
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// The same as [`Self::e164`], under the name that string types use.
    pub fn as_str(&self) -> &str {
        self.e164()
    }

    /// The number for people who may know that it exists, not what it is: `+7••••••1234`.
    pub fn masked(&self) -> String {
        masked(&self.0)
    }

    /// What lies behind the number; `None` where today's numbering plan no longer has it.
    pub fn kind(&self) -> Option<Kind> {
        read(&self.0).kind
    }

    /// Whether a text message can arrive: a fixed line takes voice only.
    pub fn can_receive_text(&self) -> bool {
        matches!(self.kind(), Some(Kind::Mobile | Kind::FixedLineOrMobile))
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Phone({})", self.masked())
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Reading")
            .field("verdict", &self.verdict)
            .field("e164", &masked(&self.e164))
            .field("region", &self.region)
            .field("kind", &self.kind)
            .field("has_extension", &!self.extension.is_empty())
            .finish()
    }
}

/// What a cell looks like, without asking any numbering plan: so columns of numbers are found cheaply. A number that
/// a spreadsheet spoilt counts too.
pub fn look_of(raw: &str) -> Look {
    if plain_kazakh_mobile(raw).is_some() {
        return Look::Mobile;
    }
    if raw.chars().nth(RAW_CHARACTERS_MAX).is_some() || !raw.chars().any(char::is_numeric) {
        return Look::Other;
    }
    let text = spelling::plain(raw);
    let text = match spelling::counted(&text) {
        // Only what was written with a power of ten: an amount of money is a fraction too.
        Some(Err(_)) => return if text.contains(['e', 'е']) { Look::Number } else { Look::Other },
        Some(Ok(digits)) => digits,
        None => text,
    };
    let mut numbers = text.split([',', ';', '/', '\n', '|']).filter(|part| !part.trim().is_empty());
    let first = numbers.next().unwrap_or_default();
    let digits: String = first.chars().filter(char::is_ascii_digit).collect();
    let national = match digits.len() {
        10 => digits.as_str(),
        11 if digits.starts_with(['7', '8']) => &digits[1..],
        11..=15 if first.trim().starts_with('+') => return Look::Number,
        13 | 14 => digits.strip_prefix("007").or_else(|| digits.strip_prefix("8107")).unwrap_or_default(),
        _ => return Look::Other,
    };
    let letters = first.chars().filter(|sign| sign.is_alphabetic()).count();
    let city = national.starts_with("71") || national.starts_with("72");
    match is_kazakh_mobile(national.as_bytes()) {
        true if letters <= LABEL_LETTERS_MAX => Look::Mobile,
        false if city && letters <= LABEL_LETTERS_MAX => Look::Number,
        _ => Look::Other,
    }
}

/// Reads a raw text as people type it, with Kazakhstan as the default country: one number, judged as the
/// reference judges it, unless a digit of the text does not belong to it. What a spreadsheet made of a number
/// the reference does not know: [`Phone::parse_recipients`] does.
pub fn read(raw: &str) -> Reading {
    match plain_kazakh_mobile(raw) {
        Some(national) => Reading {
            verdict: Verdict::Valid,
            e164: e164_of(national),
            region: "KZ".to_owned(),
            kind: Some(Kind::Mobile),
            extension: String::new(),
        },
        None => {
            let reading = read_by_plan(raw);
            let whole = reading.verdict != Verdict::Valid
                || cell::read(raw).is_ok_and(|cell| !cell.several && cell.first.e164 == reading.e164);
            if whole { reading } else { Reading { verdict: Verdict::Invalid, ..nothing() } }
        }
    }
}

/// Reads a cell, unless it is longer than any.
fn read_cell(raw: &str) -> Result<cell::Cell, PhoneError> {
    if raw.chars().nth(RAW_CHARACTERS_MAX).is_some() {
        return Err(PhoneError::Unparseable);
    }
    cell::read(raw)
}

/// What is read where nothing is.
const fn nothing() -> Reading {
    Reading {
        verdict: Verdict::Unparseable,
        e164: String::new(),
        region: String::new(),
        kind: None,
        extension: String::new(),
    }
}

/// Reads any text as the numbering plans have it: what the library would answer, without it where that is known.
fn read_by_plan(raw: &str) -> Reading {
    zone_seven::read(raw).unwrap_or_else(|| read_by_library(raw))
}

/// Reads any text, as the library and its metadata judge it.
fn read_by_library(raw: &str) -> Reading {
    let library = &PHONE_NUMBER_UTIL;
    let mut reading = nothing();
    if raw.chars().nth(RAW_CHARACTERS_MAX).is_some() || scheme_follows_context(raw) {
        return reading;
    }
    let Ok(mut number) = library.parse(raw, Some(Region::KZ)) else {
        return reading;
    };
    reading.extension = number.extension.take().unwrap_or_default();
    if !library.is_valid_number(&number) {
        reading.verdict = Verdict::Invalid;
        return reading;
    }
    reading.verdict = Verdict::Valid;
    reading.e164 = library.format(&number, PhoneNumberFormat::E164).into_owned();
    reading.region =
        library.get_region_for_number(&number).map(|region| region.to_string()).unwrap_or_default();
    reading.kind = Some(match library.get_number_type(&number) {
        PhoneNumberType::Mobile => Kind::Mobile,
        PhoneNumberType::FixedLine => Kind::FixedLine,
        PhoneNumberType::FixedLineOrMobile => Kind::FixedLineOrMobile,
        PhoneNumberType::TollFree => Kind::TollFree,
        _ => Kind::Other,
    });
    reading
}

/// An RFC 3966 address turned round. The library (2.2.15) cuts out what stands between `tel:` and
/// `;phone-context=` and panics where their order is reversed, so such a text must not reach it.
fn scheme_follows_context(raw: &str) -> bool {
    raw.find(";phone-context=").is_some_and(|context| raw.find("tel:").is_some_and(|scheme| scheme > context))
}

/// The ten national digits, where the text is a Kazakh mobile number in a spelling that leaves no
/// doubt: digits with spaces, dashes, dots and brackets, after `+7`, `8`, `7` or nothing.
fn plain_kazakh_mobile(raw: &str) -> Option<[u8; 10]> {
    // Longer than any sensible spelling: not plain.
    if raw.len() > 32 {
        return None;
    }
    let text = raw.trim_matches(' ');
    let (international, rest) = match text.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    // How long the first group is may tell what the digits are: `cell` looks at that.
    let first_group = rest.trim_start_matches([' ', '-', '.', '(', ')']);
    let first_group = first_group.bytes().take_while(u8::is_ascii_digit).count();
    let (mut digits, mut count) = ([0_u8; 11], 0);
    for byte in rest.bytes() {
        match byte {
            b'0'..=b'9' => {
                *digits.get_mut(count)? = byte;
                count += 1;
            }
            b' ' | b'-' => {}
            // Further behind, a point makes a fraction and a bracket holds something else; so does a last digit
            // that stands alone.
            b'.' | b'(' | b')' if count < 7 => {}
            b'.' if rest.bytes().filter(|byte| *byte == b'.').count() > 1 => {}
            _ => return None,
        }
    }
    let national: [u8; 10] = match (digits[0], count, international) {
        (b'8', 11, false) => digits[1..].try_into().ok()?,
        (b'7', 11, _) if matches!(first_group, 3 | 6) => return None,
        (b'7', 11, true) => digits[1..].try_into().ok()?,
        (b'7', 11, false) if rest.as_bytes().last_chunk::<2>()?.iter().all(u8::is_ascii_digit) => {
            digits[1..].try_into().ok()?
        }
        (b'7', 10, false) if matches!(first_group, 3 | 10) => digits[..10].try_into().ok()?,
        _ => return None,
    };
    is_kazakh_mobile(&national).then_some(national)
}

/// Whether ten national digits begin as mobile numbers of Kazakhstan do.
fn is_kazakh_mobile(national: &[u8]) -> bool {
    let Some(code) = national.first_chunk::<3>() else { return false };
    let code = code.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    KAZAKH_MOBILE_CODES.contains(&code)
}

/// `+7` and the national digits.
fn e164_of(national: [u8; 10]) -> String {
    let mut e164 = String::with_capacity(12);
    e164.push_str("+7");
    e164.extend(national.map(char::from));
    e164
}

/// The first two and the last four characters, the rest as dots.
fn masked(e164: &str) -> String {
    let hidden = e164.len().saturating_sub(6);
    e164.chars()
        .enumerate()
        .map(|(place, character)| if (2..2 + hidden).contains(&place) { '•' } else { character })
        .collect()
}

/// The vectors and the command line name an absent kind by an empty text.
fn empty_without_kind<S: Serializer>(kind: &Option<Kind>, serializer: S) -> Result<S::Ok, S::Error> {
    match kind {
        Some(kind) => kind.serialize(serializer),
        None => serializer.serialize_str(""),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_short_cut_knows_exactly_the_mobile_codes_of_the_metadata() {
        for code in 0..1000 {
            let raw = format!("+7 {code:03} 555 01 23");
            let judged = read_by_library(&raw);
            let kazakh_mobile = judged.region == "KZ" && judged.kind == Some(Kind::Mobile);
            assert_eq!(plain_kazakh_mobile(&raw).is_some(), kazakh_mobile, "area code {code:03}");
        }
    }

    /// Example numbers of all regions by the reference, `phonenumbers` 9.0.42 for Python: right, with a digit more
    /// and with one fewer, without the plus, dialled from Kazakhstan, and in groups.
    #[test]
    fn numbers_of_every_country_are_judged_as_the_reference_judges_them() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/phones_of_every_region.jsonl");
        let lines = std::fs::read_to_string(path).expect("the vectors stand beside the tests");
        assert_eq!(lines.lines().count(), 2898);
        for line in lines.lines() {
            let mut wanted: serde_json::Value = serde_json::from_str(line).expect("each line is JSON");
            let raw = wanted.as_object_mut().and_then(|fields| fields.remove("raw"));
            let raw = raw.as_ref().and_then(serde_json::Value::as_str).expect("each line has a raw text");
            let judged = [read_by_plan(raw), read_by_library(raw)];
            for judged in judged.map(|judged| serde_json::to_value(judged).expect("a reading is JSON")) {
                assert_eq!(judged, wanted, "{raw:?}");
            }
        }
    }

    /// Digits as people begin and part them, most with a Kazakh mobile code and nearly right length.
    fn nearly_plain() -> impl Strategy<Value = String> {
        let start =
            prop_oneof![Just("+7"), Just("8"), Just("7"), Just(""), Just("+8"), Just("+"), Just("87")];
        let code = prop_oneof![8 => prop::sample::select(&KAZAKH_MOBILE_CODES[..]), 2 => 0_u16..1000];
        let gap = || "[ .()-]{0,2}";
        (gap(), start, code, prop::collection::vec((gap(), 0_u8..10), 6..9), gap()).prop_map(
            |(before, start, code, tail, after)| {
                let tail: String = tail.into_iter().map(|(gap, digit)| format!("{gap}{digit}")).collect();
                format!("{before}{start}{code:03}{tail}{after}")
            },
        )
    }

    proptest! {
        #[test]
        fn the_short_cut_never_disagrees_with_the_library(raw in nearly_plain()) {
            prop_assert!(plain_kazakh_mobile(&raw).is_none() || read(&raw) == read_by_library(&raw));
        }

        #[test]
        fn the_short_cut_agrees_on_any_text_of_digits_and_signs(raw in "[0-9 +().-]{0,20}") {
            let by_library = read_by_library(&raw);
            prop_assert!(plain_kazakh_mobile(&raw).is_none() || read(&raw) == by_library);
            prop_assert!(read(&raw).e164.is_empty() || read(&raw) == by_library);
        }
    }
}
