//! Recordings by signed link, for operators who make the calls: the only thing here that asks for no account,
//! and it opens one recording for a time and nothing else (R71, R74).

use domain::ids::IdKind;
use edge::{Answer, Call, Connection, DEFAULT_LABEL, Problem, Result};
use operators::audio_link;
use store::cell::Cell;

use crate::file::play;

/// `GET /audio/:id/:expires/:token`. Whatever is wrong, nothing is there: nobody learns what.
pub async fn get(call: Call, audio: &str, expires: &str, token: &str) -> Result<Answer> {
    let key = call.settings.audio_link_key().await?;
    let now = call.now().await?;
    if !IdKind::Audio.is_id(audio) || !audio_link::is_open(&key, audio, expires, token, now) {
        return Err(Problem::not_found());
    }
    let master = call.settings.master_key().await?;
    let db = Connection::open(DEFAULT_LABEL).await?;
    let cell = Cell::new(&*db);
    let owner = cell.owner_of_audio(audio).await?.ok_or_else(Problem::not_found)?;
    let tenant = cell.tenant(&master, &owner).await?.ok_or_else(Problem::not_found)?;
    let audio = tenant.audio(audio).await?.ok_or_else(Problem::not_found)?;
    play(&call, &tenant, &audio).await
}
