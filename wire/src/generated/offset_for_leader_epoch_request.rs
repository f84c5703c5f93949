//! `OffsetForLeaderEpochRequest`: request, key 23, versions 2-4, flexible 4+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `OffsetForLeaderEpochRequest`, versions 2-4.
#[derive(Clone, PartialEq, Debug)]
pub struct OffsetForLeaderEpochRequest {
    /// `ReplicaId` int32, a brokerId, versions 3-4, default -2.
    pub replica_id: i32,
    /// `Topics` array of OffsetForLeaderTopic.
    pub topics: Vec<OffsetForLeaderTopic>,
}

impl Default for OffsetForLeaderEpochRequest {
    fn default() -> Self {
        Self {
            replica_id: -2,
            topics: Vec::new(),
        }
    }
}

impl OffsetForLeaderEpochRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 2, 4)?;
        let flexible = version == 4;
        let out = Self {
            replica_id: if version >= 3 { r.int32()? } else { -2 },
            topics: r.array(flexible, version, if version <= 3 { 6 } else { 3 }, OffsetForLeaderTopic::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(2..=4).contains(&version) {
            return Err(EncodeError::Version { message: "OffsetForLeaderEpochRequest", version });
        }
        let flexible = version == 4;
        if version >= 3 {
            s.int32(self.replica_id);
        }
        writer::array(s, flexible, &self.topics, version, OffsetForLeaderTopic::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `OffsetForLeaderTopic` in `OffsetForLeaderEpochRequest`, versions 2-4.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetForLeaderTopic {
    /// `Topic` string, a topicName.
    pub topic: String,
    /// `Partitions` array of OffsetForLeaderPartition.
    pub partitions: Vec<OffsetForLeaderPartition>,
}

impl OffsetForLeaderTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 4;
        let out = Self {
            topic: r.string(flexible)?,
            partitions: r.array(flexible, version, if version <= 3 { 12 } else { 13 }, OffsetForLeaderPartition::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 4;
        s.string(flexible, &self.topic)?;
        writer::array(s, flexible, &self.partitions, version, OffsetForLeaderPartition::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `OffsetForLeaderPartition` in `OffsetForLeaderEpochRequest`, versions 2-4.
#[derive(Clone, PartialEq, Debug)]
pub struct OffsetForLeaderPartition {
    /// `Partition` int32.
    pub partition: i32,
    /// `CurrentLeaderEpoch` int32, default -1.
    pub current_leader_epoch: i32,
    /// `LeaderEpoch` int32.
    pub leader_epoch: i32,
}

impl Default for OffsetForLeaderPartition {
    fn default() -> Self {
        Self {
            partition: 0,
            current_leader_epoch: -1,
            leader_epoch: 0,
        }
    }
}

impl OffsetForLeaderPartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 4;
        let out = Self {
            partition: r.int32()?,
            current_leader_epoch: r.int32()?,
            leader_epoch: r.int32()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 4;
        s.int32(self.partition);
        s.int32(self.current_leader_epoch);
        s.int32(self.leader_epoch);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `OffsetForLeaderEpochRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct OffsetForLeaderEpochRequestView<'a> {
    pub replica_id: i32,
    pub topics: ArrayView<'a, OffsetForLeaderTopicView<'a>>,
}

impl<'a> View<'a> for OffsetForLeaderEpochRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 2, 4)?;
        let flexible = version == 4;
        let out = Self {
            replica_id: if version >= 3 { r.int32()? } else { -2 },
            topics: r.array_view(flexible, version, (if version <= 3 { 6 } else { 3 }, size_of::<OffsetForLeaderTopic>()), OffsetForLeaderTopicView::read)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `OffsetForLeaderTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct OffsetForLeaderTopicView<'a> {
    pub topic: &'a str,
    pub partitions: ArrayView<'a, OffsetForLeaderPartition>,
}

impl<'a> View<'a> for OffsetForLeaderTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 4;
        let out = Self {
            topic: r.text(flexible)?,
            partitions: r.array_view(flexible, version, (if version <= 3 { 12 } else { 13 }, size_of::<OffsetForLeaderPartition>()), OffsetForLeaderPartition::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for OffsetForLeaderEpochRequest {
    const NAME: &'static str = "OffsetForLeaderEpochRequest";
    const MIN: i16 = 2;
    const MAX: i16 = 4;
    const FLEXIBLE_FROM: i16 = 4;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for OffsetForLeaderEpochRequest {
    const API: ApiKey = ApiKey::OffsetForLeaderEpoch;
    type Response = super::OffsetForLeaderEpochResponse;
    type View<'a> = OffsetForLeaderEpochRequestView<'a>;
}
