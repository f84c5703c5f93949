//! `EndQuorumEpochRequest`: request, key 54, versions 0-1, flexible 1+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `EndQuorumEpochRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct EndQuorumEpochRequest {
    /// `ClusterId` string.
    pub cluster_id: Option<String>,
    /// `Topics` array of TopicData.
    pub topics: Vec<TopicData>,
    /// `LeaderEndpoints` array of LeaderEndpoint, versions 1.
    pub leader_endpoints: Vec<LeaderEndpoint>,
}

impl EndQuorumEpochRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let flexible = version == 1;
        let out = Self {
            cluster_id: r.nullable_string(flexible)?,
            topics: r.array(flexible, version, if version <= 0 { 6 } else { 3 }, TopicData::decode)?,
            leader_endpoints: if version == 1 { r.array(flexible, version, 5, LeaderEndpoint::decode)? } else { Vec::new() },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "EndQuorumEpochRequest", version });
        }
        let flexible = version == 1;
        s.nullable_string(flexible, self.cluster_id.as_deref())?;
        writer::array(s, flexible, &self.topics, version, TopicData::encode)?;
        if version == 1 {
            writer::array(s, flexible, &self.leader_endpoints, version, LeaderEndpoint::encode)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `TopicData` in `EndQuorumEpochRequest`, versions 0-1.
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
            partitions: r.array(flexible, version, if version <= 0 { 16 } else { 14 }, PartitionData::decode)?,
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

/// `PartitionData` in `EndQuorumEpochRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionData {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `LeaderId` int32, a brokerId.
    pub leader_id: i32,
    /// `LeaderEpoch` int32.
    pub leader_epoch: i32,
    /// `PreferredSuccessors` array of int32, versions 0.
    pub preferred_successors: Vec<i32>,
    /// `PreferredCandidates` array of ReplicaInfo, versions 1.
    pub preferred_candidates: Vec<ReplicaInfo>,
}

impl PartitionData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            partition_index: r.int32()?,
            leader_id: r.int32()?,
            leader_epoch: r.int32()?,
            preferred_successors: if version == 0 { r.array(flexible, version, 4, |r, _| r.int32())? } else { Vec::new() },
            preferred_candidates: if version == 1 { r.array(flexible, version, 21, ReplicaInfo::decode)? } else { Vec::new() },
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
        s.int32(self.leader_id);
        s.int32(self.leader_epoch);
        if version == 0 {
            writer::array(s, flexible, &self.preferred_successors, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        }
        if version == 1 {
            writer::array(s, flexible, &self.preferred_candidates, version, ReplicaInfo::encode)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `ReplicaInfo` in `EndQuorumEpochRequest`, versions 1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReplicaInfo {
    /// `CandidateId` int32, a brokerId.
    pub candidate_id: i32,
    /// `CandidateDirectoryId` uuid.
    pub candidate_directory_id: Uuid,
}

impl ReplicaInfo {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            candidate_id: r.int32()?,
            candidate_directory_id: r.uuid()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.candidate_id);
        s.uuid(self.candidate_directory_id);
        s.uvarint(0);
        Ok(())
    }
}

/// `LeaderEndpoint` in `EndQuorumEpochRequest`, versions 1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LeaderEndpoint {
    /// `Name` string.
    pub name: String,
    /// `Host` string.
    pub host: String,
    /// `Port` uint16.
    pub port: u16,
}

impl LeaderEndpoint {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            host: r.string(true)?,
            port: r.uint16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.name)?;
        s.string(true, &self.host)?;
        s.uint16(self.port);
        s.uvarint(0);
        Ok(())
    }
}

/// `EndQuorumEpochRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct EndQuorumEpochRequestView<'a> {
    pub cluster_id: Option<&'a str>,
    pub topics: ArrayView<'a, TopicDataView<'a>>,
    pub leader_endpoints: ArrayView<'a, LeaderEndpointView<'a>>,
}

impl<'a> View<'a> for EndQuorumEpochRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let flexible = version == 1;
        let out = Self {
            cluster_id: r.nullable_text(flexible)?,
            topics: r.array_view(flexible, version, (if version <= 0 { 6 } else { 3 }, size_of::<TopicData>()), TopicDataView::read)?,
            leader_endpoints: if version == 1 { r.array_view(flexible, version, (5, size_of::<LeaderEndpoint>()), LeaderEndpointView::read)? } else { ArrayView::default() },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `TopicData`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct TopicDataView<'a> {
    pub topic_name: &'a str,
    pub partitions: ArrayView<'a, PartitionDataView<'a>>,
}

impl<'a> View<'a> for TopicDataView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            topic_name: r.text(flexible)?,
            partitions: r.array_view(flexible, version, (if version <= 0 { 16 } else { 14 }, size_of::<PartitionData>()), PartitionDataView::read)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `PartitionData`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct PartitionDataView<'a> {
    pub partition_index: i32,
    pub leader_id: i32,
    pub leader_epoch: i32,
    pub preferred_successors: ArrayView<'a, i32>,
    pub preferred_candidates: ArrayView<'a, ReplicaInfo>,
}

impl<'a> View<'a> for PartitionDataView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            partition_index: r.int32()?,
            leader_id: r.int32()?,
            leader_epoch: r.int32()?,
            preferred_successors: if version == 0 { r.array_view(flexible, version, (4, size_of::<i32>()), |r, _| r.int32())? } else { ArrayView::default() },
            preferred_candidates: if version == 1 { r.array_view(flexible, version, (21, size_of::<ReplicaInfo>()), ReplicaInfo::decode)? } else { ArrayView::default() },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `LeaderEndpoint`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct LeaderEndpointView<'a> {
    pub name: &'a str,
    pub host: &'a str,
    pub port: u16,
}

impl<'a> View<'a> for LeaderEndpointView<'a> {
    fn read(r: &mut Reader<'a>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.text(true)?,
            host: r.text(true)?,
            port: r.uint16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for EndQuorumEpochRequest {
    const NAME: &'static str = "EndQuorumEpochRequest";
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

impl crate::message::Request for EndQuorumEpochRequest {
    const API: ApiKey = ApiKey::EndQuorumEpoch;
    type Response = super::EndQuorumEpochResponse;
    type View<'a> = EndQuorumEpochRequestView<'a>;
}
