#[path = "../src/process.rs"]
mod process;
#[path = "../src/store_cost.rs"]
mod store_cost;
fn main() -> anyhow::Result<()> {
    let a: Vec<String> = std::env::args().collect();
    let t = std::time::Instant::now();
    let c = store_cost::measure(a[1].as_ref(), &a[2], &a[3], 1_796_281_200_000)?;
    let n = c.messages as f64;
    println!("{} messages, lease {:.1} µs, settle {:.1} µs, wall {:.1} µs", c.messages, c.lease_and_hold.as_secs_f64()*1e6/n, c.settle.as_secs_f64()*1e6/n, t.elapsed().as_secs_f64()*1e6/n);
    Ok(())
}
