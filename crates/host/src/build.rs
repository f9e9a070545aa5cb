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
