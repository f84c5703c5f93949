//! `GetTelemetrySubscriptionsRequest`: request, key 71, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::View;
use crate::writer::{EncodeError, Encoded, Sink};

/// `GetTelemetrySubscriptionsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct GetTelemetrySubscriptionsRequest {
    /// `ClientInstanceId` uuid.
    pub client_instance_id: Uuid,
}

impl GetTelemetrySubscriptionsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            client_instance_id: r.uuid()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "GetTelemetrySubscriptionsRequest", version });
        }
        s.uuid(self.client_instance_id);
        s.uvarint(0);
        Ok(())
    }
}

impl View<'_> for GetTelemetrySubscriptionsRequest {
    fn read(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }
}

impl Message for GetTelemetrySubscriptionsRequest {
    const NAME: &'static str = "GetTelemetrySubscriptionsRequest";
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

impl crate::message::Request for GetTelemetrySubscriptionsRequest {
    const API: ApiKey = ApiKey::GetTelemetrySubscriptions;
    type Response = super::GetTelemetrySubscriptionsResponse;
    type View<'a> = GetTelemetrySubscriptionsRequest;
}
