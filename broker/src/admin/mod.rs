//! The admin endpoint: is the broker ready, what do its cores, its groups and its clients do?
//!
//! Owner: ordinary threads, off the cores (`http.rs`). Invariants: cores put reports on the `Board` and never wait for
//! who reads it; a question never enters a core; whatever the broker holds, an answer is bounded.

mod busy;
mod clients;
mod cores;
mod figures;
mod groups;
mod http;
#[cfg(test)]
mod series_tests;
mod stages;
mod text;

use clients::Clients;
use cores::Cores;
use groups::Groups;
use ringlog_shard::report::Report;
use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use text::{Series, Text};

/// Everything that can be asked.
const PATHS: [&str; 6] =
    ["/v1/status/ready", "/v1/cores", "/v1/groups", "/public_metrics", "/metrics", "/client_metrics"];

const READY: Series = Series { name: "ringlog_ready", labels: &[], help: "1 while the broker serves." };
const BUILD: Series = Series {
    name: "ringlog_build_info",
    labels: &["version", "commit"],
    help: "Always 1. The commit is that of the clone that it was built in, or unknown.",
};
const VERSION: &str = env!("CARGO_PKG_VERSION");
const COMMIT: &str = env!("RINGLOG_COMMIT");

/// Where the broker is in its life.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Phase {
    /// Recovery, boot.
    #[default]
    Starting,
    /// Serving.
    Ready {
        /// The cluster's id.
        cluster: String,
        /// This node's id.
        node: u32,
    },
    /// Draining.
    Stopping,
}

/// What is shown: the phase, and the newest reports.
#[derive(Clone, Default)]
pub struct Board {
    phase: Arc<Mutex<Phase>>,
    cores: Cores,
    groups: Groups,
    clients: Clients,
}

impl Board {
    /// Moves on.
    pub fn enter(&self, phase: Phase) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }

    /// Takes over what a core has to say.
    pub fn take(&self, core: u16, report: Report) {
        match report {
            Report::Core(report) => self.cores.put(core, *report),
            Report::Topics(report) => self.cores.put_topics(core, report),
            Report::Groups(report) => self.groups.put(core, report),
            Report::Client(report) => self.clients.put(report, Instant::now()),
        }
    }

    /// The runtime whose counters are shown.
    pub fn set_live(&self, live: crate::rt::uring::Live) {
        self.cores.set_live(live);
    }

    fn phase(&self) -> Phase {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn answer(&self, path: &str) -> Option<http::Answer> {
        Some(match path {
            "/v1/status/ready" => self.readiness(),
            "/v1/cores" => (200, self.cores.json()),
            "/v1/groups" => (200, self.groups.json()),
            "/public_metrics" => (200, self.public().0),
            "/metrics" => (200, self.internal().0),
            "/client_metrics" => (200, self.clients.metrics()),
            _ => return None,
        })
    }

    fn readiness(&self) -> http::Answer {
        let mut told = serde_json::Map::new();
        let mut tell = |name: &str, value: serde_json::Value| told.insert(name.to_owned(), value);
        tell("version", VERSION.into());
        tell("commit", COMMIT.into());
        let (code, status) = match self.phase() {
            Phase::Ready { cluster, node } => {
                tell("cluster", cluster.into());
                tell("node", node.into());
                (200, "ready")
            }
            Phase::Starting => (503, "starting"),
            Phase::Stopping => (503, "stopping"),
        };
        tell("status", status.into());
        (code, serde_json::Value::Object(told).to_string())
    }

    /// For dashboards and alerts: sums, topics, groups; a few thousand lines at most.
    fn public(&self) -> Text {
        let mut out = Text::default();
        out.single(&READY, u8::from(matches!(self.phase(), Phase::Ready { .. })));
        out.family(&BUILD);
        out.value(&BUILD, &[VERSION, COMMIT], 1);
        self.cores.public(&mut out);
        self.groups.public(&mut out);
        self.clients.counters(&mut out);
        out
    }

    /// For whoever looks for a cause: each core, and each partition of each group.
    fn internal(&self) -> Text {
        let mut out = Text::default();
        self.cores.internal(&mut out);
        self.groups.internal(&mut out);
        out
    }
}

/// Serves `listener` for the life of the process. Errors: no thread, no descriptor.
pub fn serve(listener: &TcpListener, board: Board) -> io::Result<()> {
    http::serve(listener, move |path| board.answer(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readiness_follows_the_phase_and_every_path_answers() {
        let board = Board::default();
        let ready = || board.answer("/v1/status/ready").expect("a path");
        let told = |code, status: &str| {
            (code, format!("{{\"commit\":\"{COMMIT}\",{status},\"version\":\"{VERSION}\"}}"))
        };
        assert_eq!(ready(), told(503, "\"status\":\"starting\""));
        board.enter(Phase::Ready { cluster: "c".into(), node: 1 });
        let (_, shown) = ready();
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&shown).expect("JSON"),
            serde_json::json!({
                "status": "ready", "cluster": "c", "node": 1, "version": VERSION, "commit": COMMIT
            })
        );
        assert!(board.public().0.contains("\nringlog_ready 1\n"));
        board.enter(Phase::Stopping);
        assert_eq!(ready().0, 503);
        assert!(board.public().0.contains("\nringlog_ready 0\n"));
        assert_eq!(board.answer("/v1/groups"), Some((200, "{\"groups\":[],\"left_out\":0}".to_owned())));
        assert!(PATHS.iter().all(|path| board.answer(path).is_some()));
        assert!(board.answer("/").is_none() && board.answer("/metrics/").is_none());
    }
}
