//! What an account has of one number.

use serde_json::Value as Json;

use crate::cell::scores::stances::StanceNoted;
use crate::cell::{Appeal, BlacklistEntry, Contact, HistoryItem, LookedUpNumber, PersonReceipt, Tenant};
use crate::database::{Database, DbError};
use crate::row::Row;
use crate::{StoredPage, hex, params, sql};

/// Campaigns that one step looks through for messages to a person: a look-up each.
const CAMPAIGNS_STEP: i64 = 2_000;
/// The most of one kind that is shown of a person, besides messages, which go in pages.
const SHOWN_MAX: i64 = 1_000;
/// Behind every campaign's id.
const BEHIND_ALL: &str = "cmp_~";

/// What an account has of one number, but for the messages.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// E.164.
    pub phone: String,
    /// As it stands in the base.
    pub contact: Option<Contact>,
    /// Where the contact's consent comes from: JSON.
    pub consent: Option<String>,
    /// Consents that others followed, or whose contact is gone.
    pub former_consents: Vec<FormerConsent>,
    /// Who lists the number, and why.
    pub blacklist: Vec<BlacklistEntry>,
    /// What they said last of automated decisions.
    pub stance: Option<StanceNoted>,
    /// `[{scoring, kind, rules, score, reasons, inputs}]`
    pub scores: Json,
    /// What networks said of their number, newest first.
    pub lookups: Vec<LookedUpNumber>,
    /// Appeals and reviews, newest first.
    pub appeals: Vec<Appeal>,
    /// Links in messages that were opened.
    pub visits: Vec<PersonVisit>,
    /// What was done at their request before, newest first.
    pub requests: Vec<PersonReceipt>,
}

impl Person {
    /// Whether there is nothing.
    pub fn is_nobody(&self) -> bool {
        self.contact.is_none()
            && self.former_consents.is_empty()
            && self.blacklist.is_empty()
            && self.stance.is_none()
            && self.appeals.is_empty()
            && self.requests.is_empty()
    }
}

/// A proof of consent whose contact is gone, or that another followed (R63).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerConsent {
    /// `con_…`
    pub contact: String,
    /// JSON.
    pub proof: String,
}

/// A link of a message that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonVisit {
    /// `msg_…`
    pub message: String,
    /// `cmp_…`
    pub campaign: String,
    /// Which of the text's links it is, from 0.
    pub place: i64,
    /// `person`, `preview` or `unknown`: the best that was seen.
    pub visitor: String,
    /// Unix milliseconds.
    pub visited_at: i64,
}

impl<D: Database> Tenant<'_, D> {
    /// What the account has of a number. It looks the number up by its hash in each table, so a stranger's is found in
    /// none.
    pub async fn person(&self, phone: &str) -> Result<Person, DbError> {
        let db = self.db;
        let hash = self.keys.personal()?.index(phone);
        let known = self.contact_of_number(db, &hash).await?;
        let visits = match &known {
            Some((contact, _)) => self.visits_of(&contact.contact).await?,
            None => Vec::new(),
        };
        let (contact, consent) = known.unzip();
        let mut blacklist = self.entries_of(db, &hash).await?;
        // That the service lists a stranger is no business of an account.
        blacklist.retain(|entry| entry.source != "service" || contact.is_some());
        Ok(Person {
            phone: phone.to_owned(),
            contact,
            consent: consent.flatten(),
            former_consents: self.former_consents_of(&hash).await?,
            blacklist,
            stance: self.stance_of(phone).await?,
            scores: self.scores_of(db, phone).await?,
            lookups: self.looked_up_of(db, &hash).await?,
            appeals: self.appeals_of(db, &hash).await?,
            visits,
            requests: self.requests_of(&hash, SHOWN_MAX).await?,
        })
    }

    /// Messages to a number, those of the newest campaigns first. Which of the account's messages are to one number no
    /// index says, since it would cost every message a page; so the campaigns are gone through, with one look-up
    /// each, and a page is what so many of them hold. It may be empty and others follow.
    pub async fn messages_of_person(
        &self,
        phone: &str,
        cursor: Option<&str>,
    ) -> Result<StoredPage<HistoryItem>, DbError> {
        let below = cursor.unwrap_or(BEHIND_ALL);
        let parameters = params![&self.account, below, CAMPAIGNS_STEP];
        let rows = self.db.query(sql!("found.sql", "next_campaigns"), parameters).await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        let Some(down_to) = row.opt_text("down_to")? else {
            return Ok(StoredPage { items: Vec::new(), next_cursor: None });
        };
        let next_cursor = (row.int("campaigns")? == CAMPAIGNS_STEP).then(|| down_to.clone());
        let parameters = params![&self.account, below, &down_to, &self.hash_in_history(phone)];
        let rows = self.db.query(sql!("found.sql", "messages"), parameters).await?;
        let items = rows.iter().map(|row| self.read_item(row)).collect::<Result<Vec<_>, DbError>>()?;
        Ok(StoredPage { items, next_cursor })
    }

    /// By what the history finds a number: the hash of the personal key, and once that is destroyed that of the evidence
    /// key, which messages that were handed over keep.
    fn hash_in_history(&self, phone: &str) -> [u8; 32] {
        self.keys.personal.as_ref().unwrap_or(&self.keys.evidence).index(phone)
    }

    /// By what the account's events name a number, in hexadecimal: a keyed hash of the evidence key.
    pub fn number_in_events(&self, phone: &str) -> String {
        hex(&self.keys.evidence.index(phone))
    }

    /// Whether the account ever had a message for a number.
    pub(super) async fn wrote_ever_to(&self, phone: &str) -> Result<bool, DbError> {
        let mut cursor: Option<String> = None;
        loop {
            let page = self.messages_of_person(phone, cursor.as_deref()).await?;
            if !page.items.is_empty() {
                return Ok(true);
            }
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => return Ok(false),
            }
        }
    }

    /// The contact with a number and the proof of its consent; none while its file is being read.
    pub(super) async fn contact_of_number(
        &self,
        db: &D,
        hash: &[u8; 32],
    ) -> Result<Option<(Contact, Option<String>)>, DbError> {
        let rows = db.query(sql!("found.sql", "contact"), params![&self.account, hash]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let contact = self.open_contact(row)?;
        let place = self.place("contact consent", &contact.contact);
        let proof = row.opt_blob("consent_proof")?;
        let proof = proof.map(|sealed| self.keys.evidence.open_text(&place, &sealed)).transpose()?;
        Ok(Some((contact, proof)))
    }

    async fn former_consents_of(&self, hash: &[u8; 32]) -> Result<Vec<FormerConsent>, DbError> {
        let parameters = params![&self.account, hash, SHOWN_MAX];
        let rows = self.db.query(sql!("found.sql", "former_consents"), parameters).await?;
        let read = |row: &Row| {
            let contact = row.text("contact")?;
            let place = self.place("contact consent", &contact);
            let proof = self.keys.evidence.open_text(&place, &row.blob("consent_proof")?)?;
            Ok(FormerConsent { contact, proof })
        };
        rows.iter().map(read).collect()
    }

    async fn visits_of(&self, contact: &str) -> Result<Vec<PersonVisit>, DbError> {
        let parameters = params![&self.account, contact, SHOWN_MAX];
        let rows = self.db.query(sql!("found.sql", "visits"), parameters).await?;
        let read = |row: &Row| {
            Ok(PersonVisit {
                message: row.text("message")?,
                campaign: row.text("campaign")?,
                place: row.int("place")?,
                visitor: row.text("visitor")?,
                visited_at: row.int("visited_at")?,
            })
        };
        rows.iter().map(read).collect()
    }
}
