//! XLSX files made by hand, as spreadsheet programs write them.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const NAMESPACE: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A sheet: what stands on its tab, and its rows as XML.
pub struct Sheet {
    pub name: &'static str,
    pub rows: String,
}

impl Sheet {
    /// A sheet of texts, row under row.
    pub fn of(name: &'static str, rows: &[&[&str]]) -> Self {
        let cell = |text: &&str| format!("<c t=\"inlineStr\"><is><t>{}</t></is></c>", escaped(text));
        let row = |(number, cells): (usize, &&[&str])| {
            format!("<row r=\"{}\">{}</row>", number + 1, cells.iter().map(cell).collect::<String>())
        };
        Self { name, rows: rows.iter().enumerate().map(row).collect() }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// A file of one sheet of texts.
pub fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    workbook_of(&[Sheet::of("Клиенты", rows)])
}

/// A file of sheets.
pub fn workbook_of(sheets: &[Sheet]) -> Vec<u8> {
    let mut parts = frame(sheets.iter().map(|sheet| sheet.name), "");
    for (place, sheet) in sheets.iter().enumerate() {
        let text =
            format!("<worksheet xmlns=\"{NAMESPACE}\"><sheetData>{}</sheetData></worksheet>", sheet.rows);
        parts.push((format!("xl/worksheets/sheet{place}.xml"), text.into_bytes()));
    }
    packed(&parts)
}

/// A file whose only sheet unpacks to so many bytes of blanks.
pub fn bomb(bytes: usize) -> Vec<u8> {
    let mut sheet = format!("<worksheet xmlns=\"{NAMESPACE}\"><sheetData>").into_bytes();
    sheet.resize(bytes, b' ');
    let mut parts = frame(std::iter::once("Клиенты"), "");
    parts.push(("xl/worksheets/sheet0.xml".to_owned(), sheet));
    packed(&parts)
}

/// A file of one sheet of numbers and texts, row under row. The texts stand apart, as spreadsheet programs write them.
pub fn workbook_of_people(people: impl Iterator<Item = (String, String)>) -> Vec<u8> {
    let (mut texts, mut rows) = (String::new(), String::new());
    for (place, (phone, name)) in people.enumerate() {
        texts.push_str(&format!("<si><t>{}</t></si>", escaped(&name)));
        let row = place + 1;
        rows.push_str(&format!(
            "<row r=\"{row}\"><c r=\"A{row}\"><v>{phone}</v></c><c r=\"B{row}\" t=\"s\"><v>{place}</v></c></row>"
        ));
    }
    let mut parts = frame(std::iter::once("Клиенты"), &relation("t", "sharedStrings", "sharedStrings.xml"));
    let texts = format!("<sst xmlns=\"{NAMESPACE}\">{texts}</sst>");
    parts.push(("xl/sharedStrings.xml".to_owned(), texts.into_bytes()));
    let sheet = format!("<worksheet xmlns=\"{NAMESPACE}\"><sheetData>{rows}</sheetData></worksheet>");
    parts.push(("xl/worksheets/sheet0.xml".to_owned(), sheet.into_bytes()));
    packed(&parts)
}

/// What every file has, with a place for each sheet, and what else the workbook leads to.
fn frame<'n>(names: impl Iterator<Item = &'n str> + Clone, more: &str) -> Vec<(String, Vec<u8>)> {
    let tabs: String = names
        .clone()
        .enumerate()
        .map(|(place, name)| {
            format!("<sheet name=\"{}\" sheetId=\"{}\" r:id=\"s{place}\"/>", escaped(name), place + 1)
        })
        .collect();
    let led: String = names
        .enumerate()
        .map(|(place, _)| {
            relation(&format!("s{place}"), "worksheet", &format!("worksheets/sheet{place}.xml"))
        })
        .collect();
    let relations = |list: &str| format!("<Relationships>{list}</Relationships>").into_bytes();
    let book =
        format!("<workbook xmlns=\"{NAMESPACE}\" xmlns:r=\"{RELATIONS}\"><sheets>{tabs}</sheets></workbook>");
    vec![
        ("[Content_Types].xml".to_owned(), b"<Types/>".to_vec()),
        ("_rels/.rels".to_owned(), relations(&relation("b", "officeDocument", "xl/workbook.xml"))),
        ("xl/workbook.xml".to_owned(), book.into_bytes()),
        ("xl/_rels/workbook.xml.rels".to_owned(), relations(&format!("{led}{more}"))),
    ]
}

fn relation(id: &str, kind: &str, target: &str) -> String {
    format!("<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
}

/// Parts as one file.
pub fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).expect("begun");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("finished").into_inner()
}
