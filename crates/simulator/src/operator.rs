//! The operator: takes messages, loses answers, reports late, and keeps a record of its own of what
//! really reached it. The record is what the product is judged by.

use std::collections::BTreeMap;

use api::sandbox::{HandedMessage, States, Taken, TakenMessage};
use domain::campaign::DeliveryResult;

/// One message that reached the operator, in one request.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The request that brought it; the same number twice is the network's doing.
    pub request: u64,
    /// Our id.
    pub id: String,
    /// E.164.
    pub to: String,
    /// Which campaign it is of: every campaign has a text of its own.
    pub text: String,
    /// When the request left by the clock of the host that sent it, Unix milliseconds.
    pub sent_at: i64,
    /// When it arrived, by the true time.
    pub taken_at: i64,
    /// The event at which the tick that sent it began.
    pub begun: u64,
}

/// A request on its way that arrives after its sender gave up.
#[derive(Debug)]
struct Straggler {
    due: i64,
    receipts: Vec<Receipt>,
}

/// What the operator means to report, and has reported, of one message.
#[derive(Debug, Clone)]
pub struct Fate {
    /// What becomes of the message.
    pub result: DeliveryResult,
    /// Every result that was ever sent with a good signature.
    pub sent: Vec<DeliveryResult>,
    /// Whether a report was accepted or ignored as known.
    pub settled: bool,
    /// When it arrived.
    pub taken_at: i64,
}

/// The operator.
#[derive(Debug, Default)]
pub struct Operator {
    /// Everything that reached it, in order.
    pub receipts: Vec<Receipt>,
    /// By our id.
    pub fates: BTreeMap<String, Fate>,
    stragglers: Vec<Straggler>,
    requests: u64,
}

/// One hand-over as it left the product.
#[derive(Debug)]
pub struct HandOver {
    request: u64,
    sent_at: i64,
    begun: u64,
    /// In their order.
    pub messages: Vec<HandedMessage>,
}

impl Operator {
    /// Reads a hand-over, sent at an instant by its host's clock.
    ///
    /// # Errors
    /// When the product sent something else.
    pub fn read(&mut self, body: &[u8], sent_at: i64, begun: u64) -> Result<HandOver, serde_json::Error> {
        let body: api::sandbox::HandOver = serde_json::from_slice(body)?;
        self.requests += 1;
        Ok(HandOver { request: self.requests, sent_at, begun, messages: body.messages })
    }

    fn receipts(hand_over: &HandOver, count: usize, taken_at: i64) -> Vec<Receipt> {
        let receipt = |message: &HandedMessage| Receipt {
            request: hand_over.request,
            id: message.id.clone(),
            to: message.to.clone(),
            text: message.text.clone(),
            sent_at: hand_over.sent_at,
            taken_at,
            begun: hand_over.begun,
        };
        hand_over.messages.iter().take(count).map(receipt).collect()
    }

    /// Takes the first `count` messages.
    pub fn take(&mut self, hand_over: &HandOver, count: usize, now: i64, fate: DeliveryResult) {
        let receipts = Self::receipts(hand_over, count, now);
        self.note(receipts, fate);
    }

    /// The request will arrive at that time.
    pub fn take_later(&mut self, hand_over: &HandOver, due: i64) {
        let receipts = Self::receipts(hand_over, hand_over.messages.len(), due);
        self.stragglers.push(Straggler { due, receipts });
    }

    /// What was late arrives, as far as its time has come.
    pub fn pass_time(&mut self, now: i64) {
        let (arrived, waiting) =
            std::mem::take(&mut self.stragglers).into_iter().partition(|straggler| straggler.due <= now);
        self.stragglers = waiting;
        let arrived: Vec<Straggler> = arrived;
        for straggler in arrived {
            self.note(straggler.receipts, DeliveryResult::Delivered);
        }
    }

    fn note(&mut self, receipts: Vec<Receipt>, result: DeliveryResult) {
        for receipt in receipts {
            let fate = Fate { result, sent: Vec::new(), settled: false, taken_at: receipt.taken_at };
            self.fates.entry(receipt.id.clone()).or_insert(fate);
            self.receipts.push(receipt);
        }
    }

    fn taken(&self, id: &str) -> Option<TakenMessage> {
        let fate = self.fates.get(id)?;
        Some(TakenMessage {
            id: id.to_owned(),
            reference: id.replace("msg_", "op-"),
            at: fate.taken_at,
            expires_at: None,
        })
    }

    /// The answer that names the first `count` messages, as far as it has them.
    #[must_use]
    pub fn answer(&self, hand_over: &HandOver, count: usize) -> Taken {
        let named = hand_over.messages.iter().take(count);
        Taken { taken: named.filter_map(|message| self.taken(&message.id)).collect() }
    }

    /// Answers a question about states.
    ///
    /// # Errors
    /// When the product sent something else.
    pub fn states(&self, body: &[u8]) -> Result<Taken, serde_json::Error> {
        let body: States = serde_json::from_slice(body)?;
        Ok(Taken { taken: body.ids.iter().filter_map(|id| self.taken(id)).collect() })
    }
}
