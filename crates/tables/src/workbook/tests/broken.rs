//! Files that are broken, or are none: each is refused for what it is.

use WorkbookFault::{Encrypted, Malformed, NotATable, OldFormat, OtherFormat, TooLarge, WithoutRows};

use proptest::prelude::*;

use super::built::relations;
use super::*;

const ROW: &str = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>";
const BOOK: &str = "xl/workbook.xml";
const LIST: &str = "xl/_rels/workbook.xml.rels";
const SHEET: &str = "xl/worksheets/sheet1.xml";
const STRINGS: &str = "xl/sharedStrings.xml";

fn good() -> Built {
    Built::with_rows(ROW).strings(&["<t>Әлия</t>"])
}

#[test]
fn a_broken_part_refuses_the_file() {
    assert!(read(good().packed()).is_ok());
    let with_row = |row: &str| good().with(SHEET, ROW, row);
    let cell = |attributes: &str, within: &str| {
        with_row(&format!("<row r=\"1\"><c {attributes}>{within}</c></row>"))
    };
    for (what, file, fault) in [
        ("no list of types", good().without("[Content_Types].xml"), NotATable),
        ("no way to the book", good().without("_rels/.rels"), Malformed),
        ("no book", good().without(BOOK), Malformed),
        ("no way to the sheets", good().without(LIST), Malformed),
        ("no sheet", good().without(SHEET), Malformed),
        ("no texts", good().without(STRINGS), Malformed),
        ("a sheet that leads nowhere", good().with(BOOK, "r:id=\"rId1\"", "r:id=\"rId9\""), Malformed),
        ("a sheet without an id", good().with(BOOK, " r:id=\"rId1\"", ""), Malformed),
        ("a sheet without a name", good().with(BOOK, " name=\"Лист1\"", ""), Malformed),
        ("a relation without a target", good().with(LIST, "Target=", "Goal="), Malformed),
        (
            "no sheets",
            good().with(BOOK, "<sheet name=\"Лист1\" sheetId=\"1\" r:id=\"rId1\"/>", ""),
            WithoutRows,
        ),
        ("only a hidden sheet", good().with(BOOK, "sheetId", "state=\"hidden\" sheetId"), WithoutRows),
        ("no rows", with_row(""), WithoutRows),
        (
            "empty cells",
            with_row("<row r=\"1\"><c r=\"A1\"/><c r=\"B1\" t=\"e\"><v>#REF!</v></c></row>"),
            WithoutRows,
        ),
        (
            "a letter",
            good().with(BOOK, "<workbook", "<document").with(BOOK, "</workbook", "</document"),
            NotATable,
        ),
        ("an empty book", good().with(BOOK, "<workbook", "<!--").with(BOOK, "</workbook>", "-->"), Malformed),
        ("XLSB", good().with("_rels/.rels", "workbook.xml", "workbook.bin"), OtherFormat),
        ("a tag that nobody closes", with_row("<row r=\"1\">"), Malformed),
        ("a tag that nobody opened", with_row("</row>"), Malformed),
        ("half a tag", with_row("<row r=\"1\"><c r=\"A1\" t="), Malformed),
        ("an attribute without quotes", with_row("<row r=1><c><v>1</v></c></row>"), Malformed),
        ("a sign that does not stand for itself", cell("t=\"str\"", "<v>a & b</v>"), Malformed),
        ("a name for a text of its own", cell("t=\"str\"", "<v>&bomb;</v>"), Malformed),
        ("a letter that there is not", cell("t=\"str\"", "<v>&#xD800;</v>"), Malformed),
        ("a text that there is not", cell("t=\"s\"", "<v>1</v>"), Malformed),
        ("a text without a number", cell("t=\"s\"", "<v>x</v>"), Malformed),
        ("a text before the first", cell("t=\"s\"", "<v>-1</v>"), Malformed),
        ("a cell of an unknown kind", cell("t=\"q\"", "<v>1</v>"), Malformed),
        ("a cell without a column", cell("r=\"1\"", "<v>1</v>"), Malformed),
        ("a cell without a row", cell("r=\"A\"", "<v>1</v>"), Malformed),
        ("a cell in small letters", cell("r=\"a1\"", "<v>1</v>"), Malformed),
        ("a cell behind the last column", cell("r=\"XFE1\"", "<v>1</v>"), TooLarge),
        ("a cell far behind it", cell("r=\"AAAA1\"", "<v>1</v>"), Malformed),
        ("a row behind the last", with_row("<row r=\"1048577\"/>"), TooLarge),
        ("a row before the first", with_row("<row r=\"0\"/>"), Malformed),
        ("a row below zero", with_row("<row r=\"-5\"/>"), Malformed),
        ("a row without a number", with_row("<row r=\"x\"/>"), Malformed),
        ("a row twice", with_row("<row r=\"2\"/><row r=\"2\"/>"), Malformed),
        ("a cell twice", with_row("<row r=\"1\"><c r=\"B1\"/><c r=\"B1\"/></row>"), Malformed),
        ("cells from right to left", with_row("<row r=\"1\"><c r=\"B1\"/><c r=\"A1\"/></row>"), Malformed),
    ] {
        assert_eq!(read(file.packed()), Err(fault), "{what}");
    }
}

#[test]
fn bytes_that_are_no_text_refuse_the_file() {
    let mut latin = good();
    latin.bytes(
        SHEET,
        b"<worksheet><sheetData><row><c t=\"str\"><v>\xc0\xf1</v></c></row></sheetData></worksheet>",
    );
    assert_eq!(read(latin.packed()), Err(Malformed));
    let mut wide = good();
    let text: Vec<u8> = "\u{feff}<worksheet/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    wide.bytes(SHEET, &text);
    assert_eq!(read(wide.packed()), Err(Malformed));
}

#[test]
fn a_definition_of_texts_refuses_the_file_before_any_is_put_in() {
    for part in [SHEET, STRINGS, BOOK, LIST] {
        let root = if part == LIST { "<Relationships" } else { "<" };
        let text = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
        let mut file = good();
        file.part(part, &format!("{text}{root}x>&b;</x>"));
        assert_eq!(read(file.packed()), Err(Malformed), "{part}");
    }
}

#[test]
fn a_file_that_is_no_xlsx_is_refused_for_what_it_is() {
    let streams = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    let named = |name: &str| -> Vec<u8> {
        streams
            .iter()
            .copied()
            .chain([0; 500])
            .chain(name.encode_utf16().flat_map(u16::to_le_bytes))
            .collect()
    };
    let mut ods = good().without("[Content_Types].xml");
    ods.part("mimetype", "application/vnd.oasis.opendocument.spreadsheet").part("content.xml", "<x/>");
    let mut pictures = Built::with_rows("").without("[Content_Types].xml");
    pictures.part("a.txt", "x");
    let mut numbers = Built::with_rows("").without("[Content_Types].xml");
    numbers.part("Index/Document.iwa", "x");
    let mut encrypted_part = good().packed();
    // The mark of an encrypted part, in the list: its flags are behind the signature, two versions and nothing else.
    let listed = memchr::memmem::find_iter(&encrypted_part, b"PK\x01\x02").collect::<Vec<_>>();
    for place in listed {
        encrypted_part[place + 8] |= 1;
    }
    for (what, bytes, fault) in [
        ("nothing", Vec::new(), NotATable),
        ("a list as text", "Телефон;ФИО\n87010000001;А\n".into(), NotATable),
        ("a page named .xls", b"<html><table>".to_vec(), OtherFormat),
        ("XLS", named("Workbook"), OldFormat),
        ("a password", named("EncryptedPackage"), Encrypted),
        ("parts with a password", encrypted_part, Encrypted),
        ("ODS", ods.packed(), OtherFormat),
        ("Numbers", numbers.packed(), OtherFormat),
        ("another archive", pictures.packed(), NotATable),
        ("a presentation", good().with("_rels/.rels", "officeDocument\"", "other\"").packed(), NotATable),
        ("an empty archive", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec(), NotATable),
        ("only the first signature", b"PK\x03\x04".to_vec(), Malformed),
    ] {
        assert_eq!(read(bytes), Err(fault), "{what}");
    }
}

/// R70: nobody is left out because a file came in half.
#[test]
fn a_file_that_was_cut_or_changed_on_its_way_is_refused() {
    let rows: String =
        (1..400).map(|row| format!("<row r=\"{row}\"><c><v>7701{row:07}</v></c></row>")).collect();
    let whole = Built::with_rows(&rows).packed();
    assert_eq!(read(whole.clone()).map(|rows| rows.len()), Ok(399));
    for part in 1..20 {
        let cut = whole[..whole.len() * part / 20].to_vec();
        assert_eq!(read(cut), Err(Malformed), "{part}");
    }
    let sheet = memchr::memmem::find(&whole, SHEET.as_bytes()).expect("there");
    for place in 60..160 {
        let mut changed = whole.clone();
        changed[sheet + place] ^= 0x55;
        if let Ok(rows) = read(changed) {
            panic!("{} rows of a sheet with another byte at {place}", rows.len());
        }
    }
}

#[test]
fn a_relation_that_leads_out_of_the_file_leads_nowhere() {
    let mut file = good();
    file.part(LIST, &relations(&[("rId1", "worksheet", "../../../../etc/passwd")]));
    assert_eq!(read(file.packed()), Err(Malformed));
}

/// Pieces of sheets, in any order.
const PIECES: [&str; 22] = [
    "<row>",
    "<row r=\"2\">",
    "</row>",
    "<c>",
    "<c r=\"B1\" t=\"s\">",
    "<c t=\"str\">",
    "<c t=\"b\" s=\"9\"/>",
    "</c>",
    "<v>",
    "</v>",
    "<is>",
    "</is>",
    "<t>",
    "</t>",
    "<rPh>",
    "</rPh>",
    "_x0041_",
    "_xD800_",
    "_xәә",
    "&#10;",
    "0",
    "7.7E10",
];

proptest! {
    /// Whatever stands in a sheet, it is read or refused.
    #[test]
    fn a_sheet_of_any_pieces_is_read_or_refused(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES.as_slice()), 0..30),
        format in "[0#;\\[\\]\"\\\\hmy. ]{0,12}",
    ) {
        let file = Built::with_rows(&pieces.concat()).strings(&["<t>Әлия</t>"]).formats(&[&format]);
        let read = read(file.packed());
        let is_known = matches!(&read, Ok(rows) if !rows.is_empty()) || matches!(read, Err(Malformed | WithoutRows));
        prop_assert!(is_known, "{:?}", read);
    }
}
