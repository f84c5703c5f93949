//! Block-aligned memory: buffers for O_DIRECT, and the append-only chunks of a partition's tail.
//!
//! Owner: a buffer has one owner; a chunk has one writer and any number of readers, on any core.
//! Invariants: memory starts on a block boundary and its capacity is whole blocks; bytes below a chunk's
//! `len` never change, and only those are ever handed out.
#![allow(unsafe_code)]

use crate::kept;
use bytes::Bytes;
use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, handle_alloc_error};
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The unit of O_DIRECT writes and of memory alignment, bytes.
pub const BLOCK: usize = 4096;

/// `n` rounded up to whole blocks.
#[must_use]
pub const fn blocks_up(n: usize) -> usize {
    n.next_multiple_of(BLOCK)
}

/// `n` rounded down to whole blocks.
#[must_use]
pub const fn blocks_down(n: usize) -> usize {
    n - n % BLOCK
}

/// The size of the processor's large pages, bytes.
pub const HUGE_PAGE: usize = 2 << 20;

/// Where memory of `HUGE_PAGE` bytes and more comes from, apart from the heap: there the holes between such pieces
/// are never used again.
#[derive(Debug)]
pub struct LongMemory {
    /// So many bytes of nobody else's, on a boundary of huge pages. `None`: the heap is asked.
    pub take: fn(usize) -> Option<NonNull<u8>>,
    /// Gives back what `take` gave, of the same length, that no one uses any more.
    pub give_back: unsafe fn(NonNull<u8>, usize),
}

/// A count of bytes in use that several owners charge; readable from any thread.
#[derive(Clone, Debug, Default)]
pub struct Gauge {
    used: Arc<AtomicUsize>,
    long: Option<&'static LongMemory>,
}

impl Gauge {
    /// Nothing is charged; long memory comes from `long`.
    #[must_use]
    pub fn new(long: Option<&'static LongMemory>) -> Self {
        Self { used: Arc::default(), long }
    }

    /// Bytes charged now.
    #[must_use]
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    fn charge(&self, n: usize) {
        self.used.fetch_add(n, Ordering::Relaxed);
    }

    fn release(&self, n: usize) {
        let before = self.used.fetch_sub(n, Ordering::Relaxed);
        assert!(before >= n, "a budget released more than was charged");
    }
}

/// Copies all of `from`, which is as long as `into`.
fn copy(into: &mut [MaybeUninit<u8>], from: &[u8]) {
    assert_eq!(into.len(), from.len(), "a copy between ranges of two lengths");
    // SAFETY: both have as many bytes, and `into` is borrowed alone.
    unsafe { std::ptr::copy_nonoverlapping(from.as_ptr(), into.as_mut_ptr().cast(), from.len()) };
}

#[cfg(all(target_arch = "x86_64", not(miri)))]
fn copy_past_caches(into: &mut [MaybeUninit<u8>], from: &[u8]) {
    use std::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_sfence, _mm_stream_si128};
    const LINE: usize = 64;
    let skip = into.as_ptr().align_offset(LINE).min(into.len());
    let (front, into) = into.split_at_mut(skip);
    let (from_front, from) = from.split_at(skip);
    copy(front, from_front);
    let (mut lines, mut from_lines) = (into.chunks_exact_mut(LINE), from.chunks_exact(LINE));
    for (line, bytes) in (&mut lines).zip(&mut from_lines) {
        let (line, bytes) = (line.as_mut_ptr().cast::<__m128i>(), bytes.as_ptr().cast::<__m128i>());
        // SAFETY: both have 64 bytes, and `line` is aligned to as many; SSE2 is part of this architecture.
        unsafe {
            let quarters = [0, 1, 2, 3].map(|n| _mm_loadu_si128(bytes.add(n)));
            for (n, quarter) in quarters.into_iter().enumerate() {
                _mm_stream_si128(line.add(n), quarter);
            }
        }
    }
    copy(lines.into_remainder(), from_lines.remainder());
    // SAFETY: as above. Such stores keep no order with others: whoever is told of the bytes must see them.
    unsafe { _mm_sfence() };
}

#[cfg(not(all(target_arch = "x86_64", not(miri))))]
fn copy_past_caches(into: &mut [MaybeUninit<u8>], from: &[u8]) {
    copy(into, from);
}

/// An allocation that holds `cap` bytes from a block boundary on.
#[derive(Debug)]
pub(crate) struct Memory {
    /// Start of the first whole block in the allocation.
    ptr: NonNull<u8>,
    cap: usize,
    home: Home,
}

/// Where memory goes back to.
#[derive(Debug)]
enum Home {
    /// An allocation of the heap.
    Heap { base: NonNull<u8>, layout: Layout },
    /// See `LongMemory`.
    Long(unsafe fn(NonNull<u8>, usize)),
}

// SAFETY: it owns its allocation and nothing in it is bound to a thread.
unsafe impl Send for Memory {}

/// Block-aligned memory, charged to a gauge while it is in use.
#[derive(Debug)]
struct Raw {
    ptr: NonNull<u8>,
    cap: usize,
    /// Where `ptr` and `cap` come from; taken when it is dropped.
    memory: Option<Memory>,
    gauge: Gauge,
}

// SAFETY: Raw owns its memory and nothing in it is bound to a thread.
unsafe impl Send for Raw {}
// SAFETY: shared references give out only byte ranges that are no longer written (see `Chunk`).
unsafe impl Sync for Raw {}

/// From here on zeroed memory is asked for without an alignment and with a block more: only then the allocator
/// gives fresh pages, which the kernel zeroes at their first use. An aligned one is written whole at once, and
/// the megabytes of a scan or of a frame make a turn of milliseconds.
const FRESH_PAGES_MIN: usize = 128 << 10;

/// Where memory of `cap` bytes begins that may lie in huge pages.
const fn blank_align(cap: usize) -> usize {
    if cap < HUGE_PAGE { BLOCK } else { HUGE_PAGE }
}

impl Memory {
    fn zeroed(cap: usize) -> Self {
        let align = if cap >= FRESH_PAGES_MIN { 16 } else { BLOCK };
        // SAFETY: `allocate` gives a layout with a non-zero size.
        Self::allocate(cap, align, |layout| unsafe { alloc_zeroed(layout) })
    }

    /// Memory that must be written before it is read. Of `HUGE_PAGE` bytes and more it begins where a page of that
    /// size does, and comes from where `gauge` says.
    fn blank(cap: usize, gauge: &Gauge) -> Self {
        let align = blank_align(cap);
        let long = gauge.long.filter(|_| cap >= HUGE_PAGE && cap.is_multiple_of(BLOCK));
        if let Some((ptr, long)) = long.and_then(|long| Some(((long.take)(cap)?, long))) {
            assert!((ptr.as_ptr() as usize).is_multiple_of(align), "long memory begins with a huge page");
            return Self { ptr, cap, home: Home::Long(long.give_back) };
        }
        // SAFETY: `allocate` gives a layout with a non-zero size.
        Self::allocate(cap, align, |layout| unsafe { alloc(layout) })
    }

    fn allocate(cap: usize, align: usize, alloc: impl FnOnce(Layout) -> *mut u8) -> Self {
        let cap = blocks_up(cap.max(1));
        let more = if align < BLOCK { BLOCK } else { 0 };
        let layout =
            Layout::from_size_align(cap + more, align).expect("a capacity in memory is a valid layout");
        let Some(base) = NonNull::new(alloc(layout)) else { handle_alloc_error(layout) };
        let skip = base.as_ptr().align_offset(BLOCK);
        assert!(skip <= more, "a block and more holds the start of a block");
        // SAFETY: `skip` and `cap` bytes behind it lie in the allocation.
        let ptr = unsafe { base.add(skip) };
        Self { ptr, cap, home: Home::Heap { base, layout } }
    }

    /// True if it begins where `blank` memory of its size does.
    pub(crate) fn is_like_blank(&self) -> bool {
        match &self.home {
            Home::Long(_) => true,
            Home::Heap { layout, .. } => layout.align() >= blank_align(self.cap),
        }
    }

    /// Bytes, whole blocks.
    pub(crate) fn capacity(&self) -> usize {
        self.cap
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: taken in `blank` with this length, or allocated in `allocate` with this layout; freed once.
        unsafe {
            match self.home {
                Home::Long(give_back) => give_back(self.ptr, self.cap),
                Home::Heap { base, layout } => dealloc(base.as_ptr(), layout),
            }
        }
    }
}

impl Raw {
    fn new(memory: Memory, gauge: &Gauge) -> Self {
        gauge.charge(memory.cap);
        Self { ptr: memory.ptr, cap: memory.cap, memory: Some(memory), gauge: gauge.clone() }
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.gauge.release(self.cap);
        if let Some(memory) = self.memory.take() {
            kept::keep(memory);
        }
    }
}

/// An owned, block-aligned buffer for O_DIRECT reads and commit frames.
#[derive(Debug)]
pub struct AlignedBuf(Raw);

impl AlignedBuf {
    /// A zeroed buffer of at least `cap` bytes (rounded up to blocks), charged to `gauge`.
    #[must_use]
    pub fn zeroed(cap: usize, gauge: &Gauge) -> Self {
        Self(Raw::new(Memory::zeroed(cap), gauge))
    }

    /// Bytes of memory, whole blocks.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.0.cap
    }

    /// All of it.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: `cap` bytes were allocated and zeroed; `&self` excludes writers.
        unsafe { std::slice::from_raw_parts(self.0.ptr.as_ptr(), self.0.cap) }
    }

    /// All of it, writable.
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        // SAFETY: `cap` bytes were allocated and zeroed; `&mut self` is the only access.
        unsafe { std::slice::from_raw_parts_mut(self.0.ptr.as_ptr(), self.0.cap) }
    }

    /// Copies `bytes` to byte `at` with stores that bypass the caches: for many bytes in memory that a device reads.
    ///
    /// There the lines are in the cache of whoever read them, and ordinary stores wait for each: 2 GB/s instead of 20
    /// (docs/decisions/0020-copies-of-long-requests.md).
    ///
    /// # Panics
    /// If they do not fit.
    pub fn write_past_caches(&mut self, at: usize, bytes: &[u8]) {
        let place = self.as_mut_slice().get_mut(at..at + bytes.len()).expect("what is written fits");
        // SAFETY: what is written to it is never uninitialized.
        let place = unsafe { std::slice::from_raw_parts_mut(place.as_mut_ptr().cast(), place.len()) };
        copy_past_caches(place, bytes);
    }

    /// The address, for the kernel. The caller keeps `self` alive until the kernel is done.
    #[must_use]
    pub fn as_ptr(&self) -> *const u8 {
        self.0.ptr.as_ptr()
    }

    /// Turns the buffer into shared read-only bytes (all of the capacity).
    #[must_use]
    pub fn freeze(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for AlignedBuf {
    fn as_ref(&self) -> &[u8] {
        self.as_slice()
    }
}

/// From this length on an append to a tail is copied past the caches (docs/decisions/0020).
const LONG_APPEND: usize = 32 << 10;

/// One chunk of a partition's tail: written once from front to back, read while it is written.
///
/// Not `Clone`: the one value is the one writer.
#[derive(Debug)]
pub struct Chunk {
    raw: Arc<Raw>,
    len: usize,
}

impl Chunk {
    /// An empty chunk of at least `cap` bytes (rounded up to blocks), charged to `gauge` until the last
    /// slice of it is gone. Its pages are first touched by appends: zeroing a new chunk for each of a thousand
    /// partitions at once took one turn of the loop 10 ms.
    #[must_use]
    pub fn new(cap: usize, gauge: &Gauge) -> Self {
        let memory = kept::take(cap).unwrap_or_else(|| Memory::blank(cap, gauge));
        Self { raw: Arc::new(Raw::new(memory, gauge)), len: 0 }
    }

    /// Bytes written.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// True before the first byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes of memory, whole blocks.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.raw.cap
    }

    /// Appends as much of `src` as fits and returns how many bytes that was.
    pub fn append(&mut self, src: &[u8]) -> usize {
        let n = src.len().min(self.raw.cap - self.len);
        // SAFETY: [len, len + n) lies in the allocation, no slice covers bytes at or above `len`, and
        // `&mut self` is the only writer.
        let place = unsafe {
            std::slice::from_raw_parts_mut(self.raw.ptr.as_ptr().add(self.len).cast::<MaybeUninit<u8>>(), n)
        };
        let src = src.get(..n).unwrap_or_default();
        if n < LONG_APPEND {
            copy(place, src);
        } else {
            copy_past_caches(place, src);
        }
        self.len += n;
        n
    }

    /// The written bytes `start..end`, sharing the memory. One small allocation.
    ///
    /// # Panics
    /// If `start > end` or `end > len`: a reader must not see what is not written.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> Bytes {
        assert!(start <= end && end <= self.len, "slice {start}..{end} of {} written bytes", self.len);
        Bytes::from_owner(ChunkSlice { raw: Arc::clone(&self.raw), start, end })
    }

    /// Like `slice(start, end)`, for `end` up to the capacity: what is not written reads as zeros.
    /// Seals the chunk, so that the padding can never change: only for the last, padded block on roll and close.
    #[must_use]
    pub fn seal_padded(&mut self, start: usize) -> Bytes {
        let end = blocks_up(self.len);
        // SAFETY: the capacity is whole blocks, so [len, end) lies in the allocation; no slice covers bytes at or
        // above `len`, and `&mut self` is the only writer.
        unsafe { std::ptr::write_bytes(self.raw.ptr.as_ptr().add(self.len), 0, end - self.len) };
        self.len = end;
        self.slice(start, end)
    }

    /// The written bytes, borrowed.
    #[must_use]
    pub fn written(&self) -> &[u8] {
        // SAFETY: bytes below `len` are written and never change.
        unsafe { std::slice::from_raw_parts(self.raw.ptr.as_ptr(), self.len) }
    }
}

struct ChunkSlice {
    raw: Arc<Raw>,
    start: usize,
    end: usize,
}

impl AsRef<[u8]> for ChunkSlice {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: start..end was below the chunk's `len` when the slice was made; those bytes never change.
        unsafe { std::slice::from_raw_parts(self.raw.ptr.as_ptr().add(self.start), self.end - self.start) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunk_slices_keep_their_bytes_while_the_writer_goes_on() {
        let gauge = Gauge::default();
        let mut chunk = Chunk::new(10, &gauge);
        assert_eq!(chunk.append(b"abc"), 3);
        let abc = chunk.slice(0, 3);
        assert_eq!(chunk.append(&vec![7u8; 5000]), BLOCK - 3);
        assert_eq!(&abc[..], b"abc");
        assert_eq!(abc.as_ptr() as usize % BLOCK, 0);
        assert_eq!(gauge.used(), BLOCK);
        drop(chunk);
        assert_eq!(gauge.used(), BLOCK, "a slice keeps the memory");
        drop(abc);
        assert_eq!(gauge.used(), 0);
    }

    #[test]
    fn buffers_of_every_size_are_aligned_zero_and_theirs_to_the_last_byte() {
        let gauge = Gauge::default();
        for cap in [1, BLOCK, FRESH_PAGES_MIN - 1, FRESH_PAGES_MIN, FRESH_PAGES_MIN + 1, 4 << 20] {
            for _ in 0..3 {
                let mut buf = AlignedBuf::zeroed(cap, &gauge);
                assert_eq!((buf.as_ptr() as usize % BLOCK, buf.capacity()), (0, blocks_up(cap)));
                assert!(buf.as_slice().iter().all(|b| *b == 0), "{cap}");
                buf.as_mut_slice().fill(0xa5);
                assert_eq!(gauge.used(), blocks_up(cap));
            }
        }
        assert_eq!(gauge.used(), 0);
    }

    #[test]
    fn long_chunks_come_from_where_the_gauge_says_and_go_back_there() {
        static OUT: AtomicUsize = AtomicUsize::new(0);
        const LEN: usize = 2 * HUGE_PAGE;
        let gauge = Gauge::new(Some(&LongMemory {
            take: |len| {
                OUT.fetch_add(len, Ordering::Relaxed);
                // SAFETY: a layout with a size.
                NonNull::new(unsafe { alloc(Layout::from_size_align(len, HUGE_PAGE).unwrap()) })
            },
            give_back: |memory, len| {
                OUT.fetch_sub(len, Ordering::Relaxed);
                // SAFETY: `take` gave it, with this layout.
                unsafe { dealloc(memory.as_ptr(), Layout::from_size_align(len, HUGE_PAGE).unwrap()) };
            },
        }));
        let short = Chunk::new(HUGE_PAGE - BLOCK, &gauge);
        assert_eq!((short.capacity(), OUT.load(Ordering::Relaxed)), (HUGE_PAGE - BLOCK, 0));
        let long = Chunk::new(LEN, &gauge);
        assert_eq!((long.capacity(), OUT.load(Ordering::Relaxed)), (LEN, LEN));
        drop(long);
        assert_eq!((gauge.used(), OUT.load(Ordering::Relaxed)), (HUGE_PAGE - BLOCK, 0));
    }

    #[test]
    #[should_panic(expected = "written bytes")]
    fn unwritten_bytes_are_never_handed_out() {
        let chunk = Chunk::new(10, &Gauge::default());
        let _ = chunk.slice(0, 1);
    }

    #[test]
    fn padding_is_zero_in_memory_that_was_used_before() {
        let gauge = Gauge::default();
        for _ in 0..16 {
            let mut dirty = Chunk::new(2 * BLOCK, &gauge);
            dirty.append(&[0xff; 2 * BLOCK]);
        }
        let mut chunk = Chunk::new(2 * BLOCK, &gauge);
        chunk.append(b"abc");
        let sealed = chunk.seal_padded(0);
        assert_eq!(sealed.len(), BLOCK);
        assert_eq!(&sealed[..3], b"abc");
        assert!(sealed[3..].iter().all(|b| *b == 0));
    }
}
