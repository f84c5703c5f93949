//! `AlterUserScramCredentialsRequest`: request, key 51, versions 0, flexible 0+. Generated; not to be edited.

use bytes::Bytes;

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `AlterUserScramCredentialsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AlterUserScramCredentialsRequest {
    /// `Deletions` array of ScramCredentialDeletion.
    pub deletions: Vec<ScramCredentialDeletion>,
    /// `Upsertions` array of ScramCredentialUpsertion.
    pub upsertions: Vec<ScramCredentialUpsertion>,
}

impl AlterUserScramCredentialsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            deletions: r.array(true, version, 3, ScramCredentialDeletion::decode)?,
            upsertions: r.array(true, version, 9, ScramCredentialUpsertion::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "AlterUserScramCredentialsRequest", version });
        }
        writer::array(s, true, &self.deletions, version, ScramCredentialDeletion::encode)?;
        writer::array(s, true, &self.upsertions, version, ScramCredentialUpsertion::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `ScramCredentialDeletion` in `AlterUserScramCredentialsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ScramCredentialDeletion {
    /// `Name` string.
    pub name: String,
    /// `Mechanism` int8.
    pub mechanism: i8,
}

impl ScramCredentialDeletion {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            mechanism: r.int8()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.name)?;
        s.int8(self.mechanism);
        s.uvarint(0);
        Ok(())
    }
}

/// `ScramCredentialUpsertion` in `AlterUserScramCredentialsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ScramCredentialUpsertion {
    /// `Name` string.
    pub name: String,
    /// `Mechanism` int8.
    pub mechanism: i8,
    /// `Iterations` int32.
    pub iterations: i32,
    /// `Salt` bytes.
    pub salt: Bytes,
    /// `SaltedPassword` bytes.
    pub salted_password: Bytes,
}

impl ScramCredentialUpsertion {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            mechanism: r.int8()?,
            iterations: r.int32()?,
            salt: r.bytes(true)?,
            salted_password: r.bytes(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.name)?;
        s.int8(self.mechanism);
        s.int32(self.iterations);
        s.bytes(true, &self.salt)?;
        s.bytes(true, &self.salted_password)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `AlterUserScramCredentialsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AlterUserScramCredentialsRequestView<'a> {
    pub deletions: ArrayView<'a, ScramCredentialDeletionView<'a>>,
    pub upsertions: ArrayView<'a, ScramCredentialUpsertionView<'a>>,
}

impl<'a> View<'a> for AlterUserScramCredentialsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            deletions: r.array_view(true, version, (3, size_of::<ScramCredentialDeletion>()), ScramCredentialDeletionView::read)?,
            upsertions: r.array_view(true, version, (9, size_of::<ScramCredentialUpsertion>()), ScramCredentialUpsertionView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `ScramCredentialDeletion`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ScramCredentialDeletionView<'a> {
    pub name: &'a str,
    pub mechanism: i8,
}

impl<'a> View<'a> for ScramCredentialDeletionView<'a> {
    fn read(r: &mut Reader<'a>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.text(true)?,
            mechanism: r.int8()?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `ScramCredentialUpsertion`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ScramCredentialUpsertionView<'a> {
    pub name: &'a str,
    pub mechanism: i8,
    pub iterations: i32,
    pub salt: &'a [u8],
    pub salted_password: &'a [u8],
}

impl<'a> View<'a> for ScramCredentialUpsertionView<'a> {
    fn read(r: &mut Reader<'a>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.text(true)?,
            mechanism: r.int8()?,
            iterations: r.int32()?,
            salt: r.slice(true)?,
            salted_password: r.slice(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for AlterUserScramCredentialsRequest {
    const NAME: &'static str = "AlterUserScramCredentialsRequest";
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

impl crate::message::Request for AlterUserScramCredentialsRequest {
    const API: ApiKey = ApiKey::AlterUserScramCredentials;
    type Response = super::AlterUserScramCredentialsResponse;
    type View<'a> = AlterUserScramCredentialsRequestView<'a>;
}
