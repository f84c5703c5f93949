//! What a ring operation owns while the kernel works on it, and the submission entry built from it.
//!
//! Owner: the op slab of a core's ring. Invariants: every address in an entry points into memory that the
//! payload owns on the heap, or into the buffer ring, so moving the payload moves nothing that the kernel
//! sees; the payload is dropped only after the last completion of its operation.

use super::bufring::GROUP;
use super::conn::ConnInner;
use super::file::{Reading, UringFile};
use super::listen::ListenerInner;
use super::sendfile::ColdRead;
use bytes::Bytes;
use io_uring::{opcode, squeue, types::Fd};
use ringlog_storage::buf::AlignedBuf;
use std::os::fd::{AsRawFd, RawFd};
use std::ptr;
use std::rc::Rc;

/// Most bytes in one read or write; what is longer comes back short.
pub(super) const OP_LEN_MAX: usize = 1 << 30;

/// Most parts in one gathered write or send (the kernel takes 1,024).
pub(super) const PARTS_MAX: usize = 512;

/// Memory of one cold read, bytes: a piece and the pages that it begins and ends in.
pub(in crate::rt) const PIECE_BUFFER: usize = (256 << 10) + 4096;

/// Gathered bytes on their way to a socket.
pub(super) struct SendMsg {
    pub(super) bytes: Vec<Bytes>,
    iov: Vec<libc::iovec>,
    header: libc::msghdr,
    /// More follows: the kernel may hold back a partial segment.
    pub(super) more: bool,
}

impl SendMsg {
    pub(super) fn new() -> Box<Self> {
        let header = libc::msghdr {
            msg_name: ptr::null_mut(),
            msg_namelen: 0,
            msg_iov: ptr::null_mut(),
            msg_iovlen: 0,
            msg_control: ptr::null_mut(),
            msg_controllen: 0,
            msg_flags: 0,
        };
        Box::new(Self { bytes: Vec::new(), iov: Vec::new(), header, more: false })
    }

    /// Drops the first `n` bytes, which were sent.
    pub(super) fn advance(&mut self, mut n: usize) {
        let whole = self.bytes.iter().take_while(|b| {
            let fits = b.len() <= n;
            if fits {
                n -= b.len();
            }
            fits
        });
        let whole = whole.count();
        self.bytes.drain(..whole);
        if let Some(first) = self.bytes.first_mut() {
            // `n` is below the length of the first part that was not whole.
            *first = first.slice(n..);
        }
    }

    fn entry(&mut self, fd: Fd) -> squeue::Entry {
        let more = if self.more { libc::MSG_MORE } else { 0 };
        let flags = libc::MSG_NOSIGNAL | libc::MSG_WAITALL | more;
        if let [only] = self.bytes.as_slice() {
            let len = u32::try_from(only.len().min(OP_LEN_MAX)).expect("clamped");
            return opcode::Send::new(fd, only.as_ptr(), len).flags(flags).build();
        }
        self.iov.clear();
        self.iov.extend(
            self.bytes
                .iter()
                .map(|b| libc::iovec { iov_base: b.as_ptr().cast_mut().cast(), iov_len: b.len() }),
        );
        self.header.msg_iov = self.iov.as_mut_ptr();
        self.header.msg_iovlen = self.iov.len();
        let flags = u32::try_from(flags).expect("message flags are positive");
        opcode::SendMsg::new(fd, &raw const self.header).flags(flags).build()
    }
}

/// Gathered bytes on their way to a file.
pub(super) struct WriteV {
    pub(super) file: UringFile,
    pub(super) data: Vec<Bytes>,
    iov: Vec<libc::iovec>,
    pub(super) pos: u64,
}

impl WriteV {
    pub(super) fn new(file: UringFile, data: Vec<Bytes>, pos: u64) -> Box<Self> {
        Box::new(Self { file, data, iov: Vec::new(), pos })
    }

    fn entry(&mut self) -> squeue::Entry {
        self.iov.clear();
        self.iov.extend(
            self.data
                .iter()
                .map(|b| libc::iovec { iov_base: b.as_ptr().cast_mut().cast(), iov_len: b.len() }),
        );
        let n = u32::try_from(self.iov.len()).expect("at most PARTS_MAX");
        opcode::Writev::new(Fd(self.file.fd()), self.iov.as_ptr(), n).offset(self.pos).build()
    }
}

/// One positioned read or write of a block-aligned buffer.
pub(super) struct FileIo {
    pub(super) file: UringFile,
    pub(super) buf: AlignedBuf,
    pub(super) pos: u64,
    pub(super) len: usize,
    /// Set for a buffered read that others must know of.
    pub(super) reading: Option<Reading>,
}

/// Everything that an operation keeps alive.
pub(super) enum Payload {
    Read(FileIo),
    /// A read for a response that cannot be sent from the page cache.
    ColdRead(Box<ColdRead>),
    /// A write with `RWF_DSYNC`.
    WriteDurable(FileIo),
    WriteV(Box<WriteV>),
    Send(Rc<ConnInner>, Box<SendMsg>),
    /// Waits until the socket can take bytes.
    Writable(Rc<ConnInner>),
    /// Receives into provided buffers; many completions if the flag is set.
    Recv(Rc<ConnInner>, bool),
    Accept(Rc<ListenerInner>),
    /// The wake-up of helper threads: an 8 byte read of the eventfd.
    Event(RawFd, Box<[u8; 8]>),
    /// With the flusher thread; no entry of the ring.
    Away,
}

impl Payload {
    /// Bytes that leave this process by the operation.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::WriteDurable(io) => io.len,
            Self::WriteV(w) => w.data.iter().map(Bytes::len).sum(),
            Self::Send(_, message) => message.bytes.iter().map(Bytes::len).sum(),
            _ => 0,
        }
    }

    /// Builds the entry. The payload must not be changed until the operation is over.
    pub(super) fn entry(&mut self) -> squeue::Entry {
        match self {
            Self::Read(io) => {
                let len = io.len.min(io.buf.capacity()).min(OP_LEN_MAX);
                let len = u32::try_from(len).expect("clamped");
                opcode::Read::new(Fd(io.file.fd()), io.buf.as_mut_slice().as_mut_ptr(), len)
                    .offset(io.pos)
                    .build()
            }
            Self::ColdRead(read) => {
                let len = u32::try_from(read.len.min(PIECE_BUFFER)).expect("a piece is small");
                let address = read.lease.buf_mut().as_mut_slice().as_mut_ptr();
                opcode::Read::new(Fd(read.file.fd()), address, len).offset(read.start).build()
            }
            Self::WriteDurable(io) => {
                let len = u32::try_from(io.len.min(io.buf.capacity()).min(OP_LEN_MAX)).expect("clamped");
                opcode::Write::new(Fd(io.file.fd()), io.buf.as_ptr(), len)
                    .offset(io.pos)
                    .rw_flags(libc::RWF_DSYNC)
                    .build()
            }
            Self::WriteV(w) => w.entry(),
            Self::Send(conn, msg) => conn.entry(|fd| msg.entry(fd)),
            Self::Writable(conn) => {
                let out = u32::try_from(libc::POLLOUT).expect("a positive mask");
                conn.entry(|fd| opcode::PollAdd::new(fd, out).build())
            }
            Self::Recv(conn, true) => conn.entry(|fd| opcode::RecvMulti::new(fd, GROUP).build()),
            Self::Recv(conn, false) => {
                let receive = |fd| opcode::Recv::new(fd, ptr::null_mut(), 0).buf_group(GROUP).build();
                conn.entry(receive).flags(squeue::Flags::BUFFER_SELECT)
            }
            Self::Accept(listener) => opcode::AcceptMulti::new(Fd(listener.fd()))
                .flags(libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK)
                .build(),
            Self::Event(fd, buf) => opcode::Read::new(Fd(*fd), buf.as_mut_ptr(), 8).build(),
            Self::Away => opcode::Nop::new().build(),
        }
    }
}

impl AsRawFd for ConnInner {
    fn as_raw_fd(&self) -> RawFd {
        self.fd()
    }
}
