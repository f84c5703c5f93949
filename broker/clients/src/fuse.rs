//! As much of the FUSE protocol as one file of fixed size needs: `disk` in the root of the mount.
//!
//! Owner: `device.rs`. The messages are those of linux/fuse.h, protocol 7.31, in the machine's byte order. Invariants:
//! every request but FORGET and INTERRUPT is answered; the file is opened for direct I/O, so that the kernel keeps
//! none of its bytes and every read, write and flush of the loop device comes here.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

const IN_HEADER: usize = 40;
const OUT_HEADER: usize = 16;
/// What the kernel puts into one write, bytes.
const WRITE_MAX: usize = 1 << 17;
const ROOT: u64 = 1;
const DISK: u64 = 2;
const NAME: &[u8] = b"disk\0";

const EIO: i32 = 5;
const ENOENT: i32 = 2;
const ENOSYS: i32 = 38;

/// What is asked of the file.
pub enum Request<'a> {
    /// `len` bytes from `at` on.
    Read {
        /// Offset in bytes.
        at: u64,
        /// Bytes.
        len: usize,
    },
    /// These bytes at `at`.
    Write {
        /// Offset in bytes.
        at: u64,
        /// What to write.
        bytes: &'a [u8],
    },
    /// What was written becomes durable.
    Flush,
}

/// Mounts at `at`; requests come through the result. Errors: a line that says why.
pub fn mount(at: &Path) -> Result<File, String> {
    let channel =
        OpenOptions::new().read(true).write(true).open("/dev/fuse").map_err(|e| format!("/dev/fuse: {e}"))?;
    // The command hands its standard input to the kernel, so that no descriptor needs a number here.
    let input = channel.try_clone().map_err(|e| format!("/dev/fuse, a second time: {e}"))?;
    let done = Command::new("mount")
        .args(["-i", "-t", "fuse", "-o", "fd=0,rootmode=40000,user_id=0,group_id=0", "ringlog-device"])
        .arg(at)
        .stdin(Stdio::from(input))
        .output()
        .map_err(|e| format!("mount: {e}"))?;
    if done.status.success() {
        Ok(channel)
    } else {
        Err(format!("mount of FUSE: {}", String::from_utf8_lossy(&done.stderr)))
    }
}

/// Answers until the mount is gone. `len`: bytes of the file. An error of `answer` is EIO.
pub fn serve(mut channel: &File, len: u64, mut answer: impl FnMut(Request<'_>) -> io::Result<Vec<u8>>) {
    let mut buffer = vec![0; WRITE_MAX + 8192];
    loop {
        let got = match channel.read(&mut buffer) {
            Ok(got) => got,
            // A request that was taken back before it was read.
            Err(e) if matches!(e.kind(), io::ErrorKind::Interrupted | io::ErrorKind::NotFound) => continue,
            Err(_) => return,
        };
        let message = buffer.get(..got).unwrap_or_default();
        let (opcode, unique, node) = (u32_at(message, 4), u64_at(message, 8), u64_at(message, 16));
        let body = message.get(IN_HEADER..).unwrap_or_default();
        let Some(result) = reply(opcode, node, body, len, &mut answer) else { continue };
        let (error, payload) = match result {
            Ok(payload) => (0, payload),
            Err(errno) => (-errno, Vec::new()),
        };
        let mut out = Vec::with_capacity(OUT_HEADER + payload.len());
        out.extend_from_slice(&((OUT_HEADER + payload.len()) as u32).to_ne_bytes());
        out.extend_from_slice(&error.to_ne_bytes());
        out.extend_from_slice(&unique.to_ne_bytes());
        out.extend_from_slice(&payload);
        // Who asked may be gone.
        let _ = channel.write_all(&out);
    }
}

/// The answer to one request; `None` where there must be none.
fn reply(
    opcode: u32,
    node: u64,
    body: &[u8],
    len: u64,
    answer: &mut impl FnMut(Request<'_>) -> io::Result<Vec<u8>>,
) -> Option<Result<Vec<u8>, i32>> {
    let done = |result: io::Result<Vec<u8>>| result.map_err(|_| EIO);
    Some(match opcode {
        1 if node == ROOT && body == NAME => Ok(entry(len)),
        1 => Err(ENOENT),
        // FORGET, INTERRUPT, BATCH_FORGET.
        2 | 36 | 42 => return None,
        // GETATTR, and SETATTR, which changes nothing.
        3 | 4 => Ok(words(&[3600, 0]).into_iter().chain(attributes(node, len)).collect()),
        // OPEN (direct I/O) and OPENDIR.
        14 => Ok([0u64.to_ne_bytes(), 1u64.to_ne_bytes()].concat()),
        27 => Ok(words(&[0, 0])),
        15 => done(answer(Request::Read { at: u64_at(body, 8), len: u32_at(body, 16) as usize })),
        16 => {
            let bytes = body.get(40..).unwrap_or_default();
            let size = u64::from(u32_at(body, 16));
            done(answer(Request::Write { at: u64_at(body, 8), bytes })).map(|_| words(&[size]))
        }
        17 => Ok(statistics(len)),
        20 => done(answer(Request::Flush)),
        // RELEASE, FLUSH (close), READDIR (nothing to list), RELEASEDIR, ACCESS, DESTROY.
        18 | 25 | 28 | 29 | 34 | 38 => Ok(Vec::new()),
        26 => Ok(hello(body)),
        _ => Err(ENOSYS),
    })
}

/// INIT: asynchronous reads, large writes.
fn hello(body: &[u8]) -> Vec<u8> {
    const FLAGS: u32 = 1 | 1 << 5 | 1 << 22;
    let pages = (WRITE_MAX / 4096) as u16;
    let mut out = Vec::new();
    for word in [7, 31, u32_at(body, 8), u32_at(body, 12) & FLAGS] {
        out.extend_from_slice(&word.to_ne_bytes());
    }
    // Background requests and the congestion threshold.
    out.extend_from_slice(&[64u16.to_ne_bytes(), 48u16.to_ne_bytes()].concat());
    out.extend_from_slice(&(WRITE_MAX as u32).to_ne_bytes());
    out.extend_from_slice(&1u32.to_ne_bytes());
    out.extend_from_slice(&[pages.to_ne_bytes(), 0u16.to_ne_bytes()].concat());
    out.resize(64, 0);
    out
}

fn entry(len: u64) -> Vec<u8> {
    words(&[DISK, 0, 3600, 3600, 0]).into_iter().chain(attributes(DISK, len)).collect()
}

fn attributes(node: u64, len: u64) -> Vec<u8> {
    let (len, mode, links) = if node == ROOT { (4096, 0o040_755_u32, 2) } else { (len, 0o100_600, 1) };
    let mut out = words(&[node, len, len / 512, 0, 0, 0]);
    // Nanoseconds, mode, links, user, group, device, block size, flags.
    for word in [0, 0, 0, mode, links, 0, 0, 0, 4096, 0] {
        out.extend_from_slice(&word.to_ne_bytes());
    }
    out
}

fn statistics(len: u64) -> Vec<u8> {
    let mut out = words(&[len / 4096, 0, 0, 2, 0]);
    for word in [4096u32, 255, 4096, 0, 0, 0, 0, 0, 0, 0] {
        out.extend_from_slice(&word.to_ne_bytes());
    }
    out
}

fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|w| w.to_ne_bytes()).collect()
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_ne_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_ne_bytes)
}
