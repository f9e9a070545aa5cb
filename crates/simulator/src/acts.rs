//! What clients, the bank, the operator and the schedulers do: each act is one request, and what a
//! bystander learns from its answer.

use std::collections::BTreeSet;

use api::money::Credited;
use api::operators::TakenReports;
use domain::campaign::DeliveryResult;
use domain::cell_name::CellName;
use serde::de::DeserializeOwned;

use crate::notices;
use crate::platform::{Answer, Request};
use crate::stage::Scene;
use crate::world::{Campaign, Seen, World};

/// One act. Accounts, campaigns and payments are named by their places in the world.
#[derive(Debug, Clone)]
pub enum Act {
    /// A scheduler's tick.
    Tick(&'static str),
    /// Somebody keeps the newest checkpoint of a cell's log.
    Checkpoint(CellName),
    /// A notice from the bank; `good` when signature and time are.
    Pay { payment: usize, account: usize, amount: i64, good: bool, request: Request },
    /// An owner lists numbers.
    Blacklist { account: usize, phones: Vec<String>, request: Request },
    /// An owner takes a number off the list.
    Unlist { account: usize, phone: String, request: Request },
    /// An owner pauses, resumes or cancels.
    Order { campaign: usize, what: &'static str, request: Request },
    /// An owner deletes contacts.
    DeleteContacts { account: usize, phones: Vec<String>, request: Request },
    /// An owner uploads a file.
    Upload { account: usize, phones: Vec<String>, whole: bool, request: Request },
    /// An owner writes a campaign.
    Create { account: usize, text: String, request: Request },
    /// An owner starts a campaign.
    Start { campaign: usize, request: Request },
    /// The operator reports; `good` when the signature is.
    Report { reports: Vec<(String, DeliveryResult)>, good: bool, request: Request },
    /// Whoever keeps the deployment has an account moved.
    Move { account: usize, cell: CellName, request: Request },
    /// An owner asks for the deletion of the account, or takes that back.
    Deletion { account: usize, request: Request },
}

impl Act {
    /// Its request.
    #[must_use]
    pub fn request(&self) -> Request {
        match self {
            Self::Tick(name) => Request::tick(name),
            Self::Checkpoint(cell) => Request::get(&format!("/v1/log/checkpoint?cell={}", cell.label())),
            Self::Pay { request, .. }
            | Self::Blacklist { request, .. }
            | Self::Unlist { request, .. }
            | Self::Order { request, .. }
            | Self::DeleteContacts { request, .. }
            | Self::Upload { request, .. }
            | Self::Create { request, .. }
            | Self::Start { request, .. }
            | Self::Report { request, .. }
            | Self::Move { request, .. }
            | Self::Deletion { request, .. } => request.clone(),
        }
    }

    /// A line for the story.
    #[must_use]
    pub fn line(&self, world: &World) -> String {
        let of = |place: &usize| world.accounts[*place].template.login.clone();
        match self {
            Self::Tick(name) => format!("tick {name}"),
            Self::Checkpoint(cell) => format!("keep the newest checkpoint of {}", cell.label()),
            Self::Pay { payment, account, amount, good, .. } => {
                format!("pay {} to {} of {amount} good={good}", world.payments[*payment].id, of(account))
            }
            Self::Blacklist { account, phones, .. } => {
                format!("blacklist {} {}", of(account), phones.join(" "))
            }
            Self::Unlist { account, phone, .. } => format!("unlist {} {phone}", of(account)),
            Self::Order { campaign, what, .. } => format!("{what} campaign {campaign}"),
            Self::DeleteContacts { account, phones, .. } => {
                format!("delete {} contacts of {}", phones.len(), of(account))
            }
            Self::Upload { account, phones, whole, .. } => {
                format!("upload {} to {} whole={whole}", phones.len(), of(account))
            }
            Self::Create { account, .. } => format!("create a campaign of {}", of(account)),
            Self::Start { campaign, .. } => format!("start campaign {campaign}"),
            Self::Report { reports, good, .. } => format!("report on {} good={good}", reports.len()),
            Self::Move { account, cell, .. } => format!("move {} to {}", of(account), cell.label()),
            Self::Deletion { account, .. } => format!("deletion of {}", of(account)),
        }
    }

    /// Before it is sent: whatever becomes of it, it was tried.
    pub fn tried(&self, world: &mut World, scene: &mut Scene) {
        let event = scene.event;
        match self {
            Self::Pay { payment, account, amount, good: true, .. } => {
                world.payments[*payment].said.insert((*account, *amount));
            }
            Self::Blacklist { account, phones, .. } => {
                world.accounts[*account].ever_blacklisted.extend(phones.iter().cloned());
            }
            Self::Unlist { account, phone, .. } => world.accounts[*account].unlist(phone, event),
            Self::Order { campaign, what: "cancel", .. } => world.campaigns[*campaign].cancel_tried = true,
            Self::DeleteContacts { account, phones, .. } => {
                world.accounts[*account].deleted.extend(phones.iter().cloned());
            }
            Self::Upload { account, phones, .. } => {
                world.accounts[*account].offered.extend(phones.iter().cloned());
            }
            Self::Start { campaign, .. } => world.campaigns[*campaign].started = true,
            Self::Report { reports, good: true, .. } => {
                for (id, result) in reports {
                    if let Some(fate) = scene.operator.fates.get_mut(id) {
                        fate.sent.push(*result);
                    }
                }
            }
            Self::Deletion { account, .. } => world.accounts[*account].deletion_asked = true,
            _ => {}
        }
    }

    /// What its answer teaches.
    pub fn answered(&self, answer: &Answer, world: &mut World, scene: &mut Scene) {
        // Nothing but these may come back, whatever went wrong inside.
        if !matches!(
            answer.status,
            0 | 200 | 201 | 202 | 204 | 400 | 401 | 402 | 403 | 404 | 409 | 422 | 429 | 500 | 503
        ) {
            world.violated(format!("{}: status {}", self.line(world), answer.status));
        }
        match self {
            Self::Checkpoint(cell) if answer.status == 200 => {
                let mut lines = answer.text.lines().skip(1);
                let size = lines.next().and_then(|size| size.parse().ok());
                let Some((size, root)) = size.zip(lines.next().map(str::to_owned)) else {
                    return world.violated(format!("{}: no checkpoint: {}", self.line(world), answer.text));
                };
                world.checkpoints.push(Seen { cell: *cell, round: scene.round, size, root });
            }
            Self::Pay { payment, account, amount, good, .. } => {
                paid(*payment, (*account, *amount), *good, answer, world);
            }
            Self::Blacklist { account, phones, .. } if answer.status == 200 => {
                for phone in phones {
                    world.accounts[*account].blacklisted.entry(phone.clone()).or_insert(answer.event);
                }
            }
            Self::Upload { account, phones, whole, .. } if answer.status == 200 => {
                if *whole {
                    world.accounts[*account].uploaded.extend(phones.iter().cloned());
                } else {
                    world.violated("an upload that broke off was answered as completed");
                }
            }
            Self::Create { account, text, .. } if answer.status == 201 => {
                if let Some(made) = read::<api::campaigns::Campaign>(answer, world) {
                    created(*account, text, made.id.into(), world);
                }
            }
            Self::Report { reports, good, .. } => reported(reports, *good, answer, world, scene),
            _ => {}
        }
    }
}

/// The body of an answer in its type; nothing where the request was refused or died. A good answer that its client cannot
/// read must not be.
pub fn read<T: DeserializeOwned>(answer: &Answer, world: &mut World) -> Option<T> {
    let read = answer.read();
    if read.is_none() && matches!(answer.status, 200..300) {
        world.violated(format!("an answer that cannot be read: {} {}", answer.status, answer.text));
    }
    read
}

fn paid(place: usize, said: (usize, i64), good: bool, answer: &Answer, world: &mut World) {
    if !good {
        if answer.status == 200 {
            world.violated("a forged or stale notice of a payment was answered with 200");
        }
        return;
    }
    let credited = read::<Credited>(answer, world);
    let payment = &mut world.payments[place];
    let mut violation = None;
    match answer.status {
        200 => {
            payment.unapplied |= credited.is_some_and(|answer| !answer.credited);
            match payment.credited {
                Some(first) if first != said => violation = Some("a payment was credited to two"),
                Some(_) if payment.answer.as_ref() != Some(&answer.text) => {
                    violation = Some("a repeated notice was answered with other bytes");
                }
                _ => {}
            }
            payment.credited = Some(said);
            payment.answer = Some(answer.text.clone());
            payment.done |= said == (payment.account, payment.amount);
        }
        // Refused for good.
        409 | 422 if said == (payment.account, payment.amount) => {
            if payment.credited == Some(said) {
                violation = Some("a payment was credited, and then refused");
            }
            payment.done = true;
        }
        _ => {}
    }
    if let Some(what) = violation {
        let id = payment.id.clone();
        world.violated(format!("{what}: {id}"));
    }
}

fn created(account: usize, text: &str, id: String, world: &mut World) {
    match world.campaigns.iter().find(|campaign| campaign.text == text) {
        Some(first) if first.id != id => {
            world.violated(format!("a repeated request made a second campaign: {} and {id}", first.id));
        }
        Some(_) => {}
        None => world.campaigns.push(Campaign {
            id,
            account,
            text: text.to_owned(),
            started: false,
            due: BTreeSet::new(),
            possible: BTreeSet::new(),
            cancel_tried: false,
        }),
    }
}

fn reported(
    reports: &[(String, DeliveryResult)],
    good: bool,
    answer: &Answer,
    world: &mut World,
    scene: &mut Scene,
) {
    if answer.status != 200 {
        return;
    }
    if !good {
        world.violated("a forged report was answered with 200");
        return;
    }
    let later = read::<TakenReports>(answer, world).map(|taken| taken.later).unwrap_or_default();
    for _ in &later {
        scene.inject(crate::faults::Fault::ReportEarly, "");
    }
    for (id, _) in reports {
        if !later.iter().any(|later| **later == **id)
            && let Some(fate) = scene.operator.fates.get_mut(id)
        {
            fate.settled = true;
        }
    }
}

/// A payment notice as an act.
#[must_use]
pub fn pay(world: &World, payment: usize, now: i64) -> Act {
    let known = &world.payments[payment];
    let number = &world.accounts[known.account].template.number;
    Act::Pay {
        payment,
        account: known.account,
        amount: known.amount,
        good: true,
        request: notices::payment(&known.id, number, known.amount, now, false),
    }
}
