//! Asks operators for the last words of which they only gave notice (R85, R89).

use domain::tariffs::Channel;
use edge::{Problem, Result, exchange, read_calendars};
use operators::{ANSWER_MAX, Operator, Question, State};
use store::cell::{Job, Next, ReportedMessage, ResultQuestion, StatusReport};
use store::{DbError, SpinDatabase};

use crate::bench::Bench;

/// Questions that are looked at in one step; those to one operator leave in one request, as many as it takes.
const ASK_MAX: usize = 100;
/// An operator that has no last word yet is asked again after this.
const ASK_AGAIN_MS: i64 = 300_000;

/// One step: one request to one operator.
pub async fn step(bench: &Bench<'_>, job: &Job, now: i64) -> Result<Option<Next>> {
    let due = bench.cell.result_questions(ASK_MAX, now).await?;
    let asked: Vec<ResultQuestion> = match due.first() {
        Some(first) => {
            let operator = set_up(bench, &first.operator).await?;
            let mut batch = due.clone();
            batch.retain(|question| question.operator == first.operator);
            batch.truncate(operator.capability().asked.by_reference.max(1));
            let states = ask(operator.as_ref(), &batch).await;
            take(bench, operator.name(), &batch, states).await?;
            batch
        }
        None => Vec::new(),
    };
    let messages: Vec<String> = asked.into_iter().map(|question| question.message).collect();
    let note = async |db: &SpinDatabase| bench.cell.results_asked(db, &messages, now + ASK_AGAIN_MS).await;
    Ok(bench.cell.commit_step::<DbError>(job, bench.clock, note).await?)
}

async fn set_up(bench: &Bench<'_>, name: &str) -> Result<Box<dyn Operator>> {
    let settings = bench.call.settings;
    let given = settings.operator_variables(operators::variable_names(name)).await?;
    operators::set_up(name, &given).map_err(|error| Problem::internal("an operator", &error))
}

async fn ask(operator: &dyn Operator, batch: &[ResultQuestion]) -> Vec<State> {
    let questions: Vec<Question<'_>> = batch.iter().map(question).collect();
    let Some(Ok(request)) = operator.ask_states(&questions) else { return Vec::new() };
    operator.read_states(&questions, &exchange(request, ANSWER_MAX).await)
}

fn question(asked: &ResultQuestion) -> Question<'_> {
    Question {
        id: &asked.message,
        row: asked.id.unsigned_abs(),
        reference: Some(&asked.reference),
        phone: None,
        channel: Channel::Text,
    }
}

/// Writes down what was said. What is said twice changes nothing, so a step may be done again; and what is wrong with
/// one message keeps no other from its result: it is kept for later, or asked about again.
async fn take(bench: &Bench<'_>, operator: &str, asked: &[ResultQuestion], states: Vec<State>) -> Result<()> {
    let calendars = read_calendars()?;
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
        let now = bench.call.now().await?;
        if let Err(error) = bench.cell.take_status(&calendars, operator, &report, now).await {
            eprintln!("jobs: the result of {} is asked for again: {error}", question.message);
        }
    }
    Ok(())
}
