//! What data cores ask of the control core, and its answers.
//!
//! Owner: a message belongs to the core that received it. Invariants: every request is answered exactly once;
//! a change is answered when it is durable and every data core that owns a part of it serves it.

use ringlog_wire::ErrorCode;
use ringlog_wire::generated::{
    AlterConfigsRequest, AlterConfigsResponse, CreatePartitionsRequest, CreatePartitionsResponse,
    CreateTopicsRequest, CreateTopicsResponse, DeleteTopicsRequest, DeleteTopicsResponse,
    IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse,
};

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
    /// To any of them: nothing was changed, or whether it was is unknown (the metadata log has failed).
    Failed(ErrorCode, String),
}
