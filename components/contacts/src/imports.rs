//! Uploads: begun with an attestation, shown with their progress and their problems (R62, R70).

use domain::campaign::LABEL_CHARACTERS_MAX;
use domain::documents::DocumentKind;
use domain::ids::IdKind;
use domain::language::Language;
use edge::problem_catalogue;
use edge::{Answer, Attestation, Call, ListOf, PageQuery, Problem, Result, format_time, json};
use serde::{Deserialize, Serialize};
use store::cell::{ChosenColumns, Import, RowProblem};

use crate::upload::Progress;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewImport {
    name: String,
    attestation: Option<Attestation>,
}

/// An upload as its owner sees it.
#[derive(Serialize)]
pub struct ImportView {
    id: String,
    name: String,
    state: String,
    rows: i64,
    imported: i64,
    duplicates: i64,
    rejected: i64,
    blacklisted: i64,
    several: i64,
    columns: Option<ChosenColumns>,
    dropped_columns: Vec<String>,
    problem_code: Option<String>,
    problem_line: Option<i64>,
    received_bytes: Option<u64>,
    created_at: String,
    finished_at: Option<String>,
}

impl From<Import> for ImportView {
    fn from(import: Import) -> Self {
        Self {
            id: import.import,
            name: import.name,
            state: import.state,
            rows: import.rows,
            imported: import.imported,
            duplicates: import.duplicates,
            rejected: import.rejected,
            blacklisted: import.blacklisted,
            several: import.several,
            columns: import.columns,
            dropped_columns: import.dropped_columns,
            problem_code: import.problem_code,
            problem_line: import.problem_line,
            received_bytes: None,
            created_at: format_time(import.created_at),
            finished_at: import.finished_at.map(format_time),
        }
    }
}

/// `POST /v1/contacts/imports`
pub async fn create(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let (form, body): (NewImport, _) = call.json_with_bytes().await?;
    let repeat = call.repeatable("POST /v1/contacts/imports", &body)?;
    let tenant = caller.working_tenant().await?;
    let name = form.name.trim();
    if name.is_empty() || name.chars().count() > LABEL_CHARACTERS_MAX {
        return Err(Problem::field("invalid_field", "name"));
    }
    let attestation =
        Attestation::given(form.attestation, DocumentKind::RecipientsAttestation, caller.act.now)?;
    let import = tenant.create_import(&caller.act, name, attestation, repeat.as_ref()).await?;
    json(201, &ImportView::from(import))
}

/// `GET /v1/contacts/imports`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let imports = caller.tenant().await?.imports(page.id(IdKind::Import)?, page.limit).await?;
    json(200, &ListOf::of(imports, ImportView::from))
}

/// `GET /v1/contacts/imports/:id`
pub async fn get(call: Call, import: &str) -> Result<Answer> {
    let caller = call.caller().await?;
    let found = caller.tenant().await?.import(import).await?.ok_or_else(Problem::not_found)?;
    let receiving = found.state == "receiving";
    let mut view = ImportView::from(found);
    if receiving {
        view.received_bytes = Progress::open().await?.read(import).await?;
    }
    json(200, &view)
}

#[derive(Serialize)]
struct ProblemView {
    line: i64,
    code: String,
    message: &'static str,
}

/// `GET /v1/contacts/imports/:id/problems`
pub async fn problems(call: Call, import: &str) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let problems = caller.tenant().await?.import_problems(import, page.number(0)?, page.limit).await?;
    let language = call.language();
    let view = |problem: RowProblem| {
        let message = problem_catalogue::find(&problem.code).map_or("", |entry| match language {
            Language::Kk => entry.kk,
            Language::Ru => entry.ru,
            Language::En => entry.en,
        });
        ProblemView { line: problem.line, code: problem.code, message }
    };
    json(200, &ListOf::of(problems, view))
}
