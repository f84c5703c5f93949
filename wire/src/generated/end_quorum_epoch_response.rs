//! `EndQuorumEpochResponse`: response, key 54, versions 0-1, flexible 1+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `EndQuorumEpochResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct EndQuorumEpochResponse {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `Topics` array of TopicData.
    pub topics: Vec<TopicData>,
    /// `NodeEndpoints` array of NodeEndpoint, versions 1, tag 0.
    pub node_endpoints: Vec<NodeEndpoint>,
}

impl EndQuorumEpochResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let flexible = version == 1;
        let mut out = Self {
            error_code: r.int16()?,
            topics: r.array(flexible, version, if version <= 0 { 6 } else { 3 }, TopicData::decode)?,
            node_endpoints: Vec::new(),
        };
        if flexible {
            let mut tags = r.tags(0b1)?;
            while tags.next(r)?.is_some() {
                out.node_endpoints = r.array(flexible, version, 8, NodeEndpoint::decode)?;
            }
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "EndQuorumEpochResponse", version });
        }
        let flexible = version == 1;
        s.int16(self.error_code);
        writer::array(s, flexible, &self.topics, version, TopicData::encode)?;
        if version != 1 {
            writer::absent(!self.node_endpoints.is_empty(), "EndQuorumEpochResponse.NodeEndpoints", version)?;
        }
        if flexible {
            let tag0 = !self.node_endpoints.is_empty();
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

/// `TopicData` in `EndQuorumEpochResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicData {
    /// `TopicName` string, a topicName.
    pub topic_name: String,
    /// `Partitions` array of PartitionData.
    pub partitions: Vec<PartitionData>,
}

impl TopicData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            topic_name: r.string(flexible)?,
            partitions: r.array(flexible, version, if version <= 0 { 14 } else { 15 }, PartitionData::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 1;
        s.string(flexible, &self.topic_name)?;
        writer::array(s, flexible, &self.partitions, version, PartitionData::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `PartitionData` in `EndQuorumEpochResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionData {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `LeaderId` int32, a brokerId.
    pub leader_id: i32,
    /// `LeaderEpoch` int32.
    pub leader_epoch: i32,
}

impl PartitionData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            partition_index: r.int32()?,
            error_code: r.int16()?,
            leader_id: r.int32()?,
            leader_epoch: r.int32()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 1;
        s.int32(self.partition_index);
        s.int16(self.error_code);
        s.int32(self.leader_id);
        s.int32(self.leader_epoch);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `NodeEndpoint` in `EndQuorumEpochResponse`, versions 1.
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

impl Message for EndQuorumEpochResponse {
    const NAME: &'static str = "EndQuorumEpochResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 1;
    const FLEXIBLE_FROM: i16 = 1;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for EndQuorumEpochResponse {
    const API: ApiKey = ApiKey::EndQuorumEpoch;
}
