//! What the components of an application share, and what is set for each of them.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use crate::allowed_hosts::AllowedHosts;
use crate::clock::Clock;
use crate::counters::Counters;
use crate::faults::FaultInjector;
use crate::files::Mount;
use crate::guest_output::GuestOutput;
use crate::key_value::KeyValueFile;
use crate::kill_switch::Instances;
use crate::log::Log;
use crate::outbound_client::OutboundClient;
use crate::sql_random::SqlRandom;
use crate::sqlite::KeptConnections;
use crate::variables::Variables;

/// What all components of an application share.
pub(crate) struct Platform {
    pub state_dir: PathBuf,
    pub key_value: KeyValueFile,
    pub variables: Variables,
    pub clock: Clock,
    /// What SQLite tells as the time, when it is driven.
    pub database_clock: Option<Clock>,
    pub faults: Arc<dyn FaultInjector>,
    pub counters: Arc<Counters>,
    pub outbound: OutboundClient,
    pub log: Log,
    pub random_seed: Option<u64>,
    /// What SQLite's random functions draw from, when they are repeatable.
    pub sql_random: Option<SqlRandom>,
    /// Connections that stay open, in a repeatable run.
    pub kept_connections: Option<KeptConnections>,
    /// Where the application itself listens, once it does.
    pub address: OnceLock<SocketAddr>,
    pub instances: Instances,
}

/// What the manifest says of one component, ready for use.
pub(crate) struct ComponentSettings {
    pub name: Arc<str>,
    pub sqlite_databases: BTreeSet<String>,
    pub key_value_stores: BTreeSet<String>,
    pub allowed_hosts: AllowedHosts,
    pub environment: Vec<(String, String)>,
    pub mounts: Vec<Mount>,
    pub output: GuestOutput,
}
