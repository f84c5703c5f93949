//! The in-memory state of one partition's log: pure, no I/O, no clock.
//!
//! Owner: the partition's core. `PartitionLog` decides where a batch goes, keeps the tail in memory, knows what
//! is flushed, durable and readable, and says what to write next; `store` does the writing and `read` the reading.
//! Also here: encoders and decoders of every file in Kafka's formats. Invariants: see `log_state` and `tail`.

pub mod batch;
pub mod epoch_cache;
pub mod files;
mod flush;
pub mod image;
pub mod index;
mod log;
pub mod log_state;
pub mod producer_state;
mod read_plan;
mod replay;
pub mod retention;
pub mod segments;
pub mod snapshot;
pub mod tail;

#[cfg(test)]
mod garbage_tests;
#[cfg(test)]
mod tests;

pub use batch::{BadBatch, Head};
pub use flush::{Carry, FlushJob, FlushWant, ReserveJob, ReserveTarget};
pub use image::{PartitionImage, SegmentImage};
pub use log::{AppendStamp, Appended, PartitionLog, Placement, Roll};
pub use producer_state::{Admit, ProducerReject};
pub use read_plan::{ColdRead, MemoryRead, OutOfRange, ReadPlan, SegmentBytes};
pub use replay::{AppendBytes, Corrupt};
pub use tail::{LogPosition, Mark};

use ringlog_wire::ids::{Offset, PartitionId};

/// What a topic's configuration says about its logs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LogConfig {
    /// `segment.bytes`: a segment never gets longer, except by one batch that is longer itself.
    pub segment_bytes: u32,
    /// `segment.ms`.
    pub segment_ms: i64,
    /// `segment.jitter.ms`: a segment is closed by time up to so much earlier, each at its own moment.
    pub segment_jitter_ms: i64,
    /// `segment.index.bytes`: the longest index file.
    pub segment_index_bytes: u32,
    /// `index.interval.bytes`.
    pub index_interval_bytes: u32,
    /// `producer.id.expiration.ms` of the broker.
    pub producer_expiration_ms: i64,
}

impl Default for LogConfig {
    /// Kafka's defaults.
    fn default() -> Self {
        Self {
            segment_bytes: 1 << 30,
            segment_ms: 7 * 24 * 3600 * 1000,
            segment_jitter_ms: 0,
            segment_index_bytes: 10 << 20,
            index_interval_bytes: 4096,
            producer_expiration_ms: 24 * 3600 * 1000,
        }
    }
}

impl LogConfig {
    /// How old the segment of `id` that begins at `base` may get, ms: `segment.ms` less its part of the jitter.
    ///
    /// The part is computed from `id` and `base`, so that partitions filled together roll apart, and a restart changes
    /// nothing; Kafka draws it when it opens the segment. It stays below `segment.ms`, as there. O(1).
    #[must_use]
    pub fn segment_ms_of(&self, id: PartitionId, base: Offset) -> i64 {
        let most = self.segment_jitter_ms.min(self.segment_ms);
        if most <= 0 {
            return self.segment_ms;
        }
        let topic = u128::from_be_bytes(id.topic.0);
        let words = [(topic >> 64) as u64, topic as u64, u64::from(id.index), base.0];
        let part = words.into_iter().fold(0, |state, word| mix(state ^ word)) % most.unsigned_abs();
        self.segment_ms - part.cast_signed()
    }
}

/// Spreads a word's bits over all of it. Source: the finalizer of SplitMix64 (Steele, Lea, Flood 2014).
fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}
