//! The network in memory: byte pipes with a bounded buffer, delayed, cut into random pieces, and cut off.
//!
//! The model. A connection is two pipes. Bytes of one pipe keep their order; connections have none among each
//! other. Each piece written arrives after a delay of its own (never before the piece in front of it), and a read
//! may bring any part of what has arrived. A full pipe holds its writer. What goes wrong: a connection is *lost*
//! (both ends see an end, and bytes on their way are gone); it is *half-open* (one end is gone and the other is
//! not told: its bytes vanish, and nothing comes); the network is *partitioned* (nothing arrives before a moment
//! in time, then everything does). When a process dies its connections are lost; when the power goes they are
//! half-open, or lost, connection by connection.
//!
//! The network is a checker, too: bytes given to `send` must not change before they are sent.
//!
//! Owner: one `Network` per running node. Invariant: bytes that arrive are those that were sent, in order,
//! without a gap.

use crate::disk::{MemDisk, MemFile};
use crate::exec::Exec;
use crate::world;
use bytes::BytesMut;
use ringlog_shard::env::{Conn, Net, SendPart};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::{Rc, Weak};
use std::task::{Poll, Waker};

/// What a simulated network does.
#[derive(Clone, Debug)]
pub struct NetModel {
    /// Longest delay of a piece, ns.
    pub delay_max: u64,
    /// Bytes a pipe holds before its writer waits.
    pub pipe_max: usize,
    /// One read in so many brings only a small piece; 0 is never.
    pub pieces: u64,
    /// Nothing arrives before this virtual time, ns.
    pub partitioned_until: u64,
}

impl Default for NetModel {
    fn default() -> Self {
        Self { delay_max: 20_000, pipe_max: 256 * 1024, pieces: 4, partitioned_until: 0 }
    }
}

#[derive(Default)]
struct Pipe {
    /// Pieces, each with the time from which it can be read.
    pieces: VecDeque<(u64, VecDeque<u8>)>,
    len: usize,
    closed: bool,
    /// The reader is gone and the writer does not know.
    vanishing: bool,
    wakers: Vec<Waker>,
}

impl Pipe {
    fn wake(&mut self) {
        self.wakers.drain(..).for_each(Waker::wake);
    }

    fn push(&mut self, at: u64, data: &[u8]) {
        if self.vanishing {
            return;
        }
        let at = self.pieces.back().map_or(at, |(before, _)| at.max(*before));
        self.len += data.len();
        match self.pieces.back_mut() {
            Some((when, piece)) if *when == at => piece.extend(data),
            _ => self.pieces.push_back((at, data.iter().copied().collect())),
        }
    }

    /// Loses what is on its way.
    fn lose(&mut self) {
        self.pieces.clear();
        self.len = 0;
    }
}

type SharedPipe = Rc<RefCell<Pipe>>;

#[derive(Default)]
struct Backlog {
    waiting: VecDeque<SimConn>,
    acceptors: Vec<Waker>,
}

/// The two pipes of a connection: to the server, to the client.
type Pair = (Weak<RefCell<Pipe>>, Weak<RefCell<Pipe>>);

struct Shared {
    exec: Exec,
    disk: Option<MemDisk>,
    model: RefCell<NetModel>,
    /// One backlog per core and listener.
    backlogs: RefCell<Vec<Vec<Backlog>>>,
    next_port: Cell<u16>,
    pairs: RefCell<Vec<Pair>>,
    down: Cell<bool>,
}

/// The listeners of one node and their connections; clones share them.
#[derive(Clone)]
pub struct Network(Rc<Shared>);

impl Network {
    /// Listeners for `cores` data cores with `listeners` addresses each; segments are read through `disk`.
    #[must_use]
    pub fn new(exec: Exec, disk: Option<MemDisk>, cores: usize, listeners: usize) -> Self {
        let per_core = || (0..listeners).map(|_| Backlog::default()).collect();
        let backlogs = (0..cores).map(|_| per_core()).collect();
        Self(Rc::new(Shared {
            exec,
            disk,
            model: RefCell::default(),
            backlogs: RefCell::new(backlogs),
            next_port: Cell::new(40_000),
            pairs: RefCell::default(),
            down: Cell::new(false),
        }))
    }

    /// Changes how the network behaves from now on.
    pub fn set_model(&self, change: impl FnOnce(&mut NetModel)) {
        change(&mut self.0.model.borrow_mut());
    }

    /// Cores that accept connections.
    #[must_use]
    pub fn cores(&self) -> usize {
        self.0.backlogs.borrow().len()
    }

    /// Connects a client to listener `listener` of core `core`; returns the client's end.
    ///
    /// # Panics
    /// If there is no such core or listener.
    #[must_use]
    pub fn connect(&self, core: usize, listener: usize) -> SimConn {
        let (to_server, to_client) = (SharedPipe::default(), SharedPipe::default());
        let port = self.0.next_port.get();
        self.0.next_port.set(port.wrapping_add(1).max(40_000));
        let client = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let server = SocketAddr::from((Ipv4Addr::LOCALHOST, 9092));
        let end = |read: &SharedPipe, write: &SharedPipe, local, peer| SimConn {
            network: self.clone(),
            read: Rc::clone(read),
            write: Rc::clone(write),
            local,
            peer,
        };
        let mut pairs = self.0.pairs.borrow_mut();
        pairs.retain(|(a, b)| a.strong_count() + b.strong_count() > 0);
        pairs.push((Rc::downgrade(&to_server), Rc::downgrade(&to_client)));
        drop(pairs);
        let theirs = end(&to_client, &to_server, client, server);
        if self.0.down.get() {
            theirs.cut();
            return theirs;
        }
        let mut backlogs = self.0.backlogs.borrow_mut();
        let backlog = backlogs
            .get_mut(core)
            .and_then(|l| l.get_mut(listener))
            .expect("a test names an existing listener");
        backlog.waiting.push_back(end(&to_server, &to_client, server, client));
        backlog.acceptors.drain(..).for_each(Waker::wake);
        theirs
    }

    /// Loses about half of the connections, with what is on their way.
    pub fn lose_some(&self) {
        self.strike_some(|pipe| {
            pipe.closed = true;
            pipe.wake();
        });
    }

    /// Half of the clients hear nothing any more, and what the server sends to them vanishes.
    pub fn vanish_some(&self) {
        self.strike_some(|pipe| pipe.vanishing = true);
    }

    /// Loses what is on its way in both directions of about half of the connections, and does `how` to them.
    fn strike_some(&self, how: impl Fn(&mut Pipe)) {
        for (to_server, to_client) in self.0.pairs.borrow().iter() {
            if self.0.exec.rng().one_in(2) {
                continue;
            }
            for pipe in [to_server, to_client].into_iter().filter_map(Weak::upgrade) {
                let mut pipe = pipe.borrow_mut();
                pipe.lose();
                how(&mut pipe);
            }
        }
    }

    /// The process is gone. `half_open`: some of its clients are not told.
    pub fn go_down(&self, half_open: bool) {
        self.0.down.set(true);
        self.0.backlogs.borrow_mut().iter_mut().flatten().for_each(|b| b.waiting.clear());
        let rng = self.0.exec.rng();
        for (to_server, to_client) in self.0.pairs.take() {
            if let Some(pipe) = to_server.upgrade() {
                let mut pipe = pipe.borrow_mut();
                pipe.lose();
                pipe.vanishing = true;
                pipe.closed = !half_open || rng.one_in(2);
                pipe.wake();
            }
            if let Some(pipe) = to_client.upgrade() {
                let mut pipe = pipe.borrow_mut();
                // Answers that the kernel had already sent still arrive, or not.
                if rng.one_in(2) {
                    pipe.lose();
                }
                pipe.closed = !half_open || rng.one_in(2);
                pipe.wake();
            }
        }
    }

    /// The `Net` of core `core`.
    #[must_use]
    pub fn of(&self, core: usize) -> SimNet {
        SimNet { network: self.clone(), core }
    }

    fn arrival(&self) -> u64 {
        let model = self.0.model.borrow();
        let at = self.0.exec.now() + self.0.exec.rng().below(model.delay_max + 1);
        at.max(model.partitioned_until)
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
            let mut backlogs = self.network.0.backlogs.borrow_mut();
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
    network: Network,
    read: SharedPipe,
    write: SharedPipe,
    local: SocketAddr,
    peer: SocketAddr,
}

impl SimConn {
    /// Writes all of `data`, waiting while the pipe is full. Error: the other end is closed.
    pub async fn write_all(&self, data: &[u8]) -> io::Result<()> {
        let sum = crc32c::crc32c(data);
        let mut rest = data;
        while !rest.is_empty() {
            let max = self.network.0.model.borrow().pipe_max;
            let room = std::future::poll_fn(|cx| {
                let mut pipe = self.write.borrow_mut();
                if pipe.closed {
                    return Poll::Ready(Err(io::Error::from(io::ErrorKind::BrokenPipe)));
                }
                let room = max.saturating_sub(pipe.len);
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
            let at = self.network.arrival();
            let mut pipe = self.write.borrow_mut();
            pipe.push(at, now);
            pipe.wake();
            rest = later;
        }
        let seed = self.network.0.exec.seed();
        assert_eq!(crc32c::crc32c(data), sum, "seed {seed}: bytes changed while they were sent");
        Ok(())
    }

    /// Closes only the writing direction.
    pub fn close_write(&self) {
        let mut pipe = self.write.borrow_mut();
        pipe.closed = true;
        pipe.wake();
    }

    /// True if nothing that is sent to this end arrives any more.
    #[must_use]
    pub fn hears_nothing(&self) -> bool {
        self.read.borrow().vanishing
    }

    /// The connection is lost, and what is on its way with it.
    pub fn cut(&self) {
        for pipe in [&self.read, &self.write] {
            let mut pipe = pipe.borrow_mut();
            pipe.lose();
            pipe.closed = true;
            pipe.wake();
        }
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
        let exec = &self.network.0.exec;
        std::future::poll_fn(|cx| {
            let mut pipe = self.read.borrow_mut();
            let Some((at, piece)) = pipe.pieces.front_mut() else {
                if pipe.closed {
                    return Poll::Ready(Ok(0));
                }
                let _world = world::enter();
                pipe.wakers.push(cx.waker().clone());
                return Poll::Pending;
            };
            if *at > exec.now() {
                exec.timer(*at, cx.waker().clone());
                return Poll::Pending;
            }
            // Framing must not depend on how bytes arrive.
            let (rng, one_in) = (exec.rng(), self.network.0.model.borrow().pieces);
            let most = if one_in > 0 && rng.one_in(one_in) { 1 + rng.below(64) } else { u64::MAX };
            let n = piece.len().min(max).min(usize::try_from(most).unwrap_or(usize::MAX));
            let (front, back) = piece.as_slices();
            into.extend_from_slice(front.get(..n.min(front.len())).unwrap_or_default());
            into.extend_from_slice(back.get(..n.saturating_sub(front.len())).unwrap_or_default());
            piece.drain(..n);
            if piece.is_empty() {
                pipe.pieces.pop_front();
            }
            pipe.len -= n;
            pipe.wake();
            exec.note(n as u64);
            Poll::Ready(Ok(n))
        })
        .await
    }

    async fn send(&self, parts: &mut Vec<SendPart<MemFile>>) -> io::Result<()> {
        for part in parts.drain(..) {
            match part {
                SendPart::Bytes(bytes) => self.write_all(&bytes).await?,
                SendPart::File(region) => {
                    let read = match &self.network.0.disk {
                        Some(disk) => disk.read_now(&region.file, region.pos, region.len),
                        None => Ok(region.file.read(region.pos, region.len)),
                    };
                    let data = read.map_err(io::Error::other)?;
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
