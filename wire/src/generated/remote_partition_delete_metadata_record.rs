//! `RemotePartitionDeleteMetadataRecord`: metadata, key 2, versions 0, flexible 0+. Generated; not to be edited.

use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `RemotePartitionDeleteMetadataRecord`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RemotePartitionDeleteMetadataRecord {
    /// `TopicIdPartition` TopicIdPartitionEntry.
    pub topic_id_partition: TopicIdPartitionEntry,
    /// `BrokerId` int32.
    pub broker_id: i32,
    /// `EventTimestampMs` int64.
    pub event_timestamp_ms: i64,
    /// `RemotePartitionDeleteState` int8.
    pub remote_partition_delete_state: i8,
}

impl RemotePartitionDeleteMetadataRecord {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            topic_id_partition: TopicIdPartitionEntry::decode(r, version)?,
            broker_id: r.int32()?,
            event_timestamp_ms: r.int64()?,
            remote_partition_delete_state: r.int8()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "RemotePartitionDeleteMetadataRecord", version });
        }
        self.topic_id_partition.encode(s, version)?;
        s.int32(self.broker_id);
        s.int64(self.event_timestamp_ms);
        s.int8(self.remote_partition_delete_state);
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicIdPartitionEntry` in `RemotePartitionDeleteMetadataRecord`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicIdPartitionEntry {
    /// `Name` string.
    pub name: String,
    /// `Id` uuid.
    pub id: Uuid,
    /// `Partition` int32.
    pub partition: i32,
}

impl TopicIdPartitionEntry {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            id: r.uuid()?,
            partition: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.name)?;
        s.uuid(self.id);
        s.int32(self.partition);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for RemotePartitionDeleteMetadataRecord {
    const NAME: &'static str = "RemotePartitionDeleteMetadataRecord";
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
