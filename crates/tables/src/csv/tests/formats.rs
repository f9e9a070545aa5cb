//! One list in every encoding and with every delimiter; what is chosen by hand; and readers that follow each other.

use proptest::prelude::*;

use domain::columns::FIELDS_MAX;

use super::super::delimiter::DELIMITERS;
use super::*;
use crate::encoding::Encoding;
use crate::encoding::tests::saved;

const LIST: &str = "№;ФИО;Телефон;Город;Источник согласия\r\n\
                    1;Қалиева Әсем;87010000001;Алматы;сайт\r\n\
                    2;Иванов Иван;8 701 000 00 02;Өскемен;\r\n\
                    \r\n\
                    3;\"Ғабит; мырза\nҮміт\";87010000003;Ақтөбе;форма\r\n\
                    4;Ёлкин;87010000004;\"«Нұр» ЖШС\"\r\n";

fn read_by(format: &Format, file: &[u8], piece: usize) -> Result<Vec<CsvRow>, CsvFault> {
    let beginning = format.beginning();
    let mut reader = Reader::resume(format, beginning);
    let mut rows = Vec::new();
    for piece in file[beginning.byte as usize..].chunks(piece) {
        reader.feed(piece, &mut rows)?;
    }
    reader.finish(&mut rows)?;
    Ok(rows)
}

fn chosen_by(choice: &FormatChoice) -> Result<Recognised, CsvFault> {
    Format::choose(LIST.as_bytes(), true, choice)
}

/// R20: not by telling the reader that the file has no header either, nor by choosing the column as a field.
#[test]
fn a_special_category_is_refused_whatever_is_chosen() {
    let file = "phone;Диагноз;Город\n87010000001;x;Алматы\n87010000002;y;Астана\n".as_bytes();
    for choice in [
        FormatChoice::default(),
        FormatChoice { header_line: Some(None), phone: Some(1), ..FormatChoice::default() },
        FormatChoice { header_line: Some(Some(2)), phone: Some(1), ..FormatChoice::default() },
        FormatChoice { fields: vec![2], ..FormatChoice::default() },
        FormatChoice { fields: vec![3], ..FormatChoice::default() },
    ] {
        let refused = Format::choose(file, true, &choice).expect_err("refused");
        assert_eq!(refused, CsvError::SpecialCategoryColumn.on(1), "{choice:?}");
    }
}

#[test]
fn a_choice_that_the_file_has_no_place_for_is_refused() {
    let refused = |choice: FormatChoice| chosen_by(&choice).expect_err("refused").error;
    let none = FormatChoice::default;
    for number in [0, -1, 6, i64::MAX, i64::MIN] {
        assert_eq!(refused(FormatChoice { phone: Some(number), ..none() }), CsvError::ColumnMissing);
        assert_eq!(refused(FormatChoice { name: Some(Some(number)), ..none() }), CsvError::ColumnMissing);
        assert_eq!(refused(FormatChoice { fields: vec![number], ..none() }), CsvError::ColumnMissing);
    }
    let twice = FormatChoice { phone: Some(3), fields: vec![4, 3], ..none() };
    assert_eq!(refused(twice), CsvError::ColumnChosenTwice);
    assert_eq!(refused(FormatChoice { fields: vec![4, 4], ..none() }), CsvError::ColumnChosenTwice);
    assert_eq!(refused(FormatChoice { fields: vec![4; FIELDS_MAX + 1], ..none() }), CsvError::TooManyFields);
    assert_eq!(refused(FormatChoice { delimiter: Some(':'), ..none() }), CsvError::DelimiterUnknown);
    let line = FormatChoice { header_line: Some(Some(4)), ..none() };
    assert_eq!(chosen_by(&line), Err(CsvError::HeaderLineMissing.on(4)));
    let utf_16 = FormatChoice { encoding: Some(Encoding::Utf16Be), ..none() };
    assert_eq!(refused(utf_16), CsvError::NotInEncoding);
}

/// R19, R70: a byte that is no letter ends the reading on its line, in the head and behind it.
#[test]
fn bytes_of_another_encoding_are_named_by_their_line() {
    let mut file = saved(Encoding::Windows1251, "Телефон;Имя\r\n87010000001;Асель\r\n");
    let format = Format::recognise(&file, true).expect("recognised").format;
    file.extend(b"87010000002;\x98\r\n");
    assert_eq!(read_by(&format, &file, 5), Err(CsvError::NotInEncoding.on(3)));
    let chosen = FormatChoice { encoding: Some(Encoding::Windows1251), ..FormatChoice::default() };
    assert_eq!(Format::choose(&file, true, &chosen), Err(CsvError::NotInEncoding.on(3)));
    let utf_8 = "Телефон;Имя\n87010000001;Асель\n";
    let format = Format::recognise(utf_8.as_bytes(), true).expect("recognised").format;
    for behind in [b"\n87010000002;\xc0\xf1\n".as_slice(), b"\n8701;\0\n", b"\n8701;\xd0"] {
        let refused = read_by(&format, &[utf_8.as_bytes(), behind].concat(), 6).expect_err("refused");
        assert_eq!(refused.error, CsvError::NotUtf8, "{behind:x?}");
    }
}

#[test]
fn the_same_list_in_each_encoding_and_with_each_delimiter_gives_the_same_rows() {
    let expected = rows(LIST);
    assert_eq!(expected.len(), 4);
    for encoding in Encoding::ALL.into_iter().filter(|encoding| *encoding != Encoding::Windows1251) {
        for delimiter in DELIMITERS.map(char::from) {
            let list = LIST.replace(';', &delimiter.to_string()).replace("Ғабит,", "Ғабит;");
            let list = list.replace("Ғабит\t", "Ғабит;").replace("Ғабит|", "Ғабит;");
            for mark in ["", "\u{feff}", "\u{feff}\u{feff}"] {
                if encoding == Encoding::Kz1048 && !mark.is_empty() {
                    continue;
                }
                let file = saved(encoding, &format!("{mark}{list}"));
                let found = Format::recognise(&file, true).expect("recognised");
                assert_eq!(found.format.encoding, encoding);
                assert_eq!(found.format.columns.delimiter, delimiter.to_string());
                assert_eq!(read_by(&found.format, &file, 7).as_ref(), Ok(&expected), "{encoding:?}");
            }
        }
    }
    let russian = "ФИО;Телефон\r\nЁлкин «Пётр»;87010000001\r\n";
    let file = saved(Encoding::Windows1251, russian);
    let format = Format::recognise(&file, true).expect("recognised").format;
    assert_eq!((format.encoding, read_by(&format, &file, 3)), (Encoding::Windows1251, Ok(rows(russian))));
}

/// R70: the owner of a file sees what would be read, before anything is.
#[test]
fn what_is_recognised_is_shown() {
    let found = Format::recognise(LIST.as_bytes(), true).expect("recognised");
    assert_eq!(found.format.columns, chosen(LIST));
    assert_eq!(found.dropped, ["№", "Город"]);
    assert_eq!(found.all_columns.len(), 5);
    assert_eq!(found.all_columns[3], ChosenColumn { number: 4, name: Some("Город".to_owned()) });
    let shown = Format::preview(LIST.as_bytes(), true, &FormatChoice::default()).expect("shown");
    assert_eq!((shown.phone, shown.name, shown.consent_source), (Some(3), Some(2), Some(5)));
    assert_eq!((shown.encoding, shown.delimiter, shown.header_line), (Encoding::Utf8, ';', Some(1)));
    assert_eq!((shown.columns, shown.rows.len()), (found.all_columns, 4));
    assert_eq!((shown.rows[0].line, shown.rows[0].cells[1].as_str()), (2, "Қалиева Әсем"));
    assert!(!found.letters_lost && !shown.letters_lost);
    let many = format!("Телефон;ФИО\n{}", "87010000001;А?ан\n".repeat(40));
    let shown = Format::preview(many.as_bytes(), true, &FormatChoice::default()).expect("shown");
    assert_eq!((shown.rows.len(), shown.letters_lost), (20, true));
}

/// R70: where no column seems to hold numbers, the rows are shown all the same, so that it can be chosen.
#[test]
fn a_list_without_a_column_of_numbers_is_shown() {
    let list = "Клиент;Город\nӘсем;Алматы\n".as_bytes();
    let shown = Format::preview(list, true, &FormatChoice::default()).expect("shown");
    assert_eq!((shown.phone, shown.rows.len(), shown.columns.len()), (None, 2, 2));
    let refused = Format::recognise(list, true).expect_err("refused");
    assert_eq!(refused.error, CsvError::PhoneColumnMissing);
}

/// R20: nor by having its name read in other letters, or as a part of another.
#[test]
fn a_special_category_does_not_hide_behind_another_reading() {
    let file = "phone;Диагноз;Город\n87010000001;x;Алматы\n".as_bytes();
    let none = FormatChoice::default;
    for choice in [
        FormatChoice { encoding: Some(Encoding::Windows1251), phone: Some(1), ..none() },
        FormatChoice { delimiter: Some('|'), phone: Some(1), ..none() },
    ] {
        let refused = Format::choose(file, true, &choice).expect_err("refused");
        assert_eq!(refused, CsvError::SpecialCategoryColumn.on(1), "{choice:?}");
        assert_eq!(Format::preview(file, true, &choice), Err(refused));
    }
}

/// R70: nothing but what its owner chose is kept beside the known columns.
#[test]
fn what_is_chosen_by_hand_goes_before_what_is_recognised() {
    let field = |row: &CsvRow| row.fields.clone();
    let choice = FormatChoice {
        header_line: Some(Some(1)),
        phone: Some(3),
        name: Some(None),
        consent_source: Some(None),
        fields: vec![4, 2],
        ..FormatChoice::default()
    };
    let found = chosen_by(&choice).expect("recognised");
    let columns = &found.format.columns;
    assert_eq!((columns.name.as_ref(), columns.consent_source.as_ref()), (None, None));
    assert_eq!(found.dropped, ["№", "Источник согласия"]);
    assert_eq!(found.format.fields[0].name.as_deref(), Some("Город"));
    let read = read_by(&found.format, LIST.as_bytes(), 11).expect("read");
    assert_eq!(field(&read[0]), [Some("Алматы".to_owned()), Some("Қалиева Әсем".to_owned())]);
    assert!(rows(LIST).iter().all(|row| row.fields.is_empty()));

    let by_hand = FormatChoice { phone: Some(3), decision_consent: Some(Some(4)), ..FormatChoice::default() };
    let found = chosen_by(&by_hand).expect("recognised");
    let read = read_by(&found.format, LIST.as_bytes(), 11).expect("read");
    assert_eq!(read[0].decision_consent.as_deref(), Some("Алматы"), "R99: whatever stands in it");

    // A column that became a field is not the name as well.
    let name_as_field = FormatChoice { fields: vec![2], ..FormatChoice::default() };
    assert_eq!(chosen_by(&name_as_field).expect("recognised").format.columns.name, None);
    // Without a header the first row is one of data.
    let headless = FormatChoice { header_line: Some(None), phone: Some(3), ..FormatChoice::default() };
    let found = chosen_by(&headless).expect("recognised");
    assert_eq!(read_by(&found.format, LIST.as_bytes(), 11).expect("read")[0].phone, "Телефон");
    let by_comma = FormatChoice { delimiter: Some(','), phone: Some(1), ..FormatChoice::default() };
    assert_eq!(chosen_by(&by_comma).expect("recognised").format.columns.delimiter, ",");
}

#[test]
fn a_format_and_a_choice_are_kept_as_they_are() {
    let found = Format::recognise(LIST.as_bytes(), true).expect("recognised");
    let json = serde_json::to_string(&found.format).expect("written");
    assert_eq!(serde_json::from_str::<Format>(&json).expect("read"), found.format);
    for json in [r#"{"fields":[]}"#, r#"{"header_line":null,"phone":2,"name":3,"fields":[5]}"#] {
        let choice: FormatChoice = serde_json::from_str(json).expect("read");
        assert_eq!(serde_json::to_string(&choice).expect("written"), json);
    }
}

/// A list whose rows have quotes, line ends and blank lines where a cut may fall.
fn any_list() -> impl Strategy<Value = String> {
    let name = "[a-zәқ ]{0,6}|\"[aә;\n]{0,5}\"|\"\r\n\"\"қ\"";
    let row = (name, "\r\n|\n|\r|\r\n\r\n|\r\r\n|\n\n");
    let closing = "|\u{1a}|\r\n\u{1a}\0";
    (proptest::collection::vec(row, 0..8), closing).prop_map(|(rows, closing)| {
        let rows = rows.into_iter().map(|(name, end)| format!("87010000001;{name};x{end}"));
        format!("Телефон;ФИО;Город\r\n{}{closing}", rows.collect::<String>())
    })
}

proptest! {
    /// R70: cut at any bytes, by readers that know of each other only where the one before stood.
    #[test]
    fn readers_that_follow_each_other_read_what_one_reads(
        list in any_list(),
        encoding in proptest::sample::select(Encoding::ALL.as_slice()),
        mark in "|\u{feff}",
        cuts in proptest::collection::vec((0usize..400, any::<bool>()), 0..6),
    ) {
        let mark = if matches!(encoding, Encoding::Windows1251 | Encoding::Kz1048) { "" } else { &mark };
        let file = saved(encoding, &format!("{mark}{list}"));
        let choice = FormatChoice { encoding: Some(encoding), ..FormatChoice::default() };
        let format = Format::choose(&file, true, &choice).expect("recognised").format;
        let whole = read_by(&format, &file, file.len()).expect("read");

        let mut places: Vec<_> = cuts.into_iter().map(|(cut, ends)| (cut.min(file.len()), ends)).collect();
        places.sort_unstable();
        let mut rows = Vec::new();
        let mut reader = Reader::resume(&format, format.beginning());
        let mut fed = format.mark_bytes as usize;
        for (cut, ends) in places {
            reader.feed(&file[fed.min(cut)..cut], &mut rows).expect("fed");
            fed = fed.max(cut);
            if ends {
                let position = reader.position();
                reader = Reader::resume(&format, position);
                fed = position.byte as usize;
            }
        }
        reader.feed(&file[fed..], &mut rows).expect("fed");
        reader.finish(&mut rows).expect("finished");
        prop_assert_eq!(rows, whole);
    }
}
