//! The answers of the HTTP interface that the demo reads: the fields it needs, others pass by.

use std::collections::BTreeMap;
use std::fmt;

use domain::money::Tiyn;
use serde::{Deserialize, Deserializer, de};

/// Money as answered: a decimal text, which may be negative, in tenge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(pub Tiyn);

impl Amount {
    /// Reads `12.50` and `-12.50`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix('-') {
            Some(positive) => Some(Self(Tiyn::parse(positive).ok()?.negated())),
            None => Tiyn::parse(text).ok().map(Self),
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Money { amount: String, currency: String },
            Text(String),
        }
        let text = match Written::deserialize(deserializer)? {
            Written::Money { currency, .. } if currency != "KZT" => {
                return Err(de::Error::custom(format!("`{currency}` is not KZT")));
            }
            Written::Money { amount, .. } | Written::Text(amount) => amount,
        };
        Self::parse(&text).ok_or_else(|| de::Error::custom(format!("`{text}` is not an amount")))
    }
}

#[derive(Deserialize)]
pub struct Documents {
    pub documents: Vec<Document>,
}

#[derive(Clone, Deserialize)]
pub struct Document {
    pub kind: String,
    pub version: String,
    pub title: BTreeMap<String, String>,
    pub state: String,
    pub sha256: BTreeMap<String, String>,
}

#[derive(Deserialize)]
pub struct DocumentText {
    pub sha256: String,
    pub text: String,
}

#[derive(Deserialize)]
pub struct SignedUp {
    pub account: Account,
    pub receipts: Vec<Receipt>,
}

#[derive(Deserialize)]
pub struct Account {
    pub number: String,
}

#[derive(Deserialize)]
pub struct Receipt {
    pub id: String,
    pub document: String,
}

#[derive(Deserialize)]
pub struct ToppedUp {
    pub credited: bool,
}

#[derive(Deserialize)]
pub struct Measure {
    pub price_per_message: Amount,
}

#[derive(Deserialize)]
pub struct BlacklistAdded {
    pub added: u64,
}

#[derive(Deserialize)]
pub struct Import {
    pub id: String,
    pub state: String,
    #[serde(default)]
    pub rows: u64,
    #[serde(default)]
    pub imported: u64,
    #[serde(default)]
    pub duplicates: u64,
    #[serde(default)]
    pub rejected: u64,
    #[serde(default)]
    pub blacklisted: u64,
    #[serde(default)]
    pub dropped_columns: Vec<String>,
}

#[derive(Deserialize)]
pub struct Campaign {
    pub id: String,
    pub state: String,
    pub stalled_by: Option<String>,
}

#[derive(Deserialize)]
pub struct Estimate {
    pub contacts: u64,
    pub blacklisted: u64,
    pub messages: u64,
    pub segments: u64,
    pub price_per_message: Amount,
    pub total: Amount,
    pub available: Amount,
    pub sufficient: bool,
}

#[derive(Deserialize)]
pub struct Dispatched {
    pub more: bool,
    pub window_open: bool,
}

#[derive(Deserialize)]
pub struct ReportsSent {
    pub sent: u64,
    pub pending: u64,
}

#[derive(Deserialize)]
pub struct SandboxClock {
    pub now: chrono::DateTime<chrono::Utc>,
    pub shift_seconds: i64,
}

/// A campaign's report (R94).
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Report {
    pub messages: u64,
    pub queued: u64,
    pub leased: u64,
    pub unknown: u64,
    pub handed_over: u64,
    pub awaiting_report: u64,
    pub delivered: u64,
    pub undelivered: u64,
    pub expired: u64,
    pub blocked: u64,
    #[serde(default)]
    pub blocked_by_reason: BTreeMap<String, u64>,
    pub cancelled: u64,
    pub charged: Charged,
    pub held: Amount,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Charged {
    pub operator: Amount,
    pub service: Amount,
    pub total: Amount,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Balance {
    pub available: Amount,
    pub held: Amount,
    pub ledger_sum: Amount,
}

/// One message of the history (R89, R90).
#[derive(Clone, Debug, Deserialize)]
pub struct Message {
    pub id: String,
    pub phone: String,
    pub state: String,
    pub handed_over_at: Option<String>,
    pub charged: Option<Amount>,
}

#[derive(Deserialize)]
pub struct Transfer {
    pub entries: Vec<Entry>,
}

#[derive(Deserialize)]
pub struct Entry {
    pub book: String,
    pub amount: Amount,
}

#[derive(Deserialize)]
pub struct Consistency {
    pub proof: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_debit_keeps_its_sign() {
        let amount: Amount = serde_json::from_str(r#""-12.05""#).expect("an amount");
        assert_eq!(amount, Amount(Tiyn(-1205)));
        assert_eq!(amount.to_string(), "-12.05");
    }

    #[test]
    fn money_in_another_currency_is_not_taken_for_tenge() {
        assert!(serde_json::from_str::<Amount>(r#"{"amount": "1.00", "currency": "USD"}"#).is_err());
    }
}
