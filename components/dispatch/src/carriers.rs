//! The operators that this deployment sends by: set up, chosen by route, rested when they fail.

use std::cell::RefCell;
use std::collections::BTreeMap;

use domain::routing::{Failing, Route, Routing, rest_ms};
use domain::tariffs::{Channel, Price, Unit, Volume};
use edge::{Call, Problem, Result, instant, read_routing, read_tariffs};
use operators::{Operator, SetUpError, sandbox};
use store::directory::{Directory, OperatorState};
use store::{Database, SpinDatabase};

use crate::judging::Judging;

/// A rated operator whose next free instant is further off has enough to do with other ticks.
pub const AHEAD_MAX_MS: i64 = 20_000;

/// All operators of the deployment, with what is remembered of them.
pub struct Carriers {
    operators: Vec<Box<dyn Operator>>,
    /// Those in use that cannot be set up, with why.
    pub left_out: Vec<(String, SetUpError)>,
    states: RefCell<BTreeMap<String, OperatorState>>,
    routing: std::rc::Rc<Routing>,
    public_url: String,
    caller: String,
}

/// Who carries the next messages of a route, and at what price for one.
pub struct Chosen<'c> {
    /// The operator.
    pub operator: &'c dyn Operator,
    /// Of one message, at most.
    pub price: Price,
    /// What that price counts.
    pub unit: Unit,
    /// Whether another could take what this one does not.
    pub has_fallback: bool,
    /// Whether it failed last, so that it is tried with a few messages first.
    pub on_trial: bool,
}

impl Carriers {
    /// From the deployment's variables. One that lacks a variable is left out and told about in the log.
    pub async fn set_up(call: &Call, directory: &Directory<'_, SpinDatabase>) -> Result<Self> {
        let settings = call.settings;
        let in_use = operators::in_use(&settings.get("operators").await?, settings.sandbox_on().await?);
        let (mut made, mut left_out) = (Vec::new(), Vec::new());
        for name in in_use {
            let given = settings.operator_variables(operators::variable_names(&name)).await?;
            match operators::set_up(&name, &given) {
                Ok(operator) => made.push(operator),
                Err(error) => {
                    let _logged = Problem::internal("an operator", &error);
                    left_out.push((name, error));
                }
            }
        }
        let states = directory.operator_states().await?;
        let states = states.into_iter().map(|state| (state.operator.clone(), state)).collect();
        Ok(Self {
            operators: made,
            left_out,
            states: RefCell::new(states),
            routing: read_routing()?,
            public_url: settings.get("public_url").await?.trim().to_owned(),
            caller: settings.get("caller_number").await?.trim().to_owned(),
        })
    }

    /// The routing table.
    pub fn routing(&self) -> &Routing {
        &self.routing
    }

    /// Those that are set up.
    pub fn operators(&self) -> impl Iterator<Item = &dyn Operator> {
        self.operators.iter().map(AsRef::as_ref)
    }

    /// What is remembered of an operator.
    pub fn state(&self, name: &str) -> Option<OperatorState> {
        self.states.borrow().get(name).cloned()
    }

    /// The number that people see when they are called; empty where there is none (R77).
    pub fn caller(&self) -> &str {
        &self.caller
    }

    /// This deployment's address as an operator reaches it.
    pub fn address_for(&self, operator: &str) -> &str {
        if operator == sandbox::NAME { sandbox::AUDIO_BASE_URL } else { &self.public_url }
    }

    /// An operator by its name.
    pub fn named(&self, name: &str) -> Option<&dyn Operator> {
        self.operators().find(|operator| operator.name() == name)
    }

    /// Who carries messages of a volume on a route at an instant; `None` while nobody can, or no one's
    /// calendar is open for them. `leaves` says whether a request to an operator may still leave.
    pub fn choose(
        &self,
        route: &Route,
        volume: Volume,
        judging: &Judging,
        leaves: impl Fn(&dyn Operator) -> bool,
    ) -> Result<Option<Chosen<'_>>> {
        let now = judging.at;
        let (tariffs, at) = (read_tariffs()?, instant(now)?);
        let priced = |name: &str| -> Option<(Unit, Price)> {
            let operator = self.named(name)?;
            let carries = match volume.channel() {
                Channel::Text => operator.capability().text,
                Channel::Voice => operators::can_call(name, &self.public_url, &self.caller),
            };
            let tariff = tariffs.in_force(volume.channel(), name, at).filter(|_| carries)?;
            Some((tariff.unit, tariff.price_of(volume)?))
        };
        let states = self.states.borrow();
        let ready = |name: &str| {
            states
                .get(name)
                .is_none_or(|state| state.resting_until <= now && state.next_slot_at <= now + AHEAD_MAX_MS)
                && judging.is_open(name)
                && self.named(name).is_some_and(&leaves)
        };
        let candidates =
            route.candidates(|name| priced(name).filter(|_| ready(name)).map(|(_, price)| price.total));
        let Some(name) = candidates.first() else { return Ok(None) };
        Ok(self.named(name).zip(priced(name)).map(|(operator, (unit, price))| Chosen {
            operator,
            price,
            unit,
            has_fallback: candidates.len() > 1,
            on_trial: states.get(*name).is_some_and(|state| state.failures > 0),
        }))
    }

    /// Until when an operator rests that fails now.
    pub fn rest_until(&self, operator: &str, failing: Failing, now: i64) -> Result<i64> {
        let failures = self.states.borrow().get(operator).map_or(0, |state| state.failures) + 1;
        let chance = u32::from_le_bytes(store::random().map_err(Problem::from)?);
        Ok(now + rest_ms(failing, u32::try_from(failures).unwrap_or(u32::MAX), chance))
    }

    /// Lets an operator rest.
    pub async fn rest<D: Database>(
        &self,
        directory: &Directory<'_, D>,
        operator: &str,
        failing: Failing,
        until: i64,
        now: i64,
    ) -> Result<()> {
        let reason = match failing {
            Failing::Unwell => "unwell",
            Failing::WrongSetUp => "wrong_set_up",
        };
        eprintln!("dispatch: operator {operator} rests for {} ms: {reason}", until - now);
        directory.operator_failed(operator, reason, until, now).await?;
        self.remember(directory).await
    }

    /// Notes that an operator works, if it did not.
    pub async fn works<D: Database>(&self, directory: &Directory<'_, D>, operator: &str) -> Result<()> {
        if self.states.borrow().get(operator).is_some_and(|state| state.failures > 0) {
            directory.operator_works(operator).await?;
            self.remember(directory).await?;
        }
        Ok(())
    }

    async fn remember<D: Database>(&self, directory: &Directory<'_, D>) -> Result<()> {
        let states = directory.operator_states().await?;
        self.states.replace(states.into_iter().map(|state| (state.operator.clone(), state)).collect());
        Ok(())
    }
}
