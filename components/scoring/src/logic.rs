//! How scores are made, in plain words and with the account's own weights: for the account, and for whom it tells (R100).

use api::ids::ScoringId;
use api::scorings::{ScoringFeature, ScoringKindLogic, ScoringLogic};
use edge::{Answer, Call, Result, json, stored};
use scoring::{FEATURES, Kind, NEEDED, RULES_VERSION, disclaimer, explanation};

use crate::views;

/// `GET /v1/scoring/logic`
pub async fn get(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let tenant = caller.tenant().await?;
    let mut kinds = Vec::with_capacity(Kind::ALL.len());
    for kind in Kind::ALL {
        let run = tenant.scoring_in_force(kind).await?;
        kinds.push(ScoringKindLogic {
            kind: stored(kind.as_str())?,
            explanation: views::in_all(|language| explanation(kind, language).to_owned()),
            model: run.as_ref().and_then(|run| run.model.as_ref()).map(views::model),
            scoring: run.map(|run| ScoringId::stored(run.scoring)),
        });
    }
    let features = FEATURES.iter().map(|feature| ScoringFeature {
        feature: feature.code.to_owned(),
        reason: feature.group.code().to_owned(),
        words: views::in_all(|language| feature.group.words(language).to_owned()),
    });
    let logic = ScoringLogic {
        rules: RULES_VERSION,
        kinds,
        features: features.collect(),
        needed: views::people(NEEDED),
        disclaimer: views::in_all(|language| disclaimer(language).to_owned()),
    };
    json(200, &logic)
}
