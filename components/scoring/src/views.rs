//! Models, figures and reasons as they are answered.

use api::scorings::{
    ScoreEffect, ScoreInputs, ScoreReason, ScoringBin, ScoringModel, ScoringPeople, ScoringQuality,
    ScoringTerm,
};
use domain::documents::ByLanguage;
use domain::language::Language;
use edge::{Problem, Result};
use scoring::{Effect, Events, Model, Quality, Reason, reason_words};
use serde::Serialize;

pub fn people(events: Events) -> ScoringPeople {
    ScoringPeople { happened: events.happened, not: events.not }
}

pub fn model(model: &Model) -> ScoringModel {
    let terms = model.terms.iter().map(|term| ScoringTerm {
        feature: term.feature.clone(),
        mean: term.mean.value(),
        scale: term.scale.value(),
        weight: term.weight.value(),
    });
    ScoringModel {
        rules: model.rules,
        people: people(model.people),
        bias: model.bias.value(),
        terms: terms.collect(),
    }
}

pub fn quality(quality: &Quality) -> ScoringQuality {
    let curve = quality.curve.iter().map(|bin| ScoringBin {
        people: bin.people,
        expected: bin.expected.value(),
        happened: bin.happened.value(),
    });
    ScoringQuality {
        people: quality.people,
        happened: quality.happened,
        log_loss: quality.log_loss.value(),
        log_loss_of_average: quality.log_loss_of_average.value(),
        auc: quality.auc.value(),
        auc_at_least: quality.auc_at_least.value(),
        brier: quality.brier.value(),
        brier_of_average: quality.brier_of_average.value(),
        calibration_error: quality.calibration_error.value(),
        curve: curve.collect(),
    }
}

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

/// A text in all three languages.
pub fn in_all(text: impl Fn(Language) -> String) -> ByLanguage<String> {
    ByLanguage { kk: text(Language::Kk), ru: text(Language::Ru), en: text(Language::En) }
}
