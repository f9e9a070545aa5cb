//! Bytes as hexadecimal digits, as ids, links, signatures and statements carry them.

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let mut text = String::with_capacity(2 * bytes.len());
    text.extend(nibbles.map(|nibble| char::from(DIGITS[usize::from(nibble)])));
    text
}

/// Hexadecimal digits of either case read back; `None` if they are not.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some((digit(pair.first()?)? << 4 | digit(pair.get(1)?)?) as u8)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_in_lower_case_and_read_back_from_either() {
        assert_eq!(hex(&[0x00, 0x0a, 0xf0, 0xff]), "000af0ff");
        assert_eq!(unhex("000aF0Ff"), Some(vec![0x00, 0x0a, 0xf0, 0xff]));
        assert_eq!((hex(&[]), unhex("")), (String::new(), Some(Vec::new())));
    }

    #[test]
    fn what_is_no_pairs_of_digits_is_not_read() {
        for text in ["0", "000", "0g", "+1", " 1", "ы"] {
            assert_eq!(unhex(text), None, "{text}");
        }
    }
}
