//! What the kernel says a process and a thread used: time on the processor, and memory.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;

/// The kernel counts a process's time in hundredths of a second.
const TICKS_PER_SECOND: u64 = 100;

/// Time on the processor of a whole process, in user mode and in the kernel.
pub fn process_cpu(pid: u32) -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).context("the process runs")?;
    // The name may hold anything, so the fields are counted from its closing bracket.
    let (_, fields) = stat.rsplit_once(')').context("a name in brackets")?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut next = || -> anyhow::Result<u64> { Ok(fields.next().context("a time")?.parse()?) };
    let ticks = next()? + next()?;
    Ok(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
}

/// Time on the processor of the thread that asks.
pub fn thread_cpu() -> anyhow::Result<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").context("the kernel's counts")?;
    let nanoseconds = text.split_whitespace().next().context("a time")?.parse()?;
    Ok(Duration::from_nanos(nanoseconds))
}

/// The most memory that a process ever had, in bytes.
pub fn peak_memory(pid: u32) -> anyhow::Result<u64> {
    status(pid, "VmHWM:")
}

/// The memory that a process has now, in bytes.
pub fn memory(pid: u32) -> anyhow::Result<u64> {
    status(pid, "VmRSS:")
}

/// The memory of a process and of all that it started, in bytes: `spin` starts its server as a process of its own.
pub fn memory_of_all(pid: u32) -> anyhow::Result<u64> {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|child| child.parse().ok());
    children.map(memory_of_all).try_fold(memory(pid)?, |sum, of_child| Ok(sum + of_child?))
}

/// The built components in a folder: name and size in bytes, by name.
pub fn wasm_files(folder: &Path) -> anyhow::Result<Vec<(String, u64)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            files.push((name, entry.metadata()?.len()));
        }
    }
    files.sort();
    Ok(files)
}

fn status(pid: u32, field: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).context("the process runs")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)).context("its memory")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().context("a number of kB")?;
    Ok(kib * 1024)
}
