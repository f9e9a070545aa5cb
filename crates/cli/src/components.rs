//! Builds the components whose sources are newer than their `.wasm` files, as `spin build` would,
//! but with one call of cargo instead of one for each.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Instant, SystemTime};

use anyhow::{Context, bail};
use host::manifest::{BuildCommands, Manifest};

use crate::toolchain;

/// One command line of a build, and where it runs.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    folder: PathBuf,
    command: String,
}

/// Brings all components of the manifest up to date. Does nothing, quickly, where they are.
pub fn build_stale(manifest_path: &Path) -> anyhow::Result<()> {
    let folder = folder_of(manifest_path);
    let manifest = Manifest::read(manifest_path)?;
    let mut newest = NewestSources::new(folder);
    let mut stale = Vec::new();
    for component in manifest.component.values() {
        let wasm = folder.join(&component.source);
        match &component.build {
            Some(build) if newest.is_newer_than(&wasm, build)? => stale.push((wasm, build)),
            _ => {}
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    let steps = merged(folder, stale.iter().map(|(_, build)| *build));
    if steps.iter().any(|step| step.command.contains(toolchain::TARGET)) {
        toolchain::ensure_target()?;
    }
    eprintln!(
        "Building {} of {} components for WebAssembly (the first time this takes some minutes) …",
        stale.len(),
        manifest.component.len()
    );
    let started = Instant::now();
    for step in &steps {
        run(step)?;
    }
    for (wasm, _) in &stale {
        mark_current(wasm)?;
    }
    eprintln!("Built in {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// Says plainly which components are not built, for a machine that is not to build them.
pub fn check_built(manifest_path: &Path) -> anyhow::Result<()> {
    let folder = folder_of(manifest_path);
    let components = Manifest::read(manifest_path)?.component;
    let missing = components.iter().filter(|(_, component)| !folder.join(&component.source).is_file());
    let missing: Vec<String> =
        missing.map(|(name, component)| format!("{name} ({})", component.source.display())).collect();
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "not built, and --no-build was given: {}. `cargo xtask build` or `spin build` makes them, on any machine",
        missing.join(", ")
    )
}

/// The folder that the manifest's paths are relative to.
pub fn folder_of(manifest_path: &Path) -> &Path {
    manifest_path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}

/// When the newest file that a pattern matches was changed; each pattern is walked once.
struct NewestSources<'a> {
    folder: &'a Path,
    by_pattern: BTreeMap<String, Option<SystemTime>>,
}

impl<'a> NewestSources<'a> {
    fn new(folder: &'a Path) -> Self {
        Self { folder, by_pattern: BTreeMap::new() }
    }

    /// Whether there is no such `.wasm` file, or one of its sources is newer.
    fn is_newer_than(&mut self, wasm: &Path, build: &BuildCommands) -> anyhow::Result<bool> {
        let Ok(built) = std::fs::metadata(wasm).and_then(|file| file.modified()) else {
            return Ok(true);
        };
        let folder = build_folder(self.folder, build);
        // What the manifest watches, and the versions of libraries, which it does not.
        for pattern in build.watch.iter().map(String::as_str).chain(["Cargo.lock"]) {
            let pattern = folder.join(pattern).to_string_lossy().into_owned();
            if self.newest(&pattern)?.is_some_and(|changed| changed > built) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn newest(&mut self, pattern: &str) -> anyhow::Result<Option<SystemTime>> {
        if let Some(newest) = self.by_pattern.get(pattern) {
            return Ok(*newest);
        }
        let files = glob::glob(pattern).with_context(|| format!("watch = [\"{pattern}\"]"))?;
        let newest = files
            .filter_map(Result::ok)
            .filter_map(|file| std::fs::metadata(file).and_then(|file| file.modified()).ok())
            .max();
        self.by_pattern.insert(pattern.to_owned(), newest);
        Ok(newest)
    }
}

fn build_folder(folder: &Path, build: &BuildCommands) -> PathBuf {
    build.workdir.as_ref().map_or_else(|| folder.to_owned(), |workdir| folder.join(workdir))
}

/// The steps of these builds: `cargo build … -p X` that differ in X alone become one step, which
/// compiles shared crates once and uses every core to the end; other commands stay as they are.
fn merged<'a>(folder: &Path, builds: impl Iterator<Item = &'a BuildCommands>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut cargo: BTreeMap<(PathBuf, String), Vec<String>> = BTreeMap::new();
    for build in builds {
        let folder = build_folder(folder, build);
        match build.command.commands()[..] {
            [command] if let Some((rest, package)) = cargo_build_of_one_package(command) => {
                cargo.entry((folder, rest)).or_default().push(package);
            }
            ref commands => {
                let commands = commands.iter().map(|command| (*command).to_owned());
                steps.extend(commands.map(|command| Step { folder: folder.clone(), command }));
            }
        }
    }
    for ((folder, rest), packages) in cargo {
        let packages: String = packages.iter().map(|package| format!(" -p {package}")).collect();
        steps.push(Step { folder, command: format!("{rest}{packages}") });
    }
    steps
}

/// `cargo build A -p X B` → (`cargo build A B`, `X`); nothing where the shell would do more than
/// start a program, or where there is not exactly one package.
fn cargo_build_of_one_package(command: &str) -> Option<(String, String)> {
    let plain = |c: char| c.is_ascii_alphanumeric() || " -_./=:,".contains(c);
    if !command.chars().all(plain) {
        return None;
    }
    let mut words: Vec<&str> = command.split_whitespace().collect();
    if !words.starts_with(&["cargo", "build"]) {
        return None;
    }
    let at = words.iter().position(|word| matches!(*word, "-p" | "--package"))?;
    let package = (*words.get(at + 1)?).to_owned();
    words.drain(at..at + 2);
    let another = words.iter().any(|word| word.starts_with("-p") || word.starts_with("--package"));
    (!another).then(|| (words.join(" "), package))
}

fn run(step: &Step) -> anyhow::Result<()> {
    let (program, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut command = Command::new(program);
    command.arg(flag).arg(&step.command).current_dir(&step.folder);
    // Under `cargo run` these describe this program; a build should not inherit them.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    let status = command.status().with_context(|| format!("`{}` did not start", step.command))?;
    if !status.success() {
        bail!("`{}` ended with {status}", step.command);
    }
    Ok(())
}

/// Dates a component to now: cargo leaves a file alone that a newer source (of another crate) does
/// not change, and it would be taken for stale at each start.
fn mark_current(wasm: &Path) -> anyhow::Result<()> {
    let file = std::fs::File::options().append(true).open(wasm);
    let file = file.with_context(|| format!("the build left no {}", wasm.display()))?;
    file.set_modified(SystemTime::now()).with_context(|| wasm.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn builds(commands: &[&str]) -> Vec<BuildCommands> {
        let component = |(position, command): (usize, &&str)| {
            format!(
                "[component.c{position}]\nsource = \"c.wasm\"\n[component.c{position}.build]\ncommand = '{command}'\n"
            )
        };
        let components: String = commands.iter().enumerate().map(component).collect();
        let text = format!("spin_manifest_version = 2\n[application]\nname = \"app\"\n{components}");
        let manifest = Manifest::parse(&text).expect("the manifest is good");
        manifest.component.into_values().filter_map(|component| component.build).collect()
    }

    fn merged_commands(commands: &[&str]) -> Vec<String> {
        let steps = merged(Path::new("."), builds(commands).iter());
        steps.into_iter().map(|step| step.command).collect()
    }

    #[test]
    fn builds_that_differ_in_the_package_alone_become_one() {
        assert_eq!(
            merged_commands(&[
                "cargo build --target wasm32-wasip2 -p accounts",
                "cargo build --target wasm32-wasip2 -p topup"
            ]),
            ["cargo build --target wasm32-wasip2 -p accounts -p topup"]
        );
    }

    #[test]
    fn builds_with_other_flags_stay_apart() {
        assert_eq!(merged_commands(&["cargo build -p a", "cargo build --release -p b"]).len(), 2);
    }

    #[test]
    fn what_the_shell_must_read_is_left_to_it() {
        let command = "cargo build -p a && cp a.wasm b.wasm";
        assert_eq!(merged_commands(&[command]), [command]);
    }

    #[test]
    fn without_a_build_the_missing_components_are_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let manifest = folder.path().join("spin.toml");
        let text = "spin_manifest_version = 2\n[application]\nname = \"app\"\n\
                    [component.front]\nsource = \"front.wasm\"\n[component.back]\nsource = \"back.wasm\"\n";
        std::fs::write(&manifest, text).expect("written");
        std::fs::write(folder.path().join("front.wasm"), "").expect("written");
        let said = check_built(&manifest).expect_err("one is missing").to_string();
        assert!(said.contains("back (back.wasm)") && !said.contains("front"), "{said}");
        std::fs::write(folder.path().join("back.wasm"), "").expect("written");
        check_built(&manifest).expect("both are there");
    }
}
