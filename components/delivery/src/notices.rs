//! Notices that a message has come to its end; at what end, a job asks (R89).

use domain::cell_name::CellName;
use edge::{Answer, Call, Code, Deployment, Problem, Result, no_content};
use operators::mobizon::{self, Mobizon};

use crate::unread::readable;

/// The largest notice, in bytes.
const NOTICE_BYTES_MAX: usize = 64 * 1024;

/// `POST /webhooks/operators/mobizon/notices`. It repeats a notice until it is answered with a 2xx.
pub async fn mobizon(mut call: Call) -> Result<Answer> {
    let body = call.bytes(NOTICE_BYTES_MAX).await?;
    let mobizon = Mobizon::of(&call.settings.operator_variables(["mobizon_notice_secret"]).await?);
    let notice = readable(&call, mobizon::NAME, mobizon.read_notice(&body)).await?;
    if let Some(notice) = notice.flatten() {
        let deployment = call.deployment().await?;
        let (mut may_be_open, mut unasked) = (false, None);
        // What it calls a message does not say where it was born.
        for name in deployment.cells_twice_from(None) {
            match noted_in(&deployment, name, &notice.reference).await {
                Ok(Noted::Here) => return Ok(no_content()),
                Ok(Noted::NotHere { may_be_open: here }) => may_be_open |= here,
                // A cell that is broken keeps no notice from the one that has the message.
                Err(problem) => unasked = unasked.or(Some(problem)),
            }
        }
        // It may be about a hand-over whose reference is not written down yet: it comes again.
        if may_be_open {
            return Err(Problem::new(Code::BusyTryAgain));
        }
        if let Some(problem) = unasked {
            return Err(problem);
        }
    }
    Ok(no_content())
}

/// What a cell has of a notice.
enum Noted {
    /// The message: its last word will be asked for.
    Here,
    /// No such message, but perhaps one whose hand-over is not written down yet.
    NotHere { may_be_open: bool },
}

async fn noted_in(deployment: &Deployment, name: CellName, reference: &str) -> Result<Noted> {
    let cell = deployment.cell(name).await?;
    if cell.ask_for_result(reference, deployment.now()).await? {
        return Ok(Noted::Here);
    }
    Ok(Noted::NotHere { may_be_open: cell.has_open_hand_overs(mobizon::NAME).await? })
}
