//! One running instance of a component: what it holds, how long it lives, how it is stopped.
//!
//! Instances are reused as on Spin: 128 requests each, 16 of them at once, gone after a second
//! without work.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use rand::SeedableRng as _;
use wasmtime::component::{GuestTaskId, HasData, ResourceTable};
use wasmtime::{Engine, Store, StoreContextMut};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, Proxy, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus,
};
use wasmtime_wasi_http::p3::bindings::ServicePre;
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::chained::Chained;
use crate::key_value::Store as KeyValueStore;
use crate::kill_switch::KillSwitch;
use crate::outbound::Outbound;
use crate::platform::{ComponentSettings, Platform};
use crate::sqlite::{Connection, Driven};
use crate::variables::VariableError;

const REQUESTS_PER_INSTANCE_MAX: usize = 128;
const CONCURRENT_REQUESTS_PER_INSTANCE_MAX: usize = 16;
const IDLE_TIME_MAX: Duration = Duration::from_secs(1);

/// What a Wasmtime store holds for an instance.
pub(crate) struct InstanceState {
    pub table: ResourceTable,
    pub connections_open: usize,
    pub stores_open: usize,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound: Outbound,
    settings: Arc<ComponentSettings>,
    platform: Arc<Platform>,
    kill_switch: Arc<KillSwitch>,
    number: u64,
}

impl InstanceState {
    pub(crate) fn component(&self) -> &ComponentSettings {
        &self.settings
    }

    /// A new connection to the database of this label. Any label has a file of its own.
    pub(crate) fn connect(&self, label: &str) -> Connection {
        let file = match label {
            "default" => "sqlite_db.db".to_owned(),
            label => format!("{label}.db"),
        };
        Connection::new(
            self.platform.state_dir.join(file),
            Arc::clone(&self.settings.name),
            label.to_owned(),
            Arc::clone(&self.platform.faults),
            Arc::clone(&self.platform.counters),
            Arc::clone(&self.kill_switch),
            Driven {
                random: self.platform.sql_random.clone(),
                clock: self.platform.database_clock.clone(),
                kept: self.platform.kept_connections.clone(),
            },
        )
    }

    pub(crate) fn key_value_store(&self, label: String) -> KeyValueStore {
        self.platform.key_value.store(label)
    }

    pub(crate) fn variable(&self, name: &str) -> Result<String, VariableError> {
        self.platform.variables.get(&self.settings.name, name)
    }
}

/// Names [`InstanceState`] to the linker.
pub(crate) struct SpinInterfaces;

impl HasData for SpinInterfaces {
    type Data<'a> = &'a mut InstanceState;
}

impl WasiView for InstanceState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for InstanceState {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.outbound, table: &mut self.table, ctx: &mut self.http }
    }
}

/// Makes instances of one component.
pub(crate) struct InstanceFactory {
    pub engine: Engine,
    pub component: ServicePre<InstanceState>,
    pub settings: Arc<ComponentSettings>,
    pub platform: Arc<Platform>,
    /// Where requests to other components of the application go.
    pub app: Weak<dyn Chained>,
    /// How many instances of this component were made.
    pub made: AtomicU64,
}

impl InstanceFactory {
    /// A seed that depends on the component and on its own count, not on what else runs.
    fn seed_of_next_instance(&self, seed: u64) -> u64 {
        let count = self.made.fetch_add(1, Ordering::Relaxed);
        let name = self.settings.name.bytes();
        name.fold(seed, |seed, byte| seed.rotate_left(7) ^ u64::from(byte)).wrapping_add(count)
    }

    fn state(&self, number: u64, kill_switch: &Arc<KillSwitch>) -> wasmtime::Result<InstanceState> {
        let mut wasi = WasiCtx::builder();
        wasi.wall_clock(self.platform.clock.clone())
            .envs(&self.settings.environment)
            .stdout(self.settings.output.stdout.clone())
            .stderr(self.settings.output.stderr.clone());
        for mount in &self.settings.mounts {
            wasi.preopened_dir(&mount.host, &mount.guest, wasmtime_wasi::FsPerms::ReadOnly)?;
        }
        if let Some(seed) = self.platform.random_seed {
            let seed = self.seed_of_next_instance(seed);
            wasi.secure_random(rand::rngs::StdRng::seed_from_u64(seed))
                .insecure_random(rand::rngs::StdRng::seed_from_u64(!seed))
                .insecure_random_seed(u128::from(seed));
        }
        Ok(InstanceState {
            table: ResourceTable::new(),
            connections_open: 0,
            stores_open: 0,
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            outbound: Outbound::new(
                Arc::clone(&self.settings),
                Arc::clone(&self.platform),
                Weak::clone(&self.app),
                Arc::clone(kill_switch),
            ),
            settings: Arc::clone(&self.settings),
            platform: Arc::clone(&self.platform),
            kill_switch: Arc::clone(kill_switch),
            number,
        })
    }
}

impl HandlerState for InstanceFactory {
    type StoreData = InstanceState;
    type WorkerExpiration = Lifetime;
    type WorkerState = ReusePolicy;

    async fn instantiate(&self) -> wasmtime::Result<Instance<InstanceState, Lifetime, ReusePolicy>> {
        let number = self.platform.counters.instances.fetch_add(1, Ordering::Relaxed);
        let kill_switch = Arc::new(KillSwitch::default());
        let mut store = Store::new(&self.engine, self.state(number, &kill_switch)?);
        let service = self.component.instantiate_async(&mut store).await?;
        self.platform.instances.add(number, Arc::clone(&kill_switch));
        Ok(Instance {
            store,
            proxy: Proxy::P3(service),
            view: InstanceState::http,
            expiration: Lifetime { kill_switch, idle: Box::pin(tokio::time::sleep(IDLE_TIME_MAX)) },
            state: ReusePolicy {
                requests_max: match self.platform.random_seed {
                    // When an idle instance ends depends on the machine's speed; a repeatable run
                    // cannot.
                    Some(_) => 1,
                    None => REQUESTS_PER_INSTANCE_MAX,
                },
            },
        })
    }
}

/// When an instance ends: on its kill switch, or after a second without work.
pub(crate) struct Lifetime {
    kill_switch: Arc<KillSwitch>,
    idle: Pin<Box<tokio::time::Sleep>>,
}

impl WorkerExpiration for Lifetime {
    fn poll(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        status: WorkerStatus,
        since: Instant,
    ) -> Poll<()> {
        if self.kill_switch.poll_fired(context) {
            return Poll::Ready(());
        }
        match status {
            WorkerStatus::Requests | WorkerStatus::PostReturn => Poll::Pending,
            WorkerStatus::Idle => {
                let end = (since + IDLE_TIME_MAX).into();
                if self.idle.deadline() != end {
                    self.idle.as_mut().reset(end);
                }
                self.idle.as_mut().poll(context)
            }
        }
    }
}

/// How often an instance is used, and what happens when it ends.
pub(crate) struct ReusePolicy {
    requests_max: usize,
}

impl WorkerState for ReusePolicy {
    type StoreData = InstanceState;
    type RequestData = ();

    fn should_accept_request(&self, concurrent: usize, total: usize) -> ShouldAccept {
        if total >= self.requests_max {
            ShouldAccept::Never
        } else if concurrent >= CONCURRENT_REQUESTS_PER_INSTANCE_MAX {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        _: StoreContextMut<'_, InstanceState>,
        (): (),
        _: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        // Spin has no time limit on a request by default.
        Box::pin(std::future::pending())
    }

    fn drop(&self, store: Store<InstanceState>, result: Result<(), wasmtime::Error>) {
        let state = store.data();
        let (platform, number) = (Arc::clone(&state.platform), state.number);
        if let Err(error) = result {
            let reason = if state.kill_switch.is_fired() {
                "stopped by the host".to_owned()
            } else {
                // What a panic said is in the component's own log; a backtrace of bare numbers
                // would add nothing here.
                error.root_cause().to_string()
            };
            platform.log.instance_failed(&state.settings.name, &reason, platform.clock.now());
        }
        drop(store);
        platform.instances.remove(number);
    }
}
