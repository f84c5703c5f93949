//! The network in memory: byte pipes with a bounded buffer, cut into random pieces.
//!
//! Owner: one `Network` per running node. Invariants: bytes of one connection keep their order; a full pipe
//! holds its writer; a closed end reads as 0 bytes. Faults: pieces of 1 byte, delays, a connection dropped.

use crate::disk::MemFile;
use crate::exec::Exec;
use crate::world;
use bytes::BytesMut;
use ringlog_shard::env::{Conn, Net, SendPart};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::task::{Poll, Waker};

/// Bytes a pipe holds before its writer waits.
const PIPE_MAX: usize = 256 * 1024;

#[derive(Default)]
struct Pipe {
    bytes: VecDeque<u8>,
    closed: bool,
    wakers: Vec<Waker>,
}

impl Pipe {
    fn wake(&mut self) {
        self.wakers.drain(..).for_each(Waker::wake);
    }
}

type SharedPipe = Rc<RefCell<Pipe>>;

#[derive(Default)]
struct Backlog {
    waiting: VecDeque<SimConn>,
    acceptors: Vec<Waker>,
}

/// The listeners of one node; clones share them.
#[derive(Clone)]
pub struct Network {
    exec: Exec,
    /// One backlog per core and listener.
    backlogs: Rc<RefCell<Vec<Vec<Backlog>>>>,
    next_port: Rc<Cell<u16>>,
}

impl Network {
    /// Listeners for `cores` data cores with `listeners` addresses each.
    #[must_use]
    pub fn new(exec: Exec, cores: usize, listeners: usize) -> Self {
        let per_core = || (0..listeners).map(|_| Backlog::default()).collect();
        let backlogs = (0..cores).map(|_| per_core()).collect();
        Self { exec, backlogs: Rc::new(RefCell::new(backlogs)), next_port: Rc::new(Cell::new(40_000)) }
    }

    /// Connects a client to listener `listener` of core `core`; returns the client's end.
    ///
    /// # Panics
    /// If there is no such core or listener.
    #[must_use]
    pub fn connect(&self, core: usize, listener: usize) -> SimConn {
        let (to_server, to_client) = (SharedPipe::default(), SharedPipe::default());
        let port = self.next_port.get();
        self.next_port.set(port.wrapping_add(1).max(40_000));
        let client = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let server = SocketAddr::from((Ipv4Addr::LOCALHOST, 9092));
        let end = |read: &SharedPipe, write: &SharedPipe, local, peer| SimConn {
            exec: self.exec.clone(),
            read: Rc::clone(read),
            write: Rc::clone(write),
            local,
            peer,
        };
        let mut backlogs = self.backlogs.borrow_mut();
        let backlog = backlogs
            .get_mut(core)
            .and_then(|l| l.get_mut(listener))
            .expect("a test names an existing listener");
        backlog.waiting.push_back(end(&to_server, &to_client, server, client));
        backlog.acceptors.drain(..).for_each(Waker::wake);
        end(&to_client, &to_server, client, server)
    }

    /// The `Net` of core `core`.
    #[must_use]
    pub fn of(&self, core: usize) -> SimNet {
        SimNet { network: self.clone(), core }
    }
}

/// One core's sockets.
#[derive(Clone)]
pub struct SimNet {
    network: Network,
    core: usize,
}

impl Net for SimNet {
    type File = MemFile;
    type Conn = SimConn;

    async fn accept(&self, listener: usize) -> io::Result<SimConn> {
        std::future::poll_fn(|cx| {
            let mut backlogs = self.network.backlogs.borrow_mut();
            let Some(backlog) = backlogs.get_mut(self.core).and_then(|l| l.get_mut(listener)) else {
                return Poll::Pending;
            };
            if let Some(conn) = backlog.waiting.pop_front() {
                return Poll::Ready(Ok(conn));
            }
            backlog.acceptors.push(cx.waker().clone());
            Poll::Pending
        })
        .await
    }
}

/// One end of a connection; clones share it.
#[derive(Clone)]
pub struct SimConn {
    exec: Exec,
    read: SharedPipe,
    write: SharedPipe,
    local: SocketAddr,
    peer: SocketAddr,
}

impl SimConn {
    /// Writes all of `data`, waiting while the pipe is full. Error: the other end is closed.
    pub async fn write_all(&self, data: &[u8]) -> io::Result<()> {
        let mut rest = data;
        while !rest.is_empty() {
            let room = std::future::poll_fn(|cx| {
                let mut pipe = self.write.borrow_mut();
                if pipe.closed {
                    return Poll::Ready(Err(io::Error::from(io::ErrorKind::BrokenPipe)));
                }
                let room = PIPE_MAX.saturating_sub(pipe.bytes.len());
                if room == 0 {
                    let _world = world::enter();
                    pipe.wakers.push(cx.waker().clone());
                    return Poll::Pending;
                }
                Poll::Ready(Ok(room))
            })
            .await?;
            let (now, later) = rest.split_at(room.min(rest.len()));
            let _world = world::enter();
            let mut pipe = self.write.borrow_mut();
            pipe.bytes.extend(now);
            pipe.wake();
            rest = later;
        }
        Ok(())
    }

    /// Closes only the writing direction.
    pub fn close_write(&self) {
        let mut pipe = self.write.borrow_mut();
        pipe.closed = true;
        pipe.wake();
    }
}

impl Conn for SimConn {
    type File = MemFile;

    fn peer(&self) -> SocketAddr {
        self.peer
    }

    fn local(&self) -> SocketAddr {
        self.local
    }

    async fn recv(&self, into: &mut BytesMut, max: usize) -> io::Result<usize> {
        self.exec.jitter(20_000).await;
        std::future::poll_fn(|cx| {
            let mut pipe = self.read.borrow_mut();
            if pipe.bytes.is_empty() {
                if pipe.closed {
                    return Poll::Ready(Ok(0));
                }
                let _world = world::enter();
                pipe.wakers.push(cx.waker().clone());
                return Poll::Pending;
            }
            // One read in four brings a small piece: framing must not depend on how bytes arrive.
            let rng = self.exec.rng();
            let most = if rng.one_in(4) { 1 + rng.below(64) } else { u64::MAX };
            let n = pipe.bytes.len().min(max).min(usize::try_from(most).unwrap_or(usize::MAX));
            into.extend(pipe.bytes.drain(..n));
            pipe.wake();
            Poll::Ready(Ok(n))
        })
        .await
    }

    async fn send(&self, parts: &mut Vec<SendPart<MemFile>>) -> io::Result<()> {
        for part in parts.drain(..) {
            match part {
                SendPart::Bytes(bytes) => self.write_all(&bytes).await?,
                SendPart::File(region) => {
                    let data = region.file.read(region.pos, region.len);
                    if data.len() < region.len {
                        return Err(io::Error::other("a segment is shorter than a response promised"));
                    }
                    self.write_all(&data).await?;
                }
            }
        }
        Ok(())
    }

    fn shutdown(&self) {
        for pipe in [&self.read, &self.write] {
            let mut pipe = pipe.borrow_mut();
            pipe.closed = true;
            pipe.wake();
        }
    }
}
