//! Buffers for cold reads: recycled, because zeroing fresh memory costs as much as the copy, and bounded.
//!
//! Owner: one pool per core. Invariants: at most `COLD_MAX` bytes are out at a time, whoever drops the last
//! slice gives the buffer back; a reader without a buffer waits for one, it never allocates past the bound.

use super::op::PIECE_BUFFER;
use super::wake::add_waiter;
use bytes::Bytes;
use ringlog_storage::buf::{AlignedBuf, Gauge};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

/// Bytes of cold reads of one core.
const COLD_MAX: usize = 16 << 20;
/// Buffers kept for the next read.
const KEPT_MAX: usize = 16;

#[derive(Default)]
struct State {
    kept: Vec<AlignedBuf>,
    out: usize,
    waiting: Vec<Waker>,
}

/// The pool. Its lock is needed because `Bytes` may be dropped on any thread; here it is never contended.
#[derive(Clone, Default)]
pub(in crate::rt) struct ColdPool(Arc<Mutex<State>>);

impl ColdPool {
    /// A buffer of `PIECE_BUFFER` bytes with old contents, if the bound allows one more.
    pub(in crate::rt) fn try_take(&self) -> Option<AlignedBuf> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if (state.out + 1) * PIECE_BUFFER > COLD_MAX {
            return None;
        }
        state.out += 1;
        let kept = state.kept.pop();
        drop(state);
        Some(kept.unwrap_or_else(|| AlignedBuf::zeroed(PIECE_BUFFER, &Gauge::default())))
    }

    /// A buffer, or waits for one to come back.
    pub(in crate::rt) fn poll_take(&self, cx: &Context<'_>) -> Poll<AlignedBuf> {
        if let Some(buf) = self.try_take() {
            return Poll::Ready(buf);
        }
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        add_waiter(&mut state.waiting, cx.waker());
        Poll::Pending
    }

    /// Ties a buffer that was taken here to the pool: it comes back when the lease is gone.
    pub(in crate::rt) fn lease(&self, buf: AlignedBuf) -> Lease {
        Lease { buf: Some(buf), pool: self.clone() }
    }

    fn give_back(&self, buf: AlignedBuf) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.out -= 1;
        let extra = if state.kept.len() < KEPT_MAX {
            state.kept.push(buf);
            None
        } else {
            Some(buf)
        };
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        drop(extra);
        waiting.into_iter().for_each(Waker::wake);
    }
}

/// A buffer of the pool in use.
pub(in crate::rt) struct Lease {
    buf: Option<AlignedBuf>,
    pool: ColdPool,
}

impl Lease {
    /// The memory, for the kernel to fill.
    pub(in crate::rt) fn buf_mut(&mut self) -> &mut AlignedBuf {
        self.buf.as_mut().expect("a lease has its buffer until it is dropped")
    }

    /// Shared bytes of it.
    pub(in crate::rt) fn freeze(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Lease {
    fn as_ref(&self) -> &[u8] {
        self.buf.as_ref().map_or(&[], AlignedBuf::as_slice)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(buf) = self.buf.take() {
            self.pool.give_back(buf);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_bounded_and_come_back_with_the_last_slice() {
        let pool = ColdPool::default();
        let mut out: Vec<Bytes> =
            std::iter::from_fn(|| pool.try_take()).map(|buf| pool.lease(buf).freeze()).collect();
        assert_eq!(out.len(), COLD_MAX / PIECE_BUFFER);
        let slice = out.pop().unwrap().slice(10..20);
        assert!(pool.try_take().is_none());
        drop(slice);
        let again = pool.try_take().unwrap();
        drop(pool.lease(again));
        drop(out);
        assert_eq!(pool.0.lock().unwrap().out, 0);
        assert!(pool.0.lock().unwrap().kept.len() <= KEPT_MAX);
    }
}
