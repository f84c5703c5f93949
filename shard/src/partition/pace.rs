//! How fast work that nobody waits for may read and write: as configured, and less while somebody waits for the disk.
//!
//! Owner: one pass of compaction or scrubbing. Invariants: work is paid for after it was done, by waiting, so that
//! no pause is saved up; a stop ends every wait. What giving way brings: docs/decisions/0013.

use crate::core::Core;
use crate::env::{Clock, Env, Instant, Mesh};
use ringlog_storage::store::Store;
use std::cell::Cell;
use std::time::Duration;

/// Bytes a second of one core's pass beside appends to the same directory.
const BESIDE_APPENDS: f64 = 16e6;
/// Or so many times what the appends bring: what is compacted was appended once and is read twice, and a pass must
/// outrun that.
const TIMES_APPENDED: f64 = 3.0;
/// How long appends are looked at to know how many there are.
const LOOK: Duration = Duration::from_millis(100);

/// See the module's text.
#[derive(Default)]
pub struct Pacer {
    /// When the work that was done is paid for.
    due: Cell<Instant>,
    /// When appends were last looked at, and how many bytes there had been.
    looked: Cell<(Instant, u64)>,
    /// Bytes a second appended then.
    appended: Cell<f64>,
}

impl Pacer {
    /// Waits until `bytes` of work on `store` are paid for, at `rate` bytes a second for all cores together.
    pub async fn pay<E: Env>(&self, core: &Core<E>, store: &Store<E::Disk>, (bytes, rate): (usize, f64)) {
        let stats = store.stats();
        let (clock, written) = (core.env.clock(), stats.frame_bytes + stats.bypass_bytes);
        let own = rate / f64::from(core.env.mesh().data_cores());
        let now = clock.now();
        let paid = self.paid_at(now, written, (bytes, own));
        if paid > now {
            let _ = core.stopping.or(clock.sleep_until(paid)).await;
        }
    }

    /// When `bytes` more are paid for, of which this core may have `own` a second; `written`: bytes that the
    /// directory's appends wrote so far.
    fn paid_at(&self, now: Instant, written: u64, (bytes, own): (usize, f64)) -> Instant {
        let (at, before) = self.looked.get();
        let elapsed = now.since(at);
        if elapsed >= LOOK {
            self.looked.set((now, written));
            self.appended.set(written.saturating_sub(before) as f64 / elapsed.as_secs_f64());
        }
        let rate = match self.appended.get() {
            appended if appended > 0.0 => own.min(BESIDE_APPENDS.max(appended * TIMES_APPENDED)),
            _ => own,
        };
        // A rate of nothing would end compaction for ever: it bounds nothing.
        let cost = Duration::try_from_secs_f64(bytes as f64 / rate).unwrap_or_default();
        let paid = self.due.get().max(now).after(cost);
        self.due.set(paid);
        paid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes a second that pass in ten seconds of work in pieces of 32 KiB beside `appended` bytes a second.
    fn passes(own: f64, appended: f64) -> f64 {
        let pacer = Pacer::default();
        let (begin, end) = (Instant::default().after(LOOK), Instant::default().after(100 * LOOK));
        let (mut now, mut bytes) = (begin, 0.0);
        while now < end {
            let written = (now.since(Instant::default()).as_secs_f64() * appended) as u64;
            now = pacer.paid_at(now, written, (32 << 10, own));
            bytes += f64::from(32 << 10);
        }
        bytes / now.since(begin).as_secs_f64()
    }

    #[test]
    fn work_gives_way_to_appends_and_outruns_them() {
        let near =
            |rate: f64, wanted: f64| assert!((rate / wanted - 1.0).abs() < 0.02, "{rate} for {wanted}");
        near(passes(300e6, 0.0), 300e6);
        near(passes(300e6, 1e6), BESIDE_APPENDS);
        near(passes(300e6, 20e6), 20e6 * TIMES_APPENDED);
        near(passes(5e6, 1e6), 5e6);
        near(passes(5e6, 20e6), 5e6);
    }

    #[test]
    fn work_is_as_fast_as_configured_soon_after_the_appends() {
        let pacer = Pacer::default();
        let at = |ms| Instant::default().after(Duration::from_millis(ms));
        let slow = pacer.paid_at(at(200), 1 << 20, (1 << 20, f64::MAX));
        assert!(slow > at(250), "beside appends");
        assert_eq!(
            pacer.paid_at(at(400), 1 << 20, (1 << 20, f64::MAX)),
            at(400),
            "nothing was appended since"
        );
    }
}
