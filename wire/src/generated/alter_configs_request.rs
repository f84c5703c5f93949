//! `AlterConfigsRequest`: request, key 33, versions 0-2, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `AlterConfigsRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AlterConfigsRequest {
    /// `Resources` array of AlterConfigsResource.
    pub resources: Vec<AlterConfigsResource>,
    /// `ValidateOnly` bool.
    pub validate_only: bool,
}

impl AlterConfigsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let flexible = version == 2;
        let out = Self {
            resources: r.array(flexible, version, if version <= 1 { 7 } else { 4 }, AlterConfigsResource::decode)?,
            validate_only: r.boolean()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "AlterConfigsRequest", version });
        }
        let flexible = version == 2;
        writer::array(s, flexible, &self.resources, version, AlterConfigsResource::encode)?;
        s.boolean(self.validate_only);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `AlterConfigsResource` in `AlterConfigsRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AlterConfigsResource {
    /// `ResourceType` int8.
    pub resource_type: i8,
    /// `ResourceName` string.
    pub resource_name: String,
    /// `Configs` array of AlterableConfig.
    pub configs: Vec<AlterableConfig>,
}

impl AlterConfigsResource {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 2;
        let out = Self {
            resource_type: r.int8()?,
            resource_name: r.string(flexible)?,
            configs: r.array(flexible, version, if version <= 1 { 4 } else { 3 }, AlterableConfig::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 2;
        s.int8(self.resource_type);
        s.string(flexible, &self.resource_name)?;
        writer::array(s, flexible, &self.configs, version, AlterableConfig::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `AlterableConfig` in `AlterConfigsRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug)]
pub struct AlterableConfig {
    /// `Name` string.
    pub name: String,
    /// `Value` string, default Some(String::new()).
    pub value: Option<String>,
}

impl Default for AlterableConfig {
    fn default() -> Self {
        Self {
            name: String::new(),
            value: Some(String::new()),
        }
    }
}

impl AlterableConfig {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 2;
        let out = Self {
            name: r.string(flexible)?,
            value: r.nullable_string(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 2;
        s.string(flexible, &self.name)?;
        s.nullable_string(flexible, self.value.as_deref())?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for AlterConfigsRequest {
    const NAME: &'static str = "AlterConfigsRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 2;
    const FLEXIBLE_FROM: i16 = 2;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for AlterConfigsRequest {
    const API: ApiKey = ApiKey::AlterConfigs;
    type Response = super::AlterConfigsResponse;
}
