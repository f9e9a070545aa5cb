//! `cargo xtask fuzz`: schemathesis against the running product, with what `static/openapi.json` promises.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

use crate::steps::Steps;
use crate::{checks, toolchain};

/// From PyPI; the newest when it was pinned. It reads OpenAPI 3.1 and checks what it reads.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";
/// Another reader of the description, which shares nothing with the one that wrote it.
const VALIDATOR: &str = "openapi-spec-validator==0.9.0";
/// Where both are put, below the workspace: an environment of their own.
const ENVIRONMENT: &str = "target/schemathesis";

/// How long it looks unless told.
const MINUTES: &str = "5";

/// What `cargo xtask fuzz` was asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    minutes: u32,
    seed: Option<u32>,
}

impl Options {
    pub fn parse(words: &[String]) -> anyhow::Result<Self> {
        let mut options = Self { minutes: MINUTES.parse()?, seed: None };
        let mut words = words.iter().map(String::as_str);
        while let Some(word) = words.next() {
            let number = words.next().and_then(|number| number.parse().ok());
            match (word, number) {
                ("--minutes", Some(minutes)) if minutes > 0 => options.minutes = minutes,
                ("--seed", Some(seed)) => options.seed = Some(seed),
                _ => bail!("it takes `--minutes N` and `--seed N`, and not `{word}`"),
            }
        }
        Ok(options)
    }
}

/// Builds the product, validates its description with a foreign validator, and lets schemathesis look for what the
/// description does not promise.
pub fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let mut steps = Steps::new(root);
    steps.section("Schemathesis", || install(root))?;
    steps.section("Is the description one of OpenAPI 3.1?", || {
        succeeds(root, "openapi-spec-validator", &["static/openapi.json"])
    })?;
    checks::build_product(&mut steps, root)?;
    let (minutes, seed) = (options.minutes.to_string(), options.seed.unwrap_or_default().to_string());
    let program = root.join(ENVIRONMENT).join("bin/schemathesis");
    let program = program.to_string_lossy();
    let mut words = vec!["run", "--quiet", "-p", "sendbox-tests", "--bin", "fuzz", "--"];
    words.extend(["--schemathesis", &program, "--minutes", &minutes]);
    if options.seed.is_some() {
        words.extend(["--seed", &seed]);
    }
    steps.cargo("The running product against its description", &words)?;
    steps.summary();
    Ok(())
}

/// Both programs, of the pinned versions, in an environment of their own.
fn install(root: &Path) -> anyhow::Result<()> {
    let environment = root.join(ENVIRONMENT);
    let marker = environment.join("installed.txt");
    let wanted = format!("{SCHEMATHESIS}\n{VALIDATOR}\n");
    if std::fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) {
        println!("{SCHEMATHESIS}: present");
        return Ok(());
    }
    let python = ["python3", "-m", "venv", ENVIRONMENT];
    if !toolchain::is_on_path("python3") || command(root, &python).is_err() {
        toolchain::install(&["python3", "python3-venv"])
            .context("`python3` with `venv` is needed. On Debian: `apt install python3-venv`")?;
        command(root, &python)?;
    }
    succeeds(root, "pip", &["install", "--quiet", "--disable-pip-version-check", SCHEMATHESIS, VALIDATOR])?;
    std::fs::write(&marker, wanted).with_context(|| marker.display().to_string())
}

/// Runs a program of the environment.
fn succeeds(root: &Path, program: &str, words: &[&str]) -> anyhow::Result<()> {
    let program = format!("{ENVIRONMENT}/bin/{program}");
    let whole: Vec<&str> = std::iter::once(program.as_str()).chain(words.iter().copied()).collect();
    command(root, &whole)
}

fn command(root: &Path, words: &[&str]) -> anyhow::Result<()> {
    println!("$ {}", words.join(" "));
    let (program, rest) = words.split_first().context("no program")?;
    // A path with a folder in it is looked for where this process is, and not where the other is to start.
    let program = if program.contains('/') { root.join(program) } else { program.into() };
    let status = Command::new(&program).args(rest).current_dir(root).status();
    let status = status.with_context(|| format!("`{}` could not be started", program.display()))?;
    if !status.success() {
        bail!("`{}` ended with {status}", words.join(" "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Options;

    fn parse(line: &str) -> anyhow::Result<Options> {
        Options::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn the_minutes_are_said() {
        assert_eq!(parse("--minutes 10").expect("known"), Options { minutes: 10, seed: None });
    }

    #[test]
    fn a_run_can_be_asked_for_again_by_its_seed() {
        assert_eq!(parse("--seed 7").expect("known").seed, Some(7));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        parse("--minutes").expect_err("no number");
        parse("--minutes 0").expect_err("no time");
        parse("--hours 1").expect_err("unknown");
    }
}
