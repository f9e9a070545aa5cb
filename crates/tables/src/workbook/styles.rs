//! How the numbers of cells are shown, by the number of their style.

use std::collections::BTreeMap;

use super::container::Part;
use super::fault::WorkbookFault;
use super::numbers::Shown;
use super::xml::{Piece, Xml};

/// The most styles that Excel writes.
const STYLES_MAX: usize = 65_536;
/// The most formats of a file's own; Excel writes some two hundred.
const FORMATS_MAX: usize = 4_096;
/// The longest format that is looked at, in characters, as Excel has it.
const FORMAT_CHARACTERS_MAX: usize = 255;

/// The format of each style.
pub fn read(part: Part<'_>) -> Result<Vec<Shown>, WorkbookFault> {
    let mut xml = Xml::new(part);
    let mut own: BTreeMap<u32, Shown> = BTreeMap::new();
    let mut styles = Vec::new();
    let mut in_cells = false;
    loop {
        match xml.next()? {
            Piece::Start(tag) => match tag.name() {
                "numFmt" => {
                    let (id, code) = (tag.attribute("numFmtId")?, tag.attribute("formatCode")?);
                    if let (Some(Ok(id)), Some(code)) = (id.map(|id| id.parse()), code)
                        && code.chars().count() <= FORMAT_CHARACTERS_MAX
                    {
                        own.insert(id, Shown::by_code(&code));
                    }
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells => {
                    let id = tag.attribute("numFmtId")?.and_then(|id| id.parse().ok()).unwrap_or(0);
                    styles.push(own.get(&id).cloned().unwrap_or_else(|| Shown::by_id(id)));
                }
                _ => {}
            },
            Piece::End(tag) if tag.name() == "cellXfs" => in_cells = false,
            Piece::Eof => return Ok(styles),
            _ => {}
        }
        if styles.len() > STYLES_MAX || own.len() > FORMATS_MAX {
            return Err(WorkbookFault::TooLarge);
        }
    }
}
