//! The published tariffs (R26, R29, R46).

use domain::tariffs::Tariff;
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

#[derive(Serialize)]
struct TariffsView<'t> {
    currency: &'static str,
    tariffs: Vec<TariffView<'t>>,
}

#[derive(Serialize)]
struct TariffView<'t> {
    version: &'t str,
    channel: &'static str,
    operator: &'t str,
    operator_price: String,
    service_price: String,
    price: String,
    unit: &'static str,
    announced_at: String,
    effective_at: String,
}

impl<'t> TariffView<'t> {
    fn of(tariff: &'t Tariff) -> Option<Self> {
        let price = tariff.price(1)?;
        Some(Self {
            version: &tariff.version,
            channel: tariff.channel.as_str(),
            operator: &tariff.operator,
            operator_price: price.operator.to_string(),
            service_price: price.service.to_string(),
            price: price.total.to_string(),
            unit: tariff.unit.as_str(),
            announced_at: edge::format_time(tariff.announced_at.timestamp_millis()),
            effective_at: edge::format_time(tariff.effective_at.timestamp_millis()),
        })
    }
}

/// `GET /v1/tariffs`
pub async fn get(call: Call) -> Result<Answer> {
    let now = call.now().await?;
    let at = instant(now)?;
    let tariffs = read_tariffs()?;
    // What the deployment ships decides: a rendered answer of other versions is out of date.
    let shown: Vec<&Tariff> = tariffs.all_in_force(at).chain(tariffs.announced(at)).collect();
    let versions: Vec<String> =
        shown.iter().map(|tariff| format!("{} {}", tariff.operator, tariff.version)).collect();
    let broken = |error: &dyn std::fmt::Display| Problem::internal("key-value store", error);
    let store = Store::open_default().await.map_err(|error| broken(&error))?;
    let kept = store.get(KEY).await.map_err(|error| broken(&error))?;
    let kept: Option<Rendered> = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    if let Some(kept) = kept.filter(|kept| kept.from <= now && now < kept.until && kept.versions == versions)
    {
        return Ok(stored_json(200, kept.body));
    }
    let views = shown.iter().filter_map(|tariff| TariffView::of(tariff)).collect();
    let body = serde_json::to_string(&TariffsView { currency: "KZT", tariffs: views });
    let body = body.map_err(|error| Problem::internal("tariffs", &error))?;
    let until = tariffs.next_change(at).map_or(i64::MAX, |change| change.timestamp_millis());
    let rendered = Rendered { from: now, until, versions, body };
    let bytes = serde_json::to_vec(&rendered).map_err(|error| broken(&error))?;
    store.set(KEY, bytes).await.map_err(|error| broken(&error))?;
    Ok(stored_json(200, rendered.body))
}
