//! Snappy: raw blocks, and snappy-java's chunked framing ("xerial") that the Java client writes.
//!
//! Owner: one decoder. Invariants: a block's announced length is believed only up to what its bytes can expand
//! to and up to the cap, before memory is taken; chunks are unpacked one at a time.
//! The official framing format (with CRCs) is not Kafka's and is refused.

use super::CompressError;
use bytes::{Buf, Bytes};

/// snappy-java's stream header: magic, then version 1 and oldest compatible version 1.
const XERIAL_MAGIC: [u8; 8] = [0x82, b'S', b'N', b'A', b'P', b'P', b'Y', 0];
const XERIAL_HEADER: [u8; 16] = [0x82, b'S', b'N', b'A', b'P', b'P', b'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1];
/// Bytes that snappy-java puts in a chunk.
const CHUNK: usize = 32 << 10;
/// The densest element is a copy: 3 bytes give 64. 22 : 1 is above any valid block's ratio.
const RATIO_MAX: usize = 22;

const BAD: CompressError = CompressError::Corrupt("snappy");

pub(super) struct Snappy {
    input: Bytes,
    chunked: bool,
    block: Vec<u8>,
    given: usize,
    cap_left: usize,
}

impl Snappy {
    pub(super) fn new(mut input: Bytes, cap: usize) -> Result<Self, CompressError> {
        let chunked = input.starts_with(&XERIAL_MAGIC);
        if chunked {
            // Versions are not looked at, as in snappy-java's reader of equal or older streams.
            if input.len() < XERIAL_HEADER.len() {
                return Err(CompressError::Corrupt("snappy header is cut off"));
            }
            input.advance(XERIAL_HEADER.len());
        } else if input.is_empty() {
            return Err(CompressError::Corrupt("no snappy block"));
        }
        Ok(Self { input, chunked, block: Vec::new(), given: 0, cap_left: cap })
    }

    pub(super) fn read(&mut self, out: &mut [u8]) -> Result<usize, CompressError> {
        // A chunk may be empty: go on until one gives something or the input ends.
        while self.given == self.block.len() {
            if self.input.is_empty() {
                return Ok(0);
            }
            self.next_block()?;
        }
        let ready = self.block.get(self.given..).unwrap_or_default();
        let n = ready.len().min(out.len());
        out.iter_mut().zip(ready).for_each(|(o, b)| *o = *b);
        self.given += n;
        Ok(n)
    }

    fn next_block(&mut self) -> Result<(), CompressError> {
        let packed = if self.chunked {
            let length = self.input.try_get_i32().map_err(|_| BAD)?;
            let length = usize::try_from(length).map_err(|_| BAD)?;
            if length == 0 || length > self.input.len() {
                return Err(BAD);
            }
            self.input.split_to(length)
        } else {
            std::mem::take(&mut self.input)
        };
        let size = snap::raw::decompress_len(&packed).map_err(|_| BAD)?;
        if size > packed.len().saturating_mul(RATIO_MAX) {
            return Err(CompressError::Corrupt("a snappy block announces more than it can hold"));
        }
        self.cap_left = self.cap_left.checked_sub(size).ok_or(CompressError::OverCap)?;
        self.block.clear();
        self.block.resize(size, 0);
        let got = snap::raw::Decoder::new().decompress(&packed, &mut self.block).map_err(|_| BAD)?;
        self.given = 0;
        if got == size { Ok(()) } else { Err(BAD) }
    }
}

/// Chunked framing in blocks of 32 KiB, as the Java client writes.
pub(super) fn compress(input: &[u8], out: &mut Vec<u8>) -> Result<(), CompressError> {
    out.extend_from_slice(&XERIAL_HEADER);
    let mut encoder = snap::raw::Encoder::new();
    for chunk in input.chunks(CHUNK) {
        let packed = encoder.compress_vec(chunk).map_err(|_| CompressError::Corrupt("snappy encoder"))?;
        out.extend_from_slice(&(packed.len() as u32).to_be_bytes());
        out.extend_from_slice(&packed);
    }
    Ok(())
}

#[cfg(test)]
pub(super) fn compress_raw(input: &[u8]) -> Vec<u8> {
    snap::raw::Encoder::new().compress_vec(input).expect("small")
}
