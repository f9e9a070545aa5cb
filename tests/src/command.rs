//! Runs the `sendbox` command as a person at a terminal would.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::platform::workspace;

/// What the command left behind.
#[derive(Debug)]
pub struct Output {
    pub success: bool,
    pub stdout: String,
    pub stderr: String,
}

/// Whether `sendbox verify` believes an evidence file; with a key, only if it comes from that log.
pub fn verifies(evidence: &str, key: Option<&str>) -> Output {
    let mut words = vec!["verify", "-"];
    words.extend(key.iter().flat_map(|key| ["--key", key]));
    sendbox(&words, evidence)
}

/// Runs `sendbox` with these words and this standard input.
pub fn sendbox(words: &[&str], input: &str) -> Output {
    let mut child = Command::new(workspace().join("target/release/sendbox"))
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command is built: run the tests by `cargo xtask test`");
    let mut stdin = child.stdin.take().expect("standard input is piped");
    let input = input.to_owned();
    // Written beside the reading: a command may answer line by line.
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(input.as_bytes());
    });
    let output = child.wait_with_output().expect("the command ends");
    writer.join().expect("the input is written");
    Output {
        success: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
