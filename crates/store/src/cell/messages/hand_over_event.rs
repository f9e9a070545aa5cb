//! What the log commits to for one hand-over (R89, R90).

use domain::tariffs::Volume;
use serde_json::Value as Json;

use crate::cell::messages::content::SentContent;
use crate::cell::messages::judged::Judged;
use crate::cell::messages::terms::Terms;
use crate::cell::proof::events::time_text;

/// The salt's name of a hand-over's leaf.
pub(crate) fn hand_over_salt(message: &str) -> String {
    format!("handed_over {message}")
}

/// It is made when the message is settled and again, from the stored row, when it is shown; both must give the same
/// bytes.
pub(crate) struct HandOverEvent<'e> {
    pub account: &'e str,
    /// Its number among the campaign's events.
    pub number_in_campaign: u64,
    pub message: &'e str,
    pub phone: Option<&'e str>,
    pub reference: Option<&'e str>,
    pub judged: &'e Judged,
    pub content: &'e SentContent,
    /// With which a text's hash was made: see [`Tenant::text_salt`](crate::cell::Tenant).
    pub text_salt: &'e str,
    pub terms: &'e Terms,
}

impl HandOverEvent<'_> {
    pub fn json(&self) -> Json {
        let (terms, judged) = (self.terms, self.judged);
        let mut event = serde_json::json!({
            "v": 1, "kind": "handed_over", "account": self.account, "campaign": terms.campaign,
            "number_in_campaign": self.number_in_campaign, "message": self.message, "phone": self.phone,
            "operator": terms.operator, "operator_reference": self.reference,
            "handed_over_at": time_text(judged.at), "local_time": judged.local_text(), "window": judged.hours,
            "window_rule": judged.rule, "operator_price": terms.operator_price.to_string(),
            "service_price": terms.service_price.to_string(), "currency": "KZT",
        });
        let sha256 = self.content.sha256.as_str();
        let what = match self.content.volume {
            Volume::Segments(segments) => {
                serde_json::json!({"text_sha256": sha256, "text_salt": self.text_salt, "segments": segments})
            }
            Volume::Sound(duration_ms) => serde_json::json!({
                "audio_sha256": sha256, "duration_ms": duration_ms,
                "paid": if terms.paid_if_answered { "if_answered" } else { "in_any_case" },
            }),
        };
        if let (Json::Object(event), Json::Object(what)) = (&mut event, what) {
            event.extend(what);
        }
        event
    }
}
