//! Runs of scores: asked for at a price that is agreed to and held, and charged when they are delivered (R49, R103).

use domain::ids::IdKind;
use domain::money::Tiyn;
use domain::tariffs::Processing;
use scoring::{Events, Kind, Model, Quality};

use crate::cell::Tenant;
use crate::cell::idempotency::{self, Repeatable};
use crate::cell::jobs::{self, JobKind, NewJob};
use crate::cell::money::ledger::Book;
use crate::cell::proof::events::NewEvent;
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::{Act, StoredPage, json, params, sql};

/// A run that is asked for.
#[derive(Clone, Debug)]
pub struct NewScoring {
    /// Of what the chance is wanted.
    pub kind: Kind,
    /// The tariff's version.
    pub tariff: String,
    /// The price of one score by it.
    pub price: Tiyn,
    /// The most that the account agrees to pay.
    pub agreed: Tiyn,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoringState {
    /// It is being worked on.
    Working,
    /// Its scores can be read, and are paid for.
    Completed,
    /// There are too few people to learn from; free.
    NotEnough,
    /// What is known says no more than the average; free.
    NothingToSay,
    /// A later run of its kind is completed.
    Superseded,
    /// The account was closed meanwhile; free.
    Ended,
}

impl ScoringState {
    const ALL: [Self; 6] =
        [Self::Working, Self::Completed, Self::NotEnough, Self::NothingToSay, Self::Superseded, Self::Ended];

    /// As it is stored and answered.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Completed => "completed",
            Self::NotEnough => "not_enough",
            Self::NothingToSay => "nothing_to_say",
            Self::Superseded => "superseded",
            Self::Ended => "ended",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A run as its owner sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scoring {
    /// `scg_…`
    pub scoring: String,
    /// Of what the chance was wanted.
    pub kind: Kind,
    /// Where it stands.
    pub state: ScoringState,
    /// The tariff's version.
    pub tariff: String,
    /// The price of one score.
    pub price: Tiyn,
    /// The most that it may cost.
    pub agreed: Tiyn,
    /// What it cost.
    pub charged: Option<Tiyn>,
    /// How many scores were delivered.
    pub scored: Option<i64>,
    /// How many contacts were skipped.
    pub skipped: Option<i64>,
    /// The model, once there is one. One that other rules made is not shown.
    pub model: Option<Model>,
    /// How good it is; also of one that says nothing.
    pub quality: Option<Quality>,
    /// How many there were to learn from, where they were too few.
    pub people: Option<Events>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub finished_at: Option<i64>,
    /// The last contact that it is about.
    pub(super) up_to: String,
}

impl Scoring {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        let stored = |column: &str| row.opt_text(column);
        Ok(Self {
            scoring: row.text("scoring")?,
            kind: row.read("kind", Kind::parse)?,
            state: row.read("state", ScoringState::parse)?,
            tariff: row.text("tariff")?,
            price: Tiyn(row.int("price")?),
            agreed: Tiyn(row.int("agreed")?),
            charged: row.opt_int("charged")?.map(Tiyn),
            scored: row.opt_int("scored")?,
            skipped: row.opt_int("skipped")?,
            model: stored("model")?.and_then(|json| Model::parse(&json)),
            quality: stored("quality")?.and_then(|json| serde_json::from_str(&json).ok()),
            people: stored("people")?.and_then(|json| serde_json::from_str(&json).ok()),
            created_at: row.int("created_at")?,
            finished_at: row.opt_int("finished_at")?,
            up_to: row.text("up_to")?,
        })
    }
}

/// Whom a run would be about now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scorable {
    /// Contacts in the base.
    pub contacts: i64,
    /// Those of them who consented: at most these are scored.
    pub consenting: i64,
    up_to: Option<String>,
}

/// What comes to an end without a charge.
pub(super) struct Unpaid<'u> {
    pub state: ScoringState,
    pub quality: Option<&'u Quality>,
    pub people: Option<Events>,
}

impl<D: Database> Tenant<'_, D> {
    /// Whom a run would be about if it began now (R99).
    pub async fn scorable(&self) -> Result<Scorable, DbError> {
        let rows = self.db.query(sql!("runs.sql", "consenting"), params![&self.account]).await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        Ok(Scorable {
            contacts: row.int("contacts")?,
            consenting: row.int("consenting")?,
            up_to: row.opt_text("up_to")?,
        })
    }

    /// What a request under the same key began before: a repeat is answered also where scores are not sold any more.
    pub async fn scoring_begun_before(
        &self,
        repeat: Option<&Repeatable>,
    ) -> Result<Option<Scoring>, StoreError> {
        match idempotency::find(self.db, &self.account, self.keys.personal()?, repeat).await? {
            Some(scoring) => Ok(self.scoring(&scoring).await?),
            None => Ok(None),
        }
    }

    /// Begins a run: its price is held, and a job does it. A repeat under the same key finds the first.
    pub async fn begin_scoring(
        &self,
        act: &Act,
        new: &NewScoring,
        repeat: Option<&Repeatable>,
    ) -> Result<Scoring, StoreError> {
        let scoring = self.new_id(IdKind::Scoring, act.now)?;
        let key = self.keys.personal()?;
        // A count over a million is not made while others wait to write: whoever consents meanwhile is scored only
        // as far as what was agreed to goes.
        let Scorable { consenting, up_to, .. } = self.scorable().await?;
        let total = new.price.checked_mul(consenting).ok_or(Refusal::AmountTooLarge)?;
        let begun = self
            .write(async |db| {
                self.refuse_if_closed(db).await?;
                if let Some(first) =
                    idempotency::claim(db, &self.account, key, repeat, &scoring, act.now).await?
                {
                    return Ok(first);
                }
                let Some(up_to) = up_to.filter(|_| consenting > 0) else {
                    return Err(Refusal::NobodyConsented.into());
                };
                if total > new.agreed {
                    return Err(Refusal::EstimateChanged.into());
                }
                if !db.query(sql!("runs.sql", "under_way"), params![&self.account]).await?.is_empty() {
                    return Err(Refusal::ScoringInProgress.into());
                }
                self.hold_price(db, &scoring, total, act.now).await?;
                let parameters = params![
                    &self.account,
                    &scoring,
                    new.kind.as_str(),
                    up_to,
                    &new.tariff,
                    new.price.0,
                    total.0,
                    act.now
                ];
                db.query(sql!("runs.sql", "begin"), parameters).await?;
                let job = NewJob {
                    kind: JobKind::Scoring,
                    account: &self.account,
                    subject: &scoring,
                    due_at: act.now,
                };
                jobs::enqueue(db, &job).await?;
                let fields = serde_json::json!({
                    "scoring": scoring, "of": new.kind.as_str(), "contacts": consenting, "tariff": new.tariff,
                    "at_most": total.to_string(),
                });
                self.write_act(db, act, "scoring_begun", None, fields).await?;
                Ok(scoring.clone())
            })
            .await?;
        self.scoring(&begun).await?.ok_or_else(|| Refusal::NotFound.into())
    }

    async fn hold_price(&self, db: &D, scoring: &str, total: Tiyn, now: i64) -> Result<(), StoreError> {
        let rows =
            db.query("SELECT available FROM balance WHERE account = ?1", params![&self.account]).await?;
        if rows.first().ok_or(DbError::NoRow)?.int("available")? < total.0 {
            return Err(Refusal::BalanceInsufficient.into());
        }
        let entries = [(Book::Available, total.negated()), (Book::Held, total)];
        self.move_for_processing(db, "hold", (Processing::Score, scoring), &entries, now).await?;
        Ok(())
    }

    /// One run.
    pub async fn scoring(&self, scoring: &str) -> Result<Option<Scoring>, DbError> {
        let rows = self.db.query(sql!("runs.sql", "one"), params![&self.account, scoring]).await?;
        rows.first().map(Scoring::from_row).transpose()
    }

    /// The run of a kind whose scores can be read.
    pub async fn scoring_in_force(&self, kind: Kind) -> Result<Option<Scoring>, DbError> {
        let rows = self.db.query(sql!("runs.sql", "in_force"), params![&self.account, kind.as_str()]).await?;
        rows.first().map(Scoring::from_row).transpose()
    }

    /// The runs, newest first.
    pub async fn scorings(&self, cursor: Option<&str>, limit: usize) -> Result<StoredPage<Scoring>, DbError> {
        let parameters = params![&self.account, cursor, limit as i64 + 1];
        let rows = self.db.query(sql!("runs.sql", "page"), parameters).await?;
        let scorings = rows.iter().map(Scoring::from_row).collect::<Result<Vec<_>, _>>()?;
        Ok(StoredPage::cut(scorings, limit, |scoring| scoring.scoring.clone()))
    }

    /// Ends a run that has nothing to deliver: all that was held comes back (R103). Belongs inside a transaction.
    pub(super) async fn end_without_charge(
        &self,
        db: &D,
        scoring: &str,
        unpaid: &Unpaid<'_>,
        now: i64,
    ) -> Result<(), DbError> {
        let parameters = params![
            &self.account,
            scoring,
            unpaid.state.as_str(),
            unpaid.quality.map(json).transpose()?,
            unpaid.people.as_ref().map(json).transpose()?,
            now
        ];
        let ended = db.query(sql!("runs.sql", "end_without_charge"), parameters).await?;
        let Some(row) = ended.first() else { return Ok(()) };
        let agreed = Tiyn(row.int("agreed")?);
        let entries = [(Book::Held, agreed.negated()), (Book::Available, agreed)];
        self.move_for_processing(db, "release", (Processing::Score, scoring), &entries, now).await?;
        self.note_end(db, scoring, unpaid.state, Tiyn::ZERO, now).await
    }

    /// Ends what is under way, of an account that is closed. Belongs inside a transaction.
    pub(crate) async fn end_scorings(&self, db: &D, now: i64) -> Result<(), DbError> {
        for row in db.query(sql!("runs.sql", "under_way"), params![&self.account]).await? {
            let unpaid = Unpaid { state: ScoringState::Ended, quality: None, people: None };
            self.end_without_charge(db, &row.text("scoring")?, &unpaid, now).await?;
        }
        Ok(())
    }

    /// Delivers the scores and charges for them, in one transaction, which is the caller's (R49, R103).
    pub(super) async fn deliver_scores(&self, db: &D, run: &Scoring, now: i64) -> Result<(), DbError> {
        let scoring = run.scoring.as_str();
        // Whoever consents behind the estimate is not scored for nothing: no more is delivered than was agreed to.
        if run.price > Tiyn::ZERO {
            let agreed = run.agreed.0 / run.price.0;
            db.query(sql!("runs.sql", "skip_the_rest"), params![&self.account, scoring, agreed]).await?;
        }
        let rows = db.query(sql!("runs.sql", "count_scored"), params![&self.account, scoring]).await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        let (scored, skipped) = (row.int("scored")?, row.int("skipped")?);
        let charged = run.price.checked_mul(scored).unwrap_or(run.agreed).min(run.agreed);
        let rest = Tiyn(run.agreed.0 - charged.0);
        let paid = [(Book::Held, charged.negated()), (Book::Service, charged)];
        let capture =
            self.move_for_processing(db, "capture", (Processing::Score, scoring), &paid, now).await?;
        let back = [(Book::Held, rest.negated()), (Book::Available, rest)];
        self.move_for_processing(db, "release", (Processing::Score, scoring), &back, now).await?;
        db.query(sql!("runs.sql", "supersede"), params![&self.account, scoring, run.kind.as_str()]).await?;
        let parameters = params![&self.account, scoring, scored, skipped, charged.0, capture, now];
        if db.query(sql!("runs.sql", "deliver"), parameters).await?.is_empty() {
            return Err(DbError::Constraint("a scoring is delivered once".to_owned()));
        }
        self.note_end(db, scoring, ScoringState::Completed, charged, now).await
    }

    async fn note_end(
        &self,
        db: &D,
        scoring: &str,
        state: ScoringState,
        charged: Tiyn,
        now: i64,
    ) -> Result<(), DbError> {
        let fields = serde_json::json!({
            "scoring": scoring, "state": state.as_str(), "charged": charged.to_string(), "actor": "tick",
            "channel": "tick",
        });
        let event = NewEvent { kind: "scoring_finished", campaign: None, fields };
        self.recorder().record(db, now, vec![event]).await?;
        Ok(())
    }
}
