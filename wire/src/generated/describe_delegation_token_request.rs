//! `DescribeDelegationTokenRequest`: request, key 41, versions 1-3, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeDelegationTokenRequest`, versions 1-3.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeDelegationTokenRequest {
    /// `Owners` array of DescribeDelegationTokenOwner, default Some(Vec::new()).
    pub owners: Option<Vec<DescribeDelegationTokenOwner>>,
}

impl Default for DescribeDelegationTokenRequest {
    fn default() -> Self {
        Self {
            owners: Some(Vec::new()),
        }
    }
}

impl DescribeDelegationTokenRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 3)?;
        let flexible = version >= 2;
        let out = Self {
            owners: r.nullable_array(flexible, version, if version <= 1 { 4 } else { 3 }, DescribeDelegationTokenOwner::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=3).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeDelegationTokenRequest", version });
        }
        let flexible = version >= 2;
        writer::nullable_array(s, flexible, self.owners.as_deref(), version, DescribeDelegationTokenOwner::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DescribeDelegationTokenOwner` in `DescribeDelegationTokenRequest`, versions 1-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeDelegationTokenOwner {
    /// `PrincipalType` string.
    pub principal_type: String,
    /// `PrincipalName` string.
    pub principal_name: String,
}

impl DescribeDelegationTokenOwner {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let out = Self {
            principal_type: r.string(flexible)?,
            principal_name: r.string(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 2;
        s.string(flexible, &self.principal_type)?;
        s.string(flexible, &self.principal_name)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DescribeDelegationTokenRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DescribeDelegationTokenRequestView<'a> {
    pub owners: Option<ArrayView<'a, DescribeDelegationTokenOwnerView<'a>>>,
}

impl<'a> View<'a> for DescribeDelegationTokenRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 3)?;
        let flexible = version >= 2;
        let out = Self {
            owners: r.nullable_array_view(flexible, version, (if version <= 1 { 4 } else { 3 }, size_of::<DescribeDelegationTokenOwner>()), DescribeDelegationTokenOwnerView::read)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `DescribeDelegationTokenOwner`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DescribeDelegationTokenOwnerView<'a> {
    pub principal_type: &'a str,
    pub principal_name: &'a str,
}

impl<'a> View<'a> for DescribeDelegationTokenOwnerView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let out = Self {
            principal_type: r.text(flexible)?,
            principal_name: r.text(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for DescribeDelegationTokenRequest {
    const NAME: &'static str = "DescribeDelegationTokenRequest";
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

impl crate::message::Request for DescribeDelegationTokenRequest {
    const API: ApiKey = ApiKey::DescribeDelegationToken;
    type Response = super::DescribeDelegationTokenResponse;
    type View<'a> = DescribeDelegationTokenRequestView<'a>;
}
