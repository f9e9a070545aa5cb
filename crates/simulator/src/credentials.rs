//! What the simulated people and schedulers show to be let in.

/// The bearer token of ticks.
pub const TICK_TOKEN: &str = "tick-token-of-the-simulator";

/// The password of every account.
pub const PASSWORD: &str = "a long made-up pass phrase";
