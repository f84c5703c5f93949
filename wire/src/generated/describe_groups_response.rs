//! `DescribeGroupsResponse`: response, key 15, versions 0-6, flexible 5+. Generated; not to be edited.

use bytes::Bytes;

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeGroupsResponse`, versions 0-6.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeGroupsResponse {
    /// `ThrottleTimeMs` int32, versions 1-6.
    pub throttle_time_ms: i32,
    /// `Groups` array of DescribedGroup.
    pub groups: Vec<DescribedGroup>,
}

impl DescribeGroupsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 6)?;
        let flexible = version >= 5;
        let out = Self {
            throttle_time_ms: if version >= 1 { r.int32()? } else { 0 },
            groups: r.array(flexible, version, if version <= 2 { 14 } else if version <= 4 { 18 } else if version <= 5 { 12 } else { 13 }, DescribedGroup::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=6).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeGroupsResponse", version });
        }
        let flexible = version >= 5;
        if version >= 1 {
            s.int32(self.throttle_time_ms);
        }
        writer::array(s, flexible, &self.groups, version, DescribedGroup::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DescribedGroup` in `DescribeGroupsResponse`, versions 0-6.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribedGroup {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, versions 6.
    pub error_message: Option<String>,
    /// `GroupId` string, a groupId.
    pub group_id: String,
    /// `GroupState` string.
    pub group_state: String,
    /// `ProtocolType` string.
    pub protocol_type: String,
    /// `ProtocolData` string.
    pub protocol_data: String,
    /// `Members` array of DescribedGroupMember.
    pub members: Vec<DescribedGroupMember>,
    /// `AuthorizedOperations` int32, versions 3-6, default i32::MIN.
    pub authorized_operations: i32,
}

impl Default for DescribedGroup {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: None,
            group_id: String::new(),
            group_state: String::new(),
            protocol_type: String::new(),
            protocol_data: String::new(),
            members: Vec::new(),
            authorized_operations: i32::MIN,
        }
    }
}

impl DescribedGroup {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let out = Self {
            error_code: r.int16()?,
            error_message: if version == 6 { r.nullable_string(flexible)? } else { None },
            group_id: r.string(flexible)?,
            group_state: r.string(flexible)?,
            protocol_type: r.string(flexible)?,
            protocol_data: r.string(flexible)?,
            members: r.array(flexible, version, if version <= 3 { 14 } else if version <= 4 { 16 } else { 7 }, DescribedGroupMember::decode)?,
            authorized_operations: if version >= 3 { r.int32()? } else { i32::MIN },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 5;
        s.int16(self.error_code);
        if version == 6 {
            s.nullable_string(flexible, self.error_message.as_deref())?;
        } else {
            writer::absent(self.error_message.is_some(), "DescribedGroup.ErrorMessage", version)?;
        }
        s.string(flexible, &self.group_id)?;
        s.string(flexible, &self.group_state)?;
        s.string(flexible, &self.protocol_type)?;
        s.string(flexible, &self.protocol_data)?;
        writer::array(s, flexible, &self.members, version, DescribedGroupMember::encode)?;
        if version >= 3 {
            s.int32(self.authorized_operations);
        } else {
            writer::absent(self.authorized_operations != i32::MIN, "DescribedGroup.AuthorizedOperations", version)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DescribedGroupMember` in `DescribeGroupsResponse`, versions 0-6.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribedGroupMember {
    /// `MemberId` string.
    pub member_id: String,
    /// `GroupInstanceId` string, versions 4-6.
    pub group_instance_id: Option<String>,
    /// `ClientId` string.
    pub client_id: String,
    /// `ClientHost` string.
    pub client_host: String,
    /// `MemberMetadata` bytes.
    pub member_metadata: Bytes,
    /// `MemberAssignment` bytes.
    pub member_assignment: Bytes,
}

impl DescribedGroupMember {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let out = Self {
            member_id: r.string(flexible)?,
            group_instance_id: if version >= 4 { r.nullable_string(flexible)? } else { None },
            client_id: r.string(flexible)?,
            client_host: r.string(flexible)?,
            member_metadata: r.bytes(flexible)?,
            member_assignment: r.bytes(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 5;
        s.string(flexible, &self.member_id)?;
        if version >= 4 {
            s.nullable_string(flexible, self.group_instance_id.as_deref())?;
        }
        s.string(flexible, &self.client_id)?;
        s.string(flexible, &self.client_host)?;
        s.bytes(flexible, &self.member_metadata)?;
        s.bytes(flexible, &self.member_assignment)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for DescribeGroupsResponse {
    const NAME: &'static str = "DescribeGroupsResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 6;
    const FLEXIBLE_FROM: i16 = 5;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for DescribeGroupsResponse {
    const API: ApiKey = ApiKey::DescribeGroups;
}
