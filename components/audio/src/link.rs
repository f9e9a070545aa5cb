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
    let send_abroad = call.settings.get("send_abroad").await?;
    let fetcher = audio_link::open_for(&key, audio, expires, token, now);
    let may_fetch = fetcher.is_some_and(|fetcher| fetcher.may_fetch(&send_abroad));
    if !IdKind::Audio.is_id(audio) || !may_fetch {
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
