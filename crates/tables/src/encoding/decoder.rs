//! Text out of bytes, as they stream in. Bytes that are no text are refused, never replaced: what stood there may have
//! been a part of a name, or of a number (R19, R70).

use super::Encoding;
use super::single_byte::{kz_1048, windows_1251};

/// Bytes that are no text in the encoding of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undecodable {
    /// How many bytes of decoded text stand before them, counted from where the decoder began.
    pub decoded: u64,
}

/// Turns bytes into text.
#[derive(Clone, Debug)]
pub struct Decoder {
    encoding: Encoding,
    /// The beginning of a character that the last piece cut.
    cut: Vec<u8>,
    decoded: u64,
}

impl Decoder {
    /// Before a byte at which a character begins, behind the byte order mark.
    pub const fn new(encoding: Encoding) -> Self {
        Self { encoding, cut: Vec::new(), decoded: 0 }
    }

    /// Bytes taken in of a character whose end has not come yet; at most three.
    pub const fn cut_bytes(&self) -> u64 {
        self.cut.len() as u64
    }

    /// Takes the next bytes, and adds their text. At a fault, what stands before it has been added.
    pub fn feed(&mut self, bytes: &[u8], out: &mut String) -> Result<(), Undecodable> {
        let before = out.len();
        let read = match self.encoding {
            Encoding::Utf8 => self.utf_8(bytes, out),
            Encoding::Utf16Le => self.utf_16(bytes, u16::from_le_bytes, out),
            Encoding::Utf16Be => self.utf_16(bytes, u16::from_be_bytes, out),
            Encoding::Windows1251 => single_bytes(bytes, windows_1251, out),
            Encoding::Kz1048 => single_bytes(bytes, kz_1048, out),
        };
        self.decoded += (out.len() - before) as u64;
        read.ok_or(self.fault())
    }

    /// The file is at its end: no character may be cut.
    pub fn finish(&self) -> Result<(), Undecodable> {
        if self.cut.is_empty() { Ok(()) } else { Err(self.fault()) }
    }

    const fn fault(&self) -> Undecodable {
        Undecodable { decoded: self.decoded }
    }

    fn utf_8(&mut self, bytes: &[u8], out: &mut String) -> Option<()> {
        let mut rest = bytes;
        while !self.cut.is_empty() {
            let Some((byte, behind)) = rest.split_first() else { return Some(()) };
            self.cut.push(*byte);
            rest = behind;
            match std::str::from_utf8(&self.cut) {
                Ok(character) => {
                    out.push_str(character);
                    self.cut.clear();
                }
                Err(fault) if fault.error_len().is_some() => return None,
                Err(_) => {}
            }
        }
        for chunk in rest.utf8_chunks() {
            out.push_str(chunk.valid());
            match chunk.invalid() {
                [] => {}
                cut if is_cut(cut) && rest.ends_with(cut) => self.cut.extend_from_slice(cut),
                _ => return None,
            }
        }
        Some(())
    }

    fn utf_16(&mut self, bytes: &[u8], unit: fn([u8; 2]) -> u16, out: &mut String) -> Option<()> {
        let joined;
        let bytes = if self.cut.is_empty() {
            bytes
        } else {
            joined = [std::mem::take(&mut self.cut).as_slice(), bytes].concat();
            &joined
        };
        let (pairs, odd) = bytes.as_chunks::<2>();
        let cut_pair = pairs.last().filter(|pair| (0xd800..0xdc00).contains(&unit(**pair)));
        let whole = pairs.len() - usize::from(cut_pair.is_some());
        for character in char::decode_utf16(pairs[..whole].iter().map(|pair| unit(*pair))) {
            out.push(character.ok()?);
        }
        self.cut.extend_from_slice(cut_pair.map_or(&[], |pair| pair.as_slice()));
        self.cut.extend_from_slice(odd);
        Some(())
    }
}

/// Whether bytes are the beginning of a character in UTF-8.
fn is_cut(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|fault| fault.error_len().is_none())
}

fn single_bytes(bytes: &[u8], letter: fn(u8) -> Option<char>, out: &mut String) -> Option<()> {
    out.reserve(bytes.len());
    for byte in bytes {
        out.push(letter(*byte)?);
    }
    Some(())
}
