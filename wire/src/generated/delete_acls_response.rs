//! `DeleteAclsResponse`: response, key 31, versions 1-3, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DeleteAclsResponse`, versions 1-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DeleteAclsResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `FilterResults` array of DeleteAclsFilterResult.
    pub filter_results: Vec<DeleteAclsFilterResult>,
}

impl DeleteAclsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 3)?;
        let flexible = version >= 2;
        let out = Self {
            throttle_time_ms: r.int32()?,
            filter_results: r.array(flexible, version, if version <= 1 { 8 } else { 5 }, DeleteAclsFilterResult::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=3).contains(&version) {
            return Err(EncodeError::Version { message: "DeleteAclsResponse", version });
        }
        let flexible = version >= 2;
        s.int32(self.throttle_time_ms);
        writer::array(s, flexible, &self.filter_results, version, DeleteAclsFilterResult::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DeleteAclsFilterResult` in `DeleteAclsResponse`, versions 1-3.
#[derive(Clone, PartialEq, Debug)]
pub struct DeleteAclsFilterResult {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, default Some(String::new()).
    pub error_message: Option<String>,
    /// `MatchingAcls` array of DeleteAclsMatchingAcl.
    pub matching_acls: Vec<DeleteAclsMatchingAcl>,
}

impl Default for DeleteAclsFilterResult {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: Some(String::new()),
            matching_acls: Vec::new(),
        }
    }
}

impl DeleteAclsFilterResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let out = Self {
            error_code: r.int16()?,
            error_message: r.nullable_string(flexible)?,
            matching_acls: r.array(flexible, version, if version <= 1 { 14 } else { 11 }, DeleteAclsMatchingAcl::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 2;
        s.int16(self.error_code);
        s.nullable_string(flexible, self.error_message.as_deref())?;
        writer::array(s, flexible, &self.matching_acls, version, DeleteAclsMatchingAcl::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DeleteAclsMatchingAcl` in `DeleteAclsResponse`, versions 1-3.
#[derive(Clone, PartialEq, Debug)]
pub struct DeleteAclsMatchingAcl {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, default Some(String::new()).
    pub error_message: Option<String>,
    /// `ResourceType` int8.
    pub resource_type: i8,
    /// `ResourceName` string.
    pub resource_name: String,
    /// `PatternType` int8, default 3.
    pub pattern_type: i8,
    /// `Principal` string.
    pub principal: String,
    /// `Host` string.
    pub host: String,
    /// `Operation` int8.
    pub operation: i8,
    /// `PermissionType` int8.
    pub permission_type: i8,
}

impl Default for DeleteAclsMatchingAcl {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: Some(String::new()),
            resource_type: 0,
            resource_name: String::new(),
            pattern_type: 3,
            principal: String::new(),
            host: String::new(),
            operation: 0,
            permission_type: 0,
        }
    }
}

impl DeleteAclsMatchingAcl {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let out = Self {
            error_code: r.int16()?,
            error_message: r.nullable_string(flexible)?,
            resource_type: r.int8()?,
            resource_name: r.string(flexible)?,
            pattern_type: r.int8()?,
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
        s.int16(self.error_code);
        s.nullable_string(flexible, self.error_message.as_deref())?;
        s.int8(self.resource_type);
        s.string(flexible, &self.resource_name)?;
        s.int8(self.pattern_type);
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

impl Message for DeleteAclsResponse {
    const NAME: &'static str = "DeleteAclsResponse";
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

impl crate::message::Response for DeleteAclsResponse {
    const API: ApiKey = ApiKey::DeleteAcls;
}
