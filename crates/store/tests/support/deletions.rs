//! Deletions, step by step, as the worker does them.

use domain::money::Tiyn;
use pollster::FutureExt as _;
use sendbox_store::cell::{Job, Next};
use sendbox_store::{Database, DatabaseClock, DbError, transaction};

use super::{Bench, DAY};

impl<D: Database> Bench<D> {
    /// Asks for deletion, waits the thirty days and destroys.
    pub fn erase(&self) {
        self.request_deletion_and_wait();
        self.erase_due();
    }

    /// Asks for deletion and waits the thirty days; answers which it is.
    pub fn request_deletion_and_wait(&self) -> String {
        let (available, held) = self.balance();
        let requested = self.tenant().request_deletion(&self.act(), Tiyn(available + held)).block_on();
        requested.expect("requested");
        self.pass(30 * DAY);
        self.deletion()
    }

    fn deletion(&self) -> String {
        self.tenant().deletion().block_on().expect("reads").expect("requested").deletion
    }

    /// Destroys the account, whose day has come.
    pub fn erase_due(&self) {
        let deletion = self.deletion();
        assert!(self.erase_from(&deletion, self.begin_erasure(&deletion)), "nothing is waited for");
    }

    /// Stops everything of the account; answers where its erasure goes on.
    pub fn begin_erasure(&self, deletion: &str) -> String {
        match self.erasure_step(deletion, "") {
            Next::Again(cursor) => cursor,
            other => panic!("not begun: {other:?}"),
        }
    }

    /// Does steps until the erasure is over or waits; answers whether it is over.
    pub fn erase_from(&self, deletion: &str, mut cursor: String) -> bool {
        loop {
            match self.erasure_step(deletion, &cursor) {
                Next::Again(next) => cursor = next,
                Next::At(at) | Next::Later(_, at) => {
                    assert!(at > self.now());
                    return false;
                }
                Next::Done => return true,
            }
        }
    }

    /// One step from a cursor.
    pub fn erasure_step(&self, deletion: &str, cursor: &str) -> Next {
        let (tenant, now) = (self.tenant(), self.now());
        let step = transaction(&self.db, async |db| tenant.erase(db, deletion, cursor, now).await);
        let next: Result<Next, DbError> = step.block_on();
        next.expect("a step")
    }

    /// Takes the next job that is due.
    pub fn take_job(&self) -> Option<Job> {
        self.cell().take_job(DatabaseClock::default()).block_on().expect("taken")
    }

    /// The next job that is due and no checkpoint, which is due after every act.
    pub fn take_other_job(&self) -> Option<Job> {
        let job = self.take_job()?;
        if job.kind == sendbox_store::cell::JobKind::Checkpoint { self.take_other_job() } else { Some(job) }
    }
}
