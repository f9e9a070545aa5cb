//! The reconciliation tick: messages of which nobody knows whether the operator took them are asked
//! for under their own ids, and never sent again on a guess.

use std::collections::BTreeMap;

use domain::hours::window_at;
use domain::tariffs::Channel;
use edge::{Answer, Call, Connection, DEFAULT_LABEL, Problem, Result, instant, json};
use futures::{StreamExt, stream};
use operators::{Operator, Question, State};
use serde::Serialize;
use store::SpinDatabase;
use store::cell::{Cell, HandOver, Settlement, UnknownMessage};

use crate::hand_over::LEASE_MS;
use crate::network::{exchange, text_operator};

/// Messages that one tick asks about.
const ASK_MESSAGES_MAX: usize = 1_000;
/// An operator that does not say is asked again after this.
const ASK_AGAIN_MS: i64 = 60_000;

#[derive(Default, Serialize)]
struct Reconciled {
    asked: i64,
    handed_over: i64,
    requeued: i64,
    still_unknown: i64,
}

/// `POST /internal/ticks/reconcile`
pub async fn post(call: Call) -> Result<Answer> {
    call.check_tick_token().await?;
    let now = call.now().await?;
    let db = Connection::open(DEFAULT_LABEL).await?;
    let cell = Cell::new(&*db);
    let mut reconciled = Reconciled::default();
    let Some(operator) = text_operator(&call).await? else { return json(200, &reconciled) };
    cell.recover_expired_leases(now).await?;
    let mut by_lease: BTreeMap<(String, String), Vec<UnknownMessage>> = BTreeMap::new();
    for message in cell.unknown_due(ASK_MESSAGES_MAX, now).await? {
        // While the lease lasts its request may still be on the way: the answer "never heard of it"
        // would not be the last word.
        if message.operator == operator.name() && message.lease_until < now {
            by_lease.entry((message.account.clone(), message.lease.clone())).or_default().push(message);
        }
    }
    for ((account, lease), messages) in by_lease {
        reconciled.asked += messages.len() as i64;
        ask(&call, &cell, operator.as_ref(), &account, &lease, messages, &mut reconciled).await?;
    }
    json(200, &reconciled)
}

async fn ask(
    call: &Call,
    cell: &Cell<'_, SpinDatabase>,
    operator: &dyn Operator,
    account: &str,
    lease: &str,
    messages: Vec<UnknownMessage>,
    reconciled: &mut Reconciled,
) -> Result<()> {
    let master = call.settings.master_key().await?;
    let Some(tenant) = cell.tenant(&master, account).await? else { return Ok(()) };
    let Some(first) = messages.first().cloned() else { return Ok(()) };
    let Some((text_sha256, segments)) = tenant.campaign_text(&first.campaign).await? else { return Ok(()) };
    let mut numbered = Vec::with_capacity(messages.len());
    for message in messages {
        numbered.push((tenant.with_number(message.message).await?, message.lease_until));
    }
    let questions: Vec<Question<'_>> = numbered
        .iter()
        .map(|(message, _)| Question {
            id: &message.message,
            number: message.id.unsigned_abs(),
            reference: None,
            phone: message.phone.as_deref(),
            channel: Channel::Text,
        })
        .collect();
    let states = ask_operator(operator, &questions).await;
    let now = call.now().await?;
    // One settlement for each instant at which the operator says it took messages.
    let mut by_instant: BTreeMap<i64, Vec<_>> = BTreeMap::new();
    for ((message, lease_until), state) in numbered.into_iter().zip(states) {
        let (at, outcome) = match state {
            // Where it does not say since when, it is since the lease began: the request left then.
            State::Taken { reference, at, .. } => {
                (at.unwrap_or(lease_until - LEASE_MS), HandOver::Taken(reference))
            }
            State::NotFound => (now, HandOver::Later(now)),
            State::Unclear => (now, HandOver::Unknown(now + ASK_AGAIN_MS)),
        };
        by_instant.entry(at).or_default().push((message, outcome));
    }
    for (at, outcomes) in by_instant {
        let settlement = Settlement {
            lease,
            campaign: &first.campaign,
            text_sha256: &text_sha256,
            segments,
            operator: operator.name(),
            operator_price: first.operator_price,
            service_price: first.service_price,
            at,
            verdict: &window_at(instant(at)?),
            outcomes,
        };
        let settled = tenant.settle(&settlement, now).await?;
        reconciled.handed_over += settled.handed_over;
        reconciled.requeued += settled.requeued;
        reconciled.still_unknown += settled.unknown;
    }
    tenant.served(&first.campaign, now).await?;
    Ok(())
}

/// As many questions at once as the operator bears. What it cannot be asked stays unclear, and is put
/// off with the rest, so that it never stands in the way of messages that can be asked about.
async fn ask_operator(operator: &dyn Operator, questions: &[Question<'_>]) -> Vec<State> {
    let capability = operator.capability();
    let batches = questions.chunks(capability.asked.by_our_id.max(1)).map(async |batch| {
        match operator.ask_states(batch) {
            Some(Ok(request)) => operator.read_states(batch, &exchange(request).await),
            Some(Err(error)) => {
                let _ = Problem::internal("a question to an operator", &error);
                vec![State::Unclear; batch.len()]
            }
            None => vec![State::Unclear; batch.len()],
        }
    });
    let states: Vec<Vec<State>> =
        stream::iter(batches).buffered(capability.parallel_max.max(1)).collect().await;
    states.into_iter().flatten().collect()
}
