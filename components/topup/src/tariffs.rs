//! The published tariffs (R26, R29, R46).

use api::money;
use domain::tariffs::{ProcessingTariff, Tariff};
use edge::{Answer, Call, Problem, Result, instant, read_tariffs, stored_json};
use serde::{Deserialize, Serialize};
use spin_sdk::key_value::Store;

/// The rendered answer lives in the key-value store until the next tariff takes effect; it can be
/// rendered again at any time.
const KEY: &str = "tariffs:rendered";

#[derive(Serialize, Deserialize)]
struct Rendered {
    from: i64,
    until: i64,
    versions: Vec<String>,
    body: String,
}

fn view(tariff: &Tariff) -> Option<money::Tariff> {
    let price = tariff.price(1)?;
    Some(money::Tariff {
        version: tariff.version.clone(),
        channel: tariff.channel,
        operator: tariff.operator.clone(),
        operator_price: money::Amount(price.operator),
        service_price: money::Amount(price.service),
        price: money::Amount(price.total),
        unit: tariff.unit,
        announced_at: tariff.announced_at.into(),
        effective_at: tariff.effective_at.into(),
    })
}

fn view_processing(tariff: &ProcessingTariff) -> money::ProcessingTariff {
    money::ProcessingTariff {
        version: tariff.version.clone(),
        processing: tariff.processing,
        price: money::Amount(tariff.price),
        announced_at: tariff.announced_at.into(),
        effective_at: tariff.effective_at.into(),
    }
}

/// `GET /v1/tariffs`
pub async fn get(call: Call) -> Result<Answer> {
    let now = call.now().await?;
    let at = instant(now)?;
    let tariffs = read_tariffs()?;
    // What the deployment ships decides: a rendered answer of other versions is out of date.
    let shown: Vec<&Tariff> = tariffs.all_in_force(at).chain(tariffs.announced(at)).collect();
    let processing: Vec<&ProcessingTariff> = tariffs.processing_shown(at).collect();
    let of_messages = shown.iter().map(|tariff| format!("{} {}", tariff.operator, tariff.version));
    let of_processing =
        processing.iter().map(|tariff| format!("{} {}", tariff.processing.as_str(), tariff.version));
    let versions: Vec<String> = of_messages.chain(of_processing).collect();
    let broken = |error: &dyn std::fmt::Display| Problem::internal("key-value store", error);
    let store = Store::open_default().await.map_err(|error| broken(&error))?;
    let kept = store.get(KEY).await.map_err(|error| broken(&error))?;
    let kept: Option<Rendered> = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    if let Some(kept) = kept.filter(|kept| kept.from <= now && now < kept.until && kept.versions == versions)
    {
        return Ok(stored_json(200, kept.body));
    }
    let tariffs_shown = shown.iter().filter_map(|tariff| view(tariff)).collect();
    let processing = processing.into_iter().map(view_processing).collect();
    let body = serde_json::to_string(&money::Tariffs {
        currency: "KZT".to_owned(),
        tariffs: tariffs_shown,
        processing,
    });
    let body = body.map_err(|error| Problem::internal("tariffs", &error))?;
    let until = tariffs.next_change(at).map_or(i64::MAX, |change| change.timestamp_millis());
    let rendered = Rendered { from: now, until, versions, body };
    let bytes = serde_json::to_vec(&rendered).map_err(|error| broken(&error))?;
    store.set(KEY, bytes).await.map_err(|error| broken(&error))?;
    Ok(stored_json(200, rendered.body))
}
