//! `SnapshotHeaderRecord`: data, versions 0, flexible 0+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `SnapshotHeaderRecord`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SnapshotHeaderRecord {
    /// `Version` int16.
    pub version: i16,
    /// `LastContainedLogTimestamp` int64.
    pub last_contained_log_timestamp: i64,
}

impl SnapshotHeaderRecord {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            version: r.int16()?,
            last_contained_log_timestamp: r.int64()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "SnapshotHeaderRecord", version });
        }
        s.int16(self.version);
        s.int64(self.last_contained_log_timestamp);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for SnapshotHeaderRecord {
    const NAME: &'static str = "SnapshotHeaderRecord";
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
