//! Contacts that come into the base, as a file that is read or as rows.

use domain::documents::DocumentKind;
use domain::unpaid::Kept;
use pollster::FutureExt as _;
use sendbox_store::cell::{FileForm, Import, Joined, NewContact, RejectedRow, RowProblem, Tenant};
use sendbox_store::{Database, Refusal, StoreError, transaction};

use super::{Bench, acceptance};

impl<D: Database> Bench<D> {
    /// Uploads numbers as one file and completes it.
    pub fn upload(&self, numbers: &[String]) -> String {
        let import = self.begin_upload();
        for numbers in numbers.chunks(10_000) {
            self.add_batch(&import, numbers).expect("stored");
        }
        self.complete(&import).expect("completed");
        import
    }

    /// What is left to do of an import of which all was read.
    pub fn complete(&self, import: &str) -> Result<Import, StoreError> {
        let tenant = self.tenant();
        transaction(&self.db, async |db| {
            tenant.merge_part(db, import, 0, self.now()).await?;
            let mut after = String::new();
            while let Some(up_to) = tenant.change_contacts(db, import, &after).await? {
                after = up_to;
            }
            match tenant.complete_import(db, import, self.now()).await? {
                true => Ok::<_, StoreError>(()),
                false => Err(Refusal::ImportInProgress.into()),
            }
        })
        .block_on()?;
        self.sql("DELETE FROM job WHERE kind = 'import'");
        Ok(tenant.import(import).block_on()?.expect("there"))
    }

    /// Refuses an import as its job does, and clears away what came of it.
    pub fn refuse_import(&self, import: &str, code: &str, line: Option<i64>) {
        let (tenant, now) = (self.tenant(), self.now());
        tenant.refuse_import(&self.db, import, code, line, now).block_on().expect("refused");
        while tenant.clear_import(&self.db, import, now).block_on().expect("cleared") {}
        self.sql("DELETE FROM job WHERE kind = 'import'");
    }

    pub fn create_import(&self) -> String {
        let attestation = acceptance(DocumentKind::RecipientsAttestation);
        let import = self
            .tenant()
            .create_import(&self.act(), "clients.csv", attestation, &Joined::default(), false, None)
            .block_on();
        import.expect("made").import
    }

    /// An import whose owner says how its file is written.
    pub fn create_confirmed_import(&self) -> String {
        let attestation = acceptance(DocumentKind::RecipientsAttestation);
        let import = self
            .tenant()
            .create_import(&self.act(), "clients", attestation, &Joined::default(), true, None)
            .block_on();
        import.expect("made").import
    }

    /// A choice that is remembered, of a file that was refused afterwards.
    pub fn remember_format(&self) {
        let (tenant, import) = (self.tenant(), self.create_confirmed_import());
        self.send_file(&import);
        let remembered = Some(("a shape", &"a choice"));
        tenant.confirm_format(&import, &(), remembered, self.now()).block_on().expect("confirmed");
        self.refuse_import(&import, "csv_malformed", None);
    }

    /// An import whose file is here and is being read.
    pub fn begin_upload(&self) -> String {
        let import = self.create_import();
        self.send_file(&import);
        assert!(self.begin_reading(&import), "another one is being read");
        import
    }

    /// The file of an import, which nobody reads: its rows are given by themselves.
    pub fn send_file(&self, import: &str) {
        let tenant = self.tenant();
        let upload = tenant.begin_file(import, 0, FileForm::Text, self.now()).block_on().expect("begun");
        tenant.finish_file(import, &upload, self.now()).block_on().expect("whole");
    }

    pub fn begin_reading(&self, import: &str) -> bool {
        let tenant = self.tenant();
        let begun = transaction(&self.db, async |db| tenant.begin_reading(db, import, self.now()).await);
        begun.block_on().expect("answers")
    }

    /// Adds rows with a name each, on the lines from 2.
    pub fn add_batch(&self, import: &str, numbers: &[String]) -> Result<(), StoreError> {
        let row = |(phone, line): (&String, i64)| NewContact {
            line,
            phone: phone.clone(),
            name: Some(format!("Client of line {line}")),
            ..NewContact::default()
        };
        // A line is one row's.
        let rows = self
            .count("SELECT coalesce(sum(rows_read), 0) FROM import WHERE account = ?1 AND state = 'reading'");
        self.add_rows(import, numbers.iter().zip(rows + 2..).map(row).collect(), &[])
    }

    pub fn add_rows(
        &self,
        import: &str,
        contacts: Vec<NewContact>,
        rejected: &[RowProblem],
    ) -> Result<(), StoreError> {
        add_rows(&self.db, &self.tenant(), import, contacts, rejected, self.now())
    }

    /// The same, with rejected rows that say more than why.
    pub fn add_rejected(&self, import: &str, contacts: Vec<NewContact>, rejected: Vec<RejectedRow>) {
        add_batch(&self.db, &self.tenant(), import, contacts, rejected, self.now()).expect("stored");
    }
}

/// Adds rows to an import that is being read, as its job does.
pub fn add_rows<D: Database>(
    db: &D,
    tenant: &Tenant<'_, D>,
    import: &str,
    contacts: Vec<NewContact>,
    rejected: &[RowProblem],
    now: i64,
) -> Result<(), StoreError> {
    let rejected = rejected
        .iter()
        .map(|problem| RejectedRow {
            problem: problem.clone(),
            original: Some("[]".to_owned()),
            ended_consent: None,
        })
        .collect();
    add_batch(db, tenant, import, contacts, rejected, now)
}

fn add_batch<D: Database>(
    db: &D,
    tenant: &Tenant<'_, D>,
    import: &str,
    contacts: Vec<NewContact>,
    rejected: Vec<RejectedRow>,
    now: i64,
) -> Result<(), StoreError> {
    let batch = tenant.prepare_batch(import, 1, contacts, rejected).block_on()?;
    transaction(db, async |db| match tenant.write_batch(db, import, &batch, now).await? {
        Some(_) => tenant.check_unpaid_limit(db, Kept::Contacts).await,
        None => Err(Refusal::ImportInProgress.into()),
    })
    .block_on()
}
