//! Uploads: begun with an attestation, shown with their progress and their problems (R62, R70).

use api::contacts::{Import, ImportState, LineProblem, NewImport};
use api::ids::ImportId;
use domain::campaign::LABEL_CHARACTERS_MAX;
use domain::documents::DocumentKind;
use domain::ids::IdKind;
use edge::{
    Answer, Call, Code, PageQuery, Problem, Result, Time, attested, bounded, json, stored, stored_if_any,
    try_page_of,
};
use store::cell::RowProblem;

use crate::arrived_bytes::ArrivedBytes;

/// An upload as its owner sees it.
pub fn view(import: store::cell::Import) -> Result<Import> {
    Ok(Import {
        id: ImportId::stored(import.import),
        name: import.name,
        state: stored(&import.state)?,
        rows: import.rows,
        imported: import.imported,
        duplicates: import.duplicates,
        rejected: import.rejected,
        blacklisted: import.blacklisted,
        several: import.several,
        columns: import.columns,
        dropped_columns: import.dropped_columns,
        problem_code: stored_if_any(import.problem_code.as_deref())?,
        problem_line: import.problem_line,
        received_bytes: None,
        created_at: Time::of(import.created_at),
        finished_at: import.finished_at.map(Time::of),
    })
}

/// `POST /v1/contacts/imports`
pub async fn create(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let (form, body): (NewImport, _) = call.json_with_bytes().await?;
    let repeat = call.repeatable("POST /v1/contacts/imports", &body)?;
    let tenant = caller.working_tenant().await?;
    let name = bounded(&form.name, "name", LABEL_CHARACTERS_MAX)?;
    let attestation = attested(form.attestation, DocumentKind::RecipientsAttestation, caller.act.now)?;
    let import = tenant.create_import(&caller.act, name, attestation, repeat.as_ref()).await?;
    json(201, &view(import)?)
}

/// `GET /v1/contacts/imports`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let imports = caller.tenant().await?.imports(page.id(IdKind::Import)?, page.limit).await?;
    json(200, &try_page_of(imports, view)?)
}

/// `GET /v1/contacts/imports/{import}`
pub async fn get(call: Call, import: ImportId) -> Result<Answer> {
    let caller = call.caller().await?;
    let found = caller.tenant().await?.import(&import).await?.ok_or_else(Problem::not_found)?;
    let mut found = view(found)?;
    if found.state == ImportState::Receiving {
        found.received_bytes = ArrivedBytes::open().await?.read(&import).await?;
    }
    json(200, &found)
}

/// `GET /v1/contacts/imports/{import}/problems`
pub async fn problems(call: Call, import: ImportId) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let problems = caller.tenant().await?.import_problems(&import, page.number(0)?, page.limit).await?;
    let language = call.language();
    let line = |problem: RowProblem| {
        let code: Code = stored(&problem.code)?;
        Ok(LineProblem { line: problem.line, code, message: code.text(language).to_owned() })
    };
    json(200, &try_page_of(problems, line)?)
}
