//! Checkpoints: the log's size and root, signed; and proofs that it only ever grew (R91).

use api::proof::Consistency;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::cell_name::CellName;
use edge::{Answer, Call, Code, Deployment, Problem, Result, json, text};
use store::SpinDatabase;
use store::cell::Cell;

/// The cell whose log is asked for: `?cell=cell2`, or else that of the account that asks, or the first.
async fn asked<'d>(call: &Call, deployment: &'d Deployment) -> Result<Cell<'d, SpinDatabase>> {
    let Some(label) = call.query("cell") else {
        if deployment.cells().count() == 1 {
            return deployment.cell(CellName::FIRST).await;
        }
        return match call.caller_before_body().await {
            Ok(caller) => deployment.cell_labelled(&caller.bearer.cell).await,
            // The log is public: whoever is nobody, or nobody any more, is shown one too.
            Err(problem) if problem.code() == Code::Unauthenticated => deployment.cell(CellName::FIRST).await,
            Err(problem) => Err(problem),
        };
    };
    let name = CellName::parse(&label).filter(|name| deployment.cells().any(|cell| cell == *name));
    deployment.cell(name.ok_or_else(|| Problem::field(Code::InvalidField, "cell"))?).await
}

/// `GET /v1/log/checkpoint`: the newest that the worker kept. Anybody may ask, as often as they like: nothing is
/// added up or signed for it, but for the very first.
pub async fn checkpoint(call: Call) -> Result<Answer> {
    let deployment = call.deployment().await?;
    Ok(text(200, asked(&call, &deployment).await?.checkpoint(deployment.now()).await?))
}

/// `GET /v1/log/key`
pub async fn key(call: Call) -> Result<Answer> {
    let deployment = call.deployment().await?;
    Ok(text(200, asked(&call, &deployment).await?.signing_key()?.verifier_key()))
}

/// `GET /v1/log/consistency`
pub async fn consistency(call: Call) -> Result<Answer> {
    let number = |name: &str| {
        let number = call.query(name).and_then(|text| text.parse::<u64>().ok());
        number.ok_or_else(|| Problem::field(Code::InvalidField, name))
    };
    let (from, to) = (number("from")?, number("to")?);
    let deployment = call.deployment().await?;
    let reader = asked(&call, &deployment).await?.log();
    if from == 0 || from > to || to > reader.size().await? {
        return Err(Problem::field(Code::InvalidField, "to"));
    }
    let proof = reader.consistency(from, to).await?;
    json(200, &Consistency { from, to, proof: proof.iter().map(|hash| STANDARD.encode(hash)).collect() })
}
