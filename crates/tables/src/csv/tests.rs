//! Files as people have them, row by row.

use super::records::{COLUMNS_MAX, ROW_BYTES_MAX};
use domain::columns::{ChosenColumn, ChosenColumns};

use super::*;

mod formats;
mod found;
mod whole_file;

use whole_file::CsvReader;

fn read_with(bytes: &[u8], piece: usize) -> Result<(CsvReader, Vec<CsvRow>), CsvFault> {
    let mut reader = CsvReader::new();
    let mut rows = Vec::new();
    for piece in bytes.chunks(piece) {
        reader.feed(piece, &mut rows)?;
    }
    reader.finish(&mut rows)?;
    Ok((reader, rows))
}

fn read(bytes: &[u8], piece: usize) -> Result<Vec<CsvRow>, CsvFault> {
    read_with(bytes, piece).map(|(_, rows)| rows)
}

fn rows(file: &str) -> Vec<CsvRow> {
    read(file.as_bytes(), 1 << 16).unwrap_or_else(|fault| panic!("{fault:?}: {file:?}"))
}

fn chosen(file: &str) -> ChosenColumns {
    let (reader, _) =
        read_with(file.as_bytes(), 1 << 16).unwrap_or_else(|fault| panic!("{fault:?}: {file:?}"));
    reader.chosen_columns().expect("chosen")
}

fn phones(file: &str) -> Vec<String> {
    rows(file).into_iter().map(|row| row.phone).collect()
}

/// The line and the phone of each row.
fn lines(file: &str) -> Vec<(i64, String)> {
    rows(file).into_iter().map(|row| (row.line, row.phone)).collect()
}

const FILE: &str = "\u{feff}Имя;Телефон;Город\r\n\"Әлия, \"\"А\"\"\nСадық\";+7 701 000 00 01;Алматы\r\n\r\nТимур;87010000002;\r\n";

/// R20: special categories are refused with the whole file, wherever their names stand.
#[test]
fn a_column_of_a_special_category_refuses_the_file() {
    for name in ["Health status", "Диагноз", "ұлты", "Religion"] {
        for title in ["", "Клиенты 2026\n\n", "sep=,\n"] {
            let file = format!("{title}phone,{name}\n+77010000001,x\n");
            let refused = read(file.as_bytes(), 7).expect_err(name);
            assert_eq!(refused.error, CsvError::SpecialCategoryColumn, "{name}");
        }
    }
}

#[test]
fn a_file_that_is_not_a_list_of_phones_is_refused_as_a_whole() {
    let error = |bytes: &[u8]| read(bytes, 3).expect_err("refused").error;
    assert_eq!(error(b""), CsvError::PhoneColumnMissing);
    assert_eq!(error(b"name\nx\n"), CsvError::PhoneColumnMissing);
    assert_eq!(error("№;ФИО;ИИН\n1;Әлия;870123400123\n".as_bytes()), CsvError::PhoneColumnMissing);
    assert_eq!(error(b"phone,name\n+77010000001,\xff\xfe\n"), CsvError::NotUtf8);
    assert_eq!(error(b"p\0h\0o\0n\0e\0\n\0"), CsvError::NotUtf8);
    let long = format!("phone\n{}\n", "1".repeat(ROW_BYTES_MAX + 1));
    assert_eq!(error(long.as_bytes()), CsvError::LineTooLong);
}

/// R70: nobody behind an open quote is lost in silence.
#[test]
fn a_quote_that_nobody_closes_is_named_by_the_line_where_it_was_opened() {
    let begin = "phone;name\n+77010000001;A\n\n";
    let many = "+77010000002;B\n".repeat(1_000);
    for (rest, line) in [
        ("+77010000002;\"B".to_owned(), 4),
        ("+77010000002;\"B\n+77010000003;C\n".to_owned(), 4),
        (format!("+77010000002;\"B\n{many}"), 4),
        ("+77010000002;\"B\n+77010000003;\"C\"\n".to_owned(), 4),
        ("+77010000002;\"B\n+77010000003;C\"\n+77010000004;D\n".to_owned(), 4),
        ("\"+77010000002;B\n+77010000003;C\n\"+77010000004\";D\n".to_owned(), 4),
        (format!("{many}+77010000002;\"B"), 1_004),
        (format!("{many}{many}{}+77010000002;\"B\n{many}", many.repeat(20)), 22_004),
    ] {
        for end in ["\n", "\r\n", "\r"] {
            let file = format!("{begin}{rest}").replace('\n', end);
            for piece in [5, 4_096, 1 << 20] {
                let refused = read(file.as_bytes(), piece).expect_err(&rest[..rest.len().min(80)]);
                assert_eq!(refused, CsvError::Malformed.on(line), "{end:?}");
            }
        }
    }
    for delimiter in [",", ";", "\t", "|"] {
        let one_row = format!("phone{delimiter}name\n+77010000001{delimiter}\"open\n");
        assert_eq!(read(one_row.as_bytes(), 9), Err(CsvError::Malformed.on(2)), "{delimiter}");
    }
    let names_first = "Имя;Телефон\n\"Әлия;+77010000001\nТимур\";+77010000002\n";
    assert_eq!(read(names_first.as_bytes(), 9), Err(CsvError::Malformed.on(2)));
}

#[test]
fn more_than_a_thousand_columns_are_refused() {
    let header =
        |columns: usize| (1..columns).map(|n| format!("Қосымша баған {n};")).collect::<String>() + "phone\n";
    let row = |columns: usize| ";".repeat(columns - 1) + "87010000001\n";
    let file = |columns: usize| header(columns) + &row(columns) + &row(columns);
    assert_eq!(phones(&file(COLUMNS_MAX)).len(), 2);
    let refused = read(file(COLUMNS_MAX + 1).as_bytes(), 999).expect_err("refused");
    assert_eq!(refused, CsvError::Malformed.on(1));
}

#[test]
fn rows_are_the_same_however_the_bytes_are_cut() {
    let whole = read(FILE.as_bytes(), FILE.len()).expect("read");
    assert_eq!(whole.len(), 2);
    assert_eq!(whole[0].name.as_deref(), Some("Әлия, \"А\"\nСадық"));
    assert_eq!((whole[0].line, whole[1].line), (2, 5));
    for piece in 1..40 {
        assert_eq!(read(FILE.as_bytes(), piece).as_ref(), Ok(&whole), "{piece} bytes at a time");
    }
}

/// R70: what is not needed is not kept.
#[test]
fn other_columns_are_dropped_and_named() {
    let (reader, _) = read_with(FILE.as_bytes(), 10).expect("read");
    assert_eq!(reader.dropped_columns(), ["Город"]);
}

#[test]
fn the_last_row_needs_no_line_end() {
    assert_eq!(phones("phone\n+77010000001"), ["+77010000001"]);
    assert_eq!(phones("phone,size\n+77010000001,5\""), ["+77010000001"]);
    assert_eq!(phones("phone,size\n+77010000001,\"5\""), ["+77010000001"]);
}

#[test]
fn what_stands_before_the_header_is_passed_over() {
    for (before, line) in [
        ("\n", 2),
        ("\r\n\r\n  \r\n", 4),
        (";;\n;;\n", 3),
        ("Список клиентов на 25.11.2026\n\n", 3),
        ("Список телефонов клиентов;;\n", 2),
        ("sep=;\r\n", 2),
        ("\"sep=;\"\r\n\r\n", 3),
        ("SEP=;\rТелефоны наших клиентов\r\r", 4),
    ] {
        let file = format!("\u{feff}{before}ФИО;Телефон;Город\nАсель;87010000001;Алматы\n");
        let chosen = chosen(&file);
        assert_eq!(chosen.header_line, Some(line), "{file:?}");
        assert_eq!((chosen.phone.number, chosen.delimiter.as_str()), (2, ";"), "{file:?}");
        assert_eq!(lines(&file), [(line + 1, "87010000001".to_owned())], "{file:?}");
    }
}

#[test]
fn a_declared_delimiter_holds_whatever_the_rows_look_like() {
    let file = "sep=;\nphone;name, first, last, title\n87010000001;a, b, c, d\n";
    assert_eq!(phones(file), ["87010000001"]);
}

#[test]
fn a_delimiter_inside_a_quoted_name_parts_nothing() {
    for file in [
        "\"Телефон, основной, рабочий, домашний\";ФИО\n87010000001;A\n",
        "\"Имя; фамилия; отчество\",phone\n\"A; B; C\",87010000001\n",
        "\"Имя\nфамилия; отчество; и прочее\",phone\nA,87010000001\n",
        "a|\"phone; mobile; cell\"\nx|87010000001\n",
        "Фамилия, имя\tТелефон\nA, B\t87010000001\n",
    ] {
        assert_eq!(phones(file), ["87010000001"], "{file:?}");
    }
}

#[test]
fn a_file_whose_lines_end_in_a_carriage_return_alone_has_true_line_numbers() {
    let mut file = String::from("Телефон;Имя\r");
    for number in 0..40_000 {
        file.push_str(&format!("8701{number:07};A\r\r"));
    }
    for piece in [1_000, 65_536, file.len()] {
        let rows = read(file.as_bytes(), piece).expect("read");
        assert_eq!(rows.len(), 40_000);
        assert_eq!((rows[0].line, rows[39_999].line), (2, 80_000));
    }
}

#[test]
fn blanks_around_quotes_and_quotes_within_cells_are_read_as_they_are_meant() {
    let name = |cell: &str| rows(&format!("phone;name\n87010000001;{cell}\n87010000002;B")).remove(0).name;
    for (cell, wanted) in [
        (" \"Асель; мама\"", "Асель; мама"),
        ("\t\"Асель\" ", "Асель"),
        ("ТОО \"Рассвет\"", "ТОО \"Рассвет\""),
        ("Труба 5\"", "Труба 5\""),
        ("5\" труба", "5\" труба"),
        ("\"Рассвет\" ТОО", "\"Рассвет\" ТОО"),
        ("\"ТОО \"Рассвет\"\"", "\"ТОО \"Рассвет\"\""),
        ("\"ТОО \"\"Рассвет\"\"\"", "ТОО \"Рассвет\""),
        ("\"две\nстроки\"", "две\nстроки"),
    ] {
        assert_eq!(name(cell).as_deref(), Some(wanted), "{cell:?}");
    }
}

/// R70: by name and content together.
#[test]
fn the_column_of_numbers_is_found() {
    for (file, number) in [
        ("№;ФИО;Телефон\n1;Асель;87010000001\n", 3),
        ("Номер;ФИО;Телефон\n1;Асель;87010000001\n", 3),
        ("Номер;ФИО;Связь\n1;Асель;87010000001\n2;Тимур;8 701 000 00 02\n", 3),
        ("ИИН;ФИО;Номер\n870123400123;Асель;87010000001\n", 3),
        ("Номер договора;Номер карты;Номер телефона\n7701234567;4400430212345678;87010000001\n", 3),
        ("ID;Код;Дата;Сумма;Контакт\n87010000009;87010000008;25.11.2026;77010000001;87010000001\n", 5),
        ("Рабочий телефон;Мобильный телефон\n8 727 312 36 11;87010000001\n8 727 312 36 12;\n", 2),
        ("Домашний телефон;Факс;Сотовый\n8 727 312 36 11;8 727 312 36 12;87010000001\n", 3),
        ("Телефон;Комментарий\niPhone 13;87010000001\nSamsung;87010000002\n", 2),
        (
            "Name,Given Name,Family Name,Phone 1 - Type,Phone 1 - Value,Phone 2 - Type,Phone 2 - Value\nA B,A,B,Mobile,+7 701 000 00 01,Work,\n",
            5,
        ),
        (
            "First Name,Last Name,Labels,Phone 1 - Label,Phone 1 - Value\nA,B,* myContacts,Mobile,87010000001 ::: 87010000002\n",
            5,
        ),
        ("First Name,Business Fax,Business Phone,Home Phone,Mobile Phone\nA,,,,87010000001\n", 5),
        ("Имя,Рабочий факс,Рабочий телефон,Домашний телефон,Телефон переносной\nA,,,,87010000001\n", 5),
        ("ID;Имя;Рабочий телефон;Мобильный телефон;Номер факса;Другой телефон\n5;A;;87010000001;;\n", 4),
        (
            "Наименование;Компания;Рабочий телефон;Рабочий прямой телефон;Мобильный телефон;Факс\nA;B;;;87010000001;\n",
            5,
        ),
        ("Код;Наименование;ИНН;Контактный телефон\n000000012;ТОО А;870123400123;87010000001\n", 4),
        ("Аты-жөні;ЖСН;Ұялы телефон нөмірі\nӘлия;870123400123;87010000001\n", 3),
        ("Т.А.Ә.;Байланыс телефоны\nӘлия;87010000001\n", 2),
        ("name,MobilePhone,HomePhone\nA,87010000001,87273123611\n", 2),
        ("Клиент;WhatsApp\nA;87010000001\n", 2),
        ("phone,id\nnot a number,87010000001\n", 1),
        ("Телефон;Имя\n7.70123E+10;A\n", 1),
        ("phone_number;name\n7,70123E+10;A\n", 1),
    ] {
        assert_eq!(chosen(file).phone.number, number, "{file:?}");
    }
}

/// R70: without names the content decides, and no row is taken for a header.
#[test]
fn without_a_header_the_content_decides() {
    for (file, number, count) in [
        ("87010000001\n87010000002\n", 1, 2),
        ("Асель;87010000001\nТимур;87010000002\n", 2, 2),
        ("1,870123400123,+7 701 000 00 01,Алматы\n2,870123400124,+7 701 000 00 02,Астана\n", 3, 2),
        ("87010000001;Асель", 1, 1),
        ("\n\n87010000001\r\n", 1, 1),
    ] {
        let (reader, rows) = read_with(file.as_bytes(), 4).expect("read");
        let chosen = reader.chosen_columns().expect("chosen");
        assert_eq!((chosen.header_line, chosen.phone.number, rows.len()), (None, number, count), "{file:?}");
        assert_eq!(chosen.phone.name, None);
    }
}

/// R70: nobody sees what stands within a name.
#[test]
fn names_are_read_through_characters_without_width() {
    let columns = chosen("№;Теле\u{ad}фон;Ис\u{200b}точник согла\u{2060}сия\n1;87012345678;форма\n");
    assert_eq!((columns.phone.number, columns.consent_source.map(|column| column.number)), (2, Some(3)));
}

/// R63: what proves a consent is kept in whatever language its column is named.
#[test]
fn the_columns_of_consent_are_known_in_three_languages() {
    for (source, date) in [
        ("consent_source", "consent_date"),
        ("Consent source", "Date of consent"),
        ("ConsentSource", "ConsentDate"),
        ("Opt-in source", "Opt-in date"),
        ("Источник согласия", "Дата согласия"),
        ("источник  согласия:", "Дата получения согласия"),
        ("Согласие на рассылку", "Когда получено согласие"),
        ("Келісім көзі", "Келісім күні"),
        ("Келісімнің көзі", "Келісім берілген күн"),
    ] {
        let file = format!("{date};Телефон;{source};Дата рождения\n2026-07-12;87010000001;сайт;1990-01-01\n");
        let (reader, rows) = read_with(file.as_bytes(), 50).expect("read");
        assert_eq!(rows[0].consent_source.as_deref(), Some("сайт"), "{source}");
        assert_eq!(rows[0].consent_date.as_deref(), Some("2026-07-12"), "{date}");
        assert_eq!(reader.dropped_columns(), ["Дата рождения"]);
    }
}

/// R70: the owner sees what was chosen.
#[test]
fn what_was_chosen_is_told() {
    let column = |number, name: &str| ChosenColumn { number, name: Some(name.to_owned()) };
    let file =
        "Клиенты\n№;ФИО;Телефон;Источник согласия;Дата согласия;\n1;Асель;87010000001;сайт;2026-07-12;x\n";
    let expected = ChosenColumns {
        header_line: Some(2),
        delimiter: ";".to_owned(),
        phone: column(3, "Телефон"),
        name: Some(column(2, "ФИО")),
        consent_source: Some(column(4, "Источник согласия")),
        consent_date: Some(column(5, "Дата согласия")),
        decision_consent: None,
    };
    assert_eq!(chosen(file), expected);
    let (reader, _) = read_with(file.as_bytes(), 50).expect("read");
    assert_eq!(reader.dropped_columns(), ["№", "6"]);
}
