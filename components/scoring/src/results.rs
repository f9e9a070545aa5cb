//! What came of a run: scores with their reasons, and who was left out (R97, R99, R104).

use api::ids::{ContactId, ScoringId};
use api::scorings::SkippedContact;
use domain::ids::IdKind;
use edge::{Answer, Call, PageQuery, Problem, Result, json, stored, try_page_of};

/// `GET /v1/scorings/{scoring}/results`
pub async fn scores(call: Call, scoring: ScoringId) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let tenant = caller.tenant().await?;
    tenant.scoring(&scoring).await?.ok_or_else(Problem::not_found)?;
    let scores = tenant.scores(&scoring, page.id(IdKind::Contact)?, page.limit).await?;
    json(200, &try_page_of(scores, |scored| shown::scored(scored, call.language()))?)
}

/// `GET /v1/scorings/{scoring}/skipped`
pub async fn skipped(call: Call, scoring: ScoringId) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let tenant = caller.tenant().await?;
    tenant.scoring(&scoring).await?.ok_or_else(Problem::not_found)?;
    let skipped = tenant.skipped_contacts(&scoring, page.id(IdKind::Contact)?, page.limit).await?;
    let view = |skipped: store::cell::SkippedContact| {
        Ok(SkippedContact {
            contact: ContactId::stored(skipped.contact),
            phone: skipped.phone,
            reason: stored(skipped.why.as_str())?,
        })
    };
    json(200, &try_page_of(skipped, view)?)
}
