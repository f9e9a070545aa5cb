//! Brings requests to one component's instances, as soon as the component is compiled.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock, Weak};

use http::{Request, Response};
use wasmtime::Engine;
use wasmtime_wasi_http::WasiBody;
use wasmtime_wasi_http::handler::ProxyHandler;

use crate::chained::Chained;
use crate::code::Code;
use crate::instance::InstanceFactory;
use crate::platform::{ComponentSettings, Platform};

/// One component, ready to be asked.
pub(crate) struct Handler {
    pub code: Arc<Code>,
    pub engine: Engine,
    pub settings: Arc<ComponentSettings>,
    pub platform: Arc<Platform>,
    pub app: Weak<dyn Chained>,
    /// There once the component is compiled.
    pub ready: OnceLock<ProxyHandler<InstanceFactory>>,
}

impl Handler {
    /// Answers a request; the first one has the component compiled where that is yet to be done.
    pub(crate) async fn handle(
        &self,
        request: Request<WasiBody>,
    ) -> Result<Response<WasiBody>, wasmtime::Error> {
        if let Some(ready) = self.ready.get() {
            return ready.handle((), request).await;
        }
        let component = Arc::clone(&self.code).load().await.map_err(wasmtime::Error::new)?;
        let ready = self.ready.get_or_init(|| {
            ProxyHandler::new(InstanceFactory {
                engine: self.engine.clone(),
                component,
                settings: Arc::clone(&self.settings),
                platform: Arc::clone(&self.platform),
                app: Weak::clone(&self.app),
                made: AtomicU64::new(0),
            })
        });
        ready.handle((), request).await
    }
}
