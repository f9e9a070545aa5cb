//! Appeals against automated decisions, and reviews by a human (R101, R210).

use api::automated_decisions::{
    AppealKind, AppealOutcome, BY_CHARACTERS_MAX, DecideAppeal, NewAppeal, SAID_CHARACTERS_MAX,
};
use api::ids::AppealId;
use domain::ids::IdKind;
use domain::working_days::{APPEAL_DAYS, end_of_working_day};
use edge::{
    Answer, Call, Items, PageQuery, Problem, Result, bounded, instant, json, read_calendars, try_page_of,
};

use crate::phones;

/// `POST /v1/appeals`
pub async fn receive(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: NewAppeal = call.json().await?;
    let now = caller.act.now;
    let calendars = read_calendars()?;
    let due = end_of_working_day(instant(now)?, APPEAL_DAYS, &calendars);
    let new = store::cell::NewAppeal {
        kind: match form.kind {
            AppealKind::Appeal => store::cell::AppealKind::Appeal,
            AppealKind::Review => store::cell::AppealKind::Review,
        },
        phone: phones::read(&form.phone)?,
        said: bounded(&form.said, "said", SAID_CHARACTERS_MAX)?.to_owned(),
        due_at: due.timestamp_millis(),
    };
    let appeal = caller.tenant().await?.receive_appeal(&caller.act, &new).await?;
    json(201, &shown::appeal(appeal, now, call.language())?)
}

/// `GET /v1/appeals`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let appeals = caller.tenant().await?.appeals(page.id(IdKind::Appeal)?, page.limit).await?;
    json(200, &try_page_of(appeals, |appeal| shown::appeal(appeal, caller.act.now, call.language()))?)
}

/// `GET /v1/appeals/open`
pub async fn open(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let appeals = caller.tenant().await?.open_appeals().await?;
    let view = |appeal| shown::appeal(appeal, caller.act.now, call.language());
    json(200, &Items { items: appeals.into_iter().map(view).collect::<Result<Vec<_>>>()? })
}

/// `GET /v1/appeals/{appeal}`
pub async fn get(call: Call, appeal: AppealId) -> Result<Answer> {
    let caller = call.caller().await?;
    let appeal = caller.tenant().await?.appeal(&appeal).await?.ok_or_else(Problem::not_found)?;
    json(200, &shown::appeal(appeal, caller.act.now, call.language())?)
}

/// `POST /v1/appeals/{appeal}/decision`
pub async fn decide(mut call: Call, appeal: AppealId) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: DecideAppeal = call.json().await?;
    let decision = store::cell::AppealDecision {
        outcome: match form.outcome {
            AppealOutcome::DecisionStands => store::cell::AppealOutcome::DecisionStands,
            AppealOutcome::DecisionChanged => store::cell::AppealOutcome::DecisionChanged,
        },
        by: bounded(&form.by, "by", BY_CHARACTERS_MAX)?.to_owned(),
        reason: bounded(&form.reason, "reason", SAID_CHARACTERS_MAX)?.to_owned(),
        at: caller.act.now,
    };
    let appeal = caller.tenant().await?.decide_appeal(&caller.act, &appeal, &decision).await?;
    json(200, &shown::appeal(appeal, caller.act.now, call.language())?)
}
