//! Batches and records of a segment or of a snapshot of the metadata.
//!
//! Owner: one command. Invariant: a batch is read whole before a line of it is printed, so that `isvalid` is true.

use super::index::Faults;
use super::{Decoder, How, base_offset, json, shapes, unreadable};
use crate::client::Failure;
use crate::client::fetch::payload;
use crate::out::Out;
use bytes::Bytes;
use ringlog_wire::compress::Codec;
use ringlog_wire::record::batch::{BatchHeader, BatchView, HEADER_LEN, sequence_after};
use ringlog_wire::record::control::{ControlType, EndTxnMarker};
use ringlog_wire::record::walk::{Record, Records};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// Bytes before the part that a batch's length counts.
const PREFIX: u64 = 12;

/// Reads batches of a file one after another.
pub struct Batches {
    file: BufReader<File>,
    name: String,
    /// Where the next batch begins.
    pub position: u64,
    /// Where reading ends.
    pub end: u64,
}

impl Batches {
    /// From `position` to `end` of `path`, or to its end.
    pub fn open(path: &Path, position: u64, end: u64) -> Result<Self, Failure> {
        use std::io::{Seek, SeekFrom};
        let mut file = File::open(path).map_err(|e| unreadable(path, &e))?;
        let len = file.metadata().map_err(|e| unreadable(path, &e))?.len();
        file.seek(SeekFrom::Start(position)).map_err(|e| unreadable(path, &e))?;
        let name = path.display().to_string();
        Ok(Self { file: BufReader::with_capacity(1 << 20, file), name, position, end: len.min(end) })
    }

    /// The next batch whole; `None` where the rest is no whole batch.
    ///
    /// Errors: what stands there cannot be a batch.
    pub fn next(&mut self) -> Result<Option<(BatchHeader, Bytes)>, Failure> {
        let left = self.end.saturating_sub(self.position);
        if left < HEADER_LEN as u64 {
            return Ok(None);
        }
        let corrupt = |why: String| {
            Failure::of_class(
                "org.apache.kafka.common.errors.CorruptRecordException",
                format!("{} at position {}: {why}", self.name, self.position),
            )
        };
        let mut head = vec![0u8; HEADER_LEN];
        self.file.read_exact(&mut head).map_err(|e| corrupt(e.to_string()))?;
        let header = BatchHeader::parse(&head).map_err(|e| corrupt(format!("{e:?}")))?;
        let size = header.size();
        if (size as u64) < PREFIX || size as u64 > left {
            return Ok(None);
        }
        head.resize(size.max(HEADER_LEN), 0);
        let body = head.get_mut(HEADER_LEN..).unwrap_or_default();
        self.file.read_exact(body).map_err(|e| corrupt(e.to_string()))?;
        self.position += size as u64;
        Ok(Some((header, Bytes::from(head))))
    }
}

/// Prints a segment or a snapshot.
pub fn dump(path: &Path, how: &How, out: &mut Out, faults: &mut Faults) -> Result<(), Failure> {
    let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    if out.is_json() {
        // Each line names its file.
    } else if name == "bootstrap.checkpoint" {
        out.line("KRaft bootstrap snapshot");
    } else if name.ends_with(".checkpoint") {
        let (offset, epoch) = name.trim_end_matches(".checkpoint").split_once('-').unwrap_or((name, ""));
        let number = |s: &str| s.parse::<i64>().map_or_else(|_| s.to_owned(), |n| n.to_string());
        out.line(format!("Snapshot end offset: {}, epoch: {}", number(offset), number(epoch)));
    } else {
        out.line(format!("Log starting offset: {}", base_offset(path)?));
    }
    let mut batches = Batches::open(path, 0, how.max_bytes)?;
    let mut last = -1;
    loop {
        let position = batches.position;
        let Some((header, whole)) = batches.next()? else { break };
        if out.is_json() {
            out.object(&shapes::batch(path, &header, &whole, position));
        } else {
            print_batch(&header, &whole, position, out);
        }
        if how.deep {
            let records = payload(&header, &whole).map_err(|e| Failure::client(e.to_string()))?;
            for record in Records::new(&records, header.records_count) {
                let record = record.map_err(|e| Failure::client(format!("{e:?}")))?;
                let offset = header.base_offset + i64::from(record.offset_delta);
                if last != -1 && offset != last + 1 {
                    faults.gap(path, last, offset);
                }
                last = offset;
                if out.is_json() {
                    out.object(&shapes::record(path, &header, &record, how)?);
                } else {
                    print_record(&header, &record, how, out);
                }
            }
        }
        if out.is_closed() {
            return Ok(());
        }
    }
    let trailing = batches.end - batches.position;
    if trailing > 0 && how.max_bytes == u64::MAX {
        out.line(format!("Found {trailing} invalid bytes at the end of {name}"));
    }
    Ok(())
}

fn kind(header: &BatchHeader) -> &'static str {
    if header.attributes.is_log_append_time() { "LogAppendTime" } else { "CreateTime" }
}

fn print_batch(h: &BatchHeader, whole: &Bytes, position: u64, out: &mut Out) {
    let valid = BatchView::first(whole).is_ok_and(|v| v.check_crc().is_ok());
    let last_sequence = match h.base_sequence {
        -1 => -1,
        base => sequence_after(base, h.last_offset_delta.unsigned_abs()),
    };
    let horizon = h
        .delete_horizon_ms()
        .map_or_else(|| "OptionalLong.empty".to_owned(), |ms| format!("OptionalLong[{ms}]"));
    out.line(format!(
        "baseOffset: {} lastOffset: {} count: {} baseSequence: {} lastSequence: {last_sequence} producerId: {} producerEpoch: {} partitionLeaderEpoch: {} isTransactional: {} isControl: {} deleteHorizonMs: {horizon} position: {position} {}: {} size: {} magic: 2 compresscodec: {} crc: {} isvalid: {valid}",
        h.base_offset,
        h.last_offset(),
        h.records_count,
        h.base_sequence,
        h.producer_id,
        h.producer_epoch,
        h.partition_leader_epoch,
        h.attributes.is_transactional(),
        h.attributes.is_control(),
        kind(h),
        h.max_timestamp,
        h.size(),
        h.attributes.codec().map_or("unknown", Codec::name),
        h.crc
    ));
}

fn print_record(h: &BatchHeader, record: &Record<'_>, how: &How, out: &mut Out) {
    let control = h.attributes.is_control();
    let size = |bytes: Option<&[u8]>| bytes.map_or(-1, |b| b.len() as i64);
    let mut line = "|".to_owned();
    if !how.bare {
        let sequence = match h.base_sequence {
            -1 => -1,
            base => sequence_after(base, record.offset_delta.unsigned_abs()),
        };
        let headers: Vec<&str> = record.headers.map(|x| x.key).collect();
        line += &format!(
            " offset: {} {}: {} keySize: {} valueSize: {} sequence: {sequence} headerKeys: [{}]",
            h.base_offset + i64::from(record.offset_delta),
            kind(h),
            h.timestamp_of(record.timestamp_delta),
            size(record.key),
            size(record.value),
            headers.join(",")
        );
        if control {
            line += &marker(record);
        }
    }
    if how.contents && !control {
        line += &contents(record, how, h.base_offset + i64::from(record.offset_delta));
    }
    out.line(line);
}

fn marker(record: &Record<'_>) -> String {
    let id =
        record.key.and_then(|k| k.get(2..4)).and_then(|b| b.try_into().ok()).map_or(-1, i16::from_be_bytes);
    let kind = record.key.and_then(|k| ControlType::decode_key(k).ok());
    let value = record.value.unwrap_or_default();
    let name = match kind {
        Some(ControlType::Commit) => "COMMIT",
        Some(ControlType::Abort) => "ABORT",
        _ => return json::control(id, value),
    };
    let epoch = EndTxnMarker::decode(value).map_or(-1, |m| m.coordinator_epoch);
    format!(" endTxnMarker: {name} coordinatorEpoch: {epoch}")
}

fn contents(record: &Record<'_>, how: &How, offset: i64) -> String {
    match how.value {
        Decoder::Offsets | Decoder::Transactions | Decoder::Metadata => {
            return json::contents(record, how.value, offset);
        }
        Decoder::Text | Decoder::Long | Decoder::Integer => {}
    }
    let text = |bytes: &[u8], how: Decoder| match how {
        Decoder::Long => {
            bytes.try_into().map_or_else(|_| "?".to_owned(), |b| i64::from_be_bytes(b).to_string())
        }
        Decoder::Integer => {
            bytes.try_into().map_or_else(|_| "?".to_owned(), |b| i32::from_be_bytes(b).to_string())
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    let mut line = String::new();
    if let Some(key) = record.key {
        line += &format!(" key: {}", text(key, how.key));
    }
    if let Some(value) = record.value {
        line += &format!(" payload: {}", text(value, how.value));
    }
    line
}
