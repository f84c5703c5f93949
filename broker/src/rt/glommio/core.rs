//! What one core owns, and the task by which other threads reach it.
//!
//! Owner: the core's thread. Invariants: the pump announces that it sleeps and looks for work after that, as a core
//! of `rt/uring` does (`sleeping`), so that no message and no wake-up of another thread is lost; it is the only task
//! of glommio that other threads wake, and it is never freed; a core ends only when the kernel has finished all
//! operations on its files.

use super::dma::Open;
use super::file::GlommioFile;
use super::heart::Pulse;
use super::tasks::Tasks;
use crate::rt::uring::coldpool::ColdPool;
use crate::rt::uring::mesh::MeshCore;
use crate::rt::uring::wake::{Shared, add_waiter};
use ringlog_shard::env::Lane;
use ringlog_shard::msg::ShardMsg;
use std::cell::{Cell, OnceCell, RefCell};
use std::future::{Future, poll_fn};
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Wake, Waker};

/// Messages of this runtime.
pub(super) type Msg = ShardMsg<GlommioFile>;

/// Most bytes of one receive; the memory for it is the core's.
const RECV_MAX: usize = 64 << 10;

/// How other threads wake the pump: the heart sees to it that it runs.
struct Bell {
    pump: ManuallyDrop<Waker>,
    pulse: Arc<Pulse>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.pulse.ring();
        self.pump.wake_by_ref();
    }
}

/// Everything that one core owns.
pub(super) struct Core {
    pub(super) shared: Arc<Shared>,
    pub(super) tasks: Rc<Tasks>,
    pub(super) mesh: MeshCore<Msg>,
    /// Buffers of cold reads.
    pub(super) cold: ColdPool,
    /// Its open O_DIRECT files.
    pub(super) open: Open,
    /// Where a receive lands before it is appended to what the reader has.
    pub(super) landing: RefCell<Box<[u8]>>,
    stop_wakers: RefCell<Vec<Waker>>,
    /// What glommio has to run.
    pub(super) pulse: Arc<Pulse>,
    bell: OnceCell<Arc<Bell>>,
    /// Operations on files that are under way, and who waits for the last of them.
    operations: Cell<usize>,
    idle: RefCell<Vec<Waker>>,
}

impl Core {
    /// On a running executor of the core's thread.
    pub(super) fn new(shared: Arc<Shared>, mesh: MeshCore<Msg>, pulse: Arc<Pulse>) -> Rc<Self> {
        Rc::new(Self {
            tasks: Tasks::new(Arc::clone(&shared), Arc::clone(&pulse)),
            bell: OnceCell::new(),
            open: Open::new(Arc::clone(&pulse)),
            pulse,
            shared,
            mesh,
            cold: ColdPool::default(),
            landing: RefCell::new(vec![0; RECV_MAX].into()),
            stop_wakers: RefCell::default(),
            operations: Cell::new(0),
            idle: RefCell::default(),
        })
    }

    /// Waits until the core was asked to stop.
    pub(super) fn poll_stop(&self, cx: &Context<'_>) -> Poll<()> {
        if self.shared.stop.load(Ordering::Acquire) {
            return Poll::Ready(());
        }
        add_waiter(&mut self.stop_wakers.borrow_mut(), cx.waker());
        Poll::Pending
    }

    /// Wakes the peers that got messages or room.
    pub(super) fn wake_peers(&self) {
        self.mesh.flush_wakes(Shared::wake);
    }

    /// Looks at what other threads and cores have given this one. Never ready.
    fn pump(&self, cx: &Context<'_>) -> Poll<()> {
        let bell = self.bell.get_or_init(|| self.hang_bell(cx));
        self.pulse.answer();
        self.shared.set_awake();
        self.tasks.take_remote();
        self.mesh.wake_ready();
        self.open.close_dropped();
        let stop = self.shared.stop.load(Ordering::Acquire);
        if stop {
            self.stop_wakers.take().into_iter().for_each(Waker::wake);
        }
        self.mesh.announce_waits();
        self.shared.set_sleeping();
        let stops = !stop && self.shared.stop.load(Ordering::Acquire);
        if self.shared.has_remote() || self.mesh.has_work() || self.open.has_dropped() || stops {
            self.shared.set_awake();
            bell.wake_by_ref();
        }
        Poll::Pending
    }

    fn hang_bell(&self, cx: &Context<'_>) -> Arc<Bell> {
        let pump = ManuallyDrop::new(cx.waker().clone());
        let bell = Arc::new(Bell { pump, pulse: Arc::clone(&self.pulse) });
        let waker = || ManuallyDrop::new(Waker::from(Arc::clone(&bell)));
        self.shared.wake_by.get_or_init(waker);
        bell
    }

    /// Runs an operation on files to its end, even if nobody waits for it any more: what it owns is the kernel's
    /// until then.
    pub(super) async fn whole<T: 'static>(
        self: &Rc<Self>,
        operation: impl Future<Output = T> + 'static,
    ) -> T {
        self.operations.set(self.operations.get() + 1);
        // Its task is woken by glommio, which counts nothing: due until it ends.
        self.pulse.add();
        let core = Rc::clone(self);
        let task = glommio::spawn_local(async move {
            let result = operation.await;
            core.operations.set(core.operations.get() - 1);
            core.pulse.sub();
            if core.operations.get() == 0 {
                core.idle.take().into_iter().for_each(Waker::wake);
            }
            result
        });
        task.detach().await.expect("a detached task ends by itself")
    }

    fn poll_idle(&self, cx: &Context<'_>) -> Poll<()> {
        if self.operations.get() == 0 {
            return Poll::Ready(());
        }
        add_waiter(&mut self.idle.borrow_mut(), cx.waker());
        Poll::Pending
    }

    /// Starts the pump, and waits until other threads can wake it.
    pub(super) async fn start(self: &Rc<Self>) {
        // Not the core itself: this task is never freed.
        let pumped = Rc::downgrade(self);
        let pump = poll_fn(move |cx| pumped.upgrade().map_or(Poll::Ready(()), |core| core.pump(cx)));
        // In no lane's queue: behind a busy one messages would wait for that lane's share to run out.
        drop(glommio::spawn_local(pump).detach());
        while self.bell.get().is_none() {
            glommio::executor().yield_task_queue_now().await;
        }
    }

    /// Runs `main` and everything it spawns until `main` is done, then ends the core.
    pub(super) async fn run(self: Rc<Self>, main: impl Future<Output = ()> + 'static) {
        // This task is none of the slab: due until it begins, and again from the end of `main` on.
        self.pulse.sub();
        let (done, waiting) = (Rc::new(Cell::new(false)), Rc::new(RefCell::new(None::<Waker>)));
        let (its_done, its_waiting) = (Rc::clone(&done), Rc::clone(&waiting));
        let pulse = Arc::clone(&self.pulse);
        self.tasks.spawn(
            Lane::Commit,
            Box::pin(async move {
                main.await;
                pulse.add();
                its_done.set(true);
                if let Some(waker) = its_waiting.take() {
                    waker.wake();
                }
            }),
        );
        poll_fn(|cx| {
            if done.get() {
                return Poll::Ready(());
            }
            *waiting.borrow_mut() = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
        self.tasks.clear();
        poll_fn(|cx| self.poll_idle(cx)).await;
        self.open.close_all();
        poll_fn(|cx| self.open.poll_closed(cx)).await;
        self.shared.set_awake();
        self.tasks.leave();
    }
}
