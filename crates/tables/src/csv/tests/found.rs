//! What is found in a file that could be read in two ways: its delimiter, its header, and whose numbers those are.

use super::*;

const A: &str = "87010000001";
const B: &str = "87010000002";

/// R19, R70: the second of several numbers is never taken for the first.
#[test]
fn several_numbers_in_a_cell_are_no_columns() {
    let several = |sign: &str| format!("{A}{sign}{B}");
    let rows_of = |row: &str, count: usize| format!("{row}\n").repeat(count);
    for (file, delimiter, phone) in [
        (format!("ФИО;Телефон\n{}", rows_of(&format!("А;{}", several(", ")), 2)), ";", several(", ")),
        (format!("ФИО,Телефон\n{}", rows_of(&format!("А,\"{}\"", several("; ")), 2)), ",", several("; ")),
        (
            format!(
                "ФИО;Адрес;Телефон\n{}{}",
                rows_of(&format!("А;Абая 5;{}", several(", ")), 6),
                rows_of(&format!("Б;Абая 6;{A}"), 3)
            ),
            ";",
            several(", "),
        ),
        (
            format!(
                "\"ФИО\",\"Телефон\"\n{}\"Б\",\"{A}\"\n",
                rows_of(&format!("\"А\",\"{}\"", several(";")), 2)
            ),
            ",",
            several(";"),
        ),
        (format!("\"А\";\"{}\"\n\"Б\";\"{}\"\n", several(", "), several(", ")), ";", several(", ")),
        (format!("\"А\",\"{}\"\n\"Б\",\"{}\"\n", several("; "), several("; ")), ",", several("; ")),
        (format!("Телефон\n{}", rows_of(&several(", "), 2)), ";", several(", ")),
        (format!("Телефон\n{}", rows_of(&several(";"), 2)), ",", several(";")),
        (format!("Телефон\n{}", rows_of(&several("|"), 2)), ",", several("|")),
        (format!("ФИО\tТелефон\n{}", rows_of(&format!("А\t{}", several(", ")), 2)), "\t", several(", ")),
        (format!("Фамилия, имя;Телефон\nА, Б;{}\n", several(", ")), ";", several(", ")),
        (format!("Список, клиенты\nФИО;Телефон\nА;{}\n", several(", ")), ";", several(", ")),
        (format!("ФИО;Телефон;\nА;{};\n", several(", ")), ";", several(", ")),
        (
            format!("ФИО;Телефон\nА;{}, мама {B}\n", several(", ")),
            ";",
            format!("{}, мама {B}", several(", ")),
        ),
    ] {
        assert_eq!(chosen(&file).delimiter, delimiter, "{file:?}");
        assert_eq!(phones(&file)[0], phone, "{file:?}");
    }
}

/// R19, R70: Excel writes a comma where the computer speaks Russian.
#[test]
fn the_comma_of_a_decimal_fraction_is_no_delimiter() {
    for power in ["7,7012345678E+10", "7,70123E+10", "7,7E+10", "77012345678,0"] {
        for file in [
            format!("ФИО;Телефон\nА;{power}\n"),
            format!("Телефон;Телефон 2\n{power};{power}\n"),
            format!("ФИО;Телефон\nА;{power}\nБ;{power}\n\nВ;{A}\n"),
            format!("Телефон;ФИО\n{power};А\n"),
        ] {
            assert_eq!(chosen(&file).delimiter, ";", "{file:?}");
            assert_eq!(phones(&file)[0], power, "{file:?}");
        }
    }
}

/// R70
#[test]
fn a_quote_before_a_number_that_nobody_closes_refuses_the_file_with_its_line() {
    for delimiter in [";", ",", "\t", "|"] {
        for file in [
            format!("Имя;Телефон\nА;\"{A}\nБ;{B}\nВ;\"{B}\"\n"),
            format!("Имя;Телефон\nА;\"{A}\nБ;{B}\n"),
            format!("Имя;Телефон;Город\nА;\"{A};Алматы\nБ;{B};Астана\n"),
            format!("Телефон;Имя\n\"{A};А\n{B};Б\n{B};\"В\"\n"),
        ] {
            let file = file.replace(';', delimiter);
            assert_eq!(read(file.as_bytes(), 7), Err(CsvError::Malformed.on(2)), "{file:?}");
        }
    }
}

/// R19: the telephone of another, and one that was given up, are not those of the person whom the row is about.
#[test]
fn the_number_of_somebody_else_is_not_taken() {
    for (header, number) in [
        ("Менеджер;Мобильный менеджера;Клиент;Телефон", 4),
        ("Наш номер;Номер клиента", 2),
        ("Отправитель тел.;Получатель тел.", 2),
        ("ФИО;Телефон близкого родственника;Телефон", 3),
        ("Старый телефон;Новый телефон", 2),
        ("Our number;Customer number", 2),
        ("Agent mobile;Client;Phone", 3),
        ("Sender phone;Recipient phone", 2),
        ("Manager's mobile;Mobile", 2),
        ("Ескі телефоны;Жаңа телефоны", 2),
        ("Біздің нөмір;Клиент нөмірі", 2),
        ("Менеджердің ұялы телефоны;Телефон", 2),
        ("Жіберушінің телефоны;Алушының телефоны", 2),
        ("Телефон кассира;Телефон", 2),
        ("Телефон продавца;Связь", 2),
    ] {
        let width = header.split(';').count();
        // Whatever stands in them: every row has the other's, few have their own.
        let full = vec![A; width].join(";");
        let mut sparse = vec![B; width];
        sparse[number as usize - 1] = "8 727 312 36 11";
        let file = format!("{header}\n{full}\n{}\n", sparse.join(";"));
        assert_eq!(chosen(&file).phone.number, number, "{header}");
    }
    for later_first in
        ["Телефон 2;Телефон 1", "Телефон2;Телефон", "Мобильный 2;Мобильный 1", "Phone 2;Phone 1"]
    {
        assert_eq!(chosen(&format!("{later_first}\n{A};{B}\n")).phone.number, 2, "{later_first}");
    }
    let empty = format!("Мобильный менеджера;Телефон\n{A};\n{B};\n");
    assert_eq!(chosen(&empty).phone.number, 2);
    let only = format!("Агент;Телефон агента\nА;{A}\n");
    assert_eq!(chosen(&only).phone.number, 2, "a list of agents");
    let given_up = read(format!("ФИО;Старый телефон\nА;{A}\n").as_bytes(), 9).expect_err("refused");
    assert_eq!(given_up.error, CsvError::PhoneColumnMissing);
}

/// R63: what proves a consent is not dropped for a column that only says yes.
#[test]
fn the_best_columns_of_consent_are_kept() {
    for (header, source, date) in [
        ("Согласие;Источник согласия;Дата согласия", Some(3), Some(4)),
        ("Согласие на рассылку;Дата согласия;Согласие (источник)", Some(4), Some(3)),
        ("Согласие;Комментарий", Some(2), None),
        ("КЕЛИСИМ КОЗИ;КЕЛИСИМ КУНИ", Some(2), Some(3)),
        ("Kelisim kózi;Kelisim kúni", Some(2), Some(3)),
        ("Opted In At;Opted In Source", Some(3), Some(2)),
        ("Согласен на рассылку;Дата согл.", Some(2), Some(3)),
        ("Келісім нысаны;Келісім күні", Some(2), Some(3)),
        ("Дата отзыва согласия;Источник согласия;Дата согласия", Some(3), Some(4)),
        ("Consent withdrawn at;Consent expiry date", None, None),
        ("Дата согласования;Источник", None, None),
    ] {
        let cells = vec!["x"; header.split(';').count()].join(";");
        let chosen = chosen(&format!("Телефон;{header}\n{A};{cells}\n"));
        let number = |column: Option<ChosenColumn>| column.map(|column| column.number);
        assert_eq!(number(chosen.consent_source), source, "{header}");
        assert_eq!(number(chosen.consent_date), date, "{header}");
    }
}

/// R63, R99: a consent to automated decisions is one of its own, and is found in whatever language its column is named.
#[test]
fn the_column_of_consent_to_automated_decisions_is_known_in_three_languages() {
    for header in [
        "Согласие на автоматизированные решения",
        "Согласие на автоматизированное принятие решений",
        "Согласие на автоматический анализ",
        "Согласие на скоринг",
        "Согласен на профилирование",
        "Автоматты шешімдерге келісім",
        "Автоматтандырылған талдауға келісімі",
        "Скорингке келісім",
        "АВТОМАТТЫ ШЕШИМГЕ КЕЛИСИМ",
        "automated_decision_consent",
        "ConsentToAutomatedDecisions",
        "Consent on automated decisions",
        "Scoring consent",
        "Profiling opt-in",
    ] {
        let file = format!("Телефон;{header};Согласие на рассылку\n{A};да;форма\n");
        let columns = chosen(&file);
        assert_eq!(columns.decision_consent.map(|column| column.number), Some(2), "{header}");
        assert_eq!(columns.consent_source.map(|column| column.number), Some(3), "{header}");
        let row = rows(&file).remove(0);
        assert_eq!(row.decision_consent.as_deref(), Some("да"), "{header}");
    }
}

/// R99: what is not said is not guessed from a name that is like it.
#[test]
fn no_other_column_is_taken_for_a_consent_to_automated_decisions() {
    for header in [
        "Согласие",
        "Согласие на автоматизированную обработку персональных данных",
        "Согласие на обработку с использованием средств автоматизации",
        "Отказ от автоматизированных решений",
        "Отзыв согласия на скоринг",
        "Автоматизированные решения",
        "Скоринг",
        "Scoring",
        "Келісім күні",
        "Решение о согласии",
    ] {
        let columns = chosen(&format!("Телефон;{header}\n{A};да\n"));
        assert_eq!(columns.decision_consent, None, "{header}");
    }
    // Nor does its date or source prove a consent to messages.
    for header in ["Дата согласия на скоринг", "Источник согласия на автоматизированные решения"]
    {
        let columns = chosen(&format!("Телефон;{header}\n{A};да\n"));
        assert_eq!(
            (columns.consent_source, columns.consent_date, columns.decision_consent),
            (None, None, None)
        );
    }
}

/// R63, R70: names and consents are not lost below a letterhead with a telephone.
#[test]
fn a_header_below_a_letterhead_with_a_telephone_is_found() {
    for letterhead in [
        "ТОО Ромашка\nТел. 87273123456\n\n",
        "ТОО Ромашка;;\n87273123456;;\n\n",
        "Отчёт;Менеджер: 87019998877\n",
        "Телефоны клиентов ТОО Ромашка\nТел. 8 701 999 88 77\n",
    ] {
        let file = format!("{letterhead}ФИО;Телефон;Источник согласия\nАсель;{A};сайт\nТимур;{B};форма\n");
        let rows = rows(&file);
        assert_eq!(rows.len(), 2, "{file:?}");
        assert_eq!(
            (rows[0].name.as_deref(), rows[0].consent_source.as_deref()),
            (Some("Асель"), Some("сайт"))
        );
    }
    // A row of data that speaks of a number is no header.
    let file = format!("Асель;{A}\nТимур;нет номера\nКлиент;{B}\n");
    assert_eq!(phones(&file).len(), 3);
    let file = format!("ФИО;Телефон\nАсель;моб. {A}\nТимур;нет телефона\nКлиент;моб. {B}\n");
    assert_eq!(phones(&file).len(), 3);
}

/// R70
#[test]
fn the_column_of_names_is_known_as_people_call_it() {
    for header in [
        "Ф.И.О. клиента",
        "ФИО контактного лица",
        "Наименование организации",
        "Атауы",
        "Аты жони",
        "ФИО получателя",
        "Название компании",
        "Имя контактного лица",
        "КЛИЕНТТИН АТЫ ЖОНИ",
    ] {
        let chosen = chosen(&format!("Город;{header};Телефон\nАлматы;А;{A}\n"));
        assert_eq!(chosen.name.map(|column| column.number), Some(2), "{header}");
    }
    let person =
        chosen(&format!("Наименование организации;ФИО менеджера;ФИО контактного лица;Телефон\nА;Б;В;{A}\n"));
    assert_eq!(person.name.map(|column| column.number), Some(3));
}

/// R70: what programs leave at the end of a line and of a file, and at its beginning, is no cell and no row.
#[test]
fn what_programs_leave_at_the_ends_of_a_file_is_passed_over() {
    let header = (1..COLUMNS_MAX).map(|n| format!("Қосымша баған {n};")).collect::<String>() + "phone";
    let row = ";".repeat(COLUMNS_MAX - 1) + A;
    for end in ["", ";", ";;;", ";\"\""] {
        assert_eq!(phones(&format!("{header}{end}\n{row}{end}\n{row}{end}\n")).len(), 2, "{end}");
    }
    let refused = read(format!("{header}\n{row};\n{row};;x\n").as_bytes(), 999).expect_err("refused");
    assert_eq!(refused, CsvError::Malformed.on(3));
    let many = format!("Телефон;ФИО\n{}", format!("{A};А\n").repeat(30_000));
    for body in [format!("Телефон;ФИО\n{A};А\n"), format!("Телефон;ФИО\n{A};А"), many] {
        let count = phones(&body).len();
        for end in ["\u{1a}", "\0", "\r\n\u{1a}", "\u{1a}\0\0\0"] {
            for piece in [1 << 16, body.len()] {
                let rows = read(format!("{body}{end}").as_bytes(), piece).expect("read");
                assert_eq!((rows.len(), rows[count - 1].name.as_deref()), (count, Some("А")), "{end:?}");
            }
        }
    }
    let chosen = chosen(&format!("\u{feff}\u{feff}Телефон;ФИО\n{A};А\n"));
    assert_eq!(chosen.phone.name.as_deref(), Some("Телефон"));
}
