//! A seeded generator of random messages, and the tests that run over every message and version.
//!
//! Owner: tests only. Invariant: the same seed gives the same values.

use bytes::Bytes;

use crate::ids::Uuid;

/// A random value that `version` can carry.
pub(crate) trait Sample {
    /// Draws one.
    fn sample(g: &mut Rng, version: i16) -> Self;
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, seeded, good enough to vary fields.
pub(crate) struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// All bits, small values or -1: the edges matter more than the middle.
    pub fn number(&mut self) -> i64 {
        match self.below(4) {
            0 => self.below(300) as i64,
            1 => -1,
            _ => self.next() as i64,
        }
    }

    pub fn float64(&mut self) -> f64 {
        self.below(1 << 40) as f64 / 8.0
    }

    pub fn uuid(&mut self) -> Uuid {
        let (hi, lo) = (self.next(), self.next());
        crate::ids::TopicId((u128::from(hi) << 64 | u128::from(lo)).to_be_bytes())
    }

    pub fn string(&mut self) -> String {
        let chars = ['a', 'Z', '0', '-', 'é', '語'];
        (0..self.below(6)).map(|_| chars[self.below(6) as usize]).collect()
    }

    pub fn bytes(&mut self) -> Bytes {
        (0..self.below(9)).map(|_| self.next() as u8).collect()
    }
}

mod java;
mod tests;
