//! Reads Kafka's message definitions, keeps them as tables of facts, writes the codecs of `ringlog-wire`.
//!
//! Owner: a developer's shell. Invariant: `emit` is a pure function of the facts, so that a test can prove
//! the committed codecs up to date without Java or the net.

pub mod emit;
pub mod extract;
pub mod facts;
pub mod update;
