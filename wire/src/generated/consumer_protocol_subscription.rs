//! `ConsumerProtocolSubscription`: data, versions 0-3, never flexible. Generated; not to be edited.

use bytes::Bytes;

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ConsumerProtocolSubscription`, versions 0-3.
#[derive(Clone, PartialEq, Debug)]
pub struct ConsumerProtocolSubscription {
    /// `Topics` array of string.
    pub topics: Vec<String>,
    /// `UserData` bytes.
    pub user_data: Option<Bytes>,
    /// `OwnedPartitions` array of TopicPartition, versions 1-3.
    pub owned_partitions: Vec<TopicPartition>,
    /// `GenerationId` int32, versions 2-3, default -1.
    pub generation_id: i32,
    /// `RackId` string, versions 3.
    pub rack_id: Option<String>,
}

impl Default for ConsumerProtocolSubscription {
    fn default() -> Self {
        Self {
            topics: Vec::new(),
            user_data: None,
            owned_partitions: Vec::new(),
            generation_id: -1,
            rack_id: None,
        }
    }
}

impl ConsumerProtocolSubscription {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 3)?;
        Ok(Self {
            topics: r.array(false, version, 2, |r, _| r.string(false))?,
            user_data: r.nullable_bytes(false)?,
            owned_partitions: if version >= 1 { r.array(false, version, 6, TopicPartition::decode)? } else { Vec::new() },
            generation_id: if version >= 2 { r.int32()? } else { -1 },
            rack_id: if version == 3 { r.nullable_string(false)? } else { None },
        })
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=3).contains(&version) {
            return Err(EncodeError::Version { message: "ConsumerProtocolSubscription", version });
        }
        writer::array(s, false, &self.topics, version, |e, s, _| s.string(false, e))?;
        s.nullable_bytes(false, self.user_data.as_ref())?;
        if version >= 1 {
            writer::array(s, false, &self.owned_partitions, version, TopicPartition::encode)?;
        }
        if version >= 2 {
            s.int32(self.generation_id);
        }
        if version == 3 {
            s.nullable_string(false, self.rack_id.as_deref())?;
        }
        Ok(())
    }
}

/// `TopicPartition` in `ConsumerProtocolSubscription`, versions 1-3.
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

impl Message for ConsumerProtocolSubscription {
    const NAME: &'static str = "ConsumerProtocolSubscription";
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
