//! Cells as spreadsheets, address books and people fill them: the wrong person is never written to (R19).

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use sendbox_domain::phone::{Phone, read};

const NUMBER: &str = "+77012345678";

/// The number, or the code, that a cell is read as.
fn answer(cell: &str) -> String {
    match Phone::parse_recipients(cell) {
        Ok(recipient) if recipient.several => format!("{} phone_several", recipient.phone.e164()),
        Ok(recipient) => recipient.phone.e164().to_owned(),
        Err(error) => error.code().to_owned(),
    }
}

fn all_are(cells: &[&str], wanted: &str) {
    for cell in cells {
        assert_eq!(answer(cell), wanted, "{cell:?}");
    }
}

/// R19: digits are lost, and nobody knows which they were.
#[test]
fn a_number_that_a_spreadsheet_rounded_is_refused() {
    all_are(
        &[
            "7.70123E+10",
            "7.701234567E10",
            "7.01234567E9",
            "7012345678.5",
            "7.7E+10",
            "7,70123e+10",
            "7E10",
            "7.7012345678E+11",
            "7.7012345678E+9",
            "87012345678,5",
            "77 012 345 678,50",
            "7.70123е+10",
            "7.70123 E+10",
            "7.70123*10^10",
            "+7.70123E+10",
            "8.7012E+10",
            "8701234567.8",
            "7.7012345678E-10",
            "7771234567.8",
        ],
        "phone_rounded",
    );
}

/// R19: what is left over may be a line, a room, or a digit of somebody else's number.
#[test]
fn a_number_with_digits_or_words_left_over_is_refused() {
    all_are(
        &[
            "701 234 56 78/9",
            "8 701 234 56 78 (3)",
            "701-234-56-78 2-я линия",
            "777 123 45 67/8",
            "777 123 45 67 8",
            "7771234567-8",
            "8 701 234 56 78 - 79",
            "87012345678/79",
            "87012345678, 12",
            "8 701 234 56 78 кв. 5",
            "1) 8 701 234 56 78",
            "87012345678 (не звонить)",
            "87012345678 старый",
            "87012345678 9:00-18:00",
            "870123456788701234567",
            "8701234567887012345679",
            "87012345678а",
            "87012345678²",
            "87012345678 25.11.2026",
            "+7 (0) 701 234 56 78",
            "=77012345678-1",
            "87012345678*",
            "87012345678?",
            "87012345678 каб 12 и 13",
            "87012345678; Астана 5",
            "87012345678; 7.70123E+10",
            "87012345678…9",
        ],
        "phone_ambiguous",
    );
    // Not the second where the first is spoilt, and no digit in brackets or behind a stroke.
    for cell in [
        "8701234567, 87012345679",
        "8 701 234 56 7(8)",
        "8 701 234 56 7/8",
        "8701234567 / 8",
        "777 123 45 6*",
    ] {
        assert!(Phone::parse_recipients(cell).is_err(), "{cell:?}");
    }
}

/// R19: a bare 7 or 8 and nine digits are a number that lacks one; read without its country it is somebody else's.
#[test]
fn a_country_alone_in_front_of_nine_digits_is_a_number_that_lacks_one() {
    let lacking = [
        "7 (771) 234-567",
        "7 (777) 123-45-6",
        "7 777 123 456",
        "7-775-123-45-6",
        "7(778)123456",
        "7 (785) 123-45-6",
        "7 (717) 255-12-3",
        "7 7172 55 12 3",
        "7 (7172) 55-12-3",
        "(7) 771 234 567",
        "7.771.234.567",
        "7\u{a0}771\u{2011}234\u{2011}567",
        "7 771 234 567",
        "7 771234567",
        "тел. 7 (771) 234-567",
        "7 7 7 1 2 3 4 5 6 7",
        "8 (777) 123-45-6",
        "8 777 123 456",
        "8(701)234567",
        "8-7172-55-12-3",
        // The country and the code in one.
        "7771 234 567",
        "(7701) 234-567",
        "(8701) 234-567",
        "7777-123-456",
        "(77172) 55-12-3",
        "77 012 345 67",
        "87 012 345 67",
    ];
    all_are(&lacking, "phone_invalid");
    for cell in lacking {
        assert!(read(cell).e164.is_empty(), "{cell:?}");
        let doubled = format!("87012345678; {cell}");
        assert_eq!(answer(&doubled), "phone_ambiguous", "{doubled:?}");
    }
    assert!(Phone::parse_recipients("7,771,234,567").is_err(), "thousands, or a number that lacks a digit");
    // These can be read in one way only.
    all_are(&["7 012 345 678", "7012345678", "701 234 56 78", "(701) 234-56-78", "70 12 34 56 78"], NUMBER);
    all_are(&["7 701 234 56 78", "7 (701) 234-56-78", "7701 234 56 78", "77 01 23 45 67 8"], NUMBER);
    all_are(&["7 771 234 567,00", "7771234567", "77 71 23 45 67"], "+77771234567");
}

/// R19: the first group is a code, so a digit is too many, and without it the number is another.
#[test]
fn a_code_with_eight_digits_behind_it_is_a_number_with_one_too_many() {
    let cells = [
        "(777) 123-45-678",
        "777 123 45 678",
        "777-123-45-678",
        "777 12345678",
        "777.123.45.678",
        "(777)12345678",
        "(777) 1234-56-78",
        "(778) 512-34-567",
        "(771) 725-51-234",
        "777123 45678",
        "+777 123 45 678",
        "+(777) 123-45-678",
        "тел. (777) 123-45-678",
        "777 123 456 78",
        "7771 23 45 67 8",
    ];
    all_are(&cells, "phone_ambiguous");
    for cell in cells {
        assert!(read(cell).e164.is_empty(), "{cell:?}");
    }
    all_are(&["770 123 456 78", "+770 1234 5678", "870 123 456 78"], NUMBER);
}

/// R19
#[test]
fn of_several_numbers_the_first_is_taken_and_the_row_says_so() {
    for sign in [
        ", ",
        ",",
        "; ",
        ";",
        "/",
        " / ",
        "\n",
        "\r\n",
        "\u{2028}",
        " или ",
        " немесе ",
        " И ",
        " және ",
        " or ",
        " | ",
        " & ",
        " ::: ",
        "  ",
        " ",
        "\\",
        " ИЛИ\n",
        " - ",
        ", или ",
        " + ",
        "+",
        "<br>",
        "<br/>",
        " <BR /> ",
        " • ",
        " · ",
        "&nbsp;",
        " болмаса ",
        " әлде ",
        " плюс ",
    ] {
        let cell = format!("87012345678{sign}87012345679");
        assert_eq!(answer(&cell), format!("{NUMBER} phone_several"), "{cell:?}");
    }
    all_are(
        &[
            "+7 701 234 56 78, +7 702 123 45 67",
            "8 (701) 234-56-78; 8 (727) 312-36-11",
            "+77012345678+77012345679",
            "моб. 8 701 234 56 78, раб. 8 727 312 36 11",
            "87012345678 (87012345679)",
            "8-701-234-56-78 8-701-234-56-79",
            "87012345678, 87012345679, 87012345670",
            "77012345678.0; 77012345679.0",
            "77012345678.0, 77012345679.0",
            "77012345678,0; 77012345679,0",
            "7.7012345678E+10;7.7012345679E+10",
            "7,7012345678E+10;7,7012345679E+10",
            "7.7012345678E+10 / 87012345679",
            "77,012,345,678; 77,012,345,679",
        ],
        "+77012345678 phone_several",
    );
    assert_eq!(answer("87012345678, +7 701 234 56 78"), NUMBER, "one number written twice is one");
    assert_eq!(
        answer("8 727 312 36 11, 87012345678"),
        "+77273123611 phone_several",
        "the first, whatever it is"
    );
}

/// R19: a list of numbers has no room for two in one place.
#[test]
fn where_there_is_room_for_one_number_several_are_refused() {
    for cell in ["87012345678, 87012345679", "+77011234567;+77021234567"] {
        assert_eq!(Phone::parse_recipient(cell).expect_err(cell).code(), "phone_several");
        assert_eq!(Phone::parse(cell).expect_err(cell).code(), "phone_several");
        assert!(read(cell).e164.is_empty(), "{cell:?}");
    }
}

/// R19: all digits are there.
#[test]
fn a_number_that_a_spreadsheet_counted_with_is_read_where_every_digit_is_there() {
    all_are(
        &[
            "7012345678.0",
            "77012345678.00",
            "7.7012345678E+10",
            "7,7012345678e10",
            "7.7012345678E10",
            "7.012345678E+09",
            "7.70123456780E+10",
            "8.7012345678e+10",
            "77012345678,0",
            "77 012 345 678,00",
            "77\u{202f}012\u{a0}345 678",
            "77,012,345,678",
            "77,012,345,678.00",
            "7.7012345678*10^10",
            "7.7012345678\u{a0}E+10",
            "=\"77012345678\"",
            "=77012345678",
            "'87012345678",
            "’87012345678",
            "'+7 701 234 56 78",
            "\"77012345678\"",
            "+77012345678.0",
        ],
        NUMBER,
    );
}

/// R19
#[test]
fn a_number_is_read_in_every_form_that_people_and_programs_give_it() {
    all_are(
        &[
            "tel:+77012345678",
            "TEL:+7-701-234-56-78",
            "https://wa.me/77012345678",
            "007 701 234 56 78",
            "0077012345678",
            "8-10-7 701 234 56 78",
            "81077012345678",
            "+7 8 701 234 56 78",
            "тел. 8 701 234 56 78",
            "8 701 234 56 78 (WhatsApp)",
            "моб.: 8(701)2345678",
            "ұялы 87012345678",
            "№ 87012345678",
            "📱 87012345678",
            "8 701 234 56 78,",
            "[8] (701) 234 56 78",
            "8.701.234.56.78",
            "8701.2345678",
            "(8701) 234-56-78",
            "8 7 0 1 2 3 4 5 6 7 8",
            "  87012345678\n",
            "- 87012345678",
            "7️⃣7️⃣0️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣",
            "Тел: 87012345678.",
            "87012345678 kaspi",
            "87012345678…",
            "87012345678...",
            "• 87012345678",
            "87012345678<br>",
        ],
        NUMBER,
    );
}

/// R19: no blank, hyphen or digit of any keyboard keeps a number from being read, wherever it stands.
#[test]
fn every_kind_of_blank_hyphen_and_digit_is_read_anywhere() {
    let signs =
        ['\u{a0}', '\u{202f}', '\u{2007}', '\u{2009}', '\u{2060}', '\u{feff}', '\u{fe0f}', '\u{ad}', '\t'];
    let signs = signs
        .into_iter()
        .chain('\u{200b}'..='\u{200f}')
        .chain(['\u{61c}', '\u{180b}', '\u{180f}', '\u{e0001}'])
        .chain('\u{2010}'..='\u{2015}')
        .chain('\u{202a}'..='\u{202e}');
    for sign in signs {
        for number in ["87012345678", "+77012345678", "77012345678", "7012345678"] {
            for place in 0..=number.len() {
                let mut cell = number.to_owned();
                cell.insert(place, sign);
                assert_eq!(answer(&cell), NUMBER, "{cell:?}");
            }
        }
    }
    for zero in ['\u{660}', '\u{6f0}', '\u{ff10}', '\u{966}', '\u{1d7ce}'] {
        let digit = |digit: char| char::from_u32(u32::from(zero) + u32::from(digit) - 48).unwrap_or(digit);
        let cell: String = "87012345678".chars().map(digit).collect();
        assert_eq!(answer(&cell), NUMBER, "{cell:?}");
    }
}

/// R19: no message gets behind an extension, and its digits are no digits of the number.
#[test]
fn a_number_behind_an_extension_is_refused_in_every_language() {
    all_are(
        &[
            "8 701 234 56 78 доб. 12",
            "87012345678 ext 5",
            "87012345678 #12",
            "87012345678x12",
            "8 701 234 56 78 (доб. 3)",
            "87012345678, доб 12",
            "87012345678 вн. 7",
            "87012345678 ішкі 12",
            "87012345678 добавочный: 12",
            "tel:+77012345678;ext=12",
            "87012345678 Қосымша 4",
        ],
        "phone_has_extension",
    );
}

/// R19: what stands in other columns is nobody's number.
#[test]
fn dates_amounts_and_other_figures_are_no_numbers() {
    for cell in [
        "25.11.2026",
        "2026-11-25",
        "2026-11-25 18:31:12",
        "45987",
        "45987.5",
        "870123456789",
        "870123400123",
        "12 500,00",
        "7 012 345,00 ₸",
        "KZ86125KZT5004100100",
        "4400430212345678",
        "1732531200",
        "#N/A",
        "#ЗНАЧ!",
        "-",
        "0",
        "нет",
        "жоқ",
        "null",
        "701234",
        "ул. Абая 150/230",
    ] {
        assert!(Phone::parse_recipients(cell).is_err(), "{cell:?} is read as {}", answer(cell));
        assert!(read(cell).e164.is_empty(), "{cell:?}");
    }
}

/// What a digit of any script is worth, by the standard library's own tables where they reach.
fn ascii_digits(text: &str) -> String {
    let zeros = ['0', '\u{660}', '\u{6f0}', '\u{ff10}'];
    let worth = |sign: char| {
        zeros.iter().find_map(|zero| char::from_digit(u32::from(sign).checked_sub(u32::from(*zero))?, 10))
    };
    text.chars().filter_map(worth).collect()
}

/// A cell, and whether its end is no part of a number: the zeros behind a point, a power of ten.
fn cell() -> impl Strategy<Value = (String, bool)> {
    let one_of = |texts: &[&'static str]| prop::sample::select(texts.to_vec()).prop_map(str::to_owned);
    let start = prop_oneof![
        5 => one_of(&["+7", "8", "7", "", "+7 ", "8 "]),
        1 => one_of(&["007", "8107", "+7 8", "'+7", "=\"7", "+", "9", "77", "8 8", "87"]),
    ];
    let code = prop_oneof![
        6 => one_of(&["701", "747", "771", "777", "778", "705", "727"]),
        1 => "[0-9]{3}",
    ];
    let gap = || {
        prop_oneof![
            80 => Just(String::new()),
            19 => one_of(&[" ", "-", ".", "(", ")", "\u{a0}", "\u{200b}", "\u{2013}", "\u{202f}", "\t"]),
            1 => one_of(&["/", ",", ";", "x", "E", "\n", " и ", "+", "*", ":"]),
        ]
    };
    let digit = || (gap(), "[0-9٠-٩０-９]");
    let tail = prop_oneof![
        5 => prop::collection::vec(digit(), 7),
        1 => prop::collection::vec(digit(), 5..9),
    ];
    let end = prop_oneof![
        1 => Just(String::new()),
        1 => one_of(&[
            ".0", ",00", ".5", "/9", " (3)", " 2-я линия", " 8", "-8", ", 87012345679", "; 7", " доб. 5", "E+10", " 5 этаж",
            "\n87772345679", "#4", "²", " 12.05.2026", "8", " или 8", " 7012345679",
        ]),
    ];
    (gap(), start, gap(), code, tail, end).prop_map(|(before, start, gap, code, tail, end)| {
        let tail: String = tail.into_iter().map(|(gap, digit)| format!("{gap}{digit}")).collect();
        let without_tail = [".0", ",00", "E+10"].contains(&end.as_str());
        (format!("{before}{start}{gap}{code}{tail}{end}"), without_tail)
    })
}

/// R19: over 100,000 cells, the national digits of what was read are exactly the digits of the text, a known
/// prefix aside; and the command reads no other number than the upload does.
#[test]
fn what_is_read_has_exactly_the_digits_of_the_text() {
    const PREFIXES: [&str; 7] = ["", "7", "8", "78", "007", "8107", "0078"];
    let config = ProptestConfig { cases: 100_000, failure_persistence: None, ..ProptestConfig::default() };
    let read_cells = std::cell::Cell::new(0);
    let outcome = TestRunner::new(config).run(&cell(), |(text, fraction)| {
        let by_command = read(&text).e164;
        let Ok(recipient) = Phone::parse_recipients(&text) else { return Ok(()) };
        read_cells.set(read_cells.get() + 1);
        prop_assert!(
            by_command.is_empty() || by_command == recipient.phone.e164(),
            "{:?}: {}",
            text,
            by_command
        );
        // The power of ten tells where the point stands: it is no digit of the number.
        let power = if recipient.several { None } else { text.rsplit_once('E') };
        let written = power.map_or(text.as_str(), |(mantissa, _)| mantissa);
        let digits = ascii_digits(written);
        let fraction = fraction || power.is_some();
        let national = &recipient.phone.e164()[2..];
        // Zeros behind a point at the end, wherever they come from.
        let end = digits.len() - ascii_digits(written.rsplit(['.', ',']).next().unwrap_or_default()).len();
        let point = if digits[end..].bytes().all(|digit| digit == b'0') { &digits[end..] } else { "" };
        // Before a power of ten the mantissa may end in a zero that the number does not have: 7.70123456780E+10.
        let zeros: &[&str] = if fraction { &["", "0", "00", point] } else { &["", point] };
        let exact = zeros
            .iter()
            .any(|zeros| PREFIXES.iter().any(|prefix| digits == format!("{prefix}{national}{zeros}")));
        let first = PREFIXES.iter().any(|prefix| digits.starts_with(&format!("{prefix}{national}")));
        prop_assert!(
            exact || (recipient.several && first),
            "{:?} was read as {}",
            text,
            recipient.phone.e164()
        );
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
    assert!(read_cells.get() > 10_000, "only {} cells were numbers", read_cells.get());
}
