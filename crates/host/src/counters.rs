//! Running totals: how many requests, statements and instances there were since the host started, and how long
//! statements took.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::quick::QuickStatements;

/// Running totals since the host started.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub quick_statements: QuickStatements,
    pub requests: AtomicU64,
    pub statements: AtomicU64,
    pub outbound_requests: AtomicU64,
    pub instances: AtomicU64,
}

impl Counters {
    pub(crate) fn next_statement(&self) -> u64 {
        self.statements.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn next_outbound(&self) -> u64 {
        self.outbound_requests.fetch_add(1, Ordering::Relaxed)
    }
}
