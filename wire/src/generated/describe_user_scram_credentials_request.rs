//! `DescribeUserScramCredentialsRequest`: request, key 50, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeUserScramCredentialsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeUserScramCredentialsRequest {
    /// `Users` array of UserName, default Some(Vec::new()).
    pub users: Option<Vec<UserName>>,
}

impl Default for DescribeUserScramCredentialsRequest {
    fn default() -> Self {
        Self {
            users: Some(Vec::new()),
        }
    }
}

impl DescribeUserScramCredentialsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            users: r.nullable_array(true, version, 2, UserName::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeUserScramCredentialsRequest", version });
        }
        writer::nullable_array(s, true, self.users.as_deref(), version, UserName::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `UserName` in `DescribeUserScramCredentialsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct UserName {
    /// `Name` string.
    pub name: String,
}

impl UserName {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.name)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `DescribeUserScramCredentialsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DescribeUserScramCredentialsRequestView<'a> {
    pub users: Option<ArrayView<'a, UserNameView<'a>>>,
}

impl<'a> View<'a> for DescribeUserScramCredentialsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            users: r.nullable_array_view(true, version, (2, size_of::<UserName>()), UserNameView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `UserName`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct UserNameView<'a> {
    pub name: &'a str,
}

impl<'a> View<'a> for UserNameView<'a> {
    fn read(r: &mut Reader<'a>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.text(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for DescribeUserScramCredentialsRequest {
    const NAME: &'static str = "DescribeUserScramCredentialsRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for DescribeUserScramCredentialsRequest {
    const API: ApiKey = ApiKey::DescribeUserScramCredentials;
    type Response = super::DescribeUserScramCredentialsResponse;
    type View<'a> = DescribeUserScramCredentialsRequestView<'a>;
}
