//! The requests of one wave: as many at once as the operator bears, each noted before it leaves, none too late.

use std::cell::RefCell;
use std::ops::Range;

use domain::message::Reason;
use edge::{Problem, exchange};
use futures::{StreamExt, stream};
use operators::{Hindrance, Operator, RequestError, Verdict};
use store::cell::LeasedMessage;

use crate::closing::Closing;
use crate::departing::Departing;
use crate::outgoing::Saying;
use crate::tally::Tally;

/// What there is to say of a message whose contact was erased between queueing and now.
const CONTACT_ERASED: Verdict = Verdict::Refused(Reason::ContactErased);

/// A wave on its way to an operator. No transaction is open here: the operator may take its time.
pub struct Sending<'s> {
    operator: &'s dyn Operator,
    saying: &'s Saying<'s>,
    departing: &'s Departing<'s>,
    /// Requests at once.
    parallel: usize,
    tally: RefCell<Tally>,
}

impl<'s> Sending<'s> {
    /// To an operator, so many requests at once.
    pub fn new(
        operator: &'s dyn Operator,
        saying: &'s Saying<'s>,
        departing: &'s Departing<'s>,
        parallel: usize,
    ) -> Self {
        Self { operator, saying, departing, parallel, tally: RefCell::default() }
    }

    /// Sends messages, and answers what each came to, and how the requests went.
    pub async fn send(self, messages: Vec<LeasedMessage>) -> (Vec<(LeasedMessage, Verdict)>, Tally) {
        let (reachable, erased): (Vec<_>, Vec<_>) =
            messages.into_iter().partition(|message| message.phone.is_some());
        self.departing.answered(&erased, &vec![CONTACT_ERASED; erased.len()]);
        let batch_max = self.saying.batch_max(self.operator);
        let requests = (0..reachable.len())
            .step_by(batch_max)
            .map(|first| self.batch(&reachable, first..reachable.len().min(first + batch_max)));
        let answers: Vec<Vec<Verdict>> = stream::iter(requests).buffered(self.parallel).collect().await;
        let mut outcomes: Vec<_> = reachable.into_iter().zip(answers.into_iter().flatten()).collect();
        outcomes.extend(erased.into_iter().map(|message| (message, CONTACT_ERASED)));
        (outcomes, self.tally.into_inner())
    }

    /// One request, with the messages at these places; one verdict for each, in their order.
    async fn batch(&self, wave: &[LeasedMessage], places: Range<usize>) -> Vec<Verdict> {
        let batch = wave.get(places.clone()).unwrap_or_default();
        if let Some(wait) = self.departing.wait(places.start) {
            spin_sdk::time::sleep(wait).await;
        }
        let kept_here = vec![Verdict::NotTaken(Hindrance::Throttled); batch.len()];
        if self.tally.borrow().is_enough() {
            return kept_here;
        }
        let Some(closing) = self.departing.allowed(wave, places).await else { return kept_here };
        let Some(verdicts) = self.exchange(batch, closing).await else {
            self.departing.answered(batch, &kept_here);
            return kept_here;
        };
        self.departing.answered(batch, &verdicts);
        self.tally.borrow_mut().count(&verdicts);
        verdicts
    }

    /// What the operator answers; `None` where nothing leaves since too little is left of the hours, which is no
    /// failure of the operator.
    async fn exchange(&self, batch: &[LeasedMessage], closing: Closing) -> Option<Vec<Verdict>> {
        let validity = closing.validity(self.departing.now()?);
        let failed = |error: RequestError| match error {
            RequestError::TooLate => None,
            // It never left, so nothing is ambiguous about it.
            error => {
                let _logged = Problem::internal("a request to an operator", &error);
                Some(vec![error.verdict(); batch.len()])
            }
        };
        let texts = match self.saying.texts(batch) {
            Ok(texts) => texts,
            Err(error) => return failed(error),
        };
        let outgoing = self.saying.outgoing(batch, &texts, validity);
        let request = match outgoing.request(self.operator) {
            Ok(request) => request,
            Err(error) => return failed(error),
        };
        // Making the request took its time: the deadlines are looked at once more, at the last moment.
        let may_take = closing.answer_time(self.departing.now()?)?;
        Some(outgoing.read(self.operator, &exchange(request, may_take).await))
    }
}
