//! `JoinGroupRequest`: request, key 11, versions 0-9, flexible 6+. Generated; not to be edited.

use bytes::Bytes;

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `JoinGroupRequest`, versions 0-9.
#[derive(Clone, PartialEq, Debug)]
pub struct JoinGroupRequest {
    /// `GroupId` string, a groupId.
    pub group_id: String,
    /// `SessionTimeoutMs` int32.
    pub session_timeout_ms: i32,
    /// `RebalanceTimeoutMs` int32, versions 1-9, default -1.
    pub rebalance_timeout_ms: i32,
    /// `MemberId` string.
    pub member_id: String,
    /// `GroupInstanceId` string, versions 5-9.
    pub group_instance_id: Option<String>,
    /// `ProtocolType` string.
    pub protocol_type: String,
    /// `Protocols` array of JoinGroupRequestProtocol.
    pub protocols: Vec<JoinGroupRequestProtocol>,
    /// `Reason` string, versions 8-9.
    pub reason: Option<String>,
}

impl Default for JoinGroupRequest {
    fn default() -> Self {
        Self {
            group_id: String::new(),
            session_timeout_ms: 0,
            rebalance_timeout_ms: -1,
            member_id: String::new(),
            group_instance_id: None,
            protocol_type: String::new(),
            protocols: Vec::new(),
            reason: None,
        }
    }
}

impl JoinGroupRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 9)?;
        let flexible = version >= 6;
        let out = Self {
            group_id: r.string(flexible)?,
            session_timeout_ms: r.int32()?,
            rebalance_timeout_ms: if version >= 1 { r.int32()? } else { -1 },
            member_id: r.string(flexible)?,
            group_instance_id: if version >= 5 { r.nullable_string(flexible)? } else { None },
            protocol_type: r.string(flexible)?,
            protocols: r.array(flexible, version, if version <= 5 { 6 } else { 3 }, JoinGroupRequestProtocol::decode)?,
            reason: if version >= 8 { r.nullable_string(flexible)? } else { None },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=9).contains(&version) {
            return Err(EncodeError::Version { message: "JoinGroupRequest", version });
        }
        let flexible = version >= 6;
        s.string(flexible, &self.group_id)?;
        s.int32(self.session_timeout_ms);
        if version >= 1 {
            s.int32(self.rebalance_timeout_ms);
        }
        s.string(flexible, &self.member_id)?;
        if version >= 5 {
            s.nullable_string(flexible, self.group_instance_id.as_deref())?;
        } else {
            writer::absent(self.group_instance_id.is_some(), "JoinGroupRequest.GroupInstanceId", version)?;
        }
        s.string(flexible, &self.protocol_type)?;
        writer::array(s, flexible, &self.protocols, version, JoinGroupRequestProtocol::encode)?;
        if version >= 8 {
            s.nullable_string(flexible, self.reason.as_deref())?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `JoinGroupRequestProtocol` in `JoinGroupRequest`, versions 0-9.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct JoinGroupRequestProtocol {
    /// `Name` string.
    pub name: String,
    /// `Metadata` bytes.
    pub metadata: Bytes,
}

impl JoinGroupRequestProtocol {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let out = Self {
            name: r.string(flexible)?,
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
        s.string(flexible, &self.name)?;
        s.bytes(flexible, &self.metadata)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `JoinGroupRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct JoinGroupRequestView<'a> {
    pub group_id: &'a str,
    pub session_timeout_ms: i32,
    pub rebalance_timeout_ms: i32,
    pub member_id: &'a str,
    pub group_instance_id: Option<&'a str>,
    pub protocol_type: &'a str,
    pub protocols: ArrayView<'a, JoinGroupRequestProtocolView<'a>>,
    pub reason: Option<&'a str>,
}

impl<'a> View<'a> for JoinGroupRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 9)?;
        let flexible = version >= 6;
        let out = Self {
            group_id: r.text(flexible)?,
            session_timeout_ms: r.int32()?,
            rebalance_timeout_ms: if version >= 1 { r.int32()? } else { -1 },
            member_id: r.text(flexible)?,
            group_instance_id: if version >= 5 { r.nullable_text(flexible)? } else { None },
            protocol_type: r.text(flexible)?,
            protocols: r.array_view(flexible, version, (if version <= 5 { 6 } else { 3 }, size_of::<JoinGroupRequestProtocol>()), JoinGroupRequestProtocolView::read)?,
            reason: if version >= 8 { r.nullable_text(flexible)? } else { None },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `JoinGroupRequestProtocol`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct JoinGroupRequestProtocolView<'a> {
    pub name: &'a str,
    pub metadata: &'a [u8],
}

impl<'a> View<'a> for JoinGroupRequestProtocolView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let out = Self {
            name: r.text(flexible)?,
            metadata: r.slice(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for JoinGroupRequest {
    const NAME: &'static str = "JoinGroupRequest";
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

impl crate::message::Request for JoinGroupRequest {
    const API: ApiKey = ApiKey::JoinGroup;
    type Response = super::JoinGroupResponse;
    type View<'a> = JoinGroupRequestView<'a>;
}
