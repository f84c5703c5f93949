//! The store of one core and one data directory: partitions, their commit log, their segments, their recovery.
//!
//! Owner: one core; interior mutability, and no borrow is ever held over an await. Invariants: a record counts as
//! durable only when its frame is; a log file is reused only after everything in it is in synced segments, in
//! newer frames, and a durable checkpoint says so; after a failed write or sync nothing is acknowledged any more.
//!
//! ```text
//!   append -> tail + building frame -> commit_next: one durable write -> durable_offset rises -> acks
//!                 `-> flush_loop: whole blocks -> segments, sync -> carry the rest -> checkpoint -> recycle
//! ```

mod adopt;
mod beside;
mod bypass;
mod clean;
mod clean_output;
mod commit;
mod delete;
mod drain;
mod erase;
mod fill;
mod flush;
mod frames;
mod front;
mod future;
mod future_folder;
mod holds;
mod locks;
mod open;
mod partition;
mod parts;
mod rebuild;
mod recover;
mod recycle;
mod replace;
mod scrub;
mod segment;
mod serve;
mod space;
mod starts;
mod stop;
mod stray;
mod sync;
mod tidy;
pub mod wait;

pub use adopt::remove_moved;
pub use drain::prepare;
pub use front::Shed;
pub use future::{FutureReplica, MoveError};
pub use future_folder::{Left, Unique, future_name, parse_future, take_up_futures};
pub use open::OpenContext;
pub use partition::{AppendReject, Offsets, Partition};
pub use scrub::Scrubbed;
pub use space::Shortage;
pub use stray::{Named, put_strays_aside};

use crate::buf::Gauge;
use crate::checkpoint::Slots;
use crate::commit::log::CommitLog;
use crate::disk::Disk;
use crate::limits;
use crate::partition::LogConfig;
use crate::read::{ReadBudget, Reader};
use frames::FrameQueue;
use ringlog_wire::ids::{Offset, PartitionId};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use wait::{Event, Gate};

/// What a store is told at its opening.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// The data directory.
    pub dir: PathBuf,
    /// This core.
    pub core: u16,
    /// Number of data cores; must be the layout's (`prepare`).
    pub cores: u16,
    /// A random number from the core's generator: the salt of a new commit log.
    pub salt: u64,
    /// Partitions that this core is expected to hold: sizes the commit log.
    pub partitions: usize,
    /// Most bytes of commit log.
    pub log_bytes_max: u64,
    /// Bytes that may wait to be flushed; `Busy` beyond.
    pub unflushed_max: usize,
    /// Bytes of tail memory, flushed or not.
    pub tail_max: usize,
    /// A batch of at least this many bytes goes past the commit log.
    pub bypass_min: usize,
    /// Segment files that may stay open for writing, checked once a second.
    pub write_files_max: usize,
    /// What is given back to the file system at once of a file that is removed, bytes.
    pub erase_bytes: u64,
    /// Bounds of cold reads.
    pub reads: ReadBudget,
    /// Bytes of the file system that records leave free; see `Store::set_reserve`.
    pub reserve: Option<u64>,
}

impl StoreConfig {
    /// The usual budgets for core `core` of `cores` in `dir`.
    #[must_use]
    pub fn new(dir: PathBuf, core: u16, cores: u16, salt: u64) -> Self {
        Self {
            dir,
            core,
            cores,
            salt,
            partitions: 0,
            log_bytes_max: u64::MAX,
            unflushed_max: limits::UNFLUSHED_MAX,
            tail_max: limits::TAIL_MAX,
            bypass_min: limits::BYPASS_MIN,
            write_files_max: limits::WRITE_FILES_MAX,
            erase_bytes: limits::ERASE_BYTES,
            reads: ReadBudget { files_max: limits::READ_FILES_MAX, index_max: limits::INDEX_CACHE_MAX },
            reserve: None,
        }
    }
}

/// What the metadata log knows of a partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Known {
    /// The topic's name.
    pub topic: String,
    /// The configuration of its logs.
    pub log: LogConfig,
}

/// Why a directory, or something in it, cannot be used.
#[derive(Debug)]
pub enum StoreError {
    /// An operation failed; the text says on what.
    Io(String, io::Error),
    /// Another process holds a file of this directory, after ten seconds of waiting.
    Locked(PathBuf),
    /// What is on disk is damaged below the durable point, or contradicts itself. Nothing was changed.
    Corrupt(String),
    /// Wrong use: another layout, an unknown or already existing partition.
    Misuse(String),
    /// The directory went offline; the reason.
    Offline(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(what, e) => write!(f, "{what}: {e}"),
            Self::Locked(path) => write!(f, "{} is still locked by another process", path.display()),
            Self::Corrupt(what) => write!(f, "corrupt data directory, refused: {what}"),
            Self::Misuse(what) => f.write_str(what),
            Self::Offline(why) => write!(f, "the log directory is offline: {why}"),
        }
    }
}

impl std::error::Error for StoreError {}

/// The directory is offline: no later append or commit succeeds. Reads of durable data go on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offline(pub String);

/// A partition whose durable offset rose, and to where.
pub type Durable<D> = (Rc<Partition<D>>, Offset);

/// What a store counts, for metrics.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct StoreStats {
    /// Frames made durable.
    pub frames: u64,
    /// Bytes of frames, padding included.
    pub frame_bytes: u64,
    /// Bytes written to segments.
    pub segment_bytes: u64,
    /// Writes to segments.
    pub segment_writes: u64,
    /// Segment syncs.
    pub segment_syncs: u64,
    /// Log files taken into use again.
    pub recycled: u64,
    /// Bytes that went past the commit log.
    pub bypass_bytes: u64,
    /// Appends that found no room.
    pub busy: u64,
    /// Bytes of closed segments that scrubbing read back.
    pub scrubbed_bytes: u64,
    /// Batches in them that were checked.
    pub scrubbed_batches: u64,
    /// Damaged batches found so, each time.
    pub damaged_batches: u64,
}

/// See the module's text.
pub struct Store<D: Disk> {
    disk: D,
    reader: Reader<D>,
    config: StoreConfig,
    /// Memory of all tails.
    tails: Gauge,
    /// Memory of frames and other buffers.
    buffers: Gauge,
    /// Bytes appended and not flushed.
    unflushed: Cell<usize>,
    /// An append found no room for its bytes: whatever can be flushed is due.
    pressed: Cell<bool>,
    log: RefCell<CommitLog<D::File>>,
    slots: RefCell<Slots<D::File>>,
    /// Held by whoever writes a checkpoint.
    checkpointing: Gate,
    /// Held by whoever gives memory of tails back.
    giving_back: Gate,
    frames: RefCell<FrameQueue<D>>,
    partitions: RefCell<BTreeMap<PartitionId, Rc<Partition<D>>>>,
    /// Partitions with bytes that go past the commit log.
    bypassing: RefCell<Vec<Rc<Partition<D>>>>,
    /// Partitions waiting for reserved space.
    reserving: RefCell<Vec<Rc<Partition<D>>>>,
    /// Folders of deleted partitions under their new names.
    removing: RefCell<Vec<PathBuf>>,
    /// Removed files whose space is given back a piece at a time.
    erasing: RefCell<VecDeque<D::File>>,
    /// Segments that left their logs since the last checkpoint.
    dropped: RefCell<Vec<front::Dropped<D>>>,
    /// Files of dropped segments whose delay is not over.
    doomed: RefCell<Vec<front::Doomed>>,
    /// A log start moved since the last checkpoint.
    starts_changed: Cell<bool>,
    phase: Cell<Phase>,
    offline: RefCell<Option<String>>,
    /// The commit task has something to do or to look at.
    commit_wake: Event,
    /// A flush, bypass or fill task has something to do or to look at.
    flush_wake: Event,
    /// A frame became durable, space was reserved, or bytes were flushed.
    progress: Event,
    /// Bytes that went past the log since the last checkpoint.
    bypassed: Cell<u64>,
    /// A small file could not be written for lack of space.
    full: Cell<bool>,
    /// What a log file lacked that could not be made.
    fill_refused: Cell<Option<Shortage>>,
    /// Bytes that records leave free, if somebody said so.
    reserve: Cell<Option<u64>>,
    /// Why no records are taken at present.
    shortage: Cell<Option<Shortage>>,
    layout_generation: u64,
    salt: u64,
    next_file_number: Cell<u32>,
    stats: Cell<StoreStats>,
}

/// What the store is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// Taking appends.
    Open,
    /// `close` is writing everything out; no more appends.
    Closing,
    /// Done: every loop ends.
    Closed,
}

impl<D: Disk> fmt::Debug for Store<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({}, core {})", self.config.dir.display(), self.config.core)
    }
}

impl<D: Disk> Store<D> {
    /// A partition of this core.
    #[must_use]
    pub fn partition(&self, id: PartitionId) -> Option<Rc<Partition<D>>> {
        self.partitions.borrow().get(&id).cloned()
    }

    /// All partitions, by id. One allocation.
    #[must_use]
    pub fn partitions(&self) -> Vec<Rc<Partition<D>>> {
        self.partitions.borrow().values().cloned().collect()
    }

    /// The directory's state: an error with the reason once a write or sync has failed.
    pub fn check_online(&self) -> Result<(), Offline> {
        match &*self.offline.borrow() {
            Some(why) => Err(Offline(why.clone())),
            None => Ok(()),
        }
    }

    /// What was counted so far.
    #[must_use]
    pub fn stats(&self) -> StoreStats {
        self.stats.get()
    }

    /// Bytes of tail memory in use.
    #[must_use]
    pub fn tail_memory(&self) -> usize {
        self.tails.used()
    }

    /// Suspends until an append that found the store `Busy` is worth another try.
    pub async fn room(&self) {
        if !self.is_offline() {
            self.progress.next().await;
        }
    }

    /// Takes the directory offline: final until restart (architecture.md D2).
    fn go_offline(&self, what: &str, e: &io::Error) {
        self.offline.borrow_mut().get_or_insert_with(|| format!("{what}: {e}"));
        self.commit_wake.notify();
        self.flush_wake.notify();
        self.progress.notify();
    }

    fn is_offline(&self) -> bool {
        self.offline.borrow().is_some()
    }

    fn offline_error(&self) -> StoreError {
        StoreError::Offline(self.offline.borrow().clone().unwrap_or_else(|| "stopped".into()))
    }

    fn count(&self, change: impl FnOnce(&mut StoreStats)) {
        let mut stats = self.stats.get();
        change(&mut stats);
        self.stats.set(stats);
    }
}
