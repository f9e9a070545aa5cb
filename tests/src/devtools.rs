//! A headless Chromium and the wire to it: the DevTools protocol over a pair of pipes, which needs
//! neither a port nor a library.

use std::cell::{Cell, RefCell};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::answer::Fields;

/// The names that Chromium goes by.
const PROGRAMS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// No answer of the browser takes longer, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Gives Chromium the two pipes under the numbers that it expects, and removes its profile when it
/// ends. It ends by itself when the first pipe is closed, so it never outlives the test process.
///
/// `$1` is the folder of it all; the rest is the browser's command line.
const KEEPER: &str = r#"
folder=$1; shift
"$@" 3<&0 4>&1 < /dev/null > /dev/null
rm -rf -- "$folder"
"#;

/// A running Chromium, and what it has told without being asked.
pub struct DevTools {
    keeper: Child,
    /// Taken when the browser is let go.
    commands: RefCell<Option<ChildStdin>>,
    messages: Receiver<Value>,
    events: RefCell<Vec<Value>>,
    last_id: Cell<u64>,
    /// Where downloads go.
    pub folder: PathBuf,
}

impl DevTools {
    /// Starts Chromium with a profile of its own.
    pub fn start() -> Self {
        let program = program();
        let folder = new_folder();
        let log_path = folder.join("browser.log");
        let log = std::fs::File::create(&log_path).expect("a log file");
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "keeper"]).arg(&folder).arg(program);
        command.args([
            "--headless=new",
            // Chromium's own sandbox refuses to run as root, and only our own pages are visited.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            // A page of any other host cannot be reached, whoever asks for it.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--remote-debugging-pipe",
        ]);
        command.arg(format!("--user-data-dir={}", folder.join("profile").display()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut keeper = command.spawn().expect("`sh` starts");
        let commands = RefCell::new(keeper.stdin.take());
        let mut output = BufReader::new(keeper.stdout.take().expect("standard output is piped"));
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            while output.read_until(0, &mut bytes).is_ok_and(|read| read > 0) {
                bytes.pop_if(|last| *last == 0);
                let message = serde_json::from_slice(&bytes).expect("Chromium speaks JSON");
                if sender.send(message).is_err() {
                    return;
                }
                bytes.clear();
            }
        });
        let (events, last_id) = (RefCell::default(), Cell::new(0));
        let browser = Self { keeper, commands, messages, events, last_id, folder };
        if let Err(error) = browser.try_ask(None, "Browser.getVersion", &json!({})) {
            let log = std::fs::read_to_string(&log_path).unwrap_or_default();
            panic!("Chromium does not answer: {error}\n{log}");
        }
        browser
    }

    /// Asks the browser, or one page of it, and waits for the answer.
    pub fn ask(&self, session: Option<&str>, method: &str, parameters: &Value) -> Value {
        self.try_ask(session, method, parameters).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// [`Self::ask`]; the error is what Chromium says is wrong.
    pub fn try_ask(&self, session: Option<&str>, method: &str, parameters: &Value) -> Result<Value, String> {
        let id = self.last_id.get() + 1;
        self.last_id.set(id);
        let mut command = json!({"id": id, "method": method, "params": parameters});
        if let Some(session) = session {
            command["sessionId"] = json!(session);
        }
        let mut bytes = command.to_string().into_bytes();
        bytes.push(0);
        let mut commands = self.commands.borrow_mut();
        let pipe = commands.as_mut().ok_or("it is let go")?;
        pipe.write_all(&bytes).and_then(|()| pipe.flush()).map_err(|error| error.to_string())?;
        loop {
            let mut message = self.messages.recv_timeout(PATIENCE).map_err(|error| error.to_string())?;
            if message.get("id") == Some(&json!(id)) {
                return match message.get("error") {
                    Some(error) => Err(error.to_string()),
                    None => Ok(message["result"].take()),
                };
            }
            self.events.borrow_mut().push(message);
        }
    }

    /// The parameters of every event of a name so far. Asking anything lets newer ones come in.
    pub fn told(&self, method: &str) -> Vec<Value> {
        let events = self.events.borrow();
        let wanted = events.iter().filter(|event| event["method"] == method);
        wanted.map(|event| event["params"].clone()).collect()
    }

    /// Waits for an event that has a property, and answers its parameters.
    pub fn wait_for(&self, method: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            if let Some(found) = self.told(method).into_iter().find(&is_it) {
                return found;
            }
            let message = self.messages.recv_timeout(PATIENCE);
            let message = message.unwrap_or_else(|error| panic!("{method} does not come: {error}"));
            self.events.borrow_mut().push(message);
        }
    }

    /// A new page in a context of its own, with no cookies; answers its session and its context.
    pub fn new_page(&self) -> (String, String) {
        let context = self.ask(None, "Target.createBrowserContext", &json!({})).text("/browserContextId");
        let target = json!({"url": "about:blank", "browserContextId": context});
        let target = self.ask(None, "Target.createTarget", &target).text("/targetId");
        let attached = self.ask(None, "Target.attachToTarget", &json!({"targetId": target, "flatten": true}));
        (attached.text("/sessionId"), context)
    }
}

impl Drop for DevTools {
    fn drop(&mut self) {
        drop(self.commands.take());
        // Nothing is left to be told to a test that is over.
        let _ = self.keeper.wait();
    }
}

/// Chromium on PATH.
fn program() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut all = PROGRAMS.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    all.find(|program| program.is_file()).unwrap_or_else(|| {
        panic!(
            "the pages are tested in Chromium, and there is none on PATH ({}). \
             On Debian: `apt install chromium`; `cargo xtask test` does it for root",
            PROGRAMS.join(", ")
        )
    })
}

fn new_folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("sendbox-browser-{}-{count}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the browser");
    folder
}
