//! Fetch 4-18: sessions, long poll, sizes, and the answer's parts.
//!
//! Owner: the core of the connection. Invariants: every partition asked for is answered (in an incremental
//! session: every one that changed); nothing at or above the high watermark leaves; the first non-empty
//! partition gets at least one whole batch, and only it may pass the bounds. Source: KIP-74, 227, 320, 516.

pub mod encode;
pub mod read;
mod round;

use crate::conn::Close;
use crate::core::Core;
use crate::env::{Clock, Env};
use crate::handler::{Parts, RequestContext, decode};
use crate::limits::{PARK_MAX, REQUEST_PARTITIONS_MAX};
use crate::msg::{ReadItem, ReadResult};
use crate::session::{
    NO_SESSION, Opened, SessionError, SessionPartition, SharedSession, Told, TopicKey, Wanted,
};
use bytes::Bytes;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::FetchRequest;
use ringlog_wire::ids::PartitionId;
use std::rc::Rc;
use std::time::Duration;

/// One partition that a fetch answers for.
#[derive(Debug)]
pub struct Target {
    /// How the client named the topic.
    pub topic: TopicKey,
    /// Its name now, if there is such a topic.
    pub name: Option<Rc<str>>,
    /// Index as on the wire.
    pub index: i32,
    wanted: Wanted,
    /// What to read, or why not.
    place: Result<PartitionId, ErrorCode>,
}

/// The bounds of one fetch.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Most bytes, except for the first batch.
    pub max_bytes: usize,
    /// Wait for at least this many.
    pub min_bytes: usize,
    /// But no longer than this.
    pub max_wait: Duration,
}

/// Answers one fetch.
pub async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    body: Bytes,
) -> Result<Parts<E>, Close> {
    let request: FetchRequest = decode(ctx, &body)?;
    let named: usize = request.topics.iter().map(|t| t.partitions.len()).sum();
    if named > REQUEST_PARTITIONS_MAX {
        return Err(ctx.malformed(&"too many partitions"));
    }
    let by_id = ctx.version >= 13;
    let now = core.env.clock().now();
    let opened = core.sessions.borrow_mut().open(request.session_id, request.session_epoch, by_id, now);
    let opened = match opened {
        Ok(opened) => opened,
        Err(e) => return encode::error(ctx, session_error(e)),
    };
    let mut targets = targets(core, ctx.version, &request, &opened);
    if is_replica(ctx.version, &request) {
        // Nobody is a follower of ours yet, and a client must not pass for one (CVE-2018-1288).
        targets.iter_mut().for_each(|t| t.place = Err(ErrorCode::ClusterAuthorizationFailed));
    }
    let items: Vec<ReadItem> = targets.iter().zip(0u32..).filter_map(|(t, slot)| item(t, slot)).collect();
    let read = round::wait_and_read(core, items, bounds(core, &request)).await;
    let mut results: Vec<ReadResult<_>> = targets
        .iter()
        .zip(0u32..)
        .map(|(t, slot)| ReadResult::empty(slot, t.place.err().unwrap_or(ErrorCode::None), -1, -1))
        .collect();
    for result in read {
        let slot = result.slot as usize;
        if let Some(place) = results.get_mut(slot) {
            *place = result;
        }
    }
    let answered: Vec<_> = targets.iter().zip(results).collect();
    let (session_id, answered) = settle(core, ctx, opened, answered);
    encode::response(core, ctx, session_id, answered)
}

fn session_error(e: SessionError) -> ErrorCode {
    match e {
        SessionError::NotFound => ErrorCode::FetchSessionIdNotFound,
        SessionError::Epoch => ErrorCode::InvalidFetchSessionEpoch,
        SessionError::TopicIds => ErrorCode::FetchSessionTopicIdError,
    }
}

fn is_replica(version: i16, request: &FetchRequest) -> bool {
    let id = if version >= 15 { request.replica_state.replica_id } else { request.replica_id };
    id >= 0
}

fn bounds<E: Env>(core: &Core<E>, request: &FetchRequest) -> Bounds {
    let bytes = |n: i32| usize::try_from(n).unwrap_or(0);
    let max_bytes = bytes(request.max_bytes).min(core.limits.fetch_max_bytes);
    let wait = Duration::from_millis(u64::try_from(request.max_wait_ms).unwrap_or(0));
    Bounds { max_bytes, min_bytes: bytes(request.min_bytes).min(max_bytes), max_wait: wait.min(PARK_MAX) }
}

fn item(t: &Target, slot: u32) -> Option<ReadItem> {
    Some(ReadItem {
        partition: t.place.ok()?,
        slot,
        fetch_offset: t.wanted.fetch_offset,
        max_bytes: usize::try_from(t.wanted.max_bytes).unwrap_or(0),
        current_leader_epoch: t.wanted.current_leader_epoch,
        last_fetched_epoch: t.wanted.last_fetched_epoch,
    })
}

/// The partitions of the request, as the client names them.
fn named(version: i16, request: &FetchRequest) -> impl Iterator<Item = SessionPartition> {
    request.topics.iter().flat_map(move |t| {
        let key = key(version, &t.topic, t.topic_id);
        t.partitions.iter().map(move |p| {
            let wanted = Wanted {
                fetch_offset: p.fetch_offset,
                max_bytes: p.partition_max_bytes,
                current_leader_epoch: p.current_leader_epoch,
                last_fetched_epoch: p.last_fetched_epoch,
            };
            SessionPartition::new(key.clone(), p.partition, wanted)
        })
    })
}

fn key(version: i16, name: &str, id: ringlog_wire::ids::TopicId) -> TopicKey {
    if version >= 13 { TopicKey::Id(id) } else { TopicKey::Name(Rc::from(name)) }
}

/// Everything that this fetch reads, in order: the request's partitions, or the whole session after the
/// request's changes.
fn targets<E: Env>(core: &Core<E>, version: i16, request: &FetchRequest, opened: &Opened) -> Vec<Target> {
    let Opened::Incremental(session) = opened else {
        return named(version, request).map(|p| resolve(core, &p)).collect();
    };
    let mut session = session.borrow_mut();
    for p in named(version, request) {
        session.put(p);
    }
    for t in &request.forgotten_topics_data {
        let key = key(version, &t.topic, t.topic_id);
        t.partitions.iter().for_each(|index| session.forget(&key, *index));
    }
    let targets: Vec<Target> = session.partitions().map(|p| resolve(core, p)).collect();
    for t in &targets {
        if let Some(name) = &t.name {
            session.resolved(&t.topic, t.index, name);
        }
    }
    targets
}

/// Finds what a client means. An id that once stood for a name is INCONSISTENT_TOPIC_ID when that name has been
/// made anew, and UNKNOWN_TOPIC_ID as long as nothing has that id.
fn resolve<E: Env>(core: &Core<E>, p: &SessionPartition) -> Target {
    let image = core.image.borrow();
    let topic = match &p.topic {
        TopicKey::Name(name) => image.topic_named(name).ok_or(ErrorCode::UnknownTopicOrPartition),
        TopicKey::Id(id) => image.topic(*id).ok_or_else(|| match &p.name {
            Some(name) if image.topic_named(name).is_some() => ErrorCode::InconsistentTopicId,
            _ => ErrorCode::UnknownTopicId,
        }),
    };
    let name = topic.ok().map(|t| Rc::clone(&t.name));
    let place = topic.and_then(|t| {
        let index = u32::try_from(p.index).map_err(|_| ErrorCode::UnknownTopicOrPartition)?;
        let partition = t.partitions.get(index as usize).ok_or(ErrorCode::UnknownTopicOrPartition)?;
        if partition.leader != Some(core.config.node_id) {
            return Err(ErrorCode::NotLeaderOrFollower);
        }
        Ok(PartitionId { topic: t.id, index })
    });
    Target { topic: p.topic.clone(), name, index: p.index, wanted: p.wanted, place }
}

/// A partition and its answer.
pub type Answered<'a, F> = (&'a Target, ReadResult<F>);

/// Brings the session up to date: what of the answers is told, and under which session id.
fn settle<'a, E: Env, F>(
    core: &Core<E>,
    ctx: &RequestContext<E>,
    opened: Opened,
    answered: Vec<Answered<'a, F>>,
) -> (i32, Vec<Answered<'a, F>>) {
    match opened {
        Opened::Sessionless => (NO_SESSION, answered),
        Opened::Incremental(session) => {
            let told = answered.into_iter().filter(|(t, r)| tell(&session, t, r)).collect();
            let id = session.borrow().id();
            (id, told)
        }
        Opened::Full => {
            let partitions = answered
                .iter()
                .map(|(t, _)| SessionPartition::new(t.topic.clone(), t.index, t.wanted).named(t.name.clone()))
                .collect();
            let now = core.env.clock().now();
            let by_id = ctx.version >= 13;
            let created = core.sessions.borrow_mut().create(partitions, by_id, core.env.random(), now);
            let Some(session) = created.filter(|_| ctx.version >= 7) else { return (NO_SESSION, answered) };
            // A full answer tells everything; the session remembers what.
            answered.iter().for_each(|(t, r)| {
                tell(&session, t, r);
            });
            let id = session.borrow().id();
            (id, answered)
        }
    }
}

fn tell<F>(session: &SharedSession, t: &Target, r: &ReadResult<F>) -> bool {
    let told = Told {
        high_watermark: r.high_watermark,
        log_start: r.log_start,
        bytes: r.bytes,
        error: r.error.code(),
        diverging: r.diverging.is_some(),
    };
    session.borrow_mut().must_tell(&t.topic, t.index, told)
}
