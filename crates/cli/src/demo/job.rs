//! The main job from end to end, as a business does it: sign up, top up, upload, write, send, check.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use api::accounts::{self, ConsentAct, OfferAct, SignUp, SignedUp};
use api::campaigns::{
    self, Campaign, Estimate, MeasuredText, NewCampaign, Report, Stall, Start, TextToMeasure,
};
use api::consents::{self, Attestation, Document, DocumentText, Documents};
use api::contacts::{self, AddedToBlacklist, Import, ImportState, NewBlacklistEntries, NewImport};
use api::ids::CampaignId;
use api::money::{self, Balance, Credited};
use api::sandbox::{self, Reported, TopUp};
use api::ticks::{self, Dispatched, Reconciled};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use domain::account::AccountKind;
use domain::campaign::{CampaignState, MessageClass};
use domain::documents::{DocumentKind, DocumentState, sha256_hex};
use domain::hexadecimal::hex;
use domain::language::Language;
use domain::money::Tiyn;

use super::clock;
use super::numbers::{Glimpse, glimpse};
use super::progress::Progress;
use super::proof::{self, Proof};
use super::records::{History, Ledger};
use crate::client::Client;

/// The language that the demo's business reads and signs in.
const LANGUAGE: Language = Language::Kk;

/// One segment, in Kazakh.
const TEXT: &str = "Құрметті клиент! Тапсырысыңыз дайын, дүкенге келіп алыңыз.";

/// How often a tick may bring nothing before the demo gives up.
const IDLE_TICKS_MAX: u32 = 400;

/// The pause after a tick that brought nothing.
const IDLE: Duration = Duration::from_millis(10);
/// A file that is still being read is asked about after this.
const READING_POLL: Duration = Duration::from_millis(200);

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
    pub topped_up: Tiyn,
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

        let text = TextToMeasure { text: TEXT.to_owned(), opt_out_link: false };
        let measure: MeasuredText = self.client.send_json(&campaigns::MEASURE, &[], &text)?;
        let topped_up = self.top_up(&account_number, enough_for(lines, measure.price_per_message.0))?;

        let upload = Instant::now();
        let import = self.upload(&documents, length)?;
        took.upload = upload.elapsed();
        // Whoever is listed before an upload is not taken in, and no message would be blocked.
        let blacklist = self.blacklist(to_blacklist)?;

        let (campaign, estimate) = self.start_campaign(&documents)?;
        let dispatch = Instant::now();
        self.dispatch(&campaign, estimate.messages)?;
        took.dispatch = dispatch.elapsed();
        let reports = Instant::now();
        self.gather_reports(&campaign)?;
        took.reports = reports.elapsed();

        let report: Report = self.client.get(&campaigns::REPORT, &[&campaign], "")?;
        let balance: Balance = self.client.get(&money::BALANCE, &[], "")?;
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
        let Documents { documents } = self.client.get(&consents::DOCUMENTS, &[], "")?;
        let in_force: Vec<Document> =
            documents.into_iter().filter(|document| document.state == DocumentState::InForce).collect();
        self.progress.done("documents", &format!("{} in force", in_force.len()));
        for document in &in_force {
            let Document { kind, version, .. } = document;
            let (kind, query) = (kind.as_str(), format!("version={version}&language={}", LANGUAGE.as_str()));
            let text: DocumentText = self.client.get(&consents::DOCUMENT, &[kind], &query)?;
            let hash = sha256_hex(text.text.as_bytes());
            if hash != text.sha256 || hash != *document.sha256.get(LANGUAGE) {
                bail!("the text of {kind} {version} does not have the hash that is published for it");
            }
            self.progress.detail(&format!("{version}  {}  {}", &hash[..8], document.title.en));
        }
        Ok(in_force)
    }

    fn sign_up(&self, documents: &[Document]) -> anyhow::Result<(Credentials, String)> {
        let mut random = [0; 20];
        getrandom::fill(&mut random).context("the system gives no random bytes")?;
        let (name, password) = random.split_at(5);
        let login = format!("demo-{}", hex(name));
        let password = BASE64_URL_SAFE_NO_PAD.encode(password);
        let (offer, consent) =
            (in_force(documents, DocumentKind::Offer)?, in_force(documents, DocumentKind::PdConsent)?);
        let body = SignUp {
            kind: AccountKind::Entrepreneur,
            login: login.clone(),
            password: password.clone(),
            name: "Сынақ дүкені".to_owned(),
            phone: "+77010000000".to_owned(),
            email: format!("{login}@example.kz"),
            language: LANGUAGE,
            truth_declared: true,
            offer: Some(OfferAct { version: offer.version.clone(), sha256: hash(offer), accepted: true }),
            pd_consent: Some(ConsentAct {
                version: consent.version.clone(),
                sha256: hash(consent),
                given: true,
            }),
        };
        let SignedUp { account, receipts } = self.client.send_json(&accounts::SIGN_UP, &[], &body)?;
        let receipts: Vec<String> =
            receipts.iter().map(|receipt| format!("{} {}", receipt.document.as_str(), receipt.id)).collect();
        self.progress
            .done("signed up", &format!("account {}; receipts: {}", account.number, receipts.join(", ")));
        Ok((Credentials { login, password }, account.number))
    }

    fn top_up(&self, account_number: &str, amount: Tiyn) -> anyhow::Result<Tiyn> {
        let (account, amount_text) = (account_number.to_owned(), amount.to_string());
        let body = TopUp { account, amount: amount_text, payment_id: None };
        let Credited { credited, .. } = self.client.send_json(&sandbox::TOP_UP, &[], &body)?;
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
        let reason = Some("asked not to be called".to_owned());
        let body = NewBlacklistEntries { phones: phones.clone(), reason };
        let AddedToBlacklist { added, .. } =
            self.client.send_json(&contacts::ADD_TO_BLACKLIST, &[], &body)?;
        self.progress.done("blacklisted", &format!("{added} numbers of the file"));
        Ok(phones)
    }

    fn upload(&self, documents: &[Document], length: u64) -> anyhow::Result<Import> {
        let attestation = in_force(documents, DocumentKind::RecipientsAttestation)?;
        let name = self.contacts.file_name().unwrap_or_default().to_string_lossy();
        let body = NewImport {
            name: name.into_owned(),
            attestation: Some(accepted(attestation)),
            lists: Vec::new(),
            tags: Vec::new(),
            confirm: false,
        };
        let begun: Import = self.client.send_json(&contacts::CREATE_IMPORT, &[], &body)?;
        let file = File::open(self.contacts).with_context(|| self.contacts.display().to_string())?;
        let bar = self.progress.bytes("uploading", length);
        let done = self.client.put_csv(&contacts::UPLOAD, &[&begun.id], bar.wrap_read(file), length);
        bar.finish_and_clear();
        let mut done: Import = done?;
        while matches!(done.state, ImportState::Queued | ImportState::Reading) {
            std::thread::sleep(READING_POLL);
            done = self.client.get(&contacts::IMPORT_STATE, &[&done.id], "")?;
        }
        if done.state != ImportState::Completed {
            let why =
                done.problem_code.map_or("The file did not come in whole.", |code| code.text(Language::En));
            bail!("the contacts were not taken in. {why}");
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
    fn start_campaign(&self, documents: &[Document]) -> anyhow::Result<(CampaignId, Estimate)> {
        let attestation = in_force(documents, DocumentKind::ContentAttestation)?;
        let body = NewCampaign {
            name: "Demo".to_owned(),
            channel: None,
            text: Some(TEXT.to_owned()),
            audio: None,
            plan: None,
            class: MessageClass::Informational,
            opt_out_link: None,
            links: Vec::new(),
            audience: None,
            attestation: Some(accepted(attestation)),
        };
        let Campaign { id, .. } = self.client.send_json(&campaigns::CREATE, &[], &body)?;
        let estimate: Estimate = self.client.have_done(&campaigns::ESTIMATE, &[&id])?;
        let (messages, segments) = (estimate.messages, estimate.segments.unwrap_or_default());
        let price_per_message = estimate.price_per_message.0;
        let (total, available) = (estimate.total.0, estimate.available.0);
        self.progress.done(
            "estimate",
            &format!("{messages} messages × {price_per_message} = {total} KZT ({segments} segment each; {available} KZT there)"),
        );
        if !estimate.sufficient {
            bail!("the estimate says that {available} KZT are not enough for {total} KZT");
        }
        let agreed = Start { agreed_total: estimate.total };
        let _: Campaign = self.client.send_json(&campaigns::START, &[&id], &agreed)?;
        self.progress.done("started", &id);
        Ok((id, estimate))
    }

    /// Ticks until nothing of the campaign is left to send.
    fn dispatch(&mut self, campaign: &CampaignId, messages: i64) -> anyhow::Result<()> {
        let bar = self.progress.count("handing over", messages.unsigned_abs());
        let mut idle = 0;
        loop {
            let tick: Dispatched = self.client.have_done(&ticks::DISPATCH, &[])?;
            let now: Campaign = self.client.get(&campaigns::GET, &[campaign], "")?;
            let report: Report = self.client.get(&campaigns::REPORT, &[campaign], "")?;
            let settled = report.handed_over + report.blocked + report.cancelled;
            idle = if settled.unsigned_abs() > bar.position() { 0 } else { idle + 1 };
            bar.set_length(report.messages.max(messages).unsigned_abs());
            bar.set_position(settled.unsigned_abs());
            bar.set_message(format!("{} KZT", report.charged.total.0));
            match now.state {
                CampaignState::Completed => break,
                CampaignState::Preparing | CampaignState::Running => {}
                state => bail!("the campaign is {} while it should be running", state.as_str()),
            }
            if report.unknown > 0 && report.queued + report.leased == 0 {
                let _: Reconciled = self.client.have_done(&ticks::RECONCILE, &[])?;
            }
            if !tick.window_open
                && let Some(moved) = clock::into_calling_hours(self.client)?
            {
                bar.suspend(|| self.progress.note(&moved));
            }
            if idle > IDLE_TICKS_MAX {
                let why = now.stalled_by.map_or_else(String::new, |why| format!(", since {}", in_words(why)));
                bail!(
                    "the campaign stays `{}`{why}: {settled} of {messages} messages are settled",
                    now.state.as_str()
                );
            }
            if !tick.more {
                std::thread::sleep(IDLE);
            }
        }
        bar.finish_and_clear();
        let report: Report = self.client.get(&campaigns::REPORT, &[campaign], "")?;
        let took = bar.elapsed().as_secs_f64();
        let (handed_over, blocked) = (report.handed_over, report.blocked);
        self.progress
            .done("handed over", &format!("{handed_over} messages in {took:.1} s; {blocked} blocked"));
        Ok(())
    }

    /// Lets the stand-in operator send its reports; the clock moves on past each delay.
    fn gather_reports(&mut self, campaign: &CampaignId) -> anyhow::Result<()> {
        let mut report: Report = self.client.get(&campaigns::REPORT, &[campaign], "")?;
        let bar = self.progress.count("delivery reports", report.handed_over.unsigned_abs());
        let mut idle = 0;
        while report.awaiting_report > 0 {
            let before = report.awaiting_report;
            let due: Reported = self.client.have_done(&sandbox::REPORT_DUE, &[])?;
            report = self.client.get(&campaigns::REPORT, &[campaign], "")?;
            bar.set_position((report.handed_over - report.awaiting_report).unsigned_abs());
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
fn enough_for(recipients: u64, price: Tiyn) -> Tiyn {
    let whole = i64::try_from(recipients).unwrap_or(i64::MAX).saturating_mul(price.0);
    let thousand = 100_000;
    Tiyn((whole / thousand).saturating_add(1).saturating_mul(thousand))
}

fn in_force(documents: &[Document], kind: DocumentKind) -> anyhow::Result<&Document> {
    let found = documents.iter().find(|document| document.kind == kind);
    found.with_context(|| format!("no document `{}` is in force", kind.as_str()))
}

fn hash(document: &Document) -> String {
    document.sha256.get(LANGUAGE).clone()
}

fn accepted(document: &Document) -> Attestation {
    Attestation { version: document.version.clone(), sha256: hash(document), accepted: true }
}

/// Why nothing of a running campaign leaves, as the rest of a sentence.
const fn in_words(why: Stall) -> &'static str {
    match why {
        Stall::WindowClosed => "the sending hours are over or have not begun",
        Stall::Weekend => "operators take no such messages at weekends",
        Stall::PublicHoliday => "operators take no such messages on public holidays",
        Stall::AdvertisingNotApproved => "its advertising is not approved",
        Stall::BalanceEmpty => "the balance does not hold the price of one message",
        Stall::AccountBlocked => "the account may not send",
        Stall::NoOperator => "no operator carries it",
    }
}
