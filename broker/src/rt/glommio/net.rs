//! `Net` and `Conn` on glommio's sockets.
//!
//! Owner: the core. Invariants: a receive and a send are system calls that do not wait, so that the kernel holds no
//! buffer of ours between them; glommio's ring only tells when the socket is ready; running out of descriptors waits,
//! it never spins, and some are left for files; a connection that makes no progress is ended by the kernel
//! (TCP_USER_TIMEOUT, set on the listener).

use super::core::Core;
use super::error::of_call;
use super::file::GlommioFile;
use super::sys;
use crate::rt::uring::listen::fd_bound;
use bytes::{Bytes, BytesMut};
use futures_io::{AsyncRead, AsyncWrite};
use glommio::net::{TcpListener, TcpStream};
use glommio::timer::sleep;
use nix::sys::socket::{Shutdown, shutdown};
use ringlog_shard::env::{Conn, Net, SendPart};
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, RawFd};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

/// Pause after running out of descriptors.
const EXHAUSTED: Duration = Duration::from_millis(100);
/// Parts that are shorter go together: a system call costs more than their copy.
const SHORT: usize = 16 << 10;
/// Bytes that go together.
const TOGETHER_MAX: usize = 64 << 10;
/// Bytes that a reader takes out of its socket in a row before others have their turn.
const READ_MAX: usize = 64 << 10;

/// The sockets of one core.
#[derive(Clone)]
pub struct GlommioNet {
    pub(super) core: Rc<Core>,
    listeners: Rc<[TcpListener]>,
    fd_bound: RawFd,
}

impl GlommioNet {
    /// On the core's executor.
    pub(super) fn new(core: &Rc<Core>, listeners: Vec<std::net::TcpListener>) -> Self {
        let listeners = listeners.into_iter().map(sys::adopt_listener).collect();
        Self { core: Rc::clone(core), listeners, fd_bound: fd_bound() }
    }

    /// True if a descriptor below the bound is free: the kernel hands out the lowest.
    fn has_room(&self) -> bool {
        let probe = std::fs::File::open("/dev/null");
        probe.is_ok_and(|probe| probe.as_raw_fd() < self.fd_bound)
    }
}

impl Net for GlommioNet {
    type File = GlommioFile;
    type Conn = GlommioConn;

    async fn accept(&self, listener: usize) -> io::Result<GlommioConn> {
        let Some(listener) = self.listeners.get(listener) else {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("no listener {listener} on this core"),
            ));
        };
        loop {
            // Whoever comes meanwhile waits in the kernel's backlog.
            if !self.has_room() {
                sleep(EXHAUSTED).await;
                continue;
            }
            let stream = match listener.accept().await.map_err(of_call) {
                Ok(stream) => stream,
                Err(e) => match e.raw_os_error() {
                    Some(libc::EMFILE | libc::ENFILE | libc::ENOBUFS | libc::ENOMEM) => {
                        sleep(EXHAUSTED).await;
                        continue;
                    }
                    Some(libc::EBADF | libc::EINVAL | libc::EOPNOTSUPP | libc::ENOTSOCK) => return Err(e),
                    // Errors of the one connection, not of the listener: accept(2) names them.
                    _ => continue,
                },
            };
            // A client that has gone already has no address: the next one.
            if let (Ok(peer), Ok(local)) = (stream.peer_addr(), stream.local_addr()) {
                let (core, stream) = (Rc::clone(&self.core), RefCell::new(stream));
                let in_a_row = Cell::new(0);
                return Ok(GlommioConn(Rc::new(Handle { core, stream, peer, local, in_a_row })));
            }
        }
    }
}

pub(super) struct Handle {
    pub(super) core: Rc<Core>,
    stream: RefCell<TcpStream>,
    peer: SocketAddr,
    local: SocketAddr,
    /// Bytes read since others had their turn.
    in_a_row: Cell<usize>,
}

impl Handle {
    fn shutdown(&self) {
        // The only failure is a connection that is closed already.
        let _ = shutdown(self.stream.borrow().as_raw_fd(), Shutdown::Both);
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // The ring may wait for the socket and hold it open a while: the client hears of the end now.
        self.shutdown();
    }
}

/// One accepted connection; the socket closes with the last clone.
#[derive(Clone)]
pub struct GlommioConn(pub(super) Rc<Handle>);

impl GlommioConn {
    /// Sends all of `bytes`.
    pub(super) async fn send_bytes(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let write = poll_fn(|cx| Pin::new(&mut *self.0.stream.borrow_mut()).poll_write(cx, bytes));
            match write.await {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => bytes = bytes.get(n..).unwrap_or_default(),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// Sends the parts that are in memory, short ones together.
    async fn send_all(&self, parts: impl Iterator<Item = Bytes>) -> io::Result<()> {
        let mut together = BytesMut::new();
        for part in parts {
            if part.len() < SHORT {
                together.extend_from_slice(&part);
                if together.len() <= TOGETHER_MAX {
                    continue;
                }
            }
            self.send_bytes(&together).await?;
            together.clear();
            if part.len() >= SHORT {
                self.send_bytes(&part).await?;
            }
        }
        self.send_bytes(&together).await
    }
}

impl Conn for GlommioConn {
    type File = GlommioFile;

    fn peer(&self) -> SocketAddr {
        self.0.peer
    }

    fn local(&self) -> SocketAddr {
        self.0.local
    }

    async fn recv(&self, into: &mut BytesMut, max: usize) -> io::Result<usize> {
        assert!(max > 0, "a receive of nothing would look like the end");
        poll_fn(|cx| {
            let row = &self.0.in_a_row;
            if row.get() >= READ_MAX {
                row.set(0);
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            let mut landing = self.0.core.landing.borrow_mut();
            let room = max.min(landing.len());
            let place = landing.get_mut(..room).expect("bounded by its length");
            let mut stream = self.0.stream.borrow_mut();
            loop {
                let Poll::Ready(done) = Pin::new(&mut *stream).poll_read(cx, place) else {
                    row.set(0);
                    return Poll::Pending;
                };
                match done {
                    Ok(n) => {
                        row.set(row.get() + n);
                        into.extend_from_slice(place.get(..n).expect("no more than there was room for"));
                        return Poll::Ready(Ok(n));
                    }
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    Err(e) => return Poll::Ready(Err(e)),
                }
            }
        })
        .await
    }

    async fn send(&self, parts: &mut Vec<SendPart<GlommioFile>>) -> io::Result<()> {
        let mut rest = parts.drain(..).peekable();
        while rest.peek().is_some() {
            let in_memory = std::iter::from_fn(|| match rest.next_if(|p| matches!(p, SendPart::Bytes(_))) {
                Some(SendPart::Bytes(bytes)) => Some(bytes),
                _ => None,
            });
            self.send_all(in_memory).await?;
            if let Some(SendPart::File(region)) = rest.next_if(|p| matches!(p, SendPart::File(_))) {
                self.send_file(&region).await?;
            }
        }
        Ok(())
    }

    fn shutdown(&self) {
        self.0.shutdown();
    }
}
