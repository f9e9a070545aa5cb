//! Components' machine code: compiled before the application serves, or while it does; then whoever first asks for
//! a component has it compiled at once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use wasmtime::component::{Component, Linker};
use wasmtime::{Cache, CacheConfig, Config, Engine};
use wasmtime_wasi_http::p3::bindings::ServicePre;

use crate::error::HostError;
use crate::instance::{InstanceState, SpinInterfaces};
use crate::manifest::Manifest;
use crate::{bindings, private_files};

/// The components of a manifest, compiled or on the way. Several hosts in one process may share them.
#[derive(Clone)]
pub struct Compiled {
    pub(crate) engine: Engine,
    /// The smallest first: a page of a small component should not wait for a large one.
    pub(crate) components: Vec<Arc<Code>>,
}

/// One component.
pub(crate) struct Code {
    pub(crate) name: String,
    path: PathBuf,
    engine: Engine,
    linker: Linker<InstanceState>,
    loaded: OnceLock<Result<ServicePre<InstanceState>, Arc<anyhow::Error>>>,
}

impl Compiled {
    /// The components that have a route. On Spin, too, nobody can call the others. None is compiled yet.
    pub(crate) fn of(
        manifest: &Manifest,
        app_dir: &Path,
        compile_cache: Option<&Path>,
    ) -> Result<Self, HostError> {
        let engine = engine(compile_cache)?;
        let linker = linker(&engine).map_err(|error| HostError::Engine(error.into()))?;
        let is_routed =
            |name: &String| manifest.trigger.http.iter().any(|trigger| trigger.component == *name);
        let mut components = Vec::new();
        for (name, component) in manifest.component.iter().filter(|(name, _)| is_routed(name)) {
            let path = app_dir.join(&component.source);
            let missing = |error: std::io::Error| HostError::Component {
                component: name.clone(),
                path: path.clone(),
                source: error.into(),
            };
            let size = std::fs::metadata(&path).map_err(missing)?.len();
            let (engine, linker) = (engine.clone(), linker.clone());
            let code = Code { name: name.clone(), path, engine, linker, loaded: OnceLock::new() };
            components.push((size, Arc::new(code)));
        }
        components.sort_by_key(|(size, _)| *size);
        Ok(Self { engine, components: components.into_iter().map(|(_, code)| code).collect() })
    }

    /// Compiles what is not compiled yet, several at a time.
    pub(crate) async fn load_all(&self) -> Result<(), HostError> {
        let loading = self.components.iter().map(|code| tokio::spawn(Arc::clone(code).load()));
        for loading in loading.collect::<Vec<_>>() {
            loading.await.map_err(|error| HostError::Engine(error.into()))??;
        }
        Ok(())
    }

    /// Compiles what is not compiled yet one by one, so that there is room for what somebody asks for.
    pub(crate) async fn load_in_turn(&self) -> Result<(), HostError> {
        for code in &self.components {
            Arc::clone(code).load().await?;
        }
        Ok(())
    }
}

impl Code {
    /// The component, compiled by whoever asks first, on a thread that may wait. Whoever goes away meanwhile does
    /// not stop it.
    pub(crate) async fn load(self: Arc<Self>) -> Result<ServicePre<InstanceState>, HostError> {
        if self.loaded.get().is_none() {
            let code = Arc::clone(&self);
            let compiling = tokio::task::spawn_blocking(move || {
                code.loaded.get_or_init(|| code.compile().map_err(|error| Arc::new(error.into())));
            });
            compiling.await.map_err(|error| HostError::Engine(error.into()))?;
        }
        match self.loaded.get() {
            Some(Ok(service)) => Ok(service.clone()),
            Some(Err(error)) => Err(self.unusable(anyhow::Error::msg(format!("{error:#}")))),
            None => Err(self.unusable(anyhow::Error::msg("it was not compiled"))),
        }
    }

    fn compile(&self) -> wasmtime::Result<ServicePre<InstanceState>> {
        let component = Component::from_file(&self.engine, &self.path)?;
        ServicePre::new(self.linker.instantiate_pre(&component)?)
    }

    fn unusable(&self, source: anyhow::Error) -> HostError {
        HostError::Component { component: self.name.clone(), path: self.path.clone(), source }
    }
}

fn engine(compile_cache: Option<&Path>) -> Result<Engine, HostError> {
    let mut config = Config::new();
    config.wasm_component_model(true).wasm_component_model_async(true);
    let refused = |error: wasmtime::Error| HostError::Engine(error.into());
    if let Some(folder) = compile_cache {
        // Whoever could write code here could run it.
        private_files::close_folder(folder).map_err(HostError::io(folder))?;
        let folder = folder.canonicalize().map_err(HostError::io(folder))?;
        let mut settings = CacheConfig::new();
        settings.with_directory(folder);
        config.cache(Some(Cache::new(settings).map_err(refused)?));
    }
    Engine::new(&config).map_err(refused)
}

fn linker(engine: &Engine) -> wasmtime::Result<Linker<InstanceState>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
    bindings::Platform::add_to_linker::<_, SpinInterfaces>(&mut linker, |state| state)?;
    Ok(linker)
}
