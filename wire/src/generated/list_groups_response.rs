//! `ListGroupsResponse`: response, key 16, versions 0-5, flexible 3+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ListGroupsResponse`, versions 0-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ListGroupsResponse {
    /// `ThrottleTimeMs` int32, versions 1-5.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `Groups` array of ListedGroup.
    pub groups: Vec<ListedGroup>,
}

impl ListGroupsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 5)?;
        let flexible = version >= 3;
        let out = Self {
            throttle_time_ms: if version >= 1 { r.int32()? } else { 0 },
            error_code: r.int16()?,
            groups: r.array(flexible, version, if version <= 2 { 4 } else if version <= 3 { 3 } else if version <= 4 { 4 } else { 5 }, ListedGroup::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=5).contains(&version) {
            return Err(EncodeError::Version { message: "ListGroupsResponse", version });
        }
        let flexible = version >= 3;
        if version >= 1 {
            s.int32(self.throttle_time_ms);
        }
        s.int16(self.error_code);
        writer::array(s, flexible, &self.groups, version, ListedGroup::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `ListedGroup` in `ListGroupsResponse`, versions 0-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ListedGroup {
    /// `GroupId` string, a groupId.
    pub group_id: String,
    /// `ProtocolType` string.
    pub protocol_type: String,
    /// `GroupState` string, versions 4-5.
    pub group_state: String,
    /// `GroupType` string, versions 5.
    pub group_type: String,
}

impl ListedGroup {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let out = Self {
            group_id: r.string(flexible)?,
            protocol_type: r.string(flexible)?,
            group_state: if version >= 4 { r.string(flexible)? } else { String::new() },
            group_type: if version == 5 { r.string(flexible)? } else { String::new() },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 3;
        s.string(flexible, &self.group_id)?;
        s.string(flexible, &self.protocol_type)?;
        if version >= 4 {
            s.string(flexible, &self.group_state)?;
        }
        if version == 5 {
            s.string(flexible, &self.group_type)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for ListGroupsResponse {
    const NAME: &'static str = "ListGroupsResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 5;
    const FLEXIBLE_FROM: i16 = 3;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for ListGroupsResponse {
    const API: ApiKey = ApiKey::ListGroups;
}
