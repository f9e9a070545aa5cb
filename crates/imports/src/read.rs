//! The reading: from a byte of the file so many rows as make a batch.

use api::Code;
use store::cell::{Import, Job, Next};
use store::{Database, DbError, StoreError};
use tables::csv::{CsvError, CsvFault, CsvRow, Position, Reader};

use crate::format::{Format, Head};
use crate::rows::sort_out;
use crate::{Bench, Stage, parts_of};

/// A batch ends with the chunk in which it came to so many rows: many, so that few transactions are needed, and few enough
/// that a tick, which waits for one of them before each of its own, is not twice as long.
const BATCH_ROWS: usize = 1_500;
/// And with that in which it came to so many bytes, whatever stands in them.
const BATCH_BYTES: u64 = 4 * 1024 * 1024;
/// What is read of a piece at once.
const CHUNK_BYTES: usize = 32 * 1024;

/// Rows that were read, and where to go on.
struct Read {
    rows: Vec<CsvRow>,
    position: Position,
    /// The first byte of the piece in which that is: those before it are done with, and those behind it are read again.
    piece: u64,
    at_end: bool,
}

/// Reads one batch.
pub async fn step<D: Database>(
    bench: &Bench<'_, D>,
    job: &Job,
    import: &Import,
    byte: u64,
    line: i64,
) -> Result<Option<Next>, StoreError> {
    let format = match &import.format {
        Some(kept) => serde_json::from_value::<Format>(kept.clone())
            .map_err(|_| DbError::Column("format".to_owned()))?,
        None => match recognise(bench, import).await? {
            Ok(format) => format,
            Err(fault) => return refuse(bench, job, fault).await,
        },
    };
    let position = match byte {
        0 => format.format.beginning(),
        byte => Position { byte, line },
    };
    let read = match read_rows(bench, import, &format, position).await? {
        Ok(read) => read,
        Err(fault) => return refuse(bench, job, fault).await,
    };
    let (contacts, rejected) = sort_out(read.rows, &format.format);
    let batch = bench.tenant.prepare_batch(&import.import, parts_of(import), contacts, rejected).await?;
    let first = import.format.is_none();
    let says_decisions = format.format.columns.decision_consent.is_some();
    let committed = bench.cell.commit_step(job, bench.clock, async |db| {
        if first {
            bench.tenant.keep_format(db, &import.import, &format).await?;
        }
        let Some(rows) = bench.tenant.write_batch(db, &import.import, &batch, bench.now).await? else {
            return Ok(Next::Done);
        };
        let refusal =
            match (rows > bench.rows_max, bench.check_limit(db, &import.import, says_decisions).await?) {
                (true, _) => Some(Code::CsvTooManyRows),
                (_, false) => Some(Code::StorageLimitUntilPayment),
                _ => None,
            };
        if let Some(code) = refusal {
            bench.tenant.refuse_import(db, &import.import, code.as_str(), None, bench.now).await?;
            return Ok(Stage::Clear.next()?);
        }
        bench.tenant.forget_read(db, &import.import, read.piece).await?;
        let next = match read.at_end {
            true => Stage::Merge { part: 0 },
            false => Stage::Read { byte: read.position.byte, line: read.position.line },
        };
        Ok(next.next()?)
    });
    committed.await
}

/// Why a file is refused, and where.
struct Fault {
    code: Code,
    line: Option<i64>,
}

impl From<CsvFault> for Fault {
    fn from(fault: CsvFault) -> Self {
        Self { code: fault.error.code(), line: fault.line }
    }
}

async fn refuse<D: Database>(
    bench: &Bench<'_, D>,
    job: &Job,
    fault: impl Into<Fault>,
) -> Result<Option<Next>, StoreError> {
    let Fault { code, line } = fault.into();
    bench.refuse(job, code.as_str(), line).await
}

/// Finds how the file is written, by its first bytes and by what was chosen for an earlier one like it.
async fn recognise<D: Database>(
    bench: &Bench<'_, D>,
    import: &Import,
) -> Result<Result<Format, Fault>, DbError> {
    let head = Head::of(bench.tenant, import).await?;
    if let Some(code) = head.is_no_text() {
        return Ok(Err(Fault { code, line: None }));
    }
    let format = match head.by_itself(bench.tenant).await? {
        Ok((choice, by)) => head.format_by(&choice, by),
        Err(fault) => Err(fault),
    };
    Ok(format.map_err(Fault::from))
}

/// Reads on until there are rows for a batch, or the file is at its end.
async fn read_rows<D: Database>(
    bench: &Bench<'_, D>,
    import: &Import,
    format: &Format,
    from: Position,
) -> Result<Result<Read, CsvFault>, DbError> {
    let mut reader = Reader::resume(&format.format, from);
    let mut rows = Vec::new();
    let (mut byte, mut begins) = (from.byte, Vec::new());
    while rows.len() < BATCH_ROWS && byte - from.byte < BATCH_BYTES {
        let Some(piece) = bench.tenant.piece(&import.import, byte).await? else {
            if let Err(fault) = reader.finish(&mut rows) {
                return Ok(Err(fault));
            }
            return Ok(Ok(Read { rows, position: reader.position(), piece: byte, at_end: true }));
        };
        begins.push(piece.first_byte);
        let begin = usize::try_from(byte - piece.first_byte).unwrap_or(usize::MAX);
        for chunk in piece.bytes.get(begin..).unwrap_or_default().chunks(CHUNK_BYTES) {
            byte += chunk.len() as u64;
            if let Err(fault) = reader.feed(chunk, &mut rows) {
                return Ok(Err(fault));
            }
            if rows.len() >= BATCH_ROWS {
                break;
            }
        }
    }
    let position = reader.position();
    // A row that outgrows a batch would be begun again for ever.
    if position.byte == from.byte {
        return Ok(Err(CsvError::LineTooLong.on(position.line)));
    }
    // Where the next reader begins may lie in an earlier piece than where this one ended.
    let piece = begins.into_iter().rev().find(|begin| *begin <= position.byte).unwrap_or(from.byte);
    Ok(Ok(Read { position, rows, piece, at_end: false }))
}
