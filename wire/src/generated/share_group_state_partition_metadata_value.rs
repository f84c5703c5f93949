//! `ShareGroupStatePartitionMetadataValue`: coordinator-value, key 15, versions 0, flexible 0+. Generated; not to be edited.

use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ShareGroupStatePartitionMetadataValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ShareGroupStatePartitionMetadataValue {
    /// `InitializingTopics` array of TopicPartitionsInfo.
    pub initializing_topics: Vec<TopicPartitionsInfo>,
    /// `InitializedTopics` array of TopicPartitionsInfo.
    pub initialized_topics: Vec<TopicPartitionsInfo>,
    /// `DeletingTopics` array of TopicInfo.
    pub deleting_topics: Vec<TopicInfo>,
}

impl ShareGroupStatePartitionMetadataValue {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            initializing_topics: r.array(true, version, 19, TopicPartitionsInfo::decode)?,
            initialized_topics: r.array(true, version, 19, TopicPartitionsInfo::decode)?,
            deleting_topics: r.array(true, version, 18, TopicInfo::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "ShareGroupStatePartitionMetadataValue", version });
        }
        writer::array(s, true, &self.initializing_topics, version, TopicPartitionsInfo::encode)?;
        writer::array(s, true, &self.initialized_topics, version, TopicPartitionsInfo::encode)?;
        writer::array(s, true, &self.deleting_topics, version, TopicInfo::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicPartitionsInfo` in `ShareGroupStatePartitionMetadataValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicPartitionsInfo {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `TopicName` string.
    pub topic_name: String,
    /// `Partitions` array of int32.
    pub partitions: Vec<i32>,
}

impl TopicPartitionsInfo {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            topic_name: r.string(true)?,
            partitions: r.array(true, version, 4, |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.uuid(self.topic_id);
        s.string(true, &self.topic_name)?;
        writer::array(s, true, &self.partitions, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicInfo` in `ShareGroupStatePartitionMetadataValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicInfo {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `TopicName` string.
    pub topic_name: String,
}

impl TopicInfo {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            topic_name: r.string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.uuid(self.topic_id);
        s.string(true, &self.topic_name)?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for ShareGroupStatePartitionMetadataValue {
    const NAME: &'static str = "ShareGroupStatePartitionMetadataValue";
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
