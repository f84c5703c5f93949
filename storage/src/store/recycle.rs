//! Recycling the oldest log files: carry what is less than a block, checkpoint, take them into use again.
//!
//! Owner: the store's flush task. Order, each step durable before the next: whole blocks are in their segments
//! (`flush`) -> partial blocks are in a newer frame -> the state of all partitions is taken, and every frame and
//! segment byte it speaks of is durable -> the checkpoint is -> the files' fronts are cleared -> they take frames
//! again.

use super::wait::give_way;
use super::{Partition, Store};
use crate::checkpoint::{self, Encoder, Head, Record};
use crate::disk::Disk;
use crate::limits::CHECKPOINT_CHUNK;
use crate::partition::PartitionLog;
use crate::planted::{Bug, planted};
use ringlog_wire::ids::Offset;
use std::io;
use std::rc::Rc;

/// Bytes past the commit log after which a checkpoint is due: recovery reads them back.
const BYPASS_CHECKPOINT_BYTES: u64 = 64 << 20;

impl<D: Disk> Store<D> {
    pub(super) fn wants_checkpoint(&self) -> bool {
        self.bypassed.get() >= BYPASS_CHECKPOINT_BYTES
    }

    /// Frees the oldest log files as far as nothing holds them up. True if a checkpoint was written.
    pub(super) async fn recycle(&self) -> io::Result<bool> {
        let oldest = self.log.borrow().oldest_recyclable();
        if let Some(oldest) = oldest {
            self.carry_from(oldest).await;
        }
        if !self.frames_durable().await {
            return Ok(false);
        }
        let oldest = self.log.borrow().oldest_recyclable();
        let held = self.oldest_held();
        let frees = oldest
            .is_some_and(|oldest| held.is_none_or(|held| held > oldest) || planted(Bug::RecycleBeforeFlush));
        if !frees && !self.wants_checkpoint() {
            return Ok(false);
        }
        let Some(first) = self.write_checkpoint(false).await? else { return Ok(false) };
        self.reuse_before(first).await?;
        Ok(true)
    }

    /// Enters the partial blocks of every partition that needs a file up to `oldest` again, some in each turn.
    async fn carry_from(&self, oldest: u64) {
        for some in self.partitions().chunks(CHECKPOINT_CHUNK) {
            for partition in some {
                let held = partition.holds.borrow().oldest().is_some_and(|held| held <= oldest);
                if !held || partition.bypass.get() || partition.deleted.get() {
                    continue;
                }
                let log = partition.log.borrow();
                if log.unflushed_bytes() == 0 {
                    partition.holds.borrow_mut().on_flushed(log.flushed_position(), true);
                } else {
                    partition.carry_into(self, &log);
                }
            }
            if some.len() == CHECKPOINT_CHUNK {
                give_way().await;
            }
        }
    }

    fn oldest_held(&self) -> Option<u64> {
        self.partitions.borrow().values().filter_map(|p| p.holds.borrow().oldest()).min()
    }

    /// Takes the state of every partition, waits until all it speaks of is durable, and writes it to the older
    /// slot. Returns the generation of the first log file that it needs; `None` if the directory went offline.
    pub(super) async fn write_checkpoint(&self, clean: bool) -> io::Result<Option<u64>> {
        // One at a time: a clean stop may meet a round of the flush task.
        let _inside = match planted(Bug::CheckpointsAtOnce) {
            true => None,
            false => Some(self.checkpointing.enter().await),
        };
        // Asked before any record is taken: one that moves meanwhile is news to the next checkpoint.
        let starts_changed = self.starts_changed.take();
        let done = self.write_state(clean, starts_changed).await;
        if starts_changed && !matches!(done, Ok(Some(_))) {
            self.starts_changed.set(true);
        }
        done
    }

    async fn write_state(&self, clean: bool, starts_changed: bool) -> io::Result<Option<u64>> {
        let bypassed = self.bypassed.get();
        let mut first = self.log.borrow().current_generation();
        let mut records = Vec::new();
        let mut ends: Vec<(Rc<Partition<D>>, Offset)> = Vec::new();
        let mut unsynced: Vec<Rc<Partition<D>>> = Vec::new();
        // A block that is being carried holds its new place only, long before that is durable.
        let mut carried = 0;
        for some in self.partitions().chunks(CHECKPOINT_CHUNK) {
            let mut chunk = Vec::with_capacity(some.len());
            for partition in some.iter().filter(|p| !p.deleted.get()) {
                let log = partition.log.borrow();
                if log.durable() < log.end() {
                    ends.push((Rc::clone(partition), log.end()));
                }
                carried = carried.max(partition.carry_frame.get());
                if partition.unsynced.any() {
                    unsynced.push(Rc::clone(partition));
                }
                if !planted(Bug::RecycleBeforeFlush) {
                    first = first.min(partition.holds.borrow().oldest().unwrap_or(first));
                }
                chunk.push(record_of(partition, &log));
            }
            records.push(chunk);
            give_way().await;
        }
        let durable =
            |(p, end): &(Rc<Partition<D>>, Offset)| p.deleted.get() || p.log.borrow().durable() >= *end;
        let early = planted(Bug::CheckpointOfUndurable);
        let framed = || planted(Bug::CarryNotAwaited) || self.frames.borrow().durable() >= carried;
        self.progress.until(|| self.is_offline() || early || (framed() && ends.iter().all(durable))).await;
        if self.is_offline() {
            return Ok(None);
        }
        if !planted(Bug::CheckpointBeforeSync) {
            self.sync_all(&unsynced).await?;
        }
        if starts_changed {
            self.write_changed_starts(&records).await?;
        }
        let Some(body) = self.encode(first, clean, records).await else { return Ok(None) };
        let file = self.slots.borrow().next_file();
        checkpoint::write_slot(&self.disk, &file, body).await?;
        self.slots.borrow_mut().on_written();
        self.bypassed.set(self.bypassed.get().saturating_sub(bypassed));
        Ok(Some(first))
    }

    /// The checkpoint's bytes. Each turn of the core encodes some of `records`, and frees what it has encoded.
    async fn encode(&self, first: u64, clean: bool, records: Vec<Vec<Record>>) -> Option<bytes::Bytes> {
        let head = {
            let log = self.log.borrow();
            // No file has taken a frame yet: recovery starts at the chain's first link.
            let link = log.first_of(first).unwrap_or_else(|| log.next_link());
            Head {
                layout_generation: self.layout_generation,
                core: self.config.core,
                cores: self.config.cores,
                salt: self.salt,
                first_generation: link.generation,
                first_sequence: link.sequence,
                first_prev_crc: link.prev_crc,
                log_used: log.first_of(first).is_some_and(|l| l.sequence < log.next_sequence()),
                clean,
            }
        };
        let mut encoder = Encoder::new(&head);
        for chunk in records {
            encoder.push(&chunk);
            give_way().await;
        }
        Some(encoder.finish(self.slots.borrow().next_generation()))
    }

    /// The state of every partition, as a checkpoint would have it now.
    pub(super) fn records(&self) -> Vec<Record> {
        self.partitions.borrow().values().map(|p| record_of(p, &p.log.borrow())).collect()
    }

    /// Takes the files older than `generation` into use again, or gives them up if there are too many.
    async fn reuse_before(&self, generation: u64) -> io::Result<()> {
        let more = u64::from(planted(Bug::RecycledOneTooMany));
        let old = self.log.borrow_mut().recycle_before(generation + more);
        for file in old {
            let (files, shape) = {
                let log = self.log.borrow();
                (log.files(), log.shape())
            };
            if files > shape.files || file.capacity != shape.file_bytes {
                // Another size is wanted: the fill loop makes a new one.
                let dir = crate::layout::core_dir(&self.config.dir, self.config.core);
                self.disk.unlink(&dir.join(crate::layout::log_name(file.number))).await?;
                self.log.borrow_mut().forget();
            } else {
                self.clear_front(&file.file).await?;
                self.log.borrow_mut().add_free(file);
                self.count(|s| s.recycled += 1);
            }
        }
        self.flush_wake.notify();
        self.commit_wake.notify();
        self.progress.notify();
        Ok(())
    }
}

/// The checkpoint's record of one partition.
pub(super) fn record_of<D: Disk>(partition: &Partition<D>, log: &PartitionLog) -> Record {
    let mut record = Record::new(partition.id(), partition.topic(), partition.high_watermark(), &log.image());
    if !planted(Bug::LogStartNotInCheckpoint) {
        record.log_start = record.log_start.max(partition.starting.get().0);
    }
    // Untouched since a clean stop: the last block is in the file, padded and cut, and in no log file.
    if partition.must_carry.get()
        && let Some(active) = record.segments.last_mut()
    {
        active.flushed = active.size;
        record.written = (record.end, active.base, active.size);
        record.first_unwritten = record.written;
    }
    record
}
