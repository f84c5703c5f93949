//! `-o json` of a segment: one object a batch, one a record.
//!
//! Owner: nobody, pure. Invariant: what the text of `kafka-dump-log` says of a batch or record, its object says too.

use super::{Decoder, How, json as decoders};
use crate::client::Failure;
use crate::kafka::shape::{positive, put};
use bytes::Bytes;
use ringlog_wire::compress::Codec;
use ringlog_wire::record::batch::{BatchHeader, BatchView, sequence_after};
use ringlog_wire::record::control::{ControlType, EndTxnMarker};
use ringlog_wire::record::walk::Record;
use serde_json::{Map, Value, json};
use std::path::Path;

fn kind(header: &BatchHeader) -> &'static str {
    if header.attributes.is_log_append_time() { "LogAppendTime" } else { "CreateTime" }
}

fn sequence(header: &BatchHeader, delta: i32) -> Value {
    match header.base_sequence {
        -1 => Value::Null,
        base => Value::from(sequence_after(base, delta.unsigned_abs())),
    }
}

/// A batch. `whole`: its bytes.
pub fn batch(path: &Path, h: &BatchHeader, whole: &Bytes, position: u64) -> Value {
    json!({
        "kind": "batch",
        "file": path.display().to_string(),
        "position": position,
        "size": h.size(),
        "base_offset": h.base_offset,
        "last_offset": h.last_offset(),
        "count": h.records_count,
        "base_sequence": sequence(h, 0),
        "last_sequence": sequence(h, h.last_offset_delta),
        "producer": positive(h.producer_id),
        "producer_epoch": positive(h.producer_epoch),
        "leader_epoch": positive(h.partition_leader_epoch),
        "transactional": h.attributes.is_transactional(),
        "control": h.attributes.is_control(),
        "delete_horizon": h.delete_horizon_ms(),
        "timestamp_type": kind(h),
        "max_timestamp": h.max_timestamp,
        "codec": h.attributes.codec().map(Codec::name),
        "crc": h.crc,
        "valid": BatchView::first(whole).is_ok_and(|v| v.check_crc().is_ok()),
    })
}

/// A record. Errors: its bytes are not what the chosen decoder reads.
pub fn record(path: &Path, h: &BatchHeader, r: &Record<'_>, how: &How) -> Result<Value, Failure> {
    let offset = h.base_offset + i64::from(r.offset_delta);
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    set("kind", Value::from("record"));
    set("file", Value::from(path.display().to_string()));
    set("offset", Value::from(offset));
    set("timestamp_type", Value::from(kind(h)));
    set("timestamp", Value::from(h.timestamp_of(r.timestamp_delta)));
    set("key_size", Value::from(r.key.map(<[u8]>::len)));
    set("value_size", Value::from(r.value.map(<[u8]>::len)));
    set("sequence", sequence(h, r.offset_delta));
    set("headers", Value::from(r.headers.map(|x| x.key.to_owned()).collect::<Vec<_>>()));
    if h.attributes.is_control() {
        let marker = match r.key.and_then(|k| ControlType::decode_key(k).ok()) {
            Some(ControlType::Commit) => Value::from("COMMIT"),
            Some(ControlType::Abort) => Value::from("ABORT"),
            _ => Value::Null,
        };
        set("marker", marker);
        let epoch = r.value.and_then(|v| EndTxnMarker::decode(v).ok()).map(|m| m.coordinator_epoch);
        set("coordinator_epoch", Value::from(epoch));
        return Ok(Value::from(fields));
    }
    if how.contents {
        contents(&mut fields, r, how, offset)?;
    }
    Ok(Value::from(fields))
}

fn contents(fields: &mut Map<String, Value>, r: &Record<'_>, how: &How, offset: i64) -> Result<(), Failure> {
    if matches!(how.value, Decoder::Offsets | Decoder::Transactions | Decoder::Metadata) {
        let bad = |e: String| Failure::client(format!("The record at offset {offset} cannot be read: {e}"));
        let (key, payload) = decoders::decoded(r, how.value).map_err(bad)?;
        for (name, text) in [("key", key), ("value", payload)] {
            let value = text.map(|t| serde_json::from_str::<Value>(&t)).transpose();
            fields.insert(name.to_owned(), value.map_err(|e| bad(e.to_string()))?.unwrap_or(Value::Null));
        }
        return Ok(());
    }
    for (name, bytes, decoder) in [("key", r.key, how.key), ("value", r.value, how.value)] {
        let number = match (decoder, bytes) {
            (Decoder::Long, Some(b)) => b.try_into().ok().map(i64::from_be_bytes),
            (Decoder::Integer, Some(b)) => b.try_into().ok().map(|b| i64::from(i32::from_be_bytes(b))),
            _ => None,
        };
        match number {
            Some(n) => {
                fields.insert(name.to_owned(), Value::from(n));
            }
            None => put(fields, name, bytes),
        }
    }
    Ok(())
}
