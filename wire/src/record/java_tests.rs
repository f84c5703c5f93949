//! Our batches against Kafka's own code.
//!
//! Owner: CI. Invariants: batches that Kafka 4.3.1 wrote (`facts/java_batches.txt`, by
//! `codegen/java/BatchCheck.java write`) pass validation and read back; with `RINGLOG_KAFKA_JARS` set to a folder
//! with Kafka's jars, Kafka reads every batch of ours, stamped and recompressed, to the same records.

use super::batch::{BatchView, Batches};
use super::build::{BatchBuilder, BatchOptions};
use super::control::{ControlType, EndTxnMarker};
use super::recompress::recompress;
use super::stamp::{Stamp, stamp};
use super::validate::{ProduceRules, TimestampType, validate};
use crate::compress::{Codec, DecodeLimits};
use bytes::Bytes;
use std::fmt::Write as _;
use std::process::Command;

const GOLDEN: &str = include_str!("../../facts/java_batches.txt");
const TIME: i64 = 1_700_000_000_000;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn golden() -> impl Iterator<Item = (&'static str, Bytes)> {
    GOLDEN.lines().map(|line| {
        let (name, digits) = line.split_once(' ').unwrap();
        let byte = |i: usize| u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).unwrap();
        (name, (0..digits.len() / 2).map(byte).collect())
    })
}

fn small(codec: Codec) -> Bytes {
    let o = BatchOptions {
        codec,
        producer_id: 77,
        producer_epoch: 5,
        base_sequence: 11,
        transactional: true,
        ..Default::default()
    };
    let mut b = BatchBuilder::new(o);
    b.append(TIME, Some(b"key"), Some(b"value"), &[("h", Some(b"1")), ("h", None), ("häder", Some(b""))]);
    b.append(TIME - 1_000_000, None, Some(b""), &[]);
    b.append(TIME + 1, Some(b""), None, &[]);
    b.build().unwrap()
}

fn big(codec: Codec) -> Bytes {
    let o =
        BatchOptions { codec, producer_id: 77, producer_epoch: 5, base_sequence: 11, ..Default::default() };
    let mut b = BatchBuilder::new(o);
    let value = "a value that compresses well ".repeat(50);
    for i in 0..100 {
        b.append(TIME + i, Some(format!("key-{}", i % 10).as_bytes()), Some(value.as_bytes()), &[]);
    }
    b.build().unwrap()
}

fn rules() -> ProduceRules {
    ProduceRules {
        produce_version: 13,
        max_message_bytes: 1 << 20,
        compacted: false,
        timestamp_type: TimestampType::CreateTime,
        before_max_ms: i64::MAX,
        after_max_ms: i64::MAX,
        now_ms: TIME,
        limits: DecodeLimits::default(),
    }
}

#[test]
fn batches_that_kafka_wrote_are_ours() {
    let limits = DecodeLimits::default();
    for (name, bytes) in golden() {
        if name == "marker" {
            let view = BatchView::first(&bytes).unwrap();
            view.check_crc().unwrap();
            assert!(view.header().attributes.is_control() && view.header().attributes.is_transactional());
            let record = view.records().next().unwrap().unwrap();
            assert_eq!(ControlType::decode_key(record.key.unwrap()), Ok(ControlType::Commit));
            assert_eq!(
                EndTxnMarker::decode(record.value.unwrap()),
                Ok(EndTxnMarker { coordinator_epoch: 12 })
            );
            continue;
        }
        let (kind, codec) = name.split_once('-').unwrap();
        let ours = if kind == "small" { small(Codec::None) } else { big(Codec::None) };
        let facts = validate(&bytes, rules()).unwrap();
        assert_eq!(facts.header.attributes.codec(), Codec::from_name(codec), "{name}");
        assert_eq!(facts.max_timestamp, facts.header.max_timestamp);
        assert_eq!(recompress(&bytes, Codec::None, None, &limits).unwrap(), ours, "{name}");
    }
    assert_eq!(golden().next().unwrap().1, small(Codec::None), "the plain batch is the same bytes");
}

/// Every kind of batch that we make, as lines for Kafka, and what it must read from them.
fn ours() -> (String, String) {
    let mut lines = String::new();
    let mut expect = String::new();
    for codec in (0..5).filter_map(Codec::from_id) {
        for (kind, bytes) in [("small", small(codec)), ("big", big(codec))] {
            for append_time in [None, Some(TIME + 5)] {
                let mut header = *bytes.first_chunk().unwrap();
                let facts = validate(&bytes, rules()).unwrap();
                let s = Stamp { log_append_time: append_time, ..facts.stamp(1 << 40, 6) };
                stamp(&mut header, &bytes[61..], s);
                let stamped = Bytes::from([&header, &bytes[61..]].concat());
                let name = format!("{kind}-{}-{}", codec.name(), append_time.is_some());
                let _ = writeln!(lines, "{name} {}", hex(&stamped));
                describe(&mut expect, &name, &stamped);
            }
        }
    }
    (lines, expect)
}

fn describe(out: &mut String, name: &str, bytes: &Bytes) {
    let plain = recompress(bytes, Codec::None, None, &DecodeLimits::default()).unwrap();
    let codec = BatchView::first(bytes).unwrap().header().attributes.codec().unwrap().name();
    for batch in Batches::new(&plain) {
        let batch = batch.unwrap();
        let h = batch.header();
        let a = h.attributes;
        let kind = if a.is_log_append_time() { "LogAppendTime" } else { "CreateTime" };
        let _ = writeln!(
            out,
            "{name} batch {}-{} epoch {} max {} pid {} {} {} codec {codec} txn {} control {} type {kind}",
            h.base_offset,
            h.last_offset(),
            h.partition_leader_epoch,
            h.max_timestamp,
            h.producer_id,
            h.producer_epoch,
            h.base_sequence,
            a.is_transactional(),
            a.is_control()
        );
        for r in batch.records() {
            let r = r.unwrap();
            let or_null = |b: Option<&[u8]>| b.map_or("null".to_owned(), hex);
            let offset = h.base_offset + i64::from(r.offset_delta);
            let time = h.timestamp_of(r.timestamp_delta);
            let _ = write!(out, "{name} record {offset} {time} {} {}", or_null(r.key), or_null(r.value));
            for header in r.headers {
                let _ = write!(out, " {}={}", hex(header.key.as_bytes()), or_null(header.value));
            }
            out.push('\n');
        }
    }
}

#[test]
fn kafka_reads_our_batches() {
    let (lines, expect) = ours();
    let Some(mut class_path) = std::env::var_os("RINGLOG_KAFKA_JARS") else {
        eprintln!("not asked: RINGLOG_KAFKA_JARS does not name a folder with the jars of Kafka 4.3.1");
        return;
    };
    let file = std::env::temp_dir().join(format!("ringlog-batches-{}", std::process::id()));
    std::fs::write(&file, lines).unwrap();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/codegen/java/BatchCheck.java");
    class_path.push("/*");
    let mut java = Command::new("java");
    let output =
        java.arg("-cp").arg(class_path).arg(source).arg("read").arg(&file).output().expect("java runs");
    std::fs::remove_file(&file).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let got = String::from_utf8(output.stdout).unwrap();
    for (got, expect) in got.lines().zip(expect.lines()) {
        assert_eq!(got, expect);
    }
    assert_eq!(got.lines().count(), expect.lines().count());
}
