//! Recordings that calls play.

use domain::audio::{AudioFormat, FILE_BYTES_MAX};
use serde::{Deserialize, Serialize};

use crate::ids::AudioId;
use crate::operation::{Answer, Body, Component, Operation, Parameter, Who};
use crate::page::{IDEMPOTENCY_KEY, PAGE};
use crate::schema::Schema;
use crate::{Code, Page, Time};

/// What programs call the two formats. Which of the two a file is its content says.
pub const MEDIA_TYPES: &[&str] = &[
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
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Audio {
    /// The recording.
    pub id: AudioId,
    /// What its owner calls it.
    pub name: String,
    /// What it is.
    pub format: AudioFormat,
    /// How large.
    pub bytes: usize,
    /// How long; of an MP3 with the silence that encoders add at both ends.
    pub duration_ms: u32,
    /// Of its bytes, in hexadecimal.
    pub sha256: String,
    /// When it came.
    pub created_at: Time,
}

const AUDIO: Parameter = Parameter::path("audio", Schema::of::<AudioId>(), "The recording.");
const RANGE: Parameter = Parameter::header("range", Schema::TEXT, "One range, `bytes=…`.");
const SOUND: &[Answer] = &[
    Answer::of(200, "audio/*", Schema::TEXT, "The file as it came."),
    Answer::of(206, "audio/*", Schema::TEXT, "One range of it.").with(&[Parameter::header(
        "content-range",
        Schema::TEXT,
        "Which range it is.",
    )]),
];

/// `POST /v1/audio`
pub const CREATE: Operation = Operation {
    id: "upload_audio",
    path: "/v1/audio",
    component: Component::Audio,
    who: Who::SessionOrKey,
    summary: "Keeps a recording: whole WAV (PCM of 8, 16 or 24 bits, A-law, µ-law) or MP3 (layer III), one or two \
              channels, 8 to 48 kHz, a second to a minute long; at most 50 at once.",
    rules: &[71, 74, 78],
    parameters: &[
        Parameter::query("name", Schema::TEXT, "What its owner calls it, 1 to 120 characters.").required(),
        IDEMPOTENCY_KEY,
    ],
    body: Some(Body {
        media_types: MEDIA_TYPES,
        schema: Schema::TEXT,
        bytes_max: FILE_BYTES_MAX as u64,
        required: true,
        streamed: true,
    }),
    answers: &[Answer::json(201, Schema::of::<Audio>(), "The recording.")],
    codes: &[
        Code::MissingField,
        Code::AudioFormatUnsupported,
        Code::AudioMalformed,
        Code::AudioDurationOutOfBounds,
        Code::TooManyRecordings,
        Code::StorageLimitUntilPayment,
        Code::IdempotencyKeyReused,
    ],
    ..Operation::POST
};

/// `GET /v1/audio`
pub const LIST: Operation = Operation {
    id: "list_audio",
    path: "/v1/audio",
    component: Component::Audio,
    who: Who::SessionOrKey,
    summary: "The account's recordings.",
    rules: &[71],
    parameters: PAGE,
    answers: &[Answer::json(200, Schema::of::<Page<Audio>>(), "A page of them.")],
    ..Operation::GET
};

/// `GET /v1/audio/{audio}`
pub const GET: Operation = Operation {
    id: "get_audio",
    path: "/v1/audio/{audio}",
    component: Component::Audio,
    who: Who::SessionOrKey,
    summary: "One recording.",
    rules: &[71],
    parameters: &[AUDIO],
    answers: &[Answer::json(200, Schema::of::<Audio>(), "The recording.")],
    ..Operation::GET
};

/// `DELETE /v1/audio/{audio}`
pub const DELETE: Operation = Operation {
    id: "delete_audio",
    path: "/v1/audio/{audio}",
    component: Component::Audio,
    who: Who::SessionOrKey,
    summary: "Deletes one, unless a campaign that is not over plays it or an operator still has a call with it.",
    rules: &[71, 74],
    parameters: &[AUDIO],
    answers: &[Answer::empty("It is gone.")],
    codes: &[Code::AudioInUse],
    ..Operation::DELETE
};

/// `GET /v1/audio/{audio}/file`
pub const FILE: Operation = Operation {
    id: "play_audio",
    path: "/v1/audio/{audio}/file",
    component: Component::Audio,
    who: Who::SessionOrKey,
    summary: "The sound, whole or one range of it.",
    rules: &[71],
    parameters: &[AUDIO, RANGE],
    answers: SOUND,
    ..Operation::GET
};

/// `GET /audio/{audio}/{expires}/{token}`
pub const LINK: Operation = Operation {
    id: "fetch_audio",
    path: "/audio/{audio}/{expires}/{token}",
    component: Component::Audio,
    who: Who::Link,
    summary: "The sound for an operator who makes a call: the link is open for 24 hours. Whatever is wrong with it, \
              nothing is there.",
    rules: &[71, 74],
    parameters: &[
        AUDIO,
        Parameter::path("expires", Schema::TEXT, "Until when it is open, in Unix seconds."),
        Parameter::path("token", Schema::TEXT, "A keyed hash of the id and the expiry."),
        RANGE,
    ],
    answers: SOUND,
    ..Operation::GET
};

crate::listed![CREATE, LIST, GET, DELETE, FILE, LINK];
