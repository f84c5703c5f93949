//! Records of the metadata log and of the coordinators' logs, by type. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader};
use crate::writer::{Encoded, Sink};

use super::*;

/// `GroupRecordKey`: one variant per record type.
#[derive(Clone, PartialEq, Debug)]
pub enum GroupRecordKey {
    /// Type 0, versions 0.
    LegacyOffsetCommit(LegacyOffsetCommitKey),
    /// Type 1, versions 0.
    OffsetCommit(OffsetCommitKey),
    /// Type 2, versions 0.
    GroupMetadata(GroupMetadataKey),
    /// Type 3, versions 0.
    ConsumerGroupMetadata(ConsumerGroupMetadataKey),
    /// Type 4, versions 0.
    ConsumerGroupPartitionMetadata(ConsumerGroupPartitionMetadataKey),
    /// Type 5, versions 0.
    ConsumerGroupMemberMetadata(ConsumerGroupMemberMetadataKey),
    /// Type 6, versions 0.
    ConsumerGroupTargetAssignmentMetadata(ConsumerGroupTargetAssignmentMetadataKey),
    /// Type 7, versions 0.
    ConsumerGroupTargetAssignmentMember(ConsumerGroupTargetAssignmentMemberKey),
    /// Type 8, versions 0.
    ConsumerGroupCurrentMemberAssignment(ConsumerGroupCurrentMemberAssignmentKey),
    /// Type 10, versions 0.
    ShareGroupMemberMetadata(ShareGroupMemberMetadataKey),
    /// Type 11, versions 0.
    ShareGroupMetadata(ShareGroupMetadataKey),
    /// Type 12, versions 0.
    ShareGroupTargetAssignmentMetadata(ShareGroupTargetAssignmentMetadataKey),
    /// Type 13, versions 0.
    ShareGroupTargetAssignmentMember(ShareGroupTargetAssignmentMemberKey),
    /// Type 14, versions 0.
    ShareGroupCurrentMemberAssignment(ShareGroupCurrentMemberAssignmentKey),
    /// Type 15, versions 0.
    ShareGroupStatePartitionMetadata(ShareGroupStatePartitionMetadataKey),
    /// Type 16, versions 0.
    ConsumerGroupRegularExpression(ConsumerGroupRegularExpressionKey),
    /// Type 17, versions 0.
    StreamsGroupMetadata(StreamsGroupMetadataKey),
    /// Type 19, versions 0.
    StreamsGroupMemberMetadata(StreamsGroupMemberMetadataKey),
    /// Type 20, versions 0.
    StreamsGroupTargetAssignmentMetadata(StreamsGroupTargetAssignmentMetadataKey),
    /// Type 21, versions 0.
    StreamsGroupTargetAssignmentMember(StreamsGroupTargetAssignmentMemberKey),
    /// Type 22, versions 0.
    StreamsGroupCurrentMemberAssignment(StreamsGroupCurrentMemberAssignmentKey),
    /// Type 23, versions 0.
    StreamsGroupTopology(StreamsGroupTopologyKey),
}

impl GroupRecordKey {
    /// Reads the message of type `kind`. Errors: `UnknownType`, or the message's own.
    pub fn decode_as(kind: i16, r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Ok(match kind {
            0 => Self::LegacyOffsetCommit(LegacyOffsetCommitKey::decode(r, version)?),
            1 => Self::OffsetCommit(OffsetCommitKey::decode(r, version)?),
            2 => Self::GroupMetadata(GroupMetadataKey::decode(r, version)?),
            3 => Self::ConsumerGroupMetadata(ConsumerGroupMetadataKey::decode(r, version)?),
            4 => Self::ConsumerGroupPartitionMetadata(ConsumerGroupPartitionMetadataKey::decode(r, version)?),
            5 => Self::ConsumerGroupMemberMetadata(ConsumerGroupMemberMetadataKey::decode(r, version)?),
            6 => Self::ConsumerGroupTargetAssignmentMetadata(ConsumerGroupTargetAssignmentMetadataKey::decode(r, version)?),
            7 => Self::ConsumerGroupTargetAssignmentMember(ConsumerGroupTargetAssignmentMemberKey::decode(r, version)?),
            8 => Self::ConsumerGroupCurrentMemberAssignment(ConsumerGroupCurrentMemberAssignmentKey::decode(r, version)?),
            10 => Self::ShareGroupMemberMetadata(ShareGroupMemberMetadataKey::decode(r, version)?),
            11 => Self::ShareGroupMetadata(ShareGroupMetadataKey::decode(r, version)?),
            12 => Self::ShareGroupTargetAssignmentMetadata(ShareGroupTargetAssignmentMetadataKey::decode(r, version)?),
            13 => Self::ShareGroupTargetAssignmentMember(ShareGroupTargetAssignmentMemberKey::decode(r, version)?),
            14 => Self::ShareGroupCurrentMemberAssignment(ShareGroupCurrentMemberAssignmentKey::decode(r, version)?),
            15 => Self::ShareGroupStatePartitionMetadata(ShareGroupStatePartitionMetadataKey::decode(r, version)?),
            16 => Self::ConsumerGroupRegularExpression(ConsumerGroupRegularExpressionKey::decode(r, version)?),
            17 => Self::StreamsGroupMetadata(StreamsGroupMetadataKey::decode(r, version)?),
            19 => Self::StreamsGroupMemberMetadata(StreamsGroupMemberMetadataKey::decode(r, version)?),
            20 => Self::StreamsGroupTargetAssignmentMetadata(StreamsGroupTargetAssignmentMetadataKey::decode(r, version)?),
            21 => Self::StreamsGroupTargetAssignmentMember(StreamsGroupTargetAssignmentMemberKey::decode(r, version)?),
            22 => Self::StreamsGroupCurrentMemberAssignment(StreamsGroupCurrentMemberAssignmentKey::decode(r, version)?),
            23 => Self::StreamsGroupTopology(StreamsGroupTopologyKey::decode(r, version)?),
            _ => return Err(DecodeError::UnknownType(i32::from(kind))),
        })
    }

    /// Writes the message without its type and version. Errors: the message's own.
    pub fn encode_body(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        match self {
            Self::LegacyOffsetCommit(m) => m.encode(s, version),
            Self::OffsetCommit(m) => m.encode(s, version),
            Self::GroupMetadata(m) => m.encode(s, version),
            Self::ConsumerGroupMetadata(m) => m.encode(s, version),
            Self::ConsumerGroupPartitionMetadata(m) => m.encode(s, version),
            Self::ConsumerGroupMemberMetadata(m) => m.encode(s, version),
            Self::ConsumerGroupTargetAssignmentMetadata(m) => m.encode(s, version),
            Self::ConsumerGroupTargetAssignmentMember(m) => m.encode(s, version),
            Self::ConsumerGroupCurrentMemberAssignment(m) => m.encode(s, version),
            Self::ShareGroupMemberMetadata(m) => m.encode(s, version),
            Self::ShareGroupMetadata(m) => m.encode(s, version),
            Self::ShareGroupTargetAssignmentMetadata(m) => m.encode(s, version),
            Self::ShareGroupTargetAssignmentMember(m) => m.encode(s, version),
            Self::ShareGroupCurrentMemberAssignment(m) => m.encode(s, version),
            Self::ShareGroupStatePartitionMetadata(m) => m.encode(s, version),
            Self::ConsumerGroupRegularExpression(m) => m.encode(s, version),
            Self::StreamsGroupMetadata(m) => m.encode(s, version),
            Self::StreamsGroupMemberMetadata(m) => m.encode(s, version),
            Self::StreamsGroupTargetAssignmentMetadata(m) => m.encode(s, version),
            Self::StreamsGroupTargetAssignmentMember(m) => m.encode(s, version),
            Self::StreamsGroupCurrentMemberAssignment(m) => m.encode(s, version),
            Self::StreamsGroupTopology(m) => m.encode(s, version),
        }
    }

    /// The record type.
    #[must_use]
    pub fn kind(&self) -> i16 {
        match self {
            Self::LegacyOffsetCommit(_) => 0,
            Self::OffsetCommit(_) => 1,
            Self::GroupMetadata(_) => 2,
            Self::ConsumerGroupMetadata(_) => 3,
            Self::ConsumerGroupPartitionMetadata(_) => 4,
            Self::ConsumerGroupMemberMetadata(_) => 5,
            Self::ConsumerGroupTargetAssignmentMetadata(_) => 6,
            Self::ConsumerGroupTargetAssignmentMember(_) => 7,
            Self::ConsumerGroupCurrentMemberAssignment(_) => 8,
            Self::ShareGroupMemberMetadata(_) => 10,
            Self::ShareGroupMetadata(_) => 11,
            Self::ShareGroupTargetAssignmentMetadata(_) => 12,
            Self::ShareGroupTargetAssignmentMember(_) => 13,
            Self::ShareGroupCurrentMemberAssignment(_) => 14,
            Self::ShareGroupStatePartitionMetadata(_) => 15,
            Self::ConsumerGroupRegularExpression(_) => 16,
            Self::StreamsGroupMetadata(_) => 17,
            Self::StreamsGroupMemberMetadata(_) => 19,
            Self::StreamsGroupTargetAssignmentMetadata(_) => 20,
            Self::StreamsGroupTargetAssignmentMember(_) => 21,
            Self::StreamsGroupCurrentMemberAssignment(_) => 22,
            Self::StreamsGroupTopology(_) => 23,
        }
    }

    /// The lowest and the highest version.
    #[must_use]
    pub fn versions(&self) -> (i16, i16) {
        match self {
            Self::LegacyOffsetCommit(_) => (LegacyOffsetCommitKey::MIN, LegacyOffsetCommitKey::MAX),
            Self::OffsetCommit(_) => (OffsetCommitKey::MIN, OffsetCommitKey::MAX),
            Self::GroupMetadata(_) => (GroupMetadataKey::MIN, GroupMetadataKey::MAX),
            Self::ConsumerGroupMetadata(_) => (ConsumerGroupMetadataKey::MIN, ConsumerGroupMetadataKey::MAX),
            Self::ConsumerGroupPartitionMetadata(_) => (ConsumerGroupPartitionMetadataKey::MIN, ConsumerGroupPartitionMetadataKey::MAX),
            Self::ConsumerGroupMemberMetadata(_) => (ConsumerGroupMemberMetadataKey::MIN, ConsumerGroupMemberMetadataKey::MAX),
            Self::ConsumerGroupTargetAssignmentMetadata(_) => (ConsumerGroupTargetAssignmentMetadataKey::MIN, ConsumerGroupTargetAssignmentMetadataKey::MAX),
            Self::ConsumerGroupTargetAssignmentMember(_) => (ConsumerGroupTargetAssignmentMemberKey::MIN, ConsumerGroupTargetAssignmentMemberKey::MAX),
            Self::ConsumerGroupCurrentMemberAssignment(_) => (ConsumerGroupCurrentMemberAssignmentKey::MIN, ConsumerGroupCurrentMemberAssignmentKey::MAX),
            Self::ShareGroupMemberMetadata(_) => (ShareGroupMemberMetadataKey::MIN, ShareGroupMemberMetadataKey::MAX),
            Self::ShareGroupMetadata(_) => (ShareGroupMetadataKey::MIN, ShareGroupMetadataKey::MAX),
            Self::ShareGroupTargetAssignmentMetadata(_) => (ShareGroupTargetAssignmentMetadataKey::MIN, ShareGroupTargetAssignmentMetadataKey::MAX),
            Self::ShareGroupTargetAssignmentMember(_) => (ShareGroupTargetAssignmentMemberKey::MIN, ShareGroupTargetAssignmentMemberKey::MAX),
            Self::ShareGroupCurrentMemberAssignment(_) => (ShareGroupCurrentMemberAssignmentKey::MIN, ShareGroupCurrentMemberAssignmentKey::MAX),
            Self::ShareGroupStatePartitionMetadata(_) => (ShareGroupStatePartitionMetadataKey::MIN, ShareGroupStatePartitionMetadataKey::MAX),
            Self::ConsumerGroupRegularExpression(_) => (ConsumerGroupRegularExpressionKey::MIN, ConsumerGroupRegularExpressionKey::MAX),
            Self::StreamsGroupMetadata(_) => (StreamsGroupMetadataKey::MIN, StreamsGroupMetadataKey::MAX),
            Self::StreamsGroupMemberMetadata(_) => (StreamsGroupMemberMetadataKey::MIN, StreamsGroupMemberMetadataKey::MAX),
            Self::StreamsGroupTargetAssignmentMetadata(_) => (StreamsGroupTargetAssignmentMetadataKey::MIN, StreamsGroupTargetAssignmentMetadataKey::MAX),
            Self::StreamsGroupTargetAssignmentMember(_) => (StreamsGroupTargetAssignmentMemberKey::MIN, StreamsGroupTargetAssignmentMemberKey::MAX),
            Self::StreamsGroupCurrentMemberAssignment(_) => (StreamsGroupCurrentMemberAssignmentKey::MIN, StreamsGroupCurrentMemberAssignmentKey::MAX),
            Self::StreamsGroupTopology(_) => (StreamsGroupTopologyKey::MIN, StreamsGroupTopologyKey::MAX),
        }
    }
}

/// `GroupRecordValue`: one variant per record type.
#[derive(Clone, PartialEq, Debug)]
pub enum GroupRecordValue {
    /// Type 0, versions 0.
    LegacyOffsetCommit(LegacyOffsetCommitValue),
    /// Type 1, versions 0-4.
    OffsetCommit(OffsetCommitValue),
    /// Type 2, versions 0-4.
    GroupMetadata(GroupMetadataValue),
    /// Type 3, versions 0.
    ConsumerGroupMetadata(ConsumerGroupMetadataValue),
    /// Type 4, versions 0.
    ConsumerGroupPartitionMetadata(ConsumerGroupPartitionMetadataValue),
    /// Type 5, versions 0.
    ConsumerGroupMemberMetadata(ConsumerGroupMemberMetadataValue),
    /// Type 6, versions 0.
    ConsumerGroupTargetAssignmentMetadata(ConsumerGroupTargetAssignmentMetadataValue),
    /// Type 7, versions 0.
    ConsumerGroupTargetAssignmentMember(ConsumerGroupTargetAssignmentMemberValue),
    /// Type 8, versions 0.
    ConsumerGroupCurrentMemberAssignment(ConsumerGroupCurrentMemberAssignmentValue),
    /// Type 10, versions 0.
    ShareGroupMemberMetadata(ShareGroupMemberMetadataValue),
    /// Type 11, versions 0.
    ShareGroupMetadata(ShareGroupMetadataValue),
    /// Type 12, versions 0.
    ShareGroupTargetAssignmentMetadata(ShareGroupTargetAssignmentMetadataValue),
    /// Type 13, versions 0.
    ShareGroupTargetAssignmentMember(ShareGroupTargetAssignmentMemberValue),
    /// Type 14, versions 0.
    ShareGroupCurrentMemberAssignment(ShareGroupCurrentMemberAssignmentValue),
    /// Type 15, versions 0.
    ShareGroupStatePartitionMetadata(ShareGroupStatePartitionMetadataValue),
    /// Type 16, versions 0.
    ConsumerGroupRegularExpression(ConsumerGroupRegularExpressionValue),
    /// Type 17, versions 0.
    StreamsGroupMetadata(StreamsGroupMetadataValue),
    /// Type 19, versions 0.
    StreamsGroupMemberMetadata(StreamsGroupMemberMetadataValue),
    /// Type 20, versions 0.
    StreamsGroupTargetAssignmentMetadata(StreamsGroupTargetAssignmentMetadataValue),
    /// Type 21, versions 0.
    StreamsGroupTargetAssignmentMember(StreamsGroupTargetAssignmentMemberValue),
    /// Type 22, versions 0.
    StreamsGroupCurrentMemberAssignment(StreamsGroupCurrentMemberAssignmentValue),
    /// Type 23, versions 0.
    StreamsGroupTopology(StreamsGroupTopologyValue),
}

impl GroupRecordValue {
    /// Reads the message of type `kind`. Errors: `UnknownType`, or the message's own.
    pub fn decode_as(kind: i16, r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Ok(match kind {
            0 => Self::LegacyOffsetCommit(LegacyOffsetCommitValue::decode(r, version)?),
            1 => Self::OffsetCommit(OffsetCommitValue::decode(r, version)?),
            2 => Self::GroupMetadata(GroupMetadataValue::decode(r, version)?),
            3 => Self::ConsumerGroupMetadata(ConsumerGroupMetadataValue::decode(r, version)?),
            4 => Self::ConsumerGroupPartitionMetadata(ConsumerGroupPartitionMetadataValue::decode(r, version)?),
            5 => Self::ConsumerGroupMemberMetadata(ConsumerGroupMemberMetadataValue::decode(r, version)?),
            6 => Self::ConsumerGroupTargetAssignmentMetadata(ConsumerGroupTargetAssignmentMetadataValue::decode(r, version)?),
            7 => Self::ConsumerGroupTargetAssignmentMember(ConsumerGroupTargetAssignmentMemberValue::decode(r, version)?),
            8 => Self::ConsumerGroupCurrentMemberAssignment(ConsumerGroupCurrentMemberAssignmentValue::decode(r, version)?),
            10 => Self::ShareGroupMemberMetadata(ShareGroupMemberMetadataValue::decode(r, version)?),
            11 => Self::ShareGroupMetadata(ShareGroupMetadataValue::decode(r, version)?),
            12 => Self::ShareGroupTargetAssignmentMetadata(ShareGroupTargetAssignmentMetadataValue::decode(r, version)?),
            13 => Self::ShareGroupTargetAssignmentMember(ShareGroupTargetAssignmentMemberValue::decode(r, version)?),
            14 => Self::ShareGroupCurrentMemberAssignment(ShareGroupCurrentMemberAssignmentValue::decode(r, version)?),
            15 => Self::ShareGroupStatePartitionMetadata(ShareGroupStatePartitionMetadataValue::decode(r, version)?),
            16 => Self::ConsumerGroupRegularExpression(ConsumerGroupRegularExpressionValue::decode(r, version)?),
            17 => Self::StreamsGroupMetadata(StreamsGroupMetadataValue::decode(r, version)?),
            19 => Self::StreamsGroupMemberMetadata(StreamsGroupMemberMetadataValue::decode(r, version)?),
            20 => Self::StreamsGroupTargetAssignmentMetadata(StreamsGroupTargetAssignmentMetadataValue::decode(r, version)?),
            21 => Self::StreamsGroupTargetAssignmentMember(StreamsGroupTargetAssignmentMemberValue::decode(r, version)?),
            22 => Self::StreamsGroupCurrentMemberAssignment(StreamsGroupCurrentMemberAssignmentValue::decode(r, version)?),
            23 => Self::StreamsGroupTopology(StreamsGroupTopologyValue::decode(r, version)?),
            _ => return Err(DecodeError::UnknownType(i32::from(kind))),
        })
    }

    /// Writes the message without its type and version. Errors: the message's own.
    pub fn encode_body(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        match self {
            Self::LegacyOffsetCommit(m) => m.encode(s, version),
            Self::OffsetCommit(m) => m.encode(s, version),
            Self::GroupMetadata(m) => m.encode(s, version),
            Self::ConsumerGroupMetadata(m) => m.encode(s, version),
            Self::ConsumerGroupPartitionMetadata(m) => m.encode(s, version),
            Self::ConsumerGroupMemberMetadata(m) => m.encode(s, version),
            Self::ConsumerGroupTargetAssignmentMetadata(m) => m.encode(s, version),
            Self::ConsumerGroupTargetAssignmentMember(m) => m.encode(s, version),
            Self::ConsumerGroupCurrentMemberAssignment(m) => m.encode(s, version),
            Self::ShareGroupMemberMetadata(m) => m.encode(s, version),
            Self::ShareGroupMetadata(m) => m.encode(s, version),
            Self::ShareGroupTargetAssignmentMetadata(m) => m.encode(s, version),
            Self::ShareGroupTargetAssignmentMember(m) => m.encode(s, version),
            Self::ShareGroupCurrentMemberAssignment(m) => m.encode(s, version),
            Self::ShareGroupStatePartitionMetadata(m) => m.encode(s, version),
            Self::ConsumerGroupRegularExpression(m) => m.encode(s, version),
            Self::StreamsGroupMetadata(m) => m.encode(s, version),
            Self::StreamsGroupMemberMetadata(m) => m.encode(s, version),
            Self::StreamsGroupTargetAssignmentMetadata(m) => m.encode(s, version),
            Self::StreamsGroupTargetAssignmentMember(m) => m.encode(s, version),
            Self::StreamsGroupCurrentMemberAssignment(m) => m.encode(s, version),
            Self::StreamsGroupTopology(m) => m.encode(s, version),
        }
    }

    /// The record type.
    #[must_use]
    pub fn kind(&self) -> i16 {
        match self {
            Self::LegacyOffsetCommit(_) => 0,
            Self::OffsetCommit(_) => 1,
            Self::GroupMetadata(_) => 2,
            Self::ConsumerGroupMetadata(_) => 3,
            Self::ConsumerGroupPartitionMetadata(_) => 4,
            Self::ConsumerGroupMemberMetadata(_) => 5,
            Self::ConsumerGroupTargetAssignmentMetadata(_) => 6,
            Self::ConsumerGroupTargetAssignmentMember(_) => 7,
            Self::ConsumerGroupCurrentMemberAssignment(_) => 8,
            Self::ShareGroupMemberMetadata(_) => 10,
            Self::ShareGroupMetadata(_) => 11,
            Self::ShareGroupTargetAssignmentMetadata(_) => 12,
            Self::ShareGroupTargetAssignmentMember(_) => 13,
            Self::ShareGroupCurrentMemberAssignment(_) => 14,
            Self::ShareGroupStatePartitionMetadata(_) => 15,
            Self::ConsumerGroupRegularExpression(_) => 16,
            Self::StreamsGroupMetadata(_) => 17,
            Self::StreamsGroupMemberMetadata(_) => 19,
            Self::StreamsGroupTargetAssignmentMetadata(_) => 20,
            Self::StreamsGroupTargetAssignmentMember(_) => 21,
            Self::StreamsGroupCurrentMemberAssignment(_) => 22,
            Self::StreamsGroupTopology(_) => 23,
        }
    }

    /// The lowest and the highest version.
    #[must_use]
    pub fn versions(&self) -> (i16, i16) {
        match self {
            Self::LegacyOffsetCommit(_) => (LegacyOffsetCommitValue::MIN, LegacyOffsetCommitValue::MAX),
            Self::OffsetCommit(_) => (OffsetCommitValue::MIN, OffsetCommitValue::MAX),
            Self::GroupMetadata(_) => (GroupMetadataValue::MIN, GroupMetadataValue::MAX),
            Self::ConsumerGroupMetadata(_) => (ConsumerGroupMetadataValue::MIN, ConsumerGroupMetadataValue::MAX),
            Self::ConsumerGroupPartitionMetadata(_) => (ConsumerGroupPartitionMetadataValue::MIN, ConsumerGroupPartitionMetadataValue::MAX),
            Self::ConsumerGroupMemberMetadata(_) => (ConsumerGroupMemberMetadataValue::MIN, ConsumerGroupMemberMetadataValue::MAX),
            Self::ConsumerGroupTargetAssignmentMetadata(_) => (ConsumerGroupTargetAssignmentMetadataValue::MIN, ConsumerGroupTargetAssignmentMetadataValue::MAX),
            Self::ConsumerGroupTargetAssignmentMember(_) => (ConsumerGroupTargetAssignmentMemberValue::MIN, ConsumerGroupTargetAssignmentMemberValue::MAX),
            Self::ConsumerGroupCurrentMemberAssignment(_) => (ConsumerGroupCurrentMemberAssignmentValue::MIN, ConsumerGroupCurrentMemberAssignmentValue::MAX),
            Self::ShareGroupMemberMetadata(_) => (ShareGroupMemberMetadataValue::MIN, ShareGroupMemberMetadataValue::MAX),
            Self::ShareGroupMetadata(_) => (ShareGroupMetadataValue::MIN, ShareGroupMetadataValue::MAX),
            Self::ShareGroupTargetAssignmentMetadata(_) => (ShareGroupTargetAssignmentMetadataValue::MIN, ShareGroupTargetAssignmentMetadataValue::MAX),
            Self::ShareGroupTargetAssignmentMember(_) => (ShareGroupTargetAssignmentMemberValue::MIN, ShareGroupTargetAssignmentMemberValue::MAX),
            Self::ShareGroupCurrentMemberAssignment(_) => (ShareGroupCurrentMemberAssignmentValue::MIN, ShareGroupCurrentMemberAssignmentValue::MAX),
            Self::ShareGroupStatePartitionMetadata(_) => (ShareGroupStatePartitionMetadataValue::MIN, ShareGroupStatePartitionMetadataValue::MAX),
            Self::ConsumerGroupRegularExpression(_) => (ConsumerGroupRegularExpressionValue::MIN, ConsumerGroupRegularExpressionValue::MAX),
            Self::StreamsGroupMetadata(_) => (StreamsGroupMetadataValue::MIN, StreamsGroupMetadataValue::MAX),
            Self::StreamsGroupMemberMetadata(_) => (StreamsGroupMemberMetadataValue::MIN, StreamsGroupMemberMetadataValue::MAX),
            Self::StreamsGroupTargetAssignmentMetadata(_) => (StreamsGroupTargetAssignmentMetadataValue::MIN, StreamsGroupTargetAssignmentMetadataValue::MAX),
            Self::StreamsGroupTargetAssignmentMember(_) => (StreamsGroupTargetAssignmentMemberValue::MIN, StreamsGroupTargetAssignmentMemberValue::MAX),
            Self::StreamsGroupCurrentMemberAssignment(_) => (StreamsGroupCurrentMemberAssignmentValue::MIN, StreamsGroupCurrentMemberAssignmentValue::MAX),
            Self::StreamsGroupTopology(_) => (StreamsGroupTopologyValue::MIN, StreamsGroupTopologyValue::MAX),
        }
    }
}

/// `MetadataRecord`: one variant per record type.
#[derive(Clone, PartialEq, Debug)]
pub enum MetadataRecord {
    /// Type 0, versions 0-4.
    RegisterBroker(RegisterBrokerRecord),
    /// Type 1, versions 0.
    UnregisterBroker(UnregisterBrokerRecord),
    /// Type 2, versions 0.
    Topic(TopicRecord),
    /// Type 3, versions 0-2.
    Partition(PartitionRecord),
    /// Type 4, versions 0.
    Config(ConfigRecord),
    /// Type 5, versions 0-2.
    PartitionChange(PartitionChangeRecord),
    /// Type 7, versions 0.
    FenceBroker(FenceBrokerRecord),
    /// Type 8, versions 0.
    UnfenceBroker(UnfenceBrokerRecord),
    /// Type 9, versions 0.
    RemoveTopic(RemoveTopicRecord),
    /// Type 10, versions 0.
    DelegationToken(DelegationTokenRecord),
    /// Type 11, versions 0.
    UserScramCredential(UserScramCredentialRecord),
    /// Type 12, versions 0.
    FeatureLevel(FeatureLevelRecord),
    /// Type 14, versions 0.
    ClientQuota(ClientQuotaRecord),
    /// Type 15, versions 0.
    ProducerIds(ProducerIdsRecord),
    /// Type 17, versions 0-3.
    BrokerRegistrationChange(BrokerRegistrationChangeRecord),
    /// Type 18, versions 0.
    AccessControlEntry(AccessControlEntryRecord),
    /// Type 19, versions 0.
    RemoveAccessControlEntry(RemoveAccessControlEntryRecord),
    /// Type 20, versions 0.
    NoOp(NoOpRecord),
    /// Type 21, versions 0.
    ZkMigrationState(ZkMigrationStateRecord),
    /// Type 22, versions 0.
    RemoveUserScramCredential(RemoveUserScramCredentialRecord),
    /// Type 23, versions 0.
    BeginTransaction(BeginTransactionRecord),
    /// Type 24, versions 0.
    EndTransaction(EndTransactionRecord),
    /// Type 25, versions 0.
    AbortTransaction(AbortTransactionRecord),
    /// Type 26, versions 0.
    RemoveDelegationToken(RemoveDelegationTokenRecord),
    /// Type 27, versions 0.
    RegisterController(RegisterControllerRecord),
    /// Type 28, versions 0.
    ClearElr(ClearElrRecord),
}

impl MetadataRecord {
    /// Reads the message of type `kind`. Errors: `UnknownType`, or the message's own.
    pub fn decode_as(kind: i16, r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Ok(match kind {
            0 => Self::RegisterBroker(RegisterBrokerRecord::decode(r, version)?),
            1 => Self::UnregisterBroker(UnregisterBrokerRecord::decode(r, version)?),
            2 => Self::Topic(TopicRecord::decode(r, version)?),
            3 => Self::Partition(PartitionRecord::decode(r, version)?),
            4 => Self::Config(ConfigRecord::decode(r, version)?),
            5 => Self::PartitionChange(PartitionChangeRecord::decode(r, version)?),
            7 => Self::FenceBroker(FenceBrokerRecord::decode(r, version)?),
            8 => Self::UnfenceBroker(UnfenceBrokerRecord::decode(r, version)?),
            9 => Self::RemoveTopic(RemoveTopicRecord::decode(r, version)?),
            10 => Self::DelegationToken(DelegationTokenRecord::decode(r, version)?),
            11 => Self::UserScramCredential(UserScramCredentialRecord::decode(r, version)?),
            12 => Self::FeatureLevel(FeatureLevelRecord::decode(r, version)?),
            14 => Self::ClientQuota(ClientQuotaRecord::decode(r, version)?),
            15 => Self::ProducerIds(ProducerIdsRecord::decode(r, version)?),
            17 => Self::BrokerRegistrationChange(BrokerRegistrationChangeRecord::decode(r, version)?),
            18 => Self::AccessControlEntry(AccessControlEntryRecord::decode(r, version)?),
            19 => Self::RemoveAccessControlEntry(RemoveAccessControlEntryRecord::decode(r, version)?),
            20 => Self::NoOp(NoOpRecord::decode(r, version)?),
            21 => Self::ZkMigrationState(ZkMigrationStateRecord::decode(r, version)?),
            22 => Self::RemoveUserScramCredential(RemoveUserScramCredentialRecord::decode(r, version)?),
            23 => Self::BeginTransaction(BeginTransactionRecord::decode(r, version)?),
            24 => Self::EndTransaction(EndTransactionRecord::decode(r, version)?),
            25 => Self::AbortTransaction(AbortTransactionRecord::decode(r, version)?),
            26 => Self::RemoveDelegationToken(RemoveDelegationTokenRecord::decode(r, version)?),
            27 => Self::RegisterController(RegisterControllerRecord::decode(r, version)?),
            28 => Self::ClearElr(ClearElrRecord::decode(r, version)?),
            _ => return Err(DecodeError::UnknownType(i32::from(kind))),
        })
    }

    /// Writes the message without its type and version. Errors: the message's own.
    pub fn encode_body(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        match self {
            Self::RegisterBroker(m) => m.encode(s, version),
            Self::UnregisterBroker(m) => m.encode(s, version),
            Self::Topic(m) => m.encode(s, version),
            Self::Partition(m) => m.encode(s, version),
            Self::Config(m) => m.encode(s, version),
            Self::PartitionChange(m) => m.encode(s, version),
            Self::FenceBroker(m) => m.encode(s, version),
            Self::UnfenceBroker(m) => m.encode(s, version),
            Self::RemoveTopic(m) => m.encode(s, version),
            Self::DelegationToken(m) => m.encode(s, version),
            Self::UserScramCredential(m) => m.encode(s, version),
            Self::FeatureLevel(m) => m.encode(s, version),
            Self::ClientQuota(m) => m.encode(s, version),
            Self::ProducerIds(m) => m.encode(s, version),
            Self::BrokerRegistrationChange(m) => m.encode(s, version),
            Self::AccessControlEntry(m) => m.encode(s, version),
            Self::RemoveAccessControlEntry(m) => m.encode(s, version),
            Self::NoOp(m) => m.encode(s, version),
            Self::ZkMigrationState(m) => m.encode(s, version),
            Self::RemoveUserScramCredential(m) => m.encode(s, version),
            Self::BeginTransaction(m) => m.encode(s, version),
            Self::EndTransaction(m) => m.encode(s, version),
            Self::AbortTransaction(m) => m.encode(s, version),
            Self::RemoveDelegationToken(m) => m.encode(s, version),
            Self::RegisterController(m) => m.encode(s, version),
            Self::ClearElr(m) => m.encode(s, version),
        }
    }

    /// The record type.
    #[must_use]
    pub fn kind(&self) -> i16 {
        match self {
            Self::RegisterBroker(_) => 0,
            Self::UnregisterBroker(_) => 1,
            Self::Topic(_) => 2,
            Self::Partition(_) => 3,
            Self::Config(_) => 4,
            Self::PartitionChange(_) => 5,
            Self::FenceBroker(_) => 7,
            Self::UnfenceBroker(_) => 8,
            Self::RemoveTopic(_) => 9,
            Self::DelegationToken(_) => 10,
            Self::UserScramCredential(_) => 11,
            Self::FeatureLevel(_) => 12,
            Self::ClientQuota(_) => 14,
            Self::ProducerIds(_) => 15,
            Self::BrokerRegistrationChange(_) => 17,
            Self::AccessControlEntry(_) => 18,
            Self::RemoveAccessControlEntry(_) => 19,
            Self::NoOp(_) => 20,
            Self::ZkMigrationState(_) => 21,
            Self::RemoveUserScramCredential(_) => 22,
            Self::BeginTransaction(_) => 23,
            Self::EndTransaction(_) => 24,
            Self::AbortTransaction(_) => 25,
            Self::RemoveDelegationToken(_) => 26,
            Self::RegisterController(_) => 27,
            Self::ClearElr(_) => 28,
        }
    }

    /// The lowest and the highest version.
    #[must_use]
    pub fn versions(&self) -> (i16, i16) {
        match self {
            Self::RegisterBroker(_) => (RegisterBrokerRecord::MIN, RegisterBrokerRecord::MAX),
            Self::UnregisterBroker(_) => (UnregisterBrokerRecord::MIN, UnregisterBrokerRecord::MAX),
            Self::Topic(_) => (TopicRecord::MIN, TopicRecord::MAX),
            Self::Partition(_) => (PartitionRecord::MIN, PartitionRecord::MAX),
            Self::Config(_) => (ConfigRecord::MIN, ConfigRecord::MAX),
            Self::PartitionChange(_) => (PartitionChangeRecord::MIN, PartitionChangeRecord::MAX),
            Self::FenceBroker(_) => (FenceBrokerRecord::MIN, FenceBrokerRecord::MAX),
            Self::UnfenceBroker(_) => (UnfenceBrokerRecord::MIN, UnfenceBrokerRecord::MAX),
            Self::RemoveTopic(_) => (RemoveTopicRecord::MIN, RemoveTopicRecord::MAX),
            Self::DelegationToken(_) => (DelegationTokenRecord::MIN, DelegationTokenRecord::MAX),
            Self::UserScramCredential(_) => (UserScramCredentialRecord::MIN, UserScramCredentialRecord::MAX),
            Self::FeatureLevel(_) => (FeatureLevelRecord::MIN, FeatureLevelRecord::MAX),
            Self::ClientQuota(_) => (ClientQuotaRecord::MIN, ClientQuotaRecord::MAX),
            Self::ProducerIds(_) => (ProducerIdsRecord::MIN, ProducerIdsRecord::MAX),
            Self::BrokerRegistrationChange(_) => (BrokerRegistrationChangeRecord::MIN, BrokerRegistrationChangeRecord::MAX),
            Self::AccessControlEntry(_) => (AccessControlEntryRecord::MIN, AccessControlEntryRecord::MAX),
            Self::RemoveAccessControlEntry(_) => (RemoveAccessControlEntryRecord::MIN, RemoveAccessControlEntryRecord::MAX),
            Self::NoOp(_) => (NoOpRecord::MIN, NoOpRecord::MAX),
            Self::ZkMigrationState(_) => (ZkMigrationStateRecord::MIN, ZkMigrationStateRecord::MAX),
            Self::RemoveUserScramCredential(_) => (RemoveUserScramCredentialRecord::MIN, RemoveUserScramCredentialRecord::MAX),
            Self::BeginTransaction(_) => (BeginTransactionRecord::MIN, BeginTransactionRecord::MAX),
            Self::EndTransaction(_) => (EndTransactionRecord::MIN, EndTransactionRecord::MAX),
            Self::AbortTransaction(_) => (AbortTransactionRecord::MIN, AbortTransactionRecord::MAX),
            Self::RemoveDelegationToken(_) => (RemoveDelegationTokenRecord::MIN, RemoveDelegationTokenRecord::MAX),
            Self::RegisterController(_) => (RegisterControllerRecord::MIN, RegisterControllerRecord::MAX),
            Self::ClearElr(_) => (ClearElrRecord::MIN, ClearElrRecord::MAX),
        }
    }
}

/// `ShareRecordKey`: one variant per record type.
#[derive(Clone, PartialEq, Debug)]
pub enum ShareRecordKey {
    /// Type 0, versions 0.
    ShareSnapshot(ShareSnapshotKey),
    /// Type 1, versions 0.
    ShareUpdate(ShareUpdateKey),
}

impl ShareRecordKey {
    /// Reads the message of type `kind`. Errors: `UnknownType`, or the message's own.
    pub fn decode_as(kind: i16, r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Ok(match kind {
            0 => Self::ShareSnapshot(ShareSnapshotKey::decode(r, version)?),
            1 => Self::ShareUpdate(ShareUpdateKey::decode(r, version)?),
            _ => return Err(DecodeError::UnknownType(i32::from(kind))),
        })
    }

    /// Writes the message without its type and version. Errors: the message's own.
    pub fn encode_body(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        match self {
            Self::ShareSnapshot(m) => m.encode(s, version),
            Self::ShareUpdate(m) => m.encode(s, version),
        }
    }

    /// The record type.
    #[must_use]
    pub fn kind(&self) -> i16 {
        match self {
            Self::ShareSnapshot(_) => 0,
            Self::ShareUpdate(_) => 1,
        }
    }

    /// The lowest and the highest version.
    #[must_use]
    pub fn versions(&self) -> (i16, i16) {
        match self {
            Self::ShareSnapshot(_) => (ShareSnapshotKey::MIN, ShareSnapshotKey::MAX),
            Self::ShareUpdate(_) => (ShareUpdateKey::MIN, ShareUpdateKey::MAX),
        }
    }
}

/// `ShareRecordValue`: one variant per record type.
#[derive(Clone, PartialEq, Debug)]
pub enum ShareRecordValue {
    /// Type 0, versions 0.
    ShareSnapshot(ShareSnapshotValue),
    /// Type 1, versions 0.
    ShareUpdate(ShareUpdateValue),
}

impl ShareRecordValue {
    /// Reads the message of type `kind`. Errors: `UnknownType`, or the message's own.
    pub fn decode_as(kind: i16, r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Ok(match kind {
            0 => Self::ShareSnapshot(ShareSnapshotValue::decode(r, version)?),
            1 => Self::ShareUpdate(ShareUpdateValue::decode(r, version)?),
            _ => return Err(DecodeError::UnknownType(i32::from(kind))),
        })
    }

    /// Writes the message without its type and version. Errors: the message's own.
    pub fn encode_body(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        match self {
            Self::ShareSnapshot(m) => m.encode(s, version),
            Self::ShareUpdate(m) => m.encode(s, version),
        }
    }

    /// The record type.
    #[must_use]
    pub fn kind(&self) -> i16 {
        match self {
            Self::ShareSnapshot(_) => 0,
            Self::ShareUpdate(_) => 1,
        }
    }

    /// The lowest and the highest version.
    #[must_use]
    pub fn versions(&self) -> (i16, i16) {
        match self {
            Self::ShareSnapshot(_) => (ShareSnapshotValue::MIN, ShareSnapshotValue::MAX),
            Self::ShareUpdate(_) => (ShareUpdateValue::MIN, ShareUpdateValue::MAX),
        }
    }
}

/// `TransactionRecordKey`: one variant per record type.
#[derive(Clone, PartialEq, Debug)]
pub enum TransactionRecordKey {
    /// Type 0, versions 0.
    TransactionLog(TransactionLogKey),
}

impl TransactionRecordKey {
    /// Reads the message of type `kind`. Errors: `UnknownType`, or the message's own.
    pub fn decode_as(kind: i16, r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Ok(match kind {
            0 => Self::TransactionLog(TransactionLogKey::decode(r, version)?),
            _ => return Err(DecodeError::UnknownType(i32::from(kind))),
        })
    }

    /// Writes the message without its type and version. Errors: the message's own.
    pub fn encode_body(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        match self {
            Self::TransactionLog(m) => m.encode(s, version),
        }
    }

    /// The record type.
    #[must_use]
    pub fn kind(&self) -> i16 {
        match self {
            Self::TransactionLog(_) => 0,
        }
    }

    /// The lowest and the highest version.
    #[must_use]
    pub fn versions(&self) -> (i16, i16) {
        match self {
            Self::TransactionLog(_) => (TransactionLogKey::MIN, TransactionLogKey::MAX),
        }
    }
}

/// `TransactionRecordValue`: one variant per record type.
#[derive(Clone, PartialEq, Debug)]
pub enum TransactionRecordValue {
    /// Type 0, versions 0-1.
    TransactionLog(TransactionLogValue),
}

impl TransactionRecordValue {
    /// Reads the message of type `kind`. Errors: `UnknownType`, or the message's own.
    pub fn decode_as(kind: i16, r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Ok(match kind {
            0 => Self::TransactionLog(TransactionLogValue::decode(r, version)?),
            _ => return Err(DecodeError::UnknownType(i32::from(kind))),
        })
    }

    /// Writes the message without its type and version. Errors: the message's own.
    pub fn encode_body(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        match self {
            Self::TransactionLog(m) => m.encode(s, version),
        }
    }

    /// The record type.
    #[must_use]
    pub fn kind(&self) -> i16 {
        match self {
            Self::TransactionLog(_) => 0,
        }
    }

    /// The lowest and the highest version.
    #[must_use]
    pub fn versions(&self) -> (i16, i16) {
        match self {
            Self::TransactionLog(_) => (TransactionLogValue::MIN, TransactionLogValue::MAX),
        }
    }
}
