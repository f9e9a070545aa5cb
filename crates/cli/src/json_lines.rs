//! Commands that answer each JSON line on standard input with a JSON line on standard output.

use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Write};
use std::process::ExitCode;

use anyhow::Context;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Answers every line until the input ends. Answers leave whenever no further input is at hand, so
/// that a program may also ask line by line.
pub fn answer_each<Q: DeserializeOwned, A: Serialize>(answer: impl Fn(Q) -> A) -> anyhow::Result<ExitCode> {
    let mut questions = BufReader::with_capacity(1 << 16, io::stdin().lock());
    let mut answers = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut line = String::new();
    for number in 1_u64.. {
        line.clear();
        if questions.read_line(&mut line).with_context(|| format!("line {number}"))? == 0 {
            break;
        }
        if line.trim().is_empty() {
            continue;
        }
        let question = serde_json::from_str(&line).with_context(|| format!("line {number}"))?;
        let mut text = serde_json::to_string(&answer(question))?;
        text.push('\n');
        if let Err(error) = write(&mut answers, &text, questions.buffer().is_empty()) {
            // Whoever reads has seen enough, as `head` has.
            return if error.kind() == ErrorKind::BrokenPipe {
                Ok(ExitCode::SUCCESS)
            } else {
                Err(error.into())
            };
        }
    }
    match answers.flush() {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn write(answers: &mut impl Write, text: &str, at_once: bool) -> io::Result<()> {
    answers.write_all(text.as_bytes())?;
    if at_once { answers.flush() } else { Ok(()) }
}
