//! The mesh between cores: the rings of `rt/uring`, and wake-ups through each core's pump.
//!
//! Owner: one per core. Invariants: a message is published, then its receiver is woken if it sleeps; whoever waits
//! for room says so before it looks for room a last time.

use super::core::{Core, Msg};
use super::file::GlommioFile;
use ringlog_shard::env::{CoreId, Full, Mesh};
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::atomic::{Ordering, fence};
use std::task::Poll;

/// This core's end of the mesh.
#[derive(Clone)]
pub struct GlommioMesh {
    pub(super) core: Rc<Core>,
}

impl Mesh for GlommioMesh {
    type File = GlommioFile;

    fn core(&self) -> CoreId {
        self.core.mesh.core()
    }

    fn data_cores(&self) -> u16 {
        self.core.mesh.data_cores()
    }

    fn try_send(&self, to: CoreId, msg: Msg) -> Result<(), Full<Msg>> {
        self.core.mesh.try_send(to, msg)?;
        self.core.wake_peers();
        Ok(())
    }

    fn waiting(&self, to: CoreId) -> usize {
        self.core.mesh.waiting(to)
    }

    async fn room(&self, to: CoreId) {
        let mesh = &self.core.mesh;
        poll_fn(|cx| {
            if mesh.poll_room(to, cx).is_ready() {
                return Poll::Ready(());
            }
            // The receiver takes a message, then reads this word: one of the two sees the other.
            mesh.announce_waits();
            fence(Ordering::SeqCst);
            mesh.poll_room(to, cx)
        })
        .await;
    }

    async fn recv(&self) -> (CoreId, Msg) {
        let got = poll_fn(|cx| self.core.mesh.poll_recv(cx)).await;
        self.core.wake_peers();
        got
    }
}
