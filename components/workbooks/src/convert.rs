//! A workbook that is whole, turned into text for whoever reads lists: a row stands on the line of its number, so that a
//! line that is named later is the row that its owner sees.

use api::contacts::WorkbookSheet;
use edge::{Call, Code, Problem, Result};
use store::cell::{Import, Piece, Tenant};
use store::{SpinDatabase, WriteLine};
use tables::csv::{COLUMNS_MAX, CsvError, row_bytes_max};
use tables::encoding::recognise;
use tables::kind::FileKind;
use tables::workbook::{TsvWriter, Workbook, WorkbookFault};

/// Bytes of a piece of the text.
const PIECE_BYTES: usize = 256 * 1024;
/// The most that a workbook is turned into: cells may share texts, so it can be far more than what was unpacked.
const TEXT_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Sheets that are shown.
const SHEETS_SHOWN_MAX: usize = 100;

thread_local! {
    // A workbook takes up to 90 MiB while it is read: of several requests of an instance one reads at a time. A plain lock
    // wakes no other request's task, and whoever sleeps on it alone ends the instance.
    static LINE: WriteLine = WriteLine::default();
}

/// Why a workbook is not read, and on which row that shows.
pub struct Fault {
    pub code: Code,
    pub line: Option<i64>,
}

impl From<WorkbookFault> for Fault {
    fn from(fault: WorkbookFault) -> Self {
        Self { code: fault.code(), line: None }
    }
}

/// Turns the file of an upload into text. Whoever takes the file over meanwhile ends it.
pub async fn convert(
    call: &Call,
    tenant: &Tenant<'_, SpinDatabase>,
    import: &str,
    mark: &str,
    sheet: Option<&str>,
) -> Result<std::result::Result<(), Fault>> {
    let line = LINE.with(WriteLine::clone);
    let _turn = line.turn().await;
    let found = tenant.import(import).await?.ok_or_else(Problem::not_found)?;
    let writer = Writer { call, tenant, import: &found, mark };
    let file = tenant.packed_file(&found).await?;
    if let Some(code) = is_no_workbook(&file) {
        return Ok(Err(Fault { code, line: None }));
    }
    let (mut workbook, places) = match open(file, sheet) {
        Ok((workbook, places)) => (workbook, places),
        Err(fault) => return Ok(Err(fault.into())),
    };
    tenant.begin_text(import, mark, &shown(&workbook, &places)).await?;
    match places.read {
        Some(place) => writer.write(&mut workbook, place).await,
        None => Ok(Err(WorkbookFault::SheetMissing.into())),
    }
}

/// A list as text whose first part was too short to tell.
fn is_no_workbook(file: &[u8]) -> Option<Code> {
    let is_text = FileKind::of(file) == FileKind::Text && !file.is_empty() && recognise(file, true).is_ok();
    is_text.then_some(Code::WorkbookIsText)
}

/// Where the sheet stands that is read, if it is there, and the one that is read where no other is asked for.
struct Places {
    read: Option<usize>,
    default: Option<usize>,
}

/// The workbook, and where its sheets stand.
fn open(file: Vec<u8>, sheet: Option<&str>) -> std::result::Result<(Workbook, Places), WorkbookFault> {
    let mut workbook = Workbook::open(file)?;
    let default = workbook.default_sheet();
    let places = match sheet {
        // What is wrong with other sheets is no reason not to read this one.
        Some(name) => Places {
            read: workbook.sheets().iter().position(|sheet| sheet.name == name),
            default: default.ok(),
        },
        None => default.map(|place| Places { read: Some(place), default: Some(place) })?,
    };
    Ok((workbook, places))
}

/// The sheets as their owner is shown them.
fn shown(workbook: &Workbook, places: &Places) -> Vec<WorkbookSheet> {
    let Places { read, default } = *places;
    let sheets = workbook.sheets().iter().enumerate();
    let shown = sheets
        .filter(|(place, _)| *place < SHEETS_SHOWN_MAX || read == Some(*place) || default == Some(*place));
    let sheet = |(place, sheet): (usize, &tables::workbook::Sheet)| WorkbookSheet {
        name: sheet.name.clone(),
        is_visible: sheet.is_visible,
        is_read: read == Some(place),
        is_default: default == Some(place),
    };
    shown.map(sheet).collect()
}

/// Keeps the text of a sheet as pieces.
struct Writer<'w> {
    call: &'w Call,
    tenant: &'w Tenant<'w, SpinDatabase>,
    import: &'w Import,
    mark: &'w str,
}

impl Writer<'_> {
    async fn write(&self, workbook: &mut Workbook, place: usize) -> Result<std::result::Result<(), Fault>> {
        let mut rows = match workbook.rows(place) {
            Ok(rows) => rows,
            Err(fault) => return Ok(Err(fault.into())),
        };
        let (mut tsv, mut text, mut first_byte) = (TsvWriter::from_line(1), String::new(), 0);
        loop {
            match rows.next_row() {
                Ok(Some((line, cells))) => {
                    let before = text.len();
                    tsv.write(line, &cells, &mut text);
                    if let Some(code) = is_too_long(&cells, text[before..].trim_start_matches('\n').len()) {
                        return Ok(Err(Fault { code, line: Some(line) }));
                    }
                }
                Ok(None) => break,
                Err(fault) => return Ok(Err(fault.into())),
            }
            if text.len() >= PIECE_BYTES {
                first_byte = self.keep(first_byte, &mut text).await?;
            }
            if first_byte > TEXT_BYTES_MAX {
                return Ok(Err(WorkbookFault::TooLarge.into()));
            }
        }
        match first_byte == 0 && text.is_empty() {
            true => Ok(Err(WorkbookFault::WithoutRows.into())),
            false => self.keep(first_byte, &mut text).await.map(|_| Ok(())),
        }
    }

    /// Keeps what there is of the text; answers which byte follows.
    async fn keep(&self, first_byte: u64, text: &mut String) -> Result<u64> {
        let bytes = std::mem::replace(text, String::with_capacity(2 * PIECE_BYTES)).into_bytes();
        if bytes.is_empty() {
            return Ok(first_byte);
        }
        let next = first_byte + bytes.len() as u64;
        let now = self.call.now().await?;
        let piece = Piece { first_byte, bytes };
        self.tenant.add_text(&self.import.import, self.mark, &piece, now).await?;
        Ok(next)
    }
}

/// Whether a row is longer than whoever reads the text takes: it is not turned into text first.
fn is_too_long(cells: &[&str], bytes: usize) -> Option<Code> {
    if cells.len() > COLUMNS_MAX {
        return Some(Code::WorkbookTooLarge);
    }
    // The line end is not the row's.
    (bytes > row_bytes_max(cells.len()) + 1).then(|| CsvError::LineTooLong.code())
}
