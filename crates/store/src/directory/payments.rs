//! Which cell has a payment: a provider's id is credited once over all cells (R45).

use domain::cell_name::CellName;

use crate::database::{Database, DbError};
use crate::directory::Directory;
use crate::params;

impl<D: Database> Directory<'_, D> {
    /// The cell that has a payment, by its provider's name and its own id there. The cell that is named for it first
    /// keeps it, whatever a repetition says: there it is known whether it was credited.
    pub async fn place_payment(
        &self,
        provider: &str,
        payment: &str,
        cell: CellName,
    ) -> Result<CellName, DbError> {
        self.db
            .query(
                "INSERT INTO payment_place (provider, payment, cell) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                params![provider, payment, cell.label()],
            )
            .await?;
        self.payment_place(provider, payment).await?.ok_or(DbError::NoRow)
    }

    /// A payment that its cell does not know, since the account moved before it came there, goes where the account
    /// lives. Of two at once the second finds it there.
    pub async fn replace_payment(
        &self,
        provider: &str,
        payment: &str,
        (from, to): (CellName, CellName),
    ) -> Result<(), DbError> {
        self.db
            .query(
                "UPDATE payment_place SET cell = ?4 WHERE provider = ?1 AND payment = ?2 AND cell = ?3",
                params![provider, payment, from.label(), to.label()],
            )
            .await?;
        Ok(())
    }

    /// The cell that has a payment, if one has.
    pub async fn payment_place(&self, provider: &str, payment: &str) -> Result<Option<CellName>, DbError> {
        let rows = self
            .db
            .query(
                "SELECT cell FROM payment_place WHERE provider = ?1 AND payment = ?2",
                params![provider, payment],
            )
            .await?;
        rows.first().map(|row| row.read("cell", CellName::parse)).transpose()
    }
}
