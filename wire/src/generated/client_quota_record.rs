//! `ClientQuotaRecord`: metadata, key 14, versions 0, flexible 0+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ClientQuotaRecord`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ClientQuotaRecord {
    /// `Entity` array of EntityData.
    pub entity: Vec<EntityData>,
    /// `Key` string.
    pub key: String,
    /// `Value` float64.
    pub value: f64,
    /// `Remove` bool.
    pub remove: bool,
}

impl ClientQuotaRecord {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            entity: r.array(true, version, 3, EntityData::decode)?,
            key: r.string(true)?,
            value: r.float64()?,
            remove: r.boolean()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "ClientQuotaRecord", version });
        }
        writer::array(s, true, &self.entity, version, EntityData::encode)?;
        s.string(true, &self.key)?;
        s.float64(self.value);
        s.boolean(self.remove);
        s.uvarint(0);
        Ok(())
    }
}

/// `EntityData` in `ClientQuotaRecord`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct EntityData {
    /// `EntityType` string.
    pub entity_type: String,
    /// `EntityName` string, default Some(String::new()).
    pub entity_name: Option<String>,
}

impl Default for EntityData {
    fn default() -> Self {
        Self {
            entity_type: String::new(),
            entity_name: Some(String::new()),
        }
    }
}

impl EntityData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            entity_type: r.string(true)?,
            entity_name: r.nullable_string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.entity_type)?;
        s.nullable_string(true, self.entity_name.as_deref())?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for ClientQuotaRecord {
    const NAME: &'static str = "ClientQuotaRecord";
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
