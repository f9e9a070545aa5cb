//! The upload of a workbook.

use api::ids::ImportId;
use edge::{Answer, Call, Code, Problem, Result};
use store::cell::FileForm;

use crate::convert::{Fault, convert};

/// `PUT /v1/contacts/workbooks/{import}`
pub async fn put(mut call: Call, import: ImportId) -> Result<Answer> {
    let caller = call.caller().await?;
    let sheet = sheet(&call)?;
    let tenant = caller.working_tenant().await?;
    let received = uploads::receive(&mut call, &caller, &tenant, &import, FileForm::Workbook).await?;
    if !received.is_last {
        return uploads::answer(&call, &tenant, &import).await;
    }
    let converted = convert(&call, &tenant, &import, &received.mark, sheet.as_deref()).await;
    if let Err(problem) = &converted
        && problem.code() == Code::StorageLimitUntilPayment
    {
        received.fail(&call, &tenant, &import, problem.code(), None).await?;
    }
    match converted? {
        Ok(()) => uploads::finish(&call, &caller, &tenant, &import, &received).await,
        // The file stays: it is enough to say another sheet.
        Err(Fault { code: Code::WorkbookSheetMissing, .. }) => {
            Err(Problem::field(Code::WorkbookSheetMissing, "sheet"))
        }
        Err(Fault { code, line }) => {
            received.fail(&call, &tenant, &import, code, line).await?;
            Err(uploads::at(code, line))
        }
    }
}

/// The sheet that is asked for.
fn sheet(call: &Call) -> Result<Option<String>> {
    let is_asked = call.query_string().split('&').any(|pair| pair.split('=').next() == Some("sheet"));
    match call.query("sheet").filter(|sheet| !sheet.is_empty()) {
        None if is_asked => Err(Problem::field(Code::InvalidField, "sheet")),
        sheet => Ok(sheet),
    }
}
