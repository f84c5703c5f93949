//! `ShareUpdateKey`: coordinator-key, key 1, versions 0, never flexible. Generated; not to be edited.

use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `ShareUpdateKey`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ShareUpdateKey {
    /// `GroupId` string.
    pub group_id: String,
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Partition` int32.
    pub partition: i32,
}

impl ShareUpdateKey {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        Ok(Self {
            group_id: r.string(false)?,
            topic_id: r.uuid()?,
            partition: r.int32()?,
        })
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "ShareUpdateKey", version });
        }
        s.string(false, &self.group_id)?;
        s.uuid(self.topic_id);
        s.int32(self.partition);
        Ok(())
    }
}

impl Message for ShareUpdateKey {
    const NAME: &'static str = "ShareUpdateKey";
    const MIN: i16 = 0;
    const MAX: i16 = 0;
    const FLEXIBLE_FROM: i16 = i16::MAX;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}
