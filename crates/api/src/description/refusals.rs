//! What is answered when something is wrong: by status, with the codes that it may carry.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::Code;

/// Names what several routes answer alike, and refers to it. A name is the status and the codes.
pub fn named(paths: &mut Value) -> Value {
    let mut uses: BTreeMap<String, u32> = BTreeMap::new();
    each(paths, |status, response| {
        if let Some(name) = name(status, response) {
            *uses.entry(name).or_default() += 1;
        }
    });
    let mut named = Map::new();
    each(paths, |status, response| {
        let Some(name) = name(status, response).filter(|name| uses.get(name).is_some_and(|uses| *uses > 1))
        else {
            return;
        };
        let reference = json!({"$ref": format!("#/components/responses/{name}")});
        named.insert(name, std::mem::replace(response, reference));
    });
    Value::Object(named)
}

fn each(paths: &mut Value, mut look: impl FnMut(&str, &mut Value)) {
    let operations = paths.as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    for operation in operations.filter_map(Value::as_object_mut).flat_map(|item| item.values_mut()) {
        for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
            look(status, response);
        }
    }
}

fn name(status: &str, response: &Value) -> Option<String> {
    // Where a person is answered a page by the same status, the answer is that route's own.
    let content = response["content"].as_object().filter(|content| content.len() == 1)?;
    let schema = &content.get("application/problem+json")?["schema"];
    let codes = schema["allOf"][1]["properties"]["code"]["enum"].as_array()?;
    let codes: Vec<&str> = codes.iter().filter_map(Value::as_str).collect();
    Some(format!("{status}.{}", codes.join(".")))
}

/// The answer of a status, with the codes that it may carry.
pub fn of(status: u16, codes: &[Code]) -> Value {
    let said: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
    let codes: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let mut refusal = json!({
        "description": said.join(", "),
        "content": {"application/problem+json": {"schema": {
            "allOf": [{"$ref": "#/components/schemas/Problem"}, {"properties": {"code": {"enum": &codes}}}],
        }}},
    });
    let is_for_now = ["too_many_requests", "too_many_attempts", "busy_try_again"];
    if codes.iter().any(|code| is_for_now.contains(code)) {
        refusal["headers"] = json!({"retry-after": {
            "description": "In how many seconds to ask again.",
            "required": status == 429,
            "schema": {"type": "integer", "minimum": 1},
        }});
    }
    refusal
}

/// Every code with its status and its texts.
pub fn texts() -> Value {
    use domain::language::Language::{En, Kk, Ru};
    let problem = |code: &Code| {
        let texts = json!({
            "status": code.status(), "kk": code.text(Kk), "ru": code.text(Ru), "en": code.text(En),
        });
        (code.as_str().to_owned(), texts)
    };
    Value::Object(Code::ALL.iter().map(problem).collect())
}
