//! The bare limit: a server that does nothing but append each request to one log, sync, and answer.
//!
//! Owner: one process. One thread serves all connections (epoll); another writes whatever has gathered with one
//! O_DIRECT, O_DSYNC write into a zero-filled file and hands the connections back. It parses nothing but the
//! length, keeps no offsets and checks no CRC: a broker that acknowledges durable records cannot be quicker.

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token, Waker};
use std::fs::File;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

/// O_DIRECT and O_DSYNC of Linux on x86-64 and other generic ABIs.
const O_DIRECT: i32 = 0o40000;
const O_DSYNC: i32 = 0o10000;
const BLOCK: usize = 4096;
/// Size of the recycled log, bytes.
pub const LOG_BYTES: u64 = 256 << 20;
/// Largest batch written at once, bytes.
const BATCH_MAX: usize = 4 << 20;
const LISTENER: Token = Token(usize::MAX);
const WAKE: Token = Token(usize::MAX - 1);

/// What one group of requests waits for.
struct Batch {
    bytes: Vec<u8>,
    waiting: Vec<(usize, [u8; 4])>,
}

struct Conn {
    socket: TcpStream,
    input: Vec<u8>,
}

/// Serves on `addr` until killed. With `sync` false the log is not written at all (the network's own limit).
pub fn serve(addr: SocketAddr, dir: &Path, sync: bool) -> io::Result<()> {
    let log = open_log(dir)?;
    let mut poll = Poll::new()?;
    let waker = Arc::new(Waker::new(poll.registry(), WAKE)?);
    let (to_disk, disk_in) = channel::<Batch>();
    let (disk_out, from_disk) = channel::<Batch>();
    std::thread::spawn(move || write_batches(&log, &disk_in, &disk_out, &waker));
    let mut listener = TcpListener::bind(addr)?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    println!("READY bare on {}", listener.local_addr()?);
    let mut server = Server { conns: Vec::new(), gathering: new_batch(), writing: false };
    let mut events = Events::with_capacity(1024);
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            match event.token() {
                LISTENER => server.accept(&listener, &poll)?,
                WAKE => {}
                Token(i) => server.read(i),
            }
        }
        while let Ok(done) = from_disk.try_recv() {
            server.writing = false;
            server.answer(&done.waiting);
        }
        if !server.writing && !server.gathering.waiting.is_empty() {
            let batch = std::mem::replace(&mut server.gathering, new_batch());
            if sync {
                server.writing = true;
                if to_disk.send(batch).is_err() {
                    return Err(io::Error::other("the writer thread ended"));
                }
            } else {
                server.answer(&batch.waiting);
            }
        }
    }
}

fn new_batch() -> Batch {
    Batch { bytes: Vec::with_capacity(256 * 1024), waiting: Vec::with_capacity(256) }
}

struct Server {
    conns: Vec<Option<Conn>>,
    gathering: Batch,
    writing: bool,
}

impl Server {
    fn accept(&mut self, listener: &TcpListener, poll: &Poll) -> io::Result<()> {
        while let Ok((mut socket, _)) = listener.accept() {
            socket.set_nodelay(true)?;
            let i = self.conns.iter().position(Option::is_none).unwrap_or(self.conns.len());
            poll.registry().register(&mut socket, Token(i), Interest::READABLE)?;
            let conn = Some(Conn { socket, input: Vec::with_capacity(64 * 1024) });
            match self.conns.get_mut(i) {
                Some(slot) => *slot = conn,
                None => self.conns.push(conn),
            }
        }
        Ok(())
    }

    /// Takes every whole request of connection `i` into the batch that is being gathered.
    fn read(&mut self, i: usize) {
        let Some(slot) = self.conns.get_mut(i) else { return };
        let Some(conn) = slot else { return };
        let mut piece = [0u8; 64 * 1024];
        loop {
            match conn.socket.read(&mut piece) {
                Ok(0) => {
                    *slot = None;
                    return;
                }
                Ok(n) => {
                    conn.input.extend_from_slice(piece.get(..n).unwrap_or_default());
                    if n < piece.len() {
                        break;
                    }
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => {
                    *slot = None;
                    return;
                }
            }
        }
        let mut used = 0;
        while let Some((size, correlation)) = frame(conn.input.get(used..).unwrap_or_default()) {
            let bytes = conn.input.get(used..used + size).unwrap_or_default();
            self.gathering.bytes.extend_from_slice(bytes);
            self.gathering.waiting.push((i, correlation));
            used += size;
        }
        conn.input.drain(..used);
    }

    fn answer(&mut self, waiting: &[(usize, [u8; 4])]) {
        for (i, correlation) in waiting {
            let Some(Some(conn)) = self.conns.get_mut(*i) else { continue };
            let mut answer = [0u8; 64];
            let (size, rest) = answer.split_at_mut(4);
            size.copy_from_slice(&60u32.to_be_bytes());
            rest.split_at_mut(4).0.copy_from_slice(correlation);
            // A socket that takes no 64 bytes belongs to a client that has stopped reading: not measured.
            let _ = conn.socket.write(&answer);
        }
    }
}

/// The first whole request of `input`: its size with the length field, and its correlation id (bytes 8..12).
fn frame(input: &[u8]) -> Option<(usize, [u8; 4])> {
    let size = u32::from_be_bytes(input.get(..4)?.try_into().ok()?) as usize + 4;
    let correlation = input.get(8..12)?.try_into().ok()?;
    (input.len() >= size).then_some((size, correlation))
}

/// The zero-filled log, open for durable writes.
pub fn open_log(dir: &Path) -> io::Result<File> {
    std::fs::create_dir_all(dir)?;
    let path = dir.join("bare.log");
    let zeros = vec![0u8; 1 << 20];
    let file = File::create(&path)?;
    for i in 0..LOG_BYTES >> 20 {
        file.write_all_at(&zeros, i << 20)?;
    }
    file.sync_all()?;
    File::options().write(true).custom_flags(O_DIRECT | O_DSYNC).open(path)
}

/// Writes one batch after the other, each with one durable write of whole blocks.
fn write_batches(log: &File, input: &Receiver<Batch>, done: &Sender<Batch>, waker: &Waker) {
    let mut memory = vec![0u8; BATCH_MAX + BLOCK];
    let skip = memory.as_ptr().align_offset(BLOCK);
    let Some(aligned) = memory.get_mut(skip..skip + BATCH_MAX) else { return };
    let mut pos = 0u64;
    while let Ok(batch) = input.recv() {
        let bytes = batch.bytes.get(..batch.bytes.len().min(BATCH_MAX)).unwrap_or_default();
        let len = bytes.len().next_multiple_of(BLOCK).min(BATCH_MAX);
        if pos + len as u64 > LOG_BYTES {
            pos = 0;
        }
        aligned.get_mut(..bytes.len()).unwrap_or_default().copy_from_slice(bytes);
        if let Err(e) = log.write_all_at(aligned.get(..len).unwrap_or_default(), pos) {
            eprintln!("bare: cannot write the log: {e}");
            std::process::exit(1);
        }
        pos += len as u64;
        if done.send(batch).is_err() || waker.wake().is_err() {
            return;
        }
    }
}
