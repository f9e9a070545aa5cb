//! What networks said of numbers.

use api::Time;
use api::number_lookups::{AnswerSource, NumberAnswer};
use store::cell::LookedUpNumber;

/// What was said of a number, as an operator's word.
pub fn number_answer(said: LookedUpNumber) -> NumberAnswer {
    let answer = said.answer;
    NumberAnswer {
        status: answer.status,
        error: answer.error,
        mcc: answer.mcc,
        mnc: answer.mnc,
        country: answer.country,
        network: answer.network,
        roaming_country: answer.roaming_country,
        roaming_network: answer.roaming_network,
        source: AnswerSource::Operator,
        operator: said.operator,
        answered_at: Time::of(answer.at.unwrap_or(said.delivered_at)),
    }
}
