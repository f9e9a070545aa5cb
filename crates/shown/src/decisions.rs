//! Scores with their reasons, and what people say against them.

use api::Time;
use api::automated_decisions::{Appeal, AppealDecision, ContestedScore, StanceOfPerson};
use api::ids::{AppealId, ContactId, ImportId, ScoringId};
use api::scorings::{ScoreEffect, ScoreInputs, ScoreReason, ScoredContact};
use domain::language::Language;
use edge::{Problem, Result, stored};
use scoring::{Chance, Effect, Inputs, Reason, reason_words};
use serde::{Deserialize, Serialize};
use store::cell;

/// A score as an appeal keeps it, and as a person is shown it.
#[derive(Deserialize)]
struct Contested {
    scoring: String,
    kind: String,
    rules: u32,
    score: Chance,
    reasons: Vec<Reason>,
    inputs: Inputs,
}

/// A reason, in words.
pub fn reason(reason: &Reason, language: Language) -> ScoreReason {
    ScoreReason {
        code: reason.group.code().to_owned(),
        effect: match reason.effect {
            Effect::Raises => ScoreEffect::Raises,
            Effect::Lowers => ScoreEffect::Lowers,
        },
        log_odds: reason.log_odds.value(),
        words: reason_words(reason.group, reason.effect, language),
    }
}

/// What a score was made of: the contract has the fields under the names that they are stored by.
pub fn inputs<T: Serialize>(inputs: &T) -> Result<ScoreInputs> {
    let broken = |error| Problem::internal("what a score was made of", &error);
    serde_json::from_value(serde_json::to_value(inputs).map_err(broken)?).map_err(broken)
}

/// A contact's score, with its reasons in words.
pub fn scored(scored: cell::ScoredContact, language: Language) -> Result<ScoredContact> {
    Ok(ScoredContact {
        score: scored.score.value(),
        reasons: scored.reasons.iter().map(|one| reason(one, language)).collect(),
        inputs: inputs(&scored.inputs)?,
        contact: ContactId::stored(scored.contact),
        phone: scored.phone,
    })
}

/// The scores of one person, as the store gives them in JSON.
pub fn scores(json: serde_json::Value, language: Language) -> Result<Vec<ContestedScore>> {
    let scores: Vec<Contested> =
        serde_json::from_value(json).map_err(|error| Problem::internal("a person's scores", &error))?;
    let view = |one: Contested| {
        Ok(ContestedScore {
            scoring: ScoringId::stored(one.scoring),
            kind: stored(&one.kind)?,
            rules: one.rules,
            score: one.score.value(),
            reasons: one.reasons.iter().map(|one| reason(one, language)).collect(),
            inputs: inputs(&one.inputs)?,
        })
    };
    scores.into_iter().map(view).collect()
}

/// An appeal, overdue or not at an instant.
pub fn appeal(appeal: cell::Appeal, now: i64, language: Language) -> Result<Appeal> {
    let decided = |decision: cell::AppealDecision| -> Result<AppealDecision> {
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
        contested: scores(appeal.contested, language)?,
        received_at: Time::of(appeal.received_at),
        due_at: Time::of(appeal.due_at),
        overdue: decision.is_none() && appeal.due_at < now,
        decision,
        id: AppealId::stored(appeal.appeal),
    })
}

/// Where a person stands.
pub fn stance(phone: String, noted: cell::StanceNoted) -> Result<StanceOfPerson> {
    Ok(StanceOfPerson {
        phone,
        stance: stored(noted.stance.as_str())?,
        said: noted.said,
        import: noted.import.map(ImportId::stored),
        at: Time::of(noted.at),
    })
}
