//! `ListConfigResourcesResponse`: response, key 74, versions 0-1, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ListConfigResourcesResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ListConfigResourcesResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ConfigResources` array of ConfigResource.
    pub config_resources: Vec<ConfigResource>,
}

impl ListConfigResourcesResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
            config_resources: r.array(true, version, if version <= 0 { 2 } else { 3 }, ConfigResource::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "ListConfigResourcesResponse", version });
        }
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        writer::array(s, true, &self.config_resources, version, ConfigResource::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `ConfigResource` in `ListConfigResourcesResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct ConfigResource {
    /// `ResourceName` string.
    pub resource_name: String,
    /// `ResourceType` int8, versions 1, default 16.
    pub resource_type: i8,
}

impl Default for ConfigResource {
    fn default() -> Self {
        Self {
            resource_name: String::new(),
            resource_type: 16,
        }
    }
}

impl ConfigResource {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            resource_name: r.string(true)?,
            resource_type: if version == 1 { r.int8()? } else { 16 },
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.resource_name)?;
        if version == 1 {
            s.int8(self.resource_type);
        }
        s.uvarint(0);
        Ok(())
    }
}

impl Message for ListConfigResourcesResponse {
    const NAME: &'static str = "ListConfigResourcesResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for ListConfigResourcesResponse {
    const API: ApiKey = ApiKey::ListConfigResources;
}
