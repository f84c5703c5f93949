//! Writing a FetchResponse as parts: heads from memory, records as they are.
//!
//! Owner: the answering call. Invariants: records are never copied; no partition's records are null (clients
//! print errors for that); only targets that are to be told are in it.

use super::{Room, Target};
use crate::conn::Close;
use crate::core::Core;
use crate::env::{Env, FileOf, SendPart};
use crate::handler::leader_hint::{self, Endpoints};
use crate::handler::{Parts, RequestContext};
use crate::msg::ReadResult;
use crate::session::TopicKey;
use ringlog_storage::read::ReadPart;
use ringlog_wire::ErrorCode;
use ringlog_wire::hot::fetch_response::{FetchFrame, FetchResponseWriter, PartitionHead, ResponseHead};
use ringlog_wire::ids::TopicId;
use ringlog_wire::writer::{EncodeError, Encoded};

/// Expected bytes of a partition's head.
const HEAD_ROOM: usize = 64;

/// A response that holds nothing but an error of the session.
pub fn error<E: Env>(core: &Core<E>, ctx: &RequestContext<E>, error: ErrorCode) -> Result<Parts<E>, Close> {
    response(core, ctx, (error, 0), &mut Room::default())
}

/// The whole response frame: the session's error and id, and what is told of `room`, whose records it takes.
/// Neighbours of one topic share its entry.
pub fn response<E: Env>(
    core: &Core<E>,
    ctx: &RequestContext<E>,
    session: (ErrorCode, i32),
    room: &mut Room<FileOf<E>>,
) -> Result<Parts<E>, Close> {
    core.fetches.with_frame(|frame| {
        heads(core, ctx, session, room, frame).map_err(|e| Close::Internal(e.to_string()))?;
        let mut parts = core.fetches.parts();
        let told = room.targets.iter().zip(&mut room.results).filter(|(t, _)| t.told);
        let mut records = told.map(|(_, r)| r).filter(|r| r.bytes > 0);
        for (head, bytes) in frame.take_heads() {
            parts.push(SendPart::Bytes(head));
            if bytes > 0 {
                let result = records.next().expect("every cut stands for one result");
                parts.extend(std::mem::take(&mut result.parts).into_iter().map(send_part));
            }
        }
        Ok(parts)
    })
}

fn send_part<F>(part: ReadPart<F>) -> SendPart<F> {
    match part {
        ReadPart::Bytes(bytes) => SendPart::Bytes(bytes),
        ReadPart::File(region) => SendPart::File(region),
    }
}

type Told<'a, F> = (&'a Target, &'a ReadResult<F>);

fn told<F>(room: &Room<F>) -> impl Iterator<Item = Told<'_, F>> + Clone {
    room.targets.iter().zip(&room.results).filter(|(t, _)| t.told)
}

fn heads<E: Env>(
    core: &Core<E>,
    ctx: &RequestContext<E>,
    (error, session_id): (ErrorCode, i32),
    room: &Room<FileOf<E>>,
    frame: &mut FetchFrame,
) -> Result<usize, EncodeError> {
    let mut topics = 0;
    let mut last = None;
    for (t, _) in told(room) {
        topics += usize::from(last.replace(&t.topic) != Some(&t.topic));
    }
    let head = ResponseHead {
        correlation_id: ctx.correlation_id,
        throttle_time_ms: 0,
        error_code: error.code(),
        session_id,
        topics,
    };
    let mut w = frame.begin(ctx.version, head, HEAD_ROOM * room.targets.len())?;
    let mut rest = told(room);
    while let Some((first, _)) = rest.clone().next() {
        let run = rest.clone().take_while(|(t, _)| t.topic == first.topic).count();
        let (name, id) = name_and_id(&first.topic);
        w.topic(name, id, run)?;
        for one in rest.by_ref().take(run) {
            partition(core, &mut w, ctx.version, one)?;
        }
        w.end_topic();
    }
    let moved = ctx.version >= 16 && told(room).any(|(_, r)| r.error == ErrorCode::NotLeaderOrFollower);
    match moved.then(|| Endpoints::of(core, &ctx.connection)) {
        None => w.finish(&[]),
        Some(endpoints) => w.finish(&endpoints.list()),
    }
}

fn name_and_id(topic: &TopicKey) -> (&str, TopicId) {
    match topic {
        TopicKey::Name(name) => (name, TopicId::ZERO),
        TopicKey::Id(id) => ("", *id),
    }
}

fn partition<E: Env>(
    core: &Core<E>,
    w: &mut FetchResponseWriter<'_>,
    version: i16,
    (target, r): Told<'_, FileOf<E>>,
) -> Encoded {
    let moved = r.error == ErrorCode::NotLeaderOrFollower || r.error == ErrorCode::FencedLeaderEpoch;
    let (name, id) = name_and_id(&target.topic);
    let head = PartitionHead {
        high_watermark: r.high_watermark,
        // No transaction is ever open, and none was aborted: told as none, since null means read_uncommitted
        // to some clients.
        last_stable_offset: r.high_watermark,
        aborted: Some(&[]),
        log_start_offset: r.log_start,
        diverging_epoch: r.diverging,
        current_leader: (version >= 12 && moved)
            .then(|| leader_hint::current(core, name, id, target.index))
            .flatten(),
        ..PartitionHead::empty(target.index, r.error.code())
    };
    w.partition(&head, r.bytes)
}
