//! `DescribeGroupsRequest`: request, key 15, versions 0-6, flexible 5+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeGroupsRequest`, versions 0-6.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeGroupsRequest {
    /// `Groups` array of string, a groupId.
    pub groups: Vec<String>,
    /// `IncludeAuthorizedOperations` bool, versions 3-6.
    pub include_authorized_operations: bool,
}

impl DescribeGroupsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 6)?;
        let flexible = version >= 5;
        let out = Self {
            groups: r.array(flexible, version, if version <= 4 { 2 } else { 1 }, |r, v| r.string(v >= 5))?,
            include_authorized_operations: if version >= 3 { r.boolean()? } else { false },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=6).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeGroupsRequest", version });
        }
        let flexible = version >= 5;
        writer::array(s, flexible, &self.groups, version, |e, s, v| s.string(v >= 5, e))?;
        if version >= 3 {
            s.boolean(self.include_authorized_operations);
        } else {
            writer::absent(self.include_authorized_operations, "DescribeGroupsRequest.IncludeAuthorizedOperations", version)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DescribeGroupsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DescribeGroupsRequestView<'a> {
    pub groups: ArrayView<'a, &'a str>,
    pub include_authorized_operations: bool,
}

impl<'a> View<'a> for DescribeGroupsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 6)?;
        let flexible = version >= 5;
        let out = Self {
            groups: r.array_view(flexible, version, (if version <= 4 { 2 } else { 1 }, size_of::<String>()), |r, v| r.text(v >= 5))?,
            include_authorized_operations: if version >= 3 { r.boolean()? } else { false },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for DescribeGroupsRequest {
    const NAME: &'static str = "DescribeGroupsRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 6;
    const FLEXIBLE_FROM: i16 = 5;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for DescribeGroupsRequest {
    const API: ApiKey = ApiKey::DescribeGroups;
    type Response = super::DescribeGroupsResponse;
    type View<'a> = DescribeGroupsRequestView<'a>;
}
