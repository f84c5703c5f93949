//! `DeleteGroupsRequest`: request, key 42, versions 0-2, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DeleteGroupsRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DeleteGroupsRequest {
    /// `GroupsNames` array of string, a groupId.
    pub groups_names: Vec<String>,
}

impl DeleteGroupsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let flexible = version == 2;
        let out = Self {
            groups_names: r.array(flexible, version, if version <= 1 { 2 } else { 1 }, |r, v| r.string(v == 2))?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "DeleteGroupsRequest", version });
        }
        let flexible = version == 2;
        writer::array(s, flexible, &self.groups_names, version, |e, s, v| s.string(v == 2, e))?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DeleteGroupsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DeleteGroupsRequestView<'a> {
    pub groups_names: ArrayView<'a, &'a str>,
}

impl<'a> View<'a> for DeleteGroupsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let flexible = version == 2;
        let out = Self {
            groups_names: r.array_view(flexible, version, (if version <= 1 { 2 } else { 1 }, size_of::<String>()), |r, v| r.text(v == 2))?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for DeleteGroupsRequest {
    const NAME: &'static str = "DeleteGroupsRequest";
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

impl crate::message::Request for DeleteGroupsRequest {
    const API: ApiKey = ApiKey::DeleteGroups;
    type Response = super::DeleteGroupsResponse;
    type View<'a> = DeleteGroupsRequestView<'a>;
}
