//! The admin endpoint: is the broker ready, how far are its groups?
//!
//! Owner: one ordinary thread, off the cores. Invariants: one connection at a time, `REQUEST_MAX` bytes and
//! `REQUEST_TIME` for each, nothing is kept between them; a question never enters a core.

mod groups;

pub use groups::Groups;

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A request's head is not longer than this.
const REQUEST_MAX: usize = 8 << 10;
/// A request must have arrived and its answer left after this time.
const REQUEST_TIME: Duration = Duration::from_secs(2);

/// Where the broker is in its life.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Recovery, boot.
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

/// The phase, shared with the thread.
#[derive(Clone)]
pub struct Status(Arc<Mutex<Phase>>);

impl Status {
    /// Starting.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Phase::Starting)))
    }

    /// Moves on.
    pub fn enter(&self, phase: Phase) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }

    fn answer(&self) -> (u16, String) {
        let phase = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match phase {
            Phase::Ready { cluster, node } => {
                (200, serde_json::json!({ "status": "ready", "cluster": cluster, "node": node }).to_string())
            }
            Phase::Starting => (503, serde_json::json!({ "status": "starting" }).to_string()),
            Phase::Stopping => (503, serde_json::json!({ "status": "stopping" }).to_string()),
        }
    }
}

/// Serves `listener` on a thread of its own for the life of the process.
pub fn serve(listener: TcpListener, status: Status, groups: Groups) -> io::Result<()> {
    let run = move || {
        loop {
            match listener.accept() {
                // A client that goes away or is slow is its own problem.
                Ok((mut stream, _)) => drop(handle(&mut stream, &status, &groups)),
                // No descriptors left: wait for some to come back.
                Err(_) => std::thread::sleep(Duration::from_millis(100)),
            }
        }
    };
    std::thread::Builder::new().name("admin".into()).spawn(run).map(drop)
}

fn handle(stream: &mut TcpStream, status: &Status, groups: &Groups) -> io::Result<()> {
    let deadline = Instant::now() + REQUEST_TIME;
    let mut head = Vec::new();
    let mut piece = [0u8; 1024];
    while !head.windows(4).any(|w| w == b"\r\n\r\n") {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || head.len() > REQUEST_MAX {
            return Ok(());
        }
        stream.set_read_timeout(Some(left))?;
        let n = stream.read(&mut piece)?;
        if n == 0 {
            return Ok(());
        }
        head.extend_from_slice(piece.get(..n).unwrap_or_default());
    }
    let (code, body) = route(&head, status, groups);
    stream.set_write_timeout(Some(REQUEST_TIME))?;
    stream.write_all(respond(code, &body).as_bytes())
}

fn route(head: &[u8], status: &Status, groups: &Groups) -> (u16, String) {
    let error = |code, text: &str| (code, serde_json::json!({ "error": text }).to_string());
    let line = head.split(|b| *b == b'\r').next().unwrap_or_default();
    let Ok(line) = std::str::from_utf8(line) else { return error(400, "not HTTP") };
    let mut words = line.split(' ');
    let (Some(method), Some(target), Some(version)) = (words.next(), words.next(), words.next()) else {
        return error(400, "not HTTP");
    };
    if !version.starts_with("HTTP/1.") {
        return error(400, "not HTTP");
    }
    let path = target.split('?').next().unwrap_or_default();
    match (method, path) {
        ("GET", "/v1/status/ready") => status.answer(),
        ("GET", "/v1/groups") => (200, groups.json()),
        ("GET", "/metrics") => (200, groups.metrics()),
        (_, "/v1/status/ready" | "/v1/groups" | "/metrics") => error(405, "GET only"),
        _ => error(404, "not found; there are /v1/status/ready, /v1/groups and /metrics"),
    }
}

fn respond(code: u16, body: &str) -> String {
    let reason = match code {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        _ => "Service Unavailable",
    };
    let length = body.len() + 1;
    let kind = if body.starts_with('{') { "application/json" } else { "text/plain; version=0.0.4" };
    format!(
        "HTTP/1.1 {code} {reason}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(address: std::net::SocketAddr, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(address).expect("connect");
        stream.write_all(request).expect("send");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("read");
        answer
    }

    #[test]
    fn readiness_follows_the_phase() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
        let address = listener.local_addr().expect("bound");
        let status = Status::new();
        serve(listener, status.clone(), Groups::default()).expect("thread");
        let ready = b"GET /v1/status/ready HTTP/1.1\r\nHost: x\r\n\r\n";
        assert!(ask(address, ready).starts_with("HTTP/1.1 503 "));
        status.enter(Phase::Ready { cluster: "c".into(), node: 1 });
        let answer = ask(address, ready);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.ends_with("{\"cluster\":\"c\",\"node\":1,\"status\":\"ready\"}\n"), "{answer}");
        status.enter(Phase::Stopping);
        assert!(ask(address, ready).contains("stopping"));
        assert!(ask(address, b"GET /metrics HTTP/1.1\r\n\r\n").contains("text/plain; version=0.0.4\r\n"));
        assert!(
            ask(address, b"GET /v1/groups HTTP/1.1\r\n\r\n").ends_with("{\"groups\":[],\"left_out\":0}\n")
        );
        assert!(ask(address, b"GET / HTTP/1.0\r\n\r\n").starts_with("HTTP/1.1 404 "));
        assert!(ask(address, b"\x16\x03\x01\r\n\r\n").starts_with("HTTP/1.1 400 "));
    }
}
