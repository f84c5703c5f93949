//! GetTelemetrySubscriptions 0 and PushTelemetry 0 (KIP-714).
//!
//! Owner: one request. Invariants: what is pushed is unpacked and read on a thread that is no core, within
//! `telemetry.max.bytes`; only what could be read is shown to the operator.

use super::RequestContext;
use crate::conn::Close;
use crate::core::Core;
use crate::env::{Clock, Env};
use crate::report::Report;
use crate::telemetry::{CODECS, ClientReport, Traits, codec_of, otlp};
use bytes::Bytes;
use ringlog_wire::ErrorCode;
use ringlog_wire::compress::{Codec, CompressError, DecodeLimits, decompress};
use ringlog_wire::generated::{
    GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse, PushTelemetryRequest,
    PushTelemetryResponse,
};
use ringlog_wire::ids::{TopicId, Uuid};
use std::rc::Rc;

fn traits<E: Env>(ctx: &RequestContext<E>, id: Uuid) -> Traits {
    let c = &ctx.connection;
    Traits::new(id, ctx.client_id.clone(), c.software(), c.peer)
}

/// Most bytes of a push, packed and unpacked.
fn bytes_max<E: Env>(core: &Core<E>) -> usize {
    usize::try_from(core.config.int("telemetry.max.bytes")).unwrap_or(0)
}

/// Answers GetTelemetrySubscriptions. A client without an id gets one.
pub async fn get<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: GetTelemetrySubscriptionsRequest,
) -> Result<GetTelemetrySubscriptionsResponse, Close> {
    let id = match request.client_instance_id {
        Uuid::ZERO => new_id(core),
        id => id,
    };
    let mut telemetry = core.telemetry.borrow_mut();
    telemetry.follow(&core.image.borrow());
    ctx.connection.is_client(id, &mut telemetry);
    Ok(match telemetry.get(id, &traits(ctx, id), core.env.clock().now()) {
        Ok(asked) => GetTelemetrySubscriptionsResponse {
            client_instance_id: id,
            subscription_id: asked.subscription_id,
            accepted_compression_types: CODECS.map(|c| c.id().cast_signed()).to_vec(),
            push_interval_ms: asked.interval_ms,
            telemetry_max_bytes: i32::try_from(bytes_max(core)).unwrap_or(i32::MAX),
            // Sums from the client's start: a push that is lost, or comes twice, does no harm.
            delta_temporality: false,
            requested_metrics: asked.metrics,
            ..Default::default()
        },
        Err(error) => GetTelemetrySubscriptionsResponse { error_code: error.code(), ..Default::default() },
    })
}

/// A random id of version 4 whose text does not begin with a dash, which tools would take for an option.
fn new_id<E: Env>(core: &Core<E>) -> Uuid {
    loop {
        let random = u128::from(core.env.random()) << 64 | u128::from(core.env.random());
        let id = random & !(0xf << 76) | 4 << 76;
        let id = TopicId((id & !(3 << 62) | 2 << 62).to_be_bytes());
        if !id.to_string().starts_with('-') {
            return id;
        }
    }
}

/// Answers PushTelemetry.
pub async fn push<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: PushTelemetryRequest,
) -> Result<PushTelemetryResponse, Close> {
    let answered =
        |error: ErrorCode| Ok(PushTelemetryResponse { throttle_time_ms: 0, error_code: error.code() });
    let (id, max) = (request.client_instance_id, bytes_max(core));
    let interval_ms = {
        let mut telemetry = core.telemetry.borrow_mut();
        telemetry.follow(&core.image.borrow());
        let verdict = telemetry.push(&request, &traits(ctx, id), (core.env.clock().now(), max));
        match verdict {
            Ok(interval_ms) => {
                ctx.connection.is_client(id, &mut telemetry);
                interval_ms
            }
            Err(error) => return answered(error),
        }
    };
    let Some(codec) = codec_of(&request).filter(|_| !request.metrics.is_empty()) else {
        return answered(ErrorCode::None);
    };
    let metrics = request.metrics;
    let read = core.env.compute(move || unpacked(codec, &metrics, max)).await;
    match read.unwrap_or(Err(ErrorCode::UnknownServerError)) {
        Ok(pushed) => {
            let software = ctx.connection.software();
            let of = |text: Option<&str>| otlp::cut(text.unwrap_or_default()).to_owned();
            core.env.publish(Report::Client(ClientReport {
                instance: id,
                client_id: of(ctx.client_id.as_deref()),
                software_name: of(software.as_ref().map(|s| s.name.as_str())),
                software_version: of(software.as_ref().map(|s| s.version.as_str())),
                interval_ms,
                pushed,
            }));
            answered(ErrorCode::None)
        }
        Err(error) => {
            core.telemetry.borrow_mut().failed(id, error);
            answered(error)
        }
    }
}

/// Reads what was pushed. Errors: TELEMETRY_TOO_LARGE if it unpacks to more than `max`, INVALID_RECORD if it is not
/// what it should be; a client that hears the latter pushes nothing more.
fn unpacked(codec: Codec, packed: &Bytes, max: usize) -> Result<otlp::Pushed, ErrorCode> {
    let limits = DecodeLimits { output_max: max, free_output: max, ..DecodeLimits::default() };
    let bytes = match decompress(codec, packed, &limits) {
        Ok(bytes) => bytes,
        Err(CompressError::OverCap) => return Err(ErrorCode::TelemetryTooLarge),
        Err(_) => return Err(ErrorCode::InvalidRecord),
    };
    otlp::read(&bytes).map_err(|_| ErrorCode::InvalidRecord)
}
