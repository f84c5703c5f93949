//! `Net` and `Conn` on the ring; sending of bytes.
//!
//! Owner: the core. Invariants: the bytes of a send belong to its operation until the kernel is done; one send
//! at a time per connection (the seam's contract); a connection that makes no progress is ended by the kernel
//! (TCP_USER_TIMEOUT, set on the listener), not by a timer of ours.

use super::conn::ConnInner;
use super::file::UringFile;
use super::listen::{Accepted, ListenerInner};
use super::op::{PARTS_MAX, Payload, SendMsg};
use super::reactor::{Core, OpFuture, Sleep};
use bytes::BytesMut;
use ringlog_shard::env::{Conn, Instant, Net, SendPart};
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

/// Pause after running out of descriptors.
const EXHAUSTED_NS: u64 = 100_000_000;

/// The sockets of one core.
#[derive(Clone)]
pub struct UringNet {
    pub(super) core: Rc<Core>,
    pub(super) listeners: Rc<[Rc<ListenerInner>]>,
}

impl Net for UringNet {
    type File = UringFile;
    type Conn = UringConn;

    async fn accept(&self, listener: usize) -> io::Result<UringConn> {
        let Some(listener) = self.listeners.get(listener) else {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("no listener {listener} on this core"),
            ));
        };
        loop {
            match poll_fn(|cx| listener.poll_next(&self.core.ring, cx)).await? {
                Accepted::Exhausted => Sleep::until(&self.core, self.core.now() + EXHAUSTED_NS).await,
                Accepted::Socket(stream) => {
                    // A client that has gone already has no address: the next one.
                    if let Ok(inner) = ConnInner::new(stream, &self.core.ring) {
                        let core = Rc::clone(&self.core);
                        return Ok(UringConn(Rc::new(Handle { core, inner })));
                    }
                }
            }
        }
    }
}

pub(super) struct Handle {
    pub(super) core: Rc<Core>,
    pub(super) inner: Rc<ConnInner>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.inner.release(&self.core);
    }
}

/// One accepted connection; the socket closes when the last clone and the last operation are gone.
#[derive(Clone)]
pub struct UringConn(pub(super) Rc<Handle>);

impl UringConn {
    /// Sends everything in `message` and keeps the emptied structure for the next time.
    pub(super) async fn send_bytes(&self, mut message: Box<SendMsg>) -> io::Result<()> {
        let inner = &self.0.inner;
        while !message.bytes.is_empty() {
            inner.sending.set(inner.sending.get() + 1);
            let op = OpFuture::start(&self.0.core, Payload::Send(Rc::clone(inner), message));
            let (result, payload) = op.await;
            inner.sending.set(inner.sending.get() - 1);
            let Payload::Send(_, back) = payload else { unreachable!("a send gives its message back") };
            message = back;
            match usize::try_from(result) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => message.advance(n),
                Err(_) if result == -libc::EINTR => {}
                Err(_) if result == -libc::EAGAIN => self.writable().await?,
                Err(_) => return Err(io::Error::from_raw_os_error(-result)),
            }
        }
        inner.message.set(Some(message));
        Ok(())
    }

    /// Waits until the socket can take bytes.
    pub(super) async fn writable(&self) -> io::Result<()> {
        let payload = Payload::Writable(Rc::clone(&self.0.inner));
        let (result, _) = OpFuture::start(&self.0.core, payload).cancel_on_drop().await;
        if result < 0 { Err(io::Error::from_raw_os_error(-result)) } else { Ok(()) }
    }

    /// An empty send structure.
    pub(super) fn message(&self) -> Box<SendMsg> {
        self.0.inner.message.take().unwrap_or_else(SendMsg::new)
    }
}

impl Conn for UringConn {
    type File = UringFile;

    fn peer(&self) -> SocketAddr {
        self.0.inner.peer
    }

    fn local(&self) -> SocketAddr {
        self.0.inner.local
    }

    async fn recv(&self, into: &mut BytesMut, max: usize) -> io::Result<usize> {
        poll_fn(|cx| self.0.inner.poll_recv(&self.0.core, cx, into, max)).await
    }

    fn arrived(&self) -> Option<Instant> {
        Some(Instant(self.0.inner.arrived()))
    }

    async fn send(&self, parts: &mut Vec<SendPart<UringFile>>) -> io::Result<()> {
        let mut rest = parts.drain(..).peekable();
        while rest.peek().is_some() {
            let mut message = self.message();
            message.bytes.clear();
            while message.bytes.len() < PARTS_MAX
                && let Some(SendPart::Bytes(bytes)) = rest.next_if(|p| matches!(p, SendPart::Bytes(_)))
            {
                if !bytes.is_empty() {
                    message.bytes.push(bytes);
                }
            }
            message.more = rest.peek().is_some();
            self.send_bytes(message).await?;
            if let Some(SendPart::File(region)) = rest.next_if(|p| matches!(p, SendPart::File(_))) {
                self.send_file(&region, rest.peek().is_some()).await?;
            }
        }
        Ok(())
    }

    fn shutdown(&self) {
        self.0.inner.shutdown();
    }
}
