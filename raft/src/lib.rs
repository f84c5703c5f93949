//! KRaft consensus as a sans-IO state machine: what happened goes in, effects come out (KIP-595).
//!
//! Owner: the control core. Pure: no I/O, no clock, no randomness, no unsafe; the driver carries effects out.
//! Invariants: the epoch never goes back; a vote or an epoch is saved before any effect that depends on it;
//! high watermark <= durable end <= log end; the high watermark of an epoch never moves before the leader's
//! own LeaderChange record of that epoch is durable.
//! Today a quorum has exactly one voter; the interface is the one that several voters will use.
#![forbid(unsafe_code)]

mod node;
mod state;

pub use node::{Effect, Input, Raft, Refused, StartError};
pub use state::{LogState, QuorumState, Voter};
