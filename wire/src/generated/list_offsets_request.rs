//! `ListOffsetsRequest`: request, key 2, versions 1-11, flexible 6+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ListOffsetsRequest`, versions 1-11.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ListOffsetsRequest {
    /// `ReplicaId` int32, a brokerId.
    pub replica_id: i32,
    /// `IsolationLevel` int8, versions 2-11.
    pub isolation_level: i8,
    /// `Topics` array of ListOffsetsTopic.
    pub topics: Vec<ListOffsetsTopic>,
    /// `TimeoutMs` int32, versions 10-11.
    pub timeout_ms: i32,
}

impl ListOffsetsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 11)?;
        let flexible = version >= 6;
        let out = Self {
            replica_id: r.int32()?,
            isolation_level: if version >= 2 { r.int8()? } else { 0 },
            topics: r.array(flexible, version, if version <= 5 { 6 } else { 3 }, ListOffsetsTopic::decode)?,
            timeout_ms: if version >= 10 { r.int32()? } else { 0 },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=11).contains(&version) {
            return Err(EncodeError::Version { message: "ListOffsetsRequest", version });
        }
        let flexible = version >= 6;
        s.int32(self.replica_id);
        if version >= 2 {
            s.int8(self.isolation_level);
        } else {
            writer::absent(self.isolation_level != 0, "ListOffsetsRequest.IsolationLevel", version)?;
        }
        writer::array(s, flexible, &self.topics, version, ListOffsetsTopic::encode)?;
        if version >= 10 {
            s.int32(self.timeout_ms);
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `ListOffsetsTopic` in `ListOffsetsRequest`, versions 1-11.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ListOffsetsTopic {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Partitions` array of ListOffsetsPartition.
    pub partitions: Vec<ListOffsetsPartition>,
}

impl ListOffsetsTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let out = Self {
            name: r.string(flexible)?,
            partitions: r.array(flexible, version, if version <= 3 { 12 } else if version <= 5 { 16 } else { 17 }, ListOffsetsPartition::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 6;
        s.string(flexible, &self.name)?;
        writer::array(s, flexible, &self.partitions, version, ListOffsetsPartition::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `ListOffsetsPartition` in `ListOffsetsRequest`, versions 1-11.
#[derive(Clone, PartialEq, Debug)]
pub struct ListOffsetsPartition {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `CurrentLeaderEpoch` int32, versions 4-11, default -1.
    pub current_leader_epoch: i32,
    /// `Timestamp` int64.
    pub timestamp: i64,
}

impl Default for ListOffsetsPartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            current_leader_epoch: -1,
            timestamp: 0,
        }
    }
}

impl ListOffsetsPartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let out = Self {
            partition_index: r.int32()?,
            current_leader_epoch: if version >= 4 { r.int32()? } else { -1 },
            timestamp: r.int64()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 6;
        s.int32(self.partition_index);
        if version >= 4 {
            s.int32(self.current_leader_epoch);
        }
        s.int64(self.timestamp);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `ListOffsetsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ListOffsetsRequestView<'a> {
    pub replica_id: i32,
    pub isolation_level: i8,
    pub topics: ArrayView<'a, ListOffsetsTopicView<'a>>,
    pub timeout_ms: i32,
}

impl<'a> View<'a> for ListOffsetsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 11)?;
        let flexible = version >= 6;
        let out = Self {
            replica_id: r.int32()?,
            isolation_level: if version >= 2 { r.int8()? } else { 0 },
            topics: r.array_view(flexible, version, (if version <= 5 { 6 } else { 3 }, size_of::<ListOffsetsTopic>()), ListOffsetsTopicView::read)?,
            timeout_ms: if version >= 10 { r.int32()? } else { 0 },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `ListOffsetsTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ListOffsetsTopicView<'a> {
    pub name: &'a str,
    pub partitions: ArrayView<'a, ListOffsetsPartition>,
}

impl<'a> View<'a> for ListOffsetsTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let out = Self {
            name: r.text(flexible)?,
            partitions: r.array_view(flexible, version, (if version <= 3 { 12 } else if version <= 5 { 16 } else { 17 }, size_of::<ListOffsetsPartition>()), ListOffsetsPartition::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for ListOffsetsRequest {
    const NAME: &'static str = "ListOffsetsRequest";
    const MIN: i16 = 1;
    const MAX: i16 = 11;
    const FLEXIBLE_FROM: i16 = 6;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for ListOffsetsRequest {
    const API: ApiKey = ApiKey::ListOffsets;
    type Response = super::ListOffsetsResponse;
    type View<'a> = ListOffsetsRequestView<'a>;
}
