//! Makes sure that the machine has what the project needs, adds what rustup can add, and says in
//! plain words what is missing where it cannot.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// What components are compiled for.
pub const TARGET: &str = "wasm32-wasip2";

/// The parts of the toolchain that the checks use, and the Wasm target.
pub fn prepare() -> anyhow::Result<()> {
    linker()?;
    cargo_part("fmt", "rustfmt")?;
    cargo_part("clippy", "clippy")?;
    target()
}

/// The Wasm target's standard library.
pub fn target() -> anyhow::Result<()> {
    let library = sysroot()?.join("lib/rustlib").join(TARGET).join("lib");
    if library.is_dir() {
        eprintln!("{TARGET}: present");
        return Ok(());
    }
    rustup(&["target", "add", TARGET]).with_context(|| {
        format!(
            "components are compiled for {TARGET}, whose standard library this toolchain lacks. \
             Run `rustup target add {TARGET}`, or install your distribution's package for it"
        )
    })
}

/// A part of the toolchain that is a `cargo` subcommand. A minimal rustup profile has neither.
fn cargo_part(subcommand: &str, part: &str) -> anyhow::Result<()> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let found = succeeds(Command::new(program).args([subcommand, "--version"]));
    if found {
        println!("{part}: present");
        return Ok(());
    }
    rustup(&["component", "add", part])
        .with_context(|| format!("the toolchain lacks {part}. Run `rustup component add {part}`"))
}

/// Rust links with the system's C compiler, and SQLite is compiled with it.
fn linker() -> anyhow::Result<()> {
    if succeeds(Command::new("cc").arg("--version")) {
        println!("cc: present");
        return Ok(());
    }
    bail!("there is no C compiler (`cc`). On Debian: `apt install build-essential`")
}

/// The names that Chromium goes by; the tests of the pages look for the same.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// A Chromium on PATH, for the tests of the pages. On Debian, root installs it where it is missing.
pub fn browser() -> anyhow::Result<()> {
    if let Some(name) = present_browser() {
        println!("{name}: present");
        return Ok(());
    }
    install(&["chromium"]).with_context(|| {
        format!(
            "the pages are tested in Chromium, and there is none on PATH ({}). \
             On Debian: `apt install chromium`",
            BROWSERS.join(", ")
        )
    })?;
    match present_browser() {
        Some(name) => println!("{name}: installed"),
        None => bail!("apt-get installed Chromium, and still there is none on PATH"),
    }
    Ok(())
}

fn present_browser() -> Option<&'static str> {
    BROWSERS.into_iter().find(|name| succeeds(Command::new(name).arg("--version")))
}

/// With the system's own packages, and only as root: a task asks nobody for a password.
pub fn install(packages: &[&str]) -> anyhow::Result<()> {
    if !succeeds(Command::new("apt-get").arg("--version")) {
        bail!("there is no `apt-get` here, so it cannot be added for you");
    }
    let user = Command::new("id").arg("-u").output().context("`id` could not be started")?;
    if user.stdout.trim_ascii() != b"0" {
        bail!("only root may install packages, so it cannot be added for you");
    }
    apt_get(&["update"])?;
    apt_get(&[&["install", "--yes", "--no-install-recommends"], packages].concat())
}

/// Whether a program of that name lies in a folder of PATH.
pub fn is_on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Kannel with its stand-in SMS centre, for the tests of the way through it. On Debian, root installs it
/// where it is missing.
pub fn kannel() -> anyhow::Result<()> {
    if has_kannel() {
        println!("kannel: present");
        return Ok(());
    }
    install(&["kannel", "kannel-extras"]).context(
        "the way through Kannel is tested with a real one, and `bearerbox`, `smsbox` or `fakesmsc` is \
         missing. On Debian: `apt install kannel kannel-extras`",
    )?;
    // The package starts a service of its own; nobody asked for one that goes on after the tests.
    let _was_not_running = succeeds(Command::new("service").args(["kannel", "stop"]));
    if !has_kannel() {
        bail!("apt-get installed Kannel, and still there is none");
    }
    println!("kannel: installed");
    Ok(())
}

/// Where the tests look for Kannel's programs beside PATH.
const KANNEL_FOLDERS: [&str; 4] = ["/usr/sbin", "/usr/local/sbin", "/usr/lib/kannel/test", "/usr/lib/kannel"];

fn has_kannel() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path).chain(KANNEL_FOLDERS.map(Into::into)).collect();
    let has = |name: &str| folders.iter().any(|folder| folder.join(name).is_file());
    ["bearerbox", "smsbox", "fakesmsc"].into_iter().all(has)
}

fn apt_get(words: &[&str]) -> anyhow::Result<()> {
    println!("$ apt-get {}", words.join(" "));
    let status = Command::new("apt-get")
        .args(words)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .status()
        .context("`apt-get` could not be started")?;
    if !status.success() {
        bail!("`apt-get {}` ended with {status}: is there a network?", words.join(" "));
    }
    Ok(())
}

/// A `spin` on PATH that speaks what the SDK speaks: wasi:http 0.3, so 4.1 or newer.
pub fn spin() -> anyhow::Result<()> {
    let output = Command::new("spin")
        .arg("--version")
        .output()
        .context("there is no `spin` on PATH. Install Spin 4.1 or newer, or run with `--host embedded`")?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match major_and_minor(&text) {
        Some(version) if version >= (4, 1) => {
            println!("{text}");
            Ok(())
        }
        _ => bail!("Spin 4.1 or newer is needed, and this one says `{text}`"),
    }
}

/// `spin 4.1.0 (abc 2026-08-20)` → `(4, 1)`.
fn major_and_minor(text: &str) -> Option<(u32, u32)> {
    let version = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let mut numbers = version.split('.').map(|number| number.parse::<u32>().ok());
    Some((numbers.next()??, numbers.next()??))
}

fn sysroot() -> anyhow::Result<std::path::PathBuf> {
    let output = Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()
        .context("`rustc` could not be started: install Rust with rustup (https://rustup.rs)")?;
    let text = String::from_utf8(output.stdout).context("the toolchain's folder is not UTF-8")?;
    Ok(Path::new(text.trim()).to_path_buf())
}

/// Asks rustup outright: an explicit `add` works where RUSTUP_AUTO_INSTALL=0 forbids silent ones.
fn rustup(words: &[&str]) -> anyhow::Result<()> {
    println!("$ rustup {}", words.join(" "));
    let status = Command::new("rustup")
        .args(words)
        .status()
        .context("`rustup` is not on PATH, so it cannot be added for you")?;
    if !status.success() {
        bail!("`rustup {}` ended with {status}: is there a network?", words.join(" "));
    }
    Ok(())
}

fn succeeds(command: &mut Command) -> bool {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::major_and_minor;

    #[test]
    fn spins_version_is_read_from_its_own_words() {
        assert_eq!(major_and_minor("spin 4.1.0 (0000000 2026-08-20)"), Some((4, 1)));
        assert_eq!(major_and_minor("spin 5.0.0-pre0"), Some((5, 0)));
        assert_eq!(major_and_minor("no such thing"), None);
    }
}
