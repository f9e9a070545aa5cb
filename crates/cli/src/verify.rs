//! `sendbox verify`: checks evidence files without the service and without a network (R91, R93).

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use base64::{Engine, prelude::BASE64_STANDARD};
use evidence::{Hash, Verified};
use serde::Deserialize;

#[derive(clap::Args)]
pub struct Options {
    /// The evidence file, or all its pages; `-` reads standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The log's verifier key, as GET /v1/log/key answers it; kept from earlier, it shows that the
    /// file comes from that log
    #[arg(long)]
    key: Option<String>,
    /// An evidence file from earlier, or each of its pages: whether the log was only continued, and all
    /// that it shows is still there
    #[arg(long, value_name = "OLD_FILE")]
    since: Vec<PathBuf>,
    /// The answer of GET /v1/log/consistency?from=OLD&to=NEW, where the new file has no proof since the
    /// old one; each has one since the account's last sixteen
    #[arg(long, value_name = "FILE", requires = "since")]
    consistency: Option<PathBuf>,
}

pub fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let key = options.key.as_deref();
    let Some(mut verified) = verify_pages(&options.files, key)? else { return Ok(ExitCode::FAILURE) };
    let mut report = report(&options.files, &verified, key.is_none());
    if !options.since.is_empty() {
        // The earlier file must be of the same key, whichever that is.
        let Some(earlier) = verify_pages(&options.since, Some(&verified.verifier_key))? else {
            return Ok(ExitCode::FAILURE);
        };
        if let Some(path) = &options.consistency {
            add_proof(&mut verified, &earlier, path)?;
        }
        let earlier_names = joined_names(&options.since);
        match verified.continues(&earlier) {
            Ok(new_events) => {
                report.push(format!(
                    "since     {earlier_names}, {} leaves: the log was only continued",
                    earlier.size
                ));
                report.extend(new_events.map(|count| {
                    format!("          everything it shows is still there, and {count} came since")
                }));
            }
            Err(reason) => {
                eprintln!("{} does not continue {earlier_names}. {reason}", joined_names(&options.files));
                if matches!(reason, evidence::NotContinued::NoProof(_)) {
                    eprintln!(
                        "Ask for the new file with &since={0}, or for GET /v1/log/consistency?from={0}&to={1} and \
                         give its answer as --consistency.",
                        earlier.size, verified.size
                    );
                }
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    for line in report {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Checks the pages of one file; says why where they prove nothing.
fn verify_pages(files: &[PathBuf], key: Option<&str>) -> anyhow::Result<Option<Verified>> {
    let texts = files.iter().map(|file| read(file).with_context(|| file.display().to_string()));
    let texts = texts.collect::<Result<Vec<_>, _>>()?;
    match evidence::verify(&texts, key) {
        Ok(verified) => Ok(Some(verified)),
        Err(error) => {
            eprintln!("{} proves nothing. {error}", joined_names(files));
            Ok(None)
        }
    }
}

/// What was verified, line by line.
fn report(files: &[PathBuf], verified: &Verified, key_is_the_files_own: bool) -> Vec<String> {
    let series = &verified.series;
    let of = if series.is_campaign() { "campaign" } else { "acts" };
    let mut lines = vec![
        format!("verified  {}", joined_names(files)),
        format!("account   {}", series.account),
        format!("{of:<9} {}", series.name),
        format!("events    {}, which are all that the log has of it", verified.events.len()),
    ];
    lines.extend(verified.by_kind.iter().map(|(kind, count)| format!("          {count} {kind}")));
    if let Some((first, last)) = verified.period() {
        lines.push(format!("from      {first}"));
        lines.push(format!("to        {last}"));
    }
    lines.push(format!("log       {}", verified.origin));
    lines.push(format!("size      {}", verified.size));
    lines.push(format!("root      {}", BASE64_STANDARD.encode(verified.root)));
    let whose = if key_is_the_files_own { " (the file's own: compare it with the log's)" } else { "" };
    lines.push(format!("key       {}{whose}", verified.verifier_key));
    lines
}

fn add_proof(verified: &mut Verified, earlier: &Verified, path: &Path) -> anyhow::Result<()> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Consistency {
        from: u64,
        to: u64,
        proof: Vec<String>,
    }
    let text = read(path).with_context(|| path.display().to_string())?;
    let Consistency { from, to, proof } =
        serde_json::from_str(&text).with_context(|| path.display().to_string())?;
    anyhow::ensure!(
        (from, to) == (earlier.size, verified.size),
        "{}: it leads from {from} to {to}, and the files are of {} and {}",
        path.display(),
        earlier.size,
        verified.size
    );
    let proof: Result<Vec<Hash>, usize> = evidence::file::from_base64(&proof);
    let proof =
        proof.map_err(|at| anyhow::anyhow!("{}: hash {at} is not 32 bytes in base64", path.display()))?;
    verified.add_proof(from, proof);
    Ok(())
}

fn joined_names(files: &[PathBuf]) -> String {
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    names.join(", ")
}

fn read(path: &Path) -> std::io::Result<String> {
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(path)
}
