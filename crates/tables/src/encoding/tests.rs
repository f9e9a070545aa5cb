//! Files in each encoding, and those in none; names that lost their letters, and those that did not.

use proptest::prelude::*;

use super::single_byte::{kazakh, kz_1048, windows_1251};
use super::*;

mod damaged_names;

/// Made-up clients as people write them, in Russian and Kazakh.
const KAZAKH: &str = "ФИО;Телефон\r\nҚалиева Әсем;87010000001\r\nӨмірбек Ұлан;87010000002\r\nТеңге Һүрия;\r\n\
                      Ғалымжан Үміт Ілиясұлы;\r\nқұс жүгіңіз бөлме шаһар әке ағаш\r\n";
const RUSSIAN: &str = "№;ФИО;Телефон\r\n1;Ёлкина «Аня»;87010000001\r\n2;Иванов–Петров;87010000002\r\n";

/// A text as a program with that encoding saves it, without a mark.
pub fn saved(encoding: Encoding, text: &str) -> Vec<u8> {
    let byte = |letter: char, table: fn(u8) -> Option<char>| {
        (0..=255).find(|byte| table(*byte) == Some(letter)).unwrap_or(b'?')
    };
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        Encoding::Windows1251 => text.chars().map(|letter| byte(letter, windows_1251)).collect(),
        Encoding::Kz1048 => text.chars().map(|letter| byte(letter, kz_1048)).collect(),
    }
}

fn decoded(encoding: Encoding, bytes: &[u8], piece: usize) -> Result<String, Undecodable> {
    let mut decoder = Decoder::new(encoding);
    let mut text = String::new();
    for piece in bytes.chunks(piece) {
        decoder.feed(piece, &mut text)?;
    }
    decoder.finish().map(|()| text)
}

/// R19, R70: what stood there may have been a part of a name or a number.
#[test]
fn bytes_that_are_no_text_are_refused_with_their_place() {
    for (encoding, bytes, place) in [
        (Encoding::Utf8, b"ab\xffcd".as_slice(), 2),
        (Encoding::Utf8, b"\xd0\x90\xd0", 2),
        (Encoding::Utf8, b"a\xd0b", 1),
        (Encoding::Utf8, b"\xed\xa0\x80", 0),
        (Encoding::Utf8, b"\xc0\x80", 0),
        (Encoding::Utf16Le, b"a\0\x00\xd8b\0", 1),
        (Encoding::Utf16Le, b"a\0\x00\xdcb\0", 1),
        (Encoding::Utf16Le, b"a\0\x00\xd8", 1),
        (Encoding::Utf16Le, b"a\0b", 1),
        (Encoding::Utf16Be, b"\0a\xdc\x00", 1),
        (Encoding::Windows1251, b"\xc0\x98", 2),
        (Encoding::Kz1048, b"\x8d\x98", 2),
    ] {
        for piece in 1..=bytes.len() {
            assert_eq!(decoded(encoding, bytes, piece), Err(Undecodable { decoded: place }), "{bytes:x?}");
        }
    }
}

/// R70: a list that would be read as rubbish is refused.
#[test]
fn a_file_in_another_encoding_is_not_recognised() {
    let list = "Фамилия;Телефон\nАсель Каримова;87010000001\nМарат Петров;87010000002\nгород Алматы;\n";
    for label in ["ibm866", "koi8-r", "x-mac-cyrillic"] {
        let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).expect("known");
        // encoding_rs writes them too.
        let (bytes, _, unmappable) = encoding.encode(list);
        assert!(!unmappable, "{label}");
        assert_eq!(recognise(&bytes, true), Err(Unknown), "{label}");
    }
    for bytes in [
        b"name;phone\nJos\xe9 Garc\xeda;87010000001\n".as_slice(),
        b"name;phone\nM\xfcller;87010000001\n",
        b"\xff\xfe\0\0p\0\0\0h\0\0\0",
        b"\0\0\0p\0\0\0h\0\0\0o",
        b"PK\x03\x04\x14\0\0\0\x08\0\xff\x81\x90",
        b"phone\0name\n87010000001\0\n",
    ] {
        assert_eq!(recognise(bytes, true), Err(Unknown), "{bytes:x?}");
    }
}

#[test]
fn a_byte_order_mark_decides_and_may_stand_twice() {
    for (encoding, mark) in [
        (Encoding::Utf8, b"\xef\xbb\xbf".as_slice()),
        (Encoding::Utf16Le, b"\xff\xfe"),
        (Encoding::Utf16Be, b"\xfe\xff"),
    ] {
        for times in [1, 2] {
            let mut file = mark.repeat(times);
            let marks = file.len();
            file.extend(saved(encoding, KAZAKH));
            assert_eq!(recognise(&file, true), Ok((encoding, marks)));
        }
    }
}

#[test]
fn each_encoding_is_recognised_without_a_mark() {
    for encoding in Encoding::ALL.into_iter().filter(|encoding| *encoding != Encoding::Windows1251) {
        assert_eq!(recognise(&saved(encoding, KAZAKH), true), Ok((encoding, 0)), "{encoding:?}");
    }
    for encoding in Encoding::ALL.into_iter().filter(|encoding| *encoding != Encoding::Kz1048) {
        assert_eq!(recognise(&saved(encoding, RUSSIAN), true), Ok((encoding, 0)), "{encoding:?}");
    }
    let capitals = RUSSIAN.to_uppercase();
    let bytes = saved(Encoding::Windows1251, &capitals);
    assert_eq!(recognise(&bytes, true), Ok((Encoding::Windows1251, 0)));
    assert_eq!(recognise(b"phone;name\n87010000001;A\n\x1a\0\0", true), Ok((Encoding::Utf8, 0)));
    assert_eq!(recognise(b"", true), Ok((Encoding::Utf8, 0)));
}

/// R70: the sixteen letters in which the two tables differ.
#[test]
fn windows_1251_and_kz_1048_are_told_apart_by_their_words() {
    for names in [
        "Сергій Гаєвський\nЇжакевич Наталія\nУкраїна Київ\nЄвгенія\nҐалаґан\n",
        "Кавалёў Уладзіслаў\nВоўк Жанна\n",
        "Олексій; моєї, її Ґанок\n",
    ] {
        let bytes = saved(Encoding::Windows1251, names);
        assert_eq!(recognise(&bytes, true), Ok((Encoding::Windows1251, 0)), "{names}");
    }
    for names in [
        "Ғалия\n",
        "Бағдат\n",
        "Үміт\n",
        "Гүлнұр\n",
        "Көркем\n",
        "Өмір\n",
        "Ұлан\n",
        "Нұрлан\n",
        "Әсем\n",
        "Қуат\n",
        "Теңге\n",
        "Жаһан\n",
        "Иванов Иван\nПетров Қуат\n",
    ] {
        let bytes = saved(Encoding::Kz1048, names);
        assert_eq!(recognise(&bytes, true), Ok((Encoding::Kz1048, 0)), "{names}");
    }
}

#[test]
fn a_character_that_the_head_cuts_is_no_fault_but_at_the_end_of_the_file_it_is() {
    let bytes = "Телефон;Имя\n87010000001;А".as_bytes();
    let cut = &bytes[..bytes.len() - 1];
    assert_eq!(recognise(cut, false), Ok((Encoding::Utf8, 0)));
    assert_ne!(recognise(cut, true), Ok((Encoding::Utf8, 0)));
    let lone = b"phone;name\n87010000001;\xc0";
    assert_eq!(recognise(lone, true), Ok((Encoding::Windows1251, 0)));
}

#[test]
fn the_table_of_windows_1251_is_that_of_browsers_but_for_one_byte() {
    for byte in 0..=255u8 {
        let bytes = [byte];
        let (text, _) = encoding_rs::WINDOWS_1251.decode_without_bom_handling(&bytes);
        let expected = text.chars().next().filter(|_| byte != 0x98);
        assert_eq!(windows_1251(byte), expected, "{byte:#x}");
    }
}

#[test]
fn kz_1048_has_every_letter_of_kazakh_once() {
    let letters: String = (0..=255).filter_map(kz_1048).collect();
    for letter in "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ".chars()
    {
        for letter in letter.to_lowercase().chain([letter]) {
            assert_eq!(letters.matches(letter).count(), 1, "{letter}");
        }
    }
    assert_eq!((0..=255).filter_map(kazakh).count(), 16);
}

#[cfg(feature = "workbook")]
#[test]
fn a_letter_has_the_byte_that_it_is_read_from() {
    for byte in 0..=255 {
        assert_eq!(kz_1048(byte).map(kz_1048_byte), kz_1048(byte).map(|_| Some(byte)), "{byte:#x}");
    }
    for letter in "ќЂԱé😀\u{98}".chars() {
        assert_eq!(kz_1048_byte(letter).and_then(kz_1048).filter(|other| *other != letter), None, "{letter}");
    }
}

#[test]
fn an_encoding_is_read_from_the_name_that_it_is_written_by() {
    for encoding in Encoding::ALL {
        let json = serde_json::to_string(&encoding).expect("a name");
        assert_eq!(json, format!("\"{}\"", encoding.as_str()));
        assert_eq!(serde_json::from_str::<Encoding>(&json).expect("a name"), encoding);
        assert_eq!(Encoding::parse(&encoding.as_str().to_uppercase()), Some(encoding));
    }
    assert_eq!(Encoding::parse("koi8-r"), None);
}

proptest! {
    /// However it is cut, the text is the same, and each place of it is one of the file.
    #[test]
    fn a_text_is_read_back_from_each_encoding(text in "[a-z0-9;\n әҚңіЯё№😀]{0,60}", piece in 1usize..9) {
        for encoding in Encoding::ALL {
            let bytes = saved(encoding, &text);
            let read = decoded(encoding, &bytes, piece).expect("read");
            if matches!(encoding, Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be) {
                prop_assert_eq!(&read, &text);
            }
            prop_assert_eq!(encoding.source_bytes(&read), bytes.len() as u64);
        }
    }
}
