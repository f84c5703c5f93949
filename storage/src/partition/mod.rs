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

/// What a topic's configuration says about its logs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LogConfig {
    /// `segment.bytes`: a segment never gets longer, except by one batch that is longer itself.
    pub segment_bytes: u32,
    /// `segment.ms`.
    pub segment_ms: i64,
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
            segment_index_bytes: 10 << 20,
            index_interval_bytes: 4096,
            producer_expiration_ms: 24 * 3600 * 1000,
        }
    }
}
