//! The packed file, held in memory, and its parts as they are unpacked. What the archive is said to be is looked at
//! before the archive is opened, since opening one makes room for all that it lists.

use std::collections::BTreeMap;
use std::io::{BufReader, Cursor, ErrorKind, Read};

use memchr::memmem::find_iter;
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::fault::WorkbookFault;
use crate::kind::{FileKind, KIND_BYTES, PACKED, STREAMS};

/// The largest file, packed.
pub const PACKED_BYTES_MAX: usize = 50 * 1024 * 1024;
/// The most that is unpacked of it in one go: all that sheets have in common, and one sheet.
const UNPACKED_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// The most that is unpacked to learn what the file consists of, which is kept.
const CONTENTS_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// The packed file and the texts that cells share, in memory.
const KEPT_BYTES_MAX: usize = 88 * 1024 * 1024;
/// The most parts.
const PARTS_MAX: usize = 10_000;
/// The list of the parts, with all that is said of them.
const LIST_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Ends of lists. A true file has one; each other that is tried costs a look at a whole list.
const ENDS_MAX: usize = 4;
/// Bytes that are unpacked at once.
const BUFFER_BYTES: usize = 32 * 1024;

/// What a line of the list, and its end, begin with.
const LISTED: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";

/// The packed file.
pub struct Container {
    archive: ZipArchive<Cursor<Vec<u8>>>,
    /// Parts by their names in lower case with `/`, as some programs do not write them.
    places: BTreeMap<String, usize>,
    packed_bytes: usize,
    unpacked_bytes: u64,
    unpacked_bytes_max: u64,
    /// What `unpacked_bytes` goes back to.
    counted_bytes: u64,
}

/// A part as it is unpacked.
pub type Part<'a> = BufReader<Counted<'a, ZipFile<'a, Cursor<Vec<u8>>>>>;

impl Container {
    pub fn open(bytes: Vec<u8>) -> Result<Self, WorkbookFault> {
        if bytes.len() > PACKED_BYTES_MAX {
            return Err(WorkbookFault::TooLarge);
        }
        if bytes.starts_with(&STREAMS) {
            let stream: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
            let is_encrypted = find_iter(&bytes, &stream).next().is_some();
            return Err(if is_encrypted { WorkbookFault::Encrypted } else { WorkbookFault::OldFormat });
        }
        if !bytes.starts_with(&PACKED) {
            return Err(match FileKind::of(&bytes[..bytes.len().min(KIND_BYTES)]) {
                FileKind::Page => WorkbookFault::OtherFormat,
                FileKind::Workbook | FileKind::Text => WorkbookFault::NotATable,
            });
        }
        refuse_long_list(&bytes)?;
        let packed_bytes = bytes.len();
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(fault_of)?;
        let mut places = BTreeMap::new();
        for (place, name) in archive.file_names().enumerate() {
            places.insert(name.map_err(fault_of)?.replace('\\', "/").to_lowercase(), place);
        }
        Ok(Self {
            archive,
            places,
            packed_bytes,
            unpacked_bytes: 0,
            unpacked_bytes_max: CONTENTS_BYTES_MAX,
            counted_bytes: 0,
        })
    }

    pub fn has(&self, name: &str) -> bool {
        self.places.contains_key(&name.to_lowercase())
    }

    /// A part by its name, which is not told apart by case.
    pub fn part(&mut self, name: &str) -> Result<Part<'_>, WorkbookFault> {
        let place = *self.places.get(&name.to_lowercase()).ok_or(WorkbookFault::Malformed)?;
        let file = self.archive.by_index(place).map_err(fault_of)?;
        let counted = Counted {
            packed: file,
            unpacked_bytes: &mut self.unpacked_bytes,
            unpacked_bytes_max: self.unpacked_bytes_max,
        };
        Ok(BufReader::with_capacity(BUFFER_BYTES, counted))
    }

    /// Bytes that may be kept beside the packed file.
    pub const fn room(&self) -> usize {
        KEPT_BYTES_MAX - self.packed_bytes
    }

    /// What the file consists of is known: from here on more may be unpacked.
    pub const fn is_known(&mut self) {
        self.unpacked_bytes_max = UNPACKED_BYTES_MAX;
    }

    /// From here on parts are counted together with what was unpacked until now.
    pub const fn count_from_here(&mut self) {
        self.counted_bytes = self.unpacked_bytes;
    }

    /// What was unpacked after that counts no more.
    pub const fn count_anew(&mut self) {
        self.unpacked_bytes = self.counted_bytes;
    }
}

/// Every line of the list has its signature, so what is counted here is at least what the archive would list.
fn refuse_long_list(bytes: &[u8]) -> Result<(), WorkbookFault> {
    let (mut lines, mut list_bytes) = (0, 0);
    for place in find_iter(bytes, &LISTED) {
        let length = |at: usize| {
            let pair = bytes.get(place + at..place + at + 2).unwrap_or(&[0, 0]);
            usize::from(pair[0]) + 256 * usize::from(pair[1])
        };
        // The name, what is added to it, and a comment.
        list_bytes += 46 + length(28) + length(30) + length(32);
        lines += 1;
        if lines > PARTS_MAX || list_bytes > LIST_BYTES_MAX {
            return Err(WorkbookFault::TooLarge);
        }
    }
    if find_iter(bytes, &END).count() > ENDS_MAX { Err(WorkbookFault::Malformed) } else { Ok(()) }
}

fn fault_of(error: ZipError) -> WorkbookFault {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => WorkbookFault::Encrypted,
        _ => WorkbookFault::Malformed,
    }
}

/// Counts what is unpacked, while it is.
pub struct Counted<'a, R> {
    packed: R,
    unpacked_bytes: &'a mut u64,
    unpacked_bytes_max: u64,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.packed.read(buffer)?;
        *self.unpacked_bytes += read as u64;
        if *self.unpacked_bytes > self.unpacked_bytes_max {
            return Err(ErrorKind::FileTooLarge.into());
        }
        Ok(read)
    }
}
