//! Random values of every message, for tests. Generated; not to be edited.

use crate::ids::Uuid;
use crate::sample::{Rng, Sample};

pub(crate) use crate::for_each_message;

impl Sample for super::produce_request::ProduceRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            transactional_id: if g.one_in(3) { None } else { Some(g.string()) },
            acks: g.number() as i16,
            timeout_ms: g.number() as i32,
            topic_data: (0..g.below(3)).map(|_| super::produce_request::TopicProduceData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::produce_request::TopicProduceData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: if v <= 12 { g.string() } else { String::new() },
            topic_id: if v == 13 { g.uuid() } else { Uuid::ZERO },
            partition_data: (0..g.below(3)).map(|_| super::produce_request::PartitionProduceData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::produce_request::PartitionProduceData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            index: g.number() as i32,
            records: if g.one_in(3) { None } else { Some(g.bytes()) },
        }
    }
}

impl Sample for super::produce_response::ProduceResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            responses: (0..g.below(3)).map(|_| super::produce_response::TopicProduceResponse::sample(g, v)).collect(),
            throttle_time_ms: g.number() as i32,
            node_endpoints: if g.one_in(3) { Vec::new() } else { if v >= 10 { (0..g.below(3)).map(|_| super::produce_response::NodeEndpoint::sample(g, v)).collect() } else { Vec::new() } },
        }
    }
}

impl Sample for super::produce_response::TopicProduceResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: if v <= 12 { g.string() } else { String::new() },
            topic_id: if v == 13 { g.uuid() } else { Uuid::ZERO },
            partition_responses: (0..g.below(3)).map(|_| super::produce_response::PartitionProduceResponse::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::produce_response::PartitionProduceResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            index: g.number() as i32,
            error_code: g.number() as i16,
            base_offset: g.number(),
            log_append_time_ms: g.number(),
            log_start_offset: if v >= 5 { g.number() } else { -1 },
            record_errors: if v >= 8 { (0..g.below(3)).map(|_| super::produce_response::BatchIndexAndErrorMessage::sample(g, v)).collect() } else { Vec::new() },
            error_message: if v >= 8 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
            current_leader: if g.one_in(3) { super::produce_response::LeaderIdAndEpoch::default() } else { if v >= 10 { super::produce_response::LeaderIdAndEpoch::sample(g, v) } else { super::produce_response::LeaderIdAndEpoch::default() } },
        }
    }
}

impl Sample for super::produce_response::BatchIndexAndErrorMessage {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            batch_index: g.number() as i32,
            batch_index_error_message: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::produce_response::LeaderIdAndEpoch {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            leader_id: g.number() as i32,
            leader_epoch: g.number() as i32,
        }
    }
}

impl Sample for super::produce_response::NodeEndpoint {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            node_id: g.number() as i32,
            host: g.string(),
            port: g.number() as i32,
            rack: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::fetch_request::FetchRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            cluster_id: if g.one_in(3) { None } else { if v >= 12 { if g.one_in(3) { None } else { Some(g.string()) } } else { None } },
            replica_id: if v <= 14 { g.number() as i32 } else { -1 },
            replica_state: if g.one_in(3) { super::fetch_request::ReplicaState::default() } else { if v >= 15 { super::fetch_request::ReplicaState::sample(g, v) } else { super::fetch_request::ReplicaState::default() } },
            max_wait_ms: g.number() as i32,
            min_bytes: g.number() as i32,
            max_bytes: g.number() as i32,
            isolation_level: g.number() as i8,
            session_id: if v >= 7 { g.number() as i32 } else { 0 },
            session_epoch: if v >= 7 { g.number() as i32 } else { -1 },
            topics: (0..g.below(3)).map(|_| super::fetch_request::FetchTopic::sample(g, v)).collect(),
            forgotten_topics_data: if v >= 7 { (0..g.below(3)).map(|_| super::fetch_request::ForgottenTopic::sample(g, v)).collect() } else { Vec::new() },
            rack_id: if v >= 11 { g.string() } else { String::new() },
        }
    }
}

impl Sample for super::fetch_request::ReplicaState {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            replica_id: g.number() as i32,
            replica_epoch: g.number(),
        }
    }
}

impl Sample for super::fetch_request::FetchTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic: if v <= 12 { g.string() } else { String::new() },
            topic_id: if v >= 13 { g.uuid() } else { Uuid::ZERO },
            partitions: (0..g.below(3)).map(|_| super::fetch_request::FetchPartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::fetch_request::FetchPartition {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition: g.number() as i32,
            current_leader_epoch: if v >= 9 { g.number() as i32 } else { -1 },
            fetch_offset: g.number(),
            last_fetched_epoch: if v >= 12 { g.number() as i32 } else { -1 },
            log_start_offset: if v >= 5 { g.number() } else { -1 },
            partition_max_bytes: g.number() as i32,
            replica_directory_id: if g.one_in(3) { Uuid::ZERO } else { if v >= 17 { g.uuid() } else { Uuid::ZERO } },
            high_watermark: if g.one_in(3) { i64::MAX } else { if v == 18 { g.number() } else { i64::MAX } },
        }
    }
}

impl Sample for super::fetch_request::ForgottenTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic: if v <= 12 { g.string() } else { String::new() },
            topic_id: if v >= 13 { g.uuid() } else { Uuid::ZERO },
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::fetch_response::FetchResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: if v >= 7 { g.number() as i16 } else { 0 },
            session_id: if v >= 7 { g.number() as i32 } else { 0 },
            responses: (0..g.below(3)).map(|_| super::fetch_response::FetchableTopicResponse::sample(g, v)).collect(),
            node_endpoints: if g.one_in(3) { Vec::new() } else { if v >= 16 { (0..g.below(3)).map(|_| super::fetch_response::NodeEndpoint::sample(g, v)).collect() } else { Vec::new() } },
        }
    }
}

impl Sample for super::fetch_response::FetchableTopicResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic: if v <= 12 { g.string() } else { String::new() },
            topic_id: if v >= 13 { g.uuid() } else { Uuid::ZERO },
            partitions: (0..g.below(3)).map(|_| super::fetch_response::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::fetch_response::PartitionData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            error_code: g.number() as i16,
            high_watermark: g.number(),
            last_stable_offset: g.number(),
            log_start_offset: if v >= 5 { g.number() } else { -1 },
            diverging_epoch: if g.one_in(3) { super::fetch_response::EpochEndOffset::default() } else { if v >= 12 { super::fetch_response::EpochEndOffset::sample(g, v) } else { super::fetch_response::EpochEndOffset::default() } },
            current_leader: if g.one_in(3) { super::fetch_response::LeaderIdAndEpoch::default() } else { if v >= 12 { super::fetch_response::LeaderIdAndEpoch::sample(g, v) } else { super::fetch_response::LeaderIdAndEpoch::default() } },
            snapshot_id: if g.one_in(3) { super::fetch_response::SnapshotId::default() } else { if v >= 12 { super::fetch_response::SnapshotId::sample(g, v) } else { super::fetch_response::SnapshotId::default() } },
            aborted_transactions: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::fetch_response::AbortedTransaction::sample(g, v)).collect()) },
            preferred_read_replica: if v >= 11 { g.number() as i32 } else { -1 },
            records: if g.one_in(3) { None } else { Some(g.bytes()) },
        }
    }
}

impl Sample for super::fetch_response::EpochEndOffset {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            epoch: g.number() as i32,
            end_offset: g.number(),
        }
    }
}

impl Sample for super::fetch_response::LeaderIdAndEpoch {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            leader_id: g.number() as i32,
            leader_epoch: g.number() as i32,
        }
    }
}

impl Sample for super::fetch_response::SnapshotId {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            end_offset: g.number(),
            epoch: g.number() as i32,
        }
    }
}

impl Sample for super::fetch_response::AbortedTransaction {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            producer_id: g.number(),
            first_offset: g.number(),
        }
    }
}

impl Sample for super::fetch_response::NodeEndpoint {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            node_id: g.number() as i32,
            host: g.string(),
            port: g.number() as i32,
            rack: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::list_offsets_request::ListOffsetsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            replica_id: g.number() as i32,
            isolation_level: if v >= 2 { g.number() as i8 } else { 0 },
            topics: (0..g.below(3)).map(|_| super::list_offsets_request::ListOffsetsTopic::sample(g, v)).collect(),
            timeout_ms: if v >= 10 { g.number() as i32 } else { 0 },
        }
    }
}

impl Sample for super::list_offsets_request::ListOffsetsTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::list_offsets_request::ListOffsetsPartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::list_offsets_request::ListOffsetsPartition {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            current_leader_epoch: if v >= 4 { g.number() as i32 } else { -1 },
            timestamp: g.number(),
        }
    }
}

impl Sample for super::list_offsets_response::ListOffsetsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: if v >= 2 { g.number() as i32 } else { 0 },
            topics: (0..g.below(3)).map(|_| super::list_offsets_response::ListOffsetsTopicResponse::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::list_offsets_response::ListOffsetsTopicResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::list_offsets_response::ListOffsetsPartitionResponse::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::list_offsets_response::ListOffsetsPartitionResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            error_code: g.number() as i16,
            timestamp: g.number(),
            offset: g.number(),
            leader_epoch: if v >= 4 { g.number() as i32 } else { -1 },
        }
    }
}

impl Sample for super::metadata_request::MetadataRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topics: if v >= 1 && g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::metadata_request::MetadataRequestTopic::sample(g, v)).collect()) },
            allow_auto_topic_creation: if v >= 4 { g.one_in(2) } else { true },
            include_cluster_authorized_operations: if (8..=10).contains(&v) { g.one_in(2) } else { false },
            include_topic_authorized_operations: if v >= 8 { g.one_in(2) } else { false },
        }
    }
}

impl Sample for super::metadata_request::MetadataRequestTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: if v >= 10 { g.uuid() } else { Uuid::ZERO },
            name: if v >= 10 && g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::metadata_response::MetadataResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: if v >= 3 { g.number() as i32 } else { 0 },
            brokers: (0..g.below(3)).map(|_| super::metadata_response::MetadataResponseBroker::sample(g, v)).collect(),
            cluster_id: if v >= 2 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
            controller_id: if v >= 1 { g.number() as i32 } else { -1 },
            topics: (0..g.below(3)).map(|_| super::metadata_response::MetadataResponseTopic::sample(g, v)).collect(),
            cluster_authorized_operations: if (8..=10).contains(&v) { g.number() as i32 } else { i32::MIN },
            error_code: if v == 13 { g.number() as i16 } else { 0 },
        }
    }
}

impl Sample for super::metadata_response::MetadataResponseBroker {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            node_id: g.number() as i32,
            host: g.string(),
            port: g.number() as i32,
            rack: if v >= 1 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
        }
    }
}

impl Sample for super::metadata_response::MetadataResponseTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            name: if v >= 12 && g.one_in(3) { None } else { Some(g.string()) },
            topic_id: if v >= 10 { g.uuid() } else { Uuid::ZERO },
            is_internal: if v >= 1 { g.one_in(2) } else { false },
            partitions: (0..g.below(3)).map(|_| super::metadata_response::MetadataResponsePartition::sample(g, v)).collect(),
            topic_authorized_operations: if v >= 8 { g.number() as i32 } else { i32::MIN },
        }
    }
}

impl Sample for super::metadata_response::MetadataResponsePartition {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            partition_index: g.number() as i32,
            leader_id: g.number() as i32,
            leader_epoch: if v >= 7 { g.number() as i32 } else { -1 },
            replica_nodes: (0..g.count()).map(|_| g.number() as i32).collect(),
            isr_nodes: (0..g.count()).map(|_| g.number() as i32).collect(),
            offline_replicas: if v >= 5 { (0..g.count()).map(|_| g.number() as i32).collect() } else { Vec::new() },
        }
    }
}

impl Sample for super::offset_commit_request::OffsetCommitRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            generation_id_or_member_epoch: g.number() as i32,
            member_id: g.string(),
            group_instance_id: if v >= 7 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
            retention_time_ms: if v <= 4 { g.number() } else { -1 },
            topics: (0..g.below(3)).map(|_| super::offset_commit_request::OffsetCommitRequestTopic::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::offset_commit_request::OffsetCommitRequestTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: if v <= 9 { g.string() } else { String::new() },
            topic_id: if v == 10 { g.uuid() } else { Uuid::ZERO },
            partitions: (0..g.below(3)).map(|_| super::offset_commit_request::OffsetCommitRequestPartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::offset_commit_request::OffsetCommitRequestPartition {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            committed_offset: g.number(),
            committed_leader_epoch: if v >= 6 { g.number() as i32 } else { -1 },
            committed_metadata: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::offset_commit_response::OffsetCommitResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: if v >= 3 { g.number() as i32 } else { 0 },
            topics: (0..g.below(3)).map(|_| super::offset_commit_response::OffsetCommitResponseTopic::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::offset_commit_response::OffsetCommitResponseTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: if v <= 9 { g.string() } else { String::new() },
            topic_id: if v == 10 { g.uuid() } else { Uuid::ZERO },
            partitions: (0..g.below(3)).map(|_| super::offset_commit_response::OffsetCommitResponsePartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::offset_commit_response::OffsetCommitResponsePartition {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            error_code: g.number() as i16,
        }
    }
}

impl Sample for super::offset_fetch_request::OffsetFetchRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: if v <= 7 { g.string() } else { String::new() },
            topics: if v <= 7 { if v >= 2 && g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::offset_fetch_request::OffsetFetchRequestTopic::sample(g, v)).collect()) } } else { Some(Vec::new()) },
            groups: if v >= 8 { (0..g.below(3)).map(|_| super::offset_fetch_request::OffsetFetchRequestGroup::sample(g, v)).collect() } else { Vec::new() },
            require_stable: if v >= 7 { g.one_in(2) } else { false },
        }
    }
}

impl Sample for super::offset_fetch_request::OffsetFetchRequestTopic {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            partition_indexes: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::offset_fetch_request::OffsetFetchRequestGroup {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            member_id: if v >= 9 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
            member_epoch: if v >= 9 { g.number() as i32 } else { -1 },
            topics: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::offset_fetch_request::OffsetFetchRequestTopics::sample(g, v)).collect()) },
        }
    }
}

impl Sample for super::offset_fetch_request::OffsetFetchRequestTopics {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: if v <= 9 { g.string() } else { String::new() },
            topic_id: if v == 10 { g.uuid() } else { Uuid::ZERO },
            partition_indexes: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::offset_fetch_response::OffsetFetchResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: if v >= 3 { g.number() as i32 } else { 0 },
            topics: if v <= 7 { (0..g.below(3)).map(|_| super::offset_fetch_response::OffsetFetchResponseTopic::sample(g, v)).collect() } else { Vec::new() },
            error_code: if (2..=7).contains(&v) { g.number() as i16 } else { 0 },
            groups: if v >= 8 { (0..g.below(3)).map(|_| super::offset_fetch_response::OffsetFetchResponseGroup::sample(g, v)).collect() } else { Vec::new() },
        }
    }
}

impl Sample for super::offset_fetch_response::OffsetFetchResponseTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::offset_fetch_response::OffsetFetchResponsePartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::offset_fetch_response::OffsetFetchResponsePartition {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            committed_offset: g.number(),
            committed_leader_epoch: if v >= 5 { g.number() as i32 } else { -1 },
            metadata: if g.one_in(3) { None } else { Some(g.string()) },
            error_code: g.number() as i16,
        }
    }
}

impl Sample for super::offset_fetch_response::OffsetFetchResponseGroup {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            topics: (0..g.below(3)).map(|_| super::offset_fetch_response::OffsetFetchResponseTopics::sample(g, v)).collect(),
            error_code: g.number() as i16,
        }
    }
}

impl Sample for super::offset_fetch_response::OffsetFetchResponseTopics {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: if v <= 9 { g.string() } else { String::new() },
            topic_id: if v == 10 { g.uuid() } else { Uuid::ZERO },
            partitions: (0..g.below(3)).map(|_| super::offset_fetch_response::OffsetFetchResponsePartitions::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::offset_fetch_response::OffsetFetchResponsePartitions {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            committed_offset: g.number(),
            committed_leader_epoch: g.number() as i32,
            metadata: if g.one_in(3) { None } else { Some(g.string()) },
            error_code: g.number() as i16,
        }
    }
}

impl Sample for super::find_coordinator_request::FindCoordinatorRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            key: if v <= 3 { g.string() } else { String::new() },
            key_type: if v >= 1 { g.number() as i8 } else { 0 },
            coordinator_keys: if v >= 4 { (0..g.count()).map(|_| g.string()).collect() } else { Vec::new() },
        }
    }
}

impl Sample for super::find_coordinator_response::FindCoordinatorResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: if v >= 1 { g.number() as i32 } else { 0 },
            error_code: if v <= 3 { g.number() as i16 } else { 0 },
            error_message: if (1..=3).contains(&v) { if g.one_in(3) { None } else { Some(g.string()) } } else { Some(String::new()) },
            node_id: if v <= 3 { g.number() as i32 } else { 0 },
            host: if v <= 3 { g.string() } else { String::new() },
            port: if v <= 3 { g.number() as i32 } else { 0 },
            coordinators: if v >= 4 { (0..g.below(3)).map(|_| super::find_coordinator_response::Coordinator::sample(g, v)).collect() } else { Vec::new() },
        }
    }
}

impl Sample for super::find_coordinator_response::Coordinator {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            key: g.string(),
            node_id: g.number() as i32,
            host: g.string(),
            port: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::join_group_request::JoinGroupRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            session_timeout_ms: g.number() as i32,
            rebalance_timeout_ms: if v >= 1 { g.number() as i32 } else { -1 },
            member_id: g.string(),
            group_instance_id: if v >= 5 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
            protocol_type: g.string(),
            protocols: (0..g.below(3)).map(|_| super::join_group_request::JoinGroupRequestProtocol::sample(g, v)).collect(),
            reason: if v >= 8 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
        }
    }
}

impl Sample for super::join_group_request::JoinGroupRequestProtocol {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            metadata: g.bytes(),
        }
    }
}

impl Sample for super::join_group_response::JoinGroupResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: if v >= 2 { g.number() as i32 } else { 0 },
            error_code: g.number() as i16,
            generation_id: g.number() as i32,
            protocol_type: if v >= 7 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
            protocol_name: if v >= 7 && g.one_in(3) { None } else { Some(g.string()) },
            leader: g.string(),
            skip_assignment: if v == 9 { g.one_in(2) } else { false },
            member_id: g.string(),
            members: (0..g.below(3)).map(|_| super::join_group_response::JoinGroupResponseMember::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::join_group_response::JoinGroupResponseMember {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            member_id: g.string(),
            group_instance_id: if v >= 5 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
            metadata: g.bytes(),
        }
    }
}

impl Sample for super::heartbeat_request::HeartbeatRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            generation_id: g.number() as i32,
            member_id: g.string(),
            group_instance_id: if v >= 3 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
        }
    }
}

impl Sample for super::heartbeat_response::HeartbeatResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: if v >= 1 { g.number() as i32 } else { 0 },
            error_code: g.number() as i16,
        }
    }
}

impl Sample for super::leave_group_request::LeaveGroupRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            member_id: if v <= 2 { g.string() } else { String::new() },
            members: if v >= 3 { (0..g.below(3)).map(|_| super::leave_group_request::MemberIdentity::sample(g, v)).collect() } else { Vec::new() },
        }
    }
}

impl Sample for super::leave_group_request::MemberIdentity {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            member_id: g.string(),
            group_instance_id: if g.one_in(3) { None } else { Some(g.string()) },
            reason: if v == 5 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
        }
    }
}

impl Sample for super::leave_group_response::LeaveGroupResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: if v >= 1 { g.number() as i32 } else { 0 },
            error_code: g.number() as i16,
            members: if v >= 3 { (0..g.below(3)).map(|_| super::leave_group_response::MemberResponse::sample(g, v)).collect() } else { Vec::new() },
        }
    }
}

impl Sample for super::leave_group_response::MemberResponse {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            member_id: g.string(),
            group_instance_id: if g.one_in(3) { None } else { Some(g.string()) },
            error_code: g.number() as i16,
        }
    }
}

impl Sample for super::sync_group_request::SyncGroupRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            generation_id: g.number() as i32,
            member_id: g.string(),
            group_instance_id: if v >= 3 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
            protocol_type: if v == 5 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
            protocol_name: if v == 5 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
            assignments: (0..g.below(3)).map(|_| super::sync_group_request::SyncGroupRequestAssignment::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::sync_group_request::SyncGroupRequestAssignment {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            member_id: g.string(),
            assignment: g.bytes(),
        }
    }
}

impl Sample for super::sync_group_response::SyncGroupResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: if v >= 1 { g.number() as i32 } else { 0 },
            error_code: g.number() as i16,
            protocol_type: if v == 5 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
            protocol_name: if v == 5 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
            assignment: g.bytes(),
        }
    }
}

impl Sample for super::describe_groups_request::DescribeGroupsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            groups: (0..g.count()).map(|_| g.string()).collect(),
            include_authorized_operations: if v >= 3 { g.one_in(2) } else { false },
        }
    }
}

impl Sample for super::describe_groups_response::DescribeGroupsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: if v >= 1 { g.number() as i32 } else { 0 },
            groups: (0..g.below(3)).map(|_| super::describe_groups_response::DescribedGroup::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_groups_response::DescribedGroup {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            error_message: if v == 6 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
            group_id: g.string(),
            group_state: g.string(),
            protocol_type: g.string(),
            protocol_data: g.string(),
            members: (0..g.below(3)).map(|_| super::describe_groups_response::DescribedGroupMember::sample(g, v)).collect(),
            authorized_operations: if v >= 3 { g.number() as i32 } else { i32::MIN },
        }
    }
}

impl Sample for super::describe_groups_response::DescribedGroupMember {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            member_id: g.string(),
            group_instance_id: if v >= 4 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
            client_id: g.string(),
            client_host: g.string(),
            member_metadata: g.bytes(),
            member_assignment: g.bytes(),
        }
    }
}

impl Sample for super::list_groups_request::ListGroupsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            states_filter: if v >= 4 { (0..g.count()).map(|_| g.string()).collect() } else { Vec::new() },
            types_filter: if v == 5 { (0..g.count()).map(|_| g.string()).collect() } else { Vec::new() },
        }
    }
}

impl Sample for super::list_groups_response::ListGroupsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: if v >= 1 { g.number() as i32 } else { 0 },
            error_code: g.number() as i16,
            groups: (0..g.below(3)).map(|_| super::list_groups_response::ListedGroup::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::list_groups_response::ListedGroup {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            protocol_type: g.string(),
            group_state: if v >= 4 { g.string() } else { String::new() },
            group_type: if v == 5 { g.string() } else { String::new() },
        }
    }
}

impl Sample for super::sasl_handshake_request::SaslHandshakeRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            mechanism: g.string(),
        }
    }
}

impl Sample for super::sasl_handshake_response::SaslHandshakeResponse {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            mechanisms: (0..g.count()).map(|_| g.string()).collect(),
        }
    }
}

impl Sample for super::api_versions_request::ApiVersionsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            client_software_name: if v >= 3 { g.string() } else { String::new() },
            client_software_version: if v >= 3 { g.string() } else { String::new() },
        }
    }
}

impl Sample for super::api_versions_response::ApiVersionsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            api_keys: (0..g.below(3)).map(|_| super::api_versions_response::ApiVersion::sample(g, v)).collect(),
            throttle_time_ms: if v >= 1 { g.number() as i32 } else { 0 },
            supported_features: if g.one_in(3) { Vec::new() } else { if v >= 3 { (0..g.below(3)).map(|_| super::api_versions_response::SupportedFeatureKey::sample(g, v)).collect() } else { Vec::new() } },
            finalized_features_epoch: if g.one_in(3) { -1 } else { if v >= 3 { g.number() } else { -1 } },
            finalized_features: if g.one_in(3) { Vec::new() } else { if v >= 3 { (0..g.below(3)).map(|_| super::api_versions_response::FinalizedFeatureKey::sample(g, v)).collect() } else { Vec::new() } },
            zk_migration_ready: if g.one_in(3) { false } else { if v >= 3 { g.one_in(2) } else { false } },
        }
    }
}

impl Sample for super::api_versions_response::ApiVersion {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            api_key: g.number() as i16,
            min_version: g.number() as i16,
            max_version: g.number() as i16,
        }
    }
}

impl Sample for super::api_versions_response::SupportedFeatureKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            min_version: g.number() as i16,
            max_version: g.number() as i16,
        }
    }
}

impl Sample for super::api_versions_response::FinalizedFeatureKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            max_version_level: g.number() as i16,
            min_version_level: g.number() as i16,
        }
    }
}

impl Sample for super::create_topics_request::CreateTopicsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topics: (0..g.below(3)).map(|_| super::create_topics_request::CreatableTopic::sample(g, v)).collect(),
            timeout_ms: g.number() as i32,
            validate_only: g.one_in(2),
        }
    }
}

impl Sample for super::create_topics_request::CreatableTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            num_partitions: g.number() as i32,
            replication_factor: g.number() as i16,
            assignments: (0..g.below(3)).map(|_| super::create_topics_request::CreatableReplicaAssignment::sample(g, v)).collect(),
            configs: (0..g.below(3)).map(|_| super::create_topics_request::CreatableTopicConfig::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::create_topics_request::CreatableReplicaAssignment {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            broker_ids: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::create_topics_request::CreatableTopicConfig {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            value: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::create_topics_response::CreateTopicsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            topics: (0..g.below(3)).map(|_| super::create_topics_response::CreatableTopicResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::create_topics_response::CreatableTopicResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            topic_id: if v == 7 { g.uuid() } else { Uuid::ZERO },
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            topic_config_error_code: if g.one_in(3) { 0 } else { if v >= 5 { g.number() as i16 } else { 0 } },
            num_partitions: if v >= 5 { g.number() as i32 } else { -1 },
            replication_factor: if v >= 5 { g.number() as i16 } else { -1 },
            configs: if v >= 5 { if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::create_topics_response::CreatableTopicConfigs::sample(g, v)).collect()) } } else { Some(Vec::new()) },
        }
    }
}

impl Sample for super::create_topics_response::CreatableTopicConfigs {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            value: if g.one_in(3) { None } else { Some(g.string()) },
            read_only: g.one_in(2),
            config_source: g.number() as i8,
            is_sensitive: g.one_in(2),
        }
    }
}

impl Sample for super::delete_topics_request::DeleteTopicsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topics: if v == 6 { (0..g.below(3)).map(|_| super::delete_topics_request::DeleteTopicState::sample(g, v)).collect() } else { Vec::new() },
            topic_names: if v <= 5 { (0..g.count()).map(|_| g.string()).collect() } else { Vec::new() },
            timeout_ms: g.number() as i32,
        }
    }
}

impl Sample for super::delete_topics_request::DeleteTopicState {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: if g.one_in(3) { None } else { Some(g.string()) },
            topic_id: g.uuid(),
        }
    }
}

impl Sample for super::delete_topics_response::DeleteTopicsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            responses: (0..g.below(3)).map(|_| super::delete_topics_response::DeletableTopicResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::delete_topics_response::DeletableTopicResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: if v == 6 && g.one_in(3) { None } else { Some(g.string()) },
            topic_id: if v == 6 { g.uuid() } else { Uuid::ZERO },
            error_code: g.number() as i16,
            error_message: if v >= 5 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
        }
    }
}

impl Sample for super::delete_records_request::DeleteRecordsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topics: (0..g.below(3)).map(|_| super::delete_records_request::DeleteRecordsTopic::sample(g, v)).collect(),
            timeout_ms: g.number() as i32,
        }
    }
}

impl Sample for super::delete_records_request::DeleteRecordsTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::delete_records_request::DeleteRecordsPartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::delete_records_request::DeleteRecordsPartition {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            offset: g.number(),
        }
    }
}

impl Sample for super::delete_records_response::DeleteRecordsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            topics: (0..g.below(3)).map(|_| super::delete_records_response::DeleteRecordsTopicResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::delete_records_response::DeleteRecordsTopicResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::delete_records_response::DeleteRecordsPartitionResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::delete_records_response::DeleteRecordsPartitionResult {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            low_watermark: g.number(),
            error_code: g.number() as i16,
        }
    }
}

impl Sample for super::init_producer_id_request::InitProducerIdRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            transactional_id: if g.one_in(3) { None } else { Some(g.string()) },
            transaction_timeout_ms: g.number() as i32,
            producer_id: if v >= 3 { g.number() } else { -1 },
            producer_epoch: if v >= 3 { g.number() as i16 } else { -1 },
            enable2_pc: if v == 6 { g.one_in(2) } else { false },
            keep_prepared_txn: if v == 6 { g.one_in(2) } else { false },
        }
    }
}

impl Sample for super::init_producer_id_response::InitProducerIdResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            producer_id: g.number(),
            producer_epoch: g.number() as i16,
            ongoing_txn_producer_id: if v == 6 { g.number() } else { -1 },
            ongoing_txn_producer_epoch: if v == 6 { g.number() as i16 } else { -1 },
        }
    }
}

impl Sample for super::offset_for_leader_epoch_request::OffsetForLeaderEpochRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            replica_id: if v >= 3 { g.number() as i32 } else { -2 },
            topics: (0..g.below(3)).map(|_| super::offset_for_leader_epoch_request::OffsetForLeaderTopic::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::offset_for_leader_epoch_request::OffsetForLeaderTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic: g.string(),
            partitions: (0..g.below(3)).map(|_| super::offset_for_leader_epoch_request::OffsetForLeaderPartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::offset_for_leader_epoch_request::OffsetForLeaderPartition {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition: g.number() as i32,
            current_leader_epoch: g.number() as i32,
            leader_epoch: g.number() as i32,
        }
    }
}

impl Sample for super::offset_for_leader_epoch_response::OffsetForLeaderEpochResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            topics: (0..g.below(3)).map(|_| super::offset_for_leader_epoch_response::OffsetForLeaderTopicResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::offset_for_leader_epoch_response::OffsetForLeaderTopicResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic: g.string(),
            partitions: (0..g.below(3)).map(|_| super::offset_for_leader_epoch_response::EpochEndOffset::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::offset_for_leader_epoch_response::EpochEndOffset {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            partition: g.number() as i32,
            leader_epoch: g.number() as i32,
            end_offset: g.number(),
        }
    }
}

impl Sample for super::add_partitions_to_txn_request::AddPartitionsToTxnRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            transactions: if v >= 4 { (0..g.below(3)).map(|_| super::add_partitions_to_txn_request::AddPartitionsToTxnTransaction::sample(g, v)).collect() } else { Vec::new() },
            v3_and_below_transactional_id: if v <= 3 { g.string() } else { String::new() },
            v3_and_below_producer_id: if v <= 3 { g.number() } else { 0 },
            v3_and_below_producer_epoch: if v <= 3 { g.number() as i16 } else { 0 },
            v3_and_below_topics: if v <= 3 { (0..g.below(3)).map(|_| super::add_partitions_to_txn_request::AddPartitionsToTxnTopic::sample(g, v)).collect() } else { Vec::new() },
        }
    }
}

impl Sample for super::add_partitions_to_txn_request::AddPartitionsToTxnTransaction {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            transactional_id: g.string(),
            producer_id: g.number(),
            producer_epoch: g.number() as i16,
            verify_only: g.one_in(2),
            topics: (0..g.below(3)).map(|_| super::add_partitions_to_txn_request::AddPartitionsToTxnTopic::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::add_partitions_to_txn_request::AddPartitionsToTxnTopic {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::add_partitions_to_txn_response::AddPartitionsToTxnResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: if v >= 4 { g.number() as i16 } else { 0 },
            results_by_transaction: if v >= 4 { (0..g.below(3)).map(|_| super::add_partitions_to_txn_response::AddPartitionsToTxnResult::sample(g, v)).collect() } else { Vec::new() },
            results_by_topic_v3_and_below: if v <= 3 { (0..g.below(3)).map(|_| super::add_partitions_to_txn_response::AddPartitionsToTxnTopicResult::sample(g, v)).collect() } else { Vec::new() },
        }
    }
}

impl Sample for super::add_partitions_to_txn_response::AddPartitionsToTxnResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            transactional_id: g.string(),
            topic_results: (0..g.below(3)).map(|_| super::add_partitions_to_txn_response::AddPartitionsToTxnTopicResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::add_partitions_to_txn_response::AddPartitionsToTxnTopicResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            results_by_partition: (0..g.below(3)).map(|_| super::add_partitions_to_txn_response::AddPartitionsToTxnPartitionResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::add_partitions_to_txn_response::AddPartitionsToTxnPartitionResult {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            partition_error_code: g.number() as i16,
        }
    }
}

impl Sample for super::add_offsets_to_txn_request::AddOffsetsToTxnRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            transactional_id: g.string(),
            producer_id: g.number(),
            producer_epoch: g.number() as i16,
            group_id: g.string(),
        }
    }
}

impl Sample for super::add_offsets_to_txn_response::AddOffsetsToTxnResponse {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
        }
    }
}

impl Sample for super::end_txn_request::EndTxnRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            transactional_id: g.string(),
            producer_id: g.number(),
            producer_epoch: g.number() as i16,
            committed: g.one_in(2),
        }
    }
}

impl Sample for super::end_txn_response::EndTxnResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            producer_id: if v == 5 { g.number() } else { -1 },
            producer_epoch: if v == 5 { g.number() as i16 } else { -1 },
        }
    }
}

impl Sample for super::write_txn_markers_request::WriteTxnMarkersRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            markers: (0..g.below(3)).map(|_| super::write_txn_markers_request::WritableTxnMarker::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::write_txn_markers_request::WritableTxnMarker {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            producer_id: g.number(),
            producer_epoch: g.number() as i16,
            transaction_result: g.one_in(2),
            topics: (0..g.below(3)).map(|_| super::write_txn_markers_request::WritableTxnMarkerTopic::sample(g, v)).collect(),
            coordinator_epoch: g.number() as i32,
            transaction_version: if v == 2 { g.number() as i8 } else { 0 },
        }
    }
}

impl Sample for super::write_txn_markers_request::WritableTxnMarkerTopic {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            partition_indexes: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::write_txn_markers_response::WriteTxnMarkersResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            markers: (0..g.below(3)).map(|_| super::write_txn_markers_response::WritableTxnMarkerResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::write_txn_markers_response::WritableTxnMarkerResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            producer_id: g.number(),
            topics: (0..g.below(3)).map(|_| super::write_txn_markers_response::WritableTxnMarkerTopicResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::write_txn_markers_response::WritableTxnMarkerTopicResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::write_txn_markers_response::WritableTxnMarkerPartitionResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::write_txn_markers_response::WritableTxnMarkerPartitionResult {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            error_code: g.number() as i16,
        }
    }
}

impl Sample for super::txn_offset_commit_request::TxnOffsetCommitRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            transactional_id: g.string(),
            group_id: g.string(),
            producer_id: g.number(),
            producer_epoch: g.number() as i16,
            generation_id: if v >= 3 { g.number() as i32 } else { -1 },
            member_id: if v >= 3 { g.string() } else { String::new() },
            group_instance_id: if v >= 3 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
            topics: (0..g.below(3)).map(|_| super::txn_offset_commit_request::TxnOffsetCommitRequestTopic::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::txn_offset_commit_request::TxnOffsetCommitRequestTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::txn_offset_commit_request::TxnOffsetCommitRequestPartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::txn_offset_commit_request::TxnOffsetCommitRequestPartition {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            committed_offset: g.number(),
            committed_leader_epoch: if v >= 2 { g.number() as i32 } else { -1 },
            committed_metadata: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::txn_offset_commit_response::TxnOffsetCommitResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            topics: (0..g.below(3)).map(|_| super::txn_offset_commit_response::TxnOffsetCommitResponseTopic::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::txn_offset_commit_response::TxnOffsetCommitResponseTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::txn_offset_commit_response::TxnOffsetCommitResponsePartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::txn_offset_commit_response::TxnOffsetCommitResponsePartition {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            error_code: g.number() as i16,
        }
    }
}

impl Sample for super::describe_acls_request::DescribeAclsRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            resource_type_filter: g.number() as i8,
            resource_name_filter: if g.one_in(3) { None } else { Some(g.string()) },
            pattern_type_filter: g.number() as i8,
            principal_filter: if g.one_in(3) { None } else { Some(g.string()) },
            host_filter: if g.one_in(3) { None } else { Some(g.string()) },
            operation: g.number() as i8,
            permission_type: g.number() as i8,
        }
    }
}

impl Sample for super::describe_acls_response::DescribeAclsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            resources: (0..g.below(3)).map(|_| super::describe_acls_response::DescribeAclsResource::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_acls_response::DescribeAclsResource {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            resource_type: g.number() as i8,
            resource_name: g.string(),
            pattern_type: g.number() as i8,
            acls: (0..g.below(3)).map(|_| super::describe_acls_response::AclDescription::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_acls_response::AclDescription {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            principal: g.string(),
            host: g.string(),
            operation: g.number() as i8,
            permission_type: g.number() as i8,
        }
    }
}

impl Sample for super::create_acls_request::CreateAclsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            creations: (0..g.below(3)).map(|_| super::create_acls_request::AclCreation::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::create_acls_request::AclCreation {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            resource_type: g.number() as i8,
            resource_name: g.string(),
            resource_pattern_type: g.number() as i8,
            principal: g.string(),
            host: g.string(),
            operation: g.number() as i8,
            permission_type: g.number() as i8,
        }
    }
}

impl Sample for super::create_acls_response::CreateAclsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            results: (0..g.below(3)).map(|_| super::create_acls_response::AclCreationResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::create_acls_response::AclCreationResult {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::delete_acls_request::DeleteAclsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            filters: (0..g.below(3)).map(|_| super::delete_acls_request::DeleteAclsFilter::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::delete_acls_request::DeleteAclsFilter {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            resource_type_filter: g.number() as i8,
            resource_name_filter: if g.one_in(3) { None } else { Some(g.string()) },
            pattern_type_filter: g.number() as i8,
            principal_filter: if g.one_in(3) { None } else { Some(g.string()) },
            host_filter: if g.one_in(3) { None } else { Some(g.string()) },
            operation: g.number() as i8,
            permission_type: g.number() as i8,
        }
    }
}

impl Sample for super::delete_acls_response::DeleteAclsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            filter_results: (0..g.below(3)).map(|_| super::delete_acls_response::DeleteAclsFilterResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::delete_acls_response::DeleteAclsFilterResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            matching_acls: (0..g.below(3)).map(|_| super::delete_acls_response::DeleteAclsMatchingAcl::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::delete_acls_response::DeleteAclsMatchingAcl {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            resource_type: g.number() as i8,
            resource_name: g.string(),
            pattern_type: g.number() as i8,
            principal: g.string(),
            host: g.string(),
            operation: g.number() as i8,
            permission_type: g.number() as i8,
        }
    }
}

impl Sample for super::describe_configs_request::DescribeConfigsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            resources: (0..g.below(3)).map(|_| super::describe_configs_request::DescribeConfigsResource::sample(g, v)).collect(),
            include_synonyms: g.one_in(2),
            include_documentation: if v >= 3 { g.one_in(2) } else { false },
        }
    }
}

impl Sample for super::describe_configs_request::DescribeConfigsResource {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            resource_type: g.number() as i8,
            resource_name: g.string(),
            configuration_keys: if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.string()).collect()) },
        }
    }
}

impl Sample for super::describe_configs_response::DescribeConfigsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            results: (0..g.below(3)).map(|_| super::describe_configs_response::DescribeConfigsResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_configs_response::DescribeConfigsResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            resource_type: g.number() as i8,
            resource_name: g.string(),
            configs: (0..g.below(3)).map(|_| super::describe_configs_response::DescribeConfigsResourceResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_configs_response::DescribeConfigsResourceResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            value: if g.one_in(3) { None } else { Some(g.string()) },
            read_only: g.one_in(2),
            config_source: g.number() as i8,
            is_sensitive: g.one_in(2),
            synonyms: (0..g.below(3)).map(|_| super::describe_configs_response::DescribeConfigsSynonym::sample(g, v)).collect(),
            config_type: if v >= 3 { g.number() as i8 } else { 0 },
            documentation: if v >= 3 { if g.one_in(3) { None } else { Some(g.string()) } } else { Some(String::new()) },
        }
    }
}

impl Sample for super::describe_configs_response::DescribeConfigsSynonym {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            value: if g.one_in(3) { None } else { Some(g.string()) },
            source: g.number() as i8,
        }
    }
}

impl Sample for super::alter_configs_request::AlterConfigsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            resources: (0..g.below(3)).map(|_| super::alter_configs_request::AlterConfigsResource::sample(g, v)).collect(),
            validate_only: g.one_in(2),
        }
    }
}

impl Sample for super::alter_configs_request::AlterConfigsResource {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            resource_type: g.number() as i8,
            resource_name: g.string(),
            configs: (0..g.below(3)).map(|_| super::alter_configs_request::AlterableConfig::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_configs_request::AlterableConfig {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            value: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::alter_configs_response::AlterConfigsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            responses: (0..g.below(3)).map(|_| super::alter_configs_response::AlterConfigsResourceResponse::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_configs_response::AlterConfigsResourceResponse {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            resource_type: g.number() as i8,
            resource_name: g.string(),
        }
    }
}

impl Sample for super::alter_replica_log_dirs_request::AlterReplicaLogDirsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            dirs: (0..g.below(3)).map(|_| super::alter_replica_log_dirs_request::AlterReplicaLogDir::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_replica_log_dirs_request::AlterReplicaLogDir {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            path: g.string(),
            topics: (0..g.below(3)).map(|_| super::alter_replica_log_dirs_request::AlterReplicaLogDirTopic::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_replica_log_dirs_request::AlterReplicaLogDirTopic {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::alter_replica_log_dirs_response::AlterReplicaLogDirsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            results: (0..g.below(3)).map(|_| super::alter_replica_log_dirs_response::AlterReplicaLogDirTopicResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_replica_log_dirs_response::AlterReplicaLogDirTopicResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::alter_replica_log_dirs_response::AlterReplicaLogDirPartitionResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_replica_log_dirs_response::AlterReplicaLogDirPartitionResult {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            error_code: g.number() as i16,
        }
    }
}

impl Sample for super::describe_log_dirs_request::DescribeLogDirsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topics: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::describe_log_dirs_request::DescribableLogDirTopic::sample(g, v)).collect()) },
        }
    }
}

impl Sample for super::describe_log_dirs_request::DescribableLogDirTopic {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic: g.string(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::describe_log_dirs_response::DescribeLogDirsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: if v >= 3 { g.number() as i16 } else { 0 },
            results: (0..g.below(3)).map(|_| super::describe_log_dirs_response::DescribeLogDirsResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_log_dirs_response::DescribeLogDirsResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            log_dir: g.string(),
            topics: (0..g.below(3)).map(|_| super::describe_log_dirs_response::DescribeLogDirsTopic::sample(g, v)).collect(),
            total_bytes: if v >= 4 { g.number() } else { -1 },
            usable_bytes: if v >= 4 { g.number() } else { -1 },
            is_cordoned: if v == 5 { g.one_in(2) } else { false },
        }
    }
}

impl Sample for super::describe_log_dirs_response::DescribeLogDirsTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::describe_log_dirs_response::DescribeLogDirsPartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_log_dirs_response::DescribeLogDirsPartition {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            partition_size: g.number(),
            offset_lag: g.number(),
            is_future_key: g.one_in(2),
        }
    }
}

impl Sample for super::sasl_authenticate_request::SaslAuthenticateRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            auth_bytes: g.bytes(),
        }
    }
}

impl Sample for super::sasl_authenticate_response::SaslAuthenticateResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            auth_bytes: g.bytes(),
            session_lifetime_ms: if v >= 1 { g.number() } else { 0 },
        }
    }
}

impl Sample for super::create_partitions_request::CreatePartitionsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topics: (0..g.below(3)).map(|_| super::create_partitions_request::CreatePartitionsTopic::sample(g, v)).collect(),
            timeout_ms: g.number() as i32,
            validate_only: g.one_in(2),
        }
    }
}

impl Sample for super::create_partitions_request::CreatePartitionsTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            count: g.number() as i32,
            assignments: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::create_partitions_request::CreatePartitionsAssignment::sample(g, v)).collect()) },
        }
    }
}

impl Sample for super::create_partitions_request::CreatePartitionsAssignment {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            broker_ids: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::create_partitions_response::CreatePartitionsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            results: (0..g.below(3)).map(|_| super::create_partitions_response::CreatePartitionsTopicResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::create_partitions_response::CreatePartitionsTopicResult {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::create_delegation_token_request::CreateDelegationTokenRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            owner_principal_type: if v == 3 { if g.one_in(3) { None } else { Some(g.string()) } } else { Some(String::new()) },
            owner_principal_name: if v == 3 { if g.one_in(3) { None } else { Some(g.string()) } } else { Some(String::new()) },
            renewers: (0..g.below(3)).map(|_| super::create_delegation_token_request::CreatableRenewers::sample(g, v)).collect(),
            max_lifetime_ms: g.number(),
        }
    }
}

impl Sample for super::create_delegation_token_request::CreatableRenewers {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            principal_type: g.string(),
            principal_name: g.string(),
        }
    }
}

impl Sample for super::create_delegation_token_response::CreateDelegationTokenResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            principal_type: g.string(),
            principal_name: g.string(),
            token_requester_principal_type: if v == 3 { g.string() } else { String::new() },
            token_requester_principal_name: if v == 3 { g.string() } else { String::new() },
            issue_timestamp_ms: g.number(),
            expiry_timestamp_ms: g.number(),
            max_timestamp_ms: g.number(),
            token_id: g.string(),
            hmac: g.bytes(),
            throttle_time_ms: g.number() as i32,
        }
    }
}

impl Sample for super::renew_delegation_token_request::RenewDelegationTokenRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            hmac: g.bytes(),
            renew_period_ms: g.number(),
        }
    }
}

impl Sample for super::renew_delegation_token_response::RenewDelegationTokenResponse {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            expiry_timestamp_ms: g.number(),
            throttle_time_ms: g.number() as i32,
        }
    }
}

impl Sample for super::expire_delegation_token_request::ExpireDelegationTokenRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            hmac: g.bytes(),
            expiry_time_period_ms: g.number(),
        }
    }
}

impl Sample for super::expire_delegation_token_response::ExpireDelegationTokenResponse {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            expiry_timestamp_ms: g.number(),
            throttle_time_ms: g.number() as i32,
        }
    }
}

impl Sample for super::describe_delegation_token_request::DescribeDelegationTokenRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            owners: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::describe_delegation_token_request::DescribeDelegationTokenOwner::sample(g, v)).collect()) },
        }
    }
}

impl Sample for super::describe_delegation_token_request::DescribeDelegationTokenOwner {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            principal_type: g.string(),
            principal_name: g.string(),
        }
    }
}

impl Sample for super::describe_delegation_token_response::DescribeDelegationTokenResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            tokens: (0..g.below(3)).map(|_| super::describe_delegation_token_response::DescribedDelegationToken::sample(g, v)).collect(),
            throttle_time_ms: g.number() as i32,
        }
    }
}

impl Sample for super::describe_delegation_token_response::DescribedDelegationToken {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            principal_type: g.string(),
            principal_name: g.string(),
            token_requester_principal_type: if v == 3 { g.string() } else { String::new() },
            token_requester_principal_name: if v == 3 { g.string() } else { String::new() },
            issue_timestamp: g.number(),
            expiry_timestamp: g.number(),
            max_timestamp: g.number(),
            token_id: g.string(),
            hmac: g.bytes(),
            renewers: (0..g.below(3)).map(|_| super::describe_delegation_token_response::DescribedDelegationTokenRenewer::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_delegation_token_response::DescribedDelegationTokenRenewer {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            principal_type: g.string(),
            principal_name: g.string(),
        }
    }
}

impl Sample for super::delete_groups_request::DeleteGroupsRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            groups_names: (0..g.count()).map(|_| g.string()).collect(),
        }
    }
}

impl Sample for super::delete_groups_response::DeleteGroupsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            results: (0..g.below(3)).map(|_| super::delete_groups_response::DeletableGroupResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::delete_groups_response::DeletableGroupResult {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
            error_code: g.number() as i16,
        }
    }
}

impl Sample for super::elect_leaders_request::ElectLeadersRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            election_type: if v >= 1 { g.number() as i8 } else { 0 },
            topic_partitions: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::elect_leaders_request::TopicPartitions::sample(g, v)).collect()) },
            timeout_ms: g.number() as i32,
        }
    }
}

impl Sample for super::elect_leaders_request::TopicPartitions {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic: g.string(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::elect_leaders_response::ElectLeadersResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: if v >= 1 { g.number() as i16 } else { 0 },
            replica_election_results: (0..g.below(3)).map(|_| super::elect_leaders_response::ReplicaElectionResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::elect_leaders_response::ReplicaElectionResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic: g.string(),
            partition_result: (0..g.below(3)).map(|_| super::elect_leaders_response::PartitionResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::elect_leaders_response::PartitionResult {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_id: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::incremental_alter_configs_request::IncrementalAlterConfigsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            resources: (0..g.below(3)).map(|_| super::incremental_alter_configs_request::AlterConfigsResource::sample(g, v)).collect(),
            validate_only: g.one_in(2),
        }
    }
}

impl Sample for super::incremental_alter_configs_request::AlterConfigsResource {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            resource_type: g.number() as i8,
            resource_name: g.string(),
            configs: (0..g.below(3)).map(|_| super::incremental_alter_configs_request::AlterableConfig::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::incremental_alter_configs_request::AlterableConfig {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            config_operation: g.number() as i8,
            value: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::incremental_alter_configs_response::IncrementalAlterConfigsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            responses: (0..g.below(3)).map(|_| super::incremental_alter_configs_response::AlterConfigsResourceResponse::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::incremental_alter_configs_response::AlterConfigsResourceResponse {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            resource_type: g.number() as i8,
            resource_name: g.string(),
        }
    }
}

impl Sample for super::alter_partition_reassignments_request::AlterPartitionReassignmentsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            timeout_ms: g.number() as i32,
            allow_replication_factor_change: if v == 1 { g.one_in(2) } else { true },
            topics: (0..g.below(3)).map(|_| super::alter_partition_reassignments_request::ReassignableTopic::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_partition_reassignments_request::ReassignableTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::alter_partition_reassignments_request::ReassignablePartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_partition_reassignments_request::ReassignablePartition {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            replicas: if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.number() as i32).collect()) },
        }
    }
}

impl Sample for super::alter_partition_reassignments_response::AlterPartitionReassignmentsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            allow_replication_factor_change: if v == 1 { g.one_in(2) } else { true },
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            responses: (0..g.below(3)).map(|_| super::alter_partition_reassignments_response::ReassignableTopicResponse::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_partition_reassignments_response::ReassignableTopicResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::alter_partition_reassignments_response::ReassignablePartitionResponse::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_partition_reassignments_response::ReassignablePartitionResponse {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::list_partition_reassignments_request::ListPartitionReassignmentsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            timeout_ms: g.number() as i32,
            topics: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::list_partition_reassignments_request::ListPartitionReassignmentsTopics::sample(g, v)).collect()) },
        }
    }
}

impl Sample for super::list_partition_reassignments_request::ListPartitionReassignmentsTopics {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            partition_indexes: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::list_partition_reassignments_response::ListPartitionReassignmentsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            topics: (0..g.below(3)).map(|_| super::list_partition_reassignments_response::OngoingTopicReassignment::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::list_partition_reassignments_response::OngoingTopicReassignment {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::list_partition_reassignments_response::OngoingPartitionReassignment::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::list_partition_reassignments_response::OngoingPartitionReassignment {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            replicas: (0..g.count()).map(|_| g.number() as i32).collect(),
            adding_replicas: (0..g.count()).map(|_| g.number() as i32).collect(),
            removing_replicas: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::offset_delete_request::OffsetDeleteRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            topics: (0..g.below(3)).map(|_| super::offset_delete_request::OffsetDeleteRequestTopic::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::offset_delete_request::OffsetDeleteRequestTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::offset_delete_request::OffsetDeleteRequestPartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::offset_delete_request::OffsetDeleteRequestPartition {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
        }
    }
}

impl Sample for super::offset_delete_response::OffsetDeleteResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            throttle_time_ms: g.number() as i32,
            topics: (0..g.below(3)).map(|_| super::offset_delete_response::OffsetDeleteResponseTopic::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::offset_delete_response::OffsetDeleteResponseTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::offset_delete_response::OffsetDeleteResponsePartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::offset_delete_response::OffsetDeleteResponsePartition {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            error_code: g.number() as i16,
        }
    }
}

impl Sample for super::describe_client_quotas_request::DescribeClientQuotasRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            components: (0..g.below(3)).map(|_| super::describe_client_quotas_request::ComponentData::sample(g, v)).collect(),
            strict: g.one_in(2),
        }
    }
}

impl Sample for super::describe_client_quotas_request::ComponentData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            entity_type: g.string(),
            match_type: g.number() as i8,
            r#match: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::describe_client_quotas_response::DescribeClientQuotasResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            entries: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::describe_client_quotas_response::EntryData::sample(g, v)).collect()) },
        }
    }
}

impl Sample for super::describe_client_quotas_response::EntryData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            entity: (0..g.below(3)).map(|_| super::describe_client_quotas_response::EntityData::sample(g, v)).collect(),
            values: (0..g.below(3)).map(|_| super::describe_client_quotas_response::ValueData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_client_quotas_response::EntityData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            entity_type: g.string(),
            entity_name: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::describe_client_quotas_response::ValueData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            key: g.string(),
            value: g.float64(),
        }
    }
}

impl Sample for super::alter_client_quotas_request::AlterClientQuotasRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            entries: (0..g.below(3)).map(|_| super::alter_client_quotas_request::EntryData::sample(g, v)).collect(),
            validate_only: g.one_in(2),
        }
    }
}

impl Sample for super::alter_client_quotas_request::EntryData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            entity: (0..g.below(3)).map(|_| super::alter_client_quotas_request::EntityData::sample(g, v)).collect(),
            ops: (0..g.below(3)).map(|_| super::alter_client_quotas_request::OpData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_client_quotas_request::EntityData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            entity_type: g.string(),
            entity_name: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::alter_client_quotas_request::OpData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            key: g.string(),
            value: g.float64(),
            remove: g.one_in(2),
        }
    }
}

impl Sample for super::alter_client_quotas_response::AlterClientQuotasResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            entries: (0..g.below(3)).map(|_| super::alter_client_quotas_response::EntryData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_client_quotas_response::EntryData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            entity: (0..g.below(3)).map(|_| super::alter_client_quotas_response::EntityData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_client_quotas_response::EntityData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            entity_type: g.string(),
            entity_name: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::describe_user_scram_credentials_request::DescribeUserScramCredentialsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            users: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::describe_user_scram_credentials_request::UserName::sample(g, v)).collect()) },
        }
    }
}

impl Sample for super::describe_user_scram_credentials_request::UserName {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
        }
    }
}

impl Sample for super::describe_user_scram_credentials_response::DescribeUserScramCredentialsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            results: (0..g.below(3)).map(|_| super::describe_user_scram_credentials_response::DescribeUserScramCredentialsResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_user_scram_credentials_response::DescribeUserScramCredentialsResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            user: g.string(),
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            credential_infos: (0..g.below(3)).map(|_| super::describe_user_scram_credentials_response::CredentialInfo::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_user_scram_credentials_response::CredentialInfo {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            mechanism: g.number() as i8,
            iterations: g.number() as i32,
        }
    }
}

impl Sample for super::alter_user_scram_credentials_request::AlterUserScramCredentialsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            deletions: (0..g.below(3)).map(|_| super::alter_user_scram_credentials_request::ScramCredentialDeletion::sample(g, v)).collect(),
            upsertions: (0..g.below(3)).map(|_| super::alter_user_scram_credentials_request::ScramCredentialUpsertion::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_user_scram_credentials_request::ScramCredentialDeletion {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            mechanism: g.number() as i8,
        }
    }
}

impl Sample for super::alter_user_scram_credentials_request::ScramCredentialUpsertion {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            mechanism: g.number() as i8,
            iterations: g.number() as i32,
            salt: g.bytes(),
            salted_password: g.bytes(),
        }
    }
}

impl Sample for super::alter_user_scram_credentials_response::AlterUserScramCredentialsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            results: (0..g.below(3)).map(|_| super::alter_user_scram_credentials_response::AlterUserScramCredentialsResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_user_scram_credentials_response::AlterUserScramCredentialsResult {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            user: g.string(),
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::vote_request::VoteRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            cluster_id: if g.one_in(3) { None } else { Some(g.string()) },
            voter_id: if v >= 1 { g.number() as i32 } else { -1 },
            topics: (0..g.below(3)).map(|_| super::vote_request::TopicData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::vote_request::TopicData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::vote_request::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::vote_request::PartitionData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            replica_epoch: g.number() as i32,
            replica_id: g.number() as i32,
            replica_directory_id: if v >= 1 { g.uuid() } else { Uuid::ZERO },
            voter_directory_id: if v >= 1 { g.uuid() } else { Uuid::ZERO },
            last_offset_epoch: g.number() as i32,
            last_offset: g.number(),
            pre_vote: if v == 2 { g.one_in(2) } else { false },
        }
    }
}

impl Sample for super::vote_response::VoteResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            topics: (0..g.below(3)).map(|_| super::vote_response::TopicData::sample(g, v)).collect(),
            node_endpoints: if g.one_in(3) { Vec::new() } else { if v >= 1 { (0..g.below(3)).map(|_| super::vote_response::NodeEndpoint::sample(g, v)).collect() } else { Vec::new() } },
        }
    }
}

impl Sample for super::vote_response::TopicData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::vote_response::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::vote_response::PartitionData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            error_code: g.number() as i16,
            leader_id: g.number() as i32,
            leader_epoch: g.number() as i32,
            vote_granted: g.one_in(2),
        }
    }
}

impl Sample for super::vote_response::NodeEndpoint {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            node_id: g.number() as i32,
            host: g.string(),
            port: g.number() as u16,
        }
    }
}

impl Sample for super::begin_quorum_epoch_request::BeginQuorumEpochRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            cluster_id: if g.one_in(3) { None } else { Some(g.string()) },
            voter_id: if v == 1 { g.number() as i32 } else { -1 },
            topics: (0..g.below(3)).map(|_| super::begin_quorum_epoch_request::TopicData::sample(g, v)).collect(),
            leader_endpoints: if v == 1 { (0..g.below(3)).map(|_| super::begin_quorum_epoch_request::LeaderEndpoint::sample(g, v)).collect() } else { Vec::new() },
        }
    }
}

impl Sample for super::begin_quorum_epoch_request::TopicData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::begin_quorum_epoch_request::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::begin_quorum_epoch_request::PartitionData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            voter_directory_id: if v == 1 { g.uuid() } else { Uuid::ZERO },
            leader_id: g.number() as i32,
            leader_epoch: g.number() as i32,
        }
    }
}

impl Sample for super::begin_quorum_epoch_request::LeaderEndpoint {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            host: g.string(),
            port: g.number() as u16,
        }
    }
}

impl Sample for super::begin_quorum_epoch_response::BeginQuorumEpochResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            topics: (0..g.below(3)).map(|_| super::begin_quorum_epoch_response::TopicData::sample(g, v)).collect(),
            node_endpoints: if g.one_in(3) { Vec::new() } else { if v == 1 { (0..g.below(3)).map(|_| super::begin_quorum_epoch_response::NodeEndpoint::sample(g, v)).collect() } else { Vec::new() } },
        }
    }
}

impl Sample for super::begin_quorum_epoch_response::TopicData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::begin_quorum_epoch_response::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::begin_quorum_epoch_response::PartitionData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            error_code: g.number() as i16,
            leader_id: g.number() as i32,
            leader_epoch: g.number() as i32,
        }
    }
}

impl Sample for super::begin_quorum_epoch_response::NodeEndpoint {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            node_id: g.number() as i32,
            host: g.string(),
            port: g.number() as u16,
        }
    }
}

impl Sample for super::end_quorum_epoch_request::EndQuorumEpochRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            cluster_id: if g.one_in(3) { None } else { Some(g.string()) },
            topics: (0..g.below(3)).map(|_| super::end_quorum_epoch_request::TopicData::sample(g, v)).collect(),
            leader_endpoints: if v == 1 { (0..g.below(3)).map(|_| super::end_quorum_epoch_request::LeaderEndpoint::sample(g, v)).collect() } else { Vec::new() },
        }
    }
}

impl Sample for super::end_quorum_epoch_request::TopicData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::end_quorum_epoch_request::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::end_quorum_epoch_request::PartitionData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            leader_id: g.number() as i32,
            leader_epoch: g.number() as i32,
            preferred_successors: if v == 0 { (0..g.count()).map(|_| g.number() as i32).collect() } else { Vec::new() },
            preferred_candidates: if v == 1 { (0..g.below(3)).map(|_| super::end_quorum_epoch_request::ReplicaInfo::sample(g, v)).collect() } else { Vec::new() },
        }
    }
}

impl Sample for super::end_quorum_epoch_request::ReplicaInfo {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            candidate_id: g.number() as i32,
            candidate_directory_id: g.uuid(),
        }
    }
}

impl Sample for super::end_quorum_epoch_request::LeaderEndpoint {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            host: g.string(),
            port: g.number() as u16,
        }
    }
}

impl Sample for super::end_quorum_epoch_response::EndQuorumEpochResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            topics: (0..g.below(3)).map(|_| super::end_quorum_epoch_response::TopicData::sample(g, v)).collect(),
            node_endpoints: if g.one_in(3) { Vec::new() } else { if v == 1 { (0..g.below(3)).map(|_| super::end_quorum_epoch_response::NodeEndpoint::sample(g, v)).collect() } else { Vec::new() } },
        }
    }
}

impl Sample for super::end_quorum_epoch_response::TopicData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::end_quorum_epoch_response::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::end_quorum_epoch_response::PartitionData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            error_code: g.number() as i16,
            leader_id: g.number() as i32,
            leader_epoch: g.number() as i32,
        }
    }
}

impl Sample for super::end_quorum_epoch_response::NodeEndpoint {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            node_id: g.number() as i32,
            host: g.string(),
            port: g.number() as u16,
        }
    }
}

impl Sample for super::describe_quorum_request::DescribeQuorumRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topics: (0..g.below(3)).map(|_| super::describe_quorum_request::TopicData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_quorum_request::TopicData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::describe_quorum_request::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_quorum_request::PartitionData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
        }
    }
}

impl Sample for super::describe_quorum_response::DescribeQuorumResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            error_message: if v == 2 { if g.one_in(3) { None } else { Some(g.string()) } } else { Some(String::new()) },
            topics: (0..g.below(3)).map(|_| super::describe_quorum_response::TopicData::sample(g, v)).collect(),
            nodes: if v == 2 { (0..g.below(3)).map(|_| super::describe_quorum_response::Node::sample(g, v)).collect() } else { Vec::new() },
        }
    }
}

impl Sample for super::describe_quorum_response::TopicData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::describe_quorum_response::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_quorum_response::PartitionData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if v == 2 { if g.one_in(3) { None } else { Some(g.string()) } } else { Some(String::new()) },
            leader_id: g.number() as i32,
            leader_epoch: g.number() as i32,
            high_watermark: g.number(),
            current_voters: (0..g.below(3)).map(|_| super::describe_quorum_response::ReplicaState::sample(g, v)).collect(),
            observers: (0..g.below(3)).map(|_| super::describe_quorum_response::ReplicaState::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_quorum_response::Node {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            node_id: g.number() as i32,
            listeners: (0..g.below(3)).map(|_| super::describe_quorum_response::Listener::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_quorum_response::Listener {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            host: g.string(),
            port: g.number() as u16,
        }
    }
}

impl Sample for super::describe_quorum_response::ReplicaState {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            replica_id: g.number() as i32,
            replica_directory_id: if v == 2 { g.uuid() } else { Uuid::ZERO },
            log_end_offset: g.number(),
            last_fetch_timestamp: if v >= 1 { g.number() } else { -1 },
            last_caught_up_timestamp: if v >= 1 { g.number() } else { -1 },
        }
    }
}

impl Sample for super::alter_partition_request::AlterPartitionRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            broker_id: g.number() as i32,
            broker_epoch: g.number(),
            topics: (0..g.below(3)).map(|_| super::alter_partition_request::TopicData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_partition_request::TopicData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::alter_partition_request::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_partition_request::PartitionData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            leader_epoch: g.number() as i32,
            new_isr: if v == 2 { (0..g.count()).map(|_| g.number() as i32).collect() } else { Vec::new() },
            new_isr_with_epochs: if v == 3 { (0..g.below(3)).map(|_| super::alter_partition_request::BrokerState::sample(g, v)).collect() } else { Vec::new() },
            leader_recovery_state: g.number() as i8,
            partition_epoch: g.number() as i32,
        }
    }
}

impl Sample for super::alter_partition_request::BrokerState {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            broker_id: g.number() as i32,
            broker_epoch: g.number(),
        }
    }
}

impl Sample for super::alter_partition_response::AlterPartitionResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            topics: (0..g.below(3)).map(|_| super::alter_partition_response::TopicData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_partition_response::TopicData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::alter_partition_response::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_partition_response::PartitionData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            error_code: g.number() as i16,
            leader_id: g.number() as i32,
            leader_epoch: g.number() as i32,
            isr: (0..g.count()).map(|_| g.number() as i32).collect(),
            leader_recovery_state: g.number() as i8,
            partition_epoch: g.number() as i32,
        }
    }
}

impl Sample for super::update_features_request::UpdateFeaturesRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            timeout_ms: g.number() as i32,
            feature_updates: (0..g.below(3)).map(|_| super::update_features_request::FeatureUpdateKey::sample(g, v)).collect(),
            validate_only: if v >= 1 { g.one_in(2) } else { false },
        }
    }
}

impl Sample for super::update_features_request::FeatureUpdateKey {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            feature: g.string(),
            max_version_level: g.number() as i16,
            allow_downgrade: if v == 0 { g.one_in(2) } else { false },
            upgrade_type: if v >= 1 { g.number() as i8 } else { 1 },
        }
    }
}

impl Sample for super::update_features_response::UpdateFeaturesResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            results: if v <= 1 { (0..g.below(3)).map(|_| super::update_features_response::UpdatableFeatureResult::sample(g, v)).collect() } else { Vec::new() },
        }
    }
}

impl Sample for super::update_features_response::UpdatableFeatureResult {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            feature: g.string(),
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::envelope_request::EnvelopeRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            request_data: g.bytes(),
            request_principal: if g.one_in(3) { None } else { Some(g.bytes()) },
            client_host_address: g.bytes(),
        }
    }
}

impl Sample for super::envelope_response::EnvelopeResponse {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            response_data: if g.one_in(3) { None } else { Some(g.bytes()) },
            error_code: g.number() as i16,
        }
    }
}

impl Sample for super::fetch_snapshot_request::FetchSnapshotRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            cluster_id: if g.one_in(3) { None } else { if g.one_in(3) { None } else { Some(g.string()) } },
            replica_id: g.number() as i32,
            max_bytes: g.number() as i32,
            topics: (0..g.below(3)).map(|_| super::fetch_snapshot_request::TopicSnapshot::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::fetch_snapshot_request::TopicSnapshot {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::fetch_snapshot_request::PartitionSnapshot::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::fetch_snapshot_request::PartitionSnapshot {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition: g.number() as i32,
            current_leader_epoch: g.number() as i32,
            snapshot_id: super::fetch_snapshot_request::SnapshotId::sample(g, v),
            position: g.number(),
            replica_directory_id: if g.one_in(3) { Uuid::ZERO } else { if v == 1 { g.uuid() } else { Uuid::ZERO } },
        }
    }
}

impl Sample for super::fetch_snapshot_request::SnapshotId {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            end_offset: g.number(),
            epoch: g.number() as i32,
        }
    }
}

impl Sample for super::fetch_snapshot_response::FetchSnapshotResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            topics: (0..g.below(3)).map(|_| super::fetch_snapshot_response::TopicSnapshot::sample(g, v)).collect(),
            node_endpoints: if g.one_in(3) { Vec::new() } else { if v == 1 { (0..g.below(3)).map(|_| super::fetch_snapshot_response::NodeEndpoint::sample(g, v)).collect() } else { Vec::new() } },
        }
    }
}

impl Sample for super::fetch_snapshot_response::TopicSnapshot {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::fetch_snapshot_response::PartitionSnapshot::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::fetch_snapshot_response::PartitionSnapshot {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            index: g.number() as i32,
            error_code: g.number() as i16,
            snapshot_id: super::fetch_snapshot_response::SnapshotId::sample(g, v),
            current_leader: if g.one_in(3) { super::fetch_snapshot_response::LeaderIdAndEpoch::default() } else { super::fetch_snapshot_response::LeaderIdAndEpoch::sample(g, v) },
            size: g.number(),
            position: g.number(),
            unaligned_records: g.bytes(),
        }
    }
}

impl Sample for super::fetch_snapshot_response::SnapshotId {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            end_offset: g.number(),
            epoch: g.number() as i32,
        }
    }
}

impl Sample for super::fetch_snapshot_response::LeaderIdAndEpoch {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            leader_id: g.number() as i32,
            leader_epoch: g.number() as i32,
        }
    }
}

impl Sample for super::fetch_snapshot_response::NodeEndpoint {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            node_id: g.number() as i32,
            host: g.string(),
            port: g.number() as u16,
        }
    }
}

impl Sample for super::describe_cluster_request::DescribeClusterRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            include_cluster_authorized_operations: g.one_in(2),
            endpoint_type: if v >= 1 { g.number() as i8 } else { 1 },
            include_fenced_brokers: if v == 2 { g.one_in(2) } else { false },
        }
    }
}

impl Sample for super::describe_cluster_response::DescribeClusterResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            endpoint_type: if v >= 1 { g.number() as i8 } else { 1 },
            cluster_id: g.string(),
            controller_id: g.number() as i32,
            brokers: (0..g.below(3)).map(|_| super::describe_cluster_response::DescribeClusterBroker::sample(g, v)).collect(),
            cluster_authorized_operations: g.number() as i32,
        }
    }
}

impl Sample for super::describe_cluster_response::DescribeClusterBroker {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            broker_id: g.number() as i32,
            host: g.string(),
            port: g.number() as i32,
            rack: if g.one_in(3) { None } else { Some(g.string()) },
            is_fenced: if v == 2 { g.one_in(2) } else { false },
        }
    }
}

impl Sample for super::describe_producers_request::DescribeProducersRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topics: (0..g.below(3)).map(|_| super::describe_producers_request::TopicRequest::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_producers_request::TopicRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            partition_indexes: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::describe_producers_response::DescribeProducersResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            topics: (0..g.below(3)).map(|_| super::describe_producers_response::TopicResponse::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_producers_response::TopicResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::describe_producers_response::PartitionResponse::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_producers_response::PartitionResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            active_producers: (0..g.below(3)).map(|_| super::describe_producers_response::ProducerState::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_producers_response::ProducerState {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            producer_id: g.number(),
            producer_epoch: g.number() as i32,
            last_sequence: g.number() as i32,
            last_timestamp: g.number(),
            coordinator_epoch: g.number() as i32,
            current_txn_start_offset: g.number(),
        }
    }
}

impl Sample for super::broker_registration_request::BrokerRegistrationRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            broker_id: g.number() as i32,
            cluster_id: g.string(),
            incarnation_id: g.uuid(),
            listeners: (0..g.below(3)).map(|_| super::broker_registration_request::Listener::sample(g, v)).collect(),
            features: (0..g.below(3)).map(|_| super::broker_registration_request::Feature::sample(g, v)).collect(),
            rack: if g.one_in(3) { None } else { Some(g.string()) },
            is_migrating_zk_broker: if v >= 1 { g.one_in(2) } else { false },
            log_dirs: if v >= 2 { (0..g.count()).map(|_| g.uuid()).collect() } else { Vec::new() },
            previous_broker_epoch: if v >= 3 { g.number() } else { -1 },
        }
    }
}

impl Sample for super::broker_registration_request::Listener {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            host: g.string(),
            port: g.number() as u16,
            security_protocol: g.number() as i16,
        }
    }
}

impl Sample for super::broker_registration_request::Feature {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            min_supported_version: g.number() as i16,
            max_supported_version: g.number() as i16,
        }
    }
}

impl Sample for super::broker_registration_response::BrokerRegistrationResponse {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            broker_epoch: g.number(),
        }
    }
}

impl Sample for super::broker_heartbeat_request::BrokerHeartbeatRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            broker_id: g.number() as i32,
            broker_epoch: g.number(),
            current_metadata_offset: g.number(),
            want_fence: g.one_in(2),
            want_shut_down: g.one_in(2),
            offline_log_dirs: if g.one_in(3) { Vec::new() } else { if v >= 1 { (0..g.count()).map(|_| g.uuid()).collect() } else { Vec::new() } },
            cordoned_log_dirs: if g.one_in(3) { None } else { if v == 2 { if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.uuid()).collect()) } } else { None } },
        }
    }
}

impl Sample for super::broker_heartbeat_response::BrokerHeartbeatResponse {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            is_caught_up: g.one_in(2),
            is_fenced: g.one_in(2),
            should_shut_down: g.one_in(2),
        }
    }
}

impl Sample for super::unregister_broker_request::UnregisterBrokerRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            broker_id: g.number() as i32,
        }
    }
}

impl Sample for super::unregister_broker_response::UnregisterBrokerResponse {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::describe_transactions_request::DescribeTransactionsRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            transactional_ids: (0..g.count()).map(|_| g.string()).collect(),
        }
    }
}

impl Sample for super::describe_transactions_response::DescribeTransactionsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            transaction_states: (0..g.below(3)).map(|_| super::describe_transactions_response::TransactionState::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_transactions_response::TransactionState {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            transactional_id: g.string(),
            transaction_state: g.string(),
            transaction_timeout_ms: g.number() as i32,
            transaction_start_time_ms: g.number(),
            producer_id: g.number(),
            producer_epoch: g.number() as i16,
            topics: (0..g.below(3)).map(|_| super::describe_transactions_response::TopicData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_transactions_response::TopicData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic: g.string(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::list_transactions_request::ListTransactionsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            state_filters: (0..g.count()).map(|_| g.string()).collect(),
            producer_id_filters: (0..g.count()).map(|_| g.number()).collect(),
            duration_filter: if v >= 1 { g.number() } else { -1 },
            transactional_id_pattern: if v == 2 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
        }
    }
}

impl Sample for super::list_transactions_response::ListTransactionsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            unknown_state_filters: (0..g.count()).map(|_| g.string()).collect(),
            transaction_states: (0..g.below(3)).map(|_| super::list_transactions_response::TransactionState::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::list_transactions_response::TransactionState {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            transactional_id: g.string(),
            producer_id: g.number(),
            transaction_state: g.string(),
        }
    }
}

impl Sample for super::allocate_producer_ids_request::AllocateProducerIdsRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            broker_id: g.number() as i32,
            broker_epoch: g.number(),
        }
    }
}

impl Sample for super::allocate_producer_ids_response::AllocateProducerIdsResponse {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            producer_id_start: g.number(),
            producer_id_len: g.number() as i32,
        }
    }
}

impl Sample for super::consumer_group_heartbeat_request::ConsumerGroupHeartbeatRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            member_id: g.string(),
            member_epoch: g.number() as i32,
            instance_id: if g.one_in(3) { None } else { Some(g.string()) },
            rack_id: if g.one_in(3) { None } else { Some(g.string()) },
            rebalance_timeout_ms: g.number() as i32,
            subscribed_topic_names: if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.string()).collect()) },
            subscribed_topic_regex: if v == 1 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
            server_assignor: if g.one_in(3) { None } else { Some(g.string()) },
            topic_partitions: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::consumer_group_heartbeat_request::TopicPartitions::sample(g, v)).collect()) },
        }
    }
}

impl Sample for super::consumer_group_heartbeat_request::TopicPartitions {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::consumer_group_heartbeat_response::ConsumerGroupHeartbeatResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            member_id: if g.one_in(3) { None } else { Some(g.string()) },
            member_epoch: g.number() as i32,
            heartbeat_interval_ms: g.number() as i32,
            assignment: if g.one_in(3) { None } else { Some(super::consumer_group_heartbeat_response::Assignment::sample(g, v)) },
        }
    }
}

impl Sample for super::consumer_group_heartbeat_response::Assignment {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_partitions: (0..g.below(3)).map(|_| super::consumer_group_heartbeat_response::TopicPartitions::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::consumer_group_heartbeat_response::TopicPartitions {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::consumer_group_describe_request::ConsumerGroupDescribeRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_ids: (0..g.count()).map(|_| g.string()).collect(),
            include_authorized_operations: g.one_in(2),
        }
    }
}

impl Sample for super::consumer_group_describe_response::ConsumerGroupDescribeResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            groups: (0..g.below(3)).map(|_| super::consumer_group_describe_response::DescribedGroup::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::consumer_group_describe_response::DescribedGroup {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            group_id: g.string(),
            group_state: g.string(),
            group_epoch: g.number() as i32,
            assignment_epoch: g.number() as i32,
            assignor_name: g.string(),
            members: (0..g.below(3)).map(|_| super::consumer_group_describe_response::Member::sample(g, v)).collect(),
            authorized_operations: g.number() as i32,
        }
    }
}

impl Sample for super::consumer_group_describe_response::Member {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            member_id: g.string(),
            instance_id: if g.one_in(3) { None } else { Some(g.string()) },
            rack_id: if g.one_in(3) { None } else { Some(g.string()) },
            member_epoch: g.number() as i32,
            client_id: g.string(),
            client_host: g.string(),
            subscribed_topic_names: (0..g.count()).map(|_| g.string()).collect(),
            subscribed_topic_regex: if g.one_in(3) { None } else { Some(g.string()) },
            assignment: super::consumer_group_describe_response::Assignment::sample(g, v),
            target_assignment: super::consumer_group_describe_response::Assignment::sample(g, v),
            member_type: if v == 1 { g.number() as i8 } else { -1 },
        }
    }
}

impl Sample for super::consumer_group_describe_response::TopicPartitions {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            topic_name: g.string(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::consumer_group_describe_response::Assignment {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_partitions: (0..g.below(3)).map(|_| super::consumer_group_describe_response::TopicPartitions::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::controller_registration_request::ControllerRegistrationRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            controller_id: g.number() as i32,
            incarnation_id: g.uuid(),
            zk_migration_ready: g.one_in(2),
            listeners: (0..g.below(3)).map(|_| super::controller_registration_request::Listener::sample(g, v)).collect(),
            features: (0..g.below(3)).map(|_| super::controller_registration_request::Feature::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::controller_registration_request::Listener {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            host: g.string(),
            port: g.number() as u16,
            security_protocol: g.number() as i16,
        }
    }
}

impl Sample for super::controller_registration_request::Feature {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            min_supported_version: g.number() as i16,
            max_supported_version: g.number() as i16,
        }
    }
}

impl Sample for super::controller_registration_response::ControllerRegistrationResponse {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::get_telemetry_subscriptions_request::GetTelemetrySubscriptionsRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            client_instance_id: g.uuid(),
        }
    }
}

impl Sample for super::get_telemetry_subscriptions_response::GetTelemetrySubscriptionsResponse {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            client_instance_id: g.uuid(),
            subscription_id: g.number() as i32,
            accepted_compression_types: (0..g.count()).map(|_| g.number() as i8).collect(),
            push_interval_ms: g.number() as i32,
            telemetry_max_bytes: g.number() as i32,
            delta_temporality: g.one_in(2),
            requested_metrics: (0..g.count()).map(|_| g.string()).collect(),
        }
    }
}

impl Sample for super::push_telemetry_request::PushTelemetryRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            client_instance_id: g.uuid(),
            subscription_id: g.number() as i32,
            terminating: g.one_in(2),
            compression_type: g.number() as i8,
            metrics: g.bytes(),
        }
    }
}

impl Sample for super::push_telemetry_response::PushTelemetryResponse {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
        }
    }
}

impl Sample for super::assign_replicas_to_dirs_request::AssignReplicasToDirsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            broker_id: g.number() as i32,
            broker_epoch: g.number(),
            directories: (0..g.below(3)).map(|_| super::assign_replicas_to_dirs_request::DirectoryData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::assign_replicas_to_dirs_request::DirectoryData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            id: g.uuid(),
            topics: (0..g.below(3)).map(|_| super::assign_replicas_to_dirs_request::TopicData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::assign_replicas_to_dirs_request::TopicData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::assign_replicas_to_dirs_request::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::assign_replicas_to_dirs_request::PartitionData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
        }
    }
}

impl Sample for super::assign_replicas_to_dirs_response::AssignReplicasToDirsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            directories: (0..g.below(3)).map(|_| super::assign_replicas_to_dirs_response::DirectoryData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::assign_replicas_to_dirs_response::DirectoryData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            id: g.uuid(),
            topics: (0..g.below(3)).map(|_| super::assign_replicas_to_dirs_response::TopicData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::assign_replicas_to_dirs_response::TopicData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::assign_replicas_to_dirs_response::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::assign_replicas_to_dirs_response::PartitionData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            error_code: g.number() as i16,
        }
    }
}

impl Sample for super::list_config_resources_request::ListConfigResourcesRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            resource_types: if v == 1 { (0..g.count()).map(|_| g.number() as i8).collect() } else { Vec::new() },
        }
    }
}

impl Sample for super::list_config_resources_response::ListConfigResourcesResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            config_resources: (0..g.below(3)).map(|_| super::list_config_resources_response::ConfigResource::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::list_config_resources_response::ConfigResource {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            resource_name: g.string(),
            resource_type: if v == 1 { g.number() as i8 } else { 16 },
        }
    }
}

impl Sample for super::describe_topic_partitions_request::DescribeTopicPartitionsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topics: (0..g.below(3)).map(|_| super::describe_topic_partitions_request::TopicRequest::sample(g, v)).collect(),
            response_partition_limit: g.number() as i32,
            cursor: if g.one_in(3) { None } else { Some(super::describe_topic_partitions_request::Cursor::sample(g, v)) },
        }
    }
}

impl Sample for super::describe_topic_partitions_request::TopicRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
        }
    }
}

impl Sample for super::describe_topic_partitions_request::Cursor {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic_name: g.string(),
            partition_index: g.number() as i32,
        }
    }
}

impl Sample for super::describe_topic_partitions_response::DescribeTopicPartitionsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            topics: (0..g.below(3)).map(|_| super::describe_topic_partitions_response::DescribeTopicPartitionsResponseTopic::sample(g, v)).collect(),
            next_cursor: if g.one_in(3) { None } else { Some(super::describe_topic_partitions_response::Cursor::sample(g, v)) },
        }
    }
}

impl Sample for super::describe_topic_partitions_response::DescribeTopicPartitionsResponseTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            name: if g.one_in(3) { None } else { Some(g.string()) },
            topic_id: g.uuid(),
            is_internal: g.one_in(2),
            partitions: (0..g.below(3)).map(|_| super::describe_topic_partitions_response::DescribeTopicPartitionsResponsePartition::sample(g, v)).collect(),
            topic_authorized_operations: g.number() as i32,
        }
    }
}

impl Sample for super::describe_topic_partitions_response::DescribeTopicPartitionsResponsePartition {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            partition_index: g.number() as i32,
            leader_id: g.number() as i32,
            leader_epoch: g.number() as i32,
            replica_nodes: (0..g.count()).map(|_| g.number() as i32).collect(),
            isr_nodes: (0..g.count()).map(|_| g.number() as i32).collect(),
            eligible_leader_replicas: if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.number() as i32).collect()) },
            last_known_elr: if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.number() as i32).collect()) },
            offline_replicas: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::describe_topic_partitions_response::Cursor {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic_name: g.string(),
            partition_index: g.number() as i32,
        }
    }
}

impl Sample for super::share_group_heartbeat_request::ShareGroupHeartbeatRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
            member_id: g.string(),
            member_epoch: g.number() as i32,
            rack_id: if g.one_in(3) { None } else { Some(g.string()) },
            subscribed_topic_names: if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.string()).collect()) },
        }
    }
}

impl Sample for super::share_group_heartbeat_response::ShareGroupHeartbeatResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            member_id: if g.one_in(3) { None } else { Some(g.string()) },
            member_epoch: g.number() as i32,
            heartbeat_interval_ms: g.number() as i32,
            assignment: if g.one_in(3) { None } else { Some(super::share_group_heartbeat_response::Assignment::sample(g, v)) },
        }
    }
}

impl Sample for super::share_group_heartbeat_response::Assignment {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_partitions: (0..g.below(3)).map(|_| super::share_group_heartbeat_response::TopicPartitions::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::share_group_heartbeat_response::TopicPartitions {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::share_group_describe_request::ShareGroupDescribeRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_ids: (0..g.count()).map(|_| g.string()).collect(),
            include_authorized_operations: g.one_in(2),
        }
    }
}

impl Sample for super::share_group_describe_response::ShareGroupDescribeResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            groups: (0..g.below(3)).map(|_| super::share_group_describe_response::DescribedGroup::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::share_group_describe_response::DescribedGroup {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            group_id: g.string(),
            group_state: g.string(),
            group_epoch: g.number() as i32,
            assignment_epoch: g.number() as i32,
            assignor_name: g.string(),
            members: (0..g.below(3)).map(|_| super::share_group_describe_response::Member::sample(g, v)).collect(),
            authorized_operations: g.number() as i32,
        }
    }
}

impl Sample for super::share_group_describe_response::Member {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            member_id: g.string(),
            rack_id: if g.one_in(3) { None } else { Some(g.string()) },
            member_epoch: g.number() as i32,
            client_id: g.string(),
            client_host: g.string(),
            subscribed_topic_names: (0..g.count()).map(|_| g.string()).collect(),
            assignment: super::share_group_describe_response::Assignment::sample(g, v),
        }
    }
}

impl Sample for super::share_group_describe_response::TopicPartitions {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            topic_name: g.string(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::share_group_describe_response::Assignment {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_partitions: (0..g.below(3)).map(|_| super::share_group_describe_response::TopicPartitions::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::share_fetch_request::ShareFetchRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: if g.one_in(3) { None } else { Some(g.string()) },
            member_id: if g.one_in(3) { None } else { Some(g.string()) },
            share_session_epoch: g.number() as i32,
            max_wait_ms: g.number() as i32,
            min_bytes: g.number() as i32,
            max_bytes: g.number() as i32,
            max_records: g.number() as i32,
            batch_size: g.number() as i32,
            share_acquire_mode: if v == 2 { g.number() as i8 } else { 0 },
            is_renew_ack: if v == 2 { g.one_in(2) } else { false },
            topics: (0..g.below(3)).map(|_| super::share_fetch_request::FetchTopic::sample(g, v)).collect(),
            forgotten_topics_data: (0..g.below(3)).map(|_| super::share_fetch_request::ForgottenTopic::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::share_fetch_request::FetchTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::share_fetch_request::FetchPartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::share_fetch_request::FetchPartition {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            partition_max_bytes: if false { g.number() as i32 } else { 0 },
            acknowledgement_batches: (0..g.below(3)).map(|_| super::share_fetch_request::AcknowledgementBatch::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::share_fetch_request::AcknowledgementBatch {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            first_offset: g.number(),
            last_offset: g.number(),
            acknowledge_types: (0..g.count()).map(|_| g.number() as i8).collect(),
        }
    }
}

impl Sample for super::share_fetch_request::ForgottenTopic {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::share_fetch_response::ShareFetchResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            acquisition_lock_timeout_ms: g.number() as i32,
            responses: (0..g.below(3)).map(|_| super::share_fetch_response::ShareFetchableTopicResponse::sample(g, v)).collect(),
            node_endpoints: (0..g.below(3)).map(|_| super::share_fetch_response::NodeEndpoint::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::share_fetch_response::ShareFetchableTopicResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::share_fetch_response::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::share_fetch_response::PartitionData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            acknowledge_error_code: g.number() as i16,
            acknowledge_error_message: if g.one_in(3) { None } else { Some(g.string()) },
            current_leader: super::share_fetch_response::LeaderIdAndEpoch::sample(g, v),
            records: Some(g.bytes()),
            acquired_records: (0..g.below(3)).map(|_| super::share_fetch_response::AcquiredRecords::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::share_fetch_response::LeaderIdAndEpoch {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            leader_id: g.number() as i32,
            leader_epoch: g.number() as i32,
        }
    }
}

impl Sample for super::share_fetch_response::AcquiredRecords {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            first_offset: g.number(),
            last_offset: g.number(),
            delivery_count: g.number() as i16,
        }
    }
}

impl Sample for super::share_fetch_response::NodeEndpoint {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            node_id: g.number() as i32,
            host: g.string(),
            port: g.number() as i32,
            rack: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::share_acknowledge_request::ShareAcknowledgeRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: if g.one_in(3) { None } else { Some(g.string()) },
            member_id: if g.one_in(3) { None } else { Some(g.string()) },
            share_session_epoch: g.number() as i32,
            is_renew_ack: if v == 2 { g.one_in(2) } else { false },
            topics: (0..g.below(3)).map(|_| super::share_acknowledge_request::AcknowledgeTopic::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::share_acknowledge_request::AcknowledgeTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::share_acknowledge_request::AcknowledgePartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::share_acknowledge_request::AcknowledgePartition {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            acknowledgement_batches: (0..g.below(3)).map(|_| super::share_acknowledge_request::AcknowledgementBatch::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::share_acknowledge_request::AcknowledgementBatch {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            first_offset: g.number(),
            last_offset: g.number(),
            acknowledge_types: (0..g.count()).map(|_| g.number() as i8).collect(),
        }
    }
}

impl Sample for super::share_acknowledge_response::ShareAcknowledgeResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            acquisition_lock_timeout_ms: if v == 2 { g.number() as i32 } else { 0 },
            responses: (0..g.below(3)).map(|_| super::share_acknowledge_response::ShareAcknowledgeTopicResponse::sample(g, v)).collect(),
            node_endpoints: (0..g.below(3)).map(|_| super::share_acknowledge_response::NodeEndpoint::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::share_acknowledge_response::ShareAcknowledgeTopicResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::share_acknowledge_response::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::share_acknowledge_response::PartitionData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            current_leader: super::share_acknowledge_response::LeaderIdAndEpoch::sample(g, v),
        }
    }
}

impl Sample for super::share_acknowledge_response::LeaderIdAndEpoch {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            leader_id: g.number() as i32,
            leader_epoch: g.number() as i32,
        }
    }
}

impl Sample for super::share_acknowledge_response::NodeEndpoint {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            node_id: g.number() as i32,
            host: g.string(),
            port: g.number() as i32,
            rack: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::add_raft_voter_request::AddRaftVoterRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            cluster_id: if g.one_in(3) { None } else { Some(g.string()) },
            timeout_ms: g.number() as i32,
            voter_id: g.number() as i32,
            voter_directory_id: g.uuid(),
            listeners: (0..g.below(3)).map(|_| super::add_raft_voter_request::Listener::sample(g, v)).collect(),
            ack_when_committed: if v == 1 { g.one_in(2) } else { true },
        }
    }
}

impl Sample for super::add_raft_voter_request::Listener {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            host: g.string(),
            port: g.number() as u16,
        }
    }
}

impl Sample for super::add_raft_voter_response::AddRaftVoterResponse {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::remove_raft_voter_request::RemoveRaftVoterRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            cluster_id: if g.one_in(3) { None } else { Some(g.string()) },
            voter_id: g.number() as i32,
            voter_directory_id: g.uuid(),
        }
    }
}

impl Sample for super::remove_raft_voter_response::RemoveRaftVoterResponse {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::update_raft_voter_request::UpdateRaftVoterRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            cluster_id: if g.one_in(3) { None } else { Some(g.string()) },
            current_leader_epoch: g.number() as i32,
            voter_id: g.number() as i32,
            voter_directory_id: g.uuid(),
            listeners: (0..g.below(3)).map(|_| super::update_raft_voter_request::Listener::sample(g, v)).collect(),
            k_raft_version_feature: super::update_raft_voter_request::KRaftVersionFeature::sample(g, v),
        }
    }
}

impl Sample for super::update_raft_voter_request::Listener {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            host: g.string(),
            port: g.number() as u16,
        }
    }
}

impl Sample for super::update_raft_voter_request::KRaftVersionFeature {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            min_supported_version: g.number() as i16,
            max_supported_version: g.number() as i16,
        }
    }
}

impl Sample for super::update_raft_voter_response::UpdateRaftVoterResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            current_leader: if g.one_in(3) { super::update_raft_voter_response::CurrentLeader::default() } else { super::update_raft_voter_response::CurrentLeader::sample(g, v) },
        }
    }
}

impl Sample for super::update_raft_voter_response::CurrentLeader {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            leader_id: g.number() as i32,
            leader_epoch: g.number() as i32,
            host: g.string(),
            port: g.number() as i32,
        }
    }
}

impl Sample for super::initialize_share_group_state_request::InitializeShareGroupStateRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            topics: (0..g.below(3)).map(|_| super::initialize_share_group_state_request::InitializeStateData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::initialize_share_group_state_request::InitializeStateData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::initialize_share_group_state_request::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::initialize_share_group_state_request::PartitionData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition: g.number() as i32,
            state_epoch: g.number() as i32,
            start_offset: g.number(),
        }
    }
}

impl Sample for super::initialize_share_group_state_response::InitializeShareGroupStateResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            results: (0..g.below(3)).map(|_| super::initialize_share_group_state_response::InitializeStateResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::initialize_share_group_state_response::InitializeStateResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::initialize_share_group_state_response::PartitionResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::initialize_share_group_state_response::PartitionResult {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::read_share_group_state_request::ReadShareGroupStateRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            topics: (0..g.below(3)).map(|_| super::read_share_group_state_request::ReadStateData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::read_share_group_state_request::ReadStateData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::read_share_group_state_request::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::read_share_group_state_request::PartitionData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition: g.number() as i32,
            leader_epoch: g.number() as i32,
        }
    }
}

impl Sample for super::read_share_group_state_response::ReadShareGroupStateResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            results: (0..g.below(3)).map(|_| super::read_share_group_state_response::ReadStateResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::read_share_group_state_response::ReadStateResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::read_share_group_state_response::PartitionResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::read_share_group_state_response::PartitionResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            state_epoch: g.number() as i32,
            start_offset: g.number(),
            state_batches: (0..g.below(3)).map(|_| super::read_share_group_state_response::StateBatch::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::read_share_group_state_response::StateBatch {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            first_offset: g.number(),
            last_offset: g.number(),
            delivery_state: g.number() as i8,
            delivery_count: g.number() as i16,
        }
    }
}

impl Sample for super::write_share_group_state_request::WriteShareGroupStateRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            topics: (0..g.below(3)).map(|_| super::write_share_group_state_request::WriteStateData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::write_share_group_state_request::WriteStateData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::write_share_group_state_request::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::write_share_group_state_request::PartitionData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition: g.number() as i32,
            state_epoch: g.number() as i32,
            leader_epoch: g.number() as i32,
            start_offset: g.number(),
            delivery_complete_count: if v == 1 { g.number() as i32 } else { -1 },
            state_batches: (0..g.below(3)).map(|_| super::write_share_group_state_request::StateBatch::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::write_share_group_state_request::StateBatch {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            first_offset: g.number(),
            last_offset: g.number(),
            delivery_state: g.number() as i8,
            delivery_count: g.number() as i16,
        }
    }
}

impl Sample for super::write_share_group_state_response::WriteShareGroupStateResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            results: (0..g.below(3)).map(|_| super::write_share_group_state_response::WriteStateResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::write_share_group_state_response::WriteStateResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::write_share_group_state_response::PartitionResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::write_share_group_state_response::PartitionResult {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::delete_share_group_state_request::DeleteShareGroupStateRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            topics: (0..g.below(3)).map(|_| super::delete_share_group_state_request::DeleteStateData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::delete_share_group_state_request::DeleteStateData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::delete_share_group_state_request::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::delete_share_group_state_request::PartitionData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition: g.number() as i32,
        }
    }
}

impl Sample for super::delete_share_group_state_response::DeleteShareGroupStateResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            results: (0..g.below(3)).map(|_| super::delete_share_group_state_response::DeleteStateResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::delete_share_group_state_response::DeleteStateResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::delete_share_group_state_response::PartitionResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::delete_share_group_state_response::PartitionResult {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::read_share_group_state_summary_request::ReadShareGroupStateSummaryRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            topics: (0..g.below(3)).map(|_| super::read_share_group_state_summary_request::ReadStateSummaryData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::read_share_group_state_summary_request::ReadStateSummaryData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::read_share_group_state_summary_request::PartitionData::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::read_share_group_state_summary_request::PartitionData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition: g.number() as i32,
            leader_epoch: g.number() as i32,
        }
    }
}

impl Sample for super::read_share_group_state_summary_response::ReadShareGroupStateSummaryResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            results: (0..g.below(3)).map(|_| super::read_share_group_state_summary_response::ReadStateSummaryResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::read_share_group_state_summary_response::ReadStateSummaryResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::read_share_group_state_summary_response::PartitionResult::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::read_share_group_state_summary_response::PartitionResult {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            state_epoch: g.number() as i32,
            leader_epoch: g.number() as i32,
            start_offset: g.number(),
            delivery_complete_count: if v == 1 { g.number() as i32 } else { -1 },
        }
    }
}

impl Sample for super::streams_group_heartbeat_request::StreamsGroupHeartbeatRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            member_id: g.string(),
            member_epoch: g.number() as i32,
            endpoint_information_epoch: g.number() as i32,
            instance_id: if g.one_in(3) { None } else { Some(g.string()) },
            rack_id: if g.one_in(3) { None } else { Some(g.string()) },
            rebalance_timeout_ms: g.number() as i32,
            topology: if g.one_in(3) { None } else { Some(super::streams_group_heartbeat_request::Topology::sample(g, v)) },
            active_tasks: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::streams_group_heartbeat_request::TaskIds::sample(g, v)).collect()) },
            standby_tasks: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::streams_group_heartbeat_request::TaskIds::sample(g, v)).collect()) },
            warmup_tasks: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::streams_group_heartbeat_request::TaskIds::sample(g, v)).collect()) },
            process_id: if g.one_in(3) { None } else { Some(g.string()) },
            user_endpoint: if g.one_in(3) { None } else { Some(super::streams_group_heartbeat_request::Endpoint::sample(g, v)) },
            client_tags: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::streams_group_heartbeat_request::KeyValue::sample(g, v)).collect()) },
            task_offsets: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::streams_group_heartbeat_request::TaskOffset::sample(g, v)).collect()) },
            task_end_offsets: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::streams_group_heartbeat_request::TaskOffset::sample(g, v)).collect()) },
            shutdown_application: g.one_in(2),
        }
    }
}

impl Sample for super::streams_group_heartbeat_request::Topology {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            epoch: g.number() as i32,
            subtopologies: (0..g.below(3)).map(|_| super::streams_group_heartbeat_request::Subtopology::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::streams_group_heartbeat_request::Subtopology {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            subtopology_id: g.string(),
            source_topics: (0..g.count()).map(|_| g.string()).collect(),
            source_topic_regex: (0..g.count()).map(|_| g.string()).collect(),
            state_changelog_topics: (0..g.below(3)).map(|_| super::streams_group_heartbeat_request::TopicInfo::sample(g, v)).collect(),
            repartition_sink_topics: (0..g.count()).map(|_| g.string()).collect(),
            repartition_source_topics: (0..g.below(3)).map(|_| super::streams_group_heartbeat_request::TopicInfo::sample(g, v)).collect(),
            copartition_groups: (0..g.below(3)).map(|_| super::streams_group_heartbeat_request::CopartitionGroup::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::streams_group_heartbeat_request::CopartitionGroup {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            source_topics: (0..g.count()).map(|_| g.number() as i16).collect(),
            source_topic_regex: (0..g.count()).map(|_| g.number() as i16).collect(),
            repartition_source_topics: (0..g.count()).map(|_| g.number() as i16).collect(),
        }
    }
}

impl Sample for super::streams_group_heartbeat_request::KeyValue {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            key: g.string(),
            value: g.string(),
        }
    }
}

impl Sample for super::streams_group_heartbeat_request::TopicInfo {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: g.number() as i32,
            replication_factor: g.number() as i16,
            topic_configs: (0..g.below(3)).map(|_| super::streams_group_heartbeat_request::KeyValue::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::streams_group_heartbeat_request::Endpoint {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            host: g.string(),
            port: g.number() as u16,
        }
    }
}

impl Sample for super::streams_group_heartbeat_request::TaskOffset {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            subtopology_id: g.string(),
            partition: g.number() as i32,
            offset: g.number(),
        }
    }
}

impl Sample for super::streams_group_heartbeat_request::TaskIds {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            subtopology_id: g.string(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::streams_group_heartbeat_response::StreamsGroupHeartbeatResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            member_id: g.string(),
            member_epoch: g.number() as i32,
            heartbeat_interval_ms: g.number() as i32,
            acceptable_recovery_lag: g.number() as i32,
            task_offset_interval_ms: g.number() as i32,
            status: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::streams_group_heartbeat_response::Status::sample(g, v)).collect()) },
            active_tasks: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::streams_group_heartbeat_response::TaskIds::sample(g, v)).collect()) },
            standby_tasks: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::streams_group_heartbeat_response::TaskIds::sample(g, v)).collect()) },
            warmup_tasks: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::streams_group_heartbeat_response::TaskIds::sample(g, v)).collect()) },
            endpoint_information_epoch: g.number() as i32,
            partitions_by_user_endpoint: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::streams_group_heartbeat_response::EndpointToPartitions::sample(g, v)).collect()) },
        }
    }
}

impl Sample for super::streams_group_heartbeat_response::EndpointToPartitions {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            user_endpoint: super::streams_group_heartbeat_response::Endpoint::sample(g, v),
            active_partitions: (0..g.below(3)).map(|_| super::streams_group_heartbeat_response::TopicPartition::sample(g, v)).collect(),
            standby_partitions: (0..g.below(3)).map(|_| super::streams_group_heartbeat_response::TopicPartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::streams_group_heartbeat_response::Status {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            status_code: g.number() as i8,
            status_detail: g.string(),
        }
    }
}

impl Sample for super::streams_group_heartbeat_response::TopicPartition {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic: g.string(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::streams_group_heartbeat_response::TaskIds {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            subtopology_id: g.string(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::streams_group_heartbeat_response::Endpoint {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            host: g.string(),
            port: g.number() as u16,
        }
    }
}

impl Sample for super::streams_group_describe_request::StreamsGroupDescribeRequest {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_ids: (0..g.count()).map(|_| g.string()).collect(),
            include_authorized_operations: g.one_in(2),
        }
    }
}

impl Sample for super::streams_group_describe_response::StreamsGroupDescribeResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            groups: (0..g.below(3)).map(|_| super::streams_group_describe_response::DescribedGroup::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::streams_group_describe_response::DescribedGroup {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            group_id: g.string(),
            group_state: g.string(),
            group_epoch: g.number() as i32,
            assignment_epoch: g.number() as i32,
            topology: if g.one_in(3) { None } else { Some(super::streams_group_describe_response::Topology::sample(g, v)) },
            members: (0..g.below(3)).map(|_| super::streams_group_describe_response::Member::sample(g, v)).collect(),
            authorized_operations: g.number() as i32,
        }
    }
}

impl Sample for super::streams_group_describe_response::Topology {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            epoch: g.number() as i32,
            subtopologies: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::streams_group_describe_response::Subtopology::sample(g, v)).collect()) },
        }
    }
}

impl Sample for super::streams_group_describe_response::Subtopology {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            subtopology_id: g.string(),
            source_topics: (0..g.count()).map(|_| g.string()).collect(),
            repartition_sink_topics: (0..g.count()).map(|_| g.string()).collect(),
            state_changelog_topics: (0..g.below(3)).map(|_| super::streams_group_describe_response::TopicInfo::sample(g, v)).collect(),
            repartition_source_topics: (0..g.below(3)).map(|_| super::streams_group_describe_response::TopicInfo::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::streams_group_describe_response::Member {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            member_id: g.string(),
            member_epoch: g.number() as i32,
            instance_id: if g.one_in(3) { None } else { Some(g.string()) },
            rack_id: if g.one_in(3) { None } else { Some(g.string()) },
            client_id: g.string(),
            client_host: g.string(),
            topology_epoch: g.number() as i32,
            process_id: g.string(),
            user_endpoint: if g.one_in(3) { None } else { Some(super::streams_group_describe_response::Endpoint::sample(g, v)) },
            client_tags: (0..g.below(3)).map(|_| super::streams_group_describe_response::KeyValue::sample(g, v)).collect(),
            task_offsets: (0..g.below(3)).map(|_| super::streams_group_describe_response::TaskOffset::sample(g, v)).collect(),
            task_end_offsets: (0..g.below(3)).map(|_| super::streams_group_describe_response::TaskOffset::sample(g, v)).collect(),
            assignment: super::streams_group_describe_response::Assignment::sample(g, v),
            target_assignment: super::streams_group_describe_response::Assignment::sample(g, v),
            is_classic: g.one_in(2),
        }
    }
}

impl Sample for super::streams_group_describe_response::Endpoint {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            host: g.string(),
            port: g.number() as u16,
        }
    }
}

impl Sample for super::streams_group_describe_response::TaskOffset {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            subtopology_id: g.string(),
            partition: g.number() as i32,
            offset: g.number(),
        }
    }
}

impl Sample for super::streams_group_describe_response::Assignment {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            active_tasks: (0..g.below(3)).map(|_| super::streams_group_describe_response::TaskIds::sample(g, v)).collect(),
            standby_tasks: (0..g.below(3)).map(|_| super::streams_group_describe_response::TaskIds::sample(g, v)).collect(),
            warmup_tasks: (0..g.below(3)).map(|_| super::streams_group_describe_response::TaskIds::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::streams_group_describe_response::TaskIds {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            subtopology_id: g.string(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::streams_group_describe_response::KeyValue {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            key: g.string(),
            value: g.string(),
        }
    }
}

impl Sample for super::streams_group_describe_response::TopicInfo {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: g.number() as i32,
            replication_factor: g.number() as i16,
            topic_configs: (0..g.below(3)).map(|_| super::streams_group_describe_response::KeyValue::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_share_group_offsets_request::DescribeShareGroupOffsetsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            groups: (0..g.below(3)).map(|_| super::describe_share_group_offsets_request::DescribeShareGroupOffsetsRequestGroup::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_share_group_offsets_request::DescribeShareGroupOffsetsRequestGroup {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            topics: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::describe_share_group_offsets_request::DescribeShareGroupOffsetsRequestTopic::sample(g, v)).collect()) },
        }
    }
}

impl Sample for super::describe_share_group_offsets_request::DescribeShareGroupOffsetsRequestTopic {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic_name: g.string(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::describe_share_group_offsets_response::DescribeShareGroupOffsetsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            groups: (0..g.below(3)).map(|_| super::describe_share_group_offsets_response::DescribeShareGroupOffsetsResponseGroup::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_share_group_offsets_response::DescribeShareGroupOffsetsResponseGroup {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            topics: (0..g.below(3)).map(|_| super::describe_share_group_offsets_response::DescribeShareGroupOffsetsResponseTopic::sample(g, v)).collect(),
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::describe_share_group_offsets_response::DescribeShareGroupOffsetsResponseTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_name: g.string(),
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::describe_share_group_offsets_response::DescribeShareGroupOffsetsResponsePartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::describe_share_group_offsets_response::DescribeShareGroupOffsetsResponsePartition {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            start_offset: g.number(),
            leader_epoch: g.number() as i32,
            lag: if v == 1 { g.number() } else { -1 },
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::alter_share_group_offsets_request::AlterShareGroupOffsetsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            topics: (0..g.below(3)).map(|_| super::alter_share_group_offsets_request::AlterShareGroupOffsetsRequestTopic::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_share_group_offsets_request::AlterShareGroupOffsetsRequestTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_name: g.string(),
            partitions: (0..g.below(3)).map(|_| super::alter_share_group_offsets_request::AlterShareGroupOffsetsRequestPartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_share_group_offsets_request::AlterShareGroupOffsetsRequestPartition {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            start_offset: g.number(),
        }
    }
}

impl Sample for super::alter_share_group_offsets_response::AlterShareGroupOffsetsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            responses: (0..g.below(3)).map(|_| super::alter_share_group_offsets_response::AlterShareGroupOffsetsResponseTopic::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_share_group_offsets_response::AlterShareGroupOffsetsResponseTopic {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_name: g.string(),
            topic_id: g.uuid(),
            partitions: (0..g.below(3)).map(|_| super::alter_share_group_offsets_response::AlterShareGroupOffsetsResponsePartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::alter_share_group_offsets_response::AlterShareGroupOffsetsResponsePartition {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition_index: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::delete_share_group_offsets_request::DeleteShareGroupOffsetsRequest {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            group_id: g.string(),
            topics: (0..g.below(3)).map(|_| super::delete_share_group_offsets_request::DeleteShareGroupOffsetsRequestTopic::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::delete_share_group_offsets_request::DeleteShareGroupOffsetsRequestTopic {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic_name: g.string(),
        }
    }
}

impl Sample for super::delete_share_group_offsets_response::DeleteShareGroupOffsetsResponse {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            throttle_time_ms: g.number() as i32,
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
            responses: (0..g.below(3)).map(|_| super::delete_share_group_offsets_response::DeleteShareGroupOffsetsResponseTopic::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::delete_share_group_offsets_response::DeleteShareGroupOffsetsResponseTopic {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic_name: g.string(),
            topic_id: g.uuid(),
            error_code: g.number() as i16,
            error_message: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::consumer_protocol_assignment::ConsumerProtocolAssignment {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            assigned_partitions: (0..g.below(3)).map(|_| super::consumer_protocol_assignment::TopicPartition::sample(g, v)).collect(),
            user_data: if g.one_in(3) { None } else { Some(g.bytes()) },
        }
    }
}

impl Sample for super::consumer_protocol_assignment::TopicPartition {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic: g.string(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::consumer_protocol_subscription::ConsumerProtocolSubscription {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topics: (0..g.count()).map(|_| g.string()).collect(),
            user_data: if g.one_in(3) { None } else { Some(g.bytes()) },
            owned_partitions: if v >= 1 { (0..g.below(3)).map(|_| super::consumer_protocol_subscription::TopicPartition::sample(g, v)).collect() } else { Vec::new() },
            generation_id: if v >= 2 { g.number() as i32 } else { -1 },
            rack_id: if v == 3 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
        }
    }
}

impl Sample for super::consumer_protocol_subscription::TopicPartition {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic: g.string(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::control_record_type_schema::ControlRecordTypeSchema {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            r#type: g.number() as i16,
        }
    }
}

impl Sample for super::default_principal_data::DefaultPrincipalData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            r#type: g.string(),
            name: g.string(),
            token_authenticated: g.one_in(2),
        }
    }
}

impl Sample for super::end_txn_marker::EndTxnMarker {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            coordinator_epoch: g.number() as i32,
        }
    }
}

impl Sample for super::k_raft_version_record::KRaftVersionRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            version: g.number() as i16,
            k_raft_version: g.number() as i16,
        }
    }
}

impl Sample for super::leader_change_message::LeaderChangeMessage {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            version: g.number() as i16,
            leader_id: g.number() as i32,
            voters: (0..g.below(3)).map(|_| super::leader_change_message::Voter::sample(g, v)).collect(),
            granting_voters: (0..g.below(3)).map(|_| super::leader_change_message::Voter::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::leader_change_message::Voter {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            voter_id: g.number() as i32,
            voter_directory_id: if v == 1 { g.uuid() } else { Uuid::ZERO },
        }
    }
}

impl Sample for super::request_header::RequestHeader {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            request_api_key: g.number() as i16,
            request_api_version: g.number() as i16,
            correlation_id: g.number() as i32,
            client_id: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::response_header::ResponseHeader {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            correlation_id: g.number() as i32,
        }
    }
}

impl Sample for super::snapshot_footer_record::SnapshotFooterRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            version: g.number() as i16,
        }
    }
}

impl Sample for super::snapshot_header_record::SnapshotHeaderRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            version: g.number() as i16,
            last_contained_log_timestamp: g.number(),
        }
    }
}

impl Sample for super::voters_record::VotersRecord {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            version: g.number() as i16,
            voters: (0..g.below(3)).map(|_| super::voters_record::Voter::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::voters_record::Voter {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            voter_id: g.number() as i32,
            voter_directory_id: g.uuid(),
            endpoints: (0..g.below(3)).map(|_| super::voters_record::Endpoint::sample(g, v)).collect(),
            k_raft_version_feature: super::voters_record::KRaftVersionFeature::sample(g, v),
        }
    }
}

impl Sample for super::voters_record::Endpoint {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            host: g.string(),
            port: g.number() as u16,
        }
    }
}

impl Sample for super::voters_record::KRaftVersionFeature {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            min_supported_version: g.number() as i16,
            max_supported_version: g.number() as i16,
        }
    }
}

impl Sample for super::legacy_offset_commit_key::LegacyOffsetCommitKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group: g.string(),
            topic: g.string(),
            partition: g.number() as i32,
        }
    }
}

impl Sample for super::legacy_offset_commit_value::LegacyOffsetCommitValue {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            offset: g.number(),
            metadata: g.string(),
            commit_timestamp: g.number(),
        }
    }
}

impl Sample for super::offset_commit_key::OffsetCommitKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group: g.string(),
            topic: g.string(),
            partition: g.number() as i32,
        }
    }
}

impl Sample for super::offset_commit_value::OffsetCommitValue {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            offset: g.number(),
            leader_epoch: if v >= 3 { g.number() as i32 } else { -1 },
            metadata: g.string(),
            commit_timestamp: g.number(),
            expire_timestamp: if v == 1 { g.number() } else { -1 },
            topic_id: if g.one_in(3) { Uuid::ZERO } else { if v == 4 { g.uuid() } else { Uuid::ZERO } },
        }
    }
}

impl Sample for super::group_metadata_key::GroupMetadataKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group: g.string(),
        }
    }
}

impl Sample for super::group_metadata_value::GroupMetadataValue {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            protocol_type: g.string(),
            generation: g.number() as i32,
            protocol: if g.one_in(3) { None } else { Some(g.string()) },
            leader: if g.one_in(3) { None } else { Some(g.string()) },
            current_state_timestamp: if v >= 2 { g.number() } else { -1 },
            members: (0..g.below(3)).map(|_| super::group_metadata_value::MemberMetadata::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::group_metadata_value::MemberMetadata {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            member_id: g.string(),
            group_instance_id: if v >= 3 { if g.one_in(3) { None } else { Some(g.string()) } } else { None },
            client_id: g.string(),
            client_host: g.string(),
            rebalance_timeout: if v >= 1 { g.number() as i32 } else { -1 },
            session_timeout: g.number() as i32,
            subscription: g.bytes(),
            assignment: g.bytes(),
        }
    }
}

impl Sample for super::consumer_group_metadata_key::ConsumerGroupMetadataKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
        }
    }
}

impl Sample for super::consumer_group_metadata_value::ConsumerGroupMetadataValue {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            epoch: g.number() as i32,
            metadata_hash: if g.one_in(3) { 0 } else { g.number() },
        }
    }
}

impl Sample for super::consumer_group_partition_metadata_key::ConsumerGroupPartitionMetadataKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
        }
    }
}

impl Sample for super::consumer_group_partition_metadata_value::ConsumerGroupPartitionMetadataValue {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topics: (0..g.below(3)).map(|_| super::consumer_group_partition_metadata_value::TopicMetadata::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::consumer_group_partition_metadata_value::TopicMetadata {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            topic_name: g.string(),
            num_partitions: g.number() as i32,
            partition_metadata: (0..g.below(3)).map(|_| super::consumer_group_partition_metadata_value::PartitionMetadata::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::consumer_group_partition_metadata_value::PartitionMetadata {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            partition: g.number() as i32,
            racks: (0..g.count()).map(|_| g.string()).collect(),
        }
    }
}

impl Sample for super::consumer_group_member_metadata_key::ConsumerGroupMemberMetadataKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
            member_id: g.string(),
        }
    }
}

impl Sample for super::consumer_group_member_metadata_value::ConsumerGroupMemberMetadataValue {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            instance_id: if g.one_in(3) { None } else { Some(g.string()) },
            rack_id: if g.one_in(3) { None } else { Some(g.string()) },
            client_id: g.string(),
            client_host: g.string(),
            subscribed_topic_names: (0..g.count()).map(|_| g.string()).collect(),
            subscribed_topic_regex: if g.one_in(3) { None } else { Some(g.string()) },
            rebalance_timeout_ms: g.number() as i32,
            server_assignor: if g.one_in(3) { None } else { Some(g.string()) },
            classic_member_metadata: if g.one_in(3) { Some(super::consumer_group_member_metadata_value::ClassicMemberMetadata::default()) } else { if g.one_in(3) { None } else { Some(super::consumer_group_member_metadata_value::ClassicMemberMetadata::sample(g, v)) } },
        }
    }
}

impl Sample for super::consumer_group_member_metadata_value::ClassicMemberMetadata {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            session_timeout_ms: g.number() as i32,
            supported_protocols: (0..g.below(3)).map(|_| super::consumer_group_member_metadata_value::ClassicProtocol::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::consumer_group_member_metadata_value::ClassicProtocol {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            metadata: g.bytes(),
        }
    }
}

impl Sample for super::consumer_group_target_assignment_metadata_key::ConsumerGroupTargetAssignmentMetadataKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
        }
    }
}

impl Sample for super::consumer_group_target_assignment_metadata_value::ConsumerGroupTargetAssignmentMetadataValue {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            assignment_epoch: g.number() as i32,
            assignment_timestamp: if g.one_in(3) { 0 } else { g.number() },
        }
    }
}

impl Sample for super::consumer_group_target_assignment_member_key::ConsumerGroupTargetAssignmentMemberKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
            member_id: g.string(),
        }
    }
}

impl Sample for super::consumer_group_target_assignment_member_value::ConsumerGroupTargetAssignmentMemberValue {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_partitions: (0..g.below(3)).map(|_| super::consumer_group_target_assignment_member_value::TopicPartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::consumer_group_target_assignment_member_value::TopicPartition {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::consumer_group_current_member_assignment_key::ConsumerGroupCurrentMemberAssignmentKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
            member_id: g.string(),
        }
    }
}

impl Sample for super::consumer_group_current_member_assignment_value::ConsumerGroupCurrentMemberAssignmentValue {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            member_epoch: g.number() as i32,
            previous_member_epoch: g.number() as i32,
            state: g.number() as i8,
            assigned_partitions: (0..g.below(3)).map(|_| super::consumer_group_current_member_assignment_value::TopicPartitions::sample(g, v)).collect(),
            partitions_pending_revocation: (0..g.below(3)).map(|_| super::consumer_group_current_member_assignment_value::TopicPartitions::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::consumer_group_current_member_assignment_value::TopicPartitions {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
            assignment_epochs: if g.one_in(3) { Some(Vec::new()) } else { if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.number() as i32).collect()) } },
        }
    }
}

impl Sample for super::share_group_member_metadata_key::ShareGroupMemberMetadataKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
            member_id: g.string(),
        }
    }
}

impl Sample for super::share_group_member_metadata_value::ShareGroupMemberMetadataValue {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            rack_id: if g.one_in(3) { None } else { Some(g.string()) },
            client_id: g.string(),
            client_host: g.string(),
            subscribed_topic_names: (0..g.count()).map(|_| g.string()).collect(),
        }
    }
}

impl Sample for super::share_group_metadata_key::ShareGroupMetadataKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
        }
    }
}

impl Sample for super::share_group_metadata_value::ShareGroupMetadataValue {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            epoch: g.number() as i32,
            metadata_hash: g.number(),
        }
    }
}

impl Sample for super::share_group_target_assignment_metadata_key::ShareGroupTargetAssignmentMetadataKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
        }
    }
}

impl Sample for super::share_group_target_assignment_metadata_value::ShareGroupTargetAssignmentMetadataValue {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            assignment_epoch: g.number() as i32,
            assignment_timestamp: if g.one_in(3) { 0 } else { g.number() },
        }
    }
}

impl Sample for super::share_group_target_assignment_member_key::ShareGroupTargetAssignmentMemberKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
            member_id: g.string(),
        }
    }
}

impl Sample for super::share_group_target_assignment_member_value::ShareGroupTargetAssignmentMemberValue {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_partitions: (0..g.below(3)).map(|_| super::share_group_target_assignment_member_value::TopicPartition::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::share_group_target_assignment_member_value::TopicPartition {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::share_group_current_member_assignment_key::ShareGroupCurrentMemberAssignmentKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
            member_id: g.string(),
        }
    }
}

impl Sample for super::share_group_current_member_assignment_value::ShareGroupCurrentMemberAssignmentValue {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            member_epoch: g.number() as i32,
            previous_member_epoch: g.number() as i32,
            state: g.number() as i8,
            assigned_partitions: (0..g.below(3)).map(|_| super::share_group_current_member_assignment_value::TopicPartitions::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::share_group_current_member_assignment_value::TopicPartitions {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::share_group_state_partition_metadata_key::ShareGroupStatePartitionMetadataKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
        }
    }
}

impl Sample for super::share_group_state_partition_metadata_value::ShareGroupStatePartitionMetadataValue {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            initializing_topics: (0..g.below(3)).map(|_| super::share_group_state_partition_metadata_value::TopicPartitionsInfo::sample(g, v)).collect(),
            initialized_topics: (0..g.below(3)).map(|_| super::share_group_state_partition_metadata_value::TopicPartitionsInfo::sample(g, v)).collect(),
            deleting_topics: (0..g.below(3)).map(|_| super::share_group_state_partition_metadata_value::TopicInfo::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::share_group_state_partition_metadata_value::TopicPartitionsInfo {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            topic_name: g.string(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::share_group_state_partition_metadata_value::TopicInfo {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
            topic_name: g.string(),
        }
    }
}

impl Sample for super::consumer_group_regular_expression_key::ConsumerGroupRegularExpressionKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
            regular_expression: g.string(),
        }
    }
}

impl Sample for super::consumer_group_regular_expression_value::ConsumerGroupRegularExpressionValue {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topics: (0..g.count()).map(|_| g.string()).collect(),
            version: g.number(),
            timestamp: g.number(),
        }
    }
}

impl Sample for super::streams_group_metadata_key::StreamsGroupMetadataKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
        }
    }
}

impl Sample for super::streams_group_metadata_value::StreamsGroupMetadataValue {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            epoch: g.number() as i32,
            metadata_hash: g.number(),
            validated_topology_epoch: if g.one_in(3) { -1 } else { g.number() as i32 },
            last_assignment_configs: if g.one_in(3) { Some(Vec::new()) } else { if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::streams_group_metadata_value::LastAssignmentConfig::sample(g, v)).collect()) } },
        }
    }
}

impl Sample for super::streams_group_metadata_value::LastAssignmentConfig {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            key: g.string(),
            value: g.string(),
        }
    }
}

impl Sample for super::streams_group_member_metadata_key::StreamsGroupMemberMetadataKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
            member_id: g.string(),
        }
    }
}

impl Sample for super::streams_group_member_metadata_value::StreamsGroupMemberMetadataValue {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            instance_id: if g.one_in(3) { None } else { Some(g.string()) },
            rack_id: if g.one_in(3) { None } else { Some(g.string()) },
            client_id: g.string(),
            client_host: g.string(),
            rebalance_timeout_ms: g.number() as i32,
            topology_epoch: g.number() as i32,
            process_id: g.string(),
            user_endpoint: if g.one_in(3) { None } else { Some(super::streams_group_member_metadata_value::Endpoint::sample(g, v)) },
            client_tags: (0..g.below(3)).map(|_| super::streams_group_member_metadata_value::KeyValue::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::streams_group_member_metadata_value::Endpoint {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            host: g.string(),
            port: g.number() as u16,
        }
    }
}

impl Sample for super::streams_group_member_metadata_value::KeyValue {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            key: g.string(),
            value: g.string(),
        }
    }
}

impl Sample for super::streams_group_target_assignment_metadata_key::StreamsGroupTargetAssignmentMetadataKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
        }
    }
}

impl Sample for super::streams_group_target_assignment_metadata_value::StreamsGroupTargetAssignmentMetadataValue {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            assignment_epoch: g.number() as i32,
            assignment_timestamp: if g.one_in(3) { 0 } else { g.number() },
        }
    }
}

impl Sample for super::streams_group_target_assignment_member_key::StreamsGroupTargetAssignmentMemberKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
            member_id: g.string(),
        }
    }
}

impl Sample for super::streams_group_target_assignment_member_value::StreamsGroupTargetAssignmentMemberValue {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            active_tasks: (0..g.below(3)).map(|_| super::streams_group_target_assignment_member_value::TaskIds::sample(g, v)).collect(),
            standby_tasks: (0..g.below(3)).map(|_| super::streams_group_target_assignment_member_value::TaskIds::sample(g, v)).collect(),
            warmup_tasks: (0..g.below(3)).map(|_| super::streams_group_target_assignment_member_value::TaskIds::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::streams_group_target_assignment_member_value::TaskIds {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            subtopology_id: g.string(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}

impl Sample for super::streams_group_current_member_assignment_key::StreamsGroupCurrentMemberAssignmentKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
            member_id: g.string(),
        }
    }
}

impl Sample for super::streams_group_current_member_assignment_value::StreamsGroupCurrentMemberAssignmentValue {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            member_epoch: g.number() as i32,
            previous_member_epoch: g.number() as i32,
            state: g.number() as i8,
            active_tasks: (0..g.below(3)).map(|_| super::streams_group_current_member_assignment_value::TaskIds::sample(g, v)).collect(),
            standby_tasks: (0..g.below(3)).map(|_| super::streams_group_current_member_assignment_value::TaskIds::sample(g, v)).collect(),
            warmup_tasks: (0..g.below(3)).map(|_| super::streams_group_current_member_assignment_value::TaskIds::sample(g, v)).collect(),
            active_tasks_pending_revocation: (0..g.below(3)).map(|_| super::streams_group_current_member_assignment_value::TaskIds::sample(g, v)).collect(),
            standby_tasks_pending_revocation: (0..g.below(3)).map(|_| super::streams_group_current_member_assignment_value::TaskIds::sample(g, v)).collect(),
            warmup_tasks_pending_revocation: (0..g.below(3)).map(|_| super::streams_group_current_member_assignment_value::TaskIds::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::streams_group_current_member_assignment_value::TaskIds {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            subtopology_id: g.string(),
            partitions: (0..g.count()).map(|_| g.number() as i32).collect(),
            assignment_epochs: if g.one_in(3) { Some(Vec::new()) } else { if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.number() as i32).collect()) } },
        }
    }
}

impl Sample for super::streams_group_topology_key::StreamsGroupTopologyKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
        }
    }
}

impl Sample for super::streams_group_topology_value::StreamsGroupTopologyValue {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            epoch: g.number() as i32,
            subtopologies: (0..g.below(3)).map(|_| super::streams_group_topology_value::Subtopology::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::streams_group_topology_value::Subtopology {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            subtopology_id: g.string(),
            source_topics: (0..g.count()).map(|_| g.string()).collect(),
            source_topic_regex: (0..g.count()).map(|_| g.string()).collect(),
            state_changelog_topics: (0..g.below(3)).map(|_| super::streams_group_topology_value::TopicInfo::sample(g, v)).collect(),
            repartition_sink_topics: (0..g.count()).map(|_| g.string()).collect(),
            repartition_source_topics: (0..g.below(3)).map(|_| super::streams_group_topology_value::TopicInfo::sample(g, v)).collect(),
            copartition_groups: (0..g.below(3)).map(|_| super::streams_group_topology_value::CopartitionGroup::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::streams_group_topology_value::CopartitionGroup {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            source_topics: (0..g.count()).map(|_| g.number() as i16).collect(),
            source_topic_regex: (0..g.count()).map(|_| g.number() as i16).collect(),
            repartition_source_topics: (0..g.count()).map(|_| g.number() as i16).collect(),
        }
    }
}

impl Sample for super::streams_group_topology_value::TopicConfig {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            key: g.string(),
            value: g.string(),
        }
    }
}

impl Sample for super::streams_group_topology_value::TopicInfo {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            name: g.string(),
            partitions: g.number() as i32,
            replication_factor: g.number() as i16,
            topic_configs: (0..g.below(3)).map(|_| super::streams_group_topology_value::TopicConfig::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::register_broker_record::RegisterBrokerRecord {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            broker_id: g.number() as i32,
            is_migrating_zk_broker: if v >= 2 { g.one_in(2) } else { false },
            incarnation_id: g.uuid(),
            broker_epoch: g.number(),
            end_points: (0..g.below(3)).map(|_| super::register_broker_record::BrokerEndpoint::sample(g, v)).collect(),
            features: (0..g.below(3)).map(|_| super::register_broker_record::BrokerFeature::sample(g, v)).collect(),
            rack: if g.one_in(3) { None } else { Some(g.string()) },
            fenced: g.one_in(2),
            in_controlled_shutdown: if v >= 1 { g.one_in(2) } else { false },
            log_dirs: if g.one_in(3) { Vec::new() } else { if v >= 3 { (0..g.count()).map(|_| g.uuid()).collect() } else { Vec::new() } },
            cordoned_log_dirs: if g.one_in(3) { None } else { if v == 4 { if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.uuid()).collect()) } } else { None } },
        }
    }
}

impl Sample for super::register_broker_record::BrokerEndpoint {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            host: g.string(),
            port: g.number() as u16,
            security_protocol: g.number() as i16,
        }
    }
}

impl Sample for super::register_broker_record::BrokerFeature {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            min_supported_version: g.number() as i16,
            max_supported_version: g.number() as i16,
        }
    }
}

impl Sample for super::unregister_broker_record::UnregisterBrokerRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            broker_id: g.number() as i32,
            broker_epoch: g.number(),
        }
    }
}

impl Sample for super::topic_record::TopicRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            topic_id: g.uuid(),
        }
    }
}

impl Sample for super::partition_record::PartitionRecord {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition_id: g.number() as i32,
            topic_id: g.uuid(),
            replicas: (0..g.count()).map(|_| g.number() as i32).collect(),
            isr: (0..g.count()).map(|_| g.number() as i32).collect(),
            removing_replicas: (0..g.count()).map(|_| g.number() as i32).collect(),
            adding_replicas: (0..g.count()).map(|_| g.number() as i32).collect(),
            leader: g.number() as i32,
            leader_recovery_state: if g.one_in(3) { 0 } else { g.number() as i8 },
            leader_epoch: g.number() as i32,
            partition_epoch: g.number() as i32,
            directories: if v >= 1 { (0..g.count()).map(|_| g.uuid()).collect() } else { Vec::new() },
            eligible_leader_replicas: if g.one_in(3) { None } else { if v == 2 { if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.number() as i32).collect()) } } else { None } },
            last_known_elr: if g.one_in(3) { None } else { if v == 2 { if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.number() as i32).collect()) } } else { None } },
        }
    }
}

impl Sample for super::config_record::ConfigRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            resource_type: g.number() as i8,
            resource_name: g.string(),
            name: g.string(),
            value: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::partition_change_record::PartitionChangeRecord {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            partition_id: g.number() as i32,
            topic_id: g.uuid(),
            isr: if g.one_in(3) { None } else { if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.number() as i32).collect()) } },
            leader: if g.one_in(3) { -2 } else { g.number() as i32 },
            replicas: if g.one_in(3) { None } else { if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.number() as i32).collect()) } },
            removing_replicas: if g.one_in(3) { None } else { if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.number() as i32).collect()) } },
            adding_replicas: if g.one_in(3) { None } else { if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.number() as i32).collect()) } },
            leader_recovery_state: if g.one_in(3) { -1 } else { g.number() as i8 },
            directories: if g.one_in(3) { None } else { if v >= 1 { if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.uuid()).collect()) } } else { None } },
            eligible_leader_replicas: if g.one_in(3) { None } else { if v == 2 { if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.number() as i32).collect()) } } else { None } },
            last_known_elr: if g.one_in(3) { None } else { if v == 2 { if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.number() as i32).collect()) } } else { None } },
        }
    }
}

impl Sample for super::fence_broker_record::FenceBrokerRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            id: g.number() as i32,
            epoch: g.number(),
        }
    }
}

impl Sample for super::unfence_broker_record::UnfenceBrokerRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            id: g.number() as i32,
            epoch: g.number(),
        }
    }
}

impl Sample for super::remove_topic_record::RemoveTopicRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic_id: g.uuid(),
        }
    }
}

impl Sample for super::delegation_token_record::DelegationTokenRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            owner: g.string(),
            requester: g.string(),
            renewers: (0..g.count()).map(|_| g.string()).collect(),
            issue_timestamp: g.number(),
            max_timestamp: g.number(),
            expiration_timestamp: g.number(),
            token_id: g.string(),
        }
    }
}

impl Sample for super::user_scram_credential_record::UserScramCredentialRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            mechanism: g.number() as i8,
            salt: g.bytes(),
            stored_key: g.bytes(),
            server_key: g.bytes(),
            iterations: g.number() as i32,
        }
    }
}

impl Sample for super::feature_level_record::FeatureLevelRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            feature_level: g.number() as i16,
        }
    }
}

impl Sample for super::client_quota_record::ClientQuotaRecord {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            entity: (0..g.below(3)).map(|_| super::client_quota_record::EntityData::sample(g, v)).collect(),
            key: g.string(),
            value: g.float64(),
            remove: g.one_in(2),
        }
    }
}

impl Sample for super::client_quota_record::EntityData {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            entity_type: g.string(),
            entity_name: if g.one_in(3) { None } else { Some(g.string()) },
        }
    }
}

impl Sample for super::producer_ids_record::ProducerIdsRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            broker_id: g.number() as i32,
            broker_epoch: g.number(),
            next_producer_id: g.number(),
        }
    }
}

impl Sample for super::broker_registration_change_record::BrokerRegistrationChangeRecord {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            broker_id: g.number() as i32,
            broker_epoch: g.number(),
            fenced: if g.one_in(3) { 0 } else { g.number() as i8 },
            in_controlled_shutdown: if g.one_in(3) { 0 } else { if v >= 1 { g.number() as i8 } else { 0 } },
            log_dirs: if g.one_in(3) { Vec::new() } else { if v >= 2 { (0..g.count()).map(|_| g.uuid()).collect() } else { Vec::new() } },
            cordoned_log_dirs: if g.one_in(3) { None } else { if v == 3 { if g.one_in(3) { None } else { Some((0..g.count()).map(|_| g.uuid()).collect()) } } else { None } },
        }
    }
}

impl Sample for super::access_control_entry_record::AccessControlEntryRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            id: g.uuid(),
            resource_type: g.number() as i8,
            resource_name: g.string(),
            pattern_type: g.number() as i8,
            principal: g.string(),
            host: g.string(),
            operation: g.number() as i8,
            permission_type: g.number() as i8,
        }
    }
}

impl Sample for super::remove_access_control_entry_record::RemoveAccessControlEntryRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            id: g.uuid(),
        }
    }
}

impl Sample for super::no_op_record::NoOpRecord {
    fn sample(_g: &mut Rng, _v: i16) -> Self {
        Self {
        }
    }
}

impl Sample for super::zk_migration_state_record::ZkMigrationStateRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            zk_migration_state: g.number() as i8,
        }
    }
}

impl Sample for super::remove_user_scram_credential_record::RemoveUserScramCredentialRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            mechanism: g.number() as i8,
        }
    }
}

impl Sample for super::begin_transaction_record::BeginTransactionRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: if g.one_in(3) { None } else { if g.one_in(3) { None } else { Some(g.string()) } },
        }
    }
}

impl Sample for super::end_transaction_record::EndTransactionRecord {
    fn sample(_g: &mut Rng, _v: i16) -> Self {
        Self {
        }
    }
}

impl Sample for super::abort_transaction_record::AbortTransactionRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            reason: if g.one_in(3) { None } else { if g.one_in(3) { None } else { Some(g.string()) } },
        }
    }
}

impl Sample for super::remove_delegation_token_record::RemoveDelegationTokenRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            token_id: g.string(),
        }
    }
}

impl Sample for super::register_controller_record::RegisterControllerRecord {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            controller_id: g.number() as i32,
            incarnation_id: g.uuid(),
            zk_migration_ready: g.one_in(2),
            end_points: (0..g.below(3)).map(|_| super::register_controller_record::ControllerEndpoint::sample(g, v)).collect(),
            features: (0..g.below(3)).map(|_| super::register_controller_record::ControllerFeature::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::register_controller_record::ControllerEndpoint {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            host: g.string(),
            port: g.number() as u16,
            security_protocol: g.number() as i16,
        }
    }
}

impl Sample for super::register_controller_record::ControllerFeature {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            min_supported_version: g.number() as i16,
            max_supported_version: g.number() as i16,
        }
    }
}

impl Sample for super::clear_elr_record::ClearElrRecord {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic_name: g.string(),
        }
    }
}

impl Sample for super::quorum_state_data::QuorumStateData {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            cluster_id: if v == 0 { g.string() } else { String::new() },
            leader_id: g.number() as i32,
            leader_epoch: g.number() as i32,
            voted_id: g.number() as i32,
            voted_directory_id: if v == 1 { g.uuid() } else { Uuid::ZERO },
            applied_offset: if v == 0 { g.number() } else { 0 },
            current_voters: if v == 0 { if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::quorum_state_data::Voter::sample(g, v)).collect()) } } else { Some(Vec::new()) },
        }
    }
}

impl Sample for super::quorum_state_data::Voter {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            voter_id: g.number() as i32,
        }
    }
}

impl Sample for super::share_snapshot_key::ShareSnapshotKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
            topic_id: g.uuid(),
            partition: g.number() as i32,
        }
    }
}

impl Sample for super::share_snapshot_value::ShareSnapshotValue {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            snapshot_epoch: g.number() as i32,
            state_epoch: g.number() as i32,
            leader_epoch: g.number() as i32,
            start_offset: g.number(),
            delivery_complete_count: if g.one_in(3) { -1 } else { g.number() as i32 },
            create_timestamp: g.number(),
            write_timestamp: g.number(),
            state_batches: (0..g.below(3)).map(|_| super::share_snapshot_value::StateBatch::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::share_snapshot_value::StateBatch {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            first_offset: g.number(),
            last_offset: g.number(),
            delivery_state: g.number() as i8,
            delivery_count: g.number() as i16,
        }
    }
}

impl Sample for super::share_update_key::ShareUpdateKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            group_id: g.string(),
            topic_id: g.uuid(),
            partition: g.number() as i32,
        }
    }
}

impl Sample for super::share_update_value::ShareUpdateValue {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            snapshot_epoch: g.number() as i32,
            leader_epoch: g.number() as i32,
            start_offset: g.number(),
            delivery_complete_count: if g.one_in(3) { -1 } else { g.number() as i32 },
            state_batches: (0..g.below(3)).map(|_| super::share_update_value::StateBatch::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::share_update_value::StateBatch {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            first_offset: g.number(),
            last_offset: g.number(),
            delivery_state: g.number() as i8,
            delivery_count: g.number() as i16,
        }
    }
}

impl Sample for super::producer_snapshot::ProducerSnapshot {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            crc: g.number() as u32,
            producer_entries: (0..g.below(3)).map(|_| super::producer_snapshot::ProducerEntry::sample(g, v)).collect(),
        }
    }
}

impl Sample for super::producer_snapshot::ProducerEntry {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            producer_id: g.number(),
            epoch: g.number() as i16,
            last_sequence: g.number() as i32,
            last_offset: g.number(),
            offset_delta: g.number() as i32,
            timestamp: g.number(),
            coordinator_epoch: g.number() as i32,
            current_txn_first_offset: g.number(),
        }
    }
}

impl Sample for super::remote_log_segment_metadata_record::RemoteLogSegmentMetadataRecord {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            remote_log_segment_id: super::remote_log_segment_metadata_record::RemoteLogSegmentIdEntry::sample(g, v),
            start_offset: g.number(),
            end_offset: g.number(),
            broker_id: g.number() as i32,
            max_timestamp_ms: g.number(),
            event_timestamp_ms: g.number(),
            segment_leader_epochs: (0..g.below(3)).map(|_| super::remote_log_segment_metadata_record::SegmentLeaderEpochEntry::sample(g, v)).collect(),
            segment_size_in_bytes: g.number() as i32,
            custom_metadata: if g.one_in(3) { None } else { Some(g.bytes()) },
            remote_log_segment_state: g.number() as i8,
            txn_index_empty: if g.one_in(3) { false } else { g.one_in(2) },
        }
    }
}

impl Sample for super::remote_log_segment_metadata_record::RemoteLogSegmentIdEntry {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id_partition: super::remote_log_segment_metadata_record::TopicIdPartitionEntry::sample(g, v),
            id: g.uuid(),
        }
    }
}

impl Sample for super::remote_log_segment_metadata_record::TopicIdPartitionEntry {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            id: g.uuid(),
            partition: g.number() as i32,
        }
    }
}

impl Sample for super::remote_log_segment_metadata_record::SegmentLeaderEpochEntry {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            leader_epoch: g.number() as i32,
            offset: g.number(),
        }
    }
}

impl Sample for super::remote_log_segment_metadata_update_record::RemoteLogSegmentMetadataUpdateRecord {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            remote_log_segment_id: super::remote_log_segment_metadata_update_record::RemoteLogSegmentIdEntry::sample(g, v),
            broker_id: g.number() as i32,
            event_timestamp_ms: g.number(),
            custom_metadata: if g.one_in(3) { None } else { Some(g.bytes()) },
            remote_log_segment_state: g.number() as i8,
        }
    }
}

impl Sample for super::remote_log_segment_metadata_update_record::RemoteLogSegmentIdEntry {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id_partition: super::remote_log_segment_metadata_update_record::TopicIdPartitionEntry::sample(g, v),
            id: g.uuid(),
        }
    }
}

impl Sample for super::remote_log_segment_metadata_update_record::TopicIdPartitionEntry {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            id: g.uuid(),
            partition: g.number() as i32,
        }
    }
}

impl Sample for super::remote_partition_delete_metadata_record::RemotePartitionDeleteMetadataRecord {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            topic_id_partition: super::remote_partition_delete_metadata_record::TopicIdPartitionEntry::sample(g, v),
            broker_id: g.number() as i32,
            event_timestamp_ms: g.number(),
            remote_partition_delete_state: g.number() as i8,
        }
    }
}

impl Sample for super::remote_partition_delete_metadata_record::TopicIdPartitionEntry {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            name: g.string(),
            id: g.uuid(),
            partition: g.number() as i32,
        }
    }
}

impl Sample for super::remote_log_segment_metadata_snapshot_record::RemoteLogSegmentMetadataSnapshotRecord {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            segment_id: g.uuid(),
            start_offset: g.number(),
            end_offset: g.number(),
            broker_id: g.number() as i32,
            max_timestamp_ms: g.number(),
            event_timestamp_ms: g.number(),
            segment_leader_epochs: (0..g.below(3)).map(|_| super::remote_log_segment_metadata_snapshot_record::SegmentLeaderEpochEntry::sample(g, v)).collect(),
            segment_size_in_bytes: g.number() as i32,
            custom_metadata: if g.one_in(3) { None } else { Some(g.bytes()) },
            remote_log_segment_state: g.number() as i8,
            txn_index_empty: if g.one_in(3) { false } else { g.one_in(2) },
        }
    }
}

impl Sample for super::remote_log_segment_metadata_snapshot_record::SegmentLeaderEpochEntry {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            leader_epoch: g.number() as i32,
            offset: g.number(),
        }
    }
}

impl Sample for super::transaction_log_key::TransactionLogKey {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            transactional_id: g.string(),
        }
    }
}

impl Sample for super::transaction_log_value::TransactionLogValue {
    fn sample(g: &mut Rng, v: i16) -> Self {
        Self {
            producer_id: g.number(),
            previous_producer_id: if g.one_in(3) { -1 } else { if v == 1 { g.number() } else { -1 } },
            next_producer_id: if g.one_in(3) { -1 } else { if v == 1 { g.number() } else { -1 } },
            producer_epoch: g.number() as i16,
            next_producer_epoch: if g.one_in(3) { -1 } else { if v == 1 { g.number() as i16 } else { -1 } },
            transaction_timeout_ms: g.number() as i32,
            transaction_status: g.number() as i8,
            transaction_partitions: if g.one_in(3) { None } else { Some((0..g.below(3)).map(|_| super::transaction_log_value::PartitionsSchema::sample(g, v)).collect()) },
            transaction_last_update_timestamp_ms: g.number(),
            transaction_start_timestamp_ms: g.number(),
            client_transaction_version: if g.one_in(3) { 0 } else { if v == 1 { g.number() as i16 } else { 0 } },
        }
    }
}

impl Sample for super::transaction_log_value::PartitionsSchema {
    fn sample(g: &mut Rng, _v: i16) -> Self {
        Self {
            topic: g.string(),
            partition_ids: (0..g.count()).map(|_| g.number() as i32).collect(),
        }
    }
}
