//! `StreamsGroupTargetAssignmentMemberKey`: coordinator-key, key 21, versions 0, never flexible. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `StreamsGroupTargetAssignmentMemberKey`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct StreamsGroupTargetAssignmentMemberKey {
    /// `GroupId` string.
    pub group_id: String,
    /// `MemberId` string.
    pub member_id: String,
}

impl StreamsGroupTargetAssignmentMemberKey {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        Ok(Self {
            group_id: r.string(false)?,
            member_id: r.string(false)?,
        })
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "StreamsGroupTargetAssignmentMemberKey", version });
        }
        s.string(false, &self.group_id)?;
        s.string(false, &self.member_id)?;
        Ok(())
    }
}

impl Message for StreamsGroupTargetAssignmentMemberKey {
    const NAME: &'static str = "StreamsGroupTargetAssignmentMemberKey";
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
