//! The `sendbox` command: runs the product on this machine, shows it at work, and checks its proofs.

mod client;
mod components;
mod demo;
mod json_lines;
mod moving;
mod phone;
mod secrets;
mod segments;
mod serving;
mod state;
mod toolchain;
mod up;
mod variables;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Voice calls and text messages from businesses in Kazakhstan to their own clients.
#[derive(Parser)]
#[command(name = "sendbox", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds what is out of date and serves the product on this machine
    Up(up::Options),
    /// Plays the main job over HTTP, as a client would, and checks every figure
    Demo(demo::Options),
    /// Moves an account to another cell of a deployment that runs
    Move(moving::Options),
    /// Prints a fresh `.env` with secrets, for running on Spin itself
    Secrets(secrets::Options),
    /// Checks an evidence file, offline
    Verify(verify::Options),
    /// Reads phone numbers: a JSON line {"raw": "…"} each, answered with a JSON line each
    Phone(phone::Options),
    /// Counts the segments of texts: a JSON line {"text": "…"} each, answered with a JSON line each
    Segments,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Up(options) => up::run(&options),
        Command::Demo(options) => demo::run(&options),
        Command::Move(options) => moving::run(&options),
        Command::Secrets(options) => secrets::run(&options),
        Command::Verify(options) => verify::run(&options),
        Command::Phone(options) => phone::run(&options),
        Command::Segments => segments::run(),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("sendbox: {error:#}");
            ExitCode::FAILURE
        }
    }
}
