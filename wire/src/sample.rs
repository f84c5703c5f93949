//! A seeded generator of random messages, a table of all codecs, and the tests that run over them.
//!
//! Owner: tests, and the proofs beside other codecs (`wire/peers`, feature `samples`). Invariant: the same seed
//! gives the same values; lengths pass 127 now and then, where a compact length takes its second byte.

use bytes::Bytes;

use std::fmt::Write as _;

use crate::generated::samples::for_each_message;
use crate::generated::*;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader};

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

    /// Elements of an array of numbers or texts: few, or around the second byte of a compact count.
    pub fn count(&mut self) -> u64 {
        if self.one_in(32) { 125 + self.below(6) } else { self.below(3) }
    }

    pub fn string(&mut self) -> String {
        let chars = ['a', 'Z', '0', '-', 'é', '語'];
        let len = if self.one_in(64) { 120 + self.below(12) } else { self.below(6) };
        (0..len).filter_map(|_| chars.get(self.below(6) as usize)).collect()
    }

    pub fn bytes(&mut self) -> Bytes {
        let len = if self.one_in(64) { 120 + self.below(12) } else { self.below(9) };
        (0..len).map(|_| self.next() as u8).collect()
    }
}

/// One message's codec, with the types taken out of it.
#[derive(Clone, Copy, Debug)]
pub struct Codec {
    /// Kafka's name, for example `FetchRequest`.
    pub name: &'static str,
    /// The lowest version.
    pub min: i16,
    /// The highest, unstable or not.
    pub max: i16,
    /// Encodes the random value of a seed.
    pub sample: fn(u64, i16) -> Vec<u8>,
    /// Encodes the default value.
    pub default: fn(i16) -> Vec<u8>,
    /// Decodes, wants every byte used, and encodes what it read.
    pub again: fn(&[u8], i16) -> Result<Vec<u8>, DecodeError>,
}

fn encoded<M: Message>(m: &M, version: i16) -> Vec<u8> {
    let mut out = Vec::new();
    m.encode(&mut out, version).expect("a sample holds only what its version carries");
    out
}

fn again<M: Message>(bytes: &[u8], version: i16) -> Result<Vec<u8>, DecodeError> {
    let mut r = Reader::from_slice(bytes, 64 << 20);
    let m = M::decode(&mut r, version)?;
    r.finish_strict()?;
    Ok(encoded(&m, version))
}

/// Every message that there is, in the order of the facts.
#[must_use]
pub fn codecs() -> Vec<Codec> {
    let mut all = Vec::new();
    macro_rules! case {
        ($m:ident) => {
            all.push(Codec {
                name: $m::NAME,
                min: $m::MIN,
                max: $m::MAX,
                sample: |seed, version| encoded(&$m::sample(&mut Rng(seed), version), version),
                default: |version| encoded(&$m::default(), version),
                again: again::<$m>,
            });
        };
    }
    for_each_message!(case);
    all
}

/// Samples as text, a line each: name, version, `default` or `sample`, bytes in hexadecimal digits.
///
/// The default and the values of seeds 0 to `seeds`, of every message and version.
#[must_use]
pub fn lines(seeds: u64) -> String {
    let mut out = String::new();
    for codec in codecs() {
        for version in codec.min..=codec.max {
            line(&mut out, (codec.name, version, "default"), &(codec.default)(version));
            for seed in 0..seeds {
                line(&mut out, (codec.name, version, "sample"), &(codec.sample)(seed, version));
            }
        }
    }
    out
}

fn line(out: &mut String, (name, version, kind): (&str, i16, &str), bytes: &[u8]) {
    let _ = write!(out, "{name} {version} {kind} ");
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out.push('\n');
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod java;
#[cfg(test)]
mod tests;
