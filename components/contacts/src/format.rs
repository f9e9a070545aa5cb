//! How a file that awaits its owner's word is understood, and that word (R20, R70).

use api::contacts::{FileEncoding, FileRow, FormatBy, FormatChoice, ImportFormat};
use api::ids::ImportId;
use edge::{Answer, Call, Code, Problem, Result, json, stored};
use imports::format::{Choice, FieldFault, Head, check_fields, choice_of, columns_of, encoding_shown};
use store::SpinDatabase;
use store::cell::{Import, Tenant};

/// `GET /v1/contacts/imports/{import}/format`
pub async fn get(call: Call, import: ImportId) -> Result<Answer> {
    let caller = call.caller().await?;
    let asked = asked(&call)?;
    let tenant = caller.tenant().await?;
    let found = awaiting(&tenant, &import).await?;
    let head = Head::of(&tenant, &found).await?;
    let (choice, format_by) = choice(&tenant, &head, &found, &asked).await?;
    let shown = head.preview(&choice.format).map_err(uploads::problem_of)?;
    let columns = columns_of(&shown, &choice);
    let row = |row: tables::csv::PreviewRow| FileRow { line: row.line, cells: row.cells };
    let format = ImportFormat {
        encoding: encoding_shown(shown.encoding),
        delimiter: shown.delimiter.to_string(),
        header_line: shown.header_line,
        columns,
        rows: shown.rows.into_iter().map(row).collect(),
        format_by,
        warnings: uploads::warnings(shown.letters_lost, call.language()),
    };
    json(200, &format)
}

/// `PUT /v1/contacts/imports/{import}/format`
pub async fn put(mut call: Call, import: ImportId) -> Result<Answer> {
    let caller = call.caller().await?;
    let asked: FormatChoice = call.json().await?;
    let tenant = caller.working_tenant().await?;
    let found = awaiting(&tenant, &import).await?;
    let head = Head::of(&tenant, &found).await?;
    let (choice, by) = choice(&tenant, &head, &found, &asked).await?;
    let format = head.format_by(&choice, by).map_err(uploads::problem_of)?;
    check_fields(&format).map_err(|fault| match fault {
        FieldFault::SpecialCategory => Problem::field(Code::CsvSpecialCategoryColumn, "columns"),
        FieldFault::Name => Problem::field(Code::InvalidField, "columns"),
    })?;
    let remembered = if by == FormatBy::Hand { head.to_remember(&choice) } else { None };
    let remembered = remembered.as_ref().map(|(shape, remembered)| (shape.as_str(), remembered));
    tenant.confirm_format(&import, &format, remembered, caller.act.now).await?;
    uploads::read_at_once(&call, &caller, &import).await;
    uploads::answer(&call, &tenant, &import).await
}

async fn awaiting(tenant: &Tenant<'_, SpinDatabase>, import: &str) -> Result<Import> {
    let found = tenant.import(import).await?.ok_or_else(Problem::not_found)?;
    match found.state == "awaiting_format" && found.problem_code.is_none() {
        true => Ok(found),
        false => Err(Problem::new(Code::ImportAwaitsNoFormat)),
    }
}

/// What is asked of the query.
fn asked(call: &Call) -> Result<FormatChoice> {
    let encoding = call.query("encoding").map(|name| {
        stored::<FileEncoding>(&name).map_err(|_| Problem::field(Code::InvalidField, "encoding"))
    });
    let line = call.query("header_line").map(|line| {
        let number = line.parse::<i64>().ok().filter(|number| *number >= 0);
        number.ok_or_else(|| Problem::field(Code::InvalidField, "header_line"))
    });
    Ok(FormatChoice {
        encoding: encoding.transpose()?,
        delimiter: call.query("delimiter"),
        header_line: line.transpose()?,
        columns: None,
    })
}

/// What is chosen by that word, and by whose; without one, what the file says by itself.
async fn choice(
    tenant: &Tenant<'_, SpinDatabase>,
    head: &Head,
    import: &Import,
    asked: &FormatChoice,
) -> Result<(Choice, FormatBy)> {
    if *asked == FormatChoice::default() {
        return head.by_itself(tenant).await?.map_err(uploads::problem_of);
    }
    // The text of a workbook is ours: it is written in one way.
    if import.is_workbook {
        let other_encoding = asked.encoding.is_some_and(|encoding| encoding != FileEncoding::Utf8);
        let other_delimiter = asked.delimiter.as_ref().is_some_and(|sign| sign != "\t");
        for (is_other, field) in [(other_encoding, "encoding"), (other_delimiter, "delimiter")] {
            if is_other {
                return Err(Problem::field(Code::InvalidField, field));
            }
        }
    }
    if asked.header_line.is_some_and(|line| line < 0) {
        return Err(Problem::field(Code::InvalidField, "header_line"));
    }
    let choice = choice_of(asked).map_err(|error| uploads::problem_of(error.into()))?;
    Ok((choice, FormatBy::Hand))
}
