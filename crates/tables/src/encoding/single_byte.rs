//! The two tables in which a byte is a letter: Windows-1251, and KZ-1048 (STRK 1048-2002), which has Kazakh letters in
//! sixteen of its places.
//!
//! Byte 0x98 is in neither, and is refused. Browsers read it as a control sign that nobody sees; but in a list of
//! people it is the Ш of a file from DOS, and such a file is to be noticed.

/// 0x80 to 0xBF; from 0xC0 on stand the Russian letters, as in Unicode. 0x98 is none.
const WINDOWS_1251: [char; 64] = [
    'Ђ', 'Ѓ', '‚', 'ѓ', '„', '…', '†', '‡', '€', '‰', 'Љ', '‹', 'Њ', 'Ќ', 'Ћ', 'Џ', //
    'ђ', '‘', '’', '“', '”', '•', '–', '—', NONE, '™', 'љ', '›', 'њ', 'ќ', 'ћ', 'џ', //
    '\u{a0}', 'Ў', 'ў', 'Ј', '¤', 'Ґ', '¦', '§', 'Ё', '©', 'Є', '«', '¬', '\u{ad}', '®', 'Ї', //
    '°', '±', 'І', 'і', 'ґ', 'µ', '¶', '·', 'ё', '№', 'є', '»', 'ј', 'Ѕ', 'ѕ', 'ї',
];

/// No letter.
const NONE: char = '\0';

/// The letter of a byte.
pub const fn windows_1251(byte: u8) -> Option<char> {
    match byte {
        0..0x80 => Some(byte as char),
        0x80..0xc0 => match WINDOWS_1251[(byte - 0x80) as usize] {
            NONE => None,
            letter => Some(letter),
        },
        0xc0.. => char::from_u32('А' as u32 + (byte - 0xc0) as u32),
    }
}

/// The letter of a byte.
pub const fn kz_1048(byte: u8) -> Option<char> {
    match kazakh(byte) {
        Some(letter) => Some(letter),
        None => windows_1251(byte),
    }
}

/// The Kazakh letter that KZ-1048 has where Windows-1251 has another.
pub const fn kazakh(byte: u8) -> Option<char> {
    Some(match byte {
        0x8d => 'Қ',
        0x8e => 'Һ',
        0x9d => 'қ',
        0x9e => 'һ',
        0xa1 => 'Ұ',
        0xa2 => 'ұ',
        0xa3 => 'Ә',
        0xa5 => 'Ө',
        0xaa => 'Ғ',
        0xaf => 'Ү',
        0xb4 => 'ө',
        0xba => 'ғ',
        0xbc => 'ә',
        0xbd => 'Ң',
        0xbe => 'ң',
        0xbf => 'ү',
        _ => return None,
    })
}

/// The byte of a letter in KZ-1048.
#[cfg(feature = "workbook")]
pub fn kz_1048_byte(letter: char) -> Option<u8> {
    const CYRILLIC: [u8; 256] = cyrillic_bytes();
    match letter {
        '\0'..'\u{80}' => Some(letter as u8),
        '\u{400}'..'\u{500}' => Some(CYRILLIC[letter as usize - 0x400]).filter(|byte| *byte != 0),
        _ => (0x80..0xc0).find(|byte| kz_1048(*byte) == Some(letter)),
    }
}

/// The bytes of the letters from U+0400 on; zero for those that have none.
#[cfg(feature = "workbook")]
const fn cyrillic_bytes() -> [u8; 256] {
    let mut bytes = [0; 256];
    let mut byte = u8::MAX;
    while byte >= 0x80 {
        if let Some(letter @ '\u{400}'..'\u{500}') = kz_1048(byte) {
            bytes[letter as usize - 0x400] = byte;
        }
        byte -= 1;
    }
    bytes
}
