//! What a file consists of: its sheets, and where they and what they share are.

use super::container::{Container, Part};
use super::fault::WorkbookFault;
use super::xml::{Piece, Xml};

/// The most sheets, and the longest name of one that is kept, in characters.
const SHEETS_MAX: usize = 1_000;
const NAME_CHARACTERS_MAX: usize = 100;

/// A sheet of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// As it stands on its tab.
    pub name: String,
    /// Whether its owner sees it.
    pub is_visible: bool,
}

/// The parts of a file that are read.
pub struct Contents {
    pub sheets: Vec<Sheet>,
    /// Where each sheet is.
    pub parts: Vec<String>,
    /// Whether days are counted from 1904, as Excel for Mac did.
    pub is_1904: bool,
    pub strings: Option<String>,
    pub styles: Option<String>,
}

/// One part leads to another.
struct Relation {
    id: String,
    /// The last word of what it is: `worksheet`.
    kind: String,
    /// The part it leads to.
    part: String,
}

impl Contents {
    pub fn read(container: &mut Container) -> Result<Self, WorkbookFault> {
        if !container.has("[Content_Types].xml") {
            let is_ods = container.has("mimetype") && container.has("content.xml");
            let is_numbers = container.has("Index/Document.iwa") || container.has("Index.zip");
            let is_table = is_ods || is_numbers;
            return Err(if is_table { WorkbookFault::OtherFormat } else { WorkbookFault::NotATable });
        }
        let top = relations(container, "")?;
        let book = top.into_iter().find(|relation| relation.kind == "officeDocument");
        let book = book.ok_or(WorkbookFault::NotATable)?.part;
        if book.ends_with(".bin") {
            return Err(WorkbookFault::OtherFormat);
        }
        let Book { tabs, is_1904 } = Book::read(container.part(&book)?)?;
        let relations = relations(container, &book)?;
        let of_kind = |kind: &str| {
            let relation = relations.iter().find(|relation| relation.kind == kind);
            relation.map(|relation| relation.part.clone()).filter(|part| container.has(part))
        };
        let (strings, styles) = (of_kind("sharedStrings"), of_kind("styles"));
        let (mut sheets, mut parts) = (Vec::new(), Vec::new());
        for (id, sheet) in tabs {
            let relation = relations.iter().find(|relation| relation.id == id);
            let relation = relation.ok_or(WorkbookFault::Malformed)?;
            if relation.kind == "worksheet" {
                parts.push(relation.part.clone());
                sheets.push(sheet);
            }
        }
        Ok(Self { sheets, parts, is_1904, strings, styles })
    }
}

/// The part that lists the sheets.
struct Book {
    /// The sheets with the ids of their relations.
    tabs: Vec<(String, Sheet)>,
    is_1904: bool,
}

impl Book {
    fn read(part: Part<'_>) -> Result<Self, WorkbookFault> {
        let mut xml = Xml::new(part);
        let mut book = Self { tabs: Vec::new(), is_1904: false };
        let (mut is_within, mut in_sheets) = (false, false);
        loop {
            match xml.next()? {
                // The root: that of a letter or a presentation has another name.
                Piece::Start(tag) if !is_within => {
                    if tag.name() != "workbook" {
                        return Err(WorkbookFault::NotATable);
                    }
                    is_within = true;
                }
                Piece::Start(tag) => match tag.name() {
                    "workbookPr" => {
                        let value = tag.attribute("date1904")?;
                        book.is_1904 = matches!(value.as_deref(), Some("1" | "true"));
                    }
                    "sheets" => in_sheets = true,
                    "sheet" if in_sheets => {
                        let (Some(name), Some(id)) = (tag.attribute("name")?, tag.foreign_attribute("id")?)
                        else {
                            return Err(WorkbookFault::Malformed);
                        };
                        let name = name.chars().take(NAME_CHARACTERS_MAX).collect();
                        let is_visible = matches!(tag.attribute("state")?.as_deref(), None | Some("visible"));
                        book.tabs.push((id.into_owned(), Sheet { name, is_visible }));
                        if book.tabs.len() > SHEETS_MAX {
                            return Err(WorkbookFault::TooLarge);
                        }
                    }
                    _ => {}
                },
                Piece::End(tag) if tag.name() == "sheets" => in_sheets = false,
                Piece::Eof if !is_within => return Err(WorkbookFault::Malformed),
                Piece::Eof => return Ok(book),
                _ => {}
            }
        }
    }
}

/// Where a part leads to; the file itself has no name.
fn relations(container: &mut Container, of: &str) -> Result<Vec<Relation>, WorkbookFault> {
    let (folder, name) = of.rsplit_once('/').unwrap_or(("", of));
    let list =
        if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") };
    let mut xml = Xml::new(container.part(&list)?);
    let mut relations = Vec::new();
    loop {
        match xml.next()? {
            Piece::Start(tag) if tag.name() == "Relationship" => {
                let (id, kind, target) =
                    (tag.attribute("Id")?, tag.attribute("Type")?, tag.attribute("Target")?);
                let (Some(id), Some(kind), Some(target)) = (id, kind, target) else {
                    return Err(WorkbookFault::Malformed);
                };
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                relations.push(Relation { id: id.into_owned(), kind, part: resolved(folder, &target) });
                // Each sheet has one, and there are few others.
                if relations.len() > 2 * SHEETS_MAX {
                    return Err(WorkbookFault::TooLarge);
                }
            }
            Piece::Eof => return Ok(relations),
            _ => {}
        }
    }
}

/// The name of a part, as another calls it: from the folder of the other, or from the top.
fn resolved(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut names: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for name in target.split('/') {
        match name {
            "." => {}
            ".." => drop(names.pop()),
            name => names.push(name),
        }
    }
    names.retain(|name| !name.is_empty());
    names.join("/")
}
