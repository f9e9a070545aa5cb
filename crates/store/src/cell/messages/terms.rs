//! On what terms a campaign's messages are handed over: what was held for them is what is charged (R46, R48).

use domain::money::Tiyn;

/// The terms of a lease, by which alone its messages are settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// `cmp_…`
    pub campaign: String,
    /// By whom the messages go.
    pub operator: String,
    /// The operator's part of one message's price.
    pub operator_price: Tiyn,
    /// The service's part.
    pub service_price: Tiyn,
    /// Whether the price is given back unless the line was open.
    pub paid_if_answered: bool,
}

impl Terms {
    /// What one message costs its sender.
    pub fn price(&self) -> Tiyn {
        self.operator_price + self.service_price
    }
}
