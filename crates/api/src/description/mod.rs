//! The description of the interface as OpenAPI 3.1, and what else is made from it: the tables of docs/API.md and the
//! texts that pages show. All of it follows from [`crate::SUBJECTS`] and the codes; nothing of a route is said here.

mod examples;
mod forms;
mod made;
mod markdown;
mod refusals;
mod security;
mod subjects;

pub use made::{Made, made};

use serde_json::map::Entry;
use serde_json::{Map, Value, json};

use crate::operation::{Answer, Body, Parameter, Place};
use crate::{Code, Operation};
use forms::Forms;

const TITLE: &str = "SENDBOX";

const ABOUT: &str = "Messages and calls from businesses in Kazakhstan to their own clients: prepaid, in lawful hours, \
    with proof. JSON in UTF-8; unknown fields are refused. Money is a decimal string with two digits and a currency; \
    times are RFC 3339 in UTC. A refusal is `application/problem+json` with a stable `code`, and after one nothing \
    is half-done. `Accept-Language` (`kk`, `ru`, `en`) picks the language of its text.";

/// The whole description. The same contract gives the same bytes.
pub fn document() -> Value {
    let mut forms = Forms::default();
    // What is answered when something is wrong is named even where nothing else would name it.
    forms.name::<crate::Problem>();
    let mut paths = paths(&mut forms);
    let refusals = refusals::named(&mut paths);
    json!({
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": env!("CARGO_PKG_VERSION"), "description": ABOUT},
        "servers": [{"url": "/"}],
        "tags": subjects::tags(),
        "paths": paths,
        "components": {
            "schemas": forms.named(),
            "responses": refusals,
            "securitySchemes": security::schemes(),
        },
        "x-problems": refusals::texts(),
    })
}

/// Every route that is there, by path and method.
fn paths(forms: &mut Forms) -> Value {
    let mut paths = Map::new();
    for (subject, operations) in crate::SUBJECTS {
        for (place, (_, operation)) in operations.iter().enumerate() {
            let item = paths.entry(operation.path).or_insert_with(|| json!({}));
            let method = operation.method.as_str().to_ascii_lowercase();
            item[&method] = described(subject, operation, forms);
            // Paths are sorted by name; readers want a subject's routes in the order in which they were written.
            item[&method]["x-place"] = place.into();
        }
    }
    Value::Object(paths)
}

fn described(subject: &str, operation: &Operation, forms: &mut Forms) -> Value {
    let mut described = json!({
        "operationId": operation.id,
        "tags": [subject],
        "summary": operation.summary,
        "security": security::needed(operation),
        "responses": responses(operation, forms),
    });
    let parameters: Vec<Value> = (operation.parameters.iter())
        .filter(|parameter| !security::is_signature(parameter))
        .map(|parameter| parameter_of(parameter, forms))
        .collect();
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    if let Some(body) = &operation.body {
        described["requestBody"] = body_of(body, forms);
    }
    if !operation.rules.is_empty() {
        described["x-rules"] = operation.rules.iter().map(|rule| format!("R{rule}")).collect();
    }
    if let Some(per_minute) = operation.per_minute {
        described["x-per-minute"] = per_minute.into();
    }
    described
}

fn parameter_of(parameter: &Parameter, forms: &mut Forms) -> Value {
    let place = match parameter.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    };
    json!({
        "name": parameter.name,
        "in": place,
        "required": parameter.required,
        "description": parameter.says,
        "schema": forms.of(&parameter.schema),
    })
}

fn body_of(body: &Body, forms: &mut Forms) -> Value {
    let form = forms.of(&body.schema);
    let example = examples::of(&form, forms);
    let media = |media_type: &&str| {
        let mut media = json!({"schema": form});
        if let (true, Some(example)) = (media_type.ends_with("json"), &example) {
            media["example"] = example.clone();
        }
        ((*media_type).to_owned(), media)
    };
    // An empty one stands for a file that is sent without a word of what it is, which has no place here.
    let content: Map<String, Value> =
        body.media_types.iter().filter(|media_type| !media_type.is_empty()).map(media).collect();
    json!({
        "required": body.required,
        "description": format!("At most {} bytes.", body.bytes_max),
        "content": content,
        "x-bytes-max": body.bytes_max,
    })
}

/// What is answered when all is well, and each status of a refusal with the codes that it may carry.
fn responses(operation: &Operation, forms: &mut Forms) -> Value {
    let mut responses = Map::new();
    for answer in operation.answers {
        add_answer(&mut responses, answer, forms);
    }
    let codes = operation.problems();
    let mut statuses: Vec<u16> = codes.iter().map(|code| code.status()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    for status in statuses {
        let of_status: Vec<Code> = codes.iter().copied().filter(|code| code.status() == status).collect();
        let refusal = refusals::of(status, &of_status);
        match responses.entry(status.to_string()) {
            Entry::Vacant(place) => drop(place.insert(refusal)),
            // A person is answered a page where a program is answered a problem.
            Entry::Occupied(mut page) => {
                let content = refusal["content"].as_object().into_iter().flatten();
                for (media_type, media) in content {
                    page.get_mut()["content"][media_type] = media.clone();
                }
            }
        }
    }
    Value::Object(responses)
}

/// Several answers of one status differ by what their bodies are, and each says what its own is.
fn add_answer(responses: &mut Map<String, Value>, answer: &Answer, forms: &mut Forms) {
    let headers: Map<String, Value> = (answer.headers.iter())
        .map(|header| {
            let form = forms.of(&header.schema);
            (
                header.name.to_owned(),
                json!({"description": header.says, "required": header.required, "schema": form}),
            )
        })
        .collect();
    let response = match responses.entry(answer.status.to_string()) {
        Entry::Occupied(before) => {
            let response = before.into_mut();
            let (said, says) = (response["description"].as_str().unwrap_or_default(), answer.says);
            // Two forms of one thing may be told of in the same words.
            if !said.contains(says) {
                response["description"] = format!("{said} {says}").into();
            }
            response
        }
        Entry::Vacant(place) => {
            let mut response = json!({"description": answer.says});
            if !headers.is_empty() {
                response["headers"] = headers.into();
            }
            place.insert(response)
        }
    };
    if let Some(media_type) = answer.media_type {
        response["content"][media_type] = json!({"schema": forms.of(&answer.schema)});
    }
}
