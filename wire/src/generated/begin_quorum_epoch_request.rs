//! `BeginQuorumEpochRequest`: request, key 53, versions 0-1, flexible 1+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `BeginQuorumEpochRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct BeginQuorumEpochRequest {
    /// `ClusterId` string.
    pub cluster_id: Option<String>,
    /// `VoterId` int32, a brokerId, versions 1, default -1.
    pub voter_id: i32,
    /// `Topics` array of TopicData.
    pub topics: Vec<TopicData>,
    /// `LeaderEndpoints` array of LeaderEndpoint, versions 1.
    pub leader_endpoints: Vec<LeaderEndpoint>,
}

impl Default for BeginQuorumEpochRequest {
    fn default() -> Self {
        Self {
            cluster_id: None,
            voter_id: -1,
            topics: Vec::new(),
            leader_endpoints: Vec::new(),
        }
    }
}

impl BeginQuorumEpochRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let flexible = version == 1;
        let out = Self {
            cluster_id: r.nullable_string(flexible)?,
            voter_id: if version == 1 { r.int32()? } else { -1 },
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
            return Err(EncodeError::Version { message: "BeginQuorumEpochRequest", version });
        }
        let flexible = version == 1;
        s.nullable_string(flexible, self.cluster_id.as_deref())?;
        if version == 1 {
            s.int32(self.voter_id);
        }
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

/// `TopicData` in `BeginQuorumEpochRequest`, versions 0-1.
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
            partitions: r.array(flexible, version, if version <= 0 { 12 } else { 29 }, PartitionData::decode)?,
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

/// `PartitionData` in `BeginQuorumEpochRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionData {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `VoterDirectoryId` uuid, versions 1.
    pub voter_directory_id: Uuid,
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
            voter_directory_id: if version == 1 { r.uuid()? } else { Uuid::ZERO },
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
        if version == 1 {
            s.uuid(self.voter_directory_id);
        }
        s.int32(self.leader_id);
        s.int32(self.leader_epoch);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `LeaderEndpoint` in `BeginQuorumEpochRequest`, versions 1.
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

/// `BeginQuorumEpochRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct BeginQuorumEpochRequestView<'a> {
    pub cluster_id: Option<&'a str>,
    pub voter_id: i32,
    pub topics: ArrayView<'a, TopicDataView<'a>>,
    pub leader_endpoints: ArrayView<'a, LeaderEndpointView<'a>>,
}

impl<'a> View<'a> for BeginQuorumEpochRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let flexible = version == 1;
        let out = Self {
            cluster_id: r.nullable_text(flexible)?,
            voter_id: if version == 1 { r.int32()? } else { -1 },
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
    pub partitions: ArrayView<'a, PartitionData>,
}

impl<'a> View<'a> for TopicDataView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            topic_name: r.text(flexible)?,
            partitions: r.array_view(flexible, version, (if version <= 0 { 12 } else { 29 }, size_of::<PartitionData>()), PartitionData::decode)?,
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

impl Message for BeginQuorumEpochRequest {
    const NAME: &'static str = "BeginQuorumEpochRequest";
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

impl crate::message::Request for BeginQuorumEpochRequest {
    const API: ApiKey = ApiKey::BeginQuorumEpoch;
    type Response = super::BeginQuorumEpochResponse;
    type View<'a> = BeginQuorumEpochRequestView<'a>;
}
