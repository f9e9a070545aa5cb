//! Reads `spin.toml` (manifest version 2) into types, and refuses what Spin would refuse.
//!
//! Only what this host serves is understood: HTTP triggers and local `.wasm` files. Parts of the
//! format that it does not serve (registries, component dependencies, other triggers) are errors
//! with that name, never silently dropped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Why a manifest is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The file cannot be read.
    #[error("cannot read the manifest {}", path.display())]
    Unreadable {
        /// The file asked for.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The text is not TOML, has an unknown key, or a value of the wrong kind.
    #[error("the manifest is invalid: {0}")]
    Syntax(String),
    /// The text is well formed but contradicts itself or asks for what is not offered.
    #[error("the manifest is invalid: {0}")]
    Meaning(String),
}

/// A whole application, as `spin.toml` describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Always 2.
    pub spin_manifest_version: u32,
    /// The application's name and the like.
    pub application: Application,
    /// The application's variables, by name.
    #[serde(default)]
    pub variables: BTreeMap<String, Variable>,
    /// What starts components: here, only HTTP.
    #[serde(default)]
    pub trigger: Triggers,
    /// The components, by name.
    #[serde(default)]
    pub component: BTreeMap<String, Component>,
}

/// The `[application]` table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// The application's name.
    pub name: String,
    /// Its version, free text.
    #[serde(default)]
    pub version: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Who wrote it.
    #[serde(default)]
    pub authors: Vec<String>,
    /// Deployment targets; checked by Spin's own build, not here.
    #[serde(default)]
    pub targets: Vec<toml::Value>,
    /// Settings of a whole trigger type; none is in use here.
    #[serde(default)]
    pub trigger: toml::Table,
    /// Settings of tools; not the host's business.
    #[serde(default)]
    pub tool: toml::Table,
}

/// One application variable.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Must be given from outside.
    #[serde(default)]
    pub required: bool,
    /// The value when nothing is given from outside.
    #[serde(default)]
    pub default: Option<String>,
    /// Must not be shown.
    #[serde(default)]
    pub secret: bool,
}

/// The `[[trigger.*]]` tables.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Triggers {
    /// The HTTP routes, in the order of the file.
    #[serde(default)]
    pub http: Vec<HttpTrigger>,
}

/// One `[[trigger.http]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpTrigger {
    /// The trigger's own name, unused.
    #[serde(default)]
    pub id: String,
    /// The path pattern, or private.
    pub route: Route,
    /// The component that answers.
    pub component: String,
    /// How the component is called; only the default kind is offered.
    #[serde(default)]
    pub executor: Option<Executor>,
}

/// `executor = { type = "http" }`, Spin's default.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Executor {
    /// Always `http`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Where a component is reachable.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Route {
    /// A path pattern, such as `/v1/messages/:id` or `/static/...`.
    Path(String),
    /// Only by other components, as `http://NAME.spin.internal`.
    Private(PrivateRoute),
}

/// `{ private = true }`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrivateRoute {
    /// Always true.
    pub private: bool,
}

/// One `[component.NAME]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// The `.wasm` file, relative to the manifest.
    pub source: PathBuf,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// What the component may read, as templates over the application's variables.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// The process environment that the component sees.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Files of the application that the component may read.
    #[serde(default)]
    pub files: Vec<Files>,
    /// Glob patterns of files that are left out.
    #[serde(default)]
    pub exclude_files: Vec<String>,
    /// Where the component may send requests.
    #[serde(default)]
    pub allowed_outbound_hosts: Vec<String>,
    /// The key-value stores that it may open.
    #[serde(default)]
    pub key_value_stores: Vec<String>,
    /// The SQLite databases that it may open.
    #[serde(default)]
    pub sqlite_databases: Vec<String>,
    /// How its `.wasm` file is made.
    #[serde(default)]
    pub build: Option<BuildCommands>,
    /// Settings of tools; not the host's business.
    #[serde(default)]
    pub tool: toml::Table,
}

/// One entry of `files`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Files {
    /// A file, or a glob pattern, that keeps its path: `"static/**/*"`.
    Pattern(String),
    /// A folder or a file that appears elsewhere.
    Placement(Placement),
}

/// `{ source = "static", destination = "/" }`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// The folder or file, relative to the manifest.
    pub source: String,
    /// Where the component sees it.
    pub destination: String,
}

/// `[component.NAME.build]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildCommands {
    /// One command for the shell, or several in order.
    pub command: OneOrMany,
    /// Where they run, relative to the manifest.
    #[serde(default)]
    pub workdir: Option<PathBuf>,
    /// What a change of calls for a new build; read by tools.
    #[serde(default)]
    pub watch: Vec<String>,
}

/// A command or a list of commands.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// A single command.
    One(String),
    /// Commands that run in order and stop at the first failure.
    Many(Vec<String>),
}

impl OneOrMany {
    /// The commands in the order they run.
    #[must_use]
    pub fn commands(&self) -> Vec<&str> {
        match self {
            Self::One(command) => vec![command.as_str()],
            Self::Many(commands) => commands.iter().map(String::as_str).collect(),
        }
    }
}

impl Manifest {
    /// Reads and checks the file at `path`.
    ///
    /// # Errors
    /// When the file cannot be read or does not pass [`Manifest::parse`].
    pub fn read(path: &Path) -> Result<Self, ManifestError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ManifestError::Unreadable { path: path.to_owned(), source })?;
        Self::parse(&text)
    }

    /// Reads and checks the text of a manifest. An unknown key is an error, as in Spin.
    ///
    /// # Errors
    /// When the text is not a manifest of version 2, or contradicts itself.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let manifest: Self =
            toml::from_str(text).map_err(|error| ManifestError::Syntax(error.to_string()))?;
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), ManifestError> {
        let refuse = |reason: String| Err(ManifestError::Meaning(reason));
        if self.spin_manifest_version != 2 {
            return refuse(format!(
                "spin_manifest_version is {}, and only 2 is understood",
                self.spin_manifest_version
            ));
        }
        for (name, variable) in &self.variables {
            if !is_variable_name(name) {
                return refuse(format!("{name:?} is not a variable name"));
            }
            if variable.required && variable.default.is_some() {
                return refuse(format!(
                    "variable {name:?} has a default and is required: it can only be one"
                ));
            }
            if !variable.required && variable.default.is_none() {
                return refuse(format!("variable {name:?} needs either a default or required = true"));
            }
        }
        for (name, component) in &self.component {
            if !is_component_name(name) {
                return refuse(format!("{name:?} is not a component name in kebab-case"));
            }
            component.check(name)?;
        }
        for trigger in &self.trigger.http {
            let component = &trigger.component;
            if !self.component.contains_key(component) {
                return refuse(format!("a route leads to {component:?}, which does not exist"));
            }
            if matches!(&trigger.route, Route::Private(private) if !private.private) {
                return refuse(format!(
                    "the route of {component:?} is a path or {{ private = true }}, never false"
                ));
            }
            if trigger.executor.as_ref().is_some_and(|executor| executor.kind != "http") {
                return refuse(format!("component {component:?} asks for an executor other than http"));
            }
        }
        Ok(())
    }
}

impl Component {
    fn check(&self, name: &str) -> Result<(), ManifestError> {
        if let Some(variable) = self.variables.keys().find(|key| !is_variable_name(key)) {
            return Err(ManifestError::Meaning(format!(
                "{variable:?} in component {name:?} is not a variable name"
            )));
        }
        let labels = self.key_value_stores.iter().chain(&self.sqlite_databases);
        for label in labels {
            if !is_label(label) {
                return Err(ManifestError::Meaning(format!(
                    "{label:?} in component {name:?} is not a label in kebab-case or snake_case"
                )));
            }
        }
        Ok(())
    }
}

/// Lower-case or upper-case words of letters and digits, each begun by a letter, joined by `-`.
fn is_component_name(name: &str) -> bool {
    name.split('-').all(is_word)
}

/// As [`is_component_name`], or the same with `_`.
fn is_label(label: &str) -> bool {
    is_component_name(label) || label.split('_').all(is_word)
}

fn is_word(word: &str) -> bool {
    let one_case =
        !word.chars().any(|c| c.is_ascii_uppercase()) || !word.chars().any(|c| c.is_ascii_lowercase());
    one_case
        && word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Whether `name` may name a variable: lower-case letters, digits and single inner underscores,
/// begun by a letter.
#[must_use]
pub fn is_variable_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('_')
        && !name.contains("__")
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        spin_manifest_version = 2
        [application]
        name = "shop"
        [variables]
        greeting = { default = "hello" }
        token = { required = true, secret = true }
        [[trigger.http]]
        route = "/v1/..."
        component = "front"
        [[trigger.http]]
        route = { private = true }
        component = "back-office"
        [component.front]
        source = "front.wasm"
        sqlite_databases = ["default"]
        key_value_stores = ["default"]
        files = ["static/**/*", { source = "pages", destination = "/" }]
        [component.front.variables]
        token = "{{ token }}"
        [component.front.build]
        command = ["one", "two"]
        workdir = "front"
        watch = ["src/**/*.rs"]
        [component.back-office]
        source = "back.wasm"
    "#;

    fn refusal_of(change: impl Fn(&str) -> String) -> String {
        match Manifest::parse(&change(GOOD)) {
            Ok(_) => "accepted".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_manifest_with_every_part_in_use_is_read() {
        let manifest = Manifest::parse(GOOD).expect("the manifest is good");
        assert_eq!(manifest.application.name, "shop");
        assert_eq!(manifest.trigger.http[0].route, Route::Path("/v1/...".into()));
        assert_eq!(manifest.trigger.http[1].route, Route::Private(PrivateRoute { private: true }));
        let front = &manifest.component["front"];
        assert_eq!(front.files.len(), 2);
        let build = front.build.as_ref().expect("front has a build");
        assert_eq!(build.command.commands(), ["one", "two"]);
    }

    #[test]
    fn an_unknown_key_is_an_error_at_every_level() {
        let at_the_top = refusal_of(|good| format!("surprise = 1\n{good}"));
        assert!(at_the_top.contains("surprise"), "{at_the_top}");
        let in_a_component = refusal_of(|good| format!("{good}\nsurprise = 1"));
        assert!(in_a_component.contains("surprise"), "{in_a_component}");
        let in_a_variable = refusal_of(|good| good.replace("secret = true", "hidden = true"));
        assert!(in_a_variable.contains("hidden"), "{in_a_variable}");
    }

    #[test]
    fn another_manifest_version_is_refused() {
        let refusal = refusal_of(|good| good.replace("version = 2", "version = 1"));
        assert!(refusal.contains("only 2"), "{refusal}");
    }

    #[test]
    fn a_route_to_a_component_that_does_not_exist_is_refused() {
        let refusal = refusal_of(|good| good.replace("[component.back-office]", "[component.other]"));
        assert!(refusal.contains("back-office"), "{refusal}");
    }

    #[test]
    fn a_private_route_that_says_false_is_refused() {
        let refusal = refusal_of(|good| good.replace("private = true", "private = false"));
        assert!(refusal.contains("never false"), "{refusal}");
    }

    #[test]
    fn a_variable_is_either_required_or_has_a_default() {
        let neither = refusal_of(|good| good.replace("{ default = \"hello\" }", "{ secret = true }"));
        assert!(neither.contains("needs either"), "{neither}");
        let both = refusal_of(|good| good.replace("{ default =", "{ required = true, default ="));
        assert!(both.contains("only be one"), "{both}");
    }

    #[test]
    fn a_name_that_spin_would_refuse_is_refused() {
        let variable = refusal_of(|good| good.replace("greeting =", "Greeting ="));
        assert!(variable.contains("Greeting"), "{variable}");
        let component = refusal_of(|good| good.replace("back-office", "back_office"));
        assert!(component.contains("back_office"), "{component}");
    }
}
