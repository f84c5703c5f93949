//! A batch with the same records under another codec (`compression.type` other than `producer`).
//!
//! Owner: the produce path, before append. Invariant: everything but length, codec and CRC stays as it was.

use crate::compress::{Codec, CompressError, DecodeLimits, compress, decompress};
use crate::record::batch::{BatchHeader, HEADER_LEN, LENGTH_PREFIX};
use crate::record::build::seal;
use bytes::Bytes;

/// Returns `batch` with its records under `target`; the same bytes (shared) if they already are.
///
/// `batch`: one whole batch that passed validation. `level`: as in [`compress`]. O(uncompressed size).
/// Errors: `Corrupt` or `OverCap` for a batch that was never validated, `Level`, `TooLarge`.
pub fn recompress(
    batch: &Bytes,
    target: Codec,
    level: Option<i32>,
    limits: &DecodeLimits,
) -> Result<Bytes, CompressError> {
    let mut header = BatchHeader::parse(batch).map_err(|_| CompressError::Corrupt("no batch"))?;
    let source = header.attributes.codec().ok_or(CompressError::Corrupt("unknown codec"))?;
    if source == target {
        return Ok(batch.clone());
    }
    let records = decompress(source, &batch.slice(HEADER_LEN..), limits)?;
    let mut out = vec![0u8; HEADER_LEN];
    compress(target, level, &records, &mut out)?;
    header.attributes = header.attributes.with_codec(target);
    header.batch_length = i32::try_from(out.len() - LENGTH_PREFIX).map_err(|_| CompressError::TooLarge)?;
    seal(header, &mut out);
    Ok(Bytes::from(out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::batch::BatchView;
    use crate::record::build::{BatchBuilder, BatchOptions};

    #[test]
    fn any_codec_to_any_other_and_back_is_the_same_batch() {
        let limits = DecodeLimits::default();
        let mut b = BatchBuilder::new(BatchOptions {
            producer_id: 3,
            producer_epoch: 0,
            base_sequence: 7,
            ..Default::default()
        });
        for i in 0..100 {
            b.append(i, Some(b"key"), Some(&[b'x'; 50]), &[("h", None)]);
        }
        let plain = b.build().unwrap();
        for codec in (0..5).filter_map(Codec::from_id) {
            let packed = recompress(&plain, codec, None, &limits).unwrap();
            let view = BatchView::first(&packed).unwrap();
            view.check_crc().unwrap();
            assert_eq!(view.bytes().len(), packed.len());
            assert_eq!(view.header().attributes.codec(), Some(codec));
            assert_eq!(recompress(&packed, Codec::None, None, &limits).unwrap(), plain);
        }
    }
}
