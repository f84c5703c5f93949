//! What a member of the quorum keeps on disk, and who it is.
//!
//! Owner: the control core. Plain data; `quorum-state` on disk is Kafka's JSON form of `QuorumState`.

use ringlog_wire::ids::{LeaderEpoch, NodeId, Offset, TopicId};

/// One voter: its node id and the id of the directory that holds its metadata log (KIP-853).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Voter {
    /// `node.id`.
    pub id: NodeId,
    /// `directory.id` of its metadata directory.
    pub directory: TopicId,
}

/// The content of `quorum-state` (KIP-595, QuorumStateData version 1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct QuorumState {
    /// The newest epoch this node has seen.
    pub epoch: LeaderEpoch,
    /// The leader of that epoch, if known.
    pub leader: Option<NodeId>,
    /// Whom this node voted for in that epoch.
    pub voted: Option<Voter>,
}

/// Where the local metadata log ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LogState {
    /// Log end offset: the next offset to assign. Everything below is durable at start.
    pub end: Offset,
    /// Epoch of the last batch; 0 for an empty log.
    pub last_epoch: LeaderEpoch,
}
