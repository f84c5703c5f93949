//! The one source of randomness of a run: SplitMix64 (Steele, Lea, Flood 2014).
//!
//! Owner: shared by all parts of one `Sim`. Invariant: the sequence depends on the seed and the calls only.

use std::cell::Cell;
use std::rc::Rc;

/// A seeded generator; clones share the sequence.
#[derive(Clone, Debug)]
pub struct Rng(Rc<Cell<u64>>);

impl Rng {
    /// A generator for `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Rc::new(Cell::new(seed)))
    }

    /// The next 64 bits.
    #[must_use]
    pub fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..n`; 0 for `n == 0`.
    #[must_use]
    pub fn below(&self, n: u64) -> u64 {
        if n == 0 { 0 } else { self.next() % n }
    }

    /// True in one of `n` calls.
    #[must_use]
    pub fn one_in(&self, n: u64) -> bool {
        self.below(n) == 0
    }
}
