//! `VoteRequest`: request, key 52, versions 0-2, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `VoteRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug)]
pub struct VoteRequest {
    /// `ClusterId` string.
    pub cluster_id: Option<String>,
    /// `VoterId` int32, a brokerId, versions 1-2, default -1.
    pub voter_id: i32,
    /// `Topics` array of TopicData.
    pub topics: Vec<TopicData>,
}

impl Default for VoteRequest {
    fn default() -> Self {
        Self {
            cluster_id: None,
            voter_id: -1,
            topics: Vec::new(),
        }
    }
}

impl VoteRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let out = Self {
            cluster_id: r.nullable_string(true)?,
            voter_id: if version >= 1 { r.int32()? } else { -1 },
            topics: r.array(true, version, 3, TopicData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "VoteRequest", version });
        }
        s.nullable_string(true, self.cluster_id.as_deref())?;
        if version >= 1 {
            s.int32(self.voter_id);
        }
        writer::array(s, true, &self.topics, version, TopicData::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicData` in `VoteRequest`, versions 0-2.
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
        let out = Self {
            topic_name: r.string(true)?,
            partitions: r.array(true, version, if version <= 0 { 25 } else if version <= 1 { 57 } else { 58 }, PartitionData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.topic_name)?;
        writer::array(s, true, &self.partitions, version, PartitionData::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `PartitionData` in `VoteRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionData {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `ReplicaEpoch` int32.
    pub replica_epoch: i32,
    /// `ReplicaId` int32, a brokerId.
    pub replica_id: i32,
    /// `ReplicaDirectoryId` uuid, versions 1-2.
    pub replica_directory_id: Uuid,
    /// `VoterDirectoryId` uuid, versions 1-2.
    pub voter_directory_id: Uuid,
    /// `LastOffsetEpoch` int32.
    pub last_offset_epoch: i32,
    /// `LastOffset` int64.
    pub last_offset: i64,
    /// `PreVote` bool, versions 2.
    pub pre_vote: bool,
}

impl PartitionData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            replica_epoch: r.int32()?,
            replica_id: r.int32()?,
            replica_directory_id: if version >= 1 { r.uuid()? } else { Uuid::ZERO },
            voter_directory_id: if version >= 1 { r.uuid()? } else { Uuid::ZERO },
            last_offset_epoch: r.int32()?,
            last_offset: r.int64()?,
            pre_vote: if version == 2 { r.boolean()? } else { false },
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.partition_index);
        s.int32(self.replica_epoch);
        s.int32(self.replica_id);
        if version >= 1 {
            s.uuid(self.replica_directory_id);
        }
        if version >= 1 {
            s.uuid(self.voter_directory_id);
        }
        s.int32(self.last_offset_epoch);
        s.int64(self.last_offset);
        if version == 2 {
            s.boolean(self.pre_vote);
        } else {
            writer::absent(self.pre_vote, "PartitionData.PreVote", version)?;
        }
        s.uvarint(0);
        Ok(())
    }
}

/// `VoteRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct VoteRequestView<'a> {
    pub cluster_id: Option<&'a str>,
    pub voter_id: i32,
    pub topics: ArrayView<'a, TopicDataView<'a>>,
}

impl<'a> View<'a> for VoteRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let out = Self {
            cluster_id: r.nullable_text(true)?,
            voter_id: if version >= 1 { r.int32()? } else { -1 },
            topics: r.array_view(true, version, (3, size_of::<TopicData>()), TopicDataView::read)?,
        };
        r.skip_tags()?;
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
        let out = Self {
            topic_name: r.text(true)?,
            partitions: r.array_view(true, version, (if version <= 0 { 25 } else if version <= 1 { 57 } else { 58 }, size_of::<PartitionData>()), PartitionData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for VoteRequest {
    const NAME: &'static str = "VoteRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for VoteRequest {
    const API: ApiKey = ApiKey::Vote;
    type Response = super::VoteResponse;
    type View<'a> = VoteRequestView<'a>;
}
