//! Frames of the commit log: entries, a chained CRC, whole blocks.
//!
//! Owner: the core's `Store`; a `FrameBuf` is being built, in flight, or idle. Invariants: a frame is valid only
//! in its place of its chain: salt, generation of its file, sequence and the CRC of the frame before must fit;
//! so bytes of a recycled file, and bytes that a client wrote to look like a frame, never pass for one.
//! Padding behind the payload is zero.

use crate::buf::{AlignedBuf, BLOCK, Gauge, blocks_up};
use crate::commit::entry::HEAD_LEN;
use ringlog_wire::crc::{crc32c, crc32c_append, crc32c_combine};

/// Bytes of a frame's header.
pub const HEADER_LEN: usize = 64;
const MAGIC: [u8; 4] = *b"RLF\x01";
/// Where the header's own CRC lies.
const CRC_AT: usize = 60;

/// A frame's place in the chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    /// Chosen at random when the log was made; a client cannot guess it.
    pub salt: u64,
    /// Generation of the file: one higher with each file taken into use.
    pub generation: u64,
    /// Number of the frame, one higher each.
    pub sequence: u64,
    /// CRC of the frame before; 0 before the first.
    pub prev_crc: u32,
}

/// What a frame's header says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FrameHeader {
    /// Its place in the chain.
    pub link: Link,
    /// Header and payload, bytes, without padding.
    pub len: usize,
    /// CRC32C over the header before the CRC, and the payload.
    pub crc: u32,
}

impl FrameHeader {
    /// Reads the header at the front of `block`; `None` if there is none of this `salt` and of a length up to
    /// `max`. The CRC is not checked yet.
    #[must_use]
    pub fn parse(block: &[u8], salt: u64, max: usize) -> Option<Self> {
        let (magic, rest) = block.get(..HEADER_LEN)?.split_first_chunk::<4>()?;
        let (len, rest) = rest.split_first_chunk::<4>()?;
        let (found, rest) = rest.split_first_chunk::<8>()?;
        let (generation, rest) = rest.split_first_chunk::<8>()?;
        let (sequence, rest) = rest.split_first_chunk::<8>()?;
        let (prev, rest) = rest.split_first_chunk::<4>()?;
        let crc = rest.last_chunk::<4>()?;
        let len = u32::from_le_bytes(*len) as usize;
        if *magic != MAGIC || u64::from_le_bytes(*found) != salt || len < HEADER_LEN || len > max {
            return None;
        }
        let link = Link {
            salt,
            generation: u64::from_le_bytes(*generation),
            sequence: u64::from_le_bytes(*sequence),
            prev_crc: u32::from_le_bytes(*prev),
        };
        Some(Self { link, len, crc: u32::from_le_bytes(*crc) })
    }

    /// The salt and generation of a header whose salt is not known yet; the caller checks the frame.
    #[must_use]
    pub fn salt_of(block: &[u8]) -> Option<u64> {
        let salt = block.get(8..16)?.first_chunk::<8>()?;
        block.starts_with(&MAGIC).then(|| u64::from_le_bytes(*salt))
    }

    /// True if `frame` (at least `len` bytes) is what was written.
    #[must_use]
    pub fn verifies(&self, frame: &[u8]) -> bool {
        frame.get(..self.len).and_then(crc_of).is_some_and(|crc| crc == self.crc)
    }

    /// Bytes on disk, padding included.
    #[must_use]
    pub fn disk_len(&self) -> usize {
        blocks_up(self.len)
    }
}

fn crc_of(frame: &[u8]) -> Option<u32> {
    let (header, payload) = frame.split_at_checked(HEADER_LEN)?;
    Some(crc32c_append(crc32c(header.get(..CRC_AT)?), payload))
}

/// From this length on a part is copied past the caches.
const LONG_PART: usize = 8 << 10;

/// A frame being built, in memory that is written as it is.
#[derive(Debug)]
pub struct FrameBuf {
    buf: AlignedBuf,
    len: usize,
    entries: u32,
    /// CRC of the entries, as far as `summed`.
    sum: u32,
    summed: usize,
}

impl FrameBuf {
    /// An empty frame of at most `max` bytes on disk.
    #[must_use]
    pub fn new(max: usize, gauge: &Gauge) -> Self {
        Self::reuse(AlignedBuf::zeroed(max, gauge))
    }

    /// An empty frame in a buffer used before.
    #[must_use]
    pub fn reuse(buf: AlignedBuf) -> Self {
        Self { buf, len: HEADER_LEN, entries: 0, sum: 0, summed: HEADER_LEN }
    }

    /// True before the first entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// Bytes on disk if it were sealed now.
    #[must_use]
    pub fn disk_len(&self) -> usize {
        blocks_up(self.len)
    }

    /// True if an entry of `bytes` after its head still fits.
    #[must_use]
    pub fn fits(&self, bytes: usize) -> bool {
        bytes <= self.buf.capacity() && self.len + HEAD_LEN + bytes <= self.buf.capacity()
    }

    /// Adds an entry: its head, then `parts` one after the other. One copy, no allocation.
    ///
    /// # Panics
    /// If it does not fit: the caller asked `fits`.
    pub fn push(&mut self, head: &[u8; HEAD_LEN], parts: &[&[u8]]) {
        for part in std::iter::once(head.as_slice()).chain(parts.iter().copied()) {
            if part.len() < LONG_PART {
                let place = self.buf.as_mut_slice().get_mut(self.len..self.len + part.len());
                place.expect("an entry is pushed where it fits").copy_from_slice(part);
            } else {
                self.sum_up();
                self.buf.write_past_caches(self.len, part);
                // From where it came: there it is in the cache.
                self.sum = crc32c_append(self.sum, part);
                self.summed += part.len();
            }
            self.len += part.len();
        }
        self.entries += 1;
    }

    /// Adds what is there to the sum.
    fn sum_up(&mut self) {
        let rest =
            self.buf.as_slice().get(self.summed..self.len).expect("what was pushed lies in the buffer");
        self.sum = crc32c_append(self.sum, rest);
        self.summed = self.len;
    }

    /// Finishes the frame at its place in the chain; returns the memory, its length on disk and its CRC.
    #[must_use]
    pub fn seal(mut self, link: &Link) -> (AlignedBuf, usize, u32) {
        self.sum_up();
        let (len, disk_len) = (self.len, self.disk_len());
        let frame = self.buf.as_mut_slice().get_mut(..disk_len).expect("a frame lies in its buffer");
        let (used, padding) = frame.split_at_mut(len);
        padding.fill(0);
        let mut header = [0u8; HEADER_LEN];
        let mut rest = header.as_mut_slice();
        let mut put = |bytes: &[u8]| {
            let (front, tail) = std::mem::take(&mut rest).split_at_mut(bytes.len());
            front.copy_from_slice(bytes);
            rest = tail;
        };
        put(&MAGIC);
        put(&u32::try_from(len).expect("a frame is below FRAME_MAX").to_le_bytes());
        put(&link.salt.to_le_bytes());
        put(&link.generation.to_le_bytes());
        put(&link.sequence.to_le_bytes());
        put(&link.prev_crc.to_le_bytes());
        put(&self.entries.to_le_bytes());
        if let Some(place) = used.get_mut(..HEADER_LEN) {
            place.copy_from_slice(&header);
        }
        let head = crc32c(header.get(..CRC_AT).expect("a header holds its sum"));
        let crc = crc32c_combine(head, self.sum, len - HEADER_LEN);
        if let Some(place) = used.get_mut(CRC_AT..HEADER_LEN) {
            place.copy_from_slice(&crc.to_le_bytes());
        }
        (self.buf, disk_len, crc)
    }
}

const _: () = assert!(HEADER_LEN + HEAD_LEN < BLOCK);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::entry::{Entry, bare_head};

    const LINK: Link = Link { salt: 0x5a17, generation: 3, sequence: 41, prev_crc: 9 };

    fn sealed() -> (AlignedBuf, usize, u32) {
        let mut frame = FrameBuf::new(3 * BLOCK, &Gauge::default());
        assert!(frame.is_empty());
        frame.push(&bare_head(&Entry::Closed), &[&[1u8; 5000]]);
        frame.seal(&LINK)
    }

    #[test]
    fn a_sealed_frame_is_found_and_verified_only_as_written() {
        let (mut buf, disk_len, crc) = sealed();
        assert_eq!(disk_len, 2 * BLOCK);
        let header = FrameHeader::parse(buf.as_slice(), LINK.salt, disk_len).unwrap();
        assert_eq!((header.link, header.crc, header.disk_len()), (LINK, crc, disk_len));
        assert!(header.verifies(buf.as_slice()));
        assert_eq!(FrameHeader::parse(buf.as_slice(), LINK.salt + 1, disk_len), None);
        assert_eq!(FrameHeader::parse(buf.as_slice(), LINK.salt, 5000), None, "longer than a frame may be");
        for at in [4usize, 8, 16, 24, 32, 36, 60, HEADER_LEN, header.len - 1] {
            buf.as_mut_slice()[at] ^= 1;
            let found = FrameHeader::parse(buf.as_slice(), LINK.salt, disk_len);
            assert!(found.is_none_or(|h| !h.verifies(buf.as_slice())), "byte {at} changed unseen");
            buf.as_mut_slice()[at] ^= 1;
        }
    }

    /// Long parts are copied and summed in another way, between short ones and at any place.
    #[test]
    fn long_and_short_parts_are_the_bytes_in_order_and_verify() {
        let bytes: Vec<u8> = (0..40_000u32).map(|n| (n * n / 7 + n) as u8).collect();
        let head = bare_head(&Entry::Closed);
        for shift in [0, 1, 15, 40, 63, 64] {
            for long in [LONG_PART - 1, LONG_PART, LONG_PART + 1, 20_000] {
                let mut frame = FrameBuf::new(16 * BLOCK, &Gauge::default());
                let parts =
                    [&bytes[..shift], &bytes[shift..shift + long], &bytes[3..70], &bytes[5..5 + long]];
                frame.push(&head, &parts[..2]);
                frame.push(&head, &parts[2..]);
                let (buf, disk_len, _) = frame.seal(&LINK);
                let expected =
                    [&head, parts[0], parts[1], &head, parts[2], parts[3]].map(<[u8]>::to_vec).concat();
                assert!(buf.as_slice()[HEADER_LEN..].starts_with(&expected), "{shift} {long}");
                let header = FrameHeader::parse(buf.as_slice(), LINK.salt, disk_len).unwrap();
                assert!(header.verifies(buf.as_slice()), "{shift} {long}");
            }
        }
    }

    #[test]
    fn padding_is_zero_in_a_buffer_used_before() {
        let (mut buf, ..) = sealed();
        buf.as_mut_slice().fill(0xff);
        let mut frame = FrameBuf::reuse(buf);
        frame.push(&bare_head(&Entry::Closed), &[]);
        let (buf, disk_len, _) = frame.seal(&LINK);
        assert_eq!(disk_len, BLOCK);
        assert!(buf.as_slice()[HEADER_LEN + HEAD_LEN..BLOCK].iter().all(|&b| b == 0));
        let frame = FrameBuf::reuse(buf);
        assert!(frame.fits(3 * BLOCK - HEADER_LEN - HEAD_LEN));
        assert!(!frame.fits(3 * BLOCK - HEADER_LEN - HEAD_LEN + 1));
        assert!(!frame.fits(usize::MAX));
    }
}
