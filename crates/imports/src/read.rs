//! The reading: from a byte of the file so many rows as make a batch.

use serde::{Deserialize, Serialize};
use store::cell::{Import, Job, Next};
use store::{Database, DbError, StoreError};
use tables::csv::{CsvFault, CsvRow, HEAD_BYTES, Position, Reader, Recognised};

use crate::rows::sort_out;
use crate::{Bench, Stage, parts_of};

/// A batch ends with the piece in which it came to so many rows: many, so that few transactions are needed, and few enough
/// that one fits into SQLite's cache and nobody waits long for its end.
const BATCH_ROWS: usize = 3_000;

/// What a file turned out to be, as it is kept with the import.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Format {
    /// How its bytes are read, and which columns are kept.
    pub format: tables::csv::Format,
    /// The names of those that are not.
    pub dropped: Vec<String>,
}

impl From<Recognised> for Format {
    fn from(recognised: Recognised) -> Self {
        let Recognised { format, dropped, .. } = recognised;
        Self { format, dropped }
    }
}

/// And with that in which it came to so many bytes, whatever stands in them.
const BATCH_BYTES: u64 = 4 * 1024 * 1024;

/// Rows that were read, and where to go on.
struct Read {
    rows: Vec<CsvRow>,
    position: Position,
    /// The first byte of the piece in which that is: those before it are done with.
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
    let committed = bench.cell.commit_step(job, bench.clock, async |db| {
        if first {
            bench.tenant.keep_format(db, &import.import, &format).await?;
        }
        let Some(rows) = bench.tenant.write_batch(db, &import.import, &batch, bench.now).await? else {
            return Ok(Next::Done);
        };
        let refusal = match (rows > bench.rows_max, bench.check_limit(db).await?) {
            (true, _) => Some(api::Code::CsvTooManyRows),
            (_, false) => Some(api::Code::StorageLimitUntilPayment),
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

async fn refuse<D: Database>(
    bench: &Bench<'_, D>,
    job: &Job,
    fault: CsvFault,
) -> Result<Option<Next>, StoreError> {
    bench.refuse(job, fault.error.code().as_str(), fault.line).await
}

/// Recognises how the file is written, by its first bytes.
async fn recognise<D: Database>(
    bench: &Bench<'_, D>,
    import: &Import,
) -> Result<Result<Format, CsvFault>, DbError> {
    let mut head = Vec::new();
    while head.len() < HEAD_BYTES {
        let Some(piece) = bench.tenant.piece(&import.import, head.len() as u64).await? else { break };
        head.extend_from_slice(&piece.bytes);
    }
    let at_end = head.len() as u64 >= import.received_bytes && head.len() <= HEAD_BYTES;
    head.truncate(HEAD_BYTES);
    Ok(tables::csv::Format::recognise(&head, at_end).map(Format::from))
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
    let (mut byte, mut piece_begin) = (from.byte, from.byte);
    while rows.len() < BATCH_ROWS && byte - from.byte < BATCH_BYTES {
        let Some(piece) = bench.tenant.piece(&import.import, byte).await? else {
            if let Err(fault) = reader.finish(&mut rows) {
                return Ok(Err(fault));
            }
            return Ok(Ok(Read { rows, position: reader.position(), piece: piece_begin, at_end: true }));
        };
        piece_begin = piece.first_byte;
        let begin = usize::try_from(byte - piece.first_byte).unwrap_or(usize::MAX);
        byte = piece.first_byte + piece.bytes.len() as u64;
        if let Err(fault) = reader.feed(piece.bytes.get(begin..).unwrap_or_default(), &mut rows) {
            return Ok(Err(fault));
        }
        // Where the next reader begins may lie in an earlier piece than where this one ended.
        piece_begin = piece_begin.min(reader.position().byte);
    }
    Ok(Ok(Read { position: reader.position(), rows, piece: piece_begin, at_end: false }))
}
