//! The reconciliation tick: messages of which nobody knows whether the operator took them are asked
//! for under their own ids, and never sent again on a guess.

use api::ticks::Reconciled;
use std::collections::BTreeMap;

use edge::{Answer, Call, Problem, Result, exchange, instant, json, read_calendars};
use futures::{StreamExt, stream};
use operators::{ANSWER_MAX, Operator, Question, State};
use store::SpinDatabase;
use store::cell::{Cell, DeliveryReport, HandOver, LeasedMessage, PUT_OFF_MS, Settlement, UnknownMessage};

use crate::carriers::Carriers;
use crate::recovery::recover;
use crate::tick::tell;

/// Messages that one tick asks about.
const ASK_MESSAGES_MAX: usize = 1_000;
/// Calls without a result that one tick closes.
const CLOSE_CALLS_MAX: usize = 1_000;
/// An operator that does not say is asked again after this.
const ASK_AGAIN_MS: i64 = 60_000;

/// `POST /internal/ticks/reconcile`
pub async fn post(call: Call) -> Result<Answer> {
    let deployment = call.deployment().await?;
    let carriers = Carriers::set_up(&call, &deployment.directory()).await?;
    let mut reconciled = Reconciled::default();
    let failed = deployment
        .in_each_cell("reconcile", async |cell| reconcile(&call, &cell, &carriers, &mut reconciled).await);
    reconciled.cells_failed = failed.await?;
    json(200, &reconciled)
}

/// The tick of one cell.
async fn reconcile(
    call: &Call,
    cell: &Cell<'_, SpinDatabase>,
    carriers: &Carriers,
    reconciled: &mut Reconciled,
) -> Result<()> {
    let now = call.now().await?;
    let calendars = read_calendars()?;
    tell("a report", cell.take_waiting_reports(&calendars, ASK_MESSAGES_MAX, now).await?);
    recover(call, cell, now).await?;
    // What is asked, and when, is timed by the database's clock: the hosts' own may differ by minutes.
    let asked_at = cell.time(call.database_clock().await?).await?;
    let mut by_lease: BTreeMap<(String, String), Vec<UnknownMessage>> = BTreeMap::new();
    for message in cell.unknown_due(ASK_MESSAGES_MAX, asked_at).await? {
        // While the lease lasts its request may still be on the way: the answer "never heard of it"
        // would not be the last word.
        if message.lease_until < asked_at {
            by_lease.entry((message.account.clone(), message.lease.clone())).or_default().push(message);
        }
    }
    for ((account, lease), messages) in by_lease {
        reconciled.asked += messages.len() as i64;
        // What is wrong with one account's messages must not keep all others waiting.
        let asking = Asking { call, cell, carriers, asked_at };
        let asked = ask(&asking, &account, &lease, &messages, reconciled).await;
        if let Err(problem) = asked {
            eprintln!("reconcile: {} messages of lease {lease} put off: {}", messages.len(), problem.code());
            reconciled.failed += messages.len() as i64;
            if let Err(error) = cell.ask_later(&messages, asked_at + PUT_OFF_MS).await {
                eprintln!("reconcile: lease {lease} not put off: {error}");
            }
        }
    }
    let closed = cell.close_unreported_calls(CLOSE_CALLS_MAX, now).await?;
    reconciled.given_up += closed.count;
    tell("calls", closed);
    Ok(())
}

/// What all questions of a tick share.
struct Asking<'a> {
    call: &'a Call,
    cell: &'a Cell<'a, SpinDatabase>,
    carriers: &'a Carriers,
    /// Before the first of them, by the database's clock. Unix milliseconds.
    asked_at: i64,
}

async fn ask(
    asking: &Asking<'_>,
    account: &str,
    lease: &str,
    messages: &[UnknownMessage],
    reconciled: &mut Reconciled,
) -> Result<()> {
    let Asking { call, cell, carriers, asked_at } = *asking;
    let missing = |what: &str| Problem::internal("reconcile: there is no", &what);
    let tenant = cell.tenant(account).await?.ok_or_else(|| missing("account"))?;
    let first = messages.first().ok_or_else(|| missing("message"))?;
    let (content, class) =
        tenant.sent_content(&first.terms.campaign).await?.ok_or_else(|| missing("campaign"))?;
    let channel = content.volume.channel();
    let mut numbered = Vec::with_capacity(messages.len());
    for message in messages {
        numbered.push(tenant.with_number(message.message.clone()).await?);
    }
    let questions: Vec<Question<'_>> = numbered
        .iter()
        .map(|message| Question {
            id: &message.message,
            row: message.id.unsigned_abs(),
            reference: None,
            phone: message.phone.as_deref(),
            channel,
        })
        .collect();
    let states = states(carriers.named(&first.terms.operator), &questions).await;
    let now = call.now().await?;
    let Said { by_instant, last_words, not_found } =
        sort(messages.iter().zip(numbered).zip(states), asked_at, now);
    let undecided = |(_, outcome): &&(LeasedMessage, HandOver)| *outcome == HandOver::Undecided;
    reconciled.given_up += by_instant.values().flatten().filter(undecided).count() as i64;
    reconciled.still_unknown += not_found.len() as i64;
    cell.not_found(&not_found, call.database_clock().await?, ASK_AGAIN_MS).await?;
    for (at, outcomes) in by_instant {
        let agreed = tenant.other_hours(at).await?;
        let verdict = read_calendars()?.judge(instant(at)?, &first.terms.operator, channel, class, &agreed);
        let settlement =
            Settlement { lease, terms: &first.terms, content: &content, at, verdict: &verdict, outcomes };
        let settled = tenant.settle(&settlement, now).await?;
        reconciled.handed_over += settled.handed_over;
        reconciled.requeued += settled.requeued;
        reconciled.still_unknown += settled.unknown;
        reconciled.given_up += settled.blocked;
    }
    // What it has come to by now is not told again by everybody.
    cell.take_reports(&first.terms.operator, &last_words, now).await?;
    tenant.served(&first.terms.campaign, now).await?;
    Ok(())
}

/// What an operator said of messages.
#[derive(Default)]
struct Said {
    /// One settlement for each instant at which it says it took them.
    by_instant: BTreeMap<i64, Vec<(LeasedMessage, HandOver)>>,
    /// What they have come to by now.
    last_words: Vec<DeliveryReport>,
    /// The rows of those that it does not know, for the first time.
    not_found: Vec<i64>,
}

fn sort<'m>(
    answers: impl Iterator<Item = ((&'m UnknownMessage, LeasedMessage), State)>,
    asked_at: i64,
    now: i64,
) -> Said {
    let mut said = Said::default();
    for ((message, numbered), state) in answers {
        if let State::Taken { progress, .. } = &state
            && let Some(result) = progress.delivery()
        {
            let message = numbered.message.clone();
            said.last_words.push(DeliveryReport { message, result, call: progress.call(), at: now });
        }
        let (at, outcome) = match state {
            // Where it does not say since when, it is since the lease began: the request left then.
            State::Taken { reference, at, .. } => {
                (message.taken_at(at.unwrap_or(i64::MIN), now), HandOver::Taken(reference))
            }
            State::NotFound if message.was_not_found(asked_at, ASK_AGAIN_MS) => (now, HandOver::Later(now)),
            // What was on its way may come after the question: only the second such answer is the last word.
            State::NotFound => {
                said.not_found.push(numbered.id);
                continue;
            }
            State::Unclear => (now, message.left_open(asked_at, asked_at + ASK_AGAIN_MS)),
        };
        said.by_instant.entry(at).or_default().push((numbered, outcome));
    }
    said
}

/// What the operator says, one state a question in their order, as many at once as it bears. One that is
/// not there any more, or cannot be asked, leaves them unclear.
async fn states(operator: Option<&dyn Operator>, questions: &[Question<'_>]) -> Vec<State> {
    let Some(operator) = operator else { return vec![State::Unclear; questions.len()] };
    let capability = operator.capability();
    let batches = questions.chunks(capability.asked.by_our_id.max(1)).map(async |batch| {
        match operator.ask_states(batch) {
            // A question may be asked at any hour.
            Some(Ok(request)) => operator.read_states(batch, &exchange(request, ANSWER_MAX).await),
            Some(Err(error)) => {
                let _logged = Problem::internal("a question to an operator", &error);
                vec![State::Unclear; batch.len()]
            }
            None => vec![State::Unclear; batch.len()],
        }
    });
    let states: Vec<Vec<State>> =
        stream::iter(batches).buffered(capability.parallel_max.max(1)).collect().await;
    states.into_iter().flatten().collect()
}
