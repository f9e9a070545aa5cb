//! What `cargo xtask fuzz` runs: the product on a fresh state with an account in the middle of its work, and
//! schemathesis, which asks it whatever `/openapi.json` allows and forbids.
//!
//! Two rounds, each on a platform of its own. The first asks everything but what takes the ground from under
//! all others: signing out, a new password, the clock. The second asks only that.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use sendbox_tests::{Account, Fields, Platform, Settings, csv_of, mobiles, signatures, wav, workspace};
use serde_json::{Value, json};

/// Behind a proxy the client's address stands in a header: so each request of the run comes from another network,
/// and what is limited by network hides nothing.
const ADDRESS_HEADER: &str = "x-client-address";

/// The part of the time that the second round gets, and its most, in seconds: whoever signed out signs in again from one
/// and the same network, which may do so only so often a minute.
const SECOND_ROUND: u64 = 6;
const SECOND_ROUND_MAX: u64 = 20;

/// Operations after which nobody is who they were.
const GROUND: [&str; 4] = ["sign_out", "change_password", "report_compromise", "sandbox_shift_clock"];

struct Options {
    schemathesis: PathBuf,
    minutes: u64,
    seed: Option<String>,
}

fn main() -> ExitCode {
    let options = options();
    let seconds = options.minutes * 60;
    let apart = (seconds / SECOND_ROUND).min(SECOND_ROUND_MAX);
    let rounds = [("--exclude-operation-id", seconds - apart), ("--include-operation-id", apart)];
    let clean = rounds.map(|(which, seconds)| round(&options, which, seconds));
    if clean == [true, true] { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn options() -> Options {
    let mut words = std::env::args().skip(1);
    let mut options = Options { schemathesis: "schemathesis".into(), minutes: 1, seed: None };
    while let Some(word) = words.next() {
        let value = words.next().unwrap_or_default();
        match word.as_str() {
            "--schemathesis" => options.schemathesis = value.into(),
            "--minutes" => options.minutes = value.parse().expect("a number of minutes"),
            "--seed" => options.seed = Some(value),
            other => panic!("`{other}` is not an option"),
        }
    }
    options
}

/// One run against a platform of its own; whether nothing was found.
fn round(options: &Options, which: &str, seconds: u64) -> bool {
    let platform = Platform::with(Settings {
        variables: vec![
            ("client_address_header", ADDRESS_HEADER.to_owned()),
            // Of these operators only the reports are taken here: what is not theirs is to be told from what is.
            ("twilio_auth_token", "made-up".to_owned()),
            ("smsc_report_secret", "made-up".to_owned()),
            ("mobizon_notice_secret", "made-up".to_owned()),
        ],
        ..Settings::default()
    });
    let account = at_work(&platform);
    let key = account.new_api_key();
    let folder = workspace().join("tests/fuzz");
    let mut command = Command::new(&options.schemathesis);
    command.current_dir(&folder).arg("--config-file").arg("schemathesis.toml").arg("run");
    command.arg(format!("{}/openapi.json", platform.base()));
    command.args(["--max-time", &seconds.to_string()]);
    for operation in GROUND {
        command.args([which, operation]);
    }
    if let Some(seed) = &options.seed {
        command.args(["--seed", seed]);
    }
    command.envs(credentials(&platform, &account, &key));
    // What it keeps for its next run would lie among the sources otherwise.
    command.env("HYPOTHESIS_STORAGE_DIRECTORY", workspace().join("target/schemathesis/found"));
    let status = command.status().expect("schemathesis starts");
    status.success()
}

/// What the run shows who it is with, by the names in schemathesis.toml and hooks.py.
fn credentials(platform: &Platform, account: &Account<'_>, key: &Value) -> Vec<(&'static str, String)> {
    vec![
        ("SENDBOX_FUZZ_API_KEY", key.text("/key")),
        ("SENDBOX_FUZZ_API_KEY_ID", key.text("/id")),
        ("SENDBOX_FUZZ_LOGIN", account.login.clone()),
        ("SENDBOX_FUZZ_PASSWORD", sendbox_tests::PASSWORD.to_owned()),
        ("SENDBOX_FUZZ_TICK_TOKEN", Platform::tick_token().to_owned()),
        ("SENDBOX_FUZZ_STAFF_TOKEN", Platform::staff_token().to_owned()),
        ("SENDBOX_FUZZ_PAYMENTS_SECRET", signatures::PAYMENTS_SECRET.to_owned()),
        ("SENDBOX_FUZZ_OPERATOR_SECRET", signatures::OPERATOR_SECRET.to_owned()),
        ("SENDBOX_FUZZ_ADDRESS_HEADER", ADDRESS_HEADER.to_owned()),
        ("SENDBOX_FUZZ_SHIFT_SECONDS", platform.shift_seconds().to_string()),
    ]
}

/// An account that has money, contacts, recordings, and campaigns in several states.
fn at_work(platform: &Platform) -> Account<'_> {
    let account = Account::sign_up(platform);
    account.top_up("100000.00");
    account.upload(csv_of(&mobiles(0, 50)));
    account.blacklist(&mobiles(40, 3));
    account.draft("A draft that nobody starts");
    account.draft("On its way").start();
    platform.dispatch();
    platform.deliver();
    account.draft("Started, and not yet sent").start();
    let recording = account.recording(wav(3_000));
    account.call_draft(&recording, 2);
    platform.tick("jobs").ok();
    account.browser.post("/v1/cookie-choices", &json!({
        "functional": true, "analytics": false, "marketing": false, "language": "ru", "surface": "banner",
    })).created();
    account
}
