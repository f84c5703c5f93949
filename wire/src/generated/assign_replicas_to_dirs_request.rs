//! `AssignReplicasToDirsRequest`: request, key 73, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `AssignReplicasToDirsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct AssignReplicasToDirsRequest {
    /// `BrokerId` int32, a brokerId.
    pub broker_id: i32,
    /// `BrokerEpoch` int64, default -1.
    pub broker_epoch: i64,
    /// `Directories` array of DirectoryData.
    pub directories: Vec<DirectoryData>,
}

impl Default for AssignReplicasToDirsRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
            directories: Vec::new(),
        }
    }
}

impl AssignReplicasToDirsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            broker_id: r.int32()?,
            broker_epoch: r.int64()?,
            directories: r.array(true, version, 18, DirectoryData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "AssignReplicasToDirsRequest", version });
        }
        s.int32(self.broker_id);
        s.int64(self.broker_epoch);
        writer::array(s, true, &self.directories, version, DirectoryData::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `DirectoryData` in `AssignReplicasToDirsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DirectoryData {
    /// `Id` uuid.
    pub id: Uuid,
    /// `Topics` array of TopicData.
    pub topics: Vec<TopicData>,
}

impl DirectoryData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            id: r.uuid()?,
            topics: r.array(true, version, 18, TopicData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.uuid(self.id);
        writer::array(s, true, &self.topics, version, TopicData::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicData` in `AssignReplicasToDirsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicData {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Partitions` array of PartitionData.
    pub partitions: Vec<PartitionData>,
}

impl TopicData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array(true, version, 5, PartitionData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.uuid(self.topic_id);
        writer::array(s, true, &self.partitions, version, PartitionData::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `PartitionData` in `AssignReplicasToDirsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionData {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
}

impl PartitionData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.partition_index);
        s.uvarint(0);
        Ok(())
    }
}

/// `AssignReplicasToDirsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AssignReplicasToDirsRequestView<'a> {
    pub broker_id: i32,
    pub broker_epoch: i64,
    pub directories: ArrayView<'a, DirectoryDataView<'a>>,
}

impl<'a> View<'a> for AssignReplicasToDirsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            broker_id: r.int32()?,
            broker_epoch: r.int64()?,
            directories: r.array_view(true, version, (18, size_of::<DirectoryData>()), DirectoryDataView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `DirectoryData`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DirectoryDataView<'a> {
    pub id: Uuid,
    pub topics: ArrayView<'a, TopicDataView<'a>>,
}

impl<'a> View<'a> for DirectoryDataView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            id: r.uuid()?,
            topics: r.array_view(true, version, (18, size_of::<TopicData>()), TopicDataView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `TopicData`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct TopicDataView<'a> {
    pub topic_id: Uuid,
    pub partitions: ArrayView<'a, PartitionData>,
}

impl<'a> View<'a> for TopicDataView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array_view(true, version, (5, size_of::<PartitionData>()), PartitionData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for AssignReplicasToDirsRequest {
    const NAME: &'static str = "AssignReplicasToDirsRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for AssignReplicasToDirsRequest {
    const API: ApiKey = ApiKey::AssignReplicasToDirs;
    type Response = super::AssignReplicasToDirsResponse;
    type View<'a> = AssignReplicasToDirsRequestView<'a>;
}
