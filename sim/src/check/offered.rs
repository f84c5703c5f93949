//! The batches that clients send: made from their number, so that every byte of every record is known.
//!
//! Owner: the history. Invariants: no two batches have equal bytes, unless one is the other sent again; a record
//! names the number of its batch, so that it is known again in a batch that was recompressed.

use crate::rng::Rng;
use bytes::Bytes;
use ringlog_wire::compress::{Codec, decompress};
use ringlog_wire::record::batch::BatchView;
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use ringlog_wire::record::walk::Records;

/// Names a batch in a run.
pub type BatchNo = usize;

/// An idempotent producer's place for a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sequence {
    /// Producer id.
    pub id: i64,
    /// Producer epoch.
    pub epoch: i16,
    /// Of the first record.
    pub first: i32,
}

/// What to send.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// Records.
    pub records: u32,
    /// Longest value, bytes.
    pub value_max: u64,
    /// How they are compressed.
    pub codec: Codec,
    /// The first record's timestamp, ms.
    pub timestamp: i64,
    /// The producer's part.
    pub sequence: Option<Sequence>,
}

/// What became of a batch, as far as its sender knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Sent, not answered, or answered with an error that does not say.
    Open,
    /// Acknowledged at this offset, with this append time.
    Acked(i64, i64),
    /// Refused for good: it must never be seen.
    Refused,
}

/// One batch.
#[derive(Clone, Debug)]
pub struct Offered {
    /// The bytes sent.
    pub bytes: Bytes,
    /// Records.
    pub records: u32,
    /// The producer's part.
    pub sequence: Option<Sequence>,
    /// The stream of requests that it went out in, and its place there: later ones must not overtake it.
    pub stream: (u64, u64),
    /// Times it was sent.
    pub sent: u32,
    /// What is known of it.
    pub fate: Fate,
    /// An answer may be missing because the log refused it, or the wait for it ended early.
    pub doubtful: bool,
    /// Virtual time of the first sending, ns.
    pub sent_at: u64,
    /// The wall clock then, ms.
    pub sent_wall: i64,
}

/// The value of record `index` of batch `no`.
fn value(no: BatchNo, index: u32, max: u64) -> Vec<u8> {
    let mut value = (no as u64).to_be_bytes().to_vec();
    value.extend(index.to_be_bytes());
    let rng = Rng::new((no as u64) << 20 | u64::from(index));
    let len = usize::try_from(rng.below(max + 1)).unwrap_or(0);
    let run = rng.one_in(3);
    while value.len() < len {
        let word = if run { 0x2020_2020_2020_2020 } else { rng.next() };
        value.extend(word.to_be_bytes());
    }
    value
}

/// The bytes of batch `no`.
#[must_use]
pub fn build(no: BatchNo, wish: &Wish) -> Bytes {
    let sequence = wish.sequence.unwrap_or(Sequence { id: -1, epoch: -1, first: -1 });
    let mut builder = BatchBuilder::new(BatchOptions {
        codec: wish.codec,
        producer_id: sequence.id,
        producer_epoch: sequence.epoch,
        base_sequence: sequence.first,
        ..BatchOptions::default()
    });
    let rng = Rng::new(no as u64 ^ 0x7157_a3b5);
    for index in 0..wish.records {
        // Timestamps go back and forth a little.
        let at = wish.timestamp + i64::try_from(rng.below(50)).unwrap_or(0);
        let key = rng.one_in(2).then_some(&b"key"[..]);
        let header = [("h", Some(&b"v"[..]))];
        let headers = if rng.one_in(4) { &header[..] } else { &[] };
        builder.append(at, key, Some(&value(no, index, wish.value_max)), headers);
    }
    builder.build().expect("a small batch can be built")
}

/// The number of the batch that wrote the first record of a stored batch, from the record's value.
///
/// Errors: the records cannot be read.
pub fn number_of(stored: &BatchView<'_>) -> Result<BatchNo, String> {
    let plain = plain(stored)?;
    let first = Records::new(&plain, stored.header().records_count).next();
    let record = first.ok_or("a batch without records")?.map_err(|e| format!("{e:?}"))?;
    let value = record.value.ok_or("a record without a value")?;
    let no = value.first_chunk::<8>().ok_or("a record that nobody sent")?;
    usize::try_from(u64::from_be_bytes(*no)).map_err(|e| e.to_string())
}

/// The records of a batch, decompressed.
pub fn plain(batch: &BatchView<'_>) -> Result<Vec<u8>, String> {
    let codec = batch.header().attributes.codec().ok_or("an unknown codec")?;
    let payload = Bytes::copy_from_slice(batch.payload());
    decompress(codec, &payload, &Default::default()).map_err(|e| format!("records cannot be read: {e:?}"))
}

/// The stored batch says what was sent; only what a leader stamps may differ.
pub fn same(offered: &Offered, stored: &BatchView<'_>) -> Result<(), String> {
    let sent = BatchView::first(&offered.bytes).map_err(|e| format!("{e:?}"))?;
    let (a, b) = (sent.header(), stored.header());
    let head = |h: &ringlog_wire::record::batch::BatchHeader| {
        (
            h.last_offset_delta,
            h.base_timestamp,
            h.producer_id,
            h.producer_epoch,
            h.base_sequence,
            h.records_count,
        )
    };
    if head(a) != head(b) {
        return Err(format!("a header was changed: sent {a:?}, stored {b:?}"));
    }
    let stamped = b.attributes.is_log_append_time();
    if !stamped && a.max_timestamp != b.max_timestamp {
        return Err(format!("a max timestamp was changed: sent {a:?}, stored {b:?}"));
    }
    if a.attributes.codec() == b.attributes.codec() {
        return if sent.payload() == stored.payload() { Ok(()) } else { Err("records were changed".into()) };
    }
    if plain(&sent)? == plain(stored)? { Ok(()) } else { Err("records were changed".into()) }
}
