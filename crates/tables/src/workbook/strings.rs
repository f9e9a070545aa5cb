//! The texts that cells share. There may be two million of them, so they stand one behind the other in blocks, with
//! four bytes for each beside its own. Those of Latin, Russian and Kazakh letters, which nearly all are, take a byte a
//! letter there, as KZ-1048 has it.

use super::container::Part;
use super::fault::WorkbookFault;
use super::xml::{Piece, Xml};
use crate::encoding::{kz_1048, kz_1048_byte};

/// Bytes of a block: more than the longest text.
const BLOCK_BYTES: usize = 256 * 1024;
/// Beside the end of a text that is kept in UTF-8.
const IN_UTF_8: u32 = 1 << 31;

/// Texts by their numbers.
#[derive(Default)]
pub struct Strings {
    blocks: Vec<Block>,
}

/// Texts one behind the other.
struct Block {
    /// The number of its first text.
    first: usize,
    bytes: Vec<u8>,
    /// Where each of them ends.
    ends: Vec<u32>,
}

impl Strings {
    /// Reads them, if they come to no more than so many bytes.
    pub fn read(part: Part<'_>, bytes_max: usize) -> Result<Self, WorkbookFault> {
        let mut xml = Xml::new(part);
        let mut strings = Self::default();
        let mut text = String::new();
        let mut count = 0;
        loop {
            match xml.next()? {
                Piece::Start(tag) if tag.name() == "si" => {
                    text.clear();
                    xml.text(true, &mut text)?;
                    unescape(&mut text);
                    strings.push(count, &text);
                    count += 1;
                    if strings.blocks.len() * BLOCK_BYTES + count * size_of::<u32>() > bytes_max {
                        return Err(WorkbookFault::TooLarge);
                    }
                }
                Piece::Eof => return Ok(strings),
                _ => {}
            }
        }
    }

    fn push(&mut self, number: usize, text: &str) {
        let has_room = |block: &&mut Block| block.bytes.len() + text.len() <= BLOCK_BYTES;
        match self.blocks.last_mut().filter(has_room) {
            Some(block) => block.push(text),
            None => {
                if let Some(full) = self.blocks.last_mut() {
                    full.ends.shrink_to_fit();
                }
                let bytes = Vec::with_capacity(BLOCK_BYTES);
                let mut block = Block { first: number, bytes, ends: Vec::new() };
                block.push(text);
                self.blocks.push(block);
            }
        }
    }

    /// Adds the text of that number to another; `None` if there is none.
    pub fn write(&self, number: usize, text: &mut String) -> Option<()> {
        let block = self.blocks.partition_point(|block| block.first <= number).checked_sub(1)?;
        let block = self.blocks.get(block)?;
        let place = number - block.first;
        let begin = place.checked_sub(1).map_or(Some(&0), |before| block.ends.get(before))? & !IN_UTF_8;
        let end = block.ends.get(place)?;
        let bytes = block.bytes.get(begin as usize..(end & !IN_UTF_8) as usize)?;
        if end & IN_UTF_8 == 0 {
            text.extend(bytes.iter().filter_map(|byte| kz_1048(*byte)));
        } else {
            text.push_str(std::str::from_utf8(bytes).ok()?);
        }
        Some(())
    }
}

impl Block {
    fn push(&mut self, text: &str) {
        let begin = self.bytes.len();
        let mut mark = 0;
        for letter in text.chars() {
            if let Some(byte) = kz_1048_byte(letter) {
                self.bytes.push(byte);
            } else {
                self.bytes.truncate(begin);
                self.bytes.extend_from_slice(text.as_bytes());
                mark = IN_UTF_8;
                break;
            }
        }
        self.ends.push(self.bytes.len() as u32 | mark);
    }
}

/// Puts letters in the place of what Excel writes for signs that XML has not: `_x000D_` is a carriage return.
pub fn unescape(text: &mut String) {
    if !text.contains("_x") {
        return;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(place) = rest.find("_x") {
        let code =
            rest.get(place + 2..place + 6).filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let sign = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        match sign.filter(|_| rest[place + 6..].starts_with('_')) {
            Some(sign) => {
                plain.push_str(&rest[..place]);
                if !sign.is_control() || matches!(sign, '\t' | '\n' | '\r') {
                    plain.push(sign);
                }
                rest = &rest[place + 7..];
            }
            None => {
                plain.push_str(&rest[..place + 2]);
                rest = &rest[place + 2..];
            }
        }
    }
    plain.push_str(rest);
    *text = plain;
}
