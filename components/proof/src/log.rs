//! Checkpoints: the log's size and root, signed; and proofs that it only ever grew (R91).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use edge::{Answer, Call, Connection, DEFAULT_LABEL, Problem, Result, json, text};
use evidence::{Checkpoint, SigningKey};
use serde::Serialize;
use store::SpinDatabase;
use store::log::{CELL_LOG, LogReader};

/// The key that signs checkpoints: the deployment's own, made from its master key.
pub async fn signing_key(call: &Call) -> Result<SigningKey> {
    let master = call.settings.master_key().await?;
    Ok(SigningKey::from_seed(CELL_LOG, master.service_key("checkpoint signing")?))
}

/// The log as it is now, signed.
pub async fn sign(call: &Call, reader: &LogReader<'_, SpinDatabase>) -> Result<(Checkpoint, String)> {
    let size = reader.size().await?;
    let checkpoint = Checkpoint { origin: CELL_LOG.to_owned(), size, root: reader.root(size).await? };
    let note = checkpoint.sign(&signing_key(call).await?);
    Ok((checkpoint, note))
}

/// `GET /v1/log/checkpoint`: the newest that the tick kept. Anybody may ask, as often as they like: nothing is
/// added up or signed for it, but for the very first.
pub async fn checkpoint(call: Call) -> Result<Answer> {
    let db = Connection::open(DEFAULT_LABEL).await?;
    let reader = LogReader::new(&*db, CELL_LOG);
    if let Some(note) = reader.kept_checkpoint().await? {
        return Ok(text(200, note));
    }
    let (checkpoint, note) = sign(&call, &reader).await?;
    reader.keep_checkpoint(checkpoint.size, call.now().await?, &note).await?;
    Ok(text(200, note))
}

/// `GET /v1/log/key`
pub async fn key(call: Call) -> Result<Answer> {
    Ok(text(200, signing_key(&call).await?.verifier_key()))
}

#[derive(Serialize)]
struct Consistency {
    from: u64,
    to: u64,
    proof: Vec<String>,
}

/// `GET /v1/log/consistency?from=N&to=M`
pub async fn consistency(call: Call) -> Result<Answer> {
    let number = |name: &str| {
        let number = call.query(name).and_then(|text| text.parse::<u64>().ok());
        number.ok_or_else(|| Problem::field("invalid_field", name))
    };
    let (from, to) = (number("from")?, number("to")?);
    let db = Connection::open(DEFAULT_LABEL).await?;
    let reader = LogReader::new(&*db, CELL_LOG);
    if from == 0 || from > to || to > reader.size().await? {
        return Err(Problem::field("invalid_field", "to"));
    }
    let proof = reader.consistency(from, to).await?;
    json(200, &Consistency { from, to, proof: proof.iter().map(|hash| STANDARD.encode(hash)).collect() })
}

#[derive(Serialize)]
struct Ticked {
    size: u64,
    root: String,
}

/// `POST /internal/ticks/checkpoint`
pub async fn tick(call: Call) -> Result<Answer> {
    call.check_tick_token().await?;
    let db = Connection::open(DEFAULT_LABEL).await?;
    let reader = LogReader::new(&*db, CELL_LOG);
    let (checkpoint, note) = sign(&call, &reader).await?;
    reader.keep_checkpoint(checkpoint.size, call.now().await?, &note).await?;
    json(200, &Ticked { size: checkpoint.size, root: STANDARD.encode(checkpoint.root) })
}
