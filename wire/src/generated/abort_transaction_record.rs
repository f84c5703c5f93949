//! `AbortTransactionRecord`: metadata, key 25, versions 0, flexible 0+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `AbortTransactionRecord`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AbortTransactionRecord {
    /// `Reason` string, tag 0.
    pub reason: Option<String>,
}

impl AbortTransactionRecord {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let mut out = Self {
            reason: None,
        };
        let mut tags = r.tags(0b1)?;
        while tags.next(r)?.is_some() {
            out.reason = r.nullable_string(true)?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "AbortTransactionRecord", version });
        }
        let tag0 = self.reason.is_some();
        s.uvarint(u32::from(tag0));
        if tag0 {
            writer::tagged(s, 0, &|s| {
                s.nullable_string(true, self.reason.as_deref())?;
                Ok(())
            })?;
        }
        Ok(())
    }
}

impl Message for AbortTransactionRecord {
    const NAME: &'static str = "AbortTransactionRecord";
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
