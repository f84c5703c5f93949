//! `RemoveUserScramCredentialRecord`: metadata, key 22, versions 0, flexible 0+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `RemoveUserScramCredentialRecord`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RemoveUserScramCredentialRecord {
    /// `Name` string.
    pub name: String,
    /// `Mechanism` int8.
    pub mechanism: i8,
}

impl RemoveUserScramCredentialRecord {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            name: r.string(true)?,
            mechanism: r.int8()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "RemoveUserScramCredentialRecord", version });
        }
        s.string(true, &self.name)?;
        s.int8(self.mechanism);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for RemoveUserScramCredentialRecord {
    const NAME: &'static str = "RemoveUserScramCredentialRecord";
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
