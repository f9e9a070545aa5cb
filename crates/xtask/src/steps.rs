//! Runs the parts of a task one after the other, as plain sections, and says at the end how long
//! each took.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// The sections run so far, with what each took.
pub struct Steps<'a> {
    root: &'a Path,
    done: Vec<(String, Duration)>,
}

impl<'a> Steps<'a> {
    pub fn new(root: &'a Path) -> Self {
        Self { root, done: Vec::new() }
    }

    /// One section: its name as a heading, then the work. The first failure ends the task.
    pub fn section(&mut self, name: &str, work: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
        println!("\n== {name} ==");
        let started = Instant::now();
        let result = work();
        self.done.push((name.to_owned(), started.elapsed()));
        if result.is_err() {
            self.summary();
        }
        result.with_context(|| format!("failed in the section: {name}"))
    }

    /// One section that is one `cargo` command.
    pub fn cargo(&mut self, name: &str, words: &[&str]) -> anyhow::Result<()> {
        self.cargo_with(name, words, &[])
    }

    /// One section that is one `cargo` command with variables set for it.
    pub fn cargo_with(
        &mut self,
        name: &str,
        words: &[&str],
        variables: &[(&str, &str)],
    ) -> anyhow::Result<()> {
        let root = self.root;
        self.section(name, || cargo(root, words, variables))
    }

    /// The timings, longest name first aligned.
    pub fn summary(&self) {
        println!("\n== Timings ==");
        let width = self.done.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        let mut total = Duration::ZERO;
        for (name, took) in &self.done {
            println!("{name:width$}  {:>7.1} s", took.as_secs_f64());
            total += *took;
        }
        println!("{:width$}  {:>7.1} s", "In all", total.as_secs_f64());
    }
}

/// Runs the same `cargo` that runs this task.
pub fn cargo(root: &Path, words: &[&str], variables: &[(&str, &str)]) -> anyhow::Result<()> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    println!("$ cargo {}", words.join(" "));
    let mut command = Command::new(program);
    command.args(words).current_dir(root).envs(variables.iter().copied());
    // What `cargo run` sets for this package would make the same crates look changed.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let of_this_package = text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_");
        if of_this_package {
            command.env_remove(&name);
        }
    }
    let status = command.status().context("cargo could not be started")?;
    if !status.success() {
        bail!("`cargo {}` ended with {status}", words.join(" "));
    }
    Ok(())
}
