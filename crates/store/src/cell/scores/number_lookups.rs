//! Look-ups of numbers: an operator asks their networks whether they are in service, and where (R95). Only contacts who
//! consented to automated decisions are asked about (R99). The price is held at the request, and charged for what was
//! answered when the answers are delivered; what came to nothing is free (R49, R103).

use std::collections::BTreeSet;

use domain::ids::IdKind;
use domain::money::Tiyn;
use domain::number_lookup::LookupAnswer;
use domain::tariffs::Processing;
use serde::Serialize;

use crate::cell::Tenant;
use crate::cell::idempotency::{self, Repeatable};
use crate::cell::jobs::{self, JobKind, NewJob};
use crate::cell::money::ledger::Book;
use crate::cell::proof::events::NewEvent;
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::{Act, StoredPage, hex, json, params, sql};

/// The most answers that are shown of one person.
const SHOWN_MAX: i64 = 1_000;

/// A look-up that is asked for.
#[derive(Clone, Debug)]
pub struct NewLookup {
    /// Who asks the networks.
    pub operator: String,
    /// The tariff's version.
    pub tariff: String,
    /// The price of one answer by it.
    pub price: Tiyn,
    /// The most that the account agrees to pay.
    pub agreed: Tiyn,
    /// E.164.
    pub phones: Vec<String>,
}

/// Where a look-up stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupState {
    /// It is being worked on.
    Working,
    /// Its answers can be read, and are paid for.
    Completed,
    /// The account was closed meanwhile; free.
    Ended,
}

impl LookupState {
    /// As it is stored and answered.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Completed => "completed",
            Self::Ended => "ended",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Working, Self::Completed, Self::Ended].into_iter().find(|state| state.as_str() == text)
    }
}

/// Why a number is not looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotLookedUp {
    /// It is no contact's.
    NotInBase,
    /// They did not consent.
    NoConsent,
    /// They object.
    Objected,
    /// They are not written to anyway.
    Blacklisted,
}

impl NotLookedUp {
    /// As it is answered.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotInBase => "not_in_base",
            Self::NoConsent => "no_consent",
            Self::Objected => "objected",
            Self::Blacklisted => "blacklisted",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let all = [Self::NotInBase, Self::NoConsent, Self::Objected, Self::Blacklisted];
        all.into_iter().find(|why| why.as_str() == text)
    }
}

/// A look-up as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// `lup_…`
    pub lookup: String,
    /// Where it stands.
    pub state: LookupState,
    /// Who asks the networks.
    pub operator: String,
    /// The tariff's version.
    pub tariff: String,
    /// The price of one answer.
    pub price: Tiyn,
    /// The most that it may cost, which is held while it works.
    pub agreed: Tiyn,
    /// How many numbers are looked up.
    pub numbers: i64,
    /// What it cost.
    pub charged: Option<Tiyn>,
    /// How many were answered.
    pub answered: Option<i64>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub finished_at: Option<i64>,
}

impl Lookup {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            lookup: row.text("lookup")?,
            state: row.read("state", LookupState::parse)?,
            operator: row.text("operator")?,
            tariff: row.text("tariff")?,
            price: Tiyn(row.int("price")?),
            agreed: Tiyn(row.int("agreed")?),
            numbers: row.int("numbers")?,
            charged: row.opt_int("charged")?.map(Tiyn),
            answered: row.opt_int("answered")?,
            created_at: row.int("created_at")?,
            finished_at: row.opt_int("finished_at")?,
        })
    }
}

/// A look-up that was begun, and which of its numbers are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupBegun {
    /// The look-up.
    pub lookup: Lookup,
    /// By their places among the numbers that were asked for; as it was at the request, whatever was said since.
    pub skipped: Vec<(usize, NotLookedUp)>,
}

/// What was said of a contact's number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookedUpNumber {
    /// `con_…`
    pub contact: String,
    /// E.164.
    pub phone: String,
    /// Who said so.
    pub operator: String,
    /// What.
    pub answer: LookupAnswer,
    /// When it was delivered, Unix milliseconds.
    pub delivered_at: i64,
}

/// A contact whose number is looked up, with the hash in hexadecimal.
#[derive(Serialize)]
struct Chosen {
    contact: String,
    hash: String,
}

impl<D: Database> Tenant<'_, D> {
    /// What a request under the same key began before. It is looked for first: a repeat is answered also where no look-up
    /// could be begun any more, by no operator or at no price.
    pub async fn lookup_begun_before(
        &self,
        repeat: Option<&Repeatable>,
    ) -> Result<Option<LookupBegun>, StoreError> {
        match idempotency::find(self.db, &self.account, self.keys.personal()?, repeat).await? {
            Some(lookup) => self.lookup_as_begun(&lookup).await.map(Some),
            None => Ok(None),
        }
    }

    /// A look-up, with what its request was answered.
    async fn lookup_as_begun(&self, lookup: &str) -> Result<LookupBegun, StoreError> {
        let rows = self.db.query(sql!("number_lookups.sql", "one"), params![&self.account, lookup]).await?;
        let row = rows.first().ok_or(Refusal::NotFound)?;
        let sealed = row.blob("skipped")?;
        let skipped = self.keys.personal()?.open(&self.place("lookup skipped", lookup), &sealed)?;
        let malformed = || DbError::Column("skipped".to_owned());
        let skipped: Vec<(usize, String)> = serde_json::from_slice(&skipped).map_err(|_| malformed())?;
        let read = |(place, why): (usize, String)| {
            NotLookedUp::parse(&why).map(|why| (place, why)).ok_or_else(malformed)
        };
        let skipped = skipped.into_iter().map(read).collect::<Result<_, DbError>>()?;
        Ok(LookupBegun { lookup: Lookup::from_row(row)?, skipped })
    }

    /// Begins a look-up: its price is held, and a job does it. A repeat under the same key finds the first.
    pub async fn begin_lookup(
        &self,
        act: &Act,
        new: &NewLookup,
        repeat: Option<&Repeatable>,
    ) -> Result<LookupBegun, StoreError> {
        let lookup = self.new_id(IdKind::Lookup, act.now)?;
        let key = self.keys.personal()?;
        let begun = self
            .write(async |db| {
                self.refuse_if_closed(db).await?;
                if let Some(first) =
                    idempotency::claim(db, &self.account, key, repeat, &lookup, act.now).await?
                {
                    return Ok(first);
                }
                let (chosen, skipped) = self.choose_numbers(db, &new.phones).await?;
                self.hold_lookup(db, &lookup, new, (&chosen, &skipped), act.now).await?;
                let (kind, account) = (JobKind::Lookup, self.account.as_str());
                jobs::enqueue(db, &NewJob { kind, account, subject: &lookup, due_at: act.now }).await?;
                let fields = serde_json::json!({
                    "lookup": lookup, "numbers": chosen.len(), "operator": new.operator, "tariff": new.tariff,
                });
                self.write_act(db, act, "lookup_begun", None, fields).await?;
                Ok(lookup.clone())
            })
            .await?;
        self.lookup_as_begun(&begun).await
    }

    /// Who of some numbers is looked up, each once, and why the others are not, by their places.
    async fn choose_numbers(
        &self,
        db: &D,
        phones: &[String],
    ) -> Result<(Vec<Chosen>, Vec<(usize, NotLookedUp)>), DbError> {
        let key = self.keys.personal()?;
        let hashes: Vec<String> = phones.iter().map(|phone| hex(&key.index(phone))).collect();
        let rows =
            db.query(sql!("number_lookups.sql", "choose"), params![&self.account, json(&hashes)?]).await?;
        let (mut chosen, mut skipped, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
        for row in &rows {
            let place = row.number::<usize>("place")?;
            let hash = hashes.get(place).ok_or(DbError::NoRow)?;
            match row.opt_read("why", NotLookedUp::parse)? {
                Some(why) => skipped.push((place, why)),
                None if seen.insert(hash) => {
                    chosen.push(Chosen { contact: row.text("contact")?, hash: hash.clone() });
                }
                None => {}
            }
        }
        Ok((chosen, skipped))
    }

    /// Holds the price of a look-up, and writes it down with its numbers.
    async fn hold_lookup(
        &self,
        db: &D,
        lookup: &str,
        new: &NewLookup,
        (chosen, skipped): (&[Chosen], &[(usize, NotLookedUp)]),
        now: i64,
    ) -> Result<(), StoreError> {
        if chosen.is_empty() {
            return Err(Refusal::NobodyToLookUp.into());
        }
        let numbers = chosen.len() as i64;
        let total = new.price.checked_mul(numbers).ok_or(Refusal::AmountTooLarge)?;
        if total > new.agreed {
            return Err(Refusal::EstimateChanged.into());
        }
        let under_way = "SELECT 1 FROM lookup WHERE account = ?1 AND state = 'working'";
        if !db.query(under_way, params![&self.account]).await?.is_empty() {
            return Err(Refusal::LookupInProgress.into());
        }
        let balance = "SELECT available FROM balance WHERE account = ?1";
        let rows = db.query(balance, params![&self.account]).await?;
        if rows.first().ok_or(DbError::NoRow)?.int("available")? < total.0 {
            return Err(Refusal::BalanceInsufficient.into());
        }
        let entries = [(Book::Available, total.negated()), (Book::Held, total)];
        self.move_for_processing(db, "hold", (Processing::Lookup, lookup), &entries, now).await?;
        let (operator, tariff) = (new.operator.as_str(), new.tariff.as_str());
        let skipped: Vec<_> = skipped.iter().map(|(place, why)| (place, why.as_str())).collect();
        let place = self.place("lookup skipped", lookup);
        let skipped = self.keys.personal()?.seal(&place, json(&skipped)?.as_bytes())?;
        let parameters =
            params![&self.account, lookup, operator, tariff, new.price.0, total.0, numbers, skipped, now];
        if db.query(sql!("number_lookups.sql", "begin"), parameters).await?.is_empty() {
            return Err(DbError::AccountMoving.into());
        }
        let parameters = params![&self.account, lookup, json(&chosen)?, now];
        db.query(sql!("number_lookups.sql", "add_numbers"), parameters).await?;
        Ok(())
    }

    /// One look-up.
    pub async fn lookup(&self, lookup: &str) -> Result<Option<Lookup>, DbError> {
        let rows = self.db.query(sql!("number_lookups.sql", "one"), params![&self.account, lookup]).await?;
        rows.first().map(Lookup::from_row).transpose()
    }

    /// The look-ups, newest first.
    pub async fn lookups(&self, cursor: Option<&str>, limit: usize) -> Result<StoredPage<Lookup>, DbError> {
        let parameters = params![&self.account, cursor, limit as i64 + 1];
        let rows = self.db.query(sql!("number_lookups.sql", "page"), parameters).await?;
        let lookups = rows.iter().map(Lookup::from_row).collect::<Result<Vec<_>, _>>()?;
        Ok(StoredPage::cut(lookups, limit, |lookup| lookup.lookup.clone()))
    }

    /// The answers of a completed look-up, by their contacts. One that works has none yet (R49).
    pub async fn looked_up(
        &self,
        lookup: &str,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<StoredPage<LookedUpNumber>, StoreError> {
        self.lookup(lookup).await?.ok_or(Refusal::NotFound)?;
        let parameters = params![&self.account, lookup, cursor.unwrap_or(""), limit as i64 + 1];
        let rows = self.db.query(sql!("number_lookups.sql", "answers"), parameters).await?;
        let numbers = rows.iter().map(|row| self.read_looked_up(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(StoredPage::cut(numbers, limit, |number| number.contact.clone()))
    }

    /// All that was said of one person's number, newest first.
    pub(crate) async fn looked_up_of(&self, db: &D, hash: &[u8; 32]) -> Result<Vec<LookedUpNumber>, DbError> {
        let parameters = params![&self.account, hash, SHOWN_MAX];
        let rows = db.query(sql!("number_lookups.sql", "of_person"), parameters).await?;
        rows.iter().map(|row| self.read_looked_up(row)).collect()
    }

    fn read_looked_up(&self, row: &Row) -> Result<LookedUpNumber, DbError> {
        let (lookup, contact) = (row.text("lookup")?, row.text("contact")?);
        let key = self.keys.personal()?;
        let answer = key.open(&self.place_of_answer(&lookup, &contact), &row.blob("answer")?)?;
        let phone = key.open_text(&self.place("contact number", &contact), &row.blob("number")?)?;
        Ok(LookedUpNumber {
            answer: serde_json::from_slice(&answer).map_err(|_| DbError::Column("answer".to_owned()))?,
            operator: row.text("operator")?,
            delivered_at: row.int("finished_at")?,
            contact,
            phone,
        })
    }

    pub(super) fn place_of_answer(&self, lookup: &str, contact: &str) -> String {
        self.place("lookup answer", &format!("{lookup} {contact}"))
    }

    /// Ends what is under way, of an account that is closed: nothing is delivered, so nothing is paid (R103). Belongs
    /// inside a transaction.
    pub(crate) async fn end_lookup(&self, db: &D, now: i64) -> Result<(), DbError> {
        for row in db.query(sql!("number_lookups.sql", "end_it"), params![&self.account, now]).await? {
            let (lookup, agreed) = (row.text("lookup")?, Tiyn(row.int("agreed")?));
            let back = [(Book::Held, agreed.negated()), (Book::Available, agreed)];
            self.move_for_processing(db, "release", (Processing::Lookup, &lookup), &back, now).await?;
            self.note_lookup_end(db, &lookup, LookupState::Ended, 0, Tiyn::ZERO, now).await?;
        }
        Ok(())
    }

    pub(super) async fn note_lookup_end(
        &self,
        db: &D,
        lookup: &str,
        state: LookupState,
        answered: i64,
        charged: Tiyn,
        now: i64,
    ) -> Result<(), DbError> {
        let fields = serde_json::json!({
            "lookup": lookup, "state": state.as_str(), "answered": answered, "charged": charged.to_string(),
            "actor": "tick", "channel": "tick",
        });
        let event = NewEvent { kind: "lookup_finished", campaign: None, fields };
        self.recorder().record(db, now, vec![event]).await?;
        Ok(())
    }
}
