//! The checkers: what clients offered, what they were told and what they saw must fit together.
//!
//! Nothing here asks the code under test anything: facts come from bytes that crossed the simulated network, and
//! from the simulated disk after a clean stop. The rules, by file:
//!
//! - `offered`: every batch that a client ever sent, with its bytes, its producer and its place in the
//!   producer's order.
//! - `placed`: where batches lie in a partition, from acknowledgements and fetches. One place holds one batch for
//!   ever; an acknowledged batch lies where the answer said, before and after every crash; bytes are those that
//!   were sent; epochs never fall along the log; a high watermark never falls, and never passes what was sent.
//! - `whole`: rules of a whole log, read from its start: no hole, the order of every producer, nothing twice
//!   under idempotence, sequences without a gap, nothing that was refused.
//! - `lookup`: timestamps and epochs of a whole log against the answers of ListOffsets and OffsetForLeaderEpoch.
//! - `group`: offsets, owners and epochs of consumer groups.
//! - `kept`: what retention, DeleteRecords and compaction may take from a log.
//! - `directory`: the segment, index and epoch files of a clean stop, read as stock tools would.
//! - `left`: folders that must not be there any more.
//!
//! A rule is a function from facts to `Result<(), String>`; the swarm turns an error into a failure that names
//! the seed. To add one: keep the fact where it crosses the network (`history`), write the rule beside its like,
//! call it where the fact arrives.
//!
//! Owner: one `History` per run. Invariant: facts are added, never taken back.

pub mod directory;
pub mod group;
pub mod history;
pub mod kept;
pub mod left;
pub mod lookup;
pub mod offered;
pub mod placed;
pub mod whole;

use ringlog_wire::ids::TopicId;

/// A partition.
pub type Tp = (TopicId, i32);

/// What a rule says.
pub type Verdict = Result<(), String>;

/// Fails with a message unless `holds`.
pub(crate) fn rule(holds: bool, broken: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(broken()) }
}
