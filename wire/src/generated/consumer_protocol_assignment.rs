//! `ConsumerProtocolAssignment`: data, versions 0-3, never flexible. Generated; not to be edited.

use bytes::Bytes;

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ConsumerProtocolAssignment`, versions 0-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ConsumerProtocolAssignment {
    /// `AssignedPartitions` array of TopicPartition.
    pub assigned_partitions: Vec<TopicPartition>,
    /// `UserData` bytes.
    pub user_data: Option<Bytes>,
}

impl ConsumerProtocolAssignment {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 3)?;
        Ok(Self {
            assigned_partitions: r.array(false, version, 6, TopicPartition::decode)?,
            user_data: r.nullable_bytes(false)?,
        })
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=3).contains(&version) {
            return Err(EncodeError::Version { message: "ConsumerProtocolAssignment", version });
        }
        writer::array(s, false, &self.assigned_partitions, version, TopicPartition::encode)?;
        s.nullable_bytes(false, self.user_data.as_ref())?;
        Ok(())
    }
}

/// `TopicPartition` in `ConsumerProtocolAssignment`, versions 0-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicPartition {
    /// `Topic` string, a topicName.
    pub topic: String,
    /// `Partitions` array of int32.
    pub partitions: Vec<i32>,
}

impl TopicPartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic: r.string(false)?,
            partitions: r.array(false, version, 4, |r, _| r.int32())?,
        })
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(false, &self.topic)?;
        writer::array(s, false, &self.partitions, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        Ok(())
    }
}

impl Message for ConsumerProtocolAssignment {
    const NAME: &'static str = "ConsumerProtocolAssignment";
    const MIN: i16 = 0;
    const MAX: i16 = 3;
    const FLEXIBLE_FROM: i16 = i16::MAX;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}
