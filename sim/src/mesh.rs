//! The mesh in memory: a bounded queue per ordered pair of cores.
//!
//! The model. Order within a pair is kept and nothing is lost, as in shared memory; between pairs there is no
//! order. A message may take its time (the receiver is in a long turn): it can be taken only after a delay of its
//! own. Queues may be so short that every message finds them full. A closed process takes its queues with it.
//!
//! Owner: one `Fabric` per running node. Invariant: a full queue returns the message.

use crate::disk::MemFile;
use crate::exec::Exec;
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
}

impl Default for MeshModel {
    /// Small, so that tests see back-pressure.
    fn default() -> Self {
        Self { queue_max: 64, delay_max: 0 }
    }
}

/// Messages on their way, each with the time from which it can be taken.
type Queue = VecDeque<(u64, ShardMsg<MemFile>)>;

#[derive(Default)]
struct Inbox {
    /// One queue per sending core.
    queues: Vec<Queue>,
    receiver: Option<Waker>,
    senders: Vec<Waker>,
    next: usize,
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
        let inbox = || Inbox { queues: (0..cores).map(|_| VecDeque::new()).collect(), ..Inbox::default() };
        let inboxes = RefCell::new((0..cores).map(|_| inbox()).collect());
        Self(Rc::new(Shared { exec, model: Cell::default(), inboxes }))
    }

    /// Sets how queues behave from now on.
    pub fn set_model(&self, model: MeshModel) {
        self.0.model.set(model);
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
        queues.and_then(|q| q.get(usize::from(self.core.0))).map_or(0, |q| q.len())
    }

    fn try_send(&self, to: CoreId, msg: ShardMsg<MemFile>) -> Result<(), Full<ShardMsg<MemFile>>> {
        let shared = &self.fabric.0;
        let mut inboxes = shared.inboxes.borrow_mut();
        let Some(inbox) = inboxes.get_mut(usize::from(to.0)) else { return Err(Full(msg)) };
        let Some(queue) = inbox.queues.get_mut(usize::from(self.core.0)) else { return Err(Full(msg)) };
        let model = shared.model.get();
        if queue.len() >= model.queue_max {
            return Err(Full(msg));
        }
        let at = match model.delay_max {
            0 => 0,
            max => shared.exec.now() + shared.exec.rng().below(max + 1),
        };
        queue.push_back((at, msg));
        if let Some(waker) = inbox.receiver.take() {
            waker.wake();
        }
        Ok(())
    }

    async fn room(&self, to: CoreId) {
        std::future::poll_fn(|cx| {
            let mut inboxes = self.fabric.0.inboxes.borrow_mut();
            let Some(inbox) = inboxes.get_mut(usize::from(to.0)) else { return Poll::Ready(()) };
            let max = self.fabric.0.model.get().queue_max;
            if inbox.queues.get(usize::from(self.core.0)).is_none_or(|q| q.len() < max) {
                return Poll::Ready(());
            }
            inbox.senders.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    async fn recv(&self) -> (CoreId, ShardMsg<MemFile>) {
        std::future::poll_fn(|cx| {
            let exec = &self.fabric.0.exec;
            let mut inboxes = self.fabric.0.inboxes.borrow_mut();
            let Some(inbox) = inboxes.get_mut(usize::from(self.core.0)) else { return Poll::Pending };
            let cores = inbox.queues.len();
            let mut soonest: Option<u64> = None;
            for i in 0..cores {
                let from = (inbox.next + i) % cores;
                let Some(queue) = inbox.queues.get_mut(from) else { continue };
                let Some(at) = queue.front().map(|(at, _)| *at) else { continue };
                if at > exec.now() {
                    soonest = Some(soonest.map_or(at, |s| s.min(at)));
                    continue;
                }
                let Some((_, msg)) = queue.pop_front() else { continue };
                inbox.next = from + 1;
                inbox.senders.drain(..).for_each(Waker::wake);
                let id = u16::try_from(from).expect("as many cores as CoreId can name");
                return Poll::Ready((CoreId(id), msg));
            }
            inbox.receiver = Some(cx.waker().clone());
            if let Some(at) = soonest {
                exec.timer(at, cx.waker().clone());
            }
            Poll::Pending
        })
        .await
    }
}
