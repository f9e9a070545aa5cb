//! A platform that really runs: its settings, its clock, its ticks, its documents.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use chrono::{DateTime, Utc};
use domain::cell_name::CellName;
use serde_json::{Value, json};

use crate::answer::{Answer, Fields};
use crate::app_folder;
use crate::caller::{Caller, Request};
use crate::host_process::{Host, HostProcess, free_port};
use crate::servers::Servers;
use crate::signatures;

/// How jobs of one kind went in some ticks: how many came to their end, and how many wait for another time.
struct JobsDone {
    done: i64,
    waiting: i64,
}

/// When every platform begins: a Wednesday, 10:00 in Almaty, no holiday. So no result depends on
/// when the tests run.
const BEGINNING: &str = "2026-12-02T05:00:00Z";

/// The bearer token of ticks and of the sandbox.
const TICK_TOKEN: &str = "tick-token-of-the-tests";

/// The bearer token of staff.
const STAFF_TOKEN: &str = "staff-token-of-the-tests";

/// A log that grew while it was signed is signed again after so long; whoever has the job holds it for longer.
const SIGNED_AGAIN_SECONDS: i64 = 2;

/// What wraps every account's keys.
pub const MASTER_KEY: [u8; 32] = [7; 32];

/// What an operator of the service would set.
#[derive(Clone)]
pub struct Settings {
    /// The stand-in operator and bank, and the shifted clock.
    pub sandbox: bool,
    /// The bank's secret; `None` leaves the webhook unconfigured.
    pub payments_secret: Option<String>,
    /// Where personal data are kept (R189).
    pub data_region: String,
    /// Whether staff have a token.
    pub staff: bool,
    /// How many cells there are.
    pub cells: u16,
    /// More variables of the manifest: operators and their credentials.
    pub variables: Vec<(&'static str, String)>,
    /// What the components run on; `None` leaves it to `SENDBOX_TEST_HOST`.
    pub host: Option<Host>,
    /// Components that are no part of the product, each at the route of its name: the name, and the built file
    /// below the workspace.
    pub more_components: Vec<(&'static str, &'static str)>,
}

impl Settings {
    fn host(&self) -> Host {
        self.host.unwrap_or_else(Host::chosen)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sandbox: true,
            payments_secret: Some(signatures::PAYMENTS_SECRET.to_owned()),
            data_region: "KZ".to_owned(),
            staff: true,
            cells: 1,
            variables: Vec::new(),
            host: None,
            more_components: Vec::new(),
        }
    }
}

impl Settings {
    /// The labels of the cells.
    fn labels(&self) -> Vec<String> {
        (1..=self.cells).filter_map(CellName::numbered).map(CellName::label).collect()
    }
}

/// The built components on a host, with a state folder of their own.
pub struct Platform {
    host: HostProcess,
    servers: Option<Servers>,
    settings: Settings,
    shift_seconds: Mutex<i64>,
    documents: OnceLock<Value>,
    names: AtomicU32,
}

impl Platform {
    /// The platform that the tests of one file share. Its clock is not moved.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Platform> = OnceLock::new();
        SHARED.get_or_init(Self::fresh)
    }

    /// A platform of one's own, for a test that moves the clock or wants nobody else's traffic.
    pub fn fresh() -> Self {
        Self::with(Settings::default())
    }

    /// A platform of one's own with other settings.
    pub fn with(settings: Settings) -> Self {
        let folder = new_folder();
        let servers = (settings.host() == Host::SpinOverServers).then(|| Servers::start(&folder));
        Self::start(settings, &folder, servers)
    }

    fn start(settings: Settings, folder: &Path, servers: Option<Servers>) -> Self {
        let port = free_port();
        let variables = variables_of(&settings, port);
        let labels = settings.labels();
        let app = app_folder::fill(&folder.join("app"), &settings.more_components, &labels);
        let host =
            HostProcess::start(settings.host(), &app, folder, port, &variables, &labels, servers.as_ref());
        let platform = Self {
            host,
            servers,
            settings,
            shift_seconds: Mutex::new(0),
            documents: OnceLock::new(),
            names: AtomicU32::new(0),
        };
        if platform.servers.is_some() {
            platform.wait_for_servers();
        }
        if platform.settings.sandbox {
            platform.set_clock(instant(BEGINNING));
        }
        platform
    }

    /// A server that has just begun to listen may still say that it is busy.
    fn wait_for_servers(&self) {
        let begun = std::time::Instant::now();
        while self.visitor().get("/v1/documents").status == 503 && begun.elapsed().as_secs() < 20 {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }

    /// Stops the host dead, whatever it is doing. What is asked of it from now on fails.
    pub fn crash(&self) {
        self.host.crash();
    }

    /// Starts a crashed host again on the same files, at the time that its clock would show.
    pub fn restart(self) -> Self {
        let settings = self.settings.clone();
        self.restart_with(settings)
    }

    /// [`Self::restart`] with other settings.
    pub fn restart_with(self, settings: Settings) -> Self {
        let now = self.now();
        let Self { host, servers, names, .. } = self;
        let folder = host.folder.clone();
        drop(host);
        let platform = Self { names, ..Self::start(settings, &folder, servers) };
        if platform.settings.sandbox {
            platform.set_clock(now);
        }
        platform
    }

    /// How many seconds the product's clock goes before this machine's.
    pub fn shift_seconds(&self) -> i64 {
        *self.shift_seconds.lock().expect("no test panics while it holds this")
    }

    /// The scheduler's token, for who asks by other means than [`Platform::scheduler`].
    pub fn tick_token() -> &'static str {
        TICK_TOKEN
    }

    /// Staff's token, for who asks by other means than [`Platform::staff`].
    pub fn staff_token() -> &'static str {
        STAFF_TOKEN
    }

    /// What the components run on.
    pub fn host(&self) -> Host {
        self.settings.host()
    }

    /// A second host beside this one, over the same data: where one is killed the other goes on.
    pub fn another_host(&self) -> Self {
        let folder = new_folder();
        std::os::unix::fs::symlink(self.state_folder(), folder.join("state"))
            .expect("a link in a new folder");
        self.beside(self.settings.clone(), &folder)
    }

    /// A host of other settings under which this one's data are laid before its first request, as a restored backup
    /// would be. This one is over.
    pub fn laid_under(&self, settings: Settings) -> Self {
        self.crash();
        let laid = self.beside(settings, &new_folder());
        if self.servers.is_none() {
            for file in ["sqlite_db.db", "sqlite_db.db-wal"] {
                let to = laid.state_folder().join(file);
                std::fs::copy(self.state_folder().join(file), to).expect("copied");
            }
        }
        laid
    }

    fn beside(&self, settings: Settings, folder: &Path) -> Self {
        let port = free_port();
        let variables = variables_of(&settings, port);
        let labels = settings.labels();
        let app = app_folder::fill(&folder.join("app"), &settings.more_components, &labels);
        let host = HostProcess::start(self.host(), &app, folder, port, &variables, &labels, self.servers());
        let shift = *self.shift_seconds.lock().expect("no test panics while it holds this");
        Self {
            host,
            servers: None,
            settings,
            shift_seconds: Mutex::new(shift),
            documents: OnceLock::new(),
            names: AtomicU32::new(0),
        }
    }

    /// Kills the database's server and starts it again on its files. A file has none.
    pub fn kill_database_server(&mut self) {
        if let Some(servers) = &mut self.servers {
            servers.kill_sqld();
        }
    }

    /// The number of the host's process.
    pub fn host_pid(&self) -> u32 {
        self.host.pid()
    }

    /// `http://127.0.0.1:port`
    pub fn base(&self) -> &str {
        &self.host.base
    }

    /// Where the host keeps its databases, logs and everything else.
    pub fn state_folder(&self) -> PathBuf {
        self.host.folder.join("state")
    }

    /// The folders of everything that is kept, by the host and by servers behind it.
    pub fn kept_in(&self) -> Vec<PathBuf> {
        let servers = self.servers.iter().map(|servers| servers.folder().to_path_buf());
        [self.state_folder()].into_iter().chain(servers).collect()
    }

    /// The servers behind the host, where there are any.
    pub fn servers(&self) -> Option<&Servers> {
        self.servers.as_ref()
    }

    /// Somebody without an account.
    pub fn visitor(&self) -> Caller<'_> {
        Caller::new(self)
    }

    /// The scheduler, with the token of ticks.
    pub fn scheduler(&self) -> Caller<'_> {
        Caller::with_bearer(self, TICK_TOKEN)
    }

    /// Staff, with their token.
    pub fn staff(&self) -> Caller<'_> {
        Caller::with_bearer(self, STAFF_TOKEN)
    }

    /// A name that no other account of this platform has.
    pub(crate) fn new_name(&self, of: &str) -> String {
        format!("{of}-{}", self.names.fetch_add(1, Ordering::Relaxed))
    }

    /// The product's time, now.
    pub fn now(&self) -> DateTime<Utc> {
        let shift = *self.shift_seconds.lock().expect("no test panics while it holds this");
        system_now() + chrono::Duration::seconds(shift)
    }

    /// Moves the product's clock to an instant; it goes on from there. The shift is in whole seconds,
    /// so the clock may show up to a second more, and never less.
    pub fn set_clock(&self, to: DateTime<Utc>) {
        let shift = (to - system_now()).num_milliseconds().div_euclid(1_000) + 1;
        let body = json!({"shift_seconds": shift});
        // That a database's server was killed is noticed by one request on each connection to it.
        let mut answers = (0..5).map(|_| self.scheduler().put("/sandbox/clock", &body));
        let answer = answers.find(|answer| answer.status != 500).expect("the clock can be set").ok();
        assert_eq!(answer.integer("/shift_seconds"), shift);
        *self.shift_seconds.lock().expect("no test panics while it holds this") = shift;
    }

    /// Moves the product's clock on.
    pub fn pass(&self, time: chrono::Duration) {
        self.set_clock(self.now() + time);
    }

    /// What the product says the time is.
    pub fn product_clock(&self) -> DateTime<Utc> {
        instant(&self.scheduler().get("/sandbox/clock").ok().text("/now"))
    }

    /// One call of a tick.
    pub fn tick(&self, name: &str) -> Answer {
        self.scheduler().post(&format!("/internal/ticks/{name}"), &json!({}))
    }

    /// [`Self::tick`] of a platform that may be gone: then there is no answer.
    pub fn try_tick(&self, name: &str) -> Option<Answer> {
        let path = format!("/internal/ticks/{name}");
        self.scheduler().try_send(Request::new("POST", &path).json(&json!({})))
    }

    /// Has the worker do whatever is due now; answers how many jobs of a kind came to their end.
    pub fn finish_jobs(&self, kind: &str) -> i64 {
        self.do_jobs(kind).done
    }

    fn do_jobs(&self, kind: &str) -> JobsDone {
        let mut all = JobsDone { done: 0, waiting: 0 };
        for _ in 0..500 {
            let answer = self.tick("jobs").ok();
            all.done += answer.integer(&format!("/kinds/{kind}/done"));
            all.waiting += answer.integer(&format!("/kinds/{kind}/waiting"));
            if !answer.boolean("/more") {
                return all;
            }
        }
        panic!("500 ticks of the jobs, and there is still more")
    }

    /// Has the log signed as far as it has grown by now. Where other tests make it grow meanwhile, its job waits for
    /// more after each signature, and may be in another test's hands: then the clock goes on to its next time.
    pub fn sign_log(&self) {
        for _ in 0..500 {
            let signed = self.do_jobs("checkpoint");
            if signed.done + signed.waiting > 0 {
                return;
            }
            let jobs = self.scheduler().get("/internal/jobs").ok();
            let signing = jobs.list("/items").iter().find(|job| job["kind"] == "checkpoint");
            let Some(signing) = signing else { return };
            let wait = instant(&signing.text("/due_at")) - self.now();
            if (0..=SIGNED_AGAIN_SECONDS).contains(&wait.num_seconds()) {
                self.pass(wait);
            }
        }
        panic!("500 times the jobs were done, and the log is still being signed")
    }

    /// Ticks until nothing more is due now; answers how many messages were handed over.
    pub fn dispatch(&self) -> i64 {
        let mut handed_over = 0;
        for _ in 0..500 {
            let answer = self.tick("dispatch");
            // Reports of an operator that sends very many at once may keep the database busy.
            if answer.status == 503 {
                continue;
            }
            let answer = answer.ok();
            handed_over += answer.integer("/handed_over");
            if !answer.boolean("/more") {
                return handed_over;
            }
        }
        panic!("500 ticks of dispatch, and there is still more")
    }

    /// Lets the operator report on everything it was given: moves the clock past the two seconds
    /// that a delivery takes, and has the reports sent.
    pub fn deliver(&self) {
        self.pass(chrono::Duration::seconds(5));
        for _ in 0..500 {
            let sandbox = self.scheduler();
            if sandbox.post("/sandbox/operator/report-due", &json!({})).ok().integer("/pending") == 0 {
                return;
            }
        }
        panic!("500 rounds of delivery reports, and some are still pending")
    }

    /// The list of documents, asked for once.
    pub fn documents(&self) -> &Value {
        self.documents.get_or_init(|| self.visitor().get("/v1/documents").ok())
    }

    /// The document of a kind that is in force.
    pub fn document(&self, kind: &str) -> &Value {
        let all = self.documents().list("/documents");
        let wanted =
            |document: &&Value| document.text("/kind") == kind && document.text("/state") == "in_force";
        all.iter().find(wanted).unwrap_or_else(|| panic!("no {kind} is in force"))
    }

    /// `{"version", "sha256"}` of the document in force, as shown in a language.
    pub fn shown(&self, kind: &str, language: &str) -> Value {
        let document = self.document(kind);
        json!({
            "version": document.text("/version"),
            "sha256": document.text(&format!("/sha256/{language}")),
        })
    }
}

/// What a host is started with that listens on that port.
fn variables_of(settings: &Settings, port: u16) -> Vec<(&'static str, String)> {
    let master_key = base64::engine::general_purpose::STANDARD.encode(MASTER_KEY);
    let on_or_off = if settings.sandbox { "on" } else { "off" };
    let mut variables = vec![
        ("master_key", master_key),
        ("public_url", format!("http://127.0.0.1:{port}")),
        ("tick_token", TICK_TOKEN.to_owned()),
        ("staff_token", if settings.staff { STAFF_TOKEN.to_owned() } else { String::new() }),
        ("payments_standard_secret", settings.payments_secret.clone().unwrap_or_default()),
        ("operator_sandbox_secret", signatures::OPERATOR_SECRET.to_owned()),
        ("sandbox", on_or_off.to_owned()),
        ("data_region", settings.data_region.clone()),
        ("cells", settings.labels().join(",")),
    ];
    variables.extend(settings.variables.iter().cloned());
    variables
}

/// The top of the workspace.
pub fn workspace() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("the tests stand in the workspace")
}

/// An instant as the interface writes it.
pub fn instant(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text)
        .unwrap_or_else(|error| panic!("`{text}` is not RFC 3339: {error}"))
        .with_timezone(&Utc)
}

fn system_now() -> DateTime<Utc> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is past 1970");
    DateTime::from_timestamp(since.as_secs().cast_signed(), since.subsec_nanos())
        .expect("the clock is within chrono's range")
}

fn new_folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("sendbox-tests-{}-{count}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).expect("a folder for the platform");
    folder
}
