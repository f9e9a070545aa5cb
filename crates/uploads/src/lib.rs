//! A file of contacts on its way in over HTTP, as text or as a workbook: kept part by part as it comes, read at once as far
//! as that goes, and shown (R61, R70).

mod at_once;
mod part;
mod receive;
mod view;

use api::contacts::ImportState;
use edge::{Answer, Call, Caller, Code, Problem, Result, json};
use imports::format::Head;
use store::SpinDatabase;
use store::cell::Tenant;
use tables::csv::{CsvError, CsvFault, FormatChoice};

pub use at_once::read_at_once;
pub use receive::{Received, receive};
pub use view::{view, warnings};

/// The problem of a file that is not read.
pub fn problem_of(fault: CsvFault) -> Problem {
    at(fault.error.code(), fault.line)
}

/// A problem, and the line of the file on which it shows.
pub fn at(code: Code, line: Option<i64>) -> Problem {
    match line {
        Some(line) => Problem::new(code).on_line(line),
        None => Problem::new(code),
    }
}

/// The file is whole: it is read, or awaits its owner's word on how.
pub async fn finish(
    call: &Call,
    caller: &Caller,
    tenant: &Tenant<'_, SpinDatabase>,
    import: &str,
    received: &Received,
) -> Result<Answer> {
    let found = tenant.import(import).await?.ok_or_else(Problem::not_found)?;
    if found.confirms
        && let Some(fault) = what_nobody_can_confirm(&Head::of(tenant, &found).await?)
    {
        let (code, line) = fault;
        received.fail(call, tenant, import, code, line).await?;
        return Err(at(code, line));
    }
    tenant.finish_file(import, &received.mark, call.now().await?).await?;
    if !found.confirms {
        read_at_once(call, caller, import).await;
    }
    answer(call, tenant, import).await
}

/// What is refused whatever its owner says: it is not kept until they do (R20).
fn what_nobody_can_confirm(head: &Head) -> Option<(Code, Option<i64>)> {
    if let Some(code) = head.is_no_text() {
        return Some((code, None));
    }
    let fault = head.preview(&FormatChoice::default()).err()?;
    (fault.error == CsvError::SpecialCategoryColumn).then(|| (fault.error.code(), fault.line))
}

/// An upload after something was done for it.
pub async fn answer(call: &Call, tenant: &Tenant<'_, SpinDatabase>, import: &str) -> Result<Answer> {
    let found = tenant.import(import).await?.ok_or_else(Problem::not_found)?;
    let (code, line) = (found.problem_code.clone(), found.problem_line);
    let view = view(found, call.language())?;
    match view.state {
        ImportState::Failed => Err(at(edge::stored(code.as_deref().unwrap_or_default())?, line)),
        ImportState::Completed => json(200, &view),
        _ => json(202, &view),
    }
}
