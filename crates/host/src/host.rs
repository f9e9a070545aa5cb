//! Starts an application and stops it again.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use wasmtime_wasi_http::WasiBody;

use crate::allowed_hosts::AllowedHosts;
use crate::app::{App, cut_short, full};
use crate::build::app_dir;
use crate::chained::Chained;
use crate::clock::Clock;
use crate::code::Compiled;
use crate::counters::Counters;
use crate::error::HostError;
use crate::faults::{FaultInjector, NoFaults};
use crate::guest_output::GuestOutput;
use crate::handler::Handler;
use crate::key_value::KeyValueFile;
use crate::kill_switch::Instances;
use crate::lane::Lanes;
use crate::limits::Limits;
use crate::log::{Log, LogTarget};
use crate::manifest::{self, Manifest};
use crate::outbound_client::{OutboundClient, OutboundTimeouts};
use crate::platform::{ComponentSettings, Platform};
use crate::routes::Router;
use crate::schedule::Schedule;
use crate::sql_random::SqlRandom;
use crate::sqlite::KeptConnections;
use crate::variables::Variables;
use crate::{files, private_files, schedule, server};

/// Everything that an application is started with.
#[derive(Clone)]
pub struct HostOptions {
    /// The `spin.toml`.
    pub manifest: PathBuf,
    /// Where databases, stores and logs lie; made when it is not there. `spin up` uses `.spin`.
    pub state_dir: PathBuf,
    /// Where compiled components are kept between starts; nowhere when absent. Several hosts may
    /// share it.
    pub compile_cache: Option<PathBuf>,
    /// The manifest's components, where they are compiled already.
    pub compiled: Option<Compiled>,
    /// Whether to listen before the components are compiled: a request then waits for its own component alone,
    /// and [`RunningHost::finish_compiling`] compiles the others.
    pub serve_while_compiling: bool,
    /// Where to listen. Port 0 takes a free one: see [`RunningHost::address`].
    pub listen: SocketAddr,
    /// Values of variables; they win over the environment, `.env` and defaults.
    pub variables: BTreeMap<String, String>,
    /// The time that components are told.
    pub clock: Clock,
    /// The time that SQLite tells; its own where there is none. Hosts that share a database share this clock too,
    /// whatever their own say. For simulations only.
    pub database_clock: Option<Clock>,
    /// Asked at every fault point.
    pub faults: Arc<dyn FaultInjector>,
    /// Makes the components' random numbers, and SQLite's, repeatable; every request then has an instance of its
    /// own. For simulations only.
    pub random_seed: Option<u64>,
    /// Where the request log goes.
    pub log: LogTarget,
    /// Whether components' output also goes to the terminal.
    pub guest_output_to_terminal: bool,
    /// Time limits on outbound requests.
    pub outbound: OutboundTimeouts,
    /// What clients may take.
    pub limits: Limits,
    /// Paths to call at an interval.
    pub schedule: Option<Schedule>,
    /// How long [`RunningHost::shutdown`] waits for requests under way.
    pub drain: Duration,
}

impl HostOptions {
    /// The usual options: loopback port 3000, the real clock, no faults, no schedule, and a
    /// compile cache in the state folder.
    #[must_use]
    pub fn new(manifest: impl Into<PathBuf>, state_dir: impl Into<PathBuf>) -> Self {
        let state_dir = state_dir.into();
        Self {
            manifest: manifest.into(),
            compile_cache: Some(state_dir.join("compiled")),
            compiled: None,
            serve_while_compiling: false,
            state_dir,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)),
            variables: BTreeMap::new(),
            clock: Clock::system(),
            database_clock: None,
            faults: Arc::new(NoFaults),
            random_seed: None,
            log: LogTarget::default(),
            guest_output_to_terminal: false,
            outbound: OutboundTimeouts::default(),
            limits: Limits::default(),
            schedule: None,
            drain: Duration::from_secs(5),
        }
    }
}

/// The host, before it runs.
pub struct Host;

/// A running application.
///
/// Dropping it stops it at once, without waiting for requests under way.
pub struct RunningHost {
    app: Arc<App>,
    compiled: Compiled,
    address: SocketAddr,
    stopping: watch::Sender<bool>,
    server: Option<JoinHandle<()>>,
    ticks: Vec<JoinHandle<()>>,
    /// What runs on the reserved lane ends before it does.
    _lanes: Arc<Lanes>,
}

/// Running totals since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Requests that reached a component, chained ones included.
    pub requests: u64,
    /// SQL statements.
    pub statements: u64,
    /// Outbound requests that were allowed, chained ones included.
    pub outbound_requests: u64,
    /// Component instances that were made.
    pub instances: u64,
}

impl Host {
    /// Compiles the components of a manifest, for [`HostOptions::compiled`].
    ///
    /// # Errors
    /// When the manifest is refused or a component cannot be loaded.
    pub async fn compile(manifest: &Path, compile_cache: Option<&Path>) -> Result<Compiled, HostError> {
        let compiled = Compiled::of(&Manifest::read(manifest)?, &app_dir(manifest), compile_cache)?;
        compiled.load_all().await?;
        Ok(compiled)
    }

    /// Reads the manifest, compiles the components and listens.
    ///
    /// # Errors
    /// When the manifest is refused, a required variable has no value, a component cannot be
    /// loaded, or the address cannot be listened on.
    pub async fn start(options: HostOptions) -> Result<RunningHost, HostError> {
        let manifest = Manifest::read(&options.manifest)?;
        let app_dir = app_dir(&options.manifest);
        let logs = options.state_dir.join("logs");
        private_files::close_state(&options.state_dir).map_err(HostError::io(&options.state_dir))?;
        private_files::close_folder(&logs).map_err(HostError::io(&logs))?;
        let router = Router::new(&manifest)?;
        let platform = Arc::new(platform(&options, &manifest, &app_dir)?);
        let compiled = match options.compiled.clone() {
            Some(compiled) => compiled,
            None => Compiled::of(&manifest, &app_dir, options.compile_cache.as_deref())?,
        };
        if !options.serve_while_compiling {
            compiled.load_all().await?;
        }
        let mut handled = Vec::new();
        for code in &compiled.components {
            let settings = settings(&code.name, &manifest, &platform, &options, &app_dir)?;
            handled.push((Arc::clone(code), Arc::new(settings)));
        }
        let app = Arc::new_cyclic(|app: &Weak<App>| App {
            name: manifest.application.name.clone(),
            version: manifest.application.version.clone(),
            router,
            handlers: handled
                .into_iter()
                .map(|(code, settings)| {
                    let name = code.name.clone();
                    let handler = Handler {
                        code,
                        engine: compiled.engine.clone(),
                        settings,
                        platform: Arc::clone(&platform),
                        app: app.clone() as Weak<dyn Chained>,
                        ready: OnceLock::new(),
                    };
                    (name, handler)
                })
                .collect(),
            platform: Arc::clone(&platform),
        });
        listen(app, compiled, options).await
    }
}

async fn listen(app: Arc<App>, compiled: Compiled, options: HostOptions) -> Result<RunningHost, HostError> {
    let refused = |source| HostError::Listen { address: options.listen, source };
    let listener = TcpListener::bind(options.listen).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let _ = app.platform.address.set(address);
    let (stopping, watched) = watch::channel(false);
    let lanes = Lanes::new(&options.limits)?;
    let ticks = options.schedule.map_or_else(Vec::new, |plan| schedule::start(plan, &app, &compiled, &lanes));
    let serving = Arc::new(server::Serving {
        app: Arc::clone(&app),
        limits: options.limits,
        lanes: Arc::clone(&lanes),
    });
    let server = tokio::spawn(server::run(listener, serving, watched, options.drain));
    Ok(RunningHost { app, compiled, address, stopping, server: Some(server), ticks, _lanes: lanes })
}

impl RunningHost {
    /// Where the application listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Compiles what nobody has asked for yet, where the host serves while it compiles; else there is nothing left.
    ///
    /// # Errors
    /// The future ends with one when a component cannot be loaded. What asks for it is answered with 500.
    pub fn finish_compiling(&self) -> impl Future<Output = Result<(), HostError>> + Send + use<> {
        let compiled = self.compiled.clone();
        async move { compiled.load_in_turn().await }
    }

    /// Counts since the start.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let counters = &self.app.platform.counters;
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Totals {
            requests: read(&counters.requests),
            statements: read(&counters.statements),
            outbound_requests: read(&counters.outbound_requests),
            instances: read(&counters.instances),
        }
    }

    /// Brings a request to the application without a socket, and gathers the answer. The request
    /// needs no `Host` header.
    ///
    /// # Errors
    /// When the answer broke off in the middle.
    pub async fn call(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HostError> {
        self.serve(request.map(full)).await
    }

    /// As [`RunningHost::call`], but the connection breaks when this much of the body has been sent.
    ///
    /// # Errors
    /// When the answer broke off in the middle.
    pub async fn call_cut_short(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, HostError> {
        self.serve(request.map(cut_short)).await
    }

    async fn serve(&self, mut request: http::Request<WasiBody>) -> Result<http::Response<Bytes>, HostError> {
        if request.uri().host().is_none() {
            let host = http::HeaderValue::from_static("localhost");
            request.headers_mut().entry(http::header::HOST).or_insert(host);
        }
        let client = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let (head, body) = self.app.serve(request, client).await.into_parts();
        let body = body.collect().await.map_err(|error| HostError::Request(error.to_string()))?;
        Ok(http::Response::from_parts(head, body.to_bytes()))
    }

    /// Stops every instance dead and leaves the host running, as when the machine loses its power
    /// and comes back: requests under way die, connections close, open transactions roll back.
    pub async fn kill_instances(&self) {
        self.app.platform.instances.stop_all().await;
    }

    /// Takes no new requests, lets those under way finish for a while, and ends. When it is back,
    /// all databases are closed.
    ///
    /// # Errors
    /// None today; the result leaves room for what a stop may have to report.
    pub async fn shutdown(mut self) -> Result<(), HostError> {
        for tick in std::mem::take(&mut self.ticks) {
            tick.abort();
            let _ = tick.await;
        }
        let _ = self.stopping.send(true);
        if let Some(server) = self.server.take() {
            let _ = server.await;
        }
        self.app.platform.instances.stop_all().await;
        Ok(())
    }
}

impl Drop for RunningHost {
    fn drop(&mut self) {
        for tick in &self.ticks {
            tick.abort();
        }
        if let Some(server) = &self.server {
            server.abort();
        }
        self.app.platform.instances.fire_all();
    }
}

fn platform(options: &HostOptions, manifest: &Manifest, app_dir: &Path) -> Result<Platform, HostError> {
    Ok(Platform {
        state_dir: options.state_dir.clone(),
        key_value: KeyValueFile::new(options.state_dir.join("sqlite_key_value.db")),
        variables: Variables::gather(manifest, app_dir, &options.variables)?,
        clock: options.clock.clone(),
        database_clock: options.database_clock.clone(),
        faults: Arc::clone(&options.faults),
        counters: Arc::new(Counters::default()),
        outbound: OutboundClient::new(options.outbound),
        log: Log::open(&options.log)?,
        random_seed: options.random_seed,
        sql_random: options.random_seed.map(SqlRandom::new),
        kept_connections: options.random_seed.map(|_| KeptConnections::default()),
        address: OnceLock::new(),
        instances: Instances::default(),
    })
}

fn settings(
    name: &str,
    manifest: &Manifest,
    platform: &Platform,
    options: &HostOptions,
    app_dir: &Path,
) -> Result<ComponentSettings, HostError> {
    let component: &manifest::Component = &manifest.component[name];
    let all: Vec<String> = manifest.component.keys().cloned().collect();
    let hosts = &component.allowed_outbound_hosts;
    let staging = options.state_dir.join("assets").join(name);
    let logs = options.state_dir.join("logs");
    Ok(ComponentSettings {
        name: Arc::from(name),
        sqlite_databases: component.sqlite_databases.iter().cloned().collect(),
        key_value_stores: component.key_value_stores.iter().cloned().collect(),
        allowed_hosts: AllowedHosts::parse(name, hosts, &platform.variables, &all)?,
        environment: component.environment.clone().into_iter().collect(),
        mounts: files::prepare(name, component, app_dir, &staging)?,
        output: GuestOutput::open(&logs, name, options.guest_output_to_terminal)?,
    })
}
