//! `HeartbeatRequest`: request, key 12, versions 0-4, flexible 4+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::View;
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `HeartbeatRequest`, versions 0-4.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct HeartbeatRequest {
    /// `GroupId` string, a groupId.
    pub group_id: String,
    /// `GenerationId` int32.
    pub generation_id: i32,
    /// `MemberId` string.
    pub member_id: String,
    /// `GroupInstanceId` string, versions 3-4.
    pub group_instance_id: Option<String>,
}

impl HeartbeatRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 4)?;
        let flexible = version == 4;
        let out = Self {
            group_id: r.string(flexible)?,
            generation_id: r.int32()?,
            member_id: r.string(flexible)?,
            group_instance_id: if version >= 3 { r.nullable_string(flexible)? } else { None },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=4).contains(&version) {
            return Err(EncodeError::Version { message: "HeartbeatRequest", version });
        }
        let flexible = version == 4;
        s.string(flexible, &self.group_id)?;
        s.int32(self.generation_id);
        s.string(flexible, &self.member_id)?;
        if version >= 3 {
            s.nullable_string(flexible, self.group_instance_id.as_deref())?;
        } else {
            writer::absent(self.group_instance_id.is_some(), "HeartbeatRequest.GroupInstanceId", version)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `HeartbeatRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct HeartbeatRequestView<'a> {
    pub group_id: &'a str,
    pub generation_id: i32,
    pub member_id: &'a str,
    pub group_instance_id: Option<&'a str>,
}

impl<'a> View<'a> for HeartbeatRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 4)?;
        let flexible = version == 4;
        let out = Self {
            group_id: r.text(flexible)?,
            generation_id: r.int32()?,
            member_id: r.text(flexible)?,
            group_instance_id: if version >= 3 { r.nullable_text(flexible)? } else { None },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for HeartbeatRequest {
    const NAME: &'static str = "HeartbeatRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 4;
    const FLEXIBLE_FROM: i16 = 4;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for HeartbeatRequest {
    const API: ApiKey = ApiKey::Heartbeat;
    type Response = super::HeartbeatResponse;
    type View<'a> = HeartbeatRequestView<'a>;
}
