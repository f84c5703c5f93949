//! The metadata log on disk: `DIR/__cluster_metadata-0` in Kafka's layout.
//!
//! Owner: the control core; no commit log, plain writes and fdatasync on an ordinary thread (architecture.md
//! D6). Invariants: offsets are dense from the newest snapshot's end to the log's end; epochs never go back; an
//! append is reported when it is on stable storage; after a failed write or sync nothing more is written.
//! A bad batch at the very end is a torn tail, which nobody was told of; one before a good batch is corruption.

use super::batch::{self, BATCH_MAX, Batch, Content};
use super::quorum_file::{
    EPOCH_CHECKPOINT, QUORUM_STATE, epoch_checkpoint, parse_quorum_state, quorum_state,
};
use super::snapshot;
use bytes::Bytes;
use ringlog_raft::{LogState, QuorumState};
use ringlog_storage::disk::{DirEntry, Disk, OpenMode};
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::ids::{LeaderEpoch, Offset};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The directory of the metadata log inside a data directory.
pub const METADATA_DIR: &str = "__cluster_metadata-0";
/// Largest file of the metadata log that is read at start. Snapshots keep files far below.
const FILE_MAX: usize = 1 << 30;
/// Space reserved at once, and below what more is reserved: any two batches fit.
const ROOM_WANTED: u64 = 16 << 20;
const ROOM_MIN: u64 = BATCH_MAX as u64;
const SMALL_FILE_MAX: usize = 1 << 20;
/// A power cut keeps or loses so many bytes at once, or a multiple.
const SECTOR: usize = 512;
/// Where the length ends in a batch.
const LENGTH_END: usize = 12;

/// Why the metadata log cannot be used.
#[derive(Debug)]
pub enum LogError {
    /// A system call failed.
    Io(PathBuf, io::Error),
    /// A file is damaged where it was durable.
    Corrupt(PathBuf, String),
    /// The data directory holds partitions but no metadata log.
    Lost(PathBuf),
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, e) => write!(f, "{}: {e}", path.display()),
            Self::Corrupt(path, why) => write!(f, "{} is damaged: {why}", path.display()),
            Self::Lost(path) => write!(
                f,
                "{} is missing or empty, but its data directory holds partitions: restore it, or start with an \
                 empty data directory",
                path.display()
            ),
        }
    }
}

/// What was found at start.
#[derive(Debug, Default)]
pub struct Loaded {
    /// All metadata records, oldest first: the snapshot's, then the log's.
    pub records: Vec<MetadataRecord>,
    /// Where the log ends.
    pub log: LogState,
    /// `quorum-state`, if there is one.
    pub quorum: Option<QuorumState>,
    /// Bytes of a torn tail that were cut off.
    pub torn: u64,
}

/// The open metadata log.
#[derive(Debug)]
pub struct MetadataLog<D: Disk> {
    disk: D,
    dir: PathBuf,
    file: D::File,
    base: Offset,
    position: u64,
    /// Exclusive end of the file's reserved space; `u64::MAX` where the file system cannot reserve.
    reserved: u64,
    epochs: Vec<(LeaderEpoch, Offset)>,
    /// Bytes appended since the newest snapshot.
    since_snapshot: u64,
    failed: bool,
}

fn segment_name(base: Offset) -> String {
    format!("{:020}.log", base.0)
}

fn parse_segment_name(name: &str) -> Option<Offset> {
    let digits = name.strip_suffix(".log").filter(|d| d.len() == 20)?;
    digits.parse().ok().map(Offset)
}

impl<D: Disk> MetadataLog<D> {
    /// Opens or creates the log in `data_dir`, recovers it and reads all of it.
    ///
    /// The caller has made sure that `data_dir` exists. Errors: see `LogError`; `Io` of kind `WouldBlock` while
    /// another process holds the log.
    pub async fn open(disk: &D, data_dir: &Path) -> Result<(Self, Loaded), LogError> {
        let dir = data_dir.join(METADATA_DIR);
        let io = |path: &Path| {
            let path = path.to_owned();
            move |e| LogError::Io(path, e)
        };
        disk.create_dir(&dir).await.map_err(io(&dir))?;
        disk.sync_dir(data_dir).await.map_err(io(data_dir))?;
        let (file, last, entries) = Self::lock_newest(disk, &dir).await?;
        let mut bases: Vec<_> = entries.iter().filter_map(|e| parse_segment_name(&e.name)).collect();
        bases.sort_unstable();
        let snapshot = snapshot::newest(disk, &dir, &entries).await?;

        let mut replay = Replay::new(snapshot);
        let mut log = Self {
            disk: disk.clone(),
            dir,
            file,
            base: last,
            position: 0,
            reserved: 0,
            epochs: Vec::new(),
            since_snapshot: 0,
            failed: false,
        };
        for base in bases {
            log.load_segment(base, &mut replay).await?;
        }
        log.epochs = replay.epochs;
        log.since_snapshot = replay.read;
        let mut loaded = replay.loaded;
        loaded.quorum = log.load_quorum().await?;
        if loaded.log.end == Offset::ZERO {
            log.refuse_lost(data_dir).await?;
        }
        log.write_partition_metadata().await?;
        Ok((log, loaded))
    }

    /// Opens and locks the newest segment, creating the first; returns it with the files that are there then.
    ///
    /// A process that is about to end may begin a new segment just before: looked for again once locked.
    async fn lock_newest(disk: &D, dir: &Path) -> Result<(D::File, Offset, Vec<DirEntry>), LogError> {
        let io = |e| LogError::Io(dir.to_owned(), e);
        let newest = |entries: &[DirEntry]| {
            let segments = entries.iter().filter_map(|e| parse_segment_name(&e.name)).max();
            let snapshots = entries.iter().filter_map(|e| snapshot::parse_name(&e.name)).max();
            segments.or(snapshots.map(|(end, _)| end)).unwrap_or(Offset::ZERO)
        };
        let mut entries = disk.list(dir).await.map_err(io)?;
        loop {
            let base = newest(&entries);
            let file = disk.open(&dir.join(segment_name(base)), OpenMode::WRITE).await.map_err(io)?;
            disk.sync_dir(dir).await.map_err(io)?;
            entries = disk.list(dir).await.map_err(io)?;
            if newest(&entries) == base {
                return Ok((file, base, entries));
            }
        }
    }

    async fn load_segment(&mut self, base: Offset, replay: &mut Replay) -> Result<(), LogError> {
        let path = self.dir.join(segment_name(base));
        let bytes = self.disk.read_file(&path, FILE_MAX).await.map_err(|e| LogError::Io(path.clone(), e))?;
        let bytes = Bytes::from(bytes);
        let good = replay.segment(base, &bytes).map_err(|why| LogError::Corrupt(path.clone(), why))?;
        if base == self.base {
            self.position = good as u64;
        }
        if base != self.base {
            let why = || format!("a bad batch at {good}, and later segments exist");
            return if good == bytes.len() { Ok(()) } else { Err(LogError::Corrupt(path, why())) };
        }
        if good == bytes.len() {
            return self.write_again(&bytes).await.map_err(|e| LogError::Io(path, e));
        }
        let rest = bytes.slice(good..);
        if rest.len() > BATCH_MAX || batch::any_valid_batch(&rest, replay.loaded.log.end) {
            let why =
                format!("a bad batch at {good}, and later ones are good or {} bytes follow", rest.len());
            return Err(LogError::Corrupt(path, why));
        }
        replay.loaded.torn = rest.len() as u64;
        self.disk.truncate(&self.file, self.position).await.map_err(|e| LogError::Io(path.clone(), e))?;
        self.write_again(&bytes.slice(..good)).await.map_err(|e| LogError::Io(path, e))
    }

    /// Makes the newest segment durable as it was read, before anything acts on it.
    ///
    /// The process before may have been killed after a sync that failed: readers see its last batch, and no later sync
    /// brings it to the device, only writing it again does. Batches before that one were durable when it was written.
    async fn write_again(&self, bytes: &Bytes) -> io::Result<()> {
        let from = bytes.len().saturating_sub(BATCH_MAX);
        if !planted(Bug::MetadataOnlySynced) && !bytes.is_empty() {
            self.disk.write_at(&self.file, vec![bytes.slice(from..)], from as u64).await?;
        }
        self.disk.sync(&self.file).await
    }

    async fn load_quorum(&self) -> Result<Option<QuorumState>, LogError> {
        let path = self.dir.join(QUORUM_STATE);
        match self.disk.read_file(&path, SMALL_FILE_MAX).await {
            Ok(text) => {
                let state = parse_quorum_state(&text);
                state.map(Some).map_err(|why| LogError::Corrupt(path, why.to_owned()))
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(LogError::Io(path, e)),
        }
    }

    /// An empty log beside existing partitions would make every one of them unknown, and their data deletable.
    async fn refuse_lost(&self, data_dir: &Path) -> Result<(), LogError> {
        let io = |e| LogError::Io(data_dir.to_owned(), e);
        let entries = self.disk.list(data_dir).await.map_err(io)?;
        let partition = |name: &str| {
            name.rsplit_once('-')
                .is_some_and(|(topic, index)| !topic.is_empty() && index.parse::<u32>().is_ok())
        };
        if entries.iter().any(|e| e.is_dir && e.name != METADATA_DIR && partition(&e.name)) {
            return Err(LogError::Lost(self.dir.clone()));
        }
        Ok(())
    }

    async fn write_partition_metadata(&self) -> Result<(), LogError> {
        let path = self.dir.join("partition.metadata");
        let text = format!("version: 0\ntopic_id: {}", ringlog_wire::ids::TopicId::METADATA);
        match self.disk.read_file(&path, SMALL_FILE_MAX).await {
            Ok(found) if found == text.as_bytes() => return Ok(()),
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(LogError::Io(path, e)),
        }
        self.disk.replace_file(&path, text.as_bytes()).await.map_err(|e| LogError::Io(path, e))
    }

    /// Appends one encoded batch and makes it durable. `first`: its base offset and epoch.
    ///
    /// Errors: of the system call; the log then refuses everything (never a retry, never a later success).
    pub async fn append(&mut self, bytes: Vec<u8>, first: (LeaderEpoch, Offset)) -> io::Result<()> {
        if self.failed {
            return Err(io::Error::other("the metadata log has failed before"));
        }
        let len = bytes.len() as u64;
        self.failed = true;
        self.disk.write_at(&self.file, vec![Bytes::from(bytes)], self.position).await?;
        self.disk.sync(&self.file).await?;
        self.position += len;
        self.since_snapshot += len;
        let (epoch, offset) = first;
        if self.epochs.last().is_none_or(|(e, _)| *e < epoch) {
            self.epochs.push((epoch, offset));
            self.write_epochs().await?;
        }
        self.failed = false;
        Ok(())
    }

    /// Reserves space ahead, and says how many bytes can be appended without running out of it.
    ///
    /// A full disk is not an error: less room is left, and more when space returns.
    pub async fn make_room(&mut self) -> u64 {
        let room = |log: &Self| log.reserved.saturating_sub(log.position);
        if room(self) >= ROOM_MIN {
            return room(self);
        }
        for want in [ROOM_WANTED, ROOM_WANTED / 16] {
            match self.disk.reserve(&self.file, self.position, want).await {
                Ok(()) => self.reserved = self.reserved.max(self.position + want),
                Err(e) if matches!(e.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
                    continue;
                }
                Err(_) => self.reserved = u64::MAX,
            }
            break;
        }
        room(self)
    }

    async fn write_epochs(&self) -> io::Result<()> {
        self.disk
            .replace_file(&self.dir.join(EPOCH_CHECKPOINT), epoch_checkpoint(&self.epochs).as_bytes())
            .await
    }

    /// Replaces `quorum-state`; durable on return. Errors: of the system call, final.
    pub async fn save_quorum(&mut self, state: &QuorumState) -> io::Result<()> {
        if self.failed {
            return Err(io::Error::other("the metadata log has failed before"));
        }
        self.failed = true;
        self.disk.replace_file(&self.dir.join(QUORUM_STATE), quorum_state(state).as_bytes()).await?;
        self.failed = false;
        Ok(())
    }

    /// Bytes appended since the newest snapshot.
    #[must_use]
    pub fn since_snapshot(&self) -> u64 {
        self.since_snapshot
    }

    /// Writes a snapshot of everything below `end`, begins a new segment there, and removes what it replaces.
    ///
    /// `end` must be the log's end. Errors: of the system call. Before the snapshot is durable an error leaves
    /// the log as it was; after it, one is final for the log.
    pub async fn snapshot(&mut self, end: Offset, epoch: LeaderEpoch, content: Vec<Bytes>) -> io::Result<()> {
        if self.failed {
            return Err(io::Error::other("the metadata log has failed before"));
        }
        snapshot::write(&self.disk, &self.dir, (end, epoch), content).await?;
        // From here on an error is final: a new segment that may exist must never be passed by the old one.
        self.failed = true;
        if end > self.base {
            let path = self.dir.join(segment_name(end));
            let file = self.disk.open(&path, OpenMode::WRITE).await?;
            self.disk.sync_dir(&self.dir).await?;
            self.file = file;
            self.base = end;
            self.position = 0;
            self.reserved = 0;
        }
        self.since_snapshot = 0;
        // The newest epoch that began before the end stays: it is the epoch of the offset before.
        let kept = self.epochs.iter().rposition(|(_, start)| *start < end).unwrap_or(0);
        self.epochs.drain(..kept);
        self.write_epochs().await?;
        self.failed = false;
        self.remove_older(end).await
    }

    async fn remove_older(&self, end: Offset) -> io::Result<()> {
        for entry in self.disk.list(&self.dir).await? {
            let old_log = parse_segment_name(&entry.name).is_some_and(|base| base < end);
            let old_snapshot = snapshot::parse_name(&entry.name).is_some_and(|(at, _)| at < end);
            if old_log || old_snapshot || snapshot::is_leftover(&entry.name) {
                self.disk.unlink(&self.dir.join(&entry.name)).await?;
            }
        }
        Ok(())
    }
}

/// Reading the log from front to back.
struct Replay {
    loaded: Loaded,
    snapshot_end: Offset,
    epochs: Vec<(LeaderEpoch, Offset)>,
    /// Bytes of batches above the snapshot.
    read: u64,
}

/// True if the batch at byte `at` says `base` where `next` belongs because the sector before it was not rewritten.
///
/// A power cut may keep the second sector of the last write and not the first. Where a batch begins in the last bytes
/// of a sector, those bytes are zeros then; offset and length stand outside the checksum, and what is lost of the
/// length is zero anyway, so the checksum is right.
fn is_torn_front(at: usize, base: Offset, next: Offset) -> bool {
    let lost = SECTOR - at % SECTOR;
    let kept = if lost < 8 { u64::MAX >> (8 * lost) } else { 0 };
    base != next && lost < LENGTH_END && base.0 == next.0 & kept
}

impl Replay {
    fn new(snapshot: Option<snapshot::Snapshot>) -> Self {
        let mut replay =
            Self { loaded: Loaded::default(), snapshot_end: Offset::ZERO, epochs: Vec::new(), read: 0 };
        if let Some(s) = snapshot {
            replay.loaded.records = s.records;
            replay.loaded.log = LogState { end: s.end, last_epoch: s.epoch };
            replay.snapshot_end = s.end;
            // The start offset of the snapshot's own epoch is not known better than "below its end".
            replay.epochs.push((s.epoch, Offset(s.end.0.saturating_sub(1))));
        }
        replay
    }

    /// Takes the batches of one segment; returns the length of its good part.
    /// Errors: batches that are valid but do not follow each other.
    fn segment(&mut self, base: Offset, bytes: &Bytes) -> Result<usize, String> {
        let mut at = 0;
        let mut next = base;
        if base > self.loaded.log.end {
            return Err(format!(
                "it begins at {base}, but the log before it ends at {}",
                self.loaded.log.end
            ));
        }
        while at < bytes.len() {
            let Ok(batch) = batch::decode(&bytes.slice(at..)) else { return Ok(at) };
            if is_torn_front(at, batch.stamp.base, next) {
                return Ok(at);
            }
            if batch.stamp.base != next {
                return Err(format!("a batch of offset {} at {at}, where {next} belongs", batch.stamp.base));
            }
            next = batch.end;
            at += batch.len;
            self.batch(batch)?;
        }
        Ok(at)
    }

    fn batch(&mut self, batch: Batch) -> Result<(), String> {
        if batch.end <= self.snapshot_end {
            return Ok(());
        }
        if batch.stamp.base != self.loaded.log.end {
            return Err(format!("a batch of offset {} overlaps the snapshot", batch.stamp.base));
        }
        let epoch = batch.stamp.epoch;
        if epoch < self.loaded.log.last_epoch {
            return Err(format!("epoch {} after epoch {}", epoch.0, self.loaded.log.last_epoch.0));
        }
        if self.epochs.last().is_none_or(|(e, _)| *e < epoch) {
            self.epochs.push((epoch, batch.stamp.base));
        }
        self.loaded.log = LogState { end: batch.end, last_epoch: epoch };
        self.read += batch.len as u64;
        if let Content::Data(records) = batch.content {
            self.loaded.records.extend(records);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::batch::Stamp;
    use crate::image::dump::record_version;
    use ringlog_wire::generated::FeatureLevelRecord;
    use ringlog_wire::generated::records::MetadataRecord;

    /// One batch at `base`, with a name of `len` bytes in it.
    fn one(base: u64, len: usize) -> Vec<u8> {
        let stamp = Stamp { base: Offset(base), epoch: LeaderEpoch(3), timestamp: 7 };
        let record = FeatureLevelRecord { name: "n".repeat(len), feature_level: 1 };
        batch::encode(stamp, &[MetadataRecord::FeatureLevel(record)], record_version).unwrap()
    }

    #[test]
    fn a_last_batch_whose_first_sector_is_lost_is_torn_and_elsewhere_a_wrong_offset_is_damage() {
        let mut torn = 0;
        for len in 300..820 {
            let first = one(0, len);
            let (at, mut both) = (first.len(), first);
            both.extend(one(1, 700));
            let lost = (SECTOR - at % SECTOR).min(16);
            both.get_mut(at..at + lost).unwrap().fill(0);
            let read = Replay::new(None).segment(Offset::ZERO, &both.clone().into());
            // Fewer than eight lost bytes of a small offset were zeros before.
            assert_eq!(read, Ok(if lost < 8 { both.len() } else { at }), "{lost} bytes lost");
            torn += usize::from((8..12).contains(&lost));
            both.get_mut(at..at + 8).unwrap().copy_from_slice(&9u64.to_be_bytes());
            // Of a length below 65,536 the last two bytes count.
            if (8..=10).contains(&lost) {
                let why = Replay::new(None).segment(Offset::ZERO, &both.into()).unwrap_err();
                assert!(why.contains("a batch of offset 9"), "{why}");
            }
        }
        assert!(torn >= 4, "{torn}");
    }
}
