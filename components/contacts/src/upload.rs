//! The upload itself: kept as it comes, and read at once as far as that goes (R61).

use std::time::{Duration, Instant};

use api::contacts::CSV_MEDIA_TYPES;
use api::ids::ImportId;
use edge::{Answer, Call, Caller, Code, Problem, Result, json};
use futures::StreamExt;
use imports::Bench;
use store::SpinDatabase;
use store::cell::{JobKind, Next, Piece, Tenant};

use crate::imports::view;

/// Bytes of a piece: each is sealed, and written down in a transaction of its own.
const PIECE_BYTES: usize = 256 * 1024;
/// So long a file is read by the request that brought it; the rest is left to the job.
const AT_ONCE: Duration = Duration::from_secs(3);

/// `PUT /v1/contacts/imports/{import}/file`
pub async fn put(mut call: Call, import: ImportId) -> Result<Answer> {
    let caller = call.caller().await?;
    if !CSV_MEDIA_TYPES.contains(&call.media_type().as_str()) {
        return Err(Problem::new(Code::UnsupportedMediaType));
    }
    let part = Part::of(&call).await?;
    let tenant = caller.working_tenant().await?;
    let upload = tenant.begin_file(&import, part.first_byte, caller.act.now).await?;
    if let Err(problem) = receive(&mut call, &caller, &tenant, &import, &upload, &part).await {
        // What is too much will be so the next time too; what only broke off can be sent on.
        if matches!(problem.code(), Code::BodyTooLarge | Code::StorageLimitUntilPayment) {
            tenant.fail_file(&import, &upload, problem.code().as_str(), call.now().await?).await?;
        }
        return Err(problem);
    }
    if part.is_last {
        tenant.finish_file(&import, &upload, call.now().await?).await?;
        read_at_once(&call, &caller, &import).await;
    }
    let found = tenant.import(&import).await?.ok_or_else(Problem::not_found)?;
    if found.state == "failed" {
        return Err(refusal(&found)?);
    }
    let status = if found.state == "completed" { 200 } else { 202 };
    json(status, &view(found)?)
}

/// Why a file was refused.
fn refusal(import: &store::cell::Import) -> Result<Problem> {
    let code: Code = edge::stored(import.problem_code.as_deref().unwrap_or_default())?;
    let problem = Problem::new(code);
    Ok(match import.problem_line {
        Some(line) => problem.on_line(line),
        None => problem,
    })
}

/// Which part of a file the body is.
struct Part {
    first_byte: u64,
    is_last: bool,
    /// The most bytes that the file may have.
    bytes_max: u64,
}

impl Part {
    async fn of(call: &Call) -> Result<Self> {
        let number = |name: &'static str| match call.header(name) {
            Some(text) => text.parse::<u64>().map_err(|_| Problem::field(Code::InvalidField, name)),
            None => Ok(0),
        };
        let first_byte = number("upload-offset")?;
        let is_last = match call.header("upload-complete") {
            None | Some("?1") => true,
            Some("?0") => false,
            Some(_) => return Err(Problem::field(Code::InvalidField, "upload-complete")),
        };
        let bytes_max = call.settings.import_bytes_max().await?;
        let length = call.header("content-length").and_then(|length| length.parse::<u64>().ok()).unwrap_or(0);
        match first_byte.saturating_add(length) > bytes_max {
            true => Err(Problem::new(Code::BodyTooLarge)),
            false => Ok(Self { first_byte, is_last, bytes_max }),
        }
    }
}

/// Keeps the body, piece by piece. Where it is cut off, what came of it is kept too.
async fn receive(
    call: &mut Call,
    caller: &Caller,
    tenant: &Tenant<'_, SpinDatabase>,
    import: &str,
    upload: &str,
    part: &Part,
) -> Result<()> {
    let mut stream = call.stream();
    let mut piece = Piece { first_byte: part.first_byte, bytes: Vec::with_capacity(PIECE_BYTES) };
    loop {
        let chunk = stream.next().await;
        let is_over = !matches!(chunk, Some(Ok(_)));
        if let Some(Ok(chunk)) = &chunk {
            piece.bytes.extend_from_slice(chunk);
        }
        if piece.first_byte + piece.bytes.len() as u64 > part.bytes_max {
            return Err(Problem::new(Code::BodyTooLarge));
        }
        while piece.bytes.len() >= PIECE_BYTES || (is_over && !piece.bytes.is_empty()) {
            let rest = piece.bytes.split_off(piece.bytes.len().min(PIECE_BYTES));
            let now = call.now().await?.max(caller.act.now);
            tenant.add_piece(import, upload, &piece, now).await?;
            piece = Piece { first_byte: piece.first_byte + piece.bytes.len() as u64, bytes: rest };
        }
        match chunk {
            Some(Ok(_)) => {}
            Some(Err(problem)) => return Err(problem),
            None => return Ok(()),
        }
    }
}

/// Reads the file as far as the time goes. Whatever goes wrong here is left to the job.
async fn read_at_once(call: &Call, caller: &Caller, import: &str) {
    if let Err(problem) = try_read_at_once(call, caller, import).await {
        eprintln!("contacts: {import} is left to its job: {}", problem.code());
    }
}

async fn try_read_at_once(call: &Call, caller: &Caller, import: &str) -> Result<()> {
    let (cell, clock) = (caller.cell().await?, call.database_clock().await?);
    let account = &caller.bearer.account;
    let Some(tenant) = cell.tenant(account).await? else { return Ok(()) };
    let Some(mut job) = cell.take_job_of(JobKind::Import, account, import, clock).await? else {
        return Ok(());
    };
    let rows_max = call.settings.import_rows_max().await?;
    let began = Instant::now();
    loop {
        let now = call.now().await?.max(caller.act.now);
        let bench = Bench { cell: &cell, tenant: &tenant, clock, now, rows_max };
        match imports::step(&bench, &job).await {
            Ok(Some(Next::Again(cursor))) => job = job.at(cursor),
            Ok(_) => return Ok(()),
            Err(error) => {
                cell.give_job_back(&job, clock).await?;
                return Err(error.into());
            }
        }
        if began.elapsed() > AT_ONCE {
            return Ok(cell.leave_job(&job, clock).await?);
        }
    }
}
