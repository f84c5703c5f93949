//! The mesh in memory: a bounded queue per ordered pair of cores.
//!
//! The model. Order within a pair is kept and nothing is lost, as in shared memory; between pairs there is no
//! order. A message may take its time (the receiver is in a long turn): it can be taken only after a delay of its
//! own. Queues may be so short that every message finds them full. A closed process takes its queues with it.
//! One pair can *lag* far behind all others: a request overtakes, on its way through another pair, what would have
//! told its receiver of the partition it is for, and arrives where that is not led yet, or not any more.
//!
//! Nobody is woken for nothing. A receiver is woken when a message can be taken. A sender that waits for room waits
//! with its own queue: the receiver looks at that alone when it has taken a message out, its word takes its time, and
//! by then the place may be gone again: then the sender waits on, for the next one. Code that is right only because
//! somebody else's room, or a message that is still on its way, makes it look again stands still here.
//!
//! Owner: one `Fabric` per running node. Invariants: a full queue returns the message; whoever waits for room is woken
//! once there is some that lasts until its wake-up.

use crate::disk::MemFile;
use crate::exec::{Exec, WORLD};
use crate::world;
use ringlog_shard::env::{CoreId, Full, Mesh};
use ringlog_shard::msg::ShardMsg;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// How queues behave.
#[derive(Clone, Copy, Debug)]
pub struct MeshModel {
    /// Messages a queue holds before it is full.
    pub queue_max: usize,
    /// Longest time before a message can be taken, ns.
    pub delay_max: u64,
    /// The pair that lags, from and to (counted round, over all cores), and for how long at most, ns.
    pub lag: Option<(usize, usize, u64)>,
    /// Longest time before a sender hears that there is room, ns.
    pub wake_max: u64,
}

/// Answers wait for a message of such an age, ns: they are not late by it.
const SLOW: u64 = 1_000_000;

impl MeshModel {
    /// True if messages may take so long that a client sees it.
    #[must_use]
    pub fn is_slow(&self) -> bool {
        self.delay_max > SLOW || self.lag.is_some_and(|(.., most)| most > SLOW)
    }
}

impl Default for MeshModel {
    /// Small, so that tests see back-pressure.
    fn default() -> Self {
        Self { queue_max: 64, delay_max: 0, lag: None, wake_max: 0 }
    }
}

/// The way from one core to another.
#[derive(Default)]
struct Queue {
    /// Messages on their way, each with the time from which it can be taken.
    messages: VecDeque<(u64, ShardMsg<MemFile>)>,
    /// Tasks of the sending core that wait for room here.
    senders: Vec<Waker>,
    /// Word of room is on its way to them.
    told: bool,
}

#[derive(Default)]
struct Inbox {
    /// One queue per sending core.
    queues: Vec<Queue>,
    receiver: Option<Waker>,
    next: usize,
}

impl Inbox {
    /// When the first message can be taken, ns; `None`: there is none.
    fn soonest(&self) -> Option<u64> {
        self.queues.iter().filter_map(|q| q.messages.front().map(|(at, _)| *at)).min()
    }
}

struct Shared {
    exec: Exec,
    model: Cell<MeshModel>,
    inboxes: RefCell<Vec<Inbox>>,
}

/// All queues of a node.
#[derive(Clone)]
pub struct Fabric(Rc<Shared>);

impl Fabric {
    /// Queues between `cores` cores (data cores and the control core).
    #[must_use]
    pub fn new(exec: Exec, cores: usize) -> Self {
        let inbox = || Inbox { queues: (0..cores).map(|_| Queue::default()).collect(), ..Inbox::default() };
        let inboxes = RefCell::new((0..cores).map(|_| inbox()).collect());
        Self(Rc::new(Shared { exec, model: Cell::default(), inboxes }))
    }

    /// Sets how queues behave from now on.
    pub fn set_model(&self, model: MeshModel) {
        self.0.model.set(model);
    }

    /// When a message from one core to another that is sent now can be taken, ns.
    fn due(&self, (from, to): (usize, usize), cores: usize) -> u64 {
        let (exec, model) = (&self.0.exec, self.0.model.get());
        let lag = model.lag.filter(|(a, b, _)| (a % cores, b % cores) == (from, to));
        match lag.map_or(model.delay_max, |(.., most)| most.max(model.delay_max)) {
            0 => exec.now(),
            most => exec.now() + exec.rng().below(most + 1),
        }
    }

    /// A message left the queue: its senders hear of that after a while, if there is room then.
    fn room_came(&self, (from, to): (usize, usize), queue: &mut Queue) {
        if queue.senders.is_empty() || std::mem::replace(&mut queue.told, true) {
            return;
        }
        let _world = world::enter();
        let (fabric, exec) = (self.clone(), self.0.exec.clone());
        exec.clone().spawn(WORLD, async move {
            exec.jitter(fabric.0.model.get().wake_max).await;
            let mut inboxes = fabric.0.inboxes.borrow_mut();
            let queue = inboxes.get_mut(to).and_then(|inbox| inbox.queues.get_mut(from));
            let Some(queue) = queue else { return };
            queue.told = false;
            if queue.messages.len() < fabric.0.model.get().queue_max {
                queue.senders.drain(..).for_each(Waker::wake);
            }
        });
    }
}

/// One core's end.
#[derive(Clone)]
pub struct SimMesh {
    fabric: Fabric,
    core: CoreId,
    data_cores: u16,
}

impl SimMesh {
    /// The end of core `core`.
    #[must_use]
    pub fn new(fabric: Fabric, core: CoreId, data_cores: u16) -> Self {
        Self { fabric, core, data_cores }
    }
}

impl Mesh for SimMesh {
    type File = MemFile;

    fn core(&self) -> CoreId {
        self.core
    }

    fn data_cores(&self) -> u16 {
        self.data_cores
    }

    fn waiting(&self, to: CoreId) -> usize {
        let inboxes = self.fabric.0.inboxes.borrow();
        let queues = inboxes.get(usize::from(to.0)).map(|inbox| &inbox.queues);
        queues.and_then(|q| q.get(usize::from(self.core.0))).map_or(0, |q| q.messages.len())
    }

    fn try_send(&self, to: CoreId, msg: ShardMsg<MemFile>) -> Result<(), Full<ShardMsg<MemFile>>> {
        let shared = &self.fabric.0;
        let mut inboxes = shared.inboxes.borrow_mut();
        let cores = inboxes.len();
        let (from, to) = (usize::from(self.core.0), usize::from(to.0));
        let Some(inbox) = inboxes.get_mut(to) else { return Err(Full(msg)) };
        let Some(queue) = inbox.queues.get_mut(from) else { return Err(Full(msg)) };
        if queue.messages.len() >= shared.model.get().queue_max {
            return Err(Full(msg));
        }
        let at = self.fabric.due((from, to), cores);
        queue.messages.push_back((at, msg));
        // One that cannot be taken before another is no news.
        if inbox.soonest() == Some(at)
            && let Some(waker) = &inbox.receiver
        {
            if at > shared.exec.now() {
                shared.exec.timer(at, waker.clone());
            } else if let Some(waker) = inbox.receiver.take() {
                waker.wake();
            }
        }
        Ok(())
    }

    async fn room(&self, to: CoreId) {
        std::future::poll_fn(|cx| {
            let mut inboxes = self.fabric.0.inboxes.borrow_mut();
            let inbox = inboxes.get_mut(usize::from(to.0));
            let queue = inbox.and_then(|inbox| inbox.queues.get_mut(usize::from(self.core.0)));
            let Some(queue) = queue else { return Poll::Ready(()) };
            if queue.messages.len() < self.fabric.0.model.get().queue_max {
                return Poll::Ready(());
            }
            if !queue.senders.iter().any(|w| w.will_wake(cx.waker())) {
                queue.senders.push(cx.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }

    async fn recv(&self) -> (CoreId, ShardMsg<MemFile>) {
        std::future::poll_fn(|cx| {
            let (exec, to) = (&self.fabric.0.exec, usize::from(self.core.0));
            let mut inboxes = self.fabric.0.inboxes.borrow_mut();
            let Some(inbox) = inboxes.get_mut(to) else { return Poll::Pending };
            let cores = inbox.queues.len();
            for i in 0..cores {
                let from = (inbox.next + i) % cores;
                let Some(queue) = inbox.queues.get_mut(from) else { continue };
                if queue.messages.front().is_none_or(|(at, _)| *at > exec.now()) {
                    continue;
                }
                let Some((_, msg)) = queue.messages.pop_front() else { continue };
                self.fabric.room_came((from, to), queue);
                inbox.next = from + 1;
                let id = u16::try_from(from).expect("as many cores as CoreId can name");
                return Poll::Ready((CoreId(id), msg));
            }
            inbox.receiver = Some(cx.waker().clone());
            if let Some(at) = inbox.soonest() {
                exec.timer(at, cx.waker().clone());
            }
            Poll::Pending
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;
    use ringlog_shard::msg::Token;

    /// Two senders wait for room in front of one receiver: what it takes from one is no news for the other, and a place
    /// that is filled again before the word of it comes is none for anybody, but the next one is.
    #[test]
    fn only_who_waits_for_a_queue_hears_of_room_in_it() {
        let exec = Exec::new(1, Rng::new(1));
        let fabric = Fabric::new(exec.clone(), 3);
        fabric.set_model(MeshModel { queue_max: 1, wake_max: 1_000_000, ..MeshModel::default() });
        let [a, b, c] = [0, 1, 2].map(|n| SimMesh::new(fabric.clone(), CoreId(n), 2));
        let looked = Rc::new(Cell::new([0; 2]));
        for (n, end) in [&a, &b].into_iter().enumerate() {
            assert!(end.try_send(CoreId(2), ShardMsg::Stop).is_ok());
            let (end, looked) = (end.clone(), Rc::clone(&looked));
            exec.spawn(1, async move {
                let mut room = std::pin::pin!(end.room(CoreId(2)));
                std::future::poll_fn(|cx| {
                    let mut counts = looked.get();
                    counts[n] += 1;
                    looked.set(counts);
                    room.as_mut().poll(cx)
                })
                .await;
            });
        }
        let inner = exec.clone();
        exec.block_on(async move {
            inner.sleep_ms(1).await;
            for _ in 0..3 {
                // From the first sender alone; the place does not last.
                while c.recv().await.0 != CoreId(0) {
                    assert!(b.try_send(CoreId(2), ShardMsg::Stop).is_ok());
                }
                assert!(a.try_send(CoreId(2), ShardMsg::Stop).is_ok());
                inner.sleep_ms(5).await;
            }
            assert_eq!(looked.get(), [1, 1], "nobody looks before there is room");
            while c.recv().await.0 != CoreId(0) {
                assert!(b.try_send(CoreId(2), ShardMsg::Stop).is_ok());
            }
            inner.sleep_ms(5).await;
            assert_eq!(looked.get(), [2, 1], "the first sender goes on");
        });
        exec.end();
    }

    fn numbered(n: u64) -> ShardMsg<MemFile> {
        ShardMsg::Moved { token: Token(n) }
    }

    fn number(msg: ShardMsg<MemFile>) -> Option<u64> {
        match msg {
            ShardMsg::Moved { token } => Some(token.0),
            _ => None,
        }
    }

    /// One that is sent later may be due earlier: it waits behind those before it.
    #[test]
    fn messages_of_a_pair_take_their_time_and_keep_their_order() {
        let mut slow = 0;
        for seed in 0..20 {
            let exec = Exec::new(seed, Rng::new(seed));
            let fabric = Fabric::new(exec.clone(), 2);
            fabric.set_model(MeshModel { delay_max: 20_000_000, ..MeshModel::default() });
            let [a, b] = [0, 1].map(|n| SimMesh::new(fabric.clone(), CoreId(n), 1));
            let clock = exec.clone();
            slow += exec.block_on(async move {
                let began = clock.now();
                for n in 0..8 {
                    assert!(a.try_send(CoreId(1), numbered(n)).is_ok());
                }
                for n in 0..8 {
                    assert_eq!(number(b.recv().await.1), Some(n), "seed {seed}");
                }
                let took = clock.now() - began;
                assert!(took <= 20_000_000, "seed {seed}: {took} ns");
                u32::from(took > 5_000_000)
            });
            exec.end();
        }
        assert!(slow > 15, "of 8 messages one takes long: {slow} of 20 times");
    }

    #[test]
    fn a_full_queue_gives_the_message_back_until_one_is_taken() {
        let exec = Exec::new(1, Rng::new(1));
        let fabric = Fabric::new(exec.clone(), 2);
        fabric.set_model(MeshModel { queue_max: 2, ..MeshModel::default() });
        let [a, b] = [0, 1].map(|n| SimMesh::new(fabric.clone(), CoreId(n), 1));
        exec.block_on(async move {
            assert!(a.try_send(CoreId(1), numbered(0)).is_ok() && a.try_send(CoreId(1), numbered(1)).is_ok());
            let Err(Full(back)) = a.try_send(CoreId(1), numbered(2)) else { panic!("a third one of two") };
            assert_eq!((number(back), a.waiting(CoreId(1))), (Some(2), 2));
            assert!(b.try_send(CoreId(0), numbered(3)).is_ok(), "the other way there is room");
            assert_eq!(number(b.recv().await.1), Some(0));
            assert!(a.try_send(CoreId(1), numbered(2)).is_ok());
            assert_eq!(number(b.recv().await.1), Some(1));
            assert_eq!(number(b.recv().await.1), Some(2));
        });
        exec.end();
    }

    /// A receiver that waits is woken when a message can be taken, and not before.
    #[test]
    fn a_receiver_is_woken_once_a_message_can_be_taken() {
        for delay_max in [0, 20_000_000] {
            let exec = Exec::new(1, Rng::new(1));
            let fabric = Fabric::new(exec.clone(), 2);
            fabric.set_model(MeshModel { delay_max, ..MeshModel::default() });
            let [a, b] = [0, 1].map(|n| SimMesh::new(fabric.clone(), CoreId(n), 1));
            let looked = Rc::new(Cell::new(0));
            let counts = Rc::clone(&looked);
            exec.spawn(1, async move {
                let mut got = std::pin::pin!(b.recv());
                std::future::poll_fn(|cx| {
                    counts.set(counts.get() + 1);
                    got.as_mut().poll(cx)
                })
                .await;
            });
            let clock = exec.clone();
            exec.block_on(async move {
                clock.sleep_ms(1).await;
                assert!(a.try_send(CoreId(1), ShardMsg::Stop).is_ok());
                clock.sleep_ms(50).await;
            });
            assert_eq!(looked.get(), 2, "with delays up to {delay_max} ns");
            exec.end();
        }
    }

    #[test]
    fn a_pair_that_lags_is_overtaken_through_all_others() {
        let exec = Exec::new(1, Rng::new(1));
        let fabric = Fabric::new(exec.clone(), 3);
        fabric.set_model(MeshModel { lag: Some((3, 2, 1_000_000_000)), ..MeshModel::default() });
        let [a, b, c] = [0, 1, 2].map(|n| SimMesh::new(fabric.clone(), CoreId(n), 2));
        let clock = exec.clone();
        exec.block_on(async move {
            assert!(a.try_send(CoreId(2), ShardMsg::Stop).is_ok());
            assert!(b.try_send(CoreId(2), ShardMsg::Stop).is_ok());
            let began = clock.now();
            assert_eq!((c.recv().await.0, clock.now()), (CoreId(1), began), "the others do not lag");
            assert_eq!(c.recv().await.0, CoreId(0));
            assert!(clock.now() > began);
        });
        exec.end();
    }

    #[test]
    fn a_receiver_takes_from_its_senders_in_turn() {
        let exec = Exec::new(1, Rng::new(1));
        let fabric = Fabric::new(exec.clone(), 3);
        let [a, b, c] = [0, 1, 2].map(|n| SimMesh::new(fabric.clone(), CoreId(n), 2));
        exec.block_on(async move {
            for end in [&a, &a, &b, &b] {
                assert!(end.try_send(CoreId(2), ShardMsg::Stop).is_ok());
            }
            for turn in [0, 1, 0, 1] {
                assert_eq!(c.recv().await.0, CoreId(turn));
            }
        });
        exec.end();
    }
}
