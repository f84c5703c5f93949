//! `ConsumerGroupRegularExpressionValue`: coordinator-value, key 16, versions 0, flexible 0+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ConsumerGroupRegularExpressionValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ConsumerGroupRegularExpressionValue {
    /// `Topics` array of string.
    pub topics: Vec<String>,
    /// `Version` int64.
    pub version: i64,
    /// `Timestamp` int64.
    pub timestamp: i64,
}

impl ConsumerGroupRegularExpressionValue {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            topics: r.array(true, version, 1, |r, _| r.string(true))?,
            version: r.int64()?,
            timestamp: r.int64()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "ConsumerGroupRegularExpressionValue", version });
        }
        writer::array(s, true, &self.topics, version, |e, s, _| s.string(true, e))?;
        s.int64(self.version);
        s.int64(self.timestamp);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for ConsumerGroupRegularExpressionValue {
    const NAME: &'static str = "ConsumerGroupRegularExpressionValue";
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
