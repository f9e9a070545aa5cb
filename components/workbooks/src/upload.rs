//! The upload of a workbook.

use api::contacts::WorkbookSheet;
use api::ids::ImportId;
use edge::{Answer, Call, Code, Problem, Result};
use store::cell::{FileForm, Import};

use crate::convert::{Fault, convert};

/// `PUT /v1/contacts/workbooks/{import}`
pub async fn put(mut call: Call, import: ImportId) -> Result<Answer> {
    let caller = call.caller().await?;
    let sheet = sheet(&call)?;
    let tenant = caller.working_tenant().await?.with_room(call.settings.file_room().await?);
    let received = uploads::receive(&mut call, &caller, &tenant, &import, FileForm::Workbook).await?;
    if !received.is_last {
        return uploads::answer(&call, &tenant, &import).await;
    }
    let found = tenant.import(&import).await?.ok_or_else(Problem::not_found)?;
    if is_turned_already(&found, sheet.as_deref())? {
        return uploads::finish(&call, &caller, &tenant, &import, &received).await;
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

/// Whether the text that is here is that of the very sheet: then there is nothing to turn, however often it is asked
/// for.
fn is_turned_already(import: &Import, sheet: Option<&str>) -> Result<bool> {
    let (true, Some(sheets)) = (import.is_text_whole, &import.sheets) else { return Ok(false) };
    let sheets: Vec<WorkbookSheet> = serde_json::from_value(sheets.clone())
        .map_err(|error| Problem::internal("the sheets of an import", &error))?;
    let mut sheets = sheets.iter();
    let meant = match sheet {
        Some(name) => sheets.find(|sheet| sheet.name == name),
        None => sheets.find(|sheet| sheet.is_default),
    };
    Ok(meant.is_some_and(|sheet| sheet.is_read))
}

/// The sheet that is asked for.
fn sheet(call: &Call) -> Result<Option<String>> {
    let is_asked = call.query_string().split('&').any(|pair| pair.split('=').next() == Some("sheet"));
    match call.query("sheet").filter(|sheet| !sheet.is_empty()) {
        None if is_asked => Err(Problem::field(Code::InvalidField, "sheet")),
        sheet => Ok(sheet),
    }
}
