//! `sendbox verify`: checks an evidence file without the service and without a network (R91, R93).

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use base64::{Engine, prelude::BASE64_STANDARD};

#[derive(clap::Args)]
pub struct Options {
    /// The evidence file; `-` reads standard input
    file: PathBuf,
    /// The log's verifier key, as GET /v1/log/key answers it; kept from earlier, it shows that the
    /// file comes from that log
    #[arg(long)]
    key: Option<String>,
}

pub fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let name = options.file.display();
    let file = read(&options.file).with_context(|| name.to_string())?;
    let verified = match evidence::file::verify(&file, options.key.as_deref()) {
        Ok(verified) => verified,
        Err(error) => {
            eprintln!("{name} proves nothing. {error}");
            return Ok(ExitCode::FAILURE);
        }
    };
    println!("verified  {name}");
    println!("log       {}", verified.origin);
    println!("size      {}", verified.size);
    println!("root      {}", BASE64_STANDARD.encode(verified.root));
    println!("events    {}", verified.events.len());
    for (kind, count) in &verified.by_kind {
        println!("          {count} {kind}");
    }
    if options.key.is_none() {
        println!("key       {} (the file's own: compare it with the log's)", verified.verifier_key);
    }
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> std::io::Result<String> {
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(path)
}
