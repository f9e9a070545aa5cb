//! What people said of automated decisions about them: without their consent nobody is scored, and whoever objects has
//! no scores from that moment on (R99, R100).

use domain::unpaid::Kept;
use serde::Serialize;

use crate::cell::Tenant;
use crate::cell::proof::events::NewEvent;
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::{Act, hex, json, params, sql};

/// Contacts that one step goes through for those of an upload.
const IMPORT_ROWS: i64 = 10_000;

/// What a person says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// They consent to automated analysis and decisions.
    Consents,
    /// They withdraw that.
    Withdraws,
    /// They object.
    Objects,
    /// They take the objection back. That is no consent yet.
    TakesObjectionBack,
}

impl Word {
    /// As it stands in events.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Consents => "consents",
            Self::Withdraws => "withdraws",
            Self::Objects => "objects",
            Self::TakesObjectionBack => "takes_objection_back",
        }
    }
}

/// Where a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stance {
    /// Their contacts may be scored.
    Consented,
    /// They may not, as where nothing was said.
    Withdrawn,
    /// They may not, whatever a list says.
    Objected,
}

impl Stance {
    /// As it is stored and answered.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consented => "consented",
            Self::Withdrawn => "withdrawn",
            Self::Objected => "objected",
        }
    }

    pub(in crate::cell) fn parse(text: &str) -> Option<Self> {
        [Self::Consented, Self::Withdrawn, Self::Objected].into_iter().find(|stance| stance.as_str() == text)
    }
}

/// What became of a list of people who said the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StancesNoted {
    /// For whom something changed.
    pub changed: i64,
    /// Who objected before, and was left so.
    pub objectors: i64,
}

/// What one person said last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StanceNoted {
    /// Where they stand.
    pub stance: Stance,
    /// How they said it, as the account wrote; `None` where an upload says it.
    pub said: Option<String>,
    /// The upload that says it.
    pub import: Option<String>,
    /// Unix milliseconds.
    pub at: i64,
}

/// Who brought contacts, and through what: the session or key, and the way.
pub(in crate::cell) struct BroughtBy {
    pub actor: String,
    pub channel: String,
}

/// What rows of an import say of the people in them, whose hashes stand one behind the other.
pub(in crate::cell) struct RowsOfDecisions<'r> {
    pub import: &'r str,
    pub consenting: &'r [u8],
    pub refusing: &'r [u8],
    pub unclear: &'r [u8],
}

/// A person's word, with its bytes in hexadecimal.
#[derive(Serialize)]
struct Sealed {
    hash: String,
    said: String,
}

impl<D: Database> Tenant<'_, D> {
    /// Writes down what people said, and how. Scores of those who do not consent any more are void in the same
    /// transaction.
    pub async fn note_stances(
        &self,
        act: &Act,
        phones: &[String],
        word: Word,
        said: &str,
    ) -> Result<StancesNoted, StoreError> {
        let people = self.sealed_words(phones, said)?;
        self.write(async |db| {
            self.refuse_if_closed(db).await?;
            self.check_unpaid_words(db, said).await?;
            self.note_words(db, act, &people, word).await
        })
        .await
    }

    /// The same of one person, inside the transaction of its cause.
    pub(crate) async fn object(
        &self,
        db: &D,
        act: &Act,
        phone: &str,
        said: &str,
    ) -> Result<StancesNoted, StoreError> {
        self.check_unpaid_words(db, said).await?;
        let people = self.sealed_words(&[phone.to_owned()], said)?;
        self.note_words(db, act, &people, Word::Objects).await
    }

    /// From now on a person consents to no automated decision, also where a file says so later. An objection says more
    /// than that and stays. Answers whether a consent ended. Belongs inside the transaction of its cause, whose event
    /// tells of it.
    pub(crate) async fn withdraw_in(
        &self,
        db: &D,
        act: &Act,
        phone: &str,
        said: &str,
    ) -> Result<bool, DbError> {
        let hash = self.keys.personal()?.index(phone);
        let rows = db.query(sql!("stances.sql", "one"), params![&self.account, &hash]).await?;
        let before = rows.first().map(|row| row.read("stance", Stance::parse)).transpose()?;
        let people = self.sealed_words(&[phone.to_owned()], said)?;
        let parameters = params![&self.account, people, Stance::Withdrawn.as_str(), &act.actor, act.now];
        db.query(sql!("stances.sql", "note"), parameters).await?;
        Ok(before == Some(Stance::Consented))
    }

    /// Forgets a person's consent; what they said against automated decisions stays. Answers whether there was one.
    /// Belongs inside the transaction of its cause.
    pub(crate) async fn forget_consent_in(&self, db: &D, hash: &[u8; 32]) -> Result<bool, DbError> {
        let forgotten = db.query(sql!("stances.sql", "forget_consent"), params![&self.account, hash]).await?;
        Ok(!forgotten.is_empty())
    }

    /// JSON rows.
    fn sealed_words(&self, phones: &[String], said: &str) -> Result<String, DbError> {
        let key = self.keys.personal()?;
        let seal = |phone: &String| {
            let hash = hex(&key.index(phone));
            let said = hex(&key.seal(&self.place("stance", &hash), said.as_bytes())?);
            Ok(Sealed { hash, said })
        };
        json(&phones.iter().map(seal).collect::<Result<Vec<_>, DbError>>()?)
    }

    async fn note_words(
        &self,
        db: &D,
        act: &Act,
        people: &str,
        word: Word,
    ) -> Result<StancesNoted, StoreError> {
        let (statement, stance) = match word {
            Word::Consents => (sql!("stances.sql", "note"), Stance::Consented),
            Word::Objects => (sql!("stances.sql", "note"), Stance::Objected),
            Word::Withdraws => (sql!("stances.sql", "note"), Stance::Withdrawn),
            Word::TakesObjectionBack => (sql!("stances.sql", "withdraw"), Stance::Objected),
        };
        let changed = db
            .query(statement, params![&self.account, people, stance.as_str(), &act.actor, act.now])
            .await?
            .len() as i64;
        if word == Word::Consents {
            self.check_unpaid_limit(db, Kept::DecisionConsents).await?;
        }
        self.check_unpaid_limit(db, Kept::DecisionStances).await?;
        let objectors = match word {
            Word::Consents | Word::Withdraws => {
                let rows = db.query(sql!("stances.sql", "objectors"), params![&self.account, people]).await?;
                rows.first().ok_or(DbError::NoRow)?.int("objectors")?
            }
            Word::Objects | Word::TakesObjectionBack => 0,
        };
        if changed > 0 {
            let fields = serde_json::json!({"word": word.as_str(), "people": changed});
            self.write_act(db, act, "stances_noted", None, fields).await?;
        }
        Ok(StancesNoted { changed, objectors })
    }

    /// Writes down what rows of an import say of automated decisions, inside the transaction that merges them (R99).
    /// Whoever said something by themselves stays as they said, whatever a file says. Of two files the later counts: it
    /// ends a consent that another one brought, also where it says neither yes nor no, since nobody knows any more
    /// whether the person consents; and it gives back one that another one ended. The same file again changes nothing.
    pub(in crate::cell) async fn note_rows(
        &self,
        db: &D,
        by: &BroughtBy,
        rows: &RowsOfDecisions<'_>,
        now: i64,
    ) -> Result<(), DbError> {
        for (word, statement, hashes) in [
            (Word::Consents.as_str(), sql!("stances.sql", "consent_by_rows"), rows.consenting),
            (Word::Withdraws.as_str(), sql!("stances.sql", "withdraw_by_rows"), rows.refusing),
            // The log does not say of whoever was unclear that they withdrew.
            ("unclear", sql!("stances.sql", "withdraw_by_rows"), rows.unclear),
        ] {
            if hashes.is_empty() {
                continue;
            }
            let places = json(&(0..hashes.len() / 32).collect::<Vec<_>>())?;
            let parameters = params![&self.account, rows.import, hashes, places, &by.actor, now];
            let people = db.query(statement, parameters).await?.len();
            if people > 0 {
                let fields = serde_json::json!({
                    "word": word, "people": people, "import": rows.import, "actor": &by.actor,
                    "channel": &by.channel,
                });
                let event = NewEvent { kind: "stances_noted", campaign: None, fields };
                self.recorder().record(db, now, vec![event]).await?;
            }
        }
        Ok(())
    }

    /// Writes down that all people of a completed upload consent, as its owner says (R99). One that says itself who
    /// consents is refused: the others of it do not. It goes in steps, so that
    /// nobody waits for the end of a million; whoever objected stays so.
    pub async fn note_consent_of_import(&self, act: &Act, import: &str) -> Result<StancesNoted, StoreError> {
        let completed =
            self.db.query(sql!("stances.sql", "is_completed"), params![&self.account, import]).await?;
        if completed.first().ok_or(Refusal::NotFound)?.flag("says_itself")? {
            return Err(Refusal::ImportSaysWhoConsents.into());
        }
        let (mut after, mut changed) = (String::new(), 0);
        loop {
            let parameters = params![&self.account, &after, IMPORT_ROWS];
            let rows = self.db.query(sql!("stances.sql", "next_contacts"), parameters).await?;
            let Some(up_to) = rows.first().ok_or(DbError::NoRow)?.opt_text("up_to")? else { break };
            changed += self
                .write(async |db| {
                    self.refuse_if_closed(db).await?;
                    let parameters = params![&self.account, import, &after, &up_to, &act.actor, act.now];
                    let noted = db.query(sql!("stances.sql", "note_import"), parameters).await?.len() as i64;
                    self.check_unpaid_limit(db, Kept::DecisionConsents).await?;
                    if noted > 0 {
                        let word = Word::Consents.as_str();
                        let fields = serde_json::json!({"word": word, "people": noted, "import": import});
                        self.write_act(db, act, "stances_noted", None, fields).await?;
                    }
                    Ok(noted)
                })
                .await?;
            after = up_to;
        }
        Ok(StancesNoted { changed, objectors: 0 })
    }

    /// What one person said last; `None` where they said nothing.
    pub async fn stance_of(&self, phone: &str) -> Result<Option<StanceNoted>, DbError> {
        let key = self.keys.personal()?;
        let hash = key.index(phone);
        let rows = self.db.query(sql!("stances.sql", "one"), params![&self.account, &hash]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let place = self.place("stance", &hex(&hash));
        let said = row.opt_blob("said")?.map(|sealed| key.open_text(&place, &sealed)).transpose()?;
        Ok(Some(StanceNoted {
            stance: row.read("stance", Stance::parse)?,
            said,
            import: row.opt_text("import")?,
            at: row.int("at")?,
        }))
    }
}
