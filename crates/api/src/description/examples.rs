//! Examples of bodies, put together from the examples of their fields.

use serde_json::{Map, Value, json};

use super::forms::Forms;

/// An example of a form, if each of its required fields has one.
pub fn of(form: &Value, forms: &Forms) -> Option<Value> {
    let form = forms.resolved(form);
    if let Some(given) =
        form.get("example").or_else(|| form["examples"].get(0)).or_else(|| form.get("default"))
    {
        return Some(given.clone());
    }
    if let Some(only) = form.get("const").or_else(|| form["enum"].get(0)) {
        return Some(only.clone());
    }
    if let Some(properties) = form["properties"].as_object() {
        return object(properties, &form["required"], forms);
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if let Some(parts) = form[key].as_array() {
            return parts.iter().filter(|part| part["type"] != "null").find_map(|part| of(part, forms));
        }
    }
    if let Some(types) = form["type"].as_array() {
        return types
            .iter()
            .find(|of_type| *of_type != "null")
            .and_then(|of_type| plain(of_type, form, forms));
    }
    plain(&form["type"], form, forms)
}

fn object(properties: &Map<String, Value>, required: &Value, forms: &Forms) -> Option<Value> {
    let mut object = Map::new();
    for (name, form) in properties {
        let needed = required.as_array().is_some_and(|required| required.iter().any(|known| known == name));
        match of(form, forms) {
            Some(example) => drop(object.insert(name.clone(), example)),
            None if needed => return None,
            None => {}
        }
    }
    Some(Value::Object(object))
}

fn plain(of_type: &Value, form: &Value, forms: &Forms) -> Option<Value> {
    match of_type.as_str()? {
        "boolean" => Some(json!(true)),
        "integer" => Some(form.get("minimum").cloned().unwrap_or(json!(1))),
        "array" => of(&form["items"], forms).map(|item| json!([item])),
        "string" if form.get("pattern").is_none() => Some(json!("text")),
        _ => None,
    }
}
