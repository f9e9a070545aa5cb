//! Evidence files in pages: events with their proofs against one signed checkpoint (R91, R93).

use edge::{Answer, Call, Connection, Problem, Result, json};
use evidence::{EvidenceEvent, EvidenceFile};
use store::log::{CELL_LOG, LogReader};

use crate::log::{sign, signing_key};

/// Messages or events on one page.
const PAGE_MAX: usize = 1_000;

/// `GET /v1/evidence`
pub async fn get(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let tenant = caller.tenant().await?;
    let cursor = call.query("cursor").map(|text| text.parse::<i64>()).transpose();
    let cursor = cursor.map_err(|_| Problem::field("invalid_field", "cursor"))?;
    let page = match (call.query("campaign"), call.query("kind")) {
        (Some(campaign), None) => {
            tenant.sent_content(&campaign).await?.ok_or_else(Problem::not_found)?;
            tenant.campaign_evidence(&campaign, cursor.unwrap_or(0), PAGE_MAX).await?
        }
        (None, kind) => {
            let prefix = match kind.as_deref() {
                None => "",
                Some("consents") => "consent",
                Some("payments") => "top_up",
                Some("deletions") => "deletion",
                Some("decisions") => "decision",
                Some(_) => return Err(Problem::field("invalid_field", "kind")),
            };
            tenant.event_evidence(prefix, cursor.unwrap_or(-1), PAGE_MAX).await?
        }
        (Some(_), Some(_)) => return Err(Problem::field("invalid_field", "kind")),
    };
    let db = Connection::open(&caller.bearer.cell).await?;
    let reader = LogReader::new(&*db, CELL_LOG);
    let (checkpoint, note) = sign(&call, &reader).await?;
    let mut events = Vec::with_capacity(page.events.len());
    for event in page.events {
        let index = event.index.unsigned_abs();
        let proof = reader.inclusion(index, checkpoint.size).await?;
        events.push(EvidenceEvent::new(index, &event.salt, event.event, &proof));
    }
    let key = signing_key(&call).await?.verifier_key();
    json(200, &EvidenceFile::new(key, note, events, page.next_cursor))
}
