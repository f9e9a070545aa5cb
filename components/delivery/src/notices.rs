//! Notices that a message has come to its end; at what end, a job asks (R89).

use edge::{Answer, Call, Code, Problem, Result, no_content};
use operators::mobizon::{self, Mobizon};

use crate::status::variables;
use crate::unread::readable;

/// The largest notice, in bytes.
const NOTICE_BYTES_MAX: usize = 64 * 1024;

/// `POST /webhooks/operators/mobizon/notices`. It repeats a notice until it is answered with a 2xx.
pub async fn mobizon(mut call: Call) -> Result<Answer> {
    let body = call.bytes(NOTICE_BYTES_MAX).await?;
    let mobizon = Mobizon::of(&variables(&call, &["mobizon_notice_secret"]).await?);
    let notice = readable(&call, mobizon::NAME, mobizon.read_notice(&body)).await?;
    if let Some(notice) = notice.flatten() {
        let deployment = call.deployment().await?;
        let mut may_be_open = false;
        // What it calls a message does not say where it was born.
        for name in deployment.cells() {
            let cell = deployment.cell(name).await?;
            if cell.ask_for_result(&notice.reference, deployment.now()).await? {
                return Ok(no_content());
            }
            may_be_open |= cell.has_open_hand_overs(mobizon::NAME).await?;
        }
        // It may be about a hand-over whose reference is not written down yet: it comes again.
        if may_be_open {
            return Err(Problem::new(Code::BusyTryAgain));
        }
    }
    Ok(no_content())
}
