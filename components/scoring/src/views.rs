//! Models and figures as they are answered.

use api::scorings::{ScoringBin, ScoringModel, ScoringPeople, ScoringQuality, ScoringTerm};
use domain::documents::ByLanguage;
use domain::language::Language;
use scoring::{Events, Model, Quality};

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

/// A text in all three languages.
pub fn in_all(text: impl Fn(Language) -> String) -> ByLanguage<String> {
    ByLanguage { kk: text(Language::Kk), ru: text(Language::Ru), en: text(Language::En) }
}
