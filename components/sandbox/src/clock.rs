//! The product's clock, shifted for trying things out at any hour.

use api::sandbox::{Clock, ShiftClock};
use edge::{Answer, Call, Code, Connection, Problem, Result, Time, json};
use store::directory::Directory;

/// About a hundred years: enough for every term, and nothing overflows.
const SHIFT_SECONDS_MAX: i64 = 100 * 366 * 86_400;

/// `GET /sandbox/clock`
pub async fn get(call: Call) -> Result<Answer> {
    let db = Connection::directory().await?;
    let shift_seconds = Directory::new(&*db).clock_shift_seconds().await?;
    json(200, &Clock { now: Time::of(call.now().await?), shift_seconds })
}

/// `PUT /sandbox/clock`
pub async fn put(mut call: Call) -> Result<Answer> {
    let form: ShiftClock = call.json().await?;
    if form.shift_seconds.abs() > SHIFT_SECONDS_MAX {
        return Err(Problem::field(Code::InvalidField, "shift_seconds"));
    }
    let db = Connection::directory().await?;
    Directory::new(&*db).set_clock_shift_seconds(form.shift_seconds).await?;
    json(200, &Clock { now: Time::of(call.now().await?), shift_seconds: form.shift_seconds })
}
