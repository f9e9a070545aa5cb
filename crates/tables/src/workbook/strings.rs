//! The texts that cells share. There may be two million of them, so they stand one behind the other in blocks, with
//! four bytes for each beside its own.

use super::container::Part;
use super::fault::WorkbookFault;
use super::xml::{Piece, Xml};

/// Bytes of a block: more than the longest text.
const BLOCK_BYTES: usize = 256 * 1024;

/// Texts by their numbers.
#[derive(Default)]
pub struct Strings {
    blocks: Vec<Block>,
}

/// Texts one behind the other.
struct Block {
    /// The number of its first text.
    first: usize,
    text: String,
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
        let has_room = |block: &&mut Block| block.text.len() + text.len() <= BLOCK_BYTES;
        match self.blocks.last_mut().filter(has_room) {
            Some(block) => block.push(text),
            None => {
                if let Some(full) = self.blocks.last_mut() {
                    full.ends.shrink_to_fit();
                }
                let mut block =
                    Block { first: number, text: String::with_capacity(BLOCK_BYTES), ends: Vec::new() };
                block.push(text);
                self.blocks.push(block);
            }
        }
    }

    /// The text of a number.
    pub fn get(&self, number: usize) -> Option<&str> {
        let block = self.blocks.partition_point(|block| block.first <= number).checked_sub(1)?;
        let block = self.blocks.get(block)?;
        let place = number - block.first;
        let begin = place.checked_sub(1).map_or(Some(&0), |before| block.ends.get(before))?;
        block.text.get(*begin as usize..*block.ends.get(place)? as usize)
    }
}

impl Block {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
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
