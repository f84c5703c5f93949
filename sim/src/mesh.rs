//! The mesh in memory: a bounded queue per ordered pair of cores.
//!
//! Owner: one `Fabric` per running node. Invariant: order within a pair is kept; a full queue returns the message.

use crate::disk::MemFile;
use ringlog_shard::env::{CoreId, Full, Mesh};
use ringlog_shard::msg::ShardMsg;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// Messages a queue holds before it is full: small, so that tests see back-pressure.
const QUEUE_MAX: usize = 64;

#[derive(Default)]
struct Inbox {
    /// One queue per sending core.
    queues: Vec<VecDeque<ShardMsg<MemFile>>>,
    receiver: Option<Waker>,
    senders: Vec<Waker>,
    next: usize,
}

/// All queues of a node.
#[derive(Clone)]
pub struct Fabric(Rc<RefCell<Vec<Inbox>>>);

impl Fabric {
    /// Queues between `cores` cores (data cores and the control core).
    #[must_use]
    pub fn new(cores: usize) -> Self {
        let inbox = || Inbox { queues: (0..cores).map(|_| VecDeque::new()).collect(), ..Inbox::default() };
        Self(Rc::new(RefCell::new((0..cores).map(|_| inbox()).collect())))
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

    fn try_send(&self, to: CoreId, msg: ShardMsg<MemFile>) -> Result<(), Full<ShardMsg<MemFile>>> {
        let mut inboxes = self.fabric.0.borrow_mut();
        let Some(inbox) = inboxes.get_mut(usize::from(to.0)) else { return Err(Full(msg)) };
        let Some(queue) = inbox.queues.get_mut(usize::from(self.core.0)) else { return Err(Full(msg)) };
        if queue.len() >= QUEUE_MAX {
            return Err(Full(msg));
        }
        queue.push_back(msg);
        if let Some(waker) = inbox.receiver.take() {
            waker.wake();
        }
        Ok(())
    }

    async fn room(&self, to: CoreId) {
        std::future::poll_fn(|cx| {
            let mut inboxes = self.fabric.0.borrow_mut();
            let Some(inbox) = inboxes.get_mut(usize::from(to.0)) else { return Poll::Ready(()) };
            if inbox.queues.get(usize::from(self.core.0)).is_none_or(|q| q.len() < QUEUE_MAX) {
                return Poll::Ready(());
            }
            inbox.senders.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    async fn recv(&self) -> (CoreId, ShardMsg<MemFile>) {
        std::future::poll_fn(|cx| {
            let mut inboxes = self.fabric.0.borrow_mut();
            let Some(inbox) = inboxes.get_mut(usize::from(self.core.0)) else { return Poll::Pending };
            let cores = inbox.queues.len();
            for i in 0..cores {
                let from = (inbox.next + i) % cores;
                if let Some(msg) = inbox.queues.get_mut(from).and_then(VecDeque::pop_front) {
                    inbox.next = from + 1;
                    inbox.senders.drain(..).for_each(Waker::wake);
                    let id = u16::try_from(from).expect("as many cores as CoreId can name");
                    return Poll::Ready((CoreId(id), msg));
                }
            }
            inbox.receiver = Some(cx.waker().clone());
            Poll::Pending
        })
        .await
    }
}
