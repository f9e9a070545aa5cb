//! The stand-in operator: takes messages under our ids, can be asked for them, and reports on them.
//! It keeps ids and fates, no number and no text.

use api::operators::TakenReports;
use api::sandbox::{HAND_OVER_BYTES_MAX, HandOver, HandedMessage, Reported, States, Taken, TakenMessage};
use domain::campaign::DeliveryResult;
use domain::voice::CallResult;
use edge::{Answer, Call, Code, Connection, Problem, Result, instant, json};
use operators::sandbox::{Ended, ReportedMessage, ReportsBody, SIGNATURE_HEADER, sign_reports};
use store::directory::{Directory, SandboxMessage, SandboxReport};

use crate::outbound;

/// A report follows this long after the message was taken.
const REPORT_AFTER_MS: i64 = 2_000;
/// Reports in one request.
const REPORTS_MAX: i64 = 2_000;

/// What becomes of a message: of a hundred, 92 arrive and 8 do not. The id's last
/// digits are random, so the fate is; and it is the same whenever it is asked for.
fn fate(id: &str) -> DeliveryResult {
    match last_digits(id) % 100 {
        0..92 => DeliveryResult::Delivered,
        _ => DeliveryResult::Undelivered,
    }
}

/// The number that an id's last four digits are.
pub fn last_digits(id: &str) -> u32 {
    let last = id.get(id.len().saturating_sub(4)..).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    last.unwrap_or_default()
}

/// What it calls a message.
pub fn reference(id: &str) -> String {
    id.replace("msg_", "sbx-")
}

/// `POST /sandbox/operator/messages`
pub async fn take(mut call: Call) -> Result<Answer> {
    let (body, _): (HandOver, _) = call.json_of_size(HAND_OVER_BYTES_MAX as usize).await?;
    let now = call.now().await?;
    let message = |message: &HandedMessage| SandboxMessage {
        message: message.id.clone(),
        fate: fate(&message.id).as_str(),
        expires_at: message.expires_at,
    };
    let messages: Vec<SandboxMessage> = body.messages.iter().map(message).collect();
    let db = Connection::directory().await?;
    Directory::new(&*db).sandbox_take(&messages, now).await?;
    let taken = |message: SandboxMessage| TakenMessage {
        reference: reference(&message.message),
        id: message.message,
        at: now,
        expires_at: Some(message.expires_at),
    };
    json(200, &Taken { taken: messages.into_iter().map(taken).collect() })
}

/// `POST /sandbox/operator/states`
pub async fn states(mut call: Call) -> Result<Answer> {
    let body: States = call.json().await?;
    let db = Connection::directory().await?;
    let states = Directory::new(&*db).sandbox_states(&body.ids).await?;
    let taken = states.into_iter().map(|state| TakenMessage {
        reference: reference(&state.message),
        id: state.message,
        at: state.taken_at,
        expires_at: Some(state.expires_at),
    });
    json(200, &Taken { taken: taken.collect() })
}

/// `POST /sandbox/operator/report-due`
pub async fn report_due(call: Call) -> Result<Answer> {
    let now = call.now().await?;
    let db = Connection::directory().await?;
    let directory = Directory::new(&*db);
    let due = directory.sandbox_due(now - REPORT_AFTER_MS, REPORTS_MAX).await?;
    let mut ids: Vec<String> = due.iter().map(|report| report.message.clone()).collect();
    if !due.is_empty() {
        let at = instant(now)?;
        let ended = |fate: &str| {
            let text = DeliveryResult::parse(fate).map(Ended::Message);
            text.or_else(|| CallResult::parse(fate).map(Ended::Call))
        };
        let report = |due: &SandboxReport| {
            Some(ReportedMessage { status: ended(&due.fate)?, id: due.message.clone(), at })
        };
        let body = ReportsBody { reports: due.iter().filter_map(report).collect() };
        let body = serde_json::to_vec(&body).map_err(|error| Problem::internal("reports", &error))?;
        let key = call.settings.get("operator_sandbox_secret").await?;
        let signature = sign_reports(&key, &body).map_err(|_| Problem::new(Code::WebhookNotConfigured))?;
        let url = "http://delivery.spin.internal/webhooks/operators/sandbox/reports";
        let (status, answer) = outbound::post(url, &[(SIGNATURE_HEADER, signature)], body).await?;
        let taken: Option<TakenReports> = serde_json::from_slice(&answer).ok();
        let Some(taken) = taken.filter(|_| status == 200) else {
            return Err(Problem::internal("delivery webhook", &status));
        };
        // What it cannot take yet is sent again next time.
        ids.retain(|id| !taken.later.iter().any(|later| **later == **id));
    }
    let pending = directory.sandbox_reported(&ids).await?;
    json(200, &Reported { sent: ids.len() as i64, pending })
}
