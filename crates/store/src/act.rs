//! Who does something, through what, and when.

/// Who does something, through what, and when: it goes into consents, events and histories (R10, R11).
#[derive(Clone, Debug)]
pub struct Act {
    /// Unix milliseconds, UTC, by the product's clock.
    pub now: i64,
    /// The session or key that acts: `ses_…`, `key_…`, or `sign_up`, `tick`, `bank`, `staff`, `recipient`.
    pub actor: String,
    /// `cabinet`, `api`, `webhook`, `tick`, `staff` or `opt_out_page`.
    pub through: &'static str,
}
