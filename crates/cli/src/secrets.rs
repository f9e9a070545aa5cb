//! `sendbox secrets`: a fresh `.env` for running on Spin itself.

use std::process::ExitCode;

use crate::variables;

#[derive(clap::Args)]
pub struct Options {
    /// Switch the stand-in operator and bank on; never in production
    #[arg(long)]
    sandbox: bool,
}

pub fn run(options: &Options) -> anyhow::Result<ExitCode> {
    println!(
        "# Secrets of one installation: keep this file from everybody else, and a copy of it in a safe."
    );
    println!("# Without the master key nobody's data can be read again.");
    for name in variables::SECRETS {
        println!("{}={}", variables::in_environment(name), variables::fresh(name)?);
    }
    if options.sandbox {
        println!("{}=on", variables::in_environment("sandbox"));
    } else {
        println!("# Where personal data are kept; nothing is served before it says so (R189).");
        println!("# {}=KZ", variables::in_environment("data_region"));
    }
    Ok(ExitCode::SUCCESS)
}
