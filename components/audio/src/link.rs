//! Recordings by signed link, for operators who make the calls: the only thing here that asks for no account,
//! and it opens one recording for a time and nothing else (R71, R74).

use api::ids::AudioId;
use domain::ids::IdKind;
use edge::{Answer, Call, Problem, Result};
use operators::audio_link;

use crate::file::play;

/// `GET /audio/{audio}/{expires}/{token}`. Whatever is wrong, nothing is there: nobody learns what.
pub async fn get(call: Call, audio: AudioId, expires: String, token: String) -> Result<Answer> {
    let key = call.settings.audio_link_key().await?;
    let deployment = call.deployment().await?;
    let send_abroad = call.settings.get("send_abroad").await?;
    let fetcher = audio_link::open_for(&key, &audio, &expires, &token, deployment.now());
    let may_fetch = fetcher.is_some_and(|fetcher| fetcher.may_fetch(&send_abroad));
    if !may_fetch {
        return Err(Problem::not_found());
    }
    let found =
        deployment.find(IdKind::cell_of(&audio), async |cell| cell.owner_of_audio(&audio).await).await?;
    let (cell, owner) = found.ok_or_else(Problem::not_found)?;
    let tenant = cell.tenant(&owner).await?.ok_or_else(Problem::not_found)?;
    let audio = tenant.audio(&audio).await?.ok_or_else(Problem::not_found)?;
    play(&call, &tenant, &audio).await
}
