//! `GetTelemetrySubscriptionsResponse`: response, key 71, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `GetTelemetrySubscriptionsResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct GetTelemetrySubscriptionsResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ClientInstanceId` uuid.
    pub client_instance_id: Uuid,
    /// `SubscriptionId` int32.
    pub subscription_id: i32,
    /// `AcceptedCompressionTypes` array of int8.
    pub accepted_compression_types: Vec<i8>,
    /// `PushIntervalMs` int32.
    pub push_interval_ms: i32,
    /// `TelemetryMaxBytes` int32.
    pub telemetry_max_bytes: i32,
    /// `DeltaTemporality` bool.
    pub delta_temporality: bool,
    /// `RequestedMetrics` array of string.
    pub requested_metrics: Vec<String>,
}

impl GetTelemetrySubscriptionsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
            client_instance_id: r.uuid()?,
            subscription_id: r.int32()?,
            accepted_compression_types: r.array(true, version, 1, |r, _| r.int8())?,
            push_interval_ms: r.int32()?,
            telemetry_max_bytes: r.int32()?,
            delta_temporality: r.boolean()?,
            requested_metrics: r.array(true, version, 1, |r, _| r.string(true))?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "GetTelemetrySubscriptionsResponse", version });
        }
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        s.uuid(self.client_instance_id);
        s.int32(self.subscription_id);
        writer::array(s, true, &self.accepted_compression_types, version, |e, s, _| { s.int8(*e); Ok(()) })?;
        s.int32(self.push_interval_ms);
        s.int32(self.telemetry_max_bytes);
        s.boolean(self.delta_temporality);
        writer::array(s, true, &self.requested_metrics, version, |e, s, _| s.string(true, e))?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for GetTelemetrySubscriptionsResponse {
    const NAME: &'static str = "GetTelemetrySubscriptionsResponse";
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

impl crate::message::Response for GetTelemetrySubscriptionsResponse {
    const API: ApiKey = ApiKey::GetTelemetrySubscriptions;
}
