//! Accounts whose truth is known, because they were made: how near a model comes to it, and what it says of noise.

use domain::number_networks::Network;
use scoring::{About, Counts, Example, HELD_OUT_OF, Inputs, Kind, Millionths, Model, Trained, train};

/// SplitMix64: the same people in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// Between nought and one.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, bound: u32) -> u32 {
        (self.next() % u64::from(bound)) as u32
    }

    fn happens(&mut self, chance: f64) -> bool {
        self.share() < chance
    }
}

/// One made person, with the chance that only we know.
struct Made {
    example: Example,
    chance: f64,
}

fn inputs(dice: &mut Dice) -> Inputs {
    let tried = dice.below(8) > 0;
    let mut counts = Counts::default();
    if tried {
        counts.texts_delivered = dice.below(12);
        counts.texts_undelivered = dice.below(3);
        counts.texts_expired = dice.below(5);
        counts.calls_answered = dice.below(4);
        counts.calls_not_answered = dice.below(4);
        counts.offers = counts.texts_delivered;
        counts.responses = dice.below(counts.offers + 1);
        counts.reached_in_evening = dice.below(counts.reached() + 1);
    }
    let reached = counts.reached() > 0;
    let days = dice.below(400);
    Inputs {
        counts,
        days_since_tried: tried.then_some(days),
        days_since_reached: (tried && reached).then(|| days + dice.below(100)),
        last_reached: tried.then(|| reached && dice.happens(0.5)),
        about: About {
            network: [None, Some(Network::Beeline), Some(Network::Kcell), Some(Network::Tele2Altel)]
                [dice.below(4) as usize],
            name_known: dice.happens(0.7),
            consent_evidence_known: dice.happens(0.3),
        },
    }
}

/// A response that follows from the features, though not in the form of the model: steps, shares and a product.
fn known_chance(inputs: &Inputs) -> f64 {
    let counts = &inputs.counts;
    let share = f64::from(counts.responses + 1) / f64::from(counts.offers + 4);
    let days = f64::from(inputs.days_since_tried.unwrap_or(200));
    let mut log_odds = -2.0 + 3.5 * share - days / 250.0;
    log_odds += if inputs.about.network == Some(Network::Kcell) { 0.6 } else { 0.0 };
    log_odds += if inputs.last_reached == Some(true) { 0.8 } else { 0.0 };
    log_odds += if inputs.about.name_known && counts.calls_answered > 1 { 0.7 } else { 0.0 };
    log_odds -= if counts.texts_undelivered > 1 { 1.2 } else { 0.0 };
    1.0 / (1.0 + (-log_odds).exp())
}

fn account(people: usize, seed: u64, chance: impl Fn(&Inputs) -> f64) -> Vec<Made> {
    let mut dice = Dice(seed);
    (0..people)
        .map(|_| {
            let inputs = inputs(&mut dice);
            let chance = chance(&inputs);
            let example = Example { person: dice.next(), inputs, happened: dice.happens(chance) };
            Made { example, chance }
        })
        .collect()
}

/// How often of two held-out people, of whom it happened for one, that one has the higher chance.
fn area(made: &[Made]) -> f64 {
    let mut held_out: Vec<(f64, bool)> = made
        .iter()
        .filter(|one| one.example.person % HELD_OUT_OF == 0)
        .map(|one| (one.chance, one.example.happened))
        .collect();
    held_out.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut not, mut right) = (0.0, 0.0);
    for (_, happened) in &held_out {
        if *happened { right += not } else { not += 1.0 }
    }
    right / (not * (held_out.len() as f64 - not))
}

fn examples(made: &[Made]) -> Vec<Example> {
    made.iter().map(|one| one.example).collect()
}

fn model_of(trained: Trained) -> (Model, scoring::Quality) {
    match trained {
        Trained::Model { model, quality } => (*model, quality),
        other => panic!("no model: {other:?}"),
    }
}

/// R95: whoever pays for a score gets nearly all that can be known.
#[test]
fn a_known_response_is_found_nearly_as_well_as_by_whoever_knows_the_truth() {
    let made = account(50_000, 1, known_chance);
    let (_, quality) = model_of(train(Kind::Response, examples(&made)));
    let best = area(&made);
    let found = quality.auc.value();
    println!("best {best:.4}, found {found:.4}, calibration error {:.4}", quality.calibration_error.value());
    assert!(best > 0.7, "an account in which there is something to find: {best}");
    assert!(best - found < 0.02, "{found} of {best}");
    assert!(quality.calibration_error < Millionths(30_000), "{quality:?}");
    assert_eq!(quality.curve.iter().map(|bin| bin.people).sum::<u64>(), quality.people);
}

/// Each person is reached with a chance of their own, which only their past tells of: the best that anybody can say
/// is what Bayes says.
#[test]
fn who_was_reached_before_tells_who_will_be_nearly_as_well_as_bayes_says() {
    let mut dice = Dice(5);
    let made: Vec<Made> = (0..50_000)
        .map(|_| {
            // Beta(2, 1): the larger of two throws.
            let own = dice.share().max(dice.share());
            let tries = dice.below(15);
            let delivered = (0..tries).filter(|_| dice.happens(own)).count() as u32;
            let counts =
                Counts { texts_delivered: delivered, texts_expired: tries - delivered, ..Counts::default() };
            let known = Inputs {
                counts,
                days_since_tried: (tries > 0).then_some(10),
                days_since_reached: (delivered > 0).then_some(10),
                last_reached: None,
                about: About::default(),
            };
            let chance = f64::from(delivered + 2) / f64::from(tries + 3);
            Made {
                example: Example { person: dice.next(), inputs: known, happened: dice.happens(own) },
                chance,
            }
        })
        .collect();
    let (_, quality) = model_of(train(Kind::Reach, examples(&made)));
    let (best, found) = (area(&made), quality.auc.value());
    println!("best {best:.4}, found {found:.4}, calibration error {:.4}", quality.calibration_error.value());
    assert!(best - found < 0.02, "{found} of {best}");
    assert!(quality.calibration_error < Millionths(30_000), "{quality:?}");
}

/// Noise must be called noise, not now and then but always: rare and frequent responses, few people and many.
#[test]
fn an_account_of_pure_noise_is_told_that_nothing_can_be_said() {
    for seed in 0..200 {
        let (people, chance) = match seed % 4 {
            0 => (2_000, 0.5),
            1 => (3_000, 0.15),
            2 => (2_000, 0.8),
            _ => (8_000, 0.05),
        };
        let trained = train(Kind::Response, examples(&account(people, 1_000 + seed, |_| chance)));
        assert!(matches!(trained, Trained::NothingToSay { quality: Some(_) }), "{seed}: {trained:?}");
    }
}

/// The other way round, or a model that never speaks would pass.
#[test]
fn a_small_account_with_a_clear_response_is_told_so() {
    for seed in 0..20 {
        let trained = train(Kind::Response, examples(&account(3_000, 2_000 + seed, known_chance)));
        assert!(matches!(trained, Trained::Model { .. }), "{seed}: {trained:?}");
    }
}

/// R104: the same people give the same model, in whatever order they come, and a stored model gives the same score.
#[test]
fn a_training_can_be_repeated_and_a_stored_model_scores_as_it_did() {
    let made = account(5_000, 3, known_chance);
    let mut turned = examples(&made);
    turned.reverse();
    let (model, _) = model_of(train(Kind::Response, examples(&made)));
    assert_eq!(model_of(train(Kind::Response, turned)).0, model);
    let json = serde_json::to_string(&model).expect("JSON");
    let stored = Model::parse(&json).expect("the same model");
    assert_eq!(stored, model);
    for one in &made {
        let inputs = serde_json::to_string(&one.example.inputs).expect("JSON");
        let inputs: Inputs = serde_json::from_str(&inputs).expect("the same inputs");
        assert_eq!(stored.score(&inputs), model.score(&one.example.inputs));
    }
}

/// R104: by the rules of one version a training gives the same on every platform and at any later time. Whoever has to
/// change these figures changes the version.
#[test]
fn the_first_rules_give_what_they_always_gave() {
    let made = account(5_000, 3, known_chance);
    let (model, quality) = model_of(train(Kind::Response, examples(&made)));
    let chances: Vec<u32> =
        made.iter().take(4).map(|one| model.score(&one.example.inputs).chance.millionths()).collect();
    assert_eq!(scoring::RULES_VERSION, 1);
    assert_eq!(chances, [332_122, 252_581, 598_114, 235_620]);
    assert_eq!(quality.auc, Millionths(754_060));
}

/// R104: what other rules made is not read by these.
#[test]
fn a_model_of_other_rules_is_refused() {
    let (model, _) = model_of(train(Kind::Response, examples(&account(5_000, 3, known_chance))));
    let json = |model: &Model| serde_json::to_string(model).expect("JSON");
    let mut other = model.clone();
    other.rules += 1;
    assert_eq!(Model::parse(&json(&other)), None);
    let mut other = model.clone();
    other.terms.swap(0, 1);
    assert_eq!(Model::parse(&json(&other)), None);
    let mut other = model;
    other.terms.pop();
    assert_eq!(Model::parse(&json(&other)), None);
}

/// R100: the reasons are those that move a score, the strongest first, each in its direction.
#[test]
fn reasons_say_what_moves_a_score_and_which_way() {
    let (model, _) = model_of(train(Kind::Response, examples(&account(20_000, 4, known_chance))));
    let eager = Inputs {
        counts: Counts { texts_delivered: 10, offers: 10, responses: 10, ..Counts::default() },
        days_since_tried: Some(1),
        days_since_reached: Some(1),
        last_reached: Some(true),
        about: About::default(),
    };
    let never = Inputs { counts: Counts { responses: 0, ..eager.counts }, ..eager };
    let (up, down) = (model.score(&eager), model.score(&never));
    assert!(up.chance > down.chance);
    let effect = |score: &scoring::Score| {
        let reason = score.reasons.iter().find(|reason| reason.group == scoring::Group::Responses);
        reason.map(|reason| reason.effect)
    };
    assert_eq!(effect(&up), Some(scoring::Effect::Raises));
    assert_eq!(effect(&down), Some(scoring::Effect::Lowers));
    for score in [up, down] {
        assert!((1..=3).contains(&score.reasons.len()));
        assert!(score.reasons.is_sorted_by_key(|reason| -reason.log_odds.0.abs()));
    }
}
