//! `AllocateProducerIdsRequest`: request, key 67, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::View;
use crate::writer::{EncodeError, Encoded, Sink};

/// `AllocateProducerIdsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct AllocateProducerIdsRequest {
    /// `BrokerId` int32, a brokerId.
    pub broker_id: i32,
    /// `BrokerEpoch` int64, default -1.
    pub broker_epoch: i64,
}

impl Default for AllocateProducerIdsRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
        }
    }
}

impl AllocateProducerIdsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            broker_id: r.int32()?,
            broker_epoch: r.int64()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "AllocateProducerIdsRequest", version });
        }
        s.int32(self.broker_id);
        s.int64(self.broker_epoch);
        s.uvarint(0);
        Ok(())
    }
}

impl View<'_> for AllocateProducerIdsRequest {
    fn read(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }
}

impl Message for AllocateProducerIdsRequest {
    const NAME: &'static str = "AllocateProducerIdsRequest";
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

impl crate::message::Request for AllocateProducerIdsRequest {
    const API: ApiKey = ApiKey::AllocateProducerIds;
    type Response = super::AllocateProducerIdsResponse;
    type View<'a> = AllocateProducerIdsRequest;
}
