//! `UnfenceBrokerRecord`: metadata, key 8, versions 0, flexible 0+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `UnfenceBrokerRecord`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct UnfenceBrokerRecord {
    /// `Id` int32, a brokerId.
    pub id: i32,
    /// `Epoch` int64.
    pub epoch: i64,
}

impl UnfenceBrokerRecord {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            id: r.int32()?,
            epoch: r.int64()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "UnfenceBrokerRecord", version });
        }
        s.int32(self.id);
        s.int64(self.epoch);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for UnfenceBrokerRecord {
    const NAME: &'static str = "UnfenceBrokerRecord";
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
