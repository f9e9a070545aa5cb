//! Look-ups of numbers at an operator: asked for, listed and shown. The worker does them (R49, R95, R97, R99, R103).

use api::ids::{ContactId, LookupId};
use api::number_lookups::{
    LookedUpNumber, LookupSkip, NUMBERS_MAX, NewNumberLookup, NumberLookup, NumberLookupBegun, SkippedNumber,
};
use domain::ids::IdKind;
use domain::money::Money;
use domain::phone::Phone;
use domain::tariffs::{Processing, ProcessingTariff};
use edge::{
    Answer, Call, Code, PageQuery, Problem, Result, Settings, Time, instant, json, read_tariffs, stored,
    try_page_of,
};
use store::cell;

/// What an answer costs now.
fn tariff(now: i64) -> Result<ProcessingTariff> {
    let tariffs = read_tariffs()?;
    let tariff = tariffs.processing_in_force(Processing::Lookup, instant(now)?);
    tariff.cloned().ok_or_else(|| Problem::new(Code::LookupNotSold))
}

/// The first operator of the deployment that asks networks.
async fn operator(settings: Settings) -> Result<String> {
    let in_use = operators::in_use(&settings.get("operators").await?, settings.sandbox_on().await?);
    let able = in_use.into_iter().find(|operator| operators::can_look_up(operator));
    able.ok_or_else(|| Problem::new(Code::LookupNotAvailable))
}

/// `POST /v1/number-lookups`
pub async fn create(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let (form, body): (NewNumberLookup, _) = call.json_with_bytes().await?;
    let repeat = call.repeatable("POST /v1/number-lookups", &body)?;
    let tenant = caller.working_tenant().await?;
    if form.phones.is_empty() || form.phones.len() > NUMBERS_MAX {
        return Err(Problem::field(Code::InvalidField, "phones"));
    }
    // The places of numbers in the request, by their places among those that are numbers.
    let (mut phones, mut places, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
    for (index, raw) in form.phones.iter().enumerate() {
        let code = match Phone::parse_recipient(raw) {
            Ok(phone) if phone.can_receive_text() => {
                phones.push(phone.e164().to_owned());
                places.push(index);
                continue;
            }
            Ok(_) => Code::PhoneNotReachableByText,
            Err(error) => Code::from(error),
        };
        skipped.push(SkippedNumber { index, reason: LookupSkip::NotANumber, code: Some(code) });
    }
    let begun = match tenant.lookup_begun_before(repeat.as_ref()).await? {
        Some(begun) => begun,
        None => {
            let (operator, tariff) = (operator(call.settings).await?, tariff(caller.act.now)?);
            let agreed = form.agreed_total.0;
            let new =
                cell::NewLookup { operator, tariff: tariff.version, price: tariff.price, agreed, phones };
            tenant.begin_lookup(&caller.act, &new, repeat.as_ref()).await?
        }
    };
    for (place, why) in begun.skipped {
        let index = places.get(place).copied().unwrap_or(place);
        skipped.push(SkippedNumber { index, reason: stored(why.as_str())?, code: None });
    }
    skipped.sort_by_key(|one| one.index);
    json(201, &NumberLookupBegun { lookup: view(begun.lookup)?, skipped })
}

/// `GET /v1/number-lookups`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let lookups = caller.tenant().await?.lookups(page.id(IdKind::Lookup)?, page.limit).await?;
    json(200, &try_page_of(lookups, view)?)
}

/// `GET /v1/number-lookups/{lookup}`
pub async fn get(call: Call, lookup: LookupId) -> Result<Answer> {
    let caller = call.caller().await?;
    let found = caller.tenant().await?.lookup(&lookup).await?.ok_or_else(Problem::not_found)?;
    json(200, &view(found)?)
}

/// `GET /v1/number-lookups/{lookup}/results`
pub async fn results(call: Call, lookup: LookupId) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let tenant = caller.tenant().await?;
    let numbers = tenant.looked_up(&lookup, page.id(IdKind::Contact)?, page.limit).await?;
    let number = |number: cell::LookedUpNumber| {
        Ok(LookedUpNumber {
            contact: ContactId::stored(number.contact.clone()),
            phone: number.phone.clone(),
            answer: shown::number_answer(number),
        })
    };
    json(200, &try_page_of(numbers, number)?)
}

fn view(lookup: cell::Lookup) -> Result<NumberLookup> {
    Ok(NumberLookup {
        state: stored(lookup.state.as_str())?,
        operator: lookup.operator,
        numbers: lookup.numbers,
        tariff: lookup.tariff,
        price: Money(lookup.price),
        agreed_total: Money(lookup.agreed),
        charged: lookup.charged.map(Money),
        answered: lookup.answered,
        created_at: Time::of(lookup.created_at),
        finished_at: lookup.finished_at.map(Time::of),
        id: LookupId::stored(lookup.lookup),
    })
}
