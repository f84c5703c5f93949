//! `LegacyOffsetCommitValue`: coordinator-value, key 0, versions 0, never flexible. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `LegacyOffsetCommitValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LegacyOffsetCommitValue {
    /// `offset` int64.
    pub offset: i64,
    /// `metadata` string.
    pub metadata: String,
    /// `commitTimestamp` int64.
    pub commit_timestamp: i64,
}

impl LegacyOffsetCommitValue {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        Ok(Self {
            offset: r.int64()?,
            metadata: r.string(false)?,
            commit_timestamp: r.int64()?,
        })
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "LegacyOffsetCommitValue", version });
        }
        s.int64(self.offset);
        s.string(false, &self.metadata)?;
        s.int64(self.commit_timestamp);
        Ok(())
    }
}

impl Message for LegacyOffsetCommitValue {
    const NAME: &'static str = "LegacyOffsetCommitValue";
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
