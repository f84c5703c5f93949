//! From a request's bytes to its answer: the table of APIs, decoding, encoding.
//!
//! Owner: one core. Invariants: an API is served exactly if it is in `SERVED`, and only that is advertised; a
//! request that cannot be decoded closes its connection; a handler gives a whole answer or a reason to close.
//!
//! A handler of ordinary messages is a function
//! `async fn handle<E: Env>(core: &Rc<Core<E>>, ctx: &RequestContext<E>, request: XRequest) -> Result<XResponse, Close>`
//! in a file of its own, with one line in `SERVED` and one in `answer`.

#[cfg(test)]
mod admin_tests;
pub mod alter_configs;
pub mod api_versions;
pub mod delete_records;
pub mod describe_cluster;
pub mod describe_configs;
pub mod describe_topic_partitions;
pub mod elect_leaders;
pub mod features;
pub mod fetch;
pub mod find_coordinator;
pub mod group;
pub mod init_producer_id;
pub mod leader_epoch;
mod leader_hint;
pub mod list_configs;
pub mod list_offsets;
pub mod log_dirs;
pub mod metadata;
#[cfg(test)]
mod metadata_tests;
pub mod produce;
pub mod producers;
pub mod quorum;
pub mod reassignments;
pub mod telemetry;
pub mod topics;
pub mod transactions;
pub mod unregister_broker;
#[cfg(test)]
mod version_tests;
pub mod view;

use crate::conn::budget::Charge;
use crate::conn::{Close, Connection};
use crate::core::Core;
use crate::env::{Env, FileOf, Instant, SendPart};
use crate::image::MetadataImage;
use crate::limits::{DECODE_MAX, Limits, REQUEST_PARTITIONS_MAX};
use bytes::Bytes;
use ringlog_wire::ApiKey;
use ringlog_wire::header::encode_response;
use ringlog_wire::message::{Request, Response};
use ringlog_wire::reader::Reader;
use ringlog_wire::view::check;
use std::fmt;
use std::rc::Rc;
use view::View;

/// The APIs that this version answers, by key.
pub const SERVED: &[ApiKey] = &[
    ApiKey::Produce,
    ApiKey::Fetch,
    ApiKey::ListOffsets,
    ApiKey::Metadata,
    ApiKey::OffsetCommit,
    ApiKey::OffsetFetch,
    ApiKey::FindCoordinator,
    ApiKey::JoinGroup,
    ApiKey::Heartbeat,
    ApiKey::LeaveGroup,
    ApiKey::SyncGroup,
    ApiKey::DescribeGroups,
    ApiKey::ListGroups,
    ApiKey::ApiVersions,
    ApiKey::CreateTopics,
    ApiKey::DeleteTopics,
    ApiKey::DeleteRecords,
    ApiKey::InitProducerId,
    ApiKey::OffsetForLeaderEpoch,
    ApiKey::DescribeConfigs,
    ApiKey::AlterConfigs,
    ApiKey::AlterReplicaLogDirs,
    ApiKey::DescribeLogDirs,
    ApiKey::CreatePartitions,
    ApiKey::DeleteGroups,
    ApiKey::ElectLeaders,
    ApiKey::IncrementalAlterConfigs,
    ApiKey::AlterPartitionReassignments,
    ApiKey::ListPartitionReassignments,
    ApiKey::OffsetDelete,
    ApiKey::DescribeQuorum,
    ApiKey::UpdateFeatures,
    ApiKey::DescribeCluster,
    ApiKey::DescribeProducers,
    ApiKey::UnregisterBroker,
    ApiKey::ListTransactions,
    ApiKey::ConsumerGroupHeartbeat,
    ApiKey::ConsumerGroupDescribe,
    ApiKey::GetTelemetrySubscriptions,
    ApiKey::PushTelemetry,
    ApiKey::ListConfigResources,
    ApiKey::DescribeTopicPartitions,
];

/// The APIs that this broker answers, by key: without a receiver of clients' metrics none is asked for them (KIP-714).
pub fn served(limits: &Limits) -> impl Iterator<Item = ApiKey> {
    let telemetry = limits.telemetry;
    SERVED.iter().copied().filter(move |api| telemetry || !TELEMETRY.contains(api))
}

const TELEMETRY: [ApiKey; 2] = [ApiKey::GetTelemetrySubscriptions, ApiKey::PushTelemetry];

/// Everything about a request but its body.
pub struct RequestContext<E: Env> {
    /// The API.
    pub api: ApiKey,
    /// The version of the body.
    pub version: i16,
    /// Echoed in the answer.
    pub correlation_id: i32,
    /// What the client calls itself.
    pub client_id: Option<Rc<str>>,
    /// Where it came from: addresses, listener number.
    pub connection: Rc<Connection<E>>,
    /// When its last bytes came to this core.
    pub arrived: Instant,
}

impl<E: Env> RequestContext<E> {
    /// The image as this client sees it.
    #[must_use]
    pub fn view<'a>(&self, image: &'a MetadataImage) -> View<'a> {
        let connection = &self.connection;
        View { image, listener: connection.listener, local: connection.local, version: self.version }
    }

    /// Charges `n` bytes that are to be allocated for the request `frame`; waits for them if need be.
    pub async fn charge(&self, frame: &Charge, n: usize) -> Result<Charge, Close> {
        let c = &self.connection;
        c.held.charge(frame, n, || c.queue.borrow().is_dead()).await.map_err(Close::Memory)
    }

    /// The client sent something that is not a request of this API and version.
    #[must_use]
    pub fn malformed(&self, why: &impl fmt::Display) -> Close {
        Close::Malformed { api: self.api.key(), why: why.to_string() }
    }

    /// How many partitions a request names; `of_topics`: how many under each topic. Errors: more than one request may.
    pub fn partitions_named(&self, of_topics: impl Iterator<Item = usize>) -> Result<usize, Close> {
        let named = of_topics.sum();
        if named > REQUEST_PARTITIONS_MAX {
            return Err(self.malformed(&"too many partitions"));
        }
        Ok(named)
    }
}

/// True if a request of this API and version gets an answer. ApiVersions gets one in any version (KIP-511).
#[must_use]
pub fn serves(api: ApiKey, version: i16, limits: &Limits) -> bool {
    let known = api.decodes(version) && api.advertised().contains(&version);
    let off = TELEMETRY.contains(&api) && !limits.telemetry;
    SERVED.contains(&api) && !off && (api == ApiKey::ApiVersions || known)
}

/// Cuts the tagged section of a flexible request header off the front of `body`.
pub fn skip_header_tags<E: Env>(ctx: &RequestContext<E>, body: Bytes) -> Result<Bytes, Close> {
    if body.first() == Some(&0) {
        return Ok(body.slice(1..));
    }
    let mut r = Reader::new(&body, DECODE_MAX);
    r.skip_tags().map_err(|e| ctx.malformed(&e))?;
    let left = r.remaining();
    Ok(body.slice(body.len() - left..))
}

/// Decodes a request body as `ctx` says. What that allocates is charged before, and stays charged until the charge
/// is dropped.
pub async fn decode<E: Env, R: Request>(
    ctx: &RequestContext<E>,
    frame: &Charge,
    body: &Bytes,
) -> Result<(R, Charge), Close> {
    let walked = check::<R>(body, ctx.version, DECODE_MAX).map_err(|e| ctx.malformed(&e))?;
    let memory = ctx.charge(frame, walked.owned_size()).await?;
    let request = walked.into_owned().map_err(|e| ctx.malformed(&e))?;
    Ok((request, memory))
}

/// Encodes an answer, with its header, in the version of the request.
pub fn encode<E: Env, R: Response>(ctx: &RequestContext<E>, response: &R) -> Result<Parts<E>, Close> {
    let frame = encode_response(ctx.correlation_id, ctx.version, response);
    let frame = frame.map_err(|e| Close::Internal(format!("{}: {e}", R::NAME)))?;
    Ok(vec![SendPart::Bytes(frame.freeze())])
}

/// A whole response frame.
pub type Parts<E> = Vec<SendPart<FileOf<E>>>;

/// Answers any request but Produce. `frame`: the charge of its bytes.
pub async fn answer<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    frame: &Charge,
    body: Bytes,
) -> Result<Parts<E>, Close> {
    macro_rules! typed {
        ($handle:path) => {{
            let (request, _memory) = decode(ctx, frame, &body).await?;
            encode(ctx, &$handle(core, ctx, request).await?)
        }};
    }
    match ctx.api {
        ApiKey::ApiVersions if !ctx.api.advertised().contains(&ctx.version) => {
            let frame = encode_response(ctx.correlation_id, 0, &api_versions::unsupported());
            let frame = frame.map_err(|e| Close::Internal(format!("ApiVersions: {e}")))?;
            Ok(vec![SendPart::Bytes(frame.freeze())])
        }
        ApiKey::Fetch => fetch::handle(core, ctx, frame, body).await,
        ApiKey::ListOffsets => typed!(list_offsets::handle),
        ApiKey::Metadata => typed!(metadata::handle),
        ApiKey::OffsetCommit => typed!(group::commit::handle),
        ApiKey::OffsetFetch => typed!(group::fetch::handle),
        ApiKey::FindCoordinator => typed!(find_coordinator::handle),
        ApiKey::JoinGroup => typed!(group::members::join),
        ApiKey::Heartbeat => typed!(group::members::heartbeat),
        ApiKey::LeaveGroup => typed!(group::members::leave),
        ApiKey::SyncGroup => typed!(group::members::sync),
        ApiKey::DescribeGroups => typed!(group::admin::describe),
        ApiKey::ListGroups => typed!(group::admin::list),
        ApiKey::ApiVersions => typed!(api_versions::handle),
        ApiKey::CreateTopics => typed!(topics::create),
        ApiKey::DeleteTopics => typed!(topics::delete),
        ApiKey::DeleteRecords => typed!(delete_records::handle),
        ApiKey::InitProducerId => typed!(init_producer_id::handle),
        ApiKey::OffsetForLeaderEpoch => typed!(leader_epoch::handle),
        ApiKey::DescribeConfigs => typed!(describe_configs::handle),
        ApiKey::CreatePartitions => typed!(topics::create_partitions),
        ApiKey::AlterReplicaLogDirs => typed!(log_dirs::alter),
        ApiKey::DescribeLogDirs => typed!(log_dirs::describe),
        ApiKey::ElectLeaders => typed!(elect_leaders::handle),
        ApiKey::AlterPartitionReassignments => typed!(reassignments::alter),
        ApiKey::ListPartitionReassignments => typed!(reassignments::list),
        ApiKey::DescribeQuorum => typed!(quorum::handle),
        ApiKey::UpdateFeatures => typed!(features::update),
        ApiKey::DescribeProducers => typed!(producers::handle),
        ApiKey::UnregisterBroker => typed!(unregister_broker::handle),
        ApiKey::ListTransactions => typed!(transactions::list),
        ApiKey::DeleteGroups => typed!(group::admin::delete),
        ApiKey::AlterConfigs => typed!(alter_configs::replace),
        ApiKey::IncrementalAlterConfigs => typed!(alter_configs::incremental),
        ApiKey::ListConfigResources => typed!(list_configs::handle),
        ApiKey::OffsetDelete => typed!(group::commit::delete),
        ApiKey::DescribeCluster => typed!(describe_cluster::handle),
        ApiKey::ConsumerGroupHeartbeat => typed!(group::consumer::heartbeat),
        ApiKey::ConsumerGroupDescribe => typed!(group::consumer::describe),
        ApiKey::GetTelemetrySubscriptions => typed!(telemetry::get),
        ApiKey::PushTelemetry => typed!(telemetry::push),
        ApiKey::DescribeTopicPartitions => typed!(describe_topic_partitions::handle),
        other => Err(Close::Unsupported { api: other.key(), version: ctx.version }),
    }
}
