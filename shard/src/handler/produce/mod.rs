//! Produce 3-13: check, append here or at the owner, answer when durable.
//!
//! Owner: the core of the connection. Invariants: requests of one connection are appended in their order, per
//! partition; success is answered only when the high watermark (or, for acks=1, the durable offset) has passed
//! the batch; acks=0 gets no bytes; nothing is allocated per partition or record in a steady load.
//! Source: protocol.md 3.2, KIP-951, KIP-516.

pub mod check;
pub mod encode;
pub mod in_flight;
pub mod room;

use crate::calls::{First, Turn, first};
use crate::conn::Close;
use crate::conn::budget::Charge;
use crate::core::Core;
use crate::env::{Clock, CoreId, Env, Instant};
use crate::handler::RequestContext;
use crate::image::Topic;
use crate::limits::REQUEST_PARTITIONS_MAX;
use crate::msg::{Acks, AppendItem, Outcome, Refusal, Request, Token};
use crate::partition::Taken;
use crate::partition::retain::moment;
use crate::stages::Stage;
use bytes::Bytes;
use in_flight::{Asker, InFlight, finish};
use ringlog_storage::few::Few;
use ringlog_wire::ErrorCode;
use ringlog_wire::hot::produce_request::{ProduceView, TopicView};
use room::{Parcel, Room};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// Takes in one request. Returns once everything in it is appended or refused; the answer comes by itself.
pub async fn accept<E: Env>(
    core: &Rc<Core<E>>,
    ctx: RequestContext<E>,
    body: Bytes,
    frame: Charge,
) -> Result<(), Close> {
    let parsed = ProduceView::parse(&body, ctx.version, REQUEST_PARTITIONS_MAX);
    // Borrowed: moving what was just written costs more than reading a small request.
    let view = parsed.as_ref().map_err(|e| ctx.malformed(e))?;
    let count = view.partitions_len();
    let memory = ctx.charge(&frame, count * Room::PLACE_COST).await?;
    core.produce.room().await;
    let taken = core.env.clock().now();
    core.stages.add(Stage::ProduceQueue, ctx.arrived, taken);
    // A place is taken before anything can wait, so that answers keep the order of the requests.
    let acks = acks(view.acks());
    let place = (acks != Some(Acks::None)).then(|| ctx.connection.queue.borrow_mut().take_place());
    let timeout = Duration::from_millis(u64::try_from(view.timeout_ms()).unwrap_or(0));
    let deadline = taken.after(timeout);
    let mut room = core.produce.pool.room();
    room.note(view);
    let in_flight = InFlight {
        asker: Asker::Client {
            version: ctx.version,
            correlation_id: ctx.correlation_id,
            connection: ctx.connection,
            place,
            frame: Some(frame),
            memory: Some(memory),
        },
        acks: acks.unwrap_or(Acks::All),
        room,
        missing: count + 1,
        deadline,
        in_log: None,
    };
    let token = insert(core, in_flight).await;
    let mut in_log = None;
    match refuse_all(view, acks) {
        Err((error, why)) => refuse(core, token, count, error, &why),
        Ok(acks) => {
            let (others, appended) = take_in(core, token, (acks, deadline), (&body, view), taken).await;
            drop(body);
            // What waits for another core as well does not end when this one's disk is done.
            in_log = appended.filter(|_| others.is_empty());
            send(core, token, (acks, deadline), others).await;
        }
    }
    if let Some(done) = core.produce.taken_in(token, in_log) {
        finish(core, done);
    }
    Ok(())
}

async fn insert<E: Env>(core: &Core<E>, mut request: InFlight<E>) -> Token {
    loop {
        match core.produce.insert(request) {
            Ok(token) => return token,
            Err(back) => request = back,
        }
        core.produce.room().await;
    }
}

fn acks(wire: i16) -> Option<Acks> {
    match wire {
        0 => Some(Acks::None),
        1 => Some(Acks::Leader),
        -1 => Some(Acks::All),
        _ => None,
    }
}

/// What is wrong with the request as a whole; else its acks.
fn refuse_all(view: &ProduceView<'_>, acks: Option<Acks>) -> Result<Acks, (ErrorCode, Arc<Refusal>)> {
    let Some(acks) = acks else {
        let why = Refusal::new("acks must be -1, 0 or 1");
        return Err((ErrorCode::InvalidRequiredAcks, why));
    };
    // Fatal to the client, so that it fails at once instead of retrying for a minute.
    if view.transactional_id().is_some() {
        let why = Refusal::new("transactions are not available in this version");
        return Err((ErrorCode::TransactionalIdAuthorizationFailed, why));
    }
    Ok(acks)
}

fn refuse<E: Env>(core: &Core<E>, token: Token, count: usize, error: ErrorCode, why: &Arc<Refusal>) {
    for at in 0..count {
        let outcome = Outcome { why: Some(Arc::clone(why)), ..Outcome::refused(0, error) };
        done(core, token, at, Some(outcome));
    }
}

fn find_topic<E: Env>(core: &Core<E>, version: i16, named: &TopicView<'_>) -> Option<Rc<Topic>> {
    let image = core.image.borrow();
    let topic = if version >= 13 { image.topic(named.id) } else { image.topic_named(named.name) };
    topic.cloned()
}

/// Checks every partition in the request's order and appends what this core owns. Returns the rest, by its owners, and
/// when the last batch of this core was in the log. The clock is read behind the first check and behind the last append
/// only: once for each partition would cost more than a fiftieth of the work on it.
async fn take_in<E: Env>(
    core: &Core<E>,
    token: Token,
    (acks, deadline): (Acks, Instant),
    (body, view): (&Bytes, &ProduceView<'_>),
    taken: Instant,
) -> (Few<(CoreId, Parcel)>, Option<Instant>) {
    let (mut checked_at, mut here) = (taken, false);
    let mut others: Few<(CoreId, Parcel)> = Few::default();
    let mut turn = Turn::default();
    let mut slot = 0;
    let mut walk = view.walk();
    while let Some(named) = walk.next_topic() {
        let topic = find_topic(core, view.version(), &named);
        while let Some(p) = walk.next_partition() {
            let records = p.records.unwrap_or_default();
            turn.spend(records.len()).await;
            let (version, request) = (view.version(), body);
            let wanted = check::Wanted { slot, index: p.index, records, acks, version, request };
            let checked = check::check(core, topic.as_ref(), wanted).await;
            let at = slot as usize;
            if slot == 0 {
                checked_at = core.env.clock().stamp();
                core.stages.add(Stage::ProduceDecode, taken, checked_at);
            }
            slot += 1;
            match checked {
                Err(outcome) => done(core, token, at, Some(outcome)),
                Ok(item) => match core.router.owner(item.partition) {
                    owner if owner == core.router.here() => {
                        here = true;
                        append_here(core, token, at, (acks, deadline), &item).await;
                    }
                    owner => put(core, &mut others, owner, item),
                },
            }
        }
    }
    let appended = here.then(|| appended(core, checked_at));
    (others, appended)
}

/// The last batch of a request is in the log of this core; `since`: when it began. Returns the time.
fn appended<E: Env>(core: &Core<E>, since: Instant) -> Instant {
    let now = core.env.clock().stamp();
    core.stages.add(Stage::ProduceAppend, since, now);
    now
}

/// Sends to other cores what they own of a request whose bytes this core holds no more, one message each.
async fn send<E: Env>(
    core: &Core<E>,
    token: Token,
    (acks, deadline): (Acks, Instant),
    others: Few<(CoreId, Parcel)>,
) {
    if others.is_empty() {
        // Appending has copied the records: the request's bytes are free while it waits for the disk.
        core.produce.release_frame(token);
    }
    for (to, (items, outcomes)) in others {
        let sent = core.env.clock().now();
        core.router.send(to, token, Request::Append { acks, deadline, items, outcomes, sent }).await;
    }
}

/// Puts `item` into the parcel for `owner`.
fn put<E: Env>(core: &Core<E>, others: &mut Few<(CoreId, Parcel)>, owner: CoreId, item: AppendItem) {
    if let Some((_, (items, _))) = others.iter_mut().find(|(to, _)| *to == owner) {
        return items.push(item);
    }
    let (mut items, outcomes) = core.produce.pool.parcel();
    items.push(item);
    others.push((owner, (items, outcomes)));
}

/// Appends one batch; waits while the store is busy, which holds back whoever sent it, until the request's time is up:
/// then the batch is not appended, and what its connection sent behind it gets its turn.
async fn append_here<E: Env>(
    core: &Core<E>,
    token: Token,
    at: usize,
    (acks, deadline): (Acks, Instant),
    item: &AppendItem,
) {
    loop {
        let Some(leader) = core.leader(item.partition) else {
            let outcome = Outcome::refused(item.slot, core.why_not_led(item.partition));
            return done(core, token, at, Some(outcome));
        };
        match leader.append(item, moment(core)) {
            Taken::Busy if acks == Acks::None => leader.store().room().await,
            Taken::Busy => {
                let room = first(leader.store().room(), core.env.clock().sleep_until(deadline)).await;
                if let First::Right(()) = room {
                    let why = "the log had no room for the batch in time; it was not appended";
                    let outcome = Outcome::refused_because(item.slot, ErrorCode::RequestTimedOut, why);
                    return done(core, token, at, Some(outcome));
                }
            }
            Taken::Done(outcome) => return done(core, token, at, Some(outcome)),
            Taken::Wait { outcome, .. } if acks == Acks::None => return done(core, token, at, Some(outcome)),
            Taken::Wait { last, outcome } => {
                core.produce.expect(token, at, outcome);
                return leader.wait_for(last, token, at);
            }
        }
    }
}

/// Place `at` of `token` is done; answers the request if it was the last.
pub fn done<E: Env>(core: &Core<E>, token: Token, at: usize, outcome: Option<Outcome>) {
    if let Some(request) = core.produce.done(token, at, outcome) {
        finish(core, request);
    }
}

/// Another core's client wants these batches appended here.
pub async fn append_for<E: Env>(
    core: &Core<E>,
    from: CoreId,
    token: Token,
    ((acks, deadline), (mut items, outcomes), sent): ((Acks, Instant), Parcel, Instant),
) {
    let taken = core.env.clock().now();
    core.stages.add(Stage::ProduceHop, sent, taken);
    let mut room = core.produce.pool.room();
    room.note_items(&items);
    let in_flight = InFlight {
        asker: Asker::Core { core: from, token, parcel: (Vec::new(), outcomes) },
        acks,
        room,
        missing: items.len() + 1,
        // The asking core keeps the client's time; here nothing may be left behind for ever.
        deadline: taken.after(Duration::from_secs(3600)),
        in_log: None,
    };
    let here = insert(core, in_flight).await;
    let mut turn = Turn::default();
    for (at, item) in items.drain(..).enumerate() {
        turn.spend(item.batch.len()).await;
        append_here(core, here, at, (acks, deadline), &item).await;
    }
    core.produce.send_back(here, items);
    let in_log = appended(core, taken);
    if let Some(request) = core.produce.taken_in(here, Some(in_log)) {
        finish(core, request);
    }
}

/// The owner of some partitions of `token` has answered, at `sent`.
pub fn answered<E: Env>(core: &Core<E>, token: Token, (items, mut outcomes): Parcel, sent: Instant) {
    core.stages.add(Stage::ProduceHop, sent, core.env.clock().now());
    for outcome in outcomes.drain(..) {
        done(core, token, outcome.slot as usize, Some(outcome));
    }
    core.produce.pool.keep_parcel((items, outcomes));
}
