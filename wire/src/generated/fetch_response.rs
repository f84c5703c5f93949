//! `FetchResponse`: response, key 1, versions 4-18, flexible 12+. Generated; not to be edited.

use bytes::Bytes;

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `FetchResponse`, versions 4-18.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FetchResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16, versions 7-18.
    pub error_code: i16,
    /// `SessionId` int32, versions 7-18.
    pub session_id: i32,
    /// `Responses` array of FetchableTopicResponse.
    pub responses: Vec<FetchableTopicResponse>,
    /// `NodeEndpoints` array of NodeEndpoint, versions 16-18, tag 0.
    pub node_endpoints: Vec<NodeEndpoint>,
}

impl FetchResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 4, 18)?;
        let flexible = version >= 12;
        let mut out = Self {
            throttle_time_ms: r.int32()?,
            error_code: if version >= 7 { r.int16()? } else { 0 },
            session_id: if version >= 7 { r.int32()? } else { 0 },
            responses: r.array(flexible, version, if version <= 11 { 6 } else if version <= 12 { 3 } else { 18 }, FetchableTopicResponse::decode)?,
            node_endpoints: Vec::new(),
        };
        if flexible {
            let mut tags = r.tags(if version >= 16 { 0b1 } else { 0 })?;
            while tags.next(r)?.is_some() {
                out.node_endpoints = r.array(flexible, version, 11, NodeEndpoint::decode)?;
            }
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(4..=18).contains(&version) {
            return Err(EncodeError::Version { message: "FetchResponse", version });
        }
        let flexible = version >= 12;
        s.int32(self.throttle_time_ms);
        if version >= 7 {
            s.int16(self.error_code);
        }
        if version >= 7 {
            s.int32(self.session_id);
        } else {
            writer::absent(self.session_id != 0, "FetchResponse.SessionId", version)?;
        }
        writer::array(s, flexible, &self.responses, version, FetchableTopicResponse::encode)?;
        if version < 16 {
            writer::absent(!self.node_endpoints.is_empty(), "FetchResponse.NodeEndpoints", version)?;
        }
        if flexible {
            let tag0 = version >= 16 && !self.node_endpoints.is_empty();
            s.uvarint(u32::from(tag0));
            if tag0 {
                writer::tagged(s, 0, &|s| {
                    writer::array(s, flexible, &self.node_endpoints, version, NodeEndpoint::encode)?;
                    Ok(())
                })?;
            }
        }
        Ok(())
    }
}

/// `FetchableTopicResponse` in `FetchResponse`, versions 4-18.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FetchableTopicResponse {
    /// `Topic` string, a topicName, versions 4-12.
    pub topic: String,
    /// `TopicId` uuid, versions 13-18.
    pub topic_id: Uuid,
    /// `Partitions` array of PartitionData.
    pub partitions: Vec<PartitionData>,
}

impl FetchableTopicResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let out = Self {
            topic: if version <= 12 { r.string(flexible)? } else { String::new() },
            topic_id: if version >= 13 { r.uuid()? } else { Uuid::ZERO },
            partitions: r.array(flexible, version, if version <= 4 { 30 } else if version <= 10 { 38 } else if version <= 11 { 42 } else { 37 }, PartitionData::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 12;
        if version <= 12 {
            s.string(flexible, &self.topic)?;
        }
        if version >= 13 {
            s.uuid(self.topic_id);
        }
        writer::array(s, flexible, &self.partitions, version, PartitionData::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `PartitionData` in `FetchResponse`, versions 4-18.
#[derive(Clone, PartialEq, Debug)]
pub struct PartitionData {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `HighWatermark` int64.
    pub high_watermark: i64,
    /// `LastStableOffset` int64, default -1.
    pub last_stable_offset: i64,
    /// `LogStartOffset` int64, versions 5-18, default -1.
    pub log_start_offset: i64,
    /// `DivergingEpoch` EpochEndOffset, versions 12-18, tag 0.
    pub diverging_epoch: EpochEndOffset,
    /// `CurrentLeader` LeaderIdAndEpoch, versions 12-18, tag 1.
    pub current_leader: LeaderIdAndEpoch,
    /// `SnapshotId` SnapshotId, versions 12-18, tag 2.
    pub snapshot_id: SnapshotId,
    /// `AbortedTransactions` array of AbortedTransaction, default Some(Vec::new()).
    pub aborted_transactions: Option<Vec<AbortedTransaction>>,
    /// `PreferredReadReplica` int32, a brokerId, versions 11-18, default -1.
    pub preferred_read_replica: i32,
    /// `Records` records.
    pub records: Option<Bytes>,
}

impl Default for PartitionData {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: 0,
            high_watermark: 0,
            last_stable_offset: -1,
            log_start_offset: -1,
            diverging_epoch: EpochEndOffset::default(),
            current_leader: LeaderIdAndEpoch::default(),
            snapshot_id: SnapshotId::default(),
            aborted_transactions: Some(Vec::new()),
            preferred_read_replica: -1,
            records: None,
        }
    }
}

impl PartitionData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let mut out = Self {
            partition_index: r.int32()?,
            error_code: r.int16()?,
            high_watermark: r.int64()?,
            last_stable_offset: r.int64()?,
            log_start_offset: if version >= 5 { r.int64()? } else { -1 },
            diverging_epoch: EpochEndOffset::default(),
            current_leader: LeaderIdAndEpoch::default(),
            snapshot_id: SnapshotId::default(),
            aborted_transactions: r.nullable_array(flexible, version, if version <= 11 { 16 } else { 17 }, AbortedTransaction::decode)?,
            preferred_read_replica: if version >= 11 { r.int32()? } else { -1 },
            records: r.nullable_bytes(flexible)?,
        };
        if flexible {
            let mut tags = r.tags(0b111)?;
            while let Some(tag) = tags.next(r)? {
                match tag {
                    0 => out.diverging_epoch = EpochEndOffset::decode(r, version)?,
                    1 => out.current_leader = LeaderIdAndEpoch::decode(r, version)?,
                    2 => out.snapshot_id = SnapshotId::decode(r, version)?,
                    _ => {}
                }
            }
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 12;
        s.int32(self.partition_index);
        s.int16(self.error_code);
        s.int64(self.high_watermark);
        s.int64(self.last_stable_offset);
        if version >= 5 {
            s.int64(self.log_start_offset);
        }
        writer::nullable_array(s, flexible, self.aborted_transactions.as_deref(), version, AbortedTransaction::encode)?;
        if version >= 11 {
            s.int32(self.preferred_read_replica);
        } else {
            writer::absent(self.preferred_read_replica != -1, "PartitionData.PreferredReadReplica", version)?;
        }
        s.nullable_bytes(flexible, self.records.as_ref())?;
        if version < 12 {
            writer::absent(self.diverging_epoch != EpochEndOffset::default(), "PartitionData.DivergingEpoch", version)?;
        }
        if version < 12 {
            writer::absent(self.current_leader != LeaderIdAndEpoch::default(), "PartitionData.CurrentLeader", version)?;
        }
        if version < 12 {
            writer::absent(self.snapshot_id != SnapshotId::default(), "PartitionData.SnapshotId", version)?;
        }
        if flexible {
            let tag0 = self.diverging_epoch != EpochEndOffset::default();
            let tag1 = self.current_leader != LeaderIdAndEpoch::default();
            let tag2 = self.snapshot_id != SnapshotId::default();
            s.uvarint(u32::from(tag0) + u32::from(tag1) + u32::from(tag2));
            if tag0 {
                writer::tagged(s, 0, &|s| {
                    self.diverging_epoch.encode(s, version)?;
                    Ok(())
                })?;
            }
            if tag1 {
                writer::tagged(s, 1, &|s| {
                    self.current_leader.encode(s, version)?;
                    Ok(())
                })?;
            }
            if tag2 {
                writer::tagged(s, 2, &|s| {
                    self.snapshot_id.encode(s, version)?;
                    Ok(())
                })?;
            }
        }
        Ok(())
    }
}

/// `EpochEndOffset` in `FetchResponse`, versions 12-18.
#[derive(Clone, PartialEq, Debug)]
pub struct EpochEndOffset {
    /// `Epoch` int32, default -1.
    pub epoch: i32,
    /// `EndOffset` int64, default -1.
    pub end_offset: i64,
}

impl Default for EpochEndOffset {
    fn default() -> Self {
        Self {
            epoch: -1,
            end_offset: -1,
        }
    }
}

impl EpochEndOffset {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            epoch: r.int32()?,
            end_offset: r.int64()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.epoch);
        s.int64(self.end_offset);
        s.uvarint(0);
        Ok(())
    }
}

/// `LeaderIdAndEpoch` in `FetchResponse`, versions 12-18.
#[derive(Clone, PartialEq, Debug)]
pub struct LeaderIdAndEpoch {
    /// `LeaderId` int32, a brokerId, default -1.
    pub leader_id: i32,
    /// `LeaderEpoch` int32, default -1.
    pub leader_epoch: i32,
}

impl Default for LeaderIdAndEpoch {
    fn default() -> Self {
        Self {
            leader_id: -1,
            leader_epoch: -1,
        }
    }
}

impl LeaderIdAndEpoch {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            leader_id: r.int32()?,
            leader_epoch: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.leader_id);
        s.int32(self.leader_epoch);
        s.uvarint(0);
        Ok(())
    }
}

/// `SnapshotId` in `FetchResponse`, versions 12-18.
#[derive(Clone, PartialEq, Debug)]
pub struct SnapshotId {
    /// `EndOffset` int64, default -1.
    pub end_offset: i64,
    /// `Epoch` int32, default -1.
    pub epoch: i32,
}

impl Default for SnapshotId {
    fn default() -> Self {
        Self {
            end_offset: -1,
            epoch: -1,
        }
    }
}

impl SnapshotId {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            end_offset: r.int64()?,
            epoch: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int64(self.end_offset);
        s.int32(self.epoch);
        s.uvarint(0);
        Ok(())
    }
}

/// `AbortedTransaction` in `FetchResponse`, versions 4-18.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AbortedTransaction {
    /// `ProducerId` int64, a producerId.
    pub producer_id: i64,
    /// `FirstOffset` int64.
    pub first_offset: i64,
}

impl AbortedTransaction {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let out = Self {
            producer_id: r.int64()?,
            first_offset: r.int64()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 12;
        s.int64(self.producer_id);
        s.int64(self.first_offset);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `NodeEndpoint` in `FetchResponse`, versions 16-18.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct NodeEndpoint {
    /// `NodeId` int32, a brokerId.
    pub node_id: i32,
    /// `Host` string.
    pub host: String,
    /// `Port` int32.
    pub port: i32,
    /// `Rack` string.
    pub rack: Option<String>,
}

impl NodeEndpoint {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            node_id: r.int32()?,
            host: r.string(true)?,
            port: r.int32()?,
            rack: r.nullable_string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.node_id);
        s.string(true, &self.host)?;
        s.int32(self.port);
        s.nullable_string(true, self.rack.as_deref())?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for FetchResponse {
    const NAME: &'static str = "FetchResponse";
    const MIN: i16 = 4;
    const MAX: i16 = 18;
    const FLEXIBLE_FROM: i16 = 12;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for FetchResponse {
    const API: ApiKey = ApiKey::Fetch;
}
