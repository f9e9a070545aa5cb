//! Settling hand-overs: history, charge and proof in one transaction (R48, R85, R89, R90, R91).

use std::collections::BTreeMap;

use domain::hours::WindowVerdict;
use domain::ids::IdKind;
use domain::message::Reason;
use domain::money::Tiyn;
use domain::tariffs::Volume;
use domain::voice::RESULT_WAIT_MS;
use evidence::merkle::Hash;
use evidence::{Form, Open};

use crate::cell::Tenant;
use crate::cell::messages::content::SentContent;
use crate::cell::messages::hand_over_event::{HandOverEvent, hand_over_salt};
use crate::cell::messages::judged::Judged;
use crate::cell::messages::lease::LeasedMessage;
use crate::cell::messages::terms::Terms;
use crate::cell::messages::transitions::{self, AskAt, HandedOver, Released, Taken};
use crate::cell::money::ledger::{self, Book, Posting};
use crate::cell::proof::events;
use crate::database::{Database, DbError, transaction};
use crate::log;
use crate::{hex, params};

/// What an operator said of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandOver {
    /// It took it, under this reference of its own.
    Taken(Option<String>),
    /// It will never take it. Nothing is charged.
    Refused(Reason),
    /// Nothing was sent; try again from this instant (Unix milliseconds). Nothing is charged.
    Later(i64),
    /// Nobody can say. Ask from this instant; until then the price stays held.
    Unknown(i64),
    /// Nobody will say: it is not asked about any more. The price stays held until its owner decides.
    Undecided,
}

/// One batch's hand-over: a campaign's messages that were sent together at one instant.
#[derive(Clone, Debug)]
pub struct Settlement<'s> {
    /// The lease under which the messages were taken.
    pub lease: &'s str,
    /// Its terms.
    pub terms: &'s Terms,
    /// What was sent.
    pub content: &'s SentContent,
    /// The instant of the hand-over, Unix milliseconds.
    pub at: i64,
    /// What the calling hours said of that instant.
    pub verdict: &'s WindowVerdict,
    /// Each message with what became of it.
    pub outcomes: Vec<(LeasedMessage, HandOver)>,
}

/// What a settlement changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Charged and proven.
    pub handed_over: i64,
    /// Never to be sent.
    pub blocked: i64,
    /// Back in the queue.
    pub requeued: i64,
    /// Waiting for the operator's word.
    pub unknown: i64,
}

impl Settled {
    /// Counts what another settlement changed.
    pub(crate) const fn add(&mut self, other: Self) {
        self.handed_over += other.handed_over;
        self.blocked += other.blocked;
        self.requeued += other.requeued;
        self.unknown += other.unknown;
    }
}

/// The messages of a settlement, by what became of them.
#[derive(Default)]
struct Sorted<'s> {
    taken: Vec<(&'s LeasedMessage, Option<&'s str>)>,
    released: Vec<Released>,
    unclear: Vec<AskAt>,
    undecided: Vec<i64>,
}

impl<'s> Sorted<'s> {
    fn put(&mut self, message: &'s LeasedMessage, outcome: &'s HandOver) {
        let id = message.id;
        match outcome {
            HandOver::Taken(reference) => self.taken.push((message, reference.as_deref())),
            HandOver::Refused(reason) => {
                self.released.push(Released { id, reason: Some(*reason), not_before: 0 });
            }
            HandOver::Later(at) => self.released.push(Released { id, reason: None, not_before: *at }),
            HandOver::Unknown(at) => self.unclear.push(AskAt { id, at: *at }),
            HandOver::Undecided => self.undecided.push(id),
        }
    }
}

impl<D: Database> Tenant<'_, D> {
    /// Writes down what an operator said: for what it took, the history, the charge and the leaf of the log; for
    /// the rest, the release of the money. A message that this lease does not hold any
    /// more, since somebody settled it meanwhile, is left as it is; so is one that was taken for
    /// another campaign, operator or price, since what was held is what is charged.
    pub async fn settle(&self, settlement: &Settlement<'_>, now: i64) -> Result<Settled, DbError> {
        transaction(self.db, async |db| self.write_settlement(db, settlement, now).await).await
    }

    /// Inside a transaction.
    pub(crate) async fn write_settlement(
        &self,
        db: &D,
        settlement: &Settlement<'_>,
        now: i64,
    ) -> Result<Settled, DbError> {
        let Settlement { lease, terms, .. } = settlement;
        let ids: Vec<i64> = settlement.outcomes.iter().map(|(message, _)| message.id).collect();
        let mut held = transitions::held(db, &self.account, lease, terms, &ids).await?;
        let mut sorted = Sorted::default();
        for (message, outcome) in &settlement.outcomes {
            // Removed, so that a message that is named twice is settled once.
            if held.remove(&message.id) {
                sorted.put(message, outcome);
            }
        }
        let Sorted { taken, released, unclear, undecided } = sorted;
        let judged = Judged::by(settlement.verdict, settlement.at);
        if !taken.is_empty() {
            self.capture(db, settlement, &judged, &taken, now).await?;
        }
        let requeued = self.release(db, terms, &judged, &released, now).await?;
        transitions::lose_sight(db, &self.account, &unclear).await?;
        transitions::end_asking(db, &self.account, &undecided, now).await?;
        Ok(Settled {
            handed_over: taken.len() as i64,
            blocked: released.len() as i64 - requeued,
            requeued,
            unknown: (unclear.len() + undecided.len()) as i64,
        })
    }

    /// Charges for what was taken, and proves it.
    async fn capture(
        &self,
        db: &D,
        settlement: &Settlement<'_>,
        judged: &Judged,
        taken: &[(&LeasedMessage, Option<&str>)],
        now: i64,
    ) -> Result<(), DbError> {
        let campaign = &settlement.terms.campaign;
        let wanted = BTreeMap::from([(campaign.clone(), taken.len() as u64)]);
        let numbers = events::take_numbers(db, &self.account, &wanted).await?;
        let first_number = *numbers.get(campaign).ok_or(DbError::NoRow)?;
        let leaves = self.leaves(settlement, judged, taken, first_number);
        let rows = taken
            .iter()
            .map(|(message, reference)| self.taken(message, *reference))
            .collect::<Result<Vec<_>, _>>()?;
        let first_leaf = log::append(db, &self.cell.log(), &leaves).await?;
        let capture = self.new_id(IdKind::Transfer, now)?;
        let result_due = match settlement.content.volume {
            Volume::Segments(_) => None,
            // From now on: what was unknown for a day could not be reported on before.
            Volume::Sound(_) => Some(now + RESULT_WAIT_MS),
        };
        let handed_over =
            HandedOver { taken: &rows, first_leaf, first_number, capture: &capture, judged, result_due };
        transitions::hand_over(db, &self.account, &handed_over).await?;
        let count = taken.len() as i64;
        let operator = Tiyn(settlement.terms.operator_price.0 * count);
        let service = Tiyn(settlement.terms.service_price.0 * count);
        let posting = Posting {
            transfer: &capture,
            kind: "capture",
            payment: None,
            campaign: Some(campaign),
            scoring: None,
            lookup: None,
            messages: Some(count),
            entries: &[
                (Book::Held, (operator + service).negated()),
                (Book::Operator, operator),
                (Book::Service, service),
            ],
        };
        ledger::post(db, &self.account, now, &posting).await
    }

    /// The leaf of each message that was taken, in their order.
    fn leaves(
        &self,
        settlement: &Settlement<'_>,
        judged: &Judged,
        taken: &[(&LeasedMessage, Option<&str>)],
        first_number: u64,
    ) -> Vec<Hash> {
        let text_salt = hex(&self.text_salt(&settlement.terms.campaign));
        // What all have in common is written once.
        let mut form = None;
        let leaf = |((message, reference), number): (&(&LeasedMessage, Option<&str>), u64)| {
            let phone = message.phone.as_deref();
            let form = form.get_or_insert_with(|| {
                let event = HandOverEvent {
                    account: &self.account,
                    number_in_campaign: number,
                    message: &message.message,
                    phone,
                    reference: *reference,
                    judged,
                    content: settlement.content,
                    text_salt: &text_salt,
                    terms: settlement.terms,
                };
                Form::new(&event.json(), &["message", "phone", "operator_reference", "number_in_campaign"])
            });
            let event = form.fill(&[
                Open::Text(Some(&message.message)),
                Open::Text(phone),
                Open::Text(*reference),
                Open::Number(number),
            ]);
            events::leaf_of(&self.keys.evidence.salt(&hand_over_salt(&message.message)), &event)
        };
        taken.iter().zip(first_number..).map(leaf).collect()
    }

    /// What is kept of a message that was taken.
    fn taken<'t>(&self, message: &LeasedMessage, reference: Option<&'t str>) -> Result<Taken<'t>, DbError> {
        let key = &self.keys.evidence;
        let seal =
            |phone: &String| key.seal(&self.place("message number", &message.message), phone.as_bytes());
        let number = message.phone.as_ref().map(seal).transpose()?;
        Ok(Taken {
            id: message.id,
            reference,
            number: number.map(|number| hex(&number)),
            evidence_hash: message.phone.as_ref().map(|phone| hex(&key.index(phone))),
        })
    }

    /// Gives back what was held for messages of these terms, and lets go of them; answers how many returned to the
    /// queue.
    pub(crate) async fn release(
        &self,
        db: &D,
        terms: &Terms,
        judged: &Judged,
        released: &[Released],
        now: i64,
    ) -> Result<i64, DbError> {
        if released.is_empty() {
            return Ok(0);
        }
        let queued = transitions::release(db, &self.account, released, judged).await?;
        let to_be_sent = released.iter().filter(|released| released.reason.is_none());
        // The campaign's next turn may have been put off beyond these.
        if let Some(due_at) = to_be_sent.map(|released| released.not_before).min() {
            db.query(
                "UPDATE campaign SET turn_at = ?3 WHERE account = ?1 AND campaign = ?2 AND turn_at > ?3",
                params![&self.account, &terms.campaign, due_at],
            )
            .await?;
        }
        let count = released.len() as i64;
        let price = Tiyn(terms.price().0 * count);
        let transfer = self.new_id(IdKind::Transfer, now)?;
        let posting = Posting {
            transfer: &transfer,
            kind: "release",
            payment: None,
            campaign: Some(&terms.campaign),
            scoring: None,
            lookup: None,
            messages: Some(count),
            entries: &[(Book::Held, price.negated()), (Book::Available, price)],
        };
        ledger::post(db, &self.account, now, &posting).await?;
        Ok(queued)
    }
}
