//! `AccessControlEntryRecord`: metadata, key 18, versions 0, flexible 0+. Generated; not to be edited.

use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `AccessControlEntryRecord`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AccessControlEntryRecord {
    /// `Id` uuid.
    pub id: Uuid,
    /// `ResourceType` int8.
    pub resource_type: i8,
    /// `ResourceName` string.
    pub resource_name: String,
    /// `PatternType` int8.
    pub pattern_type: i8,
    /// `Principal` string.
    pub principal: String,
    /// `Host` string.
    pub host: String,
    /// `Operation` int8.
    pub operation: i8,
    /// `PermissionType` int8.
    pub permission_type: i8,
}

impl AccessControlEntryRecord {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            id: r.uuid()?,
            resource_type: r.int8()?,
            resource_name: r.string(true)?,
            pattern_type: r.int8()?,
            principal: r.string(true)?,
            host: r.string(true)?,
            operation: r.int8()?,
            permission_type: r.int8()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "AccessControlEntryRecord", version });
        }
        s.uuid(self.id);
        s.int8(self.resource_type);
        s.string(true, &self.resource_name)?;
        s.int8(self.pattern_type);
        s.string(true, &self.principal)?;
        s.string(true, &self.host)?;
        s.int8(self.operation);
        s.int8(self.permission_type);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for AccessControlEntryRecord {
    const NAME: &'static str = "AccessControlEntryRecord";
    const MIN: i16 = 0;
    const MAX: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}
