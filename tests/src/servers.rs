//! The servers that take the place of files: a real sqld for SQLite and a real Redis for keys and values. They
//! live as long as the platform, also when its host is killed.

use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::host_process::free_port;

/// Names the program of sqld, which `cargo xtask test` sees to; without it, the one on PATH.
const SQLD_VARIABLE: &str = "SENDBOX_TEST_SQLD";
/// A server that does not listen by then does not start.
const STARTS_WITHIN: Duration = Duration::from_secs(20);
/// Ends a server with the test process, however that ends: then `read` returns.
const KEEPER: &str = r#"
"$@" < /dev/null > /dev/null 2>&1 & server=$!
exec >&- 2>&-
read -r _
kill -KILL "$server"
wait "$server"
"#;

/// Both servers, each on a port of its own.
pub struct Servers {
    sqld: Server,
    redis: Server,
    /// Holds what both keep.
    folder: PathBuf,
}

/// A program that listens.
struct Server {
    keeper: Child,
    port: u16,
}

impl Servers {
    /// Starts both, empty, beside a platform's own folder.
    pub fn start(platform: &Path) -> Self {
        let mut folder = platform.as_os_str().to_owned();
        folder.push("-servers");
        let folder = PathBuf::from(folder);
        std::fs::create_dir_all(&folder).expect("a folder for the servers");
        let sqld = Server::start(free_port(), |port| sqld_on(port, &folder));
        let redis = Server::start(free_port(), |port| {
            let mut command = Command::new("redis-server");
            command
                .args(["--bind", "127.0.0.1", "--save", "", "--port", &port.to_string(), "--dir"])
                .arg(&folder);
            command
        });
        Self { sqld, redis, folder }
    }

    /// Spin's runtime configuration that leads to them.
    pub fn runtime_config(&self) -> String {
        let (sqld, redis) = (self.sqld.port, self.redis.port);
        format!(
            "[sqlite_database.default]\ntype = \"libsql\"\nurl = \"http://127.0.0.1:{sqld}\"\ntoken = \"none\"\n\n\
             [key_value_store.default]\ntype = \"redis\"\nurl = \"redis://127.0.0.1:{redis}\"\n"
        )
    }

    /// Kills sqld in the middle of whatever it does, and starts it again on its files and its port.
    pub fn kill_sqld(&mut self) {
        let port = self.sqld.port;
        self.sqld.end();
        self.sqld = Server::start(port, |port| sqld_on(port, &self.folder));
    }

    /// Where they keep everything.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs one statement on sqld; parameters are texts. Answers the rows' values as sqld writes them.
    pub fn query(&self, sql: &str, parameters: &[&str]) -> Vec<Vec<Value>> {
        let args: Vec<_> = parameters.iter().map(|text| json!({"type": "text", "value": text})).collect();
        let statement = json!({"type": "execute", "stmt": {"sql": sql, "args": args, "want_rows": true}});
        let body = json!({"requests": [statement, {"type": "close"}]}).to_string();
        let url = format!("http://127.0.0.1:{}/v3/pipeline", self.sqld.port);
        let mut answer = ureq::post(&url).send(&body).expect("sqld answers");
        let answer = answer.body_mut().read_to_string().expect("an answer of text");
        let answer: Value = serde_json::from_str(&answer).expect("an answer in JSON");
        let rows = answer.pointer("/results/0/response/result/rows").and_then(Value::as_array);
        let rows = rows.unwrap_or_else(|| panic!("{sql}: {answer}"));
        rows.iter().filter_map(Value::as_array).cloned().collect()
    }
}

fn sqld_on(port: u16, folder: &Path) -> Command {
    let mut command = Command::new(std::env::var_os(SQLD_VARIABLE).unwrap_or_else(|| "sqld".into()));
    command.arg("--http-listen-addr").arg(format!("127.0.0.1:{port}"));
    command.arg("--db-path").arg(folder.join("sqld"));
    command.args(["--max-concurrent-connections", "1024", "--max-concurrent-requests", "1024"]);
    command
}

impl Drop for Servers {
    fn drop(&mut self) {
        self.sqld.end();
        self.redis.end();
        // It lies in the system's folder for what is passing.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Server {
    fn start(port: u16, command: impl Fn(u16) -> Command) -> Self {
        let wanted = command(port);
        let mut kept = Command::new("sh");
        kept.args(["-c", KEEPER, "keeper"]).arg(wanted.get_program()).args(wanted.get_args());
        kept.stdin(Stdio::piped()).process_group(0);
        let keeper = kept.spawn().expect("`sh` starts");
        let server = Self { keeper, port };
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(begun.elapsed() < STARTS_WITHIN, "{wanted:?} does not listen");
            std::thread::sleep(Duration::from_millis(5));
        }
        server
    }

    fn end(&mut self) {
        drop(self.keeper.stdin.take());
        // Nothing is left to be told to a server that is over.
        let _ = self.keeper.wait();
    }
}
