//! `PushTelemetryRequest`: request, key 72, versions 0, flexible 0+. Generated; not to be edited.

use bytes::Bytes;

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::View;
use crate::writer::{EncodeError, Encoded, Sink};

/// `PushTelemetryRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PushTelemetryRequest {
    /// `ClientInstanceId` uuid.
    pub client_instance_id: Uuid,
    /// `SubscriptionId` int32.
    pub subscription_id: i32,
    /// `Terminating` bool.
    pub terminating: bool,
    /// `CompressionType` int8.
    pub compression_type: i8,
    /// `Metrics` bytes.
    pub metrics: Bytes,
}

impl PushTelemetryRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            client_instance_id: r.uuid()?,
            subscription_id: r.int32()?,
            terminating: r.boolean()?,
            compression_type: r.int8()?,
            metrics: r.bytes(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "PushTelemetryRequest", version });
        }
        s.uuid(self.client_instance_id);
        s.int32(self.subscription_id);
        s.boolean(self.terminating);
        s.int8(self.compression_type);
        s.bytes(true, &self.metrics)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `PushTelemetryRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct PushTelemetryRequestView<'a> {
    pub client_instance_id: Uuid,
    pub subscription_id: i32,
    pub terminating: bool,
    pub compression_type: i8,
    pub metrics: &'a [u8],
}

impl<'a> View<'a> for PushTelemetryRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            client_instance_id: r.uuid()?,
            subscription_id: r.int32()?,
            terminating: r.boolean()?,
            compression_type: r.int8()?,
            metrics: r.slice(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for PushTelemetryRequest {
    const NAME: &'static str = "PushTelemetryRequest";
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

impl crate::message::Request for PushTelemetryRequest {
    const API: ApiKey = ApiKey::PushTelemetry;
    type Response = super::PushTelemetryResponse;
    type View<'a> = PushTelemetryRequestView<'a>;
}
