//! `ListGroupsRequest`: request, key 16, versions 0-5, flexible 3+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ListGroupsRequest`, versions 0-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ListGroupsRequest {
    /// `StatesFilter` array of string, versions 4-5.
    pub states_filter: Vec<String>,
    /// `TypesFilter` array of string, versions 5.
    pub types_filter: Vec<String>,
}

impl ListGroupsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 5)?;
        let flexible = version >= 3;
        let out = Self {
            states_filter: if version >= 4 { r.array(flexible, version, 1, |r, v| r.string(v >= 3))? } else { Vec::new() },
            types_filter: if version == 5 { r.array(flexible, version, 1, |r, v| r.string(v >= 3))? } else { Vec::new() },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=5).contains(&version) {
            return Err(EncodeError::Version { message: "ListGroupsRequest", version });
        }
        let flexible = version >= 3;
        if version >= 4 {
            writer::array(s, flexible, &self.states_filter, version, |e, s, v| s.string(v >= 3, e))?;
        } else {
            writer::absent(!self.states_filter.is_empty(), "ListGroupsRequest.StatesFilter", version)?;
        }
        if version == 5 {
            writer::array(s, flexible, &self.types_filter, version, |e, s, v| s.string(v >= 3, e))?;
        } else {
            writer::absent(!self.types_filter.is_empty(), "ListGroupsRequest.TypesFilter", version)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `ListGroupsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ListGroupsRequestView<'a> {
    pub states_filter: ArrayView<'a, &'a str>,
    pub types_filter: ArrayView<'a, &'a str>,
}

impl<'a> View<'a> for ListGroupsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 5)?;
        let flexible = version >= 3;
        let out = Self {
            states_filter: if version >= 4 { r.array_view(flexible, version, (1, size_of::<String>()), |r, v| r.text(v >= 3))? } else { ArrayView::default() },
            types_filter: if version == 5 { r.array_view(flexible, version, (1, size_of::<String>()), |r, v| r.text(v >= 3))? } else { ArrayView::default() },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for ListGroupsRequest {
    const NAME: &'static str = "ListGroupsRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 5;
    const FLEXIBLE_FROM: i16 = 3;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for ListGroupsRequest {
    const API: ApiKey = ApiKey::ListGroups;
    type Response = super::ListGroupsResponse;
    type View<'a> = ListGroupsRequestView<'a>;
}
