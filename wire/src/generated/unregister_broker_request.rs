//! `UnregisterBrokerRequest`: request, key 64, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::View;
use crate::writer::{EncodeError, Encoded, Sink};

/// `UnregisterBrokerRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct UnregisterBrokerRequest {
    /// `BrokerId` int32, a brokerId.
    pub broker_id: i32,
}

impl UnregisterBrokerRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            broker_id: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "UnregisterBrokerRequest", version });
        }
        s.int32(self.broker_id);
        s.uvarint(0);
        Ok(())
    }
}

impl View<'_> for UnregisterBrokerRequest {
    fn read(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }
}

impl Message for UnregisterBrokerRequest {
    const NAME: &'static str = "UnregisterBrokerRequest";
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

impl crate::message::Request for UnregisterBrokerRequest {
    const API: ApiKey = ApiKey::UnregisterBroker;
    type Response = super::UnregisterBrokerResponse;
    type View<'a> = UnregisterBrokerRequest;
}
