//! Record batches, their compressed payloads, control records.
//!
//! Owner: `targets`. Promises: a check in steps judges as a check at once; what passes can be walked record by
//! record; output never passes its cap; cutting the output differently changes nothing.

use bytes::Bytes;
use ringlog_wire::compress::{Codec, CompressError, DecodeLimits, Decoder, decompress};
use ringlog_wire::record::batch::{BatchHeader, BatchView, Batches, HEADER_LEN};
use ringlog_wire::record::build::seal;
use ringlog_wire::record::control::{ControlType, EndTxnMarker};
use ringlog_wire::record::scan::RecordScan;
use ringlog_wire::record::validate::{
    Check, ProduceReject, ProduceRules, Progress, TimestampType, Validated, validate,
};
use ringlog_wire::record::walk::Records;

/// Small, so that an input costs little even where it is a bomb.
const LIMITS: DecodeLimits =
    DecodeLimits { output_max: 1 << 20, free_output: 64 << 10, ratio_max: 64, zstd_window_log_max: 20 };

/// Options, then the records field of a partition. Option 1 makes the CRC right, so that mutations pass it.
pub fn batch(input: &[u8]) {
    let Some((&options, bytes)) = input.split_first() else { return };
    let mut bytes = bytes.to_vec();
    if options & 1 != 0
        && let Ok(header) = BatchHeader::parse(&bytes)
        && header.size() <= bytes.len()
    {
        let size = header.size();
        let (batch, _) = bytes.split_at_mut(size);
        seal(header, batch);
    }
    let records = Bytes::from(bytes);
    let rules = ProduceRules {
        produce_version: if options & 2 != 0 { 3 } else { 13 },
        max_message_bytes: 1 << 20,
        compacted: options & 4 != 0,
        timestamp_type: if options & 8 != 0 {
            TimestampType::LogAppendTime
        } else {
            TimestampType::CreateTime
        },
        before_max_ms: if options & 16 != 0 { 1000 } else { i64::MAX },
        after_max_ms: 3_600_000,
        now_ms: 10_000_000,
        limits: LIMITS,
    };
    let whole = validate(&records, rules);
    let step = usize::from(options >> 5) * 7 + 1;
    // Where a record is cut off, what was seen of it names the fault: the texts may differ, nothing else.
    let judged =
        |r: &ProduceReject| (r.kind, r.record_errors.iter().map(|e| e.batch_index).collect::<Vec<_>>());
    let in_steps = in_steps(&records, rules, step);
    assert_eq!(
        in_steps.as_ref().map_err(judged),
        whole.as_ref().map_err(judged),
        "a check in steps of {step}"
    );
    if whole.is_ok() {
        walk(&records);
    }
    for view in Batches::new(&records).flatten() {
        let _ = (view.check_crc(), view.header().last_offset(), view.header().next_offset());
        let _ = (view.header().producer(), view.header().delete_horizon_ms());
        view.records().take_while(Result::is_ok).for_each(drop);
    }
}

fn in_steps(records: &Bytes, rules: ProduceRules, step: usize) -> Result<Validated, ProduceReject> {
    let mut check = Check::begin(records, rules)?;
    loop {
        if let Progress::Done(v) = check.step(step)? {
            return Ok(v);
        }
    }
}

/// What validation passed, every reader can read.
fn walk(records: &Bytes) {
    let view = BatchView::first(records).expect("a valid batch has a header");
    assert_eq!(view.check_crc(), Ok(()));
    let codec = view.header().attributes.codec().expect("a valid batch has a codec");
    let payload = decompress(codec, &records.slice(HEADER_LEN..), &LIMITS).expect("a valid payload unpacks");
    let count = view.header().records_count;
    let mut walked = 0;
    for record in Records::new(&payload, count) {
        let record = record.expect("a valid batch has valid records");
        assert_eq!(record.headers.len(), record.headers.count());
        walked += 1;
    }
    assert_eq!(walked, count);
}

/// A codec's number, then its stream.
pub fn compressed(input: &[u8]) {
    let Some((&id, stream)) = input.split_first() else { return };
    let Some(codec) = Codec::from_id(id % 5) else { return };
    let stream = Bytes::copy_from_slice(stream);
    let whole = decompress(codec, &stream, &LIMITS);
    let pieces = in_pieces(codec, stream.clone());
    match (&whole, &pieces) {
        (Ok(whole), Ok(pieces)) => {
            assert!(whole.len() <= LIMITS.cap(stream.len()), "{} bytes", whole.len());
            assert!(whole == pieces, "{codec:?}: other pieces, other output");
        }
        (Err(_), Err(_)) => {}
        _ => panic!("{codec:?}: {:?}, in pieces {:?}", whole.map(|v| v.len()), pieces.map(|v| v.len())),
    }
    let mut scan = RecordScan::new(3);
    let _ = scan.push(&stream, &mut |_| Ok(())).and_then(|()| scan.finish());
}

fn in_pieces(codec: Codec, stream: Bytes) -> Result<Vec<u8>, CompressError> {
    let mut decoder = Decoder::new(codec, stream, &LIMITS)?;
    let mut out = Vec::new();
    let mut piece = [0u8; 1021];
    loop {
        match decoder.read(&mut piece)? {
            0 => return Ok(out),
            n => out.extend_from_slice(piece.get(..n).expect("at most what was asked for")),
        }
    }
}

/// A control record's key, or a marker's value.
pub fn control(input: &[u8]) {
    if let Ok(kind) = ControlType::decode_key(input) {
        assert_eq!(ControlType::decode_key(&kind.encode_key()), Ok(kind));
    }
    if let Ok(marker) = EndTxnMarker::decode(input) {
        assert_eq!(EndTxnMarker::decode(&marker.encode()), Ok(marker));
    }
}
