//! `ApiVersionsRequest`: request, key 18, versions 0-4, flexible 3+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::View;
use crate::writer::{EncodeError, Encoded, Sink};

/// `ApiVersionsRequest`, versions 0-4.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ApiVersionsRequest {
    /// `ClientSoftwareName` string, versions 3-4.
    pub client_software_name: String,
    /// `ClientSoftwareVersion` string, versions 3-4.
    pub client_software_version: String,
}

impl ApiVersionsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 4)?;
        let flexible = version >= 3;
        let out = Self {
            client_software_name: if version >= 3 { r.string(flexible)? } else { String::new() },
            client_software_version: if version >= 3 { r.string(flexible)? } else { String::new() },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=4).contains(&version) {
            return Err(EncodeError::Version { message: "ApiVersionsRequest", version });
        }
        let flexible = version >= 3;
        if version >= 3 {
            s.string(flexible, &self.client_software_name)?;
        }
        if version >= 3 {
            s.string(flexible, &self.client_software_version)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `ApiVersionsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ApiVersionsRequestView<'a> {
    pub client_software_name: &'a str,
    pub client_software_version: &'a str,
}

impl<'a> View<'a> for ApiVersionsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 4)?;
        let flexible = version >= 3;
        let out = Self {
            client_software_name: if version >= 3 { r.text(flexible)? } else { "" },
            client_software_version: if version >= 3 { r.text(flexible)? } else { "" },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for ApiVersionsRequest {
    const NAME: &'static str = "ApiVersionsRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 4;
    const FLEXIBLE_FROM: i16 = 3;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for ApiVersionsRequest {
    const API: ApiKey = ApiKey::ApiVersions;
    type Response = super::ApiVersionsResponse;
    type View<'a> = ApiVersionsRequestView<'a>;
}
