//! Checkpoints: the log's size and root, signed; and proofs that it only ever grew (R91).

use api::proof::Consistency;
use api::ticks::KeptCheckpoint;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::cell_name::CellName;
use edge::{Answer, Call, Code, Deployment, Problem, Result, json, text};
use evidence::{Checkpoint, SigningKey};
use store::log::LogReader;
use store::{MasterKey, SpinDatabase};

/// The key that signs the checkpoints of a log: made from the master key, and known under the log's name.
pub fn signing_key(keys: &MasterKey, log: &str) -> Result<SigningKey> {
    Ok(SigningKey::from_seed(log, keys.service_key("checkpoint signing")?))
}

/// The log that is asked for.
async fn asked(deployment: &Deployment) -> Result<LogReader<'_, SpinDatabase>> {
    Ok(deployment.cell(CellName::FIRST).await?.log())
}

/// The log as it is now, signed.
async fn sign(keys: &MasterKey, reader: &LogReader<'_, SpinDatabase>) -> Result<(Checkpoint, String)> {
    let size = reader.size().await?;
    let checkpoint = Checkpoint { origin: reader.name().to_owned(), size, root: reader.root(size).await? };
    let note = checkpoint.sign(&signing_key(keys, reader.name())?);
    Ok((checkpoint, note))
}

/// `GET /v1/log/checkpoint`: the newest that the tick kept. Anybody may ask, as often as they like: nothing is
/// added up or signed for it, but for the very first.
pub async fn checkpoint(call: Call) -> Result<Answer> {
    let deployment = call.deployment().await?;
    let reader = asked(&deployment).await?;
    if let Some(note) = reader.kept_checkpoint().await? {
        return Ok(text(200, note));
    }
    let (checkpoint, note) = sign(deployment.keys(), &reader).await?;
    reader.keep_checkpoint(checkpoint.size, deployment.now(), &note).await?;
    Ok(text(200, note))
}

/// `GET /v1/log/key`
pub async fn key(call: Call) -> Result<Answer> {
    let deployment = call.deployment().await?;
    let key = signing_key(deployment.keys(), asked(&deployment).await?.name())?;
    Ok(text(200, key.verifier_key()))
}

/// `GET /v1/log/consistency`
pub async fn consistency(call: Call) -> Result<Answer> {
    let number = |name: &str| {
        let number = call.query(name).and_then(|text| text.parse::<u64>().ok());
        number.ok_or_else(|| Problem::field(Code::InvalidField, name))
    };
    let (from, to) = (number("from")?, number("to")?);
    let deployment = call.deployment().await?;
    let reader = asked(&deployment).await?;
    if from == 0 || from > to || to > reader.size().await? {
        return Err(Problem::field(Code::InvalidField, "to"));
    }
    let proof = reader.consistency(from, to).await?;
    json(200, &Consistency { from, to, proof: proof.iter().map(|hash| STANDARD.encode(hash)).collect() })
}

/// `POST /internal/ticks/checkpoint`
pub async fn tick(call: Call) -> Result<Answer> {
    let deployment = call.deployment().await?;
    let reader = asked(&deployment).await?;
    let (checkpoint, note) = sign(deployment.keys(), &reader).await?;
    reader.keep_checkpoint(checkpoint.size, deployment.now(), &note).await?;
    json(200, &KeptCheckpoint { size: checkpoint.size, root: STANDARD.encode(checkpoint.root) })
}
