//! Has an operator ask the networks of numbers about them (R95). It reaches nobody's phone, so no hours are kept.

use edge::{Problem, Result, exchange};
use futures::future::join_all;
use operators::{ANSWER_MAX, LookupOperator, NumberQuestion, Operator, QuestionState, Verdict};
use store::DbError;
use store::SpinDatabase;
use store::cell::{self, Given, Job, LookupWork, Next, NumberAtHand, Said};

use crate::bench::Bench;

/// A lease has to last for so long when questions leave under it: for them, their answers and writing them down.
const LASTS_MS: i64 = 45_000;
/// An operator that is not set up is looked for again after this, and an account that is blocked.
const WAIT_MS: i64 = 60_000;

/// One step: some questions, or some answers. An operator that is not set up any more says nothing, and after an hour the
/// look-up is over without it.
pub async fn step(bench: &Bench<'_>, job: &Job, now: i64) -> Result<Option<Next>> {
    let tenant = bench.tenant(job).await?;
    let Some(lookup) = tenant.lookup(&job.subject).await?.filter(is_working) else {
        return Ok(bench.cell.commit_step::<DbError>(job, bench.clock, async |_| Ok(Next::Done)).await?);
    };
    let id = lookup.lookup.as_str();
    let operator = match set_up(bench, &lookup.operator).await {
        Ok(operator) => Some(operator),
        Err(problem) => {
            eprintln!("jobs: {id} waits for {}: {}", lookup.operator, problem.code());
            None
        }
    };
    let asks = operator.as_ref().and_then(|operator| operator.number_lookups());
    let (mut given, mut said) = (Vec::new(), Vec::new());
    let mut is_idle = asks.is_none();
    if let Some(asks) = asks {
        match tenant.lookup_work(id, asks.parallel_max(), now).await? {
            LookupWork::Give(mut numbers) => {
                let note = async |db: &SpinDatabase| tenant.note_leaving(db, id, &numbers, now).await;
                let Some(leaving) =
                    bench.cell.note_before::<_, DbError>(job, bench.clock, LASTS_MS, note).await?
                else {
                    return Ok(None);
                };
                is_idle = leaving.is_empty();
                numbers.retain(|number| leaving.contains(&number.id));
                given = join_all(numbers.iter().map(|number| give(bench, asks, number))).await;
            }
            LookupWork::Ask(numbers) => {
                said = join_all(numbers.into_iter().map(|number| ask(bench, asks, number))).await;
            }
            // What waits does so for an account that is blocked.
            LookupWork::Nothing => is_idle = true,
        }
    }
    let done = async |db: &SpinDatabase| {
        tenant.note_given(db, id, &given, now).await?;
        tenant.note_said(db, &lookup, &said, now).await?;
        match tenant.go_on_with_lookup(db, &lookup, now).await? {
            // What waits for somebody is not looked at all the time.
            Next::At(due_at) if is_idle => Ok(Next::At(due_at.max(now + WAIT_MS))),
            next => Ok(next),
        }
    };
    Ok(bench.cell.commit_step::<DbError>(job, bench.clock, done).await?)
}

fn is_working(lookup: &cell::Lookup) -> bool {
    lookup.state == cell::LookupState::Working
}

async fn set_up(bench: &Bench<'_>, name: &str) -> Result<Box<dyn Operator>> {
    let settings = bench.call.settings;
    let given = settings.operator_variables(operators::variable_names(name)).await?;
    operators::set_up(name, &given).map_err(|error| Problem::internal("an operator", &error))
}

/// The cell's number and the row's together: no other question has it.
fn question<'n>(bench: &Bench<'_>, number: &'n NumberAtHand) -> NumberQuestion<'n> {
    let row = bench.cell.name().rows_begin() + number.id;
    NumberQuestion { row: row.unsigned_abs(), phone: &number.phone }
}

async fn give(bench: &Bench<'_>, asks: &dyn LookupOperator, number: &NumberAtHand) -> (i64, Given) {
    let verdict = match asks.give(&question(bench, number)) {
        Ok(request) => asks.read_given(&exchange(request, ANSWER_MAX).await),
        Err(error) => error.verdict(),
    };
    let given = match verdict {
        Verdict::Taken(_) => Given::Taken,
        Verdict::Refused(_) => Given::Refused,
        Verdict::NotTaken(_) => Given::NotTaken,
        Verdict::Unknown => Given::Unknown,
    };
    (number.id, given)
}

async fn ask(bench: &Bench<'_>, asks: &dyn LookupOperator, number: NumberAtHand) -> (NumberAtHand, Said) {
    let question = question(bench, &number);
    let state = match asks.ask(&question) {
        Ok(request) => asks.read_answer(&question, &exchange(request, ANSWER_MAX).await),
        Err(_) => QuestionState::Failed,
    };
    let said = match state {
        QuestionState::Answered(answer) => Said::Answered(Box::new(answer)),
        QuestionState::Underway => Said::Underway,
        QuestionState::Failed => Said::Failed,
        QuestionState::NotFound => Said::NotFound,
        QuestionState::Unclear => Said::Unclear,
    };
    (number, said)
}
