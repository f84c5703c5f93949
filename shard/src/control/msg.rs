//! What data cores ask of the control core, and its answers.
//!
//! Owner: a message belongs to the core that received it. Invariants: every request is answered exactly once;
//! a change is answered when it is durable and every data core that owns a part of it serves it.

use super::features::FeatureUpdate;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::{
    AlterConfigsRequest, AlterConfigsResponse, CreatePartitionsRequest, CreatePartitionsResponse,
    CreateTopicsRequest, CreateTopicsResponse, DeleteTopicsRequest, DeleteTopicsResponse,
    IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse,
};
use ringlog_wire::ids::{LeaderEpoch, NodeId, Offset, PartitionId, Uuid};

/// One question to the control core.
#[derive(Debug)]
pub enum ControlRequest {
    /// CreateTopics, as the client sent it.
    CreateTopics(CreateTopicsRequest),
    /// DeleteTopics, as the client sent it; names in either of the two fields.
    DeleteTopics(DeleteTopicsRequest),
    /// CreatePartitions, as the client sent it.
    CreatePartitions(CreatePartitionsRequest),
    /// IncrementalAlterConfigs, as the client sent it.
    AlterConfigs(IncrementalAlterConfigsRequest),
    /// AlterConfigs, as the client sent it.
    ReplaceConfigs(AlterConfigsRequest),
    /// Create these topics with default settings, because a client asked for their metadata. Answered by
    /// `CreateTopics`.
    AutoCreate(Vec<String>),
    /// A block of producer ids.
    ProducerIds,
    /// A replica of this node has moved to another of its data directories. Answered when that is durable:
    /// by `ReplicaMoved`; by `Failed` with KAFKA_STORAGE_ERROR if it may be, with any other code if it is not.
    MoveReplica {
        /// Which.
        partition: PartitionId,
        /// The directory's id.
        directory: Uuid,
    },
    /// Where the metadata quorum stands.
    DescribeQuorum,
    /// UpdateFeatures. Answered by `FeaturesUpdated`, or by `Failed` with the first refusal.
    UpdateFeatures {
        /// New levels, all or none.
        updates: Vec<FeatureUpdate>,
        /// Only say whether they could be.
        validate_only: bool,
    },
}

/// Where the metadata quorum stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QuorumStand {
    /// The leader, which is the only voter.
    pub leader: NodeId,
    /// The directory of its metadata log.
    pub directory: Uuid,
    /// Its epoch.
    pub epoch: LeaderEpoch,
    /// Exclusive end of what is committed.
    pub high_watermark: Offset,
    /// Exclusive end of its log.
    pub log_end: Offset,
}

/// The answer to one question.
#[derive(Debug)]
pub enum ControlReply {
    /// To `CreateTopics` and `AutoCreate`.
    CreateTopics(CreateTopicsResponse),
    /// To `DeleteTopics`.
    DeleteTopics(DeleteTopicsResponse),
    /// To `CreatePartitions`.
    CreatePartitions(CreatePartitionsResponse),
    /// To `AlterConfigs`.
    AlterConfigs(IncrementalAlterConfigsResponse),
    /// To `ReplaceConfigs`.
    ReplaceConfigs(AlterConfigsResponse),
    /// To `ProducerIds`: `count` ids from `first` on, which nobody else has or will have.
    ProducerIds {
        /// The first id.
        first: u64,
        /// How many.
        count: u32,
    },
    /// To `DescribeQuorum`.
    Quorum(QuorumStand),
    /// To `MoveReplica`.
    ReplicaMoved,
    /// To `UpdateFeatures`.
    FeaturesUpdated,
    /// To any of them: nothing was changed, or whether it was is unknown (the metadata log has failed).
    Failed(ErrorCode, String),
}
