//! Serves an application until standard input ends: `serve spin.toml STATE_FOLDER [ADDRESS]`.

use std::io::Read as _;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |name: &str| arguments.next().ok_or_else(|| anyhow::anyhow!("no {name} given"));
    let mut options = host::HostOptions::new(next("manifest")?, next("state folder")?);
    if let Ok(address) = next("address") {
        options.listen = address.parse()?;
    }
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let started = std::time::Instant::now();
        let running = host::Host::start(options).await?;
        println!("http://{} after {:?}", running.address(), started.elapsed());
        tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
        running.shutdown().await?;
        Ok(())
    })
}
