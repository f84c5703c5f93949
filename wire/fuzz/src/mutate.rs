//! Mutations of inputs: seeded, so that a failure's seed gives its input back.
//!
//! Owner: the tests of `wire` and the hunt. Invariant: the same seed and input give the same bytes.

/// SplitMix64 (Steele, Lea, Flood 2014).
pub struct Rng(pub u64);

impl Rng {
    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`, which is above 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

/// Lengths and counts that have hurt decoders: the ends of every width, varints of every length, small lies.
pub const HOSTILE: &[&[u8]] = &[
    &[0x7f, 0xff, 0xff, 0xff],
    &[0x80, 0, 0, 0],
    &[0xff, 0xff, 0xff, 0xff],
    &[0xff, 0xff, 0xff, 0xfe],
    &[0, 1, 0, 0],
    &[0, 0, 0x0f, 0xa0],
    &[0, 0, 0, 100],
    &[0x7f, 0xff],
    &[0x80, 0],
    &[0xff, 0xfe],
    &[0, 100],
    &[0xff, 0xff, 0xff, 0xff, 0x0f],
    &[0xff, 0xff, 0xff, 0xff, 0x07],
    &[0x80, 0x80, 0x80, 0x80, 0x10],
    &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02],
    &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    &[0xa1, 0x1f],
    &[0x81, 0x80, 0x04],
    &[0x65],
    &[0],
];

/// Inputs never grow beyond this.
const INPUT_MAX: usize = 64 << 10;

/// One input made from `inputs`: one of them, changed one to six times.
///
/// # Panics
/// If `inputs` is empty.
#[must_use]
pub fn mutated(rng: &mut Rng, inputs: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = one_of(rng, inputs).clone();
    for _ in 0..=rng.below(6) {
        change(rng, &mut bytes, inputs);
    }
    bytes.truncate(INPUT_MAX);
    bytes
}

fn one_of<'a, T>(rng: &mut Rng, all: &'a [T]) -> &'a T {
    all.get(rng.below(all.len())).expect("below the length")
}

fn hostile(rng: &mut Rng) -> &'static [u8] {
    HOSTILE.get(rng.below(HOSTILE.len())).expect("below the length")
}

fn change(rng: &mut Rng, bytes: &mut Vec<u8>, inputs: &[Vec<u8>]) {
    let at = rng.below(bytes.len() + 1);
    match rng.below(9) {
        0 => set(bytes, at, &[rng.next() as u8]),
        1 => set(bytes, at, hostile(rng)),
        2 => bytes.truncate(at),
        3 => drop(bytes.splice(at..at, hostile(rng).iter().copied())),
        4 => {
            let end = (at + 1 + rng.below(8)).min(bytes.len());
            bytes.drain(at.min(end)..end);
        }
        5 => bytes.resize(bytes.len() + rng.below(2000), *one_of(rng, &[0, 1, 2, 0x7f, 0xff])),
        6 => {
            let other = one_of(rng, inputs);
            let from = rng.below(other.len() + 1);
            bytes.truncate(at);
            bytes.extend_from_slice(other.get(from..).unwrap_or_default());
        }
        7 => {
            let end = (at + rng.below(64)).min(bytes.len());
            let piece = bytes.get(at..end).unwrap_or_default().to_vec();
            drop(bytes.splice(at..at, piece));
        }
        _ => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << rng.below(8);
            }
        }
    }
}

/// Overwrites what is at `at`, as far as there are bytes.
pub fn set(bytes: &mut [u8], at: usize, new: &[u8]) {
    bytes.iter_mut().skip(at).zip(new).for_each(|(byte, new)| *byte = *new);
}
