//! The upload itself: streamed, batched, and undone as a whole when it must be refused (R19, R61, R66).

use std::time::{Duration, Instant};

use api::contacts::{CSV_MEDIA_TYPES, FILE_BYTES_MAX};
use api::ids::ImportId;
use domain::columns::ChosenColumns;
use domain::phone::{Phone, Recipient};
use edge::{Answer, Call, Caller, Code, Problem, Result, json};
use futures::StreamExt;
use store::cell::{NewContact, RowProblem, Tenant};
use store::{Act, SpinDatabase};
use tables::csv::{CsvFault, CsvReader, CsvRow};

use crate::arrived_bytes::ArrivedBytes;
use crate::imports::view;

/// The most data rows.
const ROWS_MAX: usize = 2_000_000;
/// Rows that cross into SQLite at once.
const BATCH_ROWS: usize = 2_000;
/// An upload that moves says so after this, though no batch of it is full: silence of a minute is its end.
const TOUCHED_EVERY: Duration = Duration::from_secs(15);
/// The longest name that is kept, in characters.
const NAME_CHARACTERS_MAX: usize = 200;

/// `PUT /v1/contacts/imports/{import}/file`
pub async fn put(mut call: Call, import: ImportId) -> Result<Answer> {
    let caller = call.caller().await?;
    if !CSV_MEDIA_TYPES.contains(&call.media_type().as_str()) {
        return Err(Problem::new(Code::UnsupportedMediaType));
    }
    let length = call.header("content-length").and_then(|length| length.parse::<u64>().ok());
    if length.is_some_and(|length| length > FILE_BYTES_MAX) {
        return Err(Problem::new(Code::BodyTooLarge));
    }
    let tenant = caller.working_tenant().await?;
    tenant.begin_receiving(&import, caller.act.now).await?;
    let received = receive(&mut call, &caller, &tenant, &import).await;
    ArrivedBytes::open().await?.forget(&import).await?;
    match received {
        Ok(read) => {
            let act = Act { now: call.now().await?, ..caller.act.clone() };
            let import = tenant.complete_import(&act, &import, Some(&read.columns), &read.dropped).await?;
            json(200, &view(import)?)
        }
        Err(problem) => {
            tenant.fail_import(&import, problem.code().as_str(), problem.line(), call.now().await?).await?;
            Err(problem)
        }
    }
}

/// What a whole file turned out to have.
struct ReadFile {
    columns: ChosenColumns,
    dropped: Vec<String>,
}

async fn receive(
    call: &mut Call,
    caller: &Caller,
    tenant: &Tenant<'_, SpinDatabase>,
    import: &str,
) -> Result<ReadFile> {
    let arrived = ArrivedBytes::open().await?;
    let mut stream = call.stream();
    let mut reader = CsvReader::new();
    let mut rows = Vec::new();
    let (mut bytes, mut count) = (0u64, 0usize);
    let mut at_end = false;
    let mut touched = Instant::now();
    while !at_end {
        match stream.next().await {
            Some(chunk) => {
                let chunk = chunk?;
                bytes += chunk.len() as u64;
                if bytes > FILE_BYTES_MAX {
                    return Err(Problem::new(Code::BodyTooLarge));
                }
                reader.feed(&chunk, &mut rows).map_err(refused)?;
                if touched.elapsed() >= TOUCHED_EVERY {
                    tenant.touch_import(import, call.now().await?).await?;
                    touched = Instant::now();
                }
            }
            None => {
                reader.finish(&mut rows).map_err(refused)?;
                at_end = true;
            }
        }
        while rows.len() >= BATCH_ROWS || (at_end && !rows.is_empty()) {
            let batch: Vec<CsvRow> = rows.drain(..rows.len().min(BATCH_ROWS)).collect();
            count += batch.len();
            if count > ROWS_MAX {
                return Err(Problem::new(Code::CsvTooManyRows));
            }
            let (contacts, rejected) = sort_out(batch);
            // The clock moves on while a long file comes in; the upload must not look dead.
            tenant.add_batch(import, &contacts, &rejected, call.now().await?.max(caller.act.now)).await?;
            arrived.write(import, bytes).await?;
        }
    }
    let columns = reader.chosen_columns().ok_or_else(|| Problem::new(Code::CsvPhoneColumnMissing))?;
    Ok(ReadFile { columns, dropped: reader.dropped_columns() })
}

fn refused(fault: CsvFault) -> Problem {
    let problem = Problem::new(fault.error.code());
    match fault.line {
        Some(line) => problem.on_line(line),
        None => problem,
    }
}

/// Rows whose number can be written to, and the others with the reason.
fn sort_out(rows: Vec<CsvRow>) -> (Vec<NewContact>, Vec<RowProblem>) {
    let mut contacts = Vec::with_capacity(rows.len());
    let mut rejected = Vec::new();
    for row in rows {
        let Recipient { phone, several } = match Phone::parse_recipients(&row.phone) {
            Ok(recipient) => recipient,
            Err(error) => {
                rejected.push(RowProblem { line: row.line, code: Code::from(error).as_str().to_owned() });
                continue;
            }
        };
        if !phone.can_receive_text() {
            rejected
                .push(RowProblem { line: row.line, code: Code::PhoneNotReachableByText.as_str().to_owned() });
            continue;
        }
        if row.name.as_ref().is_some_and(|name| name.chars().count() > NAME_CHARACTERS_MAX) {
            rejected.push(RowProblem { line: row.line, code: Code::NameTooLong.as_str().to_owned() });
            continue;
        }
        let consent_proof = (row.consent_source.is_some() || row.consent_date.is_some())
            .then(|| serde_json::json!({"source": row.consent_source, "date": row.consent_date}).to_string());
        contacts.push(NewContact {
            line: row.line,
            phone: phone.e164().to_owned(),
            name: row.name,
            consent_proof,
            several,
        });
    }
    (contacts, rejected)
}
