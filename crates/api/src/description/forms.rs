//! The forms of values: those of named types once, and referred to from wherever they stand.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::schema::Schema;

/// The named types met so far.
#[derive(Default)]
pub struct Forms {
    named: BTreeMap<String, Value>,
}

impl Forms {
    /// The form of a type as it stands in a place: a reference, if the type has a name of its own.
    pub fn of(&mut self, schema: &Schema) -> Value {
        let mut parts = Vec::new();
        (schema.parts)(&mut parts);
        for (name, form) in parts {
            self.keep(&name, &form);
        }
        let (name, form) = ((schema.name)(), (schema.form)());
        let written = json_of(&form);
        if is_named(&written) { self.keep(&name, &form) } else { written }
    }

    /// Names a type that no route speaks of by itself.
    pub fn name<T: ToSchema>(&mut self) {
        self.of(&Schema::of::<T>());
    }

    /// What a reference points at; any other form as it is.
    pub fn resolved<'f>(&'f self, form: &'f Value) -> &'f Value {
        let name = form["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
        name.and_then(|name| self.named.get(name)).unwrap_or(form)
    }

    /// The named types, by name. A type that is put together from others (serde's `flatten`) is written as the one
    /// object that it is on the wire.
    pub fn named(self) -> BTreeMap<String, Value> {
        let whole = |(name, form): (&String, &Value)| (name.clone(), self.whole(form));
        self.named.iter().map(whole).collect()
    }

    fn whole(&self, form: &Value) -> Value {
        let Some(parts) = form["allOf"].as_array() else { return form.clone() };
        let parts: Vec<&Value> = parts.iter().map(|part| self.resolved(part)).collect();
        let mut whole = json!({"type": "object", "description": form["description"]});
        for part in parts {
            let Some(properties) = part["properties"].as_object() else { return form.clone() };
            for (name, property) in properties {
                whole["properties"][name] = property.clone();
            }
            let required = part["required"].as_array().into_iter().flatten().cloned();
            let before = whole["required"].as_array().into_iter().flatten().cloned();
            whole["required"] = before.chain(required).collect();
        }
        whole
    }

    fn keep<F: Serialize>(&mut self, name: &str, form: &F) -> Value {
        let form = json_of(form);
        let known = self.named.entry(name.to_owned()).or_insert_with(|| form.clone());
        assert!(*known == form, "two types are called {name}: a reference would lead to either");
        json!({"$ref": format!("#/components/schemas/{name}")})
    }
}

/// Whether a form is worth a name: objects, lists of words and texts of a form of their own are; a plain text or
/// number is not.
fn is_named(form: &Value) -> bool {
    let own = ["properties", "enum", "oneOf", "anyOf", "allOf", "pattern"];
    own.iter().any(|key| form.get(key).is_some())
}

fn json_of<F: Serialize>(form: &F) -> Value {
    let mut form = serde_json::to_value(form).unwrap_or_default();
    say_unsigned(&mut form);
    form
}

/// Numbers without a sign are described by the format of those with one, which has another range: their bounds say
/// it better.
fn say_unsigned(form: &mut Value) {
    match form {
        Value::Object(fields) => {
            if fields.contains_key("minimum") && fields.get("format").is_some_and(|format| format == "int32")
            {
                fields.remove("format");
                fields.entry("maximum").or_insert_with(|| u32::MAX.into());
            }
            fields.values_mut().for_each(say_unsigned);
        }
        Value::Array(items) => items.iter_mut().for_each(say_unsigned),
        _ => {}
    }
}
