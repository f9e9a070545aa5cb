//! Payments, the balance, the ledger and the tariffs.

use domain::account::WhyUnapplied;
use domain::money::{Money, Tiyn};
use domain::tariffs::{Channel, Processing, Unit};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::ids::{AccountId, CampaignId, LookupId, ScoringId, TransferId};
use crate::operation::{Answer, Body, Component, Operation, Parameter, Who};
use crate::page::PAGE;
use crate::schema::Schema;
use crate::{Code, Items, Page, Time};

/// The largest webhook body, in bytes.
pub const WEBHOOK_BYTES_MAX: u64 = 64 * 1024;

/// What a bank sends, in the form of Standard Webhooks. It may grow new fields.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct PaymentNotice {
    /// `payment.succeeded`.
    pub r#type: String,
    /// The payment.
    pub data: PaymentData,
}

/// One payment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct PaymentData {
    /// The bank's own id.
    pub payment_id: String,
    /// The account number that the payer wrote.
    pub account: String,
    /// A decimal text.
    pub amount: String,
    /// `KZT`.
    pub currency: String,
}

/// What a notice of a payment is answered; a repeat is answered in the same bytes (R45).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Credited {
    /// Whether an account has the money.
    pub credited: bool,
    /// The transfer.
    pub transfer: TransferId,
    /// Why no account took it: it is kept in suspense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unapplied: Option<WhyUnapplied>,
}

/// What an account has (R43, R52).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Balance {
    /// What a payer writes on a top-up.
    pub account_number: String,
    /// What it can spend.
    pub available: Money,
    /// What is held for messages on their way, and for scores that are being made.
    pub held: Money,
    /// What all entries add up to: zero.
    pub ledger_sum: Money,
    /// Whether nothing is available.
    pub suspended: bool,
    /// Since when messages wait for money (R53).
    pub short_since: Option<Time>,
    /// What came for the account and could not be credited (R51).
    pub unapplied: Money,
}

/// What a transfer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TransferKind {
    /// A payment.
    TopUp,
    /// Money set aside for messages that leave, or for scores.
    Hold,
    /// What was held, paid.
    Capture,
    /// What was held, given back.
    Release,
    /// A charge, given back.
    Refund,
    /// What is left of an account at its deletion.
    Forfeit,
    /// A payment that no account could take.
    Unapplied,
    /// A payment that no account could take, credited to one after all.
    Applied,
}

/// A book of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Book {
    /// What banks brought.
    Bank,
    /// What the account can spend.
    Available,
    /// What is held.
    Held,
    /// What operators were paid.
    Operator,
    /// What the service was paid.
    Service,
    /// What was given up.
    Forfeited,
    /// What no account could take.
    Suspense,
}

/// One movement of money; its entries add up to zero (R44).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Transfer {
    /// The transfer.
    pub id: TransferId,
    /// What it is.
    pub kind: TransferKind,
    /// When.
    pub at: Time,
    /// Of a payment, the bank's id.
    pub payment: Option<String>,
    /// Of a payment, when its notice came (R51).
    pub received_at: Option<Time>,
    /// Of a payment, when it was credited (R51).
    pub credited_at: Option<Time>,
    /// What it pays for.
    pub campaign: Option<CampaignId>,
    /// The scoring that it pays for (R49).
    pub scoring: Option<ScoringId>,
    /// The look-up of numbers that it pays for (R49).
    pub lookup: Option<LookupId>,
    /// How many messages it pays for.
    pub messages: Option<i64>,
    /// What moved.
    pub entries: Vec<Entry>,
}

/// An amount in tenge with two digits of tiyn, and a sign where it leaves a book: `-12.50`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(pub Tiyn);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let amount = match text.strip_prefix('-') {
            Some(positive) => Tiyn::parse(positive).map(Tiyn::negated),
            None => Tiyn::parse(&text),
        };
        amount.map(Self).map_err(|error| de::Error::custom(Code::from(error)))
    }
}

#[cfg(feature = "description")]
impl utoipa::PartialSchema for Amount {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::String)
            .pattern(Some(r"^-?\d{1,17}\.\d{2}$"))
            .description(Some("Tenge with two digits of tiyn"))
            .examples(["-12.50"])
            .into()
    }
}

#[cfg(feature = "description")]
impl utoipa::ToSchema for Amount {}

/// One side of a transfer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Entry {
    /// Where.
    pub book: Book,
    /// How much.
    pub amount: Amount,
}

/// The published tariffs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Tariffs {
    /// `KZT`.
    pub currency: String,
    /// In force and announced.
    pub tariffs: Vec<Tariff>,
    /// Those of work on the account's own data, in force and announced.
    pub processing: Vec<ProcessingTariff>,
}

/// What work on one contact costs (R49).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ProcessingTariff {
    /// The version.
    pub version: String,
    /// What is done.
    pub processing: Processing,
    /// Of one contact.
    pub price: Amount,
    /// When it was announced (R29).
    pub announced_at: Time,
    /// From when on it holds.
    pub effective_at: Time,
}

/// What one unit costs with one operator (R26, R46).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Tariff {
    /// The version.
    pub version: String,
    /// How people are reached.
    pub channel: Channel,
    /// The operator.
    pub operator: String,
    /// The operator's part.
    pub operator_price: Amount,
    /// The service's part.
    pub service_price: Amount,
    /// Both.
    pub price: Amount,
    /// What the price is for.
    pub unit: Unit,
    /// When it was announced (R29).
    pub announced_at: Time,
    /// From when on it holds.
    pub effective_at: Time,
}

/// A payment that no account could take (R51).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct UnappliedPayment {
    /// Who brought it.
    pub provider: String,
    /// The provider's id.
    pub payment: String,
    /// What the payer wrote.
    pub account_number: String,
    /// Whose number that is.
    pub account: Option<AccountId>,
    /// How much.
    pub amount: Money,
    /// Why it could not be credited.
    pub reason: WhyUnapplied,
    /// When its notice came.
    pub received_at: Time,
    /// Longer here than the offer allows: 24 hours.
    pub late: bool,
}

/// Staff's word on whose a payment is (R51).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreditUnapplied {
    /// Who brought it.
    pub provider: String,
    /// The provider's id.
    pub payment: String,
    /// Whose it is.
    pub account: AccountId,
    /// Who decides, 1 to 120 characters.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 120))]
    pub by: String,
    /// On what, 1 to 500 characters.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 500))]
    pub basis: String,
}

/// What a notice of a payment may be refused for.
pub(crate) const PAYMENT_CODES: &[Code] = &[
    Code::WebhookNotConfigured,
    Code::MalformedJson,
    Code::InvalidField,
    Code::PaymentAmountInvalid,
    Code::AmountTooLarge,
    Code::PaymentCurrencyNotKzt,
    Code::PaymentConflict,
    Code::PaymentTypeUnknown,
];

/// `POST /webhooks/payments/standard`
pub const PAYMENT: Operation = Operation {
    id: "receive_payment",
    path: "/webhooks/payments/standard",
    component: Component::Topup,
    who: Who::Bank,
    summary: "A notice of a payment, verified on its raw bytes and credited once. Money that no account can take is \
              kept in suspense, and its notice is answered too.",
    rules: &[17, 43, 44, 45, 51],
    parameters: &[
        Parameter::header("webhook-id", Schema::TEXT, "The notice's id.").required(),
        Parameter::header("webhook-timestamp", Schema::TEXT, "When it was signed, in Unix seconds.")
            .required(),
        Parameter::header("webhook-signature", Schema::TEXT, "`v1,…`: HMAC-SHA256 in base64.").required(),
    ],
    body: Some(Body {
        bytes_max: WEBHOOK_BYTES_MAX,
        streamed: true,
        ..Body::json(Schema::of::<PaymentNotice>())
    }),
    answers: &[Answer::json(200, Schema::of::<Credited>(), "What became of the money.")],
    codes: PAYMENT_CODES,
    ..Operation::POST
};

/// `GET /v1/balance`
pub const BALANCE: Operation = Operation {
    id: "get_balance",
    path: "/v1/balance",
    component: Component::Topup,
    who: Who::SessionOrKey,
    summary: "What the account has.",
    rules: &[43, 51, 52, 53],
    answers: &[Answer::json(200, Schema::of::<Balance>(), "The balance.")],
    ..Operation::GET
};

/// `GET /v1/ledger`
pub const LEDGER: Operation = Operation {
    id: "list_transfers",
    path: "/v1/ledger",
    component: Component::Topup,
    who: Who::SessionOrKey,
    summary: "Every movement of its money, newest first.",
    rules: &[43, 44, 51],
    parameters: PAGE,
    answers: &[Answer::json(200, Schema::of::<Page<Transfer>>(), "A page of them.")],
    ..Operation::GET
};

/// `GET /v1/tariffs`
pub const TARIFFS: Operation = Operation {
    id: "list_tariffs",
    path: "/v1/tariffs",
    component: Component::Topup,
    who: Who::Public,
    summary: "The tariffs in force, and those announced.",
    rules: &[26, 29, 46],
    answers: &[Answer::json(200, Schema::of::<Tariffs>(), "All of them.")],
    ..Operation::GET
};

/// `GET /internal/decisions/unapplied-payments`
pub const UNAPPLIED: Operation = Operation {
    id: "list_unapplied_payments",
    path: "/internal/decisions/unapplied-payments",
    component: Component::Topup,
    who: Who::Staff,
    summary: "Payments that no account could take: the 500 that wait longest.",
    rules: &[51],
    answers: &[Answer::json(200, Schema::of::<Items<UnappliedPayment>>(), "What waits.")],
    ..Operation::GET
};

/// `POST /internal/decisions/unapplied-payments`
pub const CREDIT_UNAPPLIED: Operation = Operation {
    id: "credit_unapplied_payment",
    path: "/internal/decisions/unapplied-payments",
    component: Component::Topup,
    who: Who::Staff,
    summary: "Credits such a payment to an account, once.",
    rules: &[51],
    body: Some(Body::json(Schema::of::<CreditUnapplied>())),
    answers: &[Answer::empty("It is credited.")],
    codes: &[
        Code::NotFound,
        Code::PaymentAlreadyCredited,
        Code::PaymentAccountUnknown,
        Code::PaymentAccountClosing,
        Code::AmountTooLarge,
    ],
    ..Operation::POST
};

crate::listed![PAYMENT, BALANCE, LEDGER, TARIFFS, UNAPPLIED, CREDIT_UNAPPLIED];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_debit_keeps_its_sign() {
        let amount: Amount = serde_json::from_str(r#""-12.05""#).expect("an amount");
        assert_eq!(amount, Amount(Tiyn(-1205)));
        assert_eq!(serde_json::to_string(&amount).expect("a text"), r#""-12.05""#);
    }
}
