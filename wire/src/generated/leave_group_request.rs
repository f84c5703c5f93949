//! `LeaveGroupRequest`: request, key 13, versions 0-5, flexible 4+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `LeaveGroupRequest`, versions 0-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LeaveGroupRequest {
    /// `GroupId` string, a groupId.
    pub group_id: String,
    /// `MemberId` string, versions 0-2.
    pub member_id: String,
    /// `Members` array of MemberIdentity, versions 3-5.
    pub members: Vec<MemberIdentity>,
}

impl LeaveGroupRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 5)?;
        let flexible = version >= 4;
        let out = Self {
            group_id: r.string(flexible)?,
            member_id: if version <= 2 { r.string(flexible)? } else { String::new() },
            members: if version >= 3 { r.array(flexible, version, if version <= 3 { 4 } else if version <= 4 { 3 } else { 4 }, MemberIdentity::decode)? } else { Vec::new() },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=5).contains(&version) {
            return Err(EncodeError::Version { message: "LeaveGroupRequest", version });
        }
        let flexible = version >= 4;
        s.string(flexible, &self.group_id)?;
        if version <= 2 {
            s.string(flexible, &self.member_id)?;
        } else {
            writer::absent(!self.member_id.is_empty(), "LeaveGroupRequest.MemberId", version)?;
        }
        if version >= 3 {
            writer::array(s, flexible, &self.members, version, MemberIdentity::encode)?;
        } else {
            writer::absent(!self.members.is_empty(), "LeaveGroupRequest.Members", version)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `MemberIdentity` in `LeaveGroupRequest`, versions 3-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct MemberIdentity {
    /// `MemberId` string.
    pub member_id: String,
    /// `GroupInstanceId` string.
    pub group_instance_id: Option<String>,
    /// `Reason` string, versions 5.
    pub reason: Option<String>,
}

impl MemberIdentity {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let out = Self {
            member_id: r.string(flexible)?,
            group_instance_id: r.nullable_string(flexible)?,
            reason: if version == 5 { r.nullable_string(flexible)? } else { None },
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
        if version == 5 {
            s.nullable_string(flexible, self.reason.as_deref())?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `LeaveGroupRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct LeaveGroupRequestView<'a> {
    pub group_id: &'a str,
    pub member_id: &'a str,
    pub members: ArrayView<'a, MemberIdentityView<'a>>,
}

impl<'a> View<'a> for LeaveGroupRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 5)?;
        let flexible = version >= 4;
        let out = Self {
            group_id: r.text(flexible)?,
            member_id: if version <= 2 { r.text(flexible)? } else { "" },
            members: if version >= 3 { r.array_view(flexible, version, (if version <= 3 { 4 } else if version <= 4 { 3 } else { 4 }, size_of::<MemberIdentity>()), MemberIdentityView::read)? } else { ArrayView::default() },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `MemberIdentity`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct MemberIdentityView<'a> {
    pub member_id: &'a str,
    pub group_instance_id: Option<&'a str>,
    pub reason: Option<&'a str>,
}

impl<'a> View<'a> for MemberIdentityView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let out = Self {
            member_id: r.text(flexible)?,
            group_instance_id: r.nullable_text(flexible)?,
            reason: if version == 5 { r.nullable_text(flexible)? } else { None },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for LeaveGroupRequest {
    const NAME: &'static str = "LeaveGroupRequest";
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

impl crate::message::Request for LeaveGroupRequest {
    const API: ApiKey = ApiKey::LeaveGroup;
    type Response = super::LeaveGroupResponse;
    type View<'a> = LeaveGroupRequestView<'a>;
}
