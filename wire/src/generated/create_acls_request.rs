//! `CreateAclsRequest`: request, key 30, versions 1-3, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `CreateAclsRequest`, versions 1-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CreateAclsRequest {
    /// `Creations` array of AclCreation.
    pub creations: Vec<AclCreation>,
}

impl CreateAclsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 3)?;
        let flexible = version >= 2;
        let out = Self {
            creations: r.array(flexible, version, if version <= 1 { 10 } else { 8 }, AclCreation::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=3).contains(&version) {
            return Err(EncodeError::Version { message: "CreateAclsRequest", version });
        }
        let flexible = version >= 2;
        writer::array(s, flexible, &self.creations, version, AclCreation::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `AclCreation` in `CreateAclsRequest`, versions 1-3.
#[derive(Clone, PartialEq, Debug)]
pub struct AclCreation {
    /// `ResourceType` int8.
    pub resource_type: i8,
    /// `ResourceName` string.
    pub resource_name: String,
    /// `ResourcePatternType` int8, default 3.
    pub resource_pattern_type: i8,
    /// `Principal` string.
    pub principal: String,
    /// `Host` string.
    pub host: String,
    /// `Operation` int8.
    pub operation: i8,
    /// `PermissionType` int8.
    pub permission_type: i8,
}

impl Default for AclCreation {
    fn default() -> Self {
        Self {
            resource_type: 0,
            resource_name: String::new(),
            resource_pattern_type: 3,
            principal: String::new(),
            host: String::new(),
            operation: 0,
            permission_type: 0,
        }
    }
}

impl AclCreation {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let out = Self {
            resource_type: r.int8()?,
            resource_name: r.string(flexible)?,
            resource_pattern_type: r.int8()?,
            principal: r.string(flexible)?,
            host: r.string(flexible)?,
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
        s.int8(self.resource_type);
        s.string(flexible, &self.resource_name)?;
        s.int8(self.resource_pattern_type);
        s.string(flexible, &self.principal)?;
        s.string(flexible, &self.host)?;
        s.int8(self.operation);
        s.int8(self.permission_type);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `CreateAclsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct CreateAclsRequestView<'a> {
    pub creations: ArrayView<'a, AclCreationView<'a>>,
}

impl<'a> View<'a> for CreateAclsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 3)?;
        let flexible = version >= 2;
        let out = Self {
            creations: r.array_view(flexible, version, (if version <= 1 { 10 } else { 8 }, size_of::<AclCreation>()), AclCreationView::read)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `AclCreation`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AclCreationView<'a> {
    pub resource_type: i8,
    pub resource_name: &'a str,
    pub resource_pattern_type: i8,
    pub principal: &'a str,
    pub host: &'a str,
    pub operation: i8,
    pub permission_type: i8,
}

impl<'a> View<'a> for AclCreationView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let out = Self {
            resource_type: r.int8()?,
            resource_name: r.text(flexible)?,
            resource_pattern_type: r.int8()?,
            principal: r.text(flexible)?,
            host: r.text(flexible)?,
            operation: r.int8()?,
            permission_type: r.int8()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for CreateAclsRequest {
    const NAME: &'static str = "CreateAclsRequest";
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

impl crate::message::Request for CreateAclsRequest {
    const API: ApiKey = ApiKey::CreateAcls;
    type Response = super::CreateAclsResponse;
    type View<'a> = CreateAclsRequestView<'a>;
}
