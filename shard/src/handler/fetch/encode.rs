//! Writing a FetchResponse as parts: headers from memory, records as they are.
//!
//! Owner: the answering call. Invariants: records are never copied; no partition's records are null (clients
//! print errors for that); the frame's length counts every part.

use super::Answered;
use crate::conn::Close;
use crate::core::Core;
use crate::env::{Env, FileOf, SendPart};
use crate::handler::{Parts, RequestContext, leader_hint};
use crate::msg::ReadResult;
use crate::session::TopicKey;
use bytes::BytesMut;
use ringlog_wire::header::encode_response_head;
use ringlog_wire::ids::TopicId;
use ringlog_wire::writer::{self, Encoded, Sink};
use ringlog_wire::{ApiKey, ErrorCode};

/// A response that is being put together.
struct Frame<F> {
    parts: Vec<SendPart<F>>,
    out: BytesMut,
    len: usize,
}

impl<F> Frame<F> {
    fn records(&mut self, flexible: bool, bytes: usize, records: Vec<SendPart<F>>) -> Encoded {
        self.out.count(flexible, bytes)?;
        if bytes > 0 {
            self.flush();
            self.len += bytes;
            self.parts.extend(records);
        }
        Ok(())
    }

    fn flush(&mut self) {
        self.len += self.out.len();
        let bytes = self.out.split().freeze();
        self.parts.push(SendPart::Bytes(bytes));
    }

    fn finish(mut self) -> Option<Vec<SendPart<F>>> {
        self.flush();
        let len = i32::try_from(self.len).ok()?;
        let mut size = BytesMut::with_capacity(4);
        size.int32(len);
        self.parts.insert(0, SendPart::Bytes(size.freeze()));
        Some(self.parts)
    }
}

fn begin<E: Env>(ctx: &RequestContext<E>, error: ErrorCode, session_id: i32) -> Frame<FileOf<E>> {
    let mut out = BytesMut::with_capacity(128);
    encode_response_head(&mut out, ApiKey::Fetch, ctx.version, ctx.correlation_id);
    out.int32(0); // throttle time
    if ctx.version >= 7 {
        out.int16(error.code());
        out.int32(session_id);
    }
    Frame { parts: Vec::new(), out, len: 0 }
}

fn finish<E: Env>(frame: Frame<FileOf<E>>) -> Result<Parts<E>, Close> {
    frame.finish().ok_or_else(|| Close::Internal("a fetch response passes 2 GiB".to_owned()))
}

/// A response that holds nothing but an error of the session.
pub fn error<E: Env>(ctx: &RequestContext<E>, error: ErrorCode) -> Result<Parts<E>, Close> {
    let mut frame = begin(ctx, error, 0);
    let flexible = ctx.version >= 12;
    frame.out.count(flexible, 0).map_err(|e| Close::Internal(e.to_string()))?;
    if flexible {
        frame.out.uvarint(0);
    }
    finish::<E>(frame)
}

/// The whole response frame. Neighbours of one topic share its entry.
pub fn response<E: Env>(
    core: &Core<E>,
    ctx: &RequestContext<E>,
    session_id: i32,
    answered: Vec<Answered<'_, FileOf<E>>>,
) -> Result<Parts<E>, Close> {
    let mut frame = begin(ctx, ErrorCode::None, session_id);
    body(core, ctx, &mut frame, answered).map_err(|e| Close::Internal(e.to_string()))?;
    finish::<E>(frame)
}

fn body<E: Env>(
    core: &Core<E>,
    ctx: &RequestContext<E>,
    frame: &mut Frame<FileOf<E>>,
    answered: Vec<Answered<'_, FileOf<E>>>,
) -> Encoded {
    let flexible = ctx.version >= 12;
    let runs: Vec<usize> = answered.chunk_by(|(a, _), (b, _)| a.topic == b.topic).map(<[_]>::len).collect();
    let moved = answered.iter().any(|(_, r)| r.error == ErrorCode::NotLeaderOrFollower);
    let mut answered = answered.into_iter();
    frame.out.count(flexible, runs.len())?;
    for run in runs {
        let mut partitions = answered.by_ref().take(run).peekable();
        let topic = partitions.peek().map(|(t, _)| &t.topic);
        match topic {
            Some(TopicKey::Id(id)) => frame.out.uuid(*id),
            Some(TopicKey::Name(name)) => frame.out.string(flexible, name)?,
            None => unreachable!("a run has a first partition"),
        }
        frame.out.count(flexible, run)?;
        for one in partitions {
            partition(core, ctx.version, frame, one)?;
        }
        if flexible {
            frame.out.uvarint(0);
        }
    }
    if flexible {
        let hint = moved && ctx.version >= 16;
        frame.out.uvarint(u32::from(hint));
        if hint {
            writer::tagged(&mut frame.out, 0, &|s| leader_hint::node_endpoints(core, &ctx.connection, s))?;
        }
    }
    Ok(())
}

fn partition<E: Env>(
    core: &Core<E>,
    version: i16,
    frame: &mut Frame<FileOf<E>>,
    (target, r): Answered<'_, FileOf<E>>,
) -> Encoded {
    let flexible = version >= 12;
    let out = &mut frame.out;
    out.int32(target.index);
    out.int16(r.error.code());
    out.int64(r.high_watermark);
    out.int64(r.high_watermark); // last stable offset: no transaction is ever open
    if version >= 5 {
        out.int64(r.log_start);
    }
    // Aborted transactions: none. Empty rather than null: null means read_uncommitted to some clients.
    out.count(flexible, 0)?;
    if version >= 11 {
        out.int32(-1); // preferred read replica
    }
    let ReadResult { parts, bytes, error, diverging, .. } = r;
    frame.records(flexible, bytes, parts)?;
    if flexible {
        let leader = (error == ErrorCode::NotLeaderOrFollower || error == ErrorCode::FencedLeaderEpoch)
            .then(|| {
                let (name, id) = match &target.topic {
                    TopicKey::Name(name) => (&**name, TopicId::ZERO),
                    TopicKey::Id(id) => ("", *id),
                };
                leader_hint::current(core, name, id, target.index)
            })
            .flatten();
        tags(&mut frame.out, diverging, leader)?;
    }
    Ok(())
}

/// The tagged fields of one partition: diverging epoch (KIP-595), current leader.
fn tags(out: &mut BytesMut, diverging: Option<(i32, i64)>, leader: Option<(i32, i32)>) -> Encoded {
    out.uvarint(u32::from(diverging.is_some()) + u32::from(leader.is_some()));
    if let Some((epoch, end)) = diverging {
        writer::tagged(out, 0, &|s| {
            s.int32(epoch);
            s.int64(end);
            s.uvarint(0);
            Ok(())
        })?;
    }
    if let Some((id, epoch)) = leader {
        writer::tagged(out, 1, &|s| leader_hint::encode(s, id, epoch))?;
    }
    Ok(())
}
