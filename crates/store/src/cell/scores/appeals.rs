//! Appeals of people against automated decisions, and their wish that a human reviews one: each excludes the person
//! from scores, has a day by which it is answered, and an outcome (R101, R210).

use domain::ids::IdKind;
use domain::unpaid::Kept;

use crate::cell::Tenant;
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::{Act, StoredPage, json, params, sql};

/// Appeals that are listed at once, of those that are open or of one person.
const OPEN_MAX: i64 = 500;

/// What a person wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppealKind {
    /// That a decision is changed.
    Appeal,
    /// That a human looks at it.
    Review,
}

impl AppealKind {
    /// As it is stored and answered.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Appeal => "appeal",
            Self::Review => "review",
        }
    }

    /// The kind of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Appeal, Self::Review].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppealOutcome {
    /// The decision stands.
    DecisionStands,
    /// It was changed.
    DecisionChanged,
}

impl AppealOutcome {
    /// As it is stored and answered.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DecisionStands => "decision_stands",
            Self::DecisionChanged => "decision_changed",
        }
    }

    /// The outcome of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::DecisionStands, Self::DecisionChanged].into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// An appeal that came to the account.
#[derive(Clone, Debug)]
pub struct NewAppeal {
    /// What the person wants.
    pub kind: AppealKind,
    /// E.164.
    pub phone: String,
    /// What they say.
    pub said: String,
    /// By when it is answered, Unix milliseconds.
    pub due_at: i64,
}

/// An appeal as its account sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Appeal {
    /// `apl_…`
    pub appeal: String,
    /// What the person wants.
    pub kind: AppealKind,
    /// E.164.
    pub phone: String,
    /// What they say.
    pub said: String,
    /// The scores that it is about: `[{scoring, kind, rules, score, reasons, inputs}]`.
    pub contested: serde_json::Value,
    /// Unix milliseconds.
    pub received_at: i64,
    /// Unix milliseconds.
    pub due_at: i64,
    /// What came of it.
    pub decision: Option<AppealDecision>,
}

/// What a human decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppealDecision {
    /// What came of it.
    pub outcome: AppealOutcome,
    /// Who decided.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Unix milliseconds.
    pub at: i64,
}

impl<D: Database> Tenant<'_, D> {
    /// Takes an appeal. The person is excluded from scores at once, in the same transaction; the scores that it is
    /// about are kept with it alone, so that whoever decides sees them.
    pub async fn receive_appeal(&self, act: &Act, new: &NewAppeal) -> Result<Appeal, StoreError> {
        let appeal = self.new_id(IdKind::Appeal, act.now)?;
        let key = self.keys.personal()?;
        let seal = |column: &str, text: &str| key.seal(&self.place(column, &appeal), text.as_bytes());
        let number = seal("appeal number", &new.phone)?;
        let said = seal("appeal said", &new.said)?;
        self.write(async |db| {
            self.refuse_if_closed(db).await?;
            let contested = seal("appeal contested", &json(&self.scores_of(db, &new.phone).await?)?)?;
            self.object(db, act, &new.phone, &new.said).await?;
            let parameters = params![
                &self.account,
                &appeal,
                new.kind.as_str(),
                number,
                said,
                contested,
                act.now,
                new.due_at,
                &key.index(&new.phone)
            ];
            db.query(sql!("appeals.sql", "receive"), parameters).await?;
            self.check_unpaid_limit(db, Kept::Appeals).await?;
            let fields = serde_json::json!({"appeal": appeal, "of": new.kind.as_str()});
            self.write_act(db, act, "appeal_received", None, fields).await?;
            Ok(())
        })
        .await?;
        self.appeal(&appeal).await?.ok_or_else(|| Refusal::NotFound.into())
    }

    /// Writes down what a human decided, once.
    pub async fn decide_appeal(
        &self,
        act: &Act,
        appeal: &str,
        decision: &AppealDecision,
    ) -> Result<Appeal, StoreError> {
        let key = self.keys.personal()?;
        let seal = |column: &str, text: &str| key.seal(&self.place(column, appeal), text.as_bytes());
        let by = seal("appeal decided by", &decision.by)?;
        let reason = seal("appeal decision", &decision.reason)?;
        self.write(async |db| {
            let known = db.query(sql!("appeals.sql", "one"), params![&self.account, appeal]).await?;
            known.first().ok_or(Refusal::NotFound)?;
            let parameters =
                params![&self.account, appeal, decision.outcome.as_str(), by, reason, decision.at];
            if db.query(sql!("appeals.sql", "decide"), parameters).await?.is_empty() {
                return Err(Refusal::AppealDecided.into());
            }
            let fields = serde_json::json!({"appeal": appeal, "outcome": decision.outcome.as_str()});
            self.write_act(db, act, "appeal_decided", None, fields).await?;
            Ok(())
        })
        .await?;
        self.appeal(appeal).await?.ok_or_else(|| Refusal::NotFound.into())
    }

    /// One appeal.
    pub async fn appeal(&self, appeal: &str) -> Result<Option<Appeal>, DbError> {
        let rows = self.db.query(sql!("appeals.sql", "one"), params![&self.account, appeal]).await?;
        rows.first().map(|row| self.read_appeal(row)).transpose()
    }

    /// All of them, newest first.
    pub async fn appeals(&self, cursor: Option<&str>, limit: usize) -> Result<StoredPage<Appeal>, DbError> {
        let parameters = params![&self.account, cursor, limit as i64 + 1];
        let rows = self.db.query(sql!("appeals.sql", "page"), parameters).await?;
        let appeals = rows.iter().map(|row| self.read_appeal(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(StoredPage::cut(appeals, limit, |appeal| appeal.appeal.clone()))
    }

    /// Those that are not decided, the most urgent first; 500 at most.
    pub async fn open_appeals(&self) -> Result<Vec<Appeal>, DbError> {
        let rows = self.db.query(sql!("appeals.sql", "open"), params![&self.account, OPEN_MAX]).await?;
        rows.iter().map(|row| self.read_appeal(row)).collect()
    }

    /// Those of one person, newest first; 500 at most.
    pub(crate) async fn appeals_of(&self, db: &D, hash: &[u8; 32]) -> Result<Vec<Appeal>, DbError> {
        let parameters = params![&self.account, hash, OPEN_MAX];
        let rows = db.query(sql!("appeals.sql", "of_person"), parameters).await?;
        rows.iter().map(|row| self.read_appeal(row)).collect()
    }

    fn read_appeal(&self, row: &Row) -> Result<Appeal, DbError> {
        let appeal = row.text("appeal")?;
        let key = self.keys.personal()?;
        let open = |column: &str, sealed: &[u8]| key.open_text(&self.place(column, &appeal), sealed);
        let contested = open("appeal contested", &row.blob("contested")?)?;
        let decision = match row.opt_read("outcome", AppealOutcome::parse)? {
            None => None,
            Some(outcome) => Some(AppealDecision {
                outcome,
                by: open("appeal decided by", &row.blob("decided_by")?)?,
                reason: open("appeal decision", &row.blob("decision")?)?,
                at: row.int("decided_at")?,
            }),
        };
        Ok(Appeal {
            kind: row.read("kind", AppealKind::parse)?,
            phone: open("appeal number", &row.blob("number")?)?,
            said: open("appeal said", &row.blob("said")?)?,
            contested: serde_json::from_str(&contested).map_err(|_| DbError::Seal)?,
            received_at: row.int("received_at")?,
            due_at: row.int("due_at")?,
            decision,
            appeal,
        })
    }
}
