//! `DefaultPrincipalData`: data, versions 0, flexible 0+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `DefaultPrincipalData`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DefaultPrincipalData {
    /// `Type` string.
    pub r#type: String,
    /// `Name` string.
    pub name: String,
    /// `TokenAuthenticated` bool.
    pub token_authenticated: bool,
}

impl DefaultPrincipalData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            r#type: r.string(true)?,
            name: r.string(true)?,
            token_authenticated: r.boolean()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "DefaultPrincipalData", version });
        }
        s.string(true, &self.r#type)?;
        s.string(true, &self.name)?;
        s.boolean(self.token_authenticated);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for DefaultPrincipalData {
    const NAME: &'static str = "DefaultPrincipalData";
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
