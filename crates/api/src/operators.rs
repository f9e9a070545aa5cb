//! Telecom operators: their reports, what people send back through them, and how they are.

use serde::{Deserialize, Serialize};

use crate::ids::MessageId;
use crate::operation::{Answer, Body, Component, Operation, Parameter, Who};
use crate::schema::Schema;
use crate::{Code, Items, Time};

/// The largest report of one message, in bytes.
pub const REPORT_BYTES_MAX: u64 = 64 * 1024;
/// The largest body of the stand-in's reports, in bytes: some thousands of them.
pub const REPORTS_BYTES_MAX: u64 = 1024 * 1024;

/// How an operator is, for whoever keeps the deployment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct OperatorHealth {
    /// Its name.
    pub name: String,
    /// Whether it is in use.
    pub set_up: bool,
    /// What is missing.
    pub problem: Option<String>,
    /// Failures in a row.
    pub failures: i64,
    /// Until when it is left alone.
    pub resting_until: Option<Time>,
    /// Why it failed last.
    pub reason: Option<String>,
    /// Where it is to send what people answer, if it passes that on.
    pub incoming_url: Option<String>,
    /// What it sent under a sound signature that nobody could read.
    pub unread: Unread,
}

/// What could not be read, since the deployment began.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Unread {
    /// Numbers of those who answered.
    pub number: i64,
    /// Letters of what they answered.
    pub charset: i64,
    /// Anything else.
    pub body: i64,
    /// When it happened last.
    pub last_at: Option<Time>,
}

/// What became of the stand-in's reports.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct TakenReports {
    /// They changed something.
    pub accepted: i64,
    /// They were repeated, or of unknown ids.
    pub ignored: i64,
    /// Their hand-over is not settled yet: they are to be sent again.
    pub later: Vec<MessageId>,
}

/// Reports of the stand-in. It comes from outside, so it may grow new fields.
#[cfg(feature = "description")]
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "the form of what the crate `operators` writes")]
struct DeliveryReports {
    /// In any number: `id` is the message's, `status` one of `delivered`, `undelivered`, `expired`, or of calls one of
    /// `answered`, `machine`, `busy`, `no_answer`, `failed`, `at` an instant. One that cannot be read is passed over, so
    /// that it does not keep the others out.
    reports: Vec<serde_json::Value>,
}
#[cfg(not(feature = "description"))]
type DeliveryReports = ();

/// A form of an operator's own.
const FORM: Body = Body {
    media_types: &["application/x-www-form-urlencoded"],
    schema: Schema::TEXT,
    bytes_max: REPORT_BYTES_MAX,
    required: false,
    streamed: true,
};
const MESSAGE: Parameter = Parameter::path("message", Schema::TEXT, "The message, by its id or its number.");
const TOKEN: Parameter = Parameter::path("token", Schema::TEXT, "Opens this one message.");
const INCOMING_TOKEN: Parameter =
    Parameter::path("token", Schema::TEXT, "Of the deployment, from `GET /internal/operators`.");
const TAKEN: Answer = Answer::empty("It is taken, also when it is late, repeated or of an unknown message.");
const OK: Answer =
    Answer::of(200, "text/plain; charset=utf-8", Schema::TEXT, "The word that the operator awaits.");
const TWILIO_SIGNATURE: Parameter =
    Parameter::header("x-twilio-signature", Schema::TEXT, "Over the address and the form.").required();

/// What all reports of operators share.
const REPORT: Operation =
    Operation { component: Component::Delivery, who: Who::Operator, rules: &[85, 89], ..Operation::POST };

/// What all that people send back shares.
const INCOMING: Operation =
    Operation { component: Component::Delivery, who: Who::Operator, rules: &[65, 66, 74], ..Operation::POST };

/// `POST /webhooks/operators/sandbox/reports`
pub const SANDBOX_REPORTS: Operation = Operation {
    id: "receive_sandbox_reports",
    path: "/webhooks/operators/sandbox/reports",
    summary: "Reports of the stand-in operator, signed over their raw bytes; only while the sandbox is on.",
    parameters: &[Parameter::header(
        "sandbox-signature",
        Schema::TEXT,
        "`v1,…`: HMAC-SHA256 of the body in base64.",
    )
    .required()],
    body: Some(Body {
        bytes_max: REPORTS_BYTES_MAX,
        streamed: true,
        ..Body::json(Schema::of::<DeliveryReports>())
    }),
    answers: &[Answer::json(200, Schema::of::<TakenReports>(), "What became of them.")],
    codes: &[Code::NotFound, Code::MalformedJson],
    ..REPORT
};

/// `GET /webhooks/operators/kannel/reports/{message}/{token}`
pub const KANNEL_REPORT: Operation = Operation {
    id: "receive_kannel_report",
    method: crate::Method::Get,
    path: "/webhooks/operators/kannel/reports/{message}/{token}",
    summary: "A report of Kannel's.",
    parameters: &[
        MESSAGE,
        TOKEN,
        Parameter::query("status", Schema::TEXT, "Kannel's number for what became of it."),
    ],
    answers: &[TAKEN],
    ..REPORT
};

/// `POST /webhooks/operators/jasmin/reports/{message}/{token}`
pub const JASMIN_REPORT: Operation = Operation {
    id: "receive_jasmin_report",
    path: "/webhooks/operators/jasmin/reports/{message}/{token}",
    summary: "A report of Jasmin's.",
    parameters: &[MESSAGE, TOKEN],
    body: Some(FORM),
    answers: &[OK],
    ..REPORT
};

/// `POST /webhooks/operators/smsc/reports`
pub const SMSC_REPORT: Operation = Operation {
    id: "receive_smsc_report",
    path: "/webhooks/operators/smsc/reports",
    summary: "A report of SMSC.kz's, which signs by `md5` or `sha1`.",
    body: Some(FORM),
    answers: &[OK],
    ..REPORT
};

/// `POST /webhooks/operators/twilio/reports/{message}`
pub const TWILIO_REPORT: Operation = Operation {
    id: "receive_twilio_report",
    path: "/webhooks/operators/twilio/reports/{message}",
    summary: "A report of Twilio's.",
    parameters: &[MESSAGE, TWILIO_SIGNATURE],
    body: Some(FORM),
    answers: &[TAKEN],
    ..REPORT
};

/// `POST /webhooks/operators/mobizon/notices`
pub const MOBIZON_NOTICE: Operation = Operation {
    id: "receive_mobizon_notice",
    path: "/webhooks/operators/mobizon/notices",
    summary: "A notice of Mobizon's that a message has come to its end; the end itself is asked for by a job.",
    body: Some(FORM),
    answers: &[TAKEN],
    ..REPORT
};

/// `GET /webhooks/operators/kannel/incoming/{token}`
pub const KANNEL_INCOMING: Operation = Operation {
    id: "receive_kannel_incoming",
    method: crate::Method::Get,
    path: "/webhooks/operators/kannel/incoming/{token}",
    summary: "What somebody sent back through Kannel.",
    parameters: &[INCOMING_TOKEN],
    answers: &[TAKEN],
    ..INCOMING
};

/// `GET /webhooks/operators/jasmin/incoming/{token}`
pub const JASMIN_INCOMING: Operation = Operation {
    id: "receive_jasmin_incoming",
    method: crate::Method::Get,
    path: "/webhooks/operators/jasmin/incoming/{token}",
    summary: "What somebody sent back through Jasmin, where its keeper has set it to GET.",
    parameters: &[INCOMING_TOKEN],
    answers: &[OK],
    ..INCOMING
};

/// `POST /webhooks/operators/jasmin/incoming/{token}`
pub const JASMIN_INCOMING_FORM: Operation = Operation {
    id: "receive_jasmin_incoming_form",
    path: "/webhooks/operators/jasmin/incoming/{token}",
    summary: "What somebody sent back through Jasmin, where its keeper has set it to POST.",
    parameters: &[INCOMING_TOKEN],
    body: Some(FORM),
    answers: &[OK],
    ..INCOMING
};

/// `POST /webhooks/operators/smsc/incoming`
pub const SMSC_INCOMING: Operation = Operation {
    id: "receive_smsc_incoming",
    path: "/webhooks/operators/smsc/incoming",
    summary: "What somebody sent back through SMSC.kz.",
    body: Some(FORM),
    answers: &[OK],
    ..INCOMING
};

/// `POST /webhooks/operators/twilio/reports/incoming`
pub const TWILIO_INCOMING: Operation = Operation {
    id: "receive_twilio_incoming",
    path: "/webhooks/operators/twilio/reports/incoming",
    summary: "What somebody sent back through Twilio.",
    parameters: &[TWILIO_SIGNATURE],
    body: Some(FORM),
    answers: &[Answer::of(200, "text/xml", Schema::TEXT, "That nothing is replied.")],
    ..INCOMING
};

/// `GET /internal/operators`
pub const HEALTH: Operation = Operation {
    id: "list_operators",
    path: "/internal/operators",
    component: Component::Dispatch,
    who: Who::Scheduler,
    summary: "Who is in use, who rests and why, where each is to send what comes back, and how much of that could \
              not be read.",
    rules: &[66, 189, 190],
    answers: &[Answer::json(200, Schema::of::<Items<OperatorHealth>>(), "All of them.")],
    ..Operation::GET
};

crate::listed![
    SANDBOX_REPORTS,
    KANNEL_REPORT,
    JASMIN_REPORT,
    SMSC_REPORT,
    TWILIO_INCOMING,
    TWILIO_REPORT,
    MOBIZON_NOTICE,
    KANNEL_INCOMING,
    JASMIN_INCOMING,
    JASMIN_INCOMING_FORM,
    SMSC_INCOMING,
    HEALTH,
];
