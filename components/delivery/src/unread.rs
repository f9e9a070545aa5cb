//! What an operator sent under a sound signature, and nobody here can read: it is counted, seen in
//! `GET /internal/operators`, and answered like what was read. It may have been a refusal, so it is not dropped in
//! silence; and an error would bring the same again, for ever (R66).

use edge::{Call, Code, Problem, Result, while_busy};
use operators::{ReportError, Unread};

/// What was read; `None` for what could not be, and is counted now.
pub async fn readable<T>(call: &Call, operator: &str, read: Result<T, ReportError>) -> Result<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(ReportError::Unread(what)) => {
            note(call, operator, what).await?;
            Ok(None)
        }
        // It is not the operator's own, or nobody knows whether it is.
        Err(error) => Err(Problem::new(refused(error))),
    }
}

/// Counts something that could not be read.
pub async fn note(call: &Call, operator: &str, what: Unread) -> Result<()> {
    eprintln!("delivery: {operator} sent a {} that cannot be read", what.as_str());
    let deployment = call.deployment().await?;
    let directory = deployment.directory();
    while_busy(async || Ok(directory.note_unread(operator, what.as_str(), call.now().await?).await?)).await
}

/// What a report is answered that is not the operator's own, or of which nobody knows whether it is.
pub const fn refused(error: ReportError) -> Code {
    match error {
        ReportError::NotConfigured => Code::WebhookNotConfigured,
        ReportError::SignatureInvalid => Code::WebhookSignatureInvalid,
        ReportError::MalformedJson => Code::MalformedJson,
        ReportError::InvalidField | ReportError::Unread(_) => Code::InvalidField,
    }
}
