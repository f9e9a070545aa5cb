//! What letters the bytes of a file stand for: the encodings in which businesses keep their clients, how one is told
//! from another, and how text is read from it piece by piece (R70).
//!
//! Own code for all five. `encoding_rs` does not know KZ-1048, puts a sign of its own where bytes make no letter and
//! goes on, and does not say which byte that was; with it comes what browsers need of the other forty encodings. The
//! tests hold the tables against it. `chardetng` weighs two dozen encodings that this product would refuse anyway; what
//! is no Windows-1251 shows by the few marks in `recognise`.

mod decoder;
mod lost_letters;
mod recognise;
mod single_byte;
#[cfg(test)]
pub(crate) mod tests;

use serde::{Deserialize, Serialize};

pub use decoder::{Decoder, Undecodable};
pub use lost_letters::lost_letters;
pub(crate) use recognise::marks_of;
pub use recognise::{Unknown, recognise};
#[cfg(feature = "workbook")]
pub(crate) use single_byte::{kz_1048, kz_1048_byte};

/// How a file writes letters as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// One byte for Latin letters, two for Cyrillic ones.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Two bytes a letter, the lower one first: "Unicode text" of Excel.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// Two bytes a letter, the higher one first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// One byte a letter, without Kazakh ones other than І: "CSV" of Excel on a Russian Windows.
    #[serde(rename = "windows-1251")]
    Windows1251,
    /// Windows-1251 with Kazakh letters in the places of sixteen others.
    #[serde(rename = "kz-1048")]
    Kz1048,
}

impl Encoding {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Utf8, Self::Windows1251, Self::Kz1048, Self::Utf16Le, Self::Utf16Be];

    /// The name as people know it, in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1251 => "windows-1251",
            Self::Kz1048 => "kz-1048",
        }
    }

    /// The encoding of that name, in whatever case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|encoding| encoding.as_str().eq_ignore_ascii_case(name))
    }

    /// How many bytes of a file a text was read from: so a place in the text is one in the file.
    pub fn source_bytes(self, text: &str) -> u64 {
        let bytes = match self {
            Self::Utf8 => text.len(),
            Self::Utf16Le | Self::Utf16Be => text.chars().map(|letter| 2 * letter.len_utf16()).sum(),
            Self::Windows1251 | Self::Kz1048 => text.chars().count(),
        };
        bytes as u64
    }
}
