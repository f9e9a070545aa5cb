//! Numbers that are looked at, one by one (R95).

use std::collections::BTreeMap;

use api::ids::ScoringId;
use api::validations::{
    NUMBERS_MAX, NumberKind, NumberNetwork, NumberVerdict, Reachability, Validate, Validation,
};
use domain::phone::{Kind, Verdict};
use edge::{Answer, Call, Code, Items, Problem, Result, Time, json};
use store::cell::ReachedBefore;

type LookedAt = domain::phone::Validation;

/// `POST /v1/validations`
pub async fn post(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: Validate = call.json().await?;
    if form.phones.is_empty() || form.phones.len() > NUMBERS_MAX {
        return Err(Problem::field(Code::InvalidField, "phones"));
    }
    let looked_at: Vec<LookedAt> = form.phones.iter().map(|raw| LookedAt::of(raw)).collect();
    let valid = looked_at.iter().filter(|one| !one.reading.e164.is_empty());
    let phones: Vec<String> = valid.map(|one| one.reading.e164.clone()).collect();
    let reached = caller.tenant().await?.reached_before(&phones).await?;
    let mut items = Vec::with_capacity(looked_at.len());
    for (index, one) in looked_at.into_iter().enumerate() {
        items.push(view(index, one, &reached)?);
    }
    json(200, &Items { items })
}

fn view(index: usize, one: LookedAt, reached: &BTreeMap<String, ReachedBefore>) -> Result<Validation> {
    let reachability = reached.get(&one.reading.e164).map(|before| {
        Ok::<_, Problem>(Reachability {
            scoring: ScoringId::stored(before.scoring.clone()),
            as_of: Time::of(before.as_of),
            score: before.score.value(),
            inputs: shown::inputs(&before.inputs)?,
        })
    });
    let network = one.network.map(|network| NumberNetwork {
        network,
        name: network.name().to_owned(),
        approximate: true,
    });
    let some = |text: &str| if text.is_empty() { None } else { Some(text.to_owned()) };
    Ok(Validation {
        index,
        verdict: match one.reading.verdict {
            Verdict::Valid => NumberVerdict::Valid,
            Verdict::Invalid => NumberVerdict::Invalid,
            Verdict::Unparseable => NumberVerdict::Unparseable,
        },
        code: one.problem.map(Code::from),
        phone: some(&one.reading.e164),
        region: some(&one.reading.region),
        kind: one.reading.kind.map(|kind| match kind {
            Kind::Mobile => NumberKind::Mobile,
            Kind::FixedLine => NumberKind::FixedLine,
            Kind::FixedLineOrMobile => NumberKind::FixedLineOrMobile,
            Kind::TollFree => NumberKind::TollFree,
            Kind::Other => NumberKind::Other,
        }),
        takes_texts: one.takes_texts(),
        range: one.range,
        network,
        reachability: reachability.transpose()?,
    })
}
