//! Numbers as their owner sees them: whole ones with all their digits, days as dates, and numbers with signs between
//! their digits where the table shows such (R19: a phone is often a number, shown as `+7 (701) 234-56-78`).

use std::sync::Arc;

use chrono::{Days, NaiveDate};

/// The last day that a table can show, 9999-12-31.
const LAST_DAY: f64 = 2_958_465.0;
/// Days between the two beginnings that tables count from.
const DAYS_TO_1904: f64 = 1_462.0;
const SECONDS: f64 = 86_400.0;
/// A whole number above this is written as a power of ten.
const WRITTEN_OUT_MAX: f64 = 1e21;

/// How a number is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// With its digits.
    Plain,
    /// As a date, a time, or both.
    Date,
    /// With its digits in these places; many styles may have the same.
    Digits(Arc<[Place]>),
}

/// A place in what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A digit, and zero where there is none.
    Zero,
    /// A digit, if there is one.
    Digit,
    /// A sign that stands there always.
    Sign(char),
}

impl Shown {
    /// By the number of a format that every table has.
    pub const fn by_id(id: u32) -> Self {
        match id {
            14..=22 | 27..=36 | 45..=47 | 50..=58 => Self::Date,
            _ => Self::Plain,
        }
    }

    /// By a format of the file's own: its first section, which is that of numbers above zero.
    pub fn by_code(code: &str) -> Self {
        let mut places = Vec::new();
        // Whether it says nothing but where digits and signs stand.
        let mut is_plain_places = true;
        let mut is_date = false;
        let mut signs = code.chars();
        while let Some(sign) = signs.next() {
            match sign {
                ';' => break,
                '"' => places.extend(signs.by_ref().take_while(|sign| *sign != '"').map(Place::Sign)),
                '\\' => places.extend(signs.next().map(Place::Sign)),
                // A blank as wide as the next sign, and a sign that fills the cell.
                '_' | '*' => drop(signs.next()),
                '[' => {
                    let within: String = signs.by_ref().take_while(|sign| *sign != ']').collect();
                    is_date |=
                        matches!(within.to_ascii_lowercase().as_str(), "h" | "hh" | "m" | "mm" | "s" | "ss");
                    is_plain_places = false;
                }
                '0' => places.push(Place::Zero),
                '#' => places.push(Place::Digit),
                '1'..='9' | '+' | '-' | '(' | ')' | ' ' | '\u{a0}' => places.push(Place::Sign(sign)),
                'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' => is_date = true,
                _ => is_plain_places = false,
            }
        }
        let digits = places.iter().filter(|place| !matches!(place, Place::Sign(_))).count();
        match (is_date, is_plain_places && digits > 1) {
            (true, _) => Self::Date,
            (false, true) => Self::Digits(places.into()),
            (false, false) => Self::Plain,
        }
    }

    /// Adds a number to a text, as it is shown. What is no number stays as it is.
    pub fn write(&self, number: &str, is_1904: bool, text: &mut String) {
        let number = number.trim();
        let is_digits = number.bytes().all(|byte| byte.is_ascii_digit());
        if is_digits && *self == Self::Plain {
            return text.push_str(number);
        }
        let Some(value) = number.parse::<f64>().ok().filter(|value| value.is_finite()) else {
            return text.push_str(number);
        };
        let plain = plain(value);
        match self {
            Self::Date => match date(value, is_1904) {
                Some(date) => text.push_str(&date),
                None => text.push_str(&plain),
            },
            Self::Digits(places) if plain.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.push_str(&placed(places, &plain));
            }
            Self::Digits(_) | Self::Plain => text.push_str(&plain),
        }
    }
}

/// A number to fifteen digits, which is what a table keeps of it.
fn plain(value: f64) -> String {
    let value = format!("{value:.14e}").parse().unwrap_or(value);
    // Minus zero is zero.
    if value == 0.0 {
        "0".to_owned()
    } else if value.abs() < WRITTEN_OUT_MAX && value.abs() >= 1e-9 {
        format!("{value}")
    } else {
        format!("{value:E}")
    }
}

/// Digits in their places, from the right. What remains over stands before the first of them.
fn placed(places: &[Place], digits: &str) -> String {
    let count = places.iter().filter(|place| !matches!(place, Place::Sign(_))).count();
    let missing = count.saturating_sub(digits.len());
    let (over, digits) = digits.split_at(digits.len().saturating_sub(count));
    let mut digits = digits.chars();
    let mut over = Some(over);
    let mut text = String::new();
    let mut passed = 0;
    for place in places {
        match place {
            Place::Sign(sign) => text.push(*sign),
            Place::Zero | Place::Digit => {
                text.push_str(over.take().unwrap_or_default());
                passed += 1;
                match place {
                    _ if passed > missing => text.extend(digits.next()),
                    Place::Zero => text.push('0'),
                    _ => {}
                }
            }
        }
    }
    text
}

/// The date of a number of days and parts of a day: `2026-07-12`, `2026-07-12 10:30:00`, or `10:30:00` of no day.
fn date(value: f64, is_1904: bool) -> Option<String> {
    let mut days = value.floor();
    let mut seconds = ((value - days) * SECONDS).round();
    if seconds >= SECONDS {
        days += 1.0;
        seconds = 0.0;
    }
    let time = || {
        let seconds = seconds as u32;
        format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
    };
    if days == 0.0 && seconds > 0.0 {
        return Some(time());
    }
    if is_1904 {
        days += DAYS_TO_1904;
    }
    if !(0.0..=LAST_DAY).contains(&days) {
        return None;
    }
    let date = match days as u64 {
        // Tables took 1900 for a leap year, and keep to it: this day never was.
        60 => "1900-02-29".to_owned(),
        days => {
            let before = if days < 60 {
                NaiveDate::from_ymd_opt(1899, 12, 31)
            } else {
                NaiveDate::from_ymd_opt(1899, 12, 30)
            };
            before?.checked_add_days(Days::new(days))?.to_string()
        }
    };
    Some(if seconds > 0.0 { format!("{date} {}", time()) } else { date })
}
