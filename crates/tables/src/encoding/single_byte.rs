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
