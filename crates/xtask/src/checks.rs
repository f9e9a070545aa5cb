//! `cargo xtask test` and `cargo xtask build`: the sections, and why they stand in this order.
//!
//! Wasmtime takes minutes to compile, so it is compiled once: everything that links it (the host's
//! and the command's tests, and the command itself) is built in the release profile, and so are
//! the checks of clippy, which then share its build scripts and macros. The light crates are
//! tested in the development profile, where arithmetic overflow is an error.

use std::path::Path;

use anyhow::{Context, bail};

use crate::steps::Steps;
use crate::{servers, tidy, toolchain};

/// Packages that are tested in the development profile.
const LIGHT: &[&str] = &[
    "sendbox-api",
    "sendbox-domain",
    "sendbox-evidence",
    "sendbox-operators",
    "sendbox-payments",
    "sendbox-store",
    "sendbox-edge",
    BENCH,
    "xtask",
];

/// Packages that link Wasmtime.
const HEAVY: &[&str] = &["sendbox-host", "sendbox"];

/// The end-to-end tests.
const END_TO_END: &str = "sendbox-tests";

/// The simulator. Its own tests are run beside it (`cargo test --release -p simulator`): built alone it asks
/// other features of Wasmtime's dependencies, which would compile Wasmtime a second time here.
const SIMULATOR: &str = "simulator";

/// The measuring program.
const BENCH: &str = "sendbox-bench";

/// The component beside which requests are measured.
const EMPTY_COMPONENT: &str = "bench-empty";

/// Names the program of sqld for the store's tests, and for those over servers.
const SQLD_VARIABLE: &str = "SENDBOX_TEST_SQLD";

/// Names the host for the end-to-end tests; they read it in one place.
const HOST_VARIABLE: &str = "SENDBOX_TEST_HOST";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Fmt,
    Lint,
    Unit,
    EndToEnd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    Embedded,
    Spin,
    /// Spin over a real sqld and a real Redis.
    SpinServers,
}

impl Host {
    fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Spin => "spin",
            Self::SpinServers => "spin-servers",
        }
    }
}

/// What `cargo xtask test` was asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    pub host: Host,
    pub only: Option<Part>,
    pub filter: Option<String>,
}

impl Options {
    pub fn parse(words: &[String]) -> anyhow::Result<Self> {
        let mut options = Self { host: Host::Embedded, only: None, filter: None };
        let mut words = words.iter().map(String::as_str);
        while let Some(word) = words.next() {
            match word {
                "--host" => {
                    options.host = match words.next() {
                        Some("embedded") => Host::Embedded,
                        Some("spin") => Host::Spin,
                        Some("spin-servers") => Host::SpinServers,
                        _ => bail!("`--host` takes `embedded`, `spin` or `spin-servers`"),
                    };
                }
                "--only" => {
                    options.only = Some(match words.next() {
                        Some("fmt") => Part::Fmt,
                        Some("lint") => Part::Lint,
                        Some("unit") => Part::Unit,
                        Some("e2e") => Part::EndToEnd,
                        _ => bail!("`--only` takes `fmt`, `lint`, `unit` or `e2e`"),
                    });
                }
                option if option.starts_with('-') => bail!("`{option}` is not an option"),
                filter if options.filter.is_none() => options.filter = Some(filter.to_owned()),
                filter => bail!("one FILTER at a time: `{filter}` is a second one"),
            }
        }
        Ok(options)
    }

    fn wants(&self, part: Part) -> bool {
        self.only.is_none_or(|only| only == part)
    }
}

/// Everything that must hold, cheapest first.
pub fn test(root: &Path, options: &Options) -> anyhow::Result<()> {
    let components = components(root)?;
    let mut steps = Steps::new(root);
    steps.section("Toolchain", || {
        toolchain::prepare()?;
        if options.wants(Part::EndToEnd) && options.host != Host::Embedded {
            toolchain::spin()?;
        }
        Ok(())
    })?;
    if options.wants(Part::Unit) || options.host == Host::SpinServers {
        steps.section("The server in place of SQLite's file", || servers::sqld_or_install(root))?;
    }
    if options.wants(Part::EndToEnd) && options.host == Host::SpinServers {
        steps.section("The server in place of the key-value file", servers::redis_or_install)?;
    }
    if options.wants(Part::EndToEnd) {
        // Before anything is built: who lacks it should not wait for minutes to hear of it.
        steps.section("The browser", toolchain::browser)?;
        steps.section("Kannel", toolchain::kannel)?;
    }
    if options.wants(Part::Fmt) {
        steps.cargo("Formatting", &["fmt", "--all", "--check"])?;
    }
    if options.wants(Part::Lint) {
        steps.section("House rules", || tidy::check(root))?;
        lint(&mut steps, &components)?;
    }
    if options.wants(Part::Unit) {
        unit(&mut steps, root, &components, options.filter.as_deref())?;
    }
    if options.wants(Part::EndToEnd) {
        build_all(&mut steps, &components)?;
        end_to_end(&mut steps, root, options)?;
    }
    steps.summary();
    println!("\nAll of it holds.");
    Ok(())
}

/// The simulator, as a program of its own: this one does not link Wasmtime.
pub fn simulate(root: &Path, words: &[String]) -> anyhow::Result<()> {
    quietly_build_components(root, &[])?;
    if !quiet_cargo(root, &["run", "--quiet", "--release", "-p", SIMULATOR, "--"], words)? {
        bail!("the simulator found something");
    }
    Ok(())
}

/// The measuring program, on the command and the components as they are built for use.
pub fn bench(root: &Path, words: &[String]) -> anyhow::Result<()> {
    quietly_build_components(root, &[EMPTY_COMPONENT])?;
    if !quiet_cargo(root, &["build", "--quiet", "--release", "-p", "sendbox"], &[])? {
        bail!("the sendbox command does not build");
    }
    if !quiet_cargo(root, &["run", "--quiet", "--release", "-p", BENCH, "--"], words)? {
        bail!("it could not be measured");
    }
    Ok(())
}

/// What runs is what stands in the sources now. Nothing is printed: the program that follows may write one
/// JSON object.
fn quietly_build_components(root: &Path, more: &[&str]) -> anyhow::Result<()> {
    toolchain::target()?;
    let components = components(root)?;
    let mut wasm = vec!["build", "--quiet", "--target", toolchain::TARGET, "--profile", "component"];
    wasm.extend(packages(&components));
    wasm.extend(packages(more));
    if !quiet_cargo(root, &wasm, &[])? {
        bail!("the components do not build");
    }
    Ok(())
}

/// What is made from the contract, as a program of its own: this one does not link the schemas.
pub fn openapi(root: &Path) -> anyhow::Result<()> {
    let describe = ["run", "--quiet", "-p", "sendbox-api", "--features", "description", "--bin", "describe"];
    if !quiet_cargo(root, &describe, &[])? {
        bail!("the description could not be made");
    }
    Ok(())
}

/// Whether a `cargo` command succeeded.
fn quiet_cargo(root: &Path, words: &[&str], more: &[String]) -> anyhow::Result<bool> {
    let status = std::process::Command::new("cargo").current_dir(root).args(words).args(more).status();
    Ok(status.context("cargo")?.success())
}

/// The components and the command.
pub fn build(root: &Path) -> anyhow::Result<()> {
    let mut steps = Steps::new(root);
    build_product(&mut steps, root)?;
    steps.summary();
    Ok(())
}

/// Builds the components and the command as sections of another task.
pub fn build_product(steps: &mut Steps<'_>, root: &Path) -> anyhow::Result<()> {
    steps.section("Toolchain", toolchain::target)?;
    build_all(steps, &components(root)?)
}

fn lint(steps: &mut Steps<'_>, components: &[String]) -> anyhow::Result<()> {
    let mut native = vec!["clippy", "--release", "--workspace", "--all-targets"];
    for component in components {
        native.extend(["--exclude", component]);
    }
    native.extend(["--", "-D", "warnings"]);
    steps.cargo("Lints of the native crates", &native)?;

    let mut wasm = vec!["clippy", "--target", toolchain::TARGET, "--profile", "component"];
    wasm.extend(packages(components));
    wasm.extend(["--", "-D", "warnings"]);
    steps.cargo("Lints of the components", &wasm)
}

fn unit(
    steps: &mut Steps<'_>,
    root: &Path,
    components: &[String],
    filter: Option<&str>,
) -> anyhow::Result<()> {
    let mut light = vec!["test"];
    light.extend(packages(LIGHT));
    // A component's pure parts compile and run natively too.
    light.extend(packages(components));
    light.extend(filter);
    steps.cargo("Unit and property tests of the rules, the store and the edge", &light)?;
    let mut on_sqld = vec!["test", "-p", "sendbox-store", "--test", "store"];
    on_sqld.extend(filter);
    let sqld = servers::sqld(root);
    steps.cargo_with("The store's tests again, on a real sqld", &on_sqld, &[(SQLD_VARIABLE, &sqld)])?;

    let mut heavy = vec!["test", "--release"];
    heavy.extend(packages(HEAVY));
    heavy.extend(filter);
    steps.cargo("Tests of the host and the command", &heavy)
}

fn build_all(steps: &mut Steps<'_>, components: &[String]) -> anyhow::Result<()> {
    let mut wasm = vec!["build", "--target", toolchain::TARGET, "--profile", "component"];
    wasm.extend(packages(components));
    steps.cargo("The components", &wasm)?;
    steps.cargo("The sendbox command", &["build", "--release", "-p", "sendbox"])
}

fn end_to_end(steps: &mut Steps<'_>, root: &Path, options: &Options) -> anyhow::Result<()> {
    // All files, even after a failure: one run then shows everything that is wrong.
    let mut words = vec!["test", "--no-fail-fast", "-p", END_TO_END];
    words.extend(options.filter.as_deref());
    let host = options.host.name();
    let name = format!("End-to-end tests on the {host} host");
    let sqld = servers::sqld(root);
    steps.cargo_with(&name, &words, &[(HOST_VARIABLE, host), (SQLD_VARIABLE, &sqld)])
}

/// `-p NAME` for each.
fn packages<S: AsRef<str>>(names: &[S]) -> impl Iterator<Item = &str> {
    names.iter().flat_map(|name| ["-p", name.as_ref()])
}

/// The components' packages: one folder each, named as the package is.
fn components(root: &Path) -> anyhow::Result<Vec<String>> {
    let folder = root.join("components");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        if entry.path().join("Cargo.toml").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::{Host, Options, Part};

    fn parse(line: &str) -> anyhow::Result<Options> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&words)
    }

    #[test]
    fn everything_runs_on_the_embedded_host_unless_told() {
        let options = parse("").expect("no words are an answer too");
        assert_eq!(options, Options { host: Host::Embedded, only: None, filter: None });
        assert!(options.wants(Part::Fmt) && options.wants(Part::EndToEnd));
    }

    #[test]
    fn one_part_on_the_other_host_with_a_filter() {
        let options = parse("--only e2e --host spin payment").expect("all three are known");
        assert_eq!(options.filter.as_deref(), Some("payment"));
        assert!(options.wants(Part::EndToEnd) && !options.wants(Part::Unit));
        assert_eq!(options.host, Host::Spin);
    }

    #[test]
    fn an_unknown_word_is_refused_and_not_ignored() {
        assert!(parse("--only everything").is_err());
        assert!(parse("--fast").is_err());
        assert!(parse("one two").is_err());
    }
}
