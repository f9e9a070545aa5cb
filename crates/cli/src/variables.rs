//! The product's variables on this machine: given ones, and secrets made once where none are given.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use host::private_files;

/// The secrets without which the product does nothing useful, in the order of `.env`.
pub const SECRETS: [&str; 4] =
    ["master_key", "tick_token", "payments_standard_secret", "operator_sandbox_secret"];

/// Where `sendbox up` keeps secrets of its own, in its state folder.
const SECRETS_FILE: &str = "secrets.env";

/// A variable's name in the environment, as Spin reads it.
pub fn in_environment(name: &str) -> String {
    format!("SPIN_VARIABLE_{}", name.to_ascii_uppercase())
}

/// A new value of one of the [`SECRETS`], in the form that the manifest asks for.
pub fn fresh(name: &str) -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).context("the system gives no random bytes")?;
    Ok(match name {
        "master_key" => BASE64_STANDARD.encode(bytes),
        "payments_standard_secret" => format!("whsec_{}", BASE64_STANDARD.encode(bytes)),
        _ => BASE64_URL_SAFE_NO_PAD.encode(bytes),
    })
}

/// The scheduler's token of a deployment that runs: given, in the environment, or in `.env` in a folder, or the local one
/// of a `sendbox up` that was started there.
pub fn tick_token(given: Option<&str>, folder: &Path) -> anyhow::Result<String> {
    let given: Vec<_> = given.iter().map(|token| ("tick_token".to_owned(), (*token).to_owned())).collect();
    let local = folder.join(".spin").join(SECRETS_FILE);
    let local = if local.is_file() { read_env_file(&local)? } else { BTreeMap::new() };
    let token = Variables::read(&given, folder)?.get("tick_token");
    token.or_else(|| local.get(&in_environment("tick_token")).cloned()).context(
        "the scheduler's token is needed: --tick-token, SPIN_VARIABLE_TICK_TOKEN, or `.env` beside spin.toml",
    )
}

/// The values that a host is started with.
pub struct Variables {
    /// From the command line and from the file of local secrets: they win over the rest.
    pub given: BTreeMap<String, String>,
    dot_env: BTreeMap<String, String>,
}

impl Variables {
    /// `given` on the command line, and `.env` in the manifest's folder.
    pub fn read(given: &[(String, String)], folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(".env");
        let dot_env = if path.is_file() { read_env_file(&path)? } else { BTreeMap::new() };
        Ok(Self { given: given.iter().cloned().collect(), dot_env })
    }

    /// The value in force: the command line's, the environment's, or that of `.env`. The manifest's
    /// default is not looked at.
    pub fn get(&self, name: &str) -> Option<String> {
        let in_environment = in_environment(name);
        (self.given.get(name).cloned())
            .or_else(|| std::env::var(&in_environment).ok())
            .or_else(|| self.dot_env.get(&in_environment).cloned())
    }

    /// Gives each secret without a value the one in `state_dir/secrets.env`, and makes it there on
    /// the first start. Answers what a person should know about it.
    pub fn add_local_secrets(&mut self, state_dir: &Path) -> anyhow::Result<Option<String>> {
        let path = state_dir.join(SECRETS_FILE);
        let kept = if path.is_file() { read_env_file(&path)? } else { BTreeMap::new() };
        if !kept.is_empty() {
            // An older one, or a copy, may be open to others.
            drop(private_files::append(&path).with_context(|| path.display().to_string())?);
        }
        let mut used = Vec::new();
        let mut made = String::new();
        for name in SECRETS {
            if self.get(name).is_some() {
                continue;
            }
            let in_environment = in_environment(name);
            let value = match kept.get(&in_environment) {
                Some(value) => value.clone(),
                None => {
                    let value = fresh(name)?;
                    made.push_str(&format!("{in_environment}={value}\n"));
                    value
                }
            };
            self.given.insert(name.to_owned(), value);
            used.push(name);
        }
        if !made.is_empty() {
            append_privately(&path, &made)?;
        }
        let (names, path) = (used.join(", "), path.display());
        Ok((!used.is_empty()).then(|| format!("for local use only, kept in {path}: {names}")))
    }
}

/// Parses `name=value` of the command line.
pub fn parse_given(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("it is not `name=value`".to_owned()),
    }
}

fn read_env_file(path: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let lines = dotenvy::from_path_iter(path).with_context(|| path.display().to_string())?;
    let mut values = BTreeMap::new();
    for (position, line) in lines.enumerate() {
        // The parser's own error quotes the line, which may hold a secret.
        let Ok((name, value)) = line else {
            anyhow::bail!("{}: entry {} is not `NAME=value`", path.display(), position + 1);
        };
        values.entry(name).or_insert(value);
    }
    Ok(values)
}

/// Adds lines to a file that only its owner may read.
fn append_privately(path: &Path, lines: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        private_files::create_folder(folder).with_context(|| folder.display().to_string())?;
    }
    let mut file = private_files::append(path).with_context(|| path.display().to_string())?;
    file.write_all(lines.as_bytes()).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_secrets_are_made_once_and_kept() {
        let state = tempfile::tempdir().expect("a temporary folder");
        let mut first = Variables { given: BTreeMap::new(), dot_env: BTreeMap::new() };
        let said = first.add_local_secrets(state.path()).expect("the folder can be written to");
        let mut second = Variables { given: BTreeMap::new(), dot_env: BTreeMap::new() };
        second.add_local_secrets(state.path()).expect("the file can be read");
        assert!(said.is_some_and(|said| said.contains("local use only")));
        assert_eq!(first.given.len(), SECRETS.len());
        assert_eq!(first.given, second.given);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_local_secrets() {
        use std::os::unix::fs::PermissionsExt;
        let state = tempfile::tempdir().expect("a temporary folder");
        let mut variables = Variables { given: BTreeMap::new(), dot_env: BTreeMap::new() };
        variables.add_local_secrets(state.path()).expect("the folder can be written to");
        let path = state.path().join("secrets.env");
        let mode = || std::fs::metadata(&path).expect("the file was made").permissions().mode() & 0o777;
        assert_eq!(mode(), 0o600);
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).expect("opened to all");
        variables = Variables { given: BTreeMap::new(), dot_env: BTreeMap::new() };
        variables.add_local_secrets(state.path()).expect("the file can be read");
        assert_eq!(mode(), 0o600, "at the next start");
    }

    #[test]
    fn a_given_secret_is_neither_replaced_nor_kept() {
        let state = tempfile::tempdir().expect("a temporary folder");
        let dot_env = BTreeMap::from([(in_environment("tick_token"), "from .env".to_owned())]);
        let given = BTreeMap::from([("master_key".to_owned(), "given".to_owned())]);
        let mut variables = Variables { given, dot_env };
        variables.add_local_secrets(state.path()).expect("the folder can be written to");
        assert_eq!(variables.get("master_key").as_deref(), Some("given"));
        assert_eq!(variables.get("tick_token").as_deref(), Some("from .env"));
        let kept = std::fs::read_to_string(state.path().join("secrets.env")).expect("the file was made");
        assert!(!kept.contains("MASTER_KEY") && !kept.contains("TICK_TOKEN"), "{kept}");
    }

    #[test]
    fn a_fresh_master_key_is_32_bytes_in_base64() {
        let key = BASE64_STANDARD.decode(fresh("master_key").expect("random bytes")).expect("base64");
        assert_eq!(key.len(), 32);
    }
}
