//! A cell: everything of its tenants. [`Cell`] finds work across tenants and holds no tenant's data;
//! [`Tenant`] is the only way to rows of one account (R182).

mod accounts;
mod advertising;
mod audio;
mod blacklist;
mod blocked;
mod calls;
mod campaigns;
mod consents;
mod contacts;
mod content;
mod deletion;
mod departures;
mod events;
mod evidence_pages;
mod hand_over;
mod history;
mod idempotency;
mod imports;
mod ledger;
mod one_time_codes;
mod operators;
mod opt_outs;
mod payments;
mod permits;
mod queue;
mod reports;
mod result_questions;
mod status_reports;
mod turns;
mod undecided;
mod unpaid;
mod window_overrides;

pub use accounts::{NewAccount, Profile, ProfileChange};
pub use advertising::{AdvertisingDecision, NewAdvertisingDecision};
pub use audio::{Audio, NewAudio};
pub use blacklist::{BlacklistAdded, BlacklistEntry, NewBlacklistEntry};
pub use campaigns::{Agreement, Campaign, CampaignReport, NewCampaign};
pub use consents::{Acceptance, ConsentRecord};
pub use contacts::{Contact, ContactsDeleted};
pub use content::{Content, NewContent, SentContent};
pub use deletion::{Deletion, DueDeletion, Erasure};
pub use departures::{Answered, DEPARTURE_NOTE, Departure, Recovered};
pub use evidence_pages::EvidencePage;
pub use hand_over::{HandOver, Settled, Settlement, UnknownMessage};
pub use history::HistoryItem;
pub use idempotency::Repeatable;
pub use imports::{BatchOutcome, ChosenColumn, ChosenColumns, Import, NewContact, RowProblem};
pub use ledger::{Balance, LedgerTransfer};
pub use one_time_codes::CodesExpired;
pub use operators::{OperatorState, Slots, UnreadCount};
pub use opt_outs::IncomingTaken;
pub use payments::{PaymentDecision, PaymentReceived, Unapplied, UnappliedPayment};
pub use permits::Permit;
pub use queue::{Lease, LeaseOutcome, LeasedMessage, Prepared, Routes};
pub use reports::{DeliveryReport, ReportsTaken};
pub use result_questions::ResultQuestion;
pub use status_reports::{ReportedMessage, StatusReport, StatusTaken};
pub use turns::{CampaignAtWork, CampaignsAtWork, Done, IDLE_MS, PUT_OFF_MS};
pub use undecided::UnknownDecision;
pub use window_overrides::{NewWindowOverride, WindowDecision};

use domain::account::{AccountKind, AccountState};

use crate::database::{Database, DbError};
use crate::params;
use crate::seal::{AccountKeys, MasterKey};

/// A cell over a connection, for what goes across tenants.
pub struct Cell<'a, D> {
    db: &'a D,
}

impl<'a, D: Database> Cell<'a, D> {
    /// The cell in the database behind a connection.
    pub const fn new(db: &'a D) -> Self {
        Self { db }
    }

    /// The account as a tenant, if this cell has it.
    pub async fn tenant(&self, master: &MasterKey, account: &str) -> Result<Option<Tenant<'a, D>>, DbError> {
        let rows = self
            .db
            .query(
                "SELECT a.account, a.number, a.kind, a.state, a.language, k.wrapped, a.evidence_key, a.created_at,
                   a.truth_declared_at
                 FROM account a LEFT JOIN personal_key k ON k.id = a.personal_key WHERE a.account = ?1",
                params![account],
            )
            .await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let keys = master.unwrap(account, row.opt_blob(5)?.as_deref(), &row.blob(6)?)?;
        Ok(Some(Tenant {
            db: self.db,
            account: row.text(0)?,
            number: row.text(1)?,
            kind: AccountKind::parse(&row.text(2)?).ok_or(DbError::Column(2))?,
            state: AccountState::parse(&row.text(3)?).ok_or(DbError::Column(3))?,
            language: row.text(4)?,
            keys,
            created_at: row.int(7)?,
            truth_declared_at: row.int(8)?,
            permit: None,
        }))
    }
}

/// One account in its cell. Every function that reads or writes tenant rows is one of its methods,
/// so that none can be called for no account, and another's id is simply not found.
pub struct Tenant<'a, D> {
    db: &'a D,
    account: String,
    number: String,
    kind: AccountKind,
    state: AccountState,
    language: String,
    keys: AccountKeys,
    created_at: i64,
    truth_declared_at: i64,
    permit: Option<Permit<'a, D>>,
}

impl<D: Database> Tenant<'_, D> {
    /// `acc_…`
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The number that a payer writes.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The kind declared at sign-up (R1).
    pub const fn kind(&self) -> AccountKind {
        self.kind
    }

    /// Where the account stood when it was read.
    pub const fn state(&self) -> AccountState {
        self.state
    }

    /// `kk`, `ru` or `en`.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Unix milliseconds.
    pub const fn created_at(&self) -> i64 {
        self.created_at
    }

    /// When the owner declared that the data are true (R5). Unix milliseconds.
    pub const fn truth_declared_at(&self) -> i64 {
        self.truth_declared_at
    }

    /// The salt of the hash of a campaign's text. A bare hash of a short text says what the text is: all codes
    /// of four digits are tried in no time. The salt follows from the evidence key, so it stands in no row;
    /// whoever may see the text, or the evidence, is given it.
    fn text_salt(&self, campaign: &str) -> [u8; 32] {
        self.keys.evidence.salt(&format!("text {campaign}"))
    }

    /// Where a sealed value lives; it opens nowhere else.
    fn place(&self, column: &str, row: &str) -> String {
        format!("{} {column} {row}", self.account)
    }
}
