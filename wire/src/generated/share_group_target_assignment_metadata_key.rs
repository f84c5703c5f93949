//! `ShareGroupTargetAssignmentMetadataKey`: coordinator-key, key 12, versions 0, never flexible. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `ShareGroupTargetAssignmentMetadataKey`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ShareGroupTargetAssignmentMetadataKey {
    /// `GroupId` string.
    pub group_id: String,
}

impl ShareGroupTargetAssignmentMetadataKey {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        Ok(Self {
            group_id: r.string(false)?,
        })
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "ShareGroupTargetAssignmentMetadataKey", version });
        }
        s.string(false, &self.group_id)?;
        Ok(())
    }
}

impl Message for ShareGroupTargetAssignmentMetadataKey {
    const NAME: &'static str = "ShareGroupTargetAssignmentMetadataKey";
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
