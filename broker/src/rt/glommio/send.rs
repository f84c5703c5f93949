//! Sending a range of a segment without blocking the core.
//!
//! Owner: the core of the connection. Invariants: a directory's reading thread reads each piece, through the page
//! cache, so that a core never waits for the disk; what is read and not sent is bounded for each core (`coldpool`).
//! sendfile is left out: glommio cannot be asked when a socket has room, without bytes to send.

use super::file::GlommioFile;
use super::net::GlommioConn;
use crate::rt::uring::op::PIECE_BUFFER;
use crate::rt::uring::wake::Counters;
use ringlog_storage::disk::FileRegion;
use std::future::poll_fn;
use std::io;

impl GlommioConn {
    /// Sends the region. Errors: the socket's, or `Other` if the file could not be read.
    pub(super) async fn send_file(&self, region: &FileRegion<GlommioFile>) -> io::Result<()> {
        let core = &self.0.core;
        let file = &region.file.0.plain;
        let mut sent = 0;
        while sent < region.len {
            let ask = (region.len - sent).min(PIECE_BUFFER);
            let pos = region.pos + sent as u64;
            let buf = poll_fn(|cx| core.cold.poll_take(cx)).await;
            let read = file.read_leased(core.cold.lease(buf), pos, ask).await;
            let (n, lease) = read.map_err(io::Error::other)?;
            if n == 0 {
                let what = format!("a segment ended at {pos} inside a range that a response refers to");
                return Err(io::Error::other(what));
            }
            Counters::add(&core.shared.counters.cold_pieces, 1);
            let bytes = lease.as_ref().get(..n).expect("no more than was asked for");
            self.send_bytes(bytes).await?;
            sent += n;
        }
        Ok(())
    }
}
