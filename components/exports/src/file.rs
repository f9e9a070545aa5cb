//! A file as a stream: one page of rows after another, each read by itself when the one before it has left. So neither
//! this component nor the host ever holds a file, however large, and no transaction is open while a client takes its time.

use std::time::{Duration, Instant};

use api::exports::{EXPORTS_PER_MINUTE, ExportFile, ExportFormat, Exported};
use domain::cell_name::CellName;
use domain::language::Language;
use edge::{Answer, Bytes, Call, Caller, CutOff, Problem, Result, streamed};
use futures::stream;
use serde_json::{Value, json};
use tables::csv::BEGINNING;

use crate::rows::Source;
use crate::table;

/// A client that takes longer is cut off: what a file holds meanwhile is somebody else's turn.
const MAY_TAKE: Duration = Duration::from_secs(60 * 60);

/// `GET /v1/exports/{file}`
pub async fn get(call: Call, file: ExportFile) -> Result<Answer> {
    let caller = call.caller().await?;
    call.check_rate(&caller.deployment, "export", EXPORTS_PER_MINUTE).await?;
    let mut export = Export::begin(caller, file, call.language()).await?;
    // What is wrong from the beginning is said as a problem, while there is a status to say it by.
    let first = export.piece().await?;
    let pieces = stream::unfold(Some((first, export)), move |state| async move {
        let (waiting, mut export): (Option<String>, Export) = state?;
        let piece = match waiting {
            Some(piece) => Ok(Some(piece)),
            None => Box::pin(export.piece()).await,
        };
        match piece {
            Ok(piece) => Some((Ok(Bytes::from(piece?)), Some((None, export)))),
            Err(problem) => {
                eprintln!("an export of {} was cut off: {}", file.what.as_str(), problem.code());
                Some((Err(CutOff), None))
            }
        }
    });
    Ok(streamed(file.format.media_type(), &format!("sendbox-{file}"), Box::pin(pieces)))
}

/// A file on its way.
struct Export {
    caller: Caller,
    file: ExportFile,
    began: Instant,
    /// The cell in which it was begun: places in its log are no places in another's.
    cell: CellName,
    /// The fields that have a column of their own.
    fields: Vec<String>,
    source: Source,
    /// Behind what the next page begins.
    cursor: Option<String>,
    rows: u64,
    is_begun: bool,
    is_over: bool,
}

impl Export {
    /// Writes down that the file is asked for, and looks at what its first line needs.
    async fn begin(caller: Caller, file: ExportFile, language: Language) -> Result<Self> {
        let tenant = caller.tenant().await?;
        let fields = json!({"what": file.what.as_str(), "format": file.format.as_str()});
        tenant.record_read(caller.deployment.keys(), &caller.act, "exported", fields).await?;
        let fields = match file.what == Exported::Contacts && file.format == ExportFormat::Csv {
            true => tenant.fields_in_use().await?,
            false => Vec::new(),
        };
        let source = Source::begin(&tenant, file.what, language, caller.act.now).await?;
        let cell = tenant.cell();
        drop(tenant);
        Ok(Self {
            caller,
            file,
            began: Instant::now(),
            cell,
            fields: table::with_columns(fields),
            source,
            cursor: None,
            rows: 0,
            is_begun: false,
            is_over: false,
        })
    }

    /// The next piece of the file, never an empty one; nothing at its end.
    async fn piece(&mut self) -> Result<Option<String>> {
        let mut piece = String::new();
        if !self.is_begun {
            self.is_begun = true;
            if self.file.format == ExportFormat::Csv {
                piece.push_str(BEGINNING);
                table::write_header(&mut piece, self.file.what, &self.fields);
            }
        }
        let begun = piece.len();
        while !self.is_over && piece.len() == begun {
            for row in self.page().await? {
                self.rows += 1;
                self.write(&mut piece, &row);
            }
            // Whoever finds this line has the whole file.
            if self.is_over && self.file.format == ExportFormat::JsonLines {
                self.write(&mut piece, &json!({"end": true, "rows": self.rows}));
            }
        }
        Ok((!piece.is_empty()).then_some(piece))
    }

    fn write(&self, piece: &mut String, row: &Value) {
        match self.file.format {
            ExportFormat::Csv => table::write(piece, self.file.what, row, &self.fields),
            ExportFormat::JsonLines => {
                piece.push_str(&row.to_string());
                piece.push('\n');
            }
        }
    }

    /// The next rows. Each time it is asked anew where the account lives, and whether the session or key still holds.
    async fn page(&mut self) -> Result<Vec<Value>> {
        if self.began.elapsed() > MAY_TAKE {
            return Err(Problem::internal("an export", &"it takes too long"));
        }
        let tenant = self.caller.tenant().await?;
        tenant.check_permit().await?;
        if self.file.what == Exported::Acts && tenant.cell() != self.cell {
            return Err(Problem::internal("an export", &"the account has moved to another log"));
        }
        let page = self.source.page(&tenant, self.cursor.as_deref()).await?;
        self.is_over = page.next.is_none();
        self.cursor = page.next;
        Ok(page.rows)
    }
}
