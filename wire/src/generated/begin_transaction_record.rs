//! `BeginTransactionRecord`: metadata, key 23, versions 0, flexible 0+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `BeginTransactionRecord`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct BeginTransactionRecord {
    /// `Name` string, tag 0.
    pub name: Option<String>,
}

impl BeginTransactionRecord {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let mut out = Self {
            name: None,
        };
        let mut tags = r.tags(0b1)?;
        while tags.next(r)?.is_some() {
            out.name = r.nullable_string(true)?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "BeginTransactionRecord", version });
        }
        let tag0 = self.name.is_some();
        s.uvarint(u32::from(tag0));
        if tag0 {
            writer::tagged(s, 0, &|s| {
                s.nullable_string(true, self.name.as_deref())?;
                Ok(())
            })?;
        }
        Ok(())
    }
}

impl Message for BeginTransactionRecord {
    const NAME: &'static str = "BeginTransactionRecord";
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
