//! What people see in a table is what is read.

use super::built::relations;
use super::*;
use crate::csv::{Format, FormatChoice, Reader};

/// R19: a phone that a table took for a number.
#[test]
fn numbers_have_all_their_digits() {
    for (written, seen) in [
        ("7.7012345678E10", "77012345678"),
        ("7.7012345678000002E10", "77012345678"),
        ("87012345678.0", "87012345678"),
        ("87012345678", "87012345678"),
        ("870123400123", "870123400123"),
        ("0.30000000000000004", "0.3"),
        ("-12.5", "-12.5"),
        ("-0", "0"),
        ("1E30", "1E30"),
        ("1500000", "1500000"),
        ("NaN", "NaN"),
    ] {
        let file = Built::with_rows(&format!("<row r=\"1\"><c r=\"A1\"><v>{written}</v></c></row>"));
        assert_eq!(first_row(file), [seen], "{written}");
    }
}

/// R19: `+7` before the digits, or zeros, may be in the format alone.
#[test]
fn digits_stand_where_the_format_shows_them() {
    for (format, number, seen) in [
        ("\\+7\\ \\(000\\)\\ 000\\-00\\-00", "7012345678", "+7 (701) 234-56-78"),
        ("\"+\"0", "77012345678", "77012345678"),
        ("+#-###-###-##-##", "77012345678", "+7-701-234-56-78"),
        ("00000", "42", "00042"),
        ("000-000", "1234567", "1234-567"),
        ("##00", "5", "05"),
        ("0", "77012345678", "77012345678"),
        ("#,##0.00\\ \"₸\"", "1500.5", "1500.5"),
        ("[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", "7012345678", "7012345678"),
        ("00000", "1.5", "1.5"),
        ("@", "77012345678", "77012345678"),
        ("General", "77012345678", "77012345678"),
    ] {
        let row = format!("<row r=\"1\"><c r=\"A1\" s=\"0\"><v>{number}</v></c></row>");
        assert_eq!(first_row(Built::with_rows(&row).formats(&[format])), [seen], "{format}");
    }
}

/// R63: when a consent was given is a day, not the number of one.
#[test]
fn days_are_dates() {
    for (format, number, seen) in [
        ("dd.mm.yyyy", "46215", "2026-07-12"),
        ("dd\\.mm\\.yyyy;@", "46215.4375", "2026-07-12 10:30:00"),
        ("[$-F800]dddd, mmmm dd, yyyy", "46215", "2026-07-12"),
        ("h:mm", "0.4375", "10:30:00"),
        ("[h]:mm", "0.4375", "10:30:00"),
        ("yyyy", "59", "1900-02-28"),
        ("yyyy", "60", "1900-02-29"),
        ("yyyy", "61", "1900-03-01"),
        ("yyyy", "46214.9999999", "2026-07-12"),
        ("yyyy", "2958466", "2958466"),
        ("yyyy", "-1", "-1"),
        ("\"days\"00", "46215", "days46215"),
        ("[Red]0", "46215", "46215"),
    ] {
        let row = format!("<row r=\"1\"><c r=\"A1\" s=\"0\"><v>{number}</v></c></row>");
        let file = Built::with_rows(&row).formats(&[format]);
        assert_eq!(first_row(file.clone()), [seen], "{format}");
        if number == "46215" && seen == "2026-07-12" {
            let mac = file.with("xl/workbook.xml", "<workbookPr/>", "<workbookPr date1904=\"1\"/>");
            assert_eq!(first_row(mac), ["2030-07-13"]);
        }
    }
    let known = Built::with_rows("<row r=\"1\"><c r=\"A1\" s=\"0\"><v>46215</v></c></row>")
        .formats(&["0"])
        .with("xl/styles.xml", "<xf numFmtId=\"164\"/>", "<xf numFmtId=\"14\"/>");
    assert_eq!(first_row(known), ["2026-07-12"]);
}

#[test]
fn each_kind_of_cell_is_read_as_it_is_seen() {
    let rows = "<row r=\"2\" spans=\"1:9\">\
        <c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"B2\" t=\"s\"><v>1</v></c><c r=\"C2\" t=\"s\"><v>2</v></c>\
        <c r=\"D2\" t=\"inlineStr\"><is><t>Нұр</t></is></c>\
        <c r=\"E2\" t=\"str\"><f>A2&amp;\"x\"</f><v>Әлия x</v></c>\
        <c r=\"F2\"><f>1+1</f><v>2</v></c>\
        <c r=\"G2\" t=\"b\"><v>1</v></c><c r=\"H2\" t=\"e\"><v>#N/A</v></c>\
        <c r=\"I2\" t=\"d\"><v>2026-07-12</v></c><c r=\"J2\" s=\"0\"/></row>";
    let texts = [
        "<t>Әлия &amp; Ко &lt;&#1200;&gt;</t>",
        "<r><rPr><b/></rPr><t xml:space=\"preserve\">Қазақ </t></r><r><t>стан</t></r><rPh sb=\"0\" eb=\"1\"><t>казак</t></rPh>",
        "<t>две_x000D_\nстроки_x005F_x0041_<![CDATA[ <b>]]></t>",
    ];
    let expected = [
        "Әлия & Ко <Ұ>",
        "Қазақ стан",
        "две\r\nстроки_x0041_ <b>",
        "Нұр",
        "Әлия x",
        "2",
        "TRUE",
        "",
        "2026-07-12",
    ];
    let read = read(Built::with_rows(rows).strings(&texts).packed()).expect("read");
    assert_eq!(read, [(2, expected.map(str::to_owned).to_vec())]);
}

#[test]
fn shared_texts_in_any_letters_are_read_as_they_were_written() {
    let texts = ["Әсем", "", "José 😀", "ЖШС «Нұр» №1 – қала", "Đorđe Ђорђе", "a", "Ω"];
    let cells: String =
        (0..texts.len()).rev().map(|number| format!("<c t=\"s\"><v>{number}</v></c>")).collect();
    let tagged = texts.map(|text| format!("<t>{text}</t>"));
    let file =
        Built::with_rows(&format!("<row>{cells}</row>")).strings(&tagged.each_ref().map(String::as_str));
    let mut read = first_row(file);
    read.reverse();
    assert_eq!(read, texts);
}

#[test]
fn gaps_and_cells_without_an_address_keep_their_columns() {
    let rows = "<row r=\"3\"><c r=\"B3\"><v>1</v></c><c r=\"D3\"><v>2</v></c></row>\
                <row><c><v>3</v></c><c/><c><v>4</v></c></row>\
                <row r=\"9\"><c r=\"A9\"/><c r=\"XFD9\" s=\"0\"/></row>\
                <row r=\"1048576\"><c r=\"AA1048576\"><v>5</v></c></row>";
    let read = read(Built::with_rows(rows).packed()).expect("read");
    let cells = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    assert_eq!(read[0], (3, cells(&["", "1", "", "2"])));
    assert_eq!(read[1], (4, cells(&["3", "", "4"])));
    assert_eq!((read[2].0, read[2].1.len(), read.len()), (1_048_576, 27, 3));
}

/// LibreOffice writes no address of rows, other programs put every tag under a prefix, parts under other names and their
/// paths from the top, or with the signs and capitals of Windows.
#[test]
fn files_of_other_programs_are_read_alike() {
    let rows = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\"><v>1</v></c></row>";
    let file = Built::with_rows(rows).strings(&["<t>Әлия</t>"]);
    let main = "xl/workbook.xml";
    let list = "xl/_rels/workbook.xml.rels";
    let sheet = "xl/worksheets/sheet1.xml";
    let prefixed = |name: &str, file: &Built, tags: &[&str]| {
        let mut file = file.with(name, "xmlns=", "xmlns:x=");
        for tag in tags {
            file = file.with(name, &format!("<{tag}"), &format!("<x:{tag}"));
        }
        file.with(name, "</", "</x:")
    };
    let under_prefix = prefixed(sheet, &file, &["worksheet", "sheetData", "row", "c ", "v>"]);
    let under_prefix = prefixed("xl/sharedStrings.xml", &under_prefix, &["sst", "si", "t>"]);
    let strict = file
        .with(
            main,
            "schemas.openxmlformats.org/spreadsheetml/2006/main",
            "purl.oclc.org/ooxml/spreadsheetml/main",
        )
        .with(list, "schemas.openxmlformats.org/officeDocument/2006", "purl.oclc.org/ooxml/officeDocument");
    for file in [
        under_prefix,
        strict,
        file.with(list, "worksheets/sheet1", "/xl/worksheets/sheet1"),
        file.with(list, "worksheets/sheet1", "./x/../worksheets/sheet1"),
        file.with(list, "worksheets/sheet1", "worksheets\\sheet1"),
        file.renamed(sheet, "xl\\worksheets\\Sheet1.xml"),
        file.renamed(sheet, "XL/Worksheets/Sheet1.XML"),
        file.with(main, "r:id", "ns0:id").with(main, "xmlns:r", "xmlns:ns0"),
        file.with(sheet, "<row r=\"1\">", "<row>").with(sheet, " r=\"A1\"", "").with(sheet, " r=\"B1\"", ""),
        file.with(
            sheet,
            "<worksheet",
            "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- x --><worksheet",
        ),
        file.with(sheet, "</sheetData>", "</sheetData><mergeCells><mergeCell ref=\"A1:B9\"/></mergeCells>"),
    ] {
        assert_eq!(first_row(file), ["Әлия", "1"]);
    }
}

/// R70: a hidden sheet is not what its owner means, unless it is chosen.
#[test]
fn the_first_visible_sheet_with_rows_is_read_unless_another_is_chosen() {
    let mut file = Built::with_rows("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>");
    let sheet =
        |rows: &str| format!("<worksheet xmlns=\"{NAMESPACE}\"><sheetData>{rows}</sheetData></worksheet>");
    file.part("xl/worksheets/sheet2.xml", &sheet("<row r=\"1\"><c r=\"A1\" s=\"0\"/></row>"))
        .part("xl/worksheets/sheet3.xml", &sheet("<row r=\"1\"><c r=\"A1\"><v>3</v></c></row>"))
        .part(
            "xl/_rels/workbook.xml.rels",
            &relations(&[
                ("rId1", "worksheet", "worksheets/sheet1.xml"),
                ("rId2", "worksheet", "worksheets/sheet2.xml"),
                ("rId3", "worksheet", "worksheets/sheet3.xml"),
                ("rId4", "chartsheet", "chartsheets/sheet1.xml"),
            ]),
        );
    let file = file.with(
        "xl/workbook.xml",
        "<sheet name=\"Лист1\" sheetId=\"1\" r:id=\"rId1\"/>",
        "<sheet name=\"Ж\" sheetId=\"1\" state=\"veryHidden\" r:id=\"rId1\"/><sheet name=\"Д\" sheetId=\"4\" r:id=\"rId4\"/>\
         <sheet name=\"Б\" sheetId=\"2\" state=\"visible\" r:id=\"rId2\"/><sheet name=\"К&amp;Т\" sheetId=\"3\" r:id=\"rId3\"/>",
    );
    let mut workbook = Workbook::open(file.packed()).expect("opened");
    let sheets: Vec<_> =
        workbook.sheets().iter().map(|sheet| (sheet.name.as_str(), sheet.is_visible)).collect();
    assert_eq!(sheets, [("Ж", false), ("Б", true), ("К&Т", true)]);
    assert_eq!(workbook.default_sheet(), Ok(2));
    assert_eq!(rows_of(&mut workbook, 2).expect("read")[0].1, ["3"]);
    assert_eq!(rows_of(&mut workbook, 0).expect("read")[0].1, ["1"]);
    assert_eq!(rows_of(&mut workbook, 1), Ok(Vec::new()));
    assert_eq!(rows_of(&mut workbook, 3), Err(WorkbookFault::SheetMissing));
}

/// R70: a list in a table and the same list saved as text give the same rows.
#[test]
fn rows_written_as_tsv_are_read_again() {
    let mut text = String::new();
    for cells in [
        ["Телефон", "ФИО", "Город"].as_slice(),
        &["87010000001", "Әлия \"А\"", "Алматы\tҚала"],
        &["87010000002", " \"две\nстроки\" ", ""],
        &["", "", "x"],
        &["87010000003"],
    ] {
        write_tsv_row(cells, &mut text);
    }
    let choice = FormatChoice { delimiter: Some('\t'), fields: vec![3], ..FormatChoice::default() };
    let format = Format::choose(text.as_bytes(), true, &choice).expect("recognised").format;
    let mut rows = Vec::new();
    let mut reader = Reader::resume(&format, format.beginning());
    reader.feed(text.as_bytes(), &mut rows).expect("fed");
    reader.finish(&mut rows).expect("finished");
    let cells: Vec<_> =
        rows.iter().map(|row| (row.phone.as_str(), row.name.as_deref(), row.fields[0].as_deref())).collect();
    assert_eq!(
        cells,
        [
            ("87010000001", Some("Әлия \"А\""), Some("Алматы\tҚала")),
            ("87010000002", Some("\"две\nстроки\""), None),
            ("", None, Some("x")),
            ("87010000003", None, None),
        ]
    );
}

/// R70: a row that is refused is named by the number that its owner sees beside it.
#[test]
fn a_row_stands_on_the_line_of_its_number() {
    let rows = "<row r=\"2\"><c t=\"str\"><v>Телефон</v></c><c t=\"str\"><v>Имя\nклиента</v></c></row>\
                <row r=\"3\"><c><v>87010000001</v></c><c t=\"str\"><v>Әлия_x000D_\nСадық</v></c></row>\
                <row r=\"9\"><c><v>87010000002</v></c></row>";
    let mut workbook = Workbook::open(Built::with_rows(rows).packed()).expect("opened");
    let (mut writer, mut text) = (TsvWriter::from_line(1), String::new());
    let mut sheet = workbook.rows(0).expect("the sheet");
    while let Some((line, cells)) = sheet.next_row().expect("a row") {
        writer.write(line, &cells, &mut text);
    }
    let format = Format::recognise(text.as_bytes(), true).expect("recognised").format;
    let mut rows = Vec::new();
    let mut reader = Reader::resume(&format, format.beginning());
    reader.feed(text.as_bytes(), &mut rows).expect("fed");
    reader.finish(&mut rows).expect("finished");
    let lines: Vec<_> = rows.iter().map(|row| (row.line, row.phone.as_str(), row.name.as_deref())).collect();
    assert_eq!(lines, [(3, "87010000001", Some("Әлия Садық")), (9, "87010000002", None)]);
}
