//! Uploads: begun with an attestation, shown with their progress and their problems (R62, R70).

use api::contacts::{LineProblem, NewImport, RejectedRow};
use api::ids::{ImportId, ListId};
use domain::audience::is_tag;
use domain::campaign::LABEL_CHARACTERS_MAX;
use domain::documents::DocumentKind;
use domain::ids::IdKind;
use edge::{Answer, Call, Code, PageQuery, Problem, Result, attested, bounded, json, stored, try_page_of};
use store::cell::{Joined, RowProblem};
use uploads::view;

/// Lists, or tags, that people of one upload join.
const JOINED_MAX: usize = 10;

/// `POST /v1/contacts/imports`
pub async fn create(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let (form, body): (NewImport, _) = call.json_with_bytes().await?;
    let repeat = call.repeatable("POST /v1/contacts/imports", &body)?;
    let tenant = caller.working_tenant().await?;
    let name = bounded(&form.name, "name", LABEL_CHARACTERS_MAX)?;
    let attestation = attested(form.attestation, DocumentKind::RecipientsAttestation, caller.act.now)?;
    let joined = joined(form.lists, form.tags)?;
    let import =
        tenant.create_import(&caller.act, name, attestation, &joined, form.confirm, repeat.as_ref()).await?;
    json(201, &view(import, call.language())?)
}

/// The lists and tags that people join as they come in.
pub fn joined(lists: Vec<ListId>, tags: Vec<String>) -> Result<Joined> {
    let tags: Vec<String> = tags.iter().map(|tag| tag.trim().to_owned()).collect();
    if lists.len() > JOINED_MAX {
        return Err(Problem::field(Code::InvalidField, "lists"));
    }
    if tags.len() > JOINED_MAX || !tags.iter().all(|tag| is_tag(tag)) {
        return Err(Problem::field(Code::InvalidField, "tags"));
    }
    Ok(Joined { lists: lists.into_iter().map(String::from).collect(), tags })
}

/// `GET /v1/contacts/imports`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let imports = caller.tenant().await?.imports(page.id(IdKind::Import)?, page.limit).await?;
    let language = call.language();
    json(200, &try_page_of(imports, |import| view(import, language))?)
}

/// `GET /v1/contacts/imports/{import}`
pub async fn get(call: Call, import: ImportId) -> Result<Answer> {
    let caller = call.caller().await?;
    let found = caller.tenant().await?.import(&import).await?.ok_or_else(Problem::not_found)?;
    json(200, &view(found, call.language())?)
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

/// `GET /v1/contacts/imports/{import}/rejected`
pub async fn rejected(call: Call, import: ImportId) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let rows = caller.tenant().await?.rejected_rows(&import, page.number(0)?).await?;
    let language = call.language();
    let row = |row: store::cell::RejectedRow| {
        let code: Code = stored(&row.problem.code)?;
        let cells = serde_json::from_str(&row.original.unwrap_or_default());
        let cells = cells.map_err(|error| Problem::internal("a rejected row", &error))?;
        Ok(RejectedRow { line: row.problem.line, code, message: code.text(language).to_owned(), cells })
    };
    json(200, &try_page_of(rows, row)?)
}
