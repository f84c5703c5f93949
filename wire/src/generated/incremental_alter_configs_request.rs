//! `IncrementalAlterConfigsRequest`: request, key 44, versions 0-1, flexible 1+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `IncrementalAlterConfigsRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct IncrementalAlterConfigsRequest {
    /// `Resources` array of AlterConfigsResource.
    pub resources: Vec<AlterConfigsResource>,
    /// `ValidateOnly` bool.
    pub validate_only: bool,
}

impl IncrementalAlterConfigsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let flexible = version == 1;
        let out = Self {
            resources: r.array(flexible, version, if version <= 0 { 7 } else { 4 }, AlterConfigsResource::decode)?,
            validate_only: r.boolean()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "IncrementalAlterConfigsRequest", version });
        }
        let flexible = version == 1;
        writer::array(s, flexible, &self.resources, version, AlterConfigsResource::encode)?;
        s.boolean(self.validate_only);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `AlterConfigsResource` in `IncrementalAlterConfigsRequest`, versions 0-1.
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
        let flexible = version == 1;
        let out = Self {
            resource_type: r.int8()?,
            resource_name: r.string(flexible)?,
            configs: r.array(flexible, version, if version <= 0 { 5 } else { 4 }, AlterableConfig::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 1;
        s.int8(self.resource_type);
        s.string(flexible, &self.resource_name)?;
        writer::array(s, flexible, &self.configs, version, AlterableConfig::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `AlterableConfig` in `IncrementalAlterConfigsRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct AlterableConfig {
    /// `Name` string.
    pub name: String,
    /// `ConfigOperation` int8.
    pub config_operation: i8,
    /// `Value` string, default Some(String::new()).
    pub value: Option<String>,
}

impl Default for AlterableConfig {
    fn default() -> Self {
        Self {
            name: String::new(),
            config_operation: 0,
            value: Some(String::new()),
        }
    }
}

impl AlterableConfig {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            name: r.string(flexible)?,
            config_operation: r.int8()?,
            value: r.nullable_string(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 1;
        s.string(flexible, &self.name)?;
        s.int8(self.config_operation);
        s.nullable_string(flexible, self.value.as_deref())?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `IncrementalAlterConfigsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct IncrementalAlterConfigsRequestView<'a> {
    pub resources: ArrayView<'a, AlterConfigsResourceView<'a>>,
    pub validate_only: bool,
}

impl<'a> View<'a> for IncrementalAlterConfigsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let flexible = version == 1;
        let out = Self {
            resources: r.array_view(flexible, version, (if version <= 0 { 7 } else { 4 }, size_of::<AlterConfigsResource>()), AlterConfigsResourceView::read)?,
            validate_only: r.boolean()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `AlterConfigsResource`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AlterConfigsResourceView<'a> {
    pub resource_type: i8,
    pub resource_name: &'a str,
    pub configs: ArrayView<'a, AlterableConfigView<'a>>,
}

impl<'a> View<'a> for AlterConfigsResourceView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            resource_type: r.int8()?,
            resource_name: r.text(flexible)?,
            configs: r.array_view(flexible, version, (if version <= 0 { 5 } else { 4 }, size_of::<AlterableConfig>()), AlterableConfigView::read)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `AlterableConfig`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AlterableConfigView<'a> {
    pub name: &'a str,
    pub config_operation: i8,
    pub value: Option<&'a str>,
}

impl<'a> View<'a> for AlterableConfigView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            name: r.text(flexible)?,
            config_operation: r.int8()?,
            value: r.nullable_text(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for IncrementalAlterConfigsRequest {
    const NAME: &'static str = "IncrementalAlterConfigsRequest";
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

impl crate::message::Request for IncrementalAlterConfigsRequest {
    const API: ApiKey = ApiKey::IncrementalAlterConfigs;
    type Response = super::IncrementalAlterConfigsResponse;
    type View<'a> = IncrementalAlterConfigsRequestView<'a>;
}
