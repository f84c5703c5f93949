//! `SyncGroupRequest`: request, key 14, versions 0-5, flexible 4+. Generated; not to be edited.

use bytes::Bytes;

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `SyncGroupRequest`, versions 0-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SyncGroupRequest {
    /// `GroupId` string, a groupId.
    pub group_id: String,
    /// `GenerationId` int32.
    pub generation_id: i32,
    /// `MemberId` string.
    pub member_id: String,
    /// `GroupInstanceId` string, versions 3-5.
    pub group_instance_id: Option<String>,
    /// `ProtocolType` string, versions 5.
    pub protocol_type: Option<String>,
    /// `ProtocolName` string, versions 5.
    pub protocol_name: Option<String>,
    /// `Assignments` array of SyncGroupRequestAssignment.
    pub assignments: Vec<SyncGroupRequestAssignment>,
}

impl SyncGroupRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 5)?;
        let flexible = version >= 4;
        let out = Self {
            group_id: r.string(flexible)?,
            generation_id: r.int32()?,
            member_id: r.string(flexible)?,
            group_instance_id: if version >= 3 { r.nullable_string(flexible)? } else { None },
            protocol_type: if version == 5 { r.nullable_string(flexible)? } else { None },
            protocol_name: if version == 5 { r.nullable_string(flexible)? } else { None },
            assignments: r.array(flexible, version, if version <= 3 { 6 } else { 3 }, SyncGroupRequestAssignment::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=5).contains(&version) {
            return Err(EncodeError::Version { message: "SyncGroupRequest", version });
        }
        let flexible = version >= 4;
        s.string(flexible, &self.group_id)?;
        s.int32(self.generation_id);
        s.string(flexible, &self.member_id)?;
        if version >= 3 {
            s.nullable_string(flexible, self.group_instance_id.as_deref())?;
        } else {
            writer::absent(self.group_instance_id.is_some(), "SyncGroupRequest.GroupInstanceId", version)?;
        }
        if version == 5 {
            s.nullable_string(flexible, self.protocol_type.as_deref())?;
        }
        if version == 5 {
            s.nullable_string(flexible, self.protocol_name.as_deref())?;
        }
        writer::array(s, flexible, &self.assignments, version, SyncGroupRequestAssignment::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `SyncGroupRequestAssignment` in `SyncGroupRequest`, versions 0-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SyncGroupRequestAssignment {
    /// `MemberId` string.
    pub member_id: String,
    /// `Assignment` bytes.
    pub assignment: Bytes,
}

impl SyncGroupRequestAssignment {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let out = Self {
            member_id: r.string(flexible)?,
            assignment: r.bytes(flexible)?,
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
        s.bytes(flexible, &self.assignment)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `SyncGroupRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct SyncGroupRequestView<'a> {
    pub group_id: &'a str,
    pub generation_id: i32,
    pub member_id: &'a str,
    pub group_instance_id: Option<&'a str>,
    pub protocol_type: Option<&'a str>,
    pub protocol_name: Option<&'a str>,
    pub assignments: ArrayView<'a, SyncGroupRequestAssignmentView<'a>>,
}

impl<'a> View<'a> for SyncGroupRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 5)?;
        let flexible = version >= 4;
        let out = Self {
            group_id: r.text(flexible)?,
            generation_id: r.int32()?,
            member_id: r.text(flexible)?,
            group_instance_id: if version >= 3 { r.nullable_text(flexible)? } else { None },
            protocol_type: if version == 5 { r.nullable_text(flexible)? } else { None },
            protocol_name: if version == 5 { r.nullable_text(flexible)? } else { None },
            assignments: r.array_view(flexible, version, (if version <= 3 { 6 } else { 3 }, size_of::<SyncGroupRequestAssignment>()), SyncGroupRequestAssignmentView::read)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `SyncGroupRequestAssignment`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct SyncGroupRequestAssignmentView<'a> {
    pub member_id: &'a str,
    pub assignment: &'a [u8],
}

impl<'a> View<'a> for SyncGroupRequestAssignmentView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let out = Self {
            member_id: r.text(flexible)?,
            assignment: r.slice(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for SyncGroupRequest {
    const NAME: &'static str = "SyncGroupRequest";
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

impl crate::message::Request for SyncGroupRequest {
    const API: ApiKey = ApiKey::SyncGroup;
    type Response = super::SyncGroupResponse;
    type View<'a> = SyncGroupRequestView<'a>;
}
