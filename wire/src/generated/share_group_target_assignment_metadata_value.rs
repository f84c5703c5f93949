//! `ShareGroupTargetAssignmentMetadataValue`: coordinator-value, key 12, versions 0, flexible 0+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ShareGroupTargetAssignmentMetadataValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ShareGroupTargetAssignmentMetadataValue {
    /// `AssignmentEpoch` int32.
    pub assignment_epoch: i32,
    /// `AssignmentTimestamp` int64, tag 0.
    pub assignment_timestamp: i64,
}

impl ShareGroupTargetAssignmentMetadataValue {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let mut out = Self {
            assignment_epoch: r.int32()?,
            assignment_timestamp: 0,
        };
        let mut tags = r.tags(0b1)?;
        while tags.next(r)?.is_some() {
            out.assignment_timestamp = r.int64()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "ShareGroupTargetAssignmentMetadataValue", version });
        }
        s.int32(self.assignment_epoch);
        let tag0 = self.assignment_timestamp != 0;
        s.uvarint(u32::from(tag0));
        if tag0 {
            writer::tagged(s, 0, &|s| {
                s.int64(self.assignment_timestamp);
                Ok(())
            })?;
        }
        Ok(())
    }
}

impl Message for ShareGroupTargetAssignmentMetadataValue {
    const NAME: &'static str = "ShareGroupTargetAssignmentMetadataValue";
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
