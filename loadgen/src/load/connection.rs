//! One connection: frames out, frames in, in the order in which they were asked.
//!
//! Owner: one generator thread. Invariants: at most `window` requests are in flight; what does not fit the socket
//! waits here and goes when it is writable; an answer that is out of order ends the run.

use crate::frames::FRAME_MAX;
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::time::Duration;

/// How long a broker may take to accept a connection.
const CONNECTED_WITHIN: Duration = Duration::from_secs(5);

/// A request that waits for its answer. `T`: what the caller wants back with it.
struct Asked<T> {
    correlation: u32,
    what: T,
}

/// The connection.
pub struct Connection<T> {
    socket: TcpStream,
    token: Token,
    correlation: u32,
    out: Vec<u8>,
    /// Of `out`, what the socket has taken.
    sent: usize,
    waits_to_write: bool,
    input: Vec<u8>,
    /// Of `input`, what was handed on.
    used: usize,
    asked: VecDeque<Asked<T>>,
}

impl<T> Connection<T> {
    /// Connects and registers as `token`. Errors: the socket's.
    pub fn open(addr: SocketAddr, token: Token, registry: &Registry) -> io::Result<Self> {
        let socket = std::net::TcpStream::connect_timeout(&addr, CONNECTED_WITHIN)?;
        socket.set_nodelay(true)?;
        socket.set_nonblocking(true)?;
        let mut socket = TcpStream::from_std(socket);
        registry.register(&mut socket, token, Interest::READABLE)?;
        Ok(Self {
            socket,
            token,
            correlation: 0,
            out: Vec::new(),
            sent: 0,
            waits_to_write: false,
            input: Vec::new(),
            used: 0,
            asked: VecDeque::new(),
        })
    }

    /// Requests without an answer.
    pub fn in_flight(&self) -> usize {
        self.asked.len()
    }

    /// Sends a whole request frame under a correlation id of its own. `what`: comes back with the answer; `None` for
    /// a request that gets none.
    pub fn send(&mut self, frame: &[u8], what: Option<T>, registry: &Registry) -> io::Result<()> {
        self.correlation = self.correlation.wrapping_add(1) & 0x7fff_ffff;
        let at = self.out.len();
        self.out.extend_from_slice(frame);
        if let Some(place) = self.out.get_mut(at + 8..at + 12) {
            place.copy_from_slice(&self.correlation.to_be_bytes());
        }
        if let Some(what) = what {
            self.asked.push_back(Asked { correlation: self.correlation, what });
        }
        self.write(registry)
    }

    /// Writes what waits.
    pub fn write(&mut self, registry: &Registry) -> io::Result<()> {
        while self.sent < self.out.len() {
            match self.socket.write(self.out.get(self.sent..).unwrap_or_default()) {
                Ok(n) => self.sent += n,
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => return self.wait_to_write(true, registry),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        self.out.clear();
        self.sent = 0;
        self.wait_to_write(false, registry)
    }

    fn wait_to_write(&mut self, waits: bool, registry: &Registry) -> io::Result<()> {
        if self.waits_to_write != waits {
            self.waits_to_write = waits;
            let both = Interest::READABLE | Interest::WRITABLE;
            let interest = if waits { both } else { Interest::READABLE };
            registry.reregister(&mut self.socket, self.token, interest)?;
        }
        Ok(())
    }

    /// Reads what has come, through `scratch`, until there is nothing more: readiness is told once. Less than was
    /// asked for is all there was, unless the other side has `closed`.
    pub fn read(&mut self, scratch: &mut [u8], closed: bool) -> io::Result<()> {
        self.input.drain(..self.used);
        self.used = 0;
        loop {
            match self.socket.read(scratch) {
                Ok(0) => return Err(io::Error::other("the broker closed a connection")),
                Ok(n) => {
                    self.input.extend_from_slice(scratch.get(..n).unwrap_or_default());
                    if n < scratch.len() && !closed {
                        return Ok(());
                    }
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }

    /// The next whole answer behind its correlation id, with what was asked. Errors: it answers something else.
    pub fn next_answer(&mut self) -> io::Result<Option<(T, &[u8])>> {
        let rest = self.input.get(self.used..).unwrap_or_default();
        let Some(size) = rest.get(..4).and_then(|s| s.try_into().ok()).map(u32::from_be_bytes) else {
            return Ok(None);
        };
        let size = size as usize;
        if !(4..=FRAME_MAX).contains(&size) {
            return Err(io::Error::other(format!("an answer of {size} bytes")));
        }
        if rest.len() < 4 + size {
            return Ok(None);
        }
        let (start, end) = (self.used + 4, self.used + 4 + size);
        self.used = end;
        let frame = self.input.get(start..end).unwrap_or_default();
        let correlation = frame.get(..4).and_then(|c| c.try_into().ok()).map(u32::from_be_bytes);
        match self.asked.pop_front() {
            Some(asked) if Some(asked.correlation) == correlation => {
                Ok(Some((asked.what, frame.get(4..).unwrap_or_default())))
            }
            _ => Err(io::Error::other("an answer out of order")),
        }
    }
}
