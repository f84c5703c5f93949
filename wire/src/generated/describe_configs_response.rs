//! `DescribeConfigsResponse`: response, key 32, versions 1-4, flexible 4+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeConfigsResponse`, versions 1-4.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeConfigsResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `Results` array of DescribeConfigsResult.
    pub results: Vec<DescribeConfigsResult>,
}

impl DescribeConfigsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 4)?;
        let flexible = version == 4;
        let out = Self {
            throttle_time_ms: r.int32()?,
            results: r.array(flexible, version, if version <= 3 { 11 } else { 7 }, DescribeConfigsResult::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=4).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeConfigsResponse", version });
        }
        let flexible = version == 4;
        s.int32(self.throttle_time_ms);
        writer::array(s, flexible, &self.results, version, DescribeConfigsResult::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DescribeConfigsResult` in `DescribeConfigsResponse`, versions 1-4.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeConfigsResult {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, default Some(String::new()).
    pub error_message: Option<String>,
    /// `ResourceType` int8.
    pub resource_type: i8,
    /// `ResourceName` string.
    pub resource_name: String,
    /// `Configs` array of DescribeConfigsResourceResult.
    pub configs: Vec<DescribeConfigsResourceResult>,
}

impl Default for DescribeConfigsResult {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: Some(String::new()),
            resource_type: 0,
            resource_name: String::new(),
            configs: Vec::new(),
        }
    }
}

impl DescribeConfigsResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 4;
        let out = Self {
            error_code: r.int16()?,
            error_message: r.nullable_string(flexible)?,
            resource_type: r.int8()?,
            resource_name: r.string(flexible)?,
            configs: r.array(flexible, version, if version <= 2 { 11 } else if version <= 3 { 14 } else { 9 }, DescribeConfigsResourceResult::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 4;
        s.int16(self.error_code);
        s.nullable_string(flexible, self.error_message.as_deref())?;
        s.int8(self.resource_type);
        s.string(flexible, &self.resource_name)?;
        writer::array(s, flexible, &self.configs, version, DescribeConfigsResourceResult::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DescribeConfigsResourceResult` in `DescribeConfigsResponse`, versions 1-4.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeConfigsResourceResult {
    /// `Name` string.
    pub name: String,
    /// `Value` string, default Some(String::new()).
    pub value: Option<String>,
    /// `ReadOnly` bool.
    pub read_only: bool,
    /// `ConfigSource` int8, default -1.
    pub config_source: i8,
    /// `IsSensitive` bool.
    pub is_sensitive: bool,
    /// `Synonyms` array of DescribeConfigsSynonym.
    pub synonyms: Vec<DescribeConfigsSynonym>,
    /// `ConfigType` int8, versions 3-4.
    pub config_type: i8,
    /// `Documentation` string, versions 3-4, default Some(String::new()).
    pub documentation: Option<String>,
}

impl Default for DescribeConfigsResourceResult {
    fn default() -> Self {
        Self {
            name: String::new(),
            value: Some(String::new()),
            read_only: false,
            config_source: -1,
            is_sensitive: false,
            synonyms: Vec::new(),
            config_type: 0,
            documentation: Some(String::new()),
        }
    }
}

impl DescribeConfigsResourceResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 4;
        let out = Self {
            name: r.string(flexible)?,
            value: r.nullable_string(flexible)?,
            read_only: r.boolean()?,
            config_source: r.int8()?,
            is_sensitive: r.boolean()?,
            synonyms: r.array(flexible, version, if version <= 3 { 5 } else { 4 }, DescribeConfigsSynonym::decode)?,
            config_type: if version >= 3 { r.int8()? } else { 0 },
            documentation: if version >= 3 { r.nullable_string(flexible)? } else { Some(String::new()) },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 4;
        s.string(flexible, &self.name)?;
        s.nullable_string(flexible, self.value.as_deref())?;
        s.boolean(self.read_only);
        s.int8(self.config_source);
        s.boolean(self.is_sensitive);
        writer::array(s, flexible, &self.synonyms, version, DescribeConfigsSynonym::encode)?;
        if version >= 3 {
            s.int8(self.config_type);
        }
        if version >= 3 {
            s.nullable_string(flexible, self.documentation.as_deref())?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DescribeConfigsSynonym` in `DescribeConfigsResponse`, versions 1-4.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeConfigsSynonym {
    /// `Name` string.
    pub name: String,
    /// `Value` string, default Some(String::new()).
    pub value: Option<String>,
    /// `Source` int8.
    pub source: i8,
}

impl Default for DescribeConfigsSynonym {
    fn default() -> Self {
        Self {
            name: String::new(),
            value: Some(String::new()),
            source: 0,
        }
    }
}

impl DescribeConfigsSynonym {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 4;
        let out = Self {
            name: r.string(flexible)?,
            value: r.nullable_string(flexible)?,
            source: r.int8()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 4;
        s.string(flexible, &self.name)?;
        s.nullable_string(flexible, self.value.as_deref())?;
        s.int8(self.source);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for DescribeConfigsResponse {
    const NAME: &'static str = "DescribeConfigsResponse";
    const MIN: i16 = 1;
    const MAX: i16 = 4;
    const FLEXIBLE_FROM: i16 = 4;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for DescribeConfigsResponse {
    const API: ApiKey = ApiKey::DescribeConfigs;
}
