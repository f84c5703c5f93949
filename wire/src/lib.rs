//! The Kafka protocol, pure: generated codecs, frames, record batches, error codes.
//!
//! Owner: nobody; every crate may use it. No I/O, no clock, no runtime, no unsafe.
//! Invariants: no input panics a reader; a reader allocates only what was charged to a budget before.
#![forbid(unsafe_code)]

pub mod api;
pub mod compress;
pub mod crc;
pub mod error_code;
pub mod frames;
#[rustfmt::skip]
pub mod generated;
pub mod header;
pub mod hot;
pub mod ids;
// Apart from its siblings: exported macros must not stand under an attribute such as rustfmt's.
#[path = "generated/list.rs"]
mod list;
pub mod message;
pub mod reader;
pub mod record;
#[cfg(any(test, feature = "samples"))]
pub mod sample;
pub mod view;
pub mod writer;

pub use api::ApiKey;
pub use error_code::ErrorCode;
