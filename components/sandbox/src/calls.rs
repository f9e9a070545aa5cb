//! The stand-in operator's voice: takes a call, fetches its recording by the link as a real one would, and makes
//! up how the call ends. It keeps the id and the fate, no number and no sound.

use std::time::Duration;

use api::sandbox::{HandedCall, Taken, TakenMessage};
use domain::voice::CallResult;
use edge::{Answer, Call, Connection, Result, exchange, json};
use http::Request;
use operators::Exchange;
use store::directory::{Directory, SandboxMessage};

use crate::operator::{last_digits, reference};

/// How long it waits for a recording.
const FETCH_MAX: Duration = Duration::from_secs(10);

/// What becomes of a call: of a hundred, 60 are answered, and so on. As with texts, the fate hangs on the id. A
/// recording that cannot be fetched makes no call.
fn fate(id: &str, fetched: bool) -> CallResult {
    match last_digits(id) % 100 {
        _ if !fetched => CallResult::Failed,
        0..60 => CallResult::Answered,
        60..75 => CallResult::NoAnswer,
        75..85 => CallResult::Busy,
        85..95 => CallResult::Machine,
        _ => CallResult::Failed,
    }
}

/// `POST /sandbox/operator/calls`
pub async fn take(mut call: Call) -> Result<Answer> {
    let body: HandedCall = call.json().await?;
    let fetched = fetches(&body.audio_url).await?;
    let now = call.now().await?;
    let fate = fate(&body.id, fetched).as_str();
    let message = SandboxMessage { message: body.id.clone(), fate, expires_at: body.expires_at };
    let db = Connection::directory().await?;
    Directory::new(&*db).sandbox_take(&[message], now).await?;
    let expires_at = Some(body.expires_at);
    let taken = TakenMessage { reference: reference(&body.id), id: body.id, at: now, expires_at };
    json(200, &Taken { taken: vec![taken] })
}

/// Whether there is a recording behind a link: its first bytes say so.
async fn fetches(audio_url: &str) -> Result<bool> {
    let request = Request::get(audio_url).header("range", "bytes=0-3").body(Vec::new());
    // What is no address leads to no recording.
    let Ok(request) = request else { return Ok(false) };
    Ok(match exchange(request, FETCH_MAX).await {
        Exchange::Answered { status: 206, body } => {
            body == b"RIFF" || body.starts_with(b"ID3") || body.starts_with(b"\xff")
        }
        _ => false,
    })
}
