//! Where logs start, for a start without a checkpoint: `log-start-offset-checkpoint` of each core.
//!
//! Owner: the store; written before a checkpoint that knows more, read only when both checkpoints are lost.
//! Invariant: what it says of a partition was durable in the commit log before, so it may be old, never wrong:
//! log starts do not go back, and a topic that is made again has another id. Kafka's form, with ids for names.

use super::{Store, StoreError};
use crate::checkpoint::Record;
use crate::disk::Disk;
use crate::layout;
use crate::limits::SMALL_FILE_MAX;
use crate::partition::files::{LOG_START_OFFSETS, LogStartEntry, log_start_offsets, parse_log_start_offsets};
use crate::planted::{Bug, planted};
use ringlog_wire::ids::{Offset, PartitionId};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Log starts by partition.
pub(super) type Starts = BTreeMap<PartitionId, Offset>;

/// The log starts that records of a checkpoint speak of.
pub(super) fn starts_of<'a>(records: impl Iterator<Item = &'a Record>) -> Starts {
    records.filter(|r| r.log_start > 0).map(|r| (r.id(), Offset(r.log_start))).collect()
}

/// Writes them into a core's folder. Durable on return.
pub(super) async fn write_starts<D: Disk>(disk: &D, core_dir: &Path, starts: &Starts) -> io::Result<()> {
    let entry = |(id, log_start): (&PartitionId, &Offset)| LogStartEntry {
        topic: id.topic.to_string(),
        index: id.index,
        log_start: *log_start,
    };
    let entries: Vec<_> = starts.iter().map(entry).collect();
    disk.replace_file(&core_dir.join(LOG_START_OFFSETS), log_start_offsets(&entries).as_bytes()).await
}

/// What the files of all cores of the layout in force say: a partition may have belonged to another core.
pub(super) async fn read_starts<D: Disk>(disk: &D, dir: &Path, cores: u16) -> Result<Starts, StoreError> {
    let mut starts = Starts::new();
    for core in 0..cores {
        let path = layout::core_dir(dir, core).join(LOG_START_OFFSETS);
        let bytes = match disk.read_file(&path, SMALL_FILE_MAX).await {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(e) => return Err(StoreError::Io(format!("reading {}", path.display()), e)),
        };
        let read = parse_log_start_offsets(&String::from_utf8_lossy(&bytes))
            .map_err(|e| StoreError::Corrupt(format!("{}: {e}", path.display())))?;
        for entry in read {
            let Ok(topic) = entry.topic.parse() else {
                return Err(StoreError::Corrupt(format!(
                    "{}: {} is no topic id",
                    path.display(),
                    entry.topic
                )));
            };
            let start = starts.entry(PartitionId { topic, index: entry.index }).or_default();
            *start = entry.log_start.max(*start);
        }
    }
    Ok(starts)
}

impl<D: Disk> Store<D> {
    /// Before a checkpoint of `records` is written, if a log start moved since the last one.
    pub(super) async fn write_changed_starts(&self, records: &[Vec<Record>]) -> io::Result<()> {
        if planted(Bug::StartsNotWritten) {
            return Ok(());
        }
        let core = layout::core_dir(&self.config.dir, self.config.core);
        write_starts(&self.disk, &core, &starts_of(records.iter().flatten())).await
    }
}
