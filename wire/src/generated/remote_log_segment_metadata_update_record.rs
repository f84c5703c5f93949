//! `RemoteLogSegmentMetadataUpdateRecord`: metadata, key 1, versions 0, flexible 0+. Generated; not to be edited.

use bytes::Bytes;

use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `RemoteLogSegmentMetadataUpdateRecord`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RemoteLogSegmentMetadataUpdateRecord {
    /// `RemoteLogSegmentId` RemoteLogSegmentIdEntry.
    pub remote_log_segment_id: RemoteLogSegmentIdEntry,
    /// `BrokerId` int32.
    pub broker_id: i32,
    /// `EventTimestampMs` int64.
    pub event_timestamp_ms: i64,
    /// `CustomMetadata` bytes.
    pub custom_metadata: Option<Bytes>,
    /// `RemoteLogSegmentState` int8.
    pub remote_log_segment_state: i8,
}

impl RemoteLogSegmentMetadataUpdateRecord {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            remote_log_segment_id: RemoteLogSegmentIdEntry::decode(r, version)?,
            broker_id: r.int32()?,
            event_timestamp_ms: r.int64()?,
            custom_metadata: r.nullable_bytes(true)?,
            remote_log_segment_state: r.int8()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "RemoteLogSegmentMetadataUpdateRecord", version });
        }
        self.remote_log_segment_id.encode(s, version)?;
        s.int32(self.broker_id);
        s.int64(self.event_timestamp_ms);
        s.nullable_bytes(true, self.custom_metadata.as_ref())?;
        s.int8(self.remote_log_segment_state);
        s.uvarint(0);
        Ok(())
    }
}

/// `RemoteLogSegmentIdEntry` in `RemoteLogSegmentMetadataUpdateRecord`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RemoteLogSegmentIdEntry {
    /// `TopicIdPartition` TopicIdPartitionEntry.
    pub topic_id_partition: TopicIdPartitionEntry,
    /// `Id` uuid.
    pub id: Uuid,
}

impl RemoteLogSegmentIdEntry {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id_partition: TopicIdPartitionEntry::decode(r, version)?,
            id: r.uuid()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.topic_id_partition.encode(s, version)?;
        s.uuid(self.id);
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicIdPartitionEntry` in `RemoteLogSegmentMetadataUpdateRecord`, versions 0.
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

impl Message for RemoteLogSegmentMetadataUpdateRecord {
    const NAME: &'static str = "RemoteLogSegmentMetadataUpdateRecord";
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
