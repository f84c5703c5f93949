//! What a supervisor that asked for it is told: ready, stopping.
//!
//! Owner: the first thread. Invariant: nothing depends on whether anybody listens; a start that is told as ready
//! serves clients. Source: sd_notify(3).

use crate::log::Log;
use ringlog_shard::env::Level;
use sd_notify::NotifyState;

/// The broker serves.
pub fn ready(log: &Log, cluster: &str) {
    tell(log, &[NotifyState::Ready, NotifyState::Status(&format!("serving cluster {cluster}"))]);
}

/// The broker drains, and ends by itself.
pub fn stopping(log: &Log) {
    tell(log, &[NotifyState::Stopping, NotifyState::Status("draining")]);
}

/// Without NOTIFY_SOCKET in the environment this does nothing.
fn tell(log: &Log, what: &[NotifyState<'_>]) {
    if let Err(e) = sd_notify::notify(what) {
        log.line(Level::Warn, "boot", &format!("the service manager could not be told: {e}"));
    }
}
