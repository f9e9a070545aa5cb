//! Questions about numbers (HLR): given through `/sys/send.php` with `hlr=1`, and read through `/sys/status.php`, which says
//! beside a status of whom the network is. Its ids are parted from those of messages, since it may know one phone by both.

use domain::cell_name::CellName;
use domain::message::Reason;
use domain::number_lookup::{LookupAnswer, SubscriberStatus};

use super::{
    FIRST_LOOKUPS, OTHER_CELLS, OTHERS_LOOKUPS, OTHERS_ROW_BITS, Smsc, number_in, object, read_send,
};
use crate::wire::{digits, integer, text};
use crate::{
    Exchange, LookupOperator, NumberQuestion, OperatorRequest, QuestionState, RequestError, Verdict,
};

/// The longest name of a network that is kept, in characters.
const NETWORK_CHARACTERS_MAX: usize = 100;

/// The number under which it knows a question about a number, by the question's row.
pub(super) fn number_of_question(row: u64) -> Option<u64> {
    let row = i64::try_from(row).ok().filter(|row| *row > 0)?;
    let cell = CellName::of_row(row)?;
    let in_cell = (row - cell.rows_begin()).unsigned_abs();
    if cell == CellName::FIRST {
        return (in_cell < FIRST_LOOKUPS).then_some(OTHER_CELLS - FIRST_LOOKUPS + in_cell);
    }
    let behind = (1 << OTHERS_ROW_BITS) - OTHERS_LOOKUPS;
    (1..OTHERS_LOOKUPS).contains(&in_cell).then(|| number_in(cell, behind + in_cell))
}

impl LookupOperator for Smsc {
    /// From fifteen at once on it refuses, and texts leave meanwhile.
    fn parallel_max(&self) -> usize {
        4
    }

    fn give(&self, question: &NumberQuestion<'_>) -> Result<OperatorRequest, RequestError> {
        self.send(number_of_question(question.row), question.phone, self.form().field("hlr", "1"))
    }

    fn read_given(&self, exchange: &Exchange) -> Verdict {
        read_send(exchange)
    }

    fn ask(&self, question: &NumberQuestion<'_>) -> Result<OperatorRequest, RequestError> {
        let number = number_of_question(question.row);
        let number = number.ok_or(RequestError::Unfit(Reason::OperatorIdsExhausted))?;
        let form = self.form().field("phone", digits(question.phone));
        let form = form.field("id", number.to_string()).field("all", "1");
        form.post(&format!("{}/sys/status.php", self.base_url), None)
    }

    fn read_answer(&self, question: &NumberQuestion<'_>, exchange: &Exchange) -> QuestionState {
        match exchange {
            Exchange::Answered { status: 200, body } => read_look_up(question, body),
            _ => QuestionState::Unclear,
        }
    }
}

fn read_look_up(question: &NumberQuestion<'_>, body: &[u8]) -> QuestionState {
    let Some(answer) = object(body).filter(|answer| !answer.contains_key("error_code")) else {
        return QuestionState::Unclear;
    };
    let number = |name: &str| answer.get(name).and_then(integer);
    let own = number_of_question(question.row);
    if number("id").is_some_and(|id| u64::try_from(id).ok() != own) {
        return QuestionState::Unclear;
    }
    let error = number("err").filter(|error| *error != 0);
    let status = match (number("status"), error) {
        (None, _) => return QuestionState::Unclear,
        (Some(-3), _) => return QuestionState::NotFound,
        (Some(-2..=0), _) => return QuestionState::Underway,
        (Some(1 | 2), _) => SubscriberStatus::Reachable,
        (Some(20), Some(1)) => SubscriberStatus::NoSubscriber,
        (Some(20), Some(6)) => SubscriberStatus::Absent,
        (Some(20), Some(13)) => SubscriberStatus::Barred,
        (Some(20), Some(11 | 21)) => SubscriberStatus::NoTexts,
        // Codes from 200 on are its own: no network said anything.
        (Some(20), Some(2..=199)) => SubscriberStatus::Unreachable,
        (Some(3 | 20 | 22..=25), _) => return QuestionState::Failed,
        (Some(4..), _) => return QuestionState::Underway,
        (Some(_), _) => return QuestionState::Unclear,
    };
    let said = |name: &str| {
        let text = answer.get(name).and_then(text)?;
        let text: String = text.trim().chars().take(NETWORK_CHARACTERS_MAX).collect();
        (!text.is_empty()).then_some(text)
    };
    let code =
        |name: &str| number(name).and_then(|code| u16::try_from(code).ok()).filter(|code| *code < 1_000);
    QuestionState::Answered(LookupAnswer {
        status,
        error,
        mcc: code("mcc").filter(|mcc| *mcc > 0),
        mnc: code("mnc"),
        country: said("cn"),
        network: said("net"),
        roaming_country: said("rcn"),
        roaming_network: said("rnet"),
        at: number("last_timestamp").filter(|at| *at > 0).and_then(|at| at.checked_mul(1_000)),
    })
}
