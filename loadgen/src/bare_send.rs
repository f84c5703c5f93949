//! The bare limit of a cold fetch: one file, one thread, blocking `sendfile`, the kernel's own read-ahead.
//!
//! Owner: one process. A request is a position and a length (8 bytes each, big-endian), the answer is what is there:
//! ranges as a broker sends them, which begin and end anywhere.

use crate::cold::STEP;
use nix::sys::sendfile::sendfile64;
use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;

/// Writes the file, then serves one connection after the other on `addr` until killed.
pub fn serve(addr: SocketAddr, dir: &Path, bytes: u64) -> io::Result<()> {
    std::fs::create_dir_all(dir)?;
    let path = dir.join("bare.data");
    let piece: Vec<u8> = (0..STEP).map(|i| (i * 31 % 251) as u8).collect();
    let mut file = File::create(&path)?;
    // The last range may begin in front of the end.
    for _ in 0..=bytes.div_ceil(STEP as u64) {
        file.write_all(&piece)?;
    }
    file.sync_all()?;
    let file = File::open(&path)?;
    let listener = TcpListener::bind(addr)?;
    println!("READY bare on {}", listener.local_addr()?);
    loop {
        let (socket, _) = listener.accept()?;
        // A client that went away in the middle is none of the next one's business.
        if let Err(e) = answer(socket, &file) {
            eprintln!("bare-send: {e}");
        }
    }
}

fn answer(mut socket: TcpStream, file: &File) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let mut request = [0; 16];
    loop {
        match socket.read_exact(&mut request) {
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            done => done?,
        }
        let (at, length) = request.split_at(8);
        let number = |raw: &[u8]| raw.try_into().map_or(0, i64::from_be_bytes);
        let mut at = number(at);
        let end = at.saturating_add(number(length));
        while at < end {
            let left = usize::try_from(end - at).map_err(io::Error::other)?;
            if sendfile64(&socket, file, Some(&mut at), left)? == 0 {
                return Err(io::Error::other("a position behind the end"));
            }
        }
    }
}
