//! The bytes of a checkpoint: a header with version, generation and CRC, then sections of rkyv archives.
//!
//! Owner: nobody, pure. Invariants: sections start on 16 bytes, as rkyv wants; nothing of a body is looked at
//! before its CRC was right, and rkyv checks every archive again; partitions come in chunks, so that making a
//! checkpoint never holds up the core.

use super::image::{Head, Record};
use bytes::Bytes;
use ringlog_wire::crc::{crc32c, crc32c_append};
use rkyv::rancor;
use rkyv::util::AlignedVec;
use std::fmt;

/// Bytes before the first section.
pub const HEADER_LEN: usize = 64;
const MAGIC: [u8; 4] = *b"RLC\x01";
/// Raised whenever `Head` or `Record` change.
const VERSION: u32 = 1;
const CRC_AT: usize = 24;
const ALIGN: usize = 16;

/// A checkpoint that was read back.
#[derive(Clone, PartialEq, Debug)]
pub struct Checkpoint {
    /// Higher is newer.
    pub generation: u64,
    /// What holds for the whole core.
    pub head: Head,
    /// Every partition.
    pub records: Vec<Record>,
}

/// Why bytes are not a checkpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadCheckpoint {
    /// Too short, too long, or not as long as it says.
    Length,
    /// No checkpoint at all.
    Magic,
    /// Of another version.
    Version(u32),
    /// The CRC is wrong: torn or damaged.
    Crc,
    /// The CRC is right and the body makes no sense: a bug or a newer version.
    Body,
}

impl fmt::Display for BadCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => f.write_str("the checkpoint's length is wrong"),
            Self::Magic => f.write_str("not a checkpoint"),
            Self::Version(v) => write!(f, "the checkpoint has version {v}, this program reads {VERSION}"),
            Self::Crc => f.write_str("the checkpoint's CRC is wrong"),
            Self::Body => f.write_str("the checkpoint's body cannot be read"),
        }
    }
}

/// A checkpoint being made.
#[derive(Debug)]
pub struct Encoder {
    out: Vec<u8>,
}

impl Encoder {
    /// Starts with the head.
    #[must_use]
    pub fn new(head: &Head) -> Self {
        let mut this = Self { out: vec![0; HEADER_LEN] };
        this.section(&rkyv::to_bytes::<rancor::Error>(head).expect("plain data serialises into memory"));
        this
    }

    /// Adds some partitions: one section.
    pub fn push(&mut self, records: &Vec<Record>) {
        self.section(&rkyv::to_bytes::<rancor::Error>(records).expect("plain data serialises into memory"));
    }

    fn section(&mut self, archive: &[u8]) {
        self.out.extend_from_slice(&(archive.len() as u64).to_le_bytes());
        self.out.extend_from_slice(&[0; 8]);
        self.out.extend_from_slice(archive);
        self.out.resize(self.out.len().next_multiple_of(ALIGN), 0);
    }

    /// The finished bytes, as `generation`.
    #[must_use]
    pub fn finish(mut self, generation: u64) -> Bytes {
        let body_len = (self.out.len() - HEADER_LEN) as u64;
        let mut header = Vec::with_capacity(HEADER_LEN);
        header.extend_from_slice(&MAGIC);
        header.extend_from_slice(&VERSION.to_le_bytes());
        header.extend_from_slice(&generation.to_le_bytes());
        header.extend_from_slice(&body_len.to_le_bytes());
        let (front, body) = self.out.split_at_mut(HEADER_LEN);
        let crc = crc32c_append(crc32c(&header), body);
        header.extend_from_slice(&crc.to_le_bytes());
        if let Some(place) = front.get_mut(..header.len()) {
            place.copy_from_slice(&header);
        }
        Bytes::from(self.out)
    }
}

/// Reads a checkpoint back. O(length).
pub fn decode(bytes: &[u8]) -> Result<Checkpoint, BadCheckpoint> {
    let (header, body) = bytes.split_at_checked(HEADER_LEN).ok_or(BadCheckpoint::Length)?;
    let (magic, rest) = header.split_first_chunk::<4>().ok_or(BadCheckpoint::Length)?;
    let (version, rest) = rest.split_first_chunk::<4>().ok_or(BadCheckpoint::Length)?;
    let (generation, rest) = rest.split_first_chunk::<8>().ok_or(BadCheckpoint::Length)?;
    let (len, rest) = rest.split_first_chunk::<8>().ok_or(BadCheckpoint::Length)?;
    let (crc, _) = rest.split_first_chunk::<4>().ok_or(BadCheckpoint::Length)?;
    if *magic != MAGIC {
        return Err(BadCheckpoint::Magic);
    }
    if u64::from_le_bytes(*len) != body.len() as u64 {
        return Err(BadCheckpoint::Length);
    }
    let covered = header.get(..CRC_AT).ok_or(BadCheckpoint::Length)?;
    if crc32c_append(crc32c(covered), body) != u32::from_le_bytes(*crc) {
        return Err(BadCheckpoint::Crc);
    }
    let version = u32::from_le_bytes(*version);
    if version != VERSION {
        return Err(BadCheckpoint::Version(version));
    }
    let (head, mut rest) = section(body)?;
    let head = rkyv::from_bytes::<Head, rancor::Error>(&head).map_err(|_| BadCheckpoint::Body)?;
    let mut records = Vec::new();
    while !rest.is_empty() {
        let (archive, after) = section(rest)?;
        let some =
            rkyv::from_bytes::<Vec<Record>, rancor::Error>(&archive).map_err(|_| BadCheckpoint::Body)?;
        records.extend(some);
        rest = after;
    }
    Ok(Checkpoint { generation: u64::from_le_bytes(*generation), head, records })
}

/// Takes the first section off `body`, into aligned memory.
fn section(body: &[u8]) -> Result<(AlignedVec, &[u8]), BadCheckpoint> {
    let (len, rest) = body.split_first_chunk::<8>().ok_or(BadCheckpoint::Body)?;
    let (_, rest) = rest.split_first_chunk::<8>().ok_or(BadCheckpoint::Body)?;
    let len = usize::try_from(u64::from_le_bytes(*len)).map_err(|_| BadCheckpoint::Body)?;
    let (archive, _) = rest.split_at_checked(len).ok_or(BadCheckpoint::Body)?;
    let padded = len.checked_next_multiple_of(ALIGN).ok_or(BadCheckpoint::Body)?;
    let (_, rest) = rest.split_at_checked(padded).ok_or(BadCheckpoint::Body)?;
    let mut aligned = AlignedVec::with_capacity(len);
    aligned.extend_from_slice(archive);
    Ok((aligned, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::image::tests::record;

    fn sample() -> (Head, Vec<Record>, Bytes) {
        let head = Head {
            layout_generation: 3,
            core: 1,
            cores: 2,
            salt: 99,
            first_generation: 7,
            first_sequence: 70,
            first_prev_crc: 8,
            log_used: true,
            clean: false,
        };
        let records = vec![record(0), record(1), record(2)];
        let mut encoder = Encoder::new(&head);
        encoder.push(&records[..2].to_vec());
        encoder.push(&records[2..].to_vec());
        (head, records, encoder.finish(12))
    }

    #[test]
    fn what_goes_in_comes_out() {
        let (head, records, bytes) = sample();
        assert_eq!(decode(&bytes), Ok(Checkpoint { generation: 12, head, records }));
    }

    #[test]
    fn every_damage_is_seen() {
        let (_, _, bytes) = sample();
        for cut in [0, 10, HEADER_LEN, bytes.len() - 1] {
            assert!(decode(&bytes[..cut]).is_err(), "cut to {cut}");
        }
        for at in 0..bytes.len() {
            let mut bad = bytes.to_vec();
            bad[at] ^= 0x10;
            let covered = !(CRC_AT + 4..HEADER_LEN).contains(&at);
            assert_eq!(decode(&bad).is_err(), covered, "byte {at}");
        }
    }
}
