//! The simulator: runs the built components on the embedded host under a clock of its own, against an
//! operator, a bank and schedulers that misbehave, all from one seed.
//!
//! One run: the template's accounts get contacts, money and a campaign; then some dozens of steps, each
//! one or several requests at once, under faults; then everything comes to rest without faults, and
//! what a bystander knows is compared with what the product says. See `stage` for how requests take
//! turns, `faults` for what is injected, `checks` for what must hold.

mod acts;
pub mod application;
pub mod broken;
pub mod chance;
mod checks;
mod closed;
mod credentials;
pub mod faults;
#[cfg(test)]
mod found;
mod notices;
mod operator;
mod platform;
mod rest;
pub mod run;
mod stage;
mod steps;
mod world;
