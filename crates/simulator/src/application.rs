//! The application under test: the built components in a folder with tariffs that change within the
//! simulated days, and a state with accounts that are signed up, made once and copied for each run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, bail};
use api::accounts::{ApiKey, ConsentAct, NewApiKey, OfferAct, SignUp, SignedUp};
use api::consents::{Attestation, Document, Documents};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::account::AccountKind;
use domain::cell_name::CellName;
use domain::documents::{DocumentKind, DocumentState};
use domain::language::Language;
use host::manifest::Manifest;
use host::{Compiled, Host, HostOptions, LogTarget, RunningHost};
use serde_json::{Value, json};

use crate::credentials::{PASSWORD, TICK_TOKEN};
use crate::platform::{Platform, Request};
use crate::stage::Stage;

/// The bank's secret.
pub const PAYMENTS_SECRET: &str = "whsec_c2ltdWxhdGVkLWJhbmstc2lnbmluZy1rZXktMzI=";
/// The operator's secret.
pub const OPERATOR_SECRET: &str = "operator-secret-of-the-simulator";
/// The cells.
pub const CELLS: [CellName; 3] =
    [CellName::FIRST, CellName::numbered(2).expect("a cell"), CellName::numbered(3).expect("a cell")];
/// Accounts in the template: one in each cell, since a new one goes to the emptiest.
pub const ACCOUNTS: usize = CELLS.len();
/// A Wednesday, 10:00 in Almaty.
pub const BEGINNING_MS: i64 = 1_796_187_600_000;
/// The prices change a day later at noon, in the middle of the calling hours.
pub const TARIFF_CHANGE_MS: i64 = BEGINNING_MS + 26 * 3_600_000;
/// Price of a segment before and after the change, in tiyn: the operator's part and the service's.
pub const PRICES: [(i64, i64); 2] = [(1_100, 400), (1_250, 450)];
/// Any number would do.
const TEMPLATE_SEED: u64 = 0x7E3A_11CE;

/// An account of the template.
#[derive(Debug, Clone)]
pub struct TemplateAccount {
    /// `acc_…`
    pub id: String,
    /// What a payer writes.
    pub number: String,
    /// `sbk_…`
    pub key: String,
    /// What its owner signs in with.
    pub login: String,
}

/// The application, ready to be run many times.
pub struct Application {
    manifest: PathBuf,
    state: PathBuf,
    compiled: Compiled,
    /// The accounts in the state.
    pub accounts: Vec<TemplateAccount>,
    /// With the hashes of the texts in force: of recipients, and of contents.
    pub attestations: BTreeMap<DocumentKind, Attestation>,
}

impl Application {
    /// Builds what is missing and makes the template in `folder`.
    ///
    /// # Errors
    /// When a component does not build, or the template's requests are refused.
    pub async fn prepare(root: &Path, folder: &Path) -> anyhow::Result<Self> {
        let manifest = write_app(root, folder)?;
        build_missing(root, &manifest)?;
        let compiled = Host::compile(&manifest, Some(&root.join("target/simulator-compiled"))).await?;
        let mut application = Self {
            manifest,
            state: folder.join("template"),
            compiled,
            accounts: Vec::new(),
            attestations: BTreeMap::new(),
        };
        let stage = Stage::new(TEMPLATE_SEED, BEGINNING_MS - 3_600_000);
        let host = application.start(&application.state, &stage, TEMPLATE_SEED).await?;
        let platform = Platform::new(host, stage);
        application.sign_up_all(&platform).await?;
        platform.shutdown().await?;
        Ok(application)
    }

    async fn start(&self, state: &Path, stage: &Stage, seed: u64) -> anyhow::Result<RunningHost> {
        let mut options = HostOptions::new(&self.manifest, state);
        options.compiled = Some(self.compiled.clone());
        options.listen.set_port(0);
        options.clock = stage.clock.clone();
        options.database_clock = Some(stage.true_clock.clone());
        options.faults = Arc::new(stage.clone());
        options.random_seed = Some(seed);
        options.log = LogTarget::Silent;
        options.variables = variables();
        Ok(Host::start(options).await?)
    }

    /// A platform of its own with the template's state.
    ///
    /// # Errors
    /// When the state cannot be copied or the host does not start.
    pub async fn run(&self, folder: &Path, stage: Stage, seed: u64) -> anyhow::Result<Platform> {
        for entry in std::fs::read_dir(&self.state)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                std::fs::copy(entry.path(), folder.join(entry.file_name()))?;
            }
        }
        // Not the template's own numbers again: ids would repeat.
        let seed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x51;
        let host = self.start(folder, &stage, seed).await?;
        Ok(Platform::new(host, stage))
    }

    async fn sign_up_all(&mut self, platform: &Platform) -> anyhow::Result<()> {
        let documents = platform.ask(Request::get("/v1/documents")).await;
        let Documents { documents } = documents.read().context("no documents")?;
        let in_force = |kind: DocumentKind| {
            let mut in_force = documents.iter().filter(|one| one.state == DocumentState::InForce);
            in_force.find(|one| one.kind == kind).with_context(|| format!("no {}", kind.as_str()))
        };
        for kind in [DocumentKind::RecipientsAttestation, DocumentKind::ContentAttestation] {
            let Document { version, sha256, .. } = in_force(kind)?.clone();
            self.attestations.insert(kind, Attestation { version, sha256: sha256.ru, accepted: true });
        }
        let Document { version, sha256, .. } = in_force(DocumentKind::Offer)?.clone();
        let offer = OfferAct { version, sha256: sha256.ru, accepted: true };
        let Document { version, sha256, .. } = in_force(DocumentKind::PdConsent)?.clone();
        let pd_consent = ConsentAct { version, sha256: sha256.ru, given: true };
        for number in 0..ACCOUNTS {
            let login = format!("shop-{number}");
            let body = SignUp {
                kind: AccountKind::LegalEntity,
                login: login.clone(),
                password: PASSWORD.to_owned(),
                name: "Асель Мысалова".to_owned(),
                phone: "+77015559999".to_owned(),
                email: format!("{login}@example.com"),
                language: Language::Ru,
                truth_declared: true,
                offer: Some(offer.clone()),
                pd_consent: Some(pd_consent.clone()),
            };
            let answer = platform.ask(Request::post("/v1/accounts", &json!(body))).await;
            let signed_up = answer.read::<SignedUp>();
            let SignedUp { account, .. } =
                signed_up.with_context(|| format!("sign-up: {} {}", answer.status, answer.text))?;
            let cookie = platform.sign_in(&login).await.context("sign-in")?;
            let named = NewApiKey { name: "a program".to_owned() };
            let named = Request::post("/v1/api-keys", &json!(named)).header("cookie", &cookie);
            let key = platform.ask(named).await.read::<ApiKey>().and_then(|made| made.key);
            self.accounts.push(TemplateAccount {
                id: account.id.into(),
                number: account.number,
                key: key.context("no key")?,
                login,
            });
        }
        Ok(())
    }
}

/// The file of a cell's database in the state folder.
pub fn file_of(cell: CellName) -> String {
    if cell == CellName::FIRST { "sqlite_db.db".to_owned() } else { format!("{}.db", cell.label()) }
}

fn variables() -> BTreeMap<String, String> {
    [
        ("master_key", BASE64_STANDARD.encode([7u8; 32])),
        ("tick_token", TICK_TOKEN.to_owned()),
        ("payments_standard_secret", PAYMENTS_SECRET.to_owned()),
        ("operator_sandbox_secret", OPERATOR_SECRET.to_owned()),
        ("sandbox", "on".to_owned()),
        ("data_region", "KZ".to_owned()),
        ("cells", CELLS.map(CellName::label).join(",")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// The manifest with the components' absolute paths and three cells, beside documents of its own.
fn write_app(root: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let manifest = std::fs::read_to_string(root.join("spin.toml")).context("spin.toml")?;
    let built = format!("{}/target/", root.display());
    let manifest = manifest.replace("source = \"target/", &format!("source = \"{built}"));
    let labels = CELLS.map(|cell| format!("\"{}\"", cell.label())).join(", ");
    let one = "sqlite_databases = [\"default\"] # the cells";
    anyhow::ensure!(manifest.contains(one), "spin.toml has other cells than one: `cargo xtask cells 1`");
    let manifest = manifest.replace(one, &format!("sqlite_databases = [{labels}]"));
    let path = folder.join("spin.toml");
    std::fs::write(&path, manifest)?;
    copy_folder(&root.join("static"), &folder.join("static"))?;
    let time = |ms: i64| {
        chrono::DateTime::from_timestamp_millis(ms)
            .map(|time| time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
    };
    let tariff = |version: &str, (operator, service): (i64, i64), at: i64| {
        json!({
            "version": version, "channel": "text", "operator": "sandbox", "unit": "segment",
            "operator_price": decimal(operator), "service_price": decimal(service),
            "announced_at": time(at - 30 * 86_400_000), "effective_at": time(at),
        })
    };
    let tariffs = json!({"currency": "KZT", "tariffs": [
        tariff("first", PRICES[0], BEGINNING_MS - 20 * 86_400_000),
        tariff("second", PRICES[1], TARIFF_CHANGE_MS),
    ]});
    std::fs::write(folder.join("static/documents/tariffs.json"), tariffs.to_string())?;
    // One request at a time, so that a wave leaves in more than one group.
    let path_of_routing = folder.join("static/documents/routing.json");
    let mut routing: Value = serde_json::from_str(&std::fs::read_to_string(&path_of_routing)?)?;
    routing["operators"] = json!([{"name": "sandbox", "parallel": 1}]);
    std::fs::write(path_of_routing, routing.to_string())?;
    Ok(path)
}

fn build_missing(root: &Path, manifest: &Path) -> anyhow::Result<()> {
    let manifest = Manifest::read(manifest)?;
    let missing: Vec<_> = manifest
        .component
        .iter()
        .filter(|(_, component)| !Path::new(&component.source).is_file())
        .map(|(name, _)| name.clone())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut cargo = Command::new("cargo");
    cargo.current_dir(root).args(["build", "--target", "wasm32-wasip2", "--profile", "component"]);
    for name in &missing {
        cargo.args(["-p", name]);
    }
    if !cargo.status()?.success() {
        bail!("the components do not build");
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Tiyn as the interface writes them.
#[must_use]
pub fn decimal(tiyn: i64) -> String {
    format!("{}.{:02}", tiyn / 100, tiyn % 100)
}
