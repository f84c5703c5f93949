//! `ListConfigResourcesRequest`: request, key 74, versions 0-1, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ListConfigResourcesRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ListConfigResourcesRequest {
    /// `ResourceTypes` array of int8, versions 1.
    pub resource_types: Vec<i8>,
}

impl ListConfigResourcesRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            resource_types: if version == 1 { r.array(true, version, 1, |r, _| r.int8())? } else { Vec::new() },
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "ListConfigResourcesRequest", version });
        }
        if version == 1 {
            writer::array(s, true, &self.resource_types, version, |e, s, _| { s.int8(*e); Ok(()) })?;
        } else {
            writer::absent(!self.resource_types.is_empty(), "ListConfigResourcesRequest.ResourceTypes", version)?;
        }
        s.uvarint(0);
        Ok(())
    }
}

/// `ListConfigResourcesRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ListConfigResourcesRequestView<'a> {
    pub resource_types: ArrayView<'a, i8>,
}

impl<'a> View<'a> for ListConfigResourcesRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            resource_types: if version == 1 { r.array_view(true, version, (1, size_of::<i8>()), |r, _| r.int8())? } else { ArrayView::default() },
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for ListConfigResourcesRequest {
    const NAME: &'static str = "ListConfigResourcesRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for ListConfigResourcesRequest {
    const API: ApiKey = ApiKey::ListConfigResources;
    type Response = super::ListConfigResourcesResponse;
    type View<'a> = ListConfigResourcesRequestView<'a>;
}
