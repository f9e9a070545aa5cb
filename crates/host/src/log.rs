//! The host's own log: one line of JSON for each request, and one for each instance that failed.
//!
//! A line names the route's pattern, never the path or the query, which may hold ids and secrets.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use crate::error::HostError;
use crate::private_files;

/// Where the log goes.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum LogTarget {
    /// Nowhere.
    Silent,
    /// The process's standard error.
    #[default]
    Stderr,
    /// A file, which is appended to.
    File(PathBuf),
    /// Memory, for tests.
    Memory(LogLines),
}

/// Log lines kept in memory. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct LogLines {
    lines: Arc<Mutex<Vec<String>>>,
}

impl LogLines {
    /// All lines so far, oldest first.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What is noted about a request.
#[derive(Debug, Clone)]
pub(crate) struct RequestRecord {
    pub component: String,
    pub method: http::Method,
    pub route: String,
    pub status: http::StatusCode,
    pub duration: Duration,
    pub at: SystemTime,
    /// Set when the request died: the component trapped, or the connection broke.
    pub failure: Option<String>,
}

pub(crate) enum Log {
    Silent,
    Stderr,
    File(Mutex<File>),
    Memory(LogLines),
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Line<'a> {
    Request {
        time: String,
        component: &'a str,
        method: &'a str,
        route: &'a str,
        status: u16,
        duration_us: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        failure: Option<&'a str>,
    },
    InstanceFailed {
        time: String,
        component: &'a str,
        reason: &'a str,
    },
    Warning {
        time: String,
        text: &'a str,
    },
}

impl Log {
    pub(crate) fn open(target: &LogTarget) -> Result<Self, HostError> {
        Ok(match target {
            LogTarget::Silent => Self::Silent,
            LogTarget::Stderr => Self::Stderr,
            LogTarget::File(path) => {
                let file = private_files::append(path);
                Self::File(Mutex::new(file.map_err(HostError::io(path))?))
            }
            LogTarget::Memory(lines) => Self::Memory(lines.clone()),
        })
    }

    pub(crate) fn request(&self, record: &RequestRecord) {
        self.write(&Line::Request {
            time: rfc3339(record.at),
            component: &record.component,
            method: record.method.as_str(),
            route: &record.route,
            status: record.status.as_u16(),
            duration_us: u64::try_from(record.duration.as_micros()).unwrap_or(u64::MAX),
            failure: record.failure.as_deref(),
        });
    }

    pub(crate) fn instance_failed(&self, component: &str, reason: &str, at: SystemTime) {
        self.write(&Line::InstanceFailed { time: rfc3339(at), component, reason });
    }

    pub(crate) fn warning(&self, text: &str, at: SystemTime) {
        self.write(&Line::Warning { time: rfc3339(at), text });
    }

    fn write(&self, line: &Line<'_>) {
        if matches!(self, Self::Silent) {
            return;
        }
        let Ok(mut text) = serde_json::to_string(line) else {
            return;
        };
        // A log that cannot be written to must not stop the application.
        match self {
            Self::Silent => {}
            Self::Memory(kept) => {
                kept.lines.lock().unwrap_or_else(PoisonError::into_inner).push(text);
            }
            Self::Stderr => {
                text.push('\n');
                let _ = std::io::stderr().write_all(text.as_bytes());
            }
            Self::File(file) => {
                text.push('\n');
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                let _ = file.write_all(text.as_bytes());
            }
        }
    }
}

fn rfc3339(at: SystemTime) -> String {
    DateTime::<Utc>::from(at).to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_line_holds_the_pattern_and_the_numbers() {
        let kept = LogLines::default();
        let log = Log::open(&LogTarget::Memory(kept.clone())).expect("memory opens");
        log.request(&RequestRecord {
            component: "front".into(),
            method: http::Method::POST,
            route: "/v1/lists/:id".into(),
            status: http::StatusCode::CREATED,
            duration: Duration::from_micros(1_234),
            at: SystemTime::UNIX_EPOCH,
            failure: None,
        });
        assert_eq!(
            kept.lines(),
            [
                r#"{"event":"request","time":"1970-01-01T00:00:00.000Z","component":"front","method":"POST","route":"/v1/lists/:id","status":201,"duration_us":1234}"#
            ]
        );
    }
}
