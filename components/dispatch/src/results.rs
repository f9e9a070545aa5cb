//! Asks operators for the last words of which they only gave notice (R85, R89).

use std::collections::BTreeMap;

use domain::tariffs::Channel;
use edge::{Call, Result, read_calendars};
use operators::{Question, State};
use store::SpinDatabase;
use store::cell::{Cell, ReportedMessage, ResultQuestion, StatusReport};

use crate::carriers::{Carriers, exchange};
use crate::closing::ANSWER_MAX;

/// Messages that one tick asks about.
const ASK_MAX: usize = 1_000;
/// An operator that has no last word yet is asked again after this.
const ASK_AGAIN_MS: i64 = 300_000;

/// Asks for what is due; answers how many results came.
pub async fn ask(call: &Call, cell: &Cell<'_, SpinDatabase>, carriers: &Carriers) -> Result<i64> {
    let now = call.now().await?;
    let mut by_operator: BTreeMap<String, Vec<ResultQuestion>> = BTreeMap::new();
    for question in cell.result_questions(ASK_MAX, now).await? {
        by_operator.entry(question.operator.clone()).or_default().push(question);
    }
    let mut results = 0;
    for (operator, messages) in by_operator {
        let Some(operator) = carriers.named(&operator) else { continue };
        for batch in messages.chunks(operator.capability().asked.by_reference.max(1)) {
            let questions: Vec<Question<'_>> = batch.iter().map(question).collect();
            let states = match operator.ask_states(&questions) {
                Some(Ok(request)) => operator.read_states(&questions, &exchange(request, ANSWER_MAX).await),
                _ => Vec::new(),
            };
            results += take(call, cell, operator.name(), batch, states).await?;
        }
        let asked: Vec<String> = messages.into_iter().map(|question| question.message).collect();
        cell.results_asked(&asked, now + ASK_AGAIN_MS).await?;
    }
    Ok(results)
}

fn question(asked: &ResultQuestion) -> Question<'_> {
    Question {
        id: &asked.message,
        number: asked.id.unsigned_abs(),
        reference: Some(&asked.reference),
        phone: None,
        channel: Channel::Text,
    }
}

async fn take(
    call: &Call,
    cell: &Cell<'_, SpinDatabase>,
    operator: &str,
    asked: &[ResultQuestion],
    states: Vec<State>,
) -> Result<i64> {
    let calendars = read_calendars()?;
    let mut taken = 0;
    for (question, state) in asked.iter().zip(states) {
        let State::Taken { progress, .. } = state else { continue };
        let Some(result) = progress.delivery() else { continue };
        let report = StatusReport {
            about: ReportedMessage::Row(question.id),
            result: Some(result),
            call: progress.call(),
            reference: None,
            // What an operator names is the hand-over's instant, not the result's.
            at: None,
        };
        // What is wrong with one message must not keep all others from their results; its question stays.
        match cell.take_status(&calendars, operator, &report, call.now().await?).await {
            Ok(_) => taken += 1,
            Err(error) => eprintln!("reconcile: the result of {} put off: {error}", question.message),
        }
    }
    Ok(taken)
}
