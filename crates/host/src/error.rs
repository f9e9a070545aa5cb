//! What can go wrong while an application is read, built, started or stopped.

use std::path::PathBuf;

use crate::manifest::ManifestError;
use crate::variables::VariableError;

/// An error of the host itself; errors inside a request are answers of HTTP instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// The manifest cannot be read or does not say what Spin would accept.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A variable or a template is unusable, or a required variable has no value.
    #[error(transparent)]
    Variable(#[from] VariableError),
    /// A route is not a pattern that the router understands.
    #[error("the route {route:?} of component {component:?} is invalid: {reason}")]
    Route {
        /// The route as the manifest has it.
        route: String,
        /// The component behind it.
        component: String,
        /// What the router says.
        reason: String,
    },
    /// An entry of `allowed_outbound_hosts` cannot be understood.
    #[error("component {component:?} may not list the outbound host {entry:?}: {reason}")]
    AllowedHost {
        /// The component that lists it.
        component: String,
        /// The entry as written.
        entry: String,
        /// Why it is refused.
        reason: String,
    },
    /// A `files` entry names nothing that can be mounted.
    #[error("component {component:?} cannot mount {entry:?}: {reason}")]
    Files {
        /// The component that lists it.
        component: String,
        /// The entry as written.
        entry: String,
        /// Why it is refused.
        reason: String,
    },
    /// A `.wasm` file is missing, damaged, or asks for what this host does not offer.
    #[error("component {component:?} cannot be loaded from {}", path.display())]
    Component {
        /// The component's name.
        component: String,
        /// Where its code should be.
        path: PathBuf,
        /// What Wasmtime says.
        source: anyhow::Error,
    },
    /// The runtime could not be set up.
    #[error("the WebAssembly runtime cannot be set up")]
    Engine(#[source] anyhow::Error),
    /// A build command of a component failed.
    #[error("the build of component {component:?} failed: {reason}")]
    Build {
        /// The component that was being built.
        component: String,
        /// The exit status, or why the command did not start.
        reason: String,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: std::net::SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file or a folder of the host's own cannot be used.
    #[error("cannot use {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A request handed in by [`crate::RunningHost::call`] got no whole answer.
    #[error("the request got no whole answer: {0}")]
    Request(String),
}

impl HostError {
    /// Names the path that an input or output error is about.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
