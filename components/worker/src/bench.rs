//! What every step of a job works with.

use edge::{Call, Deployment, Problem, Result};
use store::cell::{Cell, Job, Tenant};
use store::{DatabaseClock, SpinDatabase};

/// What every step is given.
pub struct Bench<'b> {
    /// The tick's request.
    pub call: &'b Call,
    /// The deployment, for what lies outside of the cell.
    pub deployment: &'b Deployment,
    /// The cell whose job it is.
    pub cell: &'b Cell<'b, SpinDatabase>,
    /// By which the lease counts.
    pub clock: DatabaseClock,
}

impl<'b> Bench<'b> {
    /// The account that a job is about.
    pub async fn tenant(&self, job: &Job) -> Result<Tenant<'b, SpinDatabase>> {
        let missing = || Problem::internal("a job without an account", &job.kind.as_str());
        self.cell.tenant(&job.account).await?.ok_or_else(missing)
    }
}
