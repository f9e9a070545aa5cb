//! Starts a host with the built components, and sees to it that it never outlives the test.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::platform::workspace;
use crate::servers::Servers;

/// Which host runs the components.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// The project's own, inside the `sendbox` command.
    Embedded,
    /// Spin itself, found on PATH.
    Spin,
    /// Spin itself over servers: a real sqld and a real Redis instead of files.
    SpinOverServers,
}

impl Host {
    /// The one place that chooses.
    pub fn chosen() -> Self {
        match std::env::var("SENDBOX_TEST_HOST").as_deref() {
            Err(_) | Ok("embedded") => Self::Embedded,
            Ok("spin") => Self::Spin,
            Ok("spin-servers") => Self::SpinOverServers,
            Ok(other) => panic!("SENDBOX_TEST_HOST is `{other}`: not `embedded`, `spin` or `spin-servers`"),
        }
    }

    /// Whether it is Spin, whatever it keeps its data in.
    pub fn is_spin(self) -> bool {
        self != Self::Embedded
    }
}

/// Keeps the host for as long as somebody holds the other end of standard input. When the test
/// process ends, however it ends, `read` returns, the host is stopped and its files are removed.
/// The word `crash` kills it on the spot instead and leaves the files.
///
/// `$1` is the folder of it all; the rest is the host's command line.
const KEEPER: &str = r#"
folder=$1; shift
"$@" < /dev/null & host=$!
exec >&- 2>&-
read -r word
if [ "$word" = crash ]; then kill -KILL 0; fi
trap '' TERM
kill -TERM 0
( sleep 5; kill -KILL "$host" ) 2> /dev/null &
wait "$host"
rm -rf -- "$folder"
kill -KILL 0
"#;

/// A running host.
pub struct HostProcess {
    keeper: Child,
    /// Taken when the host is let go.
    leash: Mutex<Option<ChildStdin>>,
    /// `http://127.0.0.1:port`.
    pub base: String,
    /// Holds `app` (what is run), `state` (what is kept) and `host.log`.
    pub folder: PathBuf,
}

/// What Spin is told of the cells beside the first: each has a file.
fn runtime_config(cells: &[String], state: &Path) -> String {
    let entry = |label: &String| {
        let path = state.join(format!("{label}.db"));
        format!("[sqlite_database.{label}]\ntype = \"spin\"\npath = \"{}\"\n", path.display())
    };
    cells.iter().skip(1).map(entry).collect()
}

impl HostProcess {
    /// Starts the host with an application's manifest on a port of the loopback and waits until it says that it
    /// serves.
    pub fn start(
        host: Host,
        manifest: &Path,
        folder: &Path,
        port: u16,
        variables: &[(&str, String)],
        cells: &[String],
        servers: Option<&Servers>,
    ) -> Self {
        share_compiled_code(&folder.join("state"));
        let log_path = folder.join("host.log");
        let log = std::fs::File::create(&log_path).expect("a log file");
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "keeper"]).arg(folder);
        command.args(command_line(host, manifest, &folder.join("state"), port));
        if let Some(servers) = servers {
            let file = folder.join("runtime.toml");
            std::fs::write(&file, servers.runtime_config()).expect("a file in a new folder");
            command.arg("--runtime-config-file").arg(file);
        }
        if host == Host::Spin && cells.len() > 1 {
            let file = folder.join("runtime.toml");
            std::fs::write(&file, runtime_config(cells, &folder.join("state")))
                .expect("a file in a new folder");
            command.arg("--runtime-config-file").arg(file);
        }
        command.current_dir(folder).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SPIN_") {
                command.env_remove(name);
            }
        }
        for (name, value) in variables {
            command.env(format!("SPIN_VARIABLE_{}", name.to_uppercase()), value);
        }
        let mut keeper = command.spawn().expect("`sh` starts");
        let leash = Mutex::new(keeper.stdin.take());
        let output = BufReader::new(keeper.stdout.take().expect("standard output is piped"));
        let mut process = Self { keeper, leash, base: String::new(), folder: folder.to_path_buf() };
        match address(output) {
            Ok(base) => process.base = base,
            Err(printed) => {
                let log = std::fs::read_to_string(&log_path).unwrap_or_default();
                panic!("{host:?} did not start serving\n{printed}\n{log}");
            }
        }
        process
    }

    /// The number of the host's own process: the keeper's one child.
    pub fn pid(&self) -> u32 {
        let keeper = self.keeper.id();
        let children = std::fs::read_to_string(format!("/proc/{keeper}/task/{keeper}/children"));
        let children = children.expect("the kernel tells of children");
        let first = children.split_whitespace().next().and_then(|pid| pid.parse().ok());
        first.expect("the host runs")
    }

    /// Stops the host dead, in the middle of whatever it does, and leaves its files. When this comes back,
    /// nobody has them open any more.
    pub fn crash(&self) {
        let host = self.pid();
        let mut leash = self.leash.lock().expect("no test panics while it holds this");
        if let Some(mut leash) = leash.take() {
            leash.write_all(b"crash\n").expect("the keeper listens");
        }
        while is_alive(host) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Whether a process has not ended; one that has may wait for somebody to ask how.
fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with(['Z', 'X']))
}

impl Drop for HostProcess {
    fn drop(&mut self) {
        drop(self.leash.get_mut().map(Option::take));
        // Nothing is left to be told to a test that is over.
        let _ = self.keeper.wait();
    }
}

/// The embedded host keeps compiled components in its state folder. They are the same for every
/// platform, so all share one such folder, and only the first compiles.
fn share_compiled_code(state: &Path) {
    let shared = workspace().join("target/tests-compiled");
    std::fs::create_dir_all(&shared).expect("a folder for compiled components");
    std::fs::create_dir_all(state).expect("a folder for the platform's state");
    let link = state.join("compiled");
    if !link.exists() {
        std::os::unix::fs::symlink(shared, link).expect("a link in a new folder");
    }
}

/// A port that is free: known before its listener starts, since operators are told of it. It lies below those
/// that the system gives to connections, so that none of the tests' own takes it meanwhile.
pub fn free_port() -> u16 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    loop {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let spread = std::process::id().wrapping_mul(131).wrapping_add(count) % 20_000;
        let port = 10_000 + u16::try_from(spread).unwrap_or_default();
        if std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

fn command_line(host: Host, manifest: &Path, state: &Path, port: u16) -> Vec<String> {
    let state = state.to_string_lossy().into_owned();
    let manifest = manifest.to_string_lossy().into_owned();
    let words: Vec<String> = match host {
        Host::Embedded => {
            let program = workspace().join("target/release/sendbox");
            assert!(
                program.is_file(),
                "{} is not built: run `cargo xtask build`, or the tests by `cargo xtask test`",
                program.display()
            );
            let program = program.to_string_lossy().into_owned();
            [&program, "up", "--tick-every", "0", "--manifest", &manifest].map(str::to_owned).into()
        }
        Host::Spin | Host::SpinOverServers => ["spin", "up", "--from", &manifest].map(str::to_owned).into(),
    };
    let listen = format!("127.0.0.1:{port}");
    let shared = ["--listen", &listen, "--state-dir", &state];
    words.into_iter().chain(shared.map(str::to_owned)).collect()
}

/// Reads until the host says where it serves, in its own words or in Spin's. The rest is read away in
/// the background, so that the host never waits for a reader. The error is what it printed instead.
fn address(mut output: impl BufRead + Send + 'static) -> Result<String, String> {
    let mut printed = String::new();
    loop {
        let mut line = String::new();
        let read = output.read_line(&mut line).unwrap_or(0);
        if read == 0 {
            return Err(printed);
        }
        let said = ["SENDBOX serves ", "Serving "].iter().find_map(|words| line.strip_prefix(words));
        if let Some(base) = said {
            let base = base.trim().to_owned();
            std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
            return Ok(base);
        }
        printed.push_str(&line);
    }
}
