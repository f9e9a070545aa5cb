//! A cell: everything of its tenants. [`Cell`] finds work across tenants and holds no tenant's data;
//! [`Tenant`] is the only way to rows of one account (R182).

mod audience;
mod idempotency;
mod jobs;
mod messages;
mod money;
mod moving;
mod people;
mod permits;
mod proof;
mod scores;

pub use audience::counting::Estimated;
pub use audience::lists::{Joined, List, ListKind};
pub use audience::matching::Who;
pub use audience::members::{MemberChange, MembersChanged, TAGS_MAX};
pub use audience::saved::SavedAudience;
pub use audience::search::Search;
pub use idempotency::Repeatable;
pub use jobs::{Job, JobAtHand, JobKind, Next};
pub use messages::advertising::{AdvertisingDecision, NewAdvertisingDecision};
pub use messages::audio::{Audio, NewAudio};
pub use messages::campaigns::{Agreement, Campaign, NewCampaign};
pub use messages::content::{Content, NewContent, SentContent};
pub use messages::counts::{
    BlockedCount, CampaignReport, HandOverCounts, HourCounts, MessageCount, Part, PartCounts, Parted,
};
pub use messages::departures::{Answered, DEPARTURE_NOTE, Departure, Recovered};
pub use messages::hand_over::{HandOver, Settled, Settlement};
pub use messages::history::HistoryItem;
pub use messages::lease::{Lease, LeaseOutcome, LeasedMessage};
pub use messages::one_time_codes::CodesExpired;
pub use messages::queue::{Prepared, Routes};
pub use messages::reports::{DeliveryReport, ReportsTaken};
pub use messages::result_questions::ResultQuestion;
pub use messages::status_reports::{ReportedMessage, StatusReport, StatusTaken};
pub use messages::terms::Terms;
pub use messages::text_links::{TextLink, TextLinks};
pub use messages::turns::{CampaignAtWork, CampaignsAtWork, Done, IDLE_MS, PUT_OFF_MS};
pub use messages::unknown::UnknownMessage;
pub use messages::window_overrides::{NewWindowOverride, WindowDecision};
pub use money::ledger::{Balance, LedgerTransfer};
pub use money::payments::{PaymentDecision, PaymentReceived, UnappliedPayment};
pub use moving::{Destination, Move, has_left, leaves_directory};
pub use people::accounts::{NewAccount, Profile, ProfileChange};
pub use people::blacklist::{BlacklistAdded, BlacklistEntry, NewBlacklistEntry};
pub use people::consents::{Acceptance, ConsentRecord};
pub use people::contacts::{Contact, ContactsDeleted};
pub use people::deletion::Deletion;
pub use people::erasure::shuts_out;
pub use people::imports::Import;
pub use people::imports::batch::{Batch, NewContact, RejectedRow, RowProblem};
pub use people::imports::file::{FileForm, FileRoom, Piece};
pub use people::imports::packed::RowConsent;
pub use people::imports::put::PutContacts;
pub use people::link_visits::{LinkCounts, ShortLink};
pub use people::opt_outs::IncomingTaken;
pub use people::person::acts::{Correction, PersonAct};
pub use people::person::found::{FormerConsent, Person, PersonVisit};
pub use people::person::receipts::{Kept, PersonDone, PersonReceipt, PersonRequestKind, ReceiptOfSomebody};
pub use people::whole_contacts::WholeContact;
pub use permits::Permit;
pub use proof::evidence_pages::{EvidencePage, ProvableEvent};
pub use scores::appeals::{Appeal, AppealDecision, AppealKind, AppealOutcome, NewAppeal};
pub use scores::number_lookup_work::{Given, LookupWork, NumberAtHand, Said};
pub use scores::number_lookups::{LookedUpNumber, Lookup, LookupBegun, LookupState, NewLookup, NotLookedUp};
pub use scores::results::{ReachedBefore, ScoredContact, Skipped, SkippedContact};
pub use scores::runs::{NewScoring, Scorable, Scoring, ScoringState};
pub use scores::stances::{Stance, StanceNoted, StancesNoted, Word};
pub use scores::taken_out::{OfRun, StanceOfSomebody};
pub use scores::work::ScoringStep;

use domain::account::{AccountKind, AccountState};
use domain::cell_name::CellName;
use domain::ids::IdKind;

use crate::cell::proof::events::Recorder;
use crate::clock::DatabaseClock;
use crate::database::{Database, DbError};
use crate::log::LogReader;
use crate::seal::{AccountKeys, MasterKey};
use crate::{new_id_in, params, sql};

/// A cell over a connection, for what goes across tenants. It knows its own name, and so its log, and the key that
/// wraps its accounts'.
pub struct Cell<'a, D> {
    db: &'a D,
    keys: &'a MasterKey,
    name: CellName,
}

impl<'a, D: Database> Cell<'a, D> {
    /// The cell in the database behind a connection.
    pub const fn new(db: &'a D, keys: &'a MasterKey, name: CellName) -> Self {
        Self { db, keys, name }
    }

    /// Which cell it is.
    pub const fn name(&self) -> CellName {
        self.name
    }

    /// A new id of something that is born here.
    fn new_id(&self, kind: IdKind, now: i64) -> Result<String, DbError> {
        new_id_in(self.name, kind, now)
    }

    /// Reads its log.
    pub fn log(&self) -> LogReader<'a, D> {
        LogReader::new(self.db, self.name.log())
    }

    /// The time by the database's clock, Unix milliseconds.
    pub async fn time(&self, clock: DatabaseClock) -> Result<i64, DbError> {
        clock.now(self.db).await
    }

    /// The account as a tenant, if this cell has it.
    pub async fn tenant(&self, account: &str) -> Result<Option<Tenant<'a, D>>, DbError> {
        let rows = self.db.query(sql!("mod.sql", "tenant"), params![account]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let keys = self.keys.unwrap(
            account,
            row.opt_blob("personal_key")?.as_deref(),
            &row.blob("evidence_key")?,
        )?;
        Ok(Some(Tenant {
            db: self.db,
            cell: self.name,
            account: row.text("account")?,
            account_number: row.text("number")?,
            kind: row.read("kind", AccountKind::parse)?,
            state: row.read("state", AccountState::parse)?,
            language: row.text("language")?,
            keys,
            created_at: row.int("created_at")?,
            truth_declared_at: row.int("truth_declared_at")?,
            permit: None,
            room: FileRoom::default(),
        }))
    }
}

/// One account in its cell. Every function that reads or writes tenant rows is one of its methods,
/// so that none can be called for no account, and another's id is simply not found.
pub struct Tenant<'a, D> {
    db: &'a D,
    cell: CellName,
    account: String,
    account_number: String,
    kind: AccountKind,
    state: AccountState,
    language: String,
    keys: AccountKeys,
    created_at: i64,
    truth_declared_at: i64,
    permit: Option<Permit<'a, D>>,
    room: FileRoom,
}

impl<D: Database> Tenant<'_, D> {
    /// `acc_…`
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The cell in which it was found.
    pub const fn cell(&self) -> CellName {
        self.cell
    }

    /// The number that a payer writes.
    pub fn account_number(&self) -> &str {
        &self.account_number
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

    /// A new id of something that is born in the account's cell.
    fn new_id(&self, kind: IdKind, now: i64) -> Result<String, DbError> {
        new_id_in(self.cell, kind, now)
    }

    /// What writes the account's events.
    fn recorder(&self) -> Recorder<'_> {
        Recorder { cell: self.cell, account: &self.account, key: &self.keys.evidence }
    }

    /// Where a sealed value lives; it opens nowhere else.
    fn place(&self, column: &str, row: &str) -> String {
        format!("{} {column} {row}", self.account)
    }
}
