//! What a batch's header alone decides: steps 2 to 4 of protocol.md 3.2.
//!
//! Owner: one check. Invariant: what passes is exactly one whole batch of magic 2, its records not yet looked at.

use super::outcome::{ProduceReject, ProduceRules, RejectKind, invalid, reject};
use crate::compress::{Codec, DecodeLimits};
use crate::record::batch::{BatchError, BatchHeader, CRC_START, HEADER_LEN, LENGTH_PREFIX, MAGIC_V2};
use crate::record::walk::RECORD_MIN;

/// Steps 2 and 3: what stands before the CRC.
#[inline(always)]
pub(super) fn open(records: &[u8], rules: &ProduceRules) -> Result<BatchHeader, ProduceReject> {
    let header = frame(records, rules)?;
    if header.base_offset != 0 {
        let offset = header.base_offset;
        return Err(invalid(format!("The base offset of the batch should be 0, but it is {offset}")));
    }
    if header.size() > rules.max_message_bytes {
        let (size, max) = (header.size(), rules.max_message_bytes);
        let text = format!("The record batch has {size} bytes, above the configured maximum of {max}");
        return Err(reject(RejectKind::MessageTooLarge, text));
    }
    Ok(header)
}

/// The CRC that was `computed`, then step 4 and the count of records. Returns the codec.
#[inline(always)]
pub(super) fn check_sound(
    h: &BatchHeader,
    computed: u32,
    limits: &DecodeLimits,
) -> Result<Codec, ProduceReject> {
    if computed != h.crc {
        let text = format!("Record is corrupt (stored crc = {}, computed crc = {computed})", h.crc);
        return Err(reject(RejectKind::CorruptMessage, text));
    }
    let codec = check_header(h)?;
    let payload = h.size() - HEADER_LEN;
    let room = if codec == Codec::None { payload } else { limits.cap(payload) };
    if h.records_count as usize > room / RECORD_MIN {
        let count = h.records_count;
        return Err(invalid(format!(
            "{payload} bytes cannot hold the {count} records that the batch counts"
        )));
    }
    Ok(codec)
}

/// Step 2: exactly one whole batch of magic 2.
#[inline(always)]
fn frame(records: &[u8], rules: &ProduceRules) -> Result<BatchHeader, ProduceReject> {
    let version = rules.produce_version;
    let none = || invalid(format!("Produce requests with version {version} must have one record batch"));
    let header = BatchHeader::parse(records).map_err(|e| match e {
        BatchError::BadMagic(0 | 1) => invalid(format!(
            "Produce requests with version {version} may only hold record batches with magic {MAGIC_V2}"
        )),
        BatchError::BadMagic(m) => {
            reject(RejectKind::CorruptMessage, format!("Invalid magic {m} in the record batch"))
        }
        BatchError::BadLength(n) => reject(
            RejectKind::CorruptMessage,
            format!("Batch length {n} is below the size of a batch header"),
        ),
        BatchError::Truncated { .. } | BatchError::Crc { .. } => none(),
    })?;
    if records.len() < header.size() {
        return Err(none());
    }
    if version < 7 && header.attributes.codec() == Some(Codec::Zstd) {
        let text = format!("Produce requests with version {version} are not allowed to use zstd");
        return Err(reject(RejectKind::UnsupportedCompressionType, text));
    }
    match records.get(header.size()..).unwrap_or_default() {
        [] => Ok(header),
        rest if BatchHeader::parse(rest).is_ok_and(|h| h.size() <= rest.len()) => Err(invalid(format!(
            "Produce requests with version {version} must have one record batch, not more"
        ))),
        rest => Err(invalid(format!("{} bytes follow the record batch", rest.len()))),
    }
}

/// Step 4: what a client's header may say. Returns the codec.
#[inline(always)]
fn check_header(h: &BatchHeader) -> Result<Codec, ProduceReject> {
    if h.last_offset_delta < 0 {
        return Err(invalid(format!("Batch has an invalid offset range: [0, {}]", h.last_offset_delta)));
    }
    if h.records_count <= 0 {
        return Err(invalid(format!("Invalid record count {} in the record batch", h.records_count)));
    }
    if i64::from(h.last_offset_delta) + 1 != i64::from(h.records_count) {
        let (last, count) = (h.last_offset_delta, h.records_count);
        return Err(invalid(format!("Inconsistent batch: offset range [0, {last}] but {count} records")));
    }
    if h.attributes.is_control() {
        return Err(invalid("Clients are not allowed to write control records"));
    }
    if h.producer_id >= 0 && h.base_sequence < 0 {
        let text = format!("Invalid sequence number {} in a batch with a producer id", h.base_sequence);
        return Err(invalid(text));
    }
    if h.producer_id < -1 || (h.producer_id >= 0 && h.producer_epoch < 0) {
        let (id, epoch) = (h.producer_id, h.producer_epoch);
        return Err(invalid(format!("Invalid producer id {id} or epoch {epoch}")));
    }
    if h.attributes.is_transactional() && h.producer_id < 0 {
        return Err(invalid("A transactional batch needs a producer id"));
    }
    // Kafka stores these bits; a reader would take them for a delete horizon or for a later format.
    if h.attributes.has_unused_bits() || h.attributes.has_delete_horizon() {
        return Err(invalid(format!("Unknown batch attributes {:#06x}", h.attributes.0)));
    }
    h.attributes.codec().ok_or_else(|| {
        let id = h.attributes.0 & 7;
        reject(RejectKind::UnsupportedCompressionType, format!("Unknown compression type id {id}"))
    })
}

/// Offsets 0 to 11 precede what batchLength counts; a header always reaches beyond them.
const _: () = assert!(LENGTH_PREFIX < CRC_START && CRC_START < HEADER_LEN);
