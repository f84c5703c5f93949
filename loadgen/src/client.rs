//! The raw client: one spinning thread, many connections, one request in flight on each.
//!
//! Owner: one run. It sends requests made beforehand, so that its own cost is small and the same for every
//! server; it is closed-loop: it finds a server's rate, and the latency at that rate.

use crate::frames::Check;
use hdrhistogram::Histogram;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// What a run measured.
pub struct Measured {
    /// Requests answered in the measured part.
    pub requests: u64,
    /// Seconds of the measured part.
    pub seconds: f64,
    /// Latency in nanoseconds.
    pub latency: Histogram<u64>,
}

impl Measured {
    /// Requests per second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.requests as f64 / self.seconds
    }

    /// Latency at quantile `q` in milliseconds.
    #[must_use]
    pub fn ms(&self, q: f64) -> f64 {
        self.latency.value_at_quantile(q) as f64 / 1e6
    }
}

/// How a run goes.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Connections, each with one request in flight.
    pub connections: usize,
    /// Not measured.
    pub warmup: Duration,
    /// Measured.
    pub duration: Duration,
    /// Checks an answer: `None` if it is a success, else what is wrong.
    pub check: Check,
}

struct Conn {
    socket: TcpStream,
    input: Vec<u8>,
    /// Which request comes next.
    next: usize,
    correlation: u32,
    sent: Instant,
}

/// Runs `requests` (whole frames; their correlation id is replaced) against `addr`: every connection takes every
/// request in turn, each from another start. Errors: a connection failed, or a measured request was refused.
pub fn run(addr: SocketAddr, requests: &[Vec<u8>], plan: Plan) -> io::Result<Measured> {
    let mut poll = Poll::new()?;
    let mut conns = Vec::with_capacity(plan.connections);
    for i in 0..plan.connections {
        let socket = std::net::TcpStream::connect(addr)?;
        socket.set_nodelay(true)?;
        socket.set_nonblocking(true)?;
        let mut socket = TcpStream::from_std(socket);
        poll.registry().register(&mut socket, Token(i), Interest::READABLE)?;
        let next = i * requests.len() / plan.connections;
        conns.push(Conn {
            socket,
            input: Vec::with_capacity(4096),
            next,
            correlation: 0,
            sent: Instant::now(),
        });
    }
    let mut frame = Vec::new();
    for conn in &mut conns {
        conn.send(requests, &mut frame)?;
    }
    let start = Instant::now() + plan.warmup;
    let end = start + plan.duration;
    let latency = Histogram::new_with_bounds(1_000, 120_000_000_000, 3).map_err(io::Error::other)?;
    let mut measured = Measured { requests: 0, seconds: plan.duration.as_secs_f64(), latency };
    let mut events = Events::with_capacity(plan.connections.max(64));
    loop {
        // Spins: a sleeping client would add its own wake-up to every latency.
        poll.poll(&mut events, Some(Duration::ZERO))?;
        let now = Instant::now();
        if now >= end {
            return Ok(measured);
        }
        for event in &events {
            let Some(conn) = conns.get_mut(event.token().0) else { continue };
            let Some(refused) = conn.receive(plan.check)? else { continue };
            let now = Instant::now();
            // New partitions of some brokers refuse for a while; once the clock runs, a refusal ends the run.
            match refused {
                Some(why) if now >= start => return Err(io::Error::other(why)),
                _ => {
                    if now >= start && now < end {
                        measured.requests += 1;
                        let nanos = u64::try_from((now - conn.sent).as_nanos()).unwrap_or(u64::MAX);
                        measured.latency.saturating_record(nanos);
                    }
                    conn.send(requests, &mut frame)?;
                }
            }
        }
    }
}

impl Conn {
    fn send(&mut self, requests: &[Vec<u8>], frame: &mut Vec<u8>) -> io::Result<()> {
        let request = requests.get(self.next % requests.len()).map(Vec::as_slice).unwrap_or_default();
        self.next = (self.next + 1) % requests.len();
        self.correlation = self.correlation.wrapping_add(1) & 0x7fff_ffff;
        frame.clear();
        frame.extend_from_slice(request);
        if let Some(place) = frame.get_mut(8..12) {
            place.copy_from_slice(&self.correlation.to_be_bytes());
        }
        self.sent = Instant::now();
        let mut rest = frame.as_slice();
        while !rest.is_empty() {
            match self.socket.write(rest) {
                Ok(n) => rest = rest.get(n..).unwrap_or_default(),
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => std::hint::spin_loop(),
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// Reads. `Some` when the one outstanding answer is complete, with what the check says of it.
    fn receive(&mut self, check: fn(&[u8]) -> Option<String>) -> io::Result<Option<Option<String>>> {
        let mut piece = [0u8; 4096];
        loop {
            match self.socket.read(&mut piece) {
                Ok(0) => return Err(io::Error::other("the server closed a connection")),
                Ok(n) => self.input.extend_from_slice(piece.get(..n).unwrap_or_default()),
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => break,
                Err(e) => return Err(e),
            }
        }
        let size = self.input.get(..4).and_then(|s| s.try_into().ok()).map(u32::from_be_bytes);
        let Some(size) = size.map(|s| s as usize + 4) else { return Ok(None) };
        if self.input.len() < size {
            return Ok(None);
        }
        let correlation = self.input.get(4..8).and_then(|s| s.try_into().ok()).map(u32::from_be_bytes);
        if correlation != Some(self.correlation) {
            return Err(io::Error::other("an answer out of order"));
        }
        let refused = check(self.input.get(8..size).unwrap_or_default());
        self.input.drain(..size);
        Ok(Some(refused))
    }
}
