//! `ConsumerGroupPartitionMetadataValue`: coordinator-value, key 4, versions 0, flexible 0+. Generated; not to be edited.

use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ConsumerGroupPartitionMetadataValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ConsumerGroupPartitionMetadataValue {
    /// `Topics` array of TopicMetadata.
    pub topics: Vec<TopicMetadata>,
}

impl ConsumerGroupPartitionMetadataValue {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            topics: r.array(true, version, 23, TopicMetadata::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "ConsumerGroupPartitionMetadataValue", version });
        }
        writer::array(s, true, &self.topics, version, TopicMetadata::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicMetadata` in `ConsumerGroupPartitionMetadataValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicMetadata {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `TopicName` string.
    pub topic_name: String,
    /// `NumPartitions` int32.
    pub num_partitions: i32,
    /// `PartitionMetadata` array of PartitionMetadata.
    pub partition_metadata: Vec<PartitionMetadata>,
}

impl TopicMetadata {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            topic_name: r.string(true)?,
            num_partitions: r.int32()?,
            partition_metadata: r.array(true, version, 6, PartitionMetadata::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.uuid(self.topic_id);
        s.string(true, &self.topic_name)?;
        s.int32(self.num_partitions);
        writer::array(s, true, &self.partition_metadata, version, PartitionMetadata::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `PartitionMetadata` in `ConsumerGroupPartitionMetadataValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionMetadata {
    /// `Partition` int32.
    pub partition: i32,
    /// `Racks` array of string.
    pub racks: Vec<String>,
}

impl PartitionMetadata {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition: r.int32()?,
            racks: r.array(true, version, 1, |r, _| r.string(true))?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.partition);
        writer::array(s, true, &self.racks, version, |e, s, _| s.string(true, e))?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for ConsumerGroupPartitionMetadataValue {
    const NAME: &'static str = "ConsumerGroupPartitionMetadataValue";
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
