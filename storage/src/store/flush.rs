//! Flushing: whole blocks of tails into segments, oldest first, from a half-full log on; and giving memory back.
//!
//! Owner: the store; the shard runs one task on `flush_loop`. Invariants: one task at a time writes a partition's
//! files; each block is written once, except the padded last one of a closed segment; a write counts as flushed
//! in memory at once, but no checkpoint says so before the file is synced (see `recycle`).

use super::wait::{all, side_by_side};
use super::{Partition, Phase, Store};
use crate::buf::BLOCK;
use crate::disk::Disk;
use crate::limits::{BACKGROUND_BYTES, BACKGROUND_WRITES_MAX, FLUSH_MIN, WAITED_BYTES};
use crate::partition::{FlushJob, FlushWant};
use crate::planted::{Bug, planted};
use std::io;
use std::rc::Rc;

/// Partitions flushed before the round looks at the log again.
const GROUP: usize = 64;
/// Bytes of tails that are given back in one turn of the core.
const GIVE_BACK_BYTES: usize = 512 << 10;
/// Partitions looked at in one turn.
const LOOKS_MAX: usize = 512;
/// Jobs of one partition in one visit, so that a busy one does not hold up the others.
const JOBS_MAX: usize = 64;

/// What a round has seen of a partition.
struct Look<D: Disk> {
    /// Generation of the oldest log file that it needs.
    held: u64,
    /// It keeps that file from being used again.
    holds_up: bool,
    /// Log bytes that are not in their files yet.
    bytes: usize,
    partition: Rc<Partition<D>>,
}

/// How long of these lengths, all below `FLUSH_MIN`, the longest are that make up `want` bytes: whole blocks, one
/// at least.
fn largest(lengths: impl Iterator<Item = usize>, want: usize) -> usize {
    let mut of_blocks = [0; FLUSH_MIN / BLOCK];
    for len in lengths {
        if let Some(sum) = of_blocks.get_mut(len / BLOCK) {
            *sum += len;
        }
    }
    let mut sum = 0;
    let enough = |bytes: &usize| {
        sum += bytes;
        sum >= want
    };
    of_blocks.iter().rposition(enough).unwrap_or(0).max(1) * BLOCK
}

impl<D: Disk> Store<D> {
    /// All that works beside the commit loop, for whoever has one task for it. Runs until the store is closed or offline.
    pub async fn flush_loop(&self) {
        all(vec![Box::pin(self.bypass_loop()), Box::pin(self.behind_loop())]).await;
    }

    /// Everything that works behind the commit loop: flush, log files, reservations.
    /// Runs until the store is closed or offline.
    pub async fn behind_loop(&self) {
        all(vec![
            Box::pin(self.flush_rounds()),
            Box::pin(self.fill_loop()),
            Box::pin(self.reserve_loop()),
            Box::pin(self.remove_loop()),
        ])
        .await;
    }

    /// True if something should be flushed although nobody waits for it yet.
    pub(super) fn wants_flush(&self) -> bool {
        self.is_short_of_memory() || self.log.borrow().is_half_full() || self.wants_checkpoint()
    }

    fn is_short_of_memory(&self) -> bool {
        let half = self.unflushed.get() * 2 > self.unflushed_max();
        half || self.pressed.get() || self.tails.used() > self.config.tail_max
    }

    /// How long a write of a flush may be, bytes: short while commits go on beside it, long when they are about to
    /// wait for it.
    fn piece(&self) -> usize {
        let short = self.log.borrow().is_nearly_full() || self.unflushed.get() / 3 * 4 > self.unflushed_max();
        if short || self.phase.get() != Phase::Open { WAITED_BYTES } else { BACKGROUND_BYTES }
    }

    /// Bytes that may wait to be flushed: the budget, and never less than what lies in blocks that are not full
    /// yet, which nothing can flush.
    pub(super) fn unflushed_max(&self) -> usize {
        self.config.unflushed_max.max(self.partitions.borrow().len() * 4 * BLOCK)
    }

    async fn flush_rounds(&self) {
        loop {
            let due = || self.phase.get() == Phase::Open && !self.full.get() && self.wants_flush();
            self.flush_wake.until(|| self.stopped() || due()).await;
            if self.stopped() {
                return;
            }
            if self.phase.get() != Phase::Open {
                continue;
            }
            match self.flush_round().await {
                Ok(()) => {}
                Err(e) if e.kind() == io::ErrorKind::StorageFull => self.on_full().await,
                Err(e) => {
                    self.go_offline("flushing to segments failed", &e);
                    return;
                }
            }
            // Rounds that find nothing to do yet must not keep the other tasks of the core from working.
            super::wait::give_way().await;
        }
    }

    /// A small file found no space: appends are refused until `tick` lets it be tried again.
    pub(super) async fn on_full(&self) {
        self.full.set(true);
        self.note_refused().await;
        self.progress.notify();
    }

    async fn flush_round(&self) -> io::Result<()> {
        let before = self.stats.get().segment_bytes;
        let half_full = self.log.borrow().is_half_full();
        let oldest = self.log.borrow().oldest_recyclable();
        let short = self.is_short_of_memory();
        self.pressed.set(false);
        let (due, worth) = self.due(half_full, oldest, short).await;
        for group in due.chunks(GROUP) {
            let work = |look: &Look<D>| {
                let min = if look.holds_up { 1 } else { worth };
                self.flush_partition(Rc::clone(&look.partition), FlushWant::WholeBlocks { min }, JOBS_MAX)
            };
            for done in side_by_side(group, BACKGROUND_WRITES_MAX, work).await {
                done?;
            }
        }
        self.give_back_memory().await;
        let mut moved = self.stats.get().segment_bytes > before;
        if half_full || self.wants_checkpoint() {
            moved |= self.recycle().await?;
        }
        if moved {
            self.progress.notify();
        } else {
            // Nothing to flush although a budget is short: something else must move first.
            self.progress.next().await;
        }
        Ok(())
    }

    /// The partitions that hold up the log file of generation `oldest`, or have `FLUSH_MIN` bytes to flush; those
    /// with the oldest bytes first. With them: how much a partition must have that holds up nothing.
    ///
    /// If there is none though memory is `short`, many partitions with little each hold it: those with the most go,
    /// as many as give back an eighth of the budget. A write costs much the same whatever its length, and what is
    /// left to grow is longer when it goes.
    async fn due(&self, half_full: bool, oldest: Option<u64>, short: bool) -> (Vec<Look<D>>, usize) {
        let mut looks = Vec::new();
        for some in self.partitions().chunks(LOOKS_MAX) {
            for partition in some {
                let held = partition.holds.borrow().oldest();
                let holds_up = half_full && held.is_some() && held <= oldest;
                let bytes = partition.log.borrow().unflushed_bytes();
                if holds_up || bytes >= if short { BLOCK } else { FLUSH_MIN } {
                    let held = held.unwrap_or(u64::MAX);
                    looks.push(Look { held, holds_up, bytes, partition: Rc::clone(partition) });
                }
            }
            if some.len() == LOOKS_MAX {
                super::wait::give_way().await;
            }
        }
        let mut worth = FLUSH_MIN;
        if !looks.iter().any(|look| look.holds_up || look.bytes >= FLUSH_MIN) {
            worth = largest(looks.iter().map(|look| look.bytes), self.unflushed_max() / 8);
        }
        looks.retain(|look| look.holds_up || look.bytes >= worth);
        looks.sort_by_key(|look| look.held);
        (looks, worth)
    }

    /// Writes up to `jobs` jobs of one partition. Not synced on return.
    ///
    /// The gate opens between them for whoever waits: appends want the space that is reserved inside of it.
    pub(super) async fn flush_partition(
        &self,
        partition: Rc<Partition<D>>,
        want: FlushWant,
        jobs: usize,
    ) -> io::Result<()> {
        let mut inside = partition.gate.enter().await;
        for _ in 0..jobs {
            if !self.flush_job(&partition, want).await? {
                break;
            }
            if partition.gate.is_wanted() {
                drop(inside);
                super::wait::give_way().await;
                inside = partition.gate.enter().await;
            }
        }
        if partition.deleted.get() || self.is_offline() {
            Ok(())
        } else {
            partition.write_ripe_index(&self.disk).await
        }
    }

    /// The next job of a partition, in its gate. False if there is none.
    async fn flush_job(&self, partition: &Rc<Partition<D>>, want: FlushWant) -> io::Result<bool> {
        // Asked in the gate: a deletion that was in it before has taken the folder's name away.
        if partition.deleted.get() || !self.carried(partition).await {
            return Ok(false);
        }
        partition.write_rolls(&self.disk).await?;
        // A bypass writes its own bytes, and each needs its extent entry.
        if partition.deleted.get() || partition.bypass.get() {
            return Ok(false);
        }
        let Some(job) = partition.log.borrow_mut().flush_plan(want, self.piece()) else { return Ok(false) };
        self.write_job(partition, &job, false).await?;
        partition.write_rolls(&self.disk).await?;
        Ok(true)
    }

    /// Waits until bytes that came from the segment itself are in the log again. False if offline.
    pub(super) async fn carried(&self, partition: &Partition<D>) -> bool {
        let frame = partition.carry_frame.get();
        self.progress.until(|| self.is_offline() || self.frames.borrow().durable() >= frame).await;
        !self.is_offline()
    }

    /// One write to a segment and what follows from it. In the partition's gate. `durable` on return if that is asked
    /// for and the file is not cut behind it; otherwise it is noted for the next sync.
    pub(super) async fn write_job(
        &self,
        partition: &Rc<Partition<D>>,
        job: &FlushJob,
        durable: bool,
    ) -> io::Result<()> {
        let file = partition.segment_file(&self.disk, job.segment).await?;
        // What recovery brought back was accepted by an earlier life, whose reservation a power cut may have taken.
        let reserved = partition.log.borrow().segments().find(job.segment).map_or(0, |s| s.reserved);
        let needed = job.position + job.data.iter().map(|part| part.len() as u64).sum::<u64>();
        if needed > reserved {
            self.disk.reserve(&file, job.position, needed - job.position).await?;
        }
        let durable = durable && job.truncate_to.is_none();
        let written = if durable {
            partition.write_segment(&self.disk, &file, job).await
        } else {
            self.disk.write_at(&file, job.data.clone(), job.position).await
        };
        // Space was reserved for these bytes: even ENOSPC is a failure here, and final.
        written.map_err(|e| io::Error::other(format!("segment {} of {partition:?}: {e}", job.segment)))?;
        if let Some(len) = job.truncate_to.filter(|_| !planted(Bug::PaddingLeft)) {
            self.disk.truncate(&file, len).await?;
        }
        if !durable {
            partition.unsynced.note_write(job.segment, &file);
        }
        let bytes = usize::try_from(job.end_position - job.position).unwrap_or(usize::MAX);
        self.unflushed.set(self.unflushed.get().saturating_sub(bytes));
        self.count(|s| {
            s.segment_bytes += bytes as u64;
            s.segment_writes += 1;
        });
        let completes = {
            let mut log = partition.log.borrow_mut();
            let completes = log.on_flushed(job);
            let all = log.unflushed_bytes() == 0 || planted(Bug::HoldReleasedEarly);
            partition.holds.borrow_mut().on_flushed(log.flushed_position(), all);
            completes
        };
        if completes {
            partition.note_complete(job.segment);
        }
        Ok(())
    }

    /// Brings the memory of tails back under its budget, a little from every partition.
    ///
    /// In slices: with ten thousand partitions all of it at once kept the core from its clients for 30 ms.
    pub(super) async fn give_back_memory(&self) {
        if self.tails.used() <= self.config.tail_max {
            return;
        }
        // Whoever does it already frees enough for all.
        let Some(_inside) = self.giving_back.try_enter() else { return };
        let mut want = self.tails.used().saturating_sub(self.config.tail_max / 8 * 7);
        let mut slice = 0;
        for partition in self.partitions() {
            while want > 0 {
                let part = want.min(GIVE_BACK_BYTES - slice);
                let freed = partition.log.borrow_mut().evict(part);
                want = want.saturating_sub(freed);
                // A look costs something, too.
                slice += freed + BLOCK;
                if slice >= GIVE_BACK_BYTES {
                    slice = 0;
                    super::wait::give_way().await;
                }
                if freed < part {
                    break;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_that_make_up_what_is_wanted_are_worth_it() {
        let lengths = [BLOCK, 3 * BLOCK + 5, 5 * BLOCK, 5 * BLOCK + 100, 15 * BLOCK];
        let worth = |want| largest(lengths.into_iter(), want);
        assert_eq!(worth(1), 15 * BLOCK);
        assert_eq!(worth(15 * BLOCK), 15 * BLOCK);
        assert_eq!(worth(15 * BLOCK + 1), 5 * BLOCK, "all of one length");
        assert_eq!(worth(26 * BLOCK), 3 * BLOCK);
        assert_eq!(worth(usize::MAX), BLOCK, "never less than a block");
        assert_eq!(largest([5].into_iter(), 1), BLOCK);
        assert_eq!(largest([].into_iter(), 1), BLOCK);
    }
}
