//! The mesh between cores: one SPSC ring per ordered pair, and wake-ups by MSG_RING.
//!
//! Owner: one `MeshCore` per core. Invariants: a message is published at once; wake-ups of sleeping peers are
//! sent once per turn (`flush_wakes`), before the core enters the kernel; a core says in each ring whether it
//! waits for room there before it sleeps (`announce_waits`), and the receiver looks after it took messages out.
//! The receiver leaves that word as it is: the room may be gone before its wake-up comes.

use super::file::UringFile;
use super::reactor::{Core, Msg};
use super::spsc::{self, Consumer, Producer};
use super::wake::{Shared, add_waiter};
use ringlog_shard::env::{CoreId, Full, Mesh};
use ringlog_shard::msg::ShardMsg;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};
use std::task::{Context, Poll, Waker};

/// Messages taken from one sender before the next one is looked at.
const BURST: usize = 8;

/// Both directions between this core and one peer.
struct Link<T> {
    out: RefCell<Producer<T>>,
    inbound: RefCell<Consumer<T>>,
    peer: Arc<Shared>,
    /// Sent to in this turn.
    sent: Cell<bool>,
    /// Taken from in this turn.
    taken: Cell<bool>,
    room: RefCell<Vec<Waker>>,
    /// What the peer was last told of that.
    waits: Cell<bool>,
}

/// One core's ends of all rings. Generic for its tests.
pub(in crate::rt) struct MeshCore<T> {
    core: u16,
    links: Vec<Link<T>>,
    receivers: RefCell<Vec<Waker>>,
    next: Cell<usize>,
    burst: Cell<usize>,
}

/// The ends of all cores; the last one is the control core. Rings hold `capacity` messages (a power of two).
pub(in crate::rt) fn mesh<T>(peers: &[Arc<Shared>], capacity: usize) -> Vec<MeshCore<T>> {
    let n = peers.len();
    let mut out: Vec<Vec<Producer<T>>> = (0..n).map(|_| Vec::new()).collect();
    let mut inbound: Vec<Vec<Consumer<T>>> = Vec::new();
    for _to in 0..n {
        let mut row = Vec::new();
        for from in &mut out {
            let (producer, consumer) = spsc::ring(capacity);
            from.push(producer);
            row.push(consumer);
        }
        inbound.push(row);
    }
    let ends = out.into_iter().zip(inbound).enumerate();
    ends.map(|(core, (out, inbound))| MeshCore {
        core: u16::try_from(core).expect("fewer than 2^16 cores"),
        links: out.into_iter().zip(inbound).zip(peers).map(|((o, i), peer)| Link::new(o, i, peer)).collect(),
        receivers: RefCell::default(),
        next: Cell::new(0),
        burst: Cell::new(0),
    })
    .collect()
}

impl<T> Link<T> {
    fn new(out: Producer<T>, inbound: Consumer<T>, peer: &Arc<Shared>) -> Self {
        Self {
            out: RefCell::new(out),
            inbound: RefCell::new(inbound),
            peer: Arc::clone(peer),
            sent: Cell::new(false),
            taken: Cell::new(false),
            room: RefCell::default(),
            waits: Cell::new(false),
        }
    }

    fn room_came(&self) -> bool {
        !self.room.borrow().is_empty() && self.out.borrow_mut().has_room()
    }
}

impl<T> MeshCore<T> {
    /// Whose ends these are.
    pub(in crate::rt) fn core(&self) -> CoreId {
        CoreId(self.core)
    }

    /// Number of data cores.
    pub(in crate::rt) fn data_cores(&self) -> u16 {
        u16::try_from(self.links.len() - 1).expect("fewer than 2^16 cores")
    }

    /// Hands a message over; it comes back if the ring is full.
    pub(in crate::rt) fn try_send(&self, to: CoreId, msg: T) -> Result<(), Full<T>> {
        let link = self.links.get(usize::from(to.0)).expect("a core of this process");
        link.out.borrow_mut().push(msg).map_err(Full)?;
        link.sent.set(true);
        Ok(())
    }

    pub(in crate::rt) fn waiting(&self, to: CoreId) -> usize {
        self.links.get(usize::from(to.0)).map_or(0, |link| link.out.borrow().waiting())
    }

    pub(in crate::rt) fn poll_room(&self, to: CoreId, cx: &Context<'_>) -> Poll<()> {
        let link = self.links.get(usize::from(to.0)).expect("a core of this process");
        let mut out = link.out.borrow_mut();
        if out.has_room() {
            return Poll::Ready(());
        }
        add_waiter(&mut link.room.borrow_mut(), cx.waker());
        Poll::Pending
    }

    pub(in crate::rt) fn poll_recv(&self, cx: &Context<'_>) -> Poll<(CoreId, T)> {
        if self.burst.get() == BURST {
            self.advance();
        }
        for _ in 0..self.links.len() {
            let from = self.next.get();
            let link = self.links.get(from).expect("wrapped below the number of links");
            if let Some(msg) = link.inbound.borrow_mut().pop() {
                link.taken.set(true);
                self.burst.set(self.burst.get() + 1);
                return Poll::Ready((CoreId(u16::try_from(from).expect("fewer than 2^16 cores")), msg));
            }
            self.advance();
        }
        add_waiter(&mut self.receivers.borrow_mut(), cx.waker());
        Poll::Pending
    }

    fn advance(&self) {
        self.burst.set(0);
        self.next.set((self.next.get() + 1) % self.links.len());
    }

    fn has_inbound(&self) -> bool {
        self.links.iter().any(|l| !l.inbound.borrow_mut().is_empty())
    }

    /// True if a waiting task of this core could go on.
    pub(in crate::rt) fn has_work(&self) -> bool {
        (!self.receivers.borrow().is_empty() && self.has_inbound()) || self.links.iter().any(Link::room_came)
    }

    /// Tells every peer whether this core waits for room there. Before the core announces its sleep.
    pub(in crate::rt) fn announce_waits(&self) {
        for link in &self.links {
            let waits = !link.room.borrow().is_empty();
            if link.waits.replace(waits) != waits {
                link.out.borrow().set_waiting(waits);
            }
        }
    }

    /// Wakes the tasks that wait for a message or for room, if there is one.
    pub(in crate::rt) fn wake_ready(&self) {
        if !self.receivers.borrow().is_empty() && self.has_inbound() {
            self.receivers.take().into_iter().for_each(Waker::wake);
        }
        for link in &self.links {
            if link.room_came() {
                link.room.take().into_iter().for_each(Waker::wake);
            }
        }
    }

    /// Has `wake` wake the sleeping peers that got messages or room in this turn. One fence for all.
    pub(in crate::rt) fn flush_wakes(&self, wake: impl Fn(&Shared)) {
        if !self.links.iter().any(|l| l.sent.get() || l.taken.get()) {
            return;
        }
        fence(Ordering::SeqCst);
        for link in &self.links {
            let room = link.taken.take() && link.inbound.borrow().producer_waits();
            if (link.sent.take() || room) && link.peer.claim_wake() {
                wake(&link.peer);
            }
        }
    }
}

/// This core's end of the mesh.
#[derive(Clone)]
pub struct UringMesh {
    pub(super) core: Rc<Core>,
}

impl Mesh for UringMesh {
    type File = UringFile;

    fn core(&self) -> CoreId {
        self.core.mesh.core()
    }

    fn data_cores(&self) -> u16 {
        self.core.mesh.data_cores()
    }

    fn try_send(&self, to: CoreId, msg: ShardMsg<UringFile>) -> Result<(), Full<ShardMsg<UringFile>>> {
        self.core.mesh.try_send(to, msg)
    }

    fn waiting(&self, to: CoreId) -> usize {
        self.core.mesh.waiting(to)
    }

    async fn room(&self, to: CoreId) {
        poll_fn(|cx| self.core.mesh.poll_room(to, cx)).await;
    }

    async fn recv(&self) -> (CoreId, Msg) {
        poll_fn(|cx| self.core.mesh.poll_recv(cx)).await
    }
}

#[cfg(test)]
mod tests {
    use super::super::ring::Ring;
    use super::*;

    /// The receiver takes a message, the sender fills its place at once and sleeps, and the wake-up for that place
    /// finds no room: the next one must still come.
    #[test]
    fn a_wake_up_in_vain_does_not_use_up_the_wait_for_room() {
        let peers = [(); 2].map(|()| Arc::new(Shared::new().unwrap()));
        let rings = [(); 2].map(|()| Ring::with_sizes(&[(8, 16)]).unwrap());
        let [a, b] = <[_; 2]>::try_from(mesh::<u32>(&peers, 2)).ok().unwrap();
        let cx = &Context::from_waker(Waker::noop());
        let fill = || {
            while a.try_send(CoreId(1), 0).is_ok() {}
            assert!(a.poll_room(CoreId(1), cx).is_pending());
        };
        let take = || assert!(b.poll_recv(cx).is_ready());
        let [sender, _] = &peers;
        sender.ring_fd.store(rings.first().unwrap().fd(), Ordering::Relaxed);
        let sleeps = || {
            a.announce_waits();
            sender.set_sleeping();
            assert!(!a.has_work());
        };
        fill();
        take();
        fill();
        for _ in 0..3 {
            sleeps();
            b.flush_wakes(|peer| rings[1].message(peer.ring_fd.load(Ordering::Relaxed)));
            sender.set_awake();
            a.wake_ready();
            sleeps();
            take();
            b.flush_wakes(|peer| rings[1].message(peer.ring_fd.load(Ordering::Relaxed)));
            assert!(!sender.claim_wake(), "the sender sleeps on beside a free place");
            sender.set_awake();
            a.wake_ready();
            fill();
            take();
            fill();
        }
    }
}
