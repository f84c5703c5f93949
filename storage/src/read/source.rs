//! The bytes of one segment as a reader sees them: first its file, then what is only in memory.
//!
//! Owner: one read. Invariants: nothing at or beyond `end` is read; every header that is handed out is
//! possible and lies in the range of offsets that the segment can hold.

use super::ReadError;
use crate::buf::{AlignedBuf, BLOCK, Gauge, blocks_up};
use crate::disk::Disk;
use crate::partition::{Head, SegmentBytes};
use bytes::{Bytes, BytesMut};
use ringlog_wire::crc::crc32c_append;
use ringlog_wire::ids::Offset;
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::Poll;
use std::{fmt, io};

/// Bytes read at once while walking headers near a known position.
pub const WINDOW: usize = 16 * 1024;
/// Bytes read at once while walking a whole segment.
pub const SCAN_WINDOW: usize = 256 * 1024;
/// Windows that are being read while one is worked on (docs/decisions/0011): a device that works on one read at a
/// time idles while its answer is on its way.
const AHEAD: usize = 3;

/// See the module's text.
#[derive(Debug)]
pub struct Source<D: Disk> {
    disk: D,
    /// `None` if no byte of the segment is in a file yet.
    pub file: Option<D::File>,
    /// Base offset of the segment.
    pub segment: Offset,
    /// Base offset of the next, or the log's end.
    pub segment_end: Offset,
    /// Bytes that come from the file.
    pub in_file: u64,
    /// The bytes behind those, from memory.
    pub memory: Vec<Bytes>,
    /// End of both.
    pub end: u64,
    window: Option<AlignedBuf>,
    /// What of the file is in the window.
    loaded: std::ops::Range<u64>,
    window_len: usize,
    /// `file` was opened with O_DIRECT: the windows follow one another, and the next ones are read meanwhile.
    direct: bool,
    /// One behind the other, the first right behind the window.
    ahead: VecDeque<Ahead>,
    /// Windows that were worked on.
    spare: Vec<AlignedBuf>,
    gauge: Gauge,
}

/// A window that is being read.
struct Ahead {
    from: u64,
    reading: Pin<Box<dyn Future<Output = (io::Result<usize>, AlignedBuf)>>>,
}

impl fmt::Debug for Ahead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ahead({})", self.from)
    }
}

impl<D: Disk> Source<D> {
    /// Over `bytes`; `file` holds the first part of them (`None` if that is empty). `window_len`: bytes per read.
    pub fn new(disk: D, gauge: Gauge, file: Option<D::File>, bytes: SegmentBytes, window_len: usize) -> Self {
        let SegmentBytes { segment, segment_end, in_file, end, memory } = bytes;
        Self {
            disk,
            file,
            segment,
            segment_end,
            in_file,
            memory,
            end,
            window: None,
            loaded: 0..0,
            window_len,
            direct: false,
            ahead: VecDeque::new(),
            spare: Vec::new(),
            gauge,
        }
    }

    /// The same, over a file that was opened with O_DIRECT, from front to back: 1 + `AHEAD` windows of
    /// `window_len`, which is whole blocks.
    pub fn direct(self) -> Self {
        assert!(self.window_len.is_multiple_of(BLOCK), "a window of O_DIRECT is whole blocks");
        Self { direct: true, ..self }
    }

    /// The header of the batch that starts at `pos`. Errors: I/O; a header that cannot be there.
    pub async fn head_at(&mut self, pos: u64) -> Result<Head, ReadError> {
        let mut raw = [0u8; Head::LEN];
        if pos.saturating_add(Head::LEN as u64) > self.end {
            return Err(self.corrupt(pos, "a batch header is cut off"));
        }
        self.copy_to(pos, &mut raw).await?;
        let head = Head::parse(&raw).map_err(|e| self.corrupt(pos, e.0))?;
        if head.base < self.segment || head.next_offset() > self.segment_end {
            return Err(self.corrupt(pos, "a batch's offsets lie outside its segment"));
        }
        if pos + u64::from(head.size) > self.end {
            return Err(self.corrupt(pos, "a batch goes on beyond its segment"));
        }
        Ok(head)
    }

    /// The bytes `pos..pos + len`, copied. Errors: I/O, or not all there.
    pub async fn bytes_at(&mut self, pos: u64, len: usize) -> Result<Bytes, ReadError> {
        let mut out = BytesMut::zeroed(len);
        self.copy_to(pos, &mut out).await?;
        Ok(out.freeze())
    }

    /// CRC-32C of a range of the file's part. Errors: I/O, or not all there.
    pub async fn crc32c(&mut self, range: std::ops::Range<u64>) -> Result<u32, ReadError> {
        let mut crc = 0;
        let mut pos = range.start;
        while pos < range.end {
            if !self.loaded.contains(&pos) {
                self.load(pos).await?;
            }
            let there = self.in_window(pos);
            let n = there.len().min((range.end - pos) as usize);
            crc = crc32c_append(crc, there.get(..n).unwrap_or_default());
            pos += n as u64;
        }
        Ok(crc)
    }

    /// What the window holds from `pos` on.
    fn in_window(&self, pos: u64) -> &[u8] {
        let there = self.window.as_ref().map_or(&[][..], |w| w.as_slice());
        let (from, to) = (pos.saturating_sub(self.loaded.start), self.loaded.end - self.loaded.start);
        there.get(from as usize..to as usize).unwrap_or_default()
    }

    /// The slices of memory that cover `pos..to`, both at or beyond `in_file`.
    pub fn memory_parts(&self, pos: u64, to: u64) -> Vec<Bytes> {
        let mut parts = Vec::new();
        let mut at = self.in_file;
        for part in &self.memory {
            let end = at + part.len() as u64;
            let (from, upto) = (pos.max(at), to.min(end));
            if from < upto {
                parts.push(part.slice((from - at) as usize..(upto - at) as usize));
            }
            at = end;
        }
        parts
    }

    /// An error that names this segment.
    pub fn corrupt(&self, position: u64, why: &'static str) -> ReadError {
        ReadError::Corrupt { segment: self.segment, position, why }
    }

    async fn copy_to(&mut self, pos: u64, out: &mut [u8]) -> Result<(), ReadError> {
        let from_file = (self.in_file.saturating_sub(pos) as usize).min(out.len());
        let (front, back) = out.split_at_mut(from_file);
        self.copy_from_file(pos, front).await?;
        let mut at = pos + from_file as u64;
        let mut rest = back;
        for part in self.memory_parts(at, at + rest.len() as u64) {
            let (now, later) = rest.split_at_mut(part.len());
            now.copy_from_slice(&part);
            at += part.len() as u64;
            rest = later;
        }
        if rest.is_empty() {
            Ok(())
        } else {
            Err(self.corrupt(at, "the segment is shorter than its state says"))
        }
    }

    async fn copy_from_file(&mut self, mut pos: u64, mut out: &mut [u8]) -> Result<(), ReadError> {
        while !out.is_empty() {
            if !self.loaded.contains(&pos) {
                self.load(pos).await?;
            }
            let there = self.in_window(pos);
            let n = there.len().min(out.len());
            let (now, later) = out.split_at_mut(n);
            now.copy_from_slice(there.get(..n).unwrap_or_default());
            pos += n as u64;
            out = later;
        }
        Ok(())
    }

    /// Fills the window from `pos` on.
    async fn load(&mut self, pos: u64) -> Result<(), ReadError> {
        let from = if self.direct { pos - pos % BLOCK as u64 } else { pos };
        if self.ahead.front().is_some_and(|ahead| ahead.from != from) {
            // A jump: what is being read belongs elsewhere, and its buffers go with it.
            self.ahead.clear();
        }
        let (result, buf) = match self.ahead.pop_front() {
            Some(ahead) => ahead.reading.await,
            None => {
                let buf = self.window.take();
                match self.read_window(from, buf) {
                    Some(reading) => reading.await,
                    None => return Err(self.corrupt(pos, "the segment's file is missing")),
                }
            }
        };
        self.spare.extend(self.window.replace(buf));
        self.loaded = 0..0;
        let n = result.map_err(ReadError::Io)? as u64;
        let loaded = from..self.in_file.min(from + n);
        if !loaded.contains(&pos) {
            return Err(self.corrupt(pos, "the file is shorter than what was flushed"));
        }
        self.loaded = loaded;
        if self.direct {
            self.read_ahead().await;
        }
        Ok(())
    }

    /// Begins to read what follows the window and is not being read.
    async fn read_ahead(&mut self) {
        while self.ahead.len() < AHEAD {
            let from = self.ahead.back().map_or(self.loaded.end, |last| last.from + self.window_len as u64);
            if from >= self.in_file || !from.is_multiple_of(BLOCK as u64) {
                return;
            }
            let buf = self.spare.pop();
            let Some(reading) = self.read_window(from, buf) else { return };
            let mut reading = Box::pin(reading);
            // It begins when it is asked for the first time.
            let done = std::future::poll_fn(|cx| Poll::Ready(reading.as_mut().poll(cx))).await;
            let reading: Pin<Box<dyn Future<Output = _>>> = match done {
                Poll::Ready(done) => Box::pin(std::future::ready(done)),
                Poll::Pending => reading,
            };
            self.ahead.push_back(Ahead { from, reading });
        }
    }

    /// Reads up to a window from `from` on, into `buf` if there is one; `None` without a file.
    fn read_window(
        &self,
        from: u64,
        buf: Option<AlignedBuf>,
    ) -> Option<impl Future<Output = (io::Result<usize>, AlignedBuf)> + use<D>> {
        let (disk, file) = (self.disk.clone(), self.file.clone()?);
        let len = self.window_len.min((self.in_file - from) as usize);
        let len = if self.direct { blocks_up(len) } else { len };
        let buf = buf.unwrap_or_else(|| AlignedBuf::zeroed(blocks_up(self.window_len), &self.gauge));
        Some(async move { disk.read_at(&file, buf, from, len).await })
    }
}
