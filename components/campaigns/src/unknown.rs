//! The owner's decision about messages of which nobody can say whether they were sent (R48, R85, R87).

use edge::{Answer, Call, Result, json};
use serde::{Deserialize, Serialize};
use store::cell::UnknownDecision;

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Decision {
    SendAgain,
    Leave,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    decision: Decision,
}

#[derive(Serialize)]
struct Decided {
    decision: &'static str,
    messages: i64,
}

/// `POST /v1/campaigns/:id/unknown`
pub async fn decide(mut call: Call, campaign: &str) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: Form = call.json().await?;
    let (tenant, decision) = match form.decision {
        Decision::SendAgain => (caller.working_tenant().await?, UnknownDecision::SendAgain),
        Decision::Leave => (caller.tenant().await?, UnknownDecision::Leave),
    };
    let messages = tenant.decide_unknown(&caller.act, campaign, decision).await?;
    json(200, &Decided { decision: decision.as_str(), messages })
}
