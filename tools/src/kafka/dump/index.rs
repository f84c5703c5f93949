//! Offset and time indexes, checked against their segment.
//!
//! Owner: one command. Invariant: an index is only read; what does not fit its segment is collected and printed last.

use super::log::Batches;
use super::{How, base_offset, unreadable};
use crate::client::Failure;
use crate::client::fetch::payload;
use crate::out::Out;
use ringlog_wire::record::walk::Records;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

type Pairs = BTreeMap<String, Vec<(i64, i64)>>;

/// What does not fit together, by file.
#[derive(Default)]
pub struct Faults {
    indexes: Pairs,
    times: Pairs,
    order: Pairs,
    missing: Pairs,
    gaps: Pairs,
}

fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

impl Faults {
    /// Two records that do not follow one another.
    pub fn gap(&mut self, path: &Path, first: i64, second: i64) {
        self.gaps.entry(absolute(path)).or_default().push((first, second));
    }

    /// Prints what was found.
    pub fn print(&self, out: &mut Out) {
        let mut all = |pairs: &Pairs, title: &str, line: &dyn Fn(i64, i64) -> String, newest_first: bool| {
            for (file, found) in pairs {
                out.complain(format!("{title}{file}"));
                let mut lines: Vec<String> = found.iter().map(|(a, b)| line(*a, *b)).collect();
                if newest_first {
                    lines.reverse();
                }
                lines.iter().for_each(|l| out.complain(l));
            }
        };
        all(&self.indexes, "Mismatches in :", &|a, b| format!("  Index offset: {a}, log offset: {b}"), true);
        all(
            &self.times,
            "Found timestamp mismatch in :",
            &|a, b| format!("  Index timestamp: {a}, log timestamp: {b}"),
            false,
        );
        all(
            &self.order,
            "Found out of order timestamp in :",
            &|a, b| format!("  Index timestamp: {a}, Previously indexed timestamp: {b}"),
            false,
        );
        all(
            &self.missing,
            "The following indexed offsets are not found in :",
            &|a, b| format!("Indexed offset: {a}, found log offset: {b}"),
            false,
        );
        all(&self.gaps, "Non-consecutive offsets in ", &|a, b| format!("  {a} is followed by {b}"), true);
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|e| unreadable(path, &e))
}

fn corrupt(text: String) -> Failure {
    Failure::of_class("org.apache.kafka.storage.internals.log.CorruptIndexException", text)
}

fn int(bytes: &[u8], at: usize) -> i64 {
    let word = bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, i32::from_be_bytes);
    i64::from(word)
}

fn long(bytes: &[u8], at: usize) -> i64 {
    bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, i64::from_be_bytes)
}

/// Offset and position of an index's entries; a file that is allocated ahead ends at its first entry of zeros.
fn entries(bytes: &[u8], base: i64) -> Vec<(i64, u64)> {
    let all = bytes.chunks_exact(8).map(|e| (base + int(e, 0), int(e, 4).unsigned_abs()));
    all.enumerate().take_while(|(i, (offset, _))| *i == 0 || *offset != base).map(|(_, e)| e).collect()
}

/// Prints or checks an offset index.
pub fn offsets(path: &Path, how: &How, out: &mut Out, faults: &mut Faults) -> Result<(), Failure> {
    let base = base_offset(path)?;
    let log = path.with_extension("log");
    let bytes = read(path)?;
    let shown = path.display();
    let name = shown.to_string();
    if bytes.len() < 8 {
        out.line(format!("{shown} is empty."));
        return Ok(());
    }
    if how.sanity_only {
        let last = base + int(&bytes, bytes.len() / 8 * 8 - 8);
        if last < base {
            return Err(corrupt(format!(
                "Corrupt index found, index file ({shown}) has non-zero size but the last offset is {last} which is less than the base offset {base}."
            )));
        }
        if bytes.len() % 8 != 0 {
            return Err(corrupt(format!(
                "Index file {shown} is corrupt, found {} bytes which is neither positive nor a multiple of 8.",
                bytes.len()
            )));
        }
        out.line(format!("{shown} passed sanity check."));
        return Ok(());
    }
    for (offset, position) in entries(&bytes, base) {
        let found = Batches::open(&log, position, u64::MAX)?.next()?.map_or(-1, |(h, _)| h.last_offset());
        if found != offset {
            faults.indexes.entry(absolute(path)).or_default().push((offset, found));
        }
        if out.is_json() && !how.verify_only {
            out.object(&json!({"kind": "index", "file": name, "offset": offset, "position": position}));
        } else if !how.verify_only {
            out.line(format!("offset: {offset} position: {position}"));
        }
    }
    Ok(())
}

/// Prints or checks a time index.
pub fn times(path: &Path, how: &How, out: &mut Out, faults: &mut Faults) -> Result<(), Failure> {
    let base = base_offset(path)?;
    let log = path.with_extension("log");
    let bytes = read(path)?;
    let shown = path.display();
    let name = shown.to_string();
    if how.sanity_only {
        if let Some(last) = bytes.len().checked_sub(12).map(|at| at / 12 * 12) {
            let (first, last_time) = (long(&bytes, 0), long(&bytes, last));
            if last_time < first {
                return Err(corrupt(format!(
                    "Corrupt time index found, time index file ({shown}) has non-zero size but the last timestamp is {last_time} which is less than the first timestamp {first}"
                )));
            }
        }
        if bytes.len() % 12 != 0 {
            return Err(corrupt(format!(
                "Time index file {shown} is corrupt, found {} bytes which is neither positive nor a multiple of 12.",
                bytes.len()
            )));
        }
        out.line(format!("{shown} passed sanity check."));
        return Ok(());
    }
    let positions = entries(&read(&path.with_extension("index"))?, base);
    let mut previous = -1;
    for (i, entry) in bytes.chunks_exact(12).enumerate() {
        let (timestamp, offset) = (long(entry, 0), base + int(entry, 8));
        if offset == base && i > 0 {
            break;
        }
        let position = positions.iter().take_while(|(o, _)| *o <= offset).last().map_or(0, |(_, p)| *p);
        let mut batches = Batches::open(&log, position, u64::MAX)?;
        let found = loop {
            match batches.next()? {
                Some((h, _)) if h.last_offset() < offset => {}
                other => break other,
            }
        };
        match found {
            Some((h, whole)) if h.last_offset() == offset => {
                let records = payload(&h, &whole).map_err(|e| Failure::client(e.to_string()))?;
                let all = Records::new(&records, h.records_count).filter_map(Result::ok);
                let newest = all.map(|r| h.timestamp_of(r.timestamp_delta)).max().unwrap_or(-1);
                if newest != timestamp {
                    faults.times.entry(absolute(path)).or_default().push((timestamp, newest));
                }
                if previous >= timestamp {
                    faults.order.entry(absolute(path)).or_default().push((timestamp, previous));
                }
            }
            other => {
                let last = other.map_or(-1, |(h, _)| h.last_offset());
                faults.missing.entry(absolute(path)).or_default().push((offset, last));
            }
        }
        if out.is_json() && !how.verify_only {
            out.object(&json!({"kind": "timeindex", "file": name, "timestamp": timestamp, "offset": offset}));
        } else if !how.verify_only {
            out.line(format!("timestamp: {timestamp} offset: {offset}"));
        }
        previous = timestamp;
    }
    Ok(())
}
