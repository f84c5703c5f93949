//! The APIs of Kafka 4.3.1: keys, versions, listeners. Generated; not to be edited.

use bytes::Bytes;

use super::*;
use crate::api::ApiFacts;
use crate::reader::DecodeError;
use crate::view::{Walked, walk};

/// An API, by its key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(i16)]
pub enum ApiKey {
    /// `Produce`, versions 3-13.
    Produce = 0,
    /// `Fetch`, versions 4-18.
    Fetch = 1,
    /// `ListOffsets`, versions 1-11.
    ListOffsets = 2,
    /// `Metadata`, versions 0-13.
    Metadata = 3,
    /// `OffsetCommit`, versions 2-10.
    OffsetCommit = 8,
    /// `OffsetFetch`, versions 1-10.
    OffsetFetch = 9,
    /// `FindCoordinator`, versions 0-6.
    FindCoordinator = 10,
    /// `JoinGroup`, versions 0-9.
    JoinGroup = 11,
    /// `Heartbeat`, versions 0-4.
    Heartbeat = 12,
    /// `LeaveGroup`, versions 0-5.
    LeaveGroup = 13,
    /// `SyncGroup`, versions 0-5.
    SyncGroup = 14,
    /// `DescribeGroups`, versions 0-6.
    DescribeGroups = 15,
    /// `ListGroups`, versions 0-5.
    ListGroups = 16,
    /// `SaslHandshake`, versions 0-1.
    SaslHandshake = 17,
    /// `ApiVersions`, versions 0-4.
    ApiVersions = 18,
    /// `CreateTopics`, versions 2-7.
    CreateTopics = 19,
    /// `DeleteTopics`, versions 1-6.
    DeleteTopics = 20,
    /// `DeleteRecords`, versions 0-2.
    DeleteRecords = 21,
    /// `InitProducerId`, versions 0-6.
    InitProducerId = 22,
    /// `OffsetForLeaderEpoch`, versions 2-4.
    OffsetForLeaderEpoch = 23,
    /// `AddPartitionsToTxn`, versions 0-5.
    AddPartitionsToTxn = 24,
    /// `AddOffsetsToTxn`, versions 0-4.
    AddOffsetsToTxn = 25,
    /// `EndTxn`, versions 0-5.
    EndTxn = 26,
    /// `WriteTxnMarkers`, versions 1-2.
    WriteTxnMarkers = 27,
    /// `TxnOffsetCommit`, versions 0-5.
    TxnOffsetCommit = 28,
    /// `DescribeAcls`, versions 1-3.
    DescribeAcls = 29,
    /// `CreateAcls`, versions 1-3.
    CreateAcls = 30,
    /// `DeleteAcls`, versions 1-3.
    DeleteAcls = 31,
    /// `DescribeConfigs`, versions 1-4.
    DescribeConfigs = 32,
    /// `AlterConfigs`, versions 0-2.
    AlterConfigs = 33,
    /// `AlterReplicaLogDirs`, versions 1-2.
    AlterReplicaLogDirs = 34,
    /// `DescribeLogDirs`, versions 1-5.
    DescribeLogDirs = 35,
    /// `SaslAuthenticate`, versions 0-2.
    SaslAuthenticate = 36,
    /// `CreatePartitions`, versions 0-3.
    CreatePartitions = 37,
    /// `CreateDelegationToken`, versions 1-3.
    CreateDelegationToken = 38,
    /// `RenewDelegationToken`, versions 1-2.
    RenewDelegationToken = 39,
    /// `ExpireDelegationToken`, versions 1-2.
    ExpireDelegationToken = 40,
    /// `DescribeDelegationToken`, versions 1-3.
    DescribeDelegationToken = 41,
    /// `DeleteGroups`, versions 0-2.
    DeleteGroups = 42,
    /// `ElectLeaders`, versions 0-2.
    ElectLeaders = 43,
    /// `IncrementalAlterConfigs`, versions 0-1.
    IncrementalAlterConfigs = 44,
    /// `AlterPartitionReassignments`, versions 0-1.
    AlterPartitionReassignments = 45,
    /// `ListPartitionReassignments`, versions 0.
    ListPartitionReassignments = 46,
    /// `OffsetDelete`, versions 0.
    OffsetDelete = 47,
    /// `DescribeClientQuotas`, versions 0-1.
    DescribeClientQuotas = 48,
    /// `AlterClientQuotas`, versions 0-1.
    AlterClientQuotas = 49,
    /// `DescribeUserScramCredentials`, versions 0.
    DescribeUserScramCredentials = 50,
    /// `AlterUserScramCredentials`, versions 0.
    AlterUserScramCredentials = 51,
    /// `Vote`, versions 0-2.
    Vote = 52,
    /// `BeginQuorumEpoch`, versions 0-1.
    BeginQuorumEpoch = 53,
    /// `EndQuorumEpoch`, versions 0-1.
    EndQuorumEpoch = 54,
    /// `DescribeQuorum`, versions 0-2.
    DescribeQuorum = 55,
    /// `AlterPartition`, versions 2-3.
    AlterPartition = 56,
    /// `UpdateFeatures`, versions 0-2.
    UpdateFeatures = 57,
    /// `Envelope`, versions 0.
    Envelope = 58,
    /// `FetchSnapshot`, versions 0-1.
    FetchSnapshot = 59,
    /// `DescribeCluster`, versions 0-2.
    DescribeCluster = 60,
    /// `DescribeProducers`, versions 0.
    DescribeProducers = 61,
    /// `BrokerRegistration`, versions 0-4.
    BrokerRegistration = 62,
    /// `BrokerHeartbeat`, versions 0-2.
    BrokerHeartbeat = 63,
    /// `UnregisterBroker`, versions 0.
    UnregisterBroker = 64,
    /// `DescribeTransactions`, versions 0.
    DescribeTransactions = 65,
    /// `ListTransactions`, versions 0-2.
    ListTransactions = 66,
    /// `AllocateProducerIds`, versions 0.
    AllocateProducerIds = 67,
    /// `ConsumerGroupHeartbeat`, versions 0-1.
    ConsumerGroupHeartbeat = 68,
    /// `ConsumerGroupDescribe`, versions 0-1.
    ConsumerGroupDescribe = 69,
    /// `ControllerRegistration`, versions 0.
    ControllerRegistration = 70,
    /// `GetTelemetrySubscriptions`, versions 0.
    GetTelemetrySubscriptions = 71,
    /// `PushTelemetry`, versions 0.
    PushTelemetry = 72,
    /// `AssignReplicasToDirs`, versions 0.
    AssignReplicasToDirs = 73,
    /// `ListConfigResources`, versions 0-1.
    ListConfigResources = 74,
    /// `DescribeTopicPartitions`, versions 0.
    DescribeTopicPartitions = 75,
    /// `ShareGroupHeartbeat`, versions 1.
    ShareGroupHeartbeat = 76,
    /// `ShareGroupDescribe`, versions 1.
    ShareGroupDescribe = 77,
    /// `ShareFetch`, versions 1-2.
    ShareFetch = 78,
    /// `ShareAcknowledge`, versions 1-2.
    ShareAcknowledge = 79,
    /// `AddRaftVoter`, versions 0-1.
    AddRaftVoter = 80,
    /// `RemoveRaftVoter`, versions 0.
    RemoveRaftVoter = 81,
    /// `UpdateRaftVoter`, versions 0.
    UpdateRaftVoter = 82,
    /// `InitializeShareGroupState`, versions 0.
    InitializeShareGroupState = 83,
    /// `ReadShareGroupState`, versions 0.
    ReadShareGroupState = 84,
    /// `WriteShareGroupState`, versions 0-1.
    WriteShareGroupState = 85,
    /// `DeleteShareGroupState`, versions 0.
    DeleteShareGroupState = 86,
    /// `ReadShareGroupStateSummary`, versions 0-1.
    ReadShareGroupStateSummary = 87,
    /// `StreamsGroupHeartbeat`, versions 0.
    StreamsGroupHeartbeat = 88,
    /// `StreamsGroupDescribe`, versions 0.
    StreamsGroupDescribe = 89,
    /// `DescribeShareGroupOffsets`, versions 0-1.
    DescribeShareGroupOffsets = 90,
    /// `AlterShareGroupOffsets`, versions 0.
    AlterShareGroupOffsets = 91,
    /// `DeleteShareGroupOffsets`, versions 0.
    DeleteShareGroupOffsets = 92,
}

/// All APIs by ascending key.
pub const ALL: [ApiKey; 89] = [
    ApiKey::Produce,
    ApiKey::Fetch,
    ApiKey::ListOffsets,
    ApiKey::Metadata,
    ApiKey::OffsetCommit,
    ApiKey::OffsetFetch,
    ApiKey::FindCoordinator,
    ApiKey::JoinGroup,
    ApiKey::Heartbeat,
    ApiKey::LeaveGroup,
    ApiKey::SyncGroup,
    ApiKey::DescribeGroups,
    ApiKey::ListGroups,
    ApiKey::SaslHandshake,
    ApiKey::ApiVersions,
    ApiKey::CreateTopics,
    ApiKey::DeleteTopics,
    ApiKey::DeleteRecords,
    ApiKey::InitProducerId,
    ApiKey::OffsetForLeaderEpoch,
    ApiKey::AddPartitionsToTxn,
    ApiKey::AddOffsetsToTxn,
    ApiKey::EndTxn,
    ApiKey::WriteTxnMarkers,
    ApiKey::TxnOffsetCommit,
    ApiKey::DescribeAcls,
    ApiKey::CreateAcls,
    ApiKey::DeleteAcls,
    ApiKey::DescribeConfigs,
    ApiKey::AlterConfigs,
    ApiKey::AlterReplicaLogDirs,
    ApiKey::DescribeLogDirs,
    ApiKey::SaslAuthenticate,
    ApiKey::CreatePartitions,
    ApiKey::CreateDelegationToken,
    ApiKey::RenewDelegationToken,
    ApiKey::ExpireDelegationToken,
    ApiKey::DescribeDelegationToken,
    ApiKey::DeleteGroups,
    ApiKey::ElectLeaders,
    ApiKey::IncrementalAlterConfigs,
    ApiKey::AlterPartitionReassignments,
    ApiKey::ListPartitionReassignments,
    ApiKey::OffsetDelete,
    ApiKey::DescribeClientQuotas,
    ApiKey::AlterClientQuotas,
    ApiKey::DescribeUserScramCredentials,
    ApiKey::AlterUserScramCredentials,
    ApiKey::Vote,
    ApiKey::BeginQuorumEpoch,
    ApiKey::EndQuorumEpoch,
    ApiKey::DescribeQuorum,
    ApiKey::AlterPartition,
    ApiKey::UpdateFeatures,
    ApiKey::Envelope,
    ApiKey::FetchSnapshot,
    ApiKey::DescribeCluster,
    ApiKey::DescribeProducers,
    ApiKey::BrokerRegistration,
    ApiKey::BrokerHeartbeat,
    ApiKey::UnregisterBroker,
    ApiKey::DescribeTransactions,
    ApiKey::ListTransactions,
    ApiKey::AllocateProducerIds,
    ApiKey::ConsumerGroupHeartbeat,
    ApiKey::ConsumerGroupDescribe,
    ApiKey::ControllerRegistration,
    ApiKey::GetTelemetrySubscriptions,
    ApiKey::PushTelemetry,
    ApiKey::AssignReplicasToDirs,
    ApiKey::ListConfigResources,
    ApiKey::DescribeTopicPartitions,
    ApiKey::ShareGroupHeartbeat,
    ApiKey::ShareGroupDescribe,
    ApiKey::ShareFetch,
    ApiKey::ShareAcknowledge,
    ApiKey::AddRaftVoter,
    ApiKey::RemoveRaftVoter,
    ApiKey::UpdateRaftVoter,
    ApiKey::InitializeShareGroupState,
    ApiKey::ReadShareGroupState,
    ApiKey::WriteShareGroupState,
    ApiKey::DeleteShareGroupState,
    ApiKey::ReadShareGroupStateSummary,
    ApiKey::StreamsGroupHeartbeat,
    ApiKey::StreamsGroupDescribe,
    ApiKey::DescribeShareGroupOffsets,
    ApiKey::AlterShareGroupOffsets,
    ApiKey::DeleteShareGroupOffsets,
];

impl TryFrom<i16> for ApiKey {
    type Error = DecodeError;

    fn try_from(key: i16) -> Result<Self, DecodeError> {
        Ok(match key {
            0 => Self::Produce,
            1 => Self::Fetch,
            2 => Self::ListOffsets,
            3 => Self::Metadata,
            8 => Self::OffsetCommit,
            9 => Self::OffsetFetch,
            10 => Self::FindCoordinator,
            11 => Self::JoinGroup,
            12 => Self::Heartbeat,
            13 => Self::LeaveGroup,
            14 => Self::SyncGroup,
            15 => Self::DescribeGroups,
            16 => Self::ListGroups,
            17 => Self::SaslHandshake,
            18 => Self::ApiVersions,
            19 => Self::CreateTopics,
            20 => Self::DeleteTopics,
            21 => Self::DeleteRecords,
            22 => Self::InitProducerId,
            23 => Self::OffsetForLeaderEpoch,
            24 => Self::AddPartitionsToTxn,
            25 => Self::AddOffsetsToTxn,
            26 => Self::EndTxn,
            27 => Self::WriteTxnMarkers,
            28 => Self::TxnOffsetCommit,
            29 => Self::DescribeAcls,
            30 => Self::CreateAcls,
            31 => Self::DeleteAcls,
            32 => Self::DescribeConfigs,
            33 => Self::AlterConfigs,
            34 => Self::AlterReplicaLogDirs,
            35 => Self::DescribeLogDirs,
            36 => Self::SaslAuthenticate,
            37 => Self::CreatePartitions,
            38 => Self::CreateDelegationToken,
            39 => Self::RenewDelegationToken,
            40 => Self::ExpireDelegationToken,
            41 => Self::DescribeDelegationToken,
            42 => Self::DeleteGroups,
            43 => Self::ElectLeaders,
            44 => Self::IncrementalAlterConfigs,
            45 => Self::AlterPartitionReassignments,
            46 => Self::ListPartitionReassignments,
            47 => Self::OffsetDelete,
            48 => Self::DescribeClientQuotas,
            49 => Self::AlterClientQuotas,
            50 => Self::DescribeUserScramCredentials,
            51 => Self::AlterUserScramCredentials,
            52 => Self::Vote,
            53 => Self::BeginQuorumEpoch,
            54 => Self::EndQuorumEpoch,
            55 => Self::DescribeQuorum,
            56 => Self::AlterPartition,
            57 => Self::UpdateFeatures,
            58 => Self::Envelope,
            59 => Self::FetchSnapshot,
            60 => Self::DescribeCluster,
            61 => Self::DescribeProducers,
            62 => Self::BrokerRegistration,
            63 => Self::BrokerHeartbeat,
            64 => Self::UnregisterBroker,
            65 => Self::DescribeTransactions,
            66 => Self::ListTransactions,
            67 => Self::AllocateProducerIds,
            68 => Self::ConsumerGroupHeartbeat,
            69 => Self::ConsumerGroupDescribe,
            70 => Self::ControllerRegistration,
            71 => Self::GetTelemetrySubscriptions,
            72 => Self::PushTelemetry,
            73 => Self::AssignReplicasToDirs,
            74 => Self::ListConfigResources,
            75 => Self::DescribeTopicPartitions,
            76 => Self::ShareGroupHeartbeat,
            77 => Self::ShareGroupDescribe,
            78 => Self::ShareFetch,
            79 => Self::ShareAcknowledge,
            80 => Self::AddRaftVoter,
            81 => Self::RemoveRaftVoter,
            82 => Self::UpdateRaftVoter,
            83 => Self::InitializeShareGroupState,
            84 => Self::ReadShareGroupState,
            85 => Self::WriteShareGroupState,
            86 => Self::DeleteShareGroupState,
            87 => Self::ReadShareGroupStateSummary,
            88 => Self::StreamsGroupHeartbeat,
            89 => Self::StreamsGroupDescribe,
            90 => Self::DescribeShareGroupOffsets,
            91 => Self::AlterShareGroupOffsets,
            92 => Self::DeleteShareGroupOffsets,
            _ => return Err(DecodeError::UnknownType(i32::from(key))),
        })
    }
}

impl ApiKey {
    /// What the definitions say about the API.
    #[must_use]
    pub const fn facts(self) -> ApiFacts {
        match self {
            Self::Produce => ApiFacts::new("Produce", (3, 13, 13), 9, (true, false)),
            Self::Fetch => ApiFacts::new("Fetch", (4, 18, 18), 12, (true, true)),
            Self::ListOffsets => ApiFacts::new("ListOffsets", (1, 11, 11), 6, (true, false)),
            Self::Metadata => ApiFacts::new("Metadata", (0, 13, 13), 9, (true, false)),
            Self::OffsetCommit => ApiFacts::new("OffsetCommit", (2, 10, 10), 8, (true, false)),
            Self::OffsetFetch => ApiFacts::new("OffsetFetch", (1, 10, 10), 6, (true, false)),
            Self::FindCoordinator => ApiFacts::new("FindCoordinator", (0, 6, 6), 3, (true, false)),
            Self::JoinGroup => ApiFacts::new("JoinGroup", (0, 9, 9), 6, (true, false)),
            Self::Heartbeat => ApiFacts::new("Heartbeat", (0, 4, 4), 4, (true, false)),
            Self::LeaveGroup => ApiFacts::new("LeaveGroup", (0, 5, 5), 4, (true, false)),
            Self::SyncGroup => ApiFacts::new("SyncGroup", (0, 5, 5), 4, (true, false)),
            Self::DescribeGroups => ApiFacts::new("DescribeGroups", (0, 6, 6), 5, (true, false)),
            Self::ListGroups => ApiFacts::new("ListGroups", (0, 5, 5), 3, (true, false)),
            Self::SaslHandshake => ApiFacts::new("SaslHandshake", (0, 1, 1), 32767, (true, true)),
            Self::ApiVersions => ApiFacts::new("ApiVersions", (0, 4, 4), 3, (true, true)),
            Self::CreateTopics => ApiFacts::new("CreateTopics", (2, 7, 7), 5, (true, true)),
            Self::DeleteTopics => ApiFacts::new("DeleteTopics", (1, 6, 6), 4, (true, true)),
            Self::DeleteRecords => ApiFacts::new("DeleteRecords", (0, 2, 2), 2, (true, false)),
            Self::InitProducerId => ApiFacts::new("InitProducerId", (0, 6, 5), 2, (true, false)),
            Self::OffsetForLeaderEpoch => ApiFacts::new("OffsetForLeaderEpoch", (2, 4, 4), 4, (true, false)),
            Self::AddPartitionsToTxn => ApiFacts::new("AddPartitionsToTxn", (0, 5, 5), 3, (true, false)),
            Self::AddOffsetsToTxn => ApiFacts::new("AddOffsetsToTxn", (0, 4, 4), 3, (true, false)),
            Self::EndTxn => ApiFacts::new("EndTxn", (0, 5, 5), 3, (true, false)),
            Self::WriteTxnMarkers => ApiFacts::new("WriteTxnMarkers", (1, 2, 2), 1, (true, false)),
            Self::TxnOffsetCommit => ApiFacts::new("TxnOffsetCommit", (0, 5, 5), 3, (true, false)),
            Self::DescribeAcls => ApiFacts::new("DescribeAcls", (1, 3, 3), 2, (true, true)),
            Self::CreateAcls => ApiFacts::new("CreateAcls", (1, 3, 3), 2, (true, true)),
            Self::DeleteAcls => ApiFacts::new("DeleteAcls", (1, 3, 3), 2, (true, true)),
            Self::DescribeConfigs => ApiFacts::new("DescribeConfigs", (1, 4, 4), 4, (true, true)),
            Self::AlterConfigs => ApiFacts::new("AlterConfigs", (0, 2, 2), 2, (true, true)),
            Self::AlterReplicaLogDirs => ApiFacts::new("AlterReplicaLogDirs", (1, 2, 2), 2, (true, false)),
            Self::DescribeLogDirs => ApiFacts::new("DescribeLogDirs", (1, 5, 5), 2, (true, false)),
            Self::SaslAuthenticate => ApiFacts::new("SaslAuthenticate", (0, 2, 2), 2, (true, true)),
            Self::CreatePartitions => ApiFacts::new("CreatePartitions", (0, 3, 3), 2, (true, true)),
            Self::CreateDelegationToken => ApiFacts::new("CreateDelegationToken", (1, 3, 3), 2, (true, true)),
            Self::RenewDelegationToken => ApiFacts::new("RenewDelegationToken", (1, 2, 2), 2, (true, true)),
            Self::ExpireDelegationToken => ApiFacts::new("ExpireDelegationToken", (1, 2, 2), 2, (true, true)),
            Self::DescribeDelegationToken => ApiFacts::new("DescribeDelegationToken", (1, 3, 3), 2, (true, true)),
            Self::DeleteGroups => ApiFacts::new("DeleteGroups", (0, 2, 2), 2, (true, false)),
            Self::ElectLeaders => ApiFacts::new("ElectLeaders", (0, 2, 2), 2, (true, true)),
            Self::IncrementalAlterConfigs => ApiFacts::new("IncrementalAlterConfigs", (0, 1, 1), 1, (true, true)),
            Self::AlterPartitionReassignments => ApiFacts::new("AlterPartitionReassignments", (0, 1, 1), 0, (true, true)),
            Self::ListPartitionReassignments => ApiFacts::new("ListPartitionReassignments", (0, 0, 0), 0, (true, true)),
            Self::OffsetDelete => ApiFacts::new("OffsetDelete", (0, 0, 0), 32767, (true, false)),
            Self::DescribeClientQuotas => ApiFacts::new("DescribeClientQuotas", (0, 1, 1), 1, (true, false)),
            Self::AlterClientQuotas => ApiFacts::new("AlterClientQuotas", (0, 1, 1), 1, (true, true)),
            Self::DescribeUserScramCredentials => ApiFacts::new("DescribeUserScramCredentials", (0, 0, 0), 0, (true, true)),
            Self::AlterUserScramCredentials => ApiFacts::new("AlterUserScramCredentials", (0, 0, 0), 0, (true, true)),
            Self::Vote => ApiFacts::new("Vote", (0, 2, 2), 0, (false, true)),
            Self::BeginQuorumEpoch => ApiFacts::new("BeginQuorumEpoch", (0, 1, 1), 1, (false, true)),
            Self::EndQuorumEpoch => ApiFacts::new("EndQuorumEpoch", (0, 1, 1), 1, (false, true)),
            Self::DescribeQuorum => ApiFacts::new("DescribeQuorum", (0, 2, 2), 0, (true, true)),
            Self::AlterPartition => ApiFacts::new("AlterPartition", (2, 3, 3), 0, (false, true)),
            Self::UpdateFeatures => ApiFacts::new("UpdateFeatures", (0, 2, 2), 0, (true, true)),
            Self::Envelope => ApiFacts::new("Envelope", (0, 0, 0), 0, (false, true)),
            Self::FetchSnapshot => ApiFacts::new("FetchSnapshot", (0, 1, 1), 0, (false, true)),
            Self::DescribeCluster => ApiFacts::new("DescribeCluster", (0, 2, 2), 0, (true, true)),
            Self::DescribeProducers => ApiFacts::new("DescribeProducers", (0, 0, 0), 0, (true, false)),
            Self::BrokerRegistration => ApiFacts::new("BrokerRegistration", (0, 4, 4), 0, (false, true)),
            Self::BrokerHeartbeat => ApiFacts::new("BrokerHeartbeat", (0, 2, 2), 0, (false, true)),
            Self::UnregisterBroker => ApiFacts::new("UnregisterBroker", (0, 0, 0), 0, (true, true)),
            Self::DescribeTransactions => ApiFacts::new("DescribeTransactions", (0, 0, 0), 0, (true, false)),
            Self::ListTransactions => ApiFacts::new("ListTransactions", (0, 2, 2), 0, (true, false)),
            Self::AllocateProducerIds => ApiFacts::new("AllocateProducerIds", (0, 0, 0), 0, (false, true)),
            Self::ConsumerGroupHeartbeat => ApiFacts::new("ConsumerGroupHeartbeat", (0, 1, 1), 0, (true, false)),
            Self::ConsumerGroupDescribe => ApiFacts::new("ConsumerGroupDescribe", (0, 1, 1), 0, (true, false)),
            Self::ControllerRegistration => ApiFacts::new("ControllerRegistration", (0, 0, 0), 0, (false, true)),
            Self::GetTelemetrySubscriptions => ApiFacts::new("GetTelemetrySubscriptions", (0, 0, 0), 0, (true, false)),
            Self::PushTelemetry => ApiFacts::new("PushTelemetry", (0, 0, 0), 0, (true, false)),
            Self::AssignReplicasToDirs => ApiFacts::new("AssignReplicasToDirs", (0, 0, 0), 0, (false, true)),
            Self::ListConfigResources => ApiFacts::new("ListConfigResources", (0, 1, 1), 0, (true, false)),
            Self::DescribeTopicPartitions => ApiFacts::new("DescribeTopicPartitions", (0, 0, 0), 0, (true, false)),
            Self::ShareGroupHeartbeat => ApiFacts::new("ShareGroupHeartbeat", (1, 1, 1), 0, (true, false)),
            Self::ShareGroupDescribe => ApiFacts::new("ShareGroupDescribe", (1, 1, 1), 0, (true, false)),
            Self::ShareFetch => ApiFacts::new("ShareFetch", (1, 2, 2), 0, (true, false)),
            Self::ShareAcknowledge => ApiFacts::new("ShareAcknowledge", (1, 2, 2), 0, (true, false)),
            Self::AddRaftVoter => ApiFacts::new("AddRaftVoter", (0, 1, 1), 0, (true, true)),
            Self::RemoveRaftVoter => ApiFacts::new("RemoveRaftVoter", (0, 0, 0), 0, (true, true)),
            Self::UpdateRaftVoter => ApiFacts::new("UpdateRaftVoter", (0, 0, 0), 0, (false, true)),
            Self::InitializeShareGroupState => ApiFacts::new("InitializeShareGroupState", (0, 0, 0), 0, (true, false)),
            Self::ReadShareGroupState => ApiFacts::new("ReadShareGroupState", (0, 0, 0), 0, (true, false)),
            Self::WriteShareGroupState => ApiFacts::new("WriteShareGroupState", (0, 1, 1), 0, (true, false)),
            Self::DeleteShareGroupState => ApiFacts::new("DeleteShareGroupState", (0, 0, 0), 0, (true, false)),
            Self::ReadShareGroupStateSummary => ApiFacts::new("ReadShareGroupStateSummary", (0, 1, 1), 0, (true, false)),
            Self::StreamsGroupHeartbeat => ApiFacts::new("StreamsGroupHeartbeat", (0, 0, 0), 0, (true, false)),
            Self::StreamsGroupDescribe => ApiFacts::new("StreamsGroupDescribe", (0, 0, 0), 0, (true, false)),
            Self::DescribeShareGroupOffsets => ApiFacts::new("DescribeShareGroupOffsets", (0, 1, 1), 0, (true, false)),
            Self::AlterShareGroupOffsets => ApiFacts::new("AlterShareGroupOffsets", (0, 0, 0), 0, (true, false)),
            Self::DeleteShareGroupOffsets => ApiFacts::new("DeleteShareGroupOffsets", (0, 0, 0), 0, (true, false)),
        }
    }

    /// Walks a request body, by its API. Arguments and errors are those of `view::check`.
    pub fn walk(self, body: &Bytes, version: i16, owned_max: usize) -> Result<Walked, DecodeError> {
        match self {
            Self::Produce => walk::<ProduceRequest>(body, version, owned_max),
            Self::Fetch => walk::<FetchRequest>(body, version, owned_max),
            Self::ListOffsets => walk::<ListOffsetsRequest>(body, version, owned_max),
            Self::Metadata => walk::<MetadataRequest>(body, version, owned_max),
            Self::OffsetCommit => walk::<OffsetCommitRequest>(body, version, owned_max),
            Self::OffsetFetch => walk::<OffsetFetchRequest>(body, version, owned_max),
            Self::FindCoordinator => walk::<FindCoordinatorRequest>(body, version, owned_max),
            Self::JoinGroup => walk::<JoinGroupRequest>(body, version, owned_max),
            Self::Heartbeat => walk::<HeartbeatRequest>(body, version, owned_max),
            Self::LeaveGroup => walk::<LeaveGroupRequest>(body, version, owned_max),
            Self::SyncGroup => walk::<SyncGroupRequest>(body, version, owned_max),
            Self::DescribeGroups => walk::<DescribeGroupsRequest>(body, version, owned_max),
            Self::ListGroups => walk::<ListGroupsRequest>(body, version, owned_max),
            Self::SaslHandshake => walk::<SaslHandshakeRequest>(body, version, owned_max),
            Self::ApiVersions => walk::<ApiVersionsRequest>(body, version, owned_max),
            Self::CreateTopics => walk::<CreateTopicsRequest>(body, version, owned_max),
            Self::DeleteTopics => walk::<DeleteTopicsRequest>(body, version, owned_max),
            Self::DeleteRecords => walk::<DeleteRecordsRequest>(body, version, owned_max),
            Self::InitProducerId => walk::<InitProducerIdRequest>(body, version, owned_max),
            Self::OffsetForLeaderEpoch => walk::<OffsetForLeaderEpochRequest>(body, version, owned_max),
            Self::AddPartitionsToTxn => walk::<AddPartitionsToTxnRequest>(body, version, owned_max),
            Self::AddOffsetsToTxn => walk::<AddOffsetsToTxnRequest>(body, version, owned_max),
            Self::EndTxn => walk::<EndTxnRequest>(body, version, owned_max),
            Self::WriteTxnMarkers => walk::<WriteTxnMarkersRequest>(body, version, owned_max),
            Self::TxnOffsetCommit => walk::<TxnOffsetCommitRequest>(body, version, owned_max),
            Self::DescribeAcls => walk::<DescribeAclsRequest>(body, version, owned_max),
            Self::CreateAcls => walk::<CreateAclsRequest>(body, version, owned_max),
            Self::DeleteAcls => walk::<DeleteAclsRequest>(body, version, owned_max),
            Self::DescribeConfigs => walk::<DescribeConfigsRequest>(body, version, owned_max),
            Self::AlterConfigs => walk::<AlterConfigsRequest>(body, version, owned_max),
            Self::AlterReplicaLogDirs => walk::<AlterReplicaLogDirsRequest>(body, version, owned_max),
            Self::DescribeLogDirs => walk::<DescribeLogDirsRequest>(body, version, owned_max),
            Self::SaslAuthenticate => walk::<SaslAuthenticateRequest>(body, version, owned_max),
            Self::CreatePartitions => walk::<CreatePartitionsRequest>(body, version, owned_max),
            Self::CreateDelegationToken => walk::<CreateDelegationTokenRequest>(body, version, owned_max),
            Self::RenewDelegationToken => walk::<RenewDelegationTokenRequest>(body, version, owned_max),
            Self::ExpireDelegationToken => walk::<ExpireDelegationTokenRequest>(body, version, owned_max),
            Self::DescribeDelegationToken => walk::<DescribeDelegationTokenRequest>(body, version, owned_max),
            Self::DeleteGroups => walk::<DeleteGroupsRequest>(body, version, owned_max),
            Self::ElectLeaders => walk::<ElectLeadersRequest>(body, version, owned_max),
            Self::IncrementalAlterConfigs => walk::<IncrementalAlterConfigsRequest>(body, version, owned_max),
            Self::AlterPartitionReassignments => walk::<AlterPartitionReassignmentsRequest>(body, version, owned_max),
            Self::ListPartitionReassignments => walk::<ListPartitionReassignmentsRequest>(body, version, owned_max),
            Self::OffsetDelete => walk::<OffsetDeleteRequest>(body, version, owned_max),
            Self::DescribeClientQuotas => walk::<DescribeClientQuotasRequest>(body, version, owned_max),
            Self::AlterClientQuotas => walk::<AlterClientQuotasRequest>(body, version, owned_max),
            Self::DescribeUserScramCredentials => walk::<DescribeUserScramCredentialsRequest>(body, version, owned_max),
            Self::AlterUserScramCredentials => walk::<AlterUserScramCredentialsRequest>(body, version, owned_max),
            Self::Vote => walk::<VoteRequest>(body, version, owned_max),
            Self::BeginQuorumEpoch => walk::<BeginQuorumEpochRequest>(body, version, owned_max),
            Self::EndQuorumEpoch => walk::<EndQuorumEpochRequest>(body, version, owned_max),
            Self::DescribeQuorum => walk::<DescribeQuorumRequest>(body, version, owned_max),
            Self::AlterPartition => walk::<AlterPartitionRequest>(body, version, owned_max),
            Self::UpdateFeatures => walk::<UpdateFeaturesRequest>(body, version, owned_max),
            Self::Envelope => walk::<EnvelopeRequest>(body, version, owned_max),
            Self::FetchSnapshot => walk::<FetchSnapshotRequest>(body, version, owned_max),
            Self::DescribeCluster => walk::<DescribeClusterRequest>(body, version, owned_max),
            Self::DescribeProducers => walk::<DescribeProducersRequest>(body, version, owned_max),
            Self::BrokerRegistration => walk::<BrokerRegistrationRequest>(body, version, owned_max),
            Self::BrokerHeartbeat => walk::<BrokerHeartbeatRequest>(body, version, owned_max),
            Self::UnregisterBroker => walk::<UnregisterBrokerRequest>(body, version, owned_max),
            Self::DescribeTransactions => walk::<DescribeTransactionsRequest>(body, version, owned_max),
            Self::ListTransactions => walk::<ListTransactionsRequest>(body, version, owned_max),
            Self::AllocateProducerIds => walk::<AllocateProducerIdsRequest>(body, version, owned_max),
            Self::ConsumerGroupHeartbeat => walk::<ConsumerGroupHeartbeatRequest>(body, version, owned_max),
            Self::ConsumerGroupDescribe => walk::<ConsumerGroupDescribeRequest>(body, version, owned_max),
            Self::ControllerRegistration => walk::<ControllerRegistrationRequest>(body, version, owned_max),
            Self::GetTelemetrySubscriptions => walk::<GetTelemetrySubscriptionsRequest>(body, version, owned_max),
            Self::PushTelemetry => walk::<PushTelemetryRequest>(body, version, owned_max),
            Self::AssignReplicasToDirs => walk::<AssignReplicasToDirsRequest>(body, version, owned_max),
            Self::ListConfigResources => walk::<ListConfigResourcesRequest>(body, version, owned_max),
            Self::DescribeTopicPartitions => walk::<DescribeTopicPartitionsRequest>(body, version, owned_max),
            Self::ShareGroupHeartbeat => walk::<ShareGroupHeartbeatRequest>(body, version, owned_max),
            Self::ShareGroupDescribe => walk::<ShareGroupDescribeRequest>(body, version, owned_max),
            Self::ShareFetch => walk::<ShareFetchRequest>(body, version, owned_max),
            Self::ShareAcknowledge => walk::<ShareAcknowledgeRequest>(body, version, owned_max),
            Self::AddRaftVoter => walk::<AddRaftVoterRequest>(body, version, owned_max),
            Self::RemoveRaftVoter => walk::<RemoveRaftVoterRequest>(body, version, owned_max),
            Self::UpdateRaftVoter => walk::<UpdateRaftVoterRequest>(body, version, owned_max),
            Self::InitializeShareGroupState => walk::<InitializeShareGroupStateRequest>(body, version, owned_max),
            Self::ReadShareGroupState => walk::<ReadShareGroupStateRequest>(body, version, owned_max),
            Self::WriteShareGroupState => walk::<WriteShareGroupStateRequest>(body, version, owned_max),
            Self::DeleteShareGroupState => walk::<DeleteShareGroupStateRequest>(body, version, owned_max),
            Self::ReadShareGroupStateSummary => walk::<ReadShareGroupStateSummaryRequest>(body, version, owned_max),
            Self::StreamsGroupHeartbeat => walk::<StreamsGroupHeartbeatRequest>(body, version, owned_max),
            Self::StreamsGroupDescribe => walk::<StreamsGroupDescribeRequest>(body, version, owned_max),
            Self::DescribeShareGroupOffsets => walk::<DescribeShareGroupOffsetsRequest>(body, version, owned_max),
            Self::AlterShareGroupOffsets => walk::<AlterShareGroupOffsetsRequest>(body, version, owned_max),
            Self::DeleteShareGroupOffsets => walk::<DeleteShareGroupOffsetsRequest>(body, version, owned_max),
        }
    }
}
