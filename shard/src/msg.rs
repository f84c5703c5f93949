//! The closed set of messages between cores.
//!
//! Owner: a message belongs to the core that received it. Invariants: a request carries the token under which
//! its sender waits, and every request is answered exactly once; a full ring stops the reading of the socket
//! that feeds it (architecture.md D5).

use std::marker::PhantomData;

/// Names a waiting request on the core that sent it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Token(pub u64);

/// One message between two cores.
#[derive(Debug)]
pub enum ShardMsg<F> {
    /// Stop cleanly.
    Stop,
    /// Placeholder for the file type until fetch messages carry regions.
    Unused(PhantomData<F>),
}
