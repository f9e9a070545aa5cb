//! Who may call a route, as schemes of security.

use serde_json::{Value, json};

use crate::Operation;
use crate::operation::{Parameter, Place, Who};

/// Every scheme, by the name that routes refer to it by. `x-placeholder` stands for the caller's own in examples.
pub fn schemes() -> Value {
    json!({
        "session": {
            "type": "apiKey", "in": "cookie", "name": "__Host-sendbox",
            "description": "A person in the cabinet: the cookie that `POST /v1/sessions` sets. On a loopback address, \
                where there is no TLS, its name is `sendbox`. What changes something must come from the same site.",
        },
        "api_key": {
            "type": "http", "scheme": "bearer", "x-placeholder": "sbk_…",
            "description": "A program: an API key, made in the cabinet or by `POST /v1/api-keys`.",
        },
        "staff": {
            "type": "http", "scheme": "bearer", "x-placeholder": "STAFF_TOKEN",
            "description": "Staff of the service: the variable `staff_token`.",
        },
        "scheduler": {
            "type": "http", "scheme": "bearer", "x-placeholder": "TICK_TOKEN",
            "description": "The scheduler: the variable `tick_token`.",
        },
        "webhook-signature": {
            "type": "apiKey", "in": "header", "name": "webhook-signature",
            "description": "A bank: Standard Webhooks, `v1,` and the base64 of HMAC-SHA256 over \
                `<webhook-id>.<webhook-timestamp>.<body>` under the key behind `whsec_`.",
        },
        "sandbox-signature": {
            "type": "apiKey", "in": "header", "name": "sandbox-signature",
            "description": "The stand-in operator: `v1,` and the base64 of HMAC-SHA256 over the body.",
        },
        "x-twilio-signature": {
            "type": "apiKey", "in": "header", "name": "x-twilio-signature",
            "description": "Twilio: the base64 of HMAC-SHA1 over the address and the fields of the form.",
        },
    })
}

/// The header of a signature is a scheme, and no parameter beside it.
pub fn is_signature(parameter: &Parameter) -> bool {
    parameter.place == Place::Header && parameter.name.ends_with("-signature")
}

/// The schemes one of which a caller needs; none for what anybody may call, and for addresses that carry a token.
pub fn needed(operation: &Operation) -> Value {
    let signature = operation.parameters.iter().find(|parameter| is_signature(parameter));
    match (operation.who, signature) {
        (Who::Bank | Who::Operator, Some(signature)) => json!([{signature.name: []}]),
        (Who::Public | Who::Link | Who::Bank | Who::Operator, _) => json!([]),
        (Who::Session, _) => json!([{"session": []}]),
        (Who::SessionOrKey, _) => json!([{"api_key": []}, {"session": []}]),
        (Who::Staff, _) => json!([{"staff": []}]),
        (Who::Scheduler | Who::Sandbox, _) => json!([{"scheduler": []}]),
    }
}
