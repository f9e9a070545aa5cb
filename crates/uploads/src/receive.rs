//! The body of an upload, kept as it comes (R61).

use api::contacts::{FILE_MEDIA_TYPES, WORKBOOK_BYTES_MAX};
use edge::{Call, Caller, Code, Problem, Result};
use futures::StreamExt;
use store::SpinDatabase;
use store::cell::{FileForm, Piece, Tenant};
use tables::encoding::recognise;
use tables::kind::FileKind;

use crate::part::Part;

/// Bytes of a piece: each is sealed, and written down in a transaction of its own.
pub(crate) const PIECE_BYTES: usize = 256 * 1024;

/// A body that was kept.
pub struct Received {
    /// By which the request has the file.
    pub mark: String,
    /// Whether the file is whole.
    pub is_last: bool,
}

impl Received {
    /// The file is refused, and nothing of it is kept.
    pub async fn fail(
        &self,
        call: &Call,
        tenant: &Tenant<'_, SpinDatabase>,
        import: &str,
        code: Code,
        line: Option<i64>,
    ) -> Result<()> {
        Ok(tenant.fail_file(import, &self.mark, code.as_str(), line, call.now().await?).await?)
    }
}

/// Keeps the body of a request as a part of an upload's file.
pub async fn receive(
    call: &mut Call,
    caller: &Caller,
    tenant: &Tenant<'_, SpinDatabase>,
    import: &str,
    form: FileForm,
) -> Result<Received> {
    if !FILE_MEDIA_TYPES.contains(&call.media_type().as_str()) {
        return Err(Problem::new(Code::UnsupportedMediaType));
    }
    let bytes_max = call.settings.import_bytes_max().await?;
    let (bytes_max, too_large) = match form {
        FileForm::Text => (bytes_max, Code::BodyTooLarge),
        FileForm::Workbook => (bytes_max.min(WORKBOOK_BYTES_MAX), Code::WorkbookTooLarge),
    };
    let part = Part::of(call, bytes_max)?.ok_or_else(|| Problem::new(too_large))?;
    let mark = tenant.begin_file(import, part.first_byte, form, caller.act.now).await?;
    let received = Received { mark, is_last: part.is_last };
    let kept = keep(call, caller, tenant, import, &received, &part, form).await;
    let Err(problem) = kept else { return Ok(received) };
    // What is too much will be so the next time too; what only broke off can be sent on.
    match problem.code() {
        Code::BodyTooLarge => {
            received.fail(call, tenant, import, too_large, None).await?;
            Err(Problem::new(too_large))
        }
        Code::StorageLimitUntilPayment => {
            received.fail(call, tenant, import, problem.code(), None).await?;
            Err(problem)
        }
        _ => Err(problem),
    }
}

/// Keeps the body, piece by piece. Where it is cut off, what came of it is kept too.
async fn keep(
    call: &mut Call,
    caller: &Caller,
    tenant: &Tenant<'_, SpinDatabase>,
    import: &str,
    received: &Received,
    part: &Part,
    form: FileForm,
) -> Result<()> {
    let mut stream = call.stream();
    let mut piece = Piece { first_byte: part.first_byte, bytes: Vec::with_capacity(PIECE_BYTES) };
    loop {
        let chunk = stream.next().await;
        let is_over = !matches!(chunk, Some(Ok(_)));
        if let Some(Ok(chunk)) = &chunk {
            piece.bytes.extend_from_slice(chunk);
        }
        if piece.first_byte + piece.bytes.len() as u64 > part.bytes_max {
            return Err(Problem::new(Code::BodyTooLarge));
        }
        while piece.bytes.len() >= PIECE_BYTES || (is_over && !piece.bytes.is_empty()) {
            if piece.first_byte == 0
                && let Some(code) = belongs_elsewhere(form, &piece.bytes)
            {
                return Err(Problem::new(code));
            }
            let rest = piece.bytes.split_off(piece.bytes.len().min(PIECE_BYTES));
            let now = call.now().await?.max(caller.act.now);
            tenant.add_piece(import, &received.mark, form, &piece, now).await?;
            piece = Piece { first_byte: piece.first_byte + piece.bytes.len() as u64, bytes: rest };
        }
        match chunk {
            Some(Ok(_)) => {}
            Some(Err(problem)) => return Err(problem),
            None => return Ok(()),
        }
    }
}

/// Fewer bytes say nothing of a file: it may have been cut there.
const TELLING_BYTES: usize = 16;

/// Why a file that begins so does not belong where it was sent. Nothing of it is kept, so that the same upload takes it in
/// the right place.
fn belongs_elsewhere(form: FileForm, head: &[u8]) -> Option<Code> {
    if head.len() < TELLING_BYTES {
        return None;
    }
    match (form, FileKind::of(head)) {
        (FileForm::Text, FileKind::Workbook) => Some(Code::CsvIsWorkbook),
        (FileForm::Workbook, FileKind::Text) => Some(match recognise(head, false) {
            Ok(_) => Code::WorkbookIsText,
            Err(_) => Code::WorkbookNotATable,
        }),
        (_, FileKind::Page) => Some(Code::WorkbookOtherFormat),
        (FileForm::Text, FileKind::Text) | (FileForm::Workbook, FileKind::Workbook) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_the_wrong_place_is_told_the_right_one() {
        let (text, workbook) = (FileForm::Text, FileForm::Workbook);
        for (form, head, code) in [
            (text, b"phone,name\n87010000001,A".as_slice(), None),
            (text, b"PK\x03\x04............", Some(Code::CsvIsWorkbook)),
            (text, b"PK\x03\x04", None),
            (workbook, b"PK\x03\x04............", None),
            (workbook, b"phone,name\n87010000001,A", Some(Code::WorkbookIsText)),
            (workbook, b"%PDF-1.7\n\x00\x01\x00\x02\x00\x03\x04\x00", Some(Code::WorkbookNotATable)),
            (workbook, b"<html><body><table>", Some(Code::WorkbookOtherFormat)),
            (text, b"<html><body><table>", Some(Code::WorkbookOtherFormat)),
            (workbook, b"", None),
        ] {
            assert_eq!(belongs_elsewhere(form, head), code, "{form:?} {head:?}");
        }
    }
}
