//! `CreateDelegationTokenRequest`: request, key 38, versions 1-3, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `CreateDelegationTokenRequest`, versions 1-3.
#[derive(Clone, PartialEq, Debug)]
pub struct CreateDelegationTokenRequest {
    /// `OwnerPrincipalType` string, versions 3, default Some(String::new()).
    pub owner_principal_type: Option<String>,
    /// `OwnerPrincipalName` string, versions 3, default Some(String::new()).
    pub owner_principal_name: Option<String>,
    /// `Renewers` array of CreatableRenewers.
    pub renewers: Vec<CreatableRenewers>,
    /// `MaxLifetimeMs` int64.
    pub max_lifetime_ms: i64,
}

impl Default for CreateDelegationTokenRequest {
    fn default() -> Self {
        Self {
            owner_principal_type: Some(String::new()),
            owner_principal_name: Some(String::new()),
            renewers: Vec::new(),
            max_lifetime_ms: 0,
        }
    }
}

impl CreateDelegationTokenRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 3)?;
        let flexible = version >= 2;
        let out = Self {
            owner_principal_type: if version == 3 { r.nullable_string(flexible)? } else { Some(String::new()) },
            owner_principal_name: if version == 3 { r.nullable_string(flexible)? } else { Some(String::new()) },
            renewers: r.array(flexible, version, if version <= 1 { 4 } else { 3 }, CreatableRenewers::decode)?,
            max_lifetime_ms: r.int64()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=3).contains(&version) {
            return Err(EncodeError::Version { message: "CreateDelegationTokenRequest", version });
        }
        let flexible = version >= 2;
        if version == 3 {
            s.nullable_string(flexible, self.owner_principal_type.as_deref())?;
        } else {
            writer::absent(self.owner_principal_type.as_ref().is_none_or(|v| !v.is_empty()), "CreateDelegationTokenRequest.OwnerPrincipalType", version)?;
        }
        if version == 3 {
            s.nullable_string(flexible, self.owner_principal_name.as_deref())?;
        } else {
            writer::absent(self.owner_principal_name.as_ref().is_none_or(|v| !v.is_empty()), "CreateDelegationTokenRequest.OwnerPrincipalName", version)?;
        }
        writer::array(s, flexible, &self.renewers, version, CreatableRenewers::encode)?;
        s.int64(self.max_lifetime_ms);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `CreatableRenewers` in `CreateDelegationTokenRequest`, versions 1-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CreatableRenewers {
    /// `PrincipalType` string.
    pub principal_type: String,
    /// `PrincipalName` string.
    pub principal_name: String,
}

impl CreatableRenewers {
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

/// `CreateDelegationTokenRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct CreateDelegationTokenRequestView<'a> {
    pub owner_principal_type: Option<&'a str>,
    pub owner_principal_name: Option<&'a str>,
    pub renewers: ArrayView<'a, CreatableRenewersView<'a>>,
    pub max_lifetime_ms: i64,
}

impl<'a> View<'a> for CreateDelegationTokenRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 3)?;
        let flexible = version >= 2;
        let out = Self {
            owner_principal_type: if version == 3 { r.nullable_text(flexible)? } else { Some("") },
            owner_principal_name: if version == 3 { r.nullable_text(flexible)? } else { Some("") },
            renewers: r.array_view(flexible, version, (if version <= 1 { 4 } else { 3 }, size_of::<CreatableRenewers>()), CreatableRenewersView::read)?,
            max_lifetime_ms: r.int64()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `CreatableRenewers`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct CreatableRenewersView<'a> {
    pub principal_type: &'a str,
    pub principal_name: &'a str,
}

impl<'a> View<'a> for CreatableRenewersView<'a> {
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

impl Message for CreateDelegationTokenRequest {
    const NAME: &'static str = "CreateDelegationTokenRequest";
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

impl crate::message::Request for CreateDelegationTokenRequest {
    const API: ApiKey = ApiKey::CreateDelegationToken;
    type Response = super::CreateDelegationTokenResponse;
    type View<'a> = CreateDelegationTokenRequestView<'a>;
}
