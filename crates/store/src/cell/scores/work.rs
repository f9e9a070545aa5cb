//! The work on a run, step by step: who is looked at, what happened with them, what is learnt from it, their scores,
//! and the delivery. What a step reads and works out comes before its transaction, so that nobody waits for it; what
//! it writes is the transaction of its job.

use domain::number_networks::Network;
use scoring::{About, EXAMPLES_MAX, Example, Inputs, Model, Outcome, Past, Quality, Trained, Try, train};
use serde::{Deserialize, Serialize};

use crate::cell::Tenant;
use crate::cell::jobs::{Job, Next};
use crate::cell::scores::runs::{Scoring, ScoringState, Unpaid};
use crate::database::{Database, DbError};
use crate::{json, params, sql};

/// Contacts, messages or scores of one step.
const STEP_ROWS: i64 = 5_000;
/// Rows that a step deletes.
const CLEAR_ROWS: i64 = 10_000;
const MINUTE_MS: i64 = 60_000;

/// How far a run has come: the cursor of its job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case", deny_unknown_fields)]
enum Progress {
    /// Who is looked at and who is skipped, behind a contact.
    Gather { after: String },
    /// What happened with them, behind a message's row.
    Read { after: i64 },
    /// What is learnt from it.
    Learn,
    /// Their scores, behind a contact.
    Score { after: String },
    /// The scores are delivered and paid for.
    Deliver,
    /// What nobody needs any more is deleted.
    Clear,
}

/// What a step found and worked out, still to be written.
pub struct ScoringStep {
    run: Option<Scoring>,
    work: Work,
}

enum Work {
    Gather { after: String },
    Read { up_to: Option<i64>, pasts: String },
    Learn(Box<Trained>),
    Score { last: Option<String>, scores: String },
    Deliver,
    Clear,
}

/// A message or a call with the past of whom it went to.
#[derive(Deserialize)]
struct Tried {
    /// Of the message.
    row: i64,
    /// Of the scored contact.
    id: i64,
    past: Past,
    state: String,
    call: Option<String>,
    attempt: i64,
    at: i64,
    offset: Option<i64>,
    responded: Option<i64>,
}

impl Tried {
    fn outcome(&self) -> Option<Outcome> {
        if self.attempt > 0 {
            return Some(match self.call.as_deref() {
                Some("answered") => Outcome::Answered,
                Some("failed") => Outcome::Failed,
                None if self.state == "delivered" => Outcome::Answered,
                _ => Outcome::NotAnswered,
            });
        }
        match self.state.as_str() {
            "delivered" => Some(Outcome::Delivered),
            "undelivered" => Some(Outcome::Undelivered),
            "expired" => Some(Outcome::Expired),
            _ => None,
        }
    }

    fn as_try(&self) -> Option<Try> {
        let local_minutes = self.at.div_euclid(MINUTE_MS) + self.offset.unwrap_or(0);
        let hour = u8::try_from(local_minutes.div_euclid(60).rem_euclid(24)).ok()?;
        let responded = self.responded.map(|responded| responded != 0);
        Some(Try { at: self.at, hour, outcome: self.outcome()?, responded })
    }
}

/// Somebody who is looked at.
#[derive(Deserialize)]
struct Person {
    #[serde(default)]
    hash: String,
    #[serde(default)]
    id: i64,
    #[serde(default)]
    contact: String,
    past: Past,
    name: i64,
    evidence: i64,
    range: String,
}

impl Person {
    fn about(&self) -> About {
        About {
            network: Network::of_range(&self.range),
            name_known: self.name != 0,
            consent_evidence_known: self.evidence != 0,
        }
    }

    /// The beginning of the keyed hash.
    fn number(&self) -> Result<u64, DbError> {
        let beginning = self.hash.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok());
        beginning.ok_or_else(|| DbError::Column("hash".to_owned()))
    }
}

#[derive(Serialize)]
struct KeptPast {
    id: i64,
    past: String,
}

#[derive(Serialize)]
struct KeptScore {
    id: i64,
    score: u32,
    inputs: String,
    reasons: String,
}

impl<D: Database> Tenant<'_, D> {
    /// Reads and works out what the next step of a run writes. It belongs before the step's transaction.
    pub async fn prepare_scoring(&self, job: &Job) -> Result<ScoringStep, DbError> {
        let progress = match job.cursor.as_str() {
            "" => Progress::Gather { after: String::new() },
            cursor => serde_json::from_str(cursor).map_err(|_| DbError::Column("cursor".to_owned()))?,
        };
        let Some(run) = self.scoring(&job.subject).await? else {
            return Ok(ScoringStep { run: None, work: Work::Clear });
        };
        // One that ended meanwhile has nothing left to do but to clear up.
        let is_over = run.state != ScoringState::Working;
        let work = match progress {
            _ if is_over => Work::Clear,
            Progress::Gather { after } => Work::Gather { after },
            Progress::Read { after } => self.read_tries(&run, after).await?,
            Progress::Learn => Work::Learn(Box::new(train(run.kind, self.examples(&run).await?))),
            Progress::Score { after } => match &run.model {
                Some(model) => self.work_scores_out(&run, model, &after).await?,
                // Its rules are not those of this release any more: it is learnt anew.
                None => Work::Learn(Box::new(train(run.kind, self.examples(&run).await?))),
            },
            Progress::Deliver => Work::Deliver,
            Progress::Clear => Work::Clear,
        };
        Ok(ScoringStep { run: Some(run), work })
    }

    /// Writes what a step worked out, and says how the run goes on. Belongs inside the transaction of the job's step.
    pub async fn commit_scoring(&self, db: &D, step: ScoringStep, now: i64) -> Result<Next, DbError> {
        let ScoringStep { run: Some(run), work } = step else { return Ok(Next::Done) };
        let next = match work {
            Work::Gather { after } => self.gather(db, &run, &after).await?,
            Work::Read { up_to, pasts } => {
                db.query(sql!("work.sql", "keep_pasts"), params![&self.account, pasts]).await?;
                up_to.map_or(Progress::Learn, |after| Progress::Read { after })
            }
            Work::Learn(trained) => self.keep_learnt(db, &run, &trained, now).await?,
            Work::Score { last, scores } => {
                db.query(sql!("work.sql", "keep_scores"), params![&self.account, scores]).await?;
                last.map_or(Progress::Deliver, |after| Progress::Score { after })
            }
            Work::Deliver => {
                self.deliver_scores(db, &run, now).await?;
                Progress::Clear
            }
            Work::Clear => {
                let parameters = params![&self.account, &run.scoring, run.kind.as_str(), CLEAR_ROWS];
                let cleared = db.query(sql!("work.sql", "clear"), parameters).await?.len() as i64;
                if cleared < CLEAR_ROWS {
                    return Ok(Next::Done);
                }
                Progress::Clear
            }
        };
        Ok(Next::Again(json(&next)?))
    }

    /// Writes down the next contacts, those that are looked at and those that are skipped (R99).
    async fn gather(&self, db: &D, run: &Scoring, after: &str) -> Result<Progress, DbError> {
        let bounds = params![&self.account, after, &run.up_to, STEP_ROWS];
        let rows = db.query(sql!("work.sql", "next_contacts"), bounds).await?;
        let Some(up_to) = rows.first().ok_or(DbError::NoRow)?.opt_text("up_to")? else {
            return Ok(Progress::Read { after: 0 });
        };
        let parameters = params![&self.account, &run.scoring, after, &up_to];
        db.query(sql!("work.sql", "gather"), parameters).await?;
        Ok(Progress::Gather { after: up_to })
    }

    /// Adds the next messages to the pasts of whom they went to. They come in the order in which they were queued.
    async fn read_tries(&self, run: &Scoring, after: i64) -> Result<Work, DbError> {
        let rows = self
            .db
            .query(sql!("work.sql", "next_messages"), params![&self.account, after, STEP_ROWS])
            .await?;
        let Some(up_to) = rows.first().ok_or(DbError::NoRow)?.opt_int("up_to")? else {
            return Ok(Work::Read { up_to: None, pasts: "[]".to_owned() });
        };
        let parameters = params![&self.account, &run.scoring, after, up_to, run.created_at];
        let rows = self.db.query(sql!("work.sql", "tries"), parameters).await?;
        let mut tries: Vec<Tried> = rows.first().ok_or(DbError::NoRow)?.json("tries")?;
        tries.sort_by_key(|tried| (tried.id, tried.row));
        let mut kept = Vec::new();
        for of_one in tries.chunk_by(|one, other| one.id == other.id) {
            let Some(first) = of_one.first() else { continue };
            let mut past = first.past;
            of_one.iter().filter_map(Tried::as_try).for_each(|tried| past.take(run.kind, &tried));
            kept.push(KeptPast { id: first.id, past: json(&past)? });
        }
        Ok(Work::Read { up_to: Some(up_to), pasts: json(&kept)? })
    }

    /// Whom there is to learn from.
    async fn examples(&self, run: &Scoring) -> Result<Vec<Example>, DbError> {
        let (mut examples, mut after) = (Vec::new(), Vec::new());
        while examples.len() < EXAMPLES_MAX {
            let parameters = params![&self.account, &run.scoring, after.clone(), STEP_ROWS];
            let rows = self.db.query(sql!("work.sql", "examples"), parameters).await?;
            let people: Vec<Person> = rows.first().ok_or(DbError::NoRow)?.json("people")?;
            let Some(last) = people.iter().max_by(|one, other| one.hash.cmp(&other.hash)) else { break };
            after = crate::unhex(&last.hash).ok_or_else(|| DbError::Column("hash".to_owned()))?;
            for person in &people {
                examples.extend(person.past.example(person.number()?, person.about()));
            }
        }
        Ok(examples)
    }

    async fn keep_learnt(
        &self,
        db: &D,
        run: &Scoring,
        trained: &Trained,
        now: i64,
    ) -> Result<Progress, DbError> {
        let (state, quality, people): (_, Option<&Quality>, _) = match trained {
            Trained::Model { model, quality } => {
                let parameters = params![&self.account, &run.scoring, json(model)?, json(quality)?];
                db.query(sql!("work.sql", "keep_model"), parameters).await?;
                return Ok(Progress::Score { after: String::new() });
            }
            Trained::NotEnough { have, .. } => (ScoringState::NotEnough, None, Some(*have)),
            Trained::NothingToSay { quality } => (ScoringState::NothingToSay, quality.as_ref(), None),
        };
        self.end_without_charge(db, &run.scoring, &Unpaid { state, quality, people }, now).await?;
        Ok(Progress::Clear)
    }

    /// The next scores, all as of when the run was asked for.
    async fn work_scores_out(&self, run: &Scoring, model: &Model, after: &str) -> Result<Work, DbError> {
        let parameters = params![&self.account, &run.scoring, after, STEP_ROWS];
        let rows = self.db.query(sql!("work.sql", "to_score"), parameters).await?;
        let people: Vec<Person> = rows.first().ok_or(DbError::NoRow)?.json("people")?;
        let last = people.iter().map(|person| person.contact.clone()).max();
        let scored = |person: &Person| {
            kept_score(model, person.id, &person.past.all.inputs(person.about(), run.created_at))
        };
        let scores = people.iter().map(scored).collect::<Result<Vec<_>, DbError>>()?;
        Ok(Work::Score { last, scores: json(&scores)? })
    }
}

fn kept_score(model: &Model, id: i64, inputs: &Inputs) -> Result<KeptScore, DbError> {
    let score = model.score(inputs);
    Ok(KeptScore {
        id,
        score: score.chance.millionths(),
        inputs: json(inputs)?,
        reasons: json(&score.reasons)?,
    })
}
