//! CRC-32C (Castagnoli), the checksum of record batches, as fast as the processor gives it.
//!
//! Owner: the caller. Why this library: it folds with the widest carry-less multiplication that the processor has, which
//! is twice as fast from 1 KiB on as the three interleaved `crc32` instructions that others use (docs/wire.md). Only
//! sums are combined by code of ours: the library's takes microseconds, and each frame of the commit log needs one.

use crc_fast::{CrcAlgorithm, Digest, crc32_iscsi};

/// Of all of `bytes`. O(bytes).
#[inline]
#[must_use]
pub fn crc32c(bytes: &[u8]) -> u32 {
    crc32_iscsi(bytes)
}

/// Of what gave `crc`, with `bytes` behind it. O(bytes).
#[must_use]
pub fn crc32c_append(crc: u32, bytes: &[u8]) -> u32 {
    // The register holds the complement of what is given out.
    let mut digest = Digest::new_with_init_state(CrcAlgorithm::Crc32Iscsi, u64::from(!crc));
    digest.update(bytes);
    digest.finalize() as u32
}

/// Of what gave `crc` with `len` bytes behind it that gave `more`. O(log `len`), well below a microsecond.
///
/// `len` bytes behind it multiply the remainder by x^(8 `len`).
#[must_use]
pub fn crc32c_combine(crc: u32, more: u32, len: usize) -> u32 {
    let mut product = crc;
    let mut left = len;
    for power in &POWERS {
        if left == 0 {
            break;
        }
        if left & 1 == 1 {
            product = multiply(*power, product);
        }
        left >>= 1;
    }
    product ^ more
}

/// The polynomial of CRC-32C, reflected: bit 31 is x^0 (RFC 3720, B.4).
const POLYNOMIAL: u32 = 0x82f6_3b78;

/// x^(8 * 2^n) modulo the polynomial, for each bit of a length.
const POWERS: [u32; usize::BITS as usize] = {
    let mut powers = [0; usize::BITS as usize];
    let mut power = 1 << (31 - 8);
    let mut left: &mut [u32] = &mut powers;
    while let Some((first, others)) = left.split_first_mut() {
        *first = power;
        power = multiply(power, power);
        left = others;
    }
    powers
};

/// The product of two reflected polynomials modulo that of CRC-32C.
const fn multiply(a: u32, b: u32) -> u32 {
    let (mut product, mut shifted, mut bit) = (0, b, 0);
    while bit < 32 {
        // Masks, not branches: which bits are set cannot be predicted.
        product ^= shifted & ((a >> (31 - bit)) & 1).wrapping_neg();
        shifted = (shifted >> 1) ^ (POLYNOMIAL & (shifted & 1).wrapping_neg());
        bit += 1;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the definition: the reflected polynomial 0x1EDC6F41, a bit at a time (RFC 3720, B.4).
    fn slowly(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0u32, |crc, b| {
            (0..8).fold(crc ^ u32::from(*b), |c, _| (c >> 1) ^ (0x82f6_3b78 & (c & 1).wrapping_neg()))
        })
    }

    #[test]
    fn every_length_and_alignment_gives_what_the_definition_says() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
        assert_eq!(crc32c(b""), 0);
        let mut state = 7u32;
        let bytes: Vec<u8> = (0..9000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        for len in (0..600).chain([1023, 1024, 1025, 4095, 4500, 8999]) {
            for from in [0, 1, 7, (len % 64).min(9000 - len)] {
                let Some(part) = bytes.get(from..from + len) else { continue };
                let crc = slowly(part);
                assert_eq!(crc32c(part), crc, "{len} bytes from {from}");
                let (a, b) = part.split_at(len / 3);
                assert_eq!(crc32c_append(crc32c(a), b), crc, "{} and {} bytes", a.len(), b.len());
                let joined = crc32c_combine(crc32c(a), crc32c(b), b.len());
                assert_eq!(joined, crc, "{} and {} bytes", a.len(), b.len());
            }
        }
    }
}
