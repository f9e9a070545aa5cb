//! Appeals against automated decisions, and reviews by a human (R101, R210).

use api::automated_decisions::{
    Appeal, AppealDecision, AppealKind, AppealOutcome, BY_CHARACTERS_MAX, ContestedScore, DecideAppeal,
    NewAppeal, SAID_CHARACTERS_MAX,
};
use api::ids::{AppealId, ScoringId};
use domain::ids::IdKind;
use domain::language::Language;
use domain::working_days::{APPEAL_DAYS, end_of_working_day};
use edge::{
    Answer, Call, Items, PageQuery, Problem, Result, Time, bounded, instant, json, read_calendars, stored,
    try_page_of,
};
use scoring::{Chance, Inputs, Reason};
use serde::Deserialize;

use crate::{phones, views};

/// A score as an appeal keeps it.
#[derive(Deserialize)]
struct Contested {
    scoring: String,
    kind: String,
    rules: u32,
    score: Chance,
    reasons: Vec<Reason>,
    inputs: Inputs,
}

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
    json(201, &view(appeal, now, call.language())?)
}

/// `GET /v1/appeals`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let appeals = caller.tenant().await?.appeals(page.id(IdKind::Appeal)?, page.limit).await?;
    json(200, &try_page_of(appeals, |appeal| view(appeal, caller.act.now, call.language()))?)
}

/// `GET /v1/appeals/open`
pub async fn open(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let appeals = caller.tenant().await?.open_appeals().await?;
    let view = |appeal| view(appeal, caller.act.now, call.language());
    json(200, &Items { items: appeals.into_iter().map(view).collect::<Result<Vec<_>>>()? })
}

/// `GET /v1/appeals/{appeal}`
pub async fn get(call: Call, appeal: AppealId) -> Result<Answer> {
    let caller = call.caller().await?;
    let appeal = caller.tenant().await?.appeal(&appeal).await?.ok_or_else(Problem::not_found)?;
    json(200, &view(appeal, caller.act.now, call.language())?)
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
    json(200, &view(appeal, caller.act.now, call.language())?)
}

fn view(appeal: store::cell::Appeal, now: i64, language: Language) -> Result<Appeal> {
    let contested: Vec<Contested> = serde_json::from_value(appeal.contested)
        .map_err(|error| Problem::internal("contested scores", &error))?;
    let contested = contested.into_iter().map(|one| {
        Ok(ContestedScore {
            scoring: ScoringId::stored(one.scoring),
            kind: stored(&one.kind)?,
            rules: one.rules,
            score: one.score.value(),
            reasons: one.reasons.iter().map(|reason| views::reason(reason, language)).collect(),
            inputs: views::inputs(&one.inputs)?,
        })
    });
    let decided = |decision: store::cell::AppealDecision| -> Result<AppealDecision> {
        Ok(AppealDecision {
            outcome: stored(decision.outcome.as_str())?,
            by: decision.by,
            reason: decision.reason,
            at: Time::of(decision.at),
        })
    };
    let decision = appeal.decision.map(decided).transpose()?;
    Ok(Appeal {
        kind: stored(appeal.kind.as_str())?,
        phone: appeal.phone,
        said: appeal.said,
        contested: contested.collect::<Result<Vec<_>>>()?,
        received_at: Time::of(appeal.received_at),
        due_at: Time::of(appeal.due_at),
        overdue: decision.is_none() && appeal.due_at < now,
        decision,
        id: AppealId::stored(appeal.appeal),
    })
}
