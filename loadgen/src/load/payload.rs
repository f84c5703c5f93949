//! Keys and values: how they are distributed, how large, how well they compress.
//!
//! Owner: one generator thread. Invariant: a value begins with the record's due time, so that whoever reads it in the
//! same process knows how old it is; the first eight bytes are the smallest value.

use super::schedule::Random;
use super::sizes::Sizes;

/// Bytes of the due time.
pub const STAMP: usize = 8;

/// Which keys the records have.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub enum Keys {
    /// No key; partitions in turn.
    #[default]
    None,
    /// One key after the other.
    RoundRobin,
    /// Every key equally likely.
    Uniform,
    /// The n-th key with a chance of 1/n: few keys get most records.
    Zipf,
}

/// Makes keys: numbers, eight bytes each.
#[derive(Debug)]
pub struct KeyChoice {
    keys: Keys,
    count: u64,
    next: u64,
    random: Random,
}

impl KeyChoice {
    /// `count`: how many keys there are, at least one.
    #[must_use]
    pub fn new(keys: Keys, count: u64, seed: u64) -> Self {
        Self { keys, count: count.max(1), next: seed, random: Random::new(seed) }
    }

    /// The next key; `None` without keys.
    pub fn next(&mut self) -> Option<u64> {
        match self.keys {
            Keys::None => None,
            Keys::RoundRobin => {
                self.next += 1;
                Some(self.next % self.count)
            }
            Keys::Uniform => Some(self.random.below(self.count)),
            // The inverse of the continuous distribution: of n keys, ln(x) / ln(n) of the records have one below x.
            Keys::Zipf => {
                let n = (self.count + 1) as f64;
                Some((n.powf(self.random.unit()) as u64 - 1).min(self.count - 1))
            }
        }
    }
}

/// Makes values from one block of bytes, of which a share is noise and the rest is one letter.
#[derive(Debug)]
pub struct Values {
    block: Vec<u8>,
    sizes: Sizes,
    random: Random,
    at: usize,
}

impl Values {
    /// Values of `sizes` that compress to about `1 / ratio`.
    #[must_use]
    pub fn new(sizes: Sizes, ratio: f64, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let share = (1.0 / ratio.max(1.0)).min(1.0);
        // Pieces of 32 bytes, so that every value has its share of both.
        let mut block = Vec::with_capacity(sizes.max() + 64 + 8192);
        while block.len() < sizes.max() + 64 + 8192 {
            let noise = random.unit() < share;
            block.extend((0..32).map(|_| if noise { random.bits() as u8 } else { b'r' }));
        }
        Self { block, sizes, random, at: 0 }
    }

    /// Writes the next value, stamped `due`, over `into`. No allocation once `into` has the largest size.
    pub fn fill(&mut self, due: u64, into: &mut Vec<u8>) {
        into.clear();
        into.extend_from_slice(&due.to_be_bytes());
        let rest = self.sizes.next(&mut self.random).saturating_sub(STAMP);
        self.at = if self.at + 32 + rest > self.block.len() { 0 } else { self.at + 32 };
        into.extend_from_slice(self.block.get(self.at..self.at + rest).unwrap_or_default());
    }
}

/// The due time of a value that `Values` made.
#[must_use]
pub fn stamp_of(value: &[u8]) -> Option<u64> {
    value.get(..STAMP).and_then(|b| b.try_into().ok()).map(u64::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(keys: Keys) -> Vec<u64> {
        let mut choice = KeyChoice::new(keys, 100, 0);
        let mut seen = vec![0; 100];
        for _ in 0..100_000 {
            seen[choice.next().unwrap() as usize] += 1;
        }
        seen
    }

    #[test]
    fn keys_come_as_their_distribution_says() {
        assert!(shares(Keys::RoundRobin).iter().all(|n| *n == 1000));
        assert!(shares(Keys::Uniform).iter().all(|n| (850..1150).contains(n)));
        let zipf = shares(Keys::Zipf);
        let first = zipf[0] as f64 / zipf[9] as f64;
        assert!((6.0..9.0).contains(&first), "the first key has {first} times what the tenth has");
        assert!(zipf.iter().all(|n| *n > 0));
        assert_eq!(KeyChoice::new(Keys::None, 5, 0).next(), None);
    }

    #[test]
    fn values_have_their_size_their_stamp_and_their_noise() {
        let mut value = Vec::new();
        for (size, ratio) in [(8, 1.0), (1000, 1.0), (1024, 4.0), (100_000, 2.0)] {
            let mut values = Values::new(size.to_string().parse().unwrap(), ratio, 3);
            for due in 0..600 {
                values.fill(due, &mut value);
                assert_eq!((value.len(), stamp_of(&value)), (size, Some(due)));
            }
            let plain = value[STAMP..].chunks(32).filter(|c| c.iter().all(|b| *b == b'r')).count();
            let share = 1.0 - plain as f64 / (value.len() as f64 / 32.0);
            assert!(size < 1000 || (share - 1.0 / ratio).abs() < 0.35, "{size}: {share}");
        }
        assert_eq!(stamp_of(b"short"), None);
    }

    #[test]
    fn batches_compress_about_as_well_as_was_asked_for() {
        let mut value = Vec::new();
        for ratio in [1.0, 2.0, 4.0] {
            let (mut values, mut all) = (Values::new("1024".parse().unwrap(), ratio, 5), Vec::new());
            for due in 0..8 {
                values.fill(due, &mut value);
                all.extend_from_slice(&value);
            }
            let mut out = Vec::new();
            ringlog_wire::compress::compress(ringlog_wire::compress::Codec::Gzip, None, &all, &mut out)
                .unwrap();
            let found = all.len() as f64 / out.len() as f64;
            // Values of one block overlap, which helps the codec.
            assert!(found > ratio * 0.8, "asked for {ratio}, found {found}");
        }
    }
}
