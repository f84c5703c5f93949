//! Memory of the chunks of busy tails, kept for the next ones.
//!
//! Owner: each thread, what it let go. Invariants: only chunks of the two sizes that busy tails have are kept, and of
//! each a few; what is kept is charged to nobody. A busy log lets go of a chunk for each that it takes, and through
//! the allocator they came from fresh pages again and again (docs/decisions/0023-memory-of-long-tails.md).

use crate::buf::Memory;
use crate::partition::tail::{CHUNK_LONG, CHUNK_MAX};
use std::cell::RefCell;

/// Chunks of `CHUNK_MAX` that a thread keeps: 4 MiB.
const USUAL_MAX: usize = 64;
/// Chunks of `CHUNK_LONG` that a thread keeps: 32 MiB, as many bytes as tails give back at once.
const LONG_MAX: usize = 16;

#[derive(Default)]
struct Kept {
    usual: Vec<Memory>,
    long: Vec<Memory>,
}

impl Kept {
    /// What is kept of this size, and how many at most.
    fn of(&mut self, cap: usize) -> Option<(&mut Vec<Memory>, usize)> {
        match cap {
            CHUNK_MAX => Some((&mut self.usual, USUAL_MAX)),
            CHUNK_LONG => Some((&mut self.long, LONG_MAX)),
            _ => None,
        }
    }
}

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::default();
}

/// Memory of `cap` bytes that was used before, if there is any.
pub(crate) fn take(cap: usize) -> Option<Memory> {
    KEPT.try_with(|kept| kept.borrow_mut().of(cap)?.0.pop()).ok().flatten()
}

/// Keeps `memory`, or gives it back to the allocator.
pub(crate) fn keep(memory: Memory) {
    // A thread that ends keeps nothing.
    let _ = KEPT.try_with(|kept| {
        let mut kept = kept.borrow_mut();
        if let Some((kept, max)) = kept.of(memory.capacity())
            && kept.len() < max
            && memory.is_like_blank()
        {
            kept.push(memory);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buf::{AlignedBuf, Chunk, Gauge};

    #[test]
    fn chunks_of_busy_tails_are_used_again_up_to_a_bound() {
        let gauge = Gauge::default();
        drop(AlignedBuf::zeroed(CHUNK_LONG, &gauge));
        assert!(take(CHUNK_LONG).is_none(), "it does not begin where a huge page does");
        for (cap, max) in [(CHUNK_MAX, USUAL_MAX), (CHUNK_LONG, LONG_MAX)] {
            let chunks: Vec<Chunk> = (0..max + 3).map(|_| Chunk::new(cap, &gauge)).collect();
            let places: Vec<*const u8> = chunks.iter().map(|c| c.written().as_ptr()).collect();
            drop(chunks);
            assert_eq!(KEPT.with(|k| k.borrow_mut().of(cap).unwrap().0.len()), max);
            let again: Vec<Chunk> = (0..max).map(|_| Chunk::new(cap, &gauge)).collect();
            assert!(again.iter().all(|c| places.contains(&c.written().as_ptr())), "{cap}");
        }
        assert_eq!(gauge.used(), 0, "what is kept is charged to nobody");
        drop(Chunk::new(CHUNK_MAX / 2, &gauge));
        assert!(take(CHUNK_MAX / 2).is_none(), "other sizes go back to the allocator");
    }
}
