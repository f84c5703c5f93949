//! `DescribeConfigsRequest`: request, key 32, versions 1-4, flexible 4+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeConfigsRequest`, versions 1-4.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeConfigsRequest {
    /// `Resources` array of DescribeConfigsResource.
    pub resources: Vec<DescribeConfigsResource>,
    /// `IncludeSynonyms` bool.
    pub include_synonyms: bool,
    /// `IncludeDocumentation` bool, versions 3-4.
    pub include_documentation: bool,
}

impl DescribeConfigsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 4)?;
        let flexible = version == 4;
        let out = Self {
            resources: r.array(flexible, version, if version <= 3 { 7 } else { 4 }, DescribeConfigsResource::decode)?,
            include_synonyms: r.boolean()?,
            include_documentation: if version >= 3 { r.boolean()? } else { false },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=4).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeConfigsRequest", version });
        }
        let flexible = version == 4;
        writer::array(s, flexible, &self.resources, version, DescribeConfigsResource::encode)?;
        s.boolean(self.include_synonyms);
        if version >= 3 {
            s.boolean(self.include_documentation);
        } else {
            writer::absent(self.include_documentation, "DescribeConfigsRequest.IncludeDocumentation", version)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DescribeConfigsResource` in `DescribeConfigsRequest`, versions 1-4.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeConfigsResource {
    /// `ResourceType` int8.
    pub resource_type: i8,
    /// `ResourceName` string.
    pub resource_name: String,
    /// `ConfigurationKeys` array of string, default Some(Vec::new()).
    pub configuration_keys: Option<Vec<String>>,
}

impl Default for DescribeConfigsResource {
    fn default() -> Self {
        Self {
            resource_type: 0,
            resource_name: String::new(),
            configuration_keys: Some(Vec::new()),
        }
    }
}

impl DescribeConfigsResource {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 4;
        let out = Self {
            resource_type: r.int8()?,
            resource_name: r.string(flexible)?,
            configuration_keys: r.nullable_array(flexible, version, if version <= 3 { 2 } else { 1 }, |r, v| r.string(v == 4))?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 4;
        s.int8(self.resource_type);
        s.string(flexible, &self.resource_name)?;
        writer::nullable_array(s, flexible, self.configuration_keys.as_deref(), version, |e, s, v| s.string(v == 4, e))?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DescribeConfigsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DescribeConfigsRequestView<'a> {
    pub resources: ArrayView<'a, DescribeConfigsResourceView<'a>>,
    pub include_synonyms: bool,
    pub include_documentation: bool,
}

impl<'a> View<'a> for DescribeConfigsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 4)?;
        let flexible = version == 4;
        let out = Self {
            resources: r.array_view(flexible, version, (if version <= 3 { 7 } else { 4 }, size_of::<DescribeConfigsResource>()), DescribeConfigsResourceView::read)?,
            include_synonyms: r.boolean()?,
            include_documentation: if version >= 3 { r.boolean()? } else { false },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `DescribeConfigsResource`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DescribeConfigsResourceView<'a> {
    pub resource_type: i8,
    pub resource_name: &'a str,
    pub configuration_keys: Option<ArrayView<'a, &'a str>>,
}

impl<'a> View<'a> for DescribeConfigsResourceView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 4;
        let out = Self {
            resource_type: r.int8()?,
            resource_name: r.text(flexible)?,
            configuration_keys: r.nullable_array_view(flexible, version, (if version <= 3 { 2 } else { 1 }, size_of::<String>()), |r, v| r.text(v == 4))?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for DescribeConfigsRequest {
    const NAME: &'static str = "DescribeConfigsRequest";
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

impl crate::message::Request for DescribeConfigsRequest {
    const API: ApiKey = ApiKey::DescribeConfigs;
    type Response = super::DescribeConfigsResponse;
    type View<'a> = DescribeConfigsRequestView<'a>;
}
