//! Reads a commit log back, frame by frame in chain order, and tells a torn tail from corruption.
//!
//! Owner: recovery of one core. Invariants: a frame is returned only if it continues the chain exactly; frame
//! n + 1 is written only after frame n is durable, so where the chain ends, a valid frame of the same chain
//! further on proves that a durable frame is damaged: that is corruption, never a torn tail.

use crate::buf::{AlignedBuf, BLOCK, Gauge, blocks_up};
use crate::commit::frame::{FrameHeader, HEADER_LEN, Link};
use crate::disk::Disk;
use crate::limits::{FRAME_MAX, SCAN_BYTES};
use crate::planted::{Bug, planted};
use std::io;

/// Reads of one range that may come back short before the file counts as unreadable.
const SHORT_READS_MAX: usize = 8;

/// A commit log file found on disk.
#[derive(Clone, Debug)]
pub struct Found<F> {
    /// The k of `commit-<k>.log`.
    pub number: u32,
    /// Open and locked.
    pub file: F,
    /// Its length, bytes.
    pub len: u64,
    /// The frame at its front, if it looks like one. Not verified.
    pub first: Option<FrameHeader>,
}

/// Why a log cannot be read.
#[derive(Debug)]
pub enum ScanError {
    /// A read failed.
    Io(io::Error),
    /// A durable frame is damaged: file `number`, byte `position`. The directory must be refused.
    Corrupt {
        /// The k of `commit-<k>.log`.
        number: u32,
        /// Where the damaged frame starts.
        position: u64,
        /// Sequence of the damaged frame.
        sequence: u64,
    },
    /// The file that holds the first frame needed is missing or not what the checkpoint says.
    Missing {
        /// Generation of the missing file.
        generation: u64,
    },
}

impl From<io::Error> for ScanError {
    fn from(e: io::Error) -> Self {
        Self::Io(e)
    }
}

/// A window of one file in memory.
struct Window {
    buf: Option<AlignedBuf>,
    file: usize,
    start: u64,
    len: usize,
}

/// Reads frames in chain order. Call `next` until it returns `None`, then `end`.
pub struct Scanner<D: Disk> {
    disk: D,
    files: Vec<Found<D::File>>,
    window: Window,
    /// Index into `files`, once the first frame was found.
    current: Option<usize>,
    position: u64,
    next: Link,
    /// The files visited: index, and the place of its first frame.
    visited: Vec<(usize, Link)>,
    /// The last frame of the chain so far: file, position, bytes on disk.
    last: Option<(usize, u64, usize)>,
    /// Where it was before the last frame.
    before: Option<Progress>,
    /// The frame that was taken back.
    taken_back: Option<(usize, u64, usize)>,
    gauge: Gauge,
}

/// How far a scan has come.
#[derive(Clone, Copy)]
struct Progress {
    current: Option<usize>,
    position: u64,
    next: Link,
    visited: usize,
    last: Option<(usize, u64, usize)>,
}

/// Where the chain ended.
#[derive(Debug)]
pub struct ScanEnd<F> {
    /// Files with frames that count, oldest first, each with the place of its first frame.
    pub live: Vec<(Found<F>, Link)>,
    /// The other files.
    pub rest: Vec<Found<F>>,
    /// End of the last frame in the last live file.
    pub position: u64,
    /// The place of the next frame.
    pub next: Link,
    /// Where a frame lies that was taken back, to be erased: the one that comes in its place may not fit behind the one
    /// before, and then lies in another file.
    pub taken_back: Option<(F, u64)>,
}

/// Reads up to `len` bytes at `pos`, where the file has them, and `want` of them at least; returns how many, in whole
/// blocks.
///
/// Errors: I/O; `UnexpectedEof` if the file ends before, or the reads go on coming back short.
pub async fn read_blocks<D: Disk>(
    disk: &D,
    file: &D::File,
    mut buf: AlignedBuf,
    pos: u64,
    (len, want): (usize, usize),
) -> (io::Result<usize>, AlignedBuf) {
    // A short read must not look like a torn frame; the kernel seldom does it, so a few tries are enough.
    for _ in 0..SHORT_READS_MAX {
        let (read, back) = disk.read_at(file, buf, pos, len).await;
        buf = back;
        match read.map(|n| n / BLOCK * BLOCK) {
            Ok(got) if got < want.min(len) => {}
            done => return (done, buf),
        }
    }
    (Err(io::ErrorKind::UnexpectedEof.into()), buf)
}

/// No start finds the frame at `pos` of `file` again. Durable on return.
pub async fn erase<D: Disk>(disk: &D, file: &D::File, pos: u64, gauge: &Gauge) -> io::Result<()> {
    if planted(Bug::TakenBackStays) {
        return Ok(());
    }
    disk.append_durable(file, AlignedBuf::zeroed(BLOCK, gauge), pos, BLOCK).await.0
}

impl<D: Disk> Scanner<D> {
    /// Scans `files` from the frame at `from` (which stands at the front of a file).
    #[must_use]
    pub fn new(disk: D, files: Vec<Found<D::File>>, from: Link, gauge: &Gauge) -> Self {
        let buf = Some(AlignedBuf::zeroed(SCAN_BYTES, gauge));
        let window = Window { buf, file: usize::MAX, start: 0, len: 0 };
        Self {
            disk,
            files,
            window,
            current: None,
            position: 0,
            next: from,
            visited: Vec::new(),
            last: None,
            before: None,
            taken_back: None,
            gauge: gauge.clone(),
        }
    }

    /// Makes `want` bytes at `pos` of file `file` available as far as the file has them.
    async fn load(&mut self, file: usize, pos: u64, want: usize) -> io::Result<()> {
        let w = &self.window;
        let have = w.file == file && pos >= w.start && pos + want as u64 <= w.start + w.len as u64;
        if have {
            return Ok(());
        }
        let Some(found) = self.files.get(file) else { return Err(io::ErrorKind::NotFound.into()) };
        let buf = self.window.buf.take().expect("the window is not lent out");
        let cap = buf.capacity() as u64;
        let len = usize::try_from(found.len.saturating_sub(pos).min(cap)).unwrap_or(0) / BLOCK * BLOCK;
        let handle = found.file.clone();
        let (read, buf) = read_blocks(&self.disk, &handle, buf, pos, (len, want)).await;
        let got = match read {
            Ok(got) => got,
            Err(e) => {
                self.window.buf = Some(buf);
                return Err(e);
            }
        };
        self.window = Window { buf: Some(buf), file, start: pos, len: got };
        Ok(())
    }

    fn view(&self, pos: u64, len: usize) -> Option<&[u8]> {
        let from = usize::try_from(pos.checked_sub(self.window.start)?).ok()?;
        let end = from.checked_add(len)?;
        if end > self.window.len {
            return None;
        }
        self.window.buf.as_ref()?.as_slice().get(from..end)
    }

    /// The verified frame at `pos` of file `file`, if any.
    async fn frame_at(&mut self, file: usize, pos: u64) -> io::Result<Option<FrameHeader>> {
        self.load(file, pos, BLOCK).await?;
        let salt = self.next.salt;
        let parsed = self.view(pos, HEADER_LEN).and_then(|h| FrameHeader::parse(h, salt, FRAME_MAX));
        let Some(header) = parsed else { return Ok(None) };
        self.load(file, pos, header.disk_len()).await?;
        let whole = self.view(pos, header.disk_len()).is_some_and(|frame| header.verifies(frame));
        Ok((whole || planted(Bug::TornFrameAccepted)).then_some(header))
    }

    /// The file whose front claims to continue the chain at the next frame.
    fn successor(&self, generation: u64) -> Option<usize> {
        self.files.iter().position(|f| f.first.is_some_and(|h| h.link == Link { generation, ..self.next }))
    }

    /// True if the frame of `link` is the next one.
    fn follows(&self, link: &Link) -> bool {
        *link == self.next
    }

    fn progress(&self) -> Progress {
        let Self { current, position, next, last, .. } = *self;
        Progress { current, position, next, visited: self.visited.len(), last }
    }

    /// The chain ends before its last frame: what that names is not there, so it never counted. For when `next` has
    /// brought nothing more. The file keeps it: see `ScanEnd::taken_back`.
    pub fn take_back(&mut self) {
        let Some(before) = self.before.take() else { return };
        self.taken_back = self.last;
        (self.current, self.position) = (before.current, before.position);
        (self.next, self.last) = (before.next, before.last);
        self.visited.truncate(before.visited);
    }

    /// The next frame: its header and its payload (entries). `None` at the end of the chain.
    pub async fn next(&mut self) -> Result<Option<(FrameHeader, &[u8])>, ScanError> {
        let before = self.progress();
        let in_current = match self.current {
            Some(file) => self
                .frame_at(file, self.position)
                .await?
                .filter(|h| self.follows(&h.link) || planted(Bug::StaleFrameAccepted)),
            None => None,
        };
        let header = match in_current {
            Some(header) => header,
            None => match self.enter_next_file().await? {
                Some(header) => header,
                None => return Ok(None),
            },
        };
        self.before = Some(before);
        let pos = self.position;
        self.last = self.current.map(|file| (file, pos, header.disk_len()));
        self.position += header.disk_len() as u64;
        self.next.sequence += 1;
        self.next.prev_crc = header.crc;
        let payload = self.view(pos, header.len).and_then(|f| f.get(HEADER_LEN..));
        Ok(Some((header, payload.expect("the frame was verified in the window"))))
    }

    /// Moves to the file that continues the chain, if its first frame is whole.
    async fn enter_next_file(&mut self) -> Result<Option<FrameHeader>, ScanError> {
        let generation = self.next.generation + u64::from(self.current.is_some());
        if planted(Bug::ReplayEndsWithFile) && self.current.is_some() {
            return Ok(None);
        }
        let Some(file) = self.successor(generation) else { return Ok(None) };
        let Some(header) = self.frame_at(file, 0).await? else { return Ok(None) };
        self.next.generation = generation;
        self.current = Some(file);
        self.position = 0;
        self.visited.push((file, self.next));
        Ok(Some(header))
    }

    /// Proves that the chain ended in a torn tail, makes what was read durable, and hands the files back.
    ///
    /// Errors: `Corrupt` if a valid frame of the chain lies behind the end; `Missing` if no frame was found and
    /// `must_exist`. Reads the rest of the last file and the front of the others.
    pub async fn end(mut self, must_exist: bool) -> Result<ScanEnd<D::File>, ScanError> {
        if must_exist && self.current.is_none() {
            return Err(ScanError::Missing { generation: self.next.generation });
        }
        let last = self.current;
        let damaged = match last.and_then(|i| self.files.get(i)) {
            Some(f) => (f.number, self.position),
            None => (0, 0),
        };
        for file in 0..self.files.len() {
            let from = match last {
                Some(i) if i == file => self.position,
                _ if self.visited.iter().any(|(i, _)| *i == file) => continue,
                _ => 0,
            };
            if self.later_frame(file, from).await? && !planted(Bug::ReplayEndsWithFile) {
                let (number, position) = damaged;
                return Err(ScanError::Corrupt { number, position, sequence: self.next.sequence });
            }
        }
        // A killed process may have left frames in the device's cache: they are about to be served.
        for (file, _) in &self.visited {
            if let Some(f) = self.files.get(*file) {
                self.disk.sync(&f.file).await?;
            }
        }
        self.write_last_again().await?;
        let taken_back = self.taken_back.and_then(|(i, pos, _)| Some((self.files.get(i)?.file.clone(), pos)));
        let visited = self.visited;
        let mut live = Vec::new();
        for (i, link) in &visited {
            live.extend(self.files.get(*i).cloned().map(|f| (f, *link)));
        }
        let mut index = 0;
        self.files.retain(|_| {
            index += 1;
            !visited.iter().any(|(i, _)| *i == index - 1)
        });
        Ok(ScanEnd { live, rest: self.files, position: self.position, next: self.next, taken_back })
    }

    /// Makes the last frame durable where no sync does: one whose write or sync failed for an earlier start counts as
    /// written for the kernel. Those before it were durable when the next one was written.
    async fn write_last_again(&mut self) -> io::Result<()> {
        let Some((index, pos, len)) = self.last.filter(|_| !planted(Bug::LastFrameOnlySynced)) else {
            return Ok(());
        };
        self.load(index, pos, len).await?;
        let Some(file) = self.files.get(index).map(|f| f.file.clone()) else { return Ok(()) };
        let buf = self.window.buf.take().expect("the window is not lent out");
        let from = usize::try_from(pos - self.window.start).expect("the frame is in the window");
        let mut frame = AlignedBuf::zeroed(len, &self.gauge);
        let whole = buf.as_slice().get(from..from + len).expect("it was loaded whole");
        frame.as_mut_slice().get_mut(..len).expect("as long").copy_from_slice(whole);
        self.window.buf = Some(buf);
        let (written, _) = self.disk.append_durable(&file, frame, pos, len).await;
        written
    }

    /// True if file `file` holds, at or behind `from`, a whole frame that is later than the chain's end.
    /// In files other than the last one, only where their first few frames can be.
    async fn later_frame(&mut self, file: usize, from: u64) -> Result<bool, ScanError> {
        let len = self.files.get(file).map_or(0, |f| f.len);
        let limit = if from == 0 { len.min(8 * FRAME_MAX as u64) } else { len };
        let mut pos = from;
        while pos < limit {
            self.load(file, pos, BLOCK).await?;
            let (generation, sequence) = (self.next.generation, self.next.sequence);
            let salt = self.next.salt;
            let parsed = self.view(pos, HEADER_LEN).and_then(|h| FrameHeader::parse(h, salt, FRAME_MAX));
            let later = parsed.filter(|h| h.link.generation >= generation && h.link.sequence > sequence);
            if later.is_some() && self.frame_at(file, pos).await?.is_some() {
                return Ok(true);
            }
            pos += BLOCK as u64;
        }
        Ok(false)
    }
}

/// Reads the front of a commit log file.
///
/// `salt`: of the chain, if it is known; else any header counts.
pub async fn first_header<D: Disk>(
    disk: &D,
    file: &D::File,
    salt: Option<u64>,
    gauge: &Gauge,
) -> io::Result<Option<FrameHeader>> {
    let buf = AlignedBuf::zeroed(blocks_up(HEADER_LEN), gauge);
    let (read, buf) = disk.read_at(file, buf, 0, BLOCK).await;
    if read? < HEADER_LEN {
        return Ok(None);
    }
    let block = buf.as_slice();
    let salt = salt.or_else(|| FrameHeader::salt_of(block));
    Ok(salt.and_then(|salt| FrameHeader::parse(block, salt, FRAME_MAX)))
}
