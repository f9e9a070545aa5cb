//! The made parts of docs/API.md: the routes of each subject, the types, and the codes.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::subjects;
use crate::Operation;

/// Puts what follows from the description between `<!-- made: NAME -->` and `<!-- end -->`, and leaves all else. The
/// error is a part that has no place, or a place without an end.
pub fn filled(prose: &str, document: &Value) -> Result<String, String> {
    let mut parts: Vec<(&str, String)> = Vec::new();
    parts.extend(subjects::ORDER.iter().map(|(subject, ..)| (*subject, routes(subject, document))));
    parts.push(("types", types(document)));
    parts.push(("codes", codes(document)));
    let mut filled = prose.to_owned();
    for (name, part) in parts {
        let opening = format!("<!-- made: {name} -->\n");
        let (before, rest) =
            filled.split_once(&opening).ok_or_else(|| format!("`{opening}` has no place"))?;
        let (_, after) = rest.split_once("<!-- end -->").ok_or_else(|| format!("`{opening}` has no end"))?;
        filled = format!("{before}{opening}{part}<!-- end -->{after}");
    }
    Ok(filled)
}

/// The routes of a subject, one below the other.
fn routes(subject: &str, document: &Value) -> String {
    let mut text = String::new();
    let of_subject = crate::SUBJECTS.iter().filter(|(name, _)| *name == subject);
    for (_, operation) in of_subject.flat_map(|(_, operations)| operations.iter()) {
        let method = operation.method.as_str().to_ascii_lowercase();
        route(&mut text, operation, &document["paths"][operation.path][method]);
    }
    text
}

/// One route. Of its codes those of its own: what follows from who may call it and from what it takes the
/// conventions say once.
fn route(text: &mut String, route: &Operation, operation: &Value) {
    // Writing to a String cannot fail.
    let rules = listed(&operation["x-rules"], ", ", |rule| plain(rule).to_owned());
    let rules = if rules.is_empty() { String::new() } else { format!(" ({rules})") };
    let _ = writeln!(text, "### `{route}`{rules}\n");
    let limit = operation["x-per-minute"].as_u64();
    let limit = limit.map_or(String::new(), |limit| format!(" At most {limit} a minute from one network."));
    let _ =
        writeln!(text, "{} *Who:* {}.{limit}\n", plain(&operation["summary"]), who(&operation["security"]));
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let optional = if parameter["required"] == true { "" } else { ", optional" };
        let (name, place) = (plain(&parameter["name"]), plain(&parameter["in"]));
        let (form, says) = (form(&parameter["schema"]), plain(&parameter["description"]));
        let _ = writeln!(text, "- `{name}` ({place}{optional}): {form}. {says}");
    }
    if let Some((media_type, media)) = first(&operation["requestBody"]["content"]) {
        let limit = &operation["requestBody"]["x-bytes-max"];
        let _ = writeln!(text, "- takes `{media_type}`: {}, at most {limit} bytes", form(&media["schema"]));
    }
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let content = response["content"].as_object();
        let is_refusal = response.get("$ref").is_some()
            || content.is_some_and(|content| content.contains_key("application/problem+json"));
        if !is_refusal {
            let forms = listed_content(content);
            let _ = writeln!(text, "- **{status}**{forms}: {}", plain(&response["description"]));
        }
    }
    if !route.codes.is_empty() {
        let codes: Vec<String> =
            route.codes.iter().map(|code| format!("`{code}` {}", code.status())).collect();
        let _ = writeln!(text, "- refuses by {}", codes.join(", "));
    }
    text.push('\n');
}

fn listed_content(content: Option<&Map<String, Value>>) -> String {
    let forms = content.into_iter().flatten().map(|(media_type, media)| match media_type.as_str() {
        "application/json" => format!(" {}", form(&media["schema"])),
        other => format!(" `{other}`"),
    });
    forms.collect()
}

fn who(security: &Value) -> String {
    let named = listed(security, " or ", |choice| {
        first(choice).map_or(String::new(), |(scheme, _)| match scheme.as_str() {
            "api_key" => "a program".to_owned(),
            "session" => "a person in the cabinet".to_owned(),
            "staff" => "staff".to_owned(),
            "scheduler" => "the scheduler".to_owned(),
            signature => format!("whoever signs with `{signature}`"),
        })
    });
    if named.is_empty() { "anybody".to_owned() } else { named }
}

/// The named types: their fields, or their values.
fn types(document: &Value) -> String {
    let mut text = String::new();
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let _ = writeln!(text, "#### {name}\n\n{}", plain(&schema["description"]));
        match schema["properties"].as_object() {
            Some(fields) => table(&mut text, fields, &schema["required"]),
            None => drop(writeln!(text, "\n{}\n", form(schema))),
        }
    }
    text
}

fn table(text: &mut String, fields: &Map<String, Value>, required: &Value) {
    text.push_str("\n| field | form | what it is |\n| --- | --- | --- |\n");
    for (name, schema) in fields {
        let needed = required.as_array().is_some_and(|required| required.iter().any(|known| known == name));
        let optional = if needed { "" } else { ", optional" };
        let (form, says) = (form(schema), said(schema));
        let _ = writeln!(text, "| `{name}` | {form}{optional} | {says} |", form = form.replace('|', "\\|"));
    }
    text.push('\n');
}

/// Every code.
fn codes(document: &Value) -> String {
    let mut text = String::from("| code | status | what it says |\n| --- | --- | --- |\n");
    for (code, problem) in document["x-problems"].as_object().into_iter().flatten() {
        let _ = writeln!(text, "| `{code}` | {} | {} |", problem["status"], plain(&problem["en"]));
    }
    text
}

/// A form in words.
fn form(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return format!("[{name}](#{})", name.to_ascii_lowercase());
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if let Some(parts) = schema[key].as_array() {
            return parts.iter().map(form).collect::<Vec<_>>().join(" or ");
        }
    }
    if let Some(only) = schema.get("const") {
        return format!("`{only}`");
    }
    if schema["enum"].is_array() {
        return listed(&schema["enum"], ", ", |value| format!("`{}`", value.as_str().unwrap_or("null")));
    }
    let mut words = match &schema["type"] {
        Value::Array(types) => types.iter().map(plain).collect::<Vec<_>>().join(" or "),
        one => plain(one).to_owned(),
    };
    if schema["items"].is_object() {
        let _ = write!(words, " of {}", form(&schema["items"]));
    }
    if let Some(fields) = schema["properties"].as_object() {
        let fields: Vec<String> = fields.iter().map(|(name, of)| format!("`{name}`: {}", form(of))).collect();
        let _ = write!(words, " {{{}}}", fields.join(", "));
    }
    for (key, word) in LIMITS {
        if let Some(limit) = schema.get(key) {
            let _ = write!(
                words,
                ", {word} {}",
                limit.as_str().map_or(limit.to_string(), |text| format!("`{text}`"))
            );
        }
    }
    if words.is_empty() { "any JSON".to_owned() } else { words }
}

const LIMITS: [(&str, &str); 8] = [
    ("pattern", "like"),
    ("format", "as"),
    ("minimum", "at least"),
    ("maximum", "at most"),
    ("minLength", "characters at least"),
    ("maxLength", "characters at most"),
    ("minItems", "items at least"),
    ("maxItems", "items at most"),
];

fn listed(values: &Value, separator: &str, word: impl Fn(&Value) -> String) -> String {
    values.as_array().into_iter().flatten().map(word).collect::<Vec<_>>().join(separator)
}

fn first(object: &Value) -> Option<(&String, &Value)> {
    object.as_object()?.iter().next()
}

/// What is said of a field; of one that may be null it stands with the other form.
fn said(schema: &Value) -> &str {
    let others = schema["oneOf"].as_array().into_iter().flatten();
    std::iter::once(schema).chain(others).find_map(|form| form["description"].as_str()).unwrap_or_default()
}

/// A text in one line.
fn plain(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn a_subject_without_a_place_is_missed() {
        let document = crate::description::document();
        assert!(filled("no markers at all", &document).expect_err("no place").contains("made: accounts"));
    }
}
