//! `sendbox move`: has an account moved to another cell, and ticks until it is there.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::bail;
use api::Items;
use api::ids::AccountId;
use api::jobs::{self, AccountMove, JobAtHand, MoveAccount, WorkedJobs};

use crate::client::Client;
use crate::components::folder_of;
use crate::serving::find_manifest;
use crate::variables::tick_token;

/// A move that waits for an operator's answers is looked at again after this.
const LOOK_EVERY: Duration = Duration::from_millis(500);

#[derive(clap::Args)]
pub struct Options {
    /// Which account: acc_…
    account: String,
    /// The label of the cell, such as cell2; that in which it lives, if it is to stay after all
    cell: String,
    /// The deployment
    #[arg(long, value_name = "http://…", default_value = "http://127.0.0.1:3000")]
    url: String,
    /// The token of its scheduler; without it, SPIN_VARIABLE_TICK_TOKEN or `.env`
    #[arg(long, value_name = "TOKEN")]
    tick_token: Option<String>,
    /// Give up after so many seconds; the deployment's own ticks go on with the move
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    timeout: u64,
}

pub fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let manifest: Option<PathBuf> = find_manifest(None).ok();
    let folder = manifest.as_deref().map_or(Path::new("."), folder_of);
    let client = Client::new(&options.url, &tick_token(options.tick_token.as_deref(), folder)?);
    let Ok(account) = serde_json::from_value::<AccountId>(options.account.clone().into()) else {
        bail!("`{}` is no account's id: acc_ and 32 hexadecimal digits", options.account);
    };
    let wanted = MoveAccount { account, cell: options.cell.clone() };
    let (began, patience) = (Instant::now(), Duration::from_secs(options.timeout));
    loop {
        let stands: AccountMove = client.send_json(&jobs::MOVE, &[], &wanted)?;
        if stands.moved {
            println!("{} lives in {}.", options.account, options.cell);
            return Ok(ExitCode::SUCCESS);
        }
        let worked: WorkedJobs = client.have_done(&jobs::WORK, &[])?;
        if let Some(error) = failed(&client, options)? {
            bail!("the move is put off, and goes on by itself: {error}");
        }
        if began.elapsed() > patience {
            bail!("the move is not over after {} seconds; it goes on by itself", options.timeout);
        }
        if !worked.more {
            sleep(LOOK_EVERY);
        }
    }
}

/// Why the move failed last, if it did.
fn failed(client: &Client, options: &Options) -> anyhow::Result<Option<String>> {
    let jobs: Items<JobAtHand> = client.get(&jobs::AT_HAND, &[], "")?;
    let job = jobs.items.into_iter().find(|job| job.kind == "move" && job.account == options.account);
    Ok(job.and_then(|job| job.error))
}
