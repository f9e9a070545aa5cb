//! Who asks, once they are let in: a person with a session, a program with a key, or staff.

use domain::account::{CallerKind, Deed};
use store::Act;
use store::DbError;
use store::SpinDatabase;
use store::cell::{Cell, Permit, Tenant};
use store::directory::Bearer;

use crate::deployment::Deployment;
use crate::{Code, Problem, Result};

/// An authenticated caller.
pub struct Caller {
    /// Whom they speak for.
    pub bearer: Bearer,
    /// What is done on their behalf is done by this and now.
    pub act: Act,
    /// The deployment that they ask.
    pub deployment: Deployment,
}

impl Caller {
    /// The account as a tenant of its cell, for what is everybody's right. What is written to it is written
    /// only while the session or key still holds (R12, R13, R18).
    pub async fn tenant(&self) -> Result<Tenant<'_, SpinDatabase>> {
        self.tenant_for(Deed::Right).await
    }

    /// The account, if it may start paid or new work: a blocked one keeps only its rights (R117).
    pub async fn working_tenant(&self) -> Result<Tenant<'_, SpinDatabase>> {
        self.tenant_for(Deed::Work).await
    }

    /// The cell that their account lives in.
    pub async fn cell(&self) -> Result<Cell<'_, SpinDatabase>> {
        self.deployment.cell_labelled(&self.bearer.cell).await
    }

    async fn tenant_for(&self, deed: Deed) -> Result<Tenant<'_, SpinDatabase>> {
        let account = &self.bearer.account;
        let tenant = match self.cell().await?.tenant(account).await? {
            Some(tenant) => tenant,
            // It moved since the session was looked up, or is not all there yet.
            None => match self.deployment.cell_of_account(account).await? {
                Some(cell) => cell.tenant(account).await?.ok_or(DbError::AccountMoving)?,
                None => return Err(Problem::new(Code::Unauthenticated)),
            },
        };
        if !tenant.state().lets(self.kind(), deed) {
            return Err(Problem::new(Code::AccountBlocked));
        }
        Ok(tenant
            .under(Permit { directory: self.deployment.directory_db(), actor: self.bearer.actor.clone() }))
    }

    /// Through what they ask.
    pub(crate) fn kind(&self) -> CallerKind {
        if self.act.through == "cabinet" { CallerKind::Person } else { CallerKind::Program }
    }
}

/// What the table found out about a caller before the handler began.
pub(crate) enum Admitted {
    Caller(Box<Caller>),
    Staff(Act),
}
