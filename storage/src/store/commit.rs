//! The commit loop: one frame at a time, and the durable offsets that follow it.
//!
//! Owner: the store; the shard runs one task on `commit_next`. Invariants: a partition's durable offset moves
//! only here, in frame order, after the write said it is durable and so is what the frame names in segments; frame
//! n + 1 is written only after that.

use super::frames::Building;
use super::{Durable, Offline, Phase, Store};
use crate::commit::log::Slot;
use crate::disk::Disk;
use crate::planted::{Bug, planted};

impl<D: Disk> Store<D> {
    /// Writes the next frame, waiting for one if need be, and puts into `durable` (cleared first) every
    /// partition in it with its new durable offset. One caller at a time; the future must run to its end.
    ///
    /// Everything appended while the last frame was in flight shares one durable write (group commit).
    /// Errors: the directory is offline, or the store was closed: stop calling.
    pub async fn commit_next(&self, durable: &mut Vec<Durable<D>>) -> Result<(), Offline> {
        durable.clear();
        self.commit_wake
            .until(|| self.has_frame() || self.is_offline() || self.phase.get() == Phase::Closed)
            .await;
        self.check_online()?;
        if !self.has_frame() {
            return Err(Offline("the store is closed".into()));
        }
        let Some(slot) = self.next_slot().await else {
            self.check_online()?;
            return Err(Offline("the store is closed".into()));
        };
        let building = self.frames.borrow_mut().pop().expect("only this loop takes frames");
        self.write_frame(building, slot, durable).await
    }

    pub(super) fn has_frame(&self) -> bool {
        self.frames.borrow().has_work()
    }

    /// The place for the front frame; waits while every log file is full or being filled.
    /// `None` if the directory goes offline meanwhile.
    async fn next_slot(&self) -> Option<Slot<D::File>> {
        let mut slot = None;
        self.commit_wake
            .until(|| {
                // Asked again on every wake-up: the frame grows while it waits.
                let len = self.frames.borrow().front_len().unwrap_or(0);
                slot = self.log.borrow_mut().slot(len);
                slot.is_some() || self.is_offline()
            })
            .await;
        slot
    }

    async fn write_frame(
        &self,
        building: Building<D>,
        slot: Slot<D::File>,
        durable: &mut Vec<Durable<D>>,
    ) -> Result<(), Offline> {
        let Building { frame, touched, number } = building;
        for touch in &touched {
            touch.partition.on_framed(touch, slot.link.generation);
        }
        let (buf, len, crc) = frame.seal(&slot.link);
        let (written, buf) = self.disk.append_durable(&slot.file, buf, slot.position, len).await;
        if let Err(e) = written {
            self.go_offline("the commit log cannot be written", &e);
            if planted(Bug::FailedFrameCounts) {
                touched.iter().for_each(|t| t.partition.on_durable(t.end));
                durable.extend(touched.iter().map(|t| (std::rc::Rc::clone(&t.partition), t.end)));
            }
            return Err(Offline(self.offline.borrow().clone().unwrap_or_default()));
        }
        // What the frame names lies in segments. It counts, and the next one follows, once that is durable, too.
        let whole = || !self.frames.borrow().waits_beside(number) || planted(Bug::BesideNotAwaited);
        self.progress.until(|| whole() || self.is_offline()).await;
        if !whole() {
            self.check_online()?;
        }
        let half_full = {
            let mut log = self.log.borrow_mut();
            log.on_durable(len, crc);
            log.is_half_full()
        };
        let forgotten = usize::from(planted(Bug::FrameForgetsLast) && touched.len() > 2);
        for touch in touched.iter().take(touched.len() - forgotten) {
            let all = touch.partition.log.borrow().end();
            let end = if planted(Bug::StableMarkPassesFrame) { all } else { touch.end };
            touch.partition.on_durable(end);
            durable.push((std::rc::Rc::clone(&touch.partition), end));
        }
        self.frames.borrow_mut().on_durable(number, buf, touched);
        self.count(|s| {
            s.frames += 1;
            s.frame_bytes += len as u64;
        });
        if half_full || self.wants_flush() {
            self.flush_wake.notify();
        }
        self.progress.notify();
        Ok(())
    }

    /// Waits until everything pushed into frames so far is durable. False if the directory went offline.
    pub(super) async fn frames_durable(&self) -> bool {
        let newest = self.frames.borrow().newest();
        self.progress.until(|| self.is_offline() || self.frames.borrow().durable() >= newest).await;
        !self.is_offline()
    }
}
