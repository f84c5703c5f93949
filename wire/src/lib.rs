//! The Kafka protocol, pure: generated codecs, frames, record batches, error codes.
//!
//! Owner: nobody; every crate may use it. No I/O, no clock, no runtime, no unsafe.
//! Invariants: no input panics a reader; no reader allocates on an announced length or count.
#![forbid(unsafe_code)]

pub mod ids;
