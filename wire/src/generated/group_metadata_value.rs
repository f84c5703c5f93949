//! `GroupMetadataValue`: coordinator-value, key 2, versions 0-4, flexible 4+. Generated; not to be edited.

use bytes::Bytes;

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `GroupMetadataValue`, versions 0-4.
#[derive(Clone, PartialEq, Debug)]
pub struct GroupMetadataValue {
    /// `protocolType` string.
    pub protocol_type: String,
    /// `generation` int32.
    pub generation: i32,
    /// `protocol` string, default Some(String::new()).
    pub protocol: Option<String>,
    /// `leader` string, default Some(String::new()).
    pub leader: Option<String>,
    /// `currentStateTimestamp` int64, versions 2-4, default -1.
    pub current_state_timestamp: i64,
    /// `members` array of MemberMetadata.
    pub members: Vec<MemberMetadata>,
}

impl Default for GroupMetadataValue {
    fn default() -> Self {
        Self {
            protocol_type: String::new(),
            generation: 0,
            protocol: Some(String::new()),
            leader: Some(String::new()),
            current_state_timestamp: -1,
            members: Vec::new(),
        }
    }
}

impl GroupMetadataValue {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 4)?;
        let flexible = version == 4;
        let out = Self {
            protocol_type: r.string(flexible)?,
            generation: r.int32()?,
            protocol: r.nullable_string(flexible)?,
            leader: r.nullable_string(flexible)?,
            current_state_timestamp: if version >= 2 { r.int64()? } else { -1 },
            members: r.array(flexible, version, if version <= 0 { 18 } else if version <= 2 { 22 } else if version <= 3 { 24 } else { 15 }, MemberMetadata::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=4).contains(&version) {
            return Err(EncodeError::Version { message: "GroupMetadataValue", version });
        }
        let flexible = version == 4;
        s.string(flexible, &self.protocol_type)?;
        s.int32(self.generation);
        s.nullable_string(flexible, self.protocol.as_deref())?;
        s.nullable_string(flexible, self.leader.as_deref())?;
        if version >= 2 {
            s.int64(self.current_state_timestamp);
        }
        writer::array(s, flexible, &self.members, version, MemberMetadata::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `MemberMetadata` in `GroupMetadataValue`, versions 0-4.
#[derive(Clone, PartialEq, Debug)]
pub struct MemberMetadata {
    /// `memberId` string.
    pub member_id: String,
    /// `groupInstanceId` string, versions 3-4.
    pub group_instance_id: Option<String>,
    /// `clientId` string.
    pub client_id: String,
    /// `clientHost` string.
    pub client_host: String,
    /// `rebalanceTimeout` int32, versions 1-4, default -1.
    pub rebalance_timeout: i32,
    /// `sessionTimeout` int32.
    pub session_timeout: i32,
    /// `subscription` bytes.
    pub subscription: Bytes,
    /// `assignment` bytes.
    pub assignment: Bytes,
}

impl Default for MemberMetadata {
    fn default() -> Self {
        Self {
            member_id: String::new(),
            group_instance_id: None,
            client_id: String::new(),
            client_host: String::new(),
            rebalance_timeout: -1,
            session_timeout: 0,
            subscription: Bytes::new(),
            assignment: Bytes::new(),
        }
    }
}

impl MemberMetadata {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 4;
        let out = Self {
            member_id: r.string(flexible)?,
            group_instance_id: if version >= 3 { r.nullable_string(flexible)? } else { None },
            client_id: r.string(flexible)?,
            client_host: r.string(flexible)?,
            rebalance_timeout: if version >= 1 { r.int32()? } else { -1 },
            session_timeout: r.int32()?,
            subscription: r.bytes(flexible)?,
            assignment: r.bytes(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 4;
        s.string(flexible, &self.member_id)?;
        if version >= 3 {
            s.nullable_string(flexible, self.group_instance_id.as_deref())?;
        }
        s.string(flexible, &self.client_id)?;
        s.string(flexible, &self.client_host)?;
        if version >= 1 {
            s.int32(self.rebalance_timeout);
        }
        s.int32(self.session_timeout);
        s.bytes(flexible, &self.subscription)?;
        s.bytes(flexible, &self.assignment)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for GroupMetadataValue {
    const NAME: &'static str = "GroupMetadataValue";
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
