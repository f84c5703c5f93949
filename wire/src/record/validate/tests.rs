//! One batch, one fault, one answer.

use super::*;
use crate::compress::DecodeLimits;
use crate::record::batch::Attributes;
use crate::record::batch::BatchView;
use crate::record::build::{BatchBuilder, BatchOptions, seal};
use crate::record::recompress::recompress;

fn rules() -> ProduceRules {
    ProduceRules {
        produce_version: 13,
        max_message_bytes: 1 << 20,
        compacted: false,
        timestamp_type: TimestampType::CreateTime,
        before_max_ms: i64::MAX,
        after_max_ms: 3_600_000,
        now_ms: 10_000_000,
        limits: DecodeLimits::default(),
    }
}

fn batch(codec: Codec) -> Bytes {
    let o = BatchOptions { codec, producer_id: 1, producer_epoch: 0, base_sequence: 0, ..Default::default() };
    let mut b = BatchBuilder::new(o);
    b.append(2000, Some(b"k"), Some(b"a value"), &[("h", Some(b"x")), ("h", None)]);
    b.append(9000, None, Some(b"another value"), &[]);
    b.append(5000, Some(b"k"), None, &[]);
    b.build().unwrap()
}

/// The batch with its header changed and the CRC right again.
fn with_header(batch: &Bytes, change: impl FnOnce(&mut BatchHeader)) -> Bytes {
    let mut bytes = batch.to_vec();
    let mut header = BatchHeader::parse(&bytes).unwrap();
    change(&mut header);
    seal(header, &mut bytes);
    Bytes::from(bytes)
}

/// The plain batch with one byte of its records changed and the CRC right again.
fn with_record_byte(at: usize, byte: u8) -> Bytes {
    let mut bytes = batch(Codec::None).to_vec();
    bytes[HEADER_LEN + at] = byte;
    with_header(&Bytes::from(bytes), |_| {})
}

fn kind(records: &Bytes, rules: ProduceRules) -> Option<RejectKind> {
    validate(records, rules).err().map(|r| {
        assert!(!r.message.is_empty());
        r.kind
    })
}

const INVALID: Option<RejectKind> = Some(RejectKind::InvalidRecord);

#[test]
fn good_batches_pass_under_every_codec() {
    for codec in (0..5).filter_map(Codec::from_id) {
        let v = validate(&batch(codec), rules()).unwrap();
        assert_eq!((v.max_timestamp, v.max_timestamp_delta, v.log_append_time), (9000, 1, None), "{codec:?}");
        let append = ProduceRules { timestamp_type: TimestampType::LogAppendTime, ..rules() };
        let v = validate(&batch(codec), append).unwrap();
        assert_eq!(v.stamp(7, 3).log_append_time, Some(10_000_000));
    }
}

#[test]
fn steps_of_any_size_reach_the_same_end() {
    for codec in (0..5).filter_map(Codec::from_id) {
        for budget in [1, 7, 64, 1 << 20] {
            let mut check = Check::begin(&batch(codec), rules()).unwrap();
            let done = loop {
                if let Progress::Done(v) = check.step(budget).unwrap() {
                    break v;
                }
            };
            assert_eq!(done, validate(&batch(codec), rules()).unwrap());
        }
    }
}

#[test]
fn no_batch_or_more_than_one() {
    let one = batch(Codec::None);
    assert_eq!(kind(&Bytes::new(), rules()), INVALID);
    for cut in 1..one.len() {
        assert_eq!(kind(&one.slice(..cut), rules()), INVALID, "cut at {cut}");
    }
    let twice = Bytes::from([&one[..], &one[..]].concat());
    let reject = validate(&twice, rules()).unwrap_err();
    assert_eq!(reject.kind, RejectKind::InvalidRecord);
    assert!(reject.message.contains("not more"), "{}", reject.message);
    assert_eq!(kind(&Bytes::from([&one[..], &[0]].concat()), rules()), INVALID);
    for (magic, expect) in [(0, INVALID), (1, INVALID), (3, Some(RejectKind::CorruptMessage))] {
        let mut old = one.to_vec();
        old[16] = magic;
        assert_eq!(kind(&Bytes::from(old), rules()), expect);
    }
}

#[test]
fn size_crc_and_version() {
    let zstd = batch(Codec::Zstd);
    let old = ProduceRules { produce_version: 6, ..rules() };
    assert_eq!(kind(&zstd, old), Some(RejectKind::UnsupportedCompressionType));
    assert_eq!(kind(&batch(Codec::Lz4), old), None);
    let max = ProduceRules { max_message_bytes: zstd.len(), ..rules() };
    assert_eq!(kind(&zstd, max), None);
    let max = ProduceRules { max_message_bytes: zstd.len() - 1, ..rules() };
    assert_eq!(kind(&zstd, max), Some(RejectKind::MessageTooLarge));
    for at in [17, 20, 21, 60, 61, zstd.len() - 1] {
        let mut bad = zstd.to_vec();
        bad[at] ^= 0x40;
        assert_eq!(kind(&Bytes::from(bad), rules()), Some(RejectKind::CorruptMessage), "byte {at}");
    }
}

#[test]
fn headers_that_no_client_may_send() {
    let good = batch(Codec::None);
    let check = |change: fn(&mut BatchHeader)| kind(&with_header(&good, change), rules());
    assert_eq!(check(|_| {}), None);
    assert_eq!(check(|h| h.base_offset = 1), INVALID);
    assert_eq!(check(|h| h.last_offset_delta = -1), INVALID);
    assert_eq!(check(|h| h.last_offset_delta = 3), INVALID);
    assert_eq!(check(|h| h.records_count = 0), INVALID);
    assert_eq!(check(|h| h.records_count = -1), INVALID);
    assert_eq!(check(|h| h.attributes.0 |= Attributes::CONTROL), INVALID);
    assert_eq!(check(|h| h.attributes.0 |= Attributes::DELETE_HORIZON), INVALID);
    assert_eq!(check(|h| h.attributes.0 |= 1 << 7), INVALID);
    assert_eq!(check(|h| h.attributes.0 |= 1 << 15), INVALID);
    assert_eq!(check(|h| h.attributes.0 |= 5), Some(RejectKind::UnsupportedCompressionType));
    assert_eq!(check(|h| h.base_sequence = -1), INVALID);
    assert_eq!(check(|h| h.producer_epoch = -1), INVALID);
    assert_eq!(check(|h| h.attributes.0 |= Attributes::TRANSACTIONAL), None);
    assert_eq!(
        check(|h| {
            h.attributes.0 |= Attributes::TRANSACTIONAL;
            h.producer_id = -1;
        }),
        INVALID
    );
    // A wrong max timestamp is corrected, not refused.
    assert_eq!(check(|h| h.max_timestamp = 5), None);
}

#[test]
fn counts_are_not_believed() {
    for codec in (0..5).filter_map(Codec::from_id) {
        let bomb = with_header(&batch(codec), |h| {
            h.records_count = i32::MAX;
            h.last_offset_delta = i32::MAX - 1;
        });
        assert_eq!(kind(&bomb, rules()), INVALID, "{codec:?}");
        for count in [2, 4] {
            let wrong = with_header(&batch(codec), |h| {
                h.records_count = count;
                h.last_offset_delta = count - 1;
            });
            assert_eq!(kind(&wrong, rules()), INVALID, "{codec:?} {count}");
        }
    }
}

#[test]
fn records_that_a_strict_consumer_cannot_read() {
    // Record 0: length, attributes, timestamp delta, offset delta, key length, key, value length ...
    assert_eq!(with_record_byte(0, batch(Codec::None)[HEADER_LEN]), batch(Codec::None));
    assert_eq!(kind(&with_record_byte(1, 1), rules()), INVALID);
    assert_eq!(kind(&with_record_byte(3, 2), rules()), INVALID);
    assert_eq!(kind(&with_record_byte(4, 3), rules()), INVALID);
    let plain = with_record_byte(3, 2);
    for codec in (1..5).filter_map(Codec::from_id) {
        let packed = recompress(&plain, codec, None, &DecodeLimits::default()).unwrap();
        let reject = validate(&packed, rules()).unwrap_err();
        assert_eq!((reject.kind, reject.record_errors[0].batch_index), (RejectKind::InvalidRecord, 0));
    }
}

#[test]
fn compacted_topics_need_keys_and_say_which_record() {
    let compacted = ProduceRules { compacted: true, ..rules() };
    let reject = validate(&batch(Codec::Gzip), compacted).unwrap_err();
    assert_eq!(reject.kind, RejectKind::InvalidRecord);
    assert_eq!(reject.record_errors.iter().map(|e| e.batch_index).collect::<Vec<_>>(), [1]);
    let mut b = BatchBuilder::new(BatchOptions::default());
    for _ in 0..1000 {
        b.append(1, None, None, &[]);
    }
    let reject = validate(&b.build().unwrap(), compacted).unwrap_err();
    assert_eq!(reject.record_errors.len(), RECORD_ERRORS_MAX);
    assert!(reject.message.starts_with("1000 records"));
}

#[test]
fn timestamps_have_a_window() {
    let narrow = ProduceRules { before_max_ms: 5000, after_max_ms: 1000, now_ms: 8000, ..rules() };
    let reject = validate(&batch(Codec::None), narrow).unwrap_err();
    assert_eq!(reject.kind, RejectKind::InvalidTimestamp);
    assert_eq!(reject.record_errors.iter().map(|e| e.batch_index).collect::<Vec<_>>(), [0]);
    let early = ProduceRules { after_max_ms: 999, now_ms: 8000, ..rules() };
    assert_eq!(validate(&batch(Codec::None), early).unwrap_err().record_errors[0].batch_index, 1);
    let append = ProduceRules { timestamp_type: TimestampType::LogAppendTime, ..narrow };
    assert_eq!(kind(&batch(Codec::None), append), None);
    let flagged = with_header(&batch(Codec::None), |h| h.attributes.0 |= Attributes::LOG_APPEND_TIME);
    assert_eq!(kind(&flagged, append), Some(RejectKind::InvalidTimestamp));
    let mut b = BatchBuilder::new(BatchOptions::default());
    b.append(-1, None, None, &[]);
    assert_eq!(kind(&b.build().unwrap(), narrow), None);
}

#[test]
fn corrupt_or_foreign_compressed_data_is_an_invalid_record() {
    for codec in (1..5).filter_map(Codec::from_id) {
        let good = batch(codec);
        let short = Bytes::from(good[..good.len() - 3].to_vec());
        let short = with_header(&short, |h| h.batch_length -= 3);
        assert_eq!(kind(&short, rules()), INVALID, "{codec:?}");
        let foreign = with_header(&batch(Codec::None), |h| h.attributes = h.attributes.with_codec(codec));
        assert_eq!(kind(&foreign, rules()), INVALID, "{codec:?}");
    }
}

#[test]
fn a_bomb_is_too_large() {
    let mut b = BatchBuilder::new(BatchOptions { codec: Codec::Zstd, ..Default::default() });
    b.append(1, None, Some(&vec![0; 4 << 20]), &[]);
    let bomb = b.build().unwrap();
    assert_eq!(kind(&bomb, rules()), None);
    let limits = DecodeLimits { output_max: 1 << 20, ..DecodeLimits::default() };
    assert_eq!(kind(&bomb, ProduceRules { limits, ..rules() }), Some(RejectKind::MessageTooLarge));
}

#[test]
fn no_flip_of_any_byte_panics_and_what_passes_reads_back() {
    for codec in (0..5).filter_map(Codec::from_id) {
        let good = batch(codec);
        for at in 0..good.len() {
            for flip in [1u8, 2, 0x80, 0xff] {
                let mut bad = good.to_vec();
                bad[at] ^= flip;
                let bad = Bytes::from(bad);
                let Ok(header) = BatchHeader::parse(&bad) else { continue };
                let sealed = if header.size() == bad.len() { with_header(&bad, |_| {}) } else { bad };
                if validate(&sealed, rules()).is_ok() {
                    let plain = recompress(&sealed, Codec::None, None, &DecodeLimits::default()).unwrap();
                    let view = BatchView::first(&plain).unwrap();
                    assert!(view.records().all(|r| r.is_ok()), "{codec:?} byte {at}");
                }
            }
        }
    }
}

#[test]
fn at_once_and_in_steps_judge_alike() {
    let good = batch(Codec::None);
    for at in 0..good.len() - HEADER_LEN {
        for byte in [0u8, 1, 2, 0x7f, 0x80, 0xff] {
            let bent = with_record_byte(at, byte);
            let plain = validate_plain(&bent, &rules()).expect("not compressed");
            let mut check = Check::begin(&bent, rules()).unwrap();
            let stepped = loop {
                match check.step(5) {
                    Ok(Progress::More) => {}
                    Ok(Progress::Done(v)) => break Ok(v),
                    Err(e) => break Err(e),
                }
            };
            let short = |r: Result<Validated, ProduceReject>| r.map_err(|e| (e.kind, e.record_errors.len()));
            assert_eq!(short(plain), short(stepped), "byte {at} = {byte}");
        }
    }
    assert!(validate_plain(&batch(Codec::Lz4), &rules()).is_none());
}
