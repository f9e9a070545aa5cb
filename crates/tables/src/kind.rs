//! What a file is, by its first bytes and whatever its name says: so that whoever sent it to the wrong place is told the
//! right one (R70).

/// So many first bytes tell it.
pub const KIND_BYTES: usize = 512;
/// What a ZIP file begins with, and so an XLSX file.
pub(crate) const PACKED: [u8; 4] = *b"PK\x03\x04";
/// What XLS files and encrypted XLSX files begin with: both are files of many streams in Microsoft's older form.
pub(crate) const STREAMS: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// What pages begin with that programs save under the name of a table, in lower case.
const PAGES: [&str; 5] = ["<html", "<!doctype", "<table", "<?xml", "<meta"];

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// XLSX, or something else that is packed alike; or XLS.
    Workbook,
    /// A page, or XML: some programs save tables as such and name them XLS.
    Page,
    /// Anything else: text, as far as it is anything.
    Text,
}

impl FileKind {
    /// What a file is that begins so. Fewer bytes than the sign of a kind say nothing yet.
    pub fn of(head: &[u8]) -> Self {
        if head.starts_with(&PACKED) || head.starts_with(&STREAMS) {
            return Self::Workbook;
        }
        let head = &head[..head.len().min(KIND_BYTES)];
        // Two bytes a letter: the zeros between them say nothing here.
        let text: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0 && byte.is_ascii()).collect();
        let text = text.trim_ascii_start();
        let begins = |page: &str| {
            text.get(..page.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(page.as_bytes()))
        };
        if PAGES.into_iter().any(begins) { Self::Page } else { Self::Text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_beginning() {
        let utf_16: Vec<u8> = "\u{feff}<html>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (head, kind) in [
            (b"PK\x03\x04\x14".as_slice(), FileKind::Workbook),
            (&STREAMS, FileKind::Workbook),
            (b"\xef\xbb\xbf\r\n<HTML xmlns:x=", FileKind::Page),
            (b"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>", FileKind::Page),
            (&utf_16, FileKind::Page),
            (b"phone;name", FileKind::Text),
            (b"PK;name", FileKind::Text),
            (b"<", FileKind::Text),
            (b"", FileKind::Text),
        ] {
            assert_eq!(FileKind::of(head), kind, "{head:?}");
        }
    }
}
