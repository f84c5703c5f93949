//! The control core: the metadata log, the decisions on it, and the way of their results to the data cores.
//!
//! Owner: one control core per process (architecture.md D6). Invariants: data cores see committed, durable
//! records only; a change is answered when every data core has applied it.

pub mod batch;
pub mod change_topics;
pub mod create_topics;
pub mod log;
pub mod msg;
pub mod names;
pub mod plan;
pub mod quorum_file;
pub mod snapshot;
