//! Produce 3-13: check, append here or at the owner, answer when durable.
//!
//! Owner: the core of the connection. Invariants: requests of one connection are appended in their order, per
//! partition; success is answered only when the high watermark (or, for acks=1, the durable offset) has passed
//! the batch; acks=0 gets no bytes. Source: protocol.md 3.2, KIP-951, KIP-516.

pub mod check;
pub mod encode;
pub mod in_flight;

use crate::calls::yield_now;
use crate::conn::Close;
use crate::conn::budget::Charge;
use crate::core::Core;
use crate::env::{Clock, CoreId, Env};
use crate::handler::{RequestContext, decode};
use crate::image::Topic;
use crate::limits::{REQUEST_PARTITIONS_MAX, TURN_PARTITIONS};
use crate::msg::{Acks, AppendItem, Outcome, Request, Token};
use crate::partition::Taken;
use bytes::Bytes;
use in_flight::{Asker, InFlight, Place, finish};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::ProduceRequest;
use ringlog_wire::generated::produce_request::TopicProduceData;
use std::rc::Rc;
use std::time::Duration;

/// Takes in one request. Returns once everything in it is appended or refused; the answer comes by itself.
pub async fn accept<E: Env>(
    core: &Rc<Core<E>>,
    ctx: RequestContext<E>,
    body: Bytes,
    charge: Charge,
) -> Result<(), Close> {
    let mut request: ProduceRequest = decode(&ctx, &body)?;
    drop(body);
    let count: usize = request.topic_data.iter().map(|t| t.partition_data.len()).sum();
    if count > REQUEST_PARTITIONS_MAX {
        return Err(ctx.malformed(&"too many partitions"));
    }
    core.produce.room().await;
    // A place is taken before anything can wait, so that answers keep the order of the requests.
    let acks = acks(request.acks);
    let place = (acks != Some(Acks::None)).then(|| ctx.connection.queue.borrow_mut().take_place());
    let checked = check_all(core, &ctx, &mut request, acks).await;
    let timeout = Duration::from_millis(u64::try_from(request.timeout_ms).unwrap_or(0));
    let in_flight = InFlight {
        asker: Asker::Client {
            version: ctx.version,
            correlation_id: ctx.correlation_id,
            connection: ctx.connection,
            place,
            topics: request.topic_data,
            charge: Some(charge),
        },
        acks: acks.unwrap_or(Acks::All),
        places: (0u32..).take(count).map(Place::waiting).collect(),
        missing: count + 1,
        deadline: core.env.clock().now().after(timeout),
    };
    let token = insert(core, in_flight).await;
    append_all(core, token, acks.unwrap_or(Acks::All), checked).await;
    if let Some(done) = core.produce.taken_in(token) {
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

/// Checks every partition in the request's order; takes the records out of the request.
async fn check_all<E: Env>(
    core: &Core<E>,
    ctx: &RequestContext<E>,
    request: &mut ProduceRequest,
    acks: Option<Acks>,
) -> Vec<Result<AppendItem, Outcome>> {
    let refusal = refuse_all(request, acks);
    let mut checked = Vec::with_capacity(request.topic_data.len());
    let mut slot = 0;
    for data in &mut request.topic_data {
        let topic = find_topic(core, ctx.version, data);
        for p in &mut data.partition_data {
            let records = p.records.take().unwrap_or_default();
            checked.push(match refusal {
                Some((error, why)) => Err(Outcome::refused_because(slot, error, why)),
                None => {
                    let acks = acks.unwrap_or(Acks::All);
                    let wanted = check::Wanted { slot, index: p.index, records, acks, version: ctx.version };
                    check::check(core, topic.as_ref(), wanted).await
                }
            });
            slot += 1;
            if (slot as usize).is_multiple_of(TURN_PARTITIONS) {
                yield_now().await;
            }
        }
    }
    checked
}

/// What is wrong with the request as a whole.
fn refuse_all(request: &ProduceRequest, acks: Option<Acks>) -> Option<(ErrorCode, &'static str)> {
    if acks.is_none() {
        return Some((ErrorCode::InvalidRequiredAcks, "acks must be -1, 0 or 1"));
    }
    // Fatal to the client, so that it fails at once instead of retrying for a minute.
    request.transactional_id.as_ref().map(|_| {
        let why = "transactions are not available in this version";
        (ErrorCode::TransactionalIdAuthorizationFailed, why)
    })
}

fn find_topic<E: Env>(core: &Core<E>, version: i16, data: &TopicProduceData) -> Option<Rc<Topic>> {
    let image = core.image.borrow();
    let topic = if version >= 13 { image.topic(data.topic_id) } else { image.topic_named(&data.name) };
    topic.cloned()
}

/// Appends what this core owns and sends the rest to its owners, one message each.
async fn append_all<E: Env>(
    core: &Core<E>,
    token: Token,
    acks: Acks,
    checked: Vec<Result<AppendItem, Outcome>>,
) {
    let mut others: Vec<(CoreId, Vec<AppendItem>)> = Vec::new();
    for one in checked {
        match one {
            Err(outcome) => done(core, token, outcome.slot as usize, Some(outcome)),
            Ok(item) => {
                let owner = core.router.owner(item.partition);
                if owner == core.router.here() {
                    let at = item.slot as usize;
                    append_here(core, token, at, acks, &item).await;
                } else {
                    match others.iter_mut().find(|(to, _)| *to == owner) {
                        Some((_, items)) => items.push(item),
                        None => others.push((owner, vec![item])),
                    }
                }
            }
        }
    }
    if others.is_empty() {
        // Appending has copied the records: the request's bytes are free while it waits for the disk.
        core.produce.release_bytes(token);
    }
    for (to, items) in others {
        core.router.send(to, token, Request::Append { acks, items }).await;
    }
}

/// Appends one batch; waits while the store is busy, which holds back whoever sent it.
async fn append_here<E: Env>(core: &Core<E>, token: Token, at: usize, acks: Acks, item: &AppendItem) {
    loop {
        let Some(leader) = core.leader(item.partition) else {
            let outcome = Outcome::refused(item.slot, core.why_not_led(item.partition));
            return done(core, token, at, Some(outcome));
        };
        match leader.append(item, core.env.clock().wall_ms()) {
            Taken::Busy => leader.store.room().await,
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
    (acks, items): (Acks, Vec<AppendItem>),
) {
    let in_flight = InFlight {
        asker: Asker::Core { core: from, token },
        acks,
        places: items.iter().map(|i| Place::waiting(i.slot)).collect(),
        missing: items.len() + 1,
        // The asking core keeps the client's time; here nothing may be left behind for ever.
        deadline: core.env.clock().now().after(Duration::from_secs(3600)),
    };
    let here = insert(core, in_flight).await;
    for (at, item) in items.into_iter().enumerate() {
        append_here(core, here, at, acks, &item).await;
    }
    if let Some(request) = core.produce.taken_in(here) {
        finish(core, request);
    }
}

/// The owner of some partitions of `token` has answered.
pub fn appended<E: Env>(core: &Core<E>, token: Token, outcomes: Vec<Outcome>) {
    for outcome in outcomes {
        done(core, token, outcome.slot as usize, Some(outcome));
    }
}
