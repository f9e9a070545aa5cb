//! XLSX files made by hand, part by part.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub const NAMESPACE: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const KINDS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A file in parts.
#[derive(Clone)]
pub struct Built {
    parts: Vec<(String, Vec<u8>)>,
}

impl Built {
    /// A file of one sheet, as Excel writes it, with these rows in it.
    pub fn with_rows(rows: &str) -> Self {
        let sheet = |rows: &str| {
            format!("<worksheet xmlns=\"{NAMESPACE}\"><sheetData>{rows}</sheetData></worksheet>")
        };
        let book = format!(
            "<workbook xmlns=\"{NAMESPACE}\" xmlns:r=\"{KINDS}\"><workbookPr/><sheets>\
             <sheet name=\"Лист1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
        );
        let mut built = Self { parts: Vec::new() };
        built
            .part("[Content_Types].xml", "<Types/>")
            .part("_rels/.rels", &relations(&[("rId1", "officeDocument", "xl/workbook.xml")]))
            .part("xl/workbook.xml", &book)
            .part(
                "xl/_rels/workbook.xml.rels",
                &relations(&[
                    ("rId1", "worksheet", "worksheets/sheet1.xml"),
                    ("rId2", "sharedStrings", "sharedStrings.xml"),
                    ("rId3", "styles", "styles.xml"),
                ]),
            )
            .part("xl/worksheets/sheet1.xml", &sheet(rows));
        built
    }

    /// Puts a part in, or in the place of one.
    pub fn part(&mut self, name: &str, text: &str) -> &mut Self {
        self.bytes(name, text.as_bytes())
    }

    pub fn bytes(&mut self, name: &str, bytes: &[u8]) -> &mut Self {
        self.parts.retain(|(known, _)| known != name);
        self.parts.push((name.to_owned(), bytes.to_vec()));
        self
    }

    /// With these texts for cells to share, each with its tags.
    pub fn strings(mut self, texts: &[&str]) -> Self {
        let items: String = texts.iter().map(|text| format!("<si>{text}</si>")).collect();
        self.part("xl/sharedStrings.xml", &format!("<sst xmlns=\"{NAMESPACE}\">{items}</sst>"));
        self
    }

    /// With a style for each of these formats, from the first on.
    pub fn formats(mut self, formats: &[&str]) -> Self {
        let ids = || (0..formats.len()).map(|place| 164 + place);
        let own: String = ids()
            .zip(formats)
            .map(|(id, code)| {
                format!("<numFmt numFmtId=\"{id}\" formatCode=\"{}\"/>", code.replace('"', "&quot;"))
            })
            .collect();
        let styles: String = ids().map(|id| format!("<xf numFmtId=\"{id}\"/>")).collect();
        self.part(
            "xl/styles.xml",
            &format!(
                "<styleSheet xmlns=\"{NAMESPACE}\"><numFmts>{own}</numFmts><cellStyleXfs><xf numFmtId=\"14\"/>\
                 </cellStyleXfs><cellXfs>{styles}</cellXfs></styleSheet>"
            ),
        );
        self
    }

    /// With a text put in the place of another in a part.
    pub fn with(&self, name: &str, old: &str, new: &str) -> Self {
        let mut built = self.clone();
        let (_, bytes) = built.parts.iter_mut().find(|(known, _)| known == name).expect("the part");
        let text = String::from_utf8(bytes.clone()).expect("text");
        assert!(text.contains(old), "{old} is not in {name}");
        *bytes = text.replace(old, new).into_bytes();
        built
    }

    pub fn without(&self, name: &str) -> Self {
        let mut built = self.clone();
        built.parts.retain(|(known, _)| known != name);
        built
    }

    /// Under another name.
    pub fn renamed(&self, name: &str, new: &str) -> Self {
        let mut built = self.clone();
        let (known, _) = built.parts.iter_mut().find(|(known, _)| known == name).expect("the part");
        *known = new.to_owned();
        built
    }

    /// As a file.
    pub fn packed(&self) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, bytes) in &self.parts {
            zip.start_file(name.as_str(), options).expect("begun");
            zip.write_all(bytes).expect("written");
        }
        zip.finish().expect("finished").into_inner()
    }
}

/// A list of relations: id, kind, target.
pub fn relations(list: &[(&str, &str, &str)]) -> String {
    let items: String = list
        .iter()
        .map(|(id, kind, target)| {
            format!("<Relationship Id=\"{id}\" Type=\"{KINDS}/{kind}\" Target=\"{target}\"/>")
        })
        .collect();
    format!("<Relationships xmlns=\"{RELATIONS}\">{items}</Relationships>")
}
