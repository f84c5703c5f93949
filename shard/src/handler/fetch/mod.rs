//! Fetch 4-18: sessions, long poll, sizes, and the answer's parts.
//!
//! Owner: the core of the connection. Invariants: every partition asked for is answered (in an incremental
//! session: every one that changed); nothing at or above the high watermark leaves; the first non-empty
//! partition gets at least one whole batch, and only it may pass the bounds; nothing is allocated per record,
//! nor per partition in a steady load. Source: KIP-74, 227, 320, 516.

mod cold;
pub mod encode;
pub mod read;
pub mod rooms;
mod round;

pub use rooms::{Room, Rooms};

use crate::conn::Close;
use crate::conn::budget::Charge;
use crate::core::Core;
use crate::env::{Clock, Env, FileOf};
use crate::handler::{Parts, RequestContext};
use crate::image::MetadataImage;
use crate::limits::{PARK_MAX, REQUEST_PARTITIONS_MAX};
use crate::msg::{ReadItem, ReadResult};
use crate::session::{NO_SESSION, Opened, SessionError, SessionPartition, Told, TopicKey, Wanted};
use crate::stages::Stage;
use bytes::Bytes;
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::ErrorCode;
use ringlog_wire::hot::fetch_request::FetchRequestBuf;
use ringlog_wire::ids::{PartitionId, TopicId};
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
    /// It stands in the response.
    pub told: bool,
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

/// Answers one fetch. `frame`: the charge of its bytes.
pub async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    frame: &Charge,
    body: Bytes,
) -> Result<Parts<E>, Close> {
    let most = FetchRequestBuf::memory_max(body.len(), REQUEST_PARTITIONS_MAX);
    let mut decoding = ctx.charge(frame, most).await?;
    let now = core.env.clock().now();
    core.stages.add(Stage::FetchQueue, ctx.arrived, now);
    let mut request = core.fetches.request();
    let decoded = request.decode(body, ctx.version, REQUEST_PARTITIONS_MAX);
    decoded.map_err(|e| ctx.malformed(&e))?;
    decoding.shrink(request.memory());
    let by_id = ctx.version >= 13;
    let opened = core.sessions.borrow_mut().open(request.session_id, request.session_epoch, by_id, now);
    let opened = match opened {
        Ok(opened) => opened,
        Err(e) => return encode::error(core, ctx, session_error(e)),
    };
    let known = if let Opened::Incremental(s) = &opened { s.borrow().len() } else { 0 };
    let count = request.partitions_len() + known;
    let _memory = ctx.charge(frame, count * Room::<FileOf<E>>::TARGET_COST).await?;
    let mut room = core.fetches.room();
    targets(core, ctx.version, &request, &opened, &mut room);
    if request.replica_id >= 0 {
        // Nobody is a follower of ours yet, and a client must not pass for one (CVE-2018-1288).
        room.targets.iter_mut().for_each(|t| t.place = Err(ErrorCode::ClusterAuthorizationFailed));
    }
    let bounds = bounds(core, &request);
    core.fetches.keep_request(request);
    drop(decoding);
    core.stages.add(Stage::FetchDecode, now, core.env.clock().stamp());
    round::wait_and_read(core, &ctx.connection, &mut room, bounds).await;
    let session_id = settle(core, ctx, opened, &mut room);
    let parts = encode::response(core, ctx, (ErrorCode::None, session_id), &mut room);
    core.fetches.keep_room(room);
    parts
}

fn session_error(e: SessionError) -> ErrorCode {
    match e {
        SessionError::NotFound => ErrorCode::FetchSessionIdNotFound,
        SessionError::Epoch => ErrorCode::InvalidFetchSessionEpoch,
        SessionError::TopicIds => ErrorCode::FetchSessionTopicIdError,
    }
}

fn bounds<E: Env>(core: &Core<E>, request: &FetchRequestBuf) -> Bounds {
    let bytes = |n: i32| usize::try_from(n).unwrap_or(0);
    let max_bytes = bytes(request.max_bytes).min(core.limits.fetch_max_bytes);
    let wait = Duration::from_millis(u64::try_from(request.max_wait_ms).unwrap_or(0));
    Bounds { max_bytes, min_bytes: bytes(request.min_bytes).min(max_bytes), max_wait: wait.min(PARK_MAX) }
}

/// The item that reads `t`, if there is anything to read.
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
fn named<'a>(
    image: &'a MetadataImage,
    version: i16,
    request: &'a FetchRequestBuf,
) -> impl Iterator<Item = SessionPartition> + 'a {
    request.topics().flat_map(move |(name, id, partitions)| {
        let key = key(image, version, name, id);
        partitions.iter().map(move |p| {
            let wanted = Wanted {
                fetch_offset: p.fetch_offset,
                max_bytes: p.max_bytes,
                current_leader_epoch: p.current_leader_epoch,
                last_fetched_epoch: p.last_fetched_epoch,
            };
            SessionPartition::new(key.clone(), p.index, wanted)
        })
    })
}

/// The name of a topic that exists is shared with the image.
fn key(image: &MetadataImage, version: i16, name: &str, id: TopicId) -> TopicKey {
    if version >= 13 {
        return TopicKey::Id(id);
    }
    TopicKey::Name(image.topic_named(name).map_or_else(|| Rc::from(name), |t| Rc::clone(&t.name)))
}

/// Everything that this fetch reads, in order: the request's partitions, or the whole session after the
/// request's changes.
fn targets<E: Env>(
    core: &Core<E>,
    version: i16,
    request: &FetchRequestBuf,
    opened: &Opened,
    room: &mut Room<FileOf<E>>,
) {
    let image = core.image.borrow();
    let Opened::Incremental(session) = opened else {
        return room.targets.extend(named(&image, version, request).map(|p| resolve(&image, &p)));
    };
    let mut session = session.borrow_mut();
    let unheard = usize::from(planted(Bug::SessionKeepsPosition));
    for p in named(&image, version, request).skip(unheard) {
        session.put(p);
    }
    for (name, id, partitions) in request.forgotten() {
        let key = key(&image, version, name, id);
        partitions.iter().for_each(|index| session.forget(&key, *index));
    }
    session.each_mut(|p| {
        let target = resolve(&image, p);
        // An id stands for one name for ever.
        if p.name.is_none() {
            p.name.clone_from(&target.name);
        }
        room.targets.push(target);
    });
}

/// Finds what a client means. An id that once stood for a name is INCONSISTENT_TOPIC_ID when that name has been
/// made anew, and UNKNOWN_TOPIC_ID as long as nothing has that id.
fn resolve(image: &MetadataImage, p: &SessionPartition) -> Target {
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
        if partition.leader != Some(image.node()) {
            return Err(ErrorCode::NotLeaderOrFollower);
        }
        Ok(PartitionId { topic: t.id, index })
    });
    Target { topic: p.topic.clone(), name, index: p.index, told: true, wanted: p.wanted, place }
}

/// Brings the session up to date: marks which of the answers are told, and returns under which session id.
fn settle<E: Env>(
    core: &Core<E>,
    ctx: &RequestContext<E>,
    opened: Opened,
    room: &mut Room<FileOf<E>>,
) -> i32 {
    let (session, all) = match opened {
        Opened::Sessionless => return NO_SESSION,
        Opened::Incremental(session) => (session, false),
        Opened::Full if ctx.version < 7 => return NO_SESSION,
        Opened::Full => {
            let partitions = room
                .targets
                .iter()
                .map(|t| SessionPartition::new(t.topic.clone(), t.index, t.wanted).named(t.name.clone()));
            let now = core.env.clock().now();
            let by_id = ctx.version >= 13;
            let mut sessions = core.sessions.borrow_mut();
            let created = sessions.create(partitions.collect(), by_id, core.env.random(), now);
            let Some(session) = created else { return NO_SESSION };
            // A full answer tells everything; the session remembers what.
            (session, true)
        }
    };
    let mut session = session.borrow_mut();
    for (t, r) in room.targets.iter_mut().zip(&room.results) {
        t.told = session.must_tell(&t.topic, t.index, summary(r)) || all;
    }
    session.id()
}

fn summary<F>(r: &ReadResult<F>) -> Told {
    Told {
        high_watermark: r.high_watermark,
        log_start: r.log_start,
        bytes: r.bytes,
        error: r.error.code(),
        diverging: r.diverging.is_some(),
    }
}
