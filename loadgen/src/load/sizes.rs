//! How large values are: one size, a range, or ranges with weights.
//!
//! Owner: one run. Invariants: no size is below that of the stamp, none above `LARGEST`; memory is bounded by
//! `BUCKETS_MAX` ranges.

use super::payload::STAMP;
use super::schedule::Random;
use std::fmt;
use std::str::FromStr;

/// The largest value, bytes.
pub const LARGEST: u32 = 64 << 20;
/// Ranges of one distribution, at most.
const BUCKETS_MAX: usize = 1000;

/// Sizes from `from` to `to`, each equally likely, up to the share `until` of the sum of all weights.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Bucket {
    from: u32,
    to: u32,
    until: u64,
}

/// A distribution of sizes, bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sizes {
    buckets: Vec<Bucket>,
    text: String,
}

impl Sizes {
    /// The largest size.
    #[must_use]
    pub fn max(&self) -> usize {
        self.buckets.iter().map(|b| b.to as usize).max().unwrap_or(STAMP)
    }

    /// The mean size.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let (mut before, mut sum) = (0, 0.0);
        for b in &self.buckets {
            sum += (b.until - before) as f64 * (f64::from(b.from) + f64::from(b.to)) / 2.0;
            before = b.until;
        }
        sum / (before.max(1)) as f64
    }

    /// The next one. No allocation; O(log ranges).
    pub fn next(&self, random: &mut Random) -> usize {
        let all = self.buckets.last().map_or(0, |b| b.until);
        let at = match self.buckets.len() {
            1 => 0,
            _ => {
                let drawn = random.below(all);
                self.buckets.partition_point(|b| b.until <= drawn)
            }
        };
        let Some(b) = self.buckets.get(at) else { return STAMP };
        let more = if b.to > b.from { random.below(u64::from(b.to - b.from) + 1) } else { 0 };
        b.from as usize + more as usize
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Bytes with an optional B, KB, KiB, MB, MiB, GB or GiB: each step is 1,024, as OpenMessaging Benchmark counts.
pub fn bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_uppercase();
    let units = [("KIB", 10), ("MIB", 20), ("GIB", 30), ("KB", 10), ("MB", 20), ("GB", 30), ("B", 0)];
    let found = units.into_iter().find_map(|(unit, shift)| Some((text.strip_suffix(unit)?, shift)));
    let (digits, shift) = found.unwrap_or((text.as_str(), 0));
    digits.trim().parse::<u64>().ok()?.checked_mul(1 << shift)
}

impl FromStr for Sizes {
    type Err = String;

    /// `1024`, `100-2000`, or ranges with weights: `0-256:234,256-1KB:456`.
    fn from_str(text: &str) -> Result<Self, String> {
        let bad = |part: &str| {
            format!("found {part:?}; need BYTES, FROM-TO, or FROM-TO:WEIGHT,..., each size at most {LARGEST}")
        };
        let (mut buckets, mut until) = (Vec::new(), 0u64);
        for part in text.split(',') {
            let (range, weight) = match part.split_once(':') {
                Some((range, weight)) => (range, weight.trim().parse::<u32>().map_err(|_| bad(part))?),
                None => (part, 1),
            };
            let (from, to) = range.split_once('-').unwrap_or((range, range));
            let size = |t: &str| {
                let n = bytes(t).and_then(|n| u32::try_from(n).ok()).filter(|n| *n <= LARGEST);
                n.map(|n| n.max(STAMP as u32)).ok_or_else(|| bad(part))
            };
            let (from, to) = (size(from)?, size(to)?);
            if to < from || buckets.len() == BUCKETS_MAX {
                return Err(bad(part));
            }
            // A range without weight is never drawn.
            if weight > 0 {
                until += u64::from(weight);
                buckets.push(Bucket { from, to, until });
            }
        }
        if buckets.is_empty() {
            return Err(bad(text));
        }
        Ok(Self { buckets, text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_come_as_often_as_their_weights_say() {
        let sizes: Sizes = "0-256:3,1KB:1,2KB-4KB:0".parse().unwrap();
        let (mut random, mut large, mut sum) = (Random::new(1), 0, 0);
        for _ in 0..40_000 {
            let n = sizes.next(&mut random);
            assert!((8..=256).contains(&n) || n == 1024, "{n}");
            large += usize::from(n == 1024);
            sum += n;
        }
        assert!((9_600..10_400).contains(&large), "{large} of 40,000 have a weight of a quarter");
        let mean = sum as f64 / 40_000.0;
        assert!((mean / sizes.mean() - 1.0).abs() < 0.02, "{mean}, {}", sizes.mean());
        assert_eq!((sizes.max(), sizes.to_string().as_str()), (1024, "0-256:3,1KB:1,2KB-4KB:0"));
        let one: Sizes = "1024".parse().unwrap();
        assert_eq!((one.next(&mut random), one.mean()), (1024, 1024.0));
        assert_eq!("3".parse::<Sizes>().unwrap().next(&mut random), STAMP, "a value has room for its stamp");
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in ["", "x", "50-30", "1:x", "65MB", "1024:0", "1-2-3", "99999999999999999999GB"] {
            assert!(text.parse::<Sizes>().is_err(), "{text}");
        }
        assert_eq!(
            (bytes("2 KiB"), bytes("1GB"), bytes("7"), bytes("-1")),
            (Some(2048), Some(1 << 30), Some(7), None)
        );
    }
}
