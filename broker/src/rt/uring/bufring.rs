//! The provided buffers of a core: the kernel takes one when bytes arrive, the reader gives it back.
//!
//! Owner: one per core. Invariants: a buffer is either with the kernel (listed in the ring) or held here (a
//! completion named it and `give_back` was not yet called); only held buffers are read, and each is given back
//! once. The memory is ordinary memory of ours, never an mmap of the ring (reliability.md, hazard 19).
#![allow(unsafe_code)]

use super::ring::Ring;
use bytes::{BufMut, BytesMut};
use io_uring::types::BufRingEntry;
use ringlog_storage::buf::{AlignedBuf, Gauge};
use std::cell::{Cell, RefCell};
use std::io;
use std::sync::atomic::{AtomicU16, Ordering};

/// The buffer group of receives.
pub(super) const GROUP: u16 = 0;

/// Provided buffers of one core.
pub(super) struct BufRing {
    ring: RefCell<AlignedBuf>,
    data: AlignedBuf,
    size: usize,
    count: u16,
    tail: Cell<u16>,
    held: RefCell<Vec<bool>>,
    free: Cell<usize>,
}

impl BufRing {
    /// `count` buffers (a power of two) of `size` bytes, all listed; registered by `register`.
    pub(super) fn new(count: u16, size: usize) -> Self {
        assert!(count.is_power_of_two(), "{count} provided buffers are no power of two");
        let gauge = Gauge::default();
        let entries = usize::from(count) * std::mem::size_of::<BufRingEntry>();
        let this = Self {
            ring: RefCell::new(AlignedBuf::zeroed(entries, &gauge)),
            data: AlignedBuf::zeroed(usize::from(count) * size, &gauge),
            size,
            count,
            tail: Cell::new(0),
            held: RefCell::new(vec![true; usize::from(count)]),
            free: Cell::new(0),
        };
        for id in 0..count {
            this.give_back(id);
        }
        this
    }

    /// Hands the list to the kernel.
    pub(super) fn register(&self, ring: &Ring) -> io::Result<()> {
        ring.register_buffers(self.ring.borrow().as_ptr(), self.count, GROUP)
    }

    /// Buffers that the kernel can take.
    pub(super) fn free(&self) -> usize {
        self.free.get()
    }

    /// All buffers.
    pub(super) fn total(&self) -> usize {
        usize::from(self.count)
    }

    /// A completion named this buffer: it is ours now.
    pub(super) fn take(&self, id: u16) {
        let mut held = self.held.borrow_mut();
        let slot = held.get_mut(usize::from(id)).expect("the kernel names a buffer of the ring");
        assert!(!*slot, "provided buffer {id} was delivered twice");
        *slot = true;
        self.free.set(self.free.get() - 1);
    }

    /// Lists a held buffer again.
    pub(super) fn give_back(&self, id: u16) {
        let mut held = self.held.borrow_mut();
        let slot = held.get_mut(usize::from(id)).expect("a buffer of the ring");
        assert!(*slot, "provided buffer {id} was given back twice");
        *slot = false;
        self.free.set(self.free.get() + 1);
        let mut ring = self.ring.borrow_mut();
        let base: *mut BufRingEntry = ring.as_mut_slice().as_mut_ptr().cast();
        let tail = self.tail.get();
        let address = self.data.as_ptr() as u64 + (usize::from(id) * self.size) as u64;
        // SAFETY: the masked index lies in the ring of `count` entries; the kernel does not read an entry at
        // or above the tail, and never more than `count` buffers are listed because each is listed once.
        let entry = unsafe { &mut *base.add(usize::from(tail & (self.count - 1))) };
        entry.set_addr(address);
        entry.set_len(u32::try_from(self.size).expect("buffers are small"));
        entry.set_bid(id);
        self.tail.set(tail.wrapping_add(1));
        // SAFETY: `base` is page aligned and points to initialised entries; the tail is a u16 that the
        // kernel reads with acquire, hence the atomic release store.
        unsafe {
            let tail_field = BufRingEntry::tail(base).cast::<AtomicU16>();
            (*tail_field).store(self.tail.get(), Ordering::Release);
        }
    }

    /// Appends bytes of a held buffer to `into`.
    pub(super) fn copy(&self, id: u16, start: usize, len: usize, into: &mut BytesMut) {
        assert!(self.held.borrow().get(usize::from(id)) == Some(&true), "buffer {id} is with the kernel");
        assert!(start + len <= self.size, "{start}+{len} leaves a provided buffer of {} bytes", self.size);
        // SAFETY: in bounds by the asserts; the kernel wrote the bytes before the completion and does not
        // touch a held buffer. The pointer is the allocation's own, so the kernel's writes are visible.
        let bytes = unsafe {
            std::slice::from_raw_parts(self.data.as_ptr().add(usize::from(id) * self.size + start), len)
        };
        into.put_slice(bytes);
    }
}
