//! How much memory a large table takes, counted by the allocator of this program, which is why it stands alone.

use std::io::{Cursor, Write};

use peak_alloc::PeakAlloc;
use tables::workbook::Workbook;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// A fifth of the million rows that a component must read within 96 MiB.
const ROWS: usize = 200_000;
const BYTES_MAX: usize = 96 * 1024 * 1024 / 5;

const PARTS: [(&str, &str); 4] = [
    ("[Content_Types].xml", "<Types/>"),
    (
        "_rels/.rels",
        "<Relationships><Relationship Id=\"a\" Type=\"x/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
    ),
    (
        "xl/workbook.xml",
        "<workbook xmlns:r=\"r\"><sheets><sheet name=\"Лист1\" r:id=\"a\"/></sheets></workbook>",
    ),
    (
        "xl/_rels/workbook.xml.rels",
        "<Relationships><Relationship Id=\"a\" Type=\"x/worksheet\" Target=\"sheet.xml\"/>\
         <Relationship Id=\"b\" Type=\"x/sharedStrings\" Target=\"strings.xml\"/></Relationships>",
    ),
];

/// A list in which no text comes twice: each row has a number and a name, both as text.
fn file() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, pieces: &mut dyn Iterator<Item = String>| {
        zip.start_file(name, SimpleFileOptions::default()).expect("begun");
        for piece in pieces {
            zip.write_all(piece.as_bytes()).expect("written");
        }
    };
    for (name, text) in PARTS {
        part(name, &mut std::iter::once(text.to_owned()));
    }
    let text = |row: usize| {
        // Digits without order, so that they do not pack better than those of people.
        let digits = row.wrapping_mul(2_654_435_761) % 10_000_000;
        format!("<si><t>8701{digits:07}</t></si><si><t>Қалиева Әсемгүл Нұр{row}қызы</t></si>")
    };
    let row = |row: usize| {
        let (number, phone, name) = (row + 1, 2 * row, 2 * row + 1);
        format!(
            "<row r=\"{number}\"><c r=\"A{number}\" t=\"s\"><v>{phone}</v></c>\
             <c r=\"B{number}\" t=\"s\"><v>{name}</v></c></row>"
        )
    };
    let framed =
        |begin: &str, end: &str| (std::iter::once(begin.to_owned()), std::iter::once(end.to_owned()));
    let (begin, end) = framed("<sst>", "</sst>");
    part("xl/strings.xml", &mut begin.chain((0..ROWS).map(text)).chain(end));
    let (begin, end) = framed("<worksheet><sheetData>", "</sheetData></worksheet>");
    part("xl/sheet.xml", &mut begin.chain((0..ROWS).map(row)).chain(end));
    zip.finish().expect("finished").into_inner()
}

#[test]
fn a_million_rows_are_read_in_96_mib_with_the_packed_file() {
    let file = file();
    let before = ALLOCATOR.current_usage() - file.capacity();
    ALLOCATOR.reset_peak_usage();
    let mut workbook = Workbook::open(file).expect("opened");
    let mut count = 0;
    let mut rows = workbook.rows(0).expect("the sheet");
    while let Some((line, cells)) = rows.next_row().expect("a row") {
        count += 1;
        assert!(line == count && cells[0].len() == 11 && cells[1].starts_with("Қалиева"), "{line}");
    }
    let taken = ALLOCATOR.peak_usage() - before;
    assert_eq!(count, ROWS as i64);
    assert!(taken < BYTES_MAX, "{taken} bytes for {ROWS} rows");
}
