//! `DescribeClientQuotasResponse`: response, key 48, versions 0-1, flexible 1+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeClientQuotasResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeClientQuotasResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, default Some(String::new()).
    pub error_message: Option<String>,
    /// `Entries` array of EntryData, default Some(Vec::new()).
    pub entries: Option<Vec<EntryData>>,
}

impl Default for DescribeClientQuotasResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(String::new()),
            entries: Some(Vec::new()),
        }
    }
}

impl DescribeClientQuotasResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let flexible = version == 1;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(flexible)?,
            entries: r.nullable_array(flexible, version, if version <= 0 { 8 } else { 3 }, EntryData::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeClientQuotasResponse", version });
        }
        let flexible = version == 1;
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        s.nullable_string(flexible, self.error_message.as_deref())?;
        writer::nullable_array(s, flexible, self.entries.as_deref(), version, EntryData::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `EntryData` in `DescribeClientQuotasResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct EntryData {
    /// `Entity` array of EntityData.
    pub entity: Vec<EntityData>,
    /// `Values` array of ValueData.
    pub values: Vec<ValueData>,
}

impl EntryData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            entity: r.array(flexible, version, if version <= 0 { 4 } else { 3 }, EntityData::decode)?,
            values: r.array(flexible, version, 10, ValueData::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 1;
        writer::array(s, flexible, &self.entity, version, EntityData::encode)?;
        writer::array(s, flexible, &self.values, version, ValueData::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `EntityData` in `DescribeClientQuotasResponse`, versions 0-1.
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
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            entity_type: r.string(flexible)?,
            entity_name: r.nullable_string(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 1;
        s.string(flexible, &self.entity_type)?;
        s.nullable_string(flexible, self.entity_name.as_deref())?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `ValueData` in `DescribeClientQuotasResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ValueData {
    /// `Key` string.
    pub key: String,
    /// `Value` float64.
    pub value: f64,
}

impl ValueData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            key: r.string(flexible)?,
            value: r.float64()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 1;
        s.string(flexible, &self.key)?;
        s.float64(self.value);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for DescribeClientQuotasResponse {
    const NAME: &'static str = "DescribeClientQuotasResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 1;
    const FLEXIBLE_FROM: i16 = 1;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for DescribeClientQuotasResponse {
    const API: ApiKey = ApiKey::DescribeClientQuotas;
}
