//! Operators from a deployment's variables: which each needs, and whether they are there.

use std::collections::BTreeMap;

use crate::jasmin::{self, Jasmin};
use crate::kannel::{self, Kannel};
use crate::mobizon::{self, Mobizon};
use crate::sandbox::{self, Sandbox};
use crate::smsc::{self, Credentials, Smsc};
use crate::twilio::{self, Twilio};
use crate::{Capability, Operator};

/// What an operator is made of: variables of the deployment by their names. One that is not there counts
/// as empty.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    /// By name.
    pub values: BTreeMap<String, String>,
    /// The key of the tokens in the addresses for reports.
    pub report_key: Vec<u8>,
}

impl Variables {
    fn get(&self, name: &str) -> String {
        self.values.get(name).map(|value| value.trim().to_owned()).unwrap_or_default()
    }

    fn optional(&self, name: &str) -> Option<String> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    /// Addresses are put together with paths that begin with a slash.
    fn address(&self, name: &str) -> String {
        self.get(name).trim_end_matches('/').to_owned()
    }

    fn reports(&self, operator: &str) -> String {
        format!("{}/webhooks/operators/{operator}/reports", self.address("public_url"))
    }
}

/// Why there is no operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetUpError {
    /// This product has no adapter of this name.
    #[error("there is no operator {0:?}")]
    UnknownOperator(String),
    /// It cannot do without this variable.
    #[error("the operator {operator} needs the variable {variable}")]
    VariableMissing {
        /// Which operator.
        operator: String,
        /// Which variable.
        variable: &'static str,
    },
    /// Its account lies abroad, and the deployment has not said that numbers may leave the country.
    #[error(
        "the operator {0} takes numbers out of Kazakhstan: it is used only where SPIN_VARIABLE_SEND_ABROAD says \"{SEND_ABROAD}\" \
         (R189, R190)"
    )]
    AbroadNotAllowed(String),
}

/// The word by which a deployment says that people's numbers, and what is said to them, may leave the country:
/// the value of the variable `send_abroad`. The policy says that they leave it only where this was expressly decided
/// (R189, R190), so nobody says it by accident.
pub const SEND_ABROAD: &str = "numbers-may-leave-kazakhstan";

/// Whether an operator's account lies abroad: what it is handed leaves the country.
pub fn is_abroad(operator: &str) -> bool {
    operator == twilio::NAME
}

/// Whether a deployment may use an operator, by what its variable `send_abroad` says.
pub fn may_be_used(operator: &str, send_abroad: &str) -> bool {
    !is_abroad(operator) || send_abroad.trim() == SEND_ABROAD
}

/// The variables that sending through an operator takes: those that must have a value, and those that may.
pub fn variables(operator: &str) -> Option<(&'static [&'static str], &'static [&'static str])> {
    Some(match operator {
        kannel::NAME => {
            (&["kannel_url", "kannel_username", "kannel_password", "public_url"], &["kannel_smsc"])
        }
        jasmin::NAME => (&["jasmin_url", "jasmin_username", "jasmin_password", "public_url"], &[]),
        smsc::NAME => (&["smsc_url", "smsc_api_key"], &[]),
        mobizon::NAME => (&["mobizon_url", "mobizon_api_key"], &[]),
        twilio::NAME => (
            &["twilio_url", "twilio_account_sid", "twilio_auth_token", "public_url"],
            &["twilio_messaging_service", "send_abroad"],
        ),
        sandbox::NAME => (&["sandbox_operator_url", "tick_token"], &[]),
        _ => return None,
    })
}

/// The names of all those variables together; none of an operator that nobody knows.
pub fn variable_names(operator: &str) -> impl Iterator<Item = &'static str> {
    variables(operator).into_iter().flat_map(|(needed, more)| [needed, more]).flatten().copied()
}

/// What an operator of this name can do, whether or not it is set up.
pub fn capability(operator: &str) -> Option<Capability> {
    let nothing = Variables::default();
    Some(boxed(operator, &nothing)?.capability())
}

/// Whether an operator of this name can make calls for a deployment: it has a voice, and what that takes beside its
/// own variables is there. `public_url` is where it fetches recordings; `caller` is the number that people see.
pub fn can_call(operator: &str, public_url: &str, caller: &str) -> bool {
    let Some(made) = boxed(operator, &Variables::default()) else { return false };
    let fetches = operator == sandbox::NAME || !public_url.is_empty();
    made.voice().is_some_and(|voice| fetches && (!caller.is_empty() || !voice.needs_caller()))
}

/// Whether an operator of this name asks the networks of numbers about them.
pub fn can_look_up(operator: &str) -> bool {
    boxed(operator, &Variables::default()).is_some_and(|made| made.number_lookups().is_some())
}

/// An operator, ready to make requests.
pub fn set_up(operator: &str, given: &Variables) -> Result<Box<dyn Operator>, SetUpError> {
    let unknown = || SetUpError::UnknownOperator(operator.to_owned());
    let (needed, _) = variables(operator).ok_or_else(unknown)?;
    if !may_be_used(operator, &given.get("send_abroad")) {
        return Err(SetUpError::AbroadNotAllowed(operator.to_owned()));
    }
    if let Some(variable) = needed.iter().find(|name| given.get(name).is_empty()) {
        return Err(SetUpError::VariableMissing { operator: operator.to_owned(), variable });
    }
    boxed(operator, given).ok_or_else(unknown)
}

fn boxed(operator: &str, given: &Variables) -> Option<Box<dyn Operator>> {
    Some(match operator {
        kannel::NAME => Box::new(Kannel::of(given)),
        jasmin::NAME => Box::new(Jasmin::of(given)),
        smsc::NAME => Box::new(Smsc::of(given)),
        mobizon::NAME => Box::new(Mobizon::of(given)),
        twilio::NAME => Box::new(Twilio::of(given)),
        sandbox::NAME => Box::new(Sandbox::of(given)),
        _ => return None,
    })
}

impl Kannel {
    /// Of the variables. Reading reports takes the key alone.
    pub fn of(given: &Variables) -> Self {
        Self {
            base_url: given.address("kannel_url"),
            username: given.get("kannel_username"),
            password: given.get("kannel_password"),
            smsc: given.optional("kannel_smsc"),
            reports_url: given.reports(kannel::NAME),
            report_key: given.report_key.clone(),
        }
    }
}

impl Jasmin {
    /// Of the variables. Reading reports takes the key alone.
    pub fn of(given: &Variables) -> Self {
        Self {
            base_url: given.address("jasmin_url"),
            username: given.get("jasmin_username"),
            password: given.get("jasmin_password"),
            reports_url: given.reports(jasmin::NAME),
            report_key: given.report_key.clone(),
        }
    }
}

impl Smsc {
    /// Of the variables. Reading reports takes `smsc_report_secret` alone.
    pub fn of(given: &Variables) -> Self {
        Self {
            base_url: given.address("smsc_url"),
            credentials: Credentials::ApiKey(given.get("smsc_api_key")),
            report_secret: given.get("smsc_report_secret"),
        }
    }
}

impl Mobizon {
    /// Of the variables. Reading notices takes `mobizon_notice_secret` alone.
    pub fn of(given: &Variables) -> Self {
        Self {
            base_url: given.address("mobizon_url"),
            api_key: given.get("mobizon_api_key"),
            notice_secret: given.get("mobizon_notice_secret"),
        }
    }
}

impl Twilio {
    /// Of the variables. Reading reports takes `twilio_auth_token` and `public_url` alone.
    pub fn of(given: &Variables) -> Self {
        Self {
            base_url: given.address("twilio_url"),
            account_sid: given.get("twilio_account_sid"),
            auth_token: given.get("twilio_auth_token"),
            messaging_service: given.optional("twilio_messaging_service"),
            reports_url: given.reports(twilio::NAME),
        }
    }
}

impl Sandbox {
    /// Of the variables.
    pub fn of(given: &Variables) -> Self {
        Self { base_url: given.address("sandbox_operator_url"), token: given.get("tick_token") }
    }
}

/// The names in a list of operators: parted by commas or white space.
pub fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split(|character: char| character == ',' || character.is_whitespace())
        .filter(|name| !name.is_empty())
}

/// The operators of a deployment, by their names: those that it lists, or the stand-in where it lists
/// none and the sandbox is on.
pub fn in_use(list: &str, sandbox_on: bool) -> Vec<String> {
    let listed: Vec<String> = names(list).map(str::to_owned).collect();
    if listed.is_empty() && sandbox_on {
        return vec![sandbox::NAME.to_owned()];
    }
    // The stand-in sends nothing to anybody: never outside the sandbox (R84).
    listed.into_iter().filter(|name| sandbox_on || name != sandbox::NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_of(operator: &str) -> Variables {
        let (needed, _) = variables(operator).expect("known");
        let values = needed.iter().map(|name| ((*name).to_owned(), "http://127.0.0.1:1".to_owned()));
        let mut values: BTreeMap<String, String> = values.collect();
        values.insert("send_abroad".to_owned(), SEND_ABROAD.to_owned());
        Variables { values, report_key: b"key".to_vec() }
    }

    /// R189, R190: what is handed to an account abroad leaves the country, so that takes the deployment's word.
    #[test]
    fn an_operator_abroad_is_not_used_without_the_deployments_word() {
        for word in ["", "on", "yes", "true", "KZ", "Numbers-may-leave-Kazakhstan"] {
            let mut given = all_of("twilio");
            given.values.insert("send_abroad".to_owned(), word.to_owned());
            let refused = set_up("twilio", &given).err();
            assert_eq!(refused, Some(SetUpError::AbroadNotAllowed("twilio".to_owned())), "{word:?}");
            assert!(!may_be_used("twilio", word));
            for operator in ["kannel", "jasmin", "smsc", "mobizon", "sandbox"] {
                assert!(may_be_used(operator, word), "{operator} is at home");
            }
        }
        let said = SetUpError::AbroadNotAllowed("twilio".to_owned()).to_string();
        assert!(said.contains(SEND_ABROAD) && said.contains("SEND_ABROAD"), "{said}");
        assert!(set_up("twilio", &all_of("twilio")).is_ok());
    }

    #[test]
    fn an_operator_is_set_up_only_with_all_that_it_needs() {
        for operator in ["kannel", "jasmin", "smsc", "mobizon", "twilio", "sandbox"] {
            let given = all_of(operator);
            assert!(set_up(operator, &given).is_ok_and(|made| made.name() == operator), "{operator}");
            for missing in given.values.keys().filter(|name| *name != "send_abroad") {
                let mut less = given.clone();
                less.values.remove(missing);
                let refused = set_up(operator, &less).err();
                assert!(
                    matches!(&refused, Some(SetUpError::VariableMissing { variable, .. }) if variable == missing),
                    "{operator} without {missing}: {refused:?}"
                );
            }
        }
    }

    #[test]
    fn a_name_that_nobody_has_is_refused() {
        assert!(matches!(set_up("pigeon", &Variables::default()), Err(SetUpError::UnknownOperator(_))));
    }

    /// R71: who cannot fetch the recording, or has to show a number and has none, is not asked to call.
    #[test]
    fn only_who_has_a_voice_and_all_that_it_takes_can_call() {
        let url = "https://sms.example.kz";
        assert!(
            can_call("sandbox", "", "")
                && can_call("smsc", url, "")
                && can_call("twilio", url, "+77010000000")
        );
        assert!(!can_call("smsc", "", "+77010000000") && !can_call("twilio", url, ""));
        for silent in ["kannel", "jasmin", "mobizon", "pigeon"] {
            assert!(!can_call(silent, url, "+77010000000"), "{silent}");
        }
    }

    /// R95: of no other operator's interface it is known how.
    #[test]
    fn numbers_are_looked_up_through_smsc_alone() {
        let known = ["kannel", "jasmin", "smsc", "mobizon", "twilio", "sandbox", "pigeon"];
        assert_eq!(known.into_iter().filter(|name| can_look_up(name)).collect::<Vec<_>>(), ["smsc"]);
    }

    /// R84: what the stand-in takes reaches nobody, so it is never used where people are to be reached.
    #[test]
    fn the_stand_in_is_used_in_the_sandbox_only() {
        assert_eq!(in_use("", true), ["sandbox"]);
        assert_eq!(in_use("kannel, smsc", true), ["kannel", "smsc"]);
        assert_eq!(in_use("sandbox kannel", false), ["kannel"]);
        assert!(in_use("", false).is_empty());
    }
}
