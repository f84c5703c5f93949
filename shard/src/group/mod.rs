//! Consumer groups: one coordinator per partition of `__consumer_offsets`, on the core that owns the partition.
//!
//! Owner: one core; `host` binds it to the core, everything else here is pure: time, chance and events are given.
//! Invariants: what a coordinator knows is what the records of its partition add up to (Kafka's formats, rebuilt
//! by `replay`), plus who waits right now; no answer leaves before every record that it could rest on is durable;
//! a coordinator whose records cannot be written is thrown away and loaded again.

mod admin;
pub mod call;
pub mod classic;
pub mod consumer;
pub mod coordinator;
pub mod host;
pub mod limits;
pub mod load;
mod migrate;
pub mod offsets;
pub mod place;
mod protocol;
pub mod records;
mod replay;
pub mod report;
mod retention;
pub mod state;
#[cfg(test)]
mod tests;
pub mod timers;

use crate::env::CoreId;
use crate::image::MetadataImage;
use crate::msg::Token;
use call::Answer;
use records::Record;
use ringlog_wire::ErrorCode;
use std::rc::Rc;

/// The topic that holds the coordinators' records.
pub const OFFSETS_TOPIC: &str = "__consumer_offsets";

/// A group's name.
pub type GroupId = Rc<str>;

/// Who waits for an answer: a request of a connection on `core`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Ticket {
    /// The core of the connection.
    pub core: CoreId,
    /// The request on that core.
    pub token: Token,
}

/// The world as one event sees it.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    /// Milliseconds on the monotonic clock: deadlines.
    pub ms: u64,
    /// Milliseconds since 1970: what records carry.
    pub wall_ms: i64,
    /// Fresh random bytes: the event may make one id of them.
    pub random: [u8; 16],
    /// The cluster.
    pub image: &'a MetadataImage,
}

/// What an event comes to: records to be written in one batch, and answers that may leave once they are durable.
#[derive(Debug, Default)]
pub struct Effects {
    /// In their order; already applied to the coordinator.
    pub records: Vec<Record>,
    /// In their order.
    pub answers: Vec<(Ticket, Answer)>,
}

impl Effects {
    /// Adds an answer.
    pub fn answer(&mut self, ticket: Ticket, answer: Answer) {
        self.answers.push((ticket, answer));
    }

    /// Adds a refusal.
    pub fn refuse(&mut self, ticket: Ticket, error: ErrorCode) {
        self.answers.push((ticket, Answer::Refused(error)));
    }
}
