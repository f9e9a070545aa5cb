//! A real Kannel beside the platform: bearerbox with its spool store, smsbox, and `fakesmsc` as the SMS
//! centre. What the centre got can be read, and delivery reports come back as from a real one.
//!
//! The centre reports every message as accepted and, at once, as delivered.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::host_process::free_port;

/// Who may send: what the platform's `kannel_username` says.
pub const USERNAME: &str = "sendbox";
/// What the platform's `kannel_password` says.
pub const PASSWORD: &str = "password-of-the-tests";
/// The name of the SMS centre: what the platform's `kannel_smsc` says.
pub const CENTRE: &str = "centre";

/// Starting and passing on take no longer, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where `fakesmsc` stands outside PATH: Debian calls it a test of Kannel's own.
const FAKESMSC_FOLDERS: [&str; 2] = ["/usr/lib/kannel/test", "/usr/lib/kannel"];
/// Where the boxes stand, if not on a person's PATH.
const BOX_FOLDERS: [&str; 2] = ["/usr/sbin", "/usr/local/sbin"];

/// Keeps Kannel for as long as somebody holds the other end of standard input. When the test process
/// ends, however it ends, `read` returns, all three are stopped and their files are removed.
///
/// A first line says that the bearerbox listens, so that the others may connect. A second one ends the
/// SMS centre alone, which then writes down how many messages it got.
const KEEPER: &str = r#"
folder=$1; bearerbox=$2; smsbox=$3; fakesmsc=$4; port=$5; verbosity=$6
cd "$folder" || exit 1
exec < /dev/fd/0
end() { trap '' TERM; kill -KILL $boxes $centre 2> /dev/null; rm -rf -- "$folder"; exit; }
"$bearerbox" -v 4 kannel.conf < /dev/null > bearerbox.out 2>&1 & boxes=$!
read -r word || end
"$fakesmsc" -H 127.0.0.1 -r "$port" -v "$verbosity" -m 0 "1 1 text nothing" < /dev/null > centre.log 2>&1 & centre=$!
"$smsbox" -v 4 kannel.conf < /dev/null > smsbox.out 2>&1 & boxes="$boxes $!"
read -r word || end
kill -INT "$centre"
wait "$centre"
: > centre.ended
read -r word
end
"#;

/// A running Kannel. It listens on loopback only, and is gone when this is dropped.
pub struct Kannel {
    keeper: Child,
    /// Taken when it is let go.
    leash: Mutex<Option<ChildStdin>>,
    folder: PathBuf,
    /// Where the smsbox takes messages: what the platform's `kannel_url` says.
    pub url: String,
    status_url: String,
}

/// One line of the SMS centre: a message, or one segment of a longer one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// The sender.
    pub from: String,
    /// E.164, as it was given to Kannel.
    pub to: String,
    /// Which segment it is, from one.
    pub segment: u8,
    /// Of how many.
    pub segments: u8,
    /// The text: UTF-8 where it is in the GSM alphabet, else UTF-16, the more significant byte first.
    pub body: Vec<u8>,
}

/// The bearerbox's own counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages that went to the SMS centre; a longer one counts once, whatever its segments.
    pub passed_on: u64,
    /// Messages and reports that it still holds.
    pub held: u64,
    /// Reports that came from it.
    pub reports: u64,
}

impl Kannel {
    /// Starts one whose SMS centre writes every message down.
    pub fn start() -> Self {
        Self::with_centre("0")
    }

    /// Starts one whose SMS centre only counts: writing lines would be measured with it.
    pub fn counting() -> Self {
        Self::with_centre("1")
    }

    fn with_centre(verbosity: &str) -> Self {
        let [bearerbox, smsbox] = ["bearerbox", "smsbox"].map(|name| program(name, &BOX_FOLDERS));
        let fakesmsc = program("fakesmsc", &FAKESMSC_FOLDERS);
        let folder = new_folder();
        let [admin, smsbox_port, centre, sendsms] = [(); 4].map(|()| free_port());
        let configuration = configuration(&folder, admin, smsbox_port, centre, sendsms);
        std::fs::write(folder.join("kannel.conf"), configuration).expect("Kannel's configuration");
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "keeper"]).arg(&folder).args([bearerbox, smsbox, fakesmsc]);
        command.args([&centre.to_string(), verbosity]);
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut keeper = command.spawn().expect("`sh` starts");
        let leash = Mutex::new(keeper.stdin.take());
        let kannel = Self {
            keeper,
            leash,
            folder,
            url: format!("http://127.0.0.1:{sendsms}"),
            status_url: format!("http://127.0.0.1:{admin}/status.txt?password={PASSWORD}"),
        };
        kannel.wait("the bearerbox serves", || kannel.status().is_some());
        kannel.tell("start");
        kannel.wait("the boxes and the SMS centre are connected", || {
            kannel.status().is_some_and(|status| {
                let lines: Vec<&str> = status.lines().map(str::trim).collect();
                let has = |begins: &str, says: &str| {
                    lines.iter().any(|line| line.starts_with(begins) && line.contains(says))
                };
                has("smsbox:", "on-line") && has(CENTRE, "(online")
            })
        });
        kannel
    }

    /// Whether this machine has a Kannel with its `fakesmsc`.
    pub fn is_installed() -> bool {
        let boxes = ["bearerbox", "smsbox"].into_iter().all(|name| find(name, &BOX_FOLDERS).is_some());
        boxes && find("fakesmsc", &FAKESMSC_FOLDERS).is_some()
    }

    /// What the SMS centre got so far, in its order.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.centre_log().lines().filter_map(Arrived::read).collect()
    }

    /// The counts so far.
    pub fn counts(&self) -> Counts {
        let status = self.status().expect("the bearerbox serves");
        let after = |line: &str, words: &str| -> u64 {
            let line = status.lines().find(|text| text.starts_with(line)).unwrap_or_default();
            let number = line.split_once(words).and_then(|(_, rest)| rest.split([' ', ',', ')']).next());
            number.and_then(|number| number.parse().ok()).unwrap_or_default()
        };
        Counts {
            passed_on: after("SMS: received", " sent "),
            held: after("SMS: received", "store size "),
            reports: after("DLR: received", "received "),
        }
    }

    /// Waits until so many messages went to the SMS centre and every report on them was taken, or panics
    /// after a minute without progress.
    pub fn wait_for(&self, messages: u64) {
        let mut last = Counts::default();
        while last.passed_on < messages || last.held > 0 {
            let before = last;
            self.wait("messages and reports are passed on", || {
                last = self.counts();
                last != before
            });
        }
    }

    /// The numbers of the processes of bearerbox and smsbox.
    pub fn box_pids(&self) -> Vec<u32> {
        let keeper = self.keeper.id();
        let children = std::fs::read_to_string(format!("/proc/{keeper}/task/{keeper}/children"));
        let children = children.expect("the kernel tells of children");
        let pids = children.split_whitespace().map(|pid| pid.parse().expect("a number"));
        let name = |pid: &u32| std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        pids.filter(|pid| matches!(name(pid).trim(), "bearerbox" | "smsbox")).collect()
    }

    /// Ends the SMS centre, and answers how many messages it says it got. Nothing arrives after it.
    pub fn hang_up(&self) -> u64 {
        self.tell("hang up");
        self.wait("the SMS centre ends", || self.folder.join("centre.ended").exists());
        let log = self.centre_log();
        let said = log.lines().find_map(|line| line.split_once(" messages sent and "));
        let number = said.and_then(|(_, rest)| rest.split(' ').next()).and_then(|text| text.parse().ok());
        number.unwrap_or_else(|| panic!("the SMS centre did not say how many it got:\n{log}"))
    }

    fn centre_log(&self) -> String {
        let bytes = std::fs::read(self.folder.join("centre.log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn status(&self) -> Option<String> {
        let mut answer = ureq::get(&self.status_url).call().ok()?;
        answer.body_mut().read_to_string().ok()
    }

    fn tell(&self, word: &str) {
        let mut leash = self.leash.lock().expect("no test panics while it holds this");
        let leash = leash.as_mut().expect("it is held until the end");
        writeln!(leash, "{word}").expect("the keeper listens");
    }

    fn wait(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_so() {
            let logs = || {
                let names = ["bearerbox.out", "bearerbox.log", "smsbox.out", "smsbox.log", "centre.log"];
                let read = |name| std::fs::read(self.folder.join(name)).unwrap_or_default();
                names.map(|name| String::from_utf8_lossy(&read(name)).into_owned()).join("\n")
            };
            assert!(Instant::now() < end, "not within a minute: {what}\n{}", logs());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Kannel {
    fn drop(&mut self) {
        drop(self.leash.get_mut().map(Option::take));
        // Nothing is left to be told to a test that is over.
        let _ = self.keeper.wait();
    }
}

impl Arrived {
    /// Reads `… Got message 5: <SENDBOX +77010000001 text Hello>`.
    fn read(line: &str) -> Option<Self> {
        let (_, message) = line.split_once("Got message ")?;
        let message = message.split_once(": <")?.1.strip_suffix('>')?;
        let mut words = message.splitn(4, ' ');
        let (from, to, kind, rest) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let (header, body) = match kind {
            "text" => (None, rest.as_bytes().to_vec()),
            "udh" => {
                let (header, body) = rest.split_once(" data ")?;
                (Some(url_decoded(header)), url_decoded(body))
            }
            _ => (None, url_decoded(rest)),
        };
        // The header of a segment: its length, 0, 3, a number of the text's own, of how many, which.
        let (segment, segments) = match header.as_deref() {
            Some([5, 0, 3, _, segments, segment]) => (*segment, *segments),
            Some(header) => panic!("not the header of a segment: {header:?}"),
            None => (1, 1),
        };
        Some(Self { from: from.to_owned(), to: to.to_owned(), segment, segments, body })
    }
}

fn url_decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next(), rest.next()].map(Option::unwrap_or_default);
                let digits = std::str::from_utf8(&digits).unwrap_or_default();
                u8::from_str_radix(digits, 16).unwrap_or_else(|_| panic!("`%{digits}` in {text}"))
            }
            byte => byte,
        });
    }
    bytes
}

fn configuration(folder: &Path, admin: u16, smsbox: u16, centre: u16, sendsms: u16) -> String {
    let folder = folder.display();
    format!(
        r#"group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = {PASSWORD}
smsbox-port = {smsbox}
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
store-type = spool
store-location = {folder}/spool
dlr-storage = internal
log-file = {folder}/bearerbox.log
log-level = 2

group = smsc
smsc = fake
smsc-id = {CENTRE}
port = {centre}
our-host = 127.0.0.1
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
log-file = {folder}/smsbox.log
log-level = 2

group = sendsms-user
username = {USERNAME}
password = {PASSWORD}
concatenation = true
max-messages = 10
"#
    )
}

fn find(name: &str, folders: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join(name));
    let elsewhere = folders.iter().map(|folder| Path::new(folder).join(name));
    on_path.chain(elsewhere).find(|program| program.is_file())
}

fn program(name: &str, folders: &[&str]) -> PathBuf {
    find(name, folders).unwrap_or_else(|| {
        panic!(
            "there is no `{name}` here. On Debian: `apt install kannel kannel-extras`; \
             `cargo xtask test` does it for root"
        )
    })
}

fn new_folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("sendbox-kannel-{}-{count}", std::process::id()));
    std::fs::create_dir_all(folder.join("spool")).expect("a folder for Kannel");
    folder
}

#[cfg(test)]
mod tests {
    use super::Arrived;

    #[test]
    fn the_lines_of_the_sms_centre_are_read() {
        let read = |message: &str| {
            Arrived::read(&format!("2026-12-02 10:00:00 [7] [0] DEBUG: Got message 5: <{message}>"))
        };
        let arrived = |segment, segments, body: &[u8]| {
            let [from, to] = ["SENDBOX", "+77010000001"].map(str::to_owned);
            Some(Arrived { from, to, segment, segments, body: body.to_vec() })
        };
        assert_eq!(read("SENDBOX +77010000001 text 1 > 0"), arrived(1, 1, b"1 > 0"));
        assert_eq!(read("SENDBOX +77010000001 ucs-2 %04%3F+A"), arrived(1, 1, b"\x04\x3f A"));
        let udh = "SENDBOX +77010000001 udh %05%00%03%01%03%02 data b%2B";
        assert_eq!(read(udh), arrived(2, 3, b"b+"));
        assert_eq!(Arrived::read("INFO: fakesmsc: 0 messages sent and 5 received"), None);
    }
}
