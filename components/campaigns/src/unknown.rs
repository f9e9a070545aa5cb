//! The owner's decision about messages of which nobody can say whether they were sent (R48, R85, R87).

use api::campaigns::{DecideUnknown, DecidedUnknown};
use api::ids::CampaignId;
use domain::message::UnknownDecision;
use edge::{Answer, Call, Result, json};

/// `POST /v1/campaigns/{campaign}/unknown`
pub async fn decide(mut call: Call, campaign: CampaignId) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: DecideUnknown = call.json().await?;
    let tenant = match form.decision {
        UnknownDecision::SendAgain => caller.working_tenant().await?,
        UnknownDecision::Leave => caller.tenant().await?,
    };
    let messages = tenant.decide_unknown(&caller.act, &campaign, form.decision).await?;
    json(200, &DecidedUnknown { decision: form.decision, messages })
}
