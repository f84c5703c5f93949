//! `JoinGroupResponse`: response, key 11, versions 0-9, flexible 6+. Generated; not to be edited.

use bytes::Bytes;

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `JoinGroupResponse`, versions 0-9.
#[derive(Clone, PartialEq, Debug)]
pub struct JoinGroupResponse {
    /// `ThrottleTimeMs` int32, versions 2-9.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `GenerationId` int32, default -1.
    pub generation_id: i32,
    /// `ProtocolType` string, versions 7-9.
    pub protocol_type: Option<String>,
    /// `ProtocolName` string, nullable 7-9, default Some(String::new()).
    pub protocol_name: Option<String>,
    /// `Leader` string.
    pub leader: String,
    /// `SkipAssignment` bool, versions 9.
    pub skip_assignment: bool,
    /// `MemberId` string.
    pub member_id: String,
    /// `Members` array of JoinGroupResponseMember.
    pub members: Vec<JoinGroupResponseMember>,
}

impl Default for JoinGroupResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            generation_id: -1,
            protocol_type: None,
            protocol_name: Some(String::new()),
            leader: String::new(),
            skip_assignment: false,
            member_id: String::new(),
            members: Vec::new(),
        }
    }
}

impl JoinGroupResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 9)?;
        let flexible = version >= 6;
        let out = Self {
            throttle_time_ms: if version >= 2 { r.int32()? } else { 0 },
            error_code: r.int16()?,
            generation_id: r.int32()?,
            protocol_type: if version >= 7 { r.nullable_string(flexible)? } else { None },
            protocol_name: if version >= 7 { r.nullable_string(flexible)? } else { Some(r.string(flexible)?) },
            leader: r.string(flexible)?,
            skip_assignment: if version == 9 { r.boolean()? } else { false },
            member_id: r.string(flexible)?,
            members: r.array(flexible, version, if version <= 4 { 6 } else if version <= 5 { 8 } else { 4 }, JoinGroupResponseMember::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=9).contains(&version) {
            return Err(EncodeError::Version { message: "JoinGroupResponse", version });
        }
        let flexible = version >= 6;
        if version >= 2 {
            s.int32(self.throttle_time_ms);
        }
        s.int16(self.error_code);
        s.int32(self.generation_id);
        if version >= 7 {
            s.nullable_string(flexible, self.protocol_type.as_deref())?;
        }
        if version >= 7 {
            s.nullable_string(flexible, self.protocol_name.as_deref())?;
        } else {
            s.string(flexible, writer::required(&self.protocol_name, "JoinGroupResponse.ProtocolName", version)?)?;
        }
        s.string(flexible, &self.leader)?;
        if version == 9 {
            s.boolean(self.skip_assignment);
        } else {
            writer::absent(self.skip_assignment, "JoinGroupResponse.SkipAssignment", version)?;
        }
        s.string(flexible, &self.member_id)?;
        writer::array(s, flexible, &self.members, version, JoinGroupResponseMember::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `JoinGroupResponseMember` in `JoinGroupResponse`, versions 0-9.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct JoinGroupResponseMember {
    /// `MemberId` string.
    pub member_id: String,
    /// `GroupInstanceId` string, versions 5-9.
    pub group_instance_id: Option<String>,
    /// `Metadata` bytes.
    pub metadata: Bytes,
}

impl JoinGroupResponseMember {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let out = Self {
            member_id: r.string(flexible)?,
            group_instance_id: if version >= 5 { r.nullable_string(flexible)? } else { None },
            metadata: r.bytes(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 6;
        s.string(flexible, &self.member_id)?;
        if version >= 5 {
            s.nullable_string(flexible, self.group_instance_id.as_deref())?;
        }
        s.bytes(flexible, &self.metadata)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for JoinGroupResponse {
    const NAME: &'static str = "JoinGroupResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 9;
    const FLEXIBLE_FROM: i16 = 6;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for JoinGroupResponse {
    const API: ApiKey = ApiKey::JoinGroup;
}
