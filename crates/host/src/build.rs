//! Builds the components of an application with the commands in its manifest, as `spin build` does.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::HostError;
use crate::manifest::{BuildCommands, Manifest};

/// Which components are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All that have a build command.
    All,
    /// Those whose `.wasm` file is not there.
    Missing,
}

/// Runs the build commands of the manifest at `manifest`, one component after another, in the
/// order of their names. The commands write to the process's own standard output and error.
///
/// # Errors
/// When the manifest is refused, or at the first command that fails.
pub fn build_components(manifest: &Path, which: Which) -> Result<(), HostError> {
    let app_dir = app_dir(manifest);
    let manifest = Manifest::read(manifest)?;
    for (name, component) in &manifest.component {
        let Some(build) = &component.build else {
            continue;
        };
        let there = app_dir.join(&component.source).is_file();
        if which == Which::Missing && there {
            continue;
        }
        run(name, build, &app_dir)?;
    }
    Ok(())
}

/// The folder that paths in a manifest are relative to.
pub(crate) fn app_dir(manifest: &Path) -> PathBuf {
    match manifest.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn run(name: &str, build: &BuildCommands, app_dir: &Path) -> Result<(), HostError> {
    let failed = |reason: String| HostError::Build { component: name.to_owned(), reason };
    let folder = match &build.workdir {
        Some(workdir) if workdir.has_root() => {
            return Err(failed("its workdir must be relative to the manifest".to_owned()));
        }
        Some(workdir) => app_dir.join(workdir),
        None => app_dir.to_owned(),
    };
    for command in build.command.commands() {
        let status = shell(command)
            .current_dir(&folder)
            .status()
            .map_err(|error| failed(format!("`{command}` did not start: {error}")))?;
        if !status.success() {
            return Err(failed(format!("`{command}` ended with {status}")));
        }
    }
    Ok(())
}

fn shell(command: &str) -> Command {
    let (program, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut shell = Command::new(program);
    shell.arg(flag).arg(command);
    shell
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(build: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let manifest = folder.path().join("spin.toml");
        let text = format!(
            "spin_manifest_version = 2\n[application]\nname = \"shop\"\n\
             [component.front]\nsource = \"front.wasm\"\n[component.front.build]\n{build}"
        );
        std::fs::write(&manifest, text).expect("a manifest");
        (folder, manifest)
    }

    #[test]
    fn commands_run_in_order_in_their_folder_and_stop_at_the_first_failure() {
        let (folder, manifest) = app("command = [\"echo a > a\", \"exit 3\", \"echo b > b\"]");
        let outcome = build_components(&manifest, Which::All);
        assert!(matches!(outcome, Err(HostError::Build { component, .. }) if component == "front"));
        assert!(folder.path().join("a").exists());
        assert!(!folder.path().join("b").exists());
    }

    #[test]
    fn what_is_there_is_not_built_again_when_only_missing_ones_are_asked_for() {
        let (folder, manifest) = app("command = \"echo made > front.wasm\"");
        build_components(&manifest, Which::Missing).expect("built");
        std::fs::write(folder.path().join("front.wasm"), "kept").expect("written");
        build_components(&manifest, Which::Missing).expect("nothing to do");
        let kept = std::fs::read_to_string(folder.path().join("front.wasm"));
        assert_eq!(kept.ok().as_deref(), Some("kept"));
    }

    #[test]
    fn an_absolute_workdir_is_refused() {
        let (_folder, manifest) = app("command = \"true\"\nworkdir = \"/\"");
        assert!(build_components(&manifest, Which::All).is_err());
    }
}
