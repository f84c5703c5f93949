//! `FindCoordinatorRequest`: request, key 10, versions 0-6, flexible 3+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `FindCoordinatorRequest`, versions 0-6.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FindCoordinatorRequest {
    /// `Key` string, versions 0-3.
    pub key: String,
    /// `KeyType` int8, versions 1-6.
    pub key_type: i8,
    /// `CoordinatorKeys` array of string, versions 4-6.
    pub coordinator_keys: Vec<String>,
}

impl FindCoordinatorRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 6)?;
        let flexible = version >= 3;
        let out = Self {
            key: if version <= 3 { r.string(flexible)? } else { String::new() },
            key_type: if version >= 1 { r.int8()? } else { 0 },
            coordinator_keys: if version >= 4 { r.array(flexible, version, 1, |r, v| r.string(v >= 3))? } else { Vec::new() },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=6).contains(&version) {
            return Err(EncodeError::Version { message: "FindCoordinatorRequest", version });
        }
        let flexible = version >= 3;
        if version <= 3 {
            s.string(flexible, &self.key)?;
        } else {
            writer::absent(!self.key.is_empty(), "FindCoordinatorRequest.Key", version)?;
        }
        if version >= 1 {
            s.int8(self.key_type);
        } else {
            writer::absent(self.key_type != 0, "FindCoordinatorRequest.KeyType", version)?;
        }
        if version >= 4 {
            writer::array(s, flexible, &self.coordinator_keys, version, |e, s, v| s.string(v >= 3, e))?;
        } else {
            writer::absent(!self.coordinator_keys.is_empty(), "FindCoordinatorRequest.CoordinatorKeys", version)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `FindCoordinatorRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct FindCoordinatorRequestView<'a> {
    pub key: &'a str,
    pub key_type: i8,
    pub coordinator_keys: ArrayView<'a, &'a str>,
}

impl<'a> View<'a> for FindCoordinatorRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 6)?;
        let flexible = version >= 3;
        let out = Self {
            key: if version <= 3 { r.text(flexible)? } else { "" },
            key_type: if version >= 1 { r.int8()? } else { 0 },
            coordinator_keys: if version >= 4 { r.array_view(flexible, version, (1, size_of::<String>()), |r, v| r.text(v >= 3))? } else { ArrayView::default() },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for FindCoordinatorRequest {
    const NAME: &'static str = "FindCoordinatorRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 6;
    const FLEXIBLE_FROM: i16 = 3;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for FindCoordinatorRequest {
    const API: ApiKey = ApiKey::FindCoordinator;
    type Response = super::FindCoordinatorResponse;
    type View<'a> = FindCoordinatorRequestView<'a>;
}
