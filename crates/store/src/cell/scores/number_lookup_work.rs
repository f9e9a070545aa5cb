//! A look-up at work. Each question costs the service, so it is given like a message: that it leaves is noted before it
//! does; where nobody knows whether it arrived the operator is asked, and it is given again only if the operator said twice,
//! a minute apart, that it never heard of it. What is not answered within an hour is given up, and free (R103).

use domain::money::Tiyn;
use domain::number_lookup::LookupAnswer;
use domain::tariffs::Processing;
use serde::Serialize;

use crate::cell::Tenant;
use crate::cell::jobs::Next;
use crate::cell::money::ledger::Book;
use crate::cell::scores::number_lookups::{Lookup, LookupState};
use crate::database::{Database, DbError};
use crate::{hex, json, params, sql};

/// So long answers are waited for.
const GIVEN_UP_MS: i64 = 60 * 60_000;
/// What was not given by then is not given any more: the answer to each question that was can still be asked for.
const GIVEN_MS: i64 = 45 * 60_000;
/// A question of which nobody knows whether it left is asked about after this: whoever gave it has long lost its lease.
const DOUBT_MS: i64 = 180_000;
/// Networks answer in seconds: the first time it is asked after this.
const ANSWER_MS: i64 = 10_000;
/// What failed is tried again after this, and an operator that never heard of a question is asked again.
const AGAIN_MS: i64 = 60_000;
/// An answer that does not come is asked for less and less often.
const ASK_MS_MAX: i64 = 300_000;

/// A number about which there is something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberAtHand {
    /// Its row in the cell, by which the operator knows the question.
    pub id: i64,
    /// `con_…`
    pub contact: String,
    /// E.164.
    pub phone: String,
}

/// What there is to do for a look-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupWork {
    /// To give these questions.
    Give(Vec<NumberAtHand>),
    /// To ask for these answers.
    Ask(Vec<NumberAtHand>),
    /// Nothing at this moment.
    Nothing,
}

/// What came of a question that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// The operator has it.
    Taken,
    /// It will never take it.
    Refused,
    /// It has not got it, and may take it another time.
    NotTaken,
    /// Nobody knows.
    Unknown,
}

/// What an operator says of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// The network answered.
    Answered(Box<LookupAnswer>),
    /// It will not.
    Failed,
    /// It did not yet.
    Underway,
    /// The operator never heard of the question.
    NotFound,
    /// It does not say.
    Unclear,
}

/// What becomes of a number, with bytes in hexadecimal.
#[derive(Serialize)]
struct Step {
    id: i64,
    what: &'static str,
    due_at: i64,
    answer: Option<String>,
}

impl<D: Database> Tenant<'_, D> {
    /// What there is to do for a look-up, for so many numbers at most: what has been due the longest says which of both.
    /// While the account is blocked nothing is given; answers to what was given before are asked for.
    pub async fn lookup_work(&self, lookup: &str, most: usize, now: i64) -> Result<LookupWork, DbError> {
        let parameters = params![&self.account, lookup, now, most as i64];
        let rows = self.db.query(sql!("number_lookup_work.sql", "due"), parameters).await?;
        let (mut numbers, mut are_waiting) = (Vec::new(), false);
        for row in &rows {
            let contact = row.text("contact")?;
            let place = self.place("contact number", &contact);
            let phone = self.keys.personal()?.open_text(&place, &row.blob("number")?)?;
            numbers.push(NumberAtHand { id: row.int("id")?, contact, phone });
            are_waiting = row.flag("is_waiting")?;
        }
        Ok(match numbers.is_empty() {
            true => LookupWork::Nothing,
            false if are_waiting => LookupWork::Give(numbers),
            false => LookupWork::Ask(numbers),
        })
    }

    /// Notes that questions are about to leave; answers which of them may: none of whoever objected meanwhile, and none at
    /// all of an account that is blocked. Belongs inside a transaction under the job's lease.
    pub async fn note_leaving(
        &self,
        db: &D,
        lookup: &str,
        numbers: &[NumberAtHand],
        now: i64,
    ) -> Result<Vec<i64>, DbError> {
        let ids: Vec<i64> = numbers.iter().map(|number| number.id).collect();
        let parameters = params![&self.account, lookup, json(&ids)?, now + DOUBT_MS, now];
        let left = db.query(sql!("number_lookup_work.sql", "leave"), parameters).await?;
        left.iter().map(|row| row.int("id")).collect()
    }

    /// Writes down what came of questions that left. Belongs inside the transaction of the step.
    pub async fn note_given(
        &self,
        db: &D,
        lookup: &str,
        given: &[(i64, Given)],
        now: i64,
    ) -> Result<(), DbError> {
        let step = |(id, given): &(i64, Given)| {
            let (what, wait) = match given {
                Given::Taken => ("asked", ANSWER_MS),
                Given::Refused => ("unanswered", 0),
                Given::NotTaken => ("waiting", AGAIN_MS),
                Given::Unknown => ("leaving", AGAIN_MS),
            };
            Step { id: *id, what, due_at: now + wait, answer: None }
        };
        let steps: Vec<Step> = given.iter().map(step).collect();
        db.query(sql!("number_lookup_work.sql", "given"), params![&self.account, lookup, json(&steps)?])
            .await?;
        Ok(())
    }

    /// Writes down what an operator said of questions. Belongs inside the transaction of the step.
    pub async fn note_said(
        &self,
        db: &D,
        lookup: &Lookup,
        said: &[(NumberAtHand, Said)],
        now: i64,
    ) -> Result<(), DbError> {
        let key = self.keys.personal()?;
        let later = ((now - lookup.created_at) / 4).clamp(ANSWER_MS, ASK_MS_MAX);
        let step = |(number, said): &(NumberAtHand, Said)| {
            let (what, wait) = match said {
                Said::Answered(_) => ("answered", 0),
                Said::Failed => ("failed", 0),
                Said::Underway => ("underway", later),
                Said::NotFound => ("not_found", AGAIN_MS),
                Said::Unclear => ("unclear", AGAIN_MS),
            };
            let answer = match said {
                Said::Answered(answer) => {
                    let place = self.place_of_answer(&lookup.lookup, &number.contact);
                    Some(hex(&key.seal(&place, json(answer)?.as_bytes())?))
                }
                _ => None,
            };
            Ok(Step { id: number.id, what, due_at: now + wait, answer })
        };
        let steps = said.iter().map(step).collect::<Result<Vec<_>, DbError>>()?;
        let parameters = params![&self.account, &lookup.lookup, json(&steps)?];
        db.query(sql!("number_lookup_work.sql", "said"), parameters).await?;
        Ok(())
    }

    /// How a look-up goes on: with the next number that is due, or to its end. Belongs inside the transaction of the step.
    pub async fn go_on_with_lookup(&self, db: &D, lookup: &Lookup, now: i64) -> Result<Next, DbError> {
        let given_up_at = lookup.created_at + GIVEN_UP_MS;
        if now >= lookup.created_at + GIVEN_MS {
            let parameters = params![&self.account, &lookup.lookup, i64::from(now >= given_up_at)];
            db.query(sql!("number_lookup_work.sql", "give_up"), parameters).await?;
        }
        let rows =
            db.query(sql!("number_lookup_work.sql", "next"), params![&self.account, &lookup.lookup]).await?;
        match rows.first().ok_or(DbError::NoRow)?.opt_int("due_at")? {
            Some(due_at) => Ok(Next::At(due_at.min(given_up_at).max(now))),
            None => {
                self.deliver_answers(db, lookup, now).await?;
                Ok(Next::Done)
            }
        }
    }

    /// Delivers the answers and charges for them, in one transaction (R49, R103).
    async fn deliver_answers(&self, db: &D, lookup: &Lookup, now: i64) -> Result<(), DbError> {
        let id = lookup.lookup.as_str();
        let rows = db.query(sql!("number_lookup_work.sql", "count"), params![&self.account, id]).await?;
        let answered = rows.first().ok_or(DbError::NoRow)?.int("answered")?;
        let charged = lookup.price.checked_mul(answered).unwrap_or(lookup.agreed).min(lookup.agreed);
        let rest = Tiyn(lookup.agreed.0 - charged.0);
        let paid = [(Book::Held, charged.negated()), (Book::Service, charged)];
        let capture = self.move_for_processing(db, "capture", (Processing::Lookup, id), &paid, now).await?;
        let back = [(Book::Held, rest.negated()), (Book::Available, rest)];
        self.move_for_processing(db, "release", (Processing::Lookup, id), &back, now).await?;
        let parameters = params![&self.account, id, answered, charged.0, capture, now];
        if db.query(sql!("number_lookup_work.sql", "deliver"), parameters).await?.is_empty() {
            return Err(DbError::Constraint("a look-up is delivered once".to_owned()));
        }
        self.note_lookup_end(db, id, LookupState::Completed, answered, charged, now).await
    }
}
