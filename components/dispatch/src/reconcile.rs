//! The reconciliation tick: messages of which nobody knows whether the operator took them are asked
//! for under their own ids, and never sent again on a guess.

use std::collections::BTreeMap;

use domain::hours::window_at;
use edge::{Answer, Call, Connection, DEFAULT_LABEL, Result, instant, json};
use operators::{Operator, State};
use serde::Serialize;
use store::SpinDatabase;
use store::cell::{Cell, HandOver, Settlement, UnknownMessage};

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
    let ids: Vec<&str> = messages.iter().map(|message| message.message.message.as_str()).collect();
    let Some(request) = operator.ask_states(&ids) else { return Ok(()) };
    let states = operator.read_states(&ids, &exchange(request).await?);
    let now = call.now().await?;
    // One settlement for each instant at which the operator says it took messages.
    let mut by_instant: BTreeMap<i64, Vec<_>> = BTreeMap::new();
    for (message, state) in messages.into_iter().zip(states) {
        let (at, outcome) = match state {
            State::Taken { reference, at } => (at, HandOver::Taken(reference)),
            State::NotFound => (now, HandOver::Later(now)),
            State::Unclear => (now, HandOver::Unknown(now + ASK_AGAIN_MS)),
        };
        let message = tenant.with_number(message.message).await?;
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
