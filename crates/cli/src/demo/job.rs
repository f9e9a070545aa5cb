//! The main job from end to end, as a business does it: sign up, top up, upload, write, send, check.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use domain::documents::sha256_hex;
use domain::money::Tiyn;
use serde_json::json;
use ureq::http::Method;

use super::answers::{
    Amount, Balance, BlacklistAdded, Campaign, Dispatched, Document, DocumentText, Documents, Estimate,
    Import, Measure, Report, ReportsSent, SignedUp, ToppedUp,
};
use super::client::Client;
use super::clock;
use super::numbers::{Glimpse, glimpse};
use super::progress::Progress;
use super::proof::{self, Proof};
use super::records::{History, Ledger};

/// The language that the demo's business reads and signs in.
const LANGUAGE: &str = "kk";

/// One segment, in Kazakh.
const TEXT: &str = "Құрметті клиент! Тапсырысыңыз дайын, дүкенге келіп алыңыз.";

/// How often a tick may bring nothing before the demo gives up.
const IDLE_TICKS_MAX: u32 = 400;

/// The pause after a tick that brought nothing.
const IDLE: Duration = Duration::from_millis(10);

/// Who signed up.
#[derive(Clone)]
pub struct Credentials {
    pub login: String,
    pub password: String,
}

/// Everything that the service answered in the end.
pub struct Outcome {
    pub credentials: Credentials,
    pub blacklist: Vec<String>,
    pub import: Import,
    pub estimate: Estimate,
    pub report: Report,
    pub topped_up: Amount,
    pub balance: Balance,
    pub history: History,
    pub ledger: Ledger,
    pub proof: Proof,
    pub took: Took,
}

/// How long the parts took.
#[derive(Default)]
pub struct Took {
    pub upload: Duration,
    pub dispatch: Duration,
    pub reports: Duration,
    pub proof: Duration,
    pub whole: Duration,
}

/// What the job is done with.
pub struct Job<'a> {
    pub client: &'a mut Client,
    pub contacts: &'a Path,
    /// Where the pages of evidence are kept, if anywhere.
    pub keep_evidence: Option<PathBuf>,
    pub progress: Progress,
}

impl Job<'_> {
    pub fn run(mut self) -> anyhow::Result<Outcome> {
        let started = Instant::now();
        let mut took = Took::default();
        let Glimpse { length, lines, to_blacklist } = glimpse(self.contacts)?;
        if let Some(moved) = clock::into_calling_hours(self.client)? {
            self.progress.note(&moved);
        }

        let documents = self.read_documents()?;
        let (credentials, account_number) = self.sign_up(&documents)?;
        self.client.sign_in(&credentials.login, &credentials.password)?;
        let (log_key, earlier) = proof::begin(self.client)?;

        let measure: Measure = self.client.post("/v1/texts/measure", &json!({"text": TEXT}))?;
        let topped_up = self.top_up(&account_number, enough_for(lines, measure.price_per_message))?;
        let blacklist = self.blacklist(to_blacklist)?;

        let upload = Instant::now();
        let import = self.upload(&documents, length)?;
        took.upload = upload.elapsed();

        let (campaign, estimate) = self.start_campaign(&documents)?;
        let dispatch = Instant::now();
        self.dispatch(&campaign, estimate.messages)?;
        took.dispatch = dispatch.elapsed();
        let reports = Instant::now();
        self.gather_reports(&campaign)?;
        took.reports = reports.elapsed();

        let report: Report = self.client.get(&format!("/v1/campaigns/{campaign}/report"))?;
        let balance: Balance = self.client.get("/v1/balance")?;
        let history = History::read(self.client, &campaign)?;
        self.progress.done("history", &format!("{} messages", history.messages.len()));
        let ledger = Ledger::read(self.client)?;
        self.progress.done("ledger", &format!("{} transfers", ledger.transfers));
        let checking = Instant::now();
        let proof = proof::check(self.client, &campaign, &log_key, &earlier, self.keep_evidence.as_deref())?;
        self.progress.done("evidence", &format!("{} events verified offline", proof.events));
        took.proof = checking.elapsed();
        took.whole = started.elapsed();

        Ok(Outcome {
            credentials,
            blacklist,
            import,
            estimate,
            report,
            topped_up,
            balance,
            history,
            ledger,
            proof,
            took,
        })
    }

    /// Reads the list of documents, and the texts that will be signed; their hashes must be theirs.
    fn read_documents(&self) -> anyhow::Result<Vec<Document>> {
        let Documents { documents } = self.client.get("/v1/documents")?;
        let in_force: Vec<Document> =
            documents.into_iter().filter(|document| document.state == "in_force").collect();
        self.progress.done("documents", &format!("{} in force", in_force.len()));
        for document in &in_force {
            let Document { kind, version, .. } = document;
            let path = format!("/v1/documents/{kind}?version={version}&language={LANGUAGE}");
            let text: DocumentText = self.client.get(&path)?;
            let hash = sha256_hex(text.text.as_bytes());
            if hash != text.sha256 || Some(&hash) != document.sha256.get(LANGUAGE) {
                bail!("the text of {kind} {version} does not have the hash that is published for it");
            }
            let title = document.title.get("en").or_else(|| document.title.get(LANGUAGE));
            self.progress.detail(&format!("{version}  {}  {}", &hash[..8], title.unwrap_or(kind)));
        }
        Ok(in_force)
    }

    fn sign_up(&self, documents: &[Document]) -> anyhow::Result<(Credentials, String)> {
        let mut random = [0; 20];
        getrandom::fill(&mut random).context("the system gives no random bytes")?;
        let (name, password) = random.split_at(5);
        let name: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
        let login = format!("demo-{name}");
        let password = BASE64_URL_SAFE_NO_PAD.encode(password);
        let (offer, consent) = (in_force(documents, "offer")?, in_force(documents, "pd_consent")?);
        let body = json!({
            "kind": "entrepreneur", "login": login, "password": password,
            "name": "Сынақ дүкені", "phone": "+77010000000",
            "email": format!("{login}@example.kz"), "language": LANGUAGE,
            "truth_declared": true,
            "offer": {"version": offer.version, "sha256": hash(offer)?, "accepted": true},
            "pd_consent": {"version": consent.version, "sha256": hash(consent)?, "given": true},
        });
        let SignedUp { account, receipts } = self.client.post("/v1/accounts", &body)?;
        let receipts: Vec<String> =
            receipts.iter().map(|receipt| format!("{} {}", receipt.document, receipt.id)).collect();
        self.progress
            .done("signed up", &format!("account {}; receipts: {}", account.number, receipts.join(", ")));
        Ok((Credentials { login, password }, account.number))
    }

    fn top_up(&self, account_number: &str, amount: Amount) -> anyhow::Result<Amount> {
        let body = json!({"account": account_number, "amount": amount.to_string()});
        let ToppedUp { credited } =
            self.client.in_sandbox(Method::POST, "/sandbox/bank/top-ups", Some(&body))?;
        if !credited {
            bail!("the stand-in bank's payment was not credited");
        }
        self.progress.done("topped up", &format!("{amount} KZT"));
        Ok(amount)
    }

    fn blacklist(&self, phones: Vec<String>) -> anyhow::Result<Vec<String>> {
        if phones.is_empty() {
            return Ok(phones);
        }
        let body = json!({"phones": phones, "reason": "asked not to be called"});
        let BlacklistAdded { added } = self.client.post("/v1/blacklist", &body)?;
        self.progress.done("blacklisted", &format!("{added} numbers of the file"));
        Ok(phones)
    }

    fn upload(&self, documents: &[Document], length: u64) -> anyhow::Result<Import> {
        let attestation = in_force(documents, "recipients_attestation")?;
        let name = self.contacts.file_name().unwrap_or_default().to_string_lossy();
        let body = json!({"name": name, "attestation": accepted(attestation)?});
        let begun: Import = self.client.post("/v1/contacts/imports", &body)?;
        let file = File::open(self.contacts).with_context(|| self.contacts.display().to_string())?;
        let bar = self.progress.bytes("uploading", length);
        let path = format!("/v1/contacts/imports/{}/file", begun.id);
        let done = self.client.put_csv(&path, bar.wrap_read(file), length);
        bar.finish_and_clear();
        let done: Import = done?;
        if done.state != "completed" {
            bail!("the import ended as `{}`", done.state);
        }
        let (rows, imported) = (done.rows, done.imported);
        let (duplicates, rejected) = (done.duplicates, done.rejected);
        let came = format!("{rows} rows: {imported} imported, {duplicates} duplicates, {rejected} rejected");
        self.progress.done("uploaded", &came);
        if !done.dropped_columns.is_empty() {
            self.progress.note(&format!("columns that were not kept: {}", done.dropped_columns.join(", ")));
        }
        Ok(done)
    }

    /// Writes the campaign, shows what it will cost, and starts it at that price.
    fn start_campaign(&self, documents: &[Document]) -> anyhow::Result<(String, Estimate)> {
        let attestation = in_force(documents, "content_attestation")?;
        let body = json!({
            "name": "Demo", "text": TEXT, "class": "informational", "attestation": accepted(attestation)?,
        });
        let Campaign { id, .. } = self.client.post("/v1/campaigns", &body)?;
        let estimate: Estimate = self.client.post(&format!("/v1/campaigns/{id}/estimate"), &json!({}))?;
        let Estimate { messages, segments, price_per_message, total, available, .. } = &estimate;
        self.progress.done(
            "estimate",
            &format!("{messages} messages × {price_per_message} = {total} KZT ({segments} segment each; {available} KZT there)"),
        );
        if !estimate.sufficient {
            bail!("the estimate says that {available} KZT are not enough for {total} KZT");
        }
        let agreed = json!({"agreed_total": {"amount": total.to_string(), "currency": "KZT"}});
        let _: Campaign = self.client.post(&format!("/v1/campaigns/{id}/start"), &agreed)?;
        self.progress.done("started", &id);
        Ok((id, estimate))
    }

    /// Ticks until nothing of the campaign is left to send.
    fn dispatch(&mut self, campaign: &str, messages: u64) -> anyhow::Result<()> {
        let bar = self.progress.count("handing over", messages);
        let mut idle = 0;
        loop {
            let tick: Dispatched = self.client.tick("/internal/ticks/dispatch")?;
            let now: Campaign = self.client.get(&format!("/v1/campaigns/{campaign}"))?;
            let report: Report = self.client.get(&format!("/v1/campaigns/{campaign}/report"))?;
            let settled = report.handed_over + report.blocked + report.cancelled;
            idle = if settled > bar.position() { 0 } else { idle + 1 };
            bar.set_length(report.messages.max(messages));
            bar.set_position(settled);
            bar.set_message(format!("{} KZT", report.charged.total));
            match now.state.as_str() {
                "completed" => break,
                "preparing" | "running" => {}
                state => bail!("the campaign is `{state}` while it should be running"),
            }
            if report.unknown > 0 && report.queued + report.leased == 0 {
                let _: serde_json::Value = self.client.tick("/internal/ticks/reconcile")?;
            }
            if !tick.window_open
                && let Some(moved) = clock::into_calling_hours(self.client)?
            {
                bar.suspend(|| self.progress.note(&moved));
            }
            if idle > IDLE_TICKS_MAX {
                let why = now.stalled_by.map_or_else(String::new, |why| format!(" (stalled by {why})"));
                bail!(
                    "the campaign stays `{}`{why}: {settled} of {messages} messages are settled",
                    now.state
                );
            }
            if !tick.more {
                std::thread::sleep(IDLE);
            }
        }
        bar.finish_and_clear();
        let report: Report = self.client.get(&format!("/v1/campaigns/{campaign}/report"))?;
        let took = bar.elapsed().as_secs_f64();
        let (handed_over, blocked) = (report.handed_over, report.blocked);
        self.progress
            .done("handed over", &format!("{handed_over} messages in {took:.1} s; {blocked} blocked"));
        Ok(())
    }

    /// Lets the stand-in operator send its reports; the clock moves on past each delay.
    fn gather_reports(&mut self, campaign: &str) -> anyhow::Result<()> {
        let path = format!("/v1/campaigns/{campaign}/report");
        let mut report: Report = self.client.get(&path)?;
        let bar = self.progress.count("delivery reports", report.handed_over);
        let mut idle = 0;
        while report.awaiting_report > 0 {
            let before = report.awaiting_report;
            let due: ReportsSent = self.client.tick("/sandbox/operator/report-due")?;
            report = self.client.get(&path)?;
            bar.set_position(report.handed_over - report.awaiting_report);
            if due.sent == 0 {
                clock::advance(self.client, TimeDelta::seconds(3))?;
            }
            idle = if report.awaiting_report < before { 0 } else { idle + 1 };
            if idle > IDLE_TICKS_MAX {
                let pending = due.pending;
                bail!(
                    "{} reports do not come: the stand-in operator has {pending} to send",
                    report.awaiting_report
                );
            }
        }
        bar.finish_and_clear();
        let Report { delivered, undelivered, expired, .. } = report;
        let came = format!("{delivered} delivered, {undelivered} undelivered, {expired} expired");
        self.progress.done("delivery reports", &came);
        Ok(())
    }
}

/// More than `recipients` messages cost, in whole thousands of tenge.
fn enough_for(recipients: u64, price: Amount) -> Amount {
    let whole = i64::try_from(recipients).unwrap_or(i64::MAX).saturating_mul(price.0.0);
    let thousand = 100_000;
    Amount(Tiyn((whole / thousand).saturating_add(1).saturating_mul(thousand)))
}

fn in_force<'a>(documents: &'a [Document], kind: &str) -> anyhow::Result<&'a Document> {
    let found = documents.iter().find(|document| document.kind == kind);
    found.with_context(|| format!("no document `{kind}` is in force"))
}

fn hash(document: &Document) -> anyhow::Result<&str> {
    let hash = document.sha256.get(LANGUAGE).map(String::as_str);
    hash.with_context(|| format!("`{}` is not there in `{LANGUAGE}`", document.kind))
}

fn accepted(document: &Document) -> anyhow::Result<serde_json::Value> {
    Ok(json!({"version": document.version, "sha256": hash(document)?, "accepted": true}))
}
