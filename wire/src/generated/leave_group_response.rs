//! `LeaveGroupResponse`: response, key 13, versions 0-5, flexible 4+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `LeaveGroupResponse`, versions 0-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LeaveGroupResponse {
    /// `ThrottleTimeMs` int32, versions 1-5.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `Members` array of MemberResponse, versions 3-5.
    pub members: Vec<MemberResponse>,
}

impl LeaveGroupResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 5)?;
        let flexible = version >= 4;
        let out = Self {
            throttle_time_ms: if version >= 1 { r.int32()? } else { 0 },
            error_code: r.int16()?,
            members: if version >= 3 { r.array(flexible, version, if version <= 3 { 6 } else { 5 }, MemberResponse::decode)? } else { Vec::new() },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=5).contains(&version) {
            return Err(EncodeError::Version { message: "LeaveGroupResponse", version });
        }
        let flexible = version >= 4;
        if version >= 1 {
            s.int32(self.throttle_time_ms);
        }
        s.int16(self.error_code);
        if version >= 3 {
            writer::array(s, flexible, &self.members, version, MemberResponse::encode)?;
        } else {
            writer::absent(!self.members.is_empty(), "LeaveGroupResponse.Members", version)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `MemberResponse` in `LeaveGroupResponse`, versions 3-5.
#[derive(Clone, PartialEq, Debug)]
pub struct MemberResponse {
    /// `MemberId` string.
    pub member_id: String,
    /// `GroupInstanceId` string, default Some(String::new()).
    pub group_instance_id: Option<String>,
    /// `ErrorCode` int16.
    pub error_code: i16,
}

impl Default for MemberResponse {
    fn default() -> Self {
        Self {
            member_id: String::new(),
            group_instance_id: Some(String::new()),
            error_code: 0,
        }
    }
}

impl MemberResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let out = Self {
            member_id: r.string(flexible)?,
            group_instance_id: r.nullable_string(flexible)?,
            error_code: r.int16()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 4;
        s.string(flexible, &self.member_id)?;
        s.nullable_string(flexible, self.group_instance_id.as_deref())?;
        s.int16(self.error_code);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for LeaveGroupResponse {
    const NAME: &'static str = "LeaveGroupResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 5;
    const FLEXIBLE_FROM: i16 = 4;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for LeaveGroupResponse {
    const API: ApiKey = ApiKey::LeaveGroup;
}
