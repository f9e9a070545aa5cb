//! What happens to a message, by name: the one home of every statement that writes one (R48, R66, R67, R85, R87).
//!
//! Whoever decides about messages calls these, and each carries out steps of [`domain::message::STEPS`]; the
//! store's tests hold every change of a row against that table. A statement's `WHERE` is its guard: the account,
//! the states from which it may begin, and the lease where there is one. They belong inside the transaction of
//! the money and of the proof, and open none themselves.

mod queued;
mod remembered;
mod reported;
mod taken;

pub(crate) use queued::{
    Audience, Leased, NextAttempt, Queued, block, cancel, lease, queue, queue_next_attempts, take_rows,
};
pub(crate) use remembered::{NumberKept, forget_contacts, keep_numbers};
pub(crate) use reported::{Reported, give_back, put_result_off, report, stop_waiting};
pub(crate) use taken::{
    AskAt, HandedOver, LeftLease, Released, Taken, ask_later, end_asking, hand_over, held, leave_alone,
    lose_sight, not_found, release, reopen,
};
