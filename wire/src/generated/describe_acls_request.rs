//! `DescribeAclsRequest`: request, key 29, versions 1-3, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::View;
use crate::writer::{EncodeError, Encoded, Sink};

/// `DescribeAclsRequest`, versions 1-3.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeAclsRequest {
    /// `ResourceTypeFilter` int8.
    pub resource_type_filter: i8,
    /// `ResourceNameFilter` string, default Some(String::new()).
    pub resource_name_filter: Option<String>,
    /// `PatternTypeFilter` int8, default 3.
    pub pattern_type_filter: i8,
    /// `PrincipalFilter` string, default Some(String::new()).
    pub principal_filter: Option<String>,
    /// `HostFilter` string, default Some(String::new()).
    pub host_filter: Option<String>,
    /// `Operation` int8.
    pub operation: i8,
    /// `PermissionType` int8.
    pub permission_type: i8,
}

impl Default for DescribeAclsRequest {
    fn default() -> Self {
        Self {
            resource_type_filter: 0,
            resource_name_filter: Some(String::new()),
            pattern_type_filter: 3,
            principal_filter: Some(String::new()),
            host_filter: Some(String::new()),
            operation: 0,
            permission_type: 0,
        }
    }
}

impl DescribeAclsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 3)?;
        let flexible = version >= 2;
        let out = Self {
            resource_type_filter: r.int8()?,
            resource_name_filter: r.nullable_string(flexible)?,
            pattern_type_filter: r.int8()?,
            principal_filter: r.nullable_string(flexible)?,
            host_filter: r.nullable_string(flexible)?,
            operation: r.int8()?,
            permission_type: r.int8()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=3).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeAclsRequest", version });
        }
        let flexible = version >= 2;
        s.int8(self.resource_type_filter);
        s.nullable_string(flexible, self.resource_name_filter.as_deref())?;
        s.int8(self.pattern_type_filter);
        s.nullable_string(flexible, self.principal_filter.as_deref())?;
        s.nullable_string(flexible, self.host_filter.as_deref())?;
        s.int8(self.operation);
        s.int8(self.permission_type);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DescribeAclsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DescribeAclsRequestView<'a> {
    pub resource_type_filter: i8,
    pub resource_name_filter: Option<&'a str>,
    pub pattern_type_filter: i8,
    pub principal_filter: Option<&'a str>,
    pub host_filter: Option<&'a str>,
    pub operation: i8,
    pub permission_type: i8,
}

impl<'a> View<'a> for DescribeAclsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 3)?;
        let flexible = version >= 2;
        let out = Self {
            resource_type_filter: r.int8()?,
            resource_name_filter: r.nullable_text(flexible)?,
            pattern_type_filter: r.int8()?,
            principal_filter: r.nullable_text(flexible)?,
            host_filter: r.nullable_text(flexible)?,
            operation: r.int8()?,
            permission_type: r.int8()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for DescribeAclsRequest {
    const NAME: &'static str = "DescribeAclsRequest";
    const MIN: i16 = 1;
    const MAX: i16 = 3;
    const FLEXIBLE_FROM: i16 = 2;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for DescribeAclsRequest {
    const API: ApiKey = ApiKey::DescribeAcls;
    type Response = super::DescribeAclsResponse;
    type View<'a> = DescribeAclsRequestView<'a>;
}
