//! Files that are small and would not be: each ends at a limit, before memory does.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn cells(count: usize, cell: &str) -> String {
    format!("<row r=\"1\">{}</row>", cell.repeat(count))
}

/// A sheet that is made while it is packed: a beginning, so many middles, no end.
fn file_with_sheet(middle: &[u8], count: usize) -> Vec<u8> {
    let file = Built::with_rows("").packed();
    let mut zip = ZipWriter::new_append(Cursor::new(file)).expect("opened");
    let options = SimpleFileOptions::default();
    zip.start_file("xl/worksheets/big.xml", options).expect("begun");
    zip.write_all(b"<worksheet><sheetData>").expect("written");
    for _ in 0..count {
        zip.write_all(middle).expect("written");
    }
    let bytes = zip.finish().expect("finished").into_inner();
    let list = super::built::relations(&[("rId1", "worksheet", "worksheets/big.xml")]);
    let mut zip = ZipWriter::new_append(Cursor::new(bytes)).expect("opened");
    zip.start_file("XL/_rels/workbook.xml.rels", options).expect("begun");
    zip.write_all(list.as_bytes()).expect("written");
    zip.finish().expect("finished").into_inner()
}

#[test]
fn a_file_larger_than_the_limit_is_not_opened() {
    let mut bytes = Built::with_rows("").packed();
    bytes.resize(PACKED_BYTES_MAX + 1, 0);
    assert_eq!(Workbook::open(bytes).err(), Some(WorkbookFault::TooLarge));
}

/// What is packed a thousand times smaller is counted as it comes out, whatever the file says of it.
#[test]
fn a_file_that_unpacks_to_more_than_a_gigabyte_is_refused() {
    let blanks = vec![b' '; 1 << 20];
    let middle = [b"<row><c/></row>".as_slice(), &blanks[..200_000]].concat();
    let bomb = file_with_sheet(&middle, 5_500);
    assert!(bomb.len() < 10 << 20);
    assert_eq!(read(bomb), Err(WorkbookFault::TooLarge));
}

/// One text without an end, one tag without an end, and tags within tags.
#[test]
fn a_piece_of_any_length_is_refused() {
    for (what, middle) in [
        ("blanks", vec![b' '; 1 << 19]),
        ("a tag", [b"<c ".as_slice(), &[b'a'; 1 << 19]].concat()),
        ("a remark", [b"<!--".as_slice(), &[b'a'; 1 << 19]].concat()),
        ("an attribute", [b"<row r=\"".as_slice(), &[b'1'; 1 << 19]].concat()),
        ("depth", b"<extLst>".repeat(100)),
    ] {
        assert_eq!(read(file_with_sheet(&middle, 1)), Err(WorkbookFault::TooLarge), "{what}");
    }
}

#[test]
fn a_cell_longer_than_any_table_has_is_refused() {
    let cell = |count: usize| format!("<c t=\"str\"><v>{}</v></c>", "Ә".repeat(count));
    assert_eq!(first_row(Built::with_rows(&cells(1, &cell(32_767))))[0].chars().count(), 32_767);
    let read_with = |count: usize| read(Built::with_rows(&cells(1, &cell(count))).packed());
    assert_eq!(read_with(32_768), Err(WorkbookFault::TooLarge));
    let shared = Built::with_rows(&cells(1, "<c t=\"s\"><v>0</v></c>"));
    let text = format!("<r><t>{0}</t></r><r><t>{0}</t></r>", "a".repeat(20_000));
    assert_eq!(read(shared.strings(&[&text]).packed()), Err(WorkbookFault::TooLarge));
}

/// A few bytes each, and together more than may be kept.
#[test]
fn more_shared_texts_than_there_is_room_for_are_refused() {
    let file = Built::with_rows(&cells(1, "<c t=\"s\"><v>0</v></c>")).packed();
    let mut zip = ZipWriter::new_append(Cursor::new(file)).expect("opened");
    let options = SimpleFileOptions::default().compression_level(Some(1));
    zip.start_file("xl/sharedStrings.xml", options).expect("begun");
    zip.write_all(b"<sst uniqueCount=\"4294967295\">").expect("written");
    let text = format!("<si><t>{}</t></si>", "a".repeat(30_000));
    for _ in 0..3_200 {
        zip.write_all(text.as_bytes()).expect("written");
    }
    let bytes = zip.finish().expect("finished").into_inner();
    assert_eq!(Workbook::open(bytes).err(), Some(WorkbookFault::TooLarge));
}

/// A number of texts that is only declared makes no room.
#[test]
fn what_a_file_says_of_its_own_size_is_not_believed() {
    let file = Built::with_rows(&cells(1, "<c t=\"s\"><v>0</v></c>"))
        .strings(&["<t>Әлия</t>"])
        .with("xl/sharedStrings.xml", "<sst", "<sst count=\"4294967295\" uniqueCount=\"4294967295\"")
        .with("xl/worksheets/sheet1.xml", "<sheetData>", "<dimension ref=\"A1:XFD1048576\"/><sheetData>");
    assert_eq!(first_row(file), ["Әлия"]);
}

/// A sheet of a row for each of the last columns: every row is as wide as the sheet.
#[test]
fn a_sheet_of_sparse_rows_is_refused_or_read_without_its_gaps() {
    let rows = |column: &str, count: usize| -> String {
        (1..=count).map(|row| format!("<row r=\"{row}\"><c r=\"{column}{row}\"><v>1</v></c></row>")).collect()
    };
    let mut wide = Workbook::open(Built::with_rows(&rows("XFD", 6_401)).packed()).expect("opened");
    let mut sheet = wide.rows(0).expect("the sheet");
    for _ in 0..6_400 {
        assert!(sheet.next_row().expect("a row").is_some());
    }
    assert_eq!(sheet.next_row(), Err(WorkbookFault::TooLarge));
    let empty: String =
        (1..=100_000).map(|row| format!("<row r=\"{}\"><c r=\"XFD1\"/></row>", row * 10)).collect();
    assert_eq!(read(Built::with_rows(&empty).packed()), Err(WorkbookFault::WithoutRows));
    let read = read(Built::with_rows(&rows("XFD", 2)).packed()).expect("read");
    assert_eq!((read.len(), read[0].1.len(), read[0].1[16_383].as_str()), (2, 16_384, "1"));
}

#[test]
fn an_archive_of_too_many_parts_is_refused_before_it_is_opened() {
    let packed = |count: usize, name: &str| {
        let mut zip = ZipWriter::new_append(Cursor::new(Built::with_rows("").packed())).expect("opened");
        for number in 0..count {
            zip.start_file(format!("{name}{number}"), SimpleFileOptions::default()).expect("begun");
        }
        zip.finish().expect("finished").into_inner()
    };
    assert_eq!(Workbook::open(packed(10_000, "")).err(), Some(WorkbookFault::TooLarge));
    assert_eq!(Workbook::open(packed(100, &"x".repeat(60_000))).err(), Some(WorkbookFault::TooLarge));
    assert!(Workbook::open(packed(9_000, "")).is_ok());
    let ends = [Built::with_rows("").packed(), b"PK\x05\x06".repeat(100_000)].concat();
    assert_eq!(Workbook::open(ends).err(), Some(WorkbookFault::Malformed));
}

#[test]
fn a_row_of_long_texts_is_refused() {
    let long = "a".repeat(30_000);
    let own = format!("<c t=\"str\"><v>{long}</v></c>");
    assert_eq!(read(Built::with_rows(&cells(40, &own)).packed()), Err(WorkbookFault::TooLarge));
    let shared = Built::with_rows(&cells(40, "<c t=\"s\"><v>0</v></c>"));
    let text = format!("<t>{long}</t>");
    assert_eq!(read(shared.strings(&[&text]).packed()), Err(WorkbookFault::TooLarge));
}

/// What leads to the sheets is kept, so it is small.
#[test]
fn a_file_of_long_names_is_refused() {
    let file = Built::with_rows(&cells(1, "<c><v>1</v></c>"));
    let mut many = super::built::relations(&[("rId1", "worksheet", "worksheets/sheet1.xml")]);
    let one = format!("<Relationship Id=\"{}\" Type=\"x\" Target=\"x\"/>", "i".repeat(100_000));
    many = many.replace("</Relationships>", &(one.repeat(90) + "</Relationships>"));
    let mut file = file.clone();
    file.part("xl/_rels/workbook.xml.rels", &many);
    assert_eq!(Workbook::open(file.packed()).err(), Some(WorkbookFault::TooLarge));
    let formats = |count: usize| Built::with_rows("<row><c><v>1</v></c></row>").formats(&vec!["00"; count]);
    assert_eq!(Workbook::open(formats(4_097).packed()).err(), Some(WorkbookFault::TooLarge));
    assert!(Workbook::open(formats(4_000).packed()).is_ok());
}
