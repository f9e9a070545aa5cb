//! On what terms a campaign's messages are handed over: what was held for them is what is charged (R46, R48).

use domain::money::Tiyn;

use crate::database::DbError;
use crate::row::Row;

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
    /// From a message's row.
    pub(crate) fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            campaign: row.text("campaign")?,
            operator: row.text("operator")?,
            operator_price: Tiyn(row.int("operator_price")?),
            service_price: Tiyn(row.int("service_price")?),
            paid_if_answered: row.flag("paid_if_answered")?,
        })
    }

    /// What one message costs its sender.
    pub fn price(&self) -> Tiyn {
        self.operator_price + self.service_price
    }
}
