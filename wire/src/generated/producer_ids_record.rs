//! `ProducerIdsRecord`: metadata, key 15, versions 0, flexible 0+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `ProducerIdsRecord`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct ProducerIdsRecord {
    /// `BrokerId` int32, a brokerId.
    pub broker_id: i32,
    /// `BrokerEpoch` int64, default -1.
    pub broker_epoch: i64,
    /// `NextProducerId` int64.
    pub next_producer_id: i64,
}

impl Default for ProducerIdsRecord {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
            next_producer_id: 0,
        }
    }
}

impl ProducerIdsRecord {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            broker_id: r.int32()?,
            broker_epoch: r.int64()?,
            next_producer_id: r.int64()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "ProducerIdsRecord", version });
        }
        s.int32(self.broker_id);
        s.int64(self.broker_epoch);
        s.int64(self.next_producer_id);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for ProducerIdsRecord {
    const NAME: &'static str = "ProducerIdsRecord";
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
