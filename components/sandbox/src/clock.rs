//! The product's clock, shifted for trying things out at any hour.

use edge::{Answer, Call, Connection, Problem, Result, format_time, json};
use serde::{Deserialize, Serialize};
use store::directory::Directory;

/// About a hundred years: enough for every term, and nothing overflows.
const SHIFT_SECONDS_MAX: i64 = 100 * 366 * 86_400;

#[derive(Serialize)]
struct Clock {
    now: String,
    shift_seconds: i64,
}

/// `GET /sandbox/clock`
pub async fn get(call: Call) -> Result<Answer> {
    call.check_tick_token().await?;
    let db = Connection::directory().await?;
    let shift_seconds = Directory::new(&*db).clock_shift_seconds().await?;
    json(200, &Clock { now: format_time(call.now().await?), shift_seconds })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shift {
    shift_seconds: i64,
}

/// `PUT /sandbox/clock`
pub async fn put(mut call: Call) -> Result<Answer> {
    call.check_tick_token().await?;
    let form: Shift = call.json().await?;
    if form.shift_seconds.abs() > SHIFT_SECONDS_MAX {
        return Err(Problem::field("invalid_field", "shift_seconds"));
    }
    let db = Connection::directory().await?;
    Directory::new(&*db).set_clock_shift_seconds(form.shift_seconds).await?;
    json(200, &Clock { now: format_time(call.now().await?), shift_seconds: form.shift_seconds })
}
