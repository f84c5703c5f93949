//! The tasks of a connection: accepting, reading requests, writing answers, and the once-a-second look at all.
//!
//! Owner: one core. Invariants: a reader stops before it would pass a bound (answers in flight, bytes unsent,
//! request bytes of the core); memory for a request grows only with the bytes that came; the writer is the only
//! task that sends.

use super::{Close, Connection, frame};
use crate::calls::{First, first};
use crate::conn::budget::{Charge, Held};
use crate::conn::queue::ResponseQueue;
use crate::core::Core;
use crate::env::{Clock, Conn, Env, Instant, Lane, Net, SendPart};
use crate::handler::{self, RequestContext};
use crate::limits::{AHEAD_MAX, IDLE_BUFFER_MAX, IN_FLIGHT_MAX, RECV_MAX, UNSENT_MAX};
use crate::report::add;
use crate::stages::Answers;
use bytes::{Buf, Bytes, BytesMut};
use ringlog_wire::ApiKey;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;

/// Accepts the connections of one listener until the core stops.
pub async fn accept_loop<E: Env>(core: Rc<Core<E>>, listener: usize) {
    loop {
        let accepted = core.stopping.or(core.env.net().accept(listener)).await;
        let socket = match accepted {
            None => return,
            Some(Ok(socket)) => socket,
            Some(Err(e)) => {
                core.env.log(crate::env::Level::Error, &format!("listener {listener} is gone: {e}"));
                return;
            }
        };
        let c = Rc::new(Connection::<E> {
            peer: socket.peer(),
            local: socket.local(),
            socket,
            listener,
            queue: RefCell::new(ResponseQueue::new(Rc::clone(&core.unsent_memory))),
            held: Held::new(&core.request_budget),
            active: Cell::new(core.env.clock().now()),
            busy: Cell::new(false),
            client_id: RefCell::new(None),
            software: RefCell::new(None),
            instance: Cell::new(None),
            left: Cell::new(false),
            parked: Cell::new(None),
        });
        add(&core.counters.accepted, 1);
        let allowed = usize::try_from(core.image.borrow().int("max.connections")).unwrap_or(0);
        let full = core.connections.borrow().len() >= allowed;
        let taken = (!full).then(|| core.connections.borrow_mut().insert(Rc::clone(&c)).ok()).flatten();
        let Some(token) = taken else {
            core.bad_client(&c.peer, "R039", &"is one too many (max.connections)");
            c.socket.shutdown();
            continue;
        };
        let (core2, c2) = (Rc::clone(&core), Rc::clone(&c));
        core.env.spawn(Lane::Produce, async move {
            write_answers(&core2, &c2).await;
            // Only now: a client that has closed its writing side still gets its last answers before a stop.
            core2.connections.borrow_mut().remove(token);
            if let Some(id) = c2.instance.take() {
                core2.telemetry.borrow_mut().forget(id);
            }
        });
        let (core2, c2) = (Rc::clone(&core), c);
        core.env.spawn(Lane::Produce, async move {
            match read_requests(&core2, &c2).await {
                Ok(()) => c2.queue.borrow_mut().finish(),
                Err(close) => {
                    // One that is dead already had its line, or ended by itself.
                    if !c2.queue.borrow().is_dead() {
                        core2.bad_client(&c2.peer, close.code(), &close);
                    }
                    c2.kill();
                }
            }
        });
    }
}

/// Sends answers as they become ready; ends after the last one, or when the socket fails.
async fn write_answers<E: Env>(core: &Core<E>, c: &Connection<E>) {
    let mut parts = Vec::new();
    while std::future::poll_fn(|cx| c.queue.borrow_mut().poll_output(cx, &mut parts)).await {
        let bytes: usize = parts.iter().map(SendPart::len).sum();
        add(&core.counters.sent, bytes as u64);
        let leaving = c.queue.borrow_mut().take_leaving();
        if c.socket.send(&mut parts).await.is_err() {
            break;
        }
        parts.clear();
        let now = core.env.clock().now();
        core.stages.add_sent(leaving, now);
        c.active.set(now);
    }
    c.kill();
}

/// Reads and handles requests until the client closes or the core stops. Error: why we close.
async fn read_requests<E: Env>(core: &Rc<Core<E>>, c: &Rc<Connection<E>>) -> Result<(), Close> {
    let now = core.env.clock().now();
    let mut inbound = Inbound { buf: BytesMut::new(), size: 0, arrived: now, first: true, ended: false };
    loop {
        room(c, IN_FLIGHT_MAX).await;
        let Some((request, charge)) = next_frame(core, c, &mut inbound).await? else { return Ok(()) };
        handle(core, c, &mut inbound, (request, charge)).await?;
        if c.queue.borrow().is_dead() {
            return Ok(());
        }
    }
}

/// Waits until fewer than `places` requests are in flight and the client has taken most of its answers.
async fn room<E: Env>(c: &Connection<E>, places: usize) {
    std::future::poll_fn(|cx| c.queue.borrow_mut().poll_room(cx, places, UNSENT_MAX)).await;
}

/// What a connection has received and not yet handled.
struct Inbound {
    buf: BytesMut,
    /// Bytes of the memory behind `buf`, as far as is known; `buf` itself tells only of its unused end.
    size: usize,
    /// When its newest bytes came to the core.
    arrived: Instant,
    /// No request came yet.
    first: bool,
    /// The client has closed; what is in `buf` is all there will be.
    ended: bool,
}

impl Inbound {
    /// Receives once. False: the client has closed.
    async fn receive<E: Env>(&mut self, core: &Core<E>, c: &Connection<E>) -> bool {
        match c.socket.recv(&mut self.buf, RECV_MAX).await {
            Ok(0) | Err(_) => self.ended = true,
            Ok(n) => {
                c.held.arrived(n);
                add(&core.counters.received, n as u64);
            }
        }
        self.size = self.size.max(self.buf.capacity());
        let now = core.env.clock().now();
        self.arrived = c.socket.arrived().unwrap_or(now);
        c.active.set(now);
        !self.ended
    }
}

/// Cuts the next request out of `inbound`, receiving as needed. `None`: the client has closed.
async fn next_frame<E: Env>(
    core: &Core<E>,
    c: &Connection<E>,
    inbound: &mut Inbound,
) -> Result<Option<(Bytes, Charge)>, Close> {
    loop {
        let Inbound { buf, size, first, ended, .. } = inbound;
        match frame::front(buf, *first, core.limits.socket_request_max_bytes) {
            frame::Front::Bad(why) => return Err(Close::Stream(why)),
            frame::Front::Frame(len) => {
                *first = false;
                buf.advance(4);
                let charge = c.held.take(4 + len);
                return Ok(Some((buf.split_to(len).freeze(), charge)));
            }
            frame::Front::Missing(missing) => make_room(buf, *size, missing),
        }
        if *ended {
            return Ok(None);
        }
        if buf.is_empty() && *size > IDLE_BUFFER_MAX && !c.held.may_keep(*size) {
            (*buf, *size) = (BytesMut::new(), 0);
        }
        std::future::poll_fn(|cx| c.held.poll_room(cx, c.queue.borrow().is_dead())).await;
        if c.queue.borrow().is_dead() {
            return Ok(None);
        }
        inbound.receive(core, c).await;
    }
}

/// Lets a long request come in where it stays: memory that is too short is copied when it grows.
///
/// `size`: bytes of the memory behind `buf`; `missing`: at least so many are to come.
fn make_room(buf: &mut BytesMut, size: usize, missing: usize) {
    if buf.is_empty() {
        // From the front again, if what was there is done with.
        let _ = buf.try_reclaim(size);
    } else if buf.len() >= RECV_MAX {
        // An announced length alone takes no memory: what came does, with three times as much.
        buf.reserve(missing.min(3 * buf.len()) + RECV_MAX);
    }
}

/// Runs `work`, which answers a request of this connection, and meanwhile receives a little ahead: so a client
/// that goes away is noticed while its request waits, and its parked fetch ends (`Connection::on_left`).
async fn attended<E: Env, T>(
    core: &Core<E>,
    c: &Connection<E>,
    inbound: &mut Inbound,
    work: impl Future<Output = T>,
) -> T {
    let mut work = pin!(work);
    loop {
        let may_receive = inbound.buf.len() < AHEAD_MAX && !core.request_budget.is_over();
        if inbound.ended || !may_receive {
            return work.await;
        }
        match first(work.as_mut(), inbound.receive(core, c)).await {
            First::Left(done) => return done,
            First::Right(true) => {}
            First::Right(false) => c.on_left(core),
        }
    }
}

/// The start of a request, in place.
struct Head<'a> {
    api: i16,
    version: i16,
    correlation_id: i32,
    client_id: Option<&'a [u8]>,
    /// Where the body, or the tagged section in front of it, begins.
    len: usize,
}

/// Reads the part that all header versions share. `None`: malformed.
fn parse_head(frame: &[u8]) -> Option<Head<'_>> {
    let (api, rest) = frame.split_first_chunk::<2>()?;
    let (version, rest) = rest.split_first_chunk::<2>()?;
    let (correlation_id, rest) = rest.split_first_chunk::<4>()?;
    let (id_len, rest) = rest.split_first_chunk::<2>()?;
    let client_id = match i16::from_be_bytes(*id_len) {
        -1 => None,
        n => Some(rest.get(..usize::try_from(n).ok()?)?),
    };
    Some(Head {
        api: i16::from_be_bytes(*api),
        version: i16::from_be_bytes(*version),
        correlation_id: i32::from_be_bytes(*correlation_id),
        client_id,
        len: 10 + client_id.map_or(0, <[u8]>::len),
    })
}

/// Handles one request. Produce returns once it is appended; everything else once it is answered.
async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    c: &Rc<Connection<E>>,
    inbound: &mut Inbound,
    (request, charge): (Bytes, Charge),
) -> Result<(), Close> {
    let head = parse_head(&request);
    let head = head.ok_or_else(|| Close::Malformed { api: -1, why: "its header is cut".to_owned() })?;
    let unsupported = Close::Unsupported { api: head.api, version: head.version };
    let Ok(api) = ApiKey::try_from(head.api) else { return Err(unsupported) };
    if !handler::serves(api, head.version, &core.limits) {
        return Err(unsupported);
    }
    core.counters.request(head.api);
    let ctx = RequestContext {
        api,
        version: head.version,
        correlation_id: head.correlation_id,
        client_id: c.client_id(head.client_id),
        connection: Rc::clone(c),
        arrived: inbound.arrived,
    };
    let flexible = api.request_header_version(head.version) == 2;
    let body = request.slice(head.len..);
    let body = if flexible { handler::skip_header_tags(&ctx, body)? } else { body };
    if api == ApiKey::Produce {
        return handler::produce::accept(core, ctx, body, charge).await;
    }
    // Everything else sees the effects of the produce requests in front of it.
    room(c, 1).await;
    if c.queue.borrow().is_dead() {
        return Ok(());
    }
    c.busy.set(true);
    let answer = attended(core, c, inbound, handler::answer(core, &ctx, &charge, body)).await;
    c.busy.set(false);
    let parts = answer?;
    drop(charge);
    let mut queue = c.queue.borrow_mut();
    if !queue.is_dead() {
        let place = queue.take_place();
        let answers = if api == ApiKey::Fetch { Answers::Fetch } else { Answers::Other };
        let of = (answers, core.env.clock().now());
        core.fetches.keep_parts(queue.answer_parts(place, of, parts));
    }
    Ok(())
}

/// Once a second: closes connections on which nothing moved for `connections.max.idle.ms`, and, if the core's
/// request budget is stuck, the one that holds the most of it.
pub fn end_idle<E: Env>(core: &Core<E>, now: Instant, budget_is_stuck: bool) {
    let connections = core.connections.borrow();
    let all = || connections.tokens(|_| true).into_iter().filter_map(|t| connections.peek(t));
    if let Some(limit) = core.limits.connections_max_idle {
        for c in all().filter(|c| now.since(c.active.get()) > limit && !c.busy.get()) {
            c.kill();
        }
    }
    let greedy = all().filter(|c| c.held.bytes() > 0).max_by_key(|c| c.held.bytes());
    if budget_is_stuck && let Some(c) = greedy {
        core.bad_client(
            &c.peer,
            "R040",
            &"holds the most of a full request budget without finishing a request",
        );
        c.kill();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_request_comes_in_where_it_stays() {
        let mut buf = BytesMut::from(&vec![1; RECV_MAX][..]);
        make_room(&mut buf, RECV_MAX, 3 * RECV_MAX);
        let place = buf.as_ptr();
        for _ in 0..3 {
            buf.reserve(RECV_MAX);
            buf.extend_from_slice(&[2; RECV_MAX]);
        }
        assert_eq!(buf.as_ptr(), place, "it was not copied");
        // The next one begins at the front once the first is done with.
        let first = buf.split_to(4 * RECV_MAX).freeze();
        make_room(&mut buf, 4 * RECV_MAX, 4);
        drop(first);
        make_room(&mut buf, 4 * RECV_MAX, 4);
        assert_eq!((buf.as_ptr(), buf.capacity() >= 4 * RECV_MAX), (place, true));
    }

    #[test]
    fn an_announced_length_takes_no_more_than_what_came_allows() {
        let mut buf = BytesMut::from(&[0; 4][..]);
        make_room(&mut buf, 4, 1 << 30);
        assert!(buf.capacity() < RECV_MAX, "nothing came yet");
        buf.extend_from_slice(&[1; RECV_MAX]);
        make_room(&mut buf, RECV_MAX, 1 << 30);
        assert!(buf.capacity() <= 6 * RECV_MAX, "{}", buf.capacity());
    }

    #[test]
    fn heads_are_read_without_trusting_their_lengths() {
        let head = parse_head(&[0, 18, 0, 3, 0, 0, 0, 9, 0, 2, b'm', b'e', 7, 7]).unwrap();
        assert_eq!((head.api, head.version, head.correlation_id, head.len), (18, 3, 9, 12));
        assert_eq!(head.client_id, Some(&b"me"[..]));
        assert_eq!(parse_head(&[0, 18, 0, 3, 0, 0, 0, 9, 0xff, 0xff]).unwrap().client_id, None);
        assert!(parse_head(&[0, 18, 0, 3, 0, 0, 0, 9, 0x7f, 0xff, 1]).is_none(), "longer than the frame");
        assert!(parse_head(&[0, 18, 0, 3, 0, 0, 0, 9, 0xff, 0xfe]).is_none(), "-2 is no length");
        assert!(parse_head(&[0, 18, 0, 3, 0, 0, 0, 9]).is_none());
    }
}
