//! The product's clock: the host's, shifted only while the sandbox is on.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};
use store::DatabaseClock;
use store::directory::Directory;

use crate::databases::Connection;
use crate::settings::Settings;
use crate::{Problem, Result};

/// Unix milliseconds by the product's clock.
pub(crate) async fn now(settings: Settings) -> Result<i64> {
    let shift_ms = shift_ms(settings).await?;
    // Read last: the statement may have waited for a busy database, and the hours are judged by this.
    Ok(host()? + shift_ms)
}

/// What leases and the questions about them are timed by.
pub(crate) async fn database_clock(settings: Settings) -> Result<DatabaseClock> {
    Ok(DatabaseClock { shift_ms: shift_ms(settings).await? })
}

async fn shift_ms(settings: Settings) -> Result<i64> {
    if !settings.sandbox_on().await? {
        return Ok(0);
    }
    let shift = settings.get("clock_shift_seconds").await?;
    let fixed: i64 =
        shift.trim().parse().map_err(|error| Problem::internal("clock_shift_seconds", &error))?;
    let db = Connection::directory().await?;
    let moved = Directory::new(&*db).clock_shift_seconds().await?;
    Ok((fixed + moved) * 1000)
}

fn host() -> Result<i64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let host = since.map_err(|error| Problem::internal("clock", &error))?.as_millis();
    i64::try_from(host).map_err(|error| Problem::internal("clock", &error))
}

/// The instant of Unix milliseconds.
pub fn instant(unix_ms: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_millis(unix_ms).ok_or_else(|| Problem::internal("a stored time", &unix_ms))
}
