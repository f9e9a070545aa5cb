//! How many text-message segments a text takes, and so how often its tariff is charged (R47).
//!
//! A text whose every character stands in the GSM 03.38 alphabet travels in septets; any other goes
//! out in UTF-16 units, as Kazakh and Russian do. A text that does not fit one message is cut
//! into segments that each give some room to the header that joins them again.

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

/// GSM 03.38 default alphabet: each of these takes one septet. The escape to the extension table is
/// left out: it is no character that a person writes.
const GSM_BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                         ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// GSM 03.38 extension table: an escape and a second septet, which may not be parted.
const GSM_EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// The alphabet in which a text travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub enum Encoding {
    /// Septets: 160 in a single message, 153 in a segment of a longer one.
    #[serde(rename = "GSM-7")]
    Gsm7,
    /// UTF-16 units: 70 in a single message, 67 in a segment of a longer one.
    #[serde(rename = "UCS-2")]
    Ucs2,
}

impl Encoding {
    /// Units in a message that stands alone.
    pub const fn units_in_single(self) -> u32 {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// Units in each segment of a longer message, beside the six octets of its header.
    pub const fn units_in_segment(self) -> u32 {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }
}

/// What sending a text takes. Serialised, the names are the field's own: `GSM-7`, `UCS-2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Segments {
    /// The alphabet of all segments: one character outside GSM 03.38 moves the whole text.
    pub encoding: Encoding,
    /// Segments to be sent and paid for; an empty text is still one.
    pub segments: u32,
    /// Length of the text in septets or UTF-16 units.
    pub units: u32,
    /// How many of those units one segment holds at this length.
    pub units_per_segment: u32,
    /// Units still free in the last segment.
    pub units_left_in_last: u32,
}

/// Counts the segments of `text`.
///
/// An escape and its character, a surrogate pair and everything else that is read as one character
/// (a flag, a family, a letter with its accents) goes whole into the next segment where it does not
/// fit: a handset that shows segments one by one then shows no half characters.
pub fn segment(text: &str) -> Segments {
    match gsm_units(text) {
        Some(units) => {
            let characters = text.chars().map(|character| gsm_septets(character).unwrap_or(0));
            packed(Encoding::Gsm7, units, characters)
        }
        None => {
            let units = text.chars().map(utf16_units).fold(0, u32::saturating_add);
            packed(Encoding::Ucs2, units, text.graphemes(true).flat_map(unparted))
        }
    }
}

/// Fills segments in order with pieces that may not be parted, each at most one segment long.
fn packed(encoding: Encoding, units: u32, pieces: impl Iterator<Item = u32>) -> Segments {
    let single = encoding.units_in_single();
    if units <= single {
        return Segments {
            encoding,
            segments: 1,
            units,
            units_per_segment: single,
            units_left_in_last: single - units,
        };
    }
    let room = encoding.units_in_segment();
    let (mut segments, mut left) = (1_u32, room);
    for piece in pieces {
        if piece > left {
            segments = segments.saturating_add(1);
            left = room;
        }
        left = left.saturating_sub(piece);
    }
    Segments { encoding, segments, units, units_per_segment: room, units_left_in_last: left }
}

/// The sizes of the pieces into which one visible character may be cut: one piece, unless it is
/// so laden with marks that no segment holds it, when the cut falls between its code points.
fn unparted(grapheme: &str) -> impl Iterator<Item = u32> {
    let whole = grapheme.chars().map(utf16_units).fold(0, u32::saturating_add);
    let fits = whole <= Encoding::Ucs2.units_in_segment();
    let parts = if fits { "" } else { grapheme };
    fits.then_some(whole).into_iter().chain(parts.chars().map(utf16_units))
}

/// Septets of the text, or `None` where some character is outside the alphabet.
fn gsm_units(text: &str) -> Option<u32> {
    text.chars().try_fold(0_u32, |units, character| Some(units.saturating_add(gsm_septets(character)?)))
}

/// Septets of one character, or `None` where the alphabet lacks it.
fn gsm_septets(character: char) -> Option<u32> {
    // Nearly every character of a text is one of these, and a look-up would walk half the table.
    if character.is_ascii_alphanumeric() || character == ' ' {
        return Some(1);
    }
    match character {
        _ if GSM_BASIC.contains(character) => Some(1),
        _ if GSM_EXTENSION.contains(character) => Some(2),
        _ => None,
    }
}

/// UTF-16 units of one character: two where it needs a surrogate pair.
fn utf16_units(character: char) -> u32 {
    if u32::from(character) > 0xFFFF { 2 } else { 1 }
}
