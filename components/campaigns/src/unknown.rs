//! The owner's decision about messages of which nobody can say whether they were sent (R48, R85, R87).

use api::campaigns::{DecideUnknown, DecidedUnknown, UnknownDecision};
use api::ids::CampaignId;
use edge::{Answer, Call, Result, json};

/// `POST /v1/campaigns/{campaign}/unknown`
pub async fn decide(mut call: Call, campaign: CampaignId) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: DecideUnknown = call.json().await?;
    let (tenant, decision) = match form.decision {
        UnknownDecision::SendAgain => {
            (caller.working_tenant().await?, store::cell::UnknownDecision::SendAgain)
        }
        UnknownDecision::Leave => (caller.tenant().await?, store::cell::UnknownDecision::Leave),
    };
    let messages = tenant.decide_unknown(&caller.act, &campaign, decision).await?;
    json(200, &DecidedUnknown { decision: form.decision, messages })
}
