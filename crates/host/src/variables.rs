//! The application's variables: where their values come from, and the templates that use them.
//!
//! A value comes from the first of: an explicit override, the process environment
//! (`SPIN_VARIABLE_NAME`), the `.env` file beside the manifest, the manifest's default. Values are
//! fixed when the host starts; no error text ever holds one, since any may be a secret.

use std::collections::BTreeMap;
use std::path::Path;

use crate::manifest::{Manifest, is_variable_name};

/// What precedes a variable's upper-case name in the environment.
const ENVIRONMENT_PREFIX: &str = "SPIN_VARIABLE_";

/// Why a variable or a template cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VariableError {
    /// Not a name at all: names are lower-case words joined by single underscores.
    #[error("invalid variable name: {0:?}")]
    InvalidName(String),
    /// A `{{` without its `}}`, or a name that the application does not declare.
    #[error("invalid variable template: {0}")]
    InvalidTemplate(String),
    /// The component has no variable of this name.
    #[error("undefined variable: no variable for {component:?}.{name:?}")]
    Undefined {
        /// The component that asked.
        component: String,
        /// The name it asked for.
        name: String,
    },
    /// Required variables that nothing gives a value to.
    #[error("no value is given for the required variable(s) {}", .0.join(", "))]
    Missing(Vec<String>),
    /// The `.env` file is there, but is not in the form `NAME=value`.
    #[error("cannot read the .env file: {0}")]
    DotEnv(String),
}

/// Text with `{{ name }}` in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    Variable(String),
}

impl Template {
    /// Reads a template; text without `{{` is a template of itself.
    ///
    /// # Errors
    /// When a `{{` has no `}}`.
    pub fn parse(text: &str) -> Result<Self, VariableError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((literal, tail)) = rest.split_once("{{") {
            if !literal.is_empty() {
                parts.push(Part::Literal(literal.to_owned()));
            }
            let (name, tail) = tail
                .split_once("}}")
                .ok_or_else(|| VariableError::InvalidTemplate("unmatched '{{' in template".to_owned()))?;
            parts.push(Part::Variable(name.trim().to_owned()));
            rest = tail;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    /// Whether no variable is in it.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Literal(_)))
    }
}

/// All values, resolved once at start, and what each component may read of them.
#[derive(Debug, Default)]
pub struct Variables {
    values: BTreeMap<String, String>,
    components: BTreeMap<String, BTreeMap<String, Template>>,
}

impl Variables {
    /// Gathers the values for `manifest` from `overrides`, the process environment, the `.env`
    /// file in `folder`, and the manifest's defaults.
    ///
    /// # Errors
    /// When a required variable has no value, as Spin refuses to start then; when a template is
    /// malformed or names a variable that is not declared; when `.env` cannot be parsed.
    pub fn gather(
        manifest: &Manifest,
        folder: &Path,
        overrides: &BTreeMap<String, String>,
    ) -> Result<Self, VariableError> {
        let dot_env = read_dot_env(&folder.join(".env"))?;
        let environment = |name: &str| std::env::var(name).ok().or_else(|| dot_env.get(name).cloned());
        Self::from_sources(manifest, overrides, environment)
    }

    fn from_sources(
        manifest: &Manifest,
        overrides: &BTreeMap<String, String>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, VariableError> {
        let mut values = BTreeMap::new();
        let mut missing = Vec::new();
        for (name, variable) in &manifest.variables {
            let given = overrides
                .get(name)
                .cloned()
                .or_else(|| environment(&format!("{ENVIRONMENT_PREFIX}{}", name.to_ascii_uppercase())))
                .or_else(|| variable.default.clone());
            match given {
                Some(value) => {
                    values.insert(name.clone(), value);
                }
                None => missing.push(name.clone()),
            }
        }
        if !missing.is_empty() {
            return Err(VariableError::Missing(missing));
        }
        let mut variables = Self { values, components: BTreeMap::new() };
        for (component, declared) in &manifest.component {
            let templates = declared
                .variables
                .iter()
                .map(|(name, text)| Ok((name.clone(), variables.checked_template(text)?)))
                .collect::<Result<_, VariableError>>()?;
            variables.components.insert(component.clone(), templates);
        }
        Ok(variables)
    }

    fn checked_template(&self, text: &str) -> Result<Template, VariableError> {
        let template = Template::parse(text)?;
        self.render(&template)?;
        Ok(template)
    }

    /// The text of `template` with every variable replaced by its value.
    ///
    /// # Errors
    /// When it names a variable that the application does not declare.
    pub fn render(&self, template: &Template) -> Result<String, VariableError> {
        let mut text = String::new();
        for part in &template.parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Variable(name) => {
                    let value = self.values.get(name).ok_or_else(|| {
                        VariableError::InvalidTemplate(format!("unknown variable {name:?}"))
                    })?;
                    text.push_str(value);
                }
            }
        }
        Ok(text)
    }

    /// What `component` reads under `name`.
    ///
    /// # Errors
    /// When `name` is not a variable name, or the component has no such variable.
    pub fn get(&self, component: &str, name: &str) -> Result<String, VariableError> {
        if !is_variable_name(name) {
            return Err(VariableError::InvalidName(name.to_owned()));
        }
        let template =
            self.components.get(component).and_then(|templates| templates.get(name)).ok_or_else(|| {
                VariableError::Undefined { component: component.to_owned(), name: name.to_owned() }
            })?;
        self.render(template)
    }
}

fn read_dot_env(path: &Path) -> Result<BTreeMap<String, String>, VariableError> {
    // A missing file is the usual case, not an error.
    let Ok(lines) = dotenvy::from_path_iter(path) else {
        return Ok(BTreeMap::new());
    };
    let mut values = BTreeMap::new();
    for (number, line) in lines.enumerate() {
        // The parser's own error quotes the line, which may hold a secret.
        let (name, value) =
            line.map_err(|_| VariableError::DotEnv(format!("entry {} is malformed", number + 1)))?;
        // The first of two entries wins, as it does in Spin's table.
        values.insert(name, value);
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        Manifest::parse(
            r#"
            spin_manifest_version = 2
            [application]
            name = "shop"
            [variables]
            greeting = { default = "hello" }
            token = { required = true, secret = true }
            [component.front]
            source = "front.wasm"
            [component.front.variables]
            banner = "{{ greeting }}, {{token}}!"
            [component.back]
            source = "back.wasm"
            "#,
        )
        .expect("the manifest is good")
    }

    fn given(overrides: &[(&str, &str)], environment: &[(&str, &str)]) -> Result<Variables, VariableError> {
        let overrides =
            overrides.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let environment: BTreeMap<String, String> =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Variables::from_sources(&manifest(), &overrides, |name| environment.get(name).cloned())
    }

    #[test]
    fn an_override_wins_over_the_environment_which_wins_over_the_default() {
        let environment = [("SPIN_VARIABLE_TOKEN", "e"), ("SPIN_VARIABLE_GREETING", "salem")];
        let from_environment = given(&[], &environment).expect("all values are given");
        assert_eq!(from_environment.get("front", "banner").as_deref(), Ok("salem, e!"));
        let overridden = given(&[("token", "o")], &environment).expect("all values are given");
        assert_eq!(overridden.get("front", "banner").as_deref(), Ok("salem, o!"));
        let defaulted = given(&[("token", "o")], &[]).expect("all values are given");
        assert_eq!(defaulted.get("front", "banner").as_deref(), Ok("hello, o!"));
    }

    #[test]
    fn a_required_variable_without_a_value_keeps_the_host_from_starting() {
        let error = given(&[], &[]).expect_err("token has no value");
        assert_eq!(error, VariableError::Missing(vec!["token".to_owned()]));
    }

    #[test]
    fn a_component_reads_only_what_its_own_table_lists() {
        let variables = given(&[("token", "o")], &[]).expect("all values are given");
        let undefined = |component: &str, name: &str| VariableError::Undefined {
            component: component.to_owned(),
            name: name.to_owned(),
        };
        assert_eq!(variables.get("back", "banner"), Err(undefined("back", "banner")));
        assert_eq!(variables.get("front", "token"), Err(undefined("front", "token")));
    }

    #[test]
    fn a_name_in_capitals_or_with_two_underscores_is_invalid() {
        let variables = given(&[("token", "o")], &[]).expect("all values are given");
        for name in ["Banner", "_banner", "banner_", "ban__ner", "ban-ner", ""] {
            assert_eq!(variables.get("front", name), Err(VariableError::InvalidName(name.to_owned())));
        }
    }

    #[test]
    fn a_template_with_an_unmatched_brace_or_an_unknown_name_is_refused() {
        assert!(Template::parse("{{ a").is_err());
        let mut manifest = manifest();
        let front = manifest.component.get_mut("front").expect("front exists");
        front.variables.insert("other".to_owned(), "{{ nowhere }}".to_owned());
        let overrides = BTreeMap::from([("token".to_owned(), "o".to_owned())]);
        let error = Variables::from_sources(&manifest, &overrides, |_| None);
        assert_eq!(
            error.map(|_| ()),
            Err(VariableError::InvalidTemplate("unknown variable \"nowhere\"".to_owned()))
        );
    }

    #[test]
    fn a_template_without_braces_is_itself() {
        let template = Template::parse("plain } text").expect("nothing to match");
        assert!(template.is_literal());
        assert_eq!(Variables::default().render(&template).as_deref(), Ok("plain } text"));
    }
}
