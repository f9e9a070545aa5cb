//! Starts the embedded host with what the command line says, and ends it in order.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use host::{Host, HostError, HostOptions, RunningHost};
use tokio::runtime::Runtime;

/// Where the manifest is looked for when nobody says: here and in the folders above.
pub fn find_manifest(given: Option<&PathBuf>) -> anyhow::Result<PathBuf> {
    if let Some(given) = given {
        return Ok(given.clone());
    }
    let here = std::env::current_dir().context("the current folder")?;
    let found = here.ancestors().map(|folder| folder.join("spin.toml")).find(|path| path.is_file());
    let found = found
        .context("there is no spin.toml here or above: go into the project's folder, or give --manifest")?;
    // A relative path reads better in messages.
    Ok(found.strip_prefix(&here).map(PathBuf::from).unwrap_or(found))
}

/// A host on an executor of its own.
pub struct Serving {
    executor: Runtime,
    host: RunningHost,
}

impl Serving {
    /// Listens at once and compiles the components meanwhile; what is asked for comes first. Tells when all are
    /// compiled and how long that took, or that one cannot be.
    pub fn start(
        mut options: HostOptions,
        tell: impl FnOnce(Result<Duration, HostError>) + Send + 'static,
    ) -> anyhow::Result<Self> {
        options.serve_while_compiling = true;
        let mut executor = tokio::runtime::Builder::new_multi_thread();
        let executor = executor.enable_all().build().context("the executor could not be started")?;
        let host = executor.block_on(Box::pin(Host::start(options)))?;
        let (compiling, started) = (host.finish_compiling(), Instant::now());
        executor.spawn(async move { tell(compiling.await.map(|()| started.elapsed())) });
        Ok(Self { executor, host })
    }

    /// `http://address:port`.
    pub fn url(&self) -> String {
        format!("http://{}", self.host.address())
    }

    /// Lets requests under way finish and closes the databases.
    pub fn stop(self) -> anyhow::Result<()> {
        Ok(self.executor.block_on(self.host.shutdown())?)
    }
}
