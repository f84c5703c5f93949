//! `FetchSnapshotResponse`: response, key 59, versions 0-1, flexible 0+. Generated; not to be edited.

use bytes::Bytes;

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `FetchSnapshotResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FetchSnapshotResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `Topics` array of TopicSnapshot.
    pub topics: Vec<TopicSnapshot>,
    /// `NodeEndpoints` array of NodeEndpoint, versions 1, tag 0.
    pub node_endpoints: Vec<NodeEndpoint>,
}

impl FetchSnapshotResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let mut out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
            topics: r.array(true, version, 3, TopicSnapshot::decode)?,
            node_endpoints: Vec::new(),
        };
        let mut tags = r.tags(if version == 1 { 0b1 } else { 0 })?;
        while tags.next(r)?.is_some() {
            out.node_endpoints = r.array(true, version, 8, NodeEndpoint::decode)?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "FetchSnapshotResponse", version });
        }
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        writer::array(s, true, &self.topics, version, TopicSnapshot::encode)?;
        if version != 1 {
            writer::absent(!self.node_endpoints.is_empty(), "FetchSnapshotResponse.NodeEndpoints", version)?;
        }
        let tag0 = version == 1 && !self.node_endpoints.is_empty();
        s.uvarint(u32::from(tag0));
        if tag0 {
            writer::tagged(s, 0, &|s| {
                writer::array(s, true, &self.node_endpoints, version, NodeEndpoint::encode)?;
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// `TopicSnapshot` in `FetchSnapshotResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicSnapshot {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Partitions` array of PartitionSnapshot.
    pub partitions: Vec<PartitionSnapshot>,
}

impl TopicSnapshot {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            partitions: r.array(true, version, 37, PartitionSnapshot::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.name)?;
        writer::array(s, true, &self.partitions, version, PartitionSnapshot::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `PartitionSnapshot` in `FetchSnapshotResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionSnapshot {
    /// `Index` int32.
    pub index: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `SnapshotId` SnapshotId.
    pub snapshot_id: SnapshotId,
    /// `CurrentLeader` LeaderIdAndEpoch, tag 0.
    pub current_leader: LeaderIdAndEpoch,
    /// `Size` int64.
    pub size: i64,
    /// `Position` int64.
    pub position: i64,
    /// `UnalignedRecords` records.
    pub unaligned_records: Bytes,
}

impl PartitionSnapshot {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let mut out = Self {
            index: r.int32()?,
            error_code: r.int16()?,
            snapshot_id: SnapshotId::decode(r, version)?,
            current_leader: LeaderIdAndEpoch::default(),
            size: r.int64()?,
            position: r.int64()?,
            unaligned_records: r.bytes(true)?,
        };
        let mut tags = r.tags(0b1)?;
        while tags.next(r)?.is_some() {
            out.current_leader = LeaderIdAndEpoch::decode(r, version)?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.index);
        s.int16(self.error_code);
        self.snapshot_id.encode(s, version)?;
        s.int64(self.size);
        s.int64(self.position);
        s.bytes(true, &self.unaligned_records)?;
        let tag0 = self.current_leader != LeaderIdAndEpoch::default();
        s.uvarint(u32::from(tag0));
        if tag0 {
            writer::tagged(s, 0, &|s| {
                self.current_leader.encode(s, version)?;
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// `SnapshotId` in `FetchSnapshotResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SnapshotId {
    /// `EndOffset` int64.
    pub end_offset: i64,
    /// `Epoch` int32.
    pub epoch: i32,
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

/// `LeaderIdAndEpoch` in `FetchSnapshotResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LeaderIdAndEpoch {
    /// `LeaderId` int32, a brokerId.
    pub leader_id: i32,
    /// `LeaderEpoch` int32.
    pub leader_epoch: i32,
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

/// `NodeEndpoint` in `FetchSnapshotResponse`, versions 1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct NodeEndpoint {
    /// `NodeId` int32, a brokerId.
    pub node_id: i32,
    /// `Host` string.
    pub host: String,
    /// `Port` uint16.
    pub port: u16,
}

impl NodeEndpoint {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            node_id: r.int32()?,
            host: r.string(true)?,
            port: r.uint16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.node_id);
        s.string(true, &self.host)?;
        s.uint16(self.port);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for FetchSnapshotResponse {
    const NAME: &'static str = "FetchSnapshotResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for FetchSnapshotResponse {
    const API: ApiKey = ApiKey::FetchSnapshot;
}
