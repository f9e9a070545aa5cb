//! Recordings: uploaded, listed, shown, deleted (R71, R74).

use domain::audio::FILE_BYTES_MAX;
use domain::campaign::LABEL_CHARACTERS_MAX;
use domain::documents::sha256_hex;
use domain::ids::IdKind;
use edge::{Answer, Call, ListOf, PageQuery, Problem, Result, format_time, json, no_content};
use serde::Serialize;
use store::cell::{Audio, NewAudio};

use crate::recording::inspect;

/// What programs call the two formats. Which of the two a file is its content says.
const CONTENT_TYPES: [&str; 11] = [
    "audio/wav",
    "audio/x-wav",
    "audio/wave",
    "audio/vnd.wave",
    "audio/x-pn-wav",
    "audio/mpeg",
    "audio/mp3",
    "audio/x-mp3",
    "audio/x-mpeg",
    "audio/mpeg3",
    "audio/x-mpeg-3",
];

/// A recording as its owner sees it.
#[derive(Serialize)]
struct AudioView {
    id: String,
    name: String,
    format: &'static str,
    bytes: usize,
    duration_ms: u32,
    sha256: String,
    created_at: String,
}

impl From<Audio> for AudioView {
    fn from(audio: Audio) -> Self {
        Self {
            id: audio.audio,
            name: audio.name,
            format: audio.format.as_str(),
            bytes: audio.bytes,
            duration_ms: audio.duration_ms,
            sha256: audio.sha256,
            created_at: format_time(audio.created_at),
        }
    }
}

/// `POST /v1/audio?name=…`
pub async fn create(mut call: Call) -> Result<Answer> {
    let caller = call.caller_before_body().await?;
    if !CONTENT_TYPES.contains(&call.media_type().as_str()) {
        return Err(Problem::new("unsupported_media_type"));
    }
    let name = call.query("name").ok_or_else(|| Problem::field("missing_field", "name"))?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LABEL_CHARACTERS_MAX {
        return Err(Problem::field("invalid_field", "name"));
    }
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
    json(201, &AudioView::from(audio))
}

/// `GET /v1/audio`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let audios = caller.tenant().await?.audios(page.id(IdKind::Audio)?, page.limit).await?;
    json(200, &ListOf::of(audios, AudioView::from))
}

/// `GET /v1/audio/:id`
pub async fn get(call: Call, audio: &str) -> Result<Answer> {
    let caller = call.caller().await?;
    let audio = caller.tenant().await?.audio(audio).await?.ok_or_else(Problem::not_found)?;
    json(200, &AudioView::from(audio))
}

/// `DELETE /v1/audio/:id`
pub async fn delete(call: Call, audio: &str) -> Result<Answer> {
    let caller = call.caller().await?;
    caller.tenant().await?.delete_audio(&caller.act, audio).await?;
    Ok(no_content())
}
