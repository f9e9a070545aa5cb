//! Makes sure that the machine can compile components, adds what rustup can add, and says in plain
//! words what is missing where it cannot.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// What components are compiled for.
pub const TARGET: &str = "wasm32-wasip2";

/// The standard library for [`TARGET`], fetched by rustup where it is not there.
pub fn ensure_target() -> anyhow::Result<()> {
    if library()?.is_dir() {
        return Ok(());
    }
    eprintln!("This Rust toolchain lacks {TARGET}: rustup target add {TARGET}");
    let by_hand = format!(
        "Components are compiled for {TARGET}, and this Rust toolchain has no standard library for it. \
         With rustup: `rustup target add {TARGET}`; with a distribution's Rust: its package for {TARGET}"
    );
    let status = Command::new("rustup")
        .args(["target", "add", TARGET])
        .stdout(Stdio::null())
        .status()
        .with_context(|| format!("rustup could not be started. {by_hand}"))?;
    if !status.success() || !library()?.is_dir() {
        bail!("rustup could not add it (is there a network?). {by_hand}");
    }
    Ok(())
}

fn library() -> anyhow::Result<PathBuf> {
    let output = Command::new("rustc")
        .args(["--print", "sysroot"])
        .stderr(Stdio::inherit())
        .output()
        .context("`rustc` could not be started: install Rust, for example with https://rustup.rs")?;
    if !output.status.success() {
        bail!("`rustc --print sysroot` ended with {}", output.status);
    }
    let sysroot = String::from_utf8(output.stdout).context("the toolchain's folder is not in UTF-8")?;
    Ok(PathBuf::from(sysroot.trim()).join("lib/rustlib").join(TARGET).join("lib"))
}
