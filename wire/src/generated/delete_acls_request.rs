//! `DeleteAclsRequest`: request, key 31, versions 1-3, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DeleteAclsRequest`, versions 1-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DeleteAclsRequest {
    /// `Filters` array of DeleteAclsFilter.
    pub filters: Vec<DeleteAclsFilter>,
}

impl DeleteAclsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 3)?;
        let flexible = version >= 2;
        let out = Self {
            filters: r.array(flexible, version, if version <= 1 { 10 } else { 8 }, DeleteAclsFilter::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=3).contains(&version) {
            return Err(EncodeError::Version { message: "DeleteAclsRequest", version });
        }
        let flexible = version >= 2;
        writer::array(s, flexible, &self.filters, version, DeleteAclsFilter::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DeleteAclsFilter` in `DeleteAclsRequest`, versions 1-3.
#[derive(Clone, PartialEq, Debug)]
pub struct DeleteAclsFilter {
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

impl Default for DeleteAclsFilter {
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

impl DeleteAclsFilter {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
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

/// `DeleteAclsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DeleteAclsRequestView<'a> {
    pub filters: ArrayView<'a, DeleteAclsFilterView<'a>>,
}

impl<'a> View<'a> for DeleteAclsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 3)?;
        let flexible = version >= 2;
        let out = Self {
            filters: r.array_view(flexible, version, (if version <= 1 { 10 } else { 8 }, size_of::<DeleteAclsFilter>()), DeleteAclsFilterView::read)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `DeleteAclsFilter`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DeleteAclsFilterView<'a> {
    pub resource_type_filter: i8,
    pub resource_name_filter: Option<&'a str>,
    pub pattern_type_filter: i8,
    pub principal_filter: Option<&'a str>,
    pub host_filter: Option<&'a str>,
    pub operation: i8,
    pub permission_type: i8,
}

impl<'a> View<'a> for DeleteAclsFilterView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
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

impl Message for DeleteAclsRequest {
    const NAME: &'static str = "DeleteAclsRequest";
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

impl crate::message::Request for DeleteAclsRequest {
    const API: ApiKey = ApiKey::DeleteAcls;
    type Response = super::DeleteAclsResponse;
    type View<'a> = DeleteAclsRequestView<'a>;
}
