//! One raw snappy block, unpacked a piece at a time, so that a batch of many megabytes does not hold its core.
//!
//! Owner: one snappy decoder. Invariants: output never passes the announced size; a copy reaches only into what
//! the block has given. Source: the snappy format description, section 2.

use super::CompressError;
use bytes::{Buf, Bytes};

const BAD: CompressError = CompressError::Corrupt("snappy");

/// A block under way: its elements not yet unpacked.
#[derive(Debug)]
pub(super) struct Block {
    elements: Bytes,
    size: usize,
}

impl Block {
    /// `packed`: the whole block with its length preamble. `size`: what the preamble says, believed by the caller.
    pub(super) fn new(mut packed: Bytes, size: usize) -> Result<Self, CompressError> {
        while packed.try_get_u8().map_err(|_| BAD)? >= 0x80 {}
        Ok(Self { elements: packed, size })
    }

    /// Appends at least `budget` bytes to `out`, or what is left. Returns true at the block's end.
    ///
    /// `out`: everything that this block has given so far, and nothing else.
    pub(super) fn unpack(&mut self, out: &mut Vec<u8>, budget: usize) -> Result<bool, CompressError> {
        let until = out.len().saturating_add(budget).min(self.size);
        while out.len() < until {
            self.element(out)?;
            if out.len() > self.size {
                return Err(BAD);
            }
        }
        match (out.len() == self.size, self.elements.is_empty()) {
            (true, true) => Ok(true),
            (true, false) => Err(BAD),
            (false, _) => Ok(false),
        }
    }

    fn element(&mut self, out: &mut Vec<u8>) -> Result<(), CompressError> {
        let tag = self.elements.try_get_u8().map_err(|_| BAD)?;
        let high = usize::from(tag >> 2);
        match tag & 3 {
            0 => self.literal(high, out),
            1 => {
                let low = self.elements.try_get_u8().map_err(|_| BAD)?;
                copy(out, (high >> 3) << 8 | usize::from(low), (high & 7) + 4)
            }
            2 => {
                let offset = self.elements.try_get_u16_le().map_err(|_| BAD)?;
                copy(out, usize::from(offset), high + 1)
            }
            _ => {
                let offset = self.elements.try_get_u32_le().map_err(|_| BAD)?;
                copy(out, offset as usize, high + 1)
            }
        }
    }

    /// Lengths above 60 stand in one to four bytes behind the tag.
    fn literal(&mut self, high: usize, out: &mut Vec<u8>) -> Result<(), CompressError> {
        let length = match high {
            0..60 => high,
            n => self.elements.try_get_uint_le(n - 59).map_err(|_| BAD)? as usize,
        } + 1;
        let bytes = self.elements.get(..length).ok_or(BAD)?;
        out.extend_from_slice(bytes);
        self.elements.advance(length);
        Ok(())
    }
}

/// Repeats `length` bytes from `offset` bytes back; the source may run into what it writes.
fn copy(out: &mut Vec<u8>, offset: usize, length: usize) -> Result<(), CompressError> {
    let from = out.len().checked_sub(offset).filter(|_| offset > 0).ok_or(BAD)?;
    let mut left = length;
    while left > 0 {
        // What lies between `from` and the end repeats; each round it has grown.
        let n = left.min(out.len() - from);
        out.extend_from_within(from..from + n);
        left -= n;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compress::snappy::compress_raw;

    fn unpack(packed: &[u8], budget: usize) -> Result<Vec<u8>, CompressError> {
        let size = snap::raw::decompress_len(packed).map_err(|_| BAD)?;
        let mut block = Block::new(Bytes::copy_from_slice(packed), size)?;
        let mut out = Vec::new();
        while !block.unpack(&mut out, budget)? {}
        Ok(out)
    }

    fn samples() -> Vec<Vec<u8>> {
        let mixed = (0..200_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8 & (i >> 10) as u8);
        vec![vec![7; 100_000], b"abcabcabcabcabcabcabcabcX".repeat(50), mixed.collect(), vec![1]]
    }

    #[test]
    fn pieces_of_any_size_give_the_block() {
        for data in samples() {
            let packed = compress_raw(&data);
            for budget in [1, 1000, usize::MAX] {
                assert_eq!(unpack(&packed, budget).as_ref(), Ok(&data));
            }
        }
    }

    #[test]
    fn damage_is_judged_as_the_library_does() {
        let packed = compress_raw(&b"some text, some more text, and some text again ".repeat(9));
        for at in 0..packed.len() {
            for flip in 1..=255u8 {
                let mut bad = packed.clone();
                bad[at] ^= flip;
                let size = snap::raw::decompress_len(&bad).unwrap_or(usize::MAX);
                if size > 1 << 20 {
                    continue;
                }
                let library = snap::raw::Decoder::new().decompress_vec(&bad);
                assert_eq!(unpack(&bad, 64).ok(), library.ok(), "byte {at} ^ {flip}");
            }
            assert!(unpack(&packed[..at], 64).is_err());
        }
    }
}
