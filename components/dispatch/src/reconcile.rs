//! The reconciliation tick: messages of which nobody knows whether the operator took them are asked
//! for under their own ids, and never sent again on a guess.

use std::collections::BTreeMap;

use edge::{Answer, Call, Connection, DEFAULT_LABEL, Problem, Result, instant, json, read_calendars};
use futures::{StreamExt, stream};
use operators::{Operator, Question, State};
use serde::Serialize;
use store::SpinDatabase;
use store::cell::{Cell, DeliveryReport, HandOver, Settlement, UnknownMessage};

use crate::carriers::{Carriers, exchange};
use crate::closing::ANSWER_MAX;
use crate::results;

/// Messages that one tick asks about.
const ASK_MESSAGES_MAX: usize = 1_000;
/// Calls without a result that one tick closes.
const CLOSE_CALLS_MAX: usize = 1_000;
/// An operator that does not say is asked again after this.
const ASK_AGAIN_MS: i64 = 60_000;

#[derive(Default, Serialize)]
struct Reconciled {
    asked: i64,
    handed_over: i64,
    requeued: i64,
    still_unknown: i64,
    /// Closed: the operator never said.
    given_up: i64,
    /// Put off: something broke here.
    failed: i64,
    /// Last words that had only been given notice of.
    results: i64,
}

/// `POST /internal/ticks/reconcile`
pub async fn post(call: Call) -> Result<Answer> {
    call.check_tick_token().await?;
    let now = call.now().await?;
    let db = Connection::open(DEFAULT_LABEL).await?;
    let cell = Cell::new(&*db);
    let mut reconciled = Reconciled::default();
    let carriers = Carriers::set_up(&call, &cell).await?;
    let master = call.settings.master_key().await?;
    cell.take_waiting_reports(&master, &*read_calendars()?, ASK_MESSAGES_MAX, now).await?;
    cell.recover_expired_leases(now).await?;
    let mut by_lease: BTreeMap<(String, String), Vec<UnknownMessage>> = BTreeMap::new();
    for message in cell.unknown_due(ASK_MESSAGES_MAX, now).await? {
        // While the lease lasts its request may still be on the way: the answer "never heard of it"
        // would not be the last word.
        if message.lease_until < now {
            by_lease.entry((message.account.clone(), message.lease.clone())).or_default().push(message);
        }
    }
    for ((account, lease), messages) in by_lease {
        reconciled.asked += messages.len() as i64;
        // What is wrong with one account's messages must not keep all others waiting.
        let asked = ask(&call, &cell, &carriers, &account, &lease, &messages, &mut reconciled).await;
        if let Err(problem) = asked {
            eprintln!("reconcile: {} messages of lease {lease} put off: {}", messages.len(), problem.code());
            reconciled.failed += messages.len() as i64;
            cell.ask_later(&messages, now + ASK_AGAIN_MS).await?;
        }
    }
    reconciled.given_up += cell.close_unreported_calls(&master, CLOSE_CALLS_MAX, now).await?;
    reconciled.results = results::ask(&call, &cell, &carriers).await?;
    json(200, &reconciled)
}

async fn ask(
    call: &Call,
    cell: &Cell<'_, SpinDatabase>,
    carriers: &Carriers,
    account: &str,
    lease: &str,
    messages: &[UnknownMessage],
    reconciled: &mut Reconciled,
) -> Result<()> {
    let missing = |what: &str| Problem::internal("reconcile: there is no", &what);
    let master = call.settings.master_key().await?;
    let tenant = cell.tenant(&master, account).await?.ok_or_else(|| missing("account"))?;
    let first = messages.first().ok_or_else(|| missing("message"))?;
    let (content, class) = tenant.sent_content(&first.campaign).await?.ok_or_else(|| missing("campaign"))?;
    let channel = content.volume.channel();
    let mut numbered = Vec::with_capacity(messages.len());
    for message in messages {
        numbered.push(tenant.with_number(message.message.clone()).await?);
    }
    let questions: Vec<Question<'_>> = numbered
        .iter()
        .map(|message| Question {
            id: &message.message,
            number: message.id.unsigned_abs(),
            reference: None,
            phone: message.phone.as_deref(),
            channel,
        })
        .collect();
    let states = states(carriers.named(&first.operator), &questions).await;
    let now = call.now().await?;
    // One settlement for each instant at which the operator says it took messages.
    let mut by_instant: BTreeMap<i64, Vec<_>> = BTreeMap::new();
    let mut last_words = Vec::new();
    for ((message, numbered), state) in messages.iter().zip(numbered).zip(states) {
        if let State::Taken { progress, .. } = &state
            && let Some(result) = progress.delivery()
        {
            let message = numbered.message.clone();
            last_words.push(DeliveryReport { message, result, call: progress.call(), at: now });
        }
        let (at, outcome) = match state {
            // Where it does not say since when, it is since the lease began: the request left then.
            State::Taken { reference, at, .. } => {
                (message.taken_at(at.unwrap_or(i64::MIN), now), HandOver::Taken(reference))
            }
            State::NotFound => (now, HandOver::Later(now)),
            State::Unclear => (now, message.left_open(now, now + ASK_AGAIN_MS)),
        };
        by_instant.entry(at).or_default().push((numbered, outcome));
    }
    for (at, outcomes) in by_instant {
        let agreed = tenant.other_hours(at).await?;
        let verdict = read_calendars()?.judge(instant(at)?, &first.operator, channel, class, &agreed);
        let settlement = Settlement {
            lease,
            campaign: &first.campaign,
            content: &content,
            operator: &first.operator,
            operator_price: first.operator_price,
            service_price: first.service_price,
            charged_on_result: first.charged_on_result,
            at,
            verdict: &verdict,
            outcomes,
        };
        let settled = tenant.settle(&settlement, now).await?;
        reconciled.handed_over += settled.handed_over;
        reconciled.requeued += settled.requeued;
        reconciled.still_unknown += settled.unknown;
        reconciled.given_up += settled.blocked;
    }
    // What it has come to by now is not told again by everybody.
    cell.take_reports(&master, &first.operator, &last_words, now).await?;
    tenant.served(&first.campaign, now).await?;
    Ok(())
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
