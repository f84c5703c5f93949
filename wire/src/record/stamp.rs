//! Stamping: what the leader writes into a batch header at append.
//!
//! Owner: the partition's core, on its own 61-byte copy of the header; the received bytes stay untouched.
//! Invariant: base offset and leader epoch lie outside the CRC; the CRC is recomputed only when timestamp type
//! or max timestamp change, and then the header is valid again.

use crate::record::batch::{Attributes, CRC_START, HEADER_LEN};

/// What to write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp {
    /// Offset of the first record.
    pub base_offset: i64,
    /// The leader's epoch.
    pub leader_epoch: i32,
    /// `Some(now)` for a LogAppendTime topic: becomes the max timestamp, and the flag is set.
    pub log_append_time: Option<i64>,
    /// The greatest record timestamp; ignored with `log_append_time`.
    pub max_timestamp: i64,
}

/// Stamps `header`; `body` is everything after it. Returns true if the CRC had to be recomputed.
///
/// O(1), or O(body) where the CRC changes.
pub fn stamp(header: &mut [u8; HEADER_LEN], body: &[u8], stamp: Stamp) -> bool {
    put(header, 0, &stamp.base_offset.to_be_bytes());
    put(header, 12, &stamp.leader_epoch.to_be_bytes());
    let old_attributes = u16::from_be_bytes(at(header, 21));
    let old_max = i64::from_be_bytes(at(header, 35));
    let flag = Attributes::LOG_APPEND_TIME;
    let (attributes, max) = match stamp.log_append_time {
        Some(now) => (old_attributes | flag, now),
        None => (old_attributes & !flag, stamp.max_timestamp),
    };
    if (attributes, max) == (old_attributes, old_max) {
        return false;
    }
    put(header, 21, &attributes.to_be_bytes());
    put(header, 35, &max.to_be_bytes());
    let crc = crc_of(header, body);
    put(header, 17, &crc.to_be_bytes());
    true
}

/// CRC-32C of a batch given as header and body. O(body).
#[must_use]
pub fn crc_of(header: &[u8; HEADER_LEN], body: &[u8]) -> u32 {
    let head = crate::crc::crc32c(header.get(CRC_START..).unwrap_or_default());
    crate::crc::crc32c_append(head, body)
}

fn at<const N: usize>(header: &[u8; HEADER_LEN], from: usize) -> [u8; N] {
    *header.get(from..).and_then(|s| s.first_chunk::<N>()).expect("fixed fields lie inside the header")
}

fn put(header: &mut [u8; HEADER_LEN], from: usize, value: &[u8]) {
    header
        .get_mut(from..from + value.len())
        .expect("fixed fields lie inside the header")
        .copy_from_slice(value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::batch::BatchView;
    use crate::record::build::{BatchBuilder, BatchOptions};

    fn stamped(s: Stamp) -> (Vec<u8>, bool) {
        let mut b = BatchBuilder::new(BatchOptions::default());
        b.append(1000, Some(b"k"), Some(b"v"), &[]);
        b.append(3000, Some(b"k"), Some(b"v"), &[]);
        let bytes = b.build().expect("fits");
        let mut header = *bytes.first_chunk::<HEADER_LEN>().unwrap();
        let again = stamp(&mut header, &bytes[HEADER_LEN..], s);
        ([header.as_slice(), &bytes[HEADER_LEN..]].concat(), again)
    }

    #[test]
    fn create_time_leaves_the_crc_alone() {
        let (bytes, again) = stamped(Stamp {
            base_offset: 1 << 40,
            leader_epoch: 9,
            log_append_time: None,
            max_timestamp: 3000,
        });
        assert!(!again);
        let view = BatchView::first(&bytes).unwrap();
        view.check_crc().unwrap();
        assert_eq!((view.header().base_offset, view.header().partition_leader_epoch), (1 << 40, 9));
    }

    #[test]
    fn log_append_time_and_a_corrected_max_recompute_the_crc() {
        let (bytes, again) = stamped(Stamp {
            base_offset: 5,
            leader_epoch: 0,
            log_append_time: Some(77),
            max_timestamp: 3000,
        });
        assert!(again);
        let view = BatchView::first(&bytes).unwrap();
        view.check_crc().unwrap();
        assert!(view.header().attributes.is_log_append_time());
        assert_eq!(view.header().timestamp_of(12), 77);
        let (bytes, again) =
            stamped(Stamp { base_offset: 5, leader_epoch: 0, log_append_time: None, max_timestamp: 2999 });
        assert!(again);
        let view = BatchView::first(&bytes).unwrap();
        view.check_crc().unwrap();
        assert_eq!(view.header().max_timestamp, 2999);
    }
}
