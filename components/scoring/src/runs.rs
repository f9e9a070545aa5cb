//! Runs: estimated, asked for, listed and shown (R49, R50, R97, R103).

use api::ids::ScoringId;
use api::scorings::{NewScoring, Scoring, ScoringEstimate, ScoringKind};
use domain::ids::IdKind;
use domain::language::Language;
use domain::money::Money;
use domain::tariffs::{Processing, ProcessingTariff};
use edge::{
    Answer, Call, Code, PageQuery, Problem, Result, Time, instant, json, read_tariffs, stored, try_page_of,
};
use scoring::{Kind, NEEDED, disclaimer};

use crate::views;

/// What a score costs now.
fn tariff(now: i64) -> Result<ProcessingTariff> {
    let tariffs = read_tariffs()?;
    let tariff = tariffs.processing_in_force(Processing::Score, instant(now)?);
    tariff.cloned().ok_or_else(|| Problem::new(Code::ScoringNotSold))
}

/// `GET /v1/scoring/estimate`
pub async fn estimate(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let tenant = caller.tenant().await?;
    let tariff = tariff(caller.act.now)?;
    let scorable = tenant.scorable().await?;
    let total = tariff.price.checked_mul(scorable.consenting);
    let total = total.ok_or_else(|| Problem::new(Code::AmountTooLarge))?;
    let available = tenant.balance().await?.available;
    let view = ScoringEstimate {
        contacts: scorable.contacts,
        consenting: scorable.consenting,
        skipped: scorable.contacts - scorable.consenting,
        tariff: tariff.version,
        price: Money(tariff.price),
        total: Money(total),
        available: Money(available),
        sufficient: available >= total,
    };
    json(200, &view)
}

/// `POST /v1/scorings`
pub async fn create(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let (form, body): (NewScoring, _) = call.json_with_bytes().await?;
    let repeat = call.repeatable("POST /v1/scorings", &body)?;
    let tenant = caller.working_tenant().await?;
    if let Some(run) = tenant.scoring_begun_before(repeat.as_ref()).await? {
        return json(201, &view(run, call.language())?);
    }
    let tariff = tariff(caller.act.now)?;
    let new = store::cell::NewScoring {
        kind: match form.kind {
            ScoringKind::Reach => Kind::Reach,
            ScoringKind::Response => Kind::Response,
        },
        tariff: tariff.version,
        price: tariff.price,
        agreed: form.agreed_total.0,
    };
    let run = tenant.begin_scoring(&caller.act, &new, repeat.as_ref()).await?;
    json(201, &view(run, call.language())?)
}

/// `GET /v1/scorings`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let runs = caller.tenant().await?.scorings(page.id(IdKind::Scoring)?, page.limit).await?;
    json(200, &try_page_of(runs, |run| view(run, call.language()))?)
}

/// `GET /v1/scorings/{scoring}`
pub async fn get(call: Call, scoring: ScoringId) -> Result<Answer> {
    let caller = call.caller().await?;
    let run = caller.tenant().await?.scoring(&scoring).await?.ok_or_else(Problem::not_found)?;
    json(200, &view(run, call.language())?)
}

fn view(run: store::cell::Scoring, language: Language) -> Result<Scoring> {
    Ok(Scoring {
        kind: stored(run.kind.as_str())?,
        state: stored(run.state.as_str())?,
        tariff: run.tariff,
        price: Money(run.price),
        agreed_total: Money(run.agreed),
        charged: run.charged.map(Money),
        scored: run.scored,
        skipped: run.skipped,
        model: run.model.as_ref().map(views::model),
        quality: run.quality.as_ref().map(views::quality),
        have: run.people.map(views::people),
        needed: run.people.map(|_| views::people(NEEDED)),
        disclaimer: disclaimer(language).to_owned(),
        created_at: Time::of(run.created_at),
        finished_at: run.finished_at.map(Time::of),
        id: ScoringId::stored(run.scoring),
    })
}
