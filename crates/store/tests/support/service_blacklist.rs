//! What staff do about the blacklist of the whole service, and how cells and accounts follow it.

use pollster::FutureExt as _;
use sendbox_store::cell::{BlacklistEntry, JobKind, Next};
use sendbox_store::directory::{Directory, NewServiceListing, ServiceEntry, ServiceListed};
use sendbox_store::{Database, DatabaseClock, DbError, StoreError};

use super::{Bench, master};

impl<D: Database> Bench<D> {
    /// The directory, which lies beside this cell.
    pub fn directory(&self) -> Directory<'_, D> {
        Directory::new(&self.db)
    }

    /// Staff list numbers. No cell has heard of it yet.
    pub fn list_for_all(&self, phones: &[String]) -> ServiceListed {
        let new = NewServiceListing {
            phones: phones.to_vec(),
            by: "Duty lawyer".to_owned(),
            basis: "Complaint 7".to_owned(),
        };
        self.directory().list_for_service(master(), &self.staff_act(), &new).block_on().expect("listed")
    }

    pub fn take_off_for_all(&self, entry: &str) -> Result<ServiceEntry, StoreError> {
        let (by, basis) = ("Duty lawyer", "Letter 8");
        self.directory().unlist_for_service(master(), &self.staff_act(), entry, by, basis).block_on()
    }

    /// The entries of the service's blacklist, newest first.
    pub fn service_entries(&self) -> Vec<ServiceEntry> {
        self.directory().service_blacklist(master(), None, 100).block_on().expect("reads").items
    }

    /// The cell takes the list over.
    pub fn take_list(&self, directory: &Directory<'_, D>) {
        self.cell().take_service_blacklist(directory, self.now()).block_on().expect("taken");
    }

    /// Staff list numbers, and the cell has it.
    pub fn list_here(&self, phones: &[String]) {
        self.list_for_all(phones);
        self.take_list(&self.directory());
    }

    /// The account follows the list of its cell.
    pub fn follow(&self) {
        self.cell().follow_service_blacklist(&self.tenant(), self.now()).block_on().expect("followed");
    }

    /// The account's own blacklist, as it is shown.
    pub fn shown_blacklist(&self) -> Vec<BlacklistEntry> {
        self.tenant().blacklist(None, 1_000).block_on().expect("reads").items
    }
}

impl Bench {
    /// Does the jobs by which accounts follow; answers whose there were.
    pub fn follow_by_jobs(&self) -> Vec<String> {
        let clock = DatabaseClock::default();
        let mut accounts = Vec::new();
        while let Some(job) = self.take_job() {
            if job.kind != JobKind::ServiceBlacklist {
                continue;
            }
            let tenant = self.tenant_of(&job.account);
            let follow = async |db: &_| self.cell().follow_some(db, &tenant, self.now()).await;
            let next = self.cell().commit_step::<DbError>(&job, clock, follow).block_on().expect("a step");
            if next == Some(Next::Done) {
                accounts.push(job.account);
            }
        }
        accounts
    }
}
