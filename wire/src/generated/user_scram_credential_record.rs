//! `UserScramCredentialRecord`: metadata, key 11, versions 0, flexible 0+. Generated; not to be edited.

use bytes::Bytes;

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `UserScramCredentialRecord`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct UserScramCredentialRecord {
    /// `Name` string.
    pub name: String,
    /// `Mechanism` int8.
    pub mechanism: i8,
    /// `Salt` bytes.
    pub salt: Bytes,
    /// `StoredKey` bytes.
    pub stored_key: Bytes,
    /// `ServerKey` bytes.
    pub server_key: Bytes,
    /// `Iterations` int32.
    pub iterations: i32,
}

impl UserScramCredentialRecord {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            name: r.string(true)?,
            mechanism: r.int8()?,
            salt: r.bytes(true)?,
            stored_key: r.bytes(true)?,
            server_key: r.bytes(true)?,
            iterations: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "UserScramCredentialRecord", version });
        }
        s.string(true, &self.name)?;
        s.int8(self.mechanism);
        s.bytes(true, &self.salt)?;
        s.bytes(true, &self.stored_key)?;
        s.bytes(true, &self.server_key)?;
        s.int32(self.iterations);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for UserScramCredentialRecord {
    const NAME: &'static str = "UserScramCredentialRecord";
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
