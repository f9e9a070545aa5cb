//! A real sqld, over Hrana, which Spin's client speaks too: what a transaction does goes over one stream to its end.
//! Outside of one each statement has a stream of its own here, so that none expires; Spin's client keeps it.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use sendbox_store::{DbError, Row, Value};
use serde_json::{Value as Json, json};

/// Ends the server with the tests, however they end, and removes what it kept.
const KEEPER: &str = r#"
"$@" < /dev/null > /dev/null 2>&1 & server=$!
exec >&- 2>&-
read -r _
kill -KILL "$server"
wait "$server"
rm -rf -- "$folder"
"#;
const STARTS_WITHIN: Duration = Duration::from_secs(20);

/// One empty namespace of the server.
pub struct Sqld {
    agent: ureq::Agent,
    url: String,
    namespace: String,
    /// Of the transaction that is open, as the server named it last.
    stream: RefCell<Option<String>>,
}

/// The one server of a test program.
struct Server {
    _keeper: Child,
    port: u16,
    admin_port: u16,
}

impl Sqld {
    pub fn empty(program: &OsStr) -> Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = SERVER.get_or_init(|| Server::start(program));
        let namespace = format!("test{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let agent = ureq::Agent::new_with_config(config);
        let create = format!("http://127.0.0.1:{}/v1/namespaces/{namespace}/create", server.admin_port);
        let made = agent.post(&create).content_type("application/json").send("{}").expect("sqld answers");
        assert_eq!(made.status(), 200, "{create}");
        let url = format!("http://127.0.0.1:{}/v3/pipeline", server.port);
        Self { agent, url, namespace, stream: RefCell::default() }
    }

    pub fn query(&self, sql: &str, parameters: Vec<Value>) -> Result<Vec<Row>, DbError> {
        let open = self.stream.borrow().clone();
        let stays_open = sql.starts_with("BEGIN") || (open.is_some() && sql != "COMMIT" && sql != "ROLLBACK");
        let args: Vec<Json> = parameters.into_iter().map(into_hrana).collect();
        let step = json!({"stmt": {"sql": sql, "args": args, "want_rows": true}});
        let mut requests = vec![json!({"type": "batch", "batch": {"steps": [step]}})];
        if !stays_open {
            requests.push(json!({"type": "close"}));
        }
        let body = json!({"baton": open, "requests": requests}).to_string();
        // The namespace is the first label of the host's name.
        let host = format!("{}.localhost", self.namespace);
        let mut answer = self.agent.post(&self.url).header("host", host).send(&body).map_err(said)?;
        let text = answer.body_mut().with_config().limit(64 << 20).read_to_string().map_err(said)?;
        if answer.status() != 200 {
            self.stream.replace(None);
            return Err(DbError::from_message(text));
        }
        let answer: Json = serde_json::from_str(&text).map_err(said)?;
        self.stream.replace(answer["baton"].as_str().map(str::to_owned));
        let result = &answer["results"][0];
        for error in ["/error/message", "/response/result/step_errors/0/message"] {
            if let Some(message) = result.pointer(error).and_then(Json::as_str) {
                return Err(DbError::from_message(message.to_owned()));
            }
        }
        let result = &result["response"]["result"]["step_results"][0];
        let list = |member: &str| result[member].as_array().unwrap_or_else(|| panic!("{sql}: {text}"));
        let name = |column: &Json| column["name"].as_str().unwrap_or_default().to_owned();
        let names: Rc<[String]> = list("cols").iter().map(name).collect();
        let values = |row: &Json| row.as_array().into_iter().flatten().map(from_hrana).collect();
        Ok(list("rows").iter().map(|row| Row::new(Rc::clone(&names), values(row))).collect())
    }
}

fn said(error: impl std::fmt::Display) -> DbError {
    DbError::from_message(error.to_string())
}

fn into_hrana(value: Value) -> Json {
    match value {
        Value::Null => json!({"type": "null"}),
        Value::Integer(value) => json!({"type": "integer", "value": value.to_string()}),
        Value::Real(value) => json!({"type": "float", "value": value}),
        Value::Text(value) => json!({"type": "text", "value": value}),
        Value::Blob(value) => json!({"type": "blob", "base64": BASE64_STANDARD.encode(value)}),
    }
}

fn from_hrana(value: &Json) -> Value {
    let text = |member: &str| value[member].as_str().expect("as Hrana writes it");
    match text("type") {
        "null" => Value::Null,
        "integer" => Value::Integer(text("value").parse().expect("an integer")),
        "float" => Value::Real(value["value"].as_f64().expect("a number")),
        "text" => Value::Text(text("value").to_owned()),
        "blob" => {
            let bytes = text("base64").trim_end_matches('=');
            Value::Blob(BASE64_STANDARD_NO_PAD.decode(bytes).expect("base64"))
        }
        other => panic!("Hrana has no type {other}"),
    }
}

impl Server {
    fn start(program: &OsStr) -> Self {
        let [port, admin_port] = free_ports();
        let folder = std::env::temp_dir().join(format!("sendbox-store-sqld-{}", std::process::id()));
        let mut kept = Command::new("sh");
        kept.args(["-c", KEEPER, "keeper"]).arg(program).arg("--db-path").arg(folder.join("data"));
        kept.arg("--http-listen-addr").arg(format!("127.0.0.1:{port}"));
        kept.arg("--admin-listen-addr").arg(format!("127.0.0.1:{admin_port}"));
        kept.args(["--enable-namespaces", "--max-active-namespaces", "1000"]);
        let keeper = kept.env("folder", &folder).stdin(Stdio::piped()).spawn().expect("`sh` starts");
        let begun = Instant::now();
        for port in [port, admin_port] {
            while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
                assert!(begun.elapsed() < STARTS_WITHIN, "{program:?} does not listen");
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        Self { _keeper: keeper, port, admin_port }
    }
}

/// Both are held until both are known, so that they differ.
fn free_ports() -> [u16; 2] {
    let listeners = [0, 0].map(|any| TcpListener::bind((Ipv4Addr::LOCALHOST, any)).expect("a port"));
    listeners.map(|listener| listener.local_addr().expect("bound").port())
}
