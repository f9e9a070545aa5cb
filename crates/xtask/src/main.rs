//! The project's own tasks, run as `cargo xtask <task>`: check everything, build, and keep the
//! code tied to the rules it carries out.

mod cells;
mod checks;
mod circles;
mod codes;
mod contacts_file;
mod functions;
mod fuzz;
mod requirements;
mod rust_source;
mod servers;
mod sql_rules;
mod steps;
mod tidy;
mod toolchain;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

const USAGE: &str = "\
cargo xtask test [--host embedded|spin|spin-servers] [--only fmt|lint|unit|e2e] [FILTER]
    Format, lints, unit and property tests (the store's on SQLite and on a real sqld), then the
    end-to-end tests on the built components, on the pages in Chromium, and through Kannel; where
    these are missing, root on Debian has them installed.
    --host   where the end-to-end tests run the components: the project's own host (the default),
             or a `spin` (4.1 or newer) found on PATH, over files or over a real sqld and Redis
    --only   one part instead of all
    FILTER   only the tests whose names contain it
cargo xtask simulate [--seeds N] [--seed S] [--json] [--story]
    The built components under faults from N seeds, S and those after it: see crates/simulator.
    --json   the figures as one line at the end
    --story  what happened under the first seed, also when all is well
cargo xtask bench dispatch [--messages N] [--queued N] [--json]
    What the built product hands over a second and what a message costs, beside the machine's own limits
    and, where it is installed, Kannel; and a tick that finds nothing due: see docs/BENCHMARKS.md.
    --messages  of the campaign (100,000); 0 leaves it out
    --queued    that wait while ticks find nothing (10,000,000: some 8 GB of disk for some minutes); 0
                leaves it out
    --json      one JSON object instead of the table
cargo xtask bench flood [--held N] [--asking N] [--json]
    How long a tick with work takes beside a crowd: 500 connections that are held open and 2,000 that ask a
    public route as fast as they can.
cargo xtask bench import [--rows N] [--json]
    Lists of 100,000 and of a million clients into the base, beside a plain load of the same rows.
cargo xtask bench audience [--contacts N] [--messages N] [--json]
    Searches, lists, counts of audiences and reports in an account with a million contacts and ten million messages
    (some 8 GB of disk for some minutes).
cargo xtask bench http [--json]
    One request of every kind, at 1, 16 and 64 connections, beside an empty component and single commits; fresh
    instances, sizes and memory: on the project's own host and on a `spin` where PATH has one.
cargo xtask fuzz [--minutes N] [--seed S]
    The running product asked whatever its description allows and forbids, by schemathesis (PyPI, in an
    environment of its own below `target`): no 5xx, no answer or code that static/openapi.json does not promise,
    nothing accepted that it forbids. What is found comes with a `curl` that shows it.
    --minutes  how long it looks (5)
    --seed     that of a run to be repeated
cargo xtask openapi
    Writes anew what is made from the contract (crates/api): static/openapi.json, the tables of docs/API.md, and
    the codes' texts for pages.
cargo xtask build
    The components, and the `sendbox` command.
cargo xtask cells N
    Writes into spin.toml that the deployment has N cells, and what Spin needs besides into
    deploy/runtime-cells.toml.
cargo xtask tidy
    The house rules that no linter knows.
cargo xtask contacts-file
    Writes the list of 10,000 made-up recipients anew: tests/data/contacts-10000.csv.
cargo xtask requirements
    Every requirement with the code and the tests that name it, and those that nothing names.
";

/// The list of recipients that the demo and the end-to-end tests upload.
const CONTACTS_FILE: &str = "tests/data/contacts-10000.csv";

/// Any number would do; the same one gives the same bytes.
const CONTACTS_SEED: u64 = 20_261_120;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> anyhow::Result<()> {
    let root = workspace_root();
    let Some((task, rest)) = words.split_first() else {
        anyhow::bail!("which task?\n\n{USAGE}");
    };
    match (task.as_str(), rest) {
        ("test", rest) => checks::test(&root, &checks::Options::parse(rest)?),
        ("simulate", rest) => checks::simulate(&root, rest),
        ("bench", rest) => checks::bench(&root, rest),
        ("openapi", []) => checks::openapi(&root),
        ("fuzz", rest) => fuzz::run(&root, &fuzz::Options::parse(rest)?),
        ("build", []) => checks::build(&root),
        ("cells", [count]) => cells::write(&root, count),
        ("tidy", []) => tidy::check(&root),
        ("contacts-file", []) => {
            let path = root.join(CONTACTS_FILE);
            contacts_file::write(&path, CONTACTS_SEED).with_context(|| path.display().to_string())
        }
        ("requirements", []) => requirements::print(&root),
        ("help" | "--help" | "-h", _) => {
            print!("{USAGE}");
            Ok(())
        }
        _ => anyhow::bail!("`{}` is not a task\n\n{USAGE}", words.join(" ")),
    }
}

/// The top of the workspace: two folders above this package.
fn workspace_root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).to_path_buf()
}
