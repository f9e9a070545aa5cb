//! Recordings: uploaded, listed, shown, deleted (R71, R74).

use api::audio::{Audio, MEDIA_TYPES};
use api::ids::AudioId;
use domain::audio::FILE_BYTES_MAX;
use domain::campaign::LABEL_CHARACTERS_MAX;
use domain::documents::sha256_hex;
use domain::ids::IdKind;
use edge::{Answer, Call, Code, PageQuery, Problem, Result, Time, bounded, json, no_content, page_of};
use store::cell::NewAudio;

use crate::recording::inspect;

fn view(audio: store::cell::Audio) -> Audio {
    Audio {
        id: AudioId::stored(audio.audio),
        name: audio.name,
        format: audio.format,
        bytes: audio.bytes,
        duration_ms: audio.duration_ms,
        sha256: audio.sha256,
        created_at: Time::of(audio.created_at),
    }
}

/// `POST /v1/audio`
pub async fn create(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    if !MEDIA_TYPES.contains(&call.media_type().as_str()) {
        return Err(Problem::new(Code::UnsupportedMediaType));
    }
    let name = call.query("name").ok_or_else(|| Problem::field(Code::MissingField, "name"))?;
    let name = bounded(&name, "name", LABEL_CHARACTERS_MAX)?;
    caller.working_tenant().await?;
    // Asked before, so that nobody's recording is not waited for; what counts is who asks when it is here.
    let caller = call.caller_with_body(FILE_BYTES_MAX).await?;
    let tenant = caller.working_tenant().await?;
    let bytes = call.bytes(FILE_BYTES_MAX).await?;
    let repeat = call.repeatable("POST /v1/audio", &bytes)?;
    let recording = inspect(&bytes).map_err(|unfit| Problem::new(unfit.code()))?;
    let new = NewAudio {
        name: name.to_owned(),
        format: recording.format,
        duration_ms: recording.duration_ms,
        sha256: sha256_hex(&bytes),
    };
    let audio = tenant.create_audio(&caller.act, &new, &bytes, repeat.as_ref()).await?;
    json(201, &view(audio))
}

/// `GET /v1/audio`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let audios = caller.tenant().await?.audios(page.id(IdKind::Audio)?, page.limit).await?;
    json(200, &page_of(audios, view))
}

/// `GET /v1/audio/{audio}`
pub async fn get(call: Call, audio: AudioId) -> Result<Answer> {
    let caller = call.caller().await?;
    let audio = caller.tenant().await?.audio(&audio).await?.ok_or_else(Problem::not_found)?;
    json(200, &view(audio))
}

/// `DELETE /v1/audio/{audio}`
pub async fn delete(call: Call, audio: AudioId) -> Result<Answer> {
    let caller = call.caller().await?;
    caller.tenant().await?.delete_audio(&caller.act, &audio).await?;
    Ok(no_content())
}
