//! `OffsetCommitKey`: coordinator-key, key 1, versions 0, never flexible. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `OffsetCommitKey`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetCommitKey {
    /// `group` string.
    pub group: String,
    /// `topic` string.
    pub topic: String,
    /// `partition` int32.
    pub partition: i32,
}

impl OffsetCommitKey {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        Ok(Self {
            group: r.string(false)?,
            topic: r.string(false)?,
            partition: r.int32()?,
        })
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "OffsetCommitKey", version });
        }
        s.string(false, &self.group)?;
        s.string(false, &self.topic)?;
        s.int32(self.partition);
        Ok(())
    }
}

impl Message for OffsetCommitKey {
    const NAME: &'static str = "OffsetCommitKey";
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
