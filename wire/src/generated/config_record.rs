//! `ConfigRecord`: metadata, key 4, versions 0, flexible 0+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `ConfigRecord`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct ConfigRecord {
    /// `ResourceType` int8.
    pub resource_type: i8,
    /// `ResourceName` string.
    pub resource_name: String,
    /// `Name` string.
    pub name: String,
    /// `Value` string, default Some(String::new()).
    pub value: Option<String>,
}

impl Default for ConfigRecord {
    fn default() -> Self {
        Self {
            resource_type: 0,
            resource_name: String::new(),
            name: String::new(),
            value: Some(String::new()),
        }
    }
}

impl ConfigRecord {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            resource_type: r.int8()?,
            resource_name: r.string(true)?,
            name: r.string(true)?,
            value: r.nullable_string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "ConfigRecord", version });
        }
        s.int8(self.resource_type);
        s.string(true, &self.resource_name)?;
        s.string(true, &self.name)?;
        s.nullable_string(true, self.value.as_deref())?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for ConfigRecord {
    const NAME: &'static str = "ConfigRecord";
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
