//! Where the time of requests goes: one histogram for each stage of a produce request and of a fetch.
//!
//! Owner: each core, in cells that only it writes. Invariants: a stage is counted by the core on which it ends; counts
//! only grow; nothing is allocated and nothing is looked up; what a clock costs decides where it is read
//! (docs/decisions/0015-stamps-of-requests.md).
//!
//! ```text
//!          arrived    taken    checked       in the log     durable    answer ready    sent
//! produce     | queue   | decode  |    append     |   commit    |             | respond  |
//!                                 | hop | append | commit | hop |     on another core
//! fetch       | queue   | decode  |     read      |  (waits for records: no stage)       |
//!                                 | hop | read | hop |                        | respond  |
//! ```

use crate::env::Instant;
use std::cell::Cell;

/// A stage of a request. The order is that of the report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// From the arrival of the newest bytes until the request is taken up: behind others, for memory, for a place.
    ProduceQueue,
    /// Until the first batch is checked; decompression included.
    ProduceDecode,
    /// From one core to another, each way, the wait for a credit and in the queue there included.
    ProduceHop,
    /// Until the last batch is in the log, the checks of further batches and the wait for room included.
    ProduceAppend,
    /// Until all of them are on stable storage.
    ProduceCommit,
    /// From an answer that is next to leave until the socket has it.
    ProduceRespond,
    /// As of produce.
    FetchQueue,
    /// Until it is known what is to be read.
    FetchDecode,
    /// As of produce.
    FetchHop,
    /// One look at the partitions of one core; a fetch that waits for records looks again.
    FetchRead,
    /// As of produce.
    FetchRespond,
}

/// Stages.
pub const STAGES: usize = Stage::FetchRespond as usize + 1;

/// Below 2 to the power of this, ns, nothing is told apart.
const FIRST_OCTAVE: u32 = 10;
/// At and above 2 to the power of this, ns (34 s), neither.
const LAST_OCTAVE: u32 = 35;
/// Parts of an octave: a quantile is at most a quarter too large.
const PARTS: u32 = 4;
/// Buckets of a histogram.
pub const BUCKETS: usize = ((LAST_OCTAVE - FIRST_OCTAVE) * PARTS) as usize + 2;

/// The bucket that counts `ns`.
#[must_use]
fn bucket(ns: u64) -> usize {
    let octave = ns.checked_ilog2().unwrap_or(0);
    if octave < FIRST_OCTAVE {
        return 0;
    }
    if octave >= LAST_OCTAVE {
        return BUCKETS - 1;
    }
    let part = (ns >> (octave - PARTS.ilog2())) as usize % PARTS as usize;
    1 + ((octave - FIRST_OCTAVE) * PARTS) as usize + part
}

/// What a bucket counts is below this, ns; `None` for the last one, which has no end.
///
/// # Panics
/// If there is no such bucket.
#[must_use]
pub fn bucket_end(bucket: usize) -> Option<u64> {
    assert!(bucket < BUCKETS, "there is no bucket {bucket}");
    if bucket == BUCKETS - 1 {
        return None;
    }
    let (octave, part) = (bucket as u64 / u64::from(PARTS), bucket as u64 % u64::from(PARTS));
    Some((u64::from(PARTS) + part) << (octave + u64::from(FIRST_OCTAVE - PARTS.ilog2())))
}

/// How long one stage took.
#[derive(Debug)]
struct Histogram {
    buckets: [Cell<u64>; BUCKETS],
    total_ns: Cell<u64>,
}

impl Histogram {
    fn add(&self, ns: u64, n: u64) {
        if let Some(count) = self.buckets.get(bucket(ns)) {
            count.set(count.get().wrapping_add(n));
        }
        self.total_ns.set(self.total_ns.get().wrapping_add(ns.wrapping_mul(n)));
    }
}

/// The histograms of one core.
#[derive(Debug)]
pub struct Stages([Histogram; STAGES]);

impl Default for Stages {
    fn default() -> Self {
        let one = |_| Histogram { buckets: std::array::from_fn(|_| Cell::new(0)), total_ns: Cell::new(0) };
        Self(std::array::from_fn(one))
    }
}

impl Stages {
    /// A request was in `stage` from one time to the other.
    pub fn add(&self, stage: Stage, from: Instant, to: Instant) {
        self.add_many(stage, from, to, 1);
    }

    /// So many requests were.
    pub fn add_many(&self, stage: Stage, from: Instant, to: Instant, requests: u32) {
        if let Some(histogram) = self.0.get(stage as usize) {
            histogram.add(to.0.saturating_sub(from.0), u64::from(requests));
        }
    }

    /// A send is over that took `leaving` along.
    pub fn add_sent(&self, leaving: Leaving, now: Instant) {
        for (stage, requests) in
            [(Stage::ProduceRespond, leaving.produce), (Stage::FetchRespond, leaving.fetch)]
        {
            if requests > 0 {
                self.add_many(stage, leaving.since, now, requests);
            }
        }
    }

    /// What was counted.
    #[must_use]
    pub fn report(&self) -> StagesReport {
        let mut counts = Vec::with_capacity(STAGES * BUCKETS);
        self.0.iter().for_each(|h| counts.extend(h.buckets.iter().map(Cell::get)));
        StagesReport {
            counts,
            totals_ns: std::array::from_fn(|i| self.0.get(i).map_or(0, |h| h.total_ns.get())),
        }
    }
}

/// The stages of a core as it reports them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StagesReport {
    /// Stage by stage, `BUCKETS` each; empty if nothing was reported.
    counts: Vec<u64>,
    totals_ns: [u64; STAGES],
}

impl StagesReport {
    /// The counts of the buckets of `stage`; empty if nothing was reported.
    #[must_use]
    pub fn buckets(&self, stage: Stage) -> &[u64] {
        let at = stage as usize * BUCKETS;
        self.counts.get(at..at + BUCKETS).unwrap_or_default()
    }

    /// The time that all requests together were in `stage`, ns.
    #[must_use]
    pub fn total_ns(&self, stage: Stage) -> u64 {
        self.totals_ns.get(stage as usize).copied().unwrap_or(0)
    }
}

/// Whose answer it is; answers of other APIs are not counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answers {
    /// Of a produce request.
    Produce,
    /// Of a fetch.
    Fetch,
    /// Of another one.
    Other,
}

/// Answers that leave with one send. The time is that of the first of them: a send takes all that is ready, and one
/// time is kept instead of one for each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Leaving {
    since: Instant,
    produce: u32,
    fetch: u32,
}

impl Leaving {
    /// One more is ready at `now`.
    pub fn note(&mut self, answers: Answers, now: Instant) {
        if self.produce + self.fetch == 0 {
            self.since = now;
        }
        match answers {
            Answers::Produce => self.produce += 1,
            Answers::Fetch => self.fetch += 1,
            Answers::Other => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_is_in_the_bucket_that_ends_behind_it() {
        let ends: Vec<u64> = (0..BUCKETS - 1).filter_map(bucket_end).collect();
        assert_eq!((ends.len(), ends[0], ends[1], ends[4]), (BUCKETS - 1, 1024, 1280, 2048));
        assert_eq!(*ends.last().unwrap(), 1 << LAST_OCTAVE);
        assert!(ends.is_sorted() && ends.windows(2).all(|w| w[1] * 4 <= w[0] * 5));
        for (at, end) in ends.iter().enumerate() {
            assert_eq!((bucket(end - 1), bucket(*end)), (at, at + 1), "{end}");
        }
        assert_eq!((bucket(0), bucket(u64::MAX), bucket_end(BUCKETS - 1)), (0, BUCKETS - 1, None));
    }

    #[test]
    fn a_report_has_what_was_counted() {
        let stages = Stages::default();
        let at = |us: u64| Instant(us * 1000);
        stages.add(Stage::ProduceCommit, at(5), at(105));
        stages.add(Stage::ProduceCommit, at(105), at(5));
        let mut leaving = Leaving::default();
        leaving.note(Answers::Other, at(1));
        leaving.note(Answers::Fetch, at(10));
        leaving.note(Answers::Fetch, at(20));
        stages.add_sent(leaving, at(30));
        let report = stages.report();
        let commit = report.buckets(Stage::ProduceCommit);
        assert_eq!((commit[0], commit[bucket(100_000)], commit.iter().sum::<u64>()), (1, 1, 2));
        assert_eq!(report.total_ns(Stage::ProduceCommit), 100_000);
        assert_eq!(report.buckets(Stage::FetchRespond)[bucket(20_000)], 2, "both as the first");
        assert_eq!(report.total_ns(Stage::FetchRespond), 40_000);
        assert_eq!(report.buckets(Stage::ProduceRespond).iter().sum::<u64>(), 0);
        assert!(StagesReport::default().buckets(Stage::FetchRead).is_empty());
    }
}
